//! WebSocket, binary messages only: [`Bytes`](bytes::Bytes) enter and leave. The one door to
//! tungstenite.
//!
//! - [`Socket::connect`]: name lookup, TCP, TLS and the upgrade, within one limit
//! - [`Socket`]: messages to and from a server
//! - [`http_get`]: what the same URL gives a browser
//! - [`accept`]: the upgrade of a client; its frames are read in [`super::peer`]

mod accept;
mod connect;
mod keepalive;
mod socket;

pub(super) use accept::accept_key;
pub use accept::{Door, accept, may_connect};
pub use connect::{Options, http_get};
pub use socket::{Received, Socket};

/// A read buffer for conversations of a few small messages.
pub const SMALL_READ_BUFFER: usize = 8 * 1024;
/// A read buffer for bulk.
pub const LARGE_READ_BUFFER: usize = 128 * 1024;

/// The header in which a client offers subprotocols, and a server names the one that is spoken.
pub(super) const SUBPROTOCOL: &str = "Sec-WebSocket-Protocol";
