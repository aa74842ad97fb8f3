use super::super::merge::Kind;
use super::super::output::REPEAT_EVERY;
use super::*;
use crate::clasp::wire::{Param, from_json};

fn rules() -> Rules {
    Rules {
        namespace: "/sacn".into(),
        universes: Universes::parse("1-3", &(1..=63_999)).expect("universes"),
        mode: Mode::Channel,
        scale: Scale::Steps,
        merge: Rule::Htp,
        sends: true,
        retained: false,
        timeout: Duration::from_millis(2_500),
        keepalive: Duration::from_millis(900),
        together: false,
    }
}

fn packet(slots: &[u8]) -> Packet<'_> {
    Packet {
        kind: Kind::Levels,
        priority: 100,
        sequence: None,
        may_repeat: false,
        slots,
        hold: None,
    }
}

/// What is written, as lines.
fn lines(unit: Option<Unit>) -> Vec<String> {
    let json = |value: &Value<'_>| serde_json::to_string(value).expect("JSON");
    let line = |message: &Message<'_>| match message {
        Message::Set(set) => format!("{} = {}", set.address, json(&set.value)),
        Message::Publish(publish) => {
            let value = publish.value.as_ref().map(json).unwrap_or_default();
            format!(
                "{} {} {:.12}",
                publish.address,
                publish.signal.name(),
                value
            )
        }
        other => format!("{other:?}"),
    };
    unit.iter()
        .flat_map(|unit| &unit.messages)
        .map(line)
        .collect()
}

fn give(dmx: &mut Dmx<u16>, universe: u16, slots: &[u8], now: Instant) -> Vec<String> {
    let taken = dmx.packet(universe, &1, &packet(slots), now);
    lines(taken.expect("it is used").unit)
}

/// What is sent now: universe, sequence number, the first three levels.
fn sent(dmx: &mut Dmx<u16>, now: Instant) -> Vec<(u16, u64, [u8; 3])> {
    let mut sent = Vec::new();
    dmx.flush(now, |frame| {
        let levels = frame.levels;
        sent.push((
            frame.universe,
            frame.sequence,
            [levels[0], levels[1], levels[2]],
        ));
    });
    sent
}

fn told(address: &str, json: &str) -> Message<'static> {
    set(address.to_owned(), value(json))
}

fn value(json: &str) -> Value<'static> {
    from_json(json).expect("JSON")
}

fn snapshot(address: &str, json: &str) -> Message<'static> {
    Message::Snapshot(vec![Param {
        address: address.to_owned().into(),
        value: value(json),
        revision: 1,
        writer: None,
        timestamp: None,
    }])
}

fn deliver(dmx: &mut Dmx<u16>, message: &Message<'_>, now: Instant) -> Result<(), String> {
    let delivered = dmx.deliver(message, false, now);
    delivered.map_err(|dropped| dropped.detail)
}

#[test]
fn a_frame_is_one_unit_of_what_has_changed() {
    let now = Instant::now();
    let mut dmx = Dmx::new(rules());
    assert_eq!(
        give(&mut dmx, 1, &[1, 2], now),
        ["/sacn/1/1 = 1", "/sacn/1/2 = 2"]
    );
    assert_eq!(give(&mut dmx, 1, &[1, 3], now), ["/sacn/1/2 = 3"]);
    assert_eq!(give(&mut dmx, 1, &[1, 3], now), [""; 0]);
    let foreign = dmx.packet(9, &1, &packet(&[1]), now);
    assert_eq!(
        foreign.map_err(|dropped| dropped.detail),
        Err("a packet for universe 9".into())
    );
    assert_eq!(dmx.sources(), 1);
}

#[test]
fn as_one_stream_and_normalized() {
    let now = Instant::now();
    let mut dmx = Dmx::new(Rules {
        mode: Mode::Universe,
        scale: Scale::Normalized,
        ..rules()
    });
    assert_eq!(
        give(&mut dmx, 2, &[255, 51], now),
        ["/sacn/2 stream [1.0,0.2,0.0"]
    );
    assert_eq!(give(&mut dmx, 2, &[255, 51], now), [""; 0]);
    // Once a second all the same, for who comes later.
    let later = now + STREAM_EVERY;
    assert_eq!(dmx.due(now), Some(later));
    assert_eq!(lines(dmx.expire(later).0), ["/sacn/2 stream [1.0,0.2,0.0"]);
    assert_eq!(lines(dmx.expire(later).0), [""; 0]);
    // But not when the source is gone.
    let gone = now + Duration::from_secs(3);
    assert_eq!((lines(dmx.expire(gone).0), dmx.due(gone)), (vec![], None));
}

