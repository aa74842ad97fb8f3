//! Why bytes are not a frame, and why a message cannot become one.
//!
//! Enters: what the codec met. Leaves: [`DecodeError`], one variant per thing a caller does about
//! it, and [`EncodeError`], which is always about what the user asked for.

use thiserror::Error;

use super::code::DEPTH_MAX;
use crate::error::{Failing, Kind};

/// Why a decoder refused some bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The bytes end inside the thing named. One WebSocket message is one frame, so more will
    /// never come: waiting for the rest is no answer.
    #[error("the frame ends inside its {what}")]
    Truncated {
        /// What was being read.
        what: &'static str,
    },
    /// Not CLASP at all: the first byte is not `0x53`.
    #[error("this is not a CLASP frame: it begins with 0x{0:02x}, not 0x53")]
    BadMagic(u8),
    /// A message of a later protocol: it can be skipped, the frame after it is sound.
    #[error("unknown message 0x{0:02x}")]
    UnknownMessage(u8),
    /// FEDERATION_SYNC: known, and refused, for it is spoken between routers only.
    #[error("FEDERATION_SYNC is spoken between routers and not supported here")]
    Federation,
    /// The header announces an encrypted or compressed payload, which nobody has specified.
    #[error("the frame is {how}, which is not supported")]
    Unsupported {
        /// `encrypted` or `compressed`.
        how: &'static str,
    },
    /// Arrays, maps or bundles nest deeper than [`DEPTH_MAX`].
    #[error("nested deeper than {DEPTH_MAX}")]
    TooDeep,
    /// Complete, but wrong: an unknown value code, text that is not UTF-8, a legacy map without
    /// its fields.
    #[error("malformed {what}: {why}")]
    Malformed {
        /// What was being read.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl DecodeError {
    /// A [`DecodeError::Malformed`].
    #[cold]
    pub(super) fn malformed(what: &'static str, why: impl Into<String>) -> Self {
        DecodeError::Malformed {
            what,
            why: why.into(),
        }
    }
}

/// Whoever sends such bytes has failed, not the user.
impl Failing for DecodeError {
    fn kind(&self) -> Kind {
        Kind::Service
    }
}

/// Why a message has no place on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodeError {
    /// Longer than its length field can say. The reference encoder cuts the count of some of
    /// these short and sends the rest as garbage; here nothing is sent.
    #[error("{size} {what} are too many: CLASP has room for {limit}")]
    TooLong {
        /// The unit and the thing: `bytes of string`, `array items`.
        what: &'static str,
        /// How many there are.
        size: usize,
        /// How many there may be.
        limit: usize,
    },
    /// The value or bundle nests deeper than [`DEPTH_MAX`].
    #[error("nested deeper than {DEPTH_MAX}")]
    TooDeep,
    /// The message contradicts itself, and the wire has no bytes to say so.
    #[error("{0}")]
    Contradiction(&'static str),
}

/// The user asked for what cannot be sent.
impl Failing for EncodeError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            EncodeError::TooLong { .. } => {
                Some("split it over several addresses or messages".to_owned())
            }
            EncodeError::TooDeep | EncodeError::Contradiction(_) => None,
        }
    }
}
