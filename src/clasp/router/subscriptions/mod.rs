//! Who hears what, pure: an address and a type enter, the sessions that want it leave.
//!
//! The patterns stand in a [`tree`] of their segments. Who matches an address is remembered until a
//! subscription changes: a flood goes to few addresses, each of them thousands of times.

mod tree;

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use bytes::Bytes;
use tokio::time::Instant;

use super::limits;
use super::work::{STEPS, Slice};
use crate::clasp::thin::{Limits, Thinner};
use crate::clasp::wire::{AddressError, Message, Pattern, SignalType, Subscribe, TypeMask};
use tree::Tree;

/// A session, by its place in the hub.
pub type Key = u32;

/// All subscriptions.
#[derive(Debug, Default)]
pub struct Subscriptions {
    tree: Tree<Member>,
    sessions: HashMap<Key, Own>,
    /// Sessions that have ended and whose subscriptions are still to be removed.
    ended: Vec<(Key, Own)>,
    thinners: HashMap<(Key, u32), Held>,
    /// When each thinner is due, earliest first.
    due: BTreeSet<(Instant, Key, u32)>,
    /// The members that match an address, sorted.
    known: HashMap<Box<str>, Rc<[Member]>>,
    /// How many members stand in `known`.
    known_members: usize,
    /// Whom the last [`find`](Self::find) has found.
    found: Option<Rc<[Member]>>,
    /// Work since it was last asked for, in steps of a [`Slice`].
    steps: u32,
    /// What the thinners of all sessions take.
    thinned: usize,
    /// What [`release`](Self::release) has given already of what is due now, so that several
    /// subscriptions of one session that hold the same bytes give them once.
    released: HashMap<(Key, *const u8), Bytes>,
}

/// What one session has subscribed to.
#[derive(Debug, Default)]
struct Own {
    patterns: HashMap<u32, Pattern>,
    /// What these take.
    bytes: usize,
    /// What the thinners take.
    thinned: usize,
}

#[derive(Debug)]
struct Held {
    thinner: Thinner,
    /// The time under which it stands among those that are due.
    queued: Option<Instant>,
}

/// One subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Member {
    session: Key,
    id: u32,
    types: u8,
    thinned: bool,
}

/// Why there is no subscription.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubscribeError {
    /// The pattern is none.
    #[error(transparent)]
    Pattern(#[from] AddressError),
    /// The session has as many as it may have.
    #[error("a session may have {} subscriptions", limits::SUBSCRIPTIONS)]
    TooMany,
    /// The session's patterns take as many bytes as they may.
    #[error(
        "the patterns of a session may take {} MiB",
        limits::SUBSCRIPTIONS_BYTES >> 20
    )]
    NoMemory,
}

impl Subscriptions {
    /// Adds a subscription; one with the same number is replaced.
    ///
    /// # Errors
    /// [`SubscribeError`]; what was there stays.
    pub fn add(
        &mut self,
        session: Key,
        asked: &Subscribe<'_>,
        pattern: Pattern,
    ) -> Result<(), SubscribeError> {
        let cost = tree::cost(&pattern);
        let own = self.sessions.get(&session);
        let (count, bytes) = own.map_or((0, 0), |own| (own.patterns.len(), own.bytes));
        let old = own.and_then(|own| own.patterns.get(&asked.id));
        if old.is_none() && count >= limits::SUBSCRIPTIONS {
            return Err(SubscribeError::TooMany);
        }
        let freed = old.map_or(0, tree::cost);
        if bytes + cost - freed > limits::SUBSCRIPTIONS_BYTES {
            return Err(SubscribeError::NoMemory);
        }
        self.remove(session, asked.id);
        let thinner = Thinner::new(Limits {
            max_rate: asked.max_rate,
            epsilon: asked.epsilon.filter(|epsilon| *epsilon > 0.0),
        });
        let member = Member {
            session,
            id: asked.id,
            types: asked.types.0,
            thinned: thinner.is_some(),
        };
        if let Some(thinner) = thinner {
            let held = Held {
                thinner,
                queued: None,
            };
            self.thinners.insert((session, asked.id), held);
        }
        self.tree.values_mut(&pattern).push(member);
        self.forget_known();
        let own = self.sessions.entry(session).or_default();
        own.bytes += cost;
        own.patterns.insert(asked.id, pattern);
        Ok(())
    }

