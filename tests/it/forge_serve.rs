//! `forge serve`: the contract, over a scripted `claude`: replies, costs, events, and how it ends.

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
