//! WebSocket, binary messages only: [`Bytes`] enter and leave. The one door to tungstenite.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError, SubProtocolError};
pub use tokio_tungstenite::tungstenite::http::HeaderValue;
pub use tokio_tungstenite::tungstenite::http::{HeaderName, Uri};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::endpoint::Endpoint;
use super::error::plain;
use super::header::Header;
use super::tcp::Tcp;
use super::tls::{self, Trust};
use super::{ConnectError, Lost};

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
}

/// A read buffer for conversations of a few small messages.
pub const SMALL_READ_BUFFER: usize = 8 * 1024;
/// A read buffer for floods.
pub const LARGE_READ_BUFFER: usize = 128 * 1024;

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
        Pin::new(&mut self.inner)
            .start_send(Message::Ping(payload))
            .map_err(lost)
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
            ready!(Pin::new(&mut self.inner).poll_flush(cx)).map_err(lost)?;
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
                Some(Ok(Message::Binary(message))) => Ok(Received::Message(message)),
                Some(Ok(Message::Pong(payload))) => Ok(Received::Pong(payload)),
                Some(Ok(Message::Ping(_) | Message::Frame(_))) => continue,
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
        Pin::new(&mut self.inner)
            .start_send(Message::Close(None))
            .map_err(lost)?;
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
        // Everything that mattered has been answered; a peer that is gone already may stay gone.
        let _ = self.inner.feed(Message::Close(None)).await;
        let _ = self.inner.flush().await;
    }
}

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
    let tcp = timeout_at(deadline, Tcp::connect(endpoint))
        .await
        .map_err(|_| late("TCP connection"))??;
    let transport = if endpoint.tls() {
        let stream = timeout_at(deadline, tls::connect(endpoint, tcp, &options.trust))
            .await
            .map_err(|_| late("TLS handshake"))??;
        Transport::Tls(Box::new(stream))
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
            .insert("Sec-WebSocket-Protocol", HeaderValue::from_static(name));
    }
    for Header { name, value } in &options.headers {
        request.headers_mut().append(name, value.clone());
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

#[derive(Debug)]
enum Transport {
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
