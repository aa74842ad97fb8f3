//! A cluster's timed bundles, timelines and announced signals: executed once, whoever dies. And signals
//! between sessions of different routers.

use std::time::Duration;

use crate::support::engine::Engine;
use crate::support::msg::Publish;
use crate::support::trefoil::clasp;
use crate::support::{Driver, Msg, Router, Val, eventually_within, now_micros, wire};

/// This machine is busy.
const LIMIT: Duration = Duration::from_secs(30);

/// What a subscriber of `/**` hears for so long.
fn heard_for(hearer: &mut Driver, length: Duration) -> Vec<Msg> {
    let until = now_micros() + length.as_micros() as u64;
    std::iter::from_fn(|| {
        let rest = until.checked_sub(now_micros())?;
        hearer.hear_within(Duration::from_micros(rest))
    })
    .collect()
}

fn events(heard: &[Msg], address: &str) -> usize {
    let is_one = |message: &&Msg| matches!(message, Msg::Publish(p) if p.address == address);
    heard.iter().filter(is_one).count()
}

fn sets(heard: &[Msg], address: &str) -> Vec<Val> {
    let sets = heard.iter().filter_map(|message| match message {
        Msg::Set {
            address: at, value, ..
        } if at == address => Some(value.clone()),
        _ => None,
    });
    sets.collect()
}

fn accepted() -> Msg {
    Msg::Ack {
        address: None,
        revision: None,
    }
}

#[test]
fn a_timed_bundle_is_executed_once_at_its_time_for_all() {
    let Some(engine) = Engine::start_or_skip("a timed bundle") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let mut hearers = [&first, &second].map(|router| Driver::subscribed(router, "/**"));
    let mut sender = Driver::connect(&first);
    let at = now_micros() + 1_000_000;
    let cue = [wire::set("/a", &Val::Int(1)), wire::event("/cue", None)];
    sender.send(&wire::timed(at, &cue));
    assert_eq!(sender.reply(), accepted());
    drop(sender);
    for hearer in &mut hearers {
        let Some(Msg::Set { value, .. }) = hearer.hear_within(LIMIT) else {
            panic!("the SET comes first")
        };
        assert_eq!(value, Val::Int(1));
        let early = at.saturating_sub(now_micros());
        assert_eq!(early, 0, "{early} µs early");
        assert!(matches!(hearer.hear(), Msg::Publish(event) if event.address == "/cue"));
        assert_eq!(heard_for(hearer, Duration::from_millis(500)), []);
    }
    // The command leaves it to the routers, which say that they keep time.
    let command = ["bundle", "--set", "/b=1", "--at", "+200ms", "--at-router"];
    clasp(&second.url(), &command).run().done();
    eventually_within(LIMIT, "/b", || Driver::connect(&first).get("/b"));
}

/// The router that accepted it is killed, and one that came later executes it.
#[test]
fn a_timed_bundle_outlives_its_router() {
    let Some(engine) = Engine::start_or_skip("a bundle whose router dies") else {
        return;
    };
    let [mut owner, second] = engine.routers(&[]);
    let mut sender = Driver::connect(&owner);
    let cue = [wire::set("/a", &Val::Int(1)), wire::event("/cue", None)];
    sender.send(&wire::timed(now_micros() + 4_000_000, &cue));
    assert_eq!(sender.reply(), accepted());
    owner.kill();
    let [third] = engine.routers(&[]);
    let mut hearers = [&second, &third].map(|router| Driver::subscribed(router, "/**"));
    for hearer in &mut hearers {
        let mut heard = vec![hearer.hear_within(LIMIT).expect("the cue")];
        heard.extend(heard_for(hearer, Duration::from_millis(1_500)));
        assert_eq!(sets(&heard, "/a"), [Val::Int(1)], "{heard:?}");
        assert_eq!(events(&heard, "/cue"), 1, "{heard:?}");
    }
}

