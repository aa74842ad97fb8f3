//! The history in the hub: records messages, and replies to queries in pieces, no faster than the
//! session reads. Without a history these functions do nothing.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;

use super::super::Notice;
use super::super::history::segment::take;
use super::super::history::{Count, Cursor, History, HistoryMessage, Piece, Query};
use super::super::subscriptions::Key;
use super::delivery::as_set;
use super::{Hub, Now};
use crate::clasp::wire::{
    self, Message, Pattern, Publish, Qos, Replay as Asked, SignalType, Subscribe, TypeMask,
};

/// A query to the history that is not completely answered.
#[derive(Debug)]
pub(super) struct Replay {
    query: Arc<Query>,
    query_id: u64,
    /// A piece that was received.
    piece: Option<Piece>,
    /// Whether the next piece was requested.
    is_asked: bool,
    /// Where the next piece begins.
    next: Option<Cursor>,
}

/// The progress of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// It is completely answered.
    Done,
    /// The next piece was requested.
    Waiting,
}

impl Hub {
    /// Starts to record, and to reply to queries. Gives the channel of the history's messages.
    pub fn start_history(
        &mut self,
        mut history: History,
    ) -> Option<UnboundedReceiver<HistoryMessage>> {
        let message = history.take_messages();
        self.history = Some(Box::new(history));
        message
    }

    /// Records a write to a param.
    #[inline]
    pub(super) fn record_param(&mut self, address: &str, now: Now) {
        let Some(history) = &mut self.history else {
            return;
        };
        if !history.keeps(address) {
            return;
        }
        let Some(param) = self.state.param(address, now.micros) else {
            return;
        };
        self.frame.clear();
        let stamp = Some(now.micros);
        if wire::encode_with(&as_set(param, None), Qos::Fire, stamp, &mut self.frame).is_ok() {
            history.add(now.micros, SignalType::Param, address, &self.frame);
        }
    }

    /// Records a published message.
    #[inline]
    pub(super) fn record_publish(
        &mut self,
        message: &Message<'_>,
        publish: &Publish<'_>,
        now: Now,
    ) {
        let Some(history) = &mut self.history else {
            return;
        };
        let address = &*publish.address;
        if !history.keeps(address) {
            return;
        }
        self.frame.clear();
        let stamp = Some(now.micros);
        if wire::encode_with(message, Qos::Fire, stamp, &mut self.frame).is_ok() {
            history.add(now.micros, publish.signal, address, &self.frame);
        }
    }

    /// Passes the records to the history's thread.
    #[inline]
    pub(super) fn commit_history(&mut self) {
        if let Some(history) = &mut self.history {
            history.commit();
        }
    }

    /// REPLAY: replies with the recorded messages in order of time, as SETs and PUBLISHes with the
    /// time in their frames. The reference router replies in the same way without the time. Nothing
    /// marks the end, so clients use a fence.
    pub(super) fn asked_replay(&mut self, key: Key, asked: &Asked<'_>, now: Now) {
        let refused = |hub: &mut Hub, code, why: &str| {
            hub.refuse(key, code, why, Some(&asked.pattern));
        };
        if self.history.is_none() {
            let why = "REPLAY is not supported: nothing is recorded here (--history)";
            return refused(self, 101, why);
        }
        let pattern = match Pattern::new(&asked.pattern) {
            Ok(pattern) => pattern,
            Err(error) => return refused(self, 201, &error.to_string()),
        };
        let some = |session: &super::Session| session.grant.rights().may_read_some(&pattern);
        if !self.session(key).is_some_and(some) {
            return refused(self, 301, "the token does not allow reading there");
        }
        let query = Query {
            pattern,
            from: asked.from.unwrap_or(0),
            to: asked.to.unwrap_or(u64::MAX).min(now.micros),
            types: asked.types,
            count: asked.limit.map_or(Count::All, Count::First),
        };
        self.ask_history(key, query, now);
    }

    /// The history of SUBSCRIBE: sends the last recorded messages, before the present values of
    /// params.
    pub(super) fn subscribed_history(
        &mut self,
        key: Key,
        asked: &Subscribe<'_>,
        pattern: &Pattern,
        now: Now,
    ) {
        let Some(count) = asked.history.filter(|count| *count > 0) else {
            return;
        };
        if self.history.is_none() {
            return;
        }
        let query = Query {
            pattern: pattern.clone(),
            from: 0,
            to: now.micros,
            types: TypeMask(asked.types.0),
            count: Count::Last(count),
        };
        self.ask_history(key, query, now);
    }

    fn ask_history(&mut self, key: Key, query: Query, now: Now) {
        self.queries += 1;
        let replay = Replay {
            query: Arc::new(query),
            query_id: self.queries,
            piece: None,
            is_asked: false,
            next: None,
        };
        self.begin_replay(key, replay, now);
    }

    /// Continues a query.
    pub(super) fn replay(&mut self, key: Key, replay: &mut Replay) -> Progress {
        if let Some(piece) = replay.piece.take() {
            self.tell_entries(key, &piece.entries);
            replay.next = piece.next;
            if replay.next.is_none() {
                return Progress::Done;
            }
        }
        let Some(history) = &mut self.history else {
            return Progress::Done;
        };
        if !replay.is_asked {
            replay.is_asked = true;
            history.ask(key, replay.query_id, &replay.query, replay.next.take());
        }
        Progress::Waiting
    }

    fn tell_entries(&mut self, key: Key, mut entries: &[u8]) {
        let Some(grant) = self.session(key).map(|session| session.grant.clone()) else {
            return;
        };
        while let Some(entry) = take(&mut entries) {
            if grant.rights().may_read(entry.address) {
                self.frame.clear();
                self.frame.extend_from_slice(entry.frame);
                self.reply_frame(key);
            }
        }
    }

    /// Handles a message from the history's thread.
    pub fn history_message(&mut self, message: HistoryMessage) -> Option<Notice> {
        match message {
            HistoryMessage::Piece(piece) => {
                self.take_piece(piece);
                None
            }
            HistoryMessage::Failed(why) => Some(Notice::HistoryFailed(why)),
            HistoryMessage::Well(lost) => Some(Notice::HistoryWell(lost)),
            HistoryMessage::Damaged { path, bytes } => Some(Notice::HistoryDamaged { path, bytes }),
        }
    }

    fn take_piece(&mut self, piece: Piece) {
        let key = piece.key;
        let waiting = self.session_mut(key);
        let waiting = waiting.and_then(|session| session.pending.waiting_replay());
        // The session may have ended meanwhile, and its key may belong to another.
        if let Some(replay) = waiting.filter(|replay| replay.query_id == piece.query_id) {
            replay.piece = Some(piece);
            replay.is_asked = false;
            self.resume_scan(key);
        }
    }
}
