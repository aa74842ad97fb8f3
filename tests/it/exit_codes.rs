//! Exit codes, in one table: scripts rely on them.

use crate::support::router::is_own;
use crate::support::trefoil::{Trefoil, clasp};
use crate::support::{Driver, Fake, Msg, Router, trefoil, wire};

#[test]
fn every_outcome_has_its_code() {
    let open = Router::start();
    let mut driver = Driver::connect(&open);
    driver.set("/a", 1.0);
    driver.lock("/locked", 1.0);
    let guarded = Router::with()
        .tokens("cpsk_r=read:/**")
        .expired("cpsk_old")
        .start();
    let silent = Fake::silent();
    let hangs_up = Fake::router(|peer, message| {
        let asked = !matches!(message, Msg::Hello { .. });
        if asked {
            peer.hang_up();
        }
        asked
    });
    let falls_silent = Fake::router(|_, message| !matches!(message, Msg::Hello { .. }));
    let fails = Fake::router(|peer, message| {
        let asked = !matches!(message, Msg::Hello { .. });
        if asked {
            peer.send(&wire::error(500, "Internal error"));
        }
        asked
    });
    let babbles = Fake::websocket(|_, peer| {
        peer.send_text("not CLASP");
        while peer.receive().is_some() {}
    });
    let nothing = "ws://127.0.0.1:1";
    let good = "{\"address\":\"/p\",\"value\":1}\n";

    let cases: Vec<(&str, Trefoil, i32)> = vec![
        ("a bare trefoil", trefoil(&[]), 0),
        ("help", trefoil(&["clasp", "set", "--help"]), 0),
        ("a write", open.clasp(&["set", "/w", "1"]), 0),
        ("a value", open.clasp(&["get", "/a"]), 0),
        ("an event", open.clasp(&["emit", "/go"]), 0),
        ("a router's answer", open.clasp(&["ping"]), 0),
        (
            "a snapshot",
            open.clasp(&["sub", "/a", "--retained-only"]),
            0,
        ),
        (
            "as long as was asked for",
            open.clasp(&["sub", "/none", "--for", "50ms"]),
            0,
        ),
        ("a sample", open.clasp(&["stream", "/s", "1"]), 0),
        (
            "a gesture",
            open.clasp(&["gesture", "/g", "fader-1", "begin"]),
            0,
        ),
        ("a bundle", open.clasp(&["bundle", "--set", "/w=1"]), 0),
        (
            "a timeline",
            open.clasp(&["timeline", "/t", "0s:0", "20ms:1"]),
            0,
        ),
        (
            "a recording",
            open.clasp(&["record", "/a", "--count", "1"]),
            0,
        ),
        ("a playback", open.clasp(&["replay", "-"]).stdin(""), 0),
        (
            "a playback of what is none",
            open.clasp(&["replay", "-"]).stdin(good),
            2,
        ),
        ("a condition that holds", open.clasp(&["wait", "/a"]), 0),
        ("all there is", open.clasp(&["query"]), 0),
        ("the time", open.clasp(&["time"]), 0),
        ("no lines at all", open.clasp(&["set", "-"]).stdin(""), 0),
        ("all lines", open.clasp(&["set", "-"]).stdin(good), 0),
        (
            "a default",
            open.clasp(&["get", "/none", "--default", "1"]),
            0,
        ),
        ("nothing listens", clasp(nothing, &["get", "/a"]), 1),
        (
            "never a word",
            silent.clasp(&["get", "/a", "--connect-timeout", "100ms"]),
            1,
        ),
        ("cut while reading", hangs_up.clasp(&["get", "/a"]), 1),
        (
            "cut while watching",
            hangs_up.clasp(&["sub", "/a", "--no-reconnect"]),
            1,
        ),
        ("no such verb", trefoil(&["clasp", "sett"]), 2),
        (
            "no such flag",
            trefoil(&["clasp", "get", "/a", "--nope"]),
            2,
        ),
        ("no value", trefoil(&["clasp", "set", "/a"]), 2),
        ("no address", trefoil(&["clasp", "set", "a", "1"]), 2),
        (
            "no duration",
            trefoil(&["clasp", "get", "/a", "--timeout", "5"]),
            2,
        ),
        (
            "no filter",
            trefoil(&["clasp", "get", "/a", "--jq", "("]),
            2,
        ),
        ("no line", open.clasp(&["set", "-"]).stdin("nonsense\n"), 2),
        (
            "a time that is past",
            open.clasp(&["bundle", "--emit", "/go", "--at", "2001-01-01T00:00:00Z"]),
            2,
        ),
        ("no phase", open.clasp(&["gesture", "/g", "1", "up"]), 2),
        ("no keyframe", open.clasp(&["timeline", "/t", "1"]), 2),
        ("a token is missing", guarded.clasp(&["get", "/a"]), 3),
        (
            "a wrong token",
            guarded.clasp(&["get", "/a"]).token("cpsk_x"),
            4,
        ),
        (
            "an expired token",
            guarded.clasp(&["get", "/a"]).token("cpsk_old"),
            4,
        ),
        (
            "outside the scope",
            guarded.clasp(&["set", "/a", "1"]).token("cpsk_r"),
            4,
        ),
        (
            "an event outside the scope",
            guarded.clasp(&["emit", "/a"]).token("cpsk_r"),
            4,
        ),
        ("a lock", open.clasp(&["set", "/locked", "1"]), 4),
        (
            "a stale revision",
            open.clasp(&["set", "/a", "1", "--if-revision", "7"]),
            4,
        ),
        (
            "a locked timeline",
            open.clasp(&["timeline", "/locked", "0s:0", "1s:1"]),
            4,
        ),
        (
            "a lock that somebody holds",
            open.clasp(&["lock", "/locked"]).around(&["true"]),
            4,
        ),
        ("the router failed", fails.clasp(&["set", "/a", "1"]), 5),
        ("not CLASP", babbles.clasp(&["get", "/a"]), 1),
        ("no value there", open.clasp(&["get", "/none"]), 6),
        ("there is nothing", open.clasp(&["query", "/none/**"]), 6),
        ("nothing matches", open.clasp(&["get", "/none/**"]), 6),
        (
            "one of several missing",
            open.clasp(&["get", "/a", "/none"]),
            6,
        ),
        (
            "the filter says no",
            open.clasp(&["get", "/a", "--jq", ". > 5", "-e"]),
            6,
        ),
        ("cut after a write", hangs_up.clasp(&["set", "/a", "1"]), 7),
        (
            "a bundle of which a SET was dropped",
            open.clasp(&["bundle", "--set", "/locked=2"]),
            // Ours refuses such a bundle whole.
            if is_own() { 4 } else { 7 },
        ),
        (
            "cut after a bundle",
            hangs_up.clasp(&["bundle", "--set", "/a=1"]),
            7,
        ),
        ("cut after an event", hangs_up.clasp(&["emit", "/a"]), 7),
        (
            "some lines",
            open.clasp(&["set", "-"]).stdin(format!("{good}nonsense\n")),
            7,
        ),
        (
            "a run that failed",
            open.clasp(&["on", "/a", "--retained", "--count", "1"])
                .around(&["false"]),
            7,
        ),
        (
            "a command's own status",
            open.clasp(&["lock", "/l"]).around(&["sh", "-c", "exit 42"]),
            42,
        ),
        (
            "a command that cannot be run",
            open.clasp(&["lock", "/l"]).around(&["/"]),
            126,
        ),
        (
            "a command that does not exist",
            open.clasp(&["on", "/a"]).around(&["no-such-command"]),
            127,
        ),
        (
            "too late",
            falls_silent.clasp(&["get", "/a", "--timeout", "200ms"]),
            124,
        ),
        (
            "not yet",
            open.clasp(&["wait", "/a", "--eq", "9", "--timeout", "50ms"]),
            124,
        ),
        (
            "too few",
            open.clasp(&["sub", "/a", "--count", "9", "--for", "100ms"]),
            124,
        ),
    ];
    let mut wrong = String::new();
    for (outcome, command, code) in cases {
        let output = command.run();
        if output.code != code {
            wrong += &format!("\n=== {outcome}: expected {code}\n{output}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