    /// Ends a subscription.
    pub fn remove(&mut self, session: Key, id: u32) {
        let Some(own) = self.sessions.get_mut(&session) else {
            return;
        };
        let Some(pattern) = own.patterns.remove(&id) else {
            return;
        };
        own.bytes -= tree::cost(&pattern);
        if let Some(held) = self.thinners.get(&(session, id)) {
            own.thinned -= held.thinner.bytes();
            self.thinned -= held.thinner.bytes();
        }
        if own.patterns.is_empty() {
            self.sessions.remove(&session);
        }
        self.take_out(session, id, &pattern);
    }

    fn take_out(&mut self, session: Key, id: u32, pattern: &Pattern) {
        self.tree.retain(pattern, |member| {
            (member.session, member.id) != (session, id)
        });
        if let Some(held) = self.thinners.remove(&(session, id))
            && let Some(due) = held.queued
        {
            self.due.remove(&(due, session, id));
        }
        self.forget_known();
    }

    fn forget_known(&mut self) {
        if !self.known.is_empty() {
            self.known.clear();
            self.known_members = 0;
        }
    }

    /// Ends all subscriptions of a session. What that takes is done by [`clear`](Self::clear):
    /// until then
    /// the session's key must not serve another.
    pub fn remove_session(&mut self, session: Key) {
        if let Some(own) = self.sessions.remove(&session) {
            self.thinned -= own.thinned;
            self.ended.push((session, own));
        }
    }

    /// What max rate and epsilon take of memory, in bytes, of all sessions.
    pub fn thinned_bytes(&self) -> usize {
        self.thinned
    }

    /// The same of one session.
    pub fn thinned_bytes_of(&self, session: Key) -> usize {
        self.sessions.get(&session).map_or(0, |own| own.thinned)
    }

    /// Whether there is something to [`clear`](Self::clear).
    pub fn has_ended(&self) -> bool {
        !self.ended.is_empty()
    }

    /// Whether what this session had subscribed to is still to be cleared.
    pub fn is_ended(&self, session: Key) -> bool {
        self.ended.iter().any(|(key, _)| *key == session)
    }

    /// Removes what ended sessions have subscribed to, until the slice is over; the keys that are
    /// free now are given.
    pub fn clear(&mut self, slice: &mut Slice) -> Vec<Key> {
        let mut free = Vec::new();
        while let Some((session, own)) = self.ended.last_mut() {
            let session = *session;
            let Some(&id) = own.patterns.keys().next() else {
                self.ended.pop();
                free.push(session);
                continue;
            };
            let pattern = own.patterns.remove(&id);
            if let Some(pattern) = pattern {
                self.take_out(session, id, &pattern);
            }
            if slice.is_over() {
                break;
            }
        }
        free
    }

    /// Finds who subscribed to this; whether there is anybody. [`select`](Self::select) says who
    /// of them is to be told.
    #[inline]
    pub fn find(&mut self, address: &str, signal: SignalType) -> bool {
        if self.tree.is_empty() {
            self.found = None;
            return false;
        }
        let found = match self.known.get(address) {
            Some(known) => known.clone(),
            None => self.search(address),
        };
        let some = found
            .iter()
            .any(|member| TypeMask(member.types).has(signal));
        self.found = Some(found);
        some
    }

    /// What the searches since this was last asked have cost, in steps of a [`Slice`].
    pub fn take_steps(&mut self) -> u32 {
        std::mem::take(&mut self.steps)
    }

