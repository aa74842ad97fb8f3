use super::*;
use crate::clasp::wire::{Param, Set, from_json};

const WALL: u64 = 1_795_166_091_000_000;

fn rules() -> Rules {
    Rules {
        namespace: "/osc".into(),
        params: Vec::new(),
        touch: None,
        form: As::Auto,
        retained: false,
        echo_window: Duration::from_millis(250),
    }
}

fn mapping() -> Mapping {
    Mapping::new(rules())
}

fn peer(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn bytes(address: &str, arguments: &[Argument<'_>]) -> Vec<u8> {
    packet(address, arguments)
}

/// A message of the router, as a line.
fn line(message: &Message<'_>) -> String {
    let json = |value: &Value<'_>| serde_json::to_string(value).expect("JSON");
    match message {
        Message::Set(set) => format!("{} = {}", set.address, json(&set.value)),
        Message::Publish(publish) => {
            let mut line = format!("{} {}", publish.address, publish.signal.name());
            if let Some(phase) = publish.phase {
                line += &format!(
                    " {} {}",
                    phase.name(),
                    publish.id.expect("a gesture has one")
                );
            }
            if let Some(value) = &publish.value {
                line += &format!(" {}", json(value));
            }
            line
        }
        other => format!("{other:?}"),
    }
}

/// What came of a packet, as lines.
fn lines(received: &Received) -> Vec<String> {
    let unit = |unit: &Unit| {
        let at = unit.at.map(|at| format!("+{} µs: ", at - WALL));
        let lines: Vec<String> = unit.messages.iter().map(line).collect();
        format!("{}{}", at.unwrap_or_default(), lines.join(", "))
    };
    let dropped = received
        .dropped
        .iter()
        .map(|dropped| dropped.detail.clone());
    received.units.iter().map(unit).chain(dropped).collect()
}

fn received(mapping: &mut Mapping, bytes: &[u8]) -> Vec<String> {
    lines(&mapping.receive(bytes, peer(1), Instant::now(), WALL))
}

fn set(address: &str, json: &str) -> Message<'static> {
    Message::Set(Set {
        address: address.to_owned().into(),
        value: from_json(json).expect("a value"),
        revision: Some(1),
        lock: false,
        unlock: false,
        ttl: None,
    })
}

/// What is sent for a message of the router, as lines; or why not.
fn delivered(mapping: &mut Mapping, message: &Message<'_>) -> Vec<String> {
    match mapping.deliver(message, false, Instant::now()) {
        Ok(Some(outgoing)) => outgoing.packets.iter().map(|bytes| shown(bytes)).collect(),
        Ok(None) => Vec::new(),
        Err(dropped) => vec![dropped.detail],
    }
}

fn shown(bytes: &[u8]) -> String {
    match codec::decode(bytes).expect("a packet") {
        Packet::Message(message) => {
            let tags = codec::tags(&message.arguments);
            format!("{} {tags} {:?}", message.address, message.arguments)
        }
        bundle => format!("{bundle:?}"),
    }
}

#[test]
fn a_message_is_a_param_or_an_event() {
    let mut mapping = mapping();
    let table: [(&str, &[Argument<'_>], &str); 7] = [
        ("/x/y", &[Argument::Float(0.5)], "/osc/x/y = 0.5"),
        ("/x/y", &[Argument::Int(1)], "/osc/x/y = 1"),
        (
            "/xy",
            &[Argument::Float(0.5), Argument::Int(1)],
            "/osc/xy = [0.5,1]",
        ),
        ("/go", &[], "/osc/go event"),
        ("/n", &[Argument::Nil], "/osc/n = null"),
        (
            "/x//y",
            &[],
            "'/osc/x//y' is not an address: it has an empty segment",
        ),
        ("/x[", &[], "/x[: '[' has no ']'"),
    ];
    for (address, arguments, expected) in table {
        assert_eq!(
            received(&mut mapping, &bytes(address, arguments)),
            [expected]
        );
    }
    assert_eq!(
        received(&mut mapping, b"/x\0"),
        ["its size of 3 bytes is not a multiple of four"]
    );
}

#[test]
fn params_are_those_that_were_asked_for() {
    let mut mapping = Mapping::new(Rules {
        namespace: "".into(),
        params: vec![Pattern::new("/mix/**").expect("a pattern")],
        ..rules()
    });
    let one = [Argument::Int(1)];
    assert_eq!(
        received(&mut mapping, &bytes("/mix/1", &one)),
        ["/mix/1 = 1"]
    );
    assert_eq!(
        received(&mut mapping, &bytes("/cue", &one)),
        ["/cue event 1"]
    );
    assert_eq!(mapping.subscription(), "/**");
}

#[test]
fn a_pattern_writes_what_it_matches_and_is_not_stored() {
    let mut mapping = mapping();
    let nothing = received(&mut mapping, &bytes("/light/*", &[Argument::Int(0)]));
    assert_eq!(nothing, ["/light/*: no known address matches"]);
    for address in ["/light/1", "/light/2", "/sound/1"] {
        received(&mut mapping, &bytes(address, &[Argument::Int(1)]));
    }
    // Known from the router, too.
    let snapshot = Message::Snapshot(vec![Param {
        address: "/osc/light/3".into(),
        value: Value::Int(1),
        revision: 1,
        writer: None,
        timestamp: None,
    }]);
    let quietly = mapping.deliver(&snapshot, true, Instant::now());
    assert_eq!(quietly, Ok(None));
    assert_eq!(
        received(&mut mapping, &bytes("/light/[1-3]", &[Argument::Int(0)])),
        ["/osc/light/1 = 0, /osc/light/2 = 0, /osc/light/3 = 0"]
    );
}

#[test]
fn a_bundle_stays_one_and_has_its_time() {
    let message = |address| {
        Packet::Message(codec::Message {
            address,
            arguments: vec![Argument::Int(1)],
        })
    };
    let bundle = |micros: u64, packets| Packet::Bundle {
        time: match micros {
            0 => TimeTag::IMMEDIATELY,
            micros => TimeTag::at(micros),
        },
        packets,
    };
    let table = [
        (
            bundle(0, vec![message("/a"), message("/b")]),
            vec!["/osc/a = 1, /osc/b = 1"],
        ),
        (
            bundle(
                WALL + 5_000,
                vec![message("/a"), bundle(0, vec![message("/b")])],
            ),
            vec!["+5000 µs: /osc/a = 1, /osc/b = 1"],
        ),
        (
            bundle(
                WALL + 5_000,
                vec![
                    message("/a"),
                    bundle(WALL + 9_000, vec![message("/b")]),
                    message("/c"),
                ],
            ),
            vec![
                "+5000 µs: /osc/a = 1",
                "+9000 µs: /osc/b = 1",
                "+5000 µs: /osc/c = 1",
            ],
        ),
        (
            bundle(WALL - 5_000, vec![message("/a")]),
            vec!["/osc/a = 1"],
        ),
        (
            bundle(WALL + 90_000_000_000, vec![message("/a")]),
            vec!["the time of a bundle is more than a day ahead"],
        ),
        (bundle(0, vec![]), vec![]),
    ];
    for (packet, expected) in table {
        let mut bytes = Vec::new();
        codec::encode(&packet, &mut bytes);
        assert_eq!(received(&mut mapping(), &bytes), expected);
    }
    let mut bytes = Vec::new();
    codec::encode(&bundle(WALL - 5_000, vec![message("/a")]), &mut bytes);
    let late = mapping()
        .receive(&bytes, peer(1), Instant::now(), WALL)
        .late;
    assert_eq!(late, Some(Duration::from_millis(5)));
}

#[test]
fn a_device_gets_the_types_that_it_sends() {
    let mut mapping = mapping();
    assert_eq!(
        delivered(&mut mapping, &set("/osc/x", "1")),
        ["/x ,i [Int(1)]"]
    );
    received(&mut mapping, &bytes("/x", &[Argument::Float(0.25)]));
    assert_eq!(
        delivered(&mut mapping, &set("/osc/x", "1")),
        ["/x ,f [Float(1.0)]"]
    );
}

#[test]
fn what_has_no_form_in_osc_is_refused_with_the_reason() {
    let table = [
        (
            set("/osc/[a]", "1"),
            vec!["/osc/[a]: it would be a pattern in OSC"],
        ),
        (
            set("/osc", "1"),
            vec!["/osc: the OSC address would be empty"],
        ),
        (set("/osc2/a", "1"), vec![]),
        (set("/other", "1"), vec![]),
        (
            set("/osc/m", r#"{"a":1}"#),
            vec!["/osc/m: a map cannot be sent as OSC"],
        ),
        (
            Message::Publish(Publish::new(SignalType::Timeline, "/osc/t")),
            vec!["/osc/t: a timeline cannot be sent as OSC"],
        ),
        (
            Message::Publish(Publish {
                samples: Some(vec![0.5, 0.25]),
                ..Publish::new(SignalType::Stream, "/osc/s")
            }),
            vec!["/s ,ff [Float(0.5), Float(0.25)]"],
        ),
        (
            Message::Publish(Publish::new(SignalType::Event, "/osc/go")),
            vec!["/go , []"],
        ),
    ];
    for (message, expected) in table {
        assert_eq!(delivered(&mut mapping(), &message), expected, "{message:?}");
    }
}

#[test]
fn what_a_peer_wrote_goes_to_the_others_only() {
    let mut mapping = mapping();
    let now = Instant::now();
    mapping.receive(&bytes("/x", &[Argument::Float(0.5)]), peer(7), now, WALL);
    let echo = mapping.deliver(&set("/osc/x", "0.5"), false, now);
    assert_eq!(
        echo.expect("a form").expect("packets").not_to,
        Some(peer(7))
    );
    // The same value again is somebody else's.
    let other = mapping.deliver(&set("/osc/x", "0.5"), false, now);
    assert_eq!(other.expect("a form").expect("packets").not_to, None);
    // Events come back from no router, so they go on from here.
    let received = mapping.receive(&bytes("/go", &[]), peer(7), now, WALL);
    assert_eq!(received.to_others, [bytes("/go", &[])]);
}

#[test]
fn what_a_device_sends_back_is_not_written_again() {
    let mut mapping = mapping();
    let now = Instant::now();
    // Rounded to what OSC has: that is what comes back.
    mapping
        .deliver(&set("/osc/x", "0.1"), false, now)
        .expect("a form");
    mapping
        .deliver(&set("/osc/x", "0.2"), false, now)
        .expect("a form");
    let mut back = |value, from, now| {
        let received = mapping.receive(&bytes("/x", &[Argument::Float(value)]), from, now, WALL);
        (received.echoes, received.units.len())
    };
    assert_eq!(back(0.1, peer(7), now), (1, 0));
    assert_eq!(back(0.2, peer(8), now), (1, 0));
    assert_eq!(back(0.3, peer(7), now), (0, 1));
    let later = now + Duration::from_secs(1);
    assert_eq!(back(0.1, peer(7), later), (0, 1), "nobody takes that long");
}

#[test]
fn after_a_lost_connection_what_was_not_heard_is_written_again() {
    let mut mapping = mapping();
    let now = Instant::now();
    for (address, value) in [("/a", 1), ("/a", 2), ("/b", 3)] {
        mapping.receive(&bytes(address, &[Argument::Int(value)]), peer(1), now, WALL);
    }
    mapping
        .deliver(&set("/osc/b", "3"), false, now)
        .expect("a form");
    mapping.hold();
    let again: Vec<String> = mapping.again(now).iter().map(line).collect();
    assert_eq!(again, ["/osc/a = 2"]);
}

#[test]
fn a_touched_fader_is_a_gesture() {
    let mut mapping = Mapping::new(Rules {
        touch: Some("z".into()),
        ..rules()
    });
    let mut say = |address, value, port| {
        let bytes = bytes(address, &[Argument::Float(value)]);
        lines(&mapping.receive(&bytes, peer(port), Instant::now(), WALL))
    };
    assert_eq!(say("/1/fader", 0.5, 1), ["/osc/1/fader = 0.5"]);
    assert_eq!(say("/1/fader/z", 1.0, 1), ["/osc/1/fader gesture start 1"]);
    assert_eq!(
        say("/1/fader", 0.25, 1),
        ["/osc/1/fader gesture move 1 0.25"]
    );
    // Somebody else's finger is another.
    assert_eq!(say("/1/fader", 0.75, 2), ["/osc/1/fader = 0.75"]);
    assert_eq!(
        say("/1/fader/z", 0.0, 1),
        ["/osc/1/fader gesture end 1 0.25"]
    );
    assert_eq!(
        say("/1/fader/z", 0.0, 1),
        ["/1/fader: a touch ended that had not started"]
    );
    say("/2/fader/z", 1.0, 3);
    let gone: Vec<String> = mapping.gone(Some(peer(3))).iter().map(line).collect();
    assert_eq!(gone, ["/osc/2/fader gesture cancel 2"]);
    assert!(mapping.gone(None).is_empty());

    let phase = |phase, value| {
        Message::Publish(Publish {
            id: Some(9),
            phase: Some(phase),
            value,
            ..Publish::new(SignalType::Gesture, "/osc/1/fader")
        })
    };
    let mut sent = |message| delivered(&mut mapping, &message);
    assert_eq!(
        sent(phase(Phase::Start, None)),
        ["/1/fader/z ,f [Float(1.0)]"]
    );
    assert_eq!(
        sent(phase(Phase::Move, Some(Value::Float(0.5)))),
        ["/1/fader ,f [Float(0.5)]"]
    );
    assert_eq!(
        sent(phase(Phase::End, Some(Value::Float(0.5)))),
        ["/1/fader ,f [Float(0.5)]", "/1/fader/z ,f [Float(0.0)]"]
    );
}
