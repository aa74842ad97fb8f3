//! Bytes to messages and back, without I/O.
//!
//! Enters: a WebSocket message, a [`Message`], JSON text, an address. Leaves: one of the others, or
//! a typed error. The facts are those of `protocols/clasp.md`; the numbers in comments are its.
//!
//! | file | what it knows |
//! |---|---|
//! | [`message`] | the 18 messages, as types |
//! | [`value`] | what a param holds |
//! | `code` | every number of the wire, and the limits |
//! | [`frame`] | the header around a message |
//! | [`encode`](mod@encode) | messages to bytes; all layouts are drawn there |
//! | [`decode`](mod@decode) | bytes to messages |
//! | `reader` | the cursor that makes hostile bytes harmless |
//! | `value_codec` | values to bytes and back |
//! | [`bundle`] | SETs by the million |
//! | `legacy` | the MessagePack that the Python SDK sends instead |
//! | [`json`] | JSON to values and back, and straight to bytes |
//! | `show` | messages to JSON without their secrets, for who watches |
//! | [`address`], [`pattern`] | what may be an address, and what matches it |

pub mod address;
pub mod bundle;
mod code;
pub mod decode;
pub mod encode;
mod error;
pub mod frame;
pub mod json;
mod legacy;
pub mod message;
pub mod pattern;
mod reader;
mod show;
pub mod value;
mod value_codec;

pub use address::{ADDRESS_MAX, AddressError, SEGMENTS_MAX, check_address};
pub use bundle::{BundleWriter, Fit};
pub use code::{DEPTH_MAX, LENGTH_MAX};
pub use decode::decode;
pub use encode::{encode, encode_with};
pub use error::{DecodeError, EncodeError};
pub use frame::{Frame, PAYLOAD_MAX};
pub use json::from_json;
pub use message::*;
pub use pattern::{ByteSet, Glob, Pattern, Segment};
pub use show::LANGUAGE;
pub use value::Value;
pub use value_codec::{decode_value, encode_value, encoded_size};
