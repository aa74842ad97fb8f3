//! One connection: bytes of a socket enter, frames go to the hub, and its outbox leaves.
//!
//! A turn writes what is queued, reads once, hands every whole frame to the hub, writes what that
//! caused for this session, and lets the others have theirs. So answers to everything that came in
//! one read go out in one write, and a flood is on its way to its readers before more of it is read.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::Clock;
use super::hub::{Hub, Next};
use super::subscriptions::Key;
use crate::clasp::wire::{self, ErrorReply, Message, Qos};
use crate::net::Lost;
use crate::net::peer::{Peer, close, put_close, put_header};
use crate::trace::{Direction, Step, Tap};

/// The hub, as its sessions share it. Nobody keeps it borrowed across a wait.
pub type Shared = Rc<RefCell<Hub>>;

/// How long a peer may take to read what it was sent last, the goodbye included.
const GOODBYE_TIME: Duration = Duration::from_secs(1);

/// Serves a connection that has been let in, to its end. HELLO must come before the deadline.
pub async fn serve(peer: Peer, hub: Shared, key: Key, clock: Clock, deadline: Instant, tap: Tap) {
    let mut session = Session {
        peer,
        hub,
        key,
        clock,
        waiting: None,
        deadline: Some(Box::pin(sleep_until(deadline))),
        closing: false,
        tap,
    };
    let ended = poll_fn(|cx| session.poll(cx)).await;
    session.tap.step(|| Step::Lost {
        why: match &ended {
            Ok(()) => "closed here".into(),
            Err(lost) => lost.to_string(),
        },
    });
    let now = clock.now();
    {
        let mut hub = session.hub.borrow_mut();
        hub.leave(key, matches!(ended, Err(Lost::Closed { .. })), now);
        hub.rearm(now);
    }
    let mut last = Vec::new();
    match ended {
        // The goodbye went out with the rest.
        Ok(()) => {}
        Err(Lost::Closed { .. }) => put_close(close::NORMAL, "", &mut last),
        Err(Lost::Protocol(why)) => put_close(close::PROTOCOL, &why, &mut last),
        Err(error @ Lost::TooLarge { .. }) => {
            put_close(close::PROTOCOL, &error.to_string(), &mut last);
        }
        Err(Lost::Broken(_) | Lost::Silent(_)) => return,
    }
    // The peer may not read: it has its time and no more.
    let _ = timeout(GOODBYE_TIME, session.peer.finish(&last)).await;
}

/// Tells a connection that there is no room for it.
pub async fn turn_away(mut peer: Peer, tap: Tap) {
    let mut bytes = Vec::new();
    let mut frame = Vec::new();
    let error = Message::Error(ErrorReply {
        code: 503,
        message: "as many sessions are open as may be".into(),
        address: None,
        correlation_id: None,
    });
    if wire::encode_with(&error, Qos::Fire, None, &mut frame).is_ok() {
        tap.frame(Direction::Sent, &frame);
        put_header(frame.len(), &mut bytes);
        bytes.extend_from_slice(&frame);
    }
    put_close(
        close::OVERLOADED,
        "as many sessions are open as may be",
        &mut bytes,
    );
    let _ = timeout(GOODBYE_TIME, peer.finish(&bytes)).await;
}

struct Session {
    peer: Peer,
    hub: Shared,
    key: Key,
    clock: Clock,
    /// Whom it waits for before it reads on, and until when.
    waiting: Option<(Vec<Key>, Pin<Box<Sleep>>)>,
    /// For its HELLO, and in the end for its goodbye.
    deadline: Option<Pin<Box<Sleep>>>,
    closing: bool,
    tap: Tap,
}

impl Session {
    /// One turn, or several. Ready when the connection is over; Ok when it was us who ended it.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Lost>> {
        let mut has_read = false;
        loop {
            let is_over = self.poll_write(cx)?;
            if is_over {
                return Poll::Ready(Ok(()));
            }
            if self.poll_deadline(cx) {
                if self.closing {
                    return Poll::Ready(Ok(()));
                }
                continue;
            }
            if self.closing {
                return Poll::Pending;
            }
            let now = self.clock.now();
            if self.hub.borrow_mut().continue_snapshot(self.key, now) {
                continue;
            }
            if self.poll_held(cx) {
                return Poll::Pending;
            }
            if self.take_frames()? {
                continue;
            }
            if has_read {
                // Others first: what was read is for them.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            match self.peer.poll_fill(cx) {
                Poll::Ready(filled) => filled?,
                Poll::Pending => return Poll::Pending,
            }
            has_read = true;
        }
    }

    /// Hands on what has been read; whether something must be waited for before the rest.
    fn take_frames(&mut self) -> Result<bool, Lost> {
        let mut hub = self.hub.borrow_mut();
        let now = self.clock.now();
        while let Some(frame) = self.peer.next_message()? {
            self.tap.frame(Direction::Received, frame);
            if hub.handle(self.key, frame, now) == Next::Hold {
                let (keys, until) = hub.take_congested(self.key);
                hub.rearm(now);
                if !keys.is_empty() {
                    let sleep = Box::pin(sleep_until(self.clock.instant(until)));
                    self.waiting = Some((keys, sleep));
                }
                return Ok(true);
            }
        }
        hub.rearm(now);
        Ok(false)
    }

    /// Writes what can be written; whether that was the goodbye.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Result<bool, Lost> {
        let mut hub = self.hub.borrow_mut();
        hub.listen(self.key, cx.waker());
        loop {
            let Some(outbox) = hub.outbox(self.key) else {
                return Ok(true);
            };
            let bytes = outbox.unwritten();
            let length = bytes.len();
            if length == 0 && !self.peer.has_control() {
                break;
            }
            match self.peer.poll_write(cx, bytes) {
                Poll::Ready(Ok(count)) => hub.wrote(self.key, count),
                Poll::Ready(Err(lost)) => return Err(lost),
                Poll::Pending => break,
            }
        }
        let flushed = self.peer.poll_flush(cx);
        if let Poll::Ready(Err(lost)) = flushed {
            return Err(lost);
        }
        let outbox = hub.outbox(self.key);
        let closed = outbox.is_some_and(|outbox| outbox.is_closed());
        if closed && !self.closing {
            self.closing = true;
            self.deadline = Some(Box::pin(sleep_until(Instant::now() + GOODBYE_TIME)));
        }
        let empty = outbox.is_none_or(|outbox| outbox.is_empty());
        Ok(closed && empty && flushed.is_ready())
    }

    /// Whether the deadline has passed. It is dropped once HELLO has been said.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(deadline) = &mut self.deadline else {
            return false;
        };
        let mut hub = self.hub.borrow_mut();
        if !self.closing && hub.has_greeted(self.key) {
            self.deadline = None;
            return false;
        }
        if deadline.as_mut().poll(cx).is_pending() {
            return false;
        }
        self.deadline = None;
        if !self.closing {
            hub.late(self.key);
        }
        true
    }

    /// Whether it is to read no further yet: its readers or itself have to catch up first.
    fn poll_held(&mut self, cx: &mut Context<'_>) -> bool {
        let mut hub = self.hub.borrow_mut();
        if let Some((keys, until)) = &mut self.waiting {
            keys.retain(|key| hub.is_full(*key));
            if !keys.is_empty() && until.as_mut().poll(cx).is_pending() {
                for key in keys {
                    hub.wait_for(*key, cx.waker());
                }
                return true;
            }
            for key in keys {
                hub.give_up_waiting(*key);
            }
            self.waiting = None;
        }
        hub.is_behind(self.key)
    }
}
