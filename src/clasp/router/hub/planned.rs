//! In a cluster: timed bundles, timelines and announced signals. They stand in the engine's stream, so
//! that all routers know them and none is lost with its router; what a session asks for enters, and so
//! does what the stream says of it.
//!
//! - A timed bundle is executed by one atomic batch: its SETs, and the removal of the bundle. Its events
//!   are delivered by every router when that batch comes from the stream, so that they are heard once.
//! - A timeline is played by its owner, whose steps are ordinary writes. Any other write of its address
//!   ends it.
//! - Which router does it, and which one instead when that is dead: [`Plan`](super::super::cluster::plan::Plan).

use std::rc::Rc;

use super::super::bytes::{self, put_value};
use super::super::cluster::entry::{Ended, Entry};
use super::super::cluster::envelope::Envelope;
use super::super::cluster::plan::{Held, Played, Task};
use super::super::cluster::writes::{What, Write};
use super::super::grants::{self, Grant, Resource, Share};
use super::super::schedule::timeline::{Step, Timeline};
use super::super::store::record::TimelineRecord;
use super::super::subscriptions::Key;
use super::bundles::{Refused, Timed};
use super::entries::{is_played, signal_key, signal_of, timeline_key, timeline_keys};
use super::publishes::Sender;
use super::requests::signal_bytes;
use super::upstream::merge;
use super::{Announced, Hub, Now};
use crate::clasp::wire::{self, Bundle, Message, Publish, SHARED_BUNDLE_MAX, Signal, SignalType};

/// The texts for a bundle of which the stream does not say how it ended.
const NOT_KNOWN: &str = "refused bundle: whether it was executed at its time is unknown";
const FORGOTTEN: &str = "refused bundle: it could not be executed within a minute of its time";

