//! `forge serve --state postgres://…`: several instances that share tokens, sessions, claims, limits
//! and budgets in a real PostgreSQL.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::forge_service::fake_claude;
use crate::support::{Postgres, Service, eventually, eventually_within, postgres, trefoil};

/// How long it may take until the runs of a dead instance are lost: a lease of 10 s, and heartbeats.
const LOST_WITHIN: Duration = Duration::from_secs(60);

/// Two instances, and a token that both know.
fn two(database: &Postgres, policy: Value, args: &[&str]) -> [Service; 2] {
    let mut services = [(); 2].map(|()| Service::sharing(database, args));
    let token = services[0].mint("ci", policy);
    for service in &mut services {
        service.token.clone_from(&token);
    }
    services
}

fn run_of(service: &Service, id: &str) -> Value {
    service.ask("GET", &format!("/runs/{id}"), None).json()
}

/// The run that runs at an instance, as that one has it.
fn running_at(service: &Service) -> String {
    let name = service.instance();
    eventually("a run that runs there", || {
        let runs = service.ask("GET", "/runs", None).json();
        let mut runs = runs["runs"].as_array()?.clone().into_iter();
        let run =
            runs.find(|run| run["status"] == "running" && run["instance"] == name.as_str())?;
        Some(run["run_id"].as_str()?.to_owned())
    })
}

#[test]
fn what_is_made_or_revoked_at_one_counts_at_the_other() {
    let Some(database) = Postgres::start_or_skip() else {
        return;
    };
    let [one, two] = two(&database, json!({}), &[]);
    let ran = one.run_with_key("k", "hello");
    assert_eq!(ran.result(), "1: hello");
    let replayed = two.run_with_key("k", "hello");
    assert_eq!(ran.body, replayed.body);
    assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
    assert_eq!(two.run_with_key("k", "other").status, 409);
    assert_eq!((one.starts(), two.starts()), (1, 0));
    let id = ran.json()["run_id"].as_str().expect("an id").to_owned();
    let seen = run_of(&two, &id);
    assert_eq!(seen["status"], "ok");
    assert_eq!(seen["instance"], one.instance());
    assert_eq!(seen["instance_url"], one.url());
    assert_eq!(seen["reply"]["result"], "1: hello");
    let usage = two.forge(&["usage", "-o", "json"]).run();
    let usage: Value = serde_json::from_str(&usage.stdout).expect("JSON");
    assert_eq!(usage[0]["cost_usd"], 0.01, "{usage}");
    let gone = two.as_admin("DELETE", "/admin/tokens/ci", None);
    assert_eq!(gone.status, 200, "{}", gone.body);
    assert_eq!(one.run("hello", &json!({})).status, 401);
}

#[test]
fn the_same_key_at_both_at_once_is_one_run() {
    let Some(database) = Postgres::start_or_skip() else {
        return;
    };
    let services = two(&database, json!({}), &[]);
    for round in 0..6 {
        let key = format!("k{round}");
        let body = json!({"prompt": "sleep 0.2", "model": "sonnet", "timeout_secs": 60});
        let headers = [("Idempotency-Key", key.as_str())];
        let sent: Vec<_> = services
            .iter()
            .chain(&services)
            .map(|service| service.send(&service.token, "POST", "/run", Some(&body), &headers))
            .collect();
        let replies: Vec<_> = sent.into_iter().map(|sent| sent.reply()).collect();
        assert!(replies.iter().any(|reply| reply.status == 200));
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            assert_eq!(reply.status, 409, "{}", reply.body);
            assert!(reply.body.contains("under way"), "{}", reply.body);
        }
        assert_eq!(services[0].starts() + services[1].starts(), round + 1);
    }
    let usage = services[0].ask("GET", "/usage", None).json();
    assert_eq!(usage["usage"][0]["runs"], 6, "{usage}");
}

