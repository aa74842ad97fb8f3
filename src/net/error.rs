//! Why a connection cannot be established, and how an established one ends.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::endpoint::Endpoint;
use super::plain;
use super::proxy::Proxy;
use super::tls::hint::hint;
use super::tunnel::TunnelError;
use crate::error::{Failing, Kind};
use crate::text::duration::InWords;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The host name cannot be resolved.
    #[error("cannot find the host '{host}' ({source})")]
    Resolve {
        /// The name that was looked up.
        host: String,
        /// The resolver's error.
        source: io::Error,
    },
    /// No server listens there.
    #[error("nothing listens at {endpoint} (connection refused)")]
    Refused {
        /// The endpoint.
        endpoint: Endpoint,
    },
    /// Another failure of the network.
    #[error("cannot connect to {endpoint}: {}", plain(.source))]
    Io {
        /// The endpoint.
        endpoint: Endpoint,
        /// The system's error.
        source: io::Error,
    },
    /// A server listens, but did not complete a step in time.
    #[error("{endpoint} did not complete the {stage} within {}", InWords(*limit))]
    TimedOut {
        /// The endpoint.
        endpoint: Endpoint,
        /// The step that was not completed: "TCP connection", "TLS handshake", "WebSocket
        /// handshake", …
        stage: &'static str,
        /// The time limit.
        limit: Duration,
    },
    /// The certificate is not trusted, or TLS failed otherwise.
    #[error("TLS with {endpoint} failed: {source}")]
    Tls {
        /// The endpoint.
        endpoint: Endpoint,
        /// The error of rustls.
        source: io::Error,
    },
    /// TLS cannot be set up: the system's roots, or a file that an option names, cannot be used.
    #[error("{0}")]
    Setup(String),
    /// The proxy did not open a tunnel.
    #[error("the proxy {proxy} {}", .tunnel_error.why)]
    Proxy {
        /// The proxy.
        proxy: Proxy,
        /// Why there is no tunnel.
        tunnel_error: TunnelError,
    },
    /// The server answers with HTTP instead of a WebSocket upgrade.
    #[error("{endpoint} {}", not_websocket(*.status, .location.as_deref()))]
    NotWebSocket {
        /// The endpoint.
        endpoint: Endpoint,
        /// The HTTP status.
        status: u16,
        /// The target of a redirect, without its query.
        location: Option<String>,
    },
    /// The server's answer is not a WebSocket upgrade.
    #[error("{endpoint} does not speak WebSocket: {why}")]
    Handshake {
        /// The endpoint.
        endpoint: Endpoint,
        /// What is wrong with the answer.
        why: String,
    },
}

fn not_websocket(status: u16, location: Option<&str>) -> String {
    match location {
        Some(location) if matches!(status, 300..=399) => {
            format!("redirects (HTTP {status}) to {location}")
        }
        _ => format!("answers HTTP {status}, not a WebSocket"),
    }
}

impl ConnectError {
    /// The error for a TCP connection that the system could not establish.
    pub(super) fn tcp(endpoint: &Endpoint, source: io::Error) -> ConnectError {
        let endpoint = endpoint.clone();
        if source.kind() == io::ErrorKind::ConnectionRefused {
            ConnectError::Refused { endpoint }
        } else {
            ConnectError::Io { endpoint, source }
        }
    }

    /// The error for a step that was not completed within the limit.
    pub fn late(endpoint: &Endpoint, stage: &'static str, limit: Duration) -> ConnectError {
        ConnectError::TimedOut {
            endpoint: endpoint.clone(),
            stage,
            limit,
        }
    }

    /// The error for a proxy that did not open a tunnel.
    pub(super) fn proxy(proxy: &Proxy, tunnel_error: TunnelError) -> ConnectError {
        ConnectError::Proxy {
            proxy: proxy.clone(),
            tunnel_error,
        }
    }

    /// Whether a later attempt may succeed: a service that is still starting refuses connections,
    /// or its host is not up yet.
    pub fn is_temporary(&self) -> bool {
        match self {
            ConnectError::Refused { .. }
            | ConnectError::Io { .. }
            | ConnectError::TimedOut { .. }
            | ConnectError::Resolve { .. } => true,
            // A reverse proxy answers so while the service behind it is still starting.
            ConnectError::NotWebSocket { status, .. } => matches!(status, 429 | 502..=504),
            ConnectError::Proxy { tunnel_error, .. } => tunnel_error.is_temporary(),
            // The connection was lost during the handshake; the server did not refuse it.
            ConnectError::Tls { source, .. } => matches!(
                source.kind(),
                io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::UnexpectedEof
            ),
            ConnectError::Handshake { .. } | ConnectError::Setup(_) => false,
        }
    }
}

