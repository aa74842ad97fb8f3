//! In a cluster: handles messages from the engine, and time. Without a cluster these functions do nothing.

use std::rc::Rc;

use super::super::Notice;
use super::super::cluster::api::{self, WRONG_LAST_SEQUENCE};
use super::super::cluster::nats;
use super::super::cluster::writes::{Id, Phase, Write};
use super::super::cluster::{Cluster, UNSEEN, subscription};
use super::super::subscriptions::Key;
use super::upstream::Outcome;
use super::{Hub, Now};

/// The reason for ending sessions when the engine has been unreachable for too long.
const STALE: &str = "the cluster's engine is out of reach: this router's values may be old";

/// The most attempts of a write that finds another sequence than expected.
const ATTEMPTS: u32 = 200;

/// The text for a write that was tried so often.
const CONTENDED: &str = "not written: others write there all the time";

/// The text for a write that could not be sent in time.
const NOT_SENT: &str = "not written: the cluster's engine did not answer in time";

impl Hub {
    /// Makes this router a member of a cluster.
    pub fn join_cluster(&mut self, cluster: Cluster) {
        self.cluster = Some(Box::new(cluster));
    }

    /// Whether sessions may be accepted: in a cluster, when the first copy is complete and the own
    /// lease is stored. A lock that names a lease which others do not know would be no lock to them.
    pub fn is_ready(&mut self) -> bool {
        self.cluster()
            .is_none_or(|cluster| cluster.is_live() && cluster.has_lease())
    }

    /// The cluster, for the link to the engine.
    pub fn link(&mut self) -> Option<&mut Cluster> {
        self.cluster()
    }

    /// Starts to use a new connection to the engine.
    pub fn engine_found(&mut self, now: Now) {
        let records = self.history.is_some();
        if let Some(cluster) = self.cluster() {
            if records {
                cluster.receive_all();
            }
            cluster.connected(now.micros);
        }
        for key in 0..self.sessions.len() as Key {
            if self.has_greeted(key) {
                self.session_began(key);
            }
        }
    }

    /// Lets a session receive messages from other routers.
    pub(super) fn session_began(&mut self, key: Key) {
        let name = self.session(key).map(|session| session.name.clone());
        if let (Some(name), Some(cluster)) = (name, self.cluster()) {
            cluster.session_began(key, &name);
        }
    }

    /// Records that the connection to the engine is lost.
    pub fn engine_gone(&mut self, now: Now) {
        if let Some(cluster) = self.cluster() {
            cluster.disconnected(now.micros);
        }
        self.end_signals_unanswered(true, now);
        self.end_subscribes_unanswered(true, now);
    }

    /// Takes the bytes for the engine; leaves an empty buffer. Wakes the sessions that were not read because
    /// there was too much.
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

    /// Does what is due: leases, copies, timeouts. Gives a notice for the operator.
    pub fn engine_tick(&mut self, now: Now) -> Option<Notice> {
        let sessions = self.count();
        let cluster = self.cluster.as_deref_mut()?;
        let state = &self.state;
        cluster.prune(|session| state.locks_of(session), now.micros);
        let became_stale = cluster.tick(sessions, now.micros);
        let is_lost = cluster.events.is_lost(now.micros);
        let are_locks_lost = cluster.is_lease_in_doubt(now.micros);
        self.unanswered(now);
        self.end_signals_unanswered(false, now);
        self.end_subscribes_unanswered(false, now);
        self.give_up_events(now);
        self.tend_timelines(now);
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

    /// Handles a message from the engine. Gives a notice for the operator.
    pub fn engine_message(&mut self, message: &nats::Message<'_>, now: Now) -> Option<Notice> {
        match message.subscription {
            subscription::STORED => self.republished(message, now),
            subscription::COUNTS => {
                if let Some(cluster) = self.cluster() {
                    cluster.counts_told(message, now.micros);
                }
            }
            subscription::REPLIES => return self.engine_replied(message, now),
            number if number >= subscription::SESSION => {
                if let Some(cluster) = self.cluster()
                    && !message.reply.is_empty()
                {
                    cluster.signal_came(message.reply);
                }
                self.heard_event(message, None, now);
            }
            number if number >= subscription::EVENTS => {
                let cluster = self.cluster()?;
                let partition = cluster.partition(message.subject, number)?;
                self.heard_event(message, Some(partition), now);
            }
            number => {
                let attempt = number.checked_sub(subscription::COPY)?;
                return self.copied_value(message, attempt, now);
            }
        }
        None
    }

    /// Sends what the messages handled so far have caused.
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
            "p" => self.signal_answered(number, message.status() != Some(503), now),
            "e" => self.counts_came(number, message.body, now),
            "s" | "c" => return self.sync_replied(kind, number, message, now),
            _ => {}
        }
        None
    }

    /// Handles the reply to a write. Success is reported by the stream itself.
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
        let is_dead = |key: &Rc<str>| match key.as_bytes().first() {
            Some(b'h') => !cluster.plan.held.contains_key(key),
            Some(b't') => !cluster.plan.timelines.contains_key(&key[1..]),
            Some(b'a') => !self.signals.contains_key(&key[1..]),
            _ => self.state.standing(key).0 == 0,
        };
        let dead: Vec<Rc<str>> = addresses.into_iter().filter(is_dead).collect();
        cluster.expect(&dead, last, now.micros);
        cluster.writes.retry(id);
    }

    /// Ends the writes that have timed out. If writes were sent and not received, begins a new copy.
    fn unanswered(&mut self, now: Now) {
        for session in self.sessions.iter_mut().flatten() {
            if session
                .deferred
                .as_ref()
                .is_some_and(|deferred| deferred.is_behind())
            {
                // It is not read, so that it cannot show that it is alive.
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

    /// Ends all writes and sessions, because the engine has been unreachable for too long. The clients then
    /// go to another router, or are told by the next WELCOME that values may be old.
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
}

/// The outcome of a write that is given up without an answer.
fn unsettled(write: &Write) -> Outcome {
    if write.may_be_done {
        Outcome::Unknown
    } else {
        Outcome::Refused(503, NOT_SENT.into(), write.address())
    }
}
