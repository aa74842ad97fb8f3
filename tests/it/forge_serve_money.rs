//! `forge serve`: every run is paid for only once. Even if processes are killed, its answer is
//! kept, and no process stays behind.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;

use crate::support::dir::Dir;
use crate::support::forge_service::fake_claude;
use crate::support::{Postgres, Service, eventually};

/// Whether a process is there, and not only its entry.
fn is_alive(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat
        .rsplit_once(") ")
        .map(|(_, rest)| rest.starts_with('Z'));
    state == Some(false)
}

#[test]
fn the_answer_of_a_client_that_vanished_is_kept() {
    let service = Service::start(&[]);
    let body = json!({"prompt": "sleep 0.5", "timeout_secs": 60});
    let gone = service.send(&service.token, "POST", "/run", Some(&body), &[]);
    let id = service.running_run();
    drop(gone);
    let run = eventually("the answer", || {
        let run = service.ask("GET", &format!("/runs/{id}"), None).json();
        (run["status"] == "ok").then_some(run)
    });
    assert_eq!(run["reply"]["result"], "slept");
    assert_eq!(run["cost_usd"], 0.01);
    let other = service.mint("other", json!({}));
    let foreign = service.ask_as(&other, "GET", &format!("/runs/{id}"), None);
    assert_eq!(foreign.status, 404);
    let runs = service.ask_as(&other, "GET", "/runs", None).json();
    assert_eq!(runs["runs"], json!([]));
}

#[test]
fn a_client_that_goes_at_any_moment_leaves_no_run_half_begun() {
    let service = Service::start(&["--max-running", "4"]);
    // Each is a process, of which a busy machine starts two a second.
    let count: u64 = 16;
    for number in 0..count {
        let body = json!({"prompt": format!("p{number}"), "model": "sonnet", "timeout_secs": 60});
        let key = format!("k{number}");
        let headers = [("Idempotency-Key", key.as_str())];
        let gone = service.send(&service.token, "POST", "/run", Some(&body), &headers);
        std::thread::sleep(std::time::Duration::from_micros(number * 800));
        drop(gone);
    }
    // Each that was taken has a key, so that it is run for whoever asks for it later.
    eventually("the end of every run", || {
        let runs = service.ask("GET", "/runs", None).json();
        let runs = runs["runs"].as_array()?.clone();
        let over = runs.iter().all(|run| run["status"] == "ok");
        (over && !runs.is_empty()).then_some(())
    });
    let made = service.ask("POST", "/sessions", None).json();
    let id = made["session_id"].as_str().expect("an id");
    let path = format!("/sessions/{id}");
    let turn = json!({"prompt": "sleep 60", "timeout_secs": 60});
    let turn = service.send(
        &service.token,
        "POST",
        &format!("{path}/turn"),
        Some(&turn),
        &[],
    );
    service.running_run();
    drop(service.send(&service.token, "DELETE", &path, None, &[]));
    // Closed or not, as far as the request came; if it is closed, its turn is stopped.
    let state = service.ask("GET", &path, None).json();
    if state["closed_at"].is_null() {
        service.ask("DELETE", &path, None);
    }
    assert_eq!(turn.reply().json()["stop_reason"], "cancelled");
}

#[test]
fn a_key_is_one_run() {
    let mut service = Service::start(&[]);
    let first = service.run_with_key("k1", "hello");
    let again = service.run_with_key("k1", "hello");
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let other = service.run_with_key("k1", "something else");
    assert_eq!(other.status, 409, "{}", other.body);
    let body = json!({"prompt": "sleep 1", "model": "sonnet", "timeout_secs": 60});
    let headers = [("Idempotency-Key", "k2")];
    let running = service.send(&service.token, "POST", "/run", Some(&body), &headers);
    service.running_run();
    let meanwhile = service.run_with_key("k2", "sleep 1");
    assert_eq!(meanwhile.status, 409);
    assert!(meanwhile.body.contains("under way"), "{}", meanwhile.body);
    assert_eq!(running.reply().result(), "slept");
    // A failure is an answer as well.
    assert_eq!(service.run_with_key("k3", "fail x").status, 502);
    assert_eq!(service.run_with_key("k3", "fail x").status, 502);
    assert_eq!(service.starts(), 3);
    service.kill_and_restart();
    let replayed = service.run_with_key("k1", "hello");
    assert_eq!(first.body, replayed.body);
    assert_eq!(service.starts(), 3);
    let found = service.ask("GET", "/runs?idempotency_key=k2", None).json();
    assert_eq!(found["runs"][0]["status"], "ok");
    for bad in ["a b", &"x".repeat(256)] {
        assert_eq!(service.run_with_key(bad, "hello").status, 400, "{bad}");
    }
}

