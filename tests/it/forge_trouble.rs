//! Failures of `forge`: every status and error format of the contract, lost connections, deadlines,
//! Ctrl-C. A prompt is always sent at most once.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::forge::{ADMIN, Answer, TOKEN, forge, ok, result};
use crate::support::{Forge, eventually, trefoil};

/// What a reply makes of a run: the exit code, and what is said.
#[test]
fn every_reply_has_its_exit_code() {
    let fastapi = json!({"detail": [{"loc": ["body", "timeout_secs"], "msg": "Input should be less \
                         than or equal to 600", "type": "less_than_equal"}]});
    let failed = json!({"error": "claude exited with 1", "stderr": "boom\nbang", "duration_ms": 12,
                        "stop_reason": "error"});
    let table: Vec<(Answer, i32, &str, &[&str])> = vec![
        (
            Answer::Json(400, json!({"error": "bad model"})),
            4,
            "api",
            &["bad model", "400"],
        ),
        (
            Answer::Json(422, fastapi),
            4,
            "api",
            &["timeout_secs: Input should be less"],
        ),
        (
            Answer::Json(422, json!({"detail": "nope"})),
            4,
            "api",
            &["nope", "422"],
        ),
        (
            Answer::Json(401, json!({"detail": "bad token"})),
            4,
            "auth",
            &["bad token", "cf_"],
        ),
        (
            Answer::Json(403, json!({"detail": "ip not allowed"})),
            4,
            "auth",
            &["ip not allowed"],
        ),
        (
            Answer::Json(404, json!({"detail": "Not Found"})),
            4,
            "api",
            &["Not Found", "health"],
        ),
        (
            Answer::Json(410, json!({"detail": "gone"})),
            4,
            "api",
            &["gone"],
        ),
        (
            Answer::Json(429, json!({"detail": "slow down"})),
            4,
            "api",
            &["slow down (HTTP 429 from http://", "Try again later"],
        ),
        (
            Answer::Json(503, json!({"detail": "the pool is full"})),
            5,
            "api",
            &["the pool is full (HTTP 503 from http://", "Try again later"],
        ),
        (
            Answer::Json(502, failed.clone()),
            5,
            "api",
            &["the run failed", "claude exited with 1", "boom\nbang"],
        ),
        (
            Answer::Text(500, "text/html", "<h1>Internal</h1>".into()),
            5,
            "api",
            &["500", "<h1>Internal</h1>"],
        ),
        (
            ok(json!({"ok": false, "error": "no quota", "stderr": "trace", "result": null})),
            5,
            "api",
            &["no quota", "trace"],
        ),
        (
            ok(json!({"ok": true, "result": "half", "stop_reason": "timeout"})),
            5,
            "api",
            &["out of time"],
        ),
        (
            ok(json!({"ok": true, "result": "", "stop_reason": "error"})),
            5,
            "api",
            &["stop_reason is error"],
        ),
        (
            Answer::Header(307, "Location", "http://elsewhere/run".into()),
            4,
            "api",
            &["redirects", "http://elsewhere/run"],
        ),
        (
            Answer::Header(308, "Location", "/run".into()),
            4,
            "api",
            &["redirects"],
        ),
        (
            Answer::Cut("{\"ok\":true,\"resu".into()),
            7,
            "transport",
            &["may still finish and be charged"],
        ),
        (
            Answer::Close,
            7,
            "transport",
            &["may still finish and be charged", "ledger show 1"],
        ),
    ];
    for (answer, code, kind, said) in table {
        let status = match &answer {
            Answer::Json(status, _) | Answer::Text(status, ..) | Answer::Header(status, ..) => {
                Some(*status)
            }
            _ => None,
        };
        let answer = std::sync::Mutex::new(Some(answer));
        let forge = Forge::new(move |_| {
            let once = answer.lock().expect("no panic").take();
            once.expect("a prompt is sent at most once")
        });
        let out = forge
            .forge(&["run", "x", "--errors", "json"])
            .run()
            .exits(code)
            .prints("");
        let error = out.error();
        let text = format!("{} {}", error["message"], error["hint"]).replace("\\n", "\n");
        for part in said {
            assert!(text.contains(part), "{part:?} in {text}\n{out}");
        }
        assert_eq!(error["kind"], kind, "{out}");
        assert_eq!(error["code"], code, "{out}");
        assert_eq!(error["status"].as_u64(), status.map(u64::from), "{out}");
        assert_eq!(
            error["retryable"],
            matches!(status, Some(429 | 503)),
            "{out}"
        );
        for secret in [TOKEN, ADMIN] {
            assert!(!out.stderr.contains(secret), "{out}");
        }
        assert_eq!(forge.lines(), ["POST /run"]);
    }
}

