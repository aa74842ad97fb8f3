//! WebSocket, binary messages only: [`Bytes`] enter and leave. The one door to tungstenite.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{ProtocolError, SubProtocolError};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
pub use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::endpoint::Endpoint;
use super::error::plain;
use super::peer::Peer;
use super::tcp::Tcp;
use super::tls::{self, Acceptor, Trust};
use super::{AcceptError, ConnectError, Lost};

/// How a socket is to be made.
#[derive(Debug, Clone)]
pub struct Options {
    /// The subprotocol to offer. A server that does not know it is met without.
    pub subprotocol: Option<&'static str>,
    /// Bytes asked of the system at a time. tungstenite zero-fills them before every read, so a
    /// one-shot wants few and a flood wants many.
    pub read_buffer: usize,
    /// The largest message taken, in bytes.
    pub max_message: usize,
    /// Acknowledge at once what is read, see [`Tcp`]. For conversations, not for floods.
    pub quick: bool,
    /// Whom to trust, for `wss://`.
    pub trust: Trust,
}

/// A read buffer for conversations of a few small messages.
pub const SMALL_READ_BUFFER: usize = 8 * 1024;
/// A read buffer for floods.
pub const LARGE_READ_BUFFER: usize = 128 * 1024;

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket {
    inner: WebSocketStream<Transport>,
    unflushed: bool,
}

impl Socket {
    /// Connects, all the way through TCP, TLS and the upgrade, before the deadline.
    ///
    /// `limit` is what the deadline was made from: the error names it.
    ///
    /// # Errors
    /// [`ConnectError`], by how far it came.
    pub async fn connect(
        endpoint: &Endpoint,
        options: &Options,
        deadline: Instant,
        limit: Duration,
    ) -> Result<Socket, ConnectError> {
        match connect_once(endpoint, options, options.subprotocol, deadline, limit).await {
            // RFC 6455 lets a server ignore the offer, tungstenite does not let the client accept
            // that; the protocol works all the same, so ask again without.
            Err(Attempt::NoSubprotocol) => {
                match connect_once(endpoint, options, None, deadline, limit).await {
                    Ok(socket) => Ok(socket),
                    Err(Attempt::Failed(error)) => Err(error),
                    Err(Attempt::NoSubprotocol) => Err(ConnectError::Handshake {
                        endpoint: endpoint.clone(),
                        why: "it insists on a subprotocol that was not offered".into(),
                    }),
                }
            }
            Ok(socket) => Ok(socket),
            Err(Attempt::Failed(error)) => Err(error),
        }
    }

    /// Queues a message. It is written when enough has gathered, on [`flush`](Self::flush), or
    /// while [`next`](Self::next) waits; the caller bounds how much it queues.
    ///
    /// # Errors
    /// [`Lost`] when the connection is gone.
    pub fn send(&mut self, message: Bytes) -> Result<(), Lost> {
        self.unflushed = true;
        Pin::new(&mut self.inner)
            .start_send(Message::Binary(message))
            .map_err(lost)
    }

    /// Writes out what is queued.
    ///
    /// # Errors
    /// [`Lost`] when the connection is gone.
    pub async fn flush(&mut self) -> Result<(), Lost> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    /// The next message; what is queued is written meanwhile, so that two peers that both send
    /// never wait for each other. Cancel-safe.
    ///
    /// # Errors
    /// [`Lost`] when the connection is gone, or a text message came.
    pub async fn next(&mut self) -> Result<Bytes, Lost> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        if self.unflushed {
            ready!(Pin::new(&mut self.inner).poll_flush(cx)).map_err(lost)?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Lost>> {
        if let Poll::Ready(Err(error)) = self.poll_flush(cx) {
            // What the other side said before it went is worth more than the failed write.
            if let Poll::Ready(Some(Ok(Message::Binary(message)))) =
                Pin::new(&mut self.inner).poll_next(cx)
            {
                return Poll::Ready(Ok(message));
            }
            return Poll::Ready(Err(error));
        }
        loop {
            return Poll::Ready(match ready!(Pin::new(&mut self.inner).poll_next(cx)) {
                Some(Ok(Message::Binary(message))) => Ok(message),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Text(_))) => Err(Lost::Protocol(
                    "it sent a text message, and only binary ones are known here".into(),
                )),
                Some(Ok(Message::Close(frame))) => Err(Lost::Closed {
                    code: frame.as_ref().map(|frame| frame.code.into()),
                    why: frame
                        .map(|frame| frame.reason.to_string())
                        .unwrap_or_default(),
                }),
                Some(Err(error)) => Err(lost(error)),
                None => Err(Lost::Broken("connection closed".into())),
            });
        }
    }

    /// Says goodbye, without waiting for the answer.
    pub async fn close(mut self) {
        // Everything that mattered has been answered; a peer that is gone already may stay gone.
        let _ = self.inner.feed(Message::Close(None)).await;
        let _ = self.inner.flush().await;
    }
}

/// What is asked of a client that wants to come in.
#[derive(Debug, Clone, Default)]
pub struct Door {
    /// The subprotocol that is spoken; a client that offers none is taken as well.
    pub subprotocol: &'static str,
    /// The origins of web pages that may connect, beside our own; `*` lets all in.
    pub origins: Vec<String>,
    /// TLS, if it is to be spoken.
    pub tls: Option<Acceptor>,
    /// The largest message taken, in bytes.
    pub max_message: usize,
}

