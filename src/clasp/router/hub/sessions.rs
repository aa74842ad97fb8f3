//! The lifecycle of a session. Everything that must end with it belongs to its [`Session`].
//!
//! ```text
//! accepted ─ TLS, upgrade ─▶ joined ─ HELLO ─▶ greeted ─▶ closed ─ all sent, or timeout ──▶ left
//! └─ HELLO_TIMEOUT, and one of HANDSHAKES ───┘   │           ▲
//!                                                └───────────┘ Close, silence, a bad frame, too slow,
//!                                                              grant revoked, the router stops
//! ```
//!
//! Closed: its subscriptions and scans are removed, queued frames are sent, and a Close frame is
//! the last. Left: its locks are released and its gestures cancelled. Everything else that it
//! started belongs to its [`Grant`] and ends with that.

use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::super::auth::Denied;
use super::super::grants::Grant;
use super::super::limits::{CLOSE_TIMEOUT, DRAIN_TIMEOUT};
use super::super::outbox::{Kind, Outbox};
use super::super::schedule::gesture::GestureKey;
use super::super::subscriptions::Key;
use super::clustered::Deferred;
use super::delivery::error;
use super::scans::Pending;
use super::{Hub, Now};
use crate::clasp::wire::{self, Message, Phase, Publish, Qos, SignalType};
use crate::ids::uuid;
use crate::net::peer::close;
use crate::trace::{Direction, Tap};

/// A connection after its upgrade.
#[derive(Debug)]
pub struct Session {
    /// Its id for others: the writer of a param, the holder of a lock.
    pub name: Rc<str>,
    /// Whether its client is in this process.
    is_local: bool,
    /// Its rights and quota.
    pub grant: Rc<Grant>,
    pub greeted: bool,
    pub outbox: Outbox,
    /// The requests whose replies are not complete.
    pub pending: Pending,
    /// In a cluster: what it waits for.
    pub deferred: Option<Box<Deferred>>,
    pub bad_frames: u32,
    /// For the rate limit: the present second, and the messages in it.
    pub rate: (u64, u32),
    /// Bytes that were read and not handled.
    pub input: usize,
    /// When it last showed that it is alive.
    heard: Instant,
    /// The state of the Ping since then.
    probe: Probe,
    /// Whether its outbox has new frames for which it was not woken.
    pub unflushed: bool,
    /// Whether its socket accepts no more bytes for now.
    pub blocked: bool,
    /// How long it has to read the rest after closing.
    close_timeout: Duration,
    waker: Option<Waker>,
    /// The trace of its frames.
    pub tap: Tap,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Probe {
    None,
    Due,
    Sent,
}

impl Session {
    pub(super) fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Records that it is alive.
    pub fn heard(&mut self, now: Now) {
        self.heard = now.instant;
        self.probe = Probe::None;
    }

    /// Its memory that is not shared, in bytes.
    pub fn bytes(&self) -> usize {
        self.outbox.own_bytes() + self.input
    }
}

impl Hub {
    /// Adds a session; `None` if the limit of sessions is reached. A client in this process
    /// (`is_local`) does not count for the limit.
    pub fn join(&mut self, is_local: bool, tap: Tap, now: Now) -> Option<Key> {
        if !is_local && self.count() - self.local_count >= self.settings.max_sessions {
            return None;
        }
        let name: Rc<str> = uuid().ok()?.into();
        let key = match self.free.pop() {
            Some(key) => key,
            None => {
                self.sessions.push(None);
                Key::try_from(self.sessions.len() - 1).ok()?
            }
        };
        let grant: Rc<Grant> = Rc::default();
        grant.join();
        self.counters.sessions += 1;
        self.local_count += usize::from(is_local);
        self.names.insert(name.clone(), key);
        self.sessions[key as usize] = Some(Session {
            name,
            is_local,
            grant,
            greeted: false,
            outbox: Outbox::default(),
            pending: Pending::default(),
            deferred: None,
            bad_frames: 0,
            rate: (0, 0),
            input: 0,
            heard: now.instant,
            probe: Probe::None,
            unflushed: false,
            blocked: false,
            close_timeout: CLOSE_TIMEOUT,
            waker: None,
            tap,
        });
        Some(key)
    }

