//! In a cluster: this router's copy of the engine's stream. Takes the messages of the stream; applies them
//! in order, delivers them to subscribers, and finishes the writes of this router.

use std::borrow::Cow;
use std::rc::Rc;

use super::super::Notice;
use super::super::bytes;
use super::super::cluster::Cluster;
use super::super::cluster::api::{self, NO_STREAM};
use super::super::cluster::envelope::Envelope;
use super::super::cluster::lease::{Lease, Waiting};
use super::super::cluster::nats;
use super::super::cluster::subject::Topic;
use super::super::cluster::sync::{Step, Stored, Sync};
use super::super::cluster::writes::{Id, Phase};
use super::super::outbox::Kind;
use super::super::state::Kept;
use super::upstream::Outcome;
use super::{Hub, Now};
use crate::clasp::wire::{Message, Set, SignalType, Ttl, Value};
use crate::ids::random_number;

/// The reason for ending sessions that held locks.
const LOCKS_LOST: &str = "its locks are lost: this router's lease in the cluster has expired";

/// The reason for ending sessions when the stream has become shorter.
const WENT_BACK: &str = "the cluster's engine has lost values; connect again for what is left";

/// The reason for ending the sessions that were told that values may be old: only a WELCOME can say that they are not
/// any more.
const IS_BACK: &str =
    "the cluster's engine is back, and values are the present ones: connect again";

impl Hub {
    pub(super) fn sync_replied(
        &mut self,
        kind: &str,
        attempt: u64,
        message: &nats::Message<'_>,
        now: Now,
    ) -> Option<Notice> {
        let cluster = self.cluster()?;
        let sync = cluster
            .sync
            .as_mut()
            .filter(|sync| sync.attempt == attempt)?;
        let reply = api::reply(message.body).unwrap_or_default();
        if message.status().is_some() || reply.error.is_some() {
            sync.proceed(Step::Pause, now.micros);
            let is_gone = reply.error.is_some_and(|error| error.err_code == NO_STREAM);
            return is_gone.then_some(Notice::EngineEmpty);
        }
        match kind {
            "s" => {
                let position = reply.state?.last_seq;
                let went_back = position < cluster.position;
                if went_back && !cluster.is_behind_for_long(now.micros) {
                    // A new leader may not have read all of its own log yet.
                    if let Some(sync) = &mut cluster.sync {
                        sync.proceed(Step::Pause, now.micros);
                    }
                    return None;
                }
                cluster.copy(position, now.micros);
                if went_back {
                    self.forget_all(now);
                    return Some(Notice::EngineWentBack);
                }
            }
            _ => {
                sync.proceed(Step::Values, now.micros);
                if reply.num_pending == Some(0) {
                    return self.copy_is_complete(now);
                }
            }
        }
        None
    }

    /// Handles a message of the copy's consumer: the last value of a subject.
    pub(super) fn copied_value(
        &mut self,
        message: &nats::Message<'_>,
        attempt: u64,
        now: Now,
    ) -> Option<Notice> {
        let cluster = self.cluster()?;
        let sync = cluster
            .sync
            .as_mut()
            .filter(|sync| sync.attempt == attempt)?;
        if message.status().is_some() {
            if !message.reply.is_empty() {
                cluster.control_flow(message.reply);
            }
            return None;
        }
        let (sequence, pending) = api::place(message.reply)?;
        sync.proceed(Step::Values, now.micros);
        let stored = stored(message, sequence);
        self.take_stored(&stored, now);
        if pending == 0 {
            return self.copy_is_complete(now);
        }
        None
    }

    /// Handles a republished message.
    pub(super) fn republished(&mut self, message: &nats::Message<'_>, now: Now) {
        let sequence = message.header("Nats-Sequence");
        let Some(sequence) = sequence.and_then(|text| text.parse().ok()) else {
            return;
        };
        let stored = stored(message, sequence);
        let Some(cluster) = self.cluster() else {
            return;
        };
        if let Some(sync) = &mut cluster.sync {
            if !sync.wait(stored) {
                cluster.begin_sync(now.micros);
            }
            return;
        }
        self.next_stored(stored, now);
    }

