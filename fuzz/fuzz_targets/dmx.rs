//! Any bytes: the decoders of sACN and Art-Net say what they are and do not fall over; what sACN's
//! reads is written and read the same; and the mappings take it, and what they send, in bounded time.
//!
//! `cargo +nightly fuzz run dmx`. The first byte says which of the two it is, and how it is mapped.

#![no_main]

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use tokio::time::Instant;
use trefoil::clasp::bridge::dmx::address::{Scale, Universes};
use trefoil::clasp::bridge::dmx::map::{Mode, Rules};
use trefoil::clasp::bridge::dmx::merge::Rule;
use trefoil::clasp::bridge::unit::Unit;
use trefoil::clasp::bridge::{artnet, sacn};

/// The beginning of every packet of sACN, and of Art-Net.
const SACN: &[u8] = b"\0\x10\0\0ASC-E1.17\0\0\0";
const ARTNET: &[u8] = b"Art-Net\0";

fuzz_target!(|bytes: &[u8]| {
    let [how, rest @ ..] = bytes else { return };
    let is = |bit: u8| how & bit != 0;
    let rules = |timeout, keepalive| Rules {
        namespace: "/dmx".into(),
        universes: Universes::parse("0-300", &(0..=u16::MAX)).expect("universes"),
        mode: if is(1) { Mode::Channel } else { Mode::Universe },
        scale: if is(2) { Scale::Steps } else { Scale::Normalized },
        merge: if is(4) { Rule::Htp } else { Rule::Ltp },
        sends: true,
        retained: true,
        timeout,
        keepalive,
        together: is(8),
    };
    let now = Instant::now();
    let later = now + Duration::from_millis(30);
    if is(16) {
        let bytes = [SACN, rest].concat();
        let read = sacn::codec::decode(&bytes);
        if let Ok(packet) = &read {
            let written = sacn::codec::encode(packet);
            assert_eq!(sacn::codec::decode(&written).as_ref(), Ok(packet));
        }
        let identity = sacn::map::Identity {
            cid: sacn::codec::Cid([1; 16]),
            name: "fuzz".into(),
            priority: 100,
            sync: is(8).then_some(7),
        };
        let rules = rules(sacn::map::TIMEOUT, sacn::map::KEEPALIVE);
        let mut mapping = sacn::map::Mapping::new(rules, identity);
        for _ in 0..2 {
            let received = mapping.receive(&bytes, now);
            deliver(received.unit, |message| {
                mapping.dmx_mut().deliver(message, false, now).expect("a level");
            });
        }
        mapping.tick(later);
        mapping.due(later);
        mapping.tick(later + sacn::map::TIMEOUT);
        mapping.finish();
    } else {
        let bytes = [ARTNET, rest].concat();
        let _ = artnet::codec::decode(&bytes);
        let identity = artnet::map::Identity {
            short_name: "fuzz".into(),
            long_name: "fuzz".into(),
            mark: "mark".into(),
            receives: true,
            sync: is(8),
        };
        let everybody = SocketAddrV4::new(Ipv4Addr::BROADCAST, artnet::codec::PORT);
        let to = artnet::map::To::Found(everybody);
        let rules = rules(artnet::map::TIMEOUT, artnet::map::KEEPALIVE);
        let mut mapping = artnet::map::Mapping::new(rules, identity, to);
        for from in [1, 2, 1] {
            let received = mapping.receive(&bytes, Ipv4Addr::from(from), now);
            deliver(received.unit, |message| {
                mapping.dmx_mut().deliver(message, false, now).expect("a level");
            });
        }
        mapping.replies(Ipv4Addr::LOCALHOST);
        mapping.tick(later);
        mapping.due(later);
        mapping.tick(later + artnet::map::TIMEOUT);
    }
});

/// What was written is told by the router.
fn deliver(unit: Option<Unit>, mut tell: impl FnMut(&trefoil::clasp::wire::Message<'_>)) {
    for message in unit.iter().flat_map(|unit| &unit.messages) {
        tell(message);
    }
}