    /// Removes an ended session: releases its locks and cancels its gestures. What it has scheduled
    /// stays.
    pub fn leave(&mut self, key: Key, said_close: bool, now: Now) {
        self.subscriptions.remove_session(key);
        for (name, held) in self.gestures.end_session(key) {
            if let Some(frame) = held {
                self.send_gesture(key, &name.address, &frame, now);
            }
            if !said_close {
                self.cancel_gesture(&name, now);
            }
        }
        self.flush();
        self.with_outbox(key, |outbox, log| outbox.forget(log));
        let Some(session) = self.sessions.get_mut(key as usize).and_then(Option::take) else {
            return;
        };
        self.memory -= session.bytes();
        session.grant.leave();
        self.local_count -= usize::from(session.is_local);
        self.names.remove(&session.name);
        if let Some(cluster) = &mut self.cluster {
            if session.greeted {
                cluster.session_ended(key);
            }
            self.release_clustered(&session.name, now);
        } else {
            self.state.release(&session.name);
        }
        self.free(key);
    }

    /// Frees a key when nothing uses it any more.
    pub(super) fn free(&mut self, key: Key) {
        if self.subscriptions.is_ended(key) {
            self.wake_worker();
        } else if self.session(key).is_none() {
            self.free.push(key);
        }
    }

    fn cancel_gesture(&mut self, name: &GestureKey, now: Now) {
        let cancel = Message::Publish(Publish {
            id: Some(name.id),
            phase: Some(Phase::Cancel),
            ..Publish::new(SignalType::Gesture, &*name.address)
        });
        self.forward(&cancel, &name.address, SignalType::Gesture);
        if self.subscriptions.find(&name.address, SignalType::Gesture) {
            let (signal, except) = (SignalType::Gesture, Some(name.session));
            // It is shorter than the frame that began the gesture.
            let _ = self.send(&cancel, signal, &name.address, Kind::Keep, except, now);
        }
    }

    /// The number of sessions.
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// Whether a session has got its WELCOME.
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

    /// How long a closed session has to read the rest; `None` if it is not closed.
    pub fn closing(&self, key: Key) -> Option<Duration> {
        let session = self.session(key)?;
        session.outbox.is_closed().then_some(session.close_timeout)
    }

    /// Records that a session has its turn and need not be woken.
    pub fn begin_turn(&mut self, key: Key) {
        if let Some(session) = self.session_mut(key) {
            session.waker = None;
        }
    }

    /// Sets the task to wake when there is something for the session to do.
    pub fn listen(&mut self, key: Key, waker: &Waker) {
        if let Some(session) = self.session_mut(key)
            && session.waker.is_none()
        {
            session.waker = Some(waker.clone());
        }
    }

    /// Whether a session's replies must be sent before it is read further.
    pub fn is_behind(&self, key: Key) -> bool {
        self.is_disk_behind()
            || self.session(key).is_some_and(|session| {
                let deferred = session.deferred.as_ref();
                session.outbox.is_behind()
                    || !session.pending.is_empty()
                    || deferred.is_some_and(|deferred| deferred.is_behind())
            })
    }

    /// Records that something came from a session.
    pub fn heard(&mut self, key: Key, now: Now) {
        if let Some(session) = self.session_mut(key) {
            session.heard(now);
        }
    }

    /// Pings the sessions that have been silent for this long, and ends those that stayed silent
    /// for as long after a Ping.
    pub fn probe_silent(&mut self, silence: Duration, now: Now) {
        let mut gone = Vec::new();
        for (key, session) in (0..).zip(&mut self.sessions) {
            let Some(session) = session else { continue };
            let silent = now.instant.saturating_duration_since(session.heard);
            if silent >= 2 * silence && session.probe == Probe::Sent {
                gone.push(key);
            } else if silent >= silence && session.probe == Probe::None {
                session.probe = Probe::Due;
                session.wake();
            }
        }
        for key in gone {
            self.end(key, 408, "nothing was heard for too long", close::POLICY);
        }
    }

