//! Our router's budgets: of work, so that no session waits for the request of another one, and of
//! memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::support::msg::Msg;
use crate::support::{Driver, Router, Val, wire};

/// The longest that a PING of a bystander took until `done`.
fn worst_ping(router: &Router, done: &AtomicBool) -> Duration {
    let mut bystander = Driver::connect(router);
    let mut worst = Duration::ZERO;
    while !done.load(Ordering::Relaxed) {
        let began = Instant::now();
        bystander.fence();
        worst = worst.max(began.elapsed());
        std::thread::sleep(Duration::from_millis(2));
    }
    worst
}

#[test]
fn nobody_waits_for_the_scans_of_another() {
    let router = Router::own(&[]);
    Driver::connect(&router).set_numbered("/many", 100_000);
    let mut bystander = Driver::silent(&router);
    let mut hello = wire::hello("x", "");
    // Without the snapshot of everything.
    hello[2] = 0x79;
    bystander.send(&hello);
    assert!(matches!(bystander.reply(), Msg::Welcome { .. }));
    let mut greedy = Driver::silent(&router);
    greedy.send(&hello);
    let mut query = wire::get("/**/none");
    query[0] = 0x60;
    for i in 0..500 {
        greedy.send(&query);
        greedy.send(&wire::subscribe(i, &format!("/**/none{i}")));
    }
    let began = Instant::now();
    let mut worst = Duration::ZERO;
    let mut pongs = 0;
    while began.elapsed() < Duration::from_secs(3) {
        let began = Instant::now();
        bystander.fence();
        worst = worst.max(began.elapsed());
        pongs += 1;
    }
    let mut results = 0;
    while greedy.receive(Duration::from_millis(1)).is_some() {
        results += 1;
    }
    // A scan of all takes about a hundred slices in a build for tests, and the bystander has its turn after each.
    assert!(
        pongs > 12 * results,
        "{pongs} PONGs beside {results} RESULTs"
    );
    // The scans take a minute in a build for tests; one of them alone 50 ms.
    assert!(worst < Duration::from_secs(1), "{worst:?}");
}

#[test]
fn nobody_waits_for_the_end_of_a_session_with_many_subscriptions() {
    let router = Router::own(&[]);
    let mut many = Driver::connect(&router);
    for i in 0..10_000 {
        many.send(&wire::subscribe(i, &format!("/a/{i}/*/b")));
    }
    many.fence();
    let done = Arc::new(AtomicBool::new(false));
    let worst = std::thread::scope(|scope| {
        let pinging = scope.spawn(|| worst_ping(&router, &done));
        std::thread::sleep(Duration::from_millis(200));
        drop(many);
        std::thread::sleep(Duration::from_millis(500));
        done.store(true, Ordering::Relaxed);
        pinging.join().expect("pongs")
    });
    assert!(worst < Duration::from_millis(500), "{worst:?}");
    // Its places serve others, who hear nothing of its.
    let mut next = Driver::connect(&router);
    next.set("/a/1/x/b", 1_i64);
    next.fence();
    assert_eq!(next.hear_within(Duration::from_millis(100)), None);
}

#[test]
fn stalled_readers_share_what_they_are_to_be_sent() {
    let router = Router::own(&[]);
    let mut publisher = Driver::connect(&router);
    let mut stalled: Vec<Driver> = (0..10).map(|_| Driver::connect(&router)).collect();
    for reader in &mut stalled {
        reader.subscribe("/flood/**");
    }
    let before = router.memory();
    let payload = Val::Str("x".repeat(10_000));
    for i in 0..10_000 {
        publisher.send(&wire::stream(&format!("/flood/{}", i % 50), &payload));
    }
    publisher.fence();
    let used = router.memory().saturating_sub(before);
    assert!(used < 90 * 1024, "{used} kB for 100 MB to ten readers");
    // Of each stream the last is there, when they read again.
    for reader in &mut stalled {
        let mut last = 0;
        while let Some(Msg::Publish(_)) = reader.hear_within(Duration::from_millis(500)) {
            last += 1;
        }
        assert!(last > 50);
    }
}

#[test]
fn an_address_and_a_pattern_have_a_longest_length() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    let long = format!("/{}", "x".repeat(1_024));
    let deep = "/*".repeat(33);
    driver.send(&wire::set(&long, &Val::Int(1)));
    driver.send(&wire::subscribe(1, &deep));
    for (code, limit) in [(200, "1024 bytes"), (201, "32 segments")] {
        match driver.reply() {
            Msg::Error {
                code: said,
                message,
                ..
            } => {
                assert_eq!(said, code);
                assert!(message.contains(limit), "{message}");
            }
            other => panic!("an ERROR, not {other:?}"),
        }
    }
}
