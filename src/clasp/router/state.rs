//! The params, pure: a SET, its writer and the time enter; a revision or a refusal leaves.
//!
//! Time is in µs since the epoch. A param whose time to live is over is gone at that microsecond:
//! every access asks, and [`State::expire`] only frees the memory.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::rc::Rc;

use super::limits;
use crate::clasp::wire::{
    EncodeError, Param, Pattern, Set, Ttl, Value, decode_value, encode_value,
};

/// All params.
#[derive(Debug)]
pub struct State {
    params: HashMap<Rc<str>, Entry>,
    /// When to look whether a param's time is over. It may have been touched meanwhile.
    expiries: BinaryHeap<Reverse<(u64, Rc<str>)>>,
    /// What each session has locked.
    locks: HashMap<Rc<str>, HashSet<Rc<str>>>,
    /// The time to live of a SET that names none.
    default_ttl: Ttl,
    most: usize,
    scratch: Vec<u8>,
}

#[derive(Debug)]
struct Entry {
    /// The code of its type, then the data, as the wire has them.
    value: Box<[u8]>,
    revision: u64,
    timestamp: u64,
    writer: Rc<str>,
    /// What few params have.
    extra: Option<Box<Extra>>,
}

#[derive(Debug, Default)]
struct Extra {
    ttl: Option<Ttl>,
    expires: Option<u64>,
    /// The earliest time under which it stands in the heap.
    queued: Option<u64>,
    holder: Option<Rc<str>>,
}

/// Why a SET is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody wrote since.
    #[error("RevisionConflict: revision {expected} was expected, it is {actual}")]
    Conflict {
        /// What the writer thought.
        expected: u64,
        /// What is; 0 for a param that does not exist.
        actual: u64,
    },
    /// Somebody else holds the lock.
    #[error("LockHeld: locked by session {holder}")]
    Locked {
        /// Who.
        holder: Rc<str>,
    },
    /// The value has no place in a frame once integers and floats are written at full width.
    #[error("InvalidValue: {0}")]
    Value(#[from] EncodeError),
    /// It would not fit the frames that tell of it.
    #[error("InvalidValue: address and value have {size} bytes, there is room for {most}")]
    TooLarge {
        /// How many bytes address and value have together.
        size: usize,
        /// How many they may have.
        most: usize,
    },
    /// There are as many params as there may be.
    #[error("the router holds {0} params already")]
    Full(usize),
}

impl Refusal {
    /// The specification's number for it.
    pub fn code(&self) -> u16 {
        match self {
            Refusal::Conflict { .. } => 400,
            Refusal::Locked { .. } => 401,
            Refusal::Value(_) | Refusal::TooLarge { .. } => 402,
            Refusal::Full(_) => 503,
        }
    }
}

/// What a SET has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The revision that the param has got.
    pub revision: u64,
    /// Whether it is locked, if the SET asked for that to change.
    pub locked: Option<bool>,
}

impl Default for State {
    fn default() -> Self {
        State::new(Ttl::Never, limits::PARAMS)
    }
}

impl State {
    /// No params yet; a SET that names no time to live gets this one.
    pub fn new(default_ttl: Ttl, most: usize) -> State {
        State {
            params: HashMap::new(),
            expiries: BinaryHeap::new(),
            locks: HashMap::new(),
            default_ttl,
            most,
            scratch: Vec::new(),
        }
    }

    /// How many params there are, those included whose time is over but not yet swept.
    pub fn len(&self) -> usize {
        self.params.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.params.is_empty()
    }

    fn live(&self, address: &str, now: u64) -> Option<&Entry> {
        self.params.get(address).filter(|entry| entry.is_live(now))
    }

    /// Whether this SET would be done.
    ///
    /// # Errors
    /// Why it would not.
    pub fn check(&self, set: &Set<'_>, writer: &str, now: u64) -> Result<(), Refusal> {
        self.check_after(set, writer, now, 0)
    }

    /// … after so many SETs of the same bundle to the same address.
    fn check_after(
        &self,
        set: &Set<'_>,
        writer: &str,
        now: u64,
        earlier: u64,
    ) -> Result<(), Refusal> {
        let entry = self.live(&set.address, now);
        if let Some(holder) = entry.and_then(Entry::holder)
            && **holder != *writer
        {
            return Err(Refusal::Locked {
                holder: holder.clone(),
            });
        }
        let actual = entry.map_or(0, |entry| entry.revision) + earlier;
        match set.revision {
            Some(expected) if expected != actual => Err(Refusal::Conflict { expected, actual }),
            _ => Ok(()),
        }
    }