/// Many bundles are due while their routers are killed one after the other: none is executed twice, and
/// none that was accepted is forgotten.
#[test]
fn cues_are_executed_once_while_routers_die() {
    const CUES: i64 = 60;
    let Some(engine) = Engine::start_or_skip("cues and dying routers") else {
        return;
    };
    let [mut first, mut second, third] = engine.routers(&[]);
    let mut hearer = Driver::subscribed(&third, "/**");
    let begin = now_micros() + 1_500_000;
    for (place, router) in [&first, &second].into_iter().enumerate() {
        let mut sender = Driver::connect(router);
        for n in 0..CUES {
            let n = 2 * n + place as i64;
            let (address, value) = (format!("/n/{n}"), Val::Int(n));
            let cue = [
                wire::set(&address, &value),
                wire::event("/cue", Some(&value)),
            ];
            sender.send(&wire::timed(begin + n as u64 * 20_000, &cue));
            assert_eq!(sender.reply(), accepted());
        }
    }
    std::thread::sleep(Duration::from_millis(1_900));
    first.kill();
    std::thread::sleep(Duration::from_millis(300));
    second.kill();
    let mut counts = vec![0; 2 * CUES as usize];
    while counts.contains(&0) {
        match hearer.hear_within(LIMIT) {
            Some(Msg::Publish(Publish {
                value: Some(Val::Int(n)),
                ..
            })) => counts[n as usize] += 1,
            Some(Msg::Set { .. }) => {}
            other => panic!("{other:?} after {counts:?}"),
        }
    }
    let rest = heard_for(&mut hearer, Duration::from_secs(1));
    assert_eq!(events(&rest, "/cue"), 0);
    assert!(counts.iter().all(|count| *count == 1), "{counts:?}");
    let mut driver = Driver::connect(&third);
    for n in 0..2 * CUES {
        assert_eq!(driver.value(&format!("/n/{n}")), Val::Int(n));
    }
}

#[test]
fn a_timed_bundle_that_has_become_impossible_is_told_to_its_sender() {
    let Some(engine) = Engine::start_or_skip("a refused cue") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let (mut sender, mut other) = (Driver::connect(&first), Driver::connect(&second));
    let mut hearer = Driver::subscribed(&second, "/cue");
    let cue = [
        wire::set("/a", &Val::Int(1)),
        wire::set("/b", &Val::Int(1)),
        wire::event("/cue", None),
    ];
    sender.send(&wire::timed(now_micros() + 4_000_000, &cue));
    assert_eq!(sender.reply(), accepted());
    other.lock("/b", 5_i64);
    let came = sender.receive(LIMIT);
    let Some(Msg::Error {
        code: 401, message, ..
    }) = &came
    else {
        panic!("{came:?}")
    };
    assert!(message.contains("at its time"), "{message}");
    assert_eq!(other.get("/a"), None);
    assert_eq!(hearer.hear_within(Duration::from_millis(200)), None);
}

#[test]
fn a_timeline_is_played_once_and_goes_on_when_its_router_dies() {
    let Some(engine) = Engine::start_or_skip("a timeline") else {
        return;
    };
    let [mut first, second] = engine.routers(&[]);
    let mut hearer = Driver::subscribed(&second, "/fade");
    let mut sender = Driver::connect(&first);
    let begin = now_micros();
    sender.publish(&wire::timeline("/fade", &[(0, 0.0), (8_000_000, 0.8)]));
    let Some(Msg::Publish(begun)) = hearer.hear_within(LIMIT) else {
        panic!("the timeline itself comes first")
    };
    assert_eq!(begun.signal, 4);
    let mut values = Vec::new();
    while values.last() != Some(&0.8) {
        match hearer.hear_within(LIMIT) {
            Some(Msg::Set {
                value: Val::Float(value),
                ..
            }) => values.push(value),
            other => panic!("{other:?} after {values:?}"),
        }
        if values.len() == 20 {
            first.kill();
        }
    }
    let took = Duration::from_micros(now_micros() - begin);
    assert!(values.is_sorted(), "{values:?}");
    assert!(values.len() > 40, "{values:?}");
    assert!(took > Duration::from_secs(7), "{took:?}");
    assert_eq!(heard_for(&mut hearer, Duration::from_millis(500)), []);
}

