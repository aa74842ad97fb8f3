//! `forge session`: it is opened once, every turn is sent once, and it is closed however the
//! command ends.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::forge::{Answer, SESSION, TOKEN, forge, ok, sessions, turn};
use crate::support::{Forge, Running, sessions_on_both};

fn session(forge: &Forge, args: &[&str]) -> crate::support::Trefoil {
    forge.forge(&[&["session"], args].concat())
}

#[test]
fn a_session_is_opened_and_its_id_is_at_hand() {
    sessions_on_both(|forge| {
        let out = session(forge, &["new"]).run().done().quietly();
        assert_eq!(out.json()["session_id"], SESSION);
        assert_eq!(forge.request().json(), json!({"agent": "claude"}));
        let new = ["new", "--agent", "codex", "--meta", r#"{"caller":"ci"}"#];
        let out = session(forge, &new).args(&["--jq", ".session_id", "-r"]);
        out.run().done().prints("sess_1\n");
        assert_eq!(
            forge.requests()[1].json(),
            json!({"agent": "codex", "meta": {"caller": "ci"}})
        );
        let out = session(forge, &["new", "-o", "table"]).run().done();
        out.prints("sess_1\n").says(&["session turn sess_1"]);
    });
}

#[test]
fn what_makes_no_sense_is_found_before_anything_is_sent() {
    let forge = Forge::unasked();
    for (args, said) in [
        (&["new", "--meta", "[1]"][..], "not a JSON object"),
        (&["new", "--meta", "{"], "not JSON"),
        (&["new", "--meta", "text"], "--meta"),
        (&["new", "--agent", "a/b"], "agent"),
        (&["turn", SESSION, ""], "empty"),
        (&["turn", SESSION, "x", "--timeout", "4s"], "5 s"),
        (
            &["turn", SESSION, "x", "--schema", "nowhere.json"],
            "schema",
        ),
        (&["turn", SESSION, "x", "-f", "nowhere.png"], "nowhere.png"),
        (&["turn", SESSION, "-", "-f", "-"], "stdin"),
        (&["turn", SESSION, "x", "--events", "-"], ".events[]"),
        (
            &["turn", SESSION, "x", "--events", "no/where"],
            "nothing was sent",
        ),
        (&["close"], "ID"),
        (&["exec"], "COMMAND"),
        (&["chat"], "session turn"),
    ] {
        session(&forge, args).run().exits(2).says(&[said]);
    }
    for token in ["", " "] {
        let turn = session(&forge, &["turn", SESSION, "x"]);
        turn.env("CLAWDFORGE_TOKEN", token).run().exits(3);
    }
}

#[test]
fn an_id_is_no_path() {
    let forge = Forge::unasked();
    for id in [
        "../admin/tokens",
        "..",
        ".",
        "a/b",
        "a?b",
        "a#b",
        "a%2fb",
        "a b",
        "",
    ] {
        for args in [
            &["turn", id, "x"][..],
            &["show", id],
            &["close", SESSION, id],
            &["chat", id],
        ] {
            session(&forge, args).run().exits(2);
        }
    }
}

#[test]
fn an_opening_that_is_lost_is_unknown() {
    for answer in [|| Answer::Close, || Answer::Cut("{\"sess".into())] {
        let forge = Forge::new(move |_| answer());
        let out = session(&forge, &["new"]).run().exits(7).prints("");
        out.says(&["unknown", "session list --open"]);
        assert_eq!(forge.lines(), ["POST /sessions"]);
    }
    for reply in [
        json!({"ok": true}),
        json!({"session_id": "../x"}),
        json!([]),
    ] {
        let forge = Forge::new(move |_| ok(reply.clone()));
        let out = session(&forge, &["new"]).run().exits(7);
        out.says(&["names no session", "session list --open"]);
    }
}

#[test]
fn a_turn_is_said_once_and_entered_in_the_ledger() {
    sessions_on_both(|forge| {
        let home = Dir::new();
        let turn = ["turn", SESSION, "@prompt.md", "--timeout", "60"];
        let turn = session(forge, &turn).in_home(&home);
        home.file("prompt.md", "hello\n");
        home.file("a.txt", "a");
        home.file("9", "uploaded before");
        let upload = forge.forge(&["upload", "9"]).in_home(&home);
        upload.run().done();
        let out = turn.args(&["-f", "ff_9", "-f", "a.txt"]).run().done();
        assert_eq!(out.json()["events"][1]["content"], "you said: hello\n");
        assert_eq!(out.json()["turn_index"], 1);
        assert_eq!(
            forge.lines()[1..],
            ["POST /files", "POST /sessions/sess_1/turn"]
        );
        assert_eq!(
            forge.requests()[2].json(),
            json!({"prompt": "hello\n", "files": ["ff_9", "ff_atxt"], "timeout_secs": 60})
        );
        let last = forge.forge(&["ledger", "last"]).in_home(&home).run().done();
        let entry = last.json();
        assert_eq!(entry["kind"], "turn");
        assert_eq!(entry["session"], SESSION);
        assert_eq!(entry["files"], 2);
        assert_eq!(entry["outcome"], "done");
    });
}

#[test]
fn the_text_alone_and_on_a_terminal() {
    let forge = sessions(|prompt| {
        let events = json!([{"type": "text", "content": "a\n"}, {"type": "tool_call", "content": 7},
                            {"type": "text", "content": "\u{1b}[2Jb"}]);
        (prompt == "x").then(|| {
            ok(json!({"ok": true, "turn_index": 2, "events": events, "stop_reason": "end_turn"}))
        })
    });
    let raw = session(&forge, &["turn", SESSION, "x", "-r"]).run().done();
    raw.prints("a\n\u{1b}[2Jb\n");
    let out = session(&forge, &["turn", SESSION, "x"]).on_pty(80, 24);
    let screen = out.ends(0);
    assert!(screen.contains("a\n\\u001b[2Jb\n"), "{screen}");
    assert!(screen.contains(" s · end_turn · ledger 1"), "{screen}");
}

/// What a reply makes of a turn, which is sent once whatever comes.
#[test]
fn every_reply_has_its_exit_code() {
    let failed = json!({"error": "acpx died", "stderr": "boom", "stop_reason": "error"});
    type Reply = fn() -> Answer;
    let table: Vec<(Reply, i32, &[&str])> = vec![
        (
            || Answer::Json(404, json!({"detail": "unknown session"})),
            4,
            &[
                "there is no session sess_1",
                "another token's",
                "session list",
            ],
        ),
        (
            || Answer::Json(410, json!({"detail": "session closed"})),
            4,
            &["sess_1 is closed", "session new"],
        ),
        (|| Answer::Json(429, json!({})), 4, &["for now", "later"]),
        (
            || Answer::Json(502, json!({"error": "acpx died", "stderr": "boom"})),
            5,
            &["the turn failed", "acpx died", "boom"],
        ),
        (
            || ok(json!({"ok": false, "events": [], "error": "no quota", "stderr": "trace"})),
            5,
            &["the turn failed", "no quota", "trace"],
        ),
        (
            || ok(json!({"ok": true, "events": [], "stop_reason": "timeout"})),
            5,
            &["out of time"],
        ),
        (
            || ok(json!({"ok": true, "events": [], "stop_reason": "error"})),
            5,
            &["stop_reason is error"],
        ),
        (
            || ok(json!({"ok": true})),
            7,
            &["no list of 'events'", "may be charged"],
        ),
        (
            || Answer::Header(307, "Location", "/elsewhere".into()),
            4,
            &["redirects"],
        ),
        (
            || Answer::Close,
            7,
            &[
                "may still finish and be charged",
                "not sent again",
                "ledger show 1",
            ],
        ),
        (|| Answer::Cut("{\"ok\":".into()), 7, &["charged"]),
    ];
    for (answer, code, said) in table {
        let forge = sessions(move |_| Some(answer()));
        let out = session(&forge, &["turn", SESSION, "x"]).run().exits(code);
        let out = out.says(said);
        assert!(!out.stderr.contains(TOKEN), "{out}");
        assert_eq!(forge.lines(), ["POST /sessions/sess_1/turn"]);
    }
    // Programs get the reply as it came.
    let reply = failed.clone();
    let forge = sessions(move |_| Some(Answer::Json(502, reply.clone())));
    let out = session(&forge, &["turn", SESSION, "x", "--errors", "json"]);
    assert_eq!(out.run().exits(5).error()["body"], failed);
}

#[test]
fn ctrl_c_in_a_turn_says_that_it_may_be_charged() {
    let forge = sessions(|_| Some(Answer::Silence));
    let turn = session(&forge, &["turn", SESSION, "x"]).start();
    forge.wait_for(1);
    turn.interrupt();
    let out = turn.finish().exits(7);
    out.says(&["interrupted", "charged", "ledger show 1"]);
}

#[test]
fn events_are_kept_whatever_the_answer_is_held_against() {
    let events = "{\"type\":\"thinking\",\"content\":\"hm\"}\n\
                  {\"type\":\"text\",\"content\":\"you said: x\"}\n";
    let (forge, home) = (sessions(|_| None), Dir::new());
    let turn = ["turn", SESSION, "x", "--events", "events.ndjson"];
    let path = home.file("events.ndjson", "something older and longer\n".repeat(20));
    let kept = || std::fs::read_to_string(&path).expect("the file");
    session(&forge, &turn).in_home(&home).run().done();
    assert_eq!(kept(), events);
    std::fs::remove_file(&path).expect("it was there");
    let failing = session(&forge, &turn).args(&["--expect", ".a"]);
    failing.in_home(&home).run().exits(6).says(&["kept"]);
    assert_eq!(kept(), events);
    // A failed turn has events, too; a turn whose reply is lost has none.
    let failed = sessions(|_| {
        let events = json!([{"type": "text", "content": "half"}]);
        Some(ok(json!({"ok": false, "error": "x", "events": events})))
    });
    session(&failed, &turn).in_home(&home).run().exits(5);
    assert_eq!(kept(), "{\"type\":\"text\",\"content\":\"half\"}\n");
    let lost = sessions(|_| Some(Answer::Close));
    session(&lost, &turn).in_home(&home).run().exits(7);
    assert_eq!(kept(), "{\"type\":\"text\",\"content\":\"half\"}\n");
    // If the events cannot be written, the answer is still printed.
    if std::path::Path::new("/dev/full").exists() {
        let full = ["turn", SESSION, "x", "-r", "--events", "/dev/full"];
        let out = session(&forge, &full)
            .run()
            .exits(7)
            .prints("you said: x\n");
        out.says(&["events cannot be written"]);
    }
}

#[test]
fn a_text_that_is_json_is_checked_as_that() {
    let forge = sessions(|prompt| Some(turn(1, prompt)));
    for (text, code) in [
        ("{\"bugs\":[1]}", 0),
        ("```json\n{\"bugs\":[1]}\n```", 0),
        ("{\"bugs\":[]}", 6),
        ("prose", 6),
    ] {
        let turn = ["turn", SESSION, text, "--expect", ".bugs | length > 0"];
        session(&forge, &turn).run().exits(code);
    }
    for (text, said) in [(" x", "empty"), ("x", "usage limit")] {
        let forge = sessions(move |_| {
            Some(turn(
                1,
                match said {
                    "empty" => " \n",
                    _ => "5-hour limit reached ∙ resets 3am",
                },
            ))
        });
        let out = session(&forge, &["turn", SESSION, text]).run().done();
        out.says(&["warning", said]);
        let turn = ["turn", SESSION, text, "--fail-on-empty"];
        session(&forge, &turn).run().exits(6).says(&[said]);
    }
}

#[test]
fn a_dry_run_shows_what_would_be_sent() {
    let forge = Forge::unasked();
    for (args, parts) in [
        (
            &["new", "--meta", "{\"a\":1}"][..],
            &["/sessions", "\"agent\":\"claude\"", "{\"a\":1}"][..],
        ),
        (
            &["turn", SESSION, "it's"],
            &["/sessions/sess_1/turn", "--max-time 150", "it'\\''s"],
        ),
        (
            &["close", SESSION, "b"],
            &["-X DELETE", "/sessions/sess_1\n", "/sessions/b\n"],
        ),
    ] {
        let out = session(&forge, args)
            .arg("--dry-run")
            .run()
            .done()
            .quietly();
        for part in parts {
            assert!(out.stdout.contains(part), "{part} in {out}");
        }
        assert!(out.stdout.contains("$CLAWDFORGE_TOKEN"), "{out}");
        assert!(!out.stdout.contains(TOKEN), "{out}");
    }
}

#[test]
fn lists_of_every_shape_are_one_array() {
    let open = json!({"session_id": "a", "agent": "claude", "turn_count": 3, "closed_at": null,
                      "last_turn_at": 1795166091.5, "created_at": "2026-11-20T09:14:51Z",
                      "live": true, "new_field": [1]});
    let asleep = json!({"session_id": "b", "agent": "codex", "turn_count": 0, "live": false,
                        "last_turn_at": null});
    let closed = json!({"session_id": "c", "agent": "claude", "turn_count": 12,
                        "closed_at": "2026-11-20 09:14:51", "last_turn_at": "2026-11-20T09:14:51"});
    let all = json!([open, asleep, closed]);
    for named in [false, true] {
        let all = all.clone();
        let reply = if named {
            json!({"sessions": all})
        } else {
            all.clone()
        };
        let forge = Forge::new(move |_| ok(reply.clone()));
        assert_eq!(session(&forge, &["list"]).run().done().json(), all);
        // Whatever the service makes of include_closed.
        let listed = session(&forge, &["list", "--open"]).run().done().json();
        assert_eq!(listed, json!([open, asleep]));
        let table = session(&forge, &["list", "-o", "table"])
            .run()
            .done()
            .stdout;
        let mut lines = table.lines();
        let titles: Vec<_> = lines.next().expect("titles").split("  ").collect();
        assert_eq!(titles.first(), Some(&"ID"), "{table}");
        for (parts, line) in [
            ["a ", "claude", " 3 ", "ago", "open"],
            ["b ", "codex", " 0 ", "none yet", "asleep"],
            ["c ", "claude", " 12 ", "ago", "closed"],
        ]
        .iter()
        .zip(lines)
        {
            assert!(parts.iter().all(|part| line.contains(part)), "{table}");
        }
        assert_eq!(
            forge.lines(),
            [
                "GET /sessions?include_closed=true",
                "GET /sessions?include_closed=false",
                "GET /sessions?include_closed=true"
            ]
        );
    }
    let forge = Forge::new(|_| ok(json!({"sessions": 7})));
    session(&forge, &["list"]).run().exits(5).says(&["no list"]);
}

#[test]
fn a_state_is_a_document() {
    sessions_on_both(|forge| {
        let new = ["new", "--meta", r#"{"caller":"ci"}"#];
        session(forge, &new).run().done();
        let shown = session(forge, &["show", SESSION]).run().done().json();
        assert_eq!(shown["meta"]["caller"], "ci");
        let words = session(forge, &["show", SESSION, "-o", "table"])
            .run()
            .done();
        for part in [
            "session   sess_1",
            "state     open",
            "opened    ",
            "meta      {\"caller\":\"ci\"}",
        ] {
            assert!(words.stdout.contains(part), "{part} in {words}");
        }
        let none = session(forge, &["show", "other"]).run().exits(4);
        none.says(&["there is no session other", "session list"]);
    });
}

#[test]
fn closing_is_idempotent_and_goes_on_after_a_failure() {
    let forge = Forge::new(|request| match request.path.as_str() {
        "/sessions/open" => ok(json!({"ok": true})),
        "/sessions/shut" => ok(json!({"ok": true, "already_closed": true})),
        "/sessions/odd" => ok(json!({"ok": false, "error": "still busy"})),
        _ => Answer::Json(404, json!({"detail": "unknown session"})),
    });
    let out = session(&forge, &["close", "open", "shut"]).run().done();
    out.prints(
        "{\"session_id\":\"open\",\"ok\":true}\n\
         {\"session_id\":\"shut\",\"ok\":true,\"already_closed\":true}\n",
    );
    let words = session(&forge, &["close", "open", "shut", "-o", "text"]).run();
    words
        .done()
        .prints("open closed\nshut was closed already\n");
    let some = session(&forge, &["close", "none", "open"]).run().exits(7);
    let some = some.prints("{\"session_id\":\"open\",\"ok\":true}\n");
    some.says(&["1 of 2", "there is no session none"]);
    let one = session(&forge, &["close", "none"]).run().exits(4);
    one.says(&["there is no session none", "session list"]);
    let none = session(&forge, &["close", "none", "nix"]).run().exits(4);
    none.says(&["none of the 2", "session none", "session nix"]);
    let odd = session(&forge, &["close", "odd"]).run().exits(5);
    odd.prints("").says(&["still busy"]);
    // Asking again does no harm, so nothing is unknown.
    let lost = Forge::new(|_| Answer::Close);
    session(&lost, &["close", "open"]).run().exits(1);
}

const OPENED_AND_CLOSED: [&str; 2] = ["POST /sessions", "DELETE /sessions/sess_1"];

#[test]
fn a_command_has_a_session_of_its_own() {
    sessions_on_both(|forge| {
        let script = "echo $FORGE_SESSION; $0 forge session turn $FORGE_SESSION hello -r; exit 42";
        let binary = env!("CARGO_BIN_EXE_trefoil");
        let exec = session(forge, &["exec", "--agent", "codex"]);
        let exec = exec.args(&["--url", &forge.url()]);
        let exec = exec.around(&["sh", "-c", script, binary]);
        let out = exec.env("CLAWDFORGE_URL", "").run().exits(42);
        out.prints("sess_1\nyou said: hello\n").quietly();
        assert_eq!(
            forge.lines(),
            [
                "POST /sessions",
                "POST /sessions/sess_1/turn",
                "DELETE /sessions/sess_1"
            ]
        );
        assert_eq!(forge.requests()[0].json(), json!({"agent": "codex"}));
    });
}

#[test]
fn the_command_has_the_profile_and_no_token_that_was_typed() {
    sessions_on_both(|forge| {
        let home = Dir::new();
        let config = home.path().join("config/trefoil");
        std::fs::create_dir_all(&config).expect("ours");
        let (path, url) = (config.join("config.toml"), forge.url());
        let profile = format!("[profiles.lab]\nforge.url = \"{url}\"\nforge.token = \"{TOKEN}\"\n");
        std::fs::write(&path, profile).expect("ours");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&path, mode).expect("ours");
        let binary = env!("CARGO_BIN_EXE_trefoil");
        let command = [binary, "forge", "session", "turn", SESSION, "hello", "-r"];
        let exec = session(forge, &["exec", "--profile", "lab"]).around(&command);
        let exec = exec.env("CLAWDFORGE_URL", "").env("CLAWDFORGE_TOKEN", "");
        exec.in_home(&home).run().done().prints("you said: hello\n");
        let exec = session(forge, &["exec", "--token", TOKEN]).around(&["env"]);
        let out = exec.env("CLAWDFORGE_TOKEN", "").run().done();
        assert!(out.stdout.contains("FORGE_SESSION=sess_1\n"), "{out}");
        assert!(!out.stdout.contains(TOKEN), "{out}");
    });
}

#[test]
fn however_the_command_ends_the_session_is_closed() {
    for (command, code) in [
        (&["true"][..], 0),
        (&["false"], 1),
        (&["sh", "-c", "kill -9 $$"], 137),
        (&["sh", "-c", "kill $$"], 143),
    ] {
        sessions_on_both(|forge| {
            session(forge, &["exec"]).around(command).run().exits(code);
            assert_eq!(forge.lines(), OPENED_AND_CLOSED, "{command:?}");
        });
    }
    type End = fn(&Running);
    let ends: [(End, i32); 2] = [(Running::interrupt, 130), (Running::terminate, 143)];
    for (end, code) in ends {
        sessions_on_both(|forge| {
            let command = ["sh", "-c", "echo there; exec sleep 600"];
            let mut exec = session(forge, &["exec"]).around(&command).start();
            assert_eq!(exec.next_line(), "there");
            end(&exec);
            exec.finish().exits(code);
            assert_eq!(forge.lines(), OPENED_AND_CLOSED);
        });
    }
}

#[test]
fn ctrl_c_on_a_terminal_reaches_the_command_and_then_the_session() {
    sessions_on_both(|forge| {
        let command = [
            "sh",
            "-c",
            "trap 'echo caught; exit 3' INT; echo there; read x",
        ];
        let mut exec = session(forge, &["exec"]).around(&command).on_pty(80, 24);
        exec.shows(&["there"]);
        exec.types("\x03");
        exec.shows(&["caught"]);
        exec.ends(3);
        assert_eq!(forge.lines(), OPENED_AND_CLOSED);
    });
}

#[test]
fn a_command_that_cannot_be_run_costs_no_session() {
    let forge = Forge::unasked();
    for (command, code) in [
        ("no-such-command", 127),
        ("/no/such/command", 127),
        ("/etc", 126),
    ] {
        let out = session(&forge, &["exec"]).around(&[command]).run();
        out.exits(code).says(&[command]);
    }
    // An error that only the system detects costs one session, which is closed.
    let (forge, home) = (sessions(|_| None), Dir::new());
    let path = home.file("script", [0x7f, b'E', b'L', b'F', 0]);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&path, mode).expect("ours");
    let out = session(&forge, &["exec"]).around(&["./script"]);
    out.in_home(&home).run().exits(126);
    assert_eq!(forge.lines(), OPENED_AND_CLOSED);
}

