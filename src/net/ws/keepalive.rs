//! Decides when to send a Ping to a silent peer, and when to give the connection up. Takes the time
//! and whether the peer has sent anything; gives an [`Action`].
//!
//! Without it, a network that fails without a FIN or RST (a pulled cable, a router that lost its
//! NAT table, a machine without power) would look like a server that sends nothing.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// The payload of a keepalive Ping, by which its Pong is recognized.
pub const PAYLOAD: &[u8] = b"keepalive";

/// What to do after a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Send a Ping.
    Ping,
    /// Give the connection up: nothing was received for this long, not even a Pong.
    GiveUp(Duration),
}

/// The keepalive of one connection.
#[derive(Debug)]
pub struct Keepalive {
    interval: Duration,
    timer: Pin<Box<Sleep>>,
    asked: bool,
}

impl Keepalive {
    /// Sends a Ping after a silence of `interval`, and gives up after a second one.
    pub fn new(interval: Duration) -> Keepalive {
        Keepalive {
            interval,
            timer: Box::pin(sleep(interval)),
            asked: false,
        }
    }

    /// The next action; pending while there is none. `heard` returns whether the peer has sent or
    /// acknowledged anything since its last call. It is called once an interval, so that no timer
    /// is reset for every message.
    pub fn poll(&mut self, cx: &mut Context<'_>, mut heard: impl FnMut() -> bool) -> Poll<Action> {
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
    use crate::net::runtime::block_on;
    use std::cell::Cell;
    use std::future::poll_fn;

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
