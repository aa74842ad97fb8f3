//! The params. Takes a SET, its writer and the time; gives the new revision or a refusal. Pure.
//!
//! Time is in µs since the epoch. A param whose TTL is over is gone at that microsecond: every
//! access checks it, and [`State::expire`] only frees the memory.
//!
//! A lookup is one access to a hash table. The addresses are also kept in order for scans: a
//! [`Scan`] visits those below a pattern's literal prefix, and can stop and continue at any of
//! them.

mod kept;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Bound;
use std::rc::Rc;
use std::sync::Arc;

use super::bytes::{put_value, value};
use super::limits;
use super::work::Slice;
use crate::clasp::wire::{
    EncodeError, Param, Pattern, Set, TTL_MAX_SECONDS, Ttl, Value, encoded_size,
};

pub use kept::Kept;

/// The memory of a param without its address and value: its entries in the tables, and the
/// allocator's overhead. Measured with a million params.
const ENTRY_BYTES: usize = 180;

/// All params.
#[derive(Debug)]
pub struct State {
    params: HashMap<Rc<str>, Entry>,
    /// The addresses of the params, in order.
    addresses: BTreeSet<Rc<str>>,
    /// When to check whether a param has expired; its TTL may have been renewed meanwhile. A param
    /// has at most one entry.
    expiries: BTreeSet<(u64, Rc<str>)>,
    /// The addresses that each session has locked.
    locks: HashMap<Rc<str>, HashSet<Rc<str>>>,
    /// The TTL for a SET without one.
    default_ttl: Ttl,
    room: Room,
    /// The memory of the params.
    bytes: usize,
    scratch: Vec<u8>,
}

/// The limits of the state.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// The number of params.
    pub params: usize,
    /// Their memory in bytes, including the tables.
    pub bytes: usize,
}

/// A cursor over the params that match a pattern, in address order. It can stop anywhere; a param
/// that is set or expires meanwhile is seen as it is when the scan reaches it.
#[derive(Debug)]
pub struct Scan {
    pattern: Pattern,
    /// The last address it visited.
    last: Option<Rc<str>>,
    done: bool,
}

impl Scan {
    /// A scan from the beginning.
    pub fn new(pattern: Pattern) -> Scan {
        Scan {
            pattern,
            last: None,
            done: false,
        }
    }

    /// Whether the scan has ended.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// The pattern it searches for.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }
}

#[derive(Debug)]
struct Entry {
    /// The type code, then the encoded data.
    value: Box<[u8]>,
    revision: u64,
    timestamp: u64,
    writer: Rc<str>,
    /// The rarely used fields.
    extra: Option<Box<Extra>>,
}

#[derive(Debug, Default)]
struct Extra {
    ttl: Option<Ttl>,
    expires: Option<u64>,
    /// The time of its entry in `expiries`.
    queued: Option<u64>,
    holder: Option<Rc<str>>,
}

/// Why a SET is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The revision is not the current one.
    #[error("RevisionConflict: revision {expected} was expected, it is {actual}")]
    Conflict {
        /// The revision that the writer named.
        expected: u64,
        /// The current revision; 0 for a param that does not exist.
        actual: u64,
    },
    /// Another session holds the lock.
    #[error("LockHeld: locked by session {holder}")]
    Locked {
        /// That session.
        holder: Rc<str>,
    },
    /// The value does not fit a frame when integers and floats are written at full width.
    #[error("InvalidValue: {0}")]
    Value(#[from] EncodeError),
    /// It would not fit the frames that report it.
    #[error("InvalidValue: address and value have {size} bytes, there is room for {most}")]
    TooLarge {
        /// The bytes of address and value together.
        size: usize,
        /// The limit.
        most: usize,
    },
    /// The number of params has reached its limit.
    #[error("the router holds {0} params already")]
    Full(usize),
    /// The memory of the params has reached its limit.
    #[error("the router's params take {0} bytes already")]
    NoMemory(usize),
    /// The data folder cannot be written.
    #[error("not written: the router's disk fails: {0}")]
    Disk(Arc<str>),
}

impl Refusal {
    /// The specification's error code.
    pub fn code(&self) -> u16 {
        match self {
            Refusal::Conflict { .. } => 400,
            Refusal::Locked { .. } => 401,
            Refusal::Value(_) | Refusal::TooLarge { .. } => 402,
            Refusal::Full(_) | Refusal::NoMemory(_) | Refusal::Disk(_) => 503,
        }
    }
}