/// A budget that a run spends is spent for those that wait behind it, too.
#[track_caller]
fn waiting_costs_nothing_once_the_budget_is_spent(service: &Service) {
    let poor = service.mint("poor", json!({"usd_per_day": 0.01}));
    let body = json!({"prompt": "sleep 1", "model": "sonnet", "timeout_secs": 60});
    let first = service.send(&poor, "POST", "/run", Some(&body), &[]);
    eventually("the first run", || (service.starts() == 1).then_some(()));
    let key = [("Idempotency-Key", "late")];
    let second = service.send(&poor, "POST", "/run", Some(&body), &key);
    assert_eq!(first.reply().result(), "slept");
    let refused = second.reply();
    assert_eq!(refused.status, 429, "{}", refused.body);
    assert!(
        refused.body.contains("budget of 0.01 USD a day is spent"),
        "{}",
        refused.body
    );
    assert!(refused.header("retry-after").is_some());
    assert_eq!(service.starts(), 1);
    let runs = service.ask_as(&poor, "GET", "/runs", None).json();
    assert_eq!(runs["runs"].as_array().map(Vec::len), Some(1), "{runs}");
    // The same as at entry; the key is free.
    let again = service.send(&poor, "POST", "/run", Some(&body), &key);
    assert_eq!(again.reply().body, refused.body);
}

#[test]
fn a_budget_is_checked_when_a_run_leaves_the_queue() {
    let one_at_a_time = ["--max-running", "1"];
    waiting_costs_nothing_once_the_budget_is_spent(&Service::start(&one_at_a_time));
    if let Some(database) = Postgres::start_or_skip() {
        let service = Service::sharing(&database, &one_at_a_time);
        waiting_costs_nothing_once_the_budget_is_spent(&service);
    }
}

/// How many runs of a token are at this stage.
fn count(service: &Service, token: &str, stage: &str) -> usize {
    let runs = service.ask_as(token, "GET", "/runs", None).json();
    let runs = runs["runs"].as_array().expect("a list");
    runs.iter().filter(|run| run["status"] == stage).count()
}

/// What runs under way may still cost is nobody else's. Both services are one and the same, or share
/// their state.
#[track_caller]
fn runs_at_once_do_not_overrun_a_budget(one: &Service, two: &Service) {
    let sleep = |seconds: f64| {
        let prompt = format!("sleep {seconds}");
        json!({"prompt": prompt, "model": "sonnet", "timeout_secs": 60})
    };
    let begun = || {
        let starts = two.starts();
        if one.address == two.address {
            starts
        } else {
            starts + one.starts()
        }
    };
    let poor = one.mint("poor", json!({"usd_per_day": 0.01}));
    let first = one.send(&poor, "POST", "/run", Some(&sleep(1.5)), &[]);
    eventually("the first run", || {
        (count(one, &poor, "running") == 1).then_some(())
    });
    let second = two.send(&poor, "POST", "/run", Some(&sleep(0.0)), &[]);
    eventually("the second run, which waits", || {
        (count(two, &poor, "queued") == 1).then_some(())
    });
    assert_eq!(first.reply().result(), "slept");
    let refused = second.reply();
    assert_eq!(refused.status, 429, "{}", refused.body);
    assert!(refused.body.contains("0.01 USD a day is spent"));
    assert_eq!(begun(), 1);

    // It is known what a run of this token costs: as many as can be paid for run at once.
    let some = one.mint("some", json!({"usd_per_day": 0.03}));
    let learned = one.ask_as(&some, "POST", "/run", Some(&sleep(0.0)));
    assert_eq!(learned.result(), "slept");
    let sent: Vec<_> = [one, two, one]
        .map(|service| service.send(&some, "POST", "/run", Some(&sleep(2.0)), &[]))
        .into();
    eventually("two that run and one that waits", || {
        let counts = ["running", "queued"].map(|stage| count(two, &some, stage));
        (counts == [2, 1]).then_some(())
    });
    let replies = sent.into_iter().map(|sent| sent.reply().status);
    let mut replies: Vec<_> = replies.collect();
    replies.sort_unstable();
    assert_eq!(replies, [200, 200, 429]);
    assert_eq!(begun(), 4);
    let usage = two.ask_as(&some, "GET", "/usage", None).json();
    assert_eq!(usage["usage"][0]["cost_usd"], 0.03, "{usage}");
}

#[test]
fn runs_at_once_keep_to_a_budget_of_one_instance() {
    let service = Service::start(&["--max-running", "4"]);
    runs_at_once_do_not_overrun_a_budget(&service, &service);
}

