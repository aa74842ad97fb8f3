//! From a URL to an open WebSocket: name lookup, TCP, TLS and the upgrade, within one limit.

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
use crate::net::backoff::Backoff;
use crate::net::endpoint::Endpoint;
use crate::net::error::ConnectError;
use crate::net::header::Header;
use crate::net::proxy::{Proxy, authority};
use crate::net::stream::Dial;
use crate::net::tls::Trust;
use crate::net::tls::hint::is_failure;
use crate::net::transport::Transport;
use crate::trace::{HIDDEN, Step, Tap, names_secret};

/// How a socket is to be made.
#[derive(Debug, Clone)]
pub struct Options {
    /// The subprotocol to offer. A server that does not know it is met without.
    pub subprotocol: Option<&'static str>,
    /// Bytes asked of the system at a time. tungstenite zero-fills them before every read, so a
    /// one-shot wants few and bulk wants many.
    pub read_buffer: usize,
    /// The largest message taken, in bytes.
    pub max_message: usize,
    /// Further headers of the upgrade request.
    pub headers: Vec<Header>,
    /// Whom to trust, for `wss://`.
    pub trust: Trust,
    /// The proxy on the way, if there is one.
    pub proxy: Option<Proxy>,
    /// After how long a silence the server is asked, by a WebSocket Ping, whether it is still
    /// there; it is given up after another one. Never, without.
    pub keepalive: Option<Duration>,
    /// Where the conversation is watched.
    pub tap: Tap,
}

/// How much of a page is read to see whose it is.
const PAGE_BEGINNING: usize = 16 * 1024;

/// The first wait between two attempts to reach a service that is still starting; they grow …
const CONNECT_RETRY: Duration = Duration::from_millis(50);
/// … up to this.
const LONGEST_CONNECT_RETRY: Duration = Duration::from_secs(1);

impl Socket {
    /// Connects, and tries again for `retry_for` while waiting may help: a service may still be
    /// starting. Each attempt has `limit`; the deadline of the one that came about is given back,
    /// for what else belongs to connecting.
    ///
    /// # Errors
    /// The last attempt's [`ConnectError`], by how far it came.
    pub async fn connect(
        endpoint: &Endpoint,
        options: &Options,
        limit: Duration,
        retry_for: Duration,
    ) -> Result<(Socket, Instant), ConnectError> {
        let retry_until = Instant::now() + retry_for;
        let mut backoff = Backoff::new(CONNECT_RETRY, u64::from(std::process::id()));
        loop {
            let deadline = Instant::now() + limit;
            let attempt = Attempt {
                endpoint,
                options,
                deadline,
                limit,
            };
            let result = attempt.connect().await;
            if let Err(error) = &result {
                options.tap.step(|| Step::Failed {
                    why: error.to_string(),
                });
            }
            match result {
                Err(error) if error.may_heal() && Instant::now() < retry_until => {
                    let wait = backoff.wait().min(LONGEST_CONNECT_RETRY);
                    let wait = wait.min(retry_until - Instant::now());
                    options.tap.step(|| Step::Retrying { after: wait });
                    sleep(wait).await;
                }
                result => return result.map(|socket| (socket, deadline)),
            }
        }
    }
}

/// One attempt to connect, before its deadline.
struct Attempt<'a> {
    endpoint: &'a Endpoint,
    options: &'a Options,
    deadline: Instant,
    /// What the deadline was made from: the error names it.
    limit: Duration,
}

/// Why an upgrade did not come about.
enum Refused {
    /// The server does not know the subprotocol.
    Subprotocol,
    Otherwise(ConnectError),
}

/// Asks for what the URL gives a browser, over plain HTTP, and reads the reply (status line, headers,
/// body) until `enough` says so, the reply ends, or the limit has passed: what came is given back.
///
/// # Errors
/// A [`ConnectError`] when there is no connection.
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
    // A server that says no more, or breaks off, has said what it has said.
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
            Err(Refused::Otherwise(error)) => return Err(error),
            Err(Refused::Subprotocol) => {}
        }
        // RFC 6455 lets a server ignore the offer, tungstenite does not let the client accept that;
        // the protocol works all the same, so ask again without.
        self.options.tap.step(|| Step::Failed {
            why: "it does not know the subprotocol; asking again without".into(),
        });
        let transport = self.transport().await?;
        match self.upgrade(transport, None).await {
            Ok(socket) => Ok(socket),
            Err(Refused::Otherwise(error)) => Err(error),
            Err(Refused::Subprotocol) => {
                Err(self.not_websocket("it insists on a subprotocol that was not offered".into()))
            }
        }
    }

    fn dropped(&self, source: io::Error) -> Refused {
        Refused::Otherwise(ConnectError::Io {
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

    /// TCP, and TLS over it if the URL says so.
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
    ) -> Result<Socket, Refused> {
        let (endpoint, options) = (self.endpoint, self.options);
        let otherwise = |why: String| Refused::Otherwise(self.not_websocket(why));
        let mut request = endpoint
            .uri()
            .into_client_request()
            .map_err(|error| otherwise(error.to_string()))?;
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
        // The request is gone when there is something to say of it.
        let tap = &options.tap;
        let asked = tap.is_on().then(|| shown(request.headers()));
        let began = Instant::now();
        let handshake =
            tokio_tungstenite::client_async_with_config(request, transport, Some(config));
        let Ok(upgraded) = timeout_at(self.deadline, pin!(handshake)).await else {
            return Err(Refused::Otherwise(ConnectError::late(
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
            ))) => Err(Refused::Subprotocol),
            Err(Error::Http(response)) => {
                let location = response.headers().get(LOCATION);
                Err(Refused::Otherwise(ConnectError::NotWebSocket {
                    endpoint: endpoint.clone(),
                    status: response.status().as_u16(),
                    location: location
                        .and_then(|location| location.to_str().ok())
                        .map(without_query),
                }))
            }
            // With TLS 1.3, a server that refuses the client's certificate says so only now.
            Err(Error::Io(source)) if is_failure(&source) => {
                Err(Refused::Otherwise(ConnectError::Tls {
                    endpoint: endpoint.clone(),
                    source,
                }))
            }
            // Dropped on the way, as by a service that is still starting.
            Err(Error::Io(source)) => Err(self.dropped(source)),
            Err(Error::Protocol(ProtocolError::HandshakeIncomplete)) => {
                Err(self.dropped(io::ErrorKind::UnexpectedEof.into()))
            }
            Err(error) => Err(otherwise(error.to_string())),
        }
    }
}

/// Where a redirect leads, without what may be a secret.
fn without_query(location: &str) -> String {
    match location.split_once(['?', '#']) {
        Some((location, _)) => format!("{location}?…"),
        None => location.to_owned(),
    }
}

/// Headers for whoever watches: of those that were given by the user, and of those whose name tells
/// that they hold a secret, the name.
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
