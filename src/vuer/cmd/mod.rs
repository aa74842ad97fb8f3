//! The verbs of `trefoil vuer`, one file each: its arguments and what it does.
//!
//! Shared parts: [`connection`] has the connection options, `value` parses values, `show` prints an
//! event, `feed` reads events from stdin.

pub mod call;
pub mod connection;
mod feed;
pub mod grab;
pub mod load;
pub mod page;
pub mod probe;
pub mod recv;
pub mod scene;
pub mod send;
pub mod serve;
mod show;
mod value;
