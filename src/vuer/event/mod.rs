//! Events: converts MessagePack to JSON and back, without I/O. The only module that handles
//! MessagePack.
//!
//! Takes the bytes of a message and gives an [`Event`], which serialises as JSON; or takes JSON
//! text and gives the bytes of an event.
//!
//! | MessagePack | JSON |
//! |---|---|
//! | integers, all of i64 and u64 | `1`, exact; one that fits neither is an error, never a float |
//! | float of 64 bits | `1.0`, `1e+300`: always with a `.` or an exponent, so that it stays a float |
//! | float of 32 bits | its own shortest digits: `0.3`, not `0.30000001192092896` |
//! | floats that JSON cannot write | `{"$float":"NaN"}`, `"Infinity"`, `"-Infinity"` |
//! | binary | `{"$bytes":"<base64>"}` |
//! | extension type n | `{"$ext":[n,"<base64>"]}` |
//! | map with string keys | object, in the same order |
//! | any other map | `{"$map":[[key,value],…]}` |
//!
//! A map whose only key is one of `$bytes`, `$float`, `$ext`, `$map` is written as `$map`, so that
//! the meaning is unique; an object with any other key beside it is a plain map. Printed JSON is
//! read back as the same value, except that a 32-bit float becomes the 64-bit float with the same
//! digits, unless [`Floats::Single`] is used.
//!
//! Reading allocates nothing: a [`Value`] is checked once and then read in place. This uses `rmp`
//! instead of `rmpv` or `rmp-serde`, because a tree of items takes 32 times the memory of its
//! source, and a message may have 256 MiB.

mod pack;
mod read;
mod show;
#[cfg(test)]
mod tests;
mod values;
mod write;

use rmp::encode;
use serde::ser::{Serialize, Serializer};

pub use pack::{Pack, readable};
pub use read::{ReadError, Value};
pub use show::{LANGUAGE, Rest};
pub use values::Values;
pub use write::{Floats, event_from_json, from_json};

use crate::error::{Failing, Kind};
use crate::text::json::large_integer_hint;

/// The greatest number of levels of arrays and maps in one message, including the message. The
/// deepest scenes have two levels for each group in a group.
pub const DEPTH_MAX: usize = 100;

const BYTES_KEY: &str = "$bytes";
const FLOAT_KEY: &str = "$float";
const EXT_KEY: &str = "$ext";
const MAP_KEY: &str = "$map";

fn is_special(key: &[u8]) -> bool {
    [BYTES_KEY, FLOAT_KEY, EXT_KEY, MAP_KEY]
        .into_iter()
        .any(|special| special.as_bytes() == key)
}

/// Why JSON text cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// It is not JSON, or an invalid special form.
    #[error("'{given}' cannot be sent: {why}")]
    NotAValue {
        /// The beginning of what was given.
        given: String,
        /// The error, with its position. Not marked as the source, or it would be printed twice.
        why: serde_json::Error,
    },
    /// An integer that MessagePack cannot represent.
    #[error("{0} does not fit 64 bits")]
    Integer(String),
}

impl Failing for JsonError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            JsonError::Integer(digits) => Some(large_integer_hint(digits)),
            JsonError::NotAValue { .. } => None,
        }
    }
}

/// Why a message is not an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// It is not MessagePack.
    #[error("a message of it is not MessagePack: {0}")]
    NotMessagePack(#[from] ReadError),
    /// It is MessagePack, but not a map with a string under `etype`.
    #[error("a message of it has no etype")]
    NoType,
}

/// A valid message with an `etype`.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    etype: &'a str,
    message: Value<'a>,
}

impl<'a> Event<'a> {
    /// Reads a message.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn read(message: &'a [u8]) -> Result<Event<'a>, EventError> {
        let message = Value::check(message)?;
        let etype = message.get("etype").and_then(Value::as_str);
        let etype = etype.ok_or(EventError::NoType)?;
        Ok(Event { etype, message })
    }

    /// The type of the event.
    pub fn etype(&self) -> &'a str {
        self.etype
    }

    /// The whole message.
    pub fn message(&self) -> Value<'a> {
        self.message
    }
}

impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.message.serialize(serializer)
    }
}

/// An event that is built piece by piece.
#[derive(Debug, Clone)]
pub struct Draft {
    entries: u32,
    content: Vec<u8>,
}

impl Draft {
    /// An event of this type and time (ms since the epoch).
    pub fn new(etype: &str, ts: u64) -> Draft {
        let draft = Draft {
            entries: 0,
            content: Vec::with_capacity(128),
        };
        draft
            .text("etype", etype)
            .with("ts", |out| _ = encode::write_uint(out, ts))
    }

    /// Adds a string.
    pub fn text(self, key: &str, text: &str) -> Draft {
        self.with(key, |out| _ = encode::write_str(out, text))
    }

    /// Adds a value that is already MessagePack.
    pub fn value(self, key: &str, value: &[u8]) -> Draft {
        self.with(key, |out| out.extend_from_slice(value))
    }

    // Results are ignored, because writing to memory cannot fail.
    fn with(mut self, key: &str, write: impl FnOnce(&mut Vec<u8>)) -> Draft {
        let _ = encode::write_str(&mut self.content, key);
        write(&mut self.content);
        self.entries += 1;
        self
    }

    /// The message.
    pub fn finish(self) -> Vec<u8> {
        let mut message = Vec::with_capacity(5 + self.content.len());
        let _ = encode::write_map_len(&mut message, self.entries);
        message.extend_from_slice(&self.content);
        message
    }
}
