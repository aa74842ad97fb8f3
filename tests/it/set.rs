//! `clasp set`: exit 0 means that the router has the value.

use serde_json::json;

use crate::support::{Counter, Driver, Fake, Msg, Router, Val, trefoil, wire};

#[test]
fn prints_address_and_revision_once_the_router_has_it() {
    let router = Router::start();
    let set = |value| {
        router
            .clasp(&["set", "/lights/front", value])
            .run()
            .done()
            .quietly()
            .json()
    };
    assert_eq!(
        set("0.5"),
        json!({"address": "/lights/front", "revision": 1})
    );
    assert_eq!(
        set("0.8"),
        json!({"address": "/lights/front", "revision": 2})
    );
    assert_eq!(
        Driver::connect(&router).value("/lights/front"),
        Val::Float(0.8)
    );
}

#[test]
fn hello_and_the_request_travel_together() {
    // No WELCOME before the SET is there: a client that waits for it waits for ever.
    let fake = Fake::websocket(|_, peer| {
        let hello = peer.receive().expect("HELLO");
        let request = peer.receive().expect("a SET behind it");
        peer.answer(&hello);
        peer.answer(&request);
        while peer.receive().is_some() {}
    });
    fake.clasp(&["set", "/a", "1"]).run().done();
}

#[test]
fn introduces_itself_as_told() {
    let fake = Fake::websocket(|number, peer| {
        let hello = peer.receive().expect("HELLO");
        let Msg::Hello {
            features,
            name,
            token,
        } = &hello
        else {
            panic!("{hello:?}")
        };
        let introduced = (name.as_str(), token.as_str());
        match number {
            0 => assert_eq!(introduced, ("trefoil", "")),
            _ => assert_eq!((introduced, *features), (("desk", "cpsk_x"), 0xc0)),
        }
        peer.answer(&hello);
        while let Some(message) = peer.receive() {
            peer.answer(&message);
        }
    });
    fake.clasp(&["set", "/a", "1"]).run().done();
    // The SDK's documentation calls params `state` and events `events`.
    let described = [
        "set",
        "/a",
        "1",
        "--name",
        "desk",
        "--features",
        "state,events",
    ];
    fake.clasp(&described).token("cpsk_x").run().done();
}

#[test]
fn ttl_reaches_the_wire() {
    let cases: [(&[&str], Option<u32>); 4] = [
        (&[], None),
        (&["--ttl", "30s"], Some(30)),
        (&["--ttl", "never"], Some(0)),
        (&["--ttl", "1h", "--ttl-absolute"], Some(0x8000_0000 | 3600)),
    ];
    let fake = Fake::websocket(move |number, peer| {
        while let Some(message) = peer.receive() {
            if let Msg::Set { ttl, .. } = &message {
                assert_eq!(*ttl, cases[number].1, "{:?}", cases[number].0);
            }
            peer.answer(&message);
        }
    });
    for (args, _) in cases {
        fake.clasp(&[&["set", "/a", "1"], args].concat())
            .run()
            .done();
    }
}

#[test]
fn a_ttl_that_the_wire_cannot_carry_is_a_usage_error() {
    for ttl in ["30", "500ms", "-1s", "1000000000h"] {
        trefoil(&["clasp", "set", "/a", "1", "--ttl", ttl])
            .run()
            .exits(2);
    }
}

#[test]
fn a_stale_revision_is_refused_and_changes_nothing() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/a", 1.0);
    driver.set("/a", 2.0);
    let stale = router
        .clasp(&["set", "/a", "9", "--if-revision", "1"])
        .run();
    stale.exits(4).prints("").says(&["/a", "revision"]);
    assert_eq!(driver.get("/a"), Some((Val::Float(2.0), 2)));
    let current = router
        .clasp(&["set", "/a", "9", "--if-revision", "2"])
        .run();
    assert_eq!(current.done().json()["revision"], 3);
    assert_eq!(driver.value("/a"), Val::Int(9));
}

#[test]
fn a_locked_address_is_refused() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.lock("/a", 1.0);
    router
        .clasp(&["set", "/a", "9"])
        .run()
        .exits(4)
        .prints("")
        .says(&["/a", "lock"]);
    assert_eq!(driver.value("/a"), Val::Float(1.0));
}

#[test]
fn there_is_no_lock_flag_because_a_lock_outlives_its_session() {
    trefoil(&["clasp", "set", "/a", "1", "--lock"])
        .run()
        .exits(2);
}

#[test]
fn a_scope_refusal_names_the_address() {
    let router = Router::with().tokens("cpsk_w=read:/**,write:/a/**").start();
    let set = |at| router.clasp(&["set", at, "1"]).token("cpsk_w").run();
    set("/a/x").done();
    set("/b/x").exits(4).prints("").says(&["/b/x"]);
}

#[test]
fn what_is_no_address_is_said_before_anything_is_sent() {
    // Nothing listens there, and that must have no effect.
    for (address, hint) in [
        ("lights", "/lights"),
        ("/lights/", "/lights"),
        ("/lights//front", "/lights/front"),
        ("", "address"),
        ("/lights/*", "*"),
    ] {
        let refused = trefoil(&["clasp", "set", address, "1"]).run();
        refused.exits(2).prints("").says(&[hint]);
    }
}

#[test]
fn lost_between_the_request_and_its_answer_is_an_unknown_outcome() {
    let fake = Fake::router(|peer, message| {
        let set = matches!(message, Msg::Set { .. });
        if set {
            peer.hang_up();
        }
        set
    });
    fake.clasp(&["set", "/a", "1"]).run().exits(7).prints("");
}

#[test]
fn a_set_is_not_repeated_when_it_may_have_been_done() {
    let fake = Fake::websocket(|number, peer| {
        assert_eq!(number, 0, "a second connection");
        let hello = peer.receive().expect("HELLO");
        peer.answer(&hello);
        assert!(matches!(peer.receive(), Some(Msg::Set { .. })));
        peer.close();
    });
    fake.clasp(&["set", "/a", "1"]).run().exits(7);
}

#[test]
fn a_set_that_falls_to_the_rate_limit_is_sent_again_or_said_to_be_refused() {
    let sent = Counter::default();
    let seen = sent.clone();
    let fake = Fake::router(move |peer, message| {
        let dropped = matches!(message, Msg::Set { .. }) && seen.next() == 1;
        if dropped {
            peer.send(&wire::error(429, "Rate limit exceeded"));
        }
        dropped
    });
    let run = fake.clasp(&["set", "/a", "1"]).run();
    match sent.get() {
        1 => run.exits(4),
        2 => run.done(),
        n => panic!("sent {n} times\n{run}"),
    };
}
