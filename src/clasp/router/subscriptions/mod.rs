//! The subscriptions of all sessions. Takes an address and a type of signal, gives the sessions to
//! deliver to. Pure.
//!
//! The patterns are stored in a [`tree`] of segments. The matches of an address are cached until a
//! subscription changes, because high rates usually go to few addresses, each many times.

mod tree;

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use bytes::Bytes;
use tokio::time::Instant;

use super::limits;
use super::work::{STEPS, Slice};
use crate::clasp::rate_limiter::{Limits, RateLimiter};
use crate::clasp::wire::{AddressError, Message, Pattern, SignalType, Subscribe, TypeMask};
use tree::Tree;

/// A session, by its index in the hub.
pub type Key = u32;

/// All subscriptions.
#[derive(Debug, Default)]
pub struct Subscriptions {
    tree: Tree<Member>,
    sessions: HashMap<Key, Own>,
    /// Ended sessions whose subscriptions have not been removed yet.
    ended: Vec<(Key, Own)>,
    limiters: HashMap<(Key, u32), Held>,
    /// When each limiter is due, earliest first.
    due: BTreeSet<(Instant, Key, u32)>,
    /// A cache: the members that match an address, sorted.
    known: HashMap<Box<str>, Rc<[Member]>>,
    /// The number of members in the cache.
    known_members: usize,
    /// The result of the last [`find`](Self::find).
    found: Option<Rc<[Member]>>,
    /// The cost of searches since it was last read, in steps of a [`Slice`].
    steps: u32,
    /// The memory of the limiters of all sessions.
    limiter_bytes: usize,
    /// What [`release`](Self::release) has already given in this pass, so that several
    /// subscriptions of one session that hold the same frame give it once.
    released: HashMap<(Key, *const u8), Bytes>,
}

/// The subscriptions of one session.
#[derive(Debug, Default)]
struct Own {
    patterns: HashMap<u32, Pattern>,
    /// Every type that one of them was ever for.
    types: u8,
    /// The memory of the patterns.
    bytes: usize,
    /// The memory of the limiters.
    limiter_bytes: usize,
}

impl Own {
    fn hears_events(&self) -> bool {
        TypeMask(self.types).has_more_than_params()
    }
}

#[derive(Debug)]
struct Held {
    limiter: RateLimiter,
    /// The time of its entry in `due`.
    queued: Option<Instant>,
}

/// One subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Member {
    session: Key,
    id: u32,
    types: u8,
    limited: bool,
}

/// Why a subscription is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubscribeError {
    /// The pattern is invalid.
    #[error(transparent)]
    Pattern(#[from] AddressError),
    /// The session has reached its limit.
    #[error("a session may have {} subscriptions", limits::SUBSCRIPTIONS)]
    TooMany,
    /// The session's patterns have reached their memory limit.
    #[error(
        "the patterns of a session may take {} MiB",
        limits::SUBSCRIPTIONS_BYTES >> 20
    )]
    NoMemory,
}

