//! Encodes and decodes Art-Net packets: a datagram to a [`Packet`] or an error, and back. No I/O.
//!
//! ```text
//! all       0 "Art-Net\0" | 8 opcode (little-endian)
//! ArtDmx   10 version 14 | 12 sequence | 13 physical | 14 low byte, 15 high 7 bits of the
//!             port address | 16 length | 18 levels, 2 to 512
//! ArtPoll  10 version 14 | 12 flags | 13 priority | 14 last, 16 first port address asked for
//! ArtSync  10 version 14 | 12 0 (2)
//! ArtPollReply  10 IP | 14 port (little-endian) | 16 firmware | 18 net | 19 subnet | 20 OEM
//!         22 UBEA | 23 status | 24 ESTA (little-endian) | 26 short name (18) | 44 long name (64)
//!        108 report (64) | 172 ports | 174 types (4) | 178 inputs (4) | 182 outputs (4)
//!        186 universes in (4) | 190 universes out (4) | 194 0 (6) | 200 style | 201 MAC
//!        207 bind IP | 211 bind index | 212 status 2 | 213 outputs (4) | 217 0 (9)
//!        226 frames a second | 228 0 (11)
//! ```
//!
//! Numbers are big-endian unless stated otherwise. A port address is usually called a universe: seven
//! bits of net, four of subnet, four of universe.

use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use thiserror::Error;

use crate::clasp::bridge::dmx::CHANNELS;

/// The port of Art-Net.
pub const PORT: u16 = 6_454;

/// The valid port addresses.
pub const UNIVERSES: RangeInclusive<u16> = 0..=0x7FFF;

/// The number of ports in one ArtPollReply.
pub const PORTS: usize = 4;

/// The longest report of a node, in bytes; a NUL follows.
pub const REPORT_MAX: usize = 63;

/// The longest long name, in bytes.
pub const NAME_MAX: usize = 63;

const IDENTIFIER: &[u8; 8] = b"Art-Net\0";
const POLL: u16 = 0x2000;
const POLL_REPLY: u16 = 0x2100;
const DMX: u16 = 0x5000;
const SYNC: u16 = 0x5200;
const VERSION: u16 = 14;
const TARGETED: u8 = 0x20;
/// Port types: DMX from Art-Net, and to Art-Net.
const OUTPUT: u8 = 0x80;
const INPUT: u8 = 0x40;
/// The length of a reply, and the length of an Art-Net II reply up to its last universe.
const REPLY: usize = 239;
const REPLY_MIN: usize = 194;

/// A packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet<'a> {
    /// Levels of a universe.
    Dmx(Dmx<'a>),
    /// ArtPoll: asks all nodes to reply.
    Poll(Poll),
    /// ArtPollReply: describes a node.
    Reply(Reply<'a>),
    /// ArtSync: the frames received before are to be used now.
    Sync,
    /// Another packet, with its opcode.
    Other(u16),
}

/// Levels of a universe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dmx<'a> {
    /// The port address.
    pub universe: u16,
    /// The sequence number, 1 to 255; 0 means none.
    pub sequence: u8,
    /// 1 to 512.
    pub slots: &'a [u8],
}

/// The content of ArtPoll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// If set, only nodes with one of these port addresses reply.
    pub targets: Option<RangeInclusive<u16>>,
}

/// The content of ArtPollReply: a node with up to four ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The address of the node.
    pub address: Ipv4Addr,
    /// The number of the reply of the same device, from 1.
    pub bind_index: u8,
    /// The name of the node.
    pub name: &'a str,
    /// The status report.
    pub report: &'a str,
    /// The port addresses that it outputs.
    pub outputs: Vec<u16>,
    /// The port addresses that it takes as input.
    pub inputs: Vec<u16>,
}

/// Why a datagram is not a valid packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Malformed {
    /// It is not Art-Net.
    #[error("it is not Art-Net")]
    NotArtNet,
    /// It is truncated.
    #[error("it is cut off: {0} bytes")]
    Truncated(usize),
    /// Its protocol version is too old.
    #[error("it is of version {0}, before {VERSION}")]
    Version(u16),
    /// Its length field is 0, above 512, or greater than the rest.
    #[error("a length of {0} with {1} levels")]
    Length(usize, usize),
    /// A port address has 15 bits.
    #[error("a port address of {0}")]
    Universe(u16),
}

