//! A cluster when something dies: nothing acknowledged is lost, and what nobody can know is said.

use std::time::{Duration, Instant};

use crate::support::engine::Engine;
use crate::support::trefoil::clasp;
use crate::support::{Driver, Msg, Router, Val, eventually_within, wire};

/// The engine may take so long to find itself again, and this machine is busy.
const PATIENCE: Duration = Duration::from_secs(30);

fn router(engine: &Engine) -> Router {
    Router::own(&["--cluster", &engine.url()])
}

/// The engine is restarted: what was written is there, and routers agree again.
#[test]
fn an_engine_that_comes_back_has_everything() {
    let Some(mut engine) = Engine::start_or_skip("an engine that is killed") else {
        return;
    };
    let (first, second) = (router(&engine), router(&engine));
    let mut driver = Driver::connect(&first);
    let before = driver.set("/a", 1_i64);
    let mut listener = Driver::connect(&second);
    listener.send(&wire::subscribe_to(1, "/**", 0x01));
    listener.fence();
    engine.kill(0);
    // It waits for the engine.
    driver.send(&wire::set("/a", &Val::Int(2)));
    std::thread::sleep(Duration::from_millis(500));
    engine.start(0);
    let Some(Msg::Ack { revision, .. }) = driver.receive(PATIENCE) else {
        panic!("a write that waits is done")
    };
    assert!(revision > Some(before));
    let Some(Msg::Set { value, .. }) = listener.hear_within(PATIENCE) else {
        panic!("it is heard")
    };
    assert_eq!(value, Val::Int(2));
    assert_eq!(Driver::connect(&second).value("/a"), Val::Int(2));
}

/// The engine is away for longer than anybody waits: writes are refused, reads are marked, and
/// afterwards the routers agree.
#[test]
fn an_engine_out_of_reach_is_told() {
    let Some(mut engine) = Engine::start_or_skip("an engine out of reach") else {
        return;
    };
    let (first, second) = (router(&engine), router(&engine));
    clasp(&first.url(), &["set", "/a", "1"]).run().done();
    let sub = ["sub", "/a", "--reconnect-interval", "50ms"];
    let mut sub = clasp(&first.url(), &sub).patience(PATIENCE).live();
    sub.record();
    engine.kill(0);
    let since = Instant::now();
    let waits = ["set", "/a", "2", "--timeout", "20s"];
    let waited = clasp(&first.url(), &waits).patience(PATIENCE).run();
    assert!(since.elapsed() < Duration::from_secs(15), "{waited}");
    waited.exits(5).says(&["503"]);
    first.wait_log("out of reach: writes are refused");
    sub.wait_says("out of reach");
    // At once from then on.
    let since = Instant::now();
    clasp(&first.url(), &["set", "/a", "3"])
        .run()
        .exits(5)
        .says(&["engine is out of reach"]);
    clasp(&first.url(), &["emit", "/go"])
        .run()
        .exits(5)
        .says(&["engine is out of reach"]);
    let read = clasp(&first.url(), &["get", "/a"]).run();
    read.prints("1\n").says(&["values may be old"]);
    assert!(since.elapsed() < Duration::from_secs(5));
    let holds = clasp(&first.url(), &["wait", "/a", "--eq", "1"]).run();
    holds.done().prints("1\n").says(&["values may be old"]);
    let never = ["wait", "/a", "--eq", "9", "--timeout", "500ms"];
    let never = clasp(&first.url(), &never).run().exits(124);
    assert_eq!(
        never.stderr.matches("values may be old").count(),
        1,
        "{never}"
    );
    // Who waits for long is told at once.
    let waits = clasp(&first.url(), &["wait", "/a", "--eq", "4"]).patience(PATIENCE);
    let waits = waits.start();
    waits.wait_says("values may be old");
    let mut watch = clasp(&first.url(), &["watch", "/a"]).on_pty(80, 20);
    watch.shows(&["1 address", "may be old"]);
    engine.start(0);
    eventually_within(PATIENCE, "a write that is done again", || {
        let again = clasp(&first.url(), &["set", "/a", "4"]).run();
        (again.code == 0).then_some(())
    });
    sub.record_where(|record| record["value"] == 4);
    waits.finish().done().prints("4\n");
    watch.shows(&["live"]);
    watch.hides("may be old");
    clasp(&second.url(), &["get", "/a", "--timeout", "20s"])
        .run()
        .prints("4\n")
        .quietly();
}

