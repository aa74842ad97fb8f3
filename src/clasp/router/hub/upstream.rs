//! In a cluster: sends writes to the engine. Each is checked against this router's copy, and sent with the
//! sequences that it expects in the stream.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use super::super::bytes::put_value;
use super::super::cluster::envelope::Envelope;
use super::super::cluster::lease::Waiting;
use super::super::cluster::writes::{Id, Phase, What, Write};
use super::super::cluster::{Cluster, Outgoing};
use super::super::state::Refusal;
use super::bundles::Refused;
use super::entries::{NewEntry, held_entry, new_envelope, signal_entries, timeline_entries};
use super::requests::signals_of;
use super::{Hub, Now};
use crate::clasp::wire::{self, Bundle, Message, Set, Ttl};

/// Why a write is not sent whose session has ended meanwhile.
const REVOKED: &str = "the token is not valid";

/// How a write ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is stored; the sequence of its first message.
    Done(u64),
    /// It was refused: code, text, address.
    Refused(u16, String, Option<String>),
    /// It cannot be known whether it was done.
    Unknown,
}

impl Hub {
    /// Sends the writes that can be sent, and a fence if one is needed.
    pub(super) fn send_writes(&mut self, now: Now) {
        while let Some(id) = self.cluster().and_then(Cluster::next_write) {
            self.send_write(id, now);
        }
        let sessions = self.count();
        if let Some(cluster) = self.cluster()
            && cluster.is_fence_due()
        {
            cluster.renew(sessions, now.micros);
        }
    }

    /// Checks a write, and sends it.
    fn send_write(&mut self, id: Id, now: Now) {
        let Some(cluster) = &mut self.cluster else {
            return;
        };
        let Some(write) = cluster.writes.get_mut(id) else {
            return;
        };
        let what = std::mem::replace(&mut write.what, What::Frame(Box::default()));
        let writer = write.writer.clone();
        let outcome = match &what {
            What::Frame(bytes) => self.send_frame(id, bytes, now),
            What::Release(address) => self.send_upkeep(id, address, true, now),
            What::Touch(address) => self.send_upkeep(id, address, false, now),
            What::Execute(key) => self.send_execute(id, key, now),
            What::TakeOver(_) | What::End(_) => self.send_entry(id, &what, now),
            What::Step { .. } => self.send_step(id, &what, &writer, now),
        };
        if let Some(cluster) = &mut self.cluster
            && let Some(write) = cluster.writes.get_mut(id)
        {
            write.what = what;
            if let Some(outcome) = outcome {
                self.end_write(id, outcome, now);
            }
        }
    }

    /// Sends what a session asked for. None: it was sent, or waits.
    fn send_frame(&mut self, id: Id, bytes: &[u8], now: Now) -> Option<Outcome> {
        let refused = |code, why: String, address: Option<&str>| {
            Some(Outcome::Refused(code, why, address.map(Into::into)))
        };
        // It has been decoded before.
        let frame = wire::decode(bytes).ok()?;
        let cluster = self.cluster.as_deref_mut()?;
        let write = cluster.writes.get(id)?;
        if write.grant.is_revoked() {
            return refused(300, REVOKED.into(), None);
        }
        let (writer, hash) = (write.writer.clone(), || write.grant.hash());
        let (mut sets, mut entries, mut prefix) = (Vec::new(), Vec::new(), "");
        match &frame.message {
            Message::Set(set) => sets.push(Cow::Borrowed(set)),
            Message::Bundle(bundle) => {
                if let (Some(key), Some(at)) = (write.held_key(), bundle.timestamp) {
                    entries.push(held_entry(key, at, write, bytes, now));
                } else {
                    prefix = "refused bundle: ";
                    match merge(bundle) {
                        Ok(merged) => sets = merged,
                        Err((code, why, address)) => return refused(code, why, address),
                    }
                    entries = timeline_entries(&bundle.messages, &writer, &hash(), now);
                }
            }
            message @ Message::Publish(_) => {
                let messages = std::slice::from_ref(message);
                entries = timeline_entries(messages, &writer, &hash(), now);
            }
            Message::Announce(announce) => {
                entries = signal_entries(&signals_of(announce), &hash());
            }
            _ => return None,
        }
        let each = sets.iter().map(|set| &**set);
        if let Err((place, refusal)) = self.state.check_all(each, &writer, now.micros) {
            if self.waits_for_fence(id, &refusal) {
                return None;
            }
            let why = format!("{prefix}{refusal}");
            let address = sets.get(place).map(|set| &*set.address);
            return refused(refusal.code(), why, address);
        }
        self.send_all(id, &sets, &entries, &writer, false, now)
            .err()
    }

