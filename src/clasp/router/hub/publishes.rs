//! PUBLISH: events, streams, gestures, timelines, and P2P signals between sessions.

use std::borrow::Cow;
use std::rc::Rc;

use super::super::grants::{Grant, NoRoom, Resource, Share};
use super::super::outbox::Kind;
use super::super::schedule::gesture::{Delivery, GestureKey};
use super::super::schedule::timeline::Timeline;
use super::super::subscriptions::Key;
use super::{Hub, Now};
use crate::clasp::wire::frame::PAYLOAD_MAX;
use crate::clasp::wire::{self, Message, Phase, Publish, Set, SignalType, encoded_size};

/// An address below this names a session, and is delivered only to it.
pub const SIGNAL_TO_PEER: &str = "/clasp/p2p/signal/";

/// The greatest size of a PUBLISH without its address and value or samples.
const PUBLISH_BYTES: usize = 1 + 1 + 2 + 1 + 1 + 2 + 8 + 4 + 4;

/// The sender of a message, which may have left.
#[derive(Debug)]
pub struct Sender {
    /// Its session, if it is connected.
    pub key: Option<Key>,
    pub name: Rc<str>,
    pub grant: Rc<Grant>,
}

impl Hub {
    /// Handles a PUBLISH of a session. `message` is the same message as a whole, so that it is
    /// encoded without copying.
    #[inline]
    pub(super) fn publish(
        &mut self,
        key: Key,
        message: &Message<'_>,
        publish: &Publish<'_>,
        now: Now,
    ) {
        let address = &*publish.address;
        if let Err((code, why)) = self.check_target(key, address) {
            return self.refuse(key, code, &why, Some(address));
        }
        if let Err((code, why)) = self.check_publish(publish, now) {
            return self.refuse(key, code, &why, Some(address));
        }
        let Some(sender) = self.sender(key) else {
            return;
        };
        if let Err((code, why)) = self.check_played(publish, &sender.name, now) {
            return self.refuse(key, code, &why, Some(address));
        }
        self.publish_allowed(&sender, message, publish, now);
    }

    /// A session as the sender of a message.
    #[inline]
    pub(super) fn sender(&self, key: Key) -> Option<Sender> {
        self.session(key).map(|session| Sender {
            key: Some(key),
            name: session.name.clone(),
            grant: session.grant.clone(),
        })
    }

    /// Checks a PUBLISH.
    pub(super) fn check_publish(
        &self,
        publish: &Publish<'_>,
        now: Now,
    ) -> Result<(), (u16, String)> {
        self.check_cluster_publish()?;
        self.check_payload(publish)?;
        // In a cluster, another router may have that session: see `check_signalled`.
        if self.cluster.is_none()
            && let Some(name) = publish.address.strip_prefix(SIGNAL_TO_PEER)
            && !self.names.contains_key(name)
        {
            return Err((404, "there is no such session".into()));
        }
        match (publish.signal, &publish.value) {
            (SignalType::Timeline, Some(value)) => Timeline::read(value, now.micros)
                .map_or(Ok(()), |read| read.map(drop))
                .map_err(|why| (402, why)),
            _ => Ok(()),
        }
    }

    /// Checks that a timeline may write its param now.
    pub(super) fn check_played(
        &self,
        publish: &Publish<'_>,
        writer: &str,
        now: Now,
    ) -> Result<(), (u16, String)> {
        if publish.signal != SignalType::Timeline {
            return Ok(());
        }
        let checked = self.state.check_lock(&publish.address, writer, now.micros);
        checked.map_err(|refusal| (refusal.code(), refusal.to_string()))
    }

    /// Checks what a PUBLISH carries.
    pub(super) fn check_payload(&self, publish: &Publish<'_>) -> Result<(), (u16, String)> {
        let payload = match (&publish.value, &publish.samples) {
            (Some(value), None) => encoded_size(value).map_err(|error| (402, error.to_string()))?,
            (None, Some(samples)) => 8 * samples.len(),
            (None, None) => 0,
            (Some(_), Some(_)) => {
                let why = "it has a value and samples, and there is room for one";
                return Err((402, why.into()));
            }
        };
        if publish.phase.is_some() && publish.signal != SignalType::Gesture {
            return Err((402, "only a gesture has a phase".into()));
        }
        if PUBLISH_BYTES + publish.address.len() + payload > PAYLOAD_MAX {
            let why = "it does not fit a frame once its numbers are written at full width";
            return Err((402, why.into()));
        }
        Ok(())
    }

    /// Executes a checked PUBLISH. It is not delivered to its sender.
    #[inline]
    pub(super) fn publish_allowed(
        &mut self,
        sender: &Sender,
        message: &Message<'_>,
        publish: &Publish<'_>,
        now: Now,
    ) {
        match self.session_elsewhere(publish) {
            Some(name) => self.forward_signal(&name, message),
            None if publish.address.starts_with(SIGNAL_TO_PEER) => {}
            None => self.forward(message, &publish.address, publish.signal),
        }
        self.publish_local(sender, message, publish, now);
    }

