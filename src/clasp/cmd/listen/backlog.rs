//! A bounded queue of received messages between two threads.
//!
//! Takes messages from the thread that receives, and gives them in order to the thread that prints
//! or writes. When that thread is too slow, only the latest value of each param is kept (unless the
//! caller wants all), and if that is not enough, the receiver waits, which finally makes the router
//! wait. Why it is a queue of its own: see `bridge::newest`.

use std::collections::HashSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use super::life::LifecycleRecord;
use crate::clasp::wire::{self, Message};

/// How many bytes may be queued before values are coalesced and, if that does not help, the
/// receiver has to wait.
const LIMIT: usize = 4 * 1024 * 1024;

/// The memory of an entry without its frame, in bytes.
const OVERHEAD: usize = size_of::<Entry>();

/// An entry of the queue.
#[derive(Debug, Clone)]
pub enum Entry {
    /// A message, and when it was received (µs since the epoch, 0 if not needed).
    Frame(Bytes, u64),
    /// Something that happened to the connection.
    Lifecycle(LifecycleRecord),
}

impl Entry {
    fn size(&self) -> usize {
        OVERHEAD
            + match self {
                Entry::Frame(frame, _) => frame.len(),
                Entry::Lifecycle(_) => 0,
            }
    }
}

/// The queue between the two threads.
#[derive(Debug, Default)]
pub struct Backlog {
    /// Values are never coalesced.
    keeps_all: bool,
    state: Mutex<QueueState>,
    filled: Condvar,
    emptied: Notify,
}

#[derive(Debug, Default)]
struct QueueState {
    entries: Vec<Entry>,
    bytes: usize,
    superseded: u64,
    closed: bool,
    /// The taking thread waits for an entry.
    printer_waits: bool,
}

impl Backlog {
    /// A backlog that keeps every value: a slow taker makes the receiver wait.
    pub fn without_coalescing() -> Backlog {
        Backlog {
            keeps_all: true,
            ..Backlog::default()
        }
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        // A thread that panics ends the process, so a poisoned state does not matter.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds entries, and leaves none; waits for room if there is not enough.
    pub async fn push(&self, entries: &mut Vec<Entry>) {
        loop {
            let emptied = self.emptied.notified();
            if self.try_push(entries) {
                return;
            }
            emptied.await;
        }
    }

    /// Adds entries as far as there is room, and leaves the rest. Gives whether none is left.
    fn try_push(&self, entries: &mut Vec<Entry>) -> bool {
        let mut state = self.lock();
        if state.closed {
            // The taker has ended.
            entries.clear();
            return true;
        }
        let mut rest = std::mem::take(entries).into_iter();
        while state.has_room(self.keeps_all)
            && let Some(entry) = rest.next()
        {
            state.bytes += entry.size();
            state.entries.push(entry);
        }
        *entries = rest.collect();
        if state.printer_waits && !state.entries.is_empty() {
            state.printer_waits = false;
            self.filled.notify_one();
        }
        entries.is_empty()
    }

    /// Ends the queue, from either side.
    pub fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
        self.emptied.notify_one();
    }

    /// Takes everything without waiting. Gives false when the queue is closed and empty.
    pub fn take(&self, into: &mut Vec<Entry>) -> bool {
        into.clear();
        let mut state = self.lock();
        self.hand_over(&mut state, into)
    }

    /// Takes everything; waits if there is nothing. Gives false when the queue is closed and empty.
    pub fn wait(&self, into: &mut Vec<Entry>) -> bool {
        into.clear();
        let mut state = self.lock();
        while state.entries.is_empty() && !state.closed {
            state.printer_waits = true;
            state = self
                .filled
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        self.hand_over(&mut state, into)
    }

    fn hand_over(&self, state: &mut QueueState, into: &mut Vec<Entry>) -> bool {
        std::mem::swap(&mut state.entries, into);
        let was_full = state.bytes > LIMIT / 2;
        state.bytes = 0;
        if was_full {
            self.emptied.notify_one();
        }
        !(state.closed && into.is_empty())
    }

    /// How many values were replaced by later ones of the same address before they were taken.
    pub fn superseded(&self) -> u64 {
        self.lock().superseded
    }
}

impl QueueState {
    /// Whether there is room for an entry; makes some if that is allowed.
    fn has_room(&mut self, keeps_all: bool) -> bool {
        if self.bytes > LIMIT && !keeps_all {
            self.coalesce();
            return self.bytes <= LIMIT / 2;
        }
        self.bytes <= LIMIT
    }

