//! Bulk input against routers that refuse, drop, lie or die: nothing is lost, and nothing is
//! reported as done that is not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::bulk::{counts, lines, numbered};
use crate::support::{Counter, Driver, Fake, Msg, Router, Val, wire};

#[test]
fn a_locked_address_in_a_bundle_is_found_out() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.lock("/locked", 1.0);
    let input = numbered(2) + &lines([("/locked", json!(9)), ("/after", json!(1))]);
    let found = router
        .clasp(&["set", "-", "--on-error", "skip"])
        .stdin(input)
        .run();
    // The router ACKs the bundle and drops the SET: only reading it again shows that.
    let found = found.exits(7).says(&["line 3", "/locked"]);
    assert_eq!(found.json()["verified"], 3, "{found}");
    assert_eq!(driver.value("/locked"), Val::Float(1.0));
    assert_eq!(driver.value("/after"), Val::Int(1));
}

#[test]
fn a_locked_address_is_refused_by_its_line_when_sent_singly() {
    let router = Router::start();
    Driver::connect(&router).lock("/locked", 1.0);
    let input = numbered(2) + &lines([("/locked", json!(9)), ("/after", json!(1))]);
    let args = ["set", "-", "--single", "--on-error", "skip"];
    let refused = router
        .clasp(&args)
        .stdin(input)
        .run()
        .exits(7)
        .says(&["line 3", "/locked"]);
    assert_eq!(counts(&refused), [4, 3, 1], "{refused}");
}

#[test]
fn a_refused_bundle_is_retried_line_by_line_so_that_the_refusal_has_a_name() {
    let router = Router::with().tokens("cpsk_w=read:/**,write:/p/**").start();
    let input = numbered(3) + &lines([("/forbidden", json!(9)), ("/p/after", json!(1))]);
    let set = |args: &[&str]| {
        let args = [&["set", "-"], args].concat();
        router
            .clasp(&args)
            .token("cpsk_w")
            .stdin(input.clone())
            .run()
            .exits(7)
    };
    let stopped = set(&[]).says(&["line 4", "/forbidden"]);
    assert_eq!(stopped.json()["refused"], 1, "{stopped}");
    let mut driver = Driver::connect_as(&router, "cpsk_w");
    assert_eq!(driver.value("/p/2"), Val::Int(2));
    let skipped = set(&["--on-error", "skip"]).says(&["line 4", "/forbidden"]);
    assert_eq!(counts(&skipped)[1..], [4, 1], "{skipped}");
    assert_eq!(driver.value("/p/after"), Val::Int(1));
    assert_eq!(driver.get("/forbidden"), None);
}

#[test]
fn a_stale_if_revision_is_refused_by_its_line() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/a", 1.0);
    driver.set("/a", 2.0);
    let input = [
        r#"{"address":"/x","value":1}"#,
        r#"{"address":"/a","value":8,"if_revision":1}"#,
        r#"{"address":"/a","value":9,"if_revision":2}"#,
        r#"{"address":"/y","value":1}"#,
    ];
    let args = ["set", "-", "--on-error", "skip"];
    let run = router
        .clasp(&args)
        .stdin(input.join("\n"))
        .run()
        .exits(7)
        .says(&["line 2", "/a"]);
    assert_eq!(counts(&run), [4, 3, 1], "{run}");
    assert_eq!(driver.get("/a"), Some((Val::Int(9), 3)));
    assert_eq!(driver.value("/y"), Val::Int(1));
}

/// A router that stores what it applied, in that order, and drops with a 429 the bundles that the
/// test names (by their number of arrival, from 1).
fn forgetful(drops: &'static [usize]) -> (Fake, Arc<Mutex<HashMap<String, Val>>>) {
    let state = Arc::<Mutex<HashMap<String, Val>>>::default();
    let (kept, bundles) = (Arc::clone(&state), Counter::default());
    let fake = Fake::router(move |peer, message| {
        let mut state = kept.lock().expect("no panic in a script");
        match message {
            Msg::Bundle { messages, .. } => {
                if drops.contains(&bundles.next()) {
                    peer.send(&wire::error(429, "Rate limit exceeded"));
                    return true;
                }
                for message in messages {
                    let Msg::Set { address, value, .. } = message else {
                        continue;
                    };
                    state.insert(address.clone(), value.clone());
                }
                false
            }
            Msg::Set { address, value, .. } => {
                state.insert(address.clone(), value.clone());
                false
            }
            Msg::Get(address) => {
                if let Some(value) = state.get(address) {
                    peer.send(&wire::snapshot(&[(address, value.clone(), 1)]));
                }
                true
            }
            _ => false,
        }
    });
    (fake, state)
}

/// Ten bundles' worth: 600 lines of 1 kB for three addresses, so that order matters.
fn thick() -> String {
    let text = "x".repeat(1_000);
    let line = |i| (format!("/a/{}", i % 3), json!(format!("{i} {text}")));
    let all: Vec<_> = (0..600).map(line).collect();
    lines(
        all.iter()
            .map(|(address, value)| (address.as_str(), value.clone())),
    )
}