#[test]
fn an_instance_that_is_killed_loses_its_run_once_and_no_more() {
    let Some(database) = Postgres::start_or_skip() else {
        return;
    };
    let [mut one, two] = two(&database, json!({"running": 1}), &[]);
    let body = json!({"prompt": "sleep 60", "model": "sonnet", "timeout_secs": 100});
    let headers = [("Idempotency-Key", "cut")];
    let cut = one.send(&one.token, "POST", "/run", Some(&body), &headers);
    let id = running_at(&one);
    let waiting = one.send(
        &one.token,
        "POST",
        "/run",
        Some(&body),
        &[("Idempotency-Key", "w")],
    );
    eventually("the second run", || {
        let runs = two.ask("GET", "/runs", None).json();
        (runs["runs"][0]["status"] == "queued").then_some(())
    });
    let seen = run_of(&two, &id);
    assert_eq!(
        (&seen["status"], &seen["instance_up"]),
        (&json!("running"), &json!(true))
    );
    let name = one.instance();
    eventually("the process", || (one.starts() == 1).then_some(()));
    one.kill();
    drop((cut, waiting));
    // Its lease has not run out: the same request is not run here meanwhile.
    let meanwhile = two
        .send(&two.token, "POST", "/run", Some(&body), &headers)
        .reply();
    assert_eq!(meanwhile.status, 409, "{}", meanwhile.body);
    assert_eq!(meanwhile.json()["instance"], name);
    let lost = eventually_within(LOST_WITHIN, "the lost run", || {
        let run = run_of(&two, &id);
        (run["status"] == "lost").then_some(run)
    });
    assert_eq!(lost["http_status"], 502);
    assert!(lost["cost_usd"].is_null());
    let why = lost["reply"]["error"].as_str().expect("a sentence");
    assert!(
        why.contains(&name) && why.contains("may have been charged"),
        "{why}"
    );
    let again = two
        .send(&two.token, "POST", "/run", Some(&body), &headers)
        .reply();
    assert_eq!(again.status, 502, "{}", again.body);
    // What waited there never started, so its key is free; and nothing holds the token's one place.
    assert_eq!(two.run_with_key("w", "hello").result(), "1: hello");
    let usage = two.ask("GET", "/usage", None).json();
    assert_eq!(usage["usage"][0]["cost_unknown"], 1, "{usage}");
    assert_eq!((one.starts(), two.starts()), (1, 1));
}

#[test]
fn limits_and_a_budget_are_of_all_instances_together() {
    let Some(database) = Postgres::start_or_skip() else {
        return;
    };
    let [one, two] = two(&database, json!({"running": 1}), &[]);
    let body = json!({"prompt": "sleep 1.5", "model": "sonnet", "timeout_secs": 60});
    let first = one.send(&one.token, "POST", "/run", Some(&body), &[]);
    running_at(&one);
    // It waits for the run at the other instance, and holds up nobody else.
    let second = two.send(&two.token, "POST", "/run", Some(&body), &[]);
    eventually("the queued run", || {
        let health = two.ask("GET", "/healthz", None).json();
        (health["waiting"] == 1).then_some(())
    });
    let other = one.mint("other", json!({"usd_per_day": 0.02, "per_minute": 30}));
    let run = json!({"prompt": "hello", "model": "sonnet", "timeout_secs": 60});
    for service in [&one, &two] {
        let ran = service.ask_as(&other, "POST", "/run", Some(&run));
        assert_eq!(ran.status, 200, "{}", ran.body);
    }
    for service in [&two, &one] {
        let refused = service.ask_as(&other, "POST", "/run", Some(&run));
        assert_eq!(refused.status, 429, "{}", refused.body);
        assert!(
            refused.body.contains("0.02 USD a day is spent"),
            "{}",
            refused.body
        );
    }
    assert_eq!(first.reply().result(), "slept");
    assert_eq!(second.reply().result(), "slept");
    let runs = one.ask("GET", "/runs", None).json();
    let time = |run: &Value, name: &str| run[name].as_str().expect("a time").to_owned();
    let (late, early) = (&runs["runs"][0], &runs["runs"][1]);
    assert_eq!(late["instance"], two.instance());
    assert!(time(late, "ended_at") > time(early, "ended_at"), "{runs}");
    let often = one.mint("often", json!({"per_minute": 2}));
    let status = |service: &Service| service.ask_as(&often, "POST", "/run", Some(&run)).status;
    assert_eq!([&one, &two, &one, &two].map(status), [200, 200, 429, 429]);
}

