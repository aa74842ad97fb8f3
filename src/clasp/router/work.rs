//! Work in slices, so that no long operation blocks others. An operation asks whether its slice is
//! over, and continues later.

use std::future::Future;
use std::pin::pin;
use std::task::Context;
use std::time::{Duration, Instant};

/// The length of a slice.
const SLICE: Duration = Duration::from_millis(1);

/// Steps between two checks of the clock: one check costs about as much as visiting an address.
pub const STEPS: u32 = 32;

/// Makes the runtime poll this task again after all others, including those that wait for a socket.
/// (A task that wakes itself is polled up to 61 times before tokio checks the sockets.)
pub fn yield_turn(cx: &mut Context<'_>) {
    // Polled once, it registers its waker with the runtime, for after the next check of the
    // sockets.
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

    /// A slice that never ends, for tests.
    #[cfg(test)]
    pub fn endless() -> Slice {
        Slice {
            ends: None,
            steps: STEPS,
            over: false,
        }
    }

    /// A slice that ends after this many steps, for tests.
    #[cfg(test)]
    pub fn of_steps(steps: u32) -> Slice {
        Slice {
            ends: Some(Instant::now()),
            steps: steps + 1,
            over: false,
        }
    }

    /// Counts a step; gives whether the slice is over.
    #[inline]
    pub fn is_over(&mut self) -> bool {
        self.charge(1);
        self.over
    }

    /// Counts several steps at once, for example a frame for many sessions.
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
