//! `clasp publish -`: records of every kind, in order; what `subscribe` prints is its input.

use serde_json::Value;

use crate::bulk::counts;
use crate::support::msg::Publish;
use crate::support::now_micros;
use crate::support::python::{SdkListener, python_or_skip};
use crate::support::{Counter, Driver, Fake, Msg, Router, Val, wire};

#[test]
fn every_record_becomes_its_message_in_order() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/r/**");
    let input = r#"
        {"type":"param","address":"/r/param","value":0.5}
        {"address":"/r/untyped","value":1}
        {"type":"event","address":"/r/event","value":{"scene":2}}
        {"type":"event","address":"/r/bare"}
        {"type":"stream","address":"/r/stream","value":0.25}
        {"type":"stream","address":"/r/samples","samples":[0.5,0.75],"rate":60}
        {"type":"gesture","address":"/r/gesture","id":7,"phase":"start","value":0.1}
        {"type":"gesture","address":"/r/gesture","id":7,"phase":"end","value":0.9}
        {"type":"param","address":"/r/param","value":1.5}
    "#;
    let done = router
        .clasp(&["publish", "-"])
        .stdin(input.trim())
        .run()
        .done();
    assert_eq!(counts(&done), [9, 9, 0], "{done}");
    let publish = |signal, name: &str, value: Option<Val>| Publish {
        signal,
        address: format!("/r/{name}"),
        value,
        samples: None,
        id: None,
        phase: 0,
        rate: None,
    };
    let gesture = |phase, value| {
        let base = publish(3, "gesture", Some(Val::Float(value)));
        Msg::Publish(Publish {
            id: Some(7),
            phase,
            ..base
        })
    };
    let samples = Publish {
        samples: Some(vec![0.5, 0.75]),
        rate: Some(60),
        ..publish(2, "samples", None)
    };
    let scene = Val::Map(vec![("scene".into(), Val::Int(2))]);
    let expected = [
        ("set", set("param", Val::Float(0.5))),
        ("set", set("untyped", Val::Int(1))),
        ("event", Msg::Publish(publish(1, "event", Some(scene)))),
        ("bare", Msg::Publish(publish(1, "bare", None))),
        (
            "stream",
            Msg::Publish(publish(2, "stream", Some(Val::Float(0.25)))),
        ),
        ("samples", Msg::Publish(samples)),
        ("start", gesture(0, 0.1)),
        ("end", gesture(2, 0.9)),
        ("set", set("param", Val::Float(1.5))),
    ];
    for (what, expected) in expected {
        assert_eq!(without_revision(listener.hear()), expected, "{what}");
    }
}

fn set(name: &str, value: Val) -> Msg {
    Msg::Set {
        address: format!("/r/{name}"),
        value,
        revision: None,
        ttl: None,
    }
}

fn without_revision(message: Msg) -> Msg {
    match message {
        Msg::Set { address, value, .. } => Msg::Set {
            address,
            value,
            revision: None,
            ttl: None,
        },
        other => other,
    }
}

#[test]
fn a_bundle_is_of_one_kind_because_a_router_applies_the_sets_first() {
    let fake = Fake::router(|peer, message| {
        match message {
            Msg::Bundle {
                messages,
                timestamp,
            } => {
                let is_set = |message: &&Msg| matches!(message, Msg::Set { .. });
                let sets = messages.iter().filter(is_set).count();
                assert!(
                    sets == 0 || sets == messages.len(),
                    "{sets} of {}",
                    messages.len()
                );
                assert_eq!(*timestamp, None);
            }
            // It is reread, to be verified.
            Msg::Get(address) => peer.send(&wire::snapshot(&[(address, Val::Int(1), 1)])),
            _ => {}
        }
        false
    });
    let input = "{\"address\":\"/a\",\"value\":1}\n{\"type\":\"event\",\"address\":\"/b\"}\n";
    fake.clasp(&["pub", "-", "-q"])
        .stdin(input.repeat(50))
        .run()
        .done();
}

#[test]
fn an_event_dropped_for_rate_is_sent_again_and_an_accepted_one_is_not() {
    // Whatever is dropped with a 429 comes again; whatever was taken never does.
    let arrived = Counter::default();
    let bundles = arrived.clone();
    let (send, taken) = std::sync::mpsc::channel();
    let send = std::sync::Mutex::new(send);
    let fake = Fake::router(move |peer, message| {
        let published = match message {
            Msg::Bundle { messages, .. } => messages.clone(),
            Msg::Publish(_) => vec![message.clone()],
            _ => return false,
        };
        if bundles.next() % 3 == 2 {
            peer.send(&wire::error(429, "Rate limit exceeded"));
            return true;
        }
        for message in published {
            let Msg::Publish(Publish {
                value: Some(Val::Str(text)),
                ..
            }) = message
            else {
                continue;
            };
            let number = text.split(' ').next().and_then(|n| n.parse::<u32>().ok());
            send.lock()
                .expect("no panic in a script")
                .send(number)
                .expect("the test listens");
        }
        if matches!(message, Msg::Bundle { .. }) {
            peer.send(wire::ACK);
        }
        true
    });
    let text = "x".repeat(1_000);
    let input: String = (0..600)
        .map(|i| format!("{{\"type\":\"event\",\"address\":\"/e\",\"value\":\"{i} {text}\"}}\n"))
        .collect();
    let done = fake.clasp(&["publish", "-"]).stdin(input).run().done();
    assert_eq!(counts(&done), [600, 600, 0], "{done}");
    drop(fake);
    let mut taken: Vec<_> = taken.iter().flatten().collect();
    taken.sort_unstable();
    assert!(
        taken.iter().copied().eq(0..600),
        "lost or doubled: {} arrived",
        taken.len()
    );
    assert!(arrived.get() > 3, "nothing was ever refused");
}

#[test]
fn what_subscribe_prints_is_valid_input() {
    let (a, b) = (Router::start(), Router::start());
    let mut driver = Driver::connect(&a);
    driver.set_many([
        ("/m/int", Val::Int(i64::MAX)),
        ("/m/float", Val::Float(1.0)),
        ("/m/nan", Val::Float(f64::NAN)),
        ("/m/bytes", Val::Bytes(vec![1, 2, 255])),
        (
            "/m/map",
            Val::Map(vec![(
                "r".into(),
                Val::Array(vec![Val::Null, Val::from("x")]),
            )]),
        ),
    ]);
    let printed = a
        .clasp(&["sub", "/**", "--retained-only", "--stamp"])
        .run()
        .done()
        .stdout;
    let done = b.clasp(&["pub", "-"]).stdin(printed).run().done();
    assert_eq!(counts(&done), [5, 5, 0], "{done}");
    let state = |router| {
        let mut params = Driver::connect(router).snapshot;
        params.sort_by(|x, y| x.address.cmp(&y.address));
        // NaN is not equal to itself; its name is.
        params
            .iter()
            .map(|param| format!("{} {:?}", param.address, param.value))
            .collect::<Vec<_>>()
    };
    assert_eq!(state(&b), state(&a));
}

#[test]
fn one_router_mirrors_another_live() {
    let (a, b) = (Router::start(), Router::start());
    let mut driver = Driver::connect(&a);
    driver.set("/m/before", 1.0);
    let mut listener = Driver::connect(&b);
    listener.subscribe("/**");
    let mut sub = a.clasp(&["sub", "/**"]).live();
    let _mirror = b.clasp(&["pub", "-"]).stdin_from(&mut sub).start_piped();
    let mut heard = || format!("{:?}", listener.hear());
    assert!(heard().contains("/m/before"));
    driver.set("/m/param", 2.0);
    assert!(heard().contains("/m/param"));
    driver.emit("/m/event", "go");
    assert!(heard().contains("/m/event"));
    driver.publish(&wire::gesture("/m/gesture", 7, 0, &Val::Float(0.1)));
    assert!(heard().contains("/m/gesture"));
}

#[test]
fn the_python_sdk_hears_it() {
    let Some(python) = python_or_skip("the Python SDK hears publish") else {
        return;
    };
    let router = Router::start();
    let mut listener = SdkListener::start(python, &router, "/x/**", 5);
    router.clasp(&["set", "/x/set", "0.5"]).run().done();
    router.clasp(&["emit", "/x/emit", "go"]).run().done();
    let input = r#"{"address":"/x/bulk","value":{"r":255}}
        {"type":"event","address":"/x/event"}
        {"type":"stream","address":"/x/stream","value":0.25}"#;
    router.clasp(&["publish", "-"]).stdin(input).run().done();
    for expected in [
        r#"{"address":"/x/set","value":0.5}"#,
        r#"{"address":"/x/emit","value":"go"}"#,
        r#"{"address":"/x/bulk","value":{"r":255}}"#,
        r#"{"address":"/x/event","value":null}"#,
        r#"{"address":"/x/stream","value":0.25}"#,
    ] {
        let heard: Value = serde_json::from_str(&listener.line()).expect("listen.py prints JSON");
        assert_eq!(
            heard,
            serde_json::from_str::<Value>(expected).expect("written above")
        );
    }
    listener.finish();
}

#[test]
fn events_sent_singly_past_a_rate_limit_arrive_once_each() {
    // 100 messages a second; the rest of it is dropped with a 429 that names nothing, fences too.
    let (send, taken) = std::sync::mpsc::channel();
    let state = std::sync::Mutex::new((0, 0, send));
    let fake = Fake::router(move |peer, message| {
        let mut state = state.lock().expect("no panic in a script");
        let (second, count, taken) = &mut *state;
        let now = now_micros() / 1_000_000;
        if now != *second {
            (*second, *count) = (now, 0);
        }
        *count += 1;
        if *count > 100 {
            peer.send(&wire::error(429, "Rate limit exceeded"));
            return true;
        }
        // Alone, or as the only one of a bundle, for the sake of its ACK.
        let published = match message {
            Msg::Bundle { messages, .. } => messages.as_slice(),
            message => std::slice::from_ref(message),
        };
        assert!(
            published.len() <= 1,
            "--single sent {} in one",
            published.len()
        );
        if let [
            Msg::Publish(Publish {
                value: Some(Val::Int(number)),
                ..
            }),
        ] = published
        {
            taken.send(*number).expect("the test listens");
        }
        false
    });
    let input: String = (0..350)
        .map(|i| format!("{{\"type\":\"event\",\"address\":\"/e\",\"value\":{i}}}\n"))
        .collect();
    let done = fake
        .clasp(&["publish", "-", "--single"])
        .stdin(input)
        .run()
        .done();
    assert_eq!(counts(&done), [350, 350, 0], "{done}");
    drop(fake);
    let mut taken: Vec<i64> = taken.iter().collect();
    taken.sort_unstable();
    assert!(
        taken.iter().copied().eq(0..350),
        "lost or doubled: {} arrived",
        taken.len()
    );
}

#[test]
fn an_event_that_may_have_been_processed_is_not_sent_again() {
    let (send, taken) = std::sync::mpsc::channel();
    let send = std::sync::Mutex::new(send);
    let fake = Fake::websocket(move |number, peer| {
        while let Some(message) = peer.receive() {
            if let Msg::Bundle { messages, .. } = &message {
                let send = send.lock().expect("no panic in a script");
                messages
                    .iter()
                    .for_each(|event| send.send(event.clone()).expect("a listener"));
                // Taken, perhaps sent on to everybody, and no ACK.
                if number == 0 {
                    return peer.hang_up();
                }
            }
            peer.answer(&message);
        }
    });
    let input: String = (0..10)
        .map(|i| format!("{{\"type\":\"event\",\"address\":\"/e/{i}\"}}\n"))
        .collect();
    let args = ["publish", "-", "--reconnect-interval", "20ms"];
    let ended = fake.clasp(&args).stdin(input).run();
    drop(fake);
    let mut taken: Vec<String> = taken.iter().map(|event| format!("{event:?}")).collect();
    let all = taken.len();
    taken.sort_unstable();
    taken.dedup();
    assert_eq!(taken.len(), all, "an event was sent twice\n{ended}");
    let ended = ended.exits(7);
    assert!(counts(&ended)[1] < 10, "{ended}");
}
