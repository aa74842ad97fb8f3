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
use tokio::time::{Instant, sleep, timeout_at};
use tokio_rustls::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError, SubProtocolError};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderMap, StatusCode};
pub use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue, Uri};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::backoff::Backoff;
use super::endpoint::Endpoint;
use super::error::plain;
use super::header::Header;
use super::peer::Peer;
use super::tcp::Tcp;
use super::tls::{self, Acceptor, Trust};
use super::{AcceptError, ConnectError, Lost};
use crate::trace::{Control, Direction, HIDDEN, Step, Tap, names_secret};

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
    /// Further headers of the upgrade request.
    pub headers: Vec<Header>,
    /// Whom to trust, for `wss://`.
    pub trust: Trust,
    /// Where the conversation is watched.
    pub tap: Tap,
}

/// A read buffer for conversations of a few small messages.
pub const SMALL_READ_BUFFER: usize = 8 * 1024;
/// A read buffer for floods.
pub const LARGE_READ_BUFFER: usize = 128 * 1024;

/// The first wait between two tries to reach a service that is still starting; they grow …
const CONNECT_RETRY: Duration = Duration::from_millis(50);
/// … up to this.
const LONGEST_CONNECT_RETRY: Duration = Duration::from_secs(1);

/// What arrives on a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// A message.
    Message(Bytes),
    /// The answer to a [`Socket::ping`], with what that carried.
    Pong(Bytes),
}

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket {
    inner: WebSocketStream<Transport>,
    unflushed: bool,
    tap: Tap,
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
                options.tap.step(|| Step::Failed {
                    why: "it does not know the subprotocol; asking again without".into(),
                });
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

    /// Connects, and tries again for as long as `patience` while waiting may help: a service may
    /// still be starting. Each try has `limit`; the deadline of the one that came about is given
    /// back, for what else belongs to connecting.
    ///
    /// # Errors
    /// The last try's.
    pub async fn connect_patiently(
        endpoint: &Endpoint,
        options: &Options,
        limit: Duration,
        patience: Duration,
    ) -> Result<(Socket, Instant), ConnectError> {
        let patience = Instant::now() + patience;
        let mut backoff = Backoff::new(CONNECT_RETRY, u64::from(std::process::id()));
        loop {
            let deadline = Instant::now() + limit;
            let result = Socket::connect(endpoint, options, deadline, limit).await;
            if let Err(error) = &result {
                options.tap.step(|| Step::Failed {
                    why: error.to_string(),
                });
            }
            match result {
                Err(error) if error.may_heal() && Instant::now() < patience => {
                    let wait = backoff.wait().min(LONGEST_CONNECT_RETRY);
                    let wait = wait.min(patience - Instant::now());
                    options.tap.step(|| Step::Retrying { after: wait });
                    sleep(wait).await;
                }
                result => return result.map(|socket| (socket, deadline)),
            }
        }
    }

    /// Queues a message. It is written when enough has gathered, on [`flush`](Self::flush), or
    /// while [`next`](Self::next) waits; the caller bounds how much it queues.
    ///
    /// # Errors
    /// [`Lost`] when the connection is gone.
    pub fn send(&mut self, message: Bytes) -> Result<(), Lost> {
        self.unflushed = true;
        self.tap.frame(Direction::Sent, &message);
        Pin::new(&mut self.inner)
            .start_send(Message::Binary(message))
            .map_err(|error| self.lost(error))
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
        loop {
            if let Received::Message(message) = self.receive().await? {
                return Ok(message);
            }
        }
    }

    /// The next message or answer to a ping; otherwise as [`next`](Self::next).
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub async fn receive(&mut self) -> Result<Received, Lost> {
        poll_fn(|cx| self.poll_receive(cx)).await
    }

    /// Asks for an answer that carries the same: it comes when the other side has read everything
    /// that was sent before.
    ///
    /// # Errors
    /// [`Lost`] when the connection is gone.
    pub fn ping(&mut self, payload: Bytes) -> Result<(), Lost> {
        self.unflushed = true;
        self.tap
            .control(Direction::Sent, payload.len(), || Control::Ping);
        Pin::new(&mut self.inner)
            .start_send(Message::Ping(payload))
            .map_err(|error| self.lost(error))
    }

    /// Writes out what is queued, and takes what arrives meanwhile: a peer that answers while it
    /// reads does not read on for ever if nobody reads its answers.
    ///
    /// # Errors
    /// [`Lost`] when the connection is gone.
    pub async fn flush_receiving(&mut self, mut take: impl FnMut(Received)) -> Result<(), Lost> {
        poll_fn(|cx| {
            if let Poll::Ready(result) = self.poll_flush(cx) {
                return Poll::Ready(result);
            }
            while let Poll::Ready(received) = self.poll_read(cx) {
                take(received?);
            }
            // Reading may have made room, and has then used up the wake-up for it.
            self.poll_flush(cx)
        })
        .await
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        if self.unflushed {
            let flushed = ready!(Pin::new(&mut self.inner).poll_flush(cx));
            flushed.map_err(|error| self.lost(error))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, Lost>> {
        if let Poll::Ready(Err(error)) = self.poll_flush(cx) {
            // What the other side said before it went is worth more than the failed write.
            if let Poll::Ready(Ok(received)) = self.poll_read(cx) {
                return Poll::Ready(Ok(received));
            }
            return Poll::Ready(Err(error));
        }
        self.poll_read(cx)
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, Lost>> {
        loop {
            return Poll::Ready(match ready!(Pin::new(&mut self.inner).poll_next(cx)) {
                Some(Ok(Message::Binary(message))) => {
                    self.tap.frame(Direction::Received, &message);
                    Ok(Received::Message(message))
                }
                Some(Ok(Message::Pong(payload))) => {
                    self.control(payload.len(), || Control::Pong);
                    Ok(Received::Pong(payload))
                }
                Some(Ok(Message::Ping(payload))) => {
                    self.control(payload.len(), || Control::Ping);
                    continue;
                }
                Some(Ok(Message::Frame(_))) => continue,
                Some(Ok(Message::Text(text))) => {
                    let why = "it sent a text message, and only binary ones are known here";
                    self.tap.stray(Direction::Received, text.as_bytes(), why);
                    Err(Lost::Protocol(why.into()))
                }
                Some(Ok(Message::Close(frame))) => {
                    let code = frame.as_ref().map(|frame| frame.code.into());
                    let why = frame
                        .map(|frame| frame.reason.to_string())
                        .unwrap_or_default();
                    self.control(why.len(), || Control::Close {
                        code,
                        reason: why.clone(),
                    });
                    Err(Lost::Closed { code, why })
                }
                Some(Err(error)) => Err(self.lost(error)),
                None => {
                    let why = "connection closed";
                    self.tap.step(|| Step::Lost { why: why.into() });
                    Err(Lost::Broken(why.into()))
                }
            });
        }
    }

    fn control(&self, size: usize, control: impl FnOnce() -> Control) {
        self.tap.control(Direction::Received, size, control);
    }

    /// How the connection ended, by what tungstenite says.
    fn lost(&self, error: Error) -> Lost {
        let lost = lost(error);
        self.tap.step(|| Step::Lost {
            why: lost.to_string(),
        });
        lost
    }

    /// The goodbye is about to be said.
    fn leaving(&self) {
        self.tap.control(Direction::Sent, 0, || Control::Close {
            code: None,
            reason: String::new(),
        });
    }

    /// Says goodbye and waits for the answer, which comes when the other side has read everything
    /// that was sent before. What it still sends meanwhile is taken.
    ///
    /// A ping goes ahead: a goodbye without its answer is the other side's own, said before it had
    /// read everything.
    ///
    /// # Errors
    /// [`Lost`] when the connection went without that answer, or with a complaint.
    pub async fn close_read(&mut self, mut take: impl FnMut(Received)) -> Result<(), Lost> {
        let mark = Bytes::from_static(b"goodbye");
        self.ping(mark.clone())?;
        self.leaving();
        Pin::new(&mut self.inner)
            .start_send(Message::Close(None))
            .map_err(|error| self.lost(error))?;
        let mut read = false;
        loop {
            match self.receive().await {
                Ok(Received::Pong(payload)) if payload == mark => read = true,
                Ok(received) => take(received),
                Err(Lost::Closed {
                    code: None | Some(1000 | 1001 | 1005),
                    ..
                }) if read => return Ok(()),
                Err(lost) => return Err(lost),
            }
        }
    }

    /// Says goodbye, without waiting for the answer.
    pub async fn close(mut self) {
        self.leaving();
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
    let tap = &options.tap;
    let tcp = timeout_at(deadline, Tcp::connect(endpoint, tap))
        .await
        .map_err(|_| late("TCP connection"))??;
    let transport = if endpoint.tls() {
        let began = Instant::now();
        let stream = timeout_at(deadline, tls::connect(endpoint, tcp, &options.trust))
            .await
            .map_err(|_| late("TLS handshake"))??;
        tap.step(|| Step::Secured {
            version: tls::version(&stream),
            took: began.elapsed(),
        });
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
    for Header { name, value } in &options.headers {
        request.headers_mut().append(name, value.clone());
    }
    let config = WebSocketConfig::default()
        .read_buffer_size(options.read_buffer)
        .max_message_size(Some(options.max_message))
        .max_frame_size(Some(options.max_message));
    // The request is gone when there is something to say of it.
    let asked = tap.is_on().then(|| shown(request.headers()));
    let began = Instant::now();
    let handshake = tokio_tungstenite::client_async_with_config(request, transport, Some(config));
    match timeout_at(deadline, pin!(handshake)).await {
        Err(_) => Err(late("WebSocket handshake").into()),
        Ok(Ok((inner, response))) => {
            tap.step(|| Step::Upgraded {
                path: endpoint.path_without_query(),
                request: asked.unwrap_or_default(),
                response: shown(response.headers()),
                took: began.elapsed(),
            });
            Ok(Socket {
                inner,
                unflushed: false,
                tap: tap.clone(),
            })
        }
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

/// Headers for whoever watches: of those that were given by the user, and of those whose name tells
/// that they hold a secret, the name.
fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let shown = headers.iter().map(|(name, value)| {
        let hidden = value.is_sensitive() || names_secret(name.as_str());
        let value = match hidden {
            true => HIDDEN.to_owned(),
            false => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        };
        (name.to_string(), value)
    });
    shown.collect()
}

fn lost(error: Error) -> Lost {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => Lost::Broken("connection closed".into()),
        Error::Io(error) => Lost::Broken(plain(&error)),
        Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => Lost::TooLarge {
            size,
            limit: max_size,
        },
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
