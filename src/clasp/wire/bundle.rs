//! Writes BUNDLE frames for bulk input: appends operations to one buffer until it is full.
//!
//! Takes SETs whose values are already encoded, or any messages. Gives the frame, which is built in
//! place and sent without copying. Nothing is allocated per operation, nor per bundle once the
//! buffer has grown.
//!
//! ```text
//! ┌ 53 81 len len ┬ 30 flags n n [u64 timestamp µs] ┬ len len message ┬ len len message ┬ …
//! └ header        └ head                            └ operation       └ operation
//!         ▲                  ▲
//!         └──────────────────┴── written by `finish`
//! ```

use super::code::{msg, set};
use super::encode::{bundle_head, patch_length, ttl_bits, write_message};
use super::error::EncodeError;
use super::frame::{self, HEADER, PAYLOAD_MAX};
use super::message::{Message, Qos, Ttl};
use super::value_codec::put_bytes;

/// The offset of the number of operations in the frame.
const COUNT_AT: usize = HEADER + 2;

/// Whether an operation was added to the bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a full bundle has not taken the operation"]
pub enum Fit {
    /// It was added.
    Added,
    /// There is no room left: finish this bundle, clear it, and push again.
    Full,
}

/// A BUNDLE frame that is being filled.
///
/// The payload's 65,535 bytes are the limit: the smallest operation takes three of them, so the
/// count, also a u16, cannot overflow first. [`limited_to`](Self::limited_to) sets a lower one.
#[derive(Debug, Clone)]
pub struct BundleWriter {
    buffer: Vec<u8>,
    /// The offset of the first operation: the length of header and head.
    head: usize,
    count: u16,
    /// The most operations.
    most: usize,
}

impl Default for BundleWriter {
    fn default() -> Self {
        BundleWriter::new(None)
    }
}

impl BundleWriter {
    /// An empty bundle. `timestamp` is the time to execute it, in µs by the router's clock, if
    /// there is one.
    pub fn new(timestamp: Option<u64>) -> Self {
        let mut buffer = Vec::with_capacity(256);
        frame::begin(Qos::Commit, None, &mut buffer);
        bundle_head(timestamp, 0, &mut buffer).expect("0 is a count that fits");
        BundleWriter {
            head: buffer.len(),
            buffer,
            count: 0,
            most: usize::MAX,
        }
    }

    /// The same with at most so many operations, at least one.
    pub fn limited_to(self, most: usize) -> Self {
        let most = most.max(1);
        BundleWriter { most, ..self }
    }

    /// Appends a SET whose value is already encoded: `code` is its type code, `data` its data, as
    /// [`super::encode_value`] and [`super::json::ToWire`] write them.
    ///
    /// An error means that it does not fit any bundle; this bundle is unchanged.
    #[inline]
    pub fn push_set(
        &mut self,
        address: &str,
        code: u8,
        data: &[u8],
        revision: Option<u64>,
        ttl: Option<Ttl>,
    ) -> Result<Fit, EncodeError> {
        debug_assert!(code & !set::VALUE == 0, "{code:#x} is not a value's type");
        if usize::from(self.count) >= self.most {
            return Ok(Fit::Full);
        }
        let ttl = ttl.map(ttl_bits).transpose()?;
        let size = 2
            + (2 + address.len())
            + data.len()
            + if revision.is_some() { 8 } else { 0 }
            + if ttl.is_some() { 4 } else { 0 };
        if self.room() < 2 + size {
            return self.no_room(size);
        }
        let out = &mut self.buffer;
        out.reserve(2 + size);
        let [high, low] = (size as u16).to_be_bytes();
        let flags = code
            | if revision.is_some() { set::REVISION } else { 0 }
            | if ttl.is_some() { set::TTL } else { 0 };
        out.extend_from_slice(&[high, low, msg::SET, flags]);
        put_bytes(address.as_bytes(), "bytes of address", out)?;
        out.extend_from_slice(data);
        if let Some(revision) = revision {
            out.extend_from_slice(&revision.to_be_bytes());
        }
        if let Some(ttl) = ttl {
            out.extend_from_slice(&ttl.to_be_bytes());
        }
        self.count += 1;
        Ok(Fit::Added)
    }

    /// Appends any message; routers accept SETs and PUBLISHes.
    ///
    /// An error means that it does not fit any bundle; this bundle is unchanged.
    pub fn push(&mut self, message: &Message<'_>) -> Result<Fit, EncodeError> {
        if usize::from(self.count) >= self.most {
            return Ok(Fit::Full);
        }
        let start = self.buffer.len();
        let room = self.room();
        self.buffer.extend_from_slice(&[0, 0]);
        let size = match write_message(message, &mut self.buffer, 1) {
            Ok(()) => self.buffer.len() - start - 2,
            Err(error) => {
                self.buffer.truncate(start);
                return Err(error);
            }
        };
        if room < 2 + size {
            self.buffer.truncate(start);
            return self.no_room(size);
        }
        patch_length(start, &mut self.buffer)?;
        self.count += 1;
        Ok(Fit::Added)
    }

