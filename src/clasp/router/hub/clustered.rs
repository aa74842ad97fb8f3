//! In a cluster: what sessions ask for that the engine has a part in. Without a cluster nothing of this
//! does anything.
//!
//! - SET and BUNDLE become writes ([`Writes`](super::super::cluster::writes::Writes)), and are answered
//!   when they have come back from the stream. A session's writes go on their way one after the other
//!   without waiting, and are answered in order.
//! - GET is answered once everything that was in the stream when it came has come here.
//! - Whatever else a session says behind its writes waits until they have been answered: its events do
//!   not overtake them, and its reads see them.

use std::collections::VecDeque;
use std::rc::Rc;

use super::super::cluster::writes::{Id, What, Write};
use super::super::cluster::{Cluster, GRACE, Waiting};
use super::super::subscriptions::Key;
use super::bundles::Refused;
use super::delivery::error;
use super::upstream::{Outcome, merge};
use super::{Hub, Now};
use crate::clasp::wire::{
    self, Ack, Bundle, Message, Publish, Qos, SHARED_BUNDLE_MAX, Set, SignalType, check_address,
};
use crate::net::peer::close;

/// Answers of one session that may be outstanding before it is read no further.
const OUTSTANDING: usize = 1_000;

/// Why a session is ended whose write has no outcome.
const UNKNOWN: &str = "the cluster's engine went away: what became of the last writes is unknown";

/// Why a write is refused that was never sent.
const AWAY: &str = "not written: the cluster's engine is out of reach";

/// What a session waits for.
#[derive(Debug, Default)]
pub struct Deferred {
    /// Its writes and GETs in order, with the answers that are there: a frame, or nothing to be said.
    slots: VecDeque<(Id, Option<Box<[u8]>>)>,
    /// What it said behind them.
    held: Option<Box<[u8]>>,
}

impl Deferred {
    /// Whether the session is to be read no further.
    pub fn is_behind(&self) -> bool {
        self.held.is_some() || self.slots.len() > OUTSTANDING
    }
}

impl Hub {
    /// The cluster, if there is one.
    pub(super) fn cluster(&mut self) -> Option<&mut Cluster> {
        self.cluster.as_deref_mut()
    }

