use super::*;
use crate::clasp::bridge::dmx::address::{Scale, Universes};
use crate::clasp::bridge::dmx::map::Mode;
use crate::clasp::bridge::dmx::merge::Rule;
use crate::clasp::bridge::dmx::syncs;
use crate::clasp::bridge::unit::set;
use crate::clasp::wire::{Message, Value};

fn mapping(sync: Option<u16>) -> Mapping {
    let rules = Rules {
        namespace: "/sacn".into(),
        universes: Universes::parse("1-2", &codec::UNIVERSES).expect("universes"),
        mode: Mode::Channel,
        scale: Scale::Steps,
        merge: Rule::Htp,
        sends: true,
        retained: false,
        timeout: TIMEOUT,
        keepalive: KEEPALIVE,
        together: sync.is_some(),
    };
    let identity = Identity {
        cid: Cid([1; 16]),
        name: "bridge".into(),
        priority: 120,
        sync,
    };
    Mapping::new(rules, identity)
}

fn data(cid: u8, sequence: u8, slots: &[u8]) -> Data<'_> {
    Data {
        cid: Cid([cid; 16]),
        name: "desk",
        priority: 100,
        sync: 0,
        sequence,
        preview: false,
        terminated: false,
        force_sync: false,
        universe: 1,
        start_code: LEVELS,
        slots,
    }
}

/// What came of it, as a line.
fn line(received: &Received) -> String {
    let mut parts = Vec::new();
    for message in received.unit.iter().flat_map(|unit| &unit.messages) {
        if let Message::Set(set) = message {
            let value = serde_json::to_string(&set.value).expect("JSON");
            parts.push(format!("{}={value}", set.address));
        }
    }
    parts.extend(
        received
            .dropped
            .as_ref()
            .map(|dropped| dropped.detail.clone()),
    );
    parts.extend(received.join.map(|join| format!("join {join}")));
    parts.extend(received.news.clone());
    parts.join(", ")
}

fn give(mapping: &mut Mapping, data: &Data<'_>, now: Instant) -> String {
    line(&mapping.receive(&codec::encode(&Packet::Data(data.clone())), now))
}

fn sync(mapping: &mut Mapping, cid: u8, universe: u16, now: Instant) -> String {
    let sync = Packet::Sync(Sync {
        cid: Cid([cid; 16]),
        sequence: 0,
        universe,
    });
    line(&mapping.receive(&codec::encode(&sync), now))
}

fn read(packets: &[Outgoing]) -> Vec<(u16, Packet<'_>)> {
    let mut read = Vec::new();
    for packet in packets {
        let content = codec::decode(&packet.bytes).expect("it is ours");
        read.push((packet.universe, content));
    }
    read
}

#[test]
fn flags_and_start_codes() {
    let now = Instant::now();
    let mut mapping = mapping(None);
    let news = "universe 1: source 'desk' (02020202-0202-0202-0202-020202020202), priority 100";
    let first = data(2, 1, &[5]);
    assert_eq!(
        give(&mut mapping, &first, now),
        format!("/sacn/1/1=5, {news}")
    );
    for (packet, expected) in [
        (
            Data {
                preview: true,
                ..data(2, 2, &[6])
            },
            "universe 1: 'desk' marks it as a preview",
        ),
        (
            Data {
                start_code: 0x17,
                ..data(2, 2, &[6])
            },
            "universe 1: start code 0x17 is not DMX",
        ),
        (
            Data {
                universe: 9,
                ..data(2, 2, &[6])
            },
            "a packet for universe 9",
        ),
        (
            data(2, 1, &[6]),
            "universe 1: an older packet came after a newer one",
        ),
        // Our own, which multicast brings back.
        (data(1, 2, &[6]), ""),
        (
            Data {
                start_code: PRIORITIES,
                ..data(2, 2, &[0])
            },
            "",
        ),
        (data(2, 3, &[7]), ""),
        (
            Data {
                terminated: true,
                ..data(2, 4, &[0])
            },
            "universe 1: source 'desk' has ended",
        ),
        (
            Data {
                terminated: true,
                ..data(2, 5, &[0])
            },
            "",
        ),
    ] {
        assert_eq!(give(&mut mapping, &packet, now), expected, "{packet:?}");
    }
    assert_eq!(line(&mapping.receive(b"hello", now)), "it is not E1.31");
    assert_eq!(mapping.dmx().sources(), 0);
}