    /// Whether all of these SETs would be done, one after the other.
    ///
    /// # Errors
    /// The first that would not, by its place, and why.
    pub fn check_all<'s>(
        &self,
        sets: impl Iterator<Item = &'s Set<'s>> + Clone,
        writer: &str,
        now: u64,
    ) -> Result<(), (usize, Refusal)> {
        // Counting costs a hash table, and few bundles compare revisions.
        let counted = sets.clone().any(|set| set.revision.is_some());
        let mut earlier: HashMap<&str, u64> = HashMap::new();
        for (place, set) in sets.clone().enumerate() {
            let before = match counted {
                false => 0,
                true => {
                    let count = earlier.entry(&set.address).or_default();
                    *count += 1;
                    *count - 1
                }
            };
            self.check_after(set, writer, now, before)
                .map_err(|refusal| (place, refusal))?;
        }
        let mut room = self.most.saturating_sub(self.params.len());
        if sets.clone().count() > room {
            let mut new = HashSet::new();
            for (place, set) in sets.enumerate() {
                if !self.params.contains_key(&*set.address) && new.insert(&*set.address) {
                    room = room
                        .checked_sub(1)
                        .ok_or((place, Refusal::Full(self.most)))?;
                }
            }
        }
        Ok(())
    }

    /// Does a SET.
    ///
    /// # Errors
    /// Why it was not done; nothing has changed then.
    pub fn apply(&mut self, set: &Set<'_>, writer: &Rc<str>, now: u64) -> Result<Written, Refusal> {
        self.check(set, writer, now)?;
        self.scratch.clear();
        self.scratch.push(0);
        self.scratch[0] = encode_value(&set.value, &mut self.scratch)?;
        let size = set.address.len() + self.scratch.len();
        if size > limits::PARAM_BYTES {
            return Err(Refusal::TooLarge {
                size,
                most: limits::PARAM_BYTES,
            });
        }
        if !self.params.contains_key(&*set.address) {
            if self.params.len() >= self.most {
                return Err(Refusal::Full(self.most));
            }
            let entry = Entry {
                value: Box::default(),
                revision: 0,
                timestamp: now,
                writer: writer.clone(),
                extra: None,
            };
            self.params.insert(Rc::from(&*set.address), entry);
        }
        let entry = self.params.get_mut(&*set.address).expect("it is there");
        if !entry.is_live(now) {
            // Its memory was not freed yet, and that is all that is left of it.
            entry.revision = 0;
            if let Some(holder) = entry.extra.take().and_then(|extra| extra.holder) {
                forget_lock(&mut self.locks, &holder, &set.address);
            }
        }
        if entry.value.len() == self.scratch.len() {
            entry.value.copy_from_slice(&self.scratch);
        } else {
            entry.value = self.scratch.as_slice().into();
        }
        entry.revision += 1;
        entry.timestamp = now;
        if !Rc::ptr_eq(&entry.writer, writer) {
            entry.writer = writer.clone();
        }
        let revision = entry.revision;
        let plain = set.ttl.is_none() && self.default_ttl == Ttl::Never && !set.lock && !set.unlock;
        let locked = match plain && entry.extra.is_none() {
            true => None,
            false => self.apply_extra(set, writer, now),
        };
        Ok(Written { revision, locked })
    }

    /// Time to live and lock. A SET that names neither keeps the lock, and its own time to live
    /// anew: it is the write that counts.
    fn apply_extra(&mut self, set: &Set<'_>, writer: &Rc<str>, now: u64) -> Option<bool> {
        let (address, entry) = self.params.get_key_value(&*set.address)?;
        let address = address.clone();
        let kept = entry.extra.as_ref().and_then(|extra| extra.ttl);
        let ttl = set.ttl.or(kept).unwrap_or(self.default_ttl);
        let entry = self.params.get_mut(&*set.address)?;
        let extra = entry.extra.get_or_insert_default();
        extra.ttl = Some(ttl);
        extra.expires = match ttl {
            Ttl::Never => None,
            Ttl::Sliding(seconds) | Ttl::Absolute(seconds) => {
                Some(now.saturating_add(u64::from(seconds) * 1_000_000))
            }
        };
        if let Some(expires) = extra.expires
            && extra.queued.is_none_or(|queued| expires < queued)
        {
            extra.queued = Some(expires);
            self.expiries.push(Reverse((expires, address.clone())));
        }
        if set.unlock {
            if let Some(holder) = extra.holder.take() {
                forget_lock(&mut self.locks, &holder, &address);
            }
            return Some(false);
        }
        if set.lock {
            extra.holder = Some(writer.clone());
            self.locks
                .entry(writer.clone())
                .or_default()
                .insert(address);
            return Some(true);
        }
        None
    }

    /// The param, without touching it.
    pub fn param(&self, address: &str, now: u64) -> Option<Param<'_>> {
        let (address, entry) = self.params.get_key_value(address)?;
        entry.is_live(now).then(|| entry.param(address))
    }

    /// The param; having been read, a sliding one begins to live anew.
    pub fn read(&mut self, address: &str, now: u64) -> Option<Param<'_>> {
        let entry = self.params.get_mut(address)?;
        if !entry.is_live(now) {
            return None;
        }
        if let Some(extra) = &mut entry.extra
            && let Some(Ttl::Sliding(seconds)) = extra.ttl
        {
            extra.expires = Some(now.saturating_add(u64::from(seconds) * 1_000_000));
        }
        self.param(address, now)
    }

    /// How many bytes a param takes in a SNAPSHOT.
    pub fn snapshot_size(param: &Param<'_>, value: usize) -> usize {
        let writer = param.writer.as_ref().map_or(0, |writer| 2 + writer.len());
        2 + param.address.len() + value + 8 + 1 + writer + 8
    }

    /// How many bytes the value at an address has, its code included.
    pub fn value_size(&self, address: &str) -> usize {
        self.params
            .get(address)
            .map_or(0, |entry| entry.value.len())
    }

    /// The addresses that match and have a value.
    pub fn matching(&self, pattern: &Pattern, now: u64) -> Vec<Rc<str>> {
        if pattern.is_literal() {
            let found = self.params.get_key_value(pattern.as_str());
            return found
                .filter(|(_, entry)| entry.is_live(now))
                .map(|(address, _)| address.clone())
                .into_iter()
                .collect();
        }
        self.params
            .iter()
            .filter(|(address, entry)| pattern.matches(address) && entry.is_live(now))
            .map(|(address, _)| address.clone())
            .collect()
    }

    /// Gives back every lock of a session that has ended.
    pub fn release(&mut self, holder: &str) {
        for address in self.locks.remove(holder).unwrap_or_default() {
            if let Some(extra) = self
                .params
                .get_mut(&address)
                .and_then(|entry| entry.extra.as_mut())
            {
                extra.holder = None;
            }
        }
    }

    /// When [`expire`](Self::expire) may have something to free.
    pub fn next_expiry(&self) -> Option<u64> {
        self.expiries.peek().map(|Reverse((due, _))| *due)
    }

    /// Frees what has lived its time.
    pub fn expire(&mut self, now: u64) {
        while self.next_expiry().is_some_and(|due| due <= now) {
            let Some(Reverse((due, address))) = self.expiries.pop() else {
                break;
            };
            let Some(extra) = self
                .params
                .get_mut(&address)
                .and_then(|entry| entry.extra.as_mut())
            else {
                continue;
            };
            if extra.queued != Some(due) {
                continue;
            }
            extra.queued = None;
            match extra.expires {
                None => {}
                Some(expires) if expires > now => {
                    extra.queued = Some(expires);
                    self.expiries.push(Reverse((expires, address)));
                }
                Some(_) => {
                    if let Some(holder) = extra.holder.take() {
                        forget_lock(&mut self.locks, &holder, &address);
                    }
                    self.params.remove(&address);
                }
            }
        }
    }
}

fn forget_lock(locks: &mut HashMap<Rc<str>, HashSet<Rc<str>>>, holder: &str, address: &str) {
    if let Some(held) = locks.get_mut(holder) {
        held.remove(address);
        if held.is_empty() {
            locks.remove(holder);
        }
    }
}

impl Entry {
    fn is_live(&self, now: u64) -> bool {
        let expires = self.extra.as_ref().and_then(|extra| extra.expires);
        expires.is_none_or(|expires| now < expires)
    }

    fn holder(&self) -> Option<&Rc<str>> {
        self.extra.as_ref()?.holder.as_ref()
    }

    fn param<'a>(&'a self, address: &'a str) -> Param<'a> {
        let (code, data) = self.value.split_first().expect("a code is always written");
        Param {
            address: address.into(),
            value: decode_value(*code, data).unwrap_or(Value::Null),
            revision: self.revision,
            writer: Some((&*self.writer).into()),
            timestamp: Some(self.timestamp),
        }
    }
}

#[cfg(test)]
mod tests;
