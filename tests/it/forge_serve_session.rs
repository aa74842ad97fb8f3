//! Sessions of `forge serve`: what they remember, and when they end.

use serde_json::{Value, json};

use crate::support::{Service, eventually};

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
