//! The params, pure: a SET, its writer and the time enter; a revision or a refusal leaves.
//!
//! Time is in µs since the epoch. A param whose time to live is over is gone at that microsecond:
//! every access asks, and [`State::expire`] only frees the memory.
//!
//! A lookup is one look into a hash table. The addresses also stand in order, for scans: a
//! [`Scan`] visits those below a pattern's literal prefix, and can stop and go on at any of them.

mod kept;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Bound;
use std::rc::Rc;
use std::sync::Arc;

use super::limits;
use super::work::Slice;
use crate::clasp::wire::{
    EncodeError, Param, Pattern, Set, Ttl, Value, decode_value, encode_value, encoded_size,
};

pub use kept::Kept;

/// What a param takes beside its address and value: its places in the tables, and what the
/// allocator adds. Measured with a million params.
const ENTRY_BYTES: usize = 180;

/// All params.
#[derive(Debug)]
pub struct State {
    params: HashMap<Rc<str>, Entry>,
    /// The addresses of the params, in order.
    addresses: BTreeSet<Rc<str>>,
    /// When to look whether a param's time is over; it may have been touched meanwhile. A param
    /// stands here at most once.
    expiries: BTreeSet<(u64, Rc<str>)>,
    /// What each session has locked.
    locks: HashMap<Rc<str>, HashSet<Rc<str>>>,
    /// The time to live of a SET that names none.
    default_ttl: Ttl,
    room: Room,
    /// What the params take.
    bytes: usize,
    scratch: Vec<u8>,
}

/// How much there may be.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// How many params.
    pub params: usize,
    /// How many bytes they may take together, the tables included.
    pub bytes: usize,
}

/// A walk over the params that match a pattern, in the order of their addresses. It may stop
/// anywhere: what is set or expires meanwhile is seen as it is when the scan comes to it.
#[derive(Debug)]
pub struct Scan {
    pattern: Pattern,
    /// The address it came to.
    last: Option<Rc<str>>,
    done: bool,
}

impl Scan {
    /// A scan that has not begun.
    pub fn new(pattern: Pattern) -> Scan {
        Scan {
            pattern,
            last: None,
            done: false,
        }
    }

    /// Whether it has come to its end.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// What it looks for.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }
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
    /// The time under which it stands among the expiries.
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
    /// The params take as many bytes as they may.
    #[error("the router's params take {0} bytes already")]
    NoMemory(usize),
    /// What is written is to survive, and the disk does not take it.
    #[error("not written: the router's disk takes nothing: {0}")]
    Disk(Arc<str>),
}

impl Refusal {
    /// The specification's number for it.
    pub fn code(&self) -> u16 {
        match self {
            Refusal::Conflict { .. } => 400,
            Refusal::Locked { .. } => 401,
            Refusal::Value(_) | Refusal::TooLarge { .. } => 402,
            Refusal::Full(_) | Refusal::NoMemory(_) | Refusal::Disk(_) => 503,
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
        State::new(Ttl::Never, Room::default())
    }
}

impl Default for Room {
    fn default() -> Self {
        Room {
            params: limits::PARAMS,
            bytes: limits::PARAMS_BYTES,
        }
    }
}

impl State {
    /// No params yet; a SET that names no time to live gets this one.
    pub fn new(default_ttl: Ttl, room: Room) -> State {
        State {
            params: HashMap::new(),
            addresses: BTreeSet::new(),
            expiries: BTreeSet::new(),
            locks: HashMap::new(),
            default_ttl,
            room,
            bytes: 0,
            scratch: Vec::new(),
        }
    }

    /// How many params there are, those included whose time is over but not yet swept.
    pub fn len(&self) -> usize {
        self.params.len()
    }

    /// How many bytes they take, the tables included.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.params.is_empty()
    }

    fn live(&self, address: &str, now: u64) -> Option<&Entry> {
        self.params.get(address).filter(|entry| entry.is_live(now))
    }

