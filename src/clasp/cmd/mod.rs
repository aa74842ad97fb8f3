//! The verbs: one file each, what was typed and what it does.
//!
//! [`connection`] holds the options that all of them share, `value` what may be typed for a value,
//! `signal` how one is sent, `show` how one is printed, `desired` what an address should hold, [`bulk`] how stdin becomes a million writes, `listen` how what comes is heard.

pub mod allow;
pub mod apply;
pub mod bridge;
pub mod bulk;
pub mod bundle;
pub mod complete;
pub mod connection;
mod desired;
pub mod diff;
pub mod dump;
pub mod emit;
pub mod gesture;
pub mod get;
pub mod history;
mod hold;
mod listen;
pub mod lock;
pub mod on;
pub mod ping;
pub mod probe;
pub mod publish;
pub mod query;
pub mod record;
pub mod replay;
pub mod serve;
pub mod set;
mod show;
mod signal;
pub mod stream;
pub mod subscribe;
pub mod time;
pub mod timeline;
pub mod token;
mod value;
pub mod wait;
pub mod watch;
pub mod wildcards;
