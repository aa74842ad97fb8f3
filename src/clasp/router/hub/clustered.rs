//! In a cluster: requests of sessions that involve the engine. Takes a message; writes to the engine, and
//! replies to the session when the answer is there. Without a cluster these functions do nothing.
//!
//! - SET and BUNDLE become writes ([`Writes`](super::super::cluster::writes::Writes)), and are answered
//!   when they have been received from the stream. The writes of a session are pipelined, and answered in
//!   order.
//! - GET is answered when everything that was stored before it has been received here.
//! - Other messages of a session wait until its earlier writes are answered: its events do not overtake
//!   them, and its reads see them.

use std::collections::VecDeque;
use std::rc::Rc;

use super::super::cluster::lease::Waiting;
use super::super::cluster::writes::{Id, What, Write};
use super::super::cluster::{Cluster, GRACE};
use super::super::grants::{self, Resource, Share};
use super::super::subscriptions::Key;
use super::bundles::Refused;
use super::delivery::error_frame;
use super::entries::{is_played, signal_keys, timeline_key, timeline_keys};
use super::publishes::Sender;
use super::requests::signals_of;
use super::signals::Probed;
use super::upstream::{Outcome, merge};
use super::{Hub, Now};
use crate::clasp::wire::{
    self, Ack, Announce, Bundle, Message, Publish, Qos, SHARED_BUNDLE_MAX, Set, SignalType,
    check_address,
};
use crate::net::peer::close;

/// The most outstanding answers of a session; above it, the session is not read.
const OUTSTANDING: usize = 1_000;

/// The reason for ending a session whose write has an unknown outcome.
const UNKNOWN: &str = "the cluster's engine went away: what became of the last writes is unknown";

/// The text for a write that was never sent.
const AWAY: &str = "not written: the cluster's engine is out of reach";

/// The outstanding answers of a session.
#[derive(Debug, Default)]
pub struct Deferred {
    /// Its writes and GETs in order; the answer is a frame, empty if nothing is sent, or `None` until it
    /// is there.
    slots: VecDeque<(Id, Option<Box<[u8]>>)>,
    /// The next message of the session, which waits for them.
    held: Option<Box<[u8]>>,
    /// What was asked for that message: the sessions of other routers that it signals, by address.
    pub(super) probed: Vec<(Box<str>, Probed)>,
}

impl Deferred {
    /// Whether the session should not be read.
    pub fn is_behind(&self) -> bool {
        self.held.is_some() || self.slots.len() > OUTSTANDING
    }

    /// Whether the answer with this id is outstanding.
    pub(super) fn awaits(&self, id: Id) -> bool {
        self.slots.iter().any(|(slot, _)| *slot == id)
    }
}

impl Hub {
    /// The cluster, if there is one.
    pub(super) fn cluster(&mut self) -> Option<&mut Cluster> {
        self.cluster.as_deref_mut()
    }

    /// Handles a message of a session if it involves the engine. Gives whether it was handled.
    pub(super) fn clustered(
        &mut self,
        key: Key,
        message: &Message<'_>,
        qos: Qos,
        bytes: &[u8],
        now: Now,
    ) -> bool {
        match message {
            Message::Set(set) => self.offer_set(key, set, qos, bytes, now),
            Message::Bundle(bundle) if self.probe_sessions(key, bundle, bytes, now) => {}
            Message::Subscribe(asked) if self.receive_events(key, asked, bytes, now) => {}
            Message::Bundle(bundle) if is_written(bundle, now) => {
                self.offer_bundle(key, bundle, qos, bytes, now);
            }
            Message::Publish(publish) if is_played(message) => {
                self.offer_timeline(key, publish, bytes, now);
            }
            Message::Announce(announce) => self.offer_announce(key, announce, qos, bytes, now),
            _ if self.is_waiting(key) => self.handle_later(key, bytes),
            Message::Get { address } => self.offer_get(key, address, now),
            Message::Bundle(bundle) => self.publish_bundle(key, bundle, qos, now),
            Message::Publish(publish) => match self.session_elsewhere(publish) {
                Some(name) => self.offer_signal(key, &name, message, publish, now),
                None => return false,
            },
            _ => return false,
        }
        true
    }

