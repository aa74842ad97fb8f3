//! The writes that this router has been asked for and that have no outcome yet, pure.
//!
//! A write compares every address that it touches with what is there, so of each address one is
//! under way at a time; the others wait in the order they came.
//!
//! ```text
//! offered ─ its addresses are free ─▶ ready ─ sent ─▶ under way ─ seen in the stream ─▶ finished
//!                                       ▲                │
//!                                       └── refused: somebody else wrote; look again
//! ```

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

use super::super::subscriptions::Key;
use crate::clasp::wire::Qos;

/// The number that a router has given a write.
pub type Id = u64;

/// What is to be written.
#[derive(Debug)]
pub enum What {
    /// The SET or BUNDLE of this frame.
    Frame(Box<[u8]>),
    /// The lock of a session that has left is given back.
    Release(Rc<str>),
    /// A param with a sliding time to live has been read.
    Touch(Rc<str>),
}

/// How far a write has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Other writes of its addresses come first, or the engine is not there.
    Waiting,
    /// It was sent then, in µs since the epoch, and has not been answered.
    Sent(u64),
    /// It was refused because of what stands there in the stream, or what was read tells of it:
    /// looked at again once this router has come so far.
    Until(u64),
    /// It is looked at again once everything before it is known.
    Fenced,
}

/// A write without an outcome.
#[derive(Debug)]
pub struct Write {
    /// What.
    pub what: What,
    /// Whose, if a session is to be answered.
    pub session: Option<Key>,
    /// By whom.
    pub writer: Rc<str>,
    /// Whether an answer is wanted.
    pub qos: Qos,
    /// Every address that it touches, once.
    pub addresses: Vec<Rc<str>>,
    /// When it was last sent: the sequences that were expected there.
    pub expected: Vec<u64>,
    /// How far it has come.
    pub phase: Phase,
    /// It was sent, and nothing says that it was not done.
    pub may_be_done: bool,
    /// It was found in the stream: the sequence of its first message.
    pub seen: Option<u64>,
    /// What it was refused for was looked at with everything known that was there before it.
    pub is_fenced: bool,
    /// Until when it may wait, in µs since the epoch.
    pub deadline: Option<u64>,
    /// How often it was sent.
    attempts: u32,
    /// How many of its addresses other writes come first at.
    blocked: usize,
}

impl Write {
    /// One that has not been offered yet.
    pub fn new(what: What, writer: Rc<str>, addresses: Vec<Rc<str>>) -> Write {
        Write {
            what,
            session: None,
            writer,
            qos: Qos::Fire,
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

    /// Whether this attempt to send it is the last, and waits for its answer.
    pub fn is_under_way(&self, attempt: u32) -> bool {
        self.attempts == attempt && matches!(self.phase, Phase::Sent(_))
    }

    /// The number of its next attempt.
    pub fn next_attempt(&self) -> u32 {
        self.attempts + 1
    }

    /// The address that a refusal names: its first.
    pub fn address(&self) -> Option<String> {
        self.addresses.first().map(|address| address.to_string())
    }

    fn bytes(&self) -> usize {
        let frame = match &self.what {
            What::Frame(frame) => frame.len(),
            What::Release(_) | What::Touch(_) => 0,
        };
        // The tables and the copies of addresses.
        frame + 200 + 100 * self.addresses.len()
    }
}

/// All of them.
#[derive(Debug, Default)]
pub struct Writes {
    all: HashMap<Id, Write>,
    /// Who is at the front of an address, and who waits behind it.
    queues: HashMap<Rc<str>, (Id, VecDeque<Id>)>,
    /// What can be sent, in the order it came.
    ready: VecDeque<Id>,
    last: Id,
    under_way: usize,
    batches: usize,
    bytes: usize,
    /// Those that wait for the stream to come so far.
    until: BTreeSet<(u64, Id)>,
}

impl Writes {
    /// Takes a write.
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

    /// Which there are.
    pub fn ids(&self) -> Vec<Id> {
        let mut ids: Vec<Id> = self.all.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// The next that can be sent, as long as no more than so many and so many batches are under way.
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

    /// It is to be looked at again.
    pub fn retry(&mut self, id: Id) {
        self.rest(id, Phase::Waiting);
        self.ready.push_front(id);
    }

    /// It has been sent.
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

    /// It is not under way, and waits for something.
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

    /// Those that waited for the stream to come this far.
    pub fn waiting_until(&self, position: u64) -> Vec<Id> {
        let due = self.until.iter().take_while(|(at, _)| *at <= position);
        due.map(|(_, id)| *id).collect()
    }

    /// It has an outcome.
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

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// Bytes that they take.
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
    fn of_an_address_one_is_under_way() {
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
    fn one_that_waits_can_be_given_up() {
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
