//! Encodes and decodes E1.31 packets: a datagram to a [`Packet`] or an error, and back. No I/O.
//!
//! ```text
//! root     0 size 0x10 | 2 0 | 4 "ASC-E1.17\0\0\0" | 16 length | 18 vector | 22 CID (16)
//! data    38 length | 40 vector 2 | 44 source name (64) | 108 priority | 109 sync universe
//!        111 sequence | 112 options | 113 universe
//!   DMP  115 length | 117 vector 2 | 118 0xA1 | 119 first 0 | 121 step 1 | 123 count
//!        125 start code | 126 levels, 0 to 512
//! sync    38 length | 40 vector 1 | 44 sequence | 45 sync universe | 47 0
//! discovery  38 length | 40 vector 2 | 44 source name (64) | 108 0 (4)
//!        112 length | 114 vector 1 | 118 page | 119 last page | 120 universes, sorted
//! ```
//!
//! Numbers are big-endian. A length has 0x7 in its upper four bits, and counts from its own first
//! byte to the end.

use std::fmt;
use std::str;

use thiserror::Error;

use crate::clasp::bridge::dmx::CHANNELS;

/// The port of sACN.
pub const PORT: u16 = 5_568;

/// The universes that carry levels.
pub const UNIVERSES: std::ops::RangeInclusive<u16> = 1..=63_999;

/// The universe in which sources announce what they send.
pub const DISCOVERY_UNIVERSE: u16 = 64_214;

/// The highest priority.
pub const PRIORITY_MAX: u8 = 200;

/// The start code of levels.
pub const LEVELS: u8 = 0;

/// The start code of a priority for each channel.
pub const PRIORITIES: u8 = 0xDD;

/// The most bytes of a source name; a NUL follows.
pub const NAME_MAX: usize = 63;

/// The universes of one discovery packet.
pub const PAGE: usize = 512;

/// The length of the longest packet: discovery with a full page.
pub const PACKET_MAX: usize = 120 + 2 * PAGE;

const IDENTIFIER: &[u8; 16] = b"\0\x10\0\0ASC-E1.17\0\0\0";
const ROOT_DATA: u32 = 4;
const ROOT_EXTENDED: u32 = 8;
const FRAMING_DATA: u32 = 2;
const FRAMING_SYNC: u32 = 1;
const FRAMING_DISCOVERY: u32 = 2;
const DMP: [u8; 6] = [2, 0xA1, 0, 0, 0, 1];
const PREVIEW: u8 = 0x80;
const TERMINATED: u8 = 0x40;
const FORCE_SYNC: u8 = 0x20;

/// The component identifier of a source: a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cid(pub [u8; 16]);

impl Cid {
    /// A random UUID of these bytes.
    pub fn random(mut bytes: [u8; 16]) -> Cid {
        // Version 4, variant 1.
        bytes[6] = bytes[6] & 0x0F | 0x40;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        Cid(bytes)
    }
}

impl fmt::Display for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, byte) in self.0.iter().enumerate() {
            let dash = if matches!(position, 4 | 6 | 8 | 10) {
                "-"
            } else {
                ""
            };
            write!(f, "{dash}{byte:02x}")?;
        }
        Ok(())
    }
}

/// A packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet<'a> {
    /// Levels, or other data if the start code differs.
    Data(Data<'a>),
    /// The frames for a synchronization universe are to be used now.
    Sync(Sync),
    /// The list of universes that a source sends.
    Discovery(Discovery<'a>),
}

/// Levels of a universe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data<'a> {
    /// The identifier of the source.
    pub cid: Cid,
    /// The name of the source.
    pub name: &'a str,
    /// 0 to 200.
    pub priority: u8,
    /// The synchronization universe whose packet the frame waits for; 0 for none.
    pub sync: u16,
    /// The sequence number of the packet in its universe.
    pub sequence: u8,
    /// Preview data, which is not for output.
    pub preview: bool,
    /// Whether the source ends the stream.
    pub terminated: bool,
    /// Whether the frame is used at once when sync packets have ceased.
    pub force_sync: bool,
    /// The number of the universe.
    pub universe: u16,
    /// The meaning of the slots: [`LEVELS`], [`PRIORITIES`].
    pub start_code: u8,
    /// At most 512.
    pub slots: &'a [u8],
}

/// A synchronization packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sync {
    /// The identifier of the source.
    pub cid: Cid,
    /// The sequence number.
    pub sequence: u8,
    /// The synchronization universe.
    pub universe: u16,
}