    /// Applies a message if it is the next one of the stream.
    fn next_stored(&mut self, stored: Stored, now: Now) {
        let Some(cluster) = self.cluster() else {
            return;
        };
        if stored.sequence <= cluster.position {
            return;
        }
        if stored.sequence > cluster.position + 1 {
            return cluster.begin_sync(now.micros);
        }
        cluster.position = stored.sequence;
        let place = match Envelope::read(&stored.body) {
            Some(envelope) if envelope.count > 1 => (envelope.place, envelope.count),
            _ => (0, 1),
        };
        if place.1 > 1 {
            // A bundle is applied as a whole.
            cluster.batch.push(stored);
            if place.0 + 1 == place.1 {
                for stored in std::mem::take(&mut cluster.batch) {
                    self.take_stored(&stored, now);
                }
            }
        } else {
            self.take_stored(&stored, now);
        }
        self.position_changed(now);
    }

    fn position_changed(&mut self, now: Now) {
        let Some(cluster) = self.cluster() else {
            return;
        };
        let position = cluster.position;
        for id in cluster.writes.waiting_until(position) {
            cluster.writes.retry(id);
        }
        for frame in cluster.events.due(position) {
            self.tell_event(&frame, now);
        }
    }

    /// Applies a message, unless a newer one of its subject was applied.
    fn take_stored(&mut self, stored: &Stored, now: Now) {
        let Some(cluster) = self.cluster.as_deref() else {
            return;
        };
        match cluster.names.topic(&stored.subject) {
            Some(Topic::Param(address)) => self.take_value(&address, true, stored, now),
            Some(Topic::Entry(key)) => self.take_value(&key, false, stored, now),
            Some(Topic::Router(lease)) => {
                if let Ok(lease) = u64::from_str_radix(lease, 16) {
                    self.take_lease(lease, stored, now);
                }
            }
            None => {}
        }
    }

    /// A param or an entry, by its key.
    fn take_value(&mut self, address: &str, is_param: bool, stored: &Stored, now: Now) {
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        let sequence = stored.sequence;
        let envelope = Envelope::read(&stored.body).filter(|_| !stored.is_marker);
        let own = envelope.filter(|envelope| envelope.router == cluster.id);
        if let Some(own) = &own
            && let Some(write) = cluster.writes.get_mut(own.write)
        {
            write.seen.get_or_insert(sequence - u64::from(own.place));
        }
        if let Some(sync) = &mut cluster.sync {
            sync.addresses.insert(address.into());
        }
        let (revision, _) = self.state.standing(address);
        let known = cluster.sequence(address, revision);
        if sequence > known {
            match &envelope {
                envelope if !is_param => {
                    self.take_entry(address, sequence, envelope.as_ref(), now);
                }
                Some(envelope) => self.put_param(address, sequence, envelope, now),
                None => {
                    self.state.remove(address);
                    cluster.expired(address, sequence, now.micros);
                }
            }
        }
        // While a copy is made, all are settled together at its end.
        if let Some(own) = own
            && own.place + 1 == own.count
            && self.cluster().is_some_and(|cluster| cluster.sync.is_none())
        {
            self.settle(own.write, now);
        }
    }