    /// How many bytes of payload are left.
    #[inline]
    fn room(&self) -> usize {
        HEADER + PAYLOAD_MAX - self.buffer.len()
    }

    /// For a message of `size` bytes that does not fit: [`Fit::Full`] if it would fit an empty
    /// bundle, else an error.
    #[cold]
    fn no_room(&self, size: usize) -> Result<Fit, EncodeError> {
        let limit = HEADER + PAYLOAD_MAX - self.head - 2;
        if size > limit {
            return Err(EncodeError::TooLong {
                what: "bytes of message in a bundle",
                size,
                limit,
            });
        }
        Ok(Fit::Full)
    }

    /// The number of operations.
    pub fn count(&self) -> usize {
        usize::from(self.count)
    }

    /// The length of the frame in bytes.
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Whether there are no operations.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The frame as it is now, header and count filled in. More may be pushed afterwards.
    pub fn finish(&mut self) -> &[u8] {
        self.buffer[COUNT_AT..COUNT_AT + 2].copy_from_slice(&self.count.to_be_bytes());
        frame::end(0, false, &mut self.buffer).expect("push keeps the payload within its limit");
        &self.buffer
    }

    /// Begins the next bundle in the same buffer, with the same timestamp.
    pub fn clear(&mut self) {
        self.buffer.truncate(self.head);
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::{Bundle, Set};
    use super::super::value::Value;
    use super::super::{decode, encode};
    use super::*;

    fn set(value: Value<'static>) -> Message<'static> {
        Message::Set(Set {
            address: "/a".into(),
            value,
            revision: Some(3),
            lock: false,
            unlock: false,
            ttl: Some(Ttl::Absolute(9)),
        })
    }

    #[test]
    fn it_writes_what_encode_writes() {
        for timestamp in [None, Some(5)] {
            let mut writer = BundleWriter::new(timestamp);
            for _ in 0..2 {
                writer.clear();
                let pushed = writer.push_set("/a", 1, &[1], Some(3), Some(Ttl::Absolute(9)));
                assert_eq!(pushed, Ok(Fit::Added));
                assert_eq!(writer.push(&set(Value::Bool(true))), Ok(Fit::Added));
                assert_eq!(writer.count(), 2);
                let message = Message::Bundle(Bundle {
                    timestamp,
                    messages: vec![set(Value::Bool(true)); 2],
                });
                let mut out = Vec::new();
                encode(&message, &mut out).unwrap();
                assert_eq!(writer.finish(), out);
                assert_eq!(writer.len(), out.len());
            }
        }
    }

    #[test]
    fn it_fills_to_the_last_byte_and_says_full() {
        let mut writer = BundleWriter::default();
        let address = format!("/{}", "x".repeat(999));
        let operation = 2 + 2 + 2 + address.len();
        let room = PAYLOAD_MAX - 4;
        for _ in 0..room / operation {
            assert_eq!(
                writer.push_set(&address, 0, &[], None, None),
                Ok(Fit::Added)
            );
        }
        assert_eq!(writer.push_set(&address, 0, &[], None, None), Ok(Fit::Full));
        let last = "x".repeat(room % operation - 6);
        assert_eq!(writer.push_set(&last, 0, &[], None, None), Ok(Fit::Added));
        assert_eq!(writer.push(&Message::Ping), Ok(Fit::Full));
        let count = writer.count();
        let frame = writer.finish();
        assert_eq!(frame.len(), HEADER + PAYLOAD_MAX);
        let Message::Bundle(bundle) = decode(frame).unwrap().message else {
            panic!("a BUNDLE");
        };
        assert_eq!(bundle.messages.len(), count);
    }

    #[test]
    fn an_operation_that_never_fits_is_an_error_and_changes_nothing() {
        let mut writer = BundleWriter::default();
        let data = vec![0; PAYLOAD_MAX];
        let limit = PAYLOAD_MAX - 4 - 2;
        assert_eq!(
            writer.push_set("/a", 9, &data, None, None),
            Err(EncodeError::TooLong {
                what: "bytes of message in a bundle",
                size: 6 + PAYLOAD_MAX,
                limit
            })
        );
        let long = Value::Array(vec![Value::String("x".repeat(60_000).into()); 2]);
        assert!(writer.push(&set(long)).is_err());
        assert!(
            writer
                .push_set("/a", 0, &[], None, Some(Ttl::Sliding(0)))
                .is_err()
        );
        assert!(writer.is_empty());
        assert_eq!(writer.len(), writer.head);
    }
}
