//! Encodes and decodes the records of the log, without I/O.
//!
//! A record gives the new state of something, never a difference, so that reading a record twice
//! has the same result as reading it once. All integers are big-endian.
//!
//! ```text
//! 1 param      address, bytes value, u64 revision, u64 timestamp, text writer,
//!              u8 flags (1: u32 ttl bits, 2: u64 expires)
//! 2 touch      address, u64 expires
//! 3 held       u64 id, u64 due, text sender, text grant, bytes frame
//! 4 not held   u64 id
//! 5 timeline   address, u64 start, text writer, text grant, bytes value
//! 6 no timeline   address
//! 7 signal     address, u8 type, u8 flags (1: text datatype, 2: text access), text grant
//! 8 no signal  address
//! 9 complete   this file holds the complete state
//! ```
//!
//! An address or text is a u16 length and UTF-8; bytes are a u32 length and data. A value is its
//! type code and encoded data. A grant is the hash of a token, or empty.

use super::super::bytes::{data, number, put_bytes, put_text, short, take, text};
use super::super::state::Kept;
use crate::clasp::wire::{SignalType, Ttl};

/// A bundle that waits for its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldRecord<'a> {
    /// Its id in this log.
    pub id: u64,
    /// When it is due, in µs since the epoch.
    pub due: u64,
    /// The session that sent it.
    pub sender: &'a str,
    /// The hash of the token that allowed it, or empty.
    pub grant: &'a str,
    /// The BUNDLE frame as received.
    pub frame: &'a [u8],
}

/// A timeline that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimelineRecord<'a> {
    /// The address.
    pub address: &'a str,
    /// When it began, in µs since the epoch, unless its value has a start time.
    pub start: u64,
    /// The session that sent it.
    pub writer: &'a str,
    /// The hash of the token that allowed it, or empty.
    pub grant: &'a str,
    /// The value of its PUBLISH: the type code, then the data.
    pub value: &'a [u8],
}

/// A signal that was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignalRecord<'a> {
    /// The address.
    pub address: &'a str,
    /// The type of signal.
    pub signal: SignalType,
    /// The type of its values, as the announcing client names it.
    pub datatype: Option<&'a str>,
    /// The access rights, as the announcing client names them.
    pub access: Option<&'a str>,
    /// The hash of the token that allowed it, or empty.
    pub grant: &'a str,
}

