//! The one owner of everything: a session's frames and the time enter, frames in outboxes leave.
//!
//! No socket and no clock is known here: [`super::session`] brings the one, [`super::run`] the
//! other. Everything happens on one thread, one frame after another, so what a bundle does is seen
//! whole or not at all, and nothing is locked.
//!
//! - `sessions`: who is there, and how they are told
//! - `requests`: one message, what it does and what it is answered
//! - `bundles`: several at once, now or later
//! - `publishes`: events, streams, gestures, timelines
//! - `snapshots`: state in chunks

mod bundles;
mod publishes;
mod requests;
mod sessions;
mod snapshots;

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::task::Waker;

use tokio::time::Instant;

use super::auth::Tokens;
use super::outbox::Kind;
use super::schedule::Later;
use super::schedule::gesture::Gestures;
use super::schedule::timeline::Timelines;
use super::state::State;
use super::subscriptions::{Key, Subscriptions};
use super::{Settings, limits};
use crate::clasp::wire::{self, ErrorReply, Message, Qos, Set, Signal, SignalType};

use bundles::Timed;
use sessions::Session;

/// A moment, by both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// In µs since the epoch.
    pub micros: u64,
    /// For what only measures.
    pub instant: Instant,
}

/// What a session's reader does after a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It reads on.
    Go,
    /// It waits: for those who cannot take more, or for its own answers to go out.
    Hold,
}

/// State, subscriptions, schedule and sessions.
#[derive(Debug)]
pub struct Hub {
    settings: Settings,
    tokens: Option<Tokens>,
    /// When the next session's token expires.
    token_due: Option<u64>,
    state: State,
    subscriptions: Subscriptions,
    signals: BTreeMap<Box<str>, Signal<'static>>,
    sessions: Vec<Option<Session>>,
    free: Vec<Key>,
    names: HashMap<Rc<str>, Key>,
    timed: Later<Timed>,
    timed_bytes: usize,
    timelines: Timelines,
    gestures: Gestures,
    /// The frame that is being sent, kept for its memory.
    frame: Vec<u8>,
    /// To whom, likewise.
    told: Vec<Key>,
    /// Who could take no more of what the last frame caused.
    congested: Vec<Key>,
    /// For when the timer sleeps, and whom to wake to set it anew.
    timer: (Option<u64>, Option<Waker>),
}

impl Hub {
    /// A router that nobody is connected to.
    pub fn new(settings: Settings, tokens: Option<Tokens>) -> Hub {
        Hub {
            state: State::new(settings.ttl, limits::PARAMS),
            settings,
            tokens,
            token_due: None,
            subscriptions: Subscriptions::default(),
            signals: BTreeMap::new(),
            sessions: Vec::new(),
            free: Vec::new(),
            names: HashMap::new(),
            timed: Later::default(),
            timed_bytes: 0,
            timelines: Timelines::default(),
            gestures: Gestures::default(),
            frame: Vec::new(),
            told: Vec::new(),
            congested: Vec::new(),
            timer: (None, None),
        }
    }

