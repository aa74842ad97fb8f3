//! Serves one connection. Takes bytes from its socket and passes frames to the hub; writes the
//! session's outbox to the socket.
//!
//! A turn writes what is queued, reads once, passes every complete frame to the hub, writes the
//! results for this session, and yields to the other sessions. So the replies to one read are sent
//! in one write, and frames are on their way to their subscribers before more are read. A turn
//! longer than a slice ([`super::work`]) continues after the turns of the other sessions and the
//! sockets: nothing in its own turn wakes a session.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::clock::Clock;
use super::handshakes::Handshake;
use super::hub::{Hub, Next};
use super::limits::CLOSE_TIMEOUT;
use super::subscriptions::Key;
use super::work::{Slice, yield_turn};
use crate::clasp::wire::{self, ErrorReply, Message, Qos};
use crate::net::Lost;
use crate::net::peer::{Peer, close, put_close, put_header};
use crate::trace::{Direction, Step, Tap};

/// The hub, shared by its sessions. It is never borrowed across an await.
pub type Shared = Rc<RefCell<Hub>>;

/// Serves an accepted connection to its end.
pub async fn serve(
    peer: Peer,
    hub: Shared,
    key: Key,
    clock: Clock,
    handshake: Handshake,
    tap: Tap,
) {
    let mut session = SocketSession {
        peer,
        hub,
        key,
        clock,
        handshake: Some(handshake),
        deadline: None,
        closing: false,
        has_more: false,
        tap,
    };
    let ended = poll_fn(|cx| session.poll(cx)).await;
    session.tap.step(|| Step::Lost {
        why: match &ended {
            Ok(()) => "closed here".into(),
            Err(lost) => lost.to_string(),
        },
    });
    let now = session.clock.now();
    {
        let mut hub = session.hub.borrow_mut();
        hub.leave(key, matches!(ended, Err(Lost::Closed { .. })), now);
        hub.commit();
        hub.rearm(now);
    }
    let mut last = Vec::new();
    match ended {
        // The Close frame was sent with the queued frames.
        Ok(()) => {}
        Err(Lost::Closed { .. }) => put_close(close::NORMAL, "", &mut last),
        Err(Lost::Protocol(why)) => put_close(close::PROTOCOL, &why, &mut last),
        Err(error @ Lost::TooLarge { .. }) => {
            put_close(close::PROTOCOL, &error.to_string(), &mut last);
        }
        Err(Lost::Broken(_) | Lost::Silent(_)) => return,
    }
    // Limited in time, because the peer may not read.
    let _ = timeout(CLOSE_TIMEOUT, session.peer.finish(&last)).await;
}

/// Refuses a connection beyond the limit of sessions.
pub async fn refuse(mut peer: Peer, tap: Tap) {
    const WHY: &str = "the limit of open sessions is reached";
    let mut bytes = Vec::new();
    let mut frame = Vec::new();
    let error = Message::Error(ErrorReply {
        code: 503,
        message: WHY.into(),
        address: None,
        correlation_id: None,
    });
    if wire::encode_with(&error, Qos::Fire, None, &mut frame).is_ok() {
        tap.frame(Direction::Sent, &frame);
        put_header(frame.len(), &mut bytes);
        bytes.extend_from_slice(&frame);
    }
    put_close(close::OVERLOADED, WHY, &mut bytes);
    let _ = timeout(CLOSE_TIMEOUT, peer.finish(&bytes)).await;
}

struct SocketSession {
    peer: Peer,
    hub: Shared,
    key: Key,
    clock: Clock,
    /// Present until HELLO.
    handshake: Option<Handshake>,
    /// After closing: when the peer must have read the rest.
    deadline: Option<Pin<Box<Sleep>>>,
    closing: bool,
    /// The last turn ended before all read frames were handled.
    has_more: bool,
    tap: Tap,
}

