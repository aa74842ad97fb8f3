//! Persistence in the hub: records changes in the store, and restores the state that an earlier
//! router left. Without a store these functions do nothing.

use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::watch;

use super::super::Notice;
use super::super::bytes::{self, put_value};
use super::super::grants::{Grant, Resource, Share};
use super::super::schedule::timeline::Timeline;
use super::super::state::State;
use super::super::store::record::{self, HeldRecord, Record, SignalRecord, TimelineRecord};
use super::super::store::{DiskReport, Store};
use super::super::work::Slice;
use super::bundles::Timed;
use super::requests::signal_bytes;
use super::{Announced, Hub, Now};
use crate::clasp::wire::{Signal, Value, encoded_size};
use crate::net::peer::close;

/// A held bundle that was due while the router was not running is still executed within this time,
/// in µs, so that a restart does not lose a cue. A later one could do harm.
const LATE: u64 = 10_000_000;

/// The text for a session that is ended because the disk failed.
const NOT_KEPT: &str = "the router's disk failed: whether the last writes were stored is unknown";

impl Hub {
    /// Restores the state that an earlier router left, and records changes from now on. Gives
    /// notices for the operator.
    pub fn restore(&mut self, state: State, store: Store, now: Now) -> Vec<Notice> {
        self.state = state;
        let found = store.found();
        self.store = Some(Box::new(store));
        let nobody = self.nobody.clone();
        let (mut late, mut ended) = (0, 0);
        for row in &found {
            match record::read(&mut &row[..]) {
                Some(Record::Held(held)) if held.due + LATE < now.micros => {
                    late += 1;
                    self.end_held(held.id);
                }
                Some(Record::Held(held)) => match self.restored_grant(held.grant, &nobody, now) {
                    Some(grant) => self.restore_held(&held, &grant),
                    None => {
                        ended += 1;
                        self.end_held(held.id);
                    }
                },
                Some(Record::Timeline(row)) => {
                    let grant = self.restored_grant(row.grant, &nobody, now);
                    if !grant.is_some_and(|grant| self.restore_timeline(&row, &grant, now)) {
                        ended += 1;
                        self.forget_timeline(row.address);
                    }
                }
                Some(Record::Signal(row)) => match self.restored_grant(row.grant, &nobody, now) {
                    Some(grant) => self.restore_signal(&row, &grant),
                    None => {
                        ended += 1;
                        self.forget_signal(row.address);
                    }
                },
                _ => {}
            }
        }
        self.commit();
        let late = (late > 0).then_some(Notice::LateBundles(late));
        let ended = (ended > 0).then_some(Notice::RightsEnded(ended));
        late.into_iter().chain(ended).collect()
    }

    /// The grant that something was started with, if it is still valid: that of its token, or,
    /// without a token, the anonymous grant.
    pub(super) fn restored_grant(
        &mut self,
        hash: &str,
        nobody: &Rc<Grant>,
        now: Now,
    ) -> Option<Rc<Grant>> {
        let Some(tokens) = self.tokens.as_ref().filter(|_| !hash.is_empty()) else {
            return Some(nobody.clone());
        };
        if let Some(grant) = self.grants.get(hash).and_then(std::rc::Weak::upgrade) {
            return Some(grant);
        }
        let (rights, record) = tokens.find(hash, now.micros)?;
        self.token_due = self.token_due.into_iter().chain(record.expires).min();
        let grant = Rc::new(Grant::of_token(rights, record.clone()));
        self.grants.insert(hash.to_owned(), Rc::downgrade(&grant));
        Some(grant)
    }

    fn restore_held(&mut self, held: &HeldRecord<'_>, grant: &Rc<Grant>) {
        let bytes = Timed::bytes(held.frame);
        let share = Share::restore(grant, &self.counts, Resource::TimedBundle, bytes);
        let timed = Timed::restored(held.frame, held.sender, share, held.id);
        self.timed.push(held.due, timed);
    }

