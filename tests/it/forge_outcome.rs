//! The outcome of a request is decided when its reply is read: by the service's own reply, and not
//! by a gateway's. A filter, a closed pipe, a full disk or Ctrl-C afterwards does not change it.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::forge::{Answer, kept, ok, result, sessions};
use crate::support::{Forge, Output, Trefoil};

/// The newest entry of the ledger.
#[track_caller]
fn last(home: &Dir) -> Value {
    let last = crate::support::trefoil(&["forge", "ledger", "last"]);
    last.in_home(home).run().done().json()
}

/// A run against a service with one answer.
fn run(forge: &Forge, home: &Dir, args: &[&str]) -> Trefoil {
    forge
        .forge(&[&["run", "x", "--errors", "json"], args].concat())
        .in_home(home)
}

#[test]
fn a_gateways_word_is_not_the_services() {
    let html = |status| Answer::Text(status, "text/html", "<h1>nginx</h1>".into());
    let gateways: Vec<(u16, fn() -> Answer)> = vec![
        (408, || Answer::Text(408, "text/plain", String::new())),
        (504, || {
            Answer::Text(504, "text/html", "<h1>504</h1>".into())
        }),
        (504, || {
            Answer::Json(504, json!({"error": "upstream timed out"}))
        }),
        (502, || {
            Answer::Text(502, "text/html", "<h1>502</h1>".into())
        }),
        (502, || {
            Answer::Json(502, json!({"message": "no healthy upstream"}))
        }),
        (503, || {
            Answer::Json(503, json!({"error": "Service Unavailable", "path": "/run"}))
        }),
        (503, || Answer::Header(503, "Retry-After", "7".into())),
        (520, || {
            Answer::Text(520, "text/plain", "error code: 520".into())
        }),
        (524, || {
            Answer::Text(524, "text/plain", "error code: 524".into())
        }),
    ];
    for (status, answer) in gateways {
        let (forge, home) = (Forge::new(move |_| answer()), Dir::new());
        let out = run(&forge, &home, &[]).run().exits(7).prints("");
        let error = out.error();
        assert_eq!(error["outcome"], "unknown", "{out}");
        assert_eq!(error["retryable"], false, "{out}");
        assert_eq!(error["status"], status, "{out}");
        for part in [
            "gateway",
            "may still finish and be charged",
            "ledger show 1",
        ] {
            let said = format!("{} {}", error["message"], error["hint"]);
            assert!(said.contains(part), "{part}: {out}");
        }
        let entry = last(&home);
        assert_eq!(
            (&entry["outcome"], &entry["status"]),
            (&json!("unknown"), &json!(status))
        );
        assert_eq!(forge.lines(), ["POST /run"]);
    }
    // A request that only reads, or can be repeated, is simply refused.
    let forge = Forge::new(move |_| html(504));
    let out = forge.forge(&["session", "list", "--errors", "json"]).run();
    assert_eq!(out.exits(5).error()["outcome"], Value::Null);
    let forge = Forge::new(move |_| html(502));
    let out = forge.forge(&["session", "new", "--errors", "json"]).run();
    let error = out.exits(7).error();
    assert_eq!(
        (&error["outcome"], &error["retryable"]),
        (&json!("unknown"), &json!(false))
    );
}

#[test]
fn what_cannot_be_printed_does_not_undo_what_was_done() {
    // Each way of not being able to print, with what stderr says and the exit code.
    type Way = (&'static [&'static str], fn(Trefoil) -> Trefoil, i32);
    let ways: [Way; 4] = [
        (&["--jq", ".result | error"], |run| run, 7),
        (&[], |run| run.stdout_to("/dev/full"), 7),
        (&[], Trefoil::stdout_closed, 7),
        (&[], Trefoil::stdout_unread, 0),
    ];
    for (args, way, code) in ways {
        let (forge, home) = (Forge::new(|_| result(json!("drizzle"))), Dir::new());
        let line = [&["run", "x"], args].concat();
        let out = way(forge.forge(&line).in_home(&home)).run().exits(code);
        let out = out.says(&["the run is done", "trefoil forge ledger show 1"]);
        let entry = last(&home);
        assert_eq!(entry["outcome"], "done", "{out}");
        assert_eq!(entry["reply"]["result"], "drizzle", "{out}");
        // Without a ledger the answer is kept all the same.
        let (forge, home) = (Forge::new(|_| result(json!("drizzle"))), Dir::new());
        let line = [&["run", "x", "--no-ledger"], args].concat();
        let out = way(forge.forge(&line).in_home(&home)).run().exits(code);
        let path = out.stderr.split("is kept: ").nth(1).expect("a path").trim();
        let answer = fs::read_to_string(path).expect("it is there");
        assert!(answer.contains("drizzle"), "{answer}");

        // A run that failed stays one that failed.
        let failed = json!({"ok": false, "error": "no quota", "result": null});
        let (forge, home) = (Forge::new(move |_| ok(failed.clone())), Dir::new());
        let line = [&["run", "x"], args].concat();
        let out = way(forge.forge(&line).in_home(&home)).run().exits(5);
        out.says(&["no quota"]);
    }
}

