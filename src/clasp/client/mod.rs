//! The client's side of a connection to a CLASP router.
//!
//! Takes a [`Target`] (where, as whom) and a request in the terms of [`crate::clasp::wire`]. Gives
//! what the router replied, or an [`Error`] that says what became of the request.
//!
//! - [`connection`]: one connection: HELLO, WELCOME, frames
//! - [`pipeline`]: the requests of a connection, and which reply belongs to which
//! - [`request`]: one request, one reply: set, emit, get
//! - [`history`]: reads what a router has recorded
//! - [`reader`]: reads params by address or pattern, and detects a truncated snapshot
//! - [`lock`]: takes, keeps and gives back locks on addresses
//! - [`clock`]: measures round trip and clock offset
//! - [`timed`]: sends a bundle at a given time of the router's clock
//! - [`play`]: plays a timeline as a series of SETs
//! - [`subscription`]: receives everything that matches, and reconnects when the connection is lost
//! - `pace`: how fast messages may be sent under a router's rate limit, pure
//! - [`bulk`]: sends very many writes and accounts for each of them
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

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::clasp::wire::Features;
use crate::net::backoff::Backoff;
use crate::trace::Trace;

pub use crate::net::block_on;
pub use crate::net::endpoint::Endpoint;
pub use crate::net::header::Header;
pub use crate::net::host_name;
pub use crate::net::local::Dialer;
pub use crate::net::proxy::{Destination, Proxy};
pub use crate::net::tls::{Identity, Trust};

pub use error::{Error, Refusal};
pub use pace::RATE_WINDOW;

/// Where to connect, and as whom.
#[derive(Clone)]
pub struct Target {
    /// The router.
    pub endpoint: Endpoint,
    /// If the router runs in this process: connects to it without a socket.
    pub local: Option<Dialer>,
    /// What the client calls itself.
    pub name: String,
    /// A CPSK token.
    pub token: Option<String>,
    /// The features that HELLO names.
    pub features: Features,
    /// Which certificates to trust, for `wss://`.
    pub trust: Trust,
    /// Further headers of the HTTP upgrade request.
    pub headers: Vec<Header>,
    /// The HTTP proxy to connect through, if there is one.
    pub proxy: Option<Proxy>,
    /// The limit for TCP, TLS, upgrade and HELLO together.
    pub connect_timeout: Duration,
    /// How long to keep trying when nothing listens yet.
    pub connect_retry: Duration,
    /// What of the traffic is shown to the user.
    pub trace: Trace,
    /// Routers that serve the same state: they are tried in this order when this one cannot be
    /// reached. Their own `others` are empty.
    pub others: Vec<Target>,
    /// Set when a router has said that what it holds may be old ([`Capability::Stale`](crate::clasp::wire::Capability::Stale)).
    pub stale: Arc<AtomicBool>,
}

/// How to reconnect after a lost connection.
#[derive(Debug, Clone)]
pub struct Reconnect {
    /// Whether to reconnect at all.
    pub enabled: bool,
    /// The first wait; later ones grow, see [`Backoff`].
    pub interval: Duration,
    /// Give up after this many failed tries in a row; `None` never gives up.
    pub max_tries: Option<u32>,
}

impl Reconnect {
    /// Never reconnects.
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

/// Whether a count is left out of a report that names only what happened.
fn is_zero(count: &u64) -> bool {
    *count == 0
}
