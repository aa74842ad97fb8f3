//! What our router does at a later time: timed bundles, timelines, gestures, time to live.

use std::time::Duration;

use crate::support::msg::{Msg, Publish};
use crate::support::{Driver, Router, Val, now_micros, wire};

#[test]
fn a_timed_bundle_is_done_at_its_time_even_if_its_sender_has_gone() {
    let router = Router::own(&[]);
    let mut hearer = Driver::connect(&router);
    hearer.subscribe("/**");
    let mut sender = Driver::connect(&router);
    let at = now_micros() + 300_000;
    sender.send(&wire::timed(
        at,
        &[wire::set("/a", &Val::Int(1)), wire::event("/cue", None)],
    ));
    let accepted = Msg::Ack {
        address: None,
        revision: None,
    };
    assert_eq!(
        sender.reply(),
        accepted,
        "accepted, and not a word of a revision"
    );
    drop(sender);
    assert_eq!(hearer.get("/a"), None);
    assert!(matches!(hearer.hear(), Msg::Set { .. }));
    let late = now_micros().checked_sub(at).expect("not before its time");
    assert!(late < 200_000, "{late} µs late");
    assert!(matches!(hearer.hear(), Msg::Publish(_)));
}

#[test]
fn a_bundle_whose_time_has_passed_is_done_at_once_and_one_of_next_week_refused() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    driver.send(&wire::timed(5, &[wire::set("/a", &Val::Int(1))]));
    assert!(matches!(
        driver.reply(),
        Msg::Ack {
            revision: Some(1),
            ..
        }
    ));
    let next_week = now_micros() + 7 * 86_400 * 1_000_000;
    driver.send(&wire::timed(next_week, &[wire::set("/a", &Val::Int(1))]));
    assert!(matches!(driver.reply(), Msg::Error { code: 403, .. }));
}

#[test]
fn a_timed_bundle_that_has_become_impossible_is_not_done_in_part() {
    let router = Router::own(&[]);
    let (mut sender, mut other) = (Driver::connect(&router), Driver::connect(&router));
    let sets = [wire::set("/a", &Val::Int(1)), wire::set("/b", &Val::Int(1))];
    sender.send(&wire::timed(now_micros() + 200_000, &sets));
    sender.reply();
    other.lock("/b", 5_i64);
    assert!(matches!(sender.reply(), Msg::Error { code: 401, .. }));
    assert_eq!(other.get("/a"), None);
}

/// Its sender was told that the router has it, and may have left.
#[test]
fn the_operator_is_told_of_a_timed_bundle_that_is_not_executed() {
    let router = Router::own(&[]);
    let mut sender = Driver::connect(&router);
    let sets = [wire::set("/b", &Val::Int(1))];
    sender.send(&wire::timed(now_micros() + 200_000, &sets));
    sender.reply();
    drop(sender);
    let mut other = Driver::connect(&router);
    other.lock("/b", 5_i64);
    router.wait_log(
        "a timed bundle was refused at its time, and nothing of it was executed: /b: LockHeld",
    );
}

#[test]
fn a_timeline_of_a_param_that_somebody_else_has_locked_is_refused() {
    let router = Router::own(&[]);
    let mut other = Driver::connect(&router);
    other.lock("/fade", 5_i64);
    let refused = router
        .clasp(&["timeline", "/fade", "0s:0", "100ms:1", "--publish"])
        .run();
    refused.exits(4).says(&["LockHeld"]);
}

#[test]
fn a_timeline_is_played_and_ends_on_its_exact_last_value() {
    let router = Router::own(&[]);
    let (mut sender, mut hearer) = (Driver::connect(&router), Driver::connect(&router));
    hearer.subscribe("/fade");
    sender.publish(&wire::timeline("/fade", &[(0, 0.0), (500_000, 0.7)]));
    drop(sender);
    let mut values = Vec::new();
    let mut late_joiner = None;
    while values.last() != Some(&0.7) {
        match hearer.hear() {
            Msg::Set {
                value: Val::Float(value),
                ..
            } => values.push(value),
            Msg::Publish(publish) => assert_eq!(publish.signal, 4),
            other => panic!("{other:?}"),
        }
        if values.len() == 10 {
            late_joiner = Driver::connect(&router).get("/fade");
        }
    }
    assert!(
        values.is_sorted() && (15..=31).contains(&values.len()),
        "{values:?}"
    );
    assert!(late_joiner.is_some());
    assert_eq!(hearer.hear_within(Duration::from_millis(100)), None);
}

#[test]
fn a_set_ends_the_timeline_of_its_address() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    driver.publish(&wire::timeline("/fade", &[(0, 0.0), (60_000_000, 1.0)]));
    std::thread::sleep(Duration::from_millis(100));
    driver.set("/fade", 5.0);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(driver.value("/fade"), Val::Float(5.0));
    driver.send(&wire::timeline("/fade", &[]));
    assert!(matches!(driver.reply(), Msg::Error { code: 402, .. }));
}

fn phases(hearer: &mut Driver, until: u8) -> Vec<(u8, Option<Val>)> {
    let mut heard = Vec::new();
    loop {
        let Msg::Publish(Publish { phase, value, .. }) = hearer.hear() else {
            panic!("a gesture");
        };
        heard.push((phase, value));
        if phase == until {
            return heard;
        }
    }
}

#[test]
fn the_moves_of_a_gesture_coalesce_and_the_last_one_comes() {
    let router = Router::own(&[]);
    let (mut sender, mut hearer) = (Driver::connect(&router), Driver::connect(&router));
    hearer.subscribe("/fader");
    sender.send(&wire::gesture("/fader", 1, 0, &Val::Int(-1)));
    for i in 0..500 {
        sender.send(&wire::gesture("/fader", 1, 1, &Val::Int(i)));
    }
    sender.publish(&wire::gesture("/fader", 1, 2, &Val::Int(500)));
    let heard = phases(&mut hearer, 2);
    assert_eq!(heard[0], (0, Some(Val::Int(-1))));
    assert!(heard.len() < 100, "{} of 502", heard.len());
    assert_eq!(heard[heard.len() - 2], (1, Some(Val::Int(499))));
}

#[test]
fn a_connection_that_breaks_cancels_its_gestures() {
    let router = Router::own(&[]);
    let (mut sender, mut hearer) = (Driver::connect(&router), Driver::connect(&router));
    hearer.subscribe("/fader");
    sender.publish(&wire::gesture("/fader", 1, 0, &Val::Int(0)));
    drop(sender);
    assert_eq!(phases(&mut hearer, 3).len(), 2);
}

#[test]
fn what_has_lived_its_time_is_gone() {
    let router = Router::own(&["--ttl", "1s"]);
    let mut driver = Driver::connect(&router);
    driver.set("/brief", 1_i64);
    router
        .clasp(&["set", "/kept", "1", "--ttl", "never"])
        .run()
        .done();
    std::thread::sleep(Duration::from_millis(1_100));
    assert_eq!(driver.get("/brief"), None);
    assert!(driver.get("/kept").is_some());
}