#[test]
fn errors_as_json_say_what_became_of_it() {
    let (forge, home) = (Forge::new(|_| result(json!("drizzle"))), Dir::new());
    let out = run(&forge, &home, &["--jq", "error"]).run().exits(7);
    let error = out.error();
    assert_eq!(error["outcome"], "done", "{out}");
    assert_eq!(error["retryable"], false, "{out}");
    // A failed condition has its own exit code.
    let (forge, home) = (Forge::new(|_| result(json!("drizzle"))), Dir::new());
    let out = run(&forge, &home, &["--jq", ".result == \"x\"", "-e"]).run();
    assert_eq!(out.exits(6).error()["outcome"], "done");
    let (forge, home) = (Forge::new(|_| result(json!(""))), Dir::new());
    let out = run(&forge, &home, &["--fail-on-empty"]).run();
    assert_eq!(out.exits(6).error()["outcome"], "done");
    let home = Dir::new();
    let nobody = crate::support::forge::forge("http://127.0.0.1:9", &["run", "x"]);
    let out = nobody.args(&["--errors", "json"]).in_home(&home).run();
    assert_eq!(out.exits(1).error()["outcome"], "not_sent");
}

#[test]
fn a_reply_that_python_would_read_is_named_for_what_it_is() {
    for (reply, named) in [
        (
            r#"{"ok":true,"result":"half an emoji: \ud83d"}"#,
            "lone surrogate",
        ),
        (r#"{"ok":true,"result":[1e400]}"#, "too large for JSON"),
    ] {
        let forge = Forge::new(move |_| Answer::Text(200, "application/json", reply.into()));
        let home = Dir::new();
        let out = forge.forge(&["run", "x"]).in_home(&home).run().exits(7);
        out.says(&[named, "line 1 column", "ledger show 1"]);
        let kept = fs::read_to_string(home.path().join("state/trefoil/answers/1.json"));
        assert_eq!(kept.expect("kept as it came"), reply);
        assert_eq!(last(&home)["outcome"], "unknown");
    }
}

#[test]
fn an_answer_that_cannot_be_kept_is_still_an_answer() {
    let (forge, home) = (Forge::new(|_| result(json!("drizzle"))), Dir::new());
    in_the_way(&home);
    let out = forge.forge(&["run", "x", "-r"]).in_home(&home).run().done();
    let out = out
        .prints("drizzle\n")
        .says(&["not kept", "trefoil forge ledger show 1"]);
    let entry = last(&home);
    assert_eq!(
        (&entry["outcome"], &entry["reply"]),
        (&json!("done"), &Value::Null),
        "{out}"
    );
    // If it cannot be printed either, it is on stderr.
    let (forge, home) = (Forge::new(|_| result(json!("drizzle"))), Dir::new());
    in_the_way(&home);
    let full = forge.forge(&["run", "x", "-r"]).in_home(&home);
    full.stdout_to("/dev/full")
        .run()
        .exits(7)
        .says(&["drizzle"]);
}

/// A file where the answers should be.
fn in_the_way(home: &Dir) {
    let state = home.path().join("state/trefoil");
    fs::create_dir_all(&state).expect("it is the test's own");
    fs::write(state.join("answers"), "in the way").expect("it is the test's own");
}

#[test]
fn what_was_paid_for_is_kept_however_the_waiting_ends() {
    let part = "{\"ok\":true,\"result\":\"half an ans";
    let begun = move || Forge::new(move |_| Answer::Begun(part.into(), part.len() as u64));
    let signals: [fn(&crate::support::Running); 3] = [
        crate::support::Running::interrupt,
        crate::support::Running::terminate,
        crate::support::Running::hang_up,
    ];
    for signal in signals {
        let (forge, home) = (begun(), Dir::new());
        let running = forge.forge(&["run", "x", "-v"]).in_home(&home).start();
        forge.wait_for(1);
        // The reply is read as it comes; there is nothing else to wait for.
        std::thread::sleep(Duration::from_millis(300));
        signal(&running);
        let out = running
            .finish()
            .exits(7)
            .says(&["interrupted", "What came of the answer"]);
        paid_for(&home, part, out);
    }
    // The shortest limit of a run, and what the service is given beyond it.
    let (forge, home) = (begun(), Dir::new());
    let late = forge.forge(&["run", "x", "--timeout", "5s"]).in_home(&home);
    let late = late.patience(Duration::from_secs(80)).run().exits(7);
    paid_for(&home, part, late.says(&["no answer", "charged"]));
}

#[track_caller]
fn paid_for(home: &Dir, part: &str, out: Output) {
    let entry = last(home);
    assert_eq!(
        (&entry["outcome"], &entry["status"]),
        (&json!("unknown"), &json!(200)),
        "{out}"
    );
    assert_eq!(entry["reply"], part, "{out}");
}

#[test]
fn a_reply_without_end_is_kept_as_far_as_it_is_read() {
    let (forge, home) = (
        Forge::new(|_| Answer::Begun("x".repeat(1 << 20), 300 << 20)),
        Dir::new(),
    );
    let long = forge
        .forge(&["run", "x", "--errors", "json"])
        .in_home(&home);
    let out = long.patience(Duration::from_secs(120)).run().exits(7);
    let error = out.error();
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|m| m.contains("256 MiB") && m.contains("charged"))
    );
    assert_eq!(error["outcome"], "unknown", "{out}");
    let kept = fs::metadata(home.path().join("state/trefoil/answers/1.json")).expect("kept");
    assert!(kept.len() >= 256 << 20, "{}", kept.len());
}

