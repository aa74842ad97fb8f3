//! The mapping, message by message.

use super::super::late::LATE;
use super::*;

fn mapping(version: Version) -> Mapping {
    Mapping::new(Rules {
        namespace: "/mqtt".into(),
        params: vec![Pattern::new("/mqtt/forced/**").expect("a pattern")],
        form: Form::Auto,
        qos: 1,
        retained: false,
        properties: false,
        version,
        number: 1,
    })
}

fn publication(topic: &str, payload: &str, retain: bool) -> Publish {
    Publish {
        topic: topic.into(),
        payload: payload.as_bytes().to_vec(),
        qos: 1,
        retain,
        dup: false,
        id: 0,
        expiry: None,
        properties: Properties::default(),
    }
}

/// What comes of a publication, as a line.
fn line(mapping: &mut Mapping, publish: &Publish) -> String {
    let json = |value: &Value<'_>| serde_json::to_string(value).expect("JSON");
    match mapping.receive(publish, Instant::now()) {
        Received::Echo => "echo".into(),
        Received::Dropped(dropped) => dropped.detail,
        Received::Unit { unit, .. } => match &unit.messages[0] {
            Message::Set(set) => match set.ttl {
                Some(ttl) => format!("{} = {} {ttl:?}", set.address, json(&set.value)),
                None => format!("{} = {}", set.address, json(&set.value)),
            },
            Message::Publish(publish) => match &publish.value {
                Some(value) => format!("{} event {}", publish.address, json(value)),
                None => format!("{} event", publish.address),
            },
            other => format!("{other:?}"),
        },
    }
}

#[test]
fn retained_is_a_param_and_the_rest_are_events() {
    let mut mapping = mapping(Version::V5);
    let expiring = Publish {
        expiry: Some(60),
        ..publication("t", "1", true)
    };
    assert_eq!(line(&mut mapping, &expiring), "/mqtt/t = 1 Absolute(60)");
    for (topic, payload, retain, expected) in [
        ("a/b", "21.5", true, "/mqtt/a/b = 21.5"),
        ("a/b", "22", false, "/mqtt/a/b = 22"),
        ("a/b", "", false, "/mqtt/a/b = null Absolute(1)"),
        ("a/b", "", false, "/mqtt/a/b event"),
        ("go", "", false, "/mqtt/go event"),
        ("go", "on", false, "/mqtt/go event \"on\""),
        ("forced/x", "1", false, "/mqtt/forced/x = 1"),
        (
            "a//b",
            "1",
            false,
            "a//b: '/mqtt/a//b' is not an address: it has an empty segment",
        ),
    ] {
        let publish = publication(topic, payload, retain);
        assert_eq!(line(&mut mapping, &publish), expected, "{topic} {payload}");
    }
}