/// The service says why, and when it is worth trying again.
#[test]
fn a_refusal_is_told_in_the_words_of_the_service() {
    let spent = json!({"error": "this token's budget of 5 USD a day is spent"});
    let missing = json!({"error": "there is no 'claude' here", "code": "agent_missing",
                         "agent": "claude"});
    let other = json!({"error": "there is no 'codex' here", "code": "agent_missing",
                       "agent": "codex"});
    for (answer, code, is_retryable, message, hint) in [
        (
            Answer::Later(429, 46_102, spent),
            4,
            true,
            "this token's budget of 5 USD a day is spent (HTTP 429 from ",
            "Try again in 12 h 48 min",
        ),
        (
            Answer::Json(503, missing),
            5,
            false,
            "there is no 'claude' here (HTTP 503 from ",
            "Whoever runs the service can name it: trefoil forge serve --claude PATH",
        ),
        (
            Answer::Json(503, other),
            5,
            false,
            "there is no 'codex' here (HTTP 503 from ",
            "Whoever runs the service can name it: trefoil forge serve --agent-command codex=COMMAND",
        ),
        (
            Answer::Text(429, "text/html", "<h1>Slow down</h1>".into()),
            4,
            true,
            "refuses it for now (HTTP 429): <h1>",
            "Try again later",
        ),
    ] {
        let answer = std::sync::Mutex::new(Some(answer));
        let forge = Forge::new(move |_| {
            let once = answer.lock().expect("no panic").take();
            once.expect("a prompt is sent at most once")
        });
        let out = forge.forge(&["run", "x", "--errors", "json"]);
        let out = out.run().exits(code);
        let error = out.error();
        let said = error["message"].as_str().expect("text");
        assert!(said.contains(message), "{out}");
        assert!(!out.stderr.contains("busy"), "{out}");
        assert_eq!(error["hint"], hint, "{out}");
        assert_eq!(error["retryable"], is_retryable, "{out}");
    }
}

/// What a failed run has cost is charged, and the message says how much.
#[test]
fn the_cost_of_a_failed_run_is_told() {
    for (cost, said) in [
        (
            json!(0.012),
            "its time of 5 s was up; 0.0120 USD are charged",
        ),
        (
            Value::Null,
            "its time of 5 s was up; what it cost is charged, and the service does not say how much",
        ),
        (json!(0.0), "its time of 5 s was up\n"),
    ] {
        let body = json!({"error": "its time of 5 s was up", "stderr": "", "duration_ms": 5000,
                          "stop_reason": "timeout", "cost_usd": cost});
        let forge = Forge::new(move |_| Answer::Json(502, body.clone()));
        let out = forge.forge(&["run", "x"]).run().exits(5);
        out.says(&["the run failed (HTTP 502)", said]);
    }
}

#[test]
fn errors_carry_the_body_as_it_came() {
    let body = json!({"error": "x", "stderr": "y", "duration_ms": 1, "stop_reason": "error"});
    let reply = body.clone();
    let forge = Forge::new(move |_| Answer::Json(502, reply.clone()));
    let out = forge
        .forge(&["run", "x", "--errors", "json"])
        .run()
        .exits(5);
    assert_eq!(out.error()["body"], body);
    let forge = Forge::new(|_| Answer::Text(500, "text/html", "<p>".into()));
    let out = forge
        .forge(&["run", "x", "--errors", "json"])
        .run()
        .exits(5);
    assert_eq!(out.error()["body"], "<p>");
}

