//! `forge serve`: the contract, over a scripted `claude`: replies, limits, refusals, sessions.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Postgres, Service, eventually, trefoil};

#[test]
fn a_run_is_answered_as_the_contract_says() {
    let service = Service::start(&[]);
    let reply = service.run("hello", &json!({}));
    let body = reply.json();
    assert_eq!((reply.status, &body["ok"]), (200, &json!(true)));
    assert_eq!(body["result"], "1: hello");
    assert_eq!(body["stop_reason"], "end_turn");
    assert!(body["duration_ms"].is_u64(), "{body}");
    assert_eq!(body["cost_usd"], 0.01);
    assert_eq!(reply.header("x-run-id"), body["run_id"].as_str());
    for (prompt, result) in [
        ("json {\"a\": [1, 2]}", json!({"a": [1, 2]})),
        ("json ```json\n{\"a\": 1}\n```", json!({"a": 1})),
        ("json ```\nplain\n```", json!("plain")),
        (
            "json 12345678901234567890123",
            json!("12345678901234567890123"),
        ),
        ("/help", json!("1: /help")),
    ] {
        assert_eq!(service.run(prompt, &json!({})).result(), result, "{prompt}");
    }
    let health = service.forge(&["health"]).run().done().json();
    assert_eq!(health["claude_version"], "9.9.9");
    let told = service.forge(&["run", "hello", "-r"]).run().done();
    told.prints("1: hello\n");
}

#[test]
fn what_a_run_is_told_reaches_claude_and_no_tool_does() {
    let service = Service::start(&[]);
    let wishes = json!({"system": "be brief", "system_mode": "replace", "effort": "low",
                        "model": "opus"});
    let argv = service.run("argv", &wishes).result();
    let argv: Vec<&str> = argv
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let after = |name: &str| {
        let at = argv.iter().position(|arg| *arg == name);
        at.map(|at| argv[at + 1])
            .unwrap_or_else(|| panic!("{name} in {argv:?}"))
    };
    assert_eq!(after("--model"), "opus");
    assert_eq!(after("--effort"), "low");
    assert_eq!(after("--tools"), "");
    assert_eq!(after("--setting-sources"), "");
    assert!(after("--system-prompt-file").ends_with("/system"));
    assert!(!argv.contains(&"--allowedTools"), "{argv:?}");
    let names = service.run("env", &json!({})).result();
    let names = names.as_str().expect("text");
    assert!(names.contains("CLAUDE_CODE_MAX_RETRIES"), "{names}");
    for secret in ["CLAWDFORGE", "TREFOIL", "XDG_"] {
        assert!(!names.contains(secret), "{secret} in {names}");
    }
    let folder = service.run("cwd", &json!({})).result();
    assert_eq!(folder[1], json!([]), "the working folder is empty");
    let tools = service.mint("tools", json!({"tools": ["Read"]}));
    let body = json!({"prompt": "argv"});
    let argv = service.ask_as(&tools, "POST", "/run", Some(&body)).result();
    let granted = argv
        .as_array()
        .expect("a list")
        .iter()
        .filter(|arg| *arg == "Read");
    assert_eq!(granted.count(), 2);
}

#[test]
fn a_failed_run_is_502_with_all_that_is_known() {
    let service = Service::start(&[]);
    for (prompt, said, stderr) in [
        ("fail 529 busy", "API Error: 529 busy", ""),
        ("die out of cheese", "without a result", "out of cheese"),
        (
            "die \u{1b}[2mERROR\u{1b}[0m no cheese",
            "without a result",
            "ERROR no cheese",
        ),
        ("silent", "without a result", ""),
        ("command", "commands", ""),
        ("json 5-hour limit reached", "limit", ""),
    ] {
        let reply = service.run(prompt, &json!({}));
        let body = reply.json();
        assert_eq!(reply.status, 502, "{body}");
        assert!(
            body["error"].as_str().expect("why").contains(said),
            "{body}"
        );
        assert_eq!(body["stderr"], stderr, "{body}");
        assert_eq!(body["stop_reason"], "error");
    }
    let schema = json!({"schema": {"type": "object", "required": ["a"]}});
    assert_eq!(
        service.run("json {\"a\": 1}", &schema).result(),
        json!({"a": 1})
    );
    for prompt in ["json {\"b\": 1}", "json prose"] {
        let reply = service.run(prompt, &schema);
        assert_eq!(reply.status, 502);
        assert!(reply.body.contains("schema"), "{}", reply.body);
    }
}