#[test]
fn a_session_that_cannot_be_closed_is_named() {
    for answer in [
        || Answer::Close,
        || Answer::Json(500, json!({"error": "oops"})),
    ] {
        let forge = Forge::new(move |request| match request.method.as_str() {
            "POST" => ok(json!({"session_id": SESSION})),
            _ => answer(),
        });
        let out = session(&forge, &["exec"])
            .around(&["sh", "-c", "exit 9"])
            .run();
        let out = out.exits(9);
        out.says(&["warning", "may still be open", "session close sess_1"]);
    }
    // A session that the service has forgotten counts as closed.
    let forge = Forge::new(move |request| match request.method.as_str() {
        "POST" => ok(json!({"session_id": SESSION})),
        _ => Answer::Json(404, Value::Null),
    });
    session(&forge, &["exec"])
        .around(&["true"])
        .run()
        .done()
        .quietly();
}

#[test]
fn whoever_leaves_while_it_is_opened_leaves_nothing_open() {
    let (go, gate) = channel::<()>();
    let gate = Mutex::new(gate);
    let forge = Forge::new(move |request| match request.method.as_str() {
        "POST" => {
            let opened = gate.lock().expect("no panic").recv();
            opened.expect("the test says when");
            ok(json!({"session_id": SESSION}))
        }
        _ => ok(json!({"ok": true})),
    });
    let exec = session(&forge, &["exec"])
        .around(&["echo", "never"])
        .start();
    forge.wait_for(1);
    exec.terminate();
    exec.wait_says("waiting for the session to be open");
    go.send(()).expect("it waits");
    exec.finish().exits(143).prints("");
    assert_eq!(forge.lines(), OPENED_AND_CLOSED);
}

#[test]
fn nobody_there_is_exit_1() {
    for args in [
        &["new"][..],
        &["turn", SESSION, "x"],
        &["list"],
        &["show", SESSION],
        &["close", SESSION],
        &["close", SESSION, "b"],
    ] {
        let args = [&["session"], args].concat();
        let out = forge("http://127.0.0.1:9", &args).run().exits(1);
        out.says(&["connection refused", "--url"]);
    }
}
