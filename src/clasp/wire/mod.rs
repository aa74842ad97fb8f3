//! Bytes to messages and back, without I/O.

pub mod message;
pub mod value;

pub use message::*;
pub use value::Value;