    /// Restores a timeline. Gives whether it could be read.
    fn restore_timeline(&mut self, row: &TimelineRecord<'_>, grant: &Rc<Grant>, now: Now) -> bool {
        let Some(value) = bytes::value(row.value) else {
            return false;
        };
        let Some(Ok(timeline)) = Timeline::read(&value, row.start) else {
            return false;
        };
        let bytes = timeline.bytes(row.value.len());
        let share = Share::restore(grant, &self.counts, Resource::Timeline, bytes);
        let writer = row.writer.into();
        self.timelines
            .play(row.address, timeline, writer, share, now.micros);
        true
    }

    fn restore_signal(&mut self, row: &SignalRecord<'_>, grant: &Rc<Grant>) {
        let signal = Signal {
            address: row.address.to_owned().into(),
            signal: row.signal,
            datatype: row.datatype.map(|text| text.to_owned().into()),
            access: row.access.map(|text| text.to_owned().into()),
            meta: None,
        };
        let share = Share::restore(grant, &self.counts, Resource::Signal, signal_bytes(&signal));
        let announced = Announced { signal, share };
        self.signals.insert(row.address.into(), announced);
    }

    /// The channel of the store's reports.
    pub fn store_reports(&self) -> Option<watch::Receiver<DiskReport>> {
        self.store.as_ref().map(|store| store.reports())
    }

    /// Why the store cannot be written, if there is one and it fails.
    #[inline]
    pub(super) fn cannot_keep(&self) -> Option<Arc<str>> {
        self.store.as_ref()?.failed().cloned()
    }

    /// Whether so much waits for the disk, or for a cluster's engine, that nobody should be read any further.
    #[inline]
    pub(super) fn is_disk_behind(&self) -> bool {
        self.store.as_ref().is_some_and(|store| store.is_full())
            || self
                .cluster
                .as_ref()
                .is_some_and(|cluster| cluster.is_full())
    }

    /// Records a change, if there is a store. Frames queued from now on report it.
    #[inline]
    fn keep<T>(&mut self, record: impl FnOnce(&mut Store, &State) -> T) -> Option<T> {
        let store = self.store.as_mut()?;
        let kept = record(store, &self.state);
        if store.failed().is_none() {
            self.log.set_batch(store.number());
        }
        Some(kept)
    }

    #[inline]
    pub(super) fn keep_param(&mut self, address: &str) {
        self.keep(|store, state| {
            if let Some(kept) = state.kept(address) {
                store.param(&kept);
            }
        });
    }

    /// When a param expires, if there is a store.
    pub(super) fn expires_if_kept(&self, address: &str) -> Option<u64> {
        self.store.as_ref()?;
        self.state.expires(address)
    }

    /// Records that a read renewed the TTL of a param, to a tenth of a second.
    pub(super) fn keep_touch(&mut self, address: &str, before: Option<u64>) {
        const GRAIN: u64 = 100_000;
        let Some(before) = before else { return };
        if let Some(after) = self.state.expires(address)
            && before / GRAIN != after / GRAIN
        {
            self.keep(|store, _| store.touch(address, after));
        }
    }

    pub(super) fn keep_held(&mut self, due: u64, sender: &str, grant: &Grant, frame: &[u8]) -> u64 {
        let id = self.keep(|store, _| store.hold(due, sender, &grant.hash(), frame));
        id.unwrap_or_default()
    }

    pub(super) fn end_held(&mut self, id: u64) {
        self.keep(|store, _| store.not_held(id));
    }

    pub(super) fn keep_timeline(
        &mut self,
        address: &str,
        timeline: &Timeline,
        writer: &str,
        grant: &Grant,
        value: &Value<'_>,
    ) {
        self.keep(|store, _| {
            let mut bytes = Vec::with_capacity(1 + encoded_size(value).unwrap_or_default());
            // It came in a frame, so it can be encoded.
            let _ = put_value(value, &mut bytes);
            store.timeline(&TimelineRecord {
                address,
                start: timeline.start(),
                writer,
                grant: &grant.hash(),
                value: &bytes,
            });
        });
    }

