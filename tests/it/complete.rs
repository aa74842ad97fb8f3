//! Completion of addresses, ids and names: the candidates, and that it never waits long and never
//! prints an error.

use std::time::Duration;

use serde_json::json;

use crate::support::dir::Dir;
use crate::support::forge::{TOKEN, ok, result};
use crate::support::{Forge, Output, Router, Trefoil, trefoil};

/// The candidates when Tab is pressed after these words, in the format of fish: a line for each
/// candidate, with a tab and its description.
fn tab(words: &[&str]) -> Trefoil {
    let mut line = vec!["--", "trefoil"];
    line.extend(words);
    trefoil(&line).env("TREFOIL_COMPLETE", "fish")
}

fn candidates(out: &Output) -> Vec<(&str, &str)> {
    let lines = out.stdout.lines();
    lines
        .map(|line| line.split_once('\t').unwrap_or((line, "")))
        .collect()
}

#[test]
fn addresses_come_from_the_router_with_their_values() {
    let router = Router::start();
    for (address, value) in [
        ("/lights/a", "0.5"),
        ("/lights/b", "\"red\""),
        ("/sound/x", "1"),
    ] {
        router.clasp(&["set", address, value]).run().done();
    }
    for verb in ["get", "set", "subscribe", "wait", "query"] {
        let out = tab(&["clasp", verb, "--url", &router.url(), "/li"])
            .run()
            .done()
            .quietly();
        assert_eq!(
            candidates(&out),
            [("/lights/a", "0.5"), ("/lights/b", "\"red\"")],
            "{verb}"
        );
    }
    let out = tab(&["clasp", "get", "/lights/a", "/so"])
        .env("CLASP_URL", router.url())
        .run();
    assert_eq!(candidates(&out), [("/sound/x", "1")], "{out}");
}

#[test]
fn a_router_with_much_is_offered_a_segment_at_a_time() {
    let router = Router::start();
    let lines: String = (0..100)
        .map(|n| format!("{{\"address\":\"/lights/{n}/level\",\"value\":{n}}}\n"))
        .collect();
    router.clasp(&["set", "-"]).stdin(lines).run().done();
    let out = tab(&["clasp", "get", "/"])
        .env("CLASP_URL", router.url())
        .run()
        .done();
    assert_eq!(candidates(&out), [("/lights/", "100 addresses")]);
    let out = tab(&["clasp", "get", "/lights/77"])
        .env("CLASP_URL", router.url())
        .run()
        .done();
    assert_eq!(candidates(&out), [("/lights/77/level", "77")]);
}

#[test]
fn without_an_answer_there_is_silence_and_soon() {
    // No server; a server that does not answer; a URL that cannot be parsed.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("ws://{}", mute.local_addr().expect("bound"));
    for url in ["ws://127.0.0.1:9", &silent, "nonsense"] {
        let out = tab(&["clasp", "get", "--url", url, "/"])
            .run()
            .done()
            .quietly();
        assert!(out.stdout.is_empty(), "{out}");
        // The limit is 250 ms; the rest is for a busy machine.
        assert!(out.took < Duration::from_millis(1_500), "{out}");
    }
}

#[test]
fn sessions_and_entries_are_known_as_well() {
    let home = Dir::new();
    let forge = Forge::new(|request| match request.line().as_str() {
        "POST /run" => result(json!("x")),
        other => panic!("{other}"),
    });
    forge
        .forge(&["run", "x", "--model", "opus"])
        .in_home(&home)
        .run()
        .done();
    let line = ["--", "trefoil", "forge", "ledger", "show", ""];
    let out = trefoil(&line)
        .in_home(&home)
        .env("TREFOIL_COMPLETE", "fish")
        .run()
        .done();
    // The options come after it.
    assert_eq!(candidates(&out)[0], ("1", "opus, done"), "{out}");
}

#[test]
fn open_sessions_come_from_the_service() {
    let forge = Forge::new(|request| {
        assert_eq!(request.line(), "GET /sessions?include_closed=false");
        ok(json!({"sessions": [
            {"session_id": "sess_a", "agent": "claude", "turn_count": 3, "closed_at": null},
            {"session_id": "sess_b", "agent": "claude", "turn_count": 1, "closed_at": 17.5},
            {"session_id": "other", "agent": "codex", "turn_count": 0},
        ]}))
    });
    for verb in ["turn", "show", "close", "chat"] {
        let line = ["--", "trefoil", "forge", "session", verb, "se"];
        let out = trefoil(&line)
            .env("TREFOIL_COMPLETE", "fish")
            .env("CLAWDFORGE_URL", forge.url())
            .env("CLAWDFORGE_TOKEN", TOKEN)
            .run()
            .done()
            .quietly();
        assert_eq!(candidates(&out), [("sess_a", "claude, 3 turns")], "{verb}");
    }
}

