//! One suite for two servers: our client behaves the same against the test server, which checks
//! every request against the contract, and against our own service.

use serde_json::{Value, json};

use crate::support::both::Relayed;
use crate::support::dir::Dir;
use crate::support::forge::{Answer, SESSION, kept, ok, result, turn};
use crate::support::{Counter, Forge, Service, Trefoil, eventually};

/// `trefoil forge ARGS` against one of both.
type Client<'a> = &'a dyn Fn(&[&str]) -> Trefoil;

/// Runs a scenario against both.
fn on_both(scenario: fn(Client)) {
    let (turns, closed) = (Counter::default(), Counter::default());
    let forge = Forge::new(move |request| match request.line().as_str() {
        "GET /healthz" => {
            ok(json!({"ok": true, "claude_present": true, "claude_version": "9.9.9"}))
        }
        "POST /run" => match request.json()["prompt"].as_str().unwrap_or_default() {
            "fail no" => Answer::Json(
                502,
                json!({"error": "API Error: no", "stderr": "", "duration_ms": 1,
                       "stop_reason": "error"}),
            ),
            "files" => result(json!(["document", "text"])),
            prompt => result(json!(format!("1: {prompt}"))),
        },
        "POST /files" => kept(request),
        "POST /sessions" => ok(json!({"session_id": SESSION, "agent": "claude", "live": true})),
        "POST /sessions/sess_1/turn" if closed.get() > 0 => {
            Answer::Json(410, json!({"error": "this session is closed"}))
        }
        "POST /sessions/sess_1/turn" => {
            let (index, body) = (turns.next(), request.json());
            let prompt = body["prompt"].as_str().unwrap_or_default().to_owned();
            turn(index, &format!("{index}: {prompt}"))
        }
        "GET /sessions/sess_1" => ok(json!({"session_id": SESSION, "agent": "claude",
            "turn_count": turns.get(), "closed_at": null, "live": true, "meta": {}})),
        "GET /sessions?include_closed=true" => ok(json!({"sessions": [
            {"session_id": SESSION, "agent": "claude", "turn_count": turns.get(), "meta": {}}]})),
        "DELETE /sessions/sess_1" => match closed.next() {
            1 => ok(json!({"ok": true})),
            _ => ok(json!({"ok": true, "already_closed": true})),
        },
        "POST /admin/tokens" => ok(json!({"name": "other", "token": "cf_other", "ip_cidrs": []})),
        "GET /admin/tokens" => ok(json!([{"name": "other", "ip_cidrs": "", "enabled": true}])),
        "DELETE /admin/tokens/other" => ok(json!({"ok": true})),
        _ => Answer::Json(404, json!({"detail": "unknown"})),
    });
    scenario(&|args| forge.forge(args));
    let service = Service::start(&[]);
    scenario(&|args| service.forge(args));
}

#[test]
fn a_service_ends_with_its_test_also_when_that_fails() {
    for fails in [false, true] {
        let mut id = 0;
        let test = std::panic::AssertUnwindSafe(|| {
            let relayed = Relayed::start("hello");
            id = relayed.id();
            relayed.forge.forge(&["health"]).run().done();
            assert!(!fails, "as this is to fail");
        });
        assert_eq!(std::panic::catch_unwind(test).is_err(), fails);
        // It was waited for, so that not even its entry is left.
        eventually("the end of the service", || {
            let command = std::fs::read_to_string(format!("/proc/{id}/cmdline"));
            let is_there = command.is_ok_and(|command| command.contains("serve"));
            (!is_there).then_some(())
        });
    }
}

#[test]
fn a_run_is_the_same() {
    on_both(|forge| {
        forge(&["health"]).run().done().quietly();
        let reply = forge(&["run", "hello"]).run().done().json();
        assert_eq!(
            (&reply["ok"], &reply["result"]),
            (&json!(true), &json!("1: hello"))
        );
        forge(&["run", "hello", "-r"])
            .run()
            .done()
            .prints("1: hello\n");
        forge(&["run", "-"]).stdin("a\nb").run().done();
        let failed = forge(&["run", "fail no", "--errors", "json"])
            .run()
            .exits(5);
        let body = &failed.error()["body"];
        assert_eq!(
            (&body["error"], &body["stop_reason"]),
            (&json!("API Error: no"), &json!("error"))
        );
    });
}

#[test]
fn a_file_is_the_same() {
    on_both(|forge| {
        let home = Dir::new();
        let path = home.file("notes.txt", "some notes");
        let path = path.to_str().expect("UTF-8");
        let file = forge(&["upload", path, "--ttl", "60"]).run().done().json();
        assert_eq!((&file["size"], &file["ttl_secs"]), (&json!(10), &json!(60)));
        let token = file["file_token"].as_str().expect("a token");
        let shown = forge(&["run", "files", "-f", token]).run().done().json();
        assert_eq!(shown["result"], json!(["document", "text"]));
        forge(&["run", "files", "-f", path]).run().done();
    });
}

#[test]
fn a_session_is_the_same() {
    on_both(|forge| {
        let made = forge(&["session", "new", "-o", "json"]).run().done().json();
        let id = made["session_id"].as_str().expect("an id");
        for (index, prompt) in [(1, "one"), (2, "two")] {
            let turn = forge(&["session", "turn", id, prompt]).run().done().json();
            assert_eq!(turn["turn_index"], index);
            let last = turn["events"].as_array().and_then(|events| events.last());
            let last = last.expect("an event");
            assert_eq!(last["content"], format!("{index}: {prompt}"));
        }
        let state = forge(&["session", "show", id]).run().done().json();
        assert_eq!(state["turn_count"], 2);
        let list = forge(&["session", "list"]).run().done().json();
        assert_eq!(list[0]["session_id"], id);
        forge(&["session", "close", id]).run().done();
        let again: Value = forge(&["session", "close", id]).run().done().json();
        assert_eq!(again["already_closed"], true);
        forge(&["session", "turn", id, "three"]).run().exits(4);
        forge(&["session", "show", "sess_unknown"]).run().exits(4);
    });
}

#[test]
fn tokens_are_the_same() {
    on_both(|forge| {
        let made = forge(&["token", "create", "other"]).run().done().json();
        assert!(made["token"].as_str().expect("a token").starts_with("cf_"));
        let list = forge(&["token", "list"]).run().done().json();
        let names = list
            .as_array()
            .expect("a list")
            .iter()
            .map(|row| &row["name"]);
        assert!(names.into_iter().any(|name| name == "other"), "{list}");
        forge(&["token", "revoke", "other", "--yes"]).run().done();
        forge(&["token", "revoke", "nobody", "--yes"])
            .run()
            .exits(4);
    });
}
