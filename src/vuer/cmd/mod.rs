//! The verbs: one file each, what was typed and what it does.
//!
//! [`connection`] holds the options that all of them share, `value` what may be typed for a value,
//! `show` how an event looks to people, `feed` how stdin becomes messages.

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