    /// When [`tick`](Self::tick) is to be called, in µs since the epoch.
    fn due(&self, now: Now) -> Option<u64> {
        let held = self.subscriptions.due().map(|due| {
            let wait = due.saturating_duration_since(now.instant);
            // Rounded up: a µs too early would find nothing to do.
            now.micros + wait.as_nanos().div_ceil(1_000) as u64
        });
        [
            self.state.next_expiry(),
            self.timed.due(),
            self.timelines.due(),
            self.gestures.due(),
            held,
            self.token_due,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// When the timer is to fire, and whom to wake if that changes.
    pub fn set_timer(&mut self, now: Now, waker: &Waker) -> Option<u64> {
        let due = self.due(now);
        self.timer = (due, Some(waker.clone()));
        due
    }

    /// Wakes the timer if something is due earlier than it thinks.
    pub fn rearm(&mut self, now: Now) {
        let due = self.due(now);
        if due.is_some_and(|due| self.timer.0.is_none_or(|armed| due < armed))
            && let Some(waker) = self.timer.1.take()
        {
            waker.wake();
        }
    }

    /// Does what is due.
    pub fn tick(&mut self, now: Now) {
        self.state.expire(now.micros);
        while let Some(timed) = self.timed.pop(now.micros) {
            self.run_timed(timed, now);
        }
        self.step_timelines(now);
        while let Some((name, frame)) = self.gestures.release(now.micros) {
            self.send_gesture(name.session, &name.address, &frame, now);
        }
        for (key, frame) in self.subscriptions.release(now.instant) {
            self.deliver_held(key, &frame, now);
        }
        self.end_refused(false, now);
        // Nobody to hold back: what came from the timer is marked slow by the outbox itself.
        self.congested.clear();
    }

    /// A frame that a subscription held back; what it is decides what becomes of it in a jam.
    fn deliver_held(&mut self, key: Key, frame: &[u8], now: Now) {
        let Ok(decoded) = wire::decode(frame) else {
            return;
        };
        let (address, kind) = match &decoded.message {
            Message::Set(set) => (&set.address, Kind::Param(&set.address)),
            Message::Publish(publish) => (&publish.address, Kind::Stream),
            // Nothing else is ever held.
            _ => return,
        };
        let readable = |session: &Session| session.rights.may_read(address);
        if !self.session(key).is_some_and(readable) {
            return;
        }
        self.push(key, frame, kind, now);
    }

    /// Takes other tokens: sessions whose own is gone are ended.
    pub fn set_tokens(&mut self, tokens: Tokens, now: Now) {
        self.tokens = Some(tokens);
        self.end_refused(true, now);
    }

    /// Does a SET that has been allowed, and tells everybody.
    fn write(
        &mut self,
        set: &Set<'_>,
        writer: &Rc<str>,
        now: Now,
    ) -> Result<super::state::Written, super::state::Refusal> {
        let written = self.state.apply(set, writer, now.micros)?;
        if self.subscriptions.find(&set.address, SignalType::Param) {
            let message = Message::Set(Set {
                address: std::borrow::Cow::Borrowed(&set.address),
                value: set.value.clone(),
                revision: Some(written.revision),
                lock: false,
                unlock: false,
                ttl: None,
            });
            // What the state has taken fits a frame: see `limits::PARAM_BYTES`.
            let _ = self.send(&message, &set.address, Kind::Param(&set.address), None, now);
        }
        Ok(written)
    }

    /// Tells those whom [`Subscriptions::find`] has found.
    fn send(
        &mut self,
        message: &Message<'_>,
        address: &str,
        kind: Kind<'_>,
        except: Option<Key>,
        now: Now,
    ) -> Result<(), wire::EncodeError> {
        let mut frame = std::mem::take(&mut self.frame);
        let mut told = std::mem::take(&mut self.told);
        frame.clear();
        told.clear();
        let encoded = wire::encode(message, &mut frame);
        if encoded.is_ok() {
            self.subscriptions
                .select(message, &frame, now.instant, &mut told);
            for &key in told.iter().filter(|key| Some(**key) != except) {
                let readable = self
                    .session(key)
                    .is_some_and(|session| session.rights.may_read(address));
                if readable {
                    self.push(key, &frame, kind, now);
                }
            }
        }
        (self.frame, self.told) = (frame, told);
        encoded
    }

    /// Answers a session.
    fn reply(&mut self, key: Key, message: &Message<'_>, now: Now) {
        let mut frame = std::mem::take(&mut self.frame);
        frame.clear();
        if wire::encode_with(message, Qos::Fire, None, &mut frame).is_ok() {
            self.push(key, &frame, Kind::Keep, now);
        }
        self.frame = frame;
    }

    /// Tells a session what was refused.
    fn refuse(&mut self, key: Key, code: u16, why: &str, address: Option<&str>, now: Now) {
        let error = Message::Error(ErrorReply {
            code,
            message: why.into(),
            // An address that is itself too long for the reply stays out of it.
            address: address.filter(|a| a.len() < 60_000).map(Into::into),
            correlation_id: None,
        });
        self.reply(key, &error, now);
    }
}
