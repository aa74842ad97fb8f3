//! One client: hands its events to the hub, and writes the hub's messages to its socket.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::time::{Sleep, sleep_until, timeout};

use super::complaints::Complaints;
use super::core::{Hub, Number, Turn};
use crate::net::peer::{Peer, close, put_close, put_header, put_ping};
use crate::net::{Lost, now_millis};
use crate::trace::{Direction, Step, Tap};

/// The hub, as its sessions share it. It is never borrowed across an await.
pub type Shared = Rc<RefCell<Hub>>;

/// How long a client may take to answer a Close frame.
const CLOSE_TIME: Duration = Duration::from_secs(1);

/// How a session ended.
enum End {
    /// We close it.
    Close(u16, String),
    Lost(Lost),
}

/// Serves a client until its session ends.
pub async fn serve(peer: Peer, hub: Shared, number: Number, tap: Tap, complaints: &Complaints) {
    let mut session = PageSession {
        peer,
        hub,
        number,
        out: VecDeque::new(),
        written: 0,
        sleep: None,
        tap,
    };
    let end = poll_fn(|cx| session.poll(cx)).await;
    session.tap.step(|| Step::Lost {
        why: match &end {
            End::Close(..) => "closed here".into(),
            End::Lost(lost) => lost.to_string(),
        },
    });
    // Not said when it has just left, or when the hub ends.
    let wrong = match &end {
        End::Close(code, why) if *code != close::AWAY && *code != close::NORMAL => {
            Some(why.clone())
        }
        End::Lost(lost @ (Lost::Protocol(_) | Lost::TooLarge { .. })) => Some(lost.to_string()),
        _ => None,
    };
    if let Some(why) = wrong {
        complaints.tell(&format!("client {number} was disconnected: {why}"));
    }
    let hub = session.hub.clone();
    {
        let mut hub = hub.borrow_mut();
        hub.leave(number, now_millis());
        hub.begin_parting();
    }
    let mut last = Vec::new();
    match end {
        End::Close(code, why) => put_close(code, &why, &mut last),
        End::Lost(Lost::Closed { .. }) => put_close(close::NORMAL, "", &mut last),
        End::Lost(Lost::Protocol(why)) => put_close(close::PROTOCOL, &why, &mut last),
        End::Lost(error @ Lost::TooLarge { .. }) => {
            put_close(close::PROTOCOL, &error.to_string(), &mut last);
        }
        End::Lost(Lost::Broken(_) | Lost::Silent(_)) => {}
    }
    if !last.is_empty() {
        let _ = timeout(CLOSE_TIME, session.peer.finish(&last)).await;
    }
    hub.borrow_mut().end_parting();
}

/// Closes a connection because the limit of clients is reached.
pub async fn turn_away(mut peer: Peer, complaints: &Complaints) {
    let mut bytes = Vec::new();
    let why = "the limit of connected clients is reached (--max-clients)";
    complaints.tell(&format!("a client was turned away: {why}"));
    put_close(close::OVERLOADED, why, &mut bytes);
    let _ = timeout(CLOSE_TIME, peer.finish(&bytes)).await;
}

struct PageSession {
    peer: Peer,
    hub: Shared,
    number: Number,
    /// The bytes to write, and whether a frame starts there. Of the first one, `written` bytes are
    /// already written.
    out: VecDeque<(Bytes, bool)>,
    written: usize,
    sleep: Option<Pin<Box<Sleep>>>,
    tap: Tap,
}

impl PageSession {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        let mut has_read = false;
        loop {
            if let Err(lost) = self.poll_write(cx) {
                return Poll::Ready(End::Lost(lost));
            }
            let turn = if self.out.is_empty() {
                let mut hub = self.hub.borrow_mut();
                hub.listen(self.number, cx.waker());
                hub.turn(self.number, Instant::now(), now_millis())
            } else {
                Turn::Rest
            };
            match turn {
                Turn::Send(messages, ping) => {
                    self.queue(messages, ping);
                    continue;
                }
                Turn::Close(code, why) => return Poll::Ready(End::Close(code, why)),
                Turn::Wait(until) => {
                    let sleep = self.sleep.insert(Box::pin(sleep_until(until.into())));
                    if sleep.as_mut().poll(cx).is_ready() {
                        continue;
                    }
                }
                Turn::Rest => self.sleep = None,
            }
            match self.take_messages() {
                Ok(true) => continue,
                Ok(false) => {}
                Err(end) => return Poll::Ready(end),
            }
            if has_read {
                // Let other sessions run before reading again.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            match self.peer.poll_fill(cx) {
                Poll::Ready(Ok(())) => has_read = true,
                Poll::Ready(Err(lost)) => return Poll::Ready(End::Lost(lost)),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn queue(&mut self, messages: Vec<Bytes>, ping: u64) {
        let mut tail = Vec::new();
        put_ping(&ping.to_be_bytes(), &mut tail);
        for message in messages {
            self.tap.frame(Direction::Sent, &message);
            let mut head = Vec::with_capacity(10);
            put_header(message.len(), &mut head);
            self.out.push_back((head.into(), true));
            self.out.push_back((message, false));
        }
        self.out.push_back((tail.into(), true));
    }

    /// Writes as much as the socket accepts.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Result<(), Lost> {
        loop {
            let (bytes, begins) = match self.out.front() {
                Some((bytes, begins)) => (&bytes[self.written..], *begins && self.written == 0),
                None if self.peer.has_control() => (&[][..], true),
                None => break,
            };
            match self.peer.poll_write_on(cx, bytes, begins) {
                Poll::Ready(Ok(count)) => self.written += count,
                Poll::Ready(Err(lost)) => return Err(lost),
                Poll::Pending => return Ok(()),
            }
            let front = self.out.front();
            if front.is_some_and(|(bytes, _)| bytes.len() == self.written) {
                self.out.pop_front();
                self.written = 0;
            }
        }
        match self.peer.poll_flush(cx) {
            Poll::Ready(Err(lost)) => Err(lost),
            _ => Ok(()),
        }
    }

    /// Hands messages that have been read to the hub. Returns whether there were any.
    fn take_messages(&mut self) -> Result<bool, End> {
        let mut hub = self.hub.borrow_mut();
        let mut any = false;
        loop {
            let message = self.peer.next_message().map_err(End::Lost)?;
            let Some(message) = message else {
                break;
            };
            any = true;
            self.tap.frame(Direction::Received, message);
            hub.take(self.number, message, now_millis())
                .map_err(|refused| End::Close(close::POLICY, refused.to_string()))?;
        }
        if let Some(pong) = self.peer.take_pong() {
            hub.pong(self.number, &pong, Instant::now());
            any = true;
        }
        Ok(any)
    }
}