#[test]
fn an_ok_that_is_false_is_a_failure() {
    let no = || {
        Answer::Json(
            200,
            json!({"ok": false, "error": "the disk is full", "session_id": "sess_1"}),
        )
    };
    for (args, said) in [
        (&["session", "new"][..], "the session was not opened"),
        (
            &["session", "exec", "--", "true"],
            "the session was not opened",
        ),
        (&["token", "revoke", "ci", "--yes"], "'ci' was not revoked"),
        (&["token", "create", "ci"], "the token was not made"),
        (&["session", "close", "sess_1"], "is not closed"),
    ] {
        let forge = Forge::new(move |_| no());
        let out = forge.forge(args).run().exits(5).prints("");
        out.says(&[said, "the disk is full"]);
    }
    let forge = Forge::new(move |request| match request.method.as_str() {
        "POST" => ok(json!({"session_id": "sess_1"})),
        _ => no(),
    });
    let out = forge.forge(&["session", "exec", "--", "true"]).run().done();
    out.says(&["may still be open", "the disk is full"]);
}

#[test]
fn a_secret_that_nobody_could_read_is_not_success() {
    let made = |_: &_| ok(json!({"name": "ci", "token": "cf_new", "ip_cidrs": []}));
    let ways: [fn(Trefoil) -> Trefoil; 3] = [
        |create| create.stdout_to("/dev/full"),
        Trefoil::stdout_closed,
        Trefoil::stdout_unread,
    ];
    for way in ways {
        let forge = Forge::new(made);
        let out = way(forge.forge(&["token", "create", "ci"])).run().exits(7);
        let out = out.says(&["token revoke ci", "create another"]);
        assert!(!out.stderr.contains("cf_new"), "{out}");
    }
    let forge = Forge::new(made);
    let jq = forge.forge(&["token", "create", "ci", "--jq", ".token | error"]);
    let out = jq.run().exits(7).says(&["token revoke ci"]);
    // jq's error quotes what it was given.
    assert!(!out.stderr.contains("cf_new"), "{out}");
    // What is in a file needs no stdout.
    let forge = Forge::new(made);
    let file = forge.forge(&["token", "create", "ci", "--out", "t"]);
    file.stdout_unread().run().done();
}

#[test]
fn several_are_finished_before_a_closed_pipe_is_looked_at() {
    let forge = Forge::new(kept);
    let upload = forge.forge(&["upload", "a", "b", "c"]).stdout_unread();
    let upload = upload
        .file("a", "1")
        .file("b", "2")
        .file("c", "3")
        .run()
        .done();
    upload.says(&["3 of 3 files are uploaded"]);
    assert_eq!(forge.requests().len(), 3);
    let forge = Forge::new(kept);
    let upload = forge.forge(&["upload", "a", "b"]).stdout_to("/dev/full");
    let upload = upload.file("a", "1").file("b", "2").run().exits(7);
    upload.says(&["2 of 2 files are uploaded", "No space left"]);
    assert_eq!(forge.requests().len(), 2);
    // A filter that does not fit one reply may fit the next.
    let forge = Forge::new(|request| match forge_size(request) {
        1 => ok(json!({"file_token": "ff_a", "size": "none"})),
        _ => kept(request),
    });
    let upload = forge.forge(&["upload", "a", "bb", "--jq", ".size + 1"]);
    let upload = upload.file("a", "1").file("bb", "22").run().exits(7);
    upload
        .prints("3\n")
        .says(&["2 of 2 files are uploaded", "--jq"]);

    let forge = sessions(|_| None);
    let close = forge.forge(&["session", "close", "sess_1", "sess_1"]);
    close
        .stdout_unread()
        .run()
        .done()
        .says(&["2 of 2 sessions"]);
    assert_eq!(forge.requests().len(), 2);
}

/// How long the file of an upload is.
fn forge_size(request: &crate::support::forge::Request) -> u64 {
    let upload = crate::support::multipart::upload(request).expect("an upload");
    upload.size
}

#[test]
fn the_ledger_says_each_thing_once() {
    let (forge, home) = (Forge::new(|_| result(json!("x"))), Dir::new());
    forge.forge(&["run", "x"]).in_home(&home).run().done();
    for args in [&["list"][..], &["last"], &["show", "1"]] {
        let line = [&["forge", "ledger"], args].concat();
        let out = crate::support::trefoil(&line).in_home(&home).run().done();
        assert_eq!(out.stdout.matches("\"outcome\"").count(), 1, "{out}");
    }
}
