//! Scheduling. Takes items with a time, gives them when they are due. Pure.
//!
//! - [`DueQueue`]: a queue of items by time
//! - [`timeline`]: plays keyframes, 60 values a second
//! - [`gesture`]: limits moves to 60 a second
//!
//! Time is in µs since the epoch.

pub mod gesture;
pub mod timeline;

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::limits::FRAME_RATE;

/// The start of the first frame after `now`, when frames are counted from `start`.
fn next_frame(start: u64, now: u64) -> u64 {
    match now.checked_sub(start) {
        None => start,
        // Always counted from the start, so that rounding (60 does not divide a million) does not
        // add up.
        Some(passed) => {
            start + ((passed * FRAME_RATE / 1_000_000 + 1) * 1_000_000).div_ceil(FRAME_RATE)
        }
    }
}

/// A queue of items by the time at which they are due. Items with the same time keep their order.
#[derive(Debug)]
pub struct DueQueue<T> {
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

impl<T> Default for DueQueue<T> {
    fn default() -> Self {
        DueQueue {
            heap: BinaryHeap::new(),
            given: 0,
        }
    }
}

impl<T> DueQueue<T> {
    /// Adds an item.
    pub fn push(&mut self, due: u64, what: T) {
        let place = self.given;
        self.given += 1;
        self.heap.push(Reverse(Item { due, place, what }));
    }

    /// When the next item is due.
    pub fn due(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse(item)| item.due)
    }

    /// Removes the next item that is due.
    pub fn pop(&mut self, now: u64) -> Option<T> {
        if self.due()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(item)| item.what)
    }

    /// Removes the items for which `keep` gives false.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.heap.retain(|Reverse(item)| keep(&item.what));
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_comes_in_time_and_in_order() {
        let mut later = DueQueue::default();
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
