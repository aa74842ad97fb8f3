//! An open WebSocket to a server. Sends and receives messages; gives a [`Lost`] at its end.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream};
use tokio::time::{Instant, Sleep, sleep};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::net::error::Lost;
use crate::net::plain;
use crate::net::transport::Transport;
use crate::trace::{Control, Direction, Step, Tap};

/// The memory of a queued message beside its payload: the header and the mask.
const FRAME_BYTES: usize = 14;

/// With more queued bytes than this, a socket has no room.
const ROOM: usize = 256 * 1024;

/// What a socket receives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// A message.
    Message(Bytes),
    /// The Pong to a [`Socket::ping`], with its payload.
    Pong(Bytes),
}

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket {
    inner: WebSocketStream<Transport>,
    /// How many bytes were queued since everything was written last; 0 if nothing is queued.
    unflushed: usize,
    keepalive: Option<Keepalive>,
    tap: Tap,
}

impl Socket {
    /// A socket after its upgrade. After a silence of `keepalive` the server is sent a Ping; None:
    /// a silence may last for ever.
    pub(super) fn new(
        inner: WebSocketStream<Transport>,
        keepalive: Option<Duration>,
        tap: Tap,
    ) -> Socket {
        Socket {
            inner,
            unflushed: 0,
            keepalive: keepalive.map(Keepalive::new),
            tap,
        }
    }

    /// Queues a message. It is written when the buffer is full, by [`flush`](Self::flush), or while
    /// [`next`](Self::next) waits. The caller limits how much it queues.
    ///
    /// # Errors
    /// [`Lost`] when the connection is gone.
    pub fn send(&mut self, message: Bytes) -> Result<(), Lost> {
        self.unflushed += message.len() + FRAME_BYTES;
        self.tap.frame(Direction::Sent, &message);
        Pin::new(&mut self.inner)
            .start_send(Message::Binary(message))
            .map_err(|error| self.lost(error))
    }

    /// Writes everything that is queued.
    ///
    /// # Errors
    /// [`Lost`] when the connection is gone.
    pub async fn flush(&mut self) -> Result<(), Lost> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    /// Receives the next message. Queued messages are written meanwhile, so that two peers that
    /// both send never wait for each other. Cancel-safe.
    ///
    /// # Errors
    /// [`Lost`] when the connection is gone, or the server sent a text message.
    pub async fn next(&mut self) -> Result<Bytes, Lost> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Polls for what [`next`](Self::next) gives.
    ///
    /// # Errors
    /// The errors of [`next`](Self::next).
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Lost>> {
        loop {
            if let Received::Message(message) = ready!(self.poll_receive(cx))? {
                return Poll::Ready(Ok(message));
            }
        }
    }

    /// Whether the server reads as fast as messages are queued. A caller that may queue without
    /// limit waits until there is room.
    pub fn has_room(&self) -> bool {
        self.unflushed < ROOM
    }

    /// Receives the next message or Pong; otherwise the same as [`next`](Self::next).
    ///
    /// # Errors
    /// The errors of [`next`](Self::next).
    pub async fn receive(&mut self) -> Result<Received, Lost> {
        poll_fn(|cx| self.poll_receive(cx)).await
    }

    /// Queues a Ping. Its Pong has the same payload, and arrives when the server has read
    /// everything that was sent before.
    ///
    /// # Errors
    /// [`Lost`] when the connection is gone.
    pub fn ping(&mut self, payload: Bytes) -> Result<(), Lost> {
        self.unflushed += payload.len() + FRAME_BYTES;
        self.tap
            .control(Direction::Sent, payload.len(), || Control::Ping);
        Pin::new(&mut self.inner)
            .start_send(Message::Ping(payload))
            .map_err(|error| self.lost(error))
    }

