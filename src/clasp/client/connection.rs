//! One connection to a router. Takes messages to send; gives the router's answer to HELLO, then its
//! frames.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout_at};

use super::{Error, Header, Refusal, Target};
use crate::clasp::wire::{self, Capability, Hello, Message, Welcome};
use crate::net::backoff::ConnectRetry;
use crate::net::endpoint::Endpoint;
use crate::net::local::LocalSocket;
use crate::net::ws::{self, Socket};
use crate::net::{ConnectError, Lost};
use crate::trace::HIDDEN;

/// How much a connection is going to carry, which decides the size of its buffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// A few small messages, each answered before the next.
    OneShot,
    /// Many messages, as fast as they come.
    Bulk,
}

/// The largest WebSocket message a router sends: a header with a timestamp and 65,535 bytes.
const MAX_MESSAGE: usize = 12 + 65_535;

/// After this long without traffic, a WebSocket Ping asks whether the router is still there.
const KEEPALIVE: Duration = Duration::from_secs(20);

/// A connection on which HELLO has been queued.
///
/// A router handles the messages of one connection strictly in order (quirk 2), so the request is
/// queued right behind HELLO and both leave in one write; [`welcomed`](Self::welcomed) then reads
/// the answer to HELLO, and what follows answers the request.
#[derive(Debug)]
pub struct Connection {
    carrier: Carrier,
    endpoint: Endpoint,
    deadline: Instant,
    limit: Duration,
    stale: Arc<AtomicBool>,
    welcome: Option<Welcome<'static>>,
    token: Option<String>,
}

/// What carries the frames.
#[derive(Debug)]
enum Carrier {
    Socket(Box<Socket>),
    /// To a router in this process.
    Local(LocalSocket),
}

impl Carrier {
    fn send(&mut self, frame: Bytes) -> Result<(), Lost> {
        match self {
            Carrier::Socket(socket) => socket.send(frame),
            Carrier::Local(socket) => socket.send(frame),
        }
    }

    async fn flush(&mut self) -> Result<(), Lost> {
        match self {
            Carrier::Socket(socket) => socket.flush().await,
            Carrier::Local(socket) => socket.flush().await,
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Lost>> {
        match self {
            Carrier::Socket(socket) => socket.poll_next(cx),
            Carrier::Local(socket) => socket.poll_receive(cx),
        }
    }
}

impl Connection {
    /// Connects and queues HELLO. With [`Target::connect_retry`] it tries again for that long, as
    /// long as the error may be temporary.
    ///
    /// With a retry it also waits for the answer to HELLO, although that costs a round trip: a
    /// router that is still starting may accept a connection and drop it, and a request that was
    /// sent with HELLO could not be sent again.
    ///
    /// # Errors
    /// [`Error::Connect`]; with a retry also the errors of [`welcomed`](Self::welcomed).
    pub async fn connect(target: &Target, load: Load) -> Result<Connection, Error> {
        if !target.others.is_empty() {
            return Connection::connect_any(target, load).await;
        }
        if target.connect_retry.is_zero() {
            return Connection::open(target, load, Duration::ZERO).await;
        }
        let mut retry = ConnectRetry::new(target.connect_retry);
        loop {
            let mut connection = Connection::open(target, load, retry.left()).await?;
            let Err(error) = connection.welcomed().await else {
                return Ok(connection);
            };
            let Some(wait) = error.is_temporary().then(|| retry.wait()).flatten() else {
                return Err(error);
            };
            sleep(wait).await;
        }
    }

    /// Connects to the first of several routers that answers WELCOME. A refusal ends the search:
    /// the other routers would refuse as well. When none can be reached, the error is that of the
    /// first router.
    async fn connect_any(target: &Target, load: Load) -> Result<Connection, Error> {
        let mut retry = ConnectRetry::new(target.connect_retry);
        loop {
            let mut first = None;
            for target in std::iter::once(target).chain(&target.others) {
                let welcomed = async {
                    let mut connection = Connection::open(target, load, Duration::ZERO).await?;
                    // A router that is shutting down may still accept a connection.
                    connection.welcomed().await?;
                    Ok(connection)
                };
                match welcomed.await {
                    Err(error @ Error::Connect(_)) => _ = first.get_or_insert(error),
                    Err(error) if error.is_temporary() => _ = first.get_or_insert(error),
                    done => return done,
                }
            }
            match (retry.wait(), first) {
                (Some(wait), _) => sleep(wait).await,
                (None, Some(error)) => return Err(error),
                (None, None) => {}
            }
        }
    }

    async fn open(target: &Target, load: Load, retry: Duration) -> Result<Connection, Error> {
        let limit = target.connect_timeout;
        let (carrier, deadline) = match &target.local {
            None => {
                let options = socket_options(target, load);
                let connected = Socket::connect(&target.endpoint, &options, limit, retry);
                let (socket, deadline) = connected.await?;
                (Carrier::Socket(Box::new(socket)), deadline)
            }
            Some(dialer) => {
                let endpoint = target.endpoint.clone();
                let socket = dialer.connect().ok_or(ConnectError::Refused { endpoint })?;
                (Carrier::Local(socket), Instant::now() + limit)
            }
        };
        let mut connection = Connection {
            carrier,
            endpoint: target.endpoint.clone(),
            deadline,
            limit,
            welcome: None,
            token: target.token.clone(),
            stale: target.stale.clone(),
        };
        connection.send(&Message::Hello(Hello {
            version: 1,
            features: target.features,
            name: target.name.as_str().into(),
            token: target.token.as_deref().map(Into::into),
        }))?;
        Ok(connection)
    }

    /// Queues a message.
    ///
    /// # Errors
    /// [`Error::Unsendable`] when it does not fit a frame, [`Error::Lost`].
    pub fn send(&mut self, message: &Message<'_>) -> Result<(), Error> {
        let mut frame = Vec::with_capacity(128);
        wire::encode(message, &mut frame)?;
        self.send_frame(frame.into())
    }

    /// Queues a frame that is already encoded.
    ///
    /// # Errors
    /// [`Error::Lost`].
    pub fn send_frame(&mut self, frame: Bytes) -> Result<(), Error> {
        self.carrier
            .send(frame)
            .map_err(|cause| lost(&self.endpoint, cause))
    }

    /// Writes out what is queued.
    ///
    /// # Errors
    /// [`Error::Lost`].
    pub async fn flush(&mut self) -> Result<(), Error> {
        self.carrier
            .flush()
            .await
            .map_err(|cause| lost(&self.endpoint, cause))
    }

    /// Writes out what is queued and waits for the answer to HELLO, within the connection's
    /// timeout: a router that refuses a token may leave the socket open and send nothing more, and
    /// so may a server that does not speak CLASP.
    ///
    /// # Errors
    /// [`Error::Unwelcome`], [`Error::NotClasp`], [`Error::Connect`] when the time is up,
    /// [`Error::Lost`].
    pub async fn welcomed(&mut self) -> Result<&Welcome<'static>, Error> {
        if self.welcome.is_none() {
            let welcome = self.read_welcome().await?;
            let is_stale = welcome.has(Capability::Stale);
            self.stale.store(is_stale, Ordering::Relaxed);
            self.welcome = Some(welcome);
        }
        Ok(self.welcome.as_ref().expect("it was just set"))
    }

    async fn read_welcome(&mut self) -> Result<Welcome<'static>, Error> {
        let not_clasp = |endpoint: &Endpoint, why: String| Error::NotClasp {
            endpoint: endpoint.clone(),
            why,
        };
        let frame = match timeout_at(self.deadline, poll_fn(|cx| self.carrier.poll_next(cx))).await
        {
            Err(_) => {
                let stage = "CLASP handshake (HELLO)";
                return Err(ConnectError::late(&self.endpoint, stage, self.limit).into());
            }
            Ok(Err(Lost::Protocol(why))) => return Err(not_clasp(&self.endpoint, why)),
            Ok(Err(cause)) => return Err(lost(&self.endpoint, cause)),
            Ok(Ok(frame)) => frame,
        };
        match wire::decode(&frame) {
            Ok(wire::Frame {
                message: Message::Welcome(welcome),
                ..
            }) => Ok(welcome.into_owned()),
            Ok(wire::Frame {
                message: Message::Error(error),
                ..
            }) => Err(self.unwelcome(error.into())),
            Ok(_) => Err(not_clasp(
                &self.endpoint,
                "it did not answer HELLO with WELCOME".into(),
            )),
            Err(error) => Err(not_clasp(&self.endpoint, error.to_string())),
        }
    }

