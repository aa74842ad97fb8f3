//! A finished request stays finished: no filter, closed pipe or full disk changes its outcome, and a
//! request that may have been done is never reported as retryable. (`forge_outcome` tests the
//! requests that cost money.)

use std::fs;

use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::{Driver, Fake, Msg, Output, Router, Trefoil, VuerServer, trefoil};

#[test]
fn what_cannot_be_printed_is_done_all_the_same() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    type Way = (&'static [&'static str], fn(Trefoil) -> Trefoil, i32);
    let ways: [Way; 4] = [
        (&["--jq", "error"], |set| set, 7),
        (&[], |set| set.stdout_to("/dev/full"), 7),
        (&[], Trefoil::stdout_closed, 7),
        (&[], Trefoil::stdout_unread, 0),
    ];
    for (number, (args, way, code)) in (1..).zip(ways) {
        let value = number.to_string();
        let line = [&["set", "/a", &value, "--errors", "json"], args].concat();
        let out = way(router.clasp(&line)).run().exits(code);
        let out = out.says(&["/a is set, but"]);
        if code != 0 {
            let error = out.error();
            let told = (&error["outcome"], &error["retryable"]);
            assert_eq!(told, (&json!("done"), &json!(false)), "{out}");
        }
        assert_eq!(driver.value("/a"), crate::support::Val::from(number));
        let line = [&["emit", "/cue", "1"], args].concat();
        way(router.clasp(&line))
            .run()
            .exits(code)
            .says(&["is sent, but"]);
        let line = [&["set", "-"], args].concat();
        let bulk = router
            .clasp(&line)
            .stdin("{\"address\":\"/b\",\"value\":1}\n");
        // A shell of its own has no stdin of ours.
        if args.is_empty() && number == 3 {
            continue;
        }
        way(bulk).run().exits(code).says(&["1 lines are set, but"]);
    }
    // A refusal stays one.
    let refused = router.clasp(&["set", "/a", "1", "--if-revision", "99"]);
    refused.stdout_to("/dev/full").run().exits(4);
    // If a command only prints, a reader that has gone is not an error.
    router
        .clasp(&["get", "/a"])
        .stdout_unread()
        .run()
        .done()
        .quietly();
    let closed = router.clasp(&["get", "/a"]).stdout_closed().run();
    closed.exits(7).says(&["stdout"]);
    trefoil(&["--version"]).stdout_closed().run().exits(7);
}

#[test]
fn a_token_that_nobody_could_read_is_not_success() {
    let ways: [fn(Trefoil) -> Trefoil; 3] = [
        |create| create.stdout_to("/dev/full"),
        Trefoil::stdout_closed,
        Trefoil::stdout_unread,
    ];
    for way in ways {
        let create = [
            "clasp",
            "token",
            "create",
            "--tokens",
            "t.toml",
            "--scope",
            "write:/**",
        ];
        let out = way(trefoil(&create)).run().exits(7);
        out.says(&["clasp token revoke", "create another"]);
    }
}

#[test]
fn a_deadline_of_what_may_be_done_is_not_worth_another_try() {
    let told = |out: Output, outcome: Value, retryable: bool| {
        let out = out.exits(124);
        let error = out.error();
        assert_eq!(
            (&error["outcome"], &error["retryable"]),
            (&outcome, &json!(retryable)),
            "{out}"
        );
    };
    let silent = || Fake::router(|_, message| !matches!(message, Msg::Hello { .. }));
    let late = ["--timeout", "300ms", "--errors", "json"];
    for verb in [
        &["set", "/a", "1"][..],
        &["emit", "/a"],
        &["bundle", "--set", "/a=1"],
    ] {
        let router = silent();
        told(
            router.clasp(&[verb, &late].concat()).run(),
            json!("unknown"),
            false,
        );
    }
    let router = silent();
    told(
        router.clasp(&[&["get", "/a"], &late[..]].concat()).run(),
        Value::Null,
        true,
    );
    // It reads everything and answers nothing.
    let deaf = Fake::tcp(|_, stream| {
        let _socket = tungstenite::accept(stream).expect("the upgrade");
        std::thread::sleep(std::time::Duration::from_secs(2));
    });
    for verb in [
        &["send", "A"][..],
        &["send", "A", "--await", "B"],
        &["call", "A", "--reply", "B"],
    ] {
        let late = [verb, &late].concat();
        told(deaf.vuer(&late).run(), json!("unknown"), false);
        // Nor does it come to that.
        told(Fake::silent().vuer(&late).run(), json!("not_sent"), true);
    }
}

