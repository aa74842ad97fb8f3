//! The verbs: one file each, what was typed and what it does.
//!
//! [`connection`] holds the options that all of them share, `value` what may be typed for a value,
//! [`bulk`] how stdin becomes a million writes.

pub mod bulk;
pub mod connection;
pub mod emit;
pub mod get;
pub mod ping;
pub mod publish;
pub mod serve;
pub mod set;
pub mod subscribe;
pub mod token;
mod value;
