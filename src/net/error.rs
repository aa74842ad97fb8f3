//! How a connection fails to come about, and how it ends.

use std::io;
use std::time::Duration;

use super::endpoint::Endpoint;
use super::proxy::Proxy;
use super::tls::hint::hint;
use super::tunnel::NoTunnel;
use super::wording::plain;
use crate::error::{Failing, Kind};
use crate::text::duration::InWords;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The host name leads nowhere.
    #[error("cannot find the host '{host}' ({source})")]
    Resolve {
        /// The name that was looked up.
        host: String,
        /// The resolver's words.
        source: io::Error,
    },
    /// Nobody listens there.
    #[error("nothing listens at {endpoint} (connection refused)")]
    Refused {
        /// Where.
        endpoint: Endpoint,
    },
    /// The network failed otherwise.
    #[error("cannot connect to {endpoint}: {}", plain(.source))]
    Io {
        /// Where.
        endpoint: Endpoint,
        /// What the system said.
        source: io::Error,
    },
    /// Somebody listens, and says nothing (or not enough) in time.
    #[error("{endpoint} did not complete the {stage} within {}", InWords(*limit))]
    TimedOut {
        /// Where.
        endpoint: Endpoint,
        /// How far it came: "TCP connection", "TLS handshake", "WebSocket handshake", …
        stage: &'static str,
        /// The limit that passed.
        limit: Duration,
    },
    /// The certificate is not trusted, or TLS failed otherwise.
    #[error("TLS with {endpoint} failed: {source}")]
    Tls {
        /// Where.
        endpoint: Endpoint,
        /// What rustls said.
        source: io::Error,
    },
    /// What TLS needs cannot be used: the system's roots, or a file that was named for it.
    #[error("{0}")]
    Setup(String),
    /// The proxy on the way does not do its part.
    #[error("the proxy {proxy} {}", .no_tunnel.why)]
    Proxy {
        /// Which.
        proxy: Proxy,
        /// What it did not do.
        no_tunnel: NoTunnel,
    },
    /// It answers HTTP, and does not speak WebSocket there.
    #[error("{endpoint} {}", not_websocket(*.status, .location.as_deref()))]
    NotWebSocket {
        /// Where.
        endpoint: Endpoint,
        /// The status line's number.
        status: u16,
        /// Where a redirect leads, without a query.
        location: Option<String>,
    },
    /// It answers something else.
    #[error("{endpoint} does not speak WebSocket: {why}")]
    Handshake {
        /// Where.
        endpoint: Endpoint,
        /// What was wrong with the answer.
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
    /// Why a TCP connection did not come about, by what the system said.
    pub(super) fn tcp(endpoint: &Endpoint, source: io::Error) -> ConnectError {
        let endpoint = endpoint.clone();
        if source.kind() == io::ErrorKind::ConnectionRefused {
            ConnectError::Refused { endpoint }
        } else {
            ConnectError::Io { endpoint, source }
        }
    }

    /// The limit was over at this stage.
    pub(super) fn late(endpoint: &Endpoint, stage: &'static str, limit: Duration) -> ConnectError {
        ConnectError::TimedOut {
            endpoint: endpoint.clone(),
            stage,
            limit,
        }
    }

    /// Why a proxy did not open a tunnel.
    pub(super) fn proxy(proxy: &Proxy, no_tunnel: NoTunnel) -> ConnectError {
        ConnectError::Proxy {
            proxy: proxy.clone(),
            no_tunnel,
        }
    }

    /// Whether waiting may help: a service that is still starting refuses, or its host is not up.
    pub fn may_heal(&self) -> bool {
        match self {
            ConnectError::Refused { .. }
            | ConnectError::Io { .. }
            | ConnectError::TimedOut { .. }
            | ConnectError::Resolve { .. } => true,
            // A proxy answers for a service that is still starting.
            ConnectError::NotWebSocket { status, .. } => matches!(status, 429 | 502..=504),
            ConnectError::Proxy { no_tunnel, .. } => no_tunnel.may_heal(),
            // It was dropped on the way, rather than refused.
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
            ConnectError::Proxy { no_tunnel, .. } if no_tunnel.is_refusal() => Kind::Refused,
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
            ConnectError::Proxy { proxy, no_tunnel } => Some(no_tunnel.hint(proxy)),
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
        self.may_heal()
    }
}

/// Why a client did not come in.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// It was gone before anything was said.
    #[error("it is gone: {0}")]
    Gone(#[source] io::Error),
    /// No TLS came about: often a client that speaks plain ws.
    #[error("TLS failed: {0}")]
    Tls(#[source] io::Error),
    /// It asked for no WebSocket.
    #[error("no WebSocket: {0}")]
    Handshake(String),
    /// A plain HTTP request, which has been answered.
    #[error("plain HTTP: {0}")]
    Http(String),
    /// A web page of this origin, which nobody has allowed.
    #[error("a page of {0} may not connect")]
    Origin(String),
}

/// Why a certificate and its key cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}")]
pub struct BadIdentity {
    /// The file.
    pub path: String,
    /// What is wrong with it.
    pub why: String,
}

impl Failing for BadIdentity {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

/// How an established connection ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// The other side sent a Close frame.
    #[error("closed by the other side{}", reason(*.code, .why))]
    Closed {
        /// The WebSocket close code, if it gave one.
        code: Option<u16>,
        /// Its words.
        why: String,
    },
    /// The connection went without a Close frame.
    #[error("{0}")]
    Broken(String),
    /// Nothing came for so long, and not the answer to a WebSocket Ping either.
    #[error("nothing came for {}, nor the answer to a WebSocket Ping", InWords(*.0))]
    Silent(Duration),
    /// It sent what is no WebSocket, or no binary message.
    #[error("{0}")]
    Protocol(String),
    /// It began to send a message over the limit; what is left of it cannot be passed over.
    #[error("it sent a message of {size} bytes or more, and the limit is {limit}")]
    TooLarge {
        /// How much of it was announced so far.
        size: usize,
        /// The limit.
        limit: usize,
    },
}

fn reason(code: Option<u16>, why: &str) -> String {
    match (code, why) {
        (None, _) => String::new(),
        (Some(code), "") => format!(" ({code})"),
        (Some(code), why) => format!(" ({code}: {why})"),
    }
}
