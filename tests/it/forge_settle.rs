//! Settling a run whose reply was lost: every run has a key, with which the service is asked for
//! its outcome. Nothing is sent again.

use serde_json::json;

use crate::support::dir::Dir;
use crate::support::{Service, eventually};

#[test]
fn a_run_that_was_cut_off_is_fetched() {
    let service = Service::start(&[]);
    let home = Dir::new();
    let run = service.forge(&["run", "sleep 1"]).in_home(&home).start();
    service.running_run();
    run.interrupt();
    run.finish().exits(7);
    let settle = || service.forge(&["ledger", "settle"]).in_home(&home).run();
    let early = settle();
    if early.code != 0 {
        assert!(early.stdout.contains("still under way"), "{early}");
    }
    eventually("the end of the run", || {
        let runs = service.ask("GET", "/runs", None).json();
        (runs["runs"][0]["status"] == "ok").then_some(())
    });
    let settled = settle().done().json();
    let shown = service.forge(&["ledger", "show", "1"]).in_home(&home).run();
    let shown = shown.done().json();
    assert_eq!(shown["outcome"], "done", "{settled}");
    assert_eq!(shown["reply"]["result"], "slept");
    assert_eq!(settle().done().json(), json!([]));
    assert_eq!(service.starts(), 1, "nothing was sent again");
}

#[test]
fn what_the_service_lost_stays_unknown() {
    let mut service = Service::start(&[]);
    let home = Dir::new();
    let run = service.forge(&["run", "sleep 60"]).in_home(&home).start();
    service.running_run();
    service.kill();
    run.finish().exits(7);
    service.kill_and_restart();
    // It listens elsewhere now.
    let url = service.url();
    let settle = service.forge(&["ledger", "settle"]).in_home(&home).run();
    let settle = settle.exits(7).says(&["1 of 1"]);
    assert!(settle.stdout.contains("another service"), "{url}: {settle}");
}

#[test]
fn a_policy_is_given_with_the_token() {
    let service = Service::start(&[]);
    let create = |policy: &str| {
        let line = ["token", "create", "small", "--policy", policy];
        service.forge(&line).run()
    };
    create("{").exits(2).says(&["--policy"]);
    create(r#"{"usd": 1}"#).exits(4).says(&["usd"]);
    create(r#"{"models": ["haiku"]}"#).done();
    let list = service.forge(&["token", "list"]).run().done().json();
    assert_eq!(list[1]["policy"], json!({"models": ["haiku"]}), "{list}");
}

#[test]
fn usage_is_a_table_and_a_list() {
    let service = Service::start(&[]);
    service.run("hello", &json!({}));
    service.run("die now", &json!({}));
    let own = service.forge(&["usage"]).run().done().json();
    assert_eq!((&own[0]["runs"], &own[0]["failed"]), (&json!(2), &json!(1)));
    let all = service.forge(&["usage", "--all", "--days", "1", "-o", "table"]);
    let all = all.run().done();
    assert!(all.stdout.contains("DAY"), "{all}");
    // The cost of one of both is unknown.
    assert!(all.stdout.contains("0.0100+"), "{all}");
    service.forge(&["usage", "--days", "0"]).run().exits(2);
}
