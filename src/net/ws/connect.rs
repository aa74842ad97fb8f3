//! Opens a WebSocket to a URL: name lookup, TCP, TLS and the upgrade, within one time limit.

use std::io;
use std::pin::pin;
use std::time::Duration;

use http::header::LOCATION;
use http::{HeaderMap, HeaderValue};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{ProtocolError, SubProtocolError};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::SUBPROTOCOL;
use super::socket::Socket;
use crate::net::backoff::ConnectRetry;
use crate::net::endpoint::Endpoint;
use crate::net::error::ConnectError;
use crate::net::header::Header;
use crate::net::proxy::{Proxy, authority};
use crate::net::stream::Dial;
use crate::net::tls::Trust;
use crate::net::tls::hint::is_failure;
use crate::net::transport::Transport;
use crate::trace::{HIDDEN, Step, Tap, names_secret};

/// How to open a WebSocket.
#[derive(Debug, Clone)]
pub struct Options {
    /// The subprotocol to offer. If the server does not know it, the upgrade is tried again
    /// without.
    pub subprotocol: Option<&'static str>,
    /// The size of the read buffer, in bytes. tungstenite fills it with zeros before every read, so
    /// a one-shot command uses a small one and bulk a large one.
    pub read_buffer: usize,
    /// The longest message that is accepted, in bytes.
    pub max_message: usize,
    /// Additional headers of the upgrade request.
    pub headers: Vec<Header>,
    /// Which certificates to trust, for `wss://`.
    pub trust: Trust,
    /// The proxy, if there is one.
    pub proxy: Option<Proxy>,
    /// After how long without data the server is sent a WebSocket Ping. After the same time again
    /// the connection counts as lost. None: it may be silent for ever.
    pub keepalive: Option<Duration>,
    /// The trace of the connection.
    pub tap: Tap,
}

/// How many bytes of a web page are read to recognize the server.
const PAGE_BEGINNING: usize = 16 * 1024;

impl Socket {
    /// Connects. After a temporary failure it tries again for `retry_for`, because a service may
    /// still be starting. Each attempt has the time `limit`. Also returns the deadline of the
    /// successful attempt, because the caller may do more within it.
    ///
    /// # Errors
    /// The [`ConnectError`] of the last attempt.
    pub async fn connect(
        endpoint: &Endpoint,
        options: &Options,
        limit: Duration,
        retry_for: Duration,
    ) -> Result<(Socket, Instant), ConnectError> {
        let mut retry = ConnectRetry::new(retry_for);
        loop {
            let deadline = Instant::now() + limit;
            let attempt = Attempt {
                endpoint,
                options,
                deadline,
                limit,
            };
            let error = match attempt.connect().await {
                Ok(socket) => return Ok((socket, deadline)),
                Err(error) => error,
            };
            options.tap.step(|| Step::Failed {
                why: error.to_string(),
            });
            let Some(wait) = error.is_temporary().then(|| retry.wait()).flatten() else {
                return Err(error);
            };
            options.tap.step(|| Step::Retrying { after: wait });
            sleep(wait).await;
        }
    }
}

/// One attempt to connect, before its deadline.
struct Attempt<'a> {
    endpoint: &'a Endpoint,
    options: &'a Options,
    deadline: Instant,
    /// The time limit that the deadline was computed from, for the error.
    limit: Duration,
}

/// Why an upgrade failed.
enum UpgradeError {
    /// The server does not know the subprotocol.
    Subprotocol,
    Connect(ConnectError),
}

/// Sends a plain HTTP GET for the URL and reads the response (status line, headers, body), until
/// `enough` returns true, the response ends, or the limit has passed. Returns what was read.
///
/// # Errors
/// [`ConnectError`] when the connection cannot be established.
pub async fn http_get(
    endpoint: &Endpoint,
    options: &Options,
    limit: Duration,
    enough: impl Fn(&[u8]) -> bool,
) -> Result<Vec<u8>, ConnectError> {
    let attempt = Attempt {
        endpoint,
        options,
        deadline: Instant::now() + limit,
        limit,
    };
    let mut transport = attempt.transport().await?;
    let mut reply = Vec::new();
    let read = attempt.get(&mut transport, &mut reply, enough);
    // After a timeout or an error, what was read until then is the result.
    let _ = timeout_at(attempt.deadline, read).await;
    Ok(reply)
}

