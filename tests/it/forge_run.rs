//! `forge run` and `forge health`: requests, output and checks.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::dir::Dir;
use crate::support::forge::{Answer, TOKEN, ok, result};
use crate::support::{Forge, on_both, python};

#[test]
fn a_prompt_is_sent_once_with_what_the_python_client_always_sends() {
    let forge = Forge::new(|_| result(json!("drizzle, downpour, mizzle")));
    let out = forge.forge(&["run", "three words for rain"]).run().done();
    assert_eq!(
        out.json(),
        json!({"ok": true, "result": "drizzle, downpour, mizzle", "duration_ms": 7391,
               "stop_reason": "end_turn"})
    );
    on_both(&json!("drizzle, downpour, mizzle"), |forge| {
        let out = forge.forge(&["run", "three words for rain"]).run().done();
        let reply = out.quietly().json();
        for (field, value) in [
            ("ok", json!(true)),
            ("result", json!("drizzle, downpour, mizzle")),
            ("stop_reason", json!("end_turn")),
        ] {
            assert_eq!(reply[field], value, "{reply}");
        }
        assert!(reply["duration_ms"].is_u64(), "{reply}");
        let request = forge.request();
        assert_eq!(request.line(), "POST /run");
        assert_eq!(
            request.json(),
            json!({"prompt": "three words for rain", "model": "sonnet"})
        );
    });
}

#[test]
fn every_option_has_its_field() {
    let forge = Forge::new(|_| result(json!(1)));
    let run = forge.forge(&["run", "@prompt.md", "--model", "opus", "--timeout", "10m"]);
    run.file("prompt.md", "from a file\n")
        .args(&[
            "--system",
            "@@you",
            "--system-mode",
            "replace",
            "--effort",
            "max",
        ])
        .args(&["-f", "ff_1", "--file", "ff_2"])
        .run()
        .done();
    assert_eq!(
        forge.request().json(),
        json!({"prompt": "from a file\n", "model": "opus", "system": "@you",
               "system_mode": "replace", "effort": "max", "files": ["ff_1", "ff_2"],
               "timeout_secs": 600})
    );
}

#[test]
fn a_prompt_comes_from_stdin_only_when_asked() {
    on_both(&json!("x"), |forge| {
        forge.forge(&["run", "-"]).stdin("a\nb").run().done();
        assert_eq!(forge.request().json()["prompt"], "a\nb");
    });
}

#[test]
fn the_result_alone_is_text_as_text() {
    for (answer, printed) in [
        (json!("a\n\"b\""), "a\n\"b\"\n"),
        (
            json!({"z": 1, "a": [2.0, 18446744073709551615_u64]}),
            "{\"z\":1,\"a\":[2.0,18446744073709551615]}\n",
        ),
        (json!(null), "null\n"),
    ] {
        on_both(&answer, |forge| {
            let run = forge.forge(&["run", "x", "-r"]);
            run.run().done().prints(printed);
            let filtered = forge.forge(&["run", "x", "-r", "--jq", ".stop_reason"]);
            filtered.run().done().prints("end_turn\n");
        });
    }
}

#[test]
fn fields_nobody_knows_come_through_in_their_order() {
    let text = r#"{"zeta":1,"ok":true,"result":{"b":1,"a":2},"usage":{"tokens":12}}"#;
    let forge = Forge::new(move |_| Answer::Text(200, "application/json", text.to_owned()));
    let out = forge.forge(&["run", "x"]).run().done();
    assert_eq!(out.stdout.trim_end(), text);
}

#[test]
fn a_terminal_sees_the_result_and_a_line_about_it() {
    if !python::python3_or_skip("a terminal") {
        return;
    }
    on_both(&json!("drizzle\n\u{1b}[2Jmizzle"), |forge| {
        let out = forge.forge(&["run", "rain"]).on_terminal().run().done();
        let screen = out.stdout.replace("\r\n", "\n");
        assert!(screen.contains("drizzle\n\\u001b[2Jmizzle\n"), "{out}");
        assert!(screen.contains(" s · end_turn · "), "{out}");
        assert!(screen.contains(" · ledger 1"), "{out}");
        assert!(!screen.contains("\"ok\""), "{out}");
    });
}