/// How many runs wait at an instance.
#[track_caller]
fn wait_until_waiting(service: &Service, count: u64) {
    eventually("the runs that wait", || {
        let health = service.ask("GET", "/healthz", None).json();
        (health["waiting"] == count).then_some(())
    });
}

#[test]
fn a_run_that_waits_at_one_instance_has_its_turn_before_later_ones_at_the_other() {
    let Some(database) = Postgres::start_or_skip() else {
        return;
    };
    let [one, two] = two(&database, json!({"running": 1}), &["--max-waiting", "5"]);
    let send = |service: &Service, prompt: &str| {
        let body = json!({"prompt": prompt, "model": "sonnet", "timeout_secs": 60});
        service.send(&service.token, "POST", "/run", Some(&body), &[])
    };
    let first = send(&one, "sleep 2");
    running_at(&one);
    let early = send(&two, "sleep 0.01");
    wait_until_waiting(&two, 1);
    let late: Vec<_> = (1..=4)
        .map(|count| {
            let sent = send(&one, "sleep 0.02");
            wait_until_waiting(&one, count);
            sent
        })
        .collect();
    // As many wait at both together as may.
    for service in [&one, &two] {
        let full = service.run("hello", &json!({}));
        assert_eq!(full.status, 429, "{}", full.body);
        assert!(full.body.contains("wait already"), "{}", full.body);
    }
    for sent in late.into_iter().chain([first, early]) {
        assert_eq!(sent.reply().result(), "slept");
    }
    let runs = one.ask("GET", "/runs", None).json();
    let mut runs = runs["runs"].as_array().expect("a list").clone();
    assert_eq!(runs.len(), 6);
    runs.sort_by_key(|run| run["ended_at"].as_str().expect("a time").to_owned());
    let turn = runs
        .iter()
        .position(|run| run["instance"] == two.instance());
    // The second; a machine that is busy for seconds may let a later one go before.
    assert!(turn.is_some_and(|turn| turn < 4), "{runs:?}");
}

#[test]
fn a_run_that_waits_for_a_slot_of_its_instance_holds_up_none_at_the_other() {
    let Some(database) = Postgres::start_or_skip() else {
        return;
    };
    let [one, two] = two(&database, json!({"running": 1}), &["--max-running", "1"]);
    let other = one.mint("other", json!({}));
    let body = json!({"prompt": "sleep 60", "model": "sonnet", "timeout_secs": 60});
    let busy = one.send(&other, "POST", "/run", Some(&body), &[]);
    eventually("the process", || (one.starts() == 1).then_some(()));
    let hello = json!({"prompt": "hello", "model": "sonnet", "timeout_secs": 60});
    let waits = one.send(&one.token, "POST", "/run", Some(&hello), &[]);
    wait_until_waiting(&one, 1);
    assert_eq!(two.run("hello", &json!({})).result(), "1: hello");
    wait_until_waiting(&one, 1);
    drop(busy);
    let runs = one.ask_as(&other, "GET", "/runs", None).json();
    let id = runs["runs"][0]["run_id"].as_str().expect("an id");
    one.ask_as(&other, "POST", &format!("/runs/{id}/cancel"), None);
    assert_eq!(waits.reply().result(), "1: hello");
}

#[test]
fn many_that_wait_ask_the_database_no_more_than_one() {
    let Some(database) = Postgres::start_or_skip() else {
        return;
    };
    let mut service = Service::sharing(&database, &["--max-running", "8"]);
    service.token = service.mint("ci", json!({"usd_per_day": 0.01}));
    let body = json!({"prompt": "sleep 60", "model": "sonnet", "timeout_secs": 60});
    let send = || service.send(&service.token, "POST", "/run", Some(&body), &[]);
    let _runs = send();
    running_at(&service);
    // There is a slot for each, but no money.
    let _wait: Vec<_> = (0..7).map(|_| send()).collect();
    wait_until_waiting(&service, 7);
    let transactions = || -> u64 {
        let count = "SELECT xact_commit + xact_rollback FROM pg_stat_database
                     WHERE datname = 'forge'";
        database.psql("postgres", count).parse().expect("a number")
    };
    let before = transactions();
    std::thread::sleep(Duration::from_secs(3));
    let made = transactions() - before;
    // 4 times a second, and what the service does anyway. When each of the seven had the others ask, too, it
    // were 546.
    assert!(made < 60, "{made}");
}

