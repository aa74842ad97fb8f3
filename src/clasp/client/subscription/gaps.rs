//! Computes from revisions which writes may have been missed. Takes the revisions before and after
//! a lost connection, gives a [`Missed`]. Pure.
//!
//! Every write to a param raises its revision by one. So the last revision before a lost connection
//! and the first after it tell how many writes lie between them. The last of these is the value
//! read after reconnecting; the others were missed. The routers of a cluster share one
//! sequence among all addresses: there, a higher revision only says that something was written.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::clasp::wire::{Capability, Param, SignalType, TypeMask, Value, Welcome};

/// How many addresses are tracked. A subscription to more still yields everything; only for the
/// others it is not known whether something was missed.
const WATCHED: usize = 1_000_000;

/// How many examples a report names.
const NAMED: usize = 3;

/// What may have been missed while there was no connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missed {
    /// Writes that were missed.
    pub writes: u64,
    /// Addresses that were written meanwhile at a router of a cluster, whose revisions do not tell how
    /// often.
    pub changed: u64,
    /// Examples: addresses where writes were missed, with the last revision before and the first
    /// after.
    pub at: Vec<(String, u64, u64)>,
    /// Examples of addresses where nothing was missed, with the same two revisions.
    pub intact: Vec<(String, u64, u64)>,
    /// Params that were seen before and that the router no longer has.
    pub absent: u64,
    /// Revisions went backwards: the router was restarted and lost its state.
    pub restarted: bool,
    /// Events, streams or gestures were subscribed: whether some were missed is not known.
    pub transients: bool,
}

impl Missed {
    /// Whether anything was or may have been missed.
    pub fn is_any(&self) -> bool {
        self.writes > 0 || self.changed > 0 || self.absent > 0 || self.restarted || self.transients
    }

    /// Adds that signals other than params may have been missed, if these types were subscribed.
    /// For a connection that was really lost.
    pub fn including_transients(mut self, types: TypeMask) -> Missed {
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
    seen: HashMap<Box<str>, Seen>,
    /// The number of the present connection, counted from 0.
    connection: u32,
    missed: Missed,
    /// All addresses share one sequence of revisions: [`Capability::SharedRevisions`].
    shared: bool,
}

/// What was seen last at an address. A restarted router counts from 1 again, so that a revision
/// alone does not identify a value: a fingerprint of the value is kept too.
#[derive(Debug, Clone, Copy)]
struct Seen {
    revision: u64,
    fingerprint: u64,
    /// The connection on which it was seen last.
    connection: u32,
}

impl Revisions {
    /// Records a write that was delivered live.
    pub fn write(&mut self, address: &str, revision: Option<u64>, value: &Value<'_>) {
        let Some(revision) = revision else { return };
        let now = Seen {
            revision,
            fingerprint: fingerprint(value),
            connection: self.connection,
        };
        if let Some(seen) = self.seen.get_mut(address) {
            *seen = now;
        } else if self.seen.len() < WATCHED {
            self.seen.insert(address.into(), now);
        }
    }

    /// Records a value from a snapshot. Gives whether it is new or changed.
    pub fn retained(&mut self, param: &Param<'_>) -> bool {
        let (address, revision) = (&*param.address, param.revision);
        let now = Seen {
            revision,
            fingerprint: fingerprint(&param.value),
            connection: self.connection,
        };
        let Some(seen) = self.seen.get_mut(address) else {
            if self.seen.len() < WATCHED {
                self.seen.insert(address.into(), now);
            }
            return true;
        };
        let before = std::mem::replace(seen, now);
        let changed = (before.revision, before.fingerprint) != (now.revision, now.fingerprint);
        let example = || (address.to_owned(), before.revision, revision);
        if revision < before.revision || (revision == before.revision && changed) {
            self.missed.restarted = true;
        } else if revision > before.revision + u64::from(!self.shared) {
            if self.shared {
                self.missed.changed += 1;
            } else {
                self.missed.writes += revision - before.revision - 1;
            }
            if self.missed.at.len() < NAMED {
                self.missed.at.push(example());
            }
        } else if self.missed.intact.len() < NAMED {
            self.missed.intact.push(example());
        }
        changed
    }

    /// What the router says of its revisions.
    pub fn welcomed(&mut self, welcome: &Welcome<'_>) {
        self.shared = welcome.has(Capability::SharedRevisions);
    }

