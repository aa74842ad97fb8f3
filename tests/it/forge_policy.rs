//! A token with limits, as its user meets them: what is asked for by default fits them, and what does
//! not is refused with a hint that fits.

use serde_json::json;

use crate::support::forge::result;
use crate::support::{Forge, Service};

#[test]
fn a_token_with_little_time_runs_what_names_no_time() {
    let service = Service::start(&[]);
    let brief = service.mint("brief", json!({"max_timeout_secs": 60}));
    let forge = |args: &[&str]| service.forge(args).env("CLAWDFORGE_TOKEN", &brief);
    forge(&["run", "hello", "-r"])
        .run()
        .done()
        .prints("1: hello\n");
    let plain = json!({"prompt": "hello"});
    let plain = service.ask_as(&brief, "POST", "/run", Some(&plain));
    assert_eq!(plain.status, 200, "{}", plain.body);
    let id = forge(&["session", "new", "--jq", ".session_id", "-r"])
        .run()
        .done();
    let turn = forge(&["session", "turn", id.stdout.trim(), "hello", "-r"]);
    turn.run().done().prints("1: hello\n");
    let batch = [
        "batch",
        "lines",
        "--journal",
        "journal",
        "--jq",
        ".reply.result",
        "-r",
    ];
    let batch = forge(&batch).file("lines", "\"hello\"\n");
    batch.run().done().prints("1: hello\n");
    for verb in [
        &["run", "hello"][..],
        &["session", "turn", id.stdout.trim(), "hello"],
    ] {
        let out = forge(&[verb, &["--timeout", "2m"]].concat()).run().exits(4);
        out.says(&["this token may ask for 60 s at most", "--timeout 60s"]);
    }
}

#[test]
fn the_time_that_a_token_has_ends_a_run() {
    let service = Service::start(&[]);
    let brief = service.mint("brief", json!({"max_timeout_secs": 5}));
    let run = service
        .forge(&["run", "sleep 30"])
        .env("CLAWDFORGE_TOKEN", &brief);
    run.run().exits(5).says(&["its time of 5 s was up"]);
}

#[test]
fn a_time_is_sent_only_when_it_was_typed() {
    let forge = Forge::new(|_| result(json!("x")));
    forge.forge(&["run", "x"]).run().done();
    forge.forge(&["run", "x", "--timeout", "120s"]).run().done();
    let sent = forge.requests().into_iter().map(|request| request.json());
    let sent: Vec<_> = sent.map(|body| body["timeout_secs"].clone()).collect();
    assert_eq!(sent, [json!(null), json!(120)]);
    let entry = forge.forge(&["run", "x", "--dry-run"]).run().done();
    assert!(entry.stdout.contains("--max-time 150"), "{entry}");
}
