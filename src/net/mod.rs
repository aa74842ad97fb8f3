//! What all three services need for their connections. Nothing here knows a service.
//!
//! A client passes a URL and the certificates to trust; it gets a [`ws::Socket`] that carries
//! binary messages, or a [`ConnectError`] that tells which step failed. A server passes a TCP
//! connection; it gets a [`peer::Peer`] or an [`http_server::HttpConnection`].
//!
//! - [`runtime`]: runs a future to its end on this thread; the clock, and this machine's name
//! - [`endpoint`]: parses and checks `ws://host:port/path`
//! - [`resolve`], [`listener`]: resolves a host name; opens a listening socket
//! - [`tcp`], [`race`]: a TCP stream without delays, to the address that answers first
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
mod race;
mod resolve;
mod runtime;
pub mod sd_notify;
pub mod stream;
mod tcp;
pub mod tls;
mod transport;
pub mod tunnel;
pub mod udp;
mod wording;
pub mod ws;

pub use error::{AcceptError, BadIdentity, ConnectError, Lost};
pub use listener::Listener;
pub use resolve::addresses;
pub use runtime::{block_on, host_name, now_micros};
pub use transport::Transport;