    /// Ends the timeline of an address, if one runs.
    #[inline]
    pub(super) fn end_timeline(&mut self, address: &str) {
        self.timelines.cancel(address);
        if self.store.is_some() {
            self.forget_timeline(address);
        }
    }

    /// Records that the timeline of an address has ended.
    pub(super) fn forget_timeline(&mut self, address: &str) {
        self.keep(|store, _| store.no_timeline(address));
    }

    pub(super) fn keep_signal(&mut self, signal: &Signal<'_>, grant: &Grant) {
        self.keep(|store, _| {
            store.signal(&SignalRecord {
                address: &signal.address,
                signal: signal.signal,
                datatype: signal.datatype.as_deref(),
                access: signal.access.as_deref(),
                grant: &grant.hash(),
            });
        });
    }

    fn forget_signal(&mut self, address: &str) {
        self.keep(|store, _| store.no_signal(address));
    }

    /// Removes the announced signals for which `is_over` gives true.
    pub(super) fn end_signals(&mut self, mut is_over: impl FnMut(&Announced) -> bool) {
        let ended: Vec<Rc<str>> = self
            .signals
            .extract_if(.., |_, announced| is_over(announced))
            .map(|(address, _)| address)
            .collect();
        for address in ended {
            self.forget_signal(&address);
        }
    }

    /// Passes the records to the disk: at the end of a turn, so that related records are in one
    /// batch.
    #[inline]
    pub fn commit(&mut self) {
        self.commit_history();
        if let Some(store) = &mut self.store {
            store.commit();
            if store.has_work() {
                self.wake_worker();
            }
        }
    }

    /// Continues a compaction of the store. Gives whether there is more to do.
    pub(super) fn work_on_store(&mut self, now: Now, slice: &mut Slice) -> bool {
        let Some(store) = &mut self.store else {
            return false;
        };
        store.work(&self.state, now.micros, slice);
        store.has_work()
    }

    /// Handles a report of the store: new batches are safe, or it has failed or recovered. Gives a
    /// notice.
    pub fn store_report(&mut self, report: DiskReport) -> Option<Notice> {
        let store = self.store.as_mut()?;
        let was_full = store.is_full();
        let (safe, failed) = (report.safe, report.failed.clone());
        let before = store.take_report(report);
        if was_full && !store.is_full() {
            for session in self.sessions.iter_mut().flatten() {
                session.wake();
            }
        }
        if store.has_work() {
            self.wake_worker();
        }
        for key in self.log.set_safe(safe) {
            let waiting = self.with_outbox(key, |outbox, log| outbox.is_held_back(log));
            if waiting == Some(true) {
                self.log.wait(key);
            }
            if let Some(session) = self.session_mut(key) {
                session.wake();
            }
        }
        match (before.failed, failed) {
            (None, Some(why)) => {
                self.end_waiting(safe);
                Some(Notice::DiskFailed(why.to_string()))
            }
            (Some(_), None) => Some(Notice::DiskWell),
            _ => None,
        }
    }

    /// Ends the sessions that wait for a failed disk, because their replies would not be true.
    /// Later requests are answered from memory.
    fn end_waiting(&mut self, safe: u64) {
        self.log.set_batch(safe);
        let is_waiting = |hub: &Hub, key| {
            let session: Option<&super::Session> = hub.session(key);
            session.is_some_and(|session| session.outbox.is_held_back(&hub.log))
        };
        for key in 0..self.sessions.len() as super::Key {
            if is_waiting(self, key) {
                self.with_outbox(key, |outbox, log| {
                    outbox.forget_unsafe(log);
                    outbox.close(close::ERROR, NOT_KEPT);
                });
                if let Some(session) = self.session_mut(key) {
                    session.pending.clear();
                    session.wake();
                }
                self.subscriptions.remove_session(key);
            }
        }
        self.wake_worker();
    }

    /// Writes what is left, and waits until it is on disk.
    pub fn close_store(&mut self) {
        self.commit();
        self.store = None;
        self.history = None;
    }
}
