//! Our router with floods, slow readers, and invalid bytes.

use std::time::{Duration, Instant};

use crate::support::msg::Msg;
use crate::support::{Driver, Router, Val, wire};

fn code(message: &Msg) -> u16 {
    match message {
        Msg::Error { code, .. } => *code,
        other => panic!("an ERROR, not {other:?}"),
    }
}

#[test]
fn three_bad_frames_and_out() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    driver.send_frame(b"GET / HTTP/1.1");
    driver.send_frame(&[0x53, 0x01, 0, 9, 0x41]);
    driver.send(&[0x7F]);
    let said: Vec<u16> = driver.until_closed().iter().map(code).collect();
    assert_eq!(said, [100, 100, 101, 100], "each, and why it is closed");
    Driver::connect(&router).fence();
}

#[test]
fn hello_comes_first_and_a_refused_one_last() {
    let router = Router::own_with(Router::with().tokens("cpsk_a=read:/**"), &[]);
    let mut early = Driver::silent(&router);
    early.send(wire::PING);
    assert_eq!(
        early.until_closed().iter().map(code).collect::<Vec<_>>(),
        [100]
    );
    for token in ["", "cpsk_b"] {
        let mut refused = Driver::silent(&router);
        refused.send(&wire::hello("x", token));
        refused.send(wire::PING);
        assert_eq!(
            refused.until_closed().iter().map(code).collect::<Vec<_>>(),
            [300]
        );
    }
}

#[test]
fn who_never_says_hello_is_let_go() {
    let router = Router::own(&[]);
    let started = Instant::now();
    let said = Driver::silent(&router).until_closed();
    assert_eq!(said.iter().map(code).collect::<Vec<_>>(), [100]);
    assert!(started.elapsed() >= Duration::from_secs(9));
}

#[test]
fn there_is_room_for_so_many_sessions() {
    let router = Router::own(&["--max-sessions", "2"]);
    let first = Driver::connect(&router);
    let _second = Driver::connect(&router);
    let said = Driver::silent(&router).until_closed();
    assert_eq!(said.iter().map(code).collect::<Vec<_>>(), [503]);
    drop(first);
    crate::support::eventually("room", || {
        let mut third = Driver::silent(&router);
        third.send(&wire::hello("x", ""));
        matches!(
            third.receive(Duration::from_secs(1)),
            Some(Msg::Welcome { .. })
        )
        .then_some(())
    });
}

#[test]
fn too_fast_is_said_with_the_address_and_a_fence_still_works() {
    let router = Router::own(&["--rate-limit", "10"]);
    let mut driver = Driver::connect(&router);
    for _ in 0..100 {
        driver.send(&wire::set("/a", &Val::Int(1)));
    }
    driver.send(wire::PING);
    let mut refused = 0;
    loop {
        match driver.reply() {
            Msg::Pong => break,
            Msg::Error {
                code: 429, address, ..
            } => {
                assert_eq!(address.as_deref(), Some("/a"));
                refused += 1;
            }
            _ => {}
        }
    }
    assert!((70..=90).contains(&refused), "{refused}");
}

#[test]
fn a_snapshot_is_whole_however_large_it_is() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    let text = "x".repeat(40);
    let addresses: Vec<String> = (0..30_000).map(|i| format!("/many/{i}")).collect();
    driver.set_many(
        addresses
            .iter()
            .map(|at| (at.as_str(), Val::Str(text.clone()))),
    );
    let large = "y".repeat(65_000);
    for i in 0..40 {
        driver.set(&format!("/large/{i}"), large.as_str());
    }
    let mut other = Driver::connect(&router);
    assert_eq!(other.snapshot.len(), 30_040);
    other.send(&wire::subscribe(1, "/many/**"));
    other.send(wire::PING);
    let mut count = 0;
    while let Msg::Snapshot(params) = other.reply() {
        count += params.len();
    }
    assert_eq!(count, 30_000, "before the fence");
}

#[test]
fn a_param_too_large_for_its_snapshot_is_refused() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    driver.send(&wire::set("/a", &Val::Str("x".repeat(65_450))));
    assert_eq!(code(&driver.reply()), 402);
}

/// Streams of 10 kB until so many have been sent, and a fence; how long that took.
fn flood(publisher: &mut Driver, body: &dyn Fn(i64) -> Vec<u8>, count: i64) -> Duration {
    let started = Instant::now();
    for i in 0..count {
        publisher.send(&body(i));
    }
    publisher.fence();
    started.elapsed()
}

fn bulky(i: i64) -> Val {
    Val::Array(vec![Val::Int(i), Val::Str("x".repeat(10_000))])
}

#[test]
fn a_stalled_reader_costs_the_others_little_and_a_healthy_one_loses_nothing() {
    let router = Router::own(&[]);
    let mut stalled = Driver::connect(&router);
    stalled.subscribe("/flood");
    let mut healthy = Driver::connect(&router);
    healthy.subscribe("/flood");
    let hearing = std::thread::spawn(move || {
        for i in 0..5_000 {
            let Msg::Publish(publish) = healthy.hear() else {
                panic!("a stream");
            };
            let Some(Val::Array(items)) = publish.value else {
                panic!("an array");
            };
            assert_eq!(items[0], Val::Int(i), "in order, none missing");
        }
    });
    let mut publisher = Driver::connect(&router);
    let took = flood(
        &mut publisher,
        &|i| wire::stream("/flood", &bulky(i)),
        5_000,
    );
    hearing.join().expect("a healthy reader loses nothing");
    assert!(took < Duration::from_secs(10), "{took:?}");
    // It reads again: the oldest messages are gone, the newest is there.
    let mut last = 0;
    while last < 4_999 {
        let Msg::Publish(publish) = stalled.hear() else {
            panic!("a stream");
        };
        let Some(Val::Array(items)) = publish.value else {
            panic!("an array");
        };
        let Val::Int(number) = items[0] else {
            panic!("a number");
        };
        last = number;
    }
}

#[test]
fn the_params_of_a_stalled_reader_coalesce() {
    let router = Router::own(&[]);
    let mut stalled = Driver::connect(&router);
    stalled.subscribe("/flood");
    let mut publisher = Driver::connect(&router);
    for i in 0..3_000 {
        publisher.send(&wire::set("/flood", &bulky(i)));
        publisher.reply();
    }
    let (mut heard, mut last) = (0, None);
    while last != Some(3_000) {
        let Msg::Set { revision, .. } = stalled.hear() else {
            panic!("a param");
        };
        (heard, last) = (heard + 1, revision);
    }
    assert!(heard < 2_900, "{heard} of 3,000");
}

#[test]
fn a_reader_that_would_lose_an_event_is_told_and_closed() {
    let router = Router::own(&[]);
    let mut stalled = Driver::connect(&router);
    stalled.subscribe("/flood");
    let mut publisher = Driver::connect(&router);
    let event = |i| wire::event("/flood", Some(&bulky(i)));
    flood(&mut publisher, &event, 4_000);
    let said = stalled.until_closed();
    assert_eq!(said.last().map(code), Some(503));
}