#[test]
fn a_dropped_bundle_does_not_overtake_the_ones_behind_it() {
    // Bundle 2 is dropped by the rate limit, while 3 and the following ones are already sent and
    // are applied. Whichever bundles are sent again, in the end each address has the value of its
    // last line.
    for drops in [&[2][..], &[2, 3], &[1, 5, 9], &[10], &[10, 11]] {
        let (fake, state) = forgetful(drops);
        let done = fake.clasp(&["set", "-"]).stdin(thick()).run().done();
        assert_eq!(counts(&done), [600, 600, 0], "{drops:?}\n{done}");
        assert!(
            done.json()["retried"].as_u64() >= Some(1),
            "{drops:?}\n{done}"
        );
        assert_eq!(done.json()["verified"], 3, "{drops:?}\n{done}");
        let state = state.lock().expect("no panic in a script");
        for i in 597..600 {
            let value = &state[&format!("/a/{}", i % 3)];
            assert!(
                matches!(value, Val::Str(text) if text.starts_with(&format!("{i} "))),
                "{drops:?}"
            );
        }
    }
}

#[test]
fn verifying_fences_that_fall_to_the_rate_limit_are_set_again() {
    let fences = Counter::default();
    let fake = Fake::router(move |peer, message| match message {
        Msg::Get(address) => {
            peer.send(&wire::snapshot(&[(address, Val::Int(0), 1)]));
            true
        }
        Msg::Ping if fences.next() <= 2 => {
            peer.send(&wire::error(429, "Rate limit exceeded"));
            true
        }
        _ => false,
    });
    let done = fake.clasp(&["set", "-"]).stdin(numbered(1)).run().done();
    assert_eq!(done.json()["verified"], 1, "{done}");
}

#[test]
fn a_failing_router_is_not_success() {
    let fake = Fake::router(|peer, message| {
        let refused = matches!(message, Msg::Bundle { .. } | Msg::Set { .. });
        if refused {
            peer.send(&wire::error(500, "Internal error"));
        }
        refused
    });
    let failed = fake.clasp(&["set", "-"]).stdin(numbered(10)).run();
    assert!([5, 7].contains(&failed.code), "{failed}");
    assert_eq!(counts(&failed)[1], 0, "{failed}");
}

#[test]
fn a_router_killed_and_restarted_midway_is_not_taken_for_success_unless_it_has_everything() {
    let mut router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/p/499");
    let args = ["set", "-", "--reconnect-interval", "20ms"];
    let mut set = router.clasp(&args).start();
    set.write(&numbered(500));
    listener.hear();
    router.kill();
    router.restart();
    let second: String = (500..900)
        .map(|i| format!("{{\"address\":\"/p/{i}\",\"value\":{i}}}\n"))
        .collect();
    set.write(&second);
    let ended = set.finish();
    let held = Driver::connect(&router).snapshot.len();
    match ended.code {
        0 => assert_eq!(
            held, 900,
            "exit 0, and the router has {held} of 900\n{ended}"
        ),
        1 | 7 => {}
        _ => panic!("exit 0 with all, or 1, or 7\n{ended}"),
    }
    assert!(
        !ended.stderr.is_empty(),
        "silent about a lost connection\n{ended}"
    );
    // The second half was sent to a router that was there: it must not be lost.
    assert!(held >= 400, "{held} of 900\n{ended}");
}

#[test]
fn a_router_that_stays_away_ends_it_with_what_was_done() {
    let mut router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/p/9");
    let mut set = router.clasp(&["set", "-", "--no-reconnect"]).start();
    set.write(&numbered(10));
    listener.hear();
    router.kill();
    let ended = set.finish();
    assert!([1, 7].contains(&ended.code), "{ended}");
}

#[test]
fn a_cut_before_the_answer_is_never_counted_as_acknowledged() {
    let fake = Fake::router(|peer, message| {
        let bundle = matches!(message, Msg::Bundle { .. } | Msg::Set { .. });
        if bundle {
            peer.hang_up();
        }
        bundle
    });
    let ended = fake
        .clasp(&["set", "-", "--no-reconnect"])
        .stdin(numbered(10))
        .run();
    assert!([1, 7].contains(&ended.code), "{ended}");
    assert_eq!(counts(&ended)[1], 0, "{ended}");
}

#[test]
fn what_was_not_sent_again_is_not_counted_as_retried() {
    // It accepts a bundle, closes the connection, and accepts no more connections.
    let hellos = Counter::default();
    let fake = Fake::router(move |peer, message| {
        let gone = match message {
            Msg::Hello { .. } => hellos.next() > 1,
            message => matches!(message, Msg::Bundle { .. } | Msg::Set { .. }),
        };
        if gone {
            peer.hang_up();
        }
        gone
    });
    let args = ["set", "-", "--max-reconnects", "2"];
    let interval = ["--reconnect-interval", "10ms"];
    let ended = fake
        .clasp(&[&args[..], &interval].concat())
        .stdin(numbered(10))
        .run();
    assert!([1, 7].contains(&ended.code), "{ended}");
    assert_eq!(counts(&ended)[..2], [10, 0], "{ended}");
    assert_eq!(ended.json()["unknown"], 10, "{ended}");
    assert_eq!(ended.json()["retried"], 0, "{ended}");
}

#[test]
fn a_router_that_stops_answering_costs_the_timeout_and_is_reported() {
    let fake = Fake::router(|_, message| matches!(message, Msg::Bundle { .. } | Msg::Set { .. }));
    let args = ["set", "-", "--timeout", "500ms"];
    let late = fake.clasp(&args).stdin(numbered(10)).run().exits(124);
    assert_eq!(counts(&late)[1], 0, "{late}");
}