#[test]
fn profiles_are_known_and_the_one_typed_counts() {
    let router = Router::start();
    router.clasp(&["set", "/lights/a", "1"]).run().done();
    let home = Dir::new();
    let add = ["profile", "add", "stage", "--clasp-url", &router.url()];
    trefoil(&add).in_home(&home).run().done();
    let slow = ["profile", "add", "slow", "--clasp-url", &router.url()];
    let slow = trefoil(&slow).args(&["--clasp-token-command", "sleep 60"]);
    slow.in_home(&home).run().done();
    let tab = |words: &[&str]| tab(words).in_home(&home).run().done().quietly();
    for words in [
        &["profile", "use", "st"][..],
        &["profile", "show", "st"],
        &["profile", "remove", "st"],
        &["clasp", "get", "--profile", "st"],
    ] {
        assert_eq!(
            candidates(&tab(words)),
            [("stage", router.url().as_str())],
            "{words:?}"
        );
    }
    let typed = tab(&["clasp", "get", "--profile", "stage", "/li"]);
    assert_eq!(candidates(&typed), [("/lights/a", "1")]);
    // Tab must not run a token command, which may ask for a passphrase.
    let asked = tab(&["clasp", "get", "--profile", "slow", "/li"]);
    assert!(asked.stdout.is_empty(), "{asked}");
    let asked = [
        "clasp",
        "get",
        "--profile",
        "stage",
        "--token-command",
        "sleep 60",
        "/li",
    ];
    assert!(tab(&asked).took < Duration::from_secs(5));
}

#[test]
fn options_and_verbs_are_still_completed() {
    let out = tab(&["clasp", "subs"]).run().done().quietly();
    assert!(
        candidates(&out)
            .iter()
            .any(|(name, _)| *name == "subscribe"),
        "{out}"
    );
    let out = tab(&["clasp", "get", "--met"]).run().done().quietly();
    assert!(
        candidates(&out).iter().any(|(name, _)| *name == "--meta"),
        "{out}"
    );
}

#[test]
fn bash_gets_what_it_asks_for() {
    let router = Router::start();
    router.clasp(&["set", "/lights/a", "1"]).run().done();
    let script = "source <(TREFOIL_COMPLETE=bash \"$TREFOIL\")
        COMP_LINE='trefoil clasp get /li and more'; COMP_POINT=21
        complete -p | grep -q trefoil || exit 9
        words=$(complete -p | sed -n 's/.*-F \\([^ ]*\\) .*trefoil.*/\\1/p')
        $words \"$TREFOIL\" /li get
        printf '%s\\n' \"${COMPREPLY[@]}\"";
    let out = std::process::Command::new("/bin/bash")
        .args(["--norc", "-c", script])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("TREFOIL", env!("CARGO_BIN_EXE_trefoil"))
        .env("CLASP_URL", router.url())
        .output()
        .expect("bash runs");
    let stderr = String::from_utf8_lossy(&out.stderr);
    assert_eq!(
        String::from_utf8_lossy(&out.stdout).trim(),
        "/lights/a",
        "{stderr}"
    );
}

#[test]
fn an_id_that_looks_like_an_option_is_not_offered() {
    let forge = Forge::new(|_| {
        ok(json!({"sessions": [
            {"session_id": "--url=http://elsewhere", "agent": "claude", "turn_count": 0},
            {"session_id": "sess_a", "agent": "claude\nand\u{1b} more", "turn_count": 0},
        ]}))
    });
    for typed in ["", "--url"] {
        let out = tab(&["forge", "session", "show", typed])
            .env("CLAWDFORGE_URL", forge.url())
            .env("CLAWDFORGE_TOKEN", TOKEN)
            .run()
            .done()
            .quietly();
        assert!(!out.stdout.contains("elsewhere"), "{out}");
        assert!(!out.stdout.contains('\u{1b}'), "{out}");
    }
}