    /// The error for an ERROR that answers HELLO.
    fn unwelcome(&self, mut refusal: Refusal) -> Error {
        match &self.token {
            Some(token) => {
                // A router may quote the token: it must not reach a screen or a log.
                refusal.message = refusal.message.replace(token.as_str(), HIDDEN);
                Error::Unwelcome(refusal)
            }
            None if refusal.code == Refusal::UNAUTHORIZED => Error::TokenMissing {
                endpoint: self.endpoint.clone(),
                refusal,
            },
            None => Error::Unwelcome(refusal),
        }
    }

    /// The next frame; what is queued is written meanwhile. Cancel-safe.
    ///
    /// # Errors
    /// [`Error::Lost`].
    pub async fn next(&mut self) -> Result<Bytes, Error> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Polls for what [`next`](Self::next) gives.
    ///
    /// # Errors
    /// [`Error::Lost`].
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Error>> {
        let polled = self.carrier.poll_next(cx);
        polled.map_err(|cause| lost(&self.endpoint, cause))
    }

    /// Whether the router reads as fast as messages are queued.
    pub fn has_room(&self) -> bool {
        match &self.carrier {
            Carrier::Socket(socket) => socket.has_room(),
            Carrier::Local(socket) => socket.has_room(),
        }
    }

    /// Waits until there is room, if [`poll_next`](Self::poll_next) is polled, too: it writes what
    /// is queued.
    pub fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        match &self.carrier {
            Carrier::Socket(socket) if socket.has_room() => Poll::Ready(()),
            Carrier::Socket(_) => Poll::Pending,
            Carrier::Local(socket) => socket.poll_room(cx),
        }
    }

    /// Sends a Close frame, without waiting for the answer.
    pub async fn close(self) {
        match self.carrier {
            Carrier::Socket(socket) => socket.close().await,
            // Dropping it closes it.
            Carrier::Local(_) => {}
        }
    }
}

/// How to open the socket to a router, and where it is traced.
fn socket_options(target: &Target, load: Load) -> ws::Options {
    ws::Options {
        subprotocol: Some("clasp"),
        read_buffer: match load {
            Load::OneShot => ws::SMALL_READ_BUFFER,
            Load::Bulk => ws::LARGE_READ_BUFFER,
        },
        max_message: MAX_MESSAGE,
        headers: target.headers.clone(),
        trust: target.trust.clone(),
        proxy: target.proxy.clone(),
        keepalive: (load == Load::Bulk).then_some(KEEPALIVE),
        tap: target
            .trace
            .hiding(target.token.as_deref())
            .hiding(target.headers.iter().flat_map(Header::secrets))
            .hiding(target.endpoint.secrets())
            .open(wire::LANGUAGE),
    }
}

fn lost(endpoint: &Endpoint, cause: Lost) -> Error {
    Error::Lost {
        endpoint: endpoint.clone(),
        cause,
    }
}
