//! A conversation with a Vuer server.
//!
//! Enters: a [`Target`] (where, as whom) and messages. Leaves: what the server sent, or an
//! [`Error`] that says what became of ours.
//!
//! - [`session`]: one connection: INIT, messages, the end of a session that shows that they were read
//! - [`pump`]: a hundred thousand events, and how many of them are known to be read
//! - [`identity`]: what INIT says of this machine

mod error;
pub mod identity;
pub mod pump;
pub mod session;

use std::time::Duration;

use bytes::Bytes;

pub use crate::net::backoff::Backoff;
pub use crate::net::block_on;
pub use crate::net::endpoint::Endpoint;
pub use crate::net::header::Header;
pub use crate::net::proxy::{Destination, Proxy};
pub use crate::net::tls::{Identity, Trust};
use crate::trace::Trace;

pub use error::Error;

/// Where to connect, and as whom.
#[derive(Debug, Clone)]
pub struct Target {
    /// The server.
    pub endpoint: Endpoint,
    /// Whom to trust, for `wss://`.
    pub trust: Trust,
    /// The HTTP proxy on the way, if there is one.
    pub proxy: Option<Proxy>,
    /// Further headers of the upgrade.
    pub headers: Vec<Header>,
    /// The largest message taken, in bytes.
    pub max_message: usize,
    /// The INIT event, as it is sent.
    pub init: Bytes,
    /// The limit for TCP, TLS and upgrade together.
    pub connect_timeout: Duration,
    /// How long to keep trying when nothing listens yet.
    pub connect_retry: Duration,
    /// After how long a silence the server is asked whether it is still there; never, without.
    pub keepalive: Option<Duration>,
    /// What of the conversation is shown.
    pub trace: Trace,
}

/// Milliseconds since the epoch, as events carry them.
pub fn now_millis() -> u64 {
    crate::net::now_micros() / 1_000
}
