//! Keeps the newest item of each key while a receiver is too slow. Takes items with a key; gives
//! them in the order in which the keys arrived. No I/O.
//!
//! Three other queues drop what is superseded, but are not this one:
//!
//! - `router::outbox`: most of what waits are ranges of a log that all sessions share, and a param's
//!   value is read from the state only when it is sent, so a SET costs a slow session no copy.
//! - `cmd::listen::backlog`: keeps everything in order until it is full, and decodes the messages to look
//!   for superseded values only then.
//! - `cmd::on::queue`: its bound makes the caller stop reading instead of refusing; an address waits
//!   while its command runs, and without `--latest` nothing is superseded.

use std::collections::{HashMap, VecDeque};

/// The limit of keys.
const KEPT_MAX: usize = 50_000;

/// The limit of bytes.
const KEPT_BYTES_MAX: usize = 64 << 20;

/// The newest item of each key.
#[derive(Debug)]
pub struct Newest<T> {
    by_key: HashMap<String, (T, usize)>,
    order: VecDeque<String>,
    bytes: usize,
}

impl<T> Default for Newest<T> {
    fn default() -> Newest<T> {
        Newest {
            by_key: HashMap::new(),
            order: VecDeque::new(),
            bytes: 0,
        }
    }
}

impl<T> Newest<T> {
    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// How many items it has.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there is an item with this key.
    pub fn has(&self, key: &str) -> bool {
        self.by_key.contains_key(key)
    }

    /// Adds an item of so many bytes; it replaces the one with the same key. Gives it back if there
    /// is no room.
    pub fn push(&mut self, key: &str, item: T, size: usize) -> Result<(), T> {
        let size = key.len() + size;
        let known = self.by_key.get_mut(key);
        let before = known.as_ref().map_or(0, |known| known.1);
        let bytes = self.bytes - before + size;
        if bytes > KEPT_BYTES_MAX {
            return Err(item);
        }
        match known {
            Some(known) => *known = (item, size),
            None if self.order.len() >= KEPT_MAX => return Err(item),
            None => {
                self.order.push_back(key.to_owned());
                self.by_key.insert(key.to_owned(), (item, size));
            }
        }
        self.bytes = bytes;
        Ok(())
    }

    /// Takes the item whose key has waited longest.
    pub fn pop(&mut self) -> Option<T> {
        let (item, size) = self.by_key.remove(&self.order.pop_front()?)?;
        self.bytes -= size;
        Some(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_key_the_newest_item_is_kept_within_the_limits() {
        let mut newest = Newest::default();
        for (key, item) in [("a", 1), ("b", 2), ("a", 3)] {
            assert_eq!(newest.push(key, item, 10), Ok(()));
        }
        assert_eq!(newest.len(), 2);
        let popped = [newest.pop(), newest.pop(), newest.pop()];
        assert_eq!((popped, newest.bytes), ([Some(3), Some(2), None], 0));
        let mut taken = 0;
        while newest.push(&taken.to_string(), 0, 60_000).is_ok() {
            taken += 1;
        }
        assert!(newest.bytes <= KEPT_BYTES_MAX && taken > 1_000);
        assert_eq!(newest.push("0", 0, 1), Ok(()), "a smaller one");
        while newest.pop().is_some() {}
        for taken in 0..KEPT_MAX {
            assert_eq!(newest.push(&taken.to_string(), 0, 0), Ok(()));
        }
        assert_eq!(newest.push("another", 0, 0), Err(0));
    }
}