    fn put_param(&mut self, address: &str, sequence: u64, envelope: &Envelope<'_>, now: Now) {
        let is_new = envelope.revision == 0;
        if is_new && !envelope.is_step {
            self.interrupt_timeline(address);
        }
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        let kept = kept_of(address, sequence, envelope);
        let holder = envelope.holder.and_then(|(lease, session)| {
            // While a copy is made, the leases may come behind what they stand for.
            let is_good = cluster.sync.is_some() || cluster.routers.contains_key(&lease);
            is_good.then(|| {
                let session: Rc<str> = session.into();
                let held = cluster.holders.entry(lease).or_default();
                held.insert(session.clone());
                session
            })
        });
        self.state.place(&kept, holder.as_ref());
        if is_new {
            cluster.sequences.remove(address);
        } else {
            cluster.sequences.insert(address.into(), sequence);
        }
        if is_new && cluster.sync.is_none() {
            // What a copy brings was written before.
            self.record_param(address, now);
        }
        if is_new && self.subscriptions.find(address, SignalType::Param) {
            let message = Message::Set(Set {
                address: Cow::Borrowed(address),
                value: bytes::value(envelope.value).unwrap_or(Value::Null),
                revision: Some(sequence),
                lock: false,
                unlock: false,
                ttl: self.state.ttl(address, now.micros),
            });
            let (signal, kind) = (SignalType::Param, Kind::Param(address));
            // It came in a frame of its own.
            let _ = self.send(&message, signal, address, kind, None, now);
        }
    }

    fn take_lease(&mut self, lease: u64, stored: &Stored, now: Now) {
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        let told = serde_json::from_slice::<Lease>(&stored.body).ok();
        let Some(told) = told.filter(|_| !stored.is_marker) else {
            return self.lease_ended(lease, now);
        };
        let is_own = lease == cluster.lease;
        if let Some(sync) = &mut cluster.sync {
            sync.leases.insert(lease);
        }
        if told.router != cluster.id {
            cluster.plan.is_heard(told.router, now.micros);
        }
        let fence = told.fence;
        cluster.routers.insert(lease, told);
        if is_own && cluster.sync.is_none() {
            for waiting in cluster.own_lease(fence, now.micros) {
                match waiting {
                    Waiting::Write(id) => cluster_retry(self.cluster(), id),
                    Waiting::Get(key, id, address) => self.answer_get(key, id, &address, now),
                }
            }
        }
    }

    /// Ends the sessions that hold locks, because the own lease may expire without notice: they must not
    /// believe that they hold a lock when another session can get it.
    pub(super) fn end_lock_holders(&mut self) {
        let Some(cluster) = self.cluster() else {
            return;
        };
        let sessions = cluster.holders.get(&cluster.lease).cloned();
        for session in sessions.unwrap_or_default() {
            if !self.state.locked_by(&session).is_empty()
                && let Some(key) = self.names.get(&session).copied()
            {
                self.close_session(key, LOCKS_LOST);
            }
        }
    }

    /// Handles the end of a lease: releases the locks of its router's sessions.
    fn lease_ended(&mut self, lease: u64, now: Now) {
        let count = self.count();
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        let router = cluster.routers.remove(&lease);
        let sessions = cluster.holders.remove(&lease).unwrap_or_default();
        let is_own = lease == cluster.lease;
        if let Some(router) = router.filter(|router| router.router != cluster.id) {
            cluster.events.forget(router.router);
            cluster.plan.is_gone(router.router);
        }
        if is_own && let Ok(other) = random_number() {
            cluster.take_other_lease(other, count, now.micros);
        }
        for session in &sessions {
            let held = !self.state.locked_by(session).is_empty();
            self.state.release(session);
            if is_own
                && held
                && let Some(key) = self.names.get(session).copied()
            {
                self.close_session(key, LOCKS_LOST);
            }
        }
        self.flush();
    }

    /// Finishes a copy: removes what is not in it, and applies what was republished meanwhile.
    fn copy_is_complete(&mut self, now: Now) -> Option<Notice> {
        let cluster = self.cluster.as_deref_mut()?;
        let mut sync = cluster.copied(now.micros)?;
        self.forget_missing(&sync, now);
        for stored in sync.take_waiting() {
            self.next_stored(stored, now);
            if self.cluster().is_some_and(|cluster| cluster.sync.is_some()) {
                // There is a gap in it: all is begun anew.
                return None;
            }
        }
        let cluster = self.cluster()?;
        let (since, was_marked) = (cluster.trouble(), cluster.is_stale());
        cluster.recovered();
        let was_stale = since.is_some_and(|since| now.micros - since > 1_000_000);
        for id in cluster.writes.ids() {
            self.settle(id, now);
        }
        self.position_changed(now);
        if was_marked {
            // All of them began meanwhile.
            self.close_sessions(IS_BACK, |_, _| true);
        }
        was_stale.then_some(Notice::EngineBack)
    }