    /// Whether a refusal may rest on what is old here: then the write is looked at again once everything
    /// has come that is in the stream by now.
    pub(super) fn waits_for_fence(&mut self, id: Id, refusal: &Refusal) -> bool {
        let may_be_old = match refusal {
            Refusal::Conflict { expected, actual } => expected > actual,
            Refusal::Locked { .. } => true,
            _ => false,
        };
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return false;
        };
        let Some(write) = cluster.writes.get_mut(id) else {
            return false;
        };
        if !may_be_old || write.is_fenced {
            return false;
        }
        write.is_fenced = true;
        cluster.writes.rest(id, Phase::Fenced);
        cluster.fence(Waiting::Write(id));
        true
    }

    /// Sends checked SETs of this writer, and entries, as one batch.
    ///
    /// # Errors
    /// A value that cannot be encoded.
    pub(super) fn send_all(
        &mut self,
        id: Id,
        sets: &[Cow<'_, Set<'_>>],
        entries: &[NewEntry],
        writer: &str,
        is_step: bool,
        now: Now,
    ) -> Result<(), Outcome> {
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return Ok(());
        };
        let mut values = Vec::with_capacity(sets.len());
        for set in sets {
            let mut value = Vec::new();
            put_value(&set.value, &mut value).map_err(|error| {
                Outcome::Refused(402, error.to_string(), Some(set.address.to_string()))
            })?;
            values.push(value);
        }
        let (default, lease) = (self.settings.ttl, cluster.lease);
        let params = sets.iter().zip(&values).map(|(set, value)| {
            let address = &*set.address;
            let kept = self.state.kept(address);
            let known = kept.as_ref().and_then(|kept| kept.ttl);
            let ttl = set.ttl.or(known).unwrap_or(default);
            let (revision, holder) = self.state.standing(address);
            let keeps = !set.unlock && (set.lock || holder.is_some());
            let is_plain = set.ttl.or(known).is_none() && default == Ttl::Never;
            Outgoing {
                address,
                expected: cluster.sequence(address, revision),
                seconds: seconds(ttl),
                envelope: Envelope {
                    ttl: (!is_plain).then(|| ttl.to_bits()),
                    is_step,
                    // Who else holds it was refused.
                    holder: keeps.then_some((lease, writer)),
                    ..new_envelope(value, writer, now)
                },
            }
        });
        let entries = entries
            .iter()
            .map(|entry| entry.outgoing(cluster, writer, now));
        let messages: Vec<Outgoing<'_>> = params.chain(entries).collect();
        cluster.send(id, &messages, now.micros);
        Ok(())
    }

    /// Sends the release of a lock, or the renewal of a TTL; the value and its revision stay the same.
    fn send_upkeep(
        &mut self,
        id: Id,
        address: &Rc<str>,
        is_release: bool,
        now: Now,
    ) -> Option<Outcome> {
        let cluster = self.cluster.as_deref_mut()?;
        let write = cluster.writes.get(id)?;
        let (revision, holder) = self.state.standing(address);
        let is_held = holder.is_some_and(|holder| *holder == write.writer);
        let kept = self.state.kept(address);
        let Some(kept) = kept.filter(|_| is_held || !is_release) else {
            return Some(Outcome::Done(0));
        };
        let rest = |ttl: u32| {
            let ends = kept.timestamp.saturating_add(u64::from(ttl) * 1_000_000);
            ends.saturating_sub(now.micros).div_ceil(1_000_000).max(1)
        };
        let holder = holder.filter(|_| !is_release);
        let holder = holder.and_then(|holder| Some((lease_of(cluster, holder)?, &**holder)));
        let message = Outgoing {
            address,
            expected: cluster.sequence(address, revision),
            seconds: match kept.ttl {
                Some(Ttl::Absolute(ttl)) => Some(rest(ttl)),
                ttl => ttl.and_then(seconds),
            },
            envelope: Envelope {
                router: 0,
                write: 0,
                revision,
                timestamp: kept.timestamp,
                place: 0,
                count: 1,
                ttl: kept.ttl.map(Ttl::to_bits),
                is_step: false,
                writer: kept.writer,
                holder,
                value: kept.value,
            },
        };
        cluster.send(id, &[message], now.micros);
        None
    }

    /// Renews the sliding TTL of a param that was read, at most once in a tenth of the TTL.
    pub(super) fn touch(&mut self, address: &str, now: Now) {
        let Some(Ttl::Sliding(seconds)) = self.state.kept(address).and_then(|kept| kept.ttl) else {
            return;
        };
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        let grain = u64::from(seconds) * 100_000;
        let before = cluster.touched.get(address).copied().unwrap_or(0);
        if now.micros.saturating_sub(before) < grain || cluster.is_stale() {
            return;
        }
        let address: Rc<str> = address.into();
        cluster.touched.insert(address.clone(), now.micros);
        let write = Write::new(What::Touch(address.clone()), "".into(), vec![address]);
        cluster.writes.offer(write);
        self.send_writes(now);
    }

    /// Releases the locks of a session that has left.
    pub(super) fn release_clustered(&mut self, session: &Rc<str>, now: Now) {
        for address in self.state.locked_by(session) {
            if let Some(cluster) = self.cluster() {
                let what = What::Release(address.clone());
                cluster
                    .writes
                    .offer(Write::new(what, session.clone(), vec![address]));
            }
        }
        self.send_writes(now);
    }
}

