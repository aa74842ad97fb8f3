//! `clasp emit`: sends an event once, and waits until the router has processed it.

use crate::support::msg::Publish;
use crate::support::{Counter, Driver, Fake, Msg, Router, Val, wire};

#[test]
fn a_listener_hears_the_payload() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/cues/**");
    router
        .clasp(&["emit", "/cues/go", "{\"scene\":2}"])
        .run()
        .done();
    router.clasp(&["emit", "/cues/go"]).run().done();
    router.clasp(&["emit", "/cues/go", "-1"]).run().done();
    let payload = |value| {
        let address = "/cues/go".into();
        Publish {
            signal: 1,
            address,
            value,
            samples: None,
            id: None,
            phase: 0,
            rate: None,
        }
    };
    let scene = Val::Map(vec![("scene".into(), Val::Int(2))]);
    for expected in [Some(scene), None, Some(Val::Int(-1))] {
        assert_eq!(listener.hear(), Msg::Publish(payload(expected)));
    }
}

#[test]
fn a_scope_refusal_is_seen_although_an_event_has_no_reply() {
    let router = Router::with().tokens("cpsk_w=read:/**,write:/a/**").start();
    let emit = |at| router.clasp(&["emit", at]).token("cpsk_w").run();
    emit("/a/x").done();
    emit("/b/x").exits(4).says(&["/b/x"]);
}

#[test]
fn a_fence_that_falls_to_the_rate_limit_does_not_emit_twice() {
    let (emitted, fences) = (Counter::default(), Counter::default());
    let seen = emitted.clone();
    let fake = Fake::router(move |peer, message| match message {
        Msg::Publish(_) => seen.next() > 0,
        Msg::Ping if fences.next() == 1 => {
            peer.send(&wire::error(429, "Rate limit exceeded"));
            true
        }
        _ => false,
    });
    fake.clasp(&["emit", "/cues/go"]).run().done();
    assert_eq!(emitted.get(), 1);
}

#[test]
fn an_event_that_falls_to_the_rate_limit_is_emitted_again_or_said_to_be_refused() {
    let emitted = Counter::default();
    let seen = emitted.clone();
    let fake = Fake::router(move |peer, message| {
        let event = matches!(message, Msg::Publish(_));
        if event && seen.next() == 1 {
            peer.send(&wire::error(429, "Rate limit exceeded"));
        }
        event
    });
    let run = fake.clasp(&["emit", "/cues/go"]).run();
    match emitted.get() {
        1 => run.exits(4),
        2 => run.done(),
        n => panic!("sent {n} times\n{run}"),
    };
}

#[test]
fn lost_before_the_fence_came_back_is_an_unknown_outcome_and_not_repeated() {
    let fake = Fake::websocket(|number, peer| {
        assert_eq!(number, 0, "a second connection");
        while let Some(message) = peer.receive() {
            if matches!(message, Msg::Publish(_)) {
                peer.hang_up();
                return;
            }
            peer.answer(&message);
        }
    });
    fake.clasp(&["emit", "/cues/go"]).run().exits(7);
}