#[test]
fn a_write_through_any_router_ends_a_timeline() {
    let Some(engine) = Engine::start_or_skip("the end of a timeline") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let mut driver = Driver::connect(&first);
    driver.publish(&wire::timeline("/fade", &[(0, 0.0), (60_000_000, 1.0)]));
    let mut other = Driver::connect(&second);
    eventually_within(LIMIT, "a step", || other.get("/fade"));
    other.set("/fade", 5.0);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(driver.value("/fade"), Val::Float(5.0));
    // It is not taken up again by a router that comes later.
    drop((first, second));
    std::thread::sleep(Duration::from_millis(3_500));
    let [third] = engine.routers(&[]);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(Driver::connect(&third).value("/fade"), Val::Float(5.0));
}

/// How many announced signals a QUERY below `/lights` finds.
fn announced(router: &Router) -> u16 {
    Driver::connect(router).announced("/lights/**")
}

#[test]
fn what_is_announced_is_known_to_all() {
    let Some(engine) = Engine::start_or_skip("announced signals") else {
        return;
    };
    let [mut first, second] = engine.routers(&[]);
    let mut driver = Driver::connect(&first);
    // Two signals below /lights: a param, and a pattern of events.
    let announce = b"\x03\0\x07/lights\0\x02\0\x05front\0\0\0\x01*\x01\0";
    driver.send(announce);
    let Msg::Ack { address, .. } = driver.reply() else {
        panic!("an ACK")
    };
    assert_eq!(address.as_deref(), Some("/lights"));
    eventually_within(LIMIT, "the signals", || {
        (announced(&second) == 2).then_some(())
    });
    first.kill();
    let [third] = engine.routers(&[]);
    assert_eq!(announced(&third), 2);
}

#[test]
fn a_session_is_signalled_wherever_it_is() {
    let Some(engine) = Engine::start_or_skip("signals between sessions") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let mut sender = Driver::connect(&first);
    let mut hearer = Driver::connect(&second);
    let mut stranger = Driver::subscribed(&second, "/**");
    let address = format!("/clasp/p2p/signal/{}", hearer.session);
    for n in 0..50 {
        sender.send(&wire::set("/n", &Val::Int(n)));
        sender.send(&wire::event(&address, Some(&Val::Int(n))));
    }
    for n in 0..50 {
        match hearer.hear_within(LIMIT) {
            Some(Msg::Publish(event)) => assert_eq!(event.value, Some(Val::Int(n))),
            other => panic!("{other:?}"),
        }
    }
    for _ in 0..50 {
        assert!(matches!(sender.reply(), Msg::Ack { .. }));
    }
    sender.send(&wire::event("/clasp/p2p/signal/nobody", None));
    sender.send(wire::PING);
    assert!(matches!(sender.reply(), Msg::Error { code: 404, .. }));
    assert!(matches!(sender.reply(), Msg::Pong));
    sender.send(&wire::event("/clasp/p2p/signal/a b", None));
    assert!(matches!(sender.reply(), Msg::Error { code: 404, .. }));
    drop(hearer);
    eventually_within(LIMIT, "the end of that session", || {
        sender.send(&wire::event(&address, None));
        sender.send(wire::PING);
        match sender.reply() {
            Msg::Error { code: 404, .. } => Some(sender.reply()),
            _ => None,
        }
    });
    let heard = heard_for(&mut stranger, Duration::from_millis(200));
    assert_eq!(events(&heard, &address), 0, "nobody else hears it");
}