#[test]
fn a_run_or_a_session_elsewhere_is_named_and_can_be_stopped() {
    let Some(database) = Postgres::start_or_skip() else {
        return;
    };
    let [mut one, two] = two(&database, json!({}), &[]);
    let session = one.session();
    assert_eq!(one.turn(&session, "hello")["turn_index"], 1);
    let path = format!("/sessions/{session}");
    let turn = json!({"prompt": "sleep 60", "timeout_secs": 60});
    let elsewhere = two.ask("POST", &format!("{path}/turn"), Some(&turn));
    assert_eq!(elsewhere.status, 421, "{}", elsewhere.body);
    let said = elsewhere.json();
    assert_eq!(said["instance"], one.instance());
    assert_eq!(said["instance_url"], one.url());
    let seen = two.ask("GET", &path, None).json();
    assert_eq!(
        (&seen["turn_count"], &seen["live"]),
        (&json!(1), &json!(true))
    );
    let listed = two.ask("GET", "/sessions", None).json();
    assert_eq!(listed["sessions"][0]["session_id"], session.as_str());
    // Our client says where to ask.
    let typed = two
        .forge(&["session", "turn", &session, "hello"])
        .run()
        .exits(4);
    assert!(typed.stderr.contains(&one.url()), "{}", typed.stderr);

    let running = one.send(
        &one.token,
        "POST",
        &format!("{path}/turn"),
        Some(&turn),
        &[],
    );
    let id = running_at(&one);
    let stopped = two.ask("POST", &format!("/runs/{id}/cancel"), None);
    assert_eq!(stopped.status, 202, "{}", stopped.body);
    assert_eq!(running.reply().json()["stop_reason"], "cancelled");
    let again = two.ask("POST", &format!("/runs/{id}/cancel"), None).json();
    assert_eq!(again["already_ended"], true);

    let running = one.send(
        &one.token,
        "POST",
        &format!("{path}/turn"),
        Some(&turn),
        &[],
    );
    running_at(&one);
    assert_eq!(two.ask("DELETE", &path, None).json(), json!({"ok": true}));
    assert_eq!(running.reply().json()["stop_reason"], "cancelled");
    assert_eq!(
        one.ask("POST", &format!("{path}/turn"), Some(&turn)).status,
        410
    );

    let file = one.home().file("a.txt", "words");
    let sent = one.forge(&["upload", "-o", "json"]).arg(&file).run();
    let sent: Value = serde_json::from_str(&sent.stdout).expect("JSON");
    let look = json!({"files": [sent["file_token"]]});
    assert_eq!(two.run("files", &look).status, 421);
    assert_eq!(one.run("files", &look).status, 200);

    let open = one.session();
    let path = format!("/sessions/{open}/turn");
    one.running().interrupt();
    one.take_running().finish();
    // An instance remembers for a moment what it has found about another one.
    let away = eventually("503 for an instance that has left", || {
        let reply = two.ask("POST", &path, Some(&turn));
        (reply.status != 421).then_some(reply)
    });
    assert_eq!(away.status, 503, "{}", away.body);
    assert!(away.body.contains("is away"), "{}", away.body);
}