fn framed(message: Message<'static>) -> Frame<'static> {
    Frame {
        qos: Qos::Commit,
        timestamp: None,
        message,
    }
}

fn sent(mapping: &mut Mapping, message: Message<'static>) -> String {
    match mapping.deliver(&framed(message), false, Instant::now()) {
        Ok(Some(publish)) => format!(
            "{} {} QoS {}{}",
            publish.topic,
            publish.payload.escape_ascii(),
            publish.qos,
            if publish.retain { " retained" } else { "" }
        ),
        Ok(None) => "nothing".into(),
        Err(dropped) => dropped.detail,
    }
}

#[test]
fn what_the_router_says_is_published() {
    let mut mapping = mapping(Version::V5);
    let string = |text: &'static str| Value::String(text.into());
    for (message, expected) in [
        (
            set("/mqtt/a".into(), Value::Float(1.0)),
            "a 1.0 QoS 1 retained",
        ),
        (set("/mqtt/a".into(), string("on")), "a on QoS 1 retained"),
        (set("/mqtt/a".into(), Value::Null), "a  QoS 1 retained"),
        (
            set("/mqtt/a+".into(), Value::Null),
            "/mqtt/a+: '+' and '#' stand for many topics",
        ),
        (set("/other".into(), Value::Null), "nothing"),
        (
            Message::Publish(wire::Publish::new(SignalType::Event, "/mqtt/go")),
            "go  QoS 1",
        ),
        (
            Message::Publish(wire::Publish::new(SignalType::Timeline, "/mqtt/t")),
            "/mqtt/t: a timeline cannot be sent as MQTT",
        ),
    ] {
        assert_eq!(sent(&mut mapping, message), expected);
    }
}

#[test]
fn a_time_to_live_is_the_expiry_of_what_is_published() {
    for (version, ttl, expected) in [
        (Version::V5, Some(Ttl::Absolute(60)), Some(60)),
        (Version::V5, Some(Ttl::Sliding(60)), Some(60)),
        (Version::V5, Some(Ttl::Never), None),
        (Version::V5, None, None),
        (Version::V3, Some(Ttl::Absolute(60)), None),
    ] {
        let written = Written {
            ttl,
            if_absent: false,
        };
        let message = to_write("/mqtt/t".into(), Value::Int(1), written);
        let published = mapping(version).deliver(&framed(message), false, Instant::now());
        let published = published.expect("a form").expect("it is below /mqtt");
        assert_eq!(published.expiry, expected, "{version:?} {ttl:?}");
    }
}

#[test]
fn neither_side_gets_its_own_back() {
    let mut mapping = mapping(Version::V3);
    let publish = publication("a", "1", true);
    assert_eq!(line(&mut mapping, &publish), "/mqtt/a = 1");
    assert_eq!(
        sent(&mut mapping, set("/mqtt/a".into(), Value::Int(1))),
        "nothing"
    );
    assert_eq!(
        sent(&mut mapping, set("/mqtt/a".into(), Value::Int(2))),
        "a 2 QoS 1 retained"
    );
    assert_eq!(line(&mut mapping, &publication("a", "2", false)), "echo");
    // Another bridge may have brought it: the router has it already.
    assert_eq!(line(&mut mapping, &publication("a", "2", false)), "echo");
    for value in ["3", "2"] {
        assert_eq!(
            line(&mut mapping, &publication("a", value, false)),
            format!("/mqtt/a = {value}")
        );
    }
}

/// A bridge that knows another one, number 2, of its router.
fn with_sibling(now: Instant) -> Mapping {
    let mut mapping = mapping(Version::V5);
    mapping.origin.identified("r".into());
    let mut marked = publication("hello", "", false);
    marked
        .properties
        .user
        .push(("trefoil-bridge".into(), "r/2".into()));
    assert_eq!(mapping.receive(&marked, now), Received::Echo);
    mapping
}

#[test]
fn what_a_sibling_has_brought_from_the_broker_is_not_published() {
    let now = Instant::now();
    let mut mapping = with_sibling(now);
    let Received::Unit { unit, .. } = mapping.receive(&publication("go", "1", false), now) else {
        panic!("it is nobody's");
    };
    let Message::Publish(event) = &unit.messages[0] else {
        panic!("{unit:?}");
    };
    assert_eq!(event.id, Some(1));
    for (id, expected) in [
        (Some(2), "nothing"),
        (Some(3), "go 1 QoS 1"),
        (None, "go 1 QoS 1"),
    ] {
        let event = Message::Publish(wire::Publish {
            id,
            ..event.clone()
        });
        assert_eq!(sent(&mut mapping, event), expected);
    }
}

#[test]
fn a_late_value_of_a_sibling_is_published_only_if_it_is_the_routers_newest() {
    let now = Instant::now();
    let topics = |publications: Vec<Publish>| {
        let payloads = publications.into_iter().map(|publish| publish.payload);
        payloads.collect::<Vec<_>>()
    };
    for (after, expected) in [(Some(2), vec![]), (None, vec![b"1".to_vec()])] {
        let mut mapping = with_sibling(now);
        for value in ["1", "2"] {
            mapping.receive(&publication("t", value, true), now);
        }
        // Our own two, and then the sibling's.
        for value in [1, 2, 1].into_iter().chain(after) {
            let message = set("/mqtt/t".into(), Value::Int(value));
            assert_eq!(sent(&mut mapping, message), "nothing", "{value}");
        }
        assert_eq!(topics(mapping.tick(now)), [b""; 0]);
        assert_eq!(topics(mapping.tick(now + 2 * LATE)), expected);
        assert_eq!(mapping.due(), None);
    }
    // The sibling has published the older value, behind the newer one of the broker.
    let mut mapping = with_sibling(now);
    mapping.receive(&publication("t", "2", true), now);
    let mut behind = publication("t", "1", true);
    behind
        .properties
        .user
        .push(("trefoil-bridge".into(), "r/2".into()));
    assert_eq!(mapping.receive(&behind, now), Received::Echo);
    assert_eq!(topics(mapping.tick(now + LATE)), [b"2"]);
}

#[test]
fn what_is_restored_is_written_only_where_nothing_is() {
    let now = Instant::now();
    let mut mapping = mapping(Version::V5);
    let written = |received| match received {
        Received::Unit { unit, .. } => unit.messages[0].clone(),
        other => panic!("{other:?}"),
    };
    let restored = written(mapping.restore(&publication("t", "1", true), now));
    let expected = Message::Set(Set {
        address: "/mqtt/t".into(),
        value: Value::Int(1),
        revision: Some(0),
        lock: false,
        unlock: false,
        ttl: None,
    });
    assert_eq!(restored, expected);
    // Also when the connection was lost before the router confirmed it.
    mapping.hold();
    assert_eq!(mapping.again(now), [expected]);
    // Our own publications come back as well, in both versions.
    let mut mapping = self::mapping(Version::V3);
    sent(&mut mapping, set("/mqtt/t".into(), Value::Int(1)));
    written(mapping.restore(&publication("t", "1", true), now));
}
