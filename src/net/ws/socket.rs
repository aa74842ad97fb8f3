//! An open WebSocket to a server: messages enter and leave, and how it ended.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::keepalive::{self, Due, Keepalive};
use crate::net::error::Lost;
use crate::net::transport::Transport;
use crate::net::wording::plain;
use crate::trace::{Control, Direction, Step, Tap};

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
    keepalive: Option<Keepalive>,
    tap: Tap,
}

impl Socket {
    /// A socket past its upgrade. After a silence of `keepalive` the server is asked whether it is
    /// still there; without one, a silence may last for ever.
    pub(super) fn new(
        inner: WebSocketStream<Transport>,
        keepalive: Option<Duration>,
        tap: Tap,
    ) -> Socket {
        Socket {
            inner,
            unflushed: false,
            keepalive: keepalive.map(Keepalive::new),
            tap,
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
            loop {
                if let Poll::Ready(result) = self.poll_flush(cx) {
                    return Poll::Ready(result);
                }
                while let Poll::Ready(received) = self.poll_read(cx) {
                    take(received?);
                }
                // Reading may have made room, and has then used up the wake-up for it.
                if let Poll::Ready(result) = self.poll_flush(cx) {
                    return Poll::Ready(result);
                }
                ready!(self.poll_keepalive(cx))?;
            }
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
        loop {
            if let Poll::Ready(received) = self.poll_flush_and_read(cx) {
                return Poll::Ready(received);
            }
            ready!(self.poll_keepalive(cx))?;
        }
    }

    /// Ready when a Ping has been queued, which is then to be written, and when the connection is
    /// given up.
    fn poll_keepalive(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        let Some(keepalive) = &mut self.keepalive else {
            return Poll::Pending;
        };
        let transport = self.inner.get_mut();
        Poll::Ready(
            match ready!(keepalive.poll(cx, || transport.tcp().take_heard())) {
                Due::Ping => self.ping(Bytes::from_static(keepalive::PAYLOAD)),
                Due::GiveUp(silence) => {
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
                    if payload == keepalive::PAYLOAD {
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
                    let why = "it sent a text message, and only binary ones are known here";
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

    /// How the connection ended, by what tungstenite says.
    fn lost(&self, error: Error) -> Lost {
        let lost = lost(error);
        self.tap.step(|| Step::Lost {
            why: lost.to_string(),
        });
        lost
    }

    /// A Close frame is about to be sent.
    fn closing(&self) {
        self.tap.control(Direction::Sent, 0, || Control::Close {
            code: None,
            reason: String::new(),
        });
    }

    /// Sends a Close frame and waits for the answer, which comes when the other side has read
    /// everything that was sent before. What it still sends meanwhile is taken.
    ///
    /// A Ping goes ahead: a Close frame that comes before its Pong is the other side's own, sent
    /// before it had read everything.
    ///
    /// # Errors
    /// [`Lost`] when the connection went without that answer, or with a complaint.
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

    /// Sends a Close frame, without waiting for the answer.
    pub async fn close(mut self) {
        self.closing();
        // Everything that mattered has been answered; a peer that is gone already may stay gone.
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
