//! Who hears what, pure: an address and a type enter, the sessions that want it leave.
//!
//! Patterns stand under their literal prefix, and each distinct one only once, whoever shares it.
//! An address meets the patterns below each of its own prefixes and no others: with `n` addresses
//! subscribed to exactly, a message costs one look into a hash table, not `n` comparisons.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use tokio::time::Instant;

use super::limits;
use crate::clasp::thin::{Limits, Thinner};
use crate::clasp::wire::{AddressError, Message, Pattern, SignalType, Subscribe, TypeMask};

/// A session, by its place in the hub.
pub type Key = u32;

/// All subscriptions.
#[derive(Debug, Default)]
pub struct Subscriptions {
    /// By the literal prefix of the pattern, which is all of it without a hole.
    groups: HashMap<Box<str>, Vec<Group>>,
    /// The lengths that the prefixes have, and how many patterns of each.
    lengths: BTreeMap<usize, usize>,
    sessions: HashMap<Key, HashMap<u32, Pattern>>,
    thinners: HashMap<(Key, u32), Thinner>,
    found: Vec<Found>,
    /// Not after this a held message is due.
    next: Option<Instant>,
}

#[derive(Debug)]
struct Group {
    pattern: Pattern,
    members: Vec<Found>,
}

/// One subscription of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
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
}

impl Subscriptions {
    /// Adds a subscription; one with the same number is replaced.
    ///
    /// # Errors
    /// [`SubscribeError`]; what was there stays.
    pub fn add(&mut self, session: Key, asked: &Subscribe<'_>) -> Result<&Pattern, SubscribeError> {
        let pattern = Pattern::new(&asked.pattern)?;
        let own = self.sessions.get(&session);
        let replaces = own.is_some_and(|own| own.contains_key(&asked.id));
        if !replaces && own.is_some_and(|own| own.len() >= limits::SUBSCRIPTIONS) {
            return Err(SubscribeError::TooMany);
        }
        self.remove(session, asked.id);
        let thinner = Thinner::new(Limits {
            max_rate: asked.max_rate,
            epsilon: asked.epsilon.filter(|epsilon| *epsilon > 0.0),
        });
        let member = Found {
            session,
            id: asked.id,
            types: asked.types.0,
            thinned: thinner.is_some(),
        };
        if let Some(thinner) = thinner {
            self.thinners.insert((session, asked.id), thinner);
        }
        let prefix = pattern.literal_prefix();
        let groups = match self.groups.contains_key(prefix) {
            true => self.groups.get_mut(prefix).expect("it is there"),
            false => self.groups.entry(prefix.into()).or_default(),
        };
        match groups.iter_mut().find(|group| group.pattern == pattern) {
            Some(group) => group.members.push(member),
            None => {
                *self.lengths.entry(prefix.len()).or_default() += 1;
                groups.push(Group {
                    pattern: pattern.clone(),
                    members: vec![member],
                });
            }
        }
        let own = self.sessions.entry(session).or_default();
        Ok(own.entry(asked.id).insert_entry(pattern).into_mut())
    }

    /// Ends a subscription.
    pub fn remove(&mut self, session: Key, id: u32) {
        let Some(own) = self.sessions.get_mut(&session) else {
            return;
        };
        let Some(pattern) = own.remove(&id) else {
            return;
        };
        if own.is_empty() {
            self.sessions.remove(&session);
        }
        self.thinners.remove(&(session, id));
        let prefix = pattern.literal_prefix();
        let Some(groups) = self.groups.get_mut(prefix) else {
            return;
        };
        let Some(place) = groups.iter().position(|group| group.pattern == pattern) else {
            return;
        };
        let members = &mut groups[place].members;
        members.retain(|member| (member.session, member.id) != (session, id));
        if members.is_empty() {
            groups.swap_remove(place);
            if groups.is_empty() {
                self.groups.remove(prefix);
            }
            if let Some(count) = self.lengths.get_mut(&prefix.len()) {
                *count -= 1;
                if *count == 0 {
                    self.lengths.remove(&prefix.len());
                }
            }
        }
    }

    /// Ends all subscriptions of a session.
    pub fn remove_session(&mut self, session: Key) {
        let ids = self.sessions.get(&session);
        let ids: Vec<u32> = ids.into_iter().flat_map(HashMap::keys).copied().collect();
        for id in ids {
            self.remove(session, id);
        }
    }

    /// Finds who subscribed to this; whether there is anybody. [`select`](Self::select) says who
    /// of them is to be told.
    #[inline]
    pub fn find(&mut self, address: &str, signal: SignalType) -> bool {
        self.found.clear();
        for &length in self.lengths.keys() {
            match address.as_bytes().get(length) {
                None if length > address.len() => break,
                None | Some(b'/') => {}
                Some(_) => continue,
            }
            let Some(groups) = self.groups.get(&address[..length]) else {
                continue;
            };
            for group in groups {
                if group.pattern.matches(address) {
                    let wanted = |member: &&Found| TypeMask(member.types).has(signal);
                    self.found
                        .extend(group.members.iter().filter(wanted).copied());
                }
            }
        }
        if self.found.len() > 1 {
            self.found.sort_unstable();
        }
        !self.found.is_empty()
    }

