//! What `forge serve` refuses, and whom: nonsense, strangers, policies, a full queue.

use serde_json::{Value, json};

use crate::support::{Service, eventually};

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
    let long = run(json!({"prompt": "x", "model": "haiku", "timeout_secs": 61}));
    assert_eq!(long.status, 422);
    assert_eq!(long.json()["max_timeout_secs"], 60);
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