#[test]
fn nothing_is_sent_without_a_token() {
    let forge = Forge::unasked();
    for env in ["", " "] {
        let out = forge
            .forge(&["run", "x"])
            .env("CLAWDFORGE_TOKEN", env)
            .run();
        out.exits(3).says(&["token", "CLAWDFORGE_TOKEN"]);
    }
    // The administrator's token does not stand in.
    let out = forge.forge(&["run", "x"]).env("CLAWDFORGE_TOKEN", "").run();
    out.exits(3);
}

#[test]
fn what_makes_no_sense_is_found_before_anything_is_sent() {
    let forge = Forge::unasked();
    for (args, said) in [
        (&["run", ""][..], "empty"),
        (&["run", "-"], "empty"),
        (&["run", "@/nowhere"], "@@"),
        (&["run", "x", "--timeout", "4s"], "5 s"),
        (&["run", "x", "--timeout", "31m"], "30 min"),
        (&["run", "x", "--effort", "extreme"], "effort"),
        (&["run", "x", "--system-mode", "replace"], "--system"),
        (&["run", "x", "--expect", ".a ="], "--expect"),
        (&["run", "x", "--schema", "nowhere.json"], "--schema"),
        (&["run", "x", "--jq", ".["], "--jq"),
        (&["run", "x", "-f", "ff_../../etc"], "ff_"),
        (&["run", "x", "--url", "ftp://x"], "http://"),
    ] {
        forge.forge(args).run().exits(2).says(&[said]);
    }
    let bad = forge.forge(&["run", "x", "--schema", "s.json"]);
    bad.file("s.json", r#"{"type": 7}"#)
        .run()
        .exits(2)
        .says(&["schema"]);
}

#[test]
fn bare_seconds_are_taken_as_cf_took_them() {
    on_both(&json!("x"), |forge| {
        forge.forge(&["run", "x", "--timeout", "60"]).run().done();
        assert_eq!(forge.request().json()["timeout_secs"], 60);
    });
}

#[test]
fn a_result_that_is_not_what_it_must_be_is_kept() {
    let schema = r#"{"type":"object","required":["colours"],
                     "properties":{"colours":{"type":"array","items":{"type":"string"}}}}"#;
    for (args, answer, said) in [
        (
            &["--schema", "s.json"][..],
            json!({"colours": [1]}),
            "/colours/0",
        ),
        (&["--schema", "s.json"], json!("prose"), "s.json"),
        (
            &["--expect", ".colours | length > 1"],
            json!({"colours": ["x"]}),
            "--expect",
        ),
        (&["--expect", ".colours"], json!("prose"), "--expect"),
        (&["--fail-on-empty"], json!(" "), "empty"),
        (
            &["--fail-on-empty"],
            json!("Claude AI usage limit reached|1764547200"),
            "usage limit",
        ),
        (&["--fail-on-empty", "--no-ledger"], json!(""), "empty"),
    ] {
        let test = |forge: &Forge| {
            let home = Dir::new();
            home.file("s.json", schema);
            let out = forge.forge(&["run", "x"]).args(args).in_home(&home).run();
            let out = out.exits(6).prints("").says(&[said, "kept"]);
            let path = out.stderr.split("is kept: ").nth(1).expect("a path").trim();
            let in_home = path.starts_with(home.path().to_str().expect("UTF-8"));
            assert!(in_home, "{path}");
            let kept = std::fs::read(path).expect(path);
            let kept: Value = serde_json::from_slice(&kept).expect("JSON");
            assert_eq!(kept["result"], answer);
            assert_eq!(home.mode(path.as_ref()), 0o600);
        };
        // Our own service knows such a notice, and calls that a failed run.
        if said == "usage limit" {
            let reply = answer.clone();
            test(&Forge::new(move |_| result(reply.clone())));
        } else {
            on_both(&answer, test);
        }
    }
    on_both(&json!({"colours": ["red", "blue"]}), |forge| {
        let run = forge.forge(&["run", "x", "--schema", "s.json"]);
        let run = run.args(&["--expect", ".colours | length > 1"]);
        run.file("s.json", schema).run().done().quietly();
    });
}

