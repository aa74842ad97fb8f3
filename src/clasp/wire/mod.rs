//! Encodes and decodes the CLASP protocol, without I/O.
//!
//! Takes WebSocket messages, [`Message`]s, JSON text or addresses. Gives one of the others, or a
//! typed error.
//!
//! | file | what is in it |
//! |---|---|
//! | [`message`] | the 18 messages as types |
//! | [`value`] | the values that params hold and events carry |
//! | `code` | codes, flag bits and limits of the encoding |
//! | [`frame`] | the header around a message |
//! | [`encode`](mod@encode) | messages to bytes; draws all layouts |
//! | [`decode`](mod@decode) | bytes to messages |
//! | `cursor` | checked reads from untrusted bytes |
//! | `value_codec` | values to bytes and back |
//! | [`bundle`] | writes BUNDLE frames for bulk input |
//! | `legacy` | the MessagePack encoding that the Python SDK still sends |
//! | [`json`] | JSON to values and back, and directly to bytes |
//! | `show` | messages as text and JSON without secrets, for `--trace` |
//! | [`address`], [`pattern`] | checks addresses, and matches patterns with them |

pub mod address;
pub mod bundle;
mod code;
mod cursor;
pub mod decode;
pub mod encode;
mod error;
pub mod frame;
pub mod json;
mod legacy;
pub mod message;
pub mod pattern;
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
