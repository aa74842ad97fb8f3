//! The verbs of `trefoil clasp`, one file each: its arguments and what it does.
//!
//! Shared parts: [`connection`] has the connection options, `value` parses values, `signal` sends a
//! signal and prints records, [`diff`] compares a file with the router, also for `apply`, [`bulk`] sends
//! writes from stdin, `listen` prints live subscriptions.

pub mod allow;
pub mod apply;
pub mod bridge;
pub mod bulk;
pub mod bundle;
pub mod cluster;
pub mod complete;
pub mod connection;
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
mod signal;
pub mod stream;
pub mod subscribe;
pub mod time;
pub mod timeline;
pub mod token;
mod value;
pub mod wait;
pub mod watch;
