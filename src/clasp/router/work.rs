//! Work in slices: whoever may have much to do asks whether its slice is over, and goes on later.

use std::future::Future;
use std::pin::pin;
use std::task::Context;
use std::time::{Duration, Instant};

/// How long one thing may be done before the others have their turn.
const SLICE: Duration = Duration::from_millis(1);

/// Looking at the clock costs about as much as looking at an address: it is done once for so many.
pub const STEPS: u32 = 32;

/// Has a task polled again once all the others have had their turn, those included that wait for a
/// socket. A task that wakes itself is polled up to 61 times before tokio looks at the sockets.
pub fn yield_turn(cx: &mut Context<'_>) {
    // Polled once, it leaves its waker with the runtime, for after the next look.
    let _ = pin!(tokio::task::yield_now()).poll(cx);
}

/// One slice of work.
#[derive(Debug)]
pub struct Slice {
    ends: Option<Instant>,
    steps: u32,
    over: bool,
}

impl Slice {
    /// A slice that begins now.
    pub fn begin() -> Slice {
        Slice {
            ends: Some(Instant::now() + SLICE),
            steps: STEPS,
            over: false,
        }
    }

    /// One that never ends, for tests.
    #[cfg(test)]
    pub fn endless() -> Slice {
        Slice {
            ends: None,
            steps: STEPS,
            over: false,
        }
    }

    /// One that ends after so many steps, for tests.
    #[cfg(test)]
    pub fn of_steps(steps: u32) -> Slice {
        Slice {
            ends: Some(Instant::now()),
            steps: steps + 1,
            over: false,
        }
    }

    /// Counts a step; whether it was the last.
    #[inline]
    pub fn is_over(&mut self) -> bool {
        self.charge(1);
        self.over
    }

    /// Counts several steps at once: a frame to so many sessions, say.
    #[inline]
    pub fn charge(&mut self, steps: u32) {
        match self.steps.checked_sub(steps) {
            Some(left @ 1..) => self.steps = left,
            _ => {
                self.steps = STEPS;
                self.over |= self.ends.is_some_and(|ends| Instant::now() >= ends);
            }
        }
    }
}