/// One record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record<'a> {
    /// 1
    Param(Kept<'a>),
    /// 2
    Touch {
        /// The address.
        address: &'a str,
        /// When it expires, in µs since the epoch.
        expires: u64,
    },
    /// 3
    Held(HeldRecord<'a>),
    /// 4
    NotHeld(u64),
    /// 5
    Timeline(TimelineRecord<'a>),
    /// 6
    NoTimeline(&'a str),
    /// 7
    Signal(SignalRecord<'a>),
    /// 8
    NoSignal(&'a str),
    /// 9
    Complete,
}

/// Appends a record.
pub fn write(record: &Record<'_>, out: &mut Vec<u8>) {
    match record {
        Record::Param(param) => {
            out.push(1);
            put_text(param.address, out);
            put_bytes(param.value, out);
            out.extend_from_slice(&param.revision.to_be_bytes());
            out.extend_from_slice(&param.timestamp.to_be_bytes());
            put_text(param.writer, out);
            let ttl = param.ttl.map(Ttl::to_bits);
            out.push(u8::from(ttl.is_some()) | u8::from(param.expires.is_some()) << 1);
            if let Some(ttl) = ttl {
                out.extend_from_slice(&ttl.to_be_bytes());
            }
            if let Some(expires) = param.expires {
                out.extend_from_slice(&expires.to_be_bytes());
            }
        }
        Record::Touch { address, expires } => {
            out.push(2);
            put_text(address, out);
            out.extend_from_slice(&expires.to_be_bytes());
        }
        Record::Held(held) => {
            out.push(3);
            out.extend_from_slice(&held.id.to_be_bytes());
            out.extend_from_slice(&held.due.to_be_bytes());
            put_text(held.sender, out);
            put_text(held.grant, out);
            put_bytes(held.frame, out);
        }
        Record::NotHeld(id) => {
            out.push(4);
            out.extend_from_slice(&id.to_be_bytes());
        }
        Record::Timeline(timeline) => {
            out.push(5);
            put_text(timeline.address, out);
            out.extend_from_slice(&timeline.start.to_be_bytes());
            put_text(timeline.writer, out);
            put_text(timeline.grant, out);
            put_bytes(timeline.value, out);
        }
        Record::NoTimeline(address) => {
            out.push(6);
            put_text(address, out);
        }
        Record::Signal(signal) => {
            out.push(7);
            put_text(signal.address, out);
            out.push(signal.signal as u8);
            let (datatype, access) = (signal.datatype, signal.access);
            out.push(u8::from(datatype.is_some()) | u8::from(access.is_some()) << 1);
            for text in [datatype, access].into_iter().flatten() {
                put_text(text, out);
            }
            put_text(signal.grant, out);
        }
        Record::NoSignal(address) => {
            out.push(8);
            put_text(address, out);
        }
        Record::Complete => out.push(9),
    }
}

/// Removes the first record from `bytes`; `None` if they do not begin with a valid record.
pub fn read<'a>(bytes: &mut &'a [u8]) -> Option<Record<'a>> {
    let record = match take(bytes, 1)?[0] {
        1 => {
            let address = text(bytes)?;
            let value = data(bytes)?;
            let (revision, timestamp) = (number(bytes)?, number(bytes)?);
            let writer = text(bytes)?;
            let flags = take(bytes, 1)?[0];
            let ttl = if flags & 1 == 0 {
                None
            } else {
                Some(Ttl::from_bits(short(bytes)?))
            };
            let expires = if flags & 2 == 0 {
                None
            } else {
                Some(number(bytes)?)
            };
            if value.is_empty() {
                return None;
            }
            Record::Param(Kept {
                address,
                value,
                revision,
                timestamp,
                writer,
                ttl,
                expires,
            })
        }
        2 => Record::Touch {
            address: text(bytes)?,
            expires: number(bytes)?,
        },
        3 => Record::Held(HeldRecord {
            id: number(bytes)?,
            due: number(bytes)?,
            sender: text(bytes)?,
            grant: text(bytes)?,
            frame: data(bytes)?,
        }),
        4 => Record::NotHeld(number(bytes)?),
        5 => Record::Timeline(TimelineRecord {
            address: text(bytes)?,
            start: number(bytes)?,
            writer: text(bytes)?,
            grant: text(bytes)?,
            value: data(bytes)?,
        }),
        6 => Record::NoTimeline(text(bytes)?),
        7 => {
            let address = text(bytes)?;
            let signal = match take(bytes, 1)?[0] {
                0 => SignalType::Param,
                1 => SignalType::Event,
                2 => SignalType::Stream,
                3 => SignalType::Gesture,
                4 => SignalType::Timeline,
                _ => return None,
            };
            let flags = take(bytes, 1)?[0];
            let mut optional = |bit| {
                if flags & bit == 0 {
                    Some(None)
                } else {
                    text(bytes).map(Some)
                }
            };
            let (datatype, access) = (optional(1)?, optional(2)?);
            Record::Signal(SignalRecord {
                address,
                signal,
                datatype,
                access,
                grant: text(bytes)?,
            })
        }
        8 => Record::NoSignal(text(bytes)?),
        9 => Record::Complete,
        _ => return None,
    };
    Some(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of_each() -> Vec<Record<'static>> {
        let param = Kept {
            address: "/a",
            value: &[1, 1],
            revision: 7,
            timestamp: 8,
            writer: "w",
            ttl: None,
            expires: None,
        };
        let signal = SignalRecord {
            address: "/s",
            signal: SignalType::Gesture,
            datatype: Some("f"),
            access: None,
            grant: "",
        };
        vec![
            Record::Param(param),
            Record::Param(Kept {
                ttl: Some(Ttl::Absolute(9)),
                expires: Some(10),
                ..param
            }),
            Record::Touch {
                address: "/a",
                expires: 11,
            },
            Record::Held(HeldRecord {
                id: 1,
                due: 2,
                sender: "s",
                grant: "g",
                frame: b"frame",
            }),
            Record::NotHeld(1),
            Record::Timeline(TimelineRecord {
                address: "/t",
                start: 3,
                writer: "w",
                grant: "",
                value: &[0],
            }),
            Record::NoTimeline("/t"),
            Record::Signal(signal),
            Record::Signal(SignalRecord {
                datatype: None,
                access: Some("r"),
                ..signal
            }),
            Record::NoSignal("/s"),
            Record::Complete,
        ]
    }

    #[test]
    fn what_is_written_is_read() {
        let all = one_of_each();
        let mut bytes = Vec::new();
        for record in &all {
            write(record, &mut bytes);
        }
        let mut rest = &bytes[..];
        let mut came = Vec::new();
        while !rest.is_empty() {
            came.push(read(&mut rest).expect("a record"));
        }
        assert_eq!(came, all);
    }

    #[test]
    fn a_part_of_a_record_is_none() {
        for record in one_of_each() {
            let mut bytes = Vec::new();
            write(&record, &mut bytes);
            for length in 0..bytes.len() {
                assert_eq!(read(&mut &bytes[..length]), None, "{record:?} {length}");
            }
        }
    }
}
