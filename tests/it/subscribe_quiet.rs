//! A subscription without messages for a long time: the router's timeout of 300 s, probes, and a
//! router that has silently gone.

use crate::support::{Counter, Driver, Fake, Msg, Router, Val, eventually, wire};

#[test]
fn quiet_is_survived_where_the_token_may_write() {
    survives_quiet("cpsk_t=read:/**,write:/**");
}

#[test]
fn quiet_is_survived_where_the_token_may_only_read() {
    survives_quiet("cpsk_t=read:/**");
}

/// The router's timeout, with 3 s instead of 300 s: a session without a broadcast for 3 s is
/// removed at the router's next check, every 10 s.
fn survives_quiet(tokens: &str) {
    let tokens = format!("{tokens};cpsk_all=read:/**,write:/**");
    let router = Router::with().session_timeout(3).tokens(&tokens).start();
    let mut control = Driver::connect_as(&router, "cpsk_all");
    control.subscribe("/a");
    let args = ["sub", "/a", "--probe-interval", "500ms"];
    let mut sub = router.clasp(&args).token("cpsk_t").live();
    // A plain subscriber is deaf from here on: the trap was really there.
    router.wait_log(&format!("{} timed out", control.session));
    Driver::connect_as(&router, "cpsk_all").set("/a", 1.0);
    assert_eq!(sub.record()["value"], 1.0);
    assert!(!sub.stderr().contains("error"), "{}", sub.stderr());
}

#[test]
fn a_session_that_is_gone_is_replaced_at_once() {
    let subscribed = Counter::default();
    let seen = subscribed.clone();
    let fake = Fake::websocket(move |number, peer| {
        while let Some(message) = peer.receive() {
            match &message {
                // The probe: an event to the subscriber's own session.
                Msg::Publish(probe) if probe.address.starts_with("/clasp/p2p/signal/") => {
                    assert_eq!(probe.address, "/clasp/p2p/signal/s-1");
                    match number {
                        0 => peer.send(&wire::error_at(404, "Session not found", &probe.address)),
                        _ => peer.send(&wire::event(&probe.address, None)),
                    }
                }
                Msg::Subscribe { .. } => {
                    seen.next();
                    if number == 1 {
                        peer.send(&wire::snapshot(&[("/a", Val::Int(7), 1)]));
                    }
                }
                message => peer.answer(message),
            }
        }
    });
    // Quiet for 50 ms is the cue for the probe; three times that would be the other cure.
    let mut sub = fake
        .clasp(&["sub", "/a", "--probe-interval", "50ms"])
        .start();
    assert_eq!(sub.record()["value"], 7);
    assert_eq!((fake.connections(), subscribed.get()), (2, 2));
}

#[test]
fn a_router_that_falls_silent_is_left_and_found_again() {
    falls_silent(|message| matches!(message, Msg::Ping));
}

#[test]
fn a_router_that_falls_silent_before_the_subscription_is_fenced_is_left_too() {
    falls_silent(|message| matches!(message, Msg::Subscribe { .. }));
}

/// From this message on (once it subscribed) the first connection says nothing, without a close:
/// a pulled cable.
fn falls_silent(from: fn(&Msg) -> bool) {
    let fake = Fake::websocket(move |number, peer| {
        let mut subscribed = false;
        while let Some(message) = peer.receive() {
            peer.answer(&message);
            match &message {
                Msg::Subscribe { .. } => {
                    let (value, revision) = if number == 0 { (0, 1) } else { (1, 2) };
                    peer.send(&wire::snapshot(&[("/a", Val::Int(value), revision)]));
                    subscribed = true;
                }
                Msg::Publish(probe) => peer.send(&wire::event(&probe.address, None)),
                _ => {}
            }
            if number == 0 && subscribed && from(&message) {
                while peer.receive().is_some() {}
            }
        }
    });
    let args = [
        "sub",
        "/a",
        "--probe-interval",
        "100ms",
        "--reconnect-interval",
        "20ms",
    ];
    let mut sub = fake.clasp(&args).start();
    assert_eq!(sub.record()["value"], 0);
    assert_eq!(sub.record()["value"], 1);
}

#[test]
fn without_write_scope_the_new_connection_is_live_before_the_old_one_goes() {
    let open = Counter::default();
    let closed = Counter::default();
    let (opened, gone) = (open.clone(), closed.clone());
    let fake = Fake::websocket(move |number, peer| {
        opened.next();
        while let Some(message) = peer.receive() {
            peer.answer(&message);
            match message {
                Msg::Publish(probe) => {
                    peer.send(&wire::error_at(301, "Insufficient scope", &probe.address));
                }
                Msg::Subscribe { .. } if number == 1 => {
                    assert_eq!(
                        gone.get(),
                        0,
                        "a gap between the old connection and the new"
                    );
                    peer.send(&wire::set("/a", &Val::Int(1)));
                }
                _ => {}
            }
        }
        gone.next();
    });
    let mut sub = fake
        .clasp(&["sub", "/a", "--probe-interval", "100ms"])
        .start();
    assert_eq!(sub.record()["value"], 1);
    eventually("the old connection to be closed", || {
        (closed.get() >= 1).then_some(())
    });
    assert!(open.get() >= 2);
}

#[test]
fn a_quiet_session_is_never_called_forgotten_while_it_is_not() {
    let tokens = "cpsk_guest=read:/guest/**,write:/guest/**";
    let reference = Router::with().tokens(tokens).start();
    let own = Router::own_with(Router::with().tokens(tokens), &[]);
    for (router, is_own) in [(reference, false), (own, true)] {
        let mut driver = Driver::connect_as(&router, "cpsk_guest");
        driver.set("/guest/b", 1_i64);
        let args = ["sub", "/guest/**", "--token", "cpsk_guest", "-v"];
        let times = ["--probe-interval", "30ms", "--for", "700ms"];
        let run = router.clasp(&[&args[..], &times].concat()).run();
        assert!(!run.stderr.contains("renewed"), "{run}");
        let sessions = run.stderr.matches("HELLO").count();
        assert_eq!(sessions == 1, is_own, "{sessions} sessions\n{run}");
    }
}

#[test]
fn a_probe_is_not_printed() {
    let probes = Counter::default();
    let seen = probes.clone();
    let fake = Fake::router(move |peer, message| {
        let Msg::Publish(probe) = message else {
            return false;
        };
        peer.send(&wire::event(&probe.address, None));
        if seen.next() == 3 {
            peer.send(&wire::event("/end", None));
        }
        true
    });
    let mut sub = fake
        .clasp(&["sub", "/**", "--probe-interval", "20ms"])
        .start();
    assert_eq!(sub.record()["address"], "/end");
    assert_eq!(fake.connections(), 1, "an answered probe is life enough");
}