    /// Whether to send a Ping to a session; true only once.
    pub fn take_probe(&mut self, key: Key) -> bool {
        let session = self.session_mut(key);
        let due = session.filter(|session| session.probe == Probe::Due);
        due.is_some_and(|session| {
            session.probe = Probe::Sent;
            true
        })
    }

    /// Sends an ERROR to a session, and ends it.
    pub(super) fn end(&mut self, key: Key, code: u16, why: &str, close: u16) {
        let mut frame = Vec::new();
        // The text is short, so it fits.
        let _ = wire::encode_with(&error(code, why, None), Qos::Fire, None, &mut frame);
        let Some(session) = self.session_mut(key) else {
            return;
        };
        session.tap.frame(Direction::Sent, &frame);
        session.pending.clear();
        session.wake();
        self.with_outbox(key, |outbox, log| outbox.give_up(&frame, close, why, log));
        self.subscriptions.remove_session(key);
        self.wake_worker();
    }

    /// Ends a connection that did not send HELLO in time.
    pub fn late(&mut self, key: Key, why: &str) {
        if self.session(key).is_some_and(|session| !session.greeted) {
            self.end(key, 100, why, close::POLICY);
        }
    }

    /// Revokes the grants whose tokens are no longer valid, and ends everything started with them:
    /// sessions, held bundles, timelines, announced signals.
    pub(super) fn check_tokens(&mut self, changed: bool, now: Now) {
        let Some(tokens) = &self.tokens else { return };
        let is_due = self.token_due.is_some_and(|due| due <= now.micros);
        if !is_due && !changed {
            return;
        }
        let mut denied: Vec<(Rc<Grant>, Denied)> = Vec::new();
        self.token_due = None;
        self.grants.retain(|_, grant| {
            let Some((grant, record)) =
                grant.upgrade().and_then(|g| Some((g.clone(), g.record()?)))
            else {
                return false;
            };
            match tokens.still(&record, now.micros) {
                Ok(known) => {
                    grant.update(known.clone());
                    self.token_due = self.token_due.into_iter().chain(known.expires).min();
                    true
                }
                Err(why) => {
                    grant.revoke();
                    denied.push((grant, why));
                    false
                }
            }
        });
        if denied.is_empty() {
            return;
        }
        let mut ended = Vec::new();
        self.timed.retain(|timed| {
            let is_over = timed.share.is_revoked();
            ended.extend(is_over.then_some(timed.id));
            !is_over
        });
        for id in ended {
            self.end_held(id);
        }
        if self.cluster.is_some() {
            self.withdraw_revoked(now);
        } else {
            for address in self.timelines.end_revoked() {
                self.forget_timeline(&address);
            }
            self.end_signals(|announced| announced.share.is_revoked());
        }
        let sessions = (0..).zip(&self.sessions);
        let ended: Vec<(Key, Denied)> = sessions
            .filter_map(|(key, session)| Some((key, session.as_ref()?)))
            .filter_map(|(key, session)| {
                let same = |(grant, _): &&(Rc<Grant>, Denied)| Rc::ptr_eq(grant, &session.grant);
                denied.iter().find(same).map(|(_, why)| (key, *why))
            })
            .collect();
        for (key, why) in ended {
            self.end(key, why.code(), &why.to_string(), close::POLICY);
        }
    }

    /// Sets the accepted tokens, and ends what was started with removed ones.
    pub fn set_tokens(&mut self, tokens: super::Tokens, now: Now) {
        self.tokens = Some(tokens);
        self.check_tokens(true, now);
        self.rearm(now);
    }

    /// Closes all sessions, because the router stops. Queued frames are sent first.
    pub fn close_all(&mut self) {
        for session in self.sessions.iter_mut().flatten() {
            session.pending.clear();
            session.close_timeout = DRAIN_TIMEOUT;
            session
                .outbox
                .close(close::AWAY, "the router is going away");
            session.wake();
        }
    }
}