    /// Handles a message of a session again when its outstanding answers are there.
    pub(super) fn handle_later(&mut self, key: Key, bytes: &[u8]) {
        if let Some(session) = self.session_mut(key) {
            session.deferred.get_or_insert_default().held = Some(bytes.into());
        }
    }

    fn is_waiting(&self, key: Key) -> bool {
        let deferred = self.session(key).and_then(|s| s.deferred.as_ref());
        deferred.is_some_and(|deferred| !deferred.slots.is_empty())
    }

    pub(super) fn is_stale(&self) -> bool {
        self.cluster
            .as_ref()
            .is_some_and(|cluster| cluster.is_stale())
    }

    fn offer_set(&mut self, key: Key, set: &Set<'_>, qos: Qos, bytes: &[u8], now: Now) {
        let address = &*set.address;
        if let Err((code, why)) = self.check_target(key, address) {
            return self.refuse_in_turn(key, code, &why, Some(address));
        }
        self.offer(key, vec![address.into()], None, qos, bytes, now);
    }

    fn offer_bundle(&mut self, key: Key, bundle: &Bundle<'_>, qos: Qos, bytes: &[u8], now: Now) {
        let checked = match bundle.timestamp.filter(|at| *at > now.micros) {
            Some(at) => self
                .plan_bundle(key, bundle, at, bytes, now)
                .map(|(key, share)| (vec![key], Some(share))),
            None => self
                .check_clustered(key, bundle, now)
                .map(|keys| (keys, None)),
        };
        match checked {
            Ok((keys, share)) => self.offer(key, keys, share, qos, bytes, now),
            Err((code, why, address)) => {
                let why = format!("refused bundle: {why}");
                self.refuse_in_turn(key, code, &why, address);
            }
        }
    }

    fn offer_timeline(&mut self, key: Key, publish: &Publish<'_>, bytes: &[u8], now: Now) {
        let address = &*publish.address;
        let checked = self
            .check_target(key, address)
            .and_then(|()| self.check_publish(publish, now))
            .and_then(|()| {
                let there = self.check_signalled(key, publish);
                there.map_err(|(code, why, _)| (code, why))
            });
        let checked = checked.and_then(|()| match self.session(key) {
            Some(session) => {
                let (grant, counts) = (&session.grant, &self.counts);
                grants::check(grant, counts, Resource::Timeline, 1, 2 * bytes.len())
                    .map_err(|why| (503, why.to_string()))
                    .and_then(|()| self.check_played(publish, &session.name, now))
            }
            None => Ok(()),
        });
        if let Err((code, why)) = checked {
            return self.refuse_in_turn(key, code, &why, Some(address));
        }
        let keys = vec![timeline_key(address)];
        self.offer(key, keys, None, Qos::Fire, bytes, now);
    }

    fn offer_announce(
        &mut self,
        key: Key,
        announce: &Announce<'_>,
        qos: Qos,
        bytes: &[u8],
        now: Now,
    ) {
        let signals = signals_of(announce);
        let checked = self.check_announce(key, &signals).and_then(|()| {
            let checked = self.check_signals(key, &signals);
            checked.map_err(|(code, why)| (code, why, announce.namespace.to_string()))
        });
        if let Err((code, why, address)) = checked {
            return self.refuse_in_turn(key, code, &why, Some(&address));
        }
        let keys = signal_keys(&signals);
        if keys.is_empty() {
            return self.announced(key, announce, qos);
        }
        self.offer(key, keys, None, qos, bytes, now);
    }