#[test]
fn runs_at_once_keep_to_a_budget_of_two_instances() {
    let Some(database) = Postgres::start_or_skip() else {
        return;
    };
    let services = [(); 2].map(|()| Service::sharing(&database, &["--max-running", "4"]));
    runs_at_once_do_not_overrun_a_budget(&services[0], &services[1]);
}

/// A run that a kill has cut off reserves nothing any more, and one that may not wait says why.
#[track_caller]
fn a_kill_frees_what_was_reserved(service: &mut Service) {
    let poor = service.mint("poor", json!({"usd_per_day": 0.01}));
    let body = |prompt: &str| json!({"prompt": prompt, "model": "sonnet", "timeout_secs": 60});
    let _cut = service.send(&poor, "POST", "/run", Some(&body("sleep 60")), &[]);
    eventually("the first run", || {
        (count(service, &poor, "running") == 1).then_some(())
    });
    let refused = service.ask_as(&poor, "POST", "/run", Some(&body("hello")));
    assert_eq!(refused.status, 429, "{}", refused.body);
    let why = "budget of 0.01 USD a day may be needed by its runs under way";
    assert!(refused.body.contains(why), "{}", refused.body);
    assert!(refused.header("retry-after").is_some());
    service.kill_and_restart();
    let ran = service.ask_as(&poor, "POST", "/run", Some(&body("hello")));
    assert_eq!(ran.result(), "1: hello");
}

#[test]
fn a_reservation_ends_with_its_service() {
    let none_waits = ["--max-running", "4", "--max-waiting", "0"];
    a_kill_frees_what_was_reserved(&mut Service::start(&none_waits));
    if let Some(database) = Postgres::start_or_skip() {
        a_kill_frees_what_was_reserved(&mut Service::sharing(&database, &none_waits));
    }
}

/// A service whose `claude` does this first, except when it is asked for its version.
fn with_a_claude_that_first(does: &str, home: &Dir) -> Service {
    let claude = home.path().join("claude");
    let fake = fake_claude();
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = --version ] || {{ {does}; }}\nexec {} \"$@\"\n",
        fake.display()
    );
    std::fs::write(&claude, script).expect("writable");
    std::fs::set_permissions(&claude, Permissions::from_mode(0o755)).expect("ours");
    Service::over(&claude, &[], &[])
}

/// A machine on which `claude` needs long to start: an interrupt has to wait for it, or nobody knows
/// what the run has cost.
#[test]
fn a_run_that_is_cancelled_while_claude_starts_keeps_its_cost() {
    let home = Dir::new();
    let begun = home.path().join("begun");
    let service = with_a_claude_that_first(&format!("touch {}; sleep 3", begun.display()), &home);
    let body = json!({"prompt": "sleep 60", "timeout_secs": 60});
    let run = service.send(&service.token, "POST", "/run", Some(&body), &[]);
    eventually("the process", || begun.exists().then_some(()));
    let id = service.running_run();
    service.ask("POST", &format!("/runs/{id}/cancel"), None);
    let cancelled = run.reply().json();
    assert_eq!(cancelled["stop_reason"], "cancelled", "{cancelled}");
    assert_eq!(cancelled["cost_usd"], 0.01, "{cancelled}");
}

/// More than a pipe takes, of which `claude` reads nothing.
#[test]
fn a_run_whose_prompt_was_not_sent_has_cost_nothing() {
    let home = Dir::new();
    let service = with_a_claude_that_first("sleep 60", &home);
    let body = json!({"prompt": "x".repeat(1 << 20), "timeout_secs": 60});
    let run = service.send(&service.token, "POST", "/run", Some(&body), &[]);
    let id = service.running_run();
    service.ask("POST", &format!("/runs/{id}/cancel"), None);
    let cancelled = run.reply().json();
    assert_eq!(cancelled["stop_reason"], "cancelled", "{cancelled}");
    assert_eq!(cancelled["cost_usd"], 0.0, "{cancelled}");
}

#[test]
fn a_cut_run_leaves_nothing_behind() {
    let service = Service::start(&[]);
    let file = service.home().path().join("pid");
    let prompt = format!("stubborn {}", file.display());
    let body = json!({"prompt": prompt, "timeout_secs": 60});
    let run = service.send(&service.token, "POST", "/run", Some(&body), &[]);
    let pid = eventually("the stubborn process", || {
        std::fs::read_to_string(&file).ok()
    });
    assert!(is_alive(&pid));
    let id = service.running_run();
    service.ask("POST", &format!("/runs/{id}/cancel"), None);
    let reply = run.reply().json();
    assert_eq!(
        (&reply["stop_reason"], &reply["cost_usd"]),
        (&json!("cancelled"), &json!(0.01))
    );
    eventually("the end of the stubborn process", || {
        (!is_alive(&pid)).then_some(())
    });
    let again = service
        .ask("POST", &format!("/runs/{id}/cancel"), None)
        .json();
    assert_eq!(again["already_ended"], true);
    // One that hears nothing is killed, and what it cost is unknown.
    let reply = service.run("deaf 60", &json!({"timeout_secs": 5}));
    let body = reply.json();
    assert_eq!(
        (reply.status, &body["stop_reason"]),
        (502, &json!("timeout"))
    );
    assert_eq!(body["cost_usd"], json!(null));
    eventually("an idle service", || {
        let health = service.ask("GET", "/healthz", None).json();
        (health["running"] == 0).then_some(())
    });
}

