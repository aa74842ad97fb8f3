//! The frame around a message: one frame is one binary WebSocket message.
//!
//! Takes the bytes of a WebSocket message, and gives its quality of service, its timestamp and the
//! payload. Also writes the header in front of a payload.
//!
//! ```text
//!   0        1        2                 4                                     4 or 12
//! ┌────────┬────────┬─────────────────┬─────────────────────────────────────┬─────────┐
//! │ 0x53   │ flags  │ u16 payload len │ u64 timestamp, µs (flags bit 5)     │ payload │
//! └────────┴────────┴─────────────────┴─────────────────────────────────────┴─────────┘
//!            │
//!            └ 7 6  quality of service: 0 fire, 1 confirm, 2 commit
//!              5    timestamp present
//!              4    encrypted    (not in use; refused)
//!              3    compressed   (not in use; refused)
//!              2-0  encoding: 1 binary, 0 MessagePack; unreliable, see `decode`
//! ```

use super::error::{DecodeError, EncodeError};
use super::message::{Message, Qos};

/// First byte of every frame: `S`.
pub const MAGIC: u8 = 0x53;

/// Bytes before the payload when the frame has no timestamp.
pub const HEADER: usize = 4;

/// The longest payload, in bytes: its length is a u16.
pub const PAYLOAD_MAX: usize = u16::MAX as usize;

const QOS_SHIFT: u32 = 6;
const TIMESTAMP: u8 = 0x20;
const ENCRYPTED: u8 = 0x10;
const COMPRESSED: u8 = 0x08;
const BINARY: u8 = 0x01;

/// A decoded frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame<'a> {
    /// Which acknowledgement the sender wants.
    pub qos: Qos,
    /// When it was sent, in µs since the epoch, if the header has a timestamp.
    pub timestamp: Option<u64>,
    /// The message in the payload.
    pub message: Message<'a>,
}

/// A frame whose payload has not been decoded.
pub(super) struct Envelope<'a> {
    pub qos: Qos,
    pub timestamp: Option<u64>,
    pub payload: &'a [u8],
}

/// Reads the header. Bytes after the announced payload are ignored, as the reference does.
#[inline]
pub(super) fn open(bytes: &[u8]) -> Result<Envelope<'_>, DecodeError> {
    const WHAT: &str = "header";
    let Some((&[magic, flags, high, low], rest)) = bytes.split_first_chunk::<HEADER>() else {
        return Err(match bytes.first() {
            Some(&magic) if magic != MAGIC => DecodeError::BadMagic(magic),
            _ => DecodeError::Truncated { what: WHAT },
        });
    };
    if magic != MAGIC {
        return Err(DecodeError::BadMagic(magic));
    }
    if flags & (ENCRYPTED | COMPRESSED) != 0 {
        let how = if flags & ENCRYPTED != 0 {
            "encrypted"
        } else {
            "compressed"
        };
        return Err(DecodeError::Unsupported { how });
    }
    let (timestamp, rest) = if flags & TIMESTAMP != 0 {
        let (stamp, rest) = rest
            .split_first_chunk::<8>()
            .ok_or(DecodeError::Truncated { what: WHAT })?;
        (Some(u64::from_be_bytes(*stamp)), rest)
    } else {
        (None, rest)
    };
    let payload = rest
        .get(..usize::from(u16::from_be_bytes([high, low])))
        .ok_or(DecodeError::Truncated { what: "payload" })?;
    let qos = match flags >> QOS_SHIFT {
        1 => Qos::Confirm,
        2 => Qos::Commit,
        // 3 has no meaning; the reference implementation reads it as fire.
        _ => Qos::Fire,
    };
    Ok(Envelope {
        qos,
        timestamp,
        payload,
    })
}

/// Writes a header with 0 as the length of the payload; [`end`] fills the length in.
#[inline]
pub(super) fn begin(qos: Qos, timestamp: Option<u64>, out: &mut Vec<u8>) {
    let flags = (qos as u8) << QOS_SHIFT | BINARY;
    match timestamp {
        None => out.extend_from_slice(&[MAGIC, flags, 0, 0]),
        Some(stamp) => {
            out.extend_from_slice(&[MAGIC, flags | TIMESTAMP, 0, 0]);
            out.extend_from_slice(&stamp.to_be_bytes());
        }
    }
}

/// Completes the header at `start`: everything after it is the payload.
#[inline]
pub(super) fn end(start: usize, timed: bool, out: &mut [u8]) -> Result<(), EncodeError> {
    let size = out.len() - start - HEADER - if timed { 8 } else { 0 };
    let length = u16::try_from(size).map_err(|_| EncodeError::TooLong {
        what: "bytes of message",
        size,
        limit: PAYLOAD_MAX,
    })?;
    out[start + 2..start + HEADER].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_what_it_was_given() {
        let mut out = vec![9];
        begin(Qos::Commit, Some(77), &mut out);
        out.extend_from_slice(b"xy");
        end(1, true, &mut out).unwrap();
        let envelope = open(&out[1..]).unwrap();
        assert_eq!(envelope.qos, Qos::Commit);
        assert_eq!(envelope.timestamp, Some(77));
        assert_eq!(envelope.payload, b"xy");
    }

    #[test]
    fn bytes_that_are_no_frame_are_told_apart() {
        let error = |bytes: &[u8]| open(bytes).err().unwrap();
        assert_eq!(error(b""), DecodeError::Truncated { what: "header" });
        assert_eq!(error(b"S"), DecodeError::Truncated { what: "header" });
        assert_eq!(error(b"GET /"), DecodeError::BadMagic(b'G'));
        assert_eq!(error(b"G"), DecodeError::BadMagic(b'G'));
        assert_eq!(
            error(&[MAGIC, 0x21, 0, 1, 0, 0, 0]),
            DecodeError::Truncated { what: "header" }
        );
        assert_eq!(
            error(&[MAGIC, 1, 0, 2, 0x41]),
            DecodeError::Truncated { what: "payload" }
        );
        assert_eq!(
            error(&[MAGIC, 0x11, 0, 1, 0x41]),
            DecodeError::Unsupported { how: "encrypted" }
        );
        assert_eq!(
            error(&[MAGIC, 0x09, 0, 1, 0x41]),
            DecodeError::Unsupported { how: "compressed" }
        );
    }

    #[test]
    fn bytes_after_the_payload_are_ignored() {
        assert_eq!(open(&[MAGIC, 1, 0, 1, 0x41, 0xFF]).unwrap().payload, [0x41]);
    }
}