    /// Writes everything that is queued, and passes what arrives meanwhile to `take`: a server that
    /// answers while it reads stops reading when nobody reads its answers.
    ///
    /// # Errors
    /// [`Lost`] when the connection is gone.
    pub async fn flush_receiving(&mut self, mut take: impl FnMut(Received)) -> Result<(), Lost> {
        poll_fn(|cx| {
            loop {
                if let Poll::Ready(result) = self.poll_flush(cx) {
                    return Poll::Ready(result);
                }
                while let Poll::Ready(received) = self.poll_read(cx) {
                    take(received?);
                }
                // Reading may have made the socket writable, and has consumed the wake-up for that.
                if let Poll::Ready(result) = self.poll_flush(cx) {
                    return Poll::Ready(result);
                }
                ready!(self.poll_keepalive(cx))?;
            }
        })
        .await
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        if self.unflushed > 0 {
            let flushed = ready!(Pin::new(&mut self.inner).poll_flush(cx));
            flushed.map_err(|error| self.lost(error))?;
            self.unflushed = 0;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, Lost>> {
        loop {
            if let Poll::Ready(received) = self.poll_flush_and_read(cx) {
                return Poll::Ready(received);
            }
            ready!(self.poll_keepalive(cx))?;
        }
    }

    /// Ready when a Ping was queued, which the caller must write, and when the connection is given
    /// up.
    fn poll_keepalive(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        let Some(keepalive) = &mut self.keepalive else {
            return Poll::Pending;
        };
        let transport = self.inner.get_mut();
        Poll::Ready(
            match ready!(keepalive.poll(cx, || transport.tcp().take_heard())) {
                Action::Ping => self.ping(Bytes::from_static(KEEPALIVE)),
                Action::GiveUp(silence) => {
                    let lost = Lost::Silent(silence);
                    self.tap.step(|| Step::Lost {
                        why: lost.to_string(),
                    });
                    Err(lost)
                }
            },
        )
    }

    fn poll_flush_and_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<Received, Lost>> {
        if let Poll::Ready(Err(error)) = self.poll_flush(cx) {
            // What the server sent before it closed the connection is more useful than the error of
            // the write.
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
                    if payload == KEEPALIVE {
                        continue;
                    }
                    Ok(Received::Pong(payload))
                }
                Some(Ok(Message::Ping(payload))) => {
                    self.control(payload.len(), || Control::Ping);
                    continue;
                }
                Some(Ok(Message::Frame(_))) => continue,
                Some(Ok(Message::Text(text))) => {
                    let why = "it sent a text message, but only binary messages are supported";
                    self.tap
                        .undecodable(Direction::Received, text.as_bytes(), why);
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

    /// Converts an error of tungstenite, and reports it to the trace.
    fn lost(&self, error: Error) -> Lost {
        let lost = lost(error);
        self.tap.step(|| Step::Lost {
            why: lost.to_string(),
        });
        lost
    }

    /// Reports to the trace that a Close frame is about to be sent.
    fn closing(&self) {
        self.tap.control(Direction::Sent, 0, || Control::Close {
            code: None,
            reason: String::new(),
        });
    }

    /// Sends a Close frame and waits for the server's, which it sends when it has read everything
    /// that was sent before. What arrives meanwhile is passed to `take`.
    ///
    /// A Ping is sent first. If a Close frame arrives before its Pong, the server sent it by
    /// itself, before it had read everything.
    ///
    /// # Errors
    /// [`Lost`] when the connection ended without that Close frame, or with the code of an error.
    pub async fn close_read(&mut self, mut take: impl FnMut(Received)) -> Result<(), Lost> {
        let mark = Bytes::from_static(b"close");
        self.ping(mark.clone())?;
        self.closing();
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

    /// Sends a Close frame, without waiting for the server's.
    pub async fn close(mut self) {
        self.closing();
        // Errors are ignored: everything important has been acknowledged already.
        let _ = self.inner.feed(Message::Close(None)).await;
        let _ = self.inner.flush().await;
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

/// The payload of a keepalive Ping, by which its Pong is recognized.
const KEEPALIVE: &[u8] = b"keepalive";

/// What to do after a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// Send a Ping.
    Ping,
    /// Give the connection up: nothing was received for this long, not even a Pong.
    GiveUp(Duration),
}

/// The keepalive of one connection: when to send a Ping to a silent peer, and when to give it up.
///
/// Without it, a network that fails without a FIN or RST (a pulled cable, a router that lost its
/// NAT table, a machine without power) would look like a server that sends nothing.
#[derive(Debug)]
struct Keepalive {
    interval: Duration,
    timer: Pin<Box<Sleep>>,
    asked: bool,
}

impl Keepalive {
    /// Sends a Ping after a silence of `interval`, and gives up after a second one.
    fn new(interval: Duration) -> Keepalive {
        Keepalive {
            interval,
            timer: Box::pin(sleep(interval)),
            asked: false,
        }
    }

    /// The next action; pending while there is none. `heard` returns whether the peer has sent or
    /// acknowledged anything since its last call. It is called once an interval, so that no timer
    /// is reset for every message.
    fn poll(&mut self, cx: &mut Context<'_>, mut heard: impl FnMut() -> bool) -> Poll<Action> {
        loop {
            ready!(self.timer.as_mut().poll(cx));
            self.timer.as_mut().reset(Instant::now() + self.interval);
            let silent = !heard();
            let asked = std::mem::replace(&mut self.asked, silent);
            match (silent, asked) {
                (false, _) => {}
                (true, false) => return Poll::Ready(Action::Ping),
                (true, true) => return Poll::Ready(Action::GiveUp(self.interval * 2)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::future::poll_fn;

    use crate::net::block_on;

    #[test]
    fn a_silent_peer_is_asked_once_and_then_given_up() {
        block_on(async {
            let interval = Duration::from_millis(40);
            let began = Instant::now();
            let heard = Cell::new(true);
            let mut keepalive = Keepalive::new(interval);
            let mut due = async || poll_fn(|cx| keepalive.poll(cx, || heard.take())).await;
            assert_eq!(due().await, Action::Ping);
            assert!(began.elapsed() >= 2 * interval, "heard in the first");
            heard.set(true);
            assert_eq!(
                due().await,
                Action::Ping,
                "it answered, and is silent again"
            );
            assert_eq!(due().await, Action::GiveUp(2 * interval));
            assert!(began.elapsed() >= 5 * interval);
        })
        .expect("a runtime");
    }
}
