//! Delivers frames to the outboxes of sessions, writes outboxes to sockets, and limits their
//! memory.

use std::borrow::Cow;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::super::limits::{SESSIONS_BYTES, UNSENT_BYTES};
use super::super::outbox::{Kind, Outbox, Pushed};
use super::super::state::{Refusal, State, Written};
use super::super::subscriptions::Key;
use super::super::work::{Slice, yield_turn};
use super::{Hub, Now};
use crate::clasp::wire::{self, ErrorReply, Message, Param, Qos, Set, SignalType, Ttl};
use crate::net::Lost;
use crate::net::local::LocalSocket;
use crate::net::peer::{Peer, close, first_frame};
use crate::trace::Direction;

/// The cost of a write by one session.
const FLUSH_COST: Duration = Duration::from_micros(4);

/// The longest time that a delivery waits to be written together with others.
const FLUSH_WITHIN: Duration = Duration::from_millis(5);

/// The sessions that have undelivered frames in their outboxes and have not been woken.
#[derive(Debug, Default)]
pub struct Flushing {
    sessions: Vec<Key>,
    /// When the first was added.
    since: Option<Instant>,
}

impl Flushing {
    fn add(&mut self, key: Key) {
        if self.sessions.is_empty() {
            self.since = Some(Instant::now());
        }
        self.sessions.push(key);
    }

    /// Removes all sessions; keeps the memory.
    fn clear(&mut self) {
        self.since = None;
        self.sessions.clear();
    }

    /// Whether as much time has passed as the writes will take.
    fn is_due(&self) -> bool {
        let cost = FLUSH_COST.saturating_mul(self.sessions.len() as u32);
        self.since
            .is_some_and(|since| since.elapsed() >= cost.min(FLUSH_WITHIN))
    }
}

/// The text for a session that is ended because it is too slow.
const TOO_SLOW: &str = "too slow: messages were lost; connect again for a snapshot";

impl Hub {
    /// Executes an allowed SET, and delivers it to subscribers.
    pub(super) fn write(
        &mut self,
        set: &Set<'_>,
        writer: &Rc<str>,
        now: Now,
    ) -> Result<Written, Refusal> {
        if let Some(why) = self.cannot_keep() {
            return Err(Refusal::Disk(why));
        }
        let written = self.state.apply(set, writer, now.micros)?;
        self.keep_param(&set.address);
        self.record_param(&set.address, now);
        if self.subscriptions.find(&set.address, SignalType::Param) {
            let message = Message::Set(Set {
                address: Cow::Borrowed(&set.address),
                value: set.value.clone(),
                revision: Some(written.revision),
                lock: false,
                unlock: false,
                ttl: written.ttl,
            });
            let kind = Kind::Param(&set.address);
            // What the state has accepted fits a frame: see `limits::PARAM_BYTES`.
            let _ = self.send(&message, SignalType::Param, &set.address, kind, None, now);
        }
        Ok(written)
    }

    /// Delivers to the sessions that [`Subscriptions::find`](super::Subscriptions::find) has found.
    pub(super) fn send(
        &mut self,
        message: &Message<'_>,
        signal: SignalType,
        address: &str,
        kind: Kind<'_>,
        except: Option<Key>,
        now: Now,
    ) -> Result<(), wire::EncodeError> {
        let mut frame = std::mem::take(&mut self.frame);
        let mut receivers = std::mem::take(&mut self.receivers);
        frame.clear();
        receivers.clear();
        let encoded = wire::encode(message, &mut frame);
        if encoded.is_ok() {
            self.subscriptions
                .select(message, signal, &frame, except, now.instant, &mut receivers);
            self.counters.delivered(signal, receivers.len());
            self.deliver(&frame, address, kind, &receivers);
            // Also without receivers: a limiter may hold the frame.
            self.make_room();
        }
        (self.frame, self.receivers) = (frame, receivers);
        encoded
    }

    /// Delivers a frame that a limiter held; its kind decides how it is queued for a slow session.
    pub(super) fn deliver_held(&mut self, key: Key, frame: &[u8]) {
        let Ok(decoded) = wire::decode(frame) else {
            return;
        };
        let (address, kind, signal) = match &decoded.message {
            Message::Set(set) => (&set.address, Kind::Param(&set.address), SignalType::Param),
            Message::Publish(publish) => {
                let kind = Kind::Stream(&publish.address);
                (&publish.address, kind, publish.signal)
            }
            // No other messages are held.
            _ => return,
        };
        self.counters.delivered(signal, 1);
        self.deliver(frame, address, kind, &[key]);
        self.make_room();
    }

