//! `forge run --stream` and `session turn --stream`: text is printed as it arrives, and the last
//! event decides the result, as without `--stream`.

use std::sync::Mutex;
use std::sync::mpsc::channel;

use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::forge::{Answer, delta, event, ok, result, sessions, turn};
use crate::support::{Forge, Service, eventually};

/// The last event of a run that went well.
fn reply(result: &Value) -> String {
    let reply = json!({"ok": true, "result": result, "duration_ms": 5, "stop_reason": "end_turn"});
    event("reply", &reply)
}

/// A service that answers every run with this stream.
fn streaming(pieces: &[String]) -> Forge {
    let pieces = pieces.to_vec();
    Forge::new(move |_| Answer::Stream(pieces.clone(), None))
}

/// What the ledger has of its first entry.
fn entry(forge: &dyn Fn(&[&str]) -> crate::support::Trefoil, home: &Dir) -> Value {
    let show = forge(&["ledger", "show", "1"]).in_home(home);
    show.run().done().json()
}

#[test]
fn text_comes_while_our_service_works() {
    let service = Service::start(&[]);
    let (home, plain) = (Dir::new(), Dir::new());
    let mut run = service
        .forge(&["run", "lines 4 0.4", "--stream"])
        .in_home(&home)
        .start();
    assert_eq!(run.next_line(), "l0");
    // It is not over.
    service.running_run();
    run.finish().done().quietly().prints("l0\nl1\nl2\nl3\n");
    let unstreamed = service.forge(&["run", "lines 4 0"]).in_home(&plain).run();
    unstreamed.done();
    let forge = |args: &[&str]| service.forge(args);
    let (streamed, unstreamed) = (entry(&forge, &home), entry(&forge, &plain));
    for field in ["outcome", "status", "stop_reason", "kind"] {
        assert_eq!(streamed[field], unstreamed[field], "{field}");
    }
    for field in ["ok", "result", "cost_usd", "usage", "stop_reason"] {
        let (streamed, unstreamed) = (&streamed["reply"], &unstreamed["reply"]);
        assert!(!streamed[field].is_null(), "{field}: {streamed}");
        assert_eq!(streamed[field], unstreamed[field], "{field}");
    }
    assert_eq!(service.starts(), 2);
}

#[test]
fn a_failure_is_what_it_is_without_a_stream() {
    let service = Service::start(&[]);
    let poor = service.mint("poor", json!({"models": ["haiku"]}));
    let failing = |args: &[&str], code: i32| {
        let run = service.forge(&[&["run", "--errors", "json"], args].concat());
        let mut error = run.run().exits(code).prints("").error();
        for field in ["run_id", "duration_ms"] {
            error["body"][field] = Value::Null;
        }
        // It names the ledger's entry.
        error["hint"] = Value::Null;
        error
    };
    assert_eq!(
        failing(&["fail no", "--stream"], 5),
        failing(&["fail no"], 5)
    );
    assert_eq!(
        failing(&["die now", "--stream"], 5),
        failing(&["die now"], 5)
    );
    let refused = service.forge(&["run", "x", "--stream"]);
    refused
        .env("CLAWDFORGE_TOKEN", poor)
        .run()
        .exits(4)
        .says(&["model"]);
}

#[test]
fn a_turn_is_streamed() {
    let service = Service::start(&[]);
    let made = service
        .forge(&["session", "new", "-o", "json"])
        .run()
        .done();
    let made = made.json();
    let id = made["session_id"].as_str().expect("an id");
    let line = ["session", "turn", id, "words 3", "--stream"];
    service
        .forge(&line)
        .run()
        .done()
        .quietly()
        .prints("w0 w1 w2 \n");
    let line = ["session", "turn", id, "hello", "-r", "--stream"];
    service.forge(&line).run().done().prints("2: hello\n");
}