    /// Keeps only the latest value of each param. The remaining frames are copied: a frame is a
    /// slice of a larger read buffer, and would keep all of that in memory.
    fn coalesce(&mut self) {
        let mut seen: HashSet<Box<str>> = HashSet::new();
        let before = self.entries.len();
        let mut kept: Vec<Entry> = Vec::new();
        for entry in self.entries.drain(..).rev() {
            if let Entry::Frame(frame, _) = &entry
                && let Some(address) = param(frame)
                && !seen.insert(address)
            {
                continue;
            }
            kept.push(match entry {
                Entry::Frame(frame, at) => Entry::Frame(Bytes::copy_from_slice(&frame), at),
                life => life,
            });
        }
        kept.reverse();
        self.superseded += (before - kept.len()) as u64;
        self.bytes = kept.iter().map(Entry::size).sum();
        self.entries = kept;
    }
}

/// The address, if the frame is a value of a param.
fn param(frame: &Bytes) -> Option<Box<str>> {
    match wire::decode(frame).ok()?.message {
        Message::Set(set) => Some(set.address.into()),
        Message::Snapshot(params) => params.into_iter().next().map(|param| param.address.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clasp::wire::{Publish, Set, SignalType, Value};

    fn framed(message: &Message<'_>) -> Entry {
        let mut frame = Vec::new();
        wire::encode(message, &mut frame).expect("it fits");
        Entry::Frame(frame.into(), 0)
    }

    fn set(address: &str, value: i64) -> Entry {
        framed(&Message::Set(Set {
            address: address.into(),
            value: Value::Int(value),
            revision: None,
            lock: false,
            unlock: false,
            ttl: None,
        }))
    }

    fn event(n: i64) -> Entry {
        framed(&Message::Publish(Publish {
            value: Some(Value::Int(n)),
            ..Publish::new(SignalType::Event, "/go")
        }))
    }

    fn shown(entries: &[Entry]) -> Vec<String> {
        entries
            .iter()
            .map(|entry| match entry {
                Entry::Frame(frame, _) => match wire::decode(frame).expect("ours").message {
                    Message::Set(set) => format!("{}={:?}", set.address, set.value),
                    Message::Publish(publish) => format!("event {:?}", publish.value),
                    other => format!("{other:?}"),
                },
                Entry::Lifecycle(life) => format!("{life:?}"),
            })
            .collect()
    }

    #[test]
    fn in_order_while_the_printer_keeps_up() {
        let backlog = Backlog::default();
        for n in 0..3 {
            assert!(backlog.try_push(&mut vec![set("/a", n)]));
        }
        let mut taken = Vec::new();
        assert!(backlog.take(&mut taken));
        assert_eq!(shown(&taken), ["/a=Int(0)", "/a=Int(1)", "/a=Int(2)"]);
        assert_eq!(backlog.superseded(), 0);
        backlog.close();
        assert!(!backlog.wait(&mut taken), "closed and empty");
    }

    #[test]
    fn behind_a_stalled_printer_params_come_down_to_the_latest_and_memory_stays() {
        let backlog = Backlog::default();
        assert!(backlog.try_push(&mut vec![event(1)]));
        let count = 20 * LIMIT / OVERHEAD;
        for n in 0..count as i64 {
            let mut one = vec![set(if n % 2 == 0 { "/a" } else { "/b" }, n)];
            assert!(backlog.try_push(&mut one), "params always find room");
            assert!(backlog.lock().bytes <= LIMIT + 2 * OVERHEAD + 100);
        }
        assert!(backlog.try_push(&mut vec![event(2)]));
        backlog.lock().coalesce();
        let mut taken = Vec::new();
        backlog.take(&mut taken);
        let last = count as i64 - 1;
        assert_eq!(
            shown(&taken),
            [
                "event Some(Int(1))".to_owned(),
                format!("/a=Int({})", last - 1),
                format!("/b=Int({last})"),
                "event Some(Int(2))".to_owned(),
            ]
        );
        assert_eq!(backlog.superseded(), count as u64 - 2);
    }

    #[test]
    fn where_all_is_wanted_values_are_kept_and_the_listener_waits() {
        let backlog = Backlog::without_coalescing();
        let mut n = 0;
        while backlog.try_push(&mut vec![set("/a", n)]) {
            n += 1;
        }
        let mut taken = Vec::new();
        assert!(backlog.take(&mut taken));
        assert_eq!((taken.len() as i64, backlog.superseded()), (n, 0));
    }

    #[test]
    fn events_are_kept_and_in_the_end_the_listener_waits() {
        let backlog = Backlog::default();
        let mut n = 0;
        while backlog.try_push(&mut vec![event(n)]) {
            n += 1;
        }
        assert!(n as usize * OVERHEAD < 2 * LIMIT);
        let mut taken = Vec::new();
        backlog.take(&mut taken);
        assert_eq!(taken.len() as i64, n, "none is lost");
        assert!(backlog.try_push(&mut vec![event(n)]), "there is room again");
        backlog.take(&mut taken);

        // Several at once, as far as there is room.
        let mut all: Vec<Entry> = (0..LIMIT / OVERHEAD).map(|n| event(n as i64)).collect();
        let count = all.len();
        assert!(!backlog.try_push(&mut all), "there is no room for all");
        backlog.take(&mut taken);
        assert_eq!(taken.len() + all.len(), count, "none is lost");
        let next = format!("event Some(Int({}))", taken.len());
        assert_eq!(shown(&all[..1]), [next], "the rest is left, in order");
        assert!(backlog.try_push(&mut all), "there is room again");
    }
}