    /// Whether this SET would be done after so many SETs of the same bundle to the same address,
    /// room aside; how many bytes its value takes, the code of its type included.
    fn check_after(
        &self,
        set: &Set<'_>,
        writer: &str,
        now: u64,
        earlier: u64,
    ) -> Result<usize, Refusal> {
        let entry = self.live(&set.address, now);
        if let Some(holder) = entry.and_then(Entry::holder)
            && **holder != *writer
        {
            return Err(Refusal::Locked {
                holder: holder.clone(),
            });
        }
        let actual = entry.map_or(0, |entry| entry.revision) + earlier;
        if let Some(expected) = set.revision
            && expected != actual
        {
            return Err(Refusal::Conflict { expected, actual });
        }
        let value = 1 + encoded_size(&set.value)?;
        let size = set.address.len() + value;
        if size > limits::PARAM_BYTES {
            return Err(Refusal::TooLarge {
                size,
                most: limits::PARAM_BYTES,
            });
        }
        Ok(value)
    }

    /// Whether all of these SETs would be done, one after the other: what is true of it then
    /// [`apply`](Self::apply) does not refuse.
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
        let (mut count, mut bytes) = (0, 0);
        for (place, set) in sets.clone().enumerate() {
            let before = if counted {
                let count = earlier.entry(&set.address).or_default();
                *count += 1;
                *count - 1
            } else {
                0
            };
            let value = self
                .check_after(set, writer, now, before)
                .map_err(|refusal| (place, refusal))?;
            count += 1;
            bytes += ENTRY_BYTES + set.address.len() + value;
        }
        // Only near the limits is it worth knowing which of the params are new.
        if self.params.len() + count <= self.room.params && self.bytes + bytes <= self.room.bytes {
            return Ok(());
        }
        self.check_room(sets)
    }

    fn check_room<'s>(
        &self,
        sets: impl Iterator<Item = &'s Set<'s>>,
    ) -> Result<(), (usize, Refusal)> {
        let (mut new, mut total) = (0, self.bytes);
        let mut sizes: HashMap<&str, usize> = HashMap::new();
        for (place, set) in sets.enumerate() {
            let address = &*set.address;
            let value = 1 + encoded_size(&set.value).map_err(|why| (place, why.into()))?;
            let before = sizes.insert(address, value);
            let before = before.or_else(|| Some(self.params.get(address)?.value.len()));
            let before = before.unwrap_or_else(|| {
                new += 1;
                total += ENTRY_BYTES + address.len();
                0
            });
            total = total + value - before;
            if self.params.len() + new > self.room.params {
                return Err((place, Refusal::Full(self.room.params)));
            }
            if total > self.room.bytes && value > before {
                return Err((place, Refusal::NoMemory(self.room.bytes)));
            }
        }
        Ok(())
    }

    /// Does a SET.
    ///
    /// # Errors
    /// Why it was not done; nothing has changed then.
    pub fn apply(&mut self, set: &Set<'_>, writer: &Rc<str>, now: u64) -> Result<Written, Refusal> {
        let size = self.check_after(set, writer, now, 0)?;
        let known = self.params.get(&*set.address);
        let growth = match known {
            Some(entry) => size.saturating_sub(entry.value.len()),
            None if self.params.len() >= self.room.params => {
                return Err(Refusal::Full(self.room.params));
            }
            None => ENTRY_BYTES + set.address.len() + size,
        };
        if growth > 0 && self.bytes + growth > self.room.bytes {
            return Err(Refusal::NoMemory(self.room.bytes));
        }
        self.scratch.clear();
        self.scratch.push(0);
        self.scratch[0] = encode_value(&set.value, &mut self.scratch)?;
        if known.is_none() {
            let address: Rc<str> = Rc::from(&*set.address);
            let entry = Entry {
                value: Box::default(),
                revision: 0,
                timestamp: now,
                writer: writer.clone(),
                extra: None,
            };
            self.bytes += ENTRY_BYTES + address.len();
            self.addresses.insert(address.clone());
            self.params.insert(address, entry);
        }
        let entry = self.params.get_mut(&*set.address).expect("it is there");
        if !entry.is_live(now) {
            // Its memory was not freed yet, and that is all that is left of it.
            entry.revision = 0;
            if let Some(extra) = entry.extra.take() {
                if let Some(queued) = extra.queued
                    && let Some(address) = self.addresses.get(&*set.address)
                {
                    self.expiries.remove(&(queued, address.clone()));
                }
                if let Some(holder) = extra.holder {
                    forget_lock(&mut self.locks, &holder, &set.address);
                }
            }
        }
        if entry.value.len() == self.scratch.len() {
            entry.value.copy_from_slice(&self.scratch);
        } else {
            self.bytes = self.bytes + self.scratch.len() - entry.value.len();
            entry.value = self.scratch.as_slice().into();
        }
        entry.revision += 1;
        entry.timestamp = now;
        if !Rc::ptr_eq(&entry.writer, writer) {
            entry.writer = writer.clone();
        }
        let revision = entry.revision;
        let plain = set.ttl.is_none() && self.default_ttl == Ttl::Never && !set.lock && !set.unlock;
        let locked = if plain && entry.extra.is_none() {
            None
        } else {
            self.apply_extra(set, writer, now)
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
            if let Some(later) = extra.queued.replace(expires) {
                self.expiries.remove(&(later, address.clone()));
            }
            self.expiries.insert((expires, address.clone()));
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

    /// The address as it is kept, if there is such a param.
    pub fn address(&self, address: &str) -> Option<&Rc<str>> {
        self.addresses.get(address)
    }

    /// Goes on with a scan until the slice is over, or `take` says that it has no room: then the
    /// scan stands before that param.
    pub fn scan<'s>(
        &'s self,
        scan: &mut Scan,
        now: u64,
        slice: &mut Slice,
        mut take: impl FnMut(Param<'s>, usize) -> bool,
    ) {
        if scan.pattern.is_literal() {
            let text = scan.pattern.as_str();
            let found = self.params.get_key_value(text);
            if let Some((address, entry)) = found.filter(|(_, entry)| entry.is_live(now))
                && !take(entry.param(address), entry.value.len())
            {
                return;
            }
            scan.done = true;
            return;
        }
        let prefix = scan.pattern.literal_prefix();
        let from = match &scan.last {
            Some(last) => Bound::Excluded(&**last),
            None => Bound::Included(prefix),
        };
        let mut came_to = None;
        let mut stopped = false;
        for address in self.addresses.range::<str, _>((from, Bound::Unbounded)) {
            if !address.starts_with(prefix) {
                break;
            }
            if slice.is_over() {
                stopped = true;
                break;
            }
            if scan.pattern.matches(address)
                && let Some(entry) = self.live(address, now)
                && !take(entry.param(address), entry.value.len())
            {
                stopped = true;
                break;
            }
            came_to = Some(address);
        }
        scan.done = !stopped;
        if let Some(address) = came_to {
            scan.last = Some(address.clone());
        }
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
        self.expiries.first().map(|(due, _)| *due)
    }

    /// Frees what has lived its time, until the slice is over.
    pub fn expire(&mut self, now: u64, slice: &mut Slice) {
        while self.next_expiry().is_some_and(|due| due <= now) && !slice.is_over() {
            let Some((_, address)) = self.expiries.pop_first() else {
                break;
            };
            let Some(extra) = self
                .params
                .get_mut(&address)
                .and_then(|entry| entry.extra.as_mut())
            else {
                continue;
            };
            extra.queued = None;
            match extra.expires {
                None => {}
                Some(expires) if expires > now => {
                    extra.queued = Some(expires);
                    self.expiries.insert((expires, address));
                }
                Some(_) => {
                    if let Some(holder) = extra.holder.take() {
                        forget_lock(&mut self.locks, &holder, &address);
                    }
                    if let Some(entry) = self.params.remove(&address) {
                        self.bytes -= ENTRY_BYTES + address.len() + entry.value.len();
                    }
                    self.addresses.remove(&address);
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