#[test]
fn what_others_write_is_sent_and_our_own_echo_is_not() {
    let now = Instant::now();
    let mut dmx = Dmx::new(rules());
    give(&mut dmx, 1, &[10, 20], now);
    for (address, json) in [("/sacn/1/1", "10"), ("/sacn/1/2", "20")] {
        assert_eq!(deliver(&mut dmx, &told(address, json), now), Ok(()));
    }
    assert_eq!(sent(&mut dmx, now), []);
    assert_eq!(deliver(&mut dmx, &told("/sacn/1/2", "99"), now), Ok(()));
    assert_eq!(deliver(&mut dmx, &told("/sacn/2", "[1,2,3]"), now), Ok(()));
    assert_eq!(sent(&mut dmx, now), [(1, 0, [0, 99, 0]), (2, 0, [1, 2, 3])]);
    assert_eq!(sent(&mut dmx, now), []);
    let next = now + REPEAT_EVERY;
    assert_eq!(
        sent(&mut dmx, next),
        [(1, 1, [0, 99, 0]), (2, 1, [1, 2, 3])]
    );
    for (address, json, why) in [
        (
            "/sacn/9/1",
            "1",
            "/sacn/9/1: universe 9 is not one of --universe",
        ),
        (
            "/sacn/1/513",
            "1",
            "/sacn/1/513: '513' is not a channel: they are 1 to 512",
        ),
        (
            "/sacn/1/1",
            "300",
            "/sacn/1/1: 300 is not a level: they are 0 to 255",
        ),
        ("/sacn/1", "1", "/sacn/1: a int is not an array of levels"),
        ("/sacn/1", "[1,\"x\"]", "/sacn/1: a string is not a level"),
    ] {
        assert_eq!(
            deliver(&mut dmx, &told(address, json), now),
            Err(why.into())
        );
    }
    let event = Message::Publish(Publish::new(SignalType::Event, "/sacn/1/1"));
    assert_eq!(
        deliver(&mut dmx, &event, now),
        Err("/sacn/1/1: events have no level".into())
    );
    let stream = Message::Publish(Publish {
        samples: Some(vec![1.0, 2.0, 77.4]),
        ..Publish::new(SignalType::Stream, "/sacn/1/1")
    });
    assert_eq!(deliver(&mut dmx, &stream, now), Ok(()));
    assert_eq!(sent(&mut dmx, next + FRAME)[0], (1, 2, [77, 99, 0]));
}

#[test]
fn what_is_there_at_the_beginning_is_sent_only_when_asked_for() {
    let now = Instant::now();
    for (retained, expected) in [(false, vec![]), (true, vec![(1, 0, [0, 5, 0])])] {
        let mut dmx = Dmx::new(Rules {
            retained,
            ..rules()
        });
        let message = snapshot("/sacn/1/2", "5");
        assert!(dmx.deliver(&message, true, now).is_ok());
        let label = snapshot("/sacn/1/label", "\"x\"");
        assert_eq!(dmx.deliver(&label, true, now).is_ok(), !retained);
        assert_eq!(sent(&mut dmx, now), expected);
        assert_eq!(dmx.unsent(), usize::from(!retained));
        // And it is not written again by a source that has the same.
        assert_eq!(give(&mut dmx, 1, &[0, 5], now), ["/sacn/1/1 = 0"]);
    }
}

#[test]
fn after_a_lost_connection_only_what_changed_meanwhile_is_sent() {
    let now = Instant::now();
    let mut dmx = Dmx::new(rules());
    give(&mut dmx, 1, &[10, 20], now);
    dmx.hold();
    give(&mut dmx, 1, &[11, 20], now);
    let later = now + Duration::from_secs(60);
    let again = Unit::now(dmx.again(later));
    assert_eq!(lines(Some(again)), ["/sacn/1/1 = 11", "/sacn/1/2 = 20"]);
    for message in [snapshot("/sacn/1/1", "11"), snapshot("/sacn/1/2", "20")] {
        assert_eq!(deliver(&mut dmx, &message, later), Ok(()));
    }
    assert_eq!(sent(&mut dmx, later), []);
    assert_eq!(
        deliver(&mut dmx, &snapshot("/sacn/1/2", "99"), later),
        Ok(())
    );
    assert_eq!(sent(&mut dmx, later), [(1, 0, [0, 99, 0])]);
}

#[test]
fn universes_together_leave_in_one_frame() {
    let now = Instant::now();
    let mut dmx = Dmx::new(Rules {
        together: true,
        ..rules()
    });
    assert_eq!(deliver(&mut dmx, &told("/sacn/1/1", "1"), now), Ok(()));
    assert_eq!(sent(&mut dmx, now), [], "there may be more");
    let now = now + GATHER;
    assert_eq!(sent(&mut dmx, now), [(1, 0, [1, 0, 0])]);
    for address in ["/sacn/2/1", "/sacn/1/1"] {
        assert_eq!(deliver(&mut dmx, &told(address, "2"), now), Ok(()));
    }
    assert_eq!(sent(&mut dmx, now), []);
    assert_eq!(dmx.due(now), Some(now + FRAME));
    let together = [(1, 1, [2, 0, 0]), (2, 0, [2, 0, 0])];
    assert_eq!(sent(&mut dmx, now + FRAME), together);
}

#[test]
fn what_is_released_is_one_unit() {
    let now = Instant::now();
    let mut dmx = Dmx::new(rules());
    for universe in [1, 2] {
        let held = Packet {
            hold: Some(7),
            ..packet(&[5])
        };
        let taken = dmx.packet(universe, &1, &held, now).expect("it is used");
        assert_eq!(
            taken,
            Taken {
                unit: None,
                is_new: true
            }
        );
    }
    assert_eq!(
        lines(dmx.release(&1, 7, now)),
        ["/sacn/1/1 = 5", "/sacn/2/1 = 5"]
    );
}

#[test]
fn sources_are_limited_over_all_universes() {
    let now = Instant::now();
    let universes = Universes::parse("1-100", &(1..=63_999)).expect("universes");
    let mut dmx = Dmx::new(Rules {
        universes,
        ..rules()
    });
    let mut refused = 0;
    for universe in 1..=100 {
        for id in 0..20_u16 {
            refused += usize::from(dmx.packet(universe, &id, &packet(&[1]), now).is_err());
        }
    }
    assert_eq!((dmx.sources(), refused), (SOURCES_MAX, 1_000));
    let (_, gone) = dmx.expire(now + Duration::from_secs(3));
    assert_eq!((gone.len(), dmx.sources()), (SOURCES_MAX, 0));
}
