//! `doctor`: what is configured, whether it answers, the state of the tokens, and the exit code.

use serde_json::{Value, json};

use crate::support::forge::{Answer, ok};
use crate::support::{Forge, Output, Router, Trefoil, VuerServer, trefoil};

/// Nothing listens there.
const NOWHERE: &str = "127.0.0.1:9";

/// With every service somewhere where nothing listens, unless the test says otherwise: a developer
/// may have one running.
fn doctor() -> Trefoil {
    trefoil(&["doctor"])
}

fn row(out: &Output, service: &str) -> Value {
    let rows = out.json();
    let found = rows
        .as_array()
        .expect("an array")
        .iter()
        .find(|row| row["service"] == service);
    found
        .unwrap_or_else(|| panic!("no {service} in {out}"))
        .clone()
}

/// Healthy, with the tokens of the tests.
fn healthy() -> Forge {
    Forge::new(|request| match request.path.as_str() {
        "/healthz" => ok(json!({"ok": true, "claude_present": true, "claude_version": "2.0.1"})),
        _ => ok(json!([])),
    })
}

#[test]
fn a_router_is_known_by_name_and_its_clock() {
    let router = Router::start();
    let out = doctor()
        .env("CLASP_URL", router.url())
        .run()
        .done()
        .quietly();
    let clasp = row(&out, "clasp");
    assert_eq!(clasp["origin"], "CLASP_URL", "{out}");
    assert_eq!(clasp["configured"], true);
    assert_eq!(clasp["answers"], true);
    assert_eq!(clasp["token"], "none");
    assert!(
        clasp["version"]
            .as_str()
            .is_some_and(|v| v.contains("protocol 1")),
        "{out}"
    );
    assert!(
        clasp["round_trip_us"].is_u64() && clasp["clock_offset_us"].is_i64(),
        "{out}"
    );
    // Nobody said anything of the others: whether they are there or not is no failure.
    assert_eq!(row(&out, "forge")["configured"], false);
    assert_eq!(row(&out, "vuer")["origin"], "the default");
}

#[test]
fn tokens_are_judged_by_those_they_are_for() {
    let router = Router::with().tokens("cpsk_right=read:/**").start();
    let forge = healthy();
    let run = |clasp: &str| {
        doctor()
            .env("CLASP_URL", router.url())
            .token(clasp)
            .env("CLAWDFORGE_URL", forge.url())
            .env("CLAWDFORGE_TOKEN", crate::support::forge::TOKEN)
            .env("CLAWDFORGE_ADMIN_TOKEN", crate::support::forge::ADMIN)
            .run()
    };
    let out = run("cpsk_right").done();
    assert_eq!(row(&out, "clasp")["token"], "accepted", "{out}");
    let found = row(&out, "forge");
    assert_eq!(
        (&found["token"], &found["admin_token"]),
        (&json!("accepted"), &json!("accepted"))
    );
    assert_eq!(found["version"], "claude 2.0.1");
    let out = run("cpsk_wrong").exits(4).says(&["clasp"]);
    assert_eq!(row(&out, "clasp")["token"], "refused", "{out}");
    assert!(!out.stdout.contains("cpsk_"), "{out}");
    let open = Router::start();
    let out = doctor()
        .env("CLASP_URL", open.url())
        .token("cpsk_any")
        .run();
    assert_eq!(row(&out.done(), "clasp")["token"], "not_needed");
}

#[test]
fn the_worst_of_those_configured_gives_the_exit_code() {
    let refusing = Forge::new(|request| match request.path.as_str() {
        "/healthz" => ok(json!({"ok": true, "claude_present": true})),
        _ => Answer::Json(401, json!({"detail": "bad token"})),
    });
    let ill = Forge::new(|_| ok(json!({"ok": true, "claude_present": false})));
    let nobody = format!("ws://{NOWHERE}");
    // 1: nobody there. 5 before 1, 4 before both.
    doctor()
        .env("CLASP_URL", &nobody)
        .run()
        .exits(1)
        .says(&["clasp", "refused"]);
    let both = doctor()
        .env("CLASP_URL", &nobody)
        .env("CLAWDFORGE_URL", ill.url())
        .run();
    both.exits(5).says(&["forge", "claude", "warning: clasp"]);
    let all = doctor()
        .env("CLASP_URL", &nobody)
        .env("VUER_CLIENT_URI", &nobody)
        .env("CLAWDFORGE_URL", refusing.url())
        .env("CLAWDFORGE_TOKEN", crate::support::forge::TOKEN)
        .run();
    let all = all
        .exits(4)
        .says(&["forge", "bad token", "warning: clasp", "warning: vuer"]);
    assert_eq!(row(&all, "forge")["token"], "refused");
}

#[test]
fn a_vuer_server_answers() {
    let Some(server) = VuerServer::start_or_skip("doctor") else {
        return;
    };
    let out = doctor().env("VUER_CLIENT_URI", server.url()).run().done();
    let vuer = row(&out, "vuer");
    assert_eq!(vuer["answers"], true, "{out}");
    assert!(vuer["round_trip_us"].is_u64(), "{out}");
}

#[test]
fn people_get_a_table() {
    let router = Router::start();
    let out = doctor()
        .args(&["-o", "table"])
        .env("CLASP_URL", router.url())
        .run()
        .done();
    assert!(out.stdout.starts_with("SERVICE"), "{out}");
    assert!(out.stdout.contains("CLASP_URL"), "{out}");
}

/// At 80 columns nothing is cut: each service is a block of lines.
#[test]
fn a_narrow_terminal_shows_everything() {
    let router = Router::start();
    let mut pty = doctor().env("CLASP_URL", router.url()).on_pty(80, 24);
    let url = format!("URL         {}", router.url());
    for line in [
        "SERVICE     clasp",
        &url,
        "FROM        CLASP_URL",
        "STATE       ok",
    ] {
        pty.shows(&[line]);
    }
}