#[test]
fn a_service_without_streams_is_asked_and_answers_whole() {
    let forge = Forge::new(|_| result(json!("whole")));
    forge
        .forge(&["run", "x", "--stream"])
        .run()
        .done()
        .prints("whole\n");
    let accept = forge
        .request()
        .header("accept")
        .expect("it asks")
        .to_owned();
    assert!(accept.starts_with("text/event-stream"), "{accept}");
    let forge = sessions(|_| Some(turn(1, "whole")));
    let line = ["session", "turn", "sess_1", "x", "--stream"];
    forge.forge(&line).run().done().prints("whole\n");
    let forge = Forge::new(|_| result(json!("whole")));
    forge.forge(&["run", "x"]).run().done();
    let accept = forge.request().header("accept").map(str::to_owned);
    assert!(!accept.unwrap_or_default().contains("event-stream"));
    // One that sends something else is not believed.
    let forge = Forge::new(|_| ok(json!({"ok": false, "error": "no"})));
    forge.forge(&["run", "x", "--stream"]).run().exits(5);
}

#[test]
fn a_cut_stream_is_unknown_and_what_came_is_kept() {
    for pieces in [
        &[delta("half an ")][..],
        &[
            delta("half an "),
            reply(&json!("half an answer")).trim_end().to_owned(),
        ],
    ] {
        let (forge, home) = (streaming(pieces), Dir::new());
        let run = forge.forge(&["run", "x", "--stream"]).in_home(&home).run();
        let run = run
            .exits(7)
            .prints("half an \n")
            .says(&["may still finish"]);
        let path = run.stderr.split("came of the answer: ").nth(1);
        let path = path.expect("a path").trim();
        let kept = std::fs::read_to_string(path).expect(path);
        assert_eq!(kept, pieces.concat());
        let entry = entry(&|args| forge.forge(args), &home);
        assert_eq!(entry["outcome"], "unknown");
        assert_eq!(forge.lines(), ["POST /run"], "sent once");
    }
}

#[test]
fn the_last_event_is_the_answer_whatever_came_before() {
    let text = |text: &str| event("text", &json!({"type": "text", "content": text}));
    for (pieces, printed) in [
        (vec![reply(&json!("stored"))], "stored\n"),
        (vec![reply(&json!({"a": 1}))], "{\"a\":1}\n"),
        (
            vec![text("looking"), reply(&json!({"a": 1}))],
            "looking\n{\"a\":1}\n",
        ),
        (
            vec![text("looking"), text("found"), reply(&json!("found"))],
            "looking\nfound\n",
        ),
        (
            vec![text("```json\n[1]\n```"), reply(&json!([1]))],
            "```json\n[1]\n```\n",
        ),
        (
            vec![
                ": still here\n\n".to_owned(),
                text("a\n"),
                reply(&json!("a\n")),
            ],
            "a\n",
        ),
    ] {
        let forge = streaming(&pieces);
        forge
            .forge(&["run", "x", "--stream"])
            .run()
            .done()
            .prints(printed);
    }
    let failed = json!({"ok": true, "result": "x", "stop_reason": "timeout"});
    let forge = streaming(&[delta("x"), event("reply", &failed)]);
    forge.forge(&["run", "x", "--stream"]).run().exits(5);
    let error = json!({"error": "cf_test_Zk2 is broke", "status": 502});
    let forge = streaming(&[delta("x"), event("error", &error)]);
    let out = forge.forge(&["run", "x", "--stream"]).run().exits(5);
    let out = out.says(&["is broke"]);
    assert!(!out.stderr.contains("cf_test"), "{out}");
    let pieces = [delta("ab"), event("reply", &json!({"ok": true}))];
    streaming(&pieces)
        .forge(&["run", "x", "--stream"])
        .run()
        .exits(7);
}

