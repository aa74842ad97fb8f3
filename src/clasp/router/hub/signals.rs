//! In a cluster: signals between sessions of different routers. Takes a PUBLISH for one session; gives it to
//! that session's router, and an ERROR to the sender if nobody has that session.
//!
//! A bundle is done whole or not at all. So a bundle with such signals waits until the routers of those
//! sessions have answered a probe, which is a signal without a frame.

use super::super::cluster::PendingSignal;
use super::super::cluster::writes::Id;
use super::super::subscriptions::Key;
use super::bundles::Refused;
use super::delivery::error_frame;
use super::publishes::SIGNAL_TO_PEER;
use super::{Hub, Now};
use crate::clasp::wire::{self, Bundle, Message, Publish};

/// How long a signal to a session of another router may take, in µs.
const SIGNAL_LIMIT: u64 = 5_000_000;

/// Why a signal is refused.
const NO_SESSION: &str = "there is no such session";

/// Why it is not known whether a signal has come.
const SIGNAL_UNKNOWN: &str =
    "the router of that session did not answer: whether the signal has come is unknown";

/// Why it is not known whether there is a session.
const PROBE_UNKNOWN: &str = "the router of that session did not answer: nothing was done";

/// Whether this can be the id of a session. It becomes a part of a subject.
fn is_session_id(name: &str) -> bool {
    let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !name.is_empty() && name.len() <= 64 && name.bytes().all(is_id)
}

/// What is known of a session of another router.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probed {
    /// Its router has it.
    There,
    /// Nobody has it.
    Missing,
    /// Its router has not answered.
    Silent,
}

impl Hub {
    /// The session of another router, or of none, that a PUBLISH is for.
    pub(super) fn session_elsewhere(&self, publish: &Publish<'_>) -> Option<String> {
        let name = publish.address.strip_prefix(SIGNAL_TO_PEER)?;
        (!self.names.contains_key(name)).then(|| name.to_owned())
    }

    /// A signal to a session of another router. What else the session says waits until it is known
    /// whether somebody has that session.
    pub(super) fn offer_signal(
        &mut self,
        key: Key,
        name: &str,
        message: &Message<'_>,
        publish: &Publish<'_>,
        now: Now,
    ) {
        let address = &*publish.address;
        let mut frame = Vec::new();
        let checked = self
            .check_target(key, address)
            .and_then(|()| self.check_payload(publish))
            .and_then(|()| self.check_cluster_publish())
            .and_then(|()| {
                is_session_id(name)
                    .then_some(())
                    .ok_or((404, NO_SESSION.to_owned()))
            })
            .and_then(|()| {
                wire::encode(message, &mut frame).map_err(|error| (402, error.to_string()))
            });
        if let Err((code, why)) = checked {
            return self.refuse(key, code, &why, Some(address));
        }
        self.send_pending(key, name, &frame, address, false, now);
    }

    /// Sends a signal, or a probe, whose answer the session waits for.
    fn send_pending(
        &mut self,
        key: Key,
        name: &str,
        frame: &[u8],
        address: &str,
        is_probe: bool,
        now: Now,
    ) {
        let Some(cluster) = self.cluster() else {
            return;
        };
        let id = cluster.ticket();
        cluster.send_signal(name, Some(id), frame);
        let pending = PendingSignal {
            session: key,
            until: now.micros + SIGNAL_LIMIT,
            address: address.into(),
            is_probe,
        };
        cluster.signals.insert(id, pending);
        self.add_slot(key, id, None);
    }

    /// Sends a signal of a bundle to a session of another router, which was there when its router was
    /// asked.
    pub(super) fn forward_signal(&mut self, name: &str, message: &Message<'_>) {
        let mut frame = Vec::new();
        if let Some(cluster) = self.cluster()
            && is_session_id(name)
            && wire::encode(message, &mut frame).is_ok()
        {
            cluster.send_signal(name, None, &frame);
        }
    }