    /// Appends a frame to the log, and queues its range in the outboxes of the sessions that may
    /// read it.
    fn deliver(&mut self, frame: &[u8], address: &str, kind: Kind<'_>, receivers: &[Key]) {
        if receivers.is_empty() {
            return;
        }
        self.steps += receivers.len() as u32;
        let place = self.log.append(frame);
        let mut lost = Vec::new();
        let mut kept = None;
        let state = &self.state;
        let mut keep = |text: &str| -> Rc<str> {
            let kept = kept.get_or_insert_with(|| {
                let known = state.address(text);
                known.cloned().unwrap_or_else(|| Rc::from(text))
            });
            kept.clone()
        };
        for &key in receivers {
            let Some(Some(session)) = self.sessions.get_mut(key as usize) else {
                continue;
            };
            if !session.grant.rights().may_read(address) {
                continue;
            }
            session.tap.frame(Direction::Sent, frame);
            let before = session.outbox.own_bytes();
            let pushed = session
                .outbox
                .push(place, &mut self.log, key, kind, &mut keep);
            self.memory = self.memory + session.outbox.own_bytes() - before;
            if !std::mem::replace(&mut session.unflushed, true) {
                self.flushing.add(key);
            }
            if pushed == Pushed::Lost {
                lost.push(key);
            }
        }
        for key in lost {
            self.counters.too_slow += 1;
            self.end(key, 503, TOO_SLOW, close::OVERLOADED);
        }
        self.shorten_log();
    }

    /// Wakes the sessions that have new frames, so that they write them.
    pub fn flush(&mut self) {
        for place in 0..self.flushing.sessions.len() {
            if let Some(session) = self.session_mut(self.flushing.sessions[place]) {
                session.unflushed = false;
                session.wake();
            }
        }
        self.flushing.clear();
    }

    /// Calls [`flush`](Self::flush) when enough frames have been collected: a write costs about as
    /// much as a hundred deliveries.
    pub fn flush_if_due(&mut self) {
        if self.flushing.is_due() {
            self.flush();
        }
    }

    /// Shortens a log that is too long: what sessions still need of its oldest segment is copied.
    fn shorten_log(&mut self) {
        while let Some((segment, readers)) = self.log.oldest() {
            for key in readers {
                self.with_outbox(key, |outbox, log| outbox.leave_segment(segment, log));
            }
        }
    }

    /// Ends the sessions with the most memory while all together exceed the limit.
    pub(super) fn make_room(&mut self) {
        while self.sessions_bytes() > SESSIONS_BYTES {
            let sessions = (0..).zip(&self.sessions);
            let sizes = sessions.filter_map(|(key, session)| {
                let limiter = self.subscriptions.limiter_bytes_of(key);
                Some((session.as_ref()?.bytes() + limiter, key))
            });
            let Some((_, key)) = sizes.max() else { return };
            let before = self.sessions_bytes();
            self.counters.too_slow += 1;
            self.end(key, 503, TOO_SLOW, close::OVERLOADED);
            if self.sessions_bytes() >= before {
                return;
            }
        }
    }

    /// The memory of all sessions that is not shared, in bytes.
    fn sessions_bytes(&self) -> usize {
        self.memory + self.subscriptions.limiter_bytes()
    }

    /// Changes an outbox, and updates the count of memory.
    pub(super) fn with_outbox<T>(
        &mut self,
        key: Key,
        change: impl FnOnce(&mut Outbox, &mut super::Log) -> T,
    ) -> Option<T> {
        let session = self.sessions.get_mut(key as usize)?.as_mut()?;
        let before = session.outbox.own_bytes();
        let result = change(&mut session.outbox, &mut self.log);
        self.memory = self.memory + session.outbox.own_bytes() - before;
        Some(result)
    }

    /// Sends a reply to a session.
    pub(super) fn reply(&mut self, key: Key, message: &Message<'_>) {
        self.frame.clear();
        if wire::encode_with(message, Qos::Fire, None, &mut self.frame).is_ok() {
            self.reply_frame(key);
        }
    }

    /// Sends the frame in `self.frame` as a reply.
    pub(super) fn reply_frame(&mut self, key: Key) {
        let frame = std::mem::take(&mut self.frame);
        self.counters.answers += 1;
        if let Some(session) = self.session_mut(key) {
            session.tap.frame(Direction::Sent, &frame);
            session.wake();
            self.with_outbox(key, |outbox, log| {
                outbox.hold_back(log, key);
                outbox.push_own(&frame);
            });
            self.make_room();
        }
        self.frame = frame;
    }

    /// Sends an ERROR to a session.
    pub(super) fn refuse(&mut self, key: Key, code: u16, why: &str, address: Option<&str>) {
        self.counters.errors += 1;
        self.reply(key, &error(code, why, address));
    }

