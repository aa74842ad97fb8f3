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

#[test]
fn a_session_uses_a_model_that_its_token_may_use() {
    let service = Service::start(&[]);
    let opus = service.mint("opus", json!({"models": ["opus"]}));
    let two = service.mint("two", json!({"models": ["haiku", "opus"]}));
    let with = |token: &str, args: &[&str]| service.forge(args).env("CLAWDFORGE_TOKEN", token);
    let opened = with(&opus, &["session", "new"]).run().done().json();
    assert_eq!(opened["model"], "opus");
    let id = opened["session_id"].as_str().expect("an id");
    with(&opus, &["session", "turn", id, "hello"]).run().done();
    let plain = service.ask_as(&opus, "POST", "/run", Some(&json!({"prompt": "hello"})));
    assert_eq!(plain.status, 200, "{}", plain.body);
    let refused = "this token may not use the model sonnet, only haiku, opus (HTTP 403";
    for verb in [
        &["session", "new"][..],
        &["session", "exec", "--", "true"],
        &["run", "x"],
    ] {
        let out = with(&two, verb).run().exits(4);
        let out = out.says(&[refused, "--model haiku"]);
        assert!(!out.stderr.contains("other addresses"), "{out}");
    }
    let chosen = with(&two, &["session", "new", "--model", "opus"])
        .run()
        .done();
    assert_eq!(chosen.json()["model"], "opus");
    let wrong = with(&two, &["session", "new", "--model", "sonnet"]).run();
    wrong.exits(4).says(&[refused]);
    assert_eq!(
        service.session().len(),
        id.len(),
        "a token without a policy opens sessions"
    );
}

#[test]
fn hints_name_what_helps() {
    let service = Service::start(&[]);
    let gone = service.forge(&["run", "x", "-f", "ff_gone"]).run().exits(4);
    let gone = gone.says(&["there is no such file as ff_gone", "forge upload"]);
    assert!(!gone.stderr.contains("a forge service?"), "{gone}");
    let id = service.session();
    let gone = service
        .forge(&["session", "turn", &id, "x", "-f", "ff_gone"])
        .run()
        .exits(4);
    let gone = gone.says(&["there is no such file as ff_gone", "forge upload"]);
    assert!(!gone.stderr.contains("no session"), "{gone}");
    let app = service
        .forge(&["usage", "--all", "--token", &service.token])
        .run();
    let app = app.exits(4).says(&["--all wants the admin token"]);
    assert!(!app.stderr.contains("token create"), "{app}");
    let admin = crate::support::trefoil(&["forge", "usage", "--url", &service.url()])
        .env("CLAWDFORGE_ADMIN_TOKEN", &service.admin);
    admin.run().exits(3).says(&["usage --all"]);
}

#[test]
fn a_refusal_for_now_has_its_seconds_for_programs() {
    let service = Service::start(&[]);
    let poor = service.mint("poor", json!({"usd_per_day": 0.005}));
    let run = |args: &[&str]| {
        let run = [&["run", "x", "--errors", "json"], args].concat();
        service.forge(&run).env("CLAWDFORGE_TOKEN", &poor).run()
    };
    run(&[]).done();
    let error = run(&["--stream"]).exits(4).error();
    let seconds = error["retry_after_secs"].as_u64().expect("a number");
    assert!((1..=86_400).contains(&seconds), "{error}");
}

#[test]
fn limits_are_listed_in_short() {
    let service = Service::start(&[]);
    service.mint(
        "poor",
        json!({"usd_per_day": 5, "models": ["opus"], "max_timeout_secs": 60}),
    );
    let list = service.forge(&["token", "list"]);
    let pty = list.on_pty(80, 24);
    let screen = pty.ends(0);
    for part in ["LIMITS", "5 USD/day, opus, 60 s", "STATE", "enabled"] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
}
