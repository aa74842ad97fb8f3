//! When to ask a silent peer whether it is still there: the time and whether it was heard enter,
//! what to do leaves.
//!
//! A network that fails without a FIN or RST (a pulled cable, a router that forgot a mapping, a
//! machine that lost power) looks like a server with nothing to say.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// What a Ping of the keepalive carries, by which its Pong is known.
pub const PAYLOAD: &[u8] = b"keepalive";

/// What is to be done after a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Send a Ping.
    Ping,
    /// Give the connection up: nothing has come for so long, a Pong included.
    GiveUp(Duration),
}

/// Watches over one connection.
#[derive(Debug)]
pub struct Keepalive {
    interval: Duration,
    timer: Pin<Box<Sleep>>,
    asked: bool,
}

impl Keepalive {
    /// Asks after a silence of `interval`, and gives up after another one.
    pub fn new(interval: Duration) -> Keepalive {
        Keepalive {
            interval,
            timer: Box::pin(sleep(interval)),
            asked: false,
        }
    }

    /// What is to be done; pending as long as that is nothing. `heard` says whether the peer has
    /// shown a sign of life since it was called last; it is called once an interval, so that a
    /// message costs no timer.
    pub fn poll(&mut self, cx: &mut Context<'_>, mut heard: impl FnMut() -> bool) -> Poll<Due> {
        loop {
            ready!(self.timer.as_mut().poll(cx));
            self.timer.as_mut().reset(Instant::now() + self.interval);
            let silent = !heard();
            let asked = std::mem::replace(&mut self.asked, silent);
            match (silent, asked) {
                (false, _) => {}
                (true, false) => return Poll::Ready(Due::Ping),
                (true, true) => return Poll::Ready(Due::GiveUp(self.interval * 2)),
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
            assert_eq!(due().await, Due::Ping);
            assert!(began.elapsed() >= 2 * interval, "heard in the first");
            heard.set(true);
            assert_eq!(due().await, Due::Ping, "it answered, and is silent again");
            assert_eq!(due().await, Due::GiveUp(2 * interval));
            assert!(began.elapsed() >= 5 * interval);
        })
        .expect("a runtime");
    }
}
