//! What sockets need and no service knows.
//!
//! Enters: a URL and how to trust it. Leaves: a [`ws::Socket`] that carries binary messages, or a
//! [`ConnectError`] that says how far it came.
//!
//! - [`runtime`]: runs a conversation on this thread
//! - [`endpoint`]: `ws://host:port/path`, read and checked
//! - [`resolve`], [`listener`]: the addresses of a host; a listening socket
//! - [`tcp`], [`race`]: a TCP stream without delays, to the first address that answers
//! - [`stream`]: the same with TLS and through a proxy
//! - [`proxy`], [`tunnel`]: the HTTP proxy on the way, if there is one
//! - [`tls`], [`transport`]: the one TLS configuration; TCP or TLS as one stream
//! - [`ws`]: WebSocket over either; the only place that knows tungstenite
//! - [`header`]: `NAME=VALUE`, to be sent with the upgrade
//! - [`accepted`]: the accepting side of a plain byte stream, with TLS or without
//! - [`peer`]: the accepting side of a WebSocket
//! - [`visitor`]: the accepting side of HTTP, where a page is served beside a WebSocket
//! - [`sd_notify`]: tells systemd that a service is ready, alive, stopping
//! - [`backoff`]: how long to wait before trying again

pub mod accepted;
pub mod backoff;
pub mod endpoint;
mod error;
pub mod header;
mod listener;
pub mod peer;
pub mod proxy;
mod race;
mod resolve;
mod runtime;
pub mod sd_notify;
pub mod stream;
mod tcp;
pub mod tls;
mod transport;
pub mod tunnel;
pub mod visitor;
mod wording;
pub mod ws;

pub use error::{AcceptError, BadIdentity, ConnectError, Lost};
pub use listener::Listener;
pub use resolve::addresses;
pub use runtime::{block_on, now_micros};
pub use transport::Transport;