#[test]
fn programs_get_the_events() {
    let pieces = [
        event("start", &json!({"run_id": "run_1"})),
        delta("a"),
        event("text", &json!({"type": "text", "content": "a"})),
        reply(&json!("a")),
    ];
    let forge = streaming(&pieces);
    let out = forge.forge(&["run", "x", "--stream", "-o", "ndjson"]).run();
    let out = out.done().quietly();
    let lines: Vec<Value> = out
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let kinds: Vec<_> = lines.iter().map(|line| line["type"].as_str()).collect();
    assert_eq!(
        kinds,
        [Some("start"), Some("delta"), Some("text"), Some("reply")]
    );
    assert_eq!(lines[3]["result"], "a");
    let failed = event(
        "error",
        &json!({"error": "no", "stderr": "", "status": 502}),
    );
    let failing = streaming(&[delta("a"), failed]);
    let out = failing
        .forge(&["run", "x", "--stream", "-o", "ndjson"])
        .run()
        .exits(5);
    let records = out.records();
    let last = json!({"type": "error", "status": 502, "error": "no", "stderr": ""});
    assert_eq!((records.len(), &records[1]), (2, &last), "{out}");
    let long = "x".repeat(3 << 20);
    let streams = streaming(&[reply(&json!(long))]);
    let line = [
        "run",
        "x",
        "--stream",
        "--jq",
        "[.type, (.result | length)]",
    ];
    streams
        .forge(&line)
        .run()
        .done()
        .prints("[\"reply\",3145728]\n");
    let filter = "select(.type == \"delta\").content";
    let line = ["run", "x", "--stream", "-r", "--jq", filter];
    forge.forge(&line).run().done().prints("a\n");
    let line = ["run", "x", "--stream", "--expect", ". == \"b\""];
    forge.forge(&line).run().exits(6).prints("a\n");
}

#[test]
fn one_event_that_the_filter_fails_on_does_not_hide_the_others() {
    let pieces = [delta("a"), delta("7"), reply(&json!("a7"))];
    let forge = streaming(&pieces);
    let filter = "select(.type == \"delta\").content | tonumber";
    let run = ["run", "x", "--stream", "--errors", "json", "--jq", filter];
    let out = forge.forge(&run).run().exits(7).prints("7\n");
    let out = out.says(&["--jq failed on 1 of", "ledger show"]);
    assert_eq!(out.error()["outcome"], "done", "{out}");
}

#[test]
fn a_reader_that_goes_costs_nothing_that_was_paid_for() {
    let (forge, home) = (streaming(&[delta("a"), reply(&json!("a"))]), Dir::new());
    let run = forge.forge(&["run", "x", "--stream"]).in_home(&home);
    run.stdout_unread().run().done().says(&["ledger show 1"]);
    let entry = entry(&|args| forge.forge(args), &home);
    assert_eq!(
        (&entry["outcome"], &entry["reply"]["result"]),
        (&json!("done"), &json!("a"))
    );
    let dry = Forge::unasked();
    let dry = dry
        .forge(&["run", "x", "--stream", "--dry-run"])
        .run()
        .done();
    assert!(
        dry.stdout
            .contains("curl -N -H 'Accept: text/event-stream' "),
        "{dry}"
    );
}

#[test]
fn a_chat_shows_text_as_it_comes() {
    let (go, gate) = channel();
    let gate = Mutex::new(Some(gate));
    let forge = sessions(move |_| {
        let reply = json!({"ok": true, "session_id": "sess_1", "turn_index": 1, "duration_ms": 1,
            "events": [{"type": "text", "content": "first\u{1b}[2J second"}],
            "stop_reason": "end_turn"});
        let pieces = vec![
            delta("first\u{1b}[2J"),
            delta(" second"),
            event("reply", &reply),
        ];
        Some(Answer::Stream(
            pieces,
            gate.lock().expect("no panic").take(),
        ))
    });
    let mut pty = forge.forge(&["session", "chat"]).on_pty(80, 24);
    pty.shows(&["> "]);
    pty.types("hello\r");
    pty.shows(&["first\\u001b[2J"]);
    let screen = eventually("a screen", || Some(forge.lines()));
    assert_eq!(screen.len(), 2, "the turn is under way: {screen:?}");
    go.send(()).expect("it waits");
    go.send(()).expect("it waits");
    pty.shows(&["first\\u001b[2J second"]);
    pty.shows(&["end_turn"]);
    pty.types("/quit\r");
    let screen = pty.ends(0);
    assert_eq!(screen.matches("second").count(), 1, "{screen}");
}
