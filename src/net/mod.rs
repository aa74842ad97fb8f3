//! What sockets need and no service knows.
//!
//! Enters: a URL and how to trust it. Leaves: a [`ws::Socket`] that carries binary messages, or a
//! [`ConnectError`] that says how far it came.
//!
//! - [`endpoint`]: `ws://host:port/path`, read and checked
//! - [`tcp`]: a TCP stream that neither delays its writes nor its acknowledgements
//! - [`tls`]: the one TLS configuration
//! - [`ws`]: WebSocket over either; the only place that knows tungstenite
//! - [`header`]: `NAME=VALUE`, to be sent with the upgrade
//! - [`peer`]: the accepting side of a WebSocket
//! - [`backoff`]: how long to wait before trying again

pub mod backoff;
pub mod endpoint;
mod error;
pub mod header;
pub mod peer;
pub mod tcp;
pub mod tls;
pub mod ws;

pub use error::{AcceptError, BadIdentity, ConnectError, Lost};

use std::future::Future;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Failure, Kind};

/// The time by this machine's clock, in µs since the epoch, as messages carry it.
pub fn now_micros() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
        })
}

/// Runs a conversation to its end on this thread: a one-shot has no use for a pool of them.
///
/// # Errors
/// When the system has no room for the descriptors that it takes.
pub fn block_on<F: Future>(conversation: F) -> Result<F::Output, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Kind::Connection, format!("cannot begin: {error}")))?;
    Ok(runtime.block_on(conversation))
}