    /// Delivers a PUBLISH to the sessions of this router: to one, if it is for that.
    #[inline]
    pub(super) fn publish_local(
        &mut self,
        sender: &Sender,
        message: &Message<'_>,
        publish: &Publish<'_>,
        now: Now,
    ) {
        let Some(name) = publish.address.strip_prefix(SIGNAL_TO_PEER) else {
            return self.publish_here(sender, message, publish, now);
        };
        // Clients send to their own session to probe whether it is alive.
        if let Some(to) = self.names.get(name).copied() {
            self.reply(to, message);
        }
    }

    /// Delivers a PUBLISH to the subscribers of this router.
    #[inline]
    pub(super) fn publish_here(
        &mut self,
        sender: &Sender,
        message: &Message<'_>,
        publish: &Publish<'_>,
        now: Now,
    ) {
        let address = &*publish.address;
        self.record_publish(message, publish, now);
        match (publish.signal, publish.phase) {
            (SignalType::Gesture, Some(phase)) => {
                return self.publish_gesture(sender, message, publish, phase, now);
            }
            // In a cluster, it begins when it comes from the stream.
            (SignalType::Timeline, _) if self.cluster.is_none() => {
                self.begin_timeline(sender, publish, now);
            }
            _ => {}
        }
        if self.subscriptions.find(address, publish.signal) {
            let kind = match publish.signal {
                SignalType::Stream => Kind::Stream(address),
                _ => Kind::Keep,
            };
            // The size was checked.
            let _ = self.send(message, publish.signal, address, kind, sender.key, now);
        }
    }

    fn publish_gesture(
        &mut self,
        sender: &Sender,
        message: &Message<'_>,
        publish: &Publish<'_>,
        phase: Phase,
        now: Now,
    ) {
        let mut frame = Vec::new();
        if wire::encode(message, &mut frame).is_err() {
            return;
        }
        let (Some(session), Some(id)) = (sender.key, publish.id) else {
            // Without sender or id it cannot be coalesced.
            let from = sender.key.unwrap_or(Key::MAX);
            return self.send_gesture(from, &publish.address, &frame, now);
        };
        let name = GestureKey {
            session,
            address: (*publish.address).into(),
            id,
        };
        match self.gestures.frame(name, phase, &frame, now.micros) {
            Delivery::Pass => {}
            Delivery::Held => return,
            Delivery::PassAfter(held) => self.send_gesture(session, &publish.address, &held, now),
        }
        self.send_gesture(session, &publish.address, &frame, now);
    }

    /// Delivers a frame of a gesture to all except its sender.
    pub(super) fn send_gesture(&mut self, from: Key, address: &str, frame: &[u8], now: Now) {
        let Ok(decoded) = wire::decode(frame) else {
            return;
        };
        if self.subscriptions.find(address, SignalType::Gesture) {
            let (signal, except) = (SignalType::Gesture, Some(from));
            // It was encoded before, so it fits.
            let _ = self.send(&decoded.message, signal, address, Kind::Keep, except, now);
        }
    }

    fn begin_timeline(&mut self, sender: &Sender, publish: &Publish<'_>, now: Now) {
        let Some(value) = &publish.value else { return };
        let Some(Ok(timeline)) = Timeline::read(value, now.micros) else {
            return;
        };
        let bytes = timeline.bytes(encoded_size(value).unwrap_or_default());
        let take = |hub: &Hub| -> Result<Share, NoRoom> {
            Share::take(&sender.grant, &hub.counts, Resource::Timeline, bytes)
        };
        let share = take(self).or_else(|_| {
            // The timeline that it replaces may use the quota.
            self.end_timeline(&publish.address);
            take(self)
        });
        match share {
            Ok(share) => {
                let (address, writer) = (&publish.address, sender.name.clone());
                self.keep_timeline(address, &timeline, &writer, &sender.grant, value);
                self.timelines
                    .play(address, timeline, writer, share, now.micros);
            }
            Err(why) => {
                if let Some(key) = sender.key {
                    self.refuse(key, 503, &why.to_string(), Some(&publish.address));
                }
            }
        }
    }

    /// Writes the present values of the timelines. A timeline ends when its address is locked.
    pub(super) fn step_timelines(&mut self, now: Now) {
        let steps = self.timelines.step(now.micros);
        if self.cluster.is_some() {
            return self.offer_steps(steps, now);
        }
        for step in steps {
            let set = Set {
                address: Cow::Borrowed(&step.address),
                value: step.value,
                revision: None,
                lock: false,
                unlock: false,
                ttl: None,
            };
            if self.write(&set, &step.writer, now).is_err() || step.is_last {
                self.end_timeline(&step.address);
            }
        }
    }
}
