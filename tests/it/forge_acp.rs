//! `forge serve --agent-command`: sessions of an agent that speaks ACP, over a scripted one
//! (tests/python/fake_acp.py).

use std::path::Path;

use serde_json::{Value, json};

use crate::support::forge_service::{HttpReply, fake_acp};
use crate::support::{Service, eventually};

/// A service with the agent `fake`, which has these options.
fn service(options: &str) -> Service {
    let command = format!("fake={} {options}", fake_acp().display());
    Service::start(&["--agent-command", &command])
}

/// A new session of the agent, of this token.
#[track_caller]
fn session_of(service: &Service, token: &str) -> String {
    let body = json!({"agent": "fake", "meta": {"caller": "ci"}});
    let made = service.ask_as(token, "POST", "/sessions", Some(&body));
    assert_eq!(made.status, 200, "{}", made.body);
    assert_eq!(made.json()["agent"], "fake");
    made.json()["session_id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

#[track_caller]
fn session(service: &Service) -> String {
    session_of(service, &service.token)
}

fn turn_as(service: &Service, token: &str, id: &str, prompt: &str) -> HttpReply {
    let body = json!({"prompt": prompt, "timeout_secs": 20});
    service.ask_as(token, "POST", &format!("/sessions/{id}/turn"), Some(&body))
}

fn turn(service: &Service, id: &str, prompt: &str) -> HttpReply {
    turn_as(service, &service.token, id, prompt)
}

/// The last text of a turn that went well.
#[track_caller]
fn said(reply: &HttpReply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let reply = reply.json();
    let events = reply["events"].as_array().expect("events");
    let mut texts = events.iter().filter(|event| event["type"] == "text");
    let last = texts.next_back().expect("a text");
    last["content"].as_str().expect("text").to_owned()
}

/// Why a turn failed.
#[track_caller]
fn why(reply: &HttpReply) -> String {
    assert_eq!(reply.status, 502, "{}", reply.body);
    let reply = reply.json();
    assert_eq!(reply["ok"], Value::Null, "{reply}");
    format!("{} {}", reply["error"], reply["stderr"])
}

#[test]
fn a_conversation_with_another_agent() {
    let service = service("");
    let health = service.ask("GET", "/healthz", None).json();
    assert_eq!(health["agents"], json!(["claude", "fake"]));
    let id = session(&service);
    let first = turn(&service, &id, "one").json();
    let events =
        json!([{"type": "thinking", "content": "hm"}, {"type": "text", "content": "1: one"}]);
    assert_eq!(first["events"], events);
    assert_eq!(
        (
            &first["turn_index"],
            &first["stop_reason"],
            &first["cost_usd"]
        ),
        (&json!(1), &json!("end_turn"), &Value::Null),
        "{first}"
    );
    assert_eq!(first["usage"]["totalTokens"], 3);
    // The same process, and text as it comes.
    let line = ["session", "turn", &id, "two", "--stream"];
    service.forge(&line).run().done().prints("2: two\n");
    let state = service.ask("GET", &format!("/sessions/{id}"), None).json();
    assert_eq!(
        (&state["agent"], &state["turn_count"], &state["live"]),
        (&json!("fake"), &json!(2), &json!(true))
    );
    assert_eq!(service.starts(), 0, "claude is not asked");
    // Files go with the prompt.
    let home = service.home();
    home.file("notes.txt", "some notes");
    home.file("a.png", b"\x89PNG");
    let line = [
        "session",
        "turn",
        &id,
        "blocks",
        "-r",
        "-f",
        "notes.txt",
        "-f",
        "a.png",
    ];
    let out = service.forge(&line).in_home(home).run();
    out.done().prints("resource image text\n");
    // Where it works, and what it is not lent.
    let start: Value = serde_json::from_str(&said(&turn(&service, &id, "start"))).expect("JSON");
    assert_eq!(start["cwd"], state["cwd"]);
    assert_eq!(
        said(&turn(&service, &id, "ask fs/read_text_file")),
        "-32601"
    );
    service.forge(&["session", "close", &id]).run().done();
    assert_eq!(turn(&service, &id, "three").status, 410);
}

#[test]
fn a_file_that_acp_cannot_carry_is_refused_before_an_agent_starts() {
    let service = service("");
    let id = session(&service);
    let home = service.home();
    home.file("scan.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
    let line = ["session", "turn", &id, "blocks", "-f", "scan.pdf"];
    let refused = service.forge(&line).in_home(home).run().exits(4);
    refused.says(&["files", "'scan.pdf' cannot be shown to this agent"]);
    let state = service.ask("GET", &format!("/sessions/{id}"), None).json();
    assert_eq!(state["live"], false, "{state}");
    let runs = service.ask("GET", "/runs", None).json();
    assert_eq!(runs["runs"], json!([]));
    // claude takes it.
    let id = service.session();
    let line = ["session", "turn", &id, "files", "-r", "-f", "scan.pdf"];
    let out = service.forge(&line).in_home(home).run();
    out.done().prints("[\"document\", \"text\"]\n");
}

#[test]
fn a_tool_needs_the_tokens_policy() {
    let service = service("--modes");
    let editor = service.mint("editor", json!({"tools": ["Edit"]}));
    for (token, kind, option) in [
        (&service.token, "edit", "reject_once"),
        (&editor, "edit", "allow_once"),
        (&editor, "execute", "reject_once"),
    ] {
        let id = session_of(&service, token);
        let reply = turn_as(&service, token, &id, &format!("tool {kind}"));
        assert_eq!(said(&reply), option, "{kind}");
        let events = reply.json()["events"].clone();
        assert_eq!(events[0]["type"], "tool_call");
        assert_eq!(events[0]["input"], json!({"path": "a.txt"}));
        assert_eq!(events[1]["type"], "tool_result");
        // A mode in which nothing is asked is left.
        let start = said(&turn_as(&service, token, &id, "start"));
        assert!(start.contains(r#""mode": "default""#), "{start}");
    }
}

#[test]
fn a_turn_that_fails_says_why_and_leaves_no_trace() {
    let service = service("--auth");
    let id = session(&service);
    let failed = why(&turn(&service, &id, "fail no quota"));
    assert!(failed.contains("Internal error: no quota"), "{failed}");
    assert!(why(&turn(&service, &id, "refuse")).contains("refuses"));
    // Before the first answer there is nothing to tell.
    assert_eq!(said(&turn(&service, &id, "told")), "1: told");
    assert_eq!(said(&turn(&service, &id, "two")), "2: two");
    let died = why(&turn(&service, &id, "die of boredom"));
    assert!(
        died.contains("ended without") && died.contains("of boredom"),
        "{died}"
    );
    why(&turn(&service, &id, "fail again"));
    // A new conversation of the agent, which is told what was answered, and nothing else.
    let told = said(&turn(&service, &id, "told"));
    let answered = "<user>\ntold\n</user>\n\n<assistant>\n1: told\n</assistant>\n\n\
                    <user>\ntwo\n</user>\n\n<assistant>\n2: two\n</assistant>";
    assert!(told.starts_with("1: What was said"), "{told}");
    assert!(told.contains(answered), "{told}");
    for trace in ["quota", "refuse", "boredom", "fail"] {
        assert!(!told.contains(trace), "{told}");
    }
    // It is told once.
    assert_eq!(said(&turn(&service, &id, "blocks")), "text");
    let state = service.ask("GET", &format!("/sessions/{id}"), None).json();
    assert_eq!(state["turn_count"], 4);
}

#[test]
fn a_turn_during_which_the_service_was_killed_leaves_no_trace() {
    let dir = crate::support::dir::Dir::new();
    let file = dir.path().join("said.json");
    let mut service = service(&format!("--load {}", file.display()));
    let id = session(&service);
    assert_eq!(said(&turn(&service, &id, "one")), "1: one");
    let path = format!("/sessions/{id}/turn");
    let body = json!({"prompt": "sleep 60", "timeout_secs": 60});
    let _waiting = service.send(&service.token, "POST", &path, Some(&body), &[]);
    eventually("the prompt to have come", || {
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        kept.contains("sleep").then_some(())
    });
    service.kill_and_restart();
    // What the agent keeps has the prompt, so it is not loaded.
    let told = said(&turn(&service, &id, "told"));
    assert!(told.starts_with("1: What was said"), "{told}");
    assert!(told.contains("1: one") && !told.contains("sleep"), "{told}");
}

#[test]
fn a_conversation_that_the_agent_does_not_keep_survives_a_kill() {
    let mut service = service("");
    let id = session(&service);
    assert_eq!(said(&turn(&service, &id, "one")), "1: one");
    service.kill_and_restart();
    let told = said(&turn(&service, &id, "told"));
    assert!(told.contains("1: one"), "{told}");
    assert_eq!(said(&turn(&service, &id, "two")), "2: two");
}

#[test]
fn a_conversation_that_the_agent_keeps_survives_a_kill() {
    let dir = crate::support::dir::Dir::new();
    let file = dir.path().join("said.json");
    let mut service = service(&format!("--load {}", file.display()));
    let id = session(&service);
    assert_eq!(said(&turn(&service, &id, "one")), "1: one");
    service.kill_and_restart();
    let second = turn(&service, &id, "two");
    assert_eq!(said(&second), "2: two");
    let events = second.json()["events"].as_array().expect("a list").len();
    assert_eq!(events, 2, "what was said before is not said again");
    let start = said(&turn(&service, &id, "start"));
    assert!(start.contains("session/load"), "{start}");
}

#[test]
fn a_conversation_whose_first_turn_failed_survives_a_kill() {
    let dir = crate::support::dir::Dir::new();
    let file = dir.path().join("said.json");
    let mut service = service(&format!("--load {}", file.display()));
    let id = session(&service);
    why(&turn(&service, &id, "fail no quota"));
    assert_eq!(said(&turn(&service, &id, "two")), "1: two");
    service.kill_and_restart();
    assert_eq!(said(&turn(&service, &id, "three")), "2: three");
}

#[test]
fn a_turn_can_be_cancelled_and_has_a_deadline() {
    let mut service = service("");
    let id = session(&service);
    assert_eq!(said(&turn(&service, &id, "one")), "1: one");
    let path = format!("/sessions/{id}/turn");
    let body = json!({"prompt": "sleep 60", "timeout_secs": 60});
    let waiting = service.send(&service.token, "POST", &path, Some(&body), &[]);
    let run = service.running_run();
    service.ask("POST", &format!("/runs/{run}/cancel"), None);
    let cancelled = waiting.reply().json();
    assert_eq!(cancelled["stop_reason"], "cancelled", "{cancelled}");
    let told = said(&turn(&service, &id, "told"));
    assert!(told.contains("1: one") && !told.contains("sleep"), "{told}");
    let body = json!({"prompt": "deaf", "timeout_secs": 5});
    let late = service.ask("POST", &path, Some(&body)).json();
    assert_eq!(late["stop_reason"], "timeout", "{late}");
    eventually("the agent to be stopped", || {
        let state = service.ask("GET", &format!("/sessions/{id}"), None).json();
        (state["live"] == false).then_some(())
    });
    // Nothing of it outlives the service.
    let id = session(&service);
    assert_eq!(said(&turn(&service, &id, "one")), "1: one");
    service.running().terminate();
    service.take_running().finish().done();
    let script = fake_acp();
    eventually("the agents to be gone", || {
        (!is_running(&script, &service.state)).then_some(())
    });
}

/// Whether a process runs this script in a folder of this service.
fn is_running(script: &Path, state: &Path) -> bool {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.into_iter().any(|process| {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        let folder = std::fs::read_link(process.path().join("cwd")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(script.to_str().expect("UTF-8"))
            && folder.starts_with(state)
    })
}

#[test]
fn an_agent_that_cannot_be_used_is_told_of() {
    let missing = ["--agent-command", "fake=/no/such/agent acp"];
    let mut unusable = Service::start(&missing);
    unusable.running().wait_says(
        "there is no '/no/such/agent' on this machine: every turn of the agent fake will be",
    );
    let id = session(&unusable);
    let refused = turn(&unusable, &id, "x");
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.body.contains("/no/such/agent"), "{}", refused.body);
    let health = unusable.ask("GET", "/healthz", None).json();
    assert_eq!(health["agents"], json!(["claude"]));
    let unknown = unusable.ask("POST", "/sessions", Some(&json!({"agent": "nobody"})));
    assert_eq!(unknown.status, 422);
    assert!(
        unknown.body.contains("only claude, fake"),
        "{}",
        unknown.body
    );
    for field in ["model", "system", "effort"] {
        let body = json!({"agent": "fake", field: "low"});
        let refused = unusable.ask("POST", "/sessions", Some(&body));
        assert_eq!(refused.status, 422, "{}", refused.body);
        assert!(refused.body.contains(field), "{}", refused.body);
    }
    for (command, said) in [
        ("fake=true", "ended without an answer"),
        ("fake=ls /no/such/folder", "/no/such/folder"),
        (
            &format!("fake={} --version 7", fake_acp().display()),
            "ACP version 1",
        ),
    ] {
        let service = Service::start(&["--agent-command", command]);
        let id = session(&service);
        let failed = why(&turn(&service, &id, "x"));
        assert!(failed.contains(said), "{command}: {failed}");
    }
    // One that says nothing is waited for as long as the turn may take.
    let silent = Service::start(&["--agent-command", "fake=sleep 600"]);
    let path = format!("/sessions/{}/turn", session(&silent));
    let body = json!({"prompt": "x", "timeout_secs": 5});
    let late = silent.ask("POST", &path, Some(&body)).json();
    assert_eq!(late["stop_reason"], "timeout", "{late}");
    assert_eq!(late["cost_usd"], 0.0);
    for bad in ["fake", "claude=x", "a/b=x", "fake= "] {
        let args = ["forge", "serve", "--agent-command", bad];
        let out = crate::support::trefoil(&args).run().exits(2);
        out.says(&["--agent-command"]);
    }
}
