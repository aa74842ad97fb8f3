//! The client's side of a connection to a CLASP router.
//!
//! Takes a [`Target`] (where, as whom) and a request in the terms of [`crate::clasp::wire`]. Gives
//! what the router replied, or an [`Error`] that says what became of the request.
//!
//! - [`connection`]: one connection: HELLO, WELCOME, frames
//! - [`pipeline`]: the requests of a connection, and which reply belongs to which
//! - [`request`]: one request, one reply: set, emit, get
//! - [`history`]: what a router has recorded
//! - [`reader`]: params by address or pattern, whole even where a snapshot is cut
//! - [`lock`]: addresses locked against everybody else
//! - [`clock`]: round trip and clock offset
//! - [`timed`]: a bundle at its time, by the router's clock
//! - [`play`]: a timeline by SETs
//! - [`subscription`]: everything that matches, for as long as wanted, across lost connections
//! - `pace`: what a router's rate limit allows, pure
//! - [`bulk`]: a million writes, each accounted for
//!
//! What routers do that the protocol does not say is numbered in `docs/quirks.md`; comments refer
//! to it as "quirk 7".

pub mod bulk;
pub mod clock;
pub mod connection;
mod error;
pub mod history;
pub mod lock;
mod pace;
pub mod pipeline;
pub mod play;
pub mod reader;
pub mod request;
pub mod subscription;
pub mod timed;

use std::time::Duration;

use crate::clasp::wire::Features;
use crate::net::backoff::Backoff;
use crate::trace::Trace;

pub use crate::net::block_on;
pub use crate::net::endpoint::Endpoint;
pub use crate::net::header::Header;
pub use crate::net::proxy::{Destination, Proxy};
pub use crate::net::tls::{Identity, Trust};

pub use error::{Error, Refusal};
pub use pace::RATE_WINDOW;

/// Where to connect, and as whom.
#[derive(Clone)]
pub struct Target {
    /// The router.
    pub endpoint: Endpoint,
    /// What the client calls itself.
    pub name: String,
    /// A CPSK token.
    pub token: Option<String>,
    /// What HELLO says the client deals in.
    pub features: Features,
    /// Whom to trust, for `wss://`.
    pub trust: Trust,
    /// Further headers of the upgrade.
    pub headers: Vec<Header>,
    /// The HTTP proxy on the way, if there is one.
    pub proxy: Option<Proxy>,
    /// The limit for TCP, TLS, upgrade and HELLO together.
    pub connect_timeout: Duration,
    /// How long to keep trying when nothing listens yet.
    pub connect_retry: Duration,
    /// What of the conversation is shown.
    pub trace: Trace,
    /// Routers that serve the same, in the order in which they are tried when this one cannot be
    /// reached. Theirs are empty.
    pub others: Vec<Target>,
}

/// How to come back after a lost connection.
#[derive(Debug, Clone)]
pub struct Reconnect {
    /// Whether at all.
    pub enabled: bool,
    /// The first wait; later ones grow, see [`Backoff`].
    pub interval: Duration,
    /// Give up after so many tries in a row.
    pub max_tries: Option<u32>,
}

impl Reconnect {
    /// Not at all.
    pub fn never() -> Reconnect {
        Reconnect {
            enabled: false,
            interval: Duration::ZERO,
            max_tries: None,
        }
    }

    fn backoff(&self) -> Backoff {
        Backoff::new(
            self.interval,
            clock::now_micros() ^ u64::from(std::process::id()) << 32,
        )
    }
}
