//! Which events of other routers this router receives. Takes what its sessions subscribe to; gives the operations for
//! the engine, and tells when every event of another router comes here.
//!
//! The engine's nodes tell each other who has subscribed to what, which takes a moment. So a session's SUBSCRIBE
//! waits until every other router has answered a question: the question goes the same way behind the
//! subscription, and the answer comes the same way as events.
//!
//! ```text
//! this router                           another router
//! SUB clasp.SHOW.e.PARTITION  ───────▶  its events of that partition come here
//! PUB clasp.SHOW.c  (question) ──────▶
//!                   ◀─────────────────  PUB inbox  (counts)
//! ```

use std::collections::{HashMap, HashSet};

use super::super::subscriptions::Key;
use super::events::Events;
use super::partition::{self, Partitions};
use super::writes::Id;
use super::{Cluster, nats, subscription};

/// How long to wait for the answers of other routers, in µs. One that has just died does not answer.
const LIMIT: u64 = 1_000_000;

/// How often the counts are sent, in µs.
const COUNTS_EVERY: u64 = 1_000_000;

/// How often partitions are given up to which no session is subscribed any more, in µs.
const GIVE_UP_EVERY: u64 = 10_000_000;

/// The partitions that this router receives.
#[derive(Debug, Default)]
pub struct Interest {
    /// The id of each one's NATS subscription. A new subscription has a new id, so that messages
    /// of an earlier one are not taken for its own.
    ids: HashMap<u16, u64>,
    /// How many ids there were.
    count: u64,
    /// Those of which every event of other routers comes here.
    complete: Partitions,
    /// The SUBSCRIBEs that wait.
    questions: HashMap<Id, Question>,
    counts_sent: u64,
    given_up: u64,
}

/// A SUBSCRIBE that waits for other routers.
#[derive(Debug)]
struct Question {
    session: Key,
    wants: Partitions,
    /// The routers that have not answered.
    open: HashSet<u64>,
    /// When it is given up, in µs since the epoch.
    until: u64,
}

impl Cluster {
    /// Whether all events of these partitions come here.
    pub fn receives(&self, wants: &Partitions) -> bool {
        self.interest.complete.has_all(wants)
    }

    /// Has the events of these partitions sent to this router. Gives whether the session's SUBSCRIBE has to
    /// wait until [`counts_came`](Self::counts_came) or [`questions_over`](Self::questions_over) give its id.
    pub fn receive(&mut self, wants: Partitions, session: Key, id: Id, now: u64) -> bool {
        self.subscribe_to_all(&wants);
        let others = self.routers.values().map(|lease| lease.router);
        let open: HashSet<u64> = others.filter(|router| *router != self.id).collect();
        if !self.is_connected || open.is_empty() {
            self.interest.complete.add(&wants);
            return false;
        }
        let reply = format!("{}q.e{id}", self.inbox);
        nats::put_publish(self.names.counts(), &reply, b"", &mut self.out);
        self.wake();
        let question = Question {
            session,
            wants,
            open,
            until: now + LIMIT,
        };
        self.interest.questions.insert(id, question);
        true
    }

    /// Has all events sent to this router, which records them. Before it is connected: nobody waits for them.
    pub fn receive_all(&mut self) {
        let all = Partitions::all();
        self.subscribe_to_all(&all);
        self.interest.complete.add(&all);
    }

    fn subscribe_to_all(&mut self, wants: &Partitions) {
        for partition in wants.iter() {
            if !self.interest.ids.contains_key(&partition) {
                self.subscribe_to(partition);
            }
        }
    }

    fn subscribe_to(&mut self, partition: u16) {
        self.interest.count += 1;
        let id = subscription::EVENTS + self.interest.count;
        self.interest.ids.insert(partition, id);
        if self.is_connected {
            let subject = self.names.events(partition);
            nats::put_subscribe(&subject, id, &mut self.out);
            self.wake();
        }
    }

    /// Subscribes again, on a new connection.
    pub(super) fn receive_again(&mut self) {
        let partitions: Vec<u16> = self.interest.ids.keys().copied().collect();
        for partition in partitions {
            self.subscribe_to(partition);
        }
        nats::put_subscribe(self.names.counts(), subscription::COUNTS, &mut self.out);
    }