    fn search(&mut self, address: &str) -> Rc<[Member]> {
        // It may take long: whoever counts the steps looks at the clock.
        self.steps += STEPS;
        let mut members = Vec::new();
        self.tree
            .find(address, |values| members.extend_from_slice(values));
        members.sort_unstable();
        let members: Rc<[Member]> = members.into();
        if self.known.len() >= limits::KNOWN_ADDRESSES
            || self.known_members + members.len() > limits::KNOWN_MEMBERS
        {
            self.forget_known();
        }
        self.known_members += members.len();
        self.known.insert(address.into(), members.clone());
        members
    }

    /// The sessions found that are to be told now, each once, all but `except`. What comes too soon
    /// for all of a session's subscriptions is held by those that thin.
    #[inline]
    pub fn select(
        &mut self,
        message: &Message<'_>,
        signal: SignalType,
        frame: &[u8],
        except: Option<Key>,
        now: Instant,
        out: &mut Vec<Key>,
    ) {
        let Some(found) = self.found.take() else {
            return;
        };
        let mut held: Option<Bytes> = None;
        for own in found.chunk_by(|a, b| a.session == b.session) {
            let session = own[0].session;
            // Before the thinner: it compares with what was delivered.
            if Some(session) == except {
                continue;
            }
            let wanted = |member: &&Member| TypeMask(member.types).has(signal);
            let mut wanting = own.iter().filter(wanted);
            let Some(first) = wanting.next() else {
                continue;
            };
            if !first.thinned || wanting.any(|member| !member.thinned) {
                out.push(session);
                continue;
            }
            let held = held.get_or_insert_with(|| Bytes::copy_from_slice(frame));
            let Some(account) = self.sessions.get_mut(&session) else {
                continue;
            };
            let mut passes = false;
            for member in own.iter().filter(wanted) {
                if let Some(own) = self.thinners.get_mut(&(session, member.id)) {
                    let before = own.thinner.bytes();
                    // What has no room to wait is delivered at once.
                    passes |= account.thinned + Thinner::growth(message, frame)
                        > limits::THINNED_BYTES
                        || own.thinner.passes(message, held, now);
                    own.queue(session, member.id, &mut self.due);
                    account.thinned = account.thinned + own.thinner.bytes() - before;
                    self.thinned = self.thinned + own.thinner.bytes() - before;
                }
            }
            if passes {
                out.push(session);
                for member in own.iter().filter(wanted) {
                    if let Some(own) = self.thinners.get_mut(&(session, member.id)) {
                        let before = own.thinner.bytes();
                        own.thinner.overtake(message);
                        account.thinned -= before - own.thinner.bytes();
                        self.thinned -= before - own.thinner.bytes();
                    }
                }
            }
        }
    }

    /// When [`release`](Self::release) may have something to give.
    pub fn due(&self) -> Option<Instant> {
        self.due.first().map(|(due, ..)| *due)
    }

    /// The frames that were held and whose time has come, until the slice is over.
    pub fn release(&mut self, now: Instant, slice: &mut Slice) -> Vec<(Key, Bytes)> {
        let mut released = Vec::new();
        while let Some(&(due, session, id)) = self.due.first()
            && due <= now
        {
            if slice.is_over() {
                return released;
            }
            self.due.pop_first();
            let Some(own) = self.thinners.get_mut(&(session, id)) else {
                continue;
            };
            own.queued = None;
            let before = own.thinner.bytes();
            let frame = own.thinner.release_next(now);
            own.queue(session, id, &mut self.due);
            let freed = before - own.thinner.bytes();
            if let Some(account) = self.sessions.get_mut(&session) {
                account.thinned -= freed;
                self.thinned -= freed;
            }
            // Several subscriptions of one session hold the same bytes, not equal ones.
            if let Some(frame) = frame
                && self
                    .released
                    .insert((session, frame.as_ptr()), frame.clone())
                    .is_none()
            {
                released.push((session, frame));
            }
        }
        self.released.clear();
        released
    }
}