    /// Removes everything, because the engine has lost messages.
    fn forget_all(&mut self, now: Now) {
        for address in self.state.addresses_beside(&Default::default()) {
            self.state.remove(&address);
        }
        for key in self.entry_keys() {
            self.entry_ended(&key, None, now);
        }
        if let Some(cluster) = self.cluster() {
            cluster.position = 0;
            cluster.sequences.clear();
        }
        self.close_sessions(WENT_BACK, |_, _| true);
    }

    fn forget_missing(&mut self, sync: &Sync, now: Now) {
        for address in self.state.addresses_beside(&sync.addresses) {
            self.state.remove(&address);
        }
        for key in self.entry_keys() {
            if !sync.addresses.contains(&key) {
                self.entry_ended(&key, None, now);
            }
        }
        let Some(cluster) = self.cluster() else {
            return;
        };
        cluster
            .sequences
            .retain(|address, _| sync.addresses.contains(address));
        let known = cluster.routers.keys().chain(cluster.holders.keys());
        let mut ended: Vec<u64> = known
            .filter(|lease| !sync.leases.contains(*lease))
            .copied()
            .collect();
        ended.sort_unstable();
        ended.dedup();
        for lease in ended {
            self.lease_ended(lease, now);
        }
    }

    /// Decides the outcome of a write after a copy: it is stored, it is not, or that cannot be known.
    fn settle(&mut self, id: Id, now: Now) {
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        let Some(write) = cluster.writes.get(id) else {
            return;
        };
        if let Some(first) = write.seen {
            return self.end_write(id, Outcome::Done(first), now);
        }
        match write.phase {
            Phase::Waiting => {}
            // Where it waits for is behind by now, and a fence that it waits for may be lost.
            Phase::Until(_) | Phase::Fenced => cluster.writes.retry(id),
            Phase::Sent(_) if !write.may_be_done => cluster.writes.retry(id),
            Phase::Sent(_) => {
                let places = write.addresses.iter().zip(&write.expected);
                let is_untouched = places.clone().all(|(address, expected)| {
                    let (revision, _) = self.state.standing(address);
                    cluster.sequence(address, revision) == *expected
                });
                if is_untouched {
                    // Sent again with the same expectation: at most one of the two can be done.
                    cluster.writes.retry(id);
                } else {
                    self.end_write(id, Outcome::Unknown, now);
                }
            }
        }
    }
}

/// A param for the state. It does not expire here, because the engine removes it.
fn kept_of<'a>(address: &'a str, sequence: u64, envelope: &Envelope<'a>) -> Kept<'a> {
    Kept {
        address,
        value: envelope.value,
        revision: match envelope.revision {
            0 => sequence,
            revision => revision,
        },
        timestamp: envelope.timestamp,
        writer: envelope.writer,
        ttl: envelope.ttl.map(Ttl::from_bits),
        expires: None,
    }
}

fn cluster_retry(cluster: Option<&mut Cluster>, id: Id) {
    if let Some(cluster) = cluster
        && cluster
            .writes
            .get(id)
            .is_some_and(|write| write.phase == Phase::Fenced)
    {
        cluster.writes.retry(id);
    }
}

/// A message of the stream, with its place there.
fn stored(message: &nats::Message<'_>, sequence: u64) -> Stored {
    Stored {
        subject: message.subject.to_owned(),
        sequence,
        is_marker: message.body.is_empty() || message.header("Nats-Marker-Reason").is_some(),
        body: message.body.into(),
    }
}