#[test]
fn while_the_database_is_away_nothing_is_run_and_no_answer_is_lost() {
    let Some(mut database) = Postgres::start_or_skip() else {
        return;
    };
    let mut service = Service::sharing(&database, &[]);
    service.token = service.mint("ci", json!({}));
    let body = json!({"prompt": "sleep 2", "model": "sonnet", "timeout_secs": 60});
    let headers = [("Idempotency-Key", "paid")];
    let running = service.send(&service.token, "POST", "/run", Some(&body), &headers);
    let id = running_at(&service);
    database.stop();
    let refused = service.run_with_key("other", "hello");
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.header("retry-after").is_some(), "{}", refused.head);
    assert!(refused.body.contains("not available"), "{}", refused.body);
    let health = service.ask("GET", "/healthz", None).json();
    assert_eq!(health["ok"], false);
    assert!(
        health["error"]
            .as_str()
            .is_some_and(|why| why.contains("not available"))
    );
    // Who paid for it gets it, and it waits on this disk for the database, through a kill.
    let answered = running.reply();
    assert_eq!(answered.result(), "slept");
    let unsent = service.state.join("unsent").join(&id);
    eventually("the answer on disk", || unsent.exists().then_some(()));
    service.kill();
    database.launch(&[]);
    service.kill_and_restart();
    assert!(!unsent.exists());
    let run = run_of(&service, &id);
    assert_eq!(
        (&run["status"], &run["cost_usd"]),
        (&json!("ok"), &json!(0.01))
    );
    let replayed = service
        .send(&service.token, "POST", "/run", Some(&body), &headers)
        .reply();
    assert_eq!(replayed.body, answered.body);
    assert_eq!(service.run_with_key("other", "hello").result(), "1: hello");
    // Away and back while it runs on: it goes on.
    database.stop();
    assert_eq!(service.run_with_key("later", "hello").status, 503);
    database.launch(&[]);
    eventually("the service after the outage", || {
        (service.run_with_key("later", "hello").status == 200).then_some(())
    });
    assert_eq!(service.starts(), 3);
}

#[test]
fn a_turn_that_ended_during_an_outage_is_remembered_by_the_next() {
    let Some(mut database) = Postgres::start_or_skip() else {
        return;
    };
    // Every turn has a process of its own, which reads the transcript.
    let mut service = Service::sharing(&database, &["--warm", "0"]);
    service.token = service.mint("ci", json!({}));
    let session = service.session();
    let path = format!("/sessions/{session}/turn");
    let slow = json!({"prompt": "sleep 2", "timeout_secs": 60});
    let first = service.send(&service.token, "POST", &path, Some(&slow), &[]);
    eventually("the process", || (service.starts() == 1).then_some(()));
    database.stop();
    assert_eq!(first.reply().json()["turn_index"], 1);
    database.launch(&[]);
    let next = json!({"prompt": "hello", "timeout_secs": 60});
    let second = eventually("a turn after the outage", || {
        let reply = service.ask("POST", &path, Some(&next));
        (reply.status != 503).then_some(reply)
    });
    assert_eq!(second.status, 200, "{}", second.body);
    assert_eq!(second.json()["turn_index"], 2);
    assert!(second.body.contains("2: hello"), "{}", second.body);
}

#[test]
fn a_database_that_hangs_is_noticed() {
    let Some(database) = Postgres::start_or_skip() else {
        return;
    };
    let mut service = Service::sharing(&database, &[]);
    service.token = service.mint("ci", json!({}));
    assert_eq!(service.run_with_key("k1", "hello").status, 200);
    database.signal_all("-STOP");
    let refused = service.run_with_key("k2", "hello");
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.body.contains("does not answer"), "{}", refused.body);
    database.signal_all("-CONT");
    eventually("the service after the pause", || {
        (service.run_with_key("k2", "hello").status == 200).then_some(())
    });
    assert_eq!(service.starts(), 2);
}

#[test]
fn a_claim_that_hangs_midway_is_refused_once_it_has_hung_and_given_back() {
    let Some(database) = Postgres::start_or_skip() else {
        return;
    };
    let mut service = Service::sharing(&database, &[]);
    service.token = service.mint("ci", json!({}));
    let lock = "SELECT pg_advisory_xact_lock(1718579815, hashtext('ci'))";
    let held = database.hold("forge", lock);
    let locks = |granted: bool| {
        let count = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted =";
        database.psql("forge", &format!("{count} {granted}"))
    };
    eventually("the lock", || (locks(true) == "1").then_some(()));
    let body = json!({"prompt": "hello", "model": "sonnet", "timeout_secs": 60});
    let key = [("Idempotency-Key", "k")];
    let began = Instant::now();
    let claim = service.send(&service.token, "POST", "/run", Some(&body), &key);
    eventually("the claim", || (locks(false) == "1").then_some(()));
    database.signal_all("-STOP");
    let refused = claim.reply();
    let took = began.elapsed();
    database.signal_all("-CONT");
    assert_eq!(refused.status, 503, "{}", refused.body);
    // 3 s for the claim. Were giving it back to be waited for as well, it would be twice that, and
    // it was 8 s.
    assert!(took < Duration::from_millis(5_900), "{took:?}");
    drop(held);
    // It is given back later; until then the key may be in use.
    eventually("the run", || {
        let reply = service.run_with_key("k", "hello");
        (reply.status == 200).then_some(())
    });
    assert_eq!(service.starts(), 1);
    let unsent = service.state.join("unsent");
    eventually("nothing to be sent", || {
        let mut left = std::fs::read_dir(&unsent).expect("there");
        left.next().is_none().then_some(())
    });
}