#[test]
fn a_killed_service_stops_its_runs_and_says_what_is_lost() {
    let mut service = Service::start(&["--max-running", "1"]);
    let file = service.home().path().join("pid");
    let prompt = format!("stubborn {}", file.display());
    let body = json!({"prompt": prompt, "timeout_secs": 60});
    let token = service.token.clone();
    let _run = service.send(
        &token,
        "POST",
        "/run",
        Some(&body),
        &[("Idempotency-Key", "k1")],
    );
    let pid = eventually("the stubborn process", || {
        std::fs::read_to_string(&file).ok()
    });
    let id = service.running_run();
    let queued = json!({"prompt": "queued", "model": "sonnet", "timeout_secs": 60});
    let _queued = service.send(
        &token,
        "POST",
        "/run",
        Some(&queued),
        &[("Idempotency-Key", "k2")],
    );
    eventually("a queue", || {
        let health = service.ask("GET", "/healthz", None).json();
        (health["waiting"] == 1).then_some(())
    });
    service.kill();
    eventually("the end of the stubborn process", || {
        (!is_alive(&pid)).then_some(())
    });
    service.kill_and_restart();
    let run = service.ask("GET", &format!("/runs/{id}"), None).json();
    assert_eq!(run["status"], "lost");
    assert!(
        run["reply"]["error"]
            .as_str()
            .expect("why")
            .contains("stopped"),
        "{run}"
    );
    // What had not started was forgotten, so that its key may be used.
    assert_eq!(service.run_with_key("k2", "queued").result(), "1: queued");
    let usage = service.ask("GET", "/usage", None).json();
    assert_eq!(usage["usage"][0]["cost_unknown"], 1);
}

#[test]
fn a_session_survives_a_kill() {
    let mut service = Service::start(&[]);
    let made = service.ask("POST", "/sessions", None).json();
    let path = format!(
        "/sessions/{}/turn",
        made["session_id"].as_str().expect("an id")
    );
    let turn = |service: &Service, prompt: &str| {
        service.ask(
            "POST",
            &path,
            Some(&json!({"prompt": prompt, "timeout_secs": 60})),
        )
    };
    assert_eq!(turn(&service, "one").json()["turn_index"], 1);
    let body = json!({"prompt": "sleep 60", "timeout_secs": 60});
    let _cut = service.send(&service.token, "POST", &path, Some(&body), &[]);
    service.running_run();
    service.kill_and_restart();
    // The turn that was cut off has left no trace in the conversation.
    let second = turn(&service, "two").json();
    assert_eq!(second["events"][0]["content"], "2: two", "{second}");
    assert_eq!(second["turn_index"], 2);
}

#[test]
fn the_audit_log_has_a_line_before_and_one_after_and_no_secret() {
    let service = Service::start(&[]);
    service.run("my secret prompt", &json!({}));
    service.run("fail x", &json!({}));
    let audit = service.audit();
    let events: Vec<_> = audit.iter().map(|line| line["event"].clone()).collect();
    assert_eq!(events, ["start", "end", "start", "end"]);
    assert_eq!(audit[0]["token"], "ci");
    assert_eq!(audit[0]["prompt_bytes"], 16);
    assert_eq!(
        (&audit[1]["outcome"], &audit[1]["cost_usd"]),
        (&json!("ok"), &json!(0.01))
    );
    let text = std::fs::read_to_string(service.state.join("audit.ndjson")).expect("there");
    assert!(
        !text.contains("secret") && !text.contains(&service.token),
        "{text}"
    );
    let mode = |path: &Path| service.home().mode(path);
    assert_eq!(mode(&service.state), 0o700);
    for file in ["audit.ndjson", "admin-token", "forge.redb"] {
        assert_eq!(mode(&service.state.join(file)), 0o600, "{file}");
    }
    let database = std::fs::read(service.state.join("forge.redb")).expect("there");
    let token = service.token.as_bytes();
    assert!(!database.windows(token.len()).any(|window| window == token));
    let asked = Service::start(&["--audit-prompts"]);
    asked.run("my prompt", &json!({}));
    assert_eq!(asked.audit()[0]["prompt"], "my prompt");
}
