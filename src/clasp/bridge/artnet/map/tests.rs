use super::*;
use crate::clasp::bridge::dmx::address::{Scale, Universes as List};
use crate::clasp::bridge::dmx::map::Mode;
use crate::clasp::bridge::dmx::merge::Rule;
use crate::clasp::bridge::dmx::syncs;
use crate::clasp::bridge::unit::set;
use crate::clasp::wire::{Message, Value};

const DESK: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const NODE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const OTHER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 3);
const EVERYBODY: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::BROADCAST, PORT);

fn mapping(to: To, sync: bool) -> Mapping {
    let rules = Rules {
        namespace: "/artnet".into(),
        universes: List::parse("0-5,17", &codec::UNIVERSES).expect("universes"),
        mode: Mode::Channel,
        scale: Scale::Steps,
        merge: Rule::Htp,
        sends: true,
        retained: false,
        timeout: TIMEOUT,
        keepalive: KEEPALIVE,
        together: sync,
    };
    let identity = Identity {
        short_name: "trefoil".into(),
        long_name: "trefoil".into(),
        mark: "5eed".into(),
        receives: true,
        sync,
    };
    Mapping::new(rules, identity, to)
}

fn levels(universe: u16, sequence: u8, slots: &[u8]) -> Vec<u8> {
    codec::encode_dmx(&Dmx {
        universe,
        sequence,
        slots,
    })
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
    parts.extend(received.news.clone());
    parts.extend(received.asked.then(|| "asked".to_owned()));
    parts.join(", ")
}

/// What is sent, as lines.
fn sent(mapping: &mut Mapping, now: Instant) -> Vec<String> {
    let ticked = mapping.tick(now);
    let line = |(to, packet): &(SocketAddrV4, Outgoing)| {
        let what = match codec::decode(&packet.bytes) {
            Ok(Packet::Dmx(dmx)) => {
                let levels = &dmx.slots[..2];
                format!("{} #{} {levels:?}", dmx.universe, dmx.sequence)
            }
            Ok(Packet::Poll(_)) => "poll".into(),
            Ok(Packet::Sync) => "sync".into(),
            other => format!("{other:?}"),
        };
        format!("{}: {what}", to.ip())
    };
    ticked.packets.iter().map(line).collect()
}

fn write(mapping: &mut Mapping, address: &str, level: i64, now: Instant) {
    let message = set(address.into(), Value::Int(level));
    assert_eq!(mapping.dmx_mut().deliver(&message, false, now), Ok(()));
}

fn reply(address: Ipv4Addr, universes: &[u16], mark: &str) -> Vec<u8> {
    codec::encode_reply(&codec::Own {
        address,
        bind_index: 1,
        short_name: "node",
        long_name: "node",
        report: mark,
        universes,
        receives: true,
        sends: false,
    })
}

#[test]
fn levels_are_merged_by_address_and_wait_for_sync_once_there_was_one() {
    let now = Instant::now();
    let mut mapping = mapping(To::Targets(vec![]), false);
    let mut give = |bytes: &[u8], from, now| line(&mapping.receive(bytes, from, now));
    assert_eq!(
        give(&levels(0, 1, &[5, 0]), DESK, now),
        "/artnet/0/1=5, /artnet/0/2=0, universe 0: source 10.0.0.1"
    );
    assert_eq!(
        give(&levels(0, 0, &[3, 9]), OTHER, now),
        "/artnet/0/2=9, universe 0: source 10.0.0.3"
    );
    let old = "universe 0: an older packet came after a newer one";
    assert_eq!(give(&levels(0, 255, &[7, 0]), DESK, now), old);
    // A sender that never changes its number is heard all the same.
    assert_eq!(give(&levels(0, 1, &[4, 0]), DESK, now), "/artnet/0/1=4");
    // Without numbers there is no order.
    assert_eq!(give(&levels(0, 0, &[6, 0]), DESK, now), "/artnet/0/1=6");
    assert_eq!(give(&codec::encode_sync(), DESK, now), "");
    assert_eq!(give(&levels(0, 0, &[8, 0]), DESK, now), "");
    assert_eq!(give(&codec::encode_sync(), OTHER, now), "");
    assert_eq!(give(&codec::encode_sync(), DESK, now), "/artnet/0/1=8");
    let later = now + SYNC_TIMEOUT;
    assert_eq!(give(&levels(0, 0, &[9, 0]), DESK, later), "/artnet/0/1=9");
    for (bytes, expected) in [
        (&levels(9, 0, &[1])[..], "a packet for universe 9"),
        (
            b"Art-Net\0\0\x97\0\x0E",
            "10.0.0.1: opcode 0x9700 is not DMX",
        ),
        (b"hello", "10.0.0.1: it is not Art-Net"),
    ] {
        assert_eq!(give(bytes, DESK, now), expected);
    }
}

