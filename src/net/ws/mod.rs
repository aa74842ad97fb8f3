//! WebSocket with binary messages only, as [`Bytes`](bytes::Bytes). Only this module uses
//! tungstenite.
//!
//! - [`Socket::connect`]: name lookup, TCP, TLS and the upgrade, within one limit
//! - [`Socket`]: messages to and from a server
//! - [`http_get`]: a plain HTTP GET of the same URL, as a browser would send
//! - [`accept`]: the upgrade of a client; its frames are read in [`super::peer`]

mod accept;
mod connect;
mod socket;

pub(super) use accept::accept_key;
pub use accept::{AcceptOptions, accept, may_connect};
pub use connect::{Options, http_get};
pub use socket::{Received, Socket};

/// The size of a read buffer for a few small messages, in bytes.
pub const SMALL_READ_BUFFER: usize = 8 * 1024;
/// The size of a read buffer for bulk, in bytes.
pub const LARGE_READ_BUFFER: usize = 128 * 1024;

/// The header in which a client offers subprotocols and a server chooses one.
pub(super) const SUBPROTOCOL: &str = "Sec-WebSocket-Protocol";
