//! The reply of our router to each message, as the CLASP documentation describes it.

use crate::support::msg::Msg;
use crate::support::python::{SdkListener, python_or_skip, run};
use crate::support::{Driver, Router, Val, wire};

/// The same body without a wish for an answer.
fn fire(body: &[u8]) -> Vec<u8> {
    let mut frame = wire::frame(body);
    frame[1] = 0x01;
    frame
}

fn error(reply: Msg) -> (u16, String) {
    match reply {
        Msg::Error { code, address, .. } => (code, address.unwrap_or_default()),
        other => panic!("an ERROR, not {other:?}"),
    }
}

#[test]
fn only_who_asks_is_acknowledged() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    driver.send_frame(&fire(&wire::set("/a", &Val::Int(1))));
    driver.send_frame(&fire(&wire::bundle(&[wire::set("/a", &Val::Int(2))])));
    driver.fence();
    assert_eq!(driver.set("/a", 3_i64), 3);
    driver.emit("/e", 1_i64);
    driver.send(&wire::bundle(&[
        wire::set("/a", &Val::Int(4)),
        wire::event("/e", None),
    ]));
    assert_eq!(
        driver.reply(),
        Msg::Ack {
            address: None,
            revision: Some(4)
        }
    );
}

#[test]
fn state_comes_unasked_unless_that_is_refused() {
    let router = Router::own(&[]);
    Driver::connect(&router).set("/a", 1_i64);
    assert_eq!(Driver::connect(&router).snapshot.len(), 1);
    for features in [0, 0x40, 0x78, 0xFE] {
        let mut driver = Driver::silent(&router);
        let mut hello = wire::hello("any features", "");
        hello[2] = features;
        driver.send(&hello);
        assert!(matches!(driver.reply(), Msg::Welcome { .. }));
        let sent = driver.reply();
        assert!(
            matches!(&sent, Msg::Snapshot(params) if params.len() == 1),
            "{features:x}: {sent:?}"
        );
    }
    let mut spared = Driver::silent(&router);
    let mut hello = wire::hello("spared", "");
    hello[2] = 0xF9;
    spared.send(&hello);
    spared.send(wire::PING);
    assert!(matches!(
        spared.reply(),
        Msg::Welcome {
            features: 0xFA,
            promises: 1..,
            ..
        }
    ));
    assert_eq!(spared.reply(), Msg::Pong);
}

#[test]
fn a_get_is_always_answered() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    driver.send(&wire::get("/none"));
    assert_eq!(driver.reply(), Msg::Snapshot(vec![]));
    driver.send(&wire::get("none"));
    assert_eq!(error(driver.reply()), (200, "none".into()));
}

#[test]
fn a_lock_is_held_by_its_session_and_no_longer() {
    let router = Router::own(&[]);
    let (mut holder, mut other) = (Driver::connect(&router), Driver::connect(&router));
    holder.lock("/a", 1_i64);
    other.send(&wire::set("/a", &Val::Int(2)));
    assert_eq!(error(other.reply()), (401, "/a".into()));
    other.send(&wire::bundle(&[
        wire::set("/b", &Val::Int(2)),
        wire::set("/a", &Val::Int(2)),
    ]));
    assert_eq!(error(other.reply()), (401, "/a".into()));
    assert_eq!(other.get("/b"), None, "none of the bundle was done");
    drop(holder);
    crate::support::eventually("the lock to be given back", || {
        other.send(&wire::set("/a", &Val::Int(3)));
        matches!(other.reply(), Msg::Ack { .. }).then_some(())
    });
}

#[test]
fn an_echo_comes_to_the_writer_and_a_publish_does_not() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    driver.subscribe("/**");
    driver.send(&wire::subscribe(2, "/a"));
    driver.fence();
    driver.emit("/a", 1_i64);
    driver.set("/a", 2_i64);
    let heard = driver.hear();
    assert!(
        matches!(
            &heard,
            Msg::Set {
                revision: Some(1),
                ttl: None,
                ..
            }
        ),
        "{heard:?}"
    );
    driver.set("/b", 3_i64);
    let heard = driver.hear();
    assert!(
        matches!(&heard, Msg::Set { address, .. } if address == "/b"),
        "once: {heard:?}"
    );
}

