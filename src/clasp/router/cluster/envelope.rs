//! A param as it stands in the engine, pure: an [`Envelope`] enters and bytes leave, and back.
//!
//! ```text
//! ┌ u8 version ┬ u8 flags ┬ u64 router ┬ u64 write ┬ u64 revision ┬ u64 timestamp µs ┬ u16 place ┬ u16 count ┐
//! ├ [u32 TTL] ─┬ u16 length, writer ─┬ [u64 router of the holder, u16 length, holder] ─┬ type code, value ──┘
//! ```
//!
//! All numbers are big-endian.

use super::super::bytes::{half, number, put_text, short, take, text};

/// The only version there is. A router that meets another one says so and takes nothing.
const VERSION: u8 = 1;

const TTL: u8 = 0x01;
const HOLDER: u8 = 0x02;

/// One write of a param.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The router that wrote it, and the number that it gave this write.
    pub router: u64,
    /// See `router`.
    pub write: u64,
    /// The revision that it keeps. 0: a new value, whose revision is its place in the stream.
    pub revision: u64,
    /// When the value was written, in µs since the epoch, by the clock of its router.
    pub timestamp: u64,
    /// Which it is of the writes that belong together, from 0, and how many they are.
    pub place: u16,
    /// See `place`.
    pub count: u16,
    /// How long it lives, as the wire of CLASP has it, if its writer or router said so.
    pub ttl: Option<u32>,
    /// The session that wrote the value.
    pub writer: &'a str,
    /// Who holds the lock: the router of the session, and the session.
    pub holder: Option<(u64, &'a str)>,
    /// The code of the value's type, then its data, as the wire of CLASP has them.
    pub value: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Appends the bytes.
    pub fn put(&self, out: &mut Vec<u8>) {
        let ttl = if self.ttl.is_some() { TTL } else { 0 };
        let holder = if self.holder.is_some() { HOLDER } else { 0 };
        out.extend_from_slice(&[VERSION, ttl | holder]);
        for number in [self.router, self.write, self.revision, self.timestamp] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(&self.place.to_be_bytes());
        out.extend_from_slice(&self.count.to_be_bytes());
        if let Some(ttl) = self.ttl {
            out.extend_from_slice(&ttl.to_be_bytes());
        }
        put_text(self.writer, out);
        if let Some((router, holder)) = self.holder {
            out.extend_from_slice(&router.to_be_bytes());
            put_text(holder, out);
        }
        out.extend_from_slice(self.value);
    }

    /// Reads the bytes. None: they are none.
    pub fn read(mut bytes: &'a [u8]) -> Option<Envelope<'a>> {
        let bytes = &mut bytes;
        let &[version, flags] = take(bytes, 2)? else {
            return None;
        };
        if version != VERSION {
            return None;
        }
        let (router, write) = (number(bytes)?, number(bytes)?);
        let (revision, timestamp) = (number(bytes)?, number(bytes)?);
        let (place, count) = (half(bytes)?, half(bytes)?);
        let ttl = match flags & TTL {
            0 => None,
            _ => Some(short(bytes)?),
        };
        let writer = text(bytes)?;
        let holder = match flags & HOLDER {
            0 => None,
            _ => Some((number(bytes)?, text(bytes)?)),
        };
        (!bytes.is_empty()).then_some(Envelope {
            router,
            write,
            revision,
            timestamp,
            place,
            count,
            ttl,
            writer,
            holder,
            value: bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_read() {
        let plain = Envelope {
            router: 7,
            write: 8,
            revision: 0,
            timestamp: 9,
            place: 0,
            count: 1,
            ttl: None,
            writer: "w",
            holder: None,
            value: &[1, 1],
        };
        let full = Envelope {
            ttl: Some(3),
            holder: Some((u64::MAX, "h")),
            revision: 4,
            ..plain
        };
        for envelope in [plain, full] {
            let mut bytes = Vec::new();
            envelope.put(&mut bytes);
            assert_eq!(Envelope::read(&bytes), Some(envelope));
            for cut in 0..bytes.len() - 2 {
                assert_eq!(Envelope::read(&bytes[..cut]), None, "{cut}");
            }
            bytes[0] = 2;
            assert_eq!(Envelope::read(&bytes), None);
        }
    }
}
