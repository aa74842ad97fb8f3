//! What is not state: events, streams, gestures, timelines, and signals between peers.

use std::borrow::Cow;

use super::super::outbox::Kind;
use super::super::schedule::gesture::{Name, Verdict};
use super::super::schedule::timeline::Timeline;
use super::super::subscriptions::Key;
use super::{Hub, Now};
use crate::clasp::wire::{self, Message, Phase, Publish, Set, SignalType};

/// Below this, an address names a session, and what is published there is for it alone.
const SIGNAL_TO_PEER: &str = "/clasp/p2p/signal/";

impl Hub {
    /// A PUBLISH of a session. It comes as the message that it is as well: that is what goes on,
    /// and nothing in it is copied before it is encoded.
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
            return self.refuse(key, code, &why, Some(address), now);
        }
        if let Err(why) = self.check_publish(publish, now) {
            return self.refuse(key, 402, &why, Some(address), now);
        }
        self.publish_allowed(Some(key), message, publish, now);
    }

    /// What can be said against a PUBLISH beforehand.
    pub(super) fn check_publish(&self, publish: &Publish<'_>, now: Now) -> Result<(), String> {
        match (&publish.signal, &publish.value) {
            (SignalType::Timeline, Some(value)) => {
                Timeline::read(value, now.micros).map_or(Ok(()), |read| read.map(drop))
            }
            _ => Ok(()),
        }
    }

    /// Does what has been checked. Its sender, if it is still there, does not hear it.
    #[inline]
    pub(super) fn publish_allowed(
        &mut self,
        from: Option<Key>,
        message: &Message<'_>,
        publish: &Publish<'_>,
        now: Now,
    ) {
        let address = &*publish.address;
        if let Some(name) = address.strip_prefix(SIGNAL_TO_PEER) {
            return self.signal_peer(from, name, message, &publish.address, now);
        }
        match (publish.signal, publish.phase) {
            (SignalType::Gesture, Some(phase)) => {
                return self.publish_gesture(from, message, publish, phase, now);
            }
            (SignalType::Timeline, _) => self.begin_timeline(from, publish, now),
            _ => {}
        }
        if self.subscriptions.find(address, publish.signal) {
            let kind = match publish.signal {
                SignalType::Stream => Kind::Stream,
                _ => Kind::Keep,
            };
            if self.send(message, address, kind, from, now).is_err()
                && let Some(key) = from
            {
                let why = "it does not fit a frame once its numbers are written at full width";
                self.refuse(key, 402, why, Some(address), now);
            }
        }
    }

    /// Peers find each other's sessions by name. One that sends to itself learns that it is alive:
    /// that is how clients probe.
    fn signal_peer(
        &mut self,
        from: Option<Key>,
        name: &str,
        message: &Message<'_>,
        address: &str,
        now: Now,
    ) {
        match (self.names.get(name).copied(), from) {
            (Some(to), _) => self.reply(to, message, now),
            (None, Some(key)) => {
                self.refuse(key, 404, "there is no such session", Some(address), now);
            }
            (None, None) => {}
        }
    }

    fn publish_gesture(
        &mut self,
        from: Option<Key>,
        message: &Message<'_>,
        publish: &Publish<'_>,
        phase: Phase,
        now: Now,
    ) {
        let mut frame = Vec::new();
        if wire::encode(message, &mut frame).is_err() {
            return;
        }
        let (Some(session), Some(id)) = (from, publish.id) else {
            // Of whom or of which nobody can say: it cannot be coalesced.
            return self.send_gesture(from.unwrap_or(Key::MAX), &publish.address, &frame, now);
        };
        let name = Name {
            session,
            address: (*publish.address).into(),
            id,
        };
        match self.gestures.frame(name, phase, &frame, now.micros) {
            Verdict::Pass => {}
            Verdict::Held => return,
            Verdict::PassAfter(held) => self.send_gesture(session, &publish.address, &held, now),
        }
        self.send_gesture(session, &publish.address, &frame, now);
    }

    /// A frame of a gesture, to all but its sender.
    pub(super) fn send_gesture(&mut self, from: Key, address: &str, frame: &[u8], now: Now) {
        let Ok(decoded) = wire::decode(frame) else {
            return;
        };
        if self.subscriptions.find(address, SignalType::Gesture) {
            // It was encoded once and fits.
            let _ = self.send(&decoded.message, address, Kind::Keep, Some(from), now);
        }
    }

    fn begin_timeline(&mut self, from: Option<Key>, publish: &Publish<'_>, now: Now) {
        let read = publish.value.as_ref();
        let read = read.and_then(|value| Timeline::read(value, now.micros));
        let Some(Ok(timeline)) = read else { return };
        let writer = from.and_then(|key| self.session(key));
        let writer = writer.map_or_else(|| "router".into(), |session| session.name.clone());
        let address = &publish.address;
        if !self.timelines.play(address, timeline, writer, now.micros)
            && let Some(key) = from
        {
            let why = "as many timelines run as may";
            self.refuse(key, 503, why, Some(address), now);
        }
    }

    /// Writes what the timelines have come to. One that meets a lock ends.
    pub(super) fn step_timelines(&mut self, now: Now) {
        for step in self.timelines.step(now.micros) {
            let set = Set {
                address: Cow::Borrowed(&step.address),
                value: step.value,
                revision: None,
                lock: false,
                unlock: false,
                ttl: None,
            };
            if self.write(&set, &step.writer, now).is_err() {
                self.timelines.cancel(&step.address);
            }
        }
    }
}
