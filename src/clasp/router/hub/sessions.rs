//! Who is there: joining and leaving, outboxes and who waits for them.

use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use super::super::auth::{Denied, Record, Rights, unguessable};
use super::super::limits;
use super::super::outbox::{Kind, Outbox, Pushed};
use super::super::schedule::gesture::Name;
use super::super::subscriptions::Key;
use super::snapshots::Pending;
use super::{Hub, Now};
use crate::clasp::wire::{self, ErrorReply, Message, Phase, Publish, Qos, SignalType};
use crate::net::peer::close;
use crate::trace::{Direction, Tap};

/// One connection past its upgrade.
#[derive(Debug)]
pub struct Session {
    /// As others see it: the writer of a param, the holder of a lock.
    pub name: Rc<str>,
    pub rights: Rights,
    /// What it came in with.
    pub record: Option<Record>,
    pub greeted: bool,
    pub outbox: Outbox,
    /// Snapshots that wait for room.
    pub pending: Pending,
    pub bad_frames: u32,
    /// The second that is being counted, and the messages in it.
    pub rate: (u64, u32),
    waker: Option<Waker>,
    waiters: Vec<Waker>,
    /// Where what it is sent is watched.
    tap: Tap,
}

impl Session {
    /// When its token expires.
    pub fn expires(&self) -> Option<u64> {
        let record = self.record.as_ref().filter(|_| !self.outbox.is_closed());
        record.and_then(|record| record.expires)
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl Hub {
    /// Lets a connection in. None when there are as many as there may be.
    pub fn join(&mut self, tap: Tap) -> Option<Key> {
        let count = self.sessions.len() - self.free.len();
        if count >= self.settings.max_sessions {
            return None;
        }
        let name: Rc<str> = unguessable()?.into();
        let key = match self.free.pop() {
            Some(key) => key,
            None => {
                self.sessions.push(None);
                Key::try_from(self.sessions.len() - 1).ok()?
            }
        };
        self.names.insert(name.clone(), key);
        self.sessions[key as usize] = Some(Session {
            name,
            rights: Rights::default(),
            record: None,
            greeted: false,
            outbox: Outbox::default(),
            pending: Pending::default(),
            bad_frames: 0,
            rate: (0, 0),
            waker: None,
            waiters: Vec::new(),
            tap,
        });
        Some(key)
    }

    /// A connection has ended: its locks are free, its gestures over. What it has scheduled stays.
    pub fn leave(&mut self, key: Key, said_goodbye: bool, now: Now) {
        self.subscriptions.remove_session(key);
        for (name, held) in self.gestures.end_session(key) {
            if let Some(frame) = held {
                self.send_gesture(key, &name.address, &frame, now);
            }
            if !said_goodbye {
                self.cancel_gesture(&name, now);
            }
        }
        let Some(session) = self.sessions.get_mut(key as usize).and_then(Option::take) else {
            return;
        };
        self.names.remove(&session.name);
        self.state.release(&session.name);
        self.free.push(key);
        session.waiters.into_iter().for_each(Waker::wake);
        self.congested.clear();
    }

    fn cancel_gesture(&mut self, name: &Name, now: Now) {
        let cancel = Message::Publish(Publish {
            address: (*name.address).into(),
            signal: SignalType::Gesture,
            value: None,
            samples: None,
            timestamp: None,
            id: Some(name.id),
            phase: Some(Phase::Cancel),
            rate: None,
        });
        if self.subscriptions.find(&name.address, SignalType::Gesture) {
            // It was shorter than what announced it.
            let _ = self.send(&cancel, &name.address, Kind::Keep, Some(name.session), now);
        }
    }

    /// How many sessions there are.
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// Whether a session has said HELLO and was let in.
    pub fn has_greeted(&self, key: Key) -> bool {
        self.session(key).is_some_and(|session| session.greeted)
    }

    #[inline]
    pub(super) fn session(&self, key: Key) -> Option<&Session> {
        self.sessions.get(key as usize)?.as_ref()
    }

    #[inline]
    pub(super) fn session_mut(&mut self, key: Key) -> Option<&mut Session> {
        self.sessions.get_mut(key as usize)?.as_mut()
    }

    /// What a session is still to be sent.
    pub fn outbox(&self, key: Key) -> Option<&Outbox> {
        self.session(key).map(|session| &session.outbox)
    }

    /// Whom to wake when there is something for the session to do.
    pub fn listen(&mut self, key: Key, waker: &Waker) {
        if let Some(session) = self.session_mut(key)
            && session.waker.is_none()
        {
            session.waker = Some(waker.clone());
        }
    }

    /// So much was written to the session's socket: whoever waited for that goes on.
    pub fn wrote(&mut self, key: Key, count: usize) {
        if let Some(session) = self.session_mut(key)
            && session.outbox.wrote(count)
        {
            session.waiters.drain(..).for_each(Waker::wake);
        }
    }

    /// Puts a frame into a session's outbox.
    #[inline]
    pub(super) fn push(&mut self, key: Key, frame: &[u8], kind: Kind<'_>, now: Now) {
        let Some(session) = self.session_mut(key) else {
            return;
        };
        session.tap.frame(Direction::Sent, frame);
        match session.outbox.push(frame, kind, now.micros) {
            Pushed::Taken => session.wake(),
            Pushed::Full => {
                session.wake();
                if !self.congested.contains(&key) {
                    self.congested.push(key);
                }
            }
            Pushed::Lost => self.end(
                key,
                503,
                "too slow: messages were lost; connect again for a snapshot",
                close::OVERLOADED,
            ),
        }
    }

    /// Tells a session why, and then goodbye.
    pub(super) fn end(&mut self, key: Key, code: u16, why: &str, close: u16) {
        let error = Message::Error(ErrorReply {
            code,
            message: why.into(),
            address: None,
            correlation_id: None,
        });
        let mut frame = Vec::new();
        let encoded = wire::encode_with(&error, Qos::Fire, None, &mut frame);
        let Some(session) = self.session_mut(key) else {
            return;
        };
        if encoded.is_ok() {
            session.tap.frame(Direction::Sent, &frame);
            session.outbox.give_up(&frame, close, why);
        }
        session.wake();
        // Nothing more is for it, and it holds nobody back.
        session.waiters.drain(..).for_each(Waker::wake);
        self.subscriptions.remove_session(key);
    }

    /// Ends the sessions whose tokens are no longer good.
    pub(super) fn end_refused(&mut self, changed: bool, now: Now) {
        let Some(tokens) = &self.tokens else { return };
        let is_due = self.token_due.is_some_and(|due| due <= now.micros);
        if !is_due && !changed {
            return;
        }
        let refused: Vec<(Key, Denied)> = (0..)
            .zip(&self.sessions)
            .filter_map(|(key, session)| Some((key, session.as_ref()?)))
            .filter(|(_, session)| !session.outbox.is_closed())
            .filter_map(|(key, session)| {
                let record = session.record.as_ref()?;
                Some((key, tokens.still(record, now.micros).err()?))
            })
            .collect();
        for (key, denied) in refused {
            self.end(key, denied.code(), &denied.to_string(), close::POLICY);
        }
        let sessions = self.sessions.iter().flatten();
        self.token_due = sessions.filter_map(Session::expires).min();
    }

    /// Says goodbye to a session without a reproach: the router goes.
    pub fn dismiss_all(&mut self) {
        for session in self.sessions.iter_mut().flatten() {
            session
                .outbox
                .close(close::AWAY, "the router is going away");
            session.wake();
        }
    }

    /// Whom the last frame's sender is to wait for, and no longer than until when. Itself is not
    /// among them: it would wait for itself to read.
    pub fn take_congested(&mut self, sender: Key) -> (Vec<Key>, u64) {
        let mut keys = std::mem::take(&mut self.congested);
        keys.retain(|key| *key != sender && self.is_full(*key));
        let patience = u64::try_from(Duration::as_micros(&limits::PATIENCE)).unwrap_or(u64::MAX);
        let until = keys
            .iter()
            .filter_map(|key| self.outbox(*key)?.full_since())
            .max()
            .unwrap_or_default();
        (keys, until.saturating_add(patience))
    }

    /// Whether publishers wait for a session.
    pub fn is_full(&self, key: Key) -> bool {
        self.outbox(key).is_some_and(Outbox::is_full)
    }

    /// Wakes somebody when the session has room again.
    pub fn wait_for(&mut self, key: Key, waker: &Waker) {
        if let Some(session) = self.session_mut(key)
            && !session.waiters.iter().any(|waiter| waiter.will_wake(waker))
        {
            session.waiters.push(waker.clone());
        }
    }

    /// Nobody waits for this session any more, until it has drained.
    pub fn give_up_waiting(&mut self, key: Key) {
        if let Some(session) = self.session_mut(key)
            && session.outbox.is_full()
        {
            session.outbox.make_slow();
            session.waiters.drain(..).for_each(Waker::wake);
        }
    }

    /// Whether a session's snapshots or answers must go out before it is read on.
    pub fn is_behind(&self, key: Key) -> bool {
        self.session(key)
            .is_some_and(|session| session.outbox.is_behind() || !session.pending.is_empty())
    }
}