    /// The sessions found that are to be told now, each once. What comes too soon for all of a
    /// session's subscriptions is held by those that thin.
    #[inline]
    pub fn select(
        &mut self,
        message: &Message<'_>,
        frame: &[u8],
        now: Instant,
        out: &mut Vec<Key>,
    ) {
        let mut held: Option<Bytes> = None;
        for own in self.found.chunk_by(|a, b| a.session == b.session) {
            if own.iter().any(|member| !member.thinned) {
                out.push(own[0].session);
                continue;
            }
            let held = held.get_or_insert_with(|| Bytes::copy_from_slice(frame));
            let mut passes = false;
            for member in own {
                if let Some(thinner) = self.thinners.get_mut(&(member.session, member.id)) {
                    passes |= thinner.passes(message, held, now);
                    self.next = earliest(self.next, thinner.due());
                }
            }
            if passes {
                out.push(own[0].session);
                for member in own {
                    if let Some(thinner) = self.thinners.get_mut(&(member.session, member.id)) {
                        thinner.overtake(message);
                    }
                }
            }
        }
    }

    /// When [`release`](Self::release) may have something to give.
    pub fn due(&self) -> Option<Instant> {
        self.next
    }

    /// The frames that were held and whose time has come.
    pub fn release(&mut self, now: Instant) -> Vec<(Key, Bytes)> {
        if self.next.is_none_or(|next| now < next) {
            return Vec::new();
        }
        let mut released = Vec::new();
        // Several subscriptions of one session hold the same bytes, not equal ones.
        let mut once = HashSet::new();
        self.next = None;
        for ((session, _), thinner) in &mut self.thinners {
            for frame in thinner.release(now) {
                if once.insert((*session, frame.as_ptr())) {
                    released.push((*session, frame));
                }
            }
            self.next = earliest(self.next, thinner.due());
        }
        released
    }
}

fn earliest(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    a.into_iter().chain(b).min()
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

    fn with(all: &[(Key, &'static str)]) -> Subscriptions {
        let mut subscriptions = Subscriptions::default();
        for (id, (session, pattern)) in all.iter().enumerate() {
            let id = u32::try_from(id).expect("few");
            subscriptions
                .add(*session, &asked(id, pattern))
                .expect("a pattern");
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
        subscriptions.select(&message, &frame, at, &mut out);
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
        subscriptions.add(1, &events).expect("a pattern");
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
        assert!(subscriptions.groups.is_empty() && subscriptions.lengths.is_empty());
        assert!(subscriptions.sessions.is_empty() && subscriptions.thinners.is_empty());
    }

    #[test]
    fn the_same_number_replaces() {
        let mut subscriptions = with(&[(1, "/a")]);
        subscriptions.add(1, &asked(0, "/b")).expect("a pattern");
        assert!(!subscriptions.find("/a", SignalType::Param));
        assert!(subscriptions.find("/b", SignalType::Param));
        let bad = subscriptions.add(1, &asked(0, "b"));
        assert!(matches!(bad, Err(SubscribeError::Pattern(_))));
        assert!(subscriptions.find("/b", SignalType::Param), "it stays");
    }

    #[test]
    fn a_session_may_have_so_many() {
        let mut subscriptions = Subscriptions::default();
        for id in 0..u32::try_from(limits::SUBSCRIPTIONS).expect("few") {
            subscriptions.add(1, &asked(id, "/a")).expect("room");
        }
        let one_more = subscriptions.add(1, &asked(u32::MAX, "/a"));
        assert_eq!(one_more.err(), Some(SubscribeError::TooMany));
        assert!(
            subscriptions.add(1, &asked(5, "/b")).is_ok(),
            "a new one for an old one"
        );
        assert!(subscriptions.add(2, &asked(5, "/b")).is_ok());
    }

    #[test]
    fn what_came_too_soon_is_released_once() {
        let mut subscriptions = Subscriptions::default();
        for (id, pattern) in [(1, "/a/**"), (2, "/a/b")] {
            let slow = Subscribe {
                max_rate: Some(10),
                ..asked(id, pattern)
            };
            subscriptions.add(1, &slow).expect("a pattern");
        }
        let start = Instant::now();
        assert_eq!(told(&mut subscriptions, "/a/b", 1.0, start), [1]);
        assert!(told(&mut subscriptions, "/a/b", 2.0, start).is_empty());
        let due = start + Duration::from_millis(100);
        assert_eq!(subscriptions.due(), Some(due));
        assert!(subscriptions.release(start).is_empty());
        // Both subscriptions hold it; the second release would be the same value again.
        let released = subscriptions.release(due);
        assert_eq!(released.len(), 1);
        assert_eq!(subscriptions.due(), None);
    }
}