/// Decodes a datagram.
///
/// # Errors
/// [`Malformed`].
pub fn decode(bytes: &[u8]) -> Result<Packet<'_>, Malformed> {
    if bytes.get(..8) != Some(IDENTIFIER) {
        return Err(Malformed::NotArtNet);
    }
    let opcode = u16::from_le_bytes(array(bytes, 8)?);
    if opcode == POLL_REPLY {
        return reply(bytes).map(Packet::Reply);
    }
    match opcode {
        DMX | POLL | SYNC => {}
        other => return Ok(Packet::Other(other)),
    }
    let version = u16_at(bytes, 10)?;
    if version < VERSION {
        return Err(Malformed::Version(version));
    }
    match opcode {
        DMX => dmx(bytes).map(Packet::Dmx),
        POLL => poll(bytes).map(Packet::Poll),
        _ => Ok(Packet::Sync),
    }
}

fn dmx(bytes: &[u8]) -> Result<Dmx<'_>, Malformed> {
    let [sequence, _physical, low, high] = array(bytes, 12)?;
    let universe = u16::from_be_bytes([high, low]);
    if !UNIVERSES.contains(&universe) {
        return Err(Malformed::Universe(universe));
    }
    let length = usize::from(u16_at(bytes, 16)?);
    let levels = &bytes[18..];
    // The standard requires an even length of at least 2; not every sender follows it.
    match levels.get(..length) {
        Some(slots) if (1..=CHANNELS).contains(&length) => Ok(Dmx {
            universe,
            sequence,
            slots,
        }),
        _ => Err(Malformed::Length(length, levels.len())),
    }
}

fn poll(bytes: &[u8]) -> Result<Poll, Malformed> {
    let [flags] = array(bytes, 12)?;
    let targets = if flags & TARGETED == 0 {
        None
    } else {
        Some(u16_at(bytes, 16)?..=u16_at(bytes, 14)?)
    };
    Ok(Poll { targets })
}

fn reply(bytes: &[u8]) -> Result<Reply<'_>, Malformed> {
    if bytes.len() < REPLY_MIN {
        return Err(Malformed::Truncated(bytes.len()));
    }
    let [net, subnet] = array(bytes, 18)?;
    let base = u16::from(net & 0x7F) << 8 | u16::from(subnet & 0x0F) << 4;
    let universes = |kind: u8, at: usize| {
        let has = move |port: &usize| bytes[174 + port] & kind != 0;
        let universe = move |port: usize| base | u16::from(bytes[at + port] & 0x0F);
        // The field with the number of ports may be 0: the number follows from these types.
        (0..PORTS).filter(has).map(universe).collect()
    };
    Ok(Reply {
        address: Ipv4Addr::from(array(bytes, 10)?),
        bind_index: bytes.get(211).copied().unwrap_or_default(),
        name: text(&bytes[26..44]),
        report: text(&bytes[108..172]),
        outputs: universes(OUTPUT, 190),
        inputs: universes(INPUT, 186),
    })
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Malformed> {
    let found = bytes.get(at..at + N).and_then(|part| part.try_into().ok());
    found.ok_or(Malformed::Truncated(bytes.len()))
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Malformed> {
    array(bytes, at).map(u16::from_be_bytes)
}

/// Text that ends at a NUL. Bytes that are not UTF-8 are replaced: old devices have such names.
fn text(field: &[u8]) -> &str {
    let end = field.iter().position(|byte| *byte == 0);
    let field = &field[..end.unwrap_or(field.len())];
    match std::str::from_utf8(field) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&field[..error.valid_up_to()]).unwrap_or_default(),
    }
}

fn begin(opcode: u16, capacity: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(capacity);
    bytes.extend_from_slice(IDENTIFIER);
    bytes.extend(opcode.to_le_bytes());
    if opcode != POLL_REPLY {
        bytes.extend(VERSION.to_be_bytes());
    }
    bytes
}

/// Encodes ArtDmx. An odd number of levels gets one more, as the standard requires.
pub fn encode_dmx(dmx: &Dmx<'_>) -> Vec<u8> {
    let mut bytes = begin(DMX, 18 + CHANNELS);
    let [high, low] = dmx.universe.to_be_bytes();
    let slots = &dmx.slots[..dmx.slots.len().min(CHANNELS)];
    let length = slots.len().next_multiple_of(2).max(2);
    bytes.extend([dmx.sequence, 0, low, high]);
    bytes.extend((length as u16).to_be_bytes());
    bytes.extend_from_slice(slots);
    bytes.resize(18 + length, 0);
    bytes
}

