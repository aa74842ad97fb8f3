//! Serves the clients in this process, such as bridges. Takes their connections; passes their frames
//! to the hub, and what is in a session's outbox to its client.
//!
//! Such a session has no socket, no upgrade and no Ping, and does not count for the limit of
//! sessions. Everything else is as in [`super::session`]: it begins with HELLO, and what its client
//! does not take waits in its outbox, where a newer value replaces an older one.

use std::future::poll_fn;
use std::task::{Context, Poll};

use tokio::task::spawn_local;

use super::clock::Clock;
use super::session::Shared;
use super::subscriptions::Key;
use super::work::{Slice, yield_turn};
use crate::clasp::wire::LANGUAGE;
use crate::net::local::{Arrivals, LocalSocket};
use crate::trace::{Direction, Step, Tap, Trace};

/// Serves every client that connects, until nobody can connect any more.
pub async fn serve(mut arrivals: Arrivals, hub: Shared, clock: Clock, trace: Trace) {
    while let Some(socket) = arrivals.next().await {
        let tap = trace.open(LANGUAGE);
        let joined = hub.borrow_mut().join(true, tap.clone(), clock.now());
        let Some(key) = joined else { continue };
        let session = LocalSession {
            socket,
            hub: hub.clone(),
            key,
            clock: clock.clone(),
            tap,
        };
        spawn_local(session.run());
    }
}

struct LocalSession {
    socket: LocalSocket,
    hub: Shared,
    key: Key,
    clock: Clock,
    tap: Tap,
}

impl LocalSession {
    async fn run(self) {
        poll_fn(|cx| self.poll(cx)).await;
        self.tap.step(|| Step::Lost {
            why: "closed".into(),
        });
        let now = self.clock.now();
        let mut hub = self.hub.borrow_mut();
        hub.leave(self.key, false, now);
        hub.commit();
        hub.rearm(now);
    }

    /// One turn. Ready when the session is over.
    fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.hub.borrow_mut().begin_turn(self.key);
        let polled = self.turn(cx);
        self.hub.borrow_mut().flush();
        polled
    }

    fn turn(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut slice = Slice::begin();
        loop {
            let mut hub = self.hub.borrow_mut();
            let now = self.clock.now();
            if hub.take_probe(self.key) {
                // A client in this process is alive as long as its connection is open.
                hub.heard(self.key, now);
            }
            if hub.hand_over(self.key, &self.socket, cx, now) {
                return Poll::Ready(());
            }
            if hub.closing(self.key).is_some() || hub.is_behind(self.key) {
                hub.listen(self.key, cx.waker());
                return Poll::Pending;
            }
            let mut is_idle = false;
            while !slice.is_over() && !hub.is_behind(self.key) {
                match self.socket.poll_receive(cx) {
                    Poll::Ready(Ok(frame)) => {
                        self.tap.frame(Direction::Received, &frame);
                        hub.handle(self.key, &frame, now);
                        slice.charge(1 + hub.take_steps() + frame.len() as u32 / 64);
                    }
                    Poll::Ready(Err(_)) => return Poll::Ready(()),
                    Poll::Pending => {
                        is_idle = true;
                        break;
                    }
                }
            }
            hub.commit();
            hub.rearm(now);
            // The replies to these frames.
            if hub.hand_over(self.key, &self.socket, cx, now) {
                return Poll::Ready(());
            }
            if is_idle {
                hub.listen(self.key, cx.waker());
                return Poll::Pending;
            }
            if slice.is_over() {
                yield_turn(cx);
                return Poll::Pending;
            }
        }
    }
}