#[test]
fn what_is_partly_done_is_not_worth_another_try() {
    // One write is acknowledged, the next is not answered.
    let router = || {
        Fake::router(|peer, message| {
            let set = matches!(message, Msg::Set { address, .. } if address == "/b");
            if set {
                peer.hang_up();
            }
            set
        })
    };
    let lines = "{\"address\":\"/a\",\"value\":1}\n{\"address\":\"/b\",\"value\":1}\n";
    let set = ["set", "-", "--single", "--no-reconnect", "--errors", "json"];
    let out = router().clasp(&set).stdin(lines).run().exits(7);
    assert_eq!(out.error()["retryable"], false, "{out}");
}

#[test]
fn who_is_no_vuer_server_has_read_nothing() {
    // A CLASP router answers what it cannot read with an ERROR.
    let router = Router::own(&[]);
    for line in [&["send", "HELLO", "1"][..], &["send", "-"]] {
        let send =
            crate::support::trefoil::vuer(&router.url(), line).stdin("{\"etype\":\"HELLO\"}\n");
        let out = send.run();
        assert!(matches!(out.code, 1 | 7), "{out}");
        out.says(&["is not a Vuer server"]);
    }
    let echo = Fake::websocket(|_, peer| {
        while let Some(frame) = peer.receive_frame() {
            peer.try_send_frame(&frame);
        }
    });
    // Noticed before the event has left, it is exit 1; this one says nothing until then.
    let late = Fake::websocket(|_, peer| {
        let held = [peer.receive_frame(), peer.receive_frame()];
        for frame in held.iter().flatten() {
            peer.try_send_frame(frame);
        }
        while let Some(frame) = peer.receive_frame() {
            peer.try_send_frame(&frame);
        }
    });
    let lines = late.vuer(&["send", "-"]).stdin("{\"etype\":\"HELLO\"}\n");
    let out = lines.run().exits(7).says(&["sends back what it is sent"]);
    assert_eq!(out.json()["read"], 0, "{out}");
    let out = echo.vuer(&["send", "HELLO", "1"]).run().exits(1).prints("");
    out.says(&["is not a Vuer server", "sends back what it is sent"]);
}

#[test]
fn an_event_that_cannot_be_printed_is_read_all_the_same() {
    let Some(server) = VuerServer::start_or_skip("an event") else {
        return;
    };
    server
        .vuer(&["send", "A", "--jq", "error"])
        .run()
        .exits(7)
        .says(&["A is read, but"]);
    server
        .vuer(&["send", "A"])
        .stdout_unread()
        .run()
        .done()
        .says(&["A is read, but"]);
}

#[test]
fn one_odd_message_does_not_end_a_stream() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    for (address, value) in [("/a/1", "1"), ("/a/2", "\"x\""), ("/a/3", "3")] {
        router.clasp(&["set", address, value]).run().done();
    }
    let sub = ["sub", "/a/*", "--retained-only", "--jq", ".value + 1"];
    let out = router.clasp(&sub).run().exits(7);
    let out = out.says(&[
        "warning: --jq '.value + 1'",
        "--jq failed on 1 of 3 documents",
    ]);
    let mut printed: Vec<&str> = out.stdout.lines().collect();
    printed.sort_unstable();
    assert_eq!(printed, ["2", "4"], "{out}");
    // Live, too: what comes after it is printed.
    let live = ["sub", "/a/*", "--jq", ".value + 1", "--count", "5"];
    let mut live = router.clasp(&live).live();
    for _ in 0..2 {
        live.next_line();
    }
    driver.set("/a/1", "odd");
    driver.set("/a/2", 4);
    assert_eq!(live.next_line(), "5");
    live.finish().exits(7).says(&["2 of 5 documents"]);
    // The verbs that do the same under another name.
    for verb in ["watch", "record"] {
        let line = [verb, "/a/*", "--count", "3", "--jq", ".value + 1"];
        let out = router.clasp(&line).run().exits(7);
        let out = out.says(&["--jq failed on 1 of 3 documents"]);
        assert_eq!(out.stdout.lines().count(), 2, "{out}");
    }
    let none = ["sub", "/a/1", "--retained-only", "--jq", ".value + 1"];
    router
        .clasp(&none)
        .run()
        .exits(2)
        .says(&["1 of 1 documents"]);
}

#[test]
fn a_recording_counts_what_is_on_the_disk() {
    let router = Router::start();
    Driver::connect(&router).set_numbered("/p", 200);
    let home = Dir::new();
    let record = ["record", "/p/*", "-O", "r.ndjson", "--count", "200"];
    let out = router.clasp(&record).in_home(&home).on_a_full_disk().run();
    assert!(out.code != 0, "{out}");
    let kept = fs::read_to_string(home.path().join("r.ndjson")).expect("as much as there was room");
    let lines = kept.lines().count();
    assert!(kept.is_empty() || kept.ends_with('\n'), "{kept}");
    out.says(&[&format!("{lines} records"), "cannot write"]);
}