#[test]
fn stderr_says_what_was_left_out_of_it() {
    let service = Service::start(&[]);
    let stderr = |lines: u32| {
        let reply = service.run(&format!("rant {lines}"), &json!({}));
        assert_eq!(reply.status, 502, "{}", reply.body);
        reply.json()["stderr"].as_str().expect("text").to_owned()
    };
    let whole = stderr(3);
    assert_eq!(
        whole,
        "this went wrong: 0 ä\nthis went wrong: 1 ä\nthis went wrong: 2 ä"
    );
    let cut = stderr(5000);
    let (first, rest) = cut.split_once('\n').expect("lines");
    assert!(
        rest.starts_with("this went wrong: "),
        "{first}\n{}",
        &rest[..60]
    );
    assert!(rest.ends_with("this went wrong: 4999 ä"), "{cut}");
    let all: usize = (0..5000)
        .map(|n| format!("this went wrong: {n} ä\n").len())
        .sum();
    let left_out = all - 1 - rest.len();
    assert_eq!(first, format!("[the first {left_out} bytes are left out]"));
}

#[test]
fn a_turn_never_has_the_answer_of_an_earlier_one() {
    let service = Service::start(&[]);
    let text = |turn: &Value| {
        turn["events"][0]["content"]
            .as_str()
            .expect("text")
            .to_owned()
    };
    for word in ["twice", "later"] {
        let id = service.session();
        assert_eq!(text(&service.turn(&id, &format!("{word} old"))), "old");
        for (index, prompt) in [(2, "new"), (3, "newer")] {
            let turn = service.turn(&id, prompt);
            assert_eq!(text(&turn), format!("{index}: {prompt}"), "{word}");
            assert_eq!(turn["events"].as_array().map(Vec::len), Some(1), "{turn}");
            assert_eq!(
                (&turn["turn_index"], &turn["cost_usd"]),
                (&json!(index), &json!(0.01))
            );
        }
    }
    // One that has begun a turn of its own is replaced.
    let id = service.session();
    assert_eq!(text(&service.turn(&id, "onward old")), "old");
    let starts = service.starts();
    assert_eq!(text(&service.turn(&id, "new")), "2: new");
    assert_eq!(service.starts(), starts + 1);
    // What a task in the background has led to is not what the prompt is answered.
    let id = service.session();
    assert_eq!(text(&service.turn(&id, "aftermath old")), "old");
    let body = json!({"prompt": "new", "timeout_secs": 60});
    let failed = service.ask("POST", &format!("/sessions/{id}/turn"), Some(&body));
    assert_eq!(failed.status, 502, "{}", failed.body);
    assert!(
        failed.body.contains("task in the background"),
        "{}",
        failed.body
    );
    let turn = service.turn(&id, "new");
    assert_eq!(
        (text(&turn), &turn["turn_index"]),
        ("2: new".to_owned(), &json!(2))
    );
}

/// A line that reports success, with these fields in place of `result`.
fn success(fields: &str) -> String {
    format!(
        r#"line {{"type":"result","subtype":"success","is_error":false,"num_turns":1,{fields}}}"#
    )
}