#[test]
fn a_bundle_arrives_in_the_order_given() {
    let router = Router::own(&[]);
    let (mut sender, mut hearer) = (Driver::connect(&router), Driver::connect(&router));
    hearer.subscribe("/**");
    sender.send(&wire::bundle(&[
        wire::event("/1", None),
        wire::set("/2", &Val::Int(2)),
        wire::event("/3", None),
    ]));
    sender.reply();
    let heard: Vec<String> = (0..3)
        .map(|_| match hearer.hear() {
            Msg::Set { address, .. } => address,
            Msg::Publish(publish) => publish.address,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(heard, ["/1", "/2", "/3"]);
}

#[test]
fn what_is_not_supported_says_so() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    driver.send(&[&[0x24, 0, 0, 3][..], b"/**", &[0xFF]].concat());
    assert_eq!(error(driver.reply()).0, 101);
}

#[test]
fn the_clock_tells_two_times() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    driver.send(&[&[0x40, 0][..], &7_u64.to_be_bytes()].concat());
    assert_eq!(driver.reply(), Msg::Sync { t1: 7 });
    let ping = router.clasp(&["ping", "--count", "3"]).run().done().json();
    let offset = ping["clock_offset_us"].as_i64().expect("an offset");
    assert!(offset.abs() < 1_000_000, "{ping}");
}

#[test]
fn a_query_finds_params_and_what_was_announced() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    driver.set("/a/param", 1_i64);
    let announced = b"\x03\0\x02/a\0\x01\0\x08/a/event\x01\0";
    driver.send(announced);
    assert!(matches!(driver.reply(), Msg::Ack { .. }));
    driver.send(b"\x60\0\x05/a/**");
    assert_eq!(driver.reply(), Msg::Result(2));
}

#[test]
fn a_session_can_signal_itself_and_no_stranger() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    let own = format!("/clasp/p2p/signal/{}", driver.session);
    driver.send(&wire::event(&own, None));
    assert!(matches!(driver.hear(), Msg::Publish(publish) if publish.address == own));
    driver.send(&wire::event("/clasp/p2p/signal/nobody", None));
    assert_eq!(error(driver.reply()).0, 404);
}

#[test]
fn what_may_not_be_read_is_in_no_snapshot_and_no_delivery() {
    let settings = Router::with().tokens("cpsk_r=read:/open/**;cpsk_all=admin:/**");
    let router = Router::own_with(settings, &[]);
    let mut writer = Driver::connect_as(&router, "cpsk_all");
    writer.set("/open/a", 1_i64);
    writer.set("/shut/a", 1_i64);
    let mut reader = Driver::connect_as(&router, "cpsk_r");
    assert_eq!(reader.snapshot.len(), 1);
    reader.subscribe("/**");
    writer.set("/shut/a", 2_i64);
    writer.set("/open/a", 2_i64);
    assert!(matches!(reader.hear(), Msg::Set { address, .. } if address == "/open/a"));
    for (body, at) in [
        (wire::get("/shut/a"), "/shut/a"),
        (wire::set("/open/a", &Val::Int(1)), "/open/a"),
        (wire::subscribe(9, "/shut/**"), "/shut/**"),
    ] {
        reader.send(&body);
        assert_eq!(error(reader.reply()), (301, at.into()));
    }
}

#[test]
fn the_python_sdk_lives_through_its_own_writes() {
    let Some(python) = python_or_skip("the Python SDK against our router") else {
        return;
    };
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    driver.set("/ready", 1_i64);
    driver.subscribe("/**");
    run(python, "write.py", &router, &[]);
    let mut kinds = std::collections::BTreeSet::new();
    while let Some(message) = driver.hear_within(std::time::Duration::from_millis(300)) {
        kinds.insert(match message {
            Msg::Set { .. } => 0,
            Msg::Publish(publish) => publish.signal,
            _ => 9,
        });
    }
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3]);

    let mut listener = SdkListener::start(python, &router, "/heard/**", 3);
    for i in 0..3_i64 {
        driver.set("/heard/a", i);
        assert_eq!(
            listener.line(),
            format!("{{\"address\": \"/heard/a\", \"value\": {i}}}")
        );
    }
    listener.finish();
}
