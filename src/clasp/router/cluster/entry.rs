//! What the stream has beside params and leases, pure: a timed bundle, a timeline or an announced
//! signal enters and bytes leave, and back. The bytes are the value of an
//! [`Envelope`](super::envelope::Envelope), whose writer is the session that asked for it.
//!
//! ```text
//! 3, 5, 7   as in the files of a router: a held bundle, a timeline, a signal
//! 0         it has ended: u8 0 executed | 1 refused: u16 code, text why, text address | 2 withdrawn
//! ```

use std::borrow::Cow;

use super::super::bytes::{half, put_text, take, text};
use super::super::store::record::{self, HeldRecord, Record, SignalRecord, TimelineRecord};

/// What one key of the stream has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry<'a> {
    /// A bundle that waits for its time.
    Held(HeldRecord<'a>),
    /// A timeline that runs.
    Timeline(TimelineRecord<'a>),
    /// A signal that was announced.
    Signal(SignalRecord<'a>),
    /// What it had has ended.
    Ended(Ended<'a>),
}

/// How something ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended<'a> {
    /// It was executed: a bundle in the same batch, a timeline to its end.
    Executed,
    /// It was not executed.
    Refused {
        /// The code of the ERROR.
        code: u16,
        /// Its text.
        why: Cow<'a, str>,
        /// Its address, or empty.
        address: Cow<'a, str>,
    },
    /// Its token was revoked, or a write has ended it.
    Withdrawn,
}

impl<'a> Entry<'a> {
    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Entry::Held(held) => record::write(&Record::Held(*held), &mut out),
            Entry::Timeline(timeline) => record::write(&Record::Timeline(*timeline), &mut out),
            Entry::Signal(signal) => record::write(&Record::Signal(*signal), &mut out),
            Entry::Ended(Ended::Executed) => out.extend_from_slice(&[0, 0]),
            Entry::Ended(Ended::Refused { code, why, address }) => {
                out.extend_from_slice(&[0, 1]);
                out.extend_from_slice(&code.to_be_bytes());
                put_text(why, &mut out);
                put_text(address, &mut out);
            }
            Entry::Ended(Ended::Withdrawn) => out.extend_from_slice(&[0, 2]),
        }
        out
    }

    /// Reads the bytes; `None` if they are not valid.
    pub fn read(mut bytes: &'a [u8]) -> Option<Entry<'a>> {
        if bytes.first() != Some(&0) {
            return match record::read(&mut bytes)? {
                Record::Held(held) => Some(Entry::Held(held)),
                Record::Timeline(timeline) => Some(Entry::Timeline(timeline)),
                Record::Signal(signal) => Some(Entry::Signal(signal)),
                _ => None,
            };
        }
        let bytes = &mut bytes;
        let ended = match take(bytes, 2)?[1] {
            0 => Ended::Executed,
            1 => Ended::Refused {
                code: half(bytes)?,
                why: text(bytes)?.into(),
                address: text(bytes)?.into(),
            },
            2 => Ended::Withdrawn,
            _ => return None,
        };
        Some(Entry::Ended(ended))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_comes_back() {
        let refused = Ended::Refused {
            code: 401,
            why: "locked".into(),
            address: "/a".into(),
        };
        for entry in [
            Entry::Held(HeldRecord {
                id: 0,
                due: 2,
                sender: "s",
                grant: "g",
                frame: b"frame",
            }),
            Entry::Timeline(TimelineRecord {
                address: "/t",
                start: 3,
                writer: "w",
                grant: "",
                value: &[0],
            }),
            Entry::Ended(Ended::Executed),
            Entry::Ended(refused),
            Entry::Ended(Ended::Withdrawn),
        ] {
            let bytes = entry.to_bytes();
            assert_eq!(Entry::read(&bytes), Some(entry));
            for cut in 0..bytes.len() {
                assert_eq!(Entry::read(&bytes[..cut]), None, "{cut}");
            }
        }
        assert_eq!(Entry::read(&[9]), None);
        assert_eq!(Entry::read(&[0, 9]), None);
    }
}