#[test]
fn what_was_paid_for_is_not_lost_for_how_it_is_written() {
    let service = Service::start(&[]);
    for (fields, result, cost) in [
        (
            r#""result":"cut emoji \ud83d","total_cost_usd":0.02"#,
            json!("cut emoji \u{fffd}"),
            json!(0.02),
        ),
        (
            r#""result":"x","total_cost_usd":NaN"#,
            json!("x"),
            json!(null),
        ),
        (
            r#""result":{"a":1},"total_cost_usd":0.02"#,
            json!({"a": 1}),
            json!(0.02),
        ),
        (r#""result":7"#, json!(7), json!(null)),
        (
            r#""result":"x","total_cost_usd":-5"#,
            json!("x"),
            json!(null),
        ),
    ] {
        let reply = service.run(&success(fields), &json!({}));
        assert_eq!(reply.result(), result, "{fields}");
        assert_eq!(reply.json()["cost_usd"], cost, "{fields}");
    }
    for (fields, why, cost) in [
        (r#""total_cost_usd":0.02"#, "without a result", json!(0.02)),
        (
            r#""total_cost_usd":0.02,"result":"a"b"#,
            "cannot be read",
            json!(0.02),
        ),
    ] {
        let reply = service.run(&success(fields), &json!({}));
        let body = reply.json();
        assert_eq!((reply.status, &body["cost_usd"]), (502, &cost), "{body}");
        assert!(body["error"].as_str().expect("why").contains(why), "{body}");
    }
}

/// A cost that cannot be is unknown, and the sums of the day stay readable.
#[track_caller]
fn costs_that_cannot_be_are_unknown(service: &mut Service) {
    let token = service.mint("rich", json!({}));
    for cost in ["1e300", "1e308", "1e999", "-5", "\"free\""] {
        let prompt = success(&format!(r#""result":"x","total_cost_usd":{cost}"#));
        let body = json!({"prompt": prompt, "timeout_secs": 60});
        let reply = service.ask_as(&token, "POST", "/run", Some(&body));
        assert_eq!(reply.result(), "x", "{cost}");
        assert_eq!(reply.json()["cost_usd"], json!(null), "{cost}");
    }
    service.kill_and_restart();
    let usage = service.ask_as(&token, "GET", "/usage", None);
    assert_eq!(usage.status, 200, "{}", usage.body);
    let row = &usage.json()["usage"][0];
    assert_eq!(
        (&row["runs"], &row["cost_unknown"], &row["cost_usd"]),
        (&json!(5), &json!(5), &json!(0.0)),
        "{row}"
    );
}

#[test]
fn a_cost_that_cannot_be_does_no_harm_to_the_state() {
    costs_that_cannot_be_are_unknown(&mut Service::start(&[]));
    if let Some(database) = Postgres::start_or_skip() {
        costs_that_cannot_be_are_unknown(&mut Service::sharing(&database, &[]));
    }
}

#[test]
fn what_makes_no_sense_starts_nothing() {
    let service = Service::start(&[]);
    for (field, value) in [
        ("prompt", json!(" \n")),
        ("prompt", json!("a\u{0}b")),
        ("prompt", json!("x".repeat(10_000_001))),
        ("prompt", json!(["x"])),
        ("effort", json!("extreme")),
        ("schema", json!({"type": 7})),
        ("model", json!("--help")),
        ("system_mode", json!("prepend")),
        ("timeout_secs", json!(4)),
        ("timeout_secs", json!("60")),
        ("files", json!("ff_1")),
        ("files", json!(["../../etc/passwd"])),
    ] {
        let reply = service.run("x", &json!({field: value}));
        assert_eq!(reply.status, 422, "{field}: {}", reply.body);
        assert_eq!(reply.json()["detail"][0]["loc"][1], field);
    }
    let files = json!({"files": ["ff_unknown"]});
    assert_eq!(service.run("x", &files).status, 404);
    for (body, status) in [("{", 400), ("[]", 422), ("", 400), ("{}", 422)] {
        let request = format!(
            "POST /run HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            service.token,
            body.len()
        );
        let reply = service.send_bytes(request.as_bytes()).reply();
        assert_eq!(reply.status, status, "{body:?}: {}", reply.body);
    }
    for (method, path, status) in [
        ("GET", "/nowhere", 404),
        ("PUT", "/run", 405),
        ("POST", "/files", 422),
        ("GET", "/sessions/a%2f..", 422),
        ("GET", "/sessions/sess_1", 404),
        ("GET", "/sessions?include_closed=maybe", 422),
        ("GET", "/runs/run_1", 404),
        ("GET", "/usage?days=0", 422),
    ] {
        assert_eq!(
            service.ask(method, path, None).status,
            status,
            "{method} {path}"
        );
    }
    assert_eq!(service.starts(), 0, "nothing may have been started");
}

#[test]
fn who_may_not_is_told_so() {
    let service = Service::start(&[]);
    for (token, path, status) in [
        ("cf_wrong", "/sessions", 401),
        (service.admin.as_str(), "/sessions", 401),
        (service.token.as_str(), "/admin/tokens", 401),
        (service.admin.as_str(), "/admin/tokens", 200),
    ] {
        assert_eq!(
            service.ask_as(token, "GET", path, None).status,
            status,
            "{token} {path}"
        );
    }
    let none =
        service.send_bytes(b"GET /sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(none.reply().status, 401);
    let body = json!({"name": "far", "ip_cidrs": ["203.0.113.0/24"]});
    let far = service
        .as_admin("POST", "/admin/tokens", Some(&body))
        .json();
    let far = far["token"].as_str().expect("a token");
    assert_eq!(service.ask_as(far, "GET", "/sessions", None).status, 403);
    let again = service.as_admin("POST", "/admin/tokens", Some(&body));
    assert_eq!(again.status, 409);
    assert_eq!(service.ask("GET", "/sessions", None).status, 200);
    service
        .forge(&["token", "revoke", "ci", "--yes"])
        .run()
        .done();
    assert_eq!(service.ask("GET", "/sessions", None).status, 401);
    let unknown = service.as_admin("DELETE", "/admin/tokens/nobody", None);
    assert_eq!(unknown.status, 404);
    let list = service.forge(&["token", "list"]).run().done().json();
    assert_eq!(list[0]["name"], "ci");
    assert_eq!(list[0]["enabled"], false);
    assert!(list[0]["last_used"].is_string(), "{list}");
    for bad in [
        json!({"name": "Bad Name"}),
        json!({"name": "x", "ip_cidrs": ["10.0.0.0/33"]}),
        json!({"name": "x", "policy": {"usd": 1}}),
        json!({"name": "x", "policy": {"tools": ["--x"]}}),
    ] {
        let reply = service.as_admin("POST", "/admin/tokens", Some(&bad));
        assert_eq!(reply.status, 422, "{bad}");
    }
}

#[test]
fn a_policy_is_kept_to() {
    let service = Service::start(&[]);
    let policy = json!({"models": ["haiku"], "per_minute": 2, "max_timeout_secs": 60});
    let token = service.mint("small", policy);
    let run = |body: Value| service.ask_as(&token, "POST", "/run", Some(&body));
    assert_eq!(
        run(json!({"prompt": "x", "model": "opus", "timeout_secs": 60})).status,
        403
    );
    assert_eq!(run(json!({"prompt": "x", "model": "haiku"})).status, 422);
    let good = json!({"prompt": "x", "model": "haiku", "timeout_secs": 60});
    assert_eq!(run(good.clone()).status, 200);
    assert_eq!(run(good.clone()).status, 200);
    let third = run(good);
    assert_eq!(third.status, 429);
    assert!(third.header("retry-after").is_some(), "{}", third.head);
    let token = service.mint("poor", json!({"usd_per_day": 0.015}));
    let run = || service.ask_as(&token, "POST", "/run", Some(&json!({"prompt": "argv"})));
    let argv = run().result().to_string();
    assert!(argv.contains("\"--max-budget-usd\",\"0.015000\""), "{argv}");
    assert_eq!(run().status, 200);
    let third = run();
    assert_eq!(
        (third.status, third.body.contains("budget")),
        (429, true),
        "{}",
        third.body
    );
    let usage = service.as_admin("GET", "/admin/usage", None).json();
    let row = usage["usage"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| row["token"] == "poor");
    let row = row.expect("a row");
    assert_eq!((&row["runs"], &row["cost_usd"]), (&json!(2), &json!(0.02)));
    assert_eq!(
        service.ask_as(&token, "GET", "/usage", None).json()["usage"][0],
        *row
    );
}

#[test]
fn a_full_queue_says_so_and_tokens_take_turns() {
    let service = Service::start(&["--max-running", "1", "--max-waiting", "1"]);
    let other = service.mint("other", json!({}));
    let order = |token: &str, prompt: &str| {
        let body = json!({"prompt": prompt, "timeout_secs": 60});
        service.send(token, "POST", "/run", Some(&body), &[])
    };
    let waiting = |count: u64| {
        eventually("the queue", || {
            let health = service.ask("GET", "/healthz", None).json();
            (health["waiting"] == count).then_some(())
        });
    };
    let first = order(&service.token, "sleep 1");
    service.running_run();
    let second = order(&service.token, "second");
    waiting(1);
    let full = service.run("third", &json!({}));
    assert_eq!(full.status, 429, "{}", full.body);
    assert!(full.header("retry-after").is_some(), "{}", full.head);
    let others = order(&other, "others");
    waiting(2);
    for (exchange, result) in [
        (first, "slept"),
        (second, "1: second"),
        (others, "1: others"),
    ] {
        assert_eq!(exchange.reply().result(), result);
    }
    // The wait counts towards the limit: the run is refused and nothing is spent.
    let before = service.starts();
    let long = order(&service.token, "sleep 8");
    service.running_run();
    let body = json!({"prompt": "late", "timeout_secs": 5});
    let late = service.ask_as(&other, "POST", "/run", Some(&body));
    assert_eq!(late.status, 503, "{}", late.body);
    assert!(late.body.contains("nothing was spent"), "{}", late.body);
    // A client that disconnects while it waits has spent nothing, either.
    drop(order(&other, "gone"));
    waiting(0);
    assert_eq!(long.reply().result(), "slept");
    assert_eq!(service.starts(), before + 1);
}

#[test]
fn a_session_remembers_and_a_refused_turn_leaves_no_trace() {
    let service = Service::start(&[]);
    let made = service.ask(
        "POST",
        "/sessions",
        Some(&json!({"meta": {"caller": "ci"}})),
    );
    let made = made.json();
    let id = made["session_id"].as_str().expect("an id").to_owned();
    let turn = |prompt: &str| {
        let body = json!({"prompt": prompt, "timeout_secs": 60});
        service.ask("POST", &format!("/sessions/{id}/turn"), Some(&body))
    };
    let said = |prompt: &str| turn(prompt).json()["events"][0]["content"].clone();
    assert_eq!(said("one"), "1: one");
    let failed = turn("fail no");
    assert_eq!(failed.status, 502, "{}", failed.body);
    let second = turn("two").json();
    assert_eq!(second["events"][0]["content"], "2: two");
    assert_eq!(
        (&second["turn_index"], &second["ok"]),
        (&json!(2), &json!(true))
    );
    // By the process that it kept.
    let before = service.starts();
    assert_eq!(said("three"), "3: three");
    assert_eq!(service.starts(), before);
    let state = service.ask("GET", &format!("/sessions/{id}"), None).json();
    assert_eq!(state["turn_count"], 3);
    assert_eq!(state["meta"], json!({"caller": "ci"}));
    assert_eq!(
        (&state["live"], &state["closed_at"]),
        (&json!(true), &Value::Null)
    );
    // One turn at a time.
    let body = json!({"prompt": "sleep 1"});
    let path = format!("/sessions/{id}/turn");
    let long = service.send(&service.token, "POST", &path, Some(&body), &[]);
    service.running_run();
    assert_eq!(turn("meanwhile").status, 429);
    assert_eq!(long.reply().status, 200);
    // A session of another token does not exist for this one.
    let other = service.mint("other", json!({}));
    for (method, path) in [
        ("GET", format!("/sessions/{id}")),
        ("DELETE", format!("/sessions/{id}")),
        ("POST", format!("/sessions/{id}/turn")),
    ] {
        let body = json!({"prompt": "x"});
        let reply = service.ask_as(&other, method, &path, Some(&body));
        assert_eq!(reply.status, 404, "{method} {path}: {}", reply.body);
    }
    service.forge(&["session", "close", &id]).run().done();
    let again = service
        .ask("DELETE", &format!("/sessions/{id}"), None)
        .json();
    assert_eq!(again, json!({"ok": true, "already_closed": true}));
    assert_eq!(turn("four").status, 410);
    let open = service
        .ask("GET", "/sessions?include_closed=false", None)
        .json();
    assert_eq!(open["sessions"], json!([]));
    let all = service.ask("GET", "/sessions", None).json();
    assert_eq!(all["sessions"][0]["session_id"], id);
    let agent = service.ask("POST", "/sessions", Some(&json!({"agent": "codex"})));
    assert_eq!(agent.status, 422);
}

#[test]
fn a_first_turn_that_fails_leaves_nothing_either() {
    let service = Service::start(&["--warm", "0"]);
    let made = service.ask("POST", "/sessions", None).json();
    let path = format!(
        "/sessions/{}/turn",
        made["session_id"].as_str().expect("an id")
    );
    let turn = |prompt: &str| service.ask("POST", &path, Some(&json!({"prompt": prompt})));
    assert_eq!(turn("fail no").status, 502);
    assert_eq!(turn("one").json()["events"][0]["content"], "1: one");
    assert_eq!(turn("two").json()["events"][0]["content"], "2: two");
}

#[test]
fn idle_sessions_are_closed_and_old_ones_forgotten() {
    let service = Service::start(&["--session-ttl", "500ms", "--keep", "2s"]);
    let made = service.ask("POST", "/sessions", None).json();
    let path = format!("/sessions/{}", made["session_id"].as_str().expect("an id"));
    eventually("the session to be closed", || {
        let state = service.ask("GET", &path, None).json();
        state["closed_at"].is_string().then_some(())
    });
    eventually("the session to be forgotten", || {
        (service.ask("GET", &path, None).status == 404).then_some(())
    });
}

#[test]
fn events_come_as_they_happen() {
    let service = Service::start(&[]);
    let body = json!({"prompt": "words 3", "timeout_secs": 60});
    let accept = [("Accept", "text/event-stream")];
    let reply = service
        .send(&service.token, "POST", "/run", Some(&body), &accept)
        .reply();
    assert_eq!(reply.header("content-type"), Some("text/event-stream"));
    let names: Vec<&str> = reply
        .body
        .lines()
        .filter_map(|line| line.strip_prefix("event: "))
        .collect();
    assert_eq!(names, ["start", "delta", "delta", "delta", "text", "reply"]);
    let last = reply
        .body
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .next_back();
    let last: Value = serde_json::from_str(last.expect("an event")).expect("JSON");
    assert_eq!(last["result"], "w0 w1 w2 ");
    // Before the end, and one that fails.
    let body = json!({"prompt": "sleep 30", "timeout_secs": 60});
    let mut stream = service.send(&service.token, "POST", "/run", Some(&body), &accept);
    while !stream.line().contains("run_id") {}
    let id = service.running_run();
    // By then its prompt is in the pipe.
    eventually("the process", || (service.starts() == 2).then_some(()));
    let cancelled = service.ask("POST", &format!("/runs/{id}/cancel"), None);
    assert_eq!(cancelled.status, 202);
    let rest = loop {
        let line = stream.line();
        if line.starts_with("data: ") && line.contains("stop_reason") {
            break line;
        }
    };
    let rest: Value = serde_json::from_str(&rest["data: ".len()..]).expect("JSON");
    assert_eq!(
        (&rest["stop_reason"], &rest["status"]),
        (&json!("cancelled"), &json!(502))
    );
    assert_eq!(rest["cost_usd"], 0.01, "an interrupt keeps the cost");
}

/// `claude` may put its answer into the report alone, and into deltas alone.
#[test]
fn a_result_that_no_message_has_is_an_event() {
    let service = Service::start(&[]);
    let id = service.session();
    for (prompt, texts) in [
        ("mute only", json!(["only"])),
        ("pieces of it", json!(["of it"])),
        ("aside from it", json!(["looking", "from it"])),
        ("json said once", json!(["said once"])),
    ] {
        let turn = service.turn(&id, prompt);
        let events = turn["events"].as_array().expect("events");
        let said: Vec<&Value> = events.iter().map(|event| &event["content"]).collect();
        assert_eq!(json!(said), texts, "{prompt}: {turn}");
        let last = texts.as_array().and_then(|texts| texts.last());
        let last = last.and_then(Value::as_str).expect("a text");
        // What is streamed is the same, and each text once.
        for line in [
            &["session", "turn", &id, prompt, "-r", "--stream"][..],
            &["run", prompt, "-r", "--stream"],
        ] {
            let out = service.forge(line).run().done().quietly();
            assert_eq!(out.stdout.matches(last).count(), 1, "{prompt}: {out}");
            assert!(
                out.stdout.ends_with(&format!("{last}\n")),
                "{prompt}: {out}"
            );
        }
        let body = json!({"stream": true, "messages": [{"role": "user", "content": prompt}]});
        let stream = service
            .ask("POST", "/v1/chat/completions", Some(&body))
            .body;
        let quoted = json!(last).to_string();
        assert_eq!(stream.matches(&quoted).count(), 1, "{prompt}: {stream}");
    }
    // A stream of what is to fit a schema has nothing else in it.
    let format = json!({"type": "json_object"});
    let body = json!({"stream": true, "response_format": format,
                      "messages": [{"role": "user", "content": "json {\"a\": 1}"}]});
    let stream = service
        .ask("POST", "/v1/chat/completions", Some(&body))
        .body;
    let pieces: String = stream
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok())
        .filter_map(|piece| Some(piece["choices"][0]["delta"]["content"].as_str()?.to_owned()))
        .collect();
    assert_eq!(pieces, "{\"a\":1}", "{stream}");
}

#[test]
fn without_claude_it_serves_and_says_so() {
    let mut service = Service::over("/no/such/claude".as_ref(), &[], &[]);
    let health = service.ask("GET", "/healthz", None).json();
    assert_eq!(health["claude_present"], false);
    let refused = service.run("x", &json!({}));
    assert_eq!(
        (refused.status, refused.body.contains("/no/such/claude")),
        (503, true)
    );
    service.running().wait_says("there is no '/no/such/claude'");
}

#[test]
fn around_a_command_it_is_there_as_long_as_that_runs() {
    let claude = crate::support::forge_service::fake_claude();
    let script = "trefoil=$0; $trefoil forge run hello -r && $trefoil forge token list --jq '.[].name' -r; exit 42";
    let serve = |args: &[&str]| {
        trefoil(&[
            "forge",
            "serve",
            "--claude",
            claude.to_str().expect("UTF-8"),
            "--",
        ])
        .args(args)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("ANTHROPIC_API_KEY", "sk-dummy")
        .env("TMPDIR", std::env::temp_dir())
    };
    let run = serve(&["sh", "-c", script, env!("CARGO_BIN_EXE_trefoil")]).run();
    run.exits(42).prints("1: hello\ncommand\n").quietly();
    serve(&["/no/such/command"])
        .run()
        .exits(127)
        .says(&["/no/such/command"]);
}

#[test]
fn a_stop_lets_runs_end_and_a_second_one_does_not() {
    for (signals, result) in [(1, "slept"), (2, "")] {
        let mut service = Service::start(&[]);
        let prompt = if signals == 1 { "sleep 1" } else { "sleep 60" };
        let body = json!({"prompt": prompt, "timeout_secs": 60});
        let run = service.send(&service.token, "POST", "/run", Some(&body), &[]);
        service.running_run();
        service.running().terminate();
        service.running().wait_says("1 run is under way");
        if signals == 2 {
            service.running().interrupt();
        }
        let reply = run.reply();
        match signals {
            1 => assert_eq!(reply.result(), result),
            _ => assert_eq!(reply.json()["stop_reason"], "cancelled", "{}", reply.body),
        }
        let began = Instant::now();
        service.take_running().finish().done();
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn openai_clients_find_what_they_know() {
    let service = Service::start(&[]);
    let models = service.ask("GET", "/v1/models", None).json();
    assert_eq!(models["data"][0]["id"], "sonnet");
    let ask = |body: Value| service.ask("POST", "/v1/chat/completions", Some(&body));
    let messages =
        json!([{"role": "system", "content": "brief"}, {"role": "user", "content": "hey"}]);
    let reply = ask(json!({"model": "haiku", "messages": messages})).json();
    assert_eq!(reply["choices"][0]["message"]["content"], "1: hey");
    assert_eq!(reply["usage"]["total_tokens"], 120);
    let failed = json!([{"role": "user", "content": "fail overloaded"}]);
    let failed = ask(json!({"model": "haiku", "messages": failed}));
    assert_eq!(failed.status, 502);
    assert_eq!(failed.json()["error"]["message"], "API Error: overloaded");
    for bad in [
        json!({"model": "haiku"}),
        json!({"model": "-x", "messages": messages}),
        json!({"messages": messages, "n": 2}),
        json!({"messages": messages, "tools": [{"type": "function"}]}),
    ] {
        let reply = ask(bad);
        assert_eq!(reply.status, 400, "{}", reply.body);
        assert!(reply.json()["error"]["message"].is_string());
    }
    let body = json!({"model": "haiku", "stream": true,
                      "messages": [{"role": "user", "content": "words 2"}]});
    let stream = ask(body).body;
    assert!(stream.ends_with("data: [DONE]\n\n"), "{stream}");
    // When the client disconnects, the run is stopped, because no one could ask for it later.
    let body = json!({"messages": [{"role": "user", "content": "sleep 60"}]});
    let gone = service.send(
        &service.token,
        "POST",
        "/v1/chat/completions",
        Some(&body),
        &[],
    );
    let id = service.running_run();
    drop(gone);
    eventually("the run to be stopped", || {
        let run = service.ask("GET", &format!("/runs/{id}"), None).json();
        (run["status"] == "cancelled").then_some(())
    });
}
