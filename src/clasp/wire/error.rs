//! The errors of the codec.
//!
//! [`DecodeError`] says why bytes are not a frame; [`EncodeError`] says why a message cannot be
//! sent, which is always due to the user's input.

use thiserror::Error;

use super::code::DEPTH_MAX;
use crate::error::{Failing, Kind};

/// Why the decoder refused some bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// The bytes end too early. One WebSocket message is one frame, so the rest will never come: do
    /// not wait for it.
    #[error("the frame ends inside its {what}")]
    Truncated {
        /// What was being read.
        what: &'static str,
    },
    /// Not CLASP at all: the first byte is not `0x53`.
    #[error("this is not a CLASP frame: it begins with 0x{0:02x}, not 0x53")]
    BadMagic(u8),
    /// A message of a later protocol version. It can be skipped: the next frame is not affected.
    #[error("unknown message 0x{0:02x}")]
    UnknownMessage(u8),
    /// FEDERATION_SYNC: known, but refused, because it is only for use between routers.
    #[error("FEDERATION_SYNC is for use between routers and is not supported here")]
    Federation,
    /// The header announces an encrypted or compressed payload, which is not specified.
    #[error("the frame is {how}, which is not supported")]
    Unsupported {
        /// `encrypted` or `compressed`.
        how: &'static str,
    },
    /// Arrays, maps or bundles nest deeper than [`DEPTH_MAX`].
    #[error("nested deeper than {DEPTH_MAX}")]
    TooDeep,
    /// Complete but invalid: an unknown value code, text that is not UTF-8, or a legacy map without
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

/// The peer sent invalid bytes: this is not a mistake of the user.
impl Failing for DecodeError {
    fn kind(&self) -> Kind {
        Kind::Service
    }
}

/// Why a message cannot be encoded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodeError {
    /// Longer than its length field can express. The reference encoder truncates the count of some
    /// of these and sends an invalid frame; here nothing is sent.
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
    /// Fields of the message contradict each other, and the encoding has no room for both.
    #[error("{0}")]
    Contradiction(&'static str),
}

/// The user's input cannot be sent.
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