#[test]
fn a_reply_that_breaks_the_contract_is_shown() {
    for (text, printed) in [
        ("<p>hello</p>", "\"<p>hello</p>\"\n"),
        ("{\"ok\":true,\"answer\":1}", "{\"ok\":true,\"answer\":1}\n"),
        ("[1]", "[1]\n"),
        ("", "\"\"\n"),
    ] {
        let forge = Forge::new(move |_| Answer::Text(200, "text/plain", text.to_owned()));
        let out = forge.forge(&["run", "x"]).run().exits(7).prints(printed);
        out.says(&["not what the contract says", "may be charged"]);
    }
}

#[test]
fn what_came_of_a_cut_answer_is_kept() {
    let forge = Forge::new(|_| Answer::Cut("{\"ok\":true,\"result\":\"half an ans".into()));
    let home = Dir::new();
    let out = forge.forge(&["run", "x"]).in_home(&home).run().exits(7);
    let path = out
        .stderr
        .split("answer: ")
        .nth(1)
        .expect("a path")
        .trim()
        .to_owned();
    let kept = std::fs::read_to_string(&path).expect("kept");
    assert_eq!(kept, "{\"ok\":true,\"result\":\"half an ans", "{out}");
}

#[test]
fn a_deadline_that_passes_leaves_the_outcome_unknown() {
    let forge = Forge::new(|_| Answer::Silence);
    let run = forge.forge(&["run", "x", "--timeout", "5s"]);
    let out = run.patience(Duration::from_secs(80)).run().exits(7);
    let out = out.says(&["no answer", "35 s", "charged", "ledger show 1"]);
    assert!(out.took >= Duration::from_secs(35), "{out}");
    assert_eq!(forge.lines(), ["POST /run"]);
}

#[test]
fn a_deadline_counts_from_the_connection() {
    let forge = Forge::new(|_| Answer::Silence);
    for verb in [&["health"][..], &["session", "new"]] {
        let limits = ["--timeout", "1s", "--connect-timeout", "60s"];
        let out = forge.forge(&[verb, &limits].concat()).run();
        assert!(out.took < Duration::from_secs(30), "{out}");
        out.says(&["no answer from", "within 1 s"]);
    }
}

/// A folder with a certificate and its key.
fn tls_files() -> Dir {
    let home = Dir::new();
    let key = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate");
    home.file("cert.pem", certificate.pem());
    home.file("key.pem", key.serialize_pem());
    home
}

#[test]
fn plain_http_to_a_server_with_tls_was_not_sent() {
    let home = tls_files();
    let mut service = trefoil(&["forge", "serve", "--bind", "127.0.0.1:0", "-o", "json"])
        .args(&[
            "--state",
            "state",
            "--tls-cert",
            "cert.pem",
            "--tls-key",
            "key.pem",
        ])
        .in_home(&home)
        .start();
    let secure = service.record()["url"].as_str().expect("a URL").to_owned();
    let plain = secure.replacen("https", "http", 1);
    let hint = format!("--url {secure}");
    let long = "x".repeat(4 << 20);
    for args in [
        &["run", "x"][..],
        &["run", "@long"],
        &["run", "x", "--stream"],
        &["session", "turn", "sess_1", "x"],
        &["session", "new"],
    ] {
        let run = forge(&plain, args).file("long", &long);
        let error = run.args(&["--errors", "json"]).run().exits(1).error();
        assert_eq!(error["outcome"], "not_sent", "{error}");
        assert_eq!(error["retryable"], false, "{error}");
        assert!(
            error["hint"].as_str().expect("one").contains(&hint),
            "{error}"
        );
    }
    let health = forge(&plain, &["health"]).run().exits(1);
    health.says(&["speaks TLS, not plain HTTP", &hint]);
    let lines = "\"a\"\n\"b\"\n";
    let batch = forge(
        &plain,
        &["batch", "lines", "--journal", "j", "--jq", ".outcome", "-r"],
    );
    let out = batch.file("lines", lines).run().exits(1);
    assert!(!out.stdout.contains("unknown"), "{out}");
    let reverse = forge(&plain.replacen("127.0.0.1", "localhost", 1), &["health"]);
    reverse.run().exits(1).says(&["--url https://localhost:"]);
    service.interrupt();
    service.finish().exits(0);
}