/// Encodes an ArtPoll to all nodes.
pub fn encode_poll() -> Vec<u8> {
    let mut bytes = begin(POLL, 14);
    bytes.extend([0; 2]);
    bytes
}

/// Encodes ArtSync.
pub fn encode_sync() -> Vec<u8> {
    let mut bytes = begin(SYNC, 14);
    bytes.extend([0; 2]);
    bytes
}

/// The content of our ArtPollReply: up to four port addresses with the same net and subnet.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// Our address.
    pub address: Ipv4Addr,
    /// The number of the reply, from 1.
    pub bind_index: u8,
    /// At most 17 bytes.
    pub short_name: &'a str,
    /// At most [`NAME_MAX`] bytes.
    pub long_name: &'a str,
    /// Our status report, with a mark by which we recognize it; see [`REPORT_MAX`].
    pub report: &'a str,
    /// The port addresses.
    pub universes: &'a [u16],
    /// Whether we receive levels for them.
    pub receives: bool,
    /// Whether we send levels for them.
    pub sends: bool,
}

/// Encodes ArtPollReply.
pub fn encode_reply(own: &Own<'_>) -> Vec<u8> {
    let universes = &own.universes[..own.universes.len().min(PORTS)];
    let base = universes.first().copied().unwrap_or_default();
    let per_port = |value: u8| {
        let mut ports = [0; PORTS];
        ports[..universes.len()].fill(value);
        ports
    };
    let mut numbers = [0; PORTS];
    for (number, universe) in numbers.iter_mut().zip(universes) {
        *number = (universe & 0x0F) as u8;
    }
    let bit = |is: bool, bit: u8| if is { bit } else { 0 };
    let mut bytes = begin(POLL_REPLY, REPLY);
    bytes.extend(own.address.octets());
    bytes.extend(PORT.to_le_bytes());
    bytes.extend([0, 1]);
    bytes.extend([(base >> 8) as u8, (base >> 4 & 0x0F) as u8]);
    // OEM code unknown, no UBEA, status normal, and the ESTA code for devices without one.
    bytes.extend([0x00, 0xFF, 0, 0xC0, 0xF0, 0x7F]);
    for (text, size) in [
        (own.short_name, 18),
        (own.long_name, NAME_MAX + 1),
        (own.report, REPORT_MAX + 1),
    ] {
        let end = bytes.len() + size;
        bytes.extend_from_slice(&text.as_bytes()[..text.floor_char_boundary(size - 1)]);
        bytes.resize(end, 0);
    }
    bytes.extend((universes.len() as u16).to_be_bytes());
    bytes.extend(per_port(bit(own.receives, OUTPUT) | bit(own.sends, INPUT)));
    bytes.extend(per_port(bit(own.sends, 0x80)));
    bytes.extend(per_port(bit(own.receives, 0x80)));
    bytes.extend(numbers);
    bytes.extend(numbers);
    bytes.extend([0; 6]);
    // Style: a node, or a controller if it only sends. The MAC address is left out.
    bytes.push(bit(!own.receives, 1));
    bytes.extend([0; 6]);
    bytes.extend(own.address.octets());
    // Port addresses have 15 bits; no RDM.
    bytes.extend([own.bind_index, 0x08]);
    bytes.extend(per_port(0xC0));
    bytes.extend([0; 9]);
    bytes.extend([0, 44]);
    bytes.resize(REPLY, 0);
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn levels_have_the_layout_of_the_standard() {
        let dmx = Dmx {
            universe: 0x1234,
            sequence: 9,
            slots: &[1, 2, 3],
        };
        let bytes = encode_dmx(&dmx);
        assert_eq!(
            bytes,
            *b"Art-Net\0\0\x50\0\x0E\x09\0\x34\x12\0\x04\x01\x02\x03\0"
        );
        let even = Packet::Dmx(Dmx {
            slots: &[1, 2, 3, 0],
            ..dmx
        });
        assert_eq!(decode(&bytes), Ok(even));
        assert_eq!(encode_poll(), *b"Art-Net\0\0\x20\0\x0E\0\0");
        assert_eq!(
            decode(&encode_poll()),
            Ok(Packet::Poll(Poll { targets: None }))
        );
        assert_eq!(encode_sync(), *b"Art-Net\0\0\x52\0\x0E\0\0");
        assert_eq!(decode(&encode_sync()), Ok(Packet::Sync));
        let targeted = b"Art-Net\0\0\x20\0\x0E\x20\0\0\x09\0\x03";
        let targets = Some(3..=9);
        assert_eq!(decode(targeted), Ok(Packet::Poll(Poll { targets })));
        assert_eq!(decode(b"Art-Net\0\0\x97"), Ok(Packet::Other(0x9700)));
    }

    #[test]
    fn what_is_wrong_with_a_datagram() {
        for (bytes, expected) in [
            (&b""[..], Malformed::NotArtNet),
            (b"Art-Net", Malformed::NotArtNet),
            (b"Art-Net\0\0", Malformed::Truncated(9)),
            (b"Art-Net\0\0\x50\0\x0D", Malformed::Version(13)),
            (b"Art-Net\0\0\x50\0\x0E\x09\0\0", Malformed::Truncated(15)),
            (
                b"Art-Net\0\0\x50\0\x0E\x09\0\0\x80\0\x02\x01\x02",
                Malformed::Universe(0x8000),
            ),
            (
                b"Art-Net\0\0\x50\0\x0E\x09\0\0\0\0\x03\x01\x02",
                Malformed::Length(3, 2),
            ),
            (
                b"Art-Net\0\0\x50\0\x0E\x09\0\0\0\0\0\x01\x02",
                Malformed::Length(0, 2),
            ),
            (b"Art-Net\0\0\x21\x7F\0\0\x01", Malformed::Truncated(14)),
            (b"Art-Net\0\0\x20\0\x0E\x20\0\0", Malformed::Truncated(15)),
        ] {
            assert_eq!(decode(bytes), Err(expected), "{}", bytes.escape_ascii());
        }
        let long = [&b"Art-Net\0\0\x50\0\x0E\x09\0\0\0\x02\x01"[..], &[0; 513]].concat();
        assert_eq!(decode(&long), Err(Malformed::Length(513, 513)));
    }

    #[test]
    fn a_reply_tells_of_four_ports() {
        let own = Own {
            address: Ipv4Addr::new(10, 0, 0, 5),
            bind_index: 2,
            short_name: "trefoil",
            long_name: "trefoil on stage-left",
            report: "#0001 [0000] 1f2e",
            universes: &[0x1230, 0x1231, 0x123F],
            receives: true,
            sends: true,
        };
        let bytes = encode_reply(&own);
        assert_eq!(bytes.len(), REPLY);
        assert_eq!(bytes[10..20], [10, 0, 0, 5, 0x36, 0x19, 0, 1, 0x12, 0x03]);
        assert_eq!(
            bytes[172..194],
            *b"\0\x03\xC0\xC0\xC0\0\x80\x80\x80\0\x80\x80\x80\0\x00\x01\x0F\0\x00\x01\x0F\0"
        );
        assert_eq!(bytes[207..213], [10, 0, 0, 5, 2, 8]);
        assert_eq!(bytes[226..228], [0, 44]);
        let read = Packet::Reply(Reply {
            address: own.address,
            bind_index: 2,
            name: "trefoil",
            report: own.report,
            outputs: own.universes.to_vec(),
            inputs: own.universes.to_vec(),
        });
        assert_eq!(decode(&bytes), Ok(read));
        // A reply of Art-Net II is shorter.
        assert!(decode(&bytes[..REPLY_MIN]).is_ok());
        assert!(decode(&bytes[..REPLY_MIN - 1]).is_err());
    }

    proptest! {
        #[test]
        fn levels_come_back(
            universe in 0u16..=0x7FFF, sequence: u8, slots in prop::collection::vec(any::<u8>(), 1..=256)
        ) {
            let slots = [&slots[..], &slots].concat();
            let dmx = Dmx { universe, sequence, slots: &slots };
            let bytes = encode_dmx(&dmx);
            for end in 0..bytes.len() {
                prop_assert!(!matches!(decode(&bytes[..end]), Ok(Packet::Dmx(_))));
            }
            prop_assert_eq!(decode(&bytes), Ok(Packet::Dmx(dmx)));
        }

        #[test]
        fn nothing_panics(
            opcode in prop::sample::select(vec![POLL, POLL_REPLY, DMX, SYNC, 0x9700]),
            rest in prop::collection::vec(any::<u8>(), 0..700),
        ) {
            let _ = decode(&rest);
            let _ = decode(&[&begin(opcode, 0)[..10], &rest].concat());
            let _ = decode(&[begin(opcode, 0), rest].concat());
        }
    }
}
