//! The state's interface to the store. Gives each param as a `StoredParam` to write, and restores
//! it from one.

use std::collections::HashSet;
use std::ops::Bound;
use std::rc::Rc;

use super::{ENTRY_BYTES, Entry, Extra, State, forget_lock};
use crate::clasp::router::work::Slice;
use crate::clasp::wire::Ttl;

/// A param as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept<'a> {
    /// The address.
    pub address: &'a str,
    /// The type code, then the encoded data.
    pub value: &'a [u8],
    /// The revision.
    pub revision: u64,
    /// When it was written, in µs since the epoch.
    pub timestamp: u64,
    /// The session that wrote it last.
    pub writer: &'a str,
    /// Its TTL, if the writer or the router set one.
    pub ttl: Option<Ttl>,
    /// When it expires, in µs since the epoch.
    pub expires: Option<u64>,
}

impl Entry {
    fn kept<'a>(&'a self, address: &'a str) -> Kept<'a> {
        Kept {
            address,
            value: &self.value,
            revision: self.revision,
            timestamp: self.timestamp,
            writer: &self.writer,
            ttl: self.extra.as_ref().and_then(|extra| extra.ttl),
            expires: self.extra.as_ref().and_then(|extra| extra.expires),
        }
    }
}

impl State {
    /// A param to store. Its lock is not stored, because it ends with its session.
    #[inline]
    pub fn kept(&self, address: &str) -> Option<Kept<'_>> {
        let (address, entry) = self.params.get_key_value(address)?;
        Some(entry.kept(address))
    }

    /// When a param expires, if it does.
    pub fn expires(&self, address: &str) -> Option<u64> {
        self.params.get(address)?.extra.as_ref()?.expires
    }

    /// Continues after `last` through the live params, until the slice is over or `take` gives
    /// false. Gives whether the end was reached.
    pub fn walk<'s>(
        &'s self,
        last: &mut Option<Rc<str>>,
        now: u64,
        slice: &mut Slice,
        mut take: impl FnMut(Kept<'s>) -> bool,
    ) -> bool {
        let from = match last {
            Some(last) => Bound::Excluded(&**last),
            None => Bound::Unbounded,
        };
        for address in self.addresses.range::<str, _>((from, Bound::Unbounded)) {
            let is_enough = self
                .live(address, now)
                .is_some_and(|entry| !take(entry.kept(address)));
            if is_enough || slice.is_over() {
                *last = Some(address.clone());
                return false;
            }
        }
        true
    }

    /// Restores a stored param.
    pub fn restore(&mut self, kept: &Kept<'_>) {
        let extra = (kept.ttl.is_some() || kept.expires.is_some()).then(|| {
            Box::new(Extra {
                ttl: kept.ttl,
                expires: kept.expires,
                queued: None,
                holder: None,
            })
        });
        if let Some(entry) = self.params.get_mut(kept.address) {
            self.bytes = self.bytes + kept.value.len() - entry.value.len();
            if entry.value.len() == kept.value.len() {
                entry.value.copy_from_slice(kept.value);
            } else {
                entry.value = kept.value.into();
            }
            entry.revision = kept.revision;
            entry.timestamp = kept.timestamp;
            if *entry.writer != *kept.writer {
                entry.writer = kept.writer.into();
            }
            let queued = entry.extra.as_ref().and_then(|extra| extra.queued);
            entry.extra = extra;
            if queued.is_some() {
                // Its entry stays; when it is due, the param is checked and queued again if it
                // lives longer.
                entry.extra.get_or_insert_default().queued = queued;
            }
        } else {
            let address: Rc<str> = kept.address.into();
            self.bytes += ENTRY_BYTES + address.len() + kept.value.len();
            self.addresses.insert(address.clone());
            let entry = Entry {
                value: kept.value.into(),
                revision: kept.revision,
                timestamp: kept.timestamp,
                writer: kept.writer.into(),
                extra,
            };
            self.params.insert(address, entry);
        }
        if let Some(expires) = kept.expires {
            self.queue_expiry(kept.address, expires);
        }
    }

    /// Puts a param as a cluster has it, locked by this session or by none.
    pub fn place(&mut self, kept: &Kept<'_>, holder: Option<&Rc<str>>) {
        self.unlock(kept.address);
        self.restore(kept);
        let Some(holder) = holder else { return };
        let Some((address, _)) = self.params.get_key_value(kept.address) else {
            return;
        };
        let address = address.clone();
        if let Some(entry) = self.params.get_mut(&address) {
            entry.extra.get_or_insert_default().holder = Some(holder.clone());
            let held = self.locks.entry(holder.clone()).or_default();
            held.insert(address);
        }
    }

    fn unlock(&mut self, address: &str) {
        let entry = self.params.get_mut(address);
        let extra = entry.and_then(|entry| entry.extra.as_mut());
        if let Some(holder) = extra.and_then(|extra| extra.holder.take()) {
            forget_lock(&mut self.locks, &holder, address);
        }
    }

    /// Removes a param, if it is there.
    pub fn remove(&mut self, address: &str) {
        self.unlock(address);
        let Some((address, entry)) = self.params.remove_entry(address) else {
            return;
        };
        self.bytes -= ENTRY_BYTES + address.len() + entry.value.len();
        let queued = entry.extra.and_then(|extra| extra.queued);
        if let Some(queued) = queued {
            self.expiries.remove(&(queued, address.clone()));
        }
        self.addresses.remove(&address);
    }

    /// The revision of a param, 0 where there is none, and who holds its lock.
    pub fn standing(&self, address: &str) -> (u64, Option<&Rc<str>>) {
        let entry = self.params.get(address);
        entry.map_or((0, None), |entry| (entry.revision, entry.holder()))
    }

    /// How many locks a session holds.
    pub fn locks_of(&self, holder: &str) -> usize {
        self.locks.get(holder).map_or(0, HashSet::len)
    }

    /// What a session has locked.
    pub fn locked_by(&self, holder: &str) -> Vec<Rc<str>> {
        let held = self.locks.get(holder);
        held.into_iter().flatten().cloned().collect()
    }

    /// The addresses that are not among these.
    pub fn addresses_beside(&self, known: &HashSet<Rc<str>>) -> Vec<Rc<str>> {
        let all = self.addresses.iter();
        all.filter(|address| !known.contains(*address))
            .cloned()
            .collect()
    }

    /// Changes the time at which a restored param expires.
    pub fn restore_expiry(&mut self, address: &str, expires: u64) {
        let entry = self.params.get_mut(address);
        if let Some(extra) = entry.and_then(|entry| entry.extra.as_mut())
            && extra.expires.is_some()
        {
            extra.expires = Some(expires);
            self.queue_expiry(address, expires);
        }
    }

    fn queue_expiry(&mut self, address: &str, expires: u64) {
        let Some(address) = self.addresses.get(address).cloned() else {
            return;
        };
        let entry = self.params.get_mut(&address);
        if let Some(extra) = entry.and_then(|entry| entry.extra.as_mut())
            && extra.queued.is_none_or(|queued| expires < queued)
        {
            if let Some(later) = extra.queued.replace(expires) {
                self.expiries.remove(&(later, address.clone()));
            }
            self.expiries.insert((expires, address));
        }
    }
}