impl SocketSession {
    /// One turn. Ready when the connection is over; `Ok` if this side ended it.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        self.hub.borrow_mut().begin_turn(self.key);
        let polled = self.turn(cx);
        let mut hub = self.hub.borrow_mut();
        if self.has_more && polled.is_pending() {
            hub.flush_if_due();
        } else {
            hub.flush();
        }
        polled
    }

    fn turn(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        let mut has_read = false;
        self.has_more = false;
        loop {
            let is_over = self.poll_write(cx)?;
            if is_over || self.is_late(cx) {
                return Poll::Ready(Ok(()));
            }
            if self.has_more {
                // Other sessions first; the read bytes stay in the buffer.
                yield_turn(cx);
                return Poll::Pending;
            }
            if self.closing || self.hub.borrow().is_behind(self.key) {
                return self.wait(cx);
            }
            match self.take_frames()? {
                Taken::Some => continue,
                Taken::SliceIsOver => {
                    self.has_more = true;
                    continue;
                }
                Taken::None => {}
            }
            if has_read {
                // Other sessions first: the frames were for them.
                self.rest();
                yield_turn(cx);
                return Poll::Pending;
            }
            let mut hub = self.hub.borrow_mut();
            match self.peer.poll_fill_pooled(cx, hub.buffers()) {
                Poll::Ready(filled) => filled?,
                Poll::Pending => {
                    drop(hub);
                    return self.wait(cx);
                }
            }
            hub.heard(self.key, self.clock.now());
            has_read = true;
        }
    }

    /// Ends the turn until the socket is ready or the hub wakes the session.
    fn wait<T>(&mut self, cx: &mut Context<'_>) -> Poll<T> {
        self.rest();
        self.hub.borrow_mut().listen(self.key, cx.waker());
        Poll::Pending
    }

    /// Returns the read buffer to the pool while nothing is read.
    fn rest(&mut self) {
        let mut hub = self.hub.borrow_mut();
        let kept = self.peer.return_buffer(hub.buffers());
        hub.keep_input(self.key, kept);
    }

    /// Passes the read frames to the hub.
    fn take_frames(&mut self) -> Result<Taken, Lost> {
        let mut hub = self.hub.borrow_mut();
        let now = self.clock.now();
        let mut slice = Slice::begin();
        let mut taken = Taken::None;
        while let Some(frame) = self.peer.next_message()? {
            self.tap.frame(Direction::Received, frame);
            let next = hub.handle(self.key, frame, now);
            // Charged by length, because a bundle is many messages.
            slice.charge(1 + hub.take_steps() + frame.len() as u32 / 64);
            taken = Taken::Some;
            if next == Next::Hold {
                break;
            }
            if slice.is_over() {
                taken = Taken::SliceIsOver;
                break;
            }
        }
        hub.commit();
        hub.rearm(now);
        Ok(taken)
    }

    /// Writes what can be written. Gives whether the Close frame was sent.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Result<bool, Lost> {
        let mut hub = self.hub.borrow_mut();
        if hub.take_probe(self.key) {
            self.peer.ping();
        }
        let now = self.clock.now();
        let written = hub.write_out(self.key, &mut self.peer, cx, now);
        let is_all = match written {
            Poll::Ready(Err(lost)) => return Err(lost),
            Poll::Ready(Ok(())) => true,
            Poll::Pending => false,
        };
        let flushed = self.peer.poll_flush(cx);
        if let Poll::Ready(Err(lost)) = flushed {
            return Err(lost);
        }
        if !self.closing
            && let Some(time) = hub.closing(self.key)
        {
            self.closing = true;
            self.deadline = Some(Box::pin(sleep_until(Instant::now() + time)));
        }
        Ok(self.closing && is_all && flushed.is_ready())
    }

    /// Whether the time to read the rest has passed. Also ends a connection without HELLO in time.
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        if let Some(deadline) = &mut self.deadline {
            return deadline.as_mut().poll(cx).is_ready();
        }
        let Some(handshake) = &mut self.handshake else {
            return false;
        };
        let mut hub = self.hub.borrow_mut();
        if hub.has_greeted(self.key) {
            self.handshake = None;
        } else if let Poll::Ready(why) = handshake.poll_end(cx) {
            self.handshake = None;
            hub.late(self.key, why.text());
        }
        false
    }
}

/// The result of handling the read bytes.
enum Taken {
    /// There was no complete frame.
    None,
    /// Some frames were handled, and their replies have to be sent; there may be more.
    Some,
    /// There may be more frames, for another turn.
    SliceIsOver,
}