/// One page of the universes that a source sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery<'a> {
    /// The identifier of the source.
    pub cid: Cid,
    /// The name of the source.
    pub name: &'a str,
    /// The number of the page, from 0.
    pub page: u8,
    /// The number of the last page.
    pub last_page: u8,
    /// The universes of this page, sorted.
    pub universes: Vec<u16>,
}

/// Why a datagram is not a valid packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Malformed {
    /// It is not sACN.
    #[error("it is not E1.31")]
    NotE131,
    /// It is truncated.
    #[error("it is cut off: {0} bytes")]
    Truncated(usize),
    /// A length is greater than the rest, or too small.
    #[error("a length of {0} does not fit its {1} bytes")]
    Length(usize, usize),
    /// An unknown vector or constant.
    #[error("it is a kind of packet that E1.31 does not have ({0:#x})")]
    Kind(u32),
    /// The start code is missing, or there are more than 512 levels.
    #[error("{0} slots")]
    Slots(usize),
    /// A priority above 200.
    #[error("a priority of {0}: it is 0 to 200")]
    Priority(u8),
    /// A name that is not UTF-8.
    #[error("a source name that is not UTF-8")]
    Name,
}

/// Decodes a datagram.
///
/// # Errors
/// [`Malformed`].
pub fn decode(bytes: &[u8]) -> Result<Packet<'_>, Malformed> {
    if bytes.get(..16) != Some(IDENTIFIER) {
        return Err(Malformed::NotE131);
    }
    let root = layer(bytes, 16)?;
    let vector = u32_at(root, 2)?;
    let cid = Cid(array(root, 6)?);
    let framing = layer(root, 22)?;
    let inner = u32_at(framing, 2)?;
    match (vector, inner) {
        (ROOT_DATA, FRAMING_DATA) => data(cid, framing).map(Packet::Data),
        (ROOT_EXTENDED, FRAMING_SYNC) => Ok(Packet::Sync(Sync {
            cid,
            sequence: array::<1>(framing, 6)?[0],
            universe: u16_at(framing, 7)?,
        })),
        (ROOT_EXTENDED, FRAMING_DISCOVERY) => discovery(cid, framing).map(Packet::Discovery),
        (ROOT_DATA | ROOT_EXTENDED, kind) | (kind, _) => Err(Malformed::Kind(kind)),
    }
}

fn data(cid: Cid, framing: &[u8]) -> Result<Data<'_>, Malformed> {
    let dmp = layer(framing, 77)?;
    let kind = array::<6>(dmp, 2)?;
    if kind != DMP {
        return Err(Malformed::Kind(kind[0].into()));
    }
    let count = usize::from(u16_at(dmp, 8)?);
    let slots = dmp.get(10..).unwrap_or_default();
    if count == 0 || count > 1 + CHANNELS {
        return Err(Malformed::Slots(count));
    }
    let slots = slots
        .get(..count)
        .ok_or(Malformed::Length(count, slots.len()))?;
    let [priority] = array::<1>(framing, 70)?;
    if priority > PRIORITY_MAX {
        return Err(Malformed::Priority(priority));
    }
    let [options] = array::<1>(framing, 74)?;
    Ok(Data {
        cid,
        name: name(framing)?,
        priority,
        sync: u16_at(framing, 71)?,
        sequence: array::<1>(framing, 73)?[0],
        preview: options & PREVIEW != 0,
        terminated: options & TERMINATED != 0,
        force_sync: options & FORCE_SYNC != 0,
        universe: u16_at(framing, 75)?,
        start_code: slots[0],
        slots: &slots[1..],
    })
}

fn discovery(cid: Cid, framing: &[u8]) -> Result<Discovery<'_>, Malformed> {
    let list = layer(framing, 74)?;
    match u32_at(list, 2)? {
        1 => {}
        kind => return Err(Malformed::Kind(kind)),
    }
    let [page, last_page] = array(list, 6)?;
    let universes = list.get(8..).unwrap_or_default();
    if universes.len() % 2 != 0 || universes.len() > 2 * PAGE {
        return Err(Malformed::Length(universes.len(), 2 * PAGE));
    }
    let universes = universes.chunks_exact(2);
    Ok(Discovery {
        cid,
        name: name(framing)?,
        page,
        last_page,
        universes: universes
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .collect(),
    })
}

