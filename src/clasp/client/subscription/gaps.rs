//! What may have been missed, told from revisions, pure.
//!
//! Every write to a param raises its revision by one. So a revision seen before a lost connection
//! and the one seen after it say how many writes lie between them; the last of them is the value
//! that is read anew, the others are gone.

use std::collections::HashMap;

use crate::clasp::wire::{SignalType, TypeMask};

/// How many addresses are watched. A subscription to more still yields everything; only whether
/// something was missed at the others cannot be told.
const WATCHED: usize = 1_000_000;

/// How many examples a report names.
const NAMED: usize = 3;

/// What may have been missed while there was no connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missed {
    /// Writes that happened and were never seen.
    pub writes: u64,
    /// Some addresses, with the last revision before and the first after.
    pub at: Vec<(String, u64, u64)>,
    /// Some addresses at which nothing was missed, likewise.
    pub intact: Vec<(String, u64, u64)>,
    /// Revisions went backwards: the router started anew, and forgot what it knew.
    pub restarted: bool,
    /// Events, streams or gestures were subscribed: whether any came meanwhile cannot be known.
    pub transients: bool,
}

impl Missed {
    /// The same, when the connection was really gone: whatever is not state may have come and gone.
    pub fn beside_transients(mut self, types: TypeMask) -> Missed {
        self.transients = [
            SignalType::Event,
            SignalType::Stream,
            SignalType::Gesture,
            SignalType::Timeline,
        ]
        .into_iter()
        .any(|signal| types.has(signal));
        self
    }
}

/// The last revision seen at each address.
#[derive(Debug, Default)]
pub struct Revisions {
    seen: HashMap<Box<str>, u64>,
    missed: Missed,
}

impl Revisions {
    /// A write that was delivered live.
    pub fn write(&mut self, address: &str, revision: Option<u64>) {
        let Some(revision) = revision else { return };
        if let Some(seen) = self.seen.get_mut(address) {
            *seen = revision;
        } else if self.seen.len() < WATCHED {
            self.seen.insert(address.into(), revision);
        }
    }

    /// A value that was there when the subscription came to be. Whether it is news.
    pub fn retained(&mut self, address: &str, revision: u64) -> bool {
        let Some(seen) = self.seen.get_mut(address) else {
            if self.seen.len() < WATCHED {
                self.seen.insert(address.into(), revision);
            }
            return true;
        };
        let before = std::mem::replace(seen, revision);
        let example = || (address.to_owned(), before, revision);
        if revision < before {
            self.missed.restarted = true;
        } else if revision > before + 1 {
            self.missed.writes += revision - before - 1;
            if self.missed.at.len() < NAMED {
                self.missed.at.push(example());
            }
        } else if self.missed.intact.len() < NAMED {
            self.missed.intact.push(example());
        }
        revision != before
    }

    /// The retained values are complete: what they showed to be missing.
    pub fn settle(&mut self) -> Missed {
        std::mem::take(&mut self.missed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_write_apart_nothing_is_missed() {
        let mut revisions = Revisions::default();
        revisions.write("/a", Some(40));
        assert!(revisions.retained("/a", 41), "it is news");
        let missed = revisions.settle();
        assert_eq!(missed.writes, 0);
        assert_eq!(missed.intact, [("/a".to_owned(), 40, 41)]);
    }

    #[test]
    fn the_same_revision_is_no_news() {
        let mut revisions = Revisions::default();
        assert!(revisions.retained("/a", 7), "seen for the first time");
        assert!(!revisions.retained("/a", 7));
    }

    #[test]
    fn further_apart_the_difference_is_missed() {
        let mut revisions = Revisions::default();
        revisions.write("/a", Some(40));
        revisions.retained("/a", 45);
        let missed = revisions.settle();
        assert_eq!(missed.writes, 4);
        assert_eq!(missed.at, [("/a".to_owned(), 40, 45)]);
        assert_eq!(revisions.settle(), Missed::default(), "told once");
    }

    #[test]
    fn backwards_the_router_was_restarted() {
        let mut revisions = Revisions::default();
        revisions.write("/a", Some(40));
        assert!(
            revisions.retained("/a", 2),
            "its value is news all the same"
        );
        assert!(revisions.settle().restarted);
    }
}