impl Hub {
    /// Checks a bundle for later. Gives its key, and its share of the quotas.
    pub(super) fn plan_bundle<'m>(
        &mut self,
        key: Key,
        bundle: &'m Bundle<'_>,
        at: u64,
        bytes: &[u8],
        now: Now,
    ) -> Result<(Rc<str>, Share), Refused<'m>> {
        self.check_rights(key, bundle)?;
        let refused = |code, why: String| (code, why, None);
        let sender = self.sender(key);
        let sender = sender.ok_or_else(|| refused(404, "the session has left".into()))?;
        self.check_bundle(bundle, &sender, now)?;
        self.check_bundle_signals(key, bundle)?;
        let played = bundle.messages.iter().filter(|message| is_played(message));
        // Its removal is a part of the batch.
        if merge(bundle)?.len() + played.count() >= SHARED_BUNDLE_MAX {
            let most = SHARED_BUNDLE_MAX - 1;
            let why = format!("in a cluster, a timed bundle writes at most {most} addresses");
            return Err(refused(402, why));
        }
        self.check_ahead(at, now).map_err(|why| refused(403, why))?;
        let (grant, size) = (&sender.grant, Timed::bytes(bytes));
        let share = Share::take(grant, &self.counts, Resource::TimedBundle, size);
        let share = share.map_err(|why| refused(403, why.to_string()))?;
        let key = self.cluster().map(|cluster| {
            let own = cluster.id;
            cluster.plan.new_key(own)
        });
        key.map(|key| (key, share))
            .ok_or_else(|| refused(500, "it is in no cluster".into()))
    }

    /// The key of a timed bundle that was not accepted may be used again.
    pub(super) fn free_key(&mut self, write: &Write) {
        if let (Some(key), What::Frame(_)) = (write.held_key(), &write.what)
            && let Some(cluster) = self.cluster.as_deref_mut()
        {
            let own = cluster.id;
            cluster.plan.free_key(key, own);
        }
    }

    /// What the stream has at the key of an entry.
    pub(super) fn take_entry(
        &mut self,
        key: &str,
        sequence: u64,
        envelope: Option<&Envelope<'_>>,
        now: Now,
    ) {
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        let key: Rc<str> = key.into();
        let entry = envelope.and_then(|envelope| Some((Entry::read(envelope.value)?, envelope)));
        match entry {
            None => {
                cluster.expired(&key, sequence, now.micros);
                self.entry_ended(&key, None, now);
            }
            Some((Entry::Ended(ended), _)) => {
                cluster.sequences.insert(key.clone(), sequence);
                self.entry_ended(&key, Some(&ended), now);
            }
            Some((entry, envelope)) => {
                cluster.sequences.insert(key.clone(), sequence);
                self.entry_began(key, &entry, envelope, now);
            }
        }
    }

    fn entry_began(&mut self, key: Rc<str>, entry: &Entry<'_>, envelope: &Envelope<'_>, now: Now) {
        let (hash, resource, bytes) = match entry {
            Entry::Held(held) => (held.grant, Resource::TimedBundle, Timed::bytes(held.frame)),
            Entry::Timeline(record) => (record.grant, Resource::Timeline, 2 * record.value.len()),
            Entry::Signal(record) => {
                let signal = signal_of(record);
                (record.grant, Resource::Signal, signal_bytes(&signal))
            }
            Entry::Ended(_) => return,
        };
        // Without a valid token it is as if it had ended: its owner, or who takes it over, removes it.
        let grant = self.grant_of(envelope.writer, hash, now);
        let share = grant.map(|grant| Share::restore(&grant, &self.counts, resource, bytes));
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        match entry {
            Entry::Held(held) => {
                let Some(share) = share else { return };
                let held = Held {
                    owner: envelope.router,
                    sender: envelope.writer.into(),
                    frame: held.frame.into(),
                    share,
                    due: held.due,
                    is_tried: false,
                };
                cluster.plan.hold(key, held);
            }
            Entry::Timeline(record) => {
                let is_new = envelope.revision == 0 && cluster.sync.is_none();
                self.timeline_began(record, envelope, share, now);
                if is_new {
                    self.tell_timeline(record, envelope.writer, now);
                }
            }
            Entry::Signal(record) => {
                let Some(share) = share else { return };
                let signal = signal_of(record);
                let announced = Announced { signal, share };
                self.signals.insert(record.address.into(), announced);
            }
            Entry::Ended(_) => {}
        }
    }

    /// The grant of a session of this router, or that of the token with this hash.
    fn grant_of(&mut self, session: &str, hash: &str, now: Now) -> Option<Rc<Grant>> {
        let key = self.names.get(session).copied();
        if let Some(session) = key.and_then(|key| self.session(key)) {
            return Some(session.grant.clone());
        }
        let nobody = self.nobody.clone();
        self.restored_grant(hash, &nobody, now)
    }

    fn timeline_began(
        &mut self,
        record: &TimelineRecord<'_>,
        envelope: &Envelope<'_>,
        share: Option<Share>,
        now: Now,
    ) {
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        let value = bytes::value(record.value);
        let timeline = value.and_then(|value| Timeline::read(&value, record.start)?.ok());
        let writer: Rc<str> = record.writer.into();
        let mut played = Played {
            owner: envelope.router,
            writer: writer.clone(),
            entry: envelope.value.into(),
            share: None,
            is_over: timeline.is_none() || share.is_none(),
            is_tried: false,
        };
        self.timelines.cancel(record.address);
        match (timeline, share) {
            (Some(timeline), Some(share)) if played.owner == cluster.id => {
                let address = record.address;
                self.timelines
                    .play(address, timeline, writer, share, now.micros);
            }
            (_, share) => played.share = share,
        }
        cluster.plan.timelines.insert(record.address.into(), played);
    }

    /// Delivers the PUBLISH that has begun a timeline.
    fn tell_timeline(&mut self, record: &TimelineRecord<'_>, writer: &str, now: Now) {
        let publish = Publish {
            value: bytes::value(record.value),
            ..Publish::new(SignalType::Timeline, record.address)
        };
        let sender = self.sender_of(writer, Rc::default());
        let message = Message::Publish(publish);
        if let Message::Publish(publish) = &message {
            self.publish_here(&sender, &message, publish, now);
        }
    }

    /// What stood at the key of an entry has ended; how, if that is known.
    pub(super) fn entry_ended(&mut self, key: &Rc<str>, ended: Option<&Ended<'_>>, now: Now) {
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        let address = &key[1..];
        match key.as_bytes().first() {
            Some(b'h') => {
                let is_copying = cluster.sync.is_some();
                let own = cluster.id;
                let Some(held) = cluster.plan.held.remove(key) else {
                    return;
                };
                cluster.plan.free_key(key, own);
                self.held_ended(&held, ended, is_copying, now);
            }
            Some(b't') => {
                cluster.plan.timelines.remove(address);
                self.timelines.cancel(address);
            }
            Some(b'a') => {
                self.signals.remove(address);
            }
            _ => {}
        }
    }

    /// The keys of all entries.
    pub(super) fn entry_keys(&self) -> Vec<Rc<str>> {
        let Some(cluster) = &self.cluster else {
            return Vec::new();
        };
        let held = cluster.plan.held.keys().cloned();
        let timelines = cluster.plan.timelines.keys();
        let timelines = timelines.map(|address| timeline_key(address));
        let signals = self.signals.keys();
        let signals = signals.map(|address| signal_key(address));
        held.chain(timelines).chain(signals).collect()
    }

    /// A bundle has ended; how, if that is known. While a copy is made, its events are not delivered any
    /// more: they would come out of their order.
    fn held_ended(&mut self, held: &Held, ended: Option<&Ended<'_>>, is_copying: bool, now: Now) {
        let Ok(frame) = wire::decode(&held.frame) else {
            return;
        };
        let Message::Bundle(bundle) = &frame.message else {
            return;
        };
        let sender = self.sender_of(&held.sender, held.share.grant().clone());
        let is_event = |message: &Message<'_>| matches!(message, Message::Publish(_));
        let has_events = bundle.messages.iter().any(is_event);
        match ended {
            Some(Ended::Executed) if is_copying => {
                if has_events {
                    self.end_listeners();
                }
            }
            Some(Ended::Executed) => {
                for message in &bundle.messages {
                    if let Message::Publish(publish) = message
                        && !is_played(message)
                    {
                        self.publish_local(&sender, message, publish, now);
                    }
                }
            }
            Some(Ended::Refused { code, why, address }) => {
                let address = Some(&**address).filter(|address| !address.is_empty());
                self.refuse_timed(&sender, *code, why, address, now);
            }
            Some(Ended::Withdrawn) => {}
            None => {
                if has_events && is_copying {
                    self.end_listeners();
                }
                if let Some(key) = sender.key {
                    let why = if is_copying { NOT_KNOWN } else { FORGOTTEN };
                    self.refuse(key, 503, why, None);
                }
            }
        }
    }

    pub(super) fn sender_of(&self, name: &str, grant: Rc<Grant>) -> Sender {
        Sender {
            key: self.names.get(name).copied(),
            name: name.into(),
            grant,
        }
    }

    /// The param at an address was written by something else than its timeline.
    #[inline]
    pub(super) fn interrupt_timeline(&mut self, address: &str) {
        if let Some(cluster) = self.cluster.as_deref_mut()
            && let Some(played) = cluster.plan.timelines.get_mut(address)
        {
            played.is_over = true;
            self.timelines.cancel(address);
        }
    }

    /// Ends what was started with revoked grants.
    pub(super) fn withdraw_revoked(&mut self, now: Now) {
        let ended = self.timelines.end_revoked();
        let is_revoked = |announced: &Announced| announced.share.is_revoked();
        let signals = self.signals.iter();
        let signals = signals.filter(|(_, announced)| is_revoked(announced));
        let mut keys: Vec<Rc<str>> = signals.map(|(address, _)| signal_key(address)).collect();
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        for (address, played) in &mut cluster.plan.timelines {
            let is_revoked = played.share.as_ref().is_some_and(Share::is_revoked);
            played.is_over |= is_revoked || ended.iter().any(|ended| **ended == **address);
        }
        let held = cluster.plan.held.iter();
        let held = held.filter(|(_, held)| held.share.is_revoked());
        keys.extend(held.map(|(key, _)| key.clone()));
        for key in keys {
            cluster
                .writes
                .offer(Write::new(What::End(key.clone()), "".into(), vec![key]));
        }
        self.send_writes(now);
    }

    /// Tries what is due.
    pub(super) fn run_due(&mut self, now: Now) {
        loop {
            let Some(cluster) = self.cluster.as_deref_mut() else {
                return;
            };
            let own = cluster.id;
            let Some(key) = cluster.plan.due(own, now.micros) else {
                break;
            };
            let Some(held) = cluster.plan.held.get(&key) else {
                continue;
            };
            let mut addresses = Vec::new();
            if let Ok(frame) = wire::decode(&held.frame)
                && let Message::Bundle(bundle) = &frame.message
                && let Ok(sets) = merge(bundle)
            {
                addresses.extend(sets.iter().map(|set| Rc::from(&*set.address)));
                addresses.extend(timeline_keys(&bundle.messages));
            }
            addresses.push(key.clone());
            let writer = held.sender.clone();
            let write = Write::new(What::Execute(key), writer, addresses);
            cluster.writes.offer(write);
        }
        self.send_writes(now);
    }

    /// Takes over, or ends, the timelines of routers that are gone.
    pub(super) fn tend_timelines(&mut self, now: Now) {
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        let own = cluster.id;
        if !cluster.is_live() {
            return;
        }
        for task in cluster.plan.tasks(own, now.micros) {
            let (what, key) = match task {
                Task::End(address) => {
                    let key = timeline_key(&address);
                    (What::End(key.clone()), key)
                }
                Task::TakeOver(address) => {
                    let key = timeline_key(&address);
                    (What::TakeOver(address), key)
                }
            };
            cluster.writes.offer(Write::new(what, "".into(), vec![key]));
        }
        self.send_writes(now);
    }

    /// Sends the steps of the timelines that this router plays.
    pub(super) fn offer_steps(&mut self, steps: Vec<Step>, now: Now) {
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        for step in steps {
            let address: Rc<str> = (*step.address).into();
            // One at a time: an engine that is slow gets fewer of them. The last one always counts.
            if !cluster.plan.stepping.insert(address.clone()) && !step.is_last {
                continue;
            }
            let mut value = Vec::new();
            // It came in a frame, so it can be encoded.
            let _ = put_value(&step.value, &mut value);
            let mut addresses = vec![address.clone()];
            if step.is_last {
                addresses.push(timeline_key(&address));
            }
            let what = What::Step {
                address,
                value: value.into(),
                is_last: step.is_last,
                at: now.micros,
            };
            cluster
                .writes
                .offer(Write::new(what, step.writer, addresses));
        }
        self.send_writes(now);
    }

    /// Checks that the quota of a session allows what it announces in a cluster.
    pub(super) fn check_signals(
        &self,
        key: Key,
        signals: &[Signal<'_>],
    ) -> Result<(), (u16, String)> {
        let Some(session) = self.session(key) else {
            return Ok(());
        };
        let bytes = signals.iter().map(signal_bytes).sum();
        if signals.len() > SHARED_BUNDLE_MAX {
            let why = format!("in a cluster, ANNOUNCE names at most {SHARED_BUNDLE_MAX} signals");
            return Err((402, why));
        }
        let (grant, count) = (&session.grant, signals.len());
        grants::check(grant, &self.counts, Resource::Signal, count, bytes)
            .map_err(|why| (503, why.to_string()))
    }
}
