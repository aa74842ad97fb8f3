//! Connections between accept and HELLO: each has its time, and there are at most so many.
//!
//! When one more comes than may be, the oldest is ended: a thousand silent connections then keep
//! nobody out who speaks within the time that it takes to open as many more.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use tokio::time::{Instant, Sleep, sleep_until};

use super::limits::{HANDSHAKES, HELLO_TIMEOUT};

/// All of them.
#[derive(Debug, Clone, Default)]
pub struct Handshakes(Rc<RefCell<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    /// Whom to wake when it is ended, by its number: the oldest has the smallest.
    all: BTreeMap<u64, Option<Waker>>,
    next: u64,
}

/// One connection that has not said HELLO. It ends when this is dropped.
#[derive(Debug)]
pub struct Handshake {
    number: u64,
    all: Handshakes,
    deadline: Pin<Box<Sleep>>,
}

/// Why a connection is ended before it has said HELLO.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooLate {
    /// Its time has passed.
    TimedOut,
    /// It was the oldest of too many.
    Oldest,
}

impl TooLate {
    /// What it is told.
    pub fn text(self) -> &'static str {
        match self {
            TooLate::TimedOut => "no HELLO came in time",
            TooLate::Oldest => "no HELLO came, and others are waiting",
        }
    }
}

impl Handshakes {
    /// A connection has been accepted.
    pub fn begin(&self) -> Handshake {
        let mut waiting = self.0.borrow_mut();
        if waiting.all.len() >= HANDSHAKES
            && let Some((_, Some(waker))) = waiting.all.pop_first()
        {
            waker.wake();
        }
        let number = waiting.next;
        waiting.next += 1;
        waiting.all.insert(number, None);
        Handshake {
            number,
            all: self.clone(),
            deadline: Box::pin(sleep_until(Instant::now() + HELLO_TIMEOUT)),
        }
    }
}

impl Handshake {
    /// Ready when it has to end.
    pub fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<TooLate> {
        if self.deadline.as_mut().poll(cx).is_ready() {
            return Poll::Ready(TooLate::TimedOut);
        }
        match self.all.0.borrow_mut().all.get_mut(&self.number) {
            Some(waker) => {
                *waker = Some(cx.waker().clone());
                Poll::Pending
            }
            None => Poll::Ready(TooLate::Oldest),
        }
    }
}

impl Drop for Handshake {
    fn drop(&mut self) {
        self.all.0.borrow_mut().all.remove(&self.number);
    }
}