impl Failing for ConnectError {
    fn kind(&self) -> Kind {
        match self {
            ConnectError::Setup(_) => Kind::Usage,
            ConnectError::Proxy { tunnel_error, .. } if tunnel_error.is_refusal() => Kind::Refused,
            ConnectError::NotWebSocket {
                status: 401 | 403 | 404,
                ..
            } => Kind::Refused,
            _ => Kind::Connection,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            ConnectError::Tls { source, .. } => hint(source, "ws://"),
            ConnectError::Proxy {
                proxy,
                tunnel_error,
            } => Some(tunnel_error.hint(proxy)),
            ConnectError::NotWebSocket {
                status, location, ..
            } => match (status, location) {
                (300..=399, Some(location)) if location.starts_with("http") => {
                    let url = location.replacen("http", "ws", 1);
                    Some(format!(
                        "It is not followed. Is the service there? --url {url}"
                    ))
                }
                (401 | 403, _) => Some(
                    "Does a gateway want credentials? Give them with --header NAME=VALUE".into(),
                ),
                (404, _) => Some("Is the path of the URL right?".into()),
                _ => None,
            },
            ConnectError::Handshake { endpoint, .. } if !endpoint.tls() => {
                Some("Does it speak TLS? Then the URL begins with wss://".into())
            }
            _ => None,
        }
    }

    fn retryable(&self) -> bool {
        self.is_temporary()
    }
}

/// Why a client was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The client closed the connection before it sent a request.
    #[error("it is gone: {0}")]
    Gone(#[source] io::Error),
    /// The TLS handshake failed, often because the client uses plain ws.
    #[error("TLS failed: {0}")]
    Tls(#[source] io::Error),
    /// The request is not a WebSocket upgrade.
    #[error("no WebSocket: {0}")]
    Handshake(String),
    /// A plain HTTP request. It has been answered.
    #[error("plain HTTP: {0}")]
    Http(String),
    /// A web page of an origin that is not allowed.
    #[error("a page of {0} may not connect")]
    Origin(String),
}

/// Why a certificate and its key cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}")]
pub struct BadIdentity {
    /// The file's path.
    pub path: String,
    /// What is wrong with it.
    pub why: String,
}

impl BadIdentity {
    pub(super) fn new(path: &Path, why: impl Display) -> BadIdentity {
        BadIdentity {
            path: path.display().to_string(),
            why: why.to_string(),
        }
    }
}

impl Failing for BadIdentity {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

/// How an established connection ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// The peer sent a Close frame.
    #[error("closed by the other side{}", reason(*.code, .why))]
    Closed {
        /// The close code, if the frame has one.
        code: Option<u16>,
        /// The reason in the frame.
        why: String,
    },
    /// The connection ended without a Close frame.
    #[error("{0}")]
    Broken(String),
    /// Nothing was received for this long, and a WebSocket Ping was not answered.
    #[error("nothing was received for {}, not even the answer to a WebSocket Ping", InWords(*.0))]
    Silent(Duration),
    /// The peer sent something that is not valid WebSocket, or not a binary message.
    #[error("{0}")]
    Protocol(String),
    /// The peer began to send a message over the limit; the rest of it cannot be skipped.
    #[error("it sent a message of {size} bytes or more, and the limit is {limit}")]
    TooLarge {
        /// Its size as far as it is known, in bytes.
        size: usize,
        /// The limit, in bytes.
        limit: usize,
    },
}

impl Lost {
    /// The message of a connection that was lost, for the errors of all clients.
    pub fn message(&self, endpoint: &Endpoint) -> String {
        format!("lost the connection to {endpoint}: {self}")
    }
}

fn reason(code: Option<u16>, why: &str) -> String {
    match (code, why) {
        (None, _) => String::new(),
        (Some(code), "") => format!(" ({code})"),
        (Some(code), why) => format!(" ({code}: {why})"),
    }
}