/// A server that is frozen keeps its connections: it is noticed all the same, and what was on its way
/// is done once or is unknown.
#[test]
fn a_frozen_engine_is_noticed() {
    let Some(engine) = Engine::start_or_skip("an engine that is frozen") else {
        return;
    };
    let first = router(&engine);
    let mut driver = Driver::connect(&first);
    driver.set("/a", 1_i64);
    engine.freeze(0, true);
    let set = ["set", "/a", "2", "--timeout", "25s"];
    clasp(&first.url(), &set)
        .patience(PATIENCE)
        .run()
        .exits(7)
        .says(&["unknown"]);
    engine.freeze(0, false);
    eventually_within(PATIENCE, "an answer", || {
        let again = clasp(&first.url(), &["get", "/a"]).run();
        (again.code == 0 && again.stderr.is_empty()).then_some(())
    });
}

/// The node dies that leads: writes go on within ten seconds, and none that was acknowledged is lost.
#[test]
fn the_leader_of_three_dies() {
    let Some(mut engine) = Engine::three_or_skip("an engine of three") else {
        return;
    };
    let routers = [router(&engine), router(&engine)];
    let urls = routers.each_ref().map(Router::url).join(",");
    let mut acknowledged = Vec::new();
    let mut worst = Duration::ZERO;
    let mut n = 0_i64;
    for killed in 0..3 {
        let mut written = 0;
        let mut has_killed = false;
        while written < 20 {
            if written == 5 && !has_killed {
                engine.kill(killed);
                has_killed = true;
            }
            n += 1;
            let (address, since) = (format!("/n/{n}"), Instant::now());
            let value = n.to_string();
            let set = ["set", &address, &value, "--timeout", "20s"];
            let output = clasp(&urls, &set).patience(PATIENCE).run();
            worst = worst.max(since.elapsed());
            if output.code == 0 {
                acknowledged.push((address, n));
                written += 1;
            }
        }
        engine.start(killed);
        engine.wait(killed);
        // It has to be one of three again before the next is killed.
        std::thread::sleep(Duration::from_secs(3));
    }
    assert!(worst < Duration::from_secs(13), "a write took {worst:?}");
    for router in &routers {
        let mut driver = Driver::connect(router);
        for (address, n) in &acknowledged {
            assert_eq!(driver.value(address), Val::Int(*n), "{address}");
        }
    }
}

/// A router dies: its clients go to another and miss nothing that is kept.
#[test]
fn whose_router_dies_goes_to_another_of_the_cluster() {
    let Some(engine) = Engine::start_or_skip("a router that dies") else {
        return;
    };
    let (mut first, second) = (router(&engine), router(&engine));
    let both = format!("{},{}", first.url(), second.url());
    let sub = ["sub", "/**", "--reconnect-interval", "50ms"];
    let mut sub = clasp(&both, &sub).live();
    clasp(&both, &["set", "/a", "1"]).run().done();
    sub.record_where(|record| record["value"] == 1);
    first.kill();
    clasp(&second.url(), &["set", "/a", "2"]).run().done();
    clasp(&second.url(), &["set", "/b", "3"]).run().done();
    sub.record_where(|record| record["address"] == "/a" && record["value"] == 2);
    sub.record_where(|record| record["address"] == "/b" && record["value"] == 3);
    clasp(&both, &["get", "/a"]).run().prints("2\n");
    assert!(!sub.stderr().contains("writes missed"), "{}", sub.stderr());
}