impl Attempt<'_> {
    async fn get(
        &self,
        transport: &mut Transport,
        reply: &mut Vec<u8>,
        enough: impl Fn(&[u8]) -> bool,
    ) -> io::Result<()> {
        let path = self
            .endpoint
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        let host = authority(self.endpoint.host(), self.endpoint.port());
        let mut request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n").into_bytes();
        for Header { name, value } in &self.options.headers {
            request.extend_from_slice(name.as_str().as_bytes());
            request.extend_from_slice(b": ");
            request.extend_from_slice(value.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"Connection: close\r\n\r\n");
        transport.write_all(&request).await?;
        transport.flush().await?;
        while reply.len() < PAGE_BEGINNING && !enough(reply) {
            if transport.read_buf(reply).await? == 0 {
                break;
            }
        }
        Ok(())
    }

    async fn connect(&self) -> Result<Socket, ConnectError> {
        let transport = self.transport().await?;
        match self.upgrade(transport, self.options.subprotocol).await {
            Ok(socket) => return Ok(socket),
            Err(UpgradeError::Connect(error)) => return Err(error),
            Err(UpgradeError::Subprotocol) => {}
        }
        // RFC 6455 allows a server to ignore the offer, but tungstenite then fails. The service
        // works without the subprotocol, so the upgrade is tried again without offering it.
        self.options.tap.step(|| Step::Failed {
            why: "it does not know the subprotocol; asking again without".into(),
        });
        let transport = self.transport().await?;
        match self.upgrade(transport, None).await {
            Ok(socket) => Ok(socket),
            Err(UpgradeError::Connect(error)) => Err(error),
            Err(UpgradeError::Subprotocol) => {
                Err(self.not_websocket("it insists on a subprotocol that was not offered".into()))
            }
        }
    }

    fn dropped(&self, source: io::Error) -> UpgradeError {
        UpgradeError::Connect(ConnectError::Io {
            endpoint: self.endpoint.clone(),
            source,
        })
    }

    fn not_websocket(&self, why: String) -> ConnectError {
        ConnectError::Handshake {
            endpoint: self.endpoint.clone(),
            why,
        }
    }

    /// Connects with TCP, and TLS over it for wss://.
    async fn transport(&self) -> Result<Transport, ConnectError> {
        let dial = Dial {
            endpoint: self.endpoint,
            trust: &self.options.trust,
            proxy: self.options.proxy.as_ref(),
            deadline: self.deadline,
            limit: self.limit,
            tap: &self.options.tap,
        };
        dial.connect().await
    }

    async fn upgrade(
        &self,
        transport: Transport,
        subprotocol: Option<&'static str>,
    ) -> Result<Socket, UpgradeError> {
        let (endpoint, options) = (self.endpoint, self.options);
        let not_websocket_error = |why: String| UpgradeError::Connect(self.not_websocket(why));
        let mut request = endpoint
            .uri()
            .into_client_request()
            .map_err(|error| not_websocket_error(error.to_string()))?;
        if let Some(name) = subprotocol {
            request
                .headers_mut()
                .insert(SUBPROTOCOL, HeaderValue::from_static(name));
        }
        for Header { name, value } in &options.headers {
            request.headers_mut().append(name, value.clone());
        }
        let config = WebSocketConfig::default()
            .read_buffer_size(options.read_buffer)
            .max_message_size(Some(options.max_message))
            .max_frame_size(Some(options.max_message));
        // The headers are copied here, because the request is consumed before the trace shows them.
        let tap = &options.tap;
        let asked = tap.is_on().then(|| shown(request.headers()));
        let began = Instant::now();
        let handshake =
            tokio_tungstenite::client_async_with_config(request, transport, Some(config));
        let Ok(upgraded) = timeout_at(self.deadline, pin!(handshake)).await else {
            return Err(UpgradeError::Connect(ConnectError::late(
                self.endpoint,
                "WebSocket handshake",
                self.limit,
            )));
        };
        match upgraded {
            Ok((inner, response)) => {
                tap.step(|| Step::Upgraded {
                    path: endpoint.path_without_query(),
                    request: asked.unwrap_or_default(),
                    response: shown(response.headers()),
                    took: began.elapsed(),
                });
                Ok(Socket::new(inner, options.keepalive, tap.clone()))
            }
            Err(Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(
                SubProtocolError::NoSubProtocol,
            ))) => Err(UpgradeError::Subprotocol),
            Err(Error::Http(response)) => {
                let location = response.headers().get(LOCATION);
                Err(UpgradeError::Connect(ConnectError::NotWebSocket {
                    endpoint: endpoint.clone(),
                    status: response.status().as_u16(),
                    location: location
                        .and_then(|location| location.to_str().ok())
                        .map(without_query),
                }))
            }
            // With TLS 1.3, a server refuses the client's certificate only after the handshake.
            Err(Error::Io(source)) if is_failure(&source) => {
                Err(UpgradeError::Connect(ConnectError::Tls {
                    endpoint: endpoint.clone(),
                    source,
                }))
            }
            // The connection was lost, for example because the service is still starting.
            Err(Error::Io(source)) => Err(self.dropped(source)),
            Err(Error::Protocol(ProtocolError::HandshakeIncomplete)) => {
                Err(self.dropped(io::ErrorKind::UnexpectedEof.into()))
            }
            Err(error) => Err(not_websocket_error(error.to_string())),
        }
    }
}

/// The target of a redirect without its query, which may contain a secret.
fn without_query(location: &str) -> String {
    match location.split_once(['?', '#']) {
        Some((location, _)) => format!("{location}?…"),
        None => location.to_owned(),
    }
}

/// Headers for the trace. The value is hidden if the user set the header, or if its name suggests a
/// secret.
fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let shown = headers.iter().map(|(name, value)| {
        let hidden = value.is_sensitive() || names_secret(name.as_str());
        let value = if hidden {
            HIDDEN.to_owned()
        } else {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        (name.to_string(), value)
    });
    shown.collect()
}