    /// Takes a message of a session, if the engine has a part in it. Whether it was taken.
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
            Message::Bundle(bundle) if has_sets(bundle) => {
                self.offer_bundle(key, bundle, qos, bytes, now);
            }
            _ if self.is_waiting(key) => {
                if let Some(session) = self.session_mut(key) {
                    session.deferred.get_or_insert_default().held = Some(bytes.into());
                }
            }
            Message::Get { address } => self.offer_get(key, address, now),
            Message::Bundle(bundle) => self.publish_bundle(key, bundle, qos, now),
            Message::Announce(announce) => {
                let why = "ANNOUNCE is not supported in a cluster yet";
                self.refuse(key, 101, why, Some(&announce.namespace));
            }
            _ => return false,
        }
        true
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
        self.offer(key, vec![address.into()], qos, bytes, now);
    }

    fn offer_bundle(&mut self, key: Key, bundle: &Bundle<'_>, qos: Qos, bytes: &[u8], now: Now) {
        match self.check_clustered(key, bundle, now) {
            Ok(addresses) => self.offer(key, addresses, qos, bytes, now),
            Err((code, why, address)) => {
                let why = format!("refused bundle: {why}");
                self.refuse_in_turn(key, code, &why, address);
            }
        }
    }

    /// Checks a bundle as far as that is possible before it is sent. Gives the addresses that it writes.
    fn check_clustered<'m>(
        &self,
        key: Key,
        bundle: &'m Bundle<'_>,
        now: Now,
    ) -> Result<Vec<Rc<str>>, Refused<'m>> {
        self.check_rights(key, bundle)?;
        if bundle.timestamp.is_some_and(|at| at > now.micros) {
            return Err((101, NO_TIME.into(), None));
        }
        if let Some(session) = self.session(key) {
            self.check_publishes(bundle, &session.grant, now)?;
        }
        let sets = merge(bundle)?;
        // The engine's limit for a batch.
        if sets.len() > SHARED_BUNDLE_MAX {
            let why =
                format!("in a cluster, a bundle writes at most {SHARED_BUNDLE_MAX} addresses");
            return Err((402, why, None));
        }
        Ok(sets.iter().map(|set| Rc::from(&*set.address)).collect())
    }

    fn offer(&mut self, key: Key, addresses: Vec<Rc<str>>, qos: Qos, bytes: &[u8], now: Now) {
        if self.is_stale() {
            let address = addresses.first().map(|address| &**address);
            return self.refuse_in_turn(key, 503, AWAY, address);
        }
        let Some(writer) = self.session(key).map(|session| session.name.clone()) else {
            return;
        };
        let Some(cluster) = self.cluster() else {
            return;
        };
        let mut write = Write::new(What::Frame(bytes.into()), writer, addresses);
        write.session = Some(key);
        write.qos = qos;
        write.deadline = Some(now.micros + GRACE);
        let id = cluster.writes.offer(write);
        self.add_slot(key, id, None);
        self.send_writes(now);
    }

    fn add_slot(&mut self, key: Key, id: Id, answer: Option<Box<[u8]>>) {
        if let Some(session) = self.session_mut(key) {
            let deferred = session.deferred.get_or_insert_default();
            deferred.slots.push_back((id, answer));
        }
    }

    /// Refuses something behind what was asked for before it.
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

    /// A GET may be answered now.
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

    /// PUBLISHes alone go beside the stream.
    fn publish_bundle(&mut self, key: Key, bundle: &Bundle<'_>, qos: Qos, now: Now) {
        if let Err((code, why, address)) = self.check_clustered(key, bundle, now) {
            let why = format!("refused bundle: {why}");
            return self.refuse(key, code, &why, address);
        }
        self.publish_all(bundle, key, now);
        if qos != Qos::Fire {
            self.reply(key, &Message::Ack(Ack::default()));
        }
    }

    fn publish_all(&mut self, bundle: &Bundle<'_>, key: Key, now: Now) {
        let Some(sender) = self.sender(key) else {
            return;
        };
        for message in &bundle.messages {
            if let Message::Publish(publish) = message {
                self.publish_allowed(&sender, message, publish, now);
            }
        }
    }

    /// What can be said against a PUBLISH in a cluster.
    pub(super) fn check_cluster_publish(&self, publish: &Publish<'_>) -> Result<(), (u16, String)> {
        let Some(cluster) = &self.cluster else {
            return Ok(());
        };
        if publish.signal == SignalType::Timeline {
            return Err((101, NO_TIME.into()));
        }
        if !cluster.is_connected() {
            return Err((503, "not sent: the cluster's engine is out of reach".into()));
        }
        Ok(())
    }

    /// Tells the other routers of an event, a sample or a gesture of this one.
    #[inline]
    pub(super) fn forward(&mut self, message: &Message<'_>, signal: SignalType) {
        let Some(cluster) = &mut self.cluster else {
            return;
        };
        let mut frame = Vec::new();
        if wire::encode(message, &mut frame).is_ok() {
            cluster.send_event(signal != SignalType::Stream, &frame);
        }
    }

    /// A write has an outcome: its session is answered, and what waited behind it goes on.
    pub(super) fn end_write(&mut self, id: Id, outcome: Outcome, now: Now) {
        let Some(write) = self.cluster().and_then(|cluster| cluster.writes.finish(id)) else {
            return;
        };
        if let (What::Release(address), Outcome::Unknown) = (&write.what, &outcome) {
            // It is still there, or it is not; the next one finds out.
            let what = What::Release(address.clone());
            let again = Write::new(what, write.writer.clone(), vec![address.clone()]);
            if let Some(cluster) = self.cluster() {
                cluster.writes.offer(again);
            }
        }
        let (What::Frame(bytes), Some(key)) = (&write.what, write.session) else {
            return;
        };
        // Another may have its place by now.
        let is_there = self
            .session(key)
            .is_some_and(|session| Rc::ptr_eq(&session.name, &write.writer));
        if !is_there {
            return self.release_clustered(&write.writer, now);
        }
        let frame = match outcome {
            Outcome::Unknown => return self.close_session(key, UNKNOWN),
            Outcome::Refused(code, why, address) => {
                self.counters.errors += 1;
                error_frame(code, &why, address.as_deref())
            }
            Outcome::Done(first) => self.finish_frame(key, &write, bytes, first, now),
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

    /// The answer to a write that was done; the events that came with it are sent.
    fn finish_frame(
        &mut self,
        key: Key,
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
            Message::Bundle(bundle) => {
                self.publish_all(bundle, key, now);
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

    /// An answer is there. It is sent when those before it have been, and then the session goes on.
    fn fill_slot(&mut self, key: Key, id: Id, frame: Box<[u8]>, now: Now) {
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
        }
    }
}

/// Why timed bundles and timelines are refused.
const NO_TIME: &str =
    "timed bundles and timelines are not supported in a cluster yet: the client keeps time itself";

fn has_sets(bundle: &Bundle<'_>) -> bool {
    let is_set = |message: &Message<'_>| matches!(message, Message::Set(_));
    bundle.messages.iter().any(is_set)
}

fn error_frame(code: u16, why: &str, address: Option<&str>) -> Box<[u8]> {
    let mut frame = Vec::new();
    // Texts that fit.
    let _ = wire::encode_with(&error(code, why, address), Qos::Fire, None, &mut frame);
    frame.into()
}