#[test]
fn the_connection_is_encrypted_as_sslmode_says() {
    let Some(mut database) = Postgres::start_or_skip() else {
        return;
    };
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let certificate = database.file("server.crt", &made.cert.pem());
    let key = database.file("server.key", &made.signing_key.serialize_pem());
    database.stop();
    let settings = [
        "ssl=on".to_owned(),
        format!("ssl_cert_file={}", certificate.display()),
        format!("ssl_key_file={}", key.display()),
    ];
    database.launch(&settings.each_ref().map(String::as_str));
    let url = |query: &str| format!("{}?{query}", database.url());
    let root = format!("sslmode=verify-full&sslrootcert={}", certificate.display());
    for (query, encrypted) in [
        ("sslmode=disable", "f"),
        ("sslmode=require", "t"),
        (&root, "t"),
    ] {
        let _service = Service::sharing_at(&url(query), &[]);
        let sql = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                   WHERE application_name LIKE 'trefoil forge %'";
        assert_eq!(database.psql("forge", sql), encrypted, "{query}");
    }
    let refused = trefoil(&["forge", "serve", "--bind", "127.0.0.1:0", "--state"])
        .arg(url("sslmode=verify-full"))
        .env("PGPASSWORD", postgres::PASSWORD)
        .run()
        .exits(1);
    assert!(refused.stderr.contains("certificate"), "{}", refused.stderr);
}

#[test]
fn what_is_wrong_with_the_database_is_said_before_anything_is_served() {
    let Some(database) = Postgres::start_or_skip() else {
        return;
    };
    let serve = |url: &str, password: &str| {
        trefoil(&["forge", "serve", "--bind", "127.0.0.1:0", "--state", url])
            .env("PGPASSWORD", password)
            .run()
    };
    let wrong = serve(&database.url(), "wrong").exits(4);
    assert!(
        wrong.stderr.contains("password authentication failed"),
        "{}",
        wrong.stderr
    );
    assert!(wrong.stderr.contains("~/.pgpass"), "{}", wrong.stderr);
    let away = serve("postgres://forge@127.0.0.1:1/forge", "x").exits(1);
    assert!(
        away.stderr.contains("Connection refused"),
        "{}",
        away.stderr
    );
    let bad = serve("postgres://forge:hidden@h/forge?sslmode=maybe", "x").exits(2);
    assert!(bad.stderr.contains("not 'maybe'"), "{}", bad.stderr);
    assert!(!bad.stderr.contains("hidden"), "{}", bad.stderr);
    trefoil(&["forge", "serve", "--folder", "/tmp/x"])
        .run()
        .exits(2);
}

#[test]
fn a_command_has_a_token_of_its_own_each_time() {
    let Some(database) = Postgres::start_or_skip() else {
        return;
    };
    let program = env!("CARGO_BIN_EXE_trefoil");
    let claude = fake_claude();
    let claude = claude.to_str().expect("UTF-8");
    for _ in 0..2 {
        trefoil(&[
            "forge",
            "serve",
            "--state",
            &database.url(),
            "--claude",
            claude,
        ])
        .args(&["--", program, "forge", "run", "hello", "-r"])
        .env("PGPASSWORD", postgres::PASSWORD)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .run()
        .prints("1: hello\n");
    }
    let left = database.psql(
        "forge",
        "SELECT count(*), bool_or(enabled) FROM forge_tokens",
    );
    assert_eq!(left, "1|f");
}
