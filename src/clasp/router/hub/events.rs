//! In a cluster: events of other routers. Takes what sessions subscribe to, and what comes from the engine; delivers the
//! events, and ends the sessions that should have heard one that was lost.

use std::rc::Rc;

use super::super::cluster::events::Came;
use super::super::cluster::nats;
use super::super::cluster::partition::Partitions;
use super::super::cluster::writes::Id;
use super::super::grants::Grant;
use super::super::subscriptions::Key;
use super::publishes::Sender;
use super::{Hub, Now};
use crate::clasp::wire::{self, Message, Pattern, Subscribe};

/// The reason for ending sessions that missed events.
const EVENTS_LOST: &str = "events of other routers were lost; connect again";

impl Hub {
    /// Has the events of a SUBSCRIBE sent to this router. Gives whether the session has to wait until they
    /// come; then its SUBSCRIBE is handled again.
    pub(super) fn receive_events(
        &mut self,
        key: Key,
        asked: &Subscribe<'_>,
        bytes: &[u8],
        now: Now,
    ) -> bool {
        let is_for_events = asked.types.has_more_than_params();
        // What is wrong with it is said where it is handled.
        let Ok(pattern) = Pattern::new(&asked.pattern) else {
            return false;
        };
        let session = self.session(key);
        let is_allowed = session.is_some_and(|s| s.grant.rights().may_read_some(&pattern));
        let wants = Partitions::matching(&pattern);
        let Some(cluster) = self.cluster() else {
            return false;
        };
        if !is_for_events || !is_allowed || cluster.receives(&wants) {
            return false;
        }
        let id = cluster.ticket();
        if !cluster.receive(wants, key, id, now.micros) {
            return false;
        }
        self.add_slot(key, id, None);
        self.handle_later(key, bytes);
        true
    }

    /// Handles another router's answer to the question of a SUBSCRIBE.
    pub(super) fn counts_came(&mut self, id: Id, body: &[u8], now: Now) {
        let session = self
            .cluster()
            .and_then(|cluster| cluster.counts_came(id, body, now.micros));
        if let Some(key) = session {
            self.fill_slot(key, id, Box::default(), now);
        }
    }

    /// Lets the SUBSCRIBEs go on that have waited for too long, or all.
    pub(super) fn end_subscribes_unanswered(&mut self, are_all: bool, now: Now) {
        let Some(cluster) = self.cluster() else {
            return;
        };
        for (id, key) in cluster.questions_over(are_all, now.micros) {
            self.fill_slot(key, id, Box::default(), now);
        }
    }

    /// Gives up the events to which no session is subscribed any more.
    pub(super) fn give_up_events(&mut self, now: Now) {
        // A history has all events.
        if self.history.is_some() {
            return;
        }
        let Some(cluster) = self.cluster.as_deref_mut() else {
            return;
        };
        if cluster.is_giving_up_due(now.micros) {
            let mut wanted = Partitions::default();
            for pattern in self.subscriptions.patterns_for_events() {
                wanted.add(&Partitions::matching(pattern));
            }
            cluster.give_up(&wanted);
        }
    }

    pub(super) fn heard_event(
        &mut self,
        message: &nats::Message<'_>,
        partition: Option<u16>,
        now: Now,
    ) {
        let Some(cluster) = self.cluster() else {
            return;
        };
        let (came, is_gap) = cluster
            .events
            .take(message.body, partition, cluster.position);
        if is_gap {
            self.end_listeners();
        }
        if let Came::Now(frame) = came {
            self.tell_event(frame, now);
        }
    }

    /// Delivers an event of another router.
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
        self.publish_local(&sender, &decoded.message, publish, now);
    }

    /// Ends the sessions that have subscribed to events, because some were lost.
    pub(super) fn end_listeners(&mut self) {
        self.close_sessions(EVENTS_LOST, |hub, key| hub.subscriptions.hears_events(key));
    }
}
