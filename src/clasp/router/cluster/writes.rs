//! The unfinished writes of this router, pure: takes writes, and gives the next one to send.
//!
//! Each write is a compare-and-set on every key it touches, so that one write per key is under way at
//! a time; others wait in their order of arrival.
//!
//! ```text
//! offered ── its keys are free ──▶ ready ── sent ──▶ under way ── seen in the stream ──▶ finished
//!                                    ▲                 │
//!                                    └── refused, because another write came first: checked again
//! ```

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

use super::super::grants::{Grant, Share};
use super::super::subscriptions::Key;
use crate::clasp::wire::Qos;

/// The number of a write, unique within its router.
pub type Id = u64;

/// What is to be written.
#[derive(Debug)]
pub enum What {
    /// The request in this frame of a session: SET, BUNDLE, a timeline's PUBLISH, ANNOUNCE.
    Frame(Box<[u8]>),
    /// Releases the lock that an ended session held at this address.
    Release(Rc<str>),
    /// Renews the sliding TTL of a param that was read.
    Touch(Rc<str>),
    /// Executes the timed bundle with this key.
    Execute(Rc<str>),
    /// Takes over the timeline at this address from its owner.
    TakeOver(Rc<str>),
    /// Removes the entry with this key.
    End(Rc<str>),
    /// Writes the present value of a timeline.
    Step {
        /// The address.
        address: Rc<str>,
        /// The type code, then the data.
        value: Box<[u8]>,
        /// Whether the timeline is at its end.
        is_last: bool,
        /// When it had this value, in µs since the epoch.
        at: u64,
    },
}

/// The state of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It waits for other writes of its keys, or for the engine.
    Waiting,
    /// It was sent at this time, in µs since the epoch, and is not finished.
    Sent(u64),
    /// It was refused because of a message with this sequence, and is checked again when this router
    /// has received that.
    Until(u64),
    /// It is checked again when everything stored by now has been received.
    Fenced,
}

/// An unfinished write.
#[derive(Debug)]
pub struct Write {
    /// What to write.
    pub what: What,
    /// The session that waits for the answer, if one does.
    pub session: Option<Key>,
    /// The session that is recorded as the writer.
    pub writer: Rc<str>,
    /// Whether the session wants an answer.
    pub qos: Qos,
    /// The rights it was requested with.
    pub grant: Rc<Grant>,
    /// Its share of the quotas until it is stored.
    pub share: Option<Share>,
    /// The keys of the stream that it touches, each once.
    pub addresses: Vec<Rc<str>>,
    /// The sequences that were expected there when it was last sent.
    pub expected: Vec<u64>,
    /// Its state.
    pub phase: Phase,
    /// Whether it may have been done: it was sent, and not refused.
    pub may_be_done: bool,
    /// The sequence of its first message, if it was received from the stream.
    pub seen: Option<u64>,
    /// Whether it was checked after a fence.
    pub is_fenced: bool,
    /// When it times out, in µs since the epoch.
    pub deadline: Option<u64>,
    /// How many times it was sent.
    attempts: u32,
    /// At how many of its keys other writes come first.
    blocked: usize,
}

impl Write {
    /// A write without a session.
    pub fn new(what: What, writer: Rc<str>, addresses: Vec<Rc<str>>) -> Write {
        Write {
            what,
            session: None,
            writer,
            qos: Qos::Fire,
            grant: Rc::default(),
            share: None,
            addresses,
            expected: Vec::new(),
            phase: Phase::Waiting,
            may_be_done: false,
            seen: None,
            is_fenced: false,
            deadline: None,
            attempts: 0,
            blocked: 0,
        }
    }

    /// Whether this attempt is the latest one, and is not finished.
    pub fn is_under_way(&self, attempt: u32) -> bool {
        self.attempts == attempt && matches!(self.phase, Phase::Sent(_))
    }

    /// The number of its next attempt.
    pub fn next_attempt(&self) -> u32 {
        self.attempts + 1
    }

    /// The key of the timed bundle that it writes, if it does.
    pub fn held_key(&self) -> Option<&Rc<str>> {
        self.addresses.first().filter(|key| key.starts_with('h'))
    }

    /// The address that a refusal names: its first.
    pub fn address(&self) -> Option<String> {
        let key = self.addresses.first()?;
        let address = match key.as_bytes().first() {
            Some(b'h') => return None,
            Some(b'/') => key,
            _ => &key[1..],
        };
        Some(address.to_owned())
    }

    fn bytes(&self) -> usize {
        let frame = match &self.what {
            What::Frame(frame) => frame.len(),
            What::Step { value, .. } => value.len(),
            _ => 0,
        };
        // The tables and the copies of addresses.
        frame + 200 + 100 * self.addresses.len()
    }
}

/// All unfinished writes of a router.
#[derive(Debug, Default)]
pub struct Writes {
    all: HashMap<Id, Write>,
    /// For each key: the write that comes first, and those that wait.
    queues: HashMap<Rc<str>, (Id, VecDeque<Id>)>,
    /// The writes that can be sent, in their order of arrival.
    ready: VecDeque<Id>,
    last: Id,
    under_way: usize,
    batches: usize,
    bytes: usize,
    /// The writes that wait for a message with this sequence.
    until: BTreeSet<(u64, Id)>,
}