/// The SETs of a bundle, merged to one for each address, because a batch may not write a subject twice.
/// The first SET gives the expected revision, the last the value.
pub(super) fn merge<'m, 'b>(bundle: &'m Bundle<'b>) -> Result<Vec<Cow<'m, Set<'b>>>, Refused<'m>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut merged: Vec<Cow<'m, Set<'b>>> = Vec::new();
    for message in &bundle.messages {
        let Message::Set(set) = message else { continue };
        let Some(place) = places.get(&*set.address) else {
            places.insert(&set.address, merged.len());
            merged.push(Cow::Borrowed(set));
            continue;
        };
        if set.revision.is_some() {
            let why = "in a cluster, a bundle compares the revision of an address at its first SET";
            return Err((402, why.into(), Some(&set.address)));
        }
        let earlier = merged[*place].to_mut();
        earlier.value = set.value.clone();
        earlier.ttl = set.ttl.or(earlier.ttl);
        if set.lock || set.unlock {
            (earlier.lock, earlier.unlock) = (set.lock, set.unlock);
        }
    }
    Ok(merged)
}

fn lease_of(cluster: &Cluster, holder: &Rc<str>) -> Option<u64> {
    let mut leases = cluster.holders.iter();
    let found = leases.find(|(_, sessions)| sessions.contains(holder));
    found.map(|(lease, _)| *lease)
}

/// The TTL of a param for the engine, in seconds.
fn seconds(ttl: Ttl) -> Option<u64> {
    match ttl {
        Ttl::Never => None,
        Ttl::Sliding(seconds) | Ttl::Absolute(seconds) => Some(seconds.into()),
    }
}