#[test]
fn what_servers_say_in_plain_text_of_their_tls_has_the_hint() {
    for said in [
        "<title>400 The plain HTTP request was sent to HTTPS port</title>",
        "Client sent an HTTP request to an HTTPS server.\n",
    ] {
        let forge = Forge::new(move |_| Answer::Text(400, "text/html", said.to_owned()));
        let https = forge.url().replacen("http", "https", 1);
        let out = forge.forge(&["run", "x"]).run().exits(4);
        out.says(&[&format!("--url {https}")]);
    }
}

#[test]
fn an_answer_that_is_no_http_is_unknown_unless_it_is_tls() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let server = std::thread::spawn(move || {
        // The answer to the run, and to the question whether it speaks TLS.
        for answer in ["220 mail.example\r\n", "HTTP/1.1 200 OK\r\n\r\n"] {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut first = [0; 4];
            stream.read_exact(&mut first).expect("a request");
            stream.write_all(answer.as_bytes()).expect("sent");
            // Read to its end, so that the answer is not lost by a reset.
            stream.shutdown(Shutdown::Write).expect("open");
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    let out = forge(&url, &["run", "x"]).run().exits(7);
    out.says(&["may still finish and be charged"]);
    server.join().expect("asked twice");
}

#[test]
fn ctrl_c_says_whether_it_may_be_charged() {
    let forge = Forge::new(|_| Answer::Silence);
    let run = forge.forge(&["run", "x"]).start();
    forge.wait_for(1);
    run.interrupt();
    run.finish()
        .exits(7)
        .says(&["interrupted", "charged", "ledger settle 1", "ledger show 1"]);
    let run = forge.forge(&["run", "x", "--no-ledger"]).start();
    forge.wait_for(2);
    run.terminate();
    let out = run.finish().exits(7).says(&["interrupted", "charged"]);
    assert!(!out.stderr.contains("ledger"), "{out}");
}

#[test]
fn before_anything_is_sent_ctrl_c_is_only_that() {
    // Nobody listens, and it is to be waited for.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let url = format!("http://{address}");
    let waiting = ["run", "x", "--connect-retry", "60s"];
    let home = Dir::new();
    let run = forge(&url, &waiting).in_home(&home).start();
    eventually("the ledger's entry", || {
        std::fs::read(home.path().join("state/trefoil/ledger.ndjson")).ok()
    });
    run.interrupt();
    run.finish().exits(130).says(&["nothing was sent"]);
    let out = forge(&url, &["ledger", "last"]).in_home(&home).run().done();
    assert_eq!(out.json()["outcome"], "not_sent");
}

#[test]
fn each_run_has_a_connection_of_its_own() {
    let forge = Forge::new(|_| result(json!("x")));
    for _ in 0..2 {
        forge.forge(&["run", "x"]).run().done();
    }
    let connections: Vec<u64> = forge.requests().iter().map(|r| r.connection).collect();
    assert_eq!(connections, [1, 2]);
}

#[test]
fn nobody_there_is_exit_1_and_nothing_sent() {
    let out = forge("http://127.0.0.1:9", &["run", "x", "--errors", "json"]);
    let error = out.run().exits(1).error();
    assert_eq!(error["kind"], "transport");
    assert_eq!(error["retryable"], true);
    assert_eq!(error["status"], Value::Null);
    let out = forge("http://nowhere.invalid", &["health"]).run();
    out.exits(1).says(&["cannot find the host"]);
}

#[test]
fn after_ctrl_c_no_line_of_the_waiting_is_left() {
    let forge = Forge::new(|_| Answer::Silence);
    let mut pty = forge.forge(&["run", "x"]).on_pty(60, 10);
    pty.shows(&["waiting for claude"]);
    forge.wait_for(1);
    pty.types("\x03");
    let screen = pty.ends(7);
    assert!(
        screen.starts_with("error: interrupted after the prompt"),
        "{screen}"
    );
    assert!(
        !screen.contains("waiting") && !screen.contains("^C"),
        "{screen}"
    );
}
