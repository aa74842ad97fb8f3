//! What all three services need for their connections: sockets, and here a runtime, the clock and the
//! wording of I/O errors. Nothing here knows a service.
//!
//! A client passes a URL and the certificates to trust; it gets a [`ws::Socket`] that carries
//! binary messages, or a [`ConnectError`] that tells which step failed. A server passes a TCP
//! connection; it gets a [`peer::Peer`] or an [`http_server::HttpConnection`].
//!
//! - [`endpoint`]: parses and checks `ws://host:port/path`
//! - [`resolve`], [`listener`]: resolves a host name; opens a listening socket
//! - [`tcp`]: a TCP stream without delays, to the address that answers first
//! - [`stream`]: connects with TCP or TLS, directly or through a proxy
//! - [`proxy`], [`tunnel`]: chooses the HTTP proxy, if there is one; opens a tunnel through it
//! - [`tls`], [`transport`]: the TLS configuration; TCP or TLS as one stream, on both sides
//! - [`ws`]: WebSocket over TCP or TLS; only this module uses tungstenite
//! - [`local`]: connections within the process, without a socket
//! - [`header`]: parses `NAME=VALUE`, a header of the upgrade request
//! - [`peer`]: the server's side of a WebSocket
//! - [`http_server`]: the server's side of HTTP, for a page that is served beside a WebSocket
//! - [`sd_notify`]: tells systemd that a service is ready, alive or stopping
//! - [`udp`]: larger buffers for a UDP socket
//! - [`backoff`]: how long to wait before another attempt

pub mod backoff;
pub mod endpoint;
mod error;
pub mod header;
pub mod http_server;
mod listener;
pub mod local;
pub mod peer;
pub mod proxy;
mod resolve;
pub mod sd_notify;
pub mod stream;
mod tcp;
pub mod tls;
mod transport;
pub mod tunnel;
pub mod udp;
pub mod ws;

use std::future::Future;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Failure, Kind};

pub use error::{AcceptError, BadIdentity, ConnectError, Lost};
pub use listener::Listener;
pub use resolve::addresses;
pub use transport::Transport;

/// The text of an I/O error, without the number of the system.
pub fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".into(),
        io::ErrorKind::ConnectionReset => "connection reset".into(),
        io::ErrorKind::BrokenPipe => "connection closed".into(),
        io::ErrorKind::UnexpectedEof => "connection cut off".into(),
        _ => error.to_string(),
    }
}

/// The time of this machine's clock, in µs since the epoch.
pub fn now_micros() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
        })
}

/// The time of this machine's clock, in ms since the epoch.
pub fn now_millis() -> u64 {
    now_micros() / 1_000
}

/// The name of this machine.
pub fn host_name() -> String {
    let system = rustix::system::uname();
    system.nodename().to_string_lossy().into_owned()
}

/// Runs a future to its end on this thread: a one-shot command needs no thread pool.
///
/// # Errors
/// When no file descriptors are left for the runtime.
pub fn block_on<F: Future>(conversation: F) -> Result<F::Output, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Kind::Connection, format!("cannot begin: {error}")))?;
    let output = runtime.block_on(conversation);
    // The system's resolver runs on a thread that cannot be stopped. Dropping the runtime would
    // wait for it, half a minute if the name server does not answer.
    runtime.shutdown_background();
    Ok(output)
}
