//! The body of a message in the stream, pure: encodes and decodes an [`Envelope`].
//!
//! ```text
//! ┌ u8 version ┬ u8 flags ┬ u64 router ┬ u64 write ┬ u64 revision ┬ u64 timestamp µs ┬ u16 place ┬ u16 count ┐
//! ├ [u32 TTL] ─┬ u16 length, writer ─┬ [u64 router of the holder, u16 length, holder] ─┬ type code, value ──┘
//! ```
//!
//! All numbers are big-endian.

use super::super::bytes::{half, number, put_text, short, take, text};

/// The only version. Bodies of other versions are ignored.
const VERSION: u8 = 1;

const TTL: u8 = 0x01;
const HOLDER: u8 = 0x02;
const STEP: u8 = 0x04;

/// One write of a param, or of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The id of the router that wrote it, and its number for this write.
    pub router: u64,
    /// See `router`.
    pub write: u64,
    /// The revision of an unchanged value; 0 for a new value, whose revision is its sequence.
    pub revision: u64,
    /// When the value was written, in µs since the epoch, by the clock of its router.
    pub timestamp: u64,
    /// Its place in its batch, from 0, and the size of the batch.
    pub place: u16,
    /// See `place`.
    pub count: u16,
    /// The TTL, encoded as in CLASP frames, if the writer or the router set one.
    pub ttl: Option<u32>,
    /// Whether it is a step of the timeline at this address. Any other write ends the timeline.
    pub is_step: bool,
    /// The session that wrote the value.
    pub writer: &'a str,
    /// The holder of the lock: the lease of the session's router, and the session.
    pub holder: Option<(u64, &'a str)>,
    /// The type code of the value, then its data, as in CLASP frames.
    pub value: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Appends the bytes.
    pub fn put(&self, out: &mut Vec<u8>) {
        let ttl = if self.ttl.is_some() { TTL } else { 0 };
        let holder = if self.holder.is_some() { HOLDER } else { 0 };
        let step = if self.is_step { STEP } else { 0 };
        out.extend_from_slice(&[VERSION, ttl | holder | step]);
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

    /// Reads the bytes; `None` if they are invalid.
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
            is_step: flags & STEP != 0,
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
            is_step: false,
            writer: "w",
            holder: None,
            value: &[1, 1],
        };
        let full = Envelope {
            ttl: Some(3),
            is_step: true,
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