impl Held {
    /// Stands among those that are due under the time that is true now.
    fn queue(&mut self, session: Key, id: u32, due: &mut BTreeSet<(Instant, Key, u32)>) {
        let next = self.thinner.due();
        if self.queued != next {
            if let Some(old) = self.queued {
                due.remove(&(old, session, id));
            }
            if let Some(new) = next {
                due.insert((new, session, id));
            }
            self.queued = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clasp::wire::{self, Set, Value};

    fn asked(id: u32, pattern: &'static str) -> Subscribe<'static> {
        Subscribe {
            id,
            pattern: pattern.into(),
            types: TypeMask::ALL,
            max_rate: None,
            epsilon: None,
            history: None,
            window: None,
        }
    }

    fn add(
        subscriptions: &mut Subscriptions,
        session: Key,
        asked: &Subscribe<'_>,
    ) -> Result<(), SubscribeError> {
        let pattern = Pattern::new(&asked.pattern)?;
        subscriptions.add(session, asked, pattern)
    }

    fn with(all: &[(Key, &'static str)]) -> Subscriptions {
        let mut subscriptions = Subscriptions::default();
        for (id, (session, pattern)) in all.iter().enumerate() {
            let id = u32::try_from(id).expect("few");
            add(&mut subscriptions, *session, &asked(id, pattern)).expect("room");
        }
        subscriptions
    }

    fn told(subscriptions: &mut Subscriptions, address: &str, value: f64, at: Instant) -> Vec<Key> {
        let message = Message::Set(Set {
            address: address.to_owned().into(),
            value: Value::Float(value),
            revision: None,
            lock: false,
            unlock: false,
            ttl: None,
        });
        let (mut frame, mut out) = (Vec::new(), Vec::new());
        wire::encode(&message, &mut frame).expect("it fits");
        subscriptions.find(address, SignalType::Param);
        subscriptions.select(&message, SignalType::Param, &frame, None, at, &mut out);
        out
    }

    #[test]
    fn an_address_finds_every_pattern_that_matches_and_no_other() {
        let patterns = [
            "/a/b", "/a/*", "/a/**", "/**", "/*/b", "/a/b/c", "/a/b*", "/ab/**", "/b",
        ];
        let all: Vec<(Key, &'static str)> = (0..).zip(patterns).collect();
        let mut subscriptions = with(&all);
        for address in ["/a/b", "/a", "/a/b/c", "/ab", "/ab/b", "/b", "/c", "/a/bb"] {
            let expected: Vec<Key> = all
                .iter()
                .filter(|(_, p)| Pattern::new(p).expect("a pattern").matches(address))
                .map(|(key, _)| *key)
                .collect();
            assert_eq!(
                told(&mut subscriptions, address, 0.0, Instant::now()),
                expected,
                "{address}"
            );
        }
    }

    #[test]
    fn overlapping_subscriptions_of_one_session_tell_it_once() {
        let mut subscriptions = with(&[(7, "/a/**"), (7, "/a/b"), (7, "/a/**"), (8, "/**")]);
        assert_eq!(
            told(&mut subscriptions, "/a/b", 0.0, Instant::now()),
            [7, 8]
        );
    }

    #[test]
    fn the_type_mask_filters() {
        let mut subscriptions = Subscriptions::default();
        let events = Subscribe {
            types: TypeMask::of([SignalType::Event]),
            ..asked(1, "/**")
        };
        add(&mut subscriptions, 1, &events).expect("room");
        assert!(!subscriptions.find("/a", SignalType::Param));
        assert!(subscriptions.find("/a", SignalType::Event));
    }

    #[test]
    fn what_ends_leaves_nothing_behind() {
        let mut subscriptions = with(&[(1, "/a/**"), (1, "/b"), (2, "/a/**")]);
        subscriptions.remove(2, 2);
        subscriptions.remove(2, 2);
        assert_eq!(
            told(&mut subscriptions, "/a/x", 0.0, Instant::now()),
            [1],
            "the other one stays"
        );
        subscriptions.remove_session(1);
        assert!(subscriptions.has_ended());
        assert_eq!(subscriptions.clear(&mut Slice::endless()), [1]);
        assert!(subscriptions.tree.is_empty() && !subscriptions.has_ended());
        assert!(subscriptions.sessions.is_empty() && subscriptions.thinners.is_empty());
    }

    #[test]
    fn the_same_number_replaces() {
        let mut subscriptions = with(&[(1, "/a")]);
        add(&mut subscriptions, 1, &asked(0, "/b")).expect("room");
        assert!(!subscriptions.find("/a", SignalType::Param));
        assert!(subscriptions.find("/b", SignalType::Param));
    }

    #[test]
    fn a_session_may_have_so_many() {
        let mut subscriptions = Subscriptions::default();
        for id in 0..u32::try_from(limits::SUBSCRIPTIONS).expect("few") {
            add(&mut subscriptions, 1, &asked(id, "/a")).expect("room");
        }
        let one_more = add(&mut subscriptions, 1, &asked(u32::MAX, "/a"));
        assert_eq!(one_more.err(), Some(SubscribeError::TooMany));
        assert!(
            add(&mut subscriptions, 1, &asked(5, "/b")).is_ok(),
            "a new one for an old one"
        );
        assert!(add(&mut subscriptions, 2, &asked(5, "/b")).is_ok());
    }

    #[test]
    fn the_patterns_of_a_session_take_so_many_bytes_and_no_more() {
        let mut subscriptions = Subscriptions::default();
        let added = (0..limits::SUBSCRIPTIONS)
            .take_while(|id| {
                let pattern = format!("{}/{id}", "/**/a".repeat(15));
                let asked = Subscribe {
                    pattern: pattern.into(),
                    ..asked(*id as u32, "/a")
                };
                add(&mut subscriptions, 1, &asked).is_ok()
            })
            .count();
        assert!((1_000..5_000).contains(&added), "{added}");
        let own = &subscriptions.sessions[&1];
        assert!(own.bytes <= limits::SUBSCRIPTIONS_BYTES);
    }

    #[test]
    fn a_senders_own_sample_is_not_what_the_next_is_compared_with() {
        let mut subscriptions = Subscriptions::default();
        let coarse = Subscribe {
            epsilon: Some(0.5),
            ..asked(1, "/a")
        };
        add(&mut subscriptions, 1, &coarse).expect("room");
        let mut deliver = |from: Key, value: f64| {
            let mut publish = crate::clasp::wire::Publish::new(SignalType::Stream, "/a");
            publish.value = Some(Value::Float(value));
            let message = Message::Publish(publish);
            let (mut frame, mut out) = (Vec::new(), Vec::new());
            wire::encode(&message, &mut frame).expect("it fits");
            subscriptions.find("/a", SignalType::Stream);
            let now = Instant::now();
            let (signal, except) = (SignalType::Stream, Some(from));
            subscriptions.select(&message, signal, &frame, except, now, &mut out);
            out
        };
        assert!(deliver(1, 5.0).is_empty(), "its own");
        assert_eq!(deliver(2, 5.1), [1], "the first that is delivered");
        assert!(deliver(2, 5.2).is_empty());
    }

    #[test]
    fn what_came_too_soon_is_released_once() {
        let mut subscriptions = Subscriptions::default();
        for (id, pattern) in [(1, "/a/**"), (2, "/a/b")] {
            let slow = Subscribe {
                max_rate: Some(10),
                ..asked(id, pattern)
            };
            add(&mut subscriptions, 1, &slow).expect("room");
        }
        let start = Instant::now();
        assert_eq!(told(&mut subscriptions, "/a/b", 1.0, start), [1]);
        assert!(told(&mut subscriptions, "/a/b", 2.0, start).is_empty());
        let due = start + Duration::from_millis(100);
        assert_eq!(subscriptions.due(), Some(due));
        assert!(
            subscriptions
                .release(start, &mut Slice::endless())
                .is_empty()
        );
        // Both subscriptions hold it; the second release would be the same value again.
        let released = subscriptions.release(due, &mut Slice::endless());
        assert_eq!(released.len(), 1);
        assert_eq!(subscriptions.due(), None);
    }

    #[test]
    fn what_is_released_in_several_slices_comes_once_and_all_of_it() {
        let mut subscriptions = Subscriptions::default();
        for (id, pattern) in [(1, "/**"), (2, "/*")] {
            let slow = Subscribe {
                max_rate: Some(10),
                ..asked(id, pattern)
            };
            add(&mut subscriptions, 1, &slow).expect("room");
        }
        let start = Instant::now();
        for i in 0..200_u32 {
            let address = format!("/{i}");
            told(&mut subscriptions, &address, 1.0, start);
            told(&mut subscriptions, &address, 2.0, start);
        }
        let due = start + Duration::from_millis(100);
        let (mut released, mut slices) = (0, 0);
        while subscriptions.due().is_some() {
            let mut slice = Slice::of_steps(7);
            released += subscriptions.release(due, &mut slice).len();
            slices += 1;
        }
        assert_eq!(released, 200);
        assert!(slices > 10, "{slices}");
    }

    #[test]
    fn what_waits_is_counted_and_what_has_no_room_is_delivered() {
        const LONG: usize = 60_000;
        let mut subscriptions = Subscriptions::default();
        let slow = Subscribe {
            max_rate: Some(1),
            ..asked(1, "/**")
        };
        add(&mut subscriptions, 1, &slow).expect("room");
        let now = Instant::now();
        let deliver = |subscriptions: &mut Subscriptions, address: &str| {
            let message = Message::Set(Set {
                address: address.to_owned().into(),
                value: Value::Bytes(vec![7; LONG].into()),
                revision: None,
                lock: false,
                unlock: false,
                ttl: None,
            });
            let (mut frame, mut out) = (Vec::new(), Vec::new());
            wire::encode(&message, &mut frame).expect("it fits");
            subscriptions.find(address, SignalType::Param);
            subscriptions.select(&message, SignalType::Param, &frame, None, now, &mut out);
            !out.is_empty()
        };
        let held = |subscriptions: &Subscriptions| subscriptions.thinned_bytes();
        assert!(deliver(&mut subscriptions, "/first"));
        assert!(!deliver(&mut subscriptions, "/first"));
        assert!((LONG..LONG + 1_000).contains(&held(&subscriptions)));
        let mut delivered = 0;
        for i in 0..1_000 {
            let address = format!("/{i}");
            delivered += u32::from(deliver(&mut subscriptions, &address));
            delivered += u32::from(deliver(&mut subscriptions, &address));
        }
        assert!(delivered > 1_000, "{delivered}");
        let most = limits::THINNED_BYTES;
        assert!((most - 2 * LONG..=most).contains(&held(&subscriptions)));
        assert_eq!(subscriptions.thinned_bytes_of(1), held(&subscriptions));
        subscriptions.release(now + Duration::from_secs(1), &mut Slice::endless());
        assert!(
            held(&subscriptions) < 1_000_000,
            "what has gone out is free"
        );
        subscriptions.remove(1, 1);
        assert_eq!(held(&subscriptions), 0);
        add(&mut subscriptions, 2, &slow).expect("room");
        deliver(&mut subscriptions, "/first");
        subscriptions.remove_session(2);
        assert_eq!(held(&subscriptions), 0);
    }
}
