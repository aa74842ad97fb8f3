//! Limits the connections between accept and HELLO, in time and number.
//!
//! At the limit, the next connection is not accepted until one of the others has sent HELLO, or the
//! oldest is older than [`HANDSHAKE_GRACE`] and is ended. So a thousand clients that connect at
//! once are all accepted, and a thousand silent connections do not block others.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};

use super::limits::{HANDSHAKE_GRACE, HANDSHAKES, HELLO_TIMEOUT};

/// All pending handshakes.
#[derive(Debug, Clone, Default)]
pub struct Handshakes(Rc<All>);

#[derive(Debug, Default)]
struct All {
    waiting: RefCell<Waiting>,
    /// Notified when one of them is over.
    over: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    /// By number: the oldest has the smallest.
    all: BTreeMap<u64, Began>,
    next: u64,
}

#[derive(Debug)]
struct Began {
    at: Instant,
    /// The task to wake when it is ended.
    waker: Option<Waker>,
}

/// One pending handshake. Dropping it ends it.
#[derive(Debug)]
pub struct Handshake {
    number: u64,
    all: Handshakes,
    deadline: Pin<Box<Sleep>>,
}

/// Why a connection is ended before HELLO.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooLate {
    /// The timeout has passed.
    TimedOut,
    /// It was the oldest of too many.
    Oldest,
}

impl TooLate {
    /// The text for the client.
    pub fn text(self) -> &'static str {
        match self {
            TooLate::TimedOut => "no HELLO came in time",
            TooLate::Oldest => "no HELLO came, and others are waiting",
        }
    }
}

impl Handshakes {
    /// Waits until another connection may be accepted.
    pub async fn room(&self) {
        loop {
            let oldest = {
                let waiting = self.0.waiting.borrow();
                if waiting.all.len() < HANDSHAKES {
                    return;
                }
                waiting.all.first_key_value().map(|(_, began)| began.at)
            };
            let Some(oldest) = oldest else { return };
            let over = self.0.over.notified();
            if timeout_at(oldest + HANDSHAKE_GRACE, over).await.is_err() {
                self.end_oldest();
            }
        }
    }

    fn end_oldest(&self) {
        let oldest = self.0.waiting.borrow_mut().all.pop_first();
        if let Some((
            _,
            Began {
                waker: Some(waker), ..
            },
        )) = oldest
        {
            waker.wake();
        }
    }

    /// Records an accepted connection.
    pub fn begin(&self) -> Handshake {
        let mut waiting = self.0.waiting.borrow_mut();
        let number = waiting.next;
        waiting.next += 1;
        let now = Instant::now();
        let began = Began {
            at: now,
            waker: None,
        };
        waiting.all.insert(number, began);
        Handshake {
            number,
            all: self.clone(),
            deadline: Box::pin(sleep_until(now + HELLO_TIMEOUT)),
        }
    }
}

impl Handshake {
    /// Ready when the connection has to be ended.
    pub fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<TooLate> {
        if self.deadline.as_mut().poll(cx).is_ready() {
            return Poll::Ready(TooLate::TimedOut);
        }
        match self.all.0.waiting.borrow_mut().all.get_mut(&self.number) {
            Some(began) => {
                began.waker = Some(cx.waker().clone());
                Poll::Pending
            }
            None => Poll::Ready(TooLate::Oldest),
        }
    }
}

impl Drop for Handshake {
    fn drop(&mut self) {
        self.all.0.waiting.borrow_mut().all.remove(&self.number);
        self.all.0.over.notify_one();
    }
}
