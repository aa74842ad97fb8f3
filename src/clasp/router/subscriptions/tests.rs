//! Subscriptions as sessions make them, and whom they find.

use std::time::Duration;

use super::*;
use crate::clasp::wire::{self, Set, Value};

fn asked(id: u32, pattern: &'static str) -> Subscribe<'static> {
    Subscribe {
        id,
        pattern: pattern.into(),
        types: TypeMask::ALL,
        max_rate: None,
        epsilon: None,
        history: None,
        window: None,
    }
}

fn add(
    subscriptions: &mut Subscriptions,
    session: Key,
    asked: &Subscribe<'_>,
) -> Result<(), SubscribeError> {
    let pattern = Pattern::new(&asked.pattern)?;
    subscriptions.add(session, asked, pattern)
}

fn with(all: &[(Key, &'static str)]) -> Subscriptions {
    let mut subscriptions = Subscriptions::default();
    for (id, (session, pattern)) in all.iter().enumerate() {
        let id = u32::try_from(id).expect("few");
        add(&mut subscriptions, *session, &asked(id, pattern)).expect("room");
    }
    subscriptions
}

fn told(subscriptions: &mut Subscriptions, address: &str, value: f64, at: Instant) -> Vec<Key> {
    let message = Message::Set(Set {
        address: address.to_owned().into(),
        value: Value::Float(value),
        revision: None,
        lock: false,
        unlock: false,
        ttl: None,
    });
    let (mut frame, mut out) = (Vec::new(), Vec::new());
    wire::encode(&message, &mut frame).expect("it fits");
    subscriptions.find(address, SignalType::Param);
    subscriptions.select(&message, SignalType::Param, &frame, None, at, &mut out);
    out
}

#[test]
fn an_address_finds_every_pattern_that_matches_and_no_other() {
    let patterns = [
        "/a/b", "/a/*", "/a/**", "/**", "/*/b", "/a/b/c", "/a/b*", "/ab/**", "/b",
    ];
    let all: Vec<(Key, &'static str)> = (0..).zip(patterns).collect();
    let mut subscriptions = with(&all);
    for address in ["/a/b", "/a", "/a/b/c", "/ab", "/ab/b", "/b", "/c", "/a/bb"] {
        let expected: Vec<Key> = all
            .iter()
            .filter(|(_, p)| Pattern::new(p).expect("a pattern").matches(address))
            .map(|(key, _)| *key)
            .collect();
        assert_eq!(
            told(&mut subscriptions, address, 0.0, Instant::now()),
            expected,
            "{address}"
        );
    }
}

#[test]
fn overlapping_subscriptions_of_one_session_tell_it_once() {
    let mut subscriptions = with(&[(7, "/a/**"), (7, "/a/b"), (7, "/a/**"), (8, "/**")]);
    assert_eq!(
        told(&mut subscriptions, "/a/b", 0.0, Instant::now()),
        [7, 8]
    );
}

#[test]
fn the_type_mask_filters() {
    let mut subscriptions = Subscriptions::default();
    let events = Subscribe {
        types: TypeMask::of([SignalType::Event]),
        ..asked(1, "/**")
    };
    add(&mut subscriptions, 1, &events).expect("room");
    assert!(!subscriptions.find("/a", SignalType::Param));
    assert!(subscriptions.find("/a", SignalType::Event));
}

#[test]
fn what_ends_leaves_nothing_behind() {
    let mut subscriptions = with(&[(1, "/a/**"), (1, "/b"), (2, "/a/**")]);
    subscriptions.remove(2, 2);
    subscriptions.remove(2, 2);
    assert_eq!(
        told(&mut subscriptions, "/a/x", 0.0, Instant::now()),
        [1],
        "the other one stays"
    );
    subscriptions.remove_session(1);
    assert!(subscriptions.has_ended());
    assert_eq!(subscriptions.clear(&mut Slice::endless()), [1]);
    assert!(subscriptions.tree.is_empty() && !subscriptions.has_ended());
    assert!(subscriptions.sessions.is_empty() && subscriptions.limiters.is_empty());
}

#[test]
fn the_same_number_replaces() {
    let mut subscriptions = with(&[(1, "/a")]);
    add(&mut subscriptions, 1, &asked(0, "/b")).expect("room");
    assert!(!subscriptions.find("/a", SignalType::Param));
    assert!(subscriptions.find("/b", SignalType::Param));
}

#[test]
fn a_session_may_have_so_many() {
    let mut subscriptions = Subscriptions::default();
    for id in 0..u32::try_from(limits::SUBSCRIPTIONS).expect("few") {
        add(&mut subscriptions, 1, &asked(id, "/a")).expect("room");
    }
    let one_more = add(&mut subscriptions, 1, &asked(u32::MAX, "/a"));
    assert_eq!(one_more.err(), Some(SubscribeError::TooMany));
    assert!(
        add(&mut subscriptions, 1, &asked(5, "/b")).is_ok(),
        "a new one for an old one"
    );
    assert!(add(&mut subscriptions, 2, &asked(5, "/b")).is_ok());
}

#[test]
fn the_patterns_of_a_session_take_so_many_bytes_and_no_more() {
    let mut subscriptions = Subscriptions::default();
    let added = (0..limits::SUBSCRIPTIONS)
        .take_while(|id| {
            let pattern = format!("{}/{id}", "/**/a".repeat(15));
            let asked = Subscribe {
                pattern: pattern.into(),
                ..asked(*id as u32, "/a")
            };
            add(&mut subscriptions, 1, &asked).is_ok()
        })
        .count();
    assert!((1_000..5_000).contains(&added), "{added}");
    let own = &subscriptions.sessions[&1];
    assert!(own.bytes <= limits::SUBSCRIPTIONS_BYTES);
}

#[test]
fn a_senders_own_sample_is_not_what_the_next_is_compared_with() {
    let mut subscriptions = Subscriptions::default();
    let coarse = Subscribe {
        epsilon: Some(0.5),
        ..asked(1, "/a")
    };
    add(&mut subscriptions, 1, &coarse).expect("room");
    let mut deliver = |from: Key, value: f64| {
        let mut publish = crate::clasp::wire::Publish::new(SignalType::Stream, "/a");
        publish.value = Some(Value::Float(value));
        let message = Message::Publish(publish);
        let (mut frame, mut out) = (Vec::new(), Vec::new());
        wire::encode(&message, &mut frame).expect("it fits");
        subscriptions.find("/a", SignalType::Stream);
        let now = Instant::now();
        let (signal, except) = (SignalType::Stream, Some(from));
        subscriptions.select(&message, signal, &frame, except, now, &mut out);
        out
    };
    assert!(deliver(1, 5.0).is_empty(), "its own");
    assert_eq!(deliver(2, 5.1), [1], "the first that is delivered");
    assert!(deliver(2, 5.2).is_empty());
}

#[test]
fn what_came_too_soon_is_released_once() {
    let mut subscriptions = Subscriptions::default();
    for (id, pattern) in [(1, "/a/**"), (2, "/a/b")] {
        let slow = Subscribe {
            max_rate: Some(10),
            ..asked(id, pattern)
        };
        add(&mut subscriptions, 1, &slow).expect("room");
    }
    let start = Instant::now();
    assert_eq!(told(&mut subscriptions, "/a/b", 1.0, start), [1]);
    assert!(told(&mut subscriptions, "/a/b", 2.0, start).is_empty());
    let due = start + Duration::from_millis(100);
    assert_eq!(subscriptions.due(), Some(due));
    assert!(
        subscriptions
            .release(start, &mut Slice::endless())
            .is_empty()
    );
    // Both subscriptions hold it; the second release would be the same value again.
    let released = subscriptions.release(due, &mut Slice::endless());
    assert_eq!(released.len(), 1);
    assert_eq!(subscriptions.due(), None);
}

#[test]
fn what_is_released_in_several_slices_comes_once_and_all_of_it() {
    let mut subscriptions = Subscriptions::default();
    for (id, pattern) in [(1, "/**"), (2, "/*")] {
        let slow = Subscribe {
            max_rate: Some(10),
            ..asked(id, pattern)
        };
        add(&mut subscriptions, 1, &slow).expect("room");
    }
    let start = Instant::now();
    for i in 0..200_u32 {
        let address = format!("/{i}");
        told(&mut subscriptions, &address, 1.0, start);
        told(&mut subscriptions, &address, 2.0, start);
    }
    let due = start + Duration::from_millis(100);
    let (mut released, mut slices) = (0, 0);
    while subscriptions.due().is_some() {
        let mut slice = Slice::of_steps(7);
        released += subscriptions.release(due, &mut slice).len();
        slices += 1;
    }
    assert_eq!(released, 200);
    assert!(slices > 10, "{slices}");
}

#[test]
fn what_waits_is_counted_and_what_has_no_room_is_delivered() {
    const LONG: usize = 60_000;
    let mut subscriptions = Subscriptions::default();
    let slow = Subscribe {
        max_rate: Some(1),
        ..asked(1, "/**")
    };
    add(&mut subscriptions, 1, &slow).expect("room");
    let now = Instant::now();
    let deliver = |subscriptions: &mut Subscriptions, address: &str| {
        let message = Message::Set(Set {
            address: address.to_owned().into(),
            value: Value::Bytes(vec![7; LONG].into()),
            revision: None,
            lock: false,
            unlock: false,
            ttl: None,
        });
        let (mut frame, mut out) = (Vec::new(), Vec::new());
        wire::encode(&message, &mut frame).expect("it fits");
        subscriptions.find(address, SignalType::Param);
        subscriptions.select(&message, SignalType::Param, &frame, None, now, &mut out);
        !out.is_empty()
    };
    let held = |subscriptions: &Subscriptions| subscriptions.limiter_bytes();
    assert!(deliver(&mut subscriptions, "/first"));
    assert!(!deliver(&mut subscriptions, "/first"));
    assert!((LONG..LONG + 1_000).contains(&held(&subscriptions)));
    let mut delivered = 0;
    for i in 0..1_000 {
        let address = format!("/{i}");
        delivered += u32::from(deliver(&mut subscriptions, &address));
        delivered += u32::from(deliver(&mut subscriptions, &address));
    }
    assert!(delivered > 1_000, "{delivered}");
    let most = limits::LIMITER_BYTES;
    assert!((most - 2 * LONG..=most).contains(&held(&subscriptions)));
    assert_eq!(subscriptions.limiter_bytes_of(1), held(&subscriptions));
    subscriptions.release(now + Duration::from_secs(1), &mut Slice::endless());
    assert!(
        held(&subscriptions) < 1_000_000,
        "what has gone out is free"
    );
    subscriptions.remove(1, 1);
    assert_eq!(held(&subscriptions), 0);
    add(&mut subscriptions, 2, &slow).expect("room");
    deliver(&mut subscriptions, "/first");
    subscriptions.remove_session(2);
    assert_eq!(held(&subscriptions), 0);
}