#[test]
fn an_empty_result_is_remarked_on() {
    for (answer, said) in [
        ("", "empty"),
        ("You've hit your limit · resets 3pm (UTC)", "limit"),
    ] {
        let forge = Forge::new(move |_| result(json!(answer)));
        forge
            .forge(&["run", "x"])
            .run()
            .done()
            .says(&["warning", said]);
    }
    on_both(
        &json!("On usage limits: 'usage limit reached' means …"),
        |forge| {
            let run = forge.forge(&["run", "x", "--fail-on-empty"]);
            run.run().done().quietly();
        },
    );
}

#[test]
fn a_dry_run_is_a_curl_command_that_does_the_same() {
    let prompt = "it's $HOME; \"quoted\" `x` \\ ü\nsecond line";
    let asked = Forge::unasked();
    let dry = asked
        .forge(&["run", prompt, "--dry-run", "-f", "ff_1"])
        .run()
        .done()
        .quietly();
    assert!(!dry.stdout.contains(TOKEN), "{dry}");
    assert!(dry.stdout.contains("$CLAWDFORGE_TOKEN"), "{dry}");
    let Some(curl) = ["/usr/bin/curl", "/bin/curl"]
        .iter()
        .find(|p| std::path::Path::new(p).exists())
    else {
        return;
    };
    // Run it, against a service that will answer.
    let forge = Forge::new(|_| result(json!("x")));
    let line = dry
        .stdout
        .replace(&asked.url(), &forge.url())
        .replacen("curl", curl, 1);
    let status = std::process::Command::new("sh")
        .args(["-c", &line])
        .env_clear()
        .env("CLAWDFORGE_TOKEN", TOKEN)
        .stdout(std::process::Stdio::null())
        .status()
        .expect("sh runs");
    assert!(status.success(), "{line}");
    assert_eq!(
        forge.request().json(),
        json!({"prompt": prompt, "model": "sonnet", "files": ["ff_1"]})
    );
}

#[test]
fn health_is_a_document_and_an_exit_code() {
    let well = json!({"ok": true, "claude_present": true, "claude_version": "2.0.1",
                      "acpx_present": true, "acpx_version": "0.4", "open_sessions": 3});
    let reply = well.clone();
    let forge = Forge::new(move |_| ok(reply.clone()));
    let out = forge
        .forge(&["health"])
        .env("CLAWDFORGE_TOKEN", "")
        .run()
        .done()
        .quietly();
    assert_eq!(out.json(), well);
    let table = forge.forge(&["health", "-o", "table"]).run().done();
    for part in ["ok", "claude    2.0.1", "acpx      0.4", "3 open"] {
        assert!(table.stdout.contains(part), "{part} in {table}");
    }
    for (reply, said) in [
        (json!({"ok": false, "claude_present": true}), "not ok"),
        (json!({"ok": true, "claude_present": false}), "missing"),
        (json!({}), "not ok"),
        (json!([]), "does not answer as"),
    ] {
        let printed = reply.clone();
        let forge = Forge::new(move |_| ok(reply.clone()));
        let out = forge.forge(&["health"]).run().exits(5).says(&[said]);
        assert_eq!(out.json(), printed);
    }
}

#[test]
fn a_prefix_is_kept_and_a_slash_ignored() {
    let forge = Forge::new(|request| {
        assert_eq!(request.path, "/healthz");
        ok(json!({"ok": true}))
    });
    let url = format!("{}/", forge.url());
    forge.forge(&["health", "--url", &url]).run().done();
    for url in ["http://h/?a=1", "http://h/#x", "http://u:secret@h/"] {
        let out = forge.forge(&["health", "--url", url]).run().exits(2);
        assert!(!out.stderr.contains("secret"), "{out}");
    }
}

#[test]
fn a_service_that_is_still_starting_is_waited_for() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let url = format!("http://{address}");
    let refused = crate::support::forge::forge(&url, &["health"]).run();
    refused.exits(1).says(&["connection refused", "--url"]);
    let waiting = crate::support::forge::forge(&url, &["health", "--connect-retry", "20s"]).start();
    std::thread::sleep(Duration::from_millis(100));
    let listener = std::net::TcpListener::bind(address).expect("still free");
    let forge = Forge::on(listener, |_| ok(json!({"ok": true})));
    waiting.finish().done();
    drop(forge);
}
