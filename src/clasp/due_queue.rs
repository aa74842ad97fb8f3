//! A queue by time. Takes items with the time at which each is due, gives them when it has come. No
//! clock: the time is a parameter.
//!
//! It is a heap, from which an item in the middle is not removed: when a caller no longer needs one, it
//! finds that out when the item is due.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// A queue of items by the time at which they are due: µs since the epoch, or an `Instant`. Items with
/// the same time keep their order.
#[derive(Debug)]
pub struct DueQueue<T, At = u64> {
    heap: BinaryHeap<Reverse<Item<T, At>>>,
    given: u64,
}

#[derive(Debug)]
struct Item<T, At> {
    due: At,
    place: u64,
    what: T,
}

impl<T, At: Ord> PartialEq for Item<T, At> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T, At: Ord> Eq for Item<T, At> {}

impl<T, At: Ord> PartialOrd for Item<T, At> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T, At: Ord> Ord for Item<T, At> {
    fn cmp(&self, other: &Self) -> Ordering {
        let time = self.due.cmp(&other.due);
        time.then_with(|| self.place.cmp(&other.place))
    }
}

impl<T, At: Ord> Default for DueQueue<T, At> {
    fn default() -> Self {
        DueQueue {
            heap: BinaryHeap::new(),
            given: 0,
        }
    }
}

impl<T, At: Ord + Copy> DueQueue<T, At> {
    /// Adds an item.
    pub fn push(&mut self, due: At, what: T) {
        let place = self.given;
        self.given += 1;
        self.heap.push(Reverse(Item { due, place, what }));
    }

    /// When the next item is due.
    pub fn due(&self) -> Option<At> {
        self.heap.peek().map(|Reverse(item)| item.due)
    }

    /// Removes the next item that is due.
    pub fn pop(&mut self, now: At) -> Option<T> {
        if self.due()? > now {
            return None;
        }
        self.pop_next().map(|(_, what)| what)
    }

    /// Removes the next item, due or not, and gives when it is due.
    pub fn pop_next(&mut self) -> Option<(At, T)> {
        let Reverse(item) = self.heap.pop()?;
        Some((item.due, item.what))
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
        let mut later: DueQueue<&str> = DueQueue::default();
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
        assert_eq!(later.pop_next(), Some((9, "d")), "due or not");
        assert!(later.is_empty());
    }
}