    /// The partition of an event of this NATS subscription; `None` if that has ended.
    pub fn partition(&self, subject: &str, subscription: u64) -> Option<u16> {
        let partition = self.names.partition(subject)?;
        (self.interest.ids.get(&partition) == Some(&subscription)).then_some(partition)
    }

    /// Handles counts that another router sends to all, and its questions.
    pub fn counts_told(&mut self, message: &nats::Message<'_>, now: u64) {
        if message.reply.is_empty() {
            let received = &self.interest.complete;
            self.events.told(message.body, received, now);
            return;
        }
        let counts = self.events.put_counts(self.id);
        nats::put_publish(message.reply, "", &counts, &mut self.out);
        self.wake();
    }

    /// Handles the answer to a question. Gives the session if its SUBSCRIBE need not wait longer.
    pub fn counts_came(&mut self, id: Id, body: &[u8], now: u64) -> Option<Key> {
        let question = self.interest.questions.get_mut(&id)?;
        let router = self.events.told(body, &question.wants, now)?;
        question.open.remove(&router);
        if !question.open.is_empty() {
            return None;
        }
        self.end_question(id)
    }

    fn end_question(&mut self, id: Id) -> Option<Key> {
        let question = self.interest.questions.remove(&id)?;
        self.interest.complete.add(&question.wants);
        Some(question.session)
    }

    /// Ends the questions that have waited for too long, or all. Gives their ids and sessions.
    pub fn questions_over(&mut self, are_all: bool, now: u64) -> Vec<(Id, Key)> {
        let questions = self.interest.questions.iter();
        let over = questions.filter(|(_, question)| are_all || question.until <= now);
        let over: Vec<Id> = over.map(|(id, _)| *id).collect();
        let ended = over
            .into_iter()
            .filter_map(|id| Some((id, self.end_question(id)?)));
        ended.collect()
    }

    /// Sends the counts to all routers, if they are due.
    pub(super) fn send_counts(&mut self, now: u64) {
        if !self.is_connected || now.saturating_sub(self.interest.counts_sent) < COUNTS_EVERY {
            return;
        }
        self.interest.counts_sent = now;
        let counts = self.events.put_counts(self.id);
        nats::put_publish(self.names.counts(), "", &counts, &mut self.out);
        self.wake();
    }

    /// Whether it is time to look for partitions that nobody has subscribed to any more. No SUBSCRIBE waits
    /// then.
    pub fn is_giving_up_due(&mut self, now: u64) -> bool {
        let is_due = now.saturating_sub(self.interest.given_up) >= GIVE_UP_EVERY;
        if !is_due || self.interest.ids.is_empty() || !self.interest.questions.is_empty() {
            return false;
        }
        self.interest.given_up = now;
        true
    }

    /// Gives up all partitions but these.
    pub fn give_up(&mut self, wanted: &Partitions) {
        let ended = self
            .interest
            .ids
            .extract_if(|partition, _| !wanted.has(*partition));
        let ended: Vec<u64> = ended.map(|(_, id)| id).collect();
        if ended.is_empty() {
            return;
        }
        if self.is_connected {
            for id in ended {
                nats::put_unsubscribe(id, &mut self.out);
            }
            self.wake();
        }
        self.interest.complete.keep(wanted);
        self.events.keep(wanted);
    }

    /// Sends an event, a sample or a gesture to the routers that receive it.
    pub fn send_event(&mut self, address: &str, counts: bool, frame: &[u8]) {
        let partition = partition::of(address);
        let (events, position) = (&mut self.events, self.position);
        let body = events.put(self.id, partition, position, counts, frame);
        let subject = self.names.events(partition);
        nats::put_publish(&subject, "", &body, &mut self.out);
        self.wake();
    }

    /// Sends a signal to a session of another router. With an id, that router says that it has come, or the
    /// engine says that nobody has such a session.
    pub fn send_signal(&mut self, session: &str, id: Option<Id>, frame: &[u8]) {
        let body = Events::put_signal(self.id, self.position, frame);
        let subject = self.names.session(session);
        let reply = id.map_or_else(String::new, |id| format!("{}q.p{id}", self.inbox));
        nats::put_publish(&subject, &reply, &body, &mut self.out);
        self.wake();
    }
}
