//! In a cluster: what comes from the engine and what it does here. Without a cluster nothing of this
//! does anything.

use std::rc::Rc;

use super::super::Notice;
use super::super::cluster::api::{self, WRONG_LAST_SEQUENCE};
use super::super::cluster::events::Came;
use super::super::cluster::nats;
use super::super::cluster::writes::{Id, Phase, Write};
use super::super::cluster::{Cluster, UNSEEN, subscription};
use super::super::grants::Grant;
use super::publishes::Sender;
use super::upstream::Outcome;
use super::{Hub, Now};
use crate::clasp::wire::{self, Message};

/// Why sessions are ended that hear events.
const EVENTS_LOST: &str = "events of other routers were lost; connect again";

/// Why sessions are ended when the engine has been away for too long.
const STALE: &str = "the cluster's engine is out of reach: this router's values may be old";

/// How often a write is tried that finds something else than what is known here.
const ATTEMPTS: u32 = 200;

/// Why a write is refused that was tried so often.
const CONTENDED: &str = "not written: others write there all the time";

/// Why a write is refused that could not be sent in time.
const NOT_SENT: &str = "not written: the cluster's engine did not answer in time";

impl Hub {
    /// Makes this router one of a cluster.
    pub fn join_cluster(&mut self, cluster: Cluster) {
        self.cluster = Some(Box::new(cluster));
    }

    /// Whether sessions may be let in: a router of a cluster has its first copy.
    pub fn is_ready(&mut self) -> bool {
        self.cluster()
            .is_none_or(|cluster| cluster.position > 0 && cluster.is_live())
    }

    /// The cluster, for the link to the engine.
    pub fn link(&mut self) -> Option<&mut Cluster> {
        self.cluster()
    }

    /// The connection to the engine is gone.
    pub fn engine_gone(&mut self, now: Now) {
        if let Some(cluster) = self.cluster() {
            cluster.disconnected(now.micros);
        }
    }

    /// The bytes that are to be sent to the engine, in exchange for an empty buffer. Who was not read
    /// because there were too many is read again.
    pub fn take_engine_out(&mut self, empty: Vec<u8>) -> Vec<u8> {
        let Some(cluster) = self.cluster() else {
            return empty;
        };
        let was_full = cluster.is_full();
        let out = cluster.take_out(empty);
        if was_full && !cluster.is_full() {
            for session in self.sessions.iter_mut().flatten() {
                session.wake();
            }
        }
        out
    }

    /// What time brings: leases, attempts, deadlines. What whoever runs the router should know.
    pub fn engine_tick(&mut self, now: Now) -> Option<Notice> {
        let sessions = self.count();
        let cluster = self.cluster.as_deref_mut()?;
        let state = &self.state;
        cluster.prune(|session| state.locks_of(session), now.micros);
        let became_stale = cluster.tick(sessions, now.micros);
        let is_lost = cluster.events.is_lost(now.micros);
        let are_locks_lost = cluster.is_lease_in_doubt(now.micros);
        self.unanswered(now);
        if are_locks_lost {
            self.end_lock_holders();
        }
        if is_lost {
            self.end_listeners();
        }
        self.flush();
        if became_stale {
            self.end_all_stale(now);
            return Some(Notice::EngineAway);
        }
        None
    }

    /// A message of the engine. What whoever runs the router should know.
    pub fn engine_message(&mut self, message: &nats::Message<'_>, now: Now) -> Option<Notice> {
        match message.subscription {
            subscription::STORED => self.republished(message, now),
            subscription::EVENTS => self.heard_event(message, now),
            subscription::REPLIES => return self.engine_replied(message, now),
            number => {
                let attempt = number.checked_sub(subscription::COPY)?;
                return self.copied_value(message, attempt, now);
            }
        }
        None
    }

    /// The engine was read as far as there was something: what was caused is sent.
    pub fn engine_turn(&mut self, now: Now) {
        self.send_writes(now);
        self.flush();
        self.commit();
        self.rearm(now);
    }

    fn engine_replied(&mut self, message: &nats::Message<'_>, now: Now) -> Option<Notice> {
        let (_, token) = message.subject.rsplit_once('.')?;
        let (kind, number) = token.split_at_checked(1)?;
        let (number, attempt) = number.split_once('-').unwrap_or((number, "0"));
        let (number, attempt) = (number.parse().ok()?, attempt.parse().ok()?);
        match kind {
            "w" => self.write_replied(number, attempt, message, now),
            "s" | "c" => return self.sync_replied(kind, number, message, now),
            _ => {}
        }
        None
    }