impl Writes {
    /// Adds a write.
    pub fn offer(&mut self, mut write: Write) -> Id {
        self.last += 1;
        let id = self.last;
        for address in &write.addresses {
            match self.queues.get_mut(address) {
                Some((_, behind)) => {
                    behind.push_back(id);
                    write.blocked += 1;
                }
                None => {
                    self.queues.insert(address.clone(), (id, VecDeque::new()));
                }
            }
        }
        if write.blocked == 0 {
            self.ready.push_back(id);
        }
        self.bytes += write.bytes();
        self.all.insert(id, write);
        id
    }

    /// One of them.
    pub fn get(&self, id: Id) -> Option<&Write> {
        self.all.get(&id)
    }

    /// One of them.
    pub fn get_mut(&mut self, id: Id) -> Option<&mut Write> {
        self.all.get_mut(&id)
    }

    /// The ids of all writes, in order.
    pub fn ids(&self) -> Vec<Id> {
        let mut ids: Vec<Id> = self.all.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// The next write to send, if fewer than `most` writes and `batches` batches are under way.
    pub fn next(&mut self, most: usize, batches: usize) -> Option<Id> {
        if self.under_way >= most {
            return None;
        }
        let id = *self.ready.front()?;
        if self.batches >= batches && self.all.get(&id).is_some_and(|w| w.addresses.len() > 1) {
            return None;
        }
        self.ready.pop_front()
    }

    /// Makes a write ready again.
    pub fn retry(&mut self, id: Id) {
        self.rest(id, Phase::Waiting);
        self.ready.push_front(id);
    }

    /// Records that a write was sent.
    pub fn sent(&mut self, id: Id, expected: Vec<u64>, now: u64) {
        if let Some(write) = self.all.get_mut(&id) {
            self.under_way += 1;
            self.batches += usize::from(write.addresses.len() > 1);
            write.attempts += 1;
            write.expected = expected;
            write.phase = Phase::Sent(now);
            write.may_be_done = true;
        }
    }

    /// Records that a write is not under way, and what it waits for.
    pub fn rest(&mut self, id: Id, phase: Phase) {
        if let Some(write) = self.all.get_mut(&id) {
            if matches!(write.phase, Phase::Sent(_)) {
                self.under_way -= 1;
                self.batches -= usize::from(write.addresses.len() > 1);
            }
            if let Phase::Until(position) = write.phase {
                self.until.remove(&(position, id));
            }
            if let Phase::Until(position) = phase {
                self.until.insert((position, id));
            }
            write.phase = phase;
        }
    }

    /// The writes that can be checked again at this position.
    pub fn waiting_until(&self, position: u64) -> Vec<Id> {
        let due = self.until.iter().take_while(|(at, _)| *at <= position);
        due.map(|(_, id)| *id).collect()
    }

    /// Removes a finished write.
    pub fn finish(&mut self, id: Id) -> Option<Write> {
        let is_waiting = self.all.get(&id)?.phase == Phase::Waiting;
        self.rest(id, Phase::Waiting);
        let write = self.all.remove(&id)?;
        self.bytes -= write.bytes();
        if is_waiting && write.blocked == 0 {
            self.ready.retain(|ready| *ready != id);
        }
        for address in &write.addresses {
            let Some((first, behind)) = self.queues.get_mut(address) else {
                continue;
            };
            if *first != id {
                behind.retain(|waiting| *waiting != id);
                continue;
            }
            match behind.pop_front() {
                None => {
                    self.queues.remove(address);
                }
                Some(next) => {
                    *first = next;
                    if let Some(next_write) = self.all.get_mut(&next) {
                        next_write.blocked -= 1;
                        if next_write.blocked == 0 {
                            self.ready.push_back(next);
                        }
                    }
                }
            }
        }
        Some(write)
    }

    /// The number of writes.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// The memory of the writes, in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(addresses: &[&str]) -> Write {
        let addresses = addresses.iter().map(|address| Rc::from(*address)).collect();
        Write::new(What::Frame(Box::default()), "w".into(), addresses)
    }

    #[test]
    fn one_write_per_key_is_under_way() {
        let mut writes = Writes::default();
        let first = writes.offer(write(&["/a"]));
        let both = writes.offer(write(&["/a", "/b"]));
        let behind = writes.offer(write(&["/b"]));
        let other = writes.offer(write(&["/c"]));
        assert_eq!(writes.next(9, 9), Some(first));
        assert_eq!(writes.next(9, 9), Some(other));
        assert_eq!(writes.next(9, 9), None);
        writes.sent(first, vec![0], 1);
        writes.sent(other, vec![0], 1);
        writes.finish(first);
        assert_eq!(writes.next(2, 0), None, "no room for a batch");
        assert_eq!(writes.next(1, 1), None, "no room at all");
        assert_eq!(writes.next(2, 1), Some(both));
        writes.sent(both, vec![0, 0], 1);
        writes.retry(both);
        assert_eq!(writes.next(9, 9), Some(both));
        writes.finish(both);
        assert_eq!(writes.next(9, 9), Some(behind));
        writes.finish(behind);
        writes.finish(other);
        assert_eq!(
            (writes.count(), writes.bytes(), writes.under_way),
            (0, 0, 0)
        );
        assert!(writes.queues.is_empty());
    }

    #[test]
    fn a_waiting_write_can_be_removed() {
        let mut writes = Writes::default();
        let first = writes.offer(write(&["/a"]));
        let second = writes.offer(write(&["/a", "/b"]));
        let third = writes.offer(write(&["/a"]));
        writes.finish(second);
        assert_eq!(writes.next(9, 9), Some(first));
        writes.finish(first);
        assert_eq!(writes.next(9, 9), Some(third));
    }
}
