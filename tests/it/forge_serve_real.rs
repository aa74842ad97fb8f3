//! `forge serve` with the real `claude` against a stand-in for the API: checks what the scripted
//! `claude` of the other tests assumes.

use serde_json::{Value, json};

use crate::support::real_claude::{Api, claude_or_skip};
use crate::support::{eventually, python};

#[test]
fn a_run_is_one_call_whatever_the_prompt_looks_like() {
    let what = "a run of the real claude";
    let (Some(claude), Some(api)) = (claude_or_skip(what), Api::start(what)) else {
        return;
    };
    let service = api.service(claude, &["--max-running", "2"]);
    let wishes = json!({"system": "be brief", "system_mode": "replace", "effort": "low"});
    let reply = service.run("hello", &wishes).json();
    assert_eq!(reply["result"], "1: hello", "{reply}");
    assert!(reply["cost_usd"].as_f64().expect("a cost") > 0.0, "{reply}");
    let asked = api.requests();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["tools"].as_array().map_or(0, Vec::len), 0);
    assert!(asked[0]["system"].to_string().contains("be brief"));
    // Neither a command of its own, nor a file that it would read for the prompt.
    let home = service.home();
    let file = home.file("harmless.txt", "harmless content");
    assert_eq!(service.run("/help", &json!({})).result(), "1: /help");
    let mention = format!("see @{}", file.display());
    assert_eq!(
        service.run(&mention, &json!({})).result(),
        format!("1: {mention}")
    );
    let text = service.run("@harmless.txt", &json!({})).result();
    assert_eq!(text, "1: @harmless.txt");
    let asked = api.requests();
    assert_eq!(asked.len(), 4);
    assert!(!asked[2].to_string().contains("harmless content"));
    // An error is one call, and a failed run.
    let failed = service.run("status 529 busy", &json!({}));
    assert_eq!(failed.status, 502, "{}", failed.body);
    assert!(failed.body.contains("529"), "{}", failed.body);
    assert_eq!(api.requests().len(), 5);
    // What is shown to it reaches the API without a tool.
    let path = file.to_str().expect("UTF-8");
    let shown = service.forge(&["run", "what is in it?", "-f", path, "-r"]);
    shown.run().done();
    let last = api.requests().pop().expect("a request");
    assert!(last.to_string().contains("harmless content"), "{last}");
}

/// The limit is looked at after each call: what exceeds it was charged.
#[test]
fn the_run_that_exceeds_a_budget_is_charged_and_the_next_is_refused() {
    let what = "a budget of the real claude";
    let (Some(claude), Some(api)) = (claude_or_skip(what), Api::start(what)) else {
        return;
    };
    let service = api.service(claude, &["--max-running", "2"]);
    let poor = service.mint("poor", json!({"usd_per_day": 0.000001}));
    let body = json!({"prompt": "hello", "model": "sonnet", "timeout_secs": 60});
    let run = || service.ask_as(&poor, "POST", "/run", Some(&body));
    let first = run();
    assert_eq!(first.status, 502, "{}", first.body);
    assert!(first.body.contains("maximum budget"), "{}", first.body);
    let cost = first.json()["cost_usd"].as_f64().expect("a cost");
    assert!(cost > 0.000001, "{}", first.body);
    assert_eq!(run().status, 429);
    assert_eq!(api.requests().len(), 1);
}

#[test]
fn a_cut_run_keeps_its_cost_and_a_tool_does_not_outlive_it() {
    let what = "a tool of the real claude";
    let (Some(claude), Some(api)) = (claude_or_skip(what), Api::start(what)) else {
        return;
    };
    let service = api.service(claude, &["--max-running", "1"]);
    let file = service.home().path().join("pid");
    let token = service.mint("tools", json!({"tools": ["Bash"]}));
    let script = format!(
        "trap '' TERM INT; echo $$ > {0}.new; mv {0}.new {0}; while :; do sleep 1; done",
        file.display()
    );
    let body = json!({"prompt": format!("bash {script}"), "timeout_secs": 60});
    let run = service.send(&token, "POST", "/run", Some(&body), &[]);
    let pid = eventually("the tool", || std::fs::read_to_string(&file).ok());
    let pid = pid.trim().to_owned();
    assert!(pid.parse::<u32>().is_ok(), "{pid:?}");
    let runs = service.ask_as(&token, "GET", "/runs", None).json();
    let id = runs["runs"][0]["run_id"].as_str().expect("an id");
    service.ask_as(&token, "POST", &format!("/runs/{id}/cancel"), None);
    let reply = run.reply().json();
    assert_eq!(reply["stop_reason"], "cancelled", "{reply}");
    assert!(reply["cost_usd"].as_f64().expect("a cost") > 0.0, "{reply}");
    eventually("the end of the tool", || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        (stat.is_empty() || stat.contains(") Z ")).then_some(())
    });
    assert_eq!(api.requests().len(), 1, "no call after the end");
}

#[test]
fn a_conversation_goes_on_after_a_refusal_and_a_kill() {
    let what = "a session of the real claude";
    let (Some(claude), Some(api)) = (claude_or_skip(what), Api::start(what)) else {
        return;
    };
    let mut service = api.service(claude, &["--max-running", "1", "--warm", "1"]);
    let made = service.ask("POST", "/sessions", None).json();
    let path = format!(
        "/sessions/{}/turn",
        made["session_id"].as_str().expect("an id")
    );
    let turn = |service: &crate::support::Service, prompt: &str| {
        let body = json!({"prompt": prompt, "timeout_secs": 60});
        service.ask("POST", &path, Some(&body)).json()
    };
    assert_eq!(turn(&service, "one")["events"][0]["content"], "1: one");
    assert_eq!(turn(&service, "status 400 no")["stop_reason"], "error");
    let second = turn(&service, "two");
    assert_eq!(second["events"][0]["content"], "2: two", "{second}");
    let asked = api.requests().pop().expect("a request").to_string();
    assert!(!asked.contains("status 400"), "the refused prompt is gone");
    service.kill_and_restart();
    let third = turn(&service, "three");
    assert_eq!(third["events"][0]["content"], "3: three", "{third}");
    assert_eq!(third["turn_index"], 3);
}

#[test]
fn the_openai_package_is_served() {
    let what = "the openai package";
    let (Some(claude), Some(api)) = (claude_or_skip(what), Api::start(what)) else {
        return;
    };
    let Some(python) = python::openai_or_skip(what) else {
        return;
    };
    let service = api.service(claude, &["--max-running", "1"]);
    let script =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/openai_client.py");
    let output = std::process::Command::new(python)
        .env_clear()
        .arg(script)
        .args([service.url(), service.token.clone()])
        .output()
        .expect("python runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let got: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(got["models"], json!(["sonnet", "opus", "haiku"]));
    assert_eq!(got["whole"], "1: hello");
    assert_eq!(got["tokens"], 120);
    assert_eq!(got["pieces"], json!(["one ", "two ", "three "]));
    assert_eq!(got["stream_tokens"], 120);
    assert_eq!(got["failure"], 502);
}
