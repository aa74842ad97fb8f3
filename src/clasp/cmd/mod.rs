//! The verbs: one file each, what was typed and what it does.
//!
//! [`connection`] holds the options that all of them share, `value` what may be typed for a value,
//! `signal` how one is sent, [`bulk`] how stdin becomes a million writes.

pub mod bulk;
pub mod bundle;
pub mod connection;
pub mod emit;
pub mod gesture;
pub mod get;
mod hold;
pub mod lock;
pub mod on;
pub mod ping;
pub mod publish;
pub mod query;
pub mod serve;
pub mod set;
mod signal;
pub mod stream;
pub mod subscribe;
pub mod time;
pub mod timeline;
pub mod token;
mod value;
pub mod wait;