#[test]
fn frames_go_to_who_puts_the_universe_out_and_to_who_asks() {
    let now = Instant::now();
    let mut mapping = mapping(To::Found(EVERYBODY), false);
    assert_eq!(mapping.due(now), Some(now));
    assert_eq!(sent(&mut mapping, now), ["255.255.255.255: poll"]);
    write(&mut mapping, "/artnet/1/1", 7, now);
    assert_eq!(sent(&mut mapping, now), [""; 0], "there is nobody");
    let news = "node 'node' at 10.0.0.2 puts out [1, 2]";
    let later = now + Duration::from_millis(100);
    let received = mapping.receive(&reply(NODE, &[1, 2], ""), NODE, later);
    assert_eq!(line(&received), news);
    // At once, and not only with the next keep-alive.
    assert_eq!(sent(&mut mapping, later), ["10.0.0.2: 1 #2 [7, 0]"]);
    let received = mapping.receive(&codec::encode_poll(), OTHER, later);
    assert_eq!(line(&received), "10.0.0.3 asks who is there, asked");
    let next = later + Duration::from_millis(30);
    assert_eq!(
        sent(&mut mapping, next),
        ["10.0.0.2: 1 #3 [7, 0]", "10.0.0.3: 1 #3 [7, 0]"]
    );
    assert_eq!(mapping.peers(), Some(2));
    let silent = next + Duration::from_secs(10);
    mapping.tick(silent);
    assert_eq!(mapping.peers(), Some(0));
}

#[test]
fn a_broadcast_is_not_heard_as_somebody_elses() {
    let now = Instant::now();
    for (to, is_known) in [
        (To::Broadcast(EVERYBODY), true),
        (To::Found(EVERYBODY), false),
    ] {
        let mut mapping = mapping(to, false);
        write(&mut mapping, "/artnet/0/1", 7, now);
        assert_eq!(mapping.tick(now).packets.len(), 1);
        let slots = [&[7][..], &[0; 511]].concat();
        let back = mapping.receive(&levels(0, 1, &slots), DESK, now);
        assert_eq!(back == Received::default(), is_known);
        // Another's are.
        let other = mapping.receive(&levels(0, 1, &[9]), OTHER, now);
        assert!(other.unit.is_some());
    }
}

#[test]
fn our_own_reply_says_which_address_is_ours() {
    let now = Instant::now();
    let mut mapping = mapping(To::Found(EVERYBODY), false);
    assert!(mapping.receive(&codec::encode_poll(), DESK, now).asked);
    let ours = mapping.replies(DESK);
    assert_eq!(mapping.receive(&ours[0], DESK, now), Received::default());
    assert_eq!(mapping.peers(), Some(0));
    let again = mapping.receive(&codec::encode_poll(), DESK, now);
    assert_eq!(line(&again), "asked");
    assert_eq!(mapping.peers(), Some(0));
}

#[test]
fn replies_tell_of_every_universe_by_its_subnet() {
    let mapping = mapping(To::Found(EVERYBODY), false);
    let replies = mapping.replies(NODE);
    let told: Vec<_> = replies
        .iter()
        .map(|bytes| match codec::decode(bytes) {
            Ok(Packet::Reply(reply)) => (reply.bind_index, reply.outputs, reply.inputs),
            other => panic!("{other:?}"),
        })
        .collect();
    let ports =
        |bind_index, universes: &[u16]| (bind_index, universes.to_vec(), universes.to_vec());
    assert_eq!(
        told,
        [ports(1, &[0, 1, 2, 3]), ports(2, &[4, 5]), ports(3, &[17])]
    );
}

#[test]
fn a_poll_for_others_is_not_answered() {
    let now = Instant::now();
    let mut mapping = mapping(To::Found(EVERYBODY), false);
    for (first, last, asked) in [(100, 200, false), (3, 100, true), (17, 17, true)] {
        let mut bytes = b"Art-Net\0\0\x20\0\x0E\x20\0\0".to_vec();
        bytes.extend([last, 0, first]);
        assert_eq!(
            mapping.receive(&bytes, DESK, now).asked,
            asked,
            "{first}-{last}"
        );
    }
}

#[test]
fn numbers_go_from_1_to_255_and_sync_follows() {
    let now = Instant::now();
    let target = SocketAddrV4::new(NODE, PORT);
    let mut mapping = mapping(To::Targets(vec![target]), true);
    let mut numbers = Vec::new();
    for n in 0..300_u32 {
        let now = now + Duration::from_millis(50) * n;
        write(&mut mapping, "/artnet/0/1", (n % 2).into(), now);
        write(&mut mapping, "/artnet/1/1", (n % 2).into(), now);
        let packets = mapping.tick(now + Duration::from_millis(5)).packets;
        let Ok(Packet::Dmx(dmx)) = codec::decode(&packets[0].1.bytes) else {
            panic!("{packets:?}");
        };
        numbers.push(dmx.sequence);
        assert_eq!(packets.len(), 3);
        assert_eq!(codec::decode(&packets[2].1.bytes), Ok(Packet::Sync));
    }
    let expected: Vec<u8> = (1..=255).chain(1..=45).collect();
    assert_eq!(numbers, expected);
}

#[test]
fn ten_thousand_sources_are_bounded() {
    let now = Instant::now();
    let mut mapping = mapping(To::Found(EVERYBODY), false);
    for n in 0..10_000 {
        let from = Ipv4Addr::from(0x0A00_0000 | n);
        mapping.receive(&codec::encode_sync(), from, now);
        mapping.receive(&levels(0, 1, &[1]), from, now);
        mapping.receive(&codec::encode_poll(), from, now);
    }
    assert!(mapping.dmx().sources() <= 32);
    assert!(mapping.syncs.sources() <= syncs::MOST);
    assert!(mapping.nodes.len() <= 1_000);
}