    /// A new connection begins.
    pub fn reconnected(&mut self) {
        self.connection += 1;
    }

    /// Call when all snapshots of this connection have come and none was truncated: counts and
    /// forgets the params that were not in them.
    pub fn forget_absent(&mut self) {
        let before = self.seen.len();
        self.seen
            .retain(|_, seen| seen.connection == self.connection);
        self.missed.absent = (before - self.seen.len()) as u64;
    }

    /// Gives what was missed, and begins to count anew.
    pub fn settle(&mut self) -> Missed {
        std::mem::take(&mut self.missed)
    }
}

/// A hash of a value. For a map it does not depend on the order of the entries, which may change
/// from one reply to the next when the router uses a hash table.
fn fingerprint(value: &Value<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    std::mem::discriminant(value).hash(&mut hasher);
    match value {
        Value::Null => {}
        Value::Bool(b) => b.hash(&mut hasher),
        Value::Int(i) => i.hash(&mut hasher),
        Value::Float(f) => f.to_bits().hash(&mut hasher),
        Value::String(s) => s.hash(&mut hasher),
        Value::Bytes(b) => b.hash(&mut hasher),
        Value::Array(items) => items
            .iter()
            .for_each(|item| fingerprint(item).hash(&mut hasher)),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| {
                let mut entry = DefaultHasher::new();
                (key, fingerprint(value)).hash(&mut entry);
                entry.finish()
            })
            .fold(0, u64::wrapping_add)
            .hash(&mut hasher),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn param(revision: u64, value: i64) -> Param<'static> {
        Param {
            address: "/a".into(),
            value: Value::Int(value),
            revision,
            writer: None,
            timestamp: None,
        }
    }

    fn seen_at(revision: u64) -> Revisions {
        let mut revisions = Revisions::default();
        revisions.write("/a", Some(revision), &Value::Int(0));
        revisions
    }

    #[test]
    fn one_write_apart_nothing_is_missed() {
        let mut revisions = seen_at(40);
        assert!(revisions.retained(&param(41, 1)), "it has changed");
        let missed = revisions.settle();
        assert_eq!(missed.writes, 0);
        assert_eq!(missed.intact, [("/a".to_owned(), 40, 41)]);
    }

    #[test]
    fn the_same_revision_is_not_new() {
        let mut revisions = Revisions::default();
        assert!(revisions.retained(&param(7, 1)), "seen for the first time");
        assert!(!revisions.retained(&param(7, 1)));
        assert!(!revisions.settle().restarted);
    }

    #[test]
    fn what_the_next_connection_does_not_show_is_absent() {
        let mut revisions = seen_at(40);
        revisions.write("/b", Some(3), &Value::Int(0));
        revisions.reconnected();
        assert!(!revisions.retained(&param(40, 0)));
        revisions.forget_absent();
        assert_eq!(revisions.settle().absent, 1, "/b");
        revisions.reconnected();
        revisions.forget_absent();
        assert_eq!(revisions.settle().absent, 1, "/a");
    }

    #[test]
    fn further_apart_the_difference_is_missed() {
        let mut revisions = seen_at(40);
        revisions.retained(&param(45, 0));
        let missed = revisions.settle();
        assert_eq!(missed.writes, 4);
        assert_eq!(missed.at, [("/a".to_owned(), 40, 45)]);
        assert_eq!(revisions.settle(), Missed::default(), "told once");
    }

    #[test]
    fn backwards_or_the_same_with_another_value_the_router_was_restarted() {
        for revision in [2, 40] {
            let mut revisions = seen_at(40);
            assert!(
                revisions.retained(&param(revision, 1)),
                "its value has changed all the same"
            );
            assert!(revisions.settle().restarted, "{revision}");
        }
    }

    #[test]
    fn the_order_of_a_map_does_not_matter_to_its_trace() {
        let entry = |key: &'static str, value| (key.into(), Value::Int(value));
        let map = |entries: [_; 2]| fingerprint(&Value::Map(entries.into()));
        assert_eq!(
            map([entry("r", 1), entry("g", 2)]),
            map([entry("g", 2), entry("r", 1)])
        );
        assert_ne!(
            map([entry("r", 1), entry("g", 2)]),
            map([entry("r", 2), entry("g", 1)])
        );
    }
}
