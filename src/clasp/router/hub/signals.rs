//! In a cluster: signals between sessions of different routers. Takes a PUBLISH for one session; gives it to
//! that session's router, and an ERROR to the sender if nobody has that session.

use super::super::cluster::writes::Id;
use super::super::subscriptions::Key;
use super::delivery::error_frame;
use super::publishes::SIGNAL_TO_PEER;
use super::{Hub, Now};
use crate::clasp::wire::{self, Message, Publish};

/// How long a signal to a session of another router may take, in µs.
const SIGNAL_LIMIT: u64 = 5_000_000;

/// Why a signal is refused.
const NO_SESSION: &str = "there is no such session";

/// Why it is not known whether a signal has come.
const SIGNAL_UNKNOWN: &str =
    "the router of that session did not answer: whether the signal has come is unknown";

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
        // It becomes a part of a subject.
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let mut frame = Vec::new();
        let checked = self
            .check_target(key, address)
            .and_then(|()| self.check_payload(publish))
            .and_then(|()| self.check_cluster_publish())
            .and_then(|()| {
                let is_good = !name.is_empty() && name.len() <= 64 && name.bytes().all(is_id);
                is_good.then_some(()).ok_or((404, NO_SESSION.to_owned()))
            })
            .and_then(|()| {
                wire::encode(message, &mut frame).map_err(|error| (402, error.to_string()))
            });
        if let Err((code, why)) = checked {
            return self.refuse(key, code, &why, Some(address));
        }
        let Some(cluster) = self.cluster() else {
            return;
        };
        let id = cluster.ticket();
        cluster.send_signal(name, id, &frame);
        let until = now.micros + SIGNAL_LIMIT;
        cluster.signals.insert(id, (key, until, address.into()));
        self.add_slot(key, id, None);
    }

    /// A signal to another router has come there, or the engine knows nobody with that session.
    pub(super) fn signal_answered(&mut self, id: Id, is_there: bool, now: Now) {
        let signal = self
            .cluster()
            .and_then(|cluster| cluster.signals.remove(&id));
        let Some((key, _, address)) = signal else {
            return;
        };
        let frame = if is_there {
            Box::default()
        } else {
            self.counters.errors += 1;
            error_frame(404, NO_SESSION, Some(&address))
        };
        self.fill_slot(key, id, frame, now);
    }

    /// Signals without an answer: nobody can say whether they have come.
    pub(super) fn end_signals_unanswered(&mut self, are_all: bool, now: Now) {
        let Some(cluster) = self.cluster() else {
            return;
        };
        let is_over = |until: u64| are_all || until <= now.micros;
        let over = cluster
            .signals
            .extract_if(|_, (_, until, _)| is_over(*until));
        for (id, (key, _, address)) in over.collect::<Vec<_>>() {
            self.counters.errors += 1;
            let frame = error_frame(503, SIGNAL_UNKNOWN, Some(&address));
            self.fill_slot(key, id, frame, now);
        }
    }
}