#[test]
fn what_is_synchronized_waits_once_there_was_a_sync_packet() {
    let now = Instant::now();
    let mut mapping = mapping(None);
    let synced = |sequence, universe, slots| Data {
        sync: 77,
        universe,
        ..data(2, sequence, slots)
    };
    // The first is used at once, and tells where sync packets come.
    assert!(give(&mut mapping, &synced(1, 1, &[5]), now).starts_with("/sacn/1/1=5, join 77"));
    assert_eq!(sync(&mut mapping, 2, 77, now), "");
    assert_eq!(give(&mut mapping, &synced(2, 1, &[6]), now), "");
    assert!(give(&mut mapping, &synced(1, 2, &[7]), now).starts_with("universe 2: source"));
    assert_eq!(sync(&mut mapping, 3, 77, now), "", "of another source");
    assert_eq!(sync(&mut mapping, 2, 77, now), "/sacn/1/1=6, /sacn/2/1=7");
    // When sync packets cease, it waits on, unless it is told not to.
    let late = now + TIMEOUT;
    let waits = "universe 1: 'desk' waits for a sync packet in universe 77";
    assert_eq!(give(&mut mapping, &synced(3, 1, &[8]), late), waits);
    let forced = Data {
        force_sync: true,
        ..synced(3, 1, &[8])
    };
    assert_eq!(give(&mut mapping, &forced, late), "/sacn/1/1=8");
    // Not synchronized any more.
    assert_eq!(give(&mut mapping, &data(2, 4, &[9]), late), "/sacn/1/1=9");
}

#[test]
fn what_is_sent_and_how_it_ends() {
    let now = Instant::now();
    let mut mapping = mapping(Some(500));
    assert_eq!(mapping.due(now), None);
    let write = set("/sacn/1/2".into(), Value::Int(9));
    assert_eq!(mapping.dmx_mut().deliver(&write, false, now), Ok(()));
    let now = now + Duration::from_millis(2);
    let ticked = mapping.tick(now);
    let packets = read(&ticked.packets);
    let [
        (1, Packet::Data(data)),
        (500, Packet::Sync(sync)),
        (64_214, Packet::Discovery(list)),
    ] = &packets[..]
    else {
        panic!("{packets:?}");
    };
    assert_eq!((data.universe, data.priority, data.sync), (1, 120, 500));
    assert_eq!(
        (data.name, data.sequence, data.force_sync),
        ("bridge", 0, true)
    );
    assert_eq!((data.slots.len(), &data.slots[..3]), (512, &[0, 9, 0][..]));
    assert_eq!((sync.universe, sync.sequence), (500, 0));
    assert_eq!(
        (list.page, list.last_page, &list.universes[..]),
        (0, 0, &[1][..])
    );
    assert_eq!(mapping.tick(now), Ticked::default());

    let ended = mapping.finish();
    let packets = read(&ended);
    assert_eq!(packets.len(), 3);
    for (n, (to, packet)) in packets.iter().enumerate() {
        let Packet::Data(data) = packet else {
            panic!("{packet:?}");
        };
        assert!(data.terminated && *to == 1);
        assert_eq!((usize::from(data.sequence), data.sync), (n + 1, 0));
    }
}

#[test]
fn a_silent_source_is_said_to_be_gone() {
    let now = Instant::now();
    let mut mapping = mapping(None);
    give(&mut mapping, &data(2, 1, &[5]), now);
    give(
        &mut mapping,
        &Data {
            priority: 50,
            ..data(3, 1, &[9])
        },
        now + Duration::from_secs(1),
    );
    assert_eq!(mapping.due(now), Some(now + TIMEOUT));
    let ticked = mapping.tick(now + TIMEOUT);
    assert_eq!(
        ticked.news,
        ["universe 1: source 02020202-0202-0202-0202-020202020202 is gone: silent for 2.5 s"]
    );
    let takes_over = Received {
        unit: ticked.unit,
        ..Received::default()
    };
    assert_eq!(line(&takes_over), "/sacn/1/1=9");
}

#[test]
fn ten_thousand_sources_and_sync_universes_are_bounded() {
    let now = Instant::now();
    let mut mapping = mapping(None);
    for n in 0..10_000_u16 {
        let mut cid = [0; 16];
        cid[..2].copy_from_slice(&n.to_be_bytes());
        let cid = Cid(cid);
        let packet = Data {
            cid,
            sync: n,
            ..data(0, 0, &[1])
        };
        give(&mut mapping, &packet, now);
        for universe in [5, n] {
            let sync = Packet::Sync(Sync {
                cid,
                sequence: 0,
                universe,
            });
            mapping.receive(&codec::encode(&sync), now);
        }
    }
    assert!(mapping.dmx().sources() <= 32);
    assert!(mapping.sync_universes.len() <= SYNC_UNIVERSES_MAX);
    assert!(mapping.syncs.sources() <= syncs::MOST);
}
