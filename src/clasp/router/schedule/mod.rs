//! What happens later, pure: messages and the time enter, and leave when their time has come.
//!
//! - [`Later`]: anything, at its time, in the order given
//! - [`timeline`]: keyframes to values, 60 a second
//! - [`gesture`]: moves to fewer moves, 60 a second
//!
//! Time is in µs since the epoch.

pub mod gesture;
pub mod timeline;

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::limits::FRAME_RATE;

/// Where the frame after `now` begins, of those that began with `start`.
fn next_frame(start: u64, now: u64) -> u64 {
    match now.checked_sub(start) {
        None => start,
        // Counted from the start each time: 60 does not divide a million, and nothing may drift.
        Some(passed) => {
            start + ((passed * FRAME_RATE / 1_000_000 + 1) * 1_000_000).div_ceil(FRAME_RATE)
        }
    }
}

/// What waits for its time. What is due at the same time comes in the order it was given.
#[derive(Debug)]
pub struct Later<T> {
    heap: BinaryHeap<Reverse<Item<T>>>,
    given: u64,
}

#[derive(Debug)]
struct Item<T> {
    due: u64,
    place: u64,
    what: T,
}

impl<T> PartialEq for Item<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Item<T> {}

impl<T> PartialOrd for Item<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Item<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.due, self.place).cmp(&(other.due, other.place))
    }
}

impl<T> Default for Later<T> {
    fn default() -> Self {
        Later {
            heap: BinaryHeap::new(),
            given: 0,
        }
    }
}

impl<T> Later<T> {
    /// Keeps something until it is due.
    pub fn push(&mut self, due: u64, what: T) {
        let place = self.given;
        self.given += 1;
        self.heap.push(Reverse(Item { due, place, what }));
    }

    /// When the next is due.
    pub fn due(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse(item)| item.due)
    }

    /// The next whose time has come.
    pub fn pop(&mut self, now: u64) -> Option<T> {
        if self.due()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(item)| item.what)
    }

    /// Forgets what is not to be kept.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.heap.retain(|Reverse(item)| keep(&item.what));
    }

    /// How much waits.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_comes_in_time_and_in_order() {
        let mut later = Later::default();
        for (due, what) in [(5, "b"), (3, "a"), (5, "c"), (9, "d")] {
            later.push(due, what);
        }
        assert_eq!(later.due(), Some(3));
        assert_eq!(later.pop(2), None);
        let mut came = Vec::new();
        while let Some(what) = later.pop(5) {
            came.push(what);
        }
        assert_eq!(came, ["a", "b", "c"]);
        assert_eq!(later.len(), 1);
    }

    #[test]
    fn sixty_frames_are_a_second_and_none_drifts() {
        let start = 1_795_166_091_829_000;
        let mut at = start;
        for _ in 0..60 * 60 {
            at = next_frame(start, at);
        }
        assert_eq!(at, start + 60 * 1_000_000);
        assert_eq!(next_frame(start, start - 7), start);
    }
}