/// The layer that begins at `at`, cut to its own length field. Bytes after it are ignored.
fn layer(bytes: &[u8], at: usize) -> Result<&[u8], Malformed> {
    let length = usize::from(u16_at(bytes, at)? & 0x0FFF);
    let rest = &bytes[at..];
    rest.get(..length)
        .filter(|layer| layer.len() >= 2)
        .ok_or(Malformed::Length(length, rest.len()))
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Malformed> {
    let found = bytes.get(at..at + N).and_then(|part| part.try_into().ok());
    found.ok_or(Malformed::Truncated(bytes.len()))
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Malformed> {
    array(bytes, at).map(u16::from_be_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Malformed> {
    array(bytes, at).map(u32::from_be_bytes)
}

/// The source name of a framing layer: text that ends at a NUL.
fn name(framing: &[u8]) -> Result<&str, Malformed> {
    let field = framing.get(6..70);
    let field = field.ok_or(Malformed::Truncated(framing.len()))?;
    let end = field.iter().position(|byte| *byte == 0);
    str::from_utf8(&field[..end.unwrap_or(field.len())]).map_err(|_| Malformed::Name)
}

/// Encodes a packet.
pub fn encode(packet: &Packet<'_>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(126 + CHANNELS);
    bytes.extend_from_slice(IDENTIFIER);
    bytes.extend([0; 2]);
    match packet {
        Packet::Data(data) => {
            bytes.extend(ROOT_DATA.to_be_bytes());
            bytes.extend(data.cid.0);
            bytes.extend([0; 2]);
            bytes.extend(FRAMING_DATA.to_be_bytes());
            push_name(&mut bytes, data.name);
            bytes.push(data.priority);
            bytes.extend(data.sync.to_be_bytes());
            let option = |is: bool, bit: u8| if is { bit } else { 0 };
            bytes.extend([
                data.sequence,
                option(data.preview, PREVIEW)
                    | option(data.terminated, TERMINATED)
                    | option(data.force_sync, FORCE_SYNC),
            ]);
            bytes.extend(data.universe.to_be_bytes());
            bytes.extend([0; 2]);
            bytes.extend(DMP);
            let slots = &data.slots[..data.slots.len().min(CHANNELS)];
            bytes.extend((1 + slots.len() as u16).to_be_bytes());
            bytes.push(data.start_code);
            bytes.extend_from_slice(slots);
            push_length(&mut bytes, 115);
        }
        Packet::Sync(sync) => {
            bytes.extend(ROOT_EXTENDED.to_be_bytes());
            bytes.extend(sync.cid.0);
            bytes.extend([0; 2]);
            bytes.extend(FRAMING_SYNC.to_be_bytes());
            bytes.push(sync.sequence);
            bytes.extend(sync.universe.to_be_bytes());
            bytes.extend([0; 2]);
        }
        Packet::Discovery(discovery) => {
            bytes.extend(ROOT_EXTENDED.to_be_bytes());
            bytes.extend(discovery.cid.0);
            bytes.extend([0; 2]);
            bytes.extend(FRAMING_DISCOVERY.to_be_bytes());
            push_name(&mut bytes, discovery.name);
            bytes.extend([0; 4]);
            bytes.extend([0; 2]);
            bytes.extend(1_u32.to_be_bytes());
            bytes.extend([discovery.page, discovery.last_page]);
            let universes = &discovery.universes[..discovery.universes.len().min(PAGE)];
            bytes.extend(universes.iter().flat_map(|universe| universe.to_be_bytes()));
            push_length(&mut bytes, 112);
        }
    }
    push_length(&mut bytes, 38);
    push_length(&mut bytes, 16);
    bytes
}

/// The source name, cut to the length of its field.
fn push_name(bytes: &mut Vec<u8>, name: &str) {
    let end = bytes.len() + NAME_MAX + 1;
    bytes.extend_from_slice(&name.as_bytes()[..name.floor_char_boundary(NAME_MAX)]);
    bytes.resize(end, 0);
}

/// Writes the length field at `at`.
fn push_length(bytes: &mut [u8], at: usize) {
    let length = 0x7000 | (bytes.len() - at) as u16;
    bytes[at..at + 2].copy_from_slice(&length.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn data(slots: &[u8]) -> Data<'_> {
        Data {
            cid: Cid([7; 16]),
            name: "desk",
            priority: 100,
            sync: 0,
            sequence: 9,
            preview: false,
            terminated: false,
            force_sync: false,
            universe: 1,
            start_code: LEVELS,
            slots,
        }
    }

    #[test]
    fn a_packet_has_the_layout_of_the_standard() {
        let bytes = encode(&Packet::Data(data(&[1, 2, 3])));
        assert_eq!(bytes.len(), 129);
        assert_eq!(bytes[..16], *IDENTIFIER);
        assert_eq!(bytes[16..22], [0x70, 113, 0, 0, 0, 4]);
        assert_eq!(bytes[38..49], *b"\x70\x5B\0\0\0\x02desk\0");
        assert_eq!(
            bytes[108..],
            [
                100, 0, 0, 9, 0, 0, 1, 0x70, 14, 2, 0xA1, 0, 0, 0, 1, 0, 4, 0, 1, 2, 3
            ]
        );
        let whole = encode(&Packet::Data(data(&[0; 512])));
        assert_eq!((whole.len(), &whole[16..18]), (638, &[0x72, 0x6E][..]));
    }

    #[test]
    fn what_is_wrong_with_a_datagram() {
        let good = encode(&Packet::Data(data(&[1, 2, 3])));
        let with = |at: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[at] = byte;
            bytes
        };
        for (bytes, expected) in [
            (Vec::new(), Malformed::NotE131),
            (with(4, b'B'), Malformed::NotE131),
            (good[..20].to_vec(), Malformed::Length(113, 4)),
            (good[..17].to_vec(), Malformed::Truncated(17)),
            (good[..128].to_vec(), Malformed::Length(113, 112)),
            (with(17, 112), Malformed::Length(91, 90)),
            (with(17, 1), Malformed::Length(1, 113)),
            (with(21, 5), Malformed::Kind(5)),
            (with(43, 9), Malformed::Kind(9)),
            (with(117, 3), Malformed::Kind(3)),
            (with(124, 5), Malformed::Length(5, 4)),
            (with(124, 0), Malformed::Slots(0)),
            (with(123, 3), Malformed::Slots(772)),
            (with(108, 201), Malformed::Priority(201)),
            (with(44, 0xFF), Malformed::Name),
        ] {
            assert_eq!(decode(&bytes), Err(expected), "{}", bytes.escape_ascii());
        }
        // Bytes after the packet are ignored.
        let longer = [&good[..], b"xx"].concat();
        assert_eq!(decode(&longer), decode(&good));
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let long = Data {
            name: &"ä".repeat(40),
            ..data(&[])
        };
        let bytes = encode(&Packet::Data(long));
        let Ok(Packet::Data(read)) = decode(&bytes) else {
            panic!("it is whole");
        };
        assert_eq!((read.name, bytes.len()), (&*"ä".repeat(31), 126));
    }

    fn packets() -> impl Strategy<Value = (Vec<u8>, String, [u8; 8], [u16; 2], Vec<u16>)> {
        (
            prop::collection::vec(any::<u8>(), 0..=512),
            "[a-zä ]{0,20}",
            any::<[u8; 8]>(),
            any::<[u16; 2]>(),
            prop::collection::vec(any::<u16>(), 0..=512),
        )
    }

    proptest! {
        #[test]
        fn every_packet_comes_back((slots, name, bytes, numbers, universes) in packets()) {
            let cid = Cid([bytes[0]; 16]);
            let flag = |bit: u8| bytes[1] & bit != 0;
            let data = Packet::Data(Data {
                cid,
                name: &name,
                priority: bytes[2] % 201,
                sync: numbers[0],
                sequence: bytes[3],
                preview: flag(1),
                terminated: flag(2),
                force_sync: flag(4),
                universe: numbers[1],
                start_code: bytes[4],
                slots: &slots,
            });
            let sync = Packet::Sync(Sync { cid, sequence: bytes[5], universe: numbers[0] });
            let discovery = Packet::Discovery(Discovery {
                cid,
                name: &name,
                page: bytes[6],
                last_page: bytes[7],
                universes,
            });
            for packet in [data, sync, discovery] {
                let bytes = encode(&packet);
                prop_assert!(bytes.len() <= PACKET_MAX);
                prop_assert_eq!(decode(&bytes), Ok(packet.clone()));
                // A truncated packet is refused, wherever it is cut.
                for end in 0..bytes.len() {
                    prop_assert!(decode(&bytes[..end]).is_err());
                }
            }
        }

        #[test]
        fn nothing_panics(
            bytes in prop::collection::vec(any::<u8>(), 0..700),
            (slots, _, _, _, _) in packets(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            let _ = decode(&bytes);
            let _ = decode(&[IDENTIFIER, &bytes[..]].concat());
            let mut packet = encode(&Packet::Data(data(&slots)));
            for (at, byte) in changes {
                let at = at.index(packet.len());
                packet[at] = byte;
            }
            let _ = decode(&packet);
        }
    }
}