    /// Asks the routers of the sessions that a bundle signals whether these are there. Gives whether the
    /// bundle has to wait for that; then it is handled again afterwards.
    pub(super) fn probe_sessions(
        &mut self,
        key: Key,
        bundle: &Bundle<'_>,
        bytes: &[u8],
        now: Now,
    ) -> bool {
        let mut unknown: Vec<(String, &str)> = Vec::new();
        for message in &bundle.messages {
            if let Message::Publish(publish) = message
                && let Some(name) = self.session_elsewhere(publish)
                && is_session_id(&name)
                && self.probed(key, &publish.address).is_none()
                && !unknown.iter().any(|(known, _)| *known == name)
            {
                unknown.push((name, &publish.address));
            }
        }
        // What is refused anyway tells nothing about sessions.
        if unknown.is_empty()
            || self.check_rights(key, bundle).is_err()
            || self.check_cluster_publish().is_err()
        {
            return false;
        }
        for (name, address) in unknown {
            self.send_pending(key, &name, b"", address, true, now);
        }
        self.handle_later(key, bytes);
        true
    }

    /// Whether the session that a PUBLISH of a bundle signals is there.
    ///
    /// # Errors
    /// It is not, or that is unknown.
    pub(super) fn check_signalled<'m>(
        &self,
        key: Key,
        publish: &'m Publish<'_>,
    ) -> Result<(), Refused<'m>> {
        if self.session_elsewhere(publish).is_none() {
            return Ok(());
        }
        let (code, why) = match self.probed(key, &publish.address) {
            Some(Probed::There) => return Ok(()),
            Some(Probed::Silent) => (503, PROBE_UNKNOWN),
            Some(Probed::Missing) | None => (404, NO_SESSION),
        };
        Err((code, why.to_owned(), Some(&publish.address)))
    }

    /// What a probe of this address has found.
    fn probed(&self, key: Key, address: &str) -> Option<Probed> {
        let deferred = self.session(key)?.deferred.as_ref()?;
        let mut known = deferred.probed.iter();
        let found = known.find(|(known, _)| **known == *address);
        found.map(|(_, probed)| *probed)
    }

    /// A signal or a probe has its answer, or none in time.
    fn end_pending(&mut self, id: Id, pending: PendingSignal, answer: Probed, now: Now) {
        let (key, address) = (pending.session, pending.address);
        let session = self.session_mut(key);
        if pending.is_probe
            && let Some(deferred) = session.and_then(|session| session.deferred.as_mut())
            && deferred.awaits(id)
        {
            deferred.probed.push((address, answer));
            return self.fill_slot(key, id, Box::default(), now);
        }
        let (code, why) = match answer {
            Probed::There => return self.fill_slot(key, id, Box::default(), now),
            Probed::Missing => (404, NO_SESSION),
            Probed::Silent => (503, SIGNAL_UNKNOWN),
        };
        self.counters.errors += 1;
        let frame = error_frame(code, why, Some(&address));
        self.fill_slot(key, id, frame, now);
    }

    /// A signal to another router has come there, or the engine knows nobody with that session.
    pub(super) fn signal_answered(&mut self, id: Id, is_there: bool, now: Now) {
        let signal = self
            .cluster()
            .and_then(|cluster| cluster.signals.remove(&id));
        if let Some(pending) = signal {
            let answer = if is_there {
                Probed::There
            } else {
                Probed::Missing
            };
            self.end_pending(id, pending, answer, now);
        }
    }

    /// Signals without an answer: nobody can say whether they have come.
    pub(super) fn end_signals_unanswered(&mut self, are_all: bool, now: Now) {
        let Some(cluster) = self.cluster() else {
            return;
        };
        let is_over = |until: u64| are_all || until <= now.micros;
        let over = cluster
            .signals
            .extract_if(|_, pending| is_over(pending.until));
        for (id, pending) in over.collect::<Vec<_>>() {
            self.end_pending(id, pending, Probed::Silent, now);
        }
    }
}