/// A bundle with signals is done whole or not at all, wherever their sessions are.
#[test]
fn a_bundle_signals_sessions_of_other_routers() {
    let Some(engine) = Engine::start_or_skip("signals in bundles") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let mut sender = Driver::connect(&first);
    let mut hearers = [
        Driver::connect(&second),
        Driver::connect(&second),
        Driver::connect(&first),
    ];
    let to = |session: &str| format!("/clasp/p2p/signal/{session}");
    for n in 0..20 {
        let mut all = vec![wire::set("/n", &Val::Int(n))];
        all.extend(
            hearers
                .iter()
                .map(|hearer| wire::event(&to(&hearer.session), Some(&Val::Int(n)))),
        );
        // Pipelined: what comes behind it is done behind it.
        sender.send(&wire::bundle(&all));
        sender.send(&wire::set("/n", &Val::Int(-n)));
        let (Msg::Ack { revision: one, .. }, Msg::Ack { revision: two, .. }) =
            (sender.reply(), sender.reply())
        else {
            panic!("two ACKs")
        };
        assert!(one.is_some() && one < two, "{one:?} {two:?}");
        for hearer in &mut hearers {
            let Some(Msg::Publish(event)) = hearer.hear_within(LIMIT) else {
                panic!("the signal of bundle {n}")
            };
            assert_eq!(event.value, Some(Val::Int(n)));
        }
    }
    // Without a SET, and to one session twice.
    let signal = wire::event(&to(&hearers[0].session), None);
    let twice = [signal.clone(), signal];
    sender.send(&wire::bundle(&twice));
    assert!(matches!(sender.reply(), Msg::Ack { .. }));
    for _ in twice {
        assert!(matches!(
            hearers[0].hear_within(LIMIT),
            Some(Msg::Publish(_))
        ));
    }
    // At its time.
    let cue = [wire::event(&to(&hearers[1].session), None)];
    sender.send(&wire::timed(now_micros() + 300_000, &cue));
    assert_eq!(sender.reply(), accepted());
    assert!(matches!(
        hearers[1].hear_within(LIMIT),
        Some(Msg::Publish(_))
    ));
    // One of them is not there: nothing is done.
    for nobody in ["nobody", "a b"] {
        let bad = [
            wire::set("/never", &Val::Int(1)),
            wire::event(&to(&hearers[0].session), None),
            wire::event(&to(nobody), None),
        ];
        for bundle in [
            wire::bundle(&bad),
            wire::bundle(&bad[1..]),
            wire::timed(now_micros() + 100_000, &bad),
        ] {
            sender.send(&bundle);
            assert!(matches!(sender.reply(), Msg::Error { code: 404, .. }));
        }
    }
    assert_eq!(sender.get("/never"), None);
    let heard = heard_for(&mut hearers[0], Duration::from_millis(300));
    assert!(heard.is_empty(), "{heard:?}");
}

/// Whether the session is there is then unknown: nothing is done, and that is said.
#[test]
fn a_bundle_for_a_session_whose_router_is_silent_is_refused() {
    let Some(engine) = Engine::start_or_skip("a router that does not answer") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let mut sender = Driver::connect(&first);
    let hearer = Driver::connect(&second);
    let address = format!("/clasp/p2p/signal/{}", hearer.session);
    eventually_within(LIMIT, "the engine to know the session", || {
        sender.send(&wire::event(&address, None));
        sender.send(wire::PING);
        match sender.reply() {
            Msg::Pong => Some(()),
            _ => {
                assert!(matches!(sender.reply(), Msg::Pong));
                None
            }
        }
    });
    second.freeze(true);
    let bundle = [wire::set("/a", &Val::Int(1)), wire::event(&address, None)];
    sender.send(&wire::bundle(&bundle));
    // What its sender says behind it waits for that answer.
    sender.send(&wire::set("/b", &Val::Int(2)));
    match sender.reply() {
        Msg::Error { code, message, .. } => {
            assert_eq!(code, 503);
            assert!(message.contains("nothing was done"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(sender.reply(), Msg::Ack { .. }));
    assert_eq!(sender.get("/a"), None);
    assert_eq!(sender.value("/b"), Val::Int(2));
}

/// A session sends a bundle and is gone: its events are sent all the same.
#[test]
fn the_events_of_a_bundle_outlive_its_session() {
    let Some(engine) = Engine::start_or_skip("a session that leaves at once") else {
        return;
    };
    let [first, second] = engine.routers(&[]);
    let mut hearer = Driver::subscribed(&second, "/cue");
    for n in 0..20 {
        let mut sender = Driver::connect(&first);
        let cue = [
            wire::set("/a", &Val::Int(n)),
            wire::event("/cue", Some(&Val::Int(n))),
        ];
        sender.send(&wire::bundle(&cue));
        drop(sender);
        let Some(Msg::Publish(event)) = hearer.hear_within(LIMIT) else {
            panic!("the event of bundle {n}")
        };
        assert_eq!(event.value, Some(Val::Int(n)));
    }
}