    /// Checks a bundle as far as that is possible before it is sent. Gives the keys that it writes.
    fn check_clustered<'m>(
        &self,
        key: Key,
        bundle: &'m Bundle<'_>,
        now: Now,
    ) -> Result<Vec<Rc<str>>, Refused<'m>> {
        self.check_rights(key, bundle)?;
        if let Some(session) = self.session(key) {
            self.check_publishes(bundle, &session.grant, now)?;
        }
        self.check_bundle_signals(key, bundle)?;
        let sets = merge(bundle)?.into_iter();
        let mut keys: Vec<Rc<str>> = sets.map(|set| Rc::from(&*set.address)).collect();
        keys.extend(timeline_keys(&bundle.messages));
        // The engine's limit for a batch.
        if keys.len() > SHARED_BUNDLE_MAX {
            let why =
                format!("in a cluster, a bundle writes at most {SHARED_BUNDLE_MAX} addresses");
            return Err((402, why, None));
        }
        Ok(keys)
    }

    /// Checks that the sessions are there that a bundle signals.
    pub(super) fn check_bundle_signals<'m>(
        &self,
        key: Key,
        bundle: &'m Bundle<'_>,
    ) -> Result<(), Refused<'m>> {
        bundle
            .messages
            .iter()
            .try_for_each(|message| match message {
                Message::Publish(publish) => self.check_signalled(key, publish),
                _ => Ok(()),
            })
    }

    fn offer(
        &mut self,
        key: Key,
        keys: Vec<Rc<str>>,
        share: Option<Share>,
        qos: Qos,
        bytes: &[u8],
        now: Now,
    ) {
        let Some(sender) = self.sender(key) else {
            return;
        };
        let mut write = Write::new(What::Frame(bytes.into()), sender.name, keys);
        if self.is_stale() {
            self.free_key(&write);
            return self.refuse_in_turn(key, 503, AWAY, write.address().as_deref());
        }
        let Some(cluster) = self.cluster() else {
            return;
        };
        write.session = Some(key);
        write.grant = sender.grant;
        write.share = share;
        write.qos = qos;
        write.deadline = Some(now.micros + GRACE);
        let id = cluster.writes.offer(write);
        self.add_slot(key, id, None);
        self.send_writes(now);
    }

    pub(super) fn add_slot(&mut self, key: Key, id: Id, answer: Option<Box<[u8]>>) {
        if let Some(session) = self.session_mut(key) {
            let deferred = session.deferred.get_or_insert_default();
            deferred.slots.push_back((id, answer));
        }
    }

    /// Refuses a request, after the answers to earlier ones.
    fn refuse_in_turn(&mut self, key: Key, code: u16, why: &str, address: Option<&str>) {
        if !self.is_waiting(key) {
            return self.refuse(key, code, why, address);
        }
        self.counters.errors += 1;
        let frame = error_frame(code, why, address);
        self.add_slot(key, 0, Some(frame));
    }

    fn offer_get(&mut self, key: Key, address: &str, now: Now) {
        if check_address(address).is_err() {
            return self.get(key, address, now);
        }
        let Some(cluster) = self.cluster() else {
            return;
        };
        let id = cluster.ticket();
        let is_stale = cluster.is_stale();
        self.add_slot(key, id, None);
        if is_stale {
            // The session was told so when it began.
            return self.answer_get(key, id, address, now);
        }
        if let Some(cluster) = self.cluster() {
            cluster.fence(Waiting::Get(key, id, address.into()));
        }
        self.send_writes(now);
    }

    /// Answers a GET.
    pub(super) fn answer_get(&mut self, key: Key, id: Id, address: &str, now: Now) {
        let is_open = self
            .session(key)
            .and_then(|session| session.deferred.as_ref());
        if is_open.is_none_or(|deferred| !deferred.slots.iter().any(|(slot, _)| *slot == id)) {
            return;
        }
        self.touch(address, now);
        let readable = |session: &super::Session| session.grant.rights().may_read(address);
        let frame = if self.session(key).is_some_and(readable) {
            let found = self.state.param(address, now.micros);
            let mut frame = Vec::new();
            let snapshot = Message::Snapshot(found.into_iter().collect());
            // What the state has taken fits.
            let _ = wire::encode_with(&snapshot, Qos::Fire, None, &mut frame);
            frame.into()
        } else {
            let why = "the token does not allow reading there";
            error_frame(301, why, Some(address))
        };
        self.fill_slot(key, id, frame, now);
    }

    /// Executes a bundle that has only events.
    fn publish_bundle(&mut self, key: Key, bundle: &Bundle<'_>, qos: Qos, now: Now) {
        if let Err((code, why, address)) = self.check_clustered(key, bundle, now) {
            let why = format!("refused bundle: {why}");
            return self.refuse(key, code, &why, address);
        }
        if let Some(sender) = self.sender(key) {
            self.publish_all(bundle, &sender, now);
        }
        if qos != Qos::Fire {
            self.reply(key, &Message::Ack(Ack::default()));
        }
    }

    /// Sends the events of a bundle. Its timelines were written with its SETs.
    fn publish_all(&mut self, bundle: &Bundle<'_>, sender: &Sender, now: Now) {
        for message in &bundle.messages {
            if let Message::Publish(publish) = message
                && !is_played(message)
            {
                self.publish_allowed(sender, message, publish, now);
            }
        }
    }

    /// Checks that a PUBLISH can be sent to other routers.
    pub(super) fn check_cluster_publish(&self) -> Result<(), (u16, String)> {
        let Some(cluster) = &self.cluster else {
            return Ok(());
        };
        if !cluster.is_connected() {
            return Err((503, "not sent: the cluster's engine is out of reach".into()));
        }
        Ok(())
    }

    /// Sends an event, a sample or a gesture to the routers that receive it.
    #[inline]
    pub(super) fn forward(&mut self, message: &Message<'_>, address: &str, signal: SignalType) {
        let Some(cluster) = &mut self.cluster else {
            return;
        };
        let mut frame = Vec::new();
        if wire::encode(message, &mut frame).is_ok() {
            cluster.send_event(address, signal != SignalType::Stream, &frame);
        }
    }

    /// Finishes a write: answers its session, and continues with what waited behind it.
    pub(super) fn end_write(&mut self, id: Id, outcome: Outcome, now: Now) {
        let Some(write) = self.cluster().and_then(|cluster| cluster.writes.finish(id)) else {
            return;
        };
        if let (What::Release(address), Outcome::Unknown) = (&write.what, &outcome) {
            // If it was done, the next attempt finds nothing to release.
            let what = What::Release(address.clone());
            let again = Write::new(what, write.writer.clone(), vec![address.clone()]);
            if let Some(cluster) = self.cluster() {
                cluster.writes.offer(again);
            }
        }
        if matches!(outcome, Outcome::Refused(..)) {
            self.free_key(&write);
        }
        let (What::Frame(bytes), Some(key)) = (&write.what, write.session) else {
            return self.planned_ended(&write, &outcome, now);
        };
        // Another session may have its key by now.
        let is_there = self
            .session(key)
            .is_some_and(|session| Rc::ptr_eq(&session.name, &write.writer));
        if !is_there {
            if let Outcome::Done(first) = outcome {
                // Its events are sent all the same.
                self.finish_frame(None, &write, bytes, first, now);
            }
            return self.release_clustered(&write.writer, now);
        }
        let frame = match outcome {
            Outcome::Unknown => return self.close_session(key, UNKNOWN),
            Outcome::Refused(code, why, address) => {
                self.counters.errors += 1;
                error_frame(code, &why, address.as_deref())
            }
            Outcome::Done(first) => self.finish_frame(Some(key), &write, bytes, first, now),
        };
        self.fill_slot(key, id, frame, now);
    }

    /// Ends a session with this reason and no ERROR, which would be taken for the answer to a request.
    pub(super) fn close_session(&mut self, key: Key, why: &str) {
        self.with_outbox(key, |outbox, _| outbox.close(close::ERROR, why));
        let Some(session) = self.session_mut(key) else {
            return;
        };
        session.pending.clear();
        session.wake();
        self.subscriptions.remove_session(key);
        self.wake_worker();
    }

    /// Ends the sessions for which `which` holds, as [`close_session`](Self::close_session) does.
    pub(super) fn close_sessions(&mut self, why: &str, which: impl Fn(&Hub, Key) -> bool) {
        for key in 0..self.sessions.len() as Key {
            if self.has_greeted(key) && which(self, key) {
                self.close_session(key, why);
            }
        }
    }

    /// Gives the answer to a write that was done, and sends the events of its bundle.
    fn finish_frame(
        &mut self,
        key: Option<Key>,
        write: &Write,
        bytes: &[u8],
        first: u64,
        now: Now,
    ) -> Box<[u8]> {
        let Ok(frame) = wire::decode(bytes) else {
            return Box::default();
        };
        let ack = match &frame.message {
            Message::Set(set) => {
                let locked = match (set.unlock, set.lock) {
                    (true, _) => Some(false),
                    (false, true) => Some(true),
                    (false, false) => None,
                };
                let holder = (locked == Some(true)).then(|| write.writer.to_string().into());
                Ack {
                    address: Some(set.address.to_string().into()),
                    revision: Some(first),
                    locked,
                    holder,
                    correlation_id: None,
                }
            }
            // No revision: it shows that the bundle was accepted but not executed.
            Message::Bundle(_) if write.held_key().is_some() => Ack::default(),
            Message::Bundle(bundle) => {
                let sender = Sender {
                    key,
                    name: write.writer.clone(),
                    grant: write.grant.clone(),
                };
                self.publish_all(bundle, &sender, now);
                let last = bundle
                    .messages
                    .iter()
                    .rev()
                    .find_map(|message| match message {
                        Message::Set(set) => Some(&*set.address),
                        _ => None,
                    });
                let place = write
                    .addresses
                    .iter()
                    .position(|address| last == Some(address));
                Ack {
                    revision: place.map(|place| first + place as u64),
                    ..Ack::default()
                }
            }
            Message::Announce(announce) => Ack {
                address: Some(announce.namespace.to_string().into()),
                ..Ack::default()
            },
            _ => Ack::default(),
        };
        if write.qos == Qos::Fire {
            return Box::default();
        }
        let mut answer = Vec::new();
        // An address that came in a frame fits one.
        let _ = wire::encode_with(&Message::Ack(ack), Qos::Fire, None, &mut answer);
        answer.into()
    }

    /// Sets an answer. Sends the answers that are complete in order, then handles the waiting message.
    pub(super) fn fill_slot(&mut self, key: Key, id: Id, frame: Box<[u8]>, now: Now) {
        let session = self.session_mut(key);
        let Some(deferred) = session.and_then(|session| session.deferred.as_mut()) else {
            return;
        };
        if let Some(slot) = deferred.slots.iter_mut().find(|(slot, _)| *slot == id) {
            slot.1 = Some(frame);
        }
        let was_behind = deferred.is_behind();
        let mut answers = Vec::new();
        while let Some((_, Some(_))) = deferred.slots.front() {
            answers.extend(deferred.slots.pop_front().and_then(|(_, answer)| answer));
        }
        let mut next = None;
        if deferred.slots.is_empty() {
            next = deferred.held.take();
        }
        let goes_on = was_behind && !deferred.is_behind();
        if goes_on && let Some(session) = self.session_mut(key) {
            session.wake();
        }
        for answer in answers {
            if !answer.is_empty() {
                self.frame.clear();
                self.frame.extend_from_slice(&answer);
                self.reply_frame(key);
            }
        }
        if let Some(bytes) = next
            && let Ok(frame) = wire::decode(&bytes)
        {
            self.dispatch(key, &frame.message, frame.qos, &bytes, now);
            // A bundle that waits again has asked for more.
            if let Some(deferred) = self.session_mut(key).and_then(|s| s.deferred.as_mut())
                && deferred.held.is_none()
            {
                deferred.probed.clear();
            }
        }
    }
}

/// Whether a bundle goes through the stream.
fn is_written(bundle: &Bundle<'_>, now: Now) -> bool {
    let is_one = |message: &Message<'_>| matches!(message, Message::Set(_)) || is_played(message);
    bundle.timestamp.is_some_and(|at| at > now.micros) || bundle.messages.iter().any(is_one)
}
