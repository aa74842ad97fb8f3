//! The client's side of a connection to a Vuer server.
//!
//! Takes a [`Target`] and messages. Gives the server's messages, or an [`Error`] that says what
//! became of ours.
//!
//! - [`session`]: one connection: INIT, messages, and a close that confirms that they were read
//! - [`pump`]: sends many events, and counts how many are confirmed as read

mod error;
pub mod pump;
pub mod session;

use std::time::Duration;

use bytes::Bytes;

pub use crate::net::backoff::Backoff;
pub use crate::net::endpoint::Endpoint;
pub use crate::net::header::Header;
pub use crate::net::proxy::{Destination, Proxy};
pub use crate::net::tls::{Identity, Trust};
pub use crate::net::{block_on, now_millis};
use crate::trace::Trace;

pub use error::Error;

/// Where and how to connect.
#[derive(Debug, Clone)]
pub struct Target {
    /// The server.
    pub endpoint: Endpoint,
    /// Which certificates to trust, for `wss://`.
    pub trust: Trust,
    /// The HTTP proxy to connect through, if there is one.
    pub proxy: Option<Proxy>,
    /// Further headers of the HTTP upgrade request.
    pub headers: Vec<Header>,
    /// The largest accepted message, in bytes.
    pub max_message: usize,
    /// The encoded INIT event.
    pub init: Bytes,
    /// The limit for TCP, TLS and upgrade together.
    pub connect_timeout: Duration,
    /// How long to keep trying when nothing listens yet.
    pub connect_retry: Duration,
    /// After this long without traffic the server gets a Ping; `None` for never.
    pub keepalive: Option<Duration>,
    /// What of the traffic is shown to the user.
    pub trace: Trace,
}
