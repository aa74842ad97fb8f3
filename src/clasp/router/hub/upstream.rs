//! In a cluster: writes on their way to the engine. Each is looked at as things stand here, and sent with
//! what it expects to find there.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use super::super::cluster::writes::{Id, Phase, What, Write};
use super::super::cluster::{Cluster, Outgoing, Waiting, envelope::Envelope};
use super::super::state::Refusal;
use super::bundles::Refused;
use super::{Hub, Now};
use crate::clasp::wire::{self, Bundle, Message, Set, Ttl, encode_value};

/// How a write ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is in the stream, from this sequence on.
    Done(u64),
    /// Code, words, address.
    Refused(u16, String, Option<String>),
    /// Nobody can say.
    Unknown,
}

impl Hub {
    /// Sends the writes that can be sent, and a fence if somebody waits for one.
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

    /// Looks at a write as things stand here, and sends it.
    fn send_write(&mut self, id: Id, now: Now) {
        let Some(cluster) = &mut self.cluster else {
            return;
        };
        let Some(write) = cluster.writes.get_mut(id) else {
            return;
        };
        let What::Frame(bytes) = &mut write.what else {
            return self.send_upkeep(id, now);
        };
        let bytes = std::mem::take(bytes);
        let outcome = self.send_frame(id, &bytes, now);
        if let Some(cluster) = &mut self.cluster
            && let Some(write) = cluster.writes.get_mut(id)
        {
            write.what = What::Frame(bytes);
            if let Some(outcome) = outcome {
                self.end_write(id, outcome, now);
            }
        }
    }

    /// None: it was sent, or waits.
    fn send_frame(&mut self, id: Id, bytes: &[u8], now: Now) -> Option<Outcome> {
        let refused = |code, why: String, address: Option<&str>| {
            Some(Outcome::Refused(code, why, address.map(Into::into)))
        };
        // It was read once before.
        let frame = wire::decode(bytes).ok()?;
        let (sets, prefix) = match &frame.message {
            Message::Set(set) => (vec![Cow::Borrowed(set)], ""),
            Message::Bundle(bundle) => match merge(bundle) {
                Ok(sets) => (sets, "refused bundle: "),
                Err((code, why, address)) => return refused(code, why, address),
            },
            _ => return None,
        };
        let cluster = self.cluster.as_deref_mut()?;
        let write = cluster.writes.get_mut(id)?;
        let writer = write.writer.clone();
        let each = sets.iter().map(|set| &**set);
        if let Err((place, refusal)) = self.state.check_all(each, &writer, now.micros) {
            // What is known here may be old: a lock that was given back, a write just done elsewhere.
            let may_be_old = match refusal {
                Refusal::Conflict { expected, actual } => expected > actual,
                Refusal::Locked { .. } => true,
                _ => false,
            };
            if may_be_old && !write.is_fenced {
                write.is_fenced = true;
                cluster.writes.rest(id, Phase::Fenced);
                cluster.fence(Waiting::Write(id));
                return None;
            }
            let why = format!("{prefix}{refusal}");
            return refused(
                refusal.code(),
                why,
                sets.get(place).map(|set| &*set.address),
            );
        }
        let mut values = Vec::with_capacity(sets.len());
        for set in &sets {
            let mut value = vec![0];
            match encode_value(&set.value, &mut value) {
                Ok(code) => value[0] = code,
                Err(error) => return refused(402, error.to_string(), Some(&set.address)),
            }
            values.push(value);
        }
        let (default, lease) = (self.settings.ttl, cluster.lease);
        let messages: Vec<Outgoing<'_>> = sets
            .iter()
            .zip(&values)
            .map(|(set, value)| {
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
                        router: 0,
                        write: 0,
                        revision: 0,
                        timestamp: now.micros,
                        place: 0,
                        count: 1,
                        ttl: (!is_plain).then(|| ttl.to_bits()),
                        writer: &writer,
                        // Who else holds it was refused.
                        holder: keeps.then_some((lease, &*writer)),
                        value,
                    },
                }
            })
            .collect();
        cluster.send(id, &messages, now.micros);
        None
    }

    /// A lock that is given back, or a life that begins anew: the value and its revision stay.
    fn send_upkeep(&mut self, id: Id, now: Now) {
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        let Some(write) = cluster.writes.get(id) else {
            return;
        };
        let (address, is_release) = match &write.what {
            What::Release(address) => (address.clone(), true),
            What::Touch(address) => (address.clone(), false),
            What::Frame(_) => return,
        };
        let (revision, holder) = self.state.standing(&address);
        let is_held = holder.is_some_and(|holder| *holder == write.writer);
        let kept = self.state.kept(&address);
        let Some(kept) = kept.filter(|_| is_held || !is_release) else {
            return self.end_write(id, Outcome::Done(0), now);
        };
        let rest = |ttl: u32| {
            let ends = kept.timestamp.saturating_add(u64::from(ttl) * 1_000_000);
            ends.saturating_sub(now.micros).div_ceil(1_000_000).max(1)
        };
        let holder = holder.filter(|_| !is_release);
        let holder = holder.and_then(|holder| Some((lease_of(cluster, holder)?, &**holder)));
        let message = Outgoing {
            address: &address,
            expected: cluster.sequence(&address, revision),
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
                writer: kept.writer,
                holder,
                value: kept.value,
            },
        };
        cluster.send(id, &[message], now.micros);
    }

    /// A param that lives anew when it is read has been read: it is written again, once in a tenth of
    /// its life.
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

    /// A session has left: gives back what it has locked.
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

/// The SETs of a bundle, one for each address: the engine takes no two checked writes to one in a
/// batch. The first says which revision is expected, the last which value is written.
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

/// After how long the engine has a param expire.
fn seconds(ttl: Ttl) -> Option<u64> {
    match ttl {
        Ttl::Never => None,
        Ttl::Sliding(seconds) | Ttl::Absolute(seconds) => Some(seconds.into()),
    }
}