    /// The answer to a write. That it was done is seen in the stream.
    fn write_replied(&mut self, id: Id, attempt: u32, message: &nats::Message<'_>, now: Now) {
        if message.status().is_none() && api::is_done(message.body) {
            return;
        }
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        let position = cluster.position;
        let write = cluster.writes.get_mut(id);
        let Some(write) = write.filter(|write| write.is_under_way(attempt)) else {
            return;
        };
        if message.status() == Some(503) {
            // Nobody took it: the stream has no leader.
            write.may_be_done = false;
            cluster.writes.retry(id);
            if cluster.is_live() {
                cluster.begin_sync(now.micros);
            }
            return;
        }
        let Some(error) = api::reply(message.body).and_then(|reply| reply.error) else {
            return;
        };
        write.may_be_done = false;
        if error.err_code != WRONG_LAST_SEQUENCE {
            let why = format!("not written: {}", error.description);
            let address = write.address();
            return self.end_write(id, Outcome::Refused(503, why, address), now);
        }
        let last = error.last_sequence().unwrap_or(position);
        if last > position {
            return cluster.writes.rest(id, Phase::Until(last));
        }
        if write.next_attempt() > ATTEMPTS {
            let address = write.address();
            return self.end_write(id, Outcome::Refused(503, CONTENDED.into(), address), now);
        }
        // A marker has expired, which nobody is told of.
        let addresses = write.addresses.clone();
        let is_dead = |address: &Rc<str>| self.state.standing(address).0 == 0;
        let dead: Vec<Rc<str>> = addresses.into_iter().filter(is_dead).collect();
        cluster.expect(&dead, last, now.micros);
        cluster.writes.retry(id);
    }

    /// Writes that have waited for too long. Those that were sent and are not answered make the engine
    /// suspect.
    fn unanswered(&mut self, now: Now) {
        for session in self.sessions.iter_mut().flatten() {
            if session
                .deferred
                .as_ref()
                .is_some_and(|deferred| deferred.is_behind())
            {
                // It is not read, and so cannot show that it is there.
                session.heard(now);
            }
        }
        let Some(cluster) = self.cluster() else {
            return;
        };
        let (mut over, mut is_silent) = (Vec::new(), false);
        for id in cluster.writes.ids() {
            let Some(write) = cluster.writes.get(id) else {
                continue;
            };
            if write
                .deadline
                .is_some_and(|deadline| deadline <= now.micros)
            {
                over.push((id, unsettled(write)));
            } else if let Phase::Sent(at) = write.phase {
                is_silent |= now.micros.saturating_sub(at) > UNSEEN;
            }
        }
        if is_silent && cluster.is_live() {
            cluster.begin_sync(now.micros);
        }
        for (id, outcome) in over {
            self.end_write(id, outcome, now);
        }
    }

    /// The engine has been away for too long: what waits for it is over, and every session is ended, so
    /// that it goes to another router, or learns at its next WELCOME that values may be old.
    fn end_all_stale(&mut self, now: Now) {
        let Some(cluster) = self.cluster() else {
            return;
        };
        cluster.fenced.clear();
        for id in cluster.writes.ids() {
            let write = self.cluster().and_then(|cluster| cluster.writes.get(id));
            if let Some(write) = write.filter(|write| write.session.is_some()) {
                let outcome = unsettled(write);
                self.end_write(id, outcome, now);
            }
        }
        self.close_sessions(STALE, |_, _| true);
    }

    fn heard_event(&mut self, message: &nats::Message<'_>, now: Now) {
        let Some(cluster) = self.cluster() else {
            return;
        };
        let (came, is_gap) = cluster.events.take(message.body, cluster.position);
        if is_gap {
            self.end_listeners();
        }
        if let Came::Now(frame) = came {
            self.tell_event(frame, now);
        }
    }

    /// An event of another router.
    pub(super) fn tell_event(&mut self, frame: &[u8], now: Now) {
        let Ok(decoded) = wire::decode(frame) else {
            return;
        };
        let Message::Publish(publish) = &decoded.message else {
            return;
        };
        let sender = Sender {
            key: None,
            name: "".into(),
            grant: Rc::<Grant>::default(),
        };
        self.publish_here(&sender, &decoded.message, publish, now);
    }

    /// Ends the sessions that should have heard events that were lost.
    fn end_listeners(&mut self) {
        self.close_sessions(EVENTS_LOST, |hub, key| hub.subscriptions.hears_events(key));
    }
}

/// The outcome of a write that is given up without an answer.
fn unsettled(write: &Write) -> Outcome {
    if write.may_be_done {
        Outcome::Unknown
    } else {
        Outcome::Refused(503, NOT_SENT.into(), write.address())
    }
}