/// The result of a SET.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The new revision of the param.
    pub revision: u64,
    /// Whether it is locked, if the SET changed that.
    pub locked: Option<bool>,
    /// How long it lives from now on; `None` if for ever.
    pub ttl: Option<Ttl>,
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
    /// An empty state. `default_ttl` is the TTL for a SET without one.
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

    /// The number of params, including expired ones that are not yet freed.
    pub fn len(&self) -> usize {
        self.params.len()
    }

    /// The memory of the params in bytes, including the tables.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether there are no params.
    pub fn is_empty(&self) -> bool {
        self.params.is_empty()
    }

    fn live(&self, address: &str, now: u64) -> Option<&Entry> {
        self.params.get(address).filter(|entry| entry.is_live(now))
    }

    /// Checks that this writer may change a param.
    ///
    /// # Errors
    /// Another session has locked it.
    pub fn check_lock(&self, address: &str, writer: &str, now: u64) -> Result<(), Refusal> {
        check_holder(self.live(address, now), writer)
    }

    /// Checks that this SET would succeed after `earlier` SETs of the same bundle to the same
    /// address, apart from the limits. Gives the bytes of its value, including the type code.
    fn check_after(
        &self,
        set: &Set<'_>,
        writer: &str,
        now: u64,
        earlier: u64,
    ) -> Result<usize, Refusal> {
        let entry = self.live(&set.address, now);
        check_holder(entry, writer)?;
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

    /// Checks that all of these SETs would succeed, one after the other: [`apply`](Self::apply)
    /// then refuses none of them.
    ///
    /// # Errors
    /// The index of the first that would fail, with the refusal.
    pub fn check_all<'s>(
        &self,
        sets: impl Iterator<Item = &'s Set<'s>> + Clone,
        writer: &str,
        now: u64,
    ) -> Result<(), (usize, Refusal)> {
        // Counting needs a hash table, and only few bundles name revisions.
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
        // Only near the limits does it matter which of the params are new.
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

    /// Executes a SET.
    ///
    /// # Errors
    /// The refusal; nothing has changed then.
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
        put_value(&set.value, &mut self.scratch)?;
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
            // It has expired, and only its memory was not freed yet.
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
        let (locked, ttl) = if plain && entry.extra.is_none() {
            (None, None)
        } else {
            let locked = self.apply_extra(set, writer, now);
            (locked, self.ttl(&set.address, now))
        };
        Ok(Written {
            revision,
            locked,
            ttl,
        })
    }

    /// Applies TTL and lock. A SET that names neither keeps the lock, and its TTL starts again with
    /// this write.
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

    /// How long a param lives from now on, in whole seconds, rounded up; `None` if for ever.
    pub fn ttl(&self, address: &str, now: u64) -> Option<Ttl> {
        let extra = self.params.get(address)?.extra.as_ref()?;
        match extra.ttl? {
            Ttl::Never => None,
            Ttl::Sliding(seconds) => Some(Ttl::Sliding(seconds)),
            Ttl::Absolute(_) => {
                let left = extra.expires?.saturating_sub(now).div_ceil(1_000_000);
                let left = u32::try_from(left).unwrap_or(TTL_MAX_SECONDS).max(1);
                Some(Ttl::Absolute(left))
            }
        }
    }

    /// The param, without renewing a sliding TTL.
    pub fn param(&self, address: &str, now: u64) -> Option<Param<'_>> {
        let (address, entry) = self.params.get_key_value(address)?;
        entry.is_live(now).then(|| entry.param(address))
    }

    /// The param; this read renews a sliding TTL.
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

    /// The size of a param in a SNAPSHOT, in bytes.
    pub fn snapshot_size(param: &Param<'_>, value: usize) -> usize {
        let writer = param.writer.as_ref().map_or(0, |writer| 2 + writer.len());
        2 + param.address.len() + value + 8 + 1 + writer + 8
    }

    /// The shared copy of an address, if there is such a param.
    pub fn address(&self, address: &str) -> Option<&Rc<str>> {
        self.addresses.get(address)
    }

    /// Continues a scan until the slice is over, or `take` gives false because it has no room: the
    /// scan then stops before that param.
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
        let mut visited = None;
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
            visited = Some(address);
        }
        scan.done = !stopped;
        if let Some(address) = visited {
            scan.last = Some(address.clone());
        }
    }

    /// Releases all locks of an ended session.
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

    /// When to call [`expire`](Self::expire) next.
    pub fn next_expiry(&self) -> Option<u64> {
        self.expiries.first().map(|(due, _)| *due)
    }

    /// Frees expired params, until the slice is over.
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

/// Refuses what another session has locked.
fn check_holder(entry: Option<&Entry>, writer: &str) -> Result<(), Refusal> {
    match entry.and_then(Entry::holder) {
        Some(holder) if **holder != *writer => Err(Refusal::Locked {
            holder: holder.clone(),
        }),
        _ => Ok(()),
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
        Param {
            address: address.into(),
            value: value(&self.value).unwrap_or(Value::Null),
            revision: self.revision,
            writer: Some((&*self.writer).into()),
            timestamp: Some(self.timestamp),
        }
    }
}

#[cfg(test)]
mod tests;