impl Subscriptions {
    /// Adds a subscription, or replaces the one with the same id.
    ///
    /// # Errors
    /// [`SubscribeError`]; the subscriptions are then unchanged.
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
        let limiter = RateLimiter::new(Limits {
            max_rate: asked.max_rate,
            epsilon: asked.epsilon.filter(|epsilon| *epsilon > 0.0),
        });
        let member = Member {
            session,
            id: asked.id,
            types: asked.types.0,
            limited: limiter.is_some(),
        };
        if let Some(limiter) = limiter {
            let held = Held {
                limiter,
                queued: None,
            };
            self.limiters.insert((session, asked.id), held);
        }
        self.tree.values_mut(&pattern).push(member);
        self.forget_known();
        let own = self.sessions.entry(session).or_default();
        own.bytes += cost;
        own.types |= asked.types.0;
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
        if let Some(held) = self.limiters.get(&(session, id)) {
            own.limiter_bytes -= held.limiter.bytes();
            self.limiter_bytes -= held.limiter.bytes();
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
        if let Some(held) = self.limiters.remove(&(session, id))
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

    /// Whether a session has subscribed to what is no param.
    pub fn hears_events(&self, session: Key) -> bool {
        let own = self.sessions.get(&session);
        own.is_some_and(Own::hears_events)
    }

    /// The patterns of the sessions that have subscribed to what is no param.
    pub fn patterns_for_events(&self) -> impl Iterator<Item = &Pattern> {
        let sessions = self.sessions.values().filter(|own| own.hears_events());
        sessions.flat_map(|own| own.patterns.values())
    }

    /// Ends all subscriptions of a session. [`clear`](Self::clear) does the work later; until then
    /// the session's key must not be used again.
    pub fn remove_session(&mut self, session: Key) {
        if let Some(own) = self.sessions.remove(&session) {
            self.limiter_bytes -= own.limiter_bytes;
            self.ended.push((session, own));
        }
    }

    /// The memory of max rate and epsilon of all sessions, in bytes.
    pub fn limiter_bytes(&self) -> usize {
        self.limiter_bytes
    }

    /// The memory of max rate and epsilon of one session, in bytes.
    pub fn limiter_bytes_of(&self, session: Key) -> usize {
        self.sessions
            .get(&session)
            .map_or(0, |own| own.limiter_bytes)
    }

    /// Whether [`clear`](Self::clear) has work to do.
    pub fn has_ended(&self) -> bool {
        !self.ended.is_empty()
    }

    /// Whether the subscriptions of this session are still to be cleared.
    pub fn is_ended(&self, session: Key) -> bool {
        self.ended.iter().any(|(key, _)| *key == session)
    }

    /// Removes the subscriptions of ended sessions, until the slice is over. Gives the keys that
    /// are free now.
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

    /// Finds the subscriptions to an address and type. Gives whether there are any;
    /// [`select`](Self::select) then gives the sessions to deliver to.
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

    /// The cost of the searches since the last call, in steps of a [`Slice`].
    pub fn take_steps(&mut self) -> u32 {
        std::mem::take(&mut self.steps)
    }

    fn search(&mut self, address: &str) -> Rc<[Member]> {
        // A search may take long: the steps make the caller check the clock.
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

    /// The found sessions to deliver to now, each once, except `except`. A message that comes too
    /// soon for all subscriptions of a session is held by their limiters.
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
            // Skipped before the limiter, which compares with delivered messages only.
            if Some(session) == except {
                continue;
            }
            let wanted = |member: &&Member| TypeMask(member.types).has(signal);
            let mut wanting = own.iter().filter(wanted);
            let Some(first) = wanting.next() else {
                continue;
            };
            if !first.limited || wanting.any(|member| !member.limited) {
                out.push(session);
                continue;
            }
            let held = held.get_or_insert_with(|| Bytes::copy_from_slice(frame));
            let Some(account) = self.sessions.get_mut(&session) else {
                continue;
            };
            let mut passes = false;
            for member in own.iter().filter(wanted) {
                if let Some(own) = self.limiters.get_mut(&(session, member.id)) {
                    let before = own.limiter.bytes();
                    // Without room to hold it, the message is delivered at once.
                    passes |= account.limiter_bytes + RateLimiter::growth(message, frame)
                        > limits::LIMITER_BYTES
                        || own.limiter.passes(message, held, now);
                    own.queue(session, member.id, &mut self.due);
                    account.limiter_bytes = account.limiter_bytes + own.limiter.bytes() - before;
                    self.limiter_bytes = self.limiter_bytes + own.limiter.bytes() - before;
                }
            }
            if passes {
                out.push(session);
                for member in own.iter().filter(wanted) {
                    if let Some(own) = self.limiters.get_mut(&(session, member.id)) {
                        let before = own.limiter.bytes();
                        own.limiter.overtake(message);
                        account.limiter_bytes -= before - own.limiter.bytes();
                        self.limiter_bytes -= before - own.limiter.bytes();
                    }
                }
            }
        }
    }

    /// When to call [`release`](Self::release) next.
    pub fn due(&self) -> Option<Instant> {
        self.due.first().map(|(due, ..)| *due)
    }

    /// The held frames that are due, until the slice is over.
    pub fn release(&mut self, now: Instant, slice: &mut Slice) -> Vec<(Key, Bytes)> {
        let mut released = Vec::new();
        while let Some(&(due, session, id)) = self.due.first()
            && due <= now
        {
            if slice.is_over() {
                return released;
            }
            self.due.pop_first();
            let Some(own) = self.limiters.get_mut(&(session, id)) else {
                continue;
            };
            own.queued = None;
            let before = own.limiter.bytes();
            let frame = own.limiter.release_next(now);
            own.queue(session, id, &mut self.due);
            let freed = before - own.limiter.bytes();
            if let Some(account) = self.sessions.get_mut(&session) {
                account.limiter_bytes -= freed;
                self.limiter_bytes -= freed;
            }
            // Several subscriptions of one session hold the same frame, at the same pointer.
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
    /// Updates the entry in `due` to the limiter's present time.
    fn queue(&mut self, session: Key, id: u32, due: &mut BTreeSet<(Instant, Key, u32)>) {
        let next = self.limiter.due();
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
mod tests;