    /// Writes the outbox of a session to its socket, as much as the socket accepts and for one
    /// slice. Ready when nothing is left.
    pub fn write_out(
        &mut self,
        key: Key,
        peer: &mut Peer,
        cx: &mut Context<'_>,
        now: Now,
    ) -> Poll<Result<(), Lost>> {
        let mut slice = Slice::begin();
        loop {
            self.prepare(key, now);
            let Some(Some(session)) = self.sessions.get_mut(key as usize) else {
                return Poll::Ready(Ok(()));
            };
            let outbox = &mut session.outbox;
            let is_held_back = outbox.is_held_back(&self.log);
            let half = if peer.has_control() {
                outbox.half_written(&self.log)
            } else {
                0
            };
            let bytes = outbox.unwritten(&self.log, &mut self.gathered);
            if bytes.is_empty() && !peer.has_control() {
                if is_held_back {
                    return Poll::Pending;
                }
                return Poll::Ready(Ok(()));
            }
            let written = match bytes.get(..half) {
                Some(rest @ [_, ..]) => peer.poll_write_on(cx, rest, false),
                _ => peer.poll_write_on(cx, bytes, true),
            };
            match written {
                Poll::Ready(Ok(count)) => {
                    if std::mem::take(&mut session.blocked) {
                        // The peer has read data, so it is alive.
                        session.heard(now);
                    }
                    self.counters.bytes_sent += count as u64;
                    self.with_outbox(key, |outbox, log| outbox.wrote(count, log));
                    self.resume_scan(key);
                }
                Poll::Ready(Err(lost)) => return Poll::Ready(Err(lost)),
                Poll::Pending => {
                    session.blocked = true;
                    return Poll::Pending;
                }
            }
            if slice.is_over() {
                yield_turn(cx);
                return Poll::Pending;
            }
        }
    }

    /// Passes the outbox of a session to its client in this process, as much as that has room for.
    /// Gives whether the Close frame was reached, or the client is gone.
    pub fn hand_over(
        &mut self,
        key: Key,
        socket: &LocalSocket,
        cx: &mut Context<'_>,
        now: Now,
    ) -> bool {
        while socket.poll_room(cx).is_ready() {
            self.prepare(key, now);
            let Some(Some(session)) = self.sessions.get_mut(key as usize) else {
                return true;
            };
            let bytes = session.outbox.unwritten(&self.log, &mut self.gathered);
            if bytes.is_empty() {
                return false;
            }
            let count = bytes.len();
            let mut frames = bytes;
            while let Some((is_close, frame, rest)) = first_frame(frames) {
                if is_close || socket.send(Bytes::copy_from_slice(frame)).is_err() {
                    return true;
                }
                frames = rest;
            }
            self.counters.bytes_sent += count as u64;
            self.with_outbox(key, |outbox, log| outbox.wrote(count, log));
            self.resume_scan(key);
        }
        false
    }

    /// Prepares what is next in the outbox of a session.
    fn prepare(&mut self, key: Key, now: Now) {
        self.resolve(key, now);
        self.with_outbox(key, |outbox, log| outbox.prepare(log));
    }

    /// Replaces the params that are next in the outbox of a slow session by their present values.
    fn resolve(&mut self, key: Key, now: Now) {
        let Some(Some(session)) = self.sessions.get_mut(key as usize) else {
            return;
        };
        if !session.outbox.has_lag() {
            return;
        }
        let before = session.outbox.own_bytes();
        let (state, rights) = (&self.state, session.grant.rights());
        session.outbox.resolve(&mut self.log, key, |address| {
            let readable = rights.may_read(address);
            readable.then(|| current(state, address, now))?
        });
        self.memory = self.memory + session.outbox.own_bytes() - before;
    }

    /// Sets how many bytes a session has read and not handled.
    pub fn keep_input(&mut self, key: Key, bytes: usize) {
        let Some(session) = self.session_mut(key) else {
            return;
        };
        let before = std::mem::replace(&mut session.input, bytes);
        self.memory = self.memory + bytes - before;
        if bytes > before {
            self.make_room();
        }
    }
}

/// A param as the SET that is delivered; `ttl` is how long it lives from now on.
pub(super) fn as_set(param: Param<'_>, ttl: Option<Ttl>) -> Message<'_> {
    Message::Set(Set {
        address: param.address,
        value: param.value,
        revision: Some(param.revision),
        lock: false,
        unlock: false,
        ttl,
    })
}

/// An ERROR. An address that is too long for it is left out.
pub(super) fn error<'a>(code: u16, why: &'a str, address: Option<&'a str>) -> Message<'a> {
    Message::Error(ErrorReply {
        code,
        message: why.into(),
        address: address.filter(|a| a.len() < 60_000).map(Into::into),
        correlation_id: None,
    })
}

/// The frame of an ERROR.
pub(super) fn error_frame(code: u16, why: &str, address: Option<&str>) -> Box<[u8]> {
    let mut frame = Vec::new();
    // Texts that fit.
    let _ = wire::encode_with(&error(code, why, address), Qos::Fire, None, &mut frame);
    frame.into()
}

/// The frame of the SET for the present value of an address.
fn current(state: &State, address: &str, now: Now) -> Option<Box<[u8]>> {
    let param = state.param(address, now.micros)?;
    let ttl = state.ttl(address, now.micros);
    let mut frame = Vec::new();
    wire::encode(&as_set(param, ttl), &mut frame).ok()?;
    Some(frame.into())
}

const _: () = assert!(UNSENT_BYTES < SESSIONS_BYTES);