/// Lets a client in, through TLS and the upgrade. The caller sets the deadline.
///
/// # Errors
/// [`AcceptError`]; an HTTP client has been told.
pub async fn accept(stream: TcpStream, door: &Door) -> Result<Peer, AcceptError> {
    let tcp = Tcp::accepted(stream).map_err(AcceptError::Gone)?;
    let transport = match &door.tls {
        Some(acceptor) => {
            let stream = acceptor.accept(tcp).await.map_err(AcceptError::Tls)?;
            Transport::Tls(Box::new(stream.into()))
        }
        None => Transport::Plain(tcp),
    };
    let mut refused = None;
    #[expect(clippy::result_large_err, reason = "tungstenite names the type")]
    let upgraded = tokio_tungstenite::accept_hdr_async(
        transport,
        |request: &Request, mut response: Response| {
            if let Err(origin) = check_origin(request, &door.origins) {
                let mut refusal = ErrorResponse::new(Some(format!(
                    "pages of {origin} may not connect here; --allow-origin lets them\n"
                )));
                *refusal.status_mut() = StatusCode::FORBIDDEN;
                refused = Some(origin);
                return Err(refusal);
            }
            let offered = request.headers().get_all(SUBPROTOCOL);
            let known = offered
                .iter()
                .filter_map(|names| names.to_str().ok())
                .flat_map(|names| names.split(','))
                .any(|name| name.trim() == door.subprotocol);
            if known {
                let name = HeaderValue::from_static(door.subprotocol);
                response.headers_mut().insert(SUBPROTOCOL, name);
            }
            Ok(response)
        },
    )
    .await;
    match (upgraded, refused) {
        (Ok(stream), _) => Ok(Peer::new(stream.into_inner(), door.max_message)),
        (Err(_), Some(origin)) => Err(AcceptError::Origin(origin)),
        (Err(error), None) => Err(AcceptError::Handshake(error.to_string())),
    }
}

/// A browser says which page it connects for, and nothing else does: so a page of another origin
/// cannot use a router on its reader's machine.
fn check_origin(request: &Request, allowed: &[String]) -> Result<(), String> {
    let Some(origin) = request.headers().get("Origin") else {
        return Ok(());
    };
    let origin = String::from_utf8_lossy(origin.as_bytes()).into_owned();
    let own = request
        .headers()
        .get("Host")
        .and_then(|host| host.to_str().ok())
        .is_some_and(|host| {
            origin
                .split_once("://")
                .is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
        });
    let known = allowed
        .iter()
        .any(|name| name == "*" || name.trim_end_matches('/').eq_ignore_ascii_case(&origin));
    if own || known { Ok(()) } else { Err(origin) }
}

const SUBPROTOCOL: &str = "Sec-WebSocket-Protocol";

enum Attempt {
    NoSubprotocol,
    Failed(ConnectError),
}

impl From<ConnectError> for Attempt {
    fn from(error: ConnectError) -> Self {
        Attempt::Failed(error)
    }
}

async fn connect_once(
    endpoint: &Endpoint,
    options: &Options,
    subprotocol: Option<&'static str>,
    deadline: Instant,
    limit: Duration,
) -> Result<Socket, Attempt> {
    let late = |stage| ConnectError::TimedOut {
        endpoint: endpoint.clone(),
        stage,
        limit,
    };
    let tcp = timeout_at(deadline, Tcp::connect(endpoint, options.quick))
        .await
        .map_err(|_| late("TCP connection"))??;
    let transport = if endpoint.tls() {
        let stream = timeout_at(deadline, tls::connect(endpoint, tcp, &options.trust))
            .await
            .map_err(|_| late("TLS handshake"))??;
        Transport::Tls(Box::new(stream.into()))
    } else {
        Transport::Plain(tcp)
    };

    let unspeakable = |why: String| ConnectError::Handshake {
        endpoint: endpoint.clone(),
        why,
    };
    let mut request = endpoint
        .uri()
        .into_client_request()
        .map_err(|error| unspeakable(error.to_string()))?;
    if let Some(name) = subprotocol {
        request
            .headers_mut()
            .insert(SUBPROTOCOL, HeaderValue::from_static(name));
    }
    let config = WebSocketConfig::default()
        .read_buffer_size(options.read_buffer)
        .max_message_size(Some(options.max_message))
        .max_frame_size(Some(options.max_message));
    let handshake = tokio_tungstenite::client_async_with_config(request, transport, Some(config));
    match timeout_at(deadline, pin!(handshake)).await {
        Err(_) => Err(late("WebSocket handshake").into()),
        Ok(Ok((inner, _response))) => Ok(Socket {
            inner,
            unflushed: false,
        }),
        Ok(Err(Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(
            SubProtocolError::NoSubProtocol,
        )))) => Err(Attempt::NoSubprotocol),
        Ok(Err(Error::Http(response))) => Err(ConnectError::NotWebSocket {
            endpoint: endpoint.clone(),
            status: response.status().as_u16(),
        }
        .into()),
        Ok(Err(Error::Io(source))) => Err(unspeakable(plain(&source)).into()),
        Ok(Err(error)) => Err(unspeakable(error.to_string()).into()),
    }
}

fn lost(error: Error) -> Lost {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => Lost::Broken("connection closed".into()),
        Error::Io(error) => Lost::Broken(plain(&error)),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
            Lost::Broken("connection reset".into())
        }
        error => Lost::Protocol(error.to_string()),
    }
}

/// TCP, or TLS over it.
#[derive(Debug)]
pub(super) enum Transport {
    Plain(Tcp),
    Tls(Box<TlsStream<Tcp>>),
}

macro_rules! either {
    ($self:ident, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Transport::Plain($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
            Transport::Tls($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
        }
    };
}

impl AsyncRead for Transport {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for Transport {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self, stream => stream.poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_shutdown(cx))
    }
}
