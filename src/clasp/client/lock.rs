//! Locks: addresses enter, what is held for as long as one connection lives leaves.
//!
//! A lock is a SET: the present value is written back under its revision, so that a value written
//! meanwhile is never overwritten by an older one, and giving the lock back is such a SET again.
//!
//! ```text
//!   GET /a  PING ──▶ value, revision n      SET /a lock, if it still is n ──▶ ACK n+1   held
//!                                                              │
//!                                RevisionConflict: read anew ◀─┤
//!                                LockHeld: somebody else's   ◀─┘
//! ```
//!
//! The reference router (measured): a lock outlives its session, and the session's own unlock works
//! even when the session was forgotten for its silence (fact 11). Somebody else's SET with the
//! unlock flag does not unlock, but it is written: a value may change although it is locked, and
//! that is why what is given back is read again when its revision is another.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until, timeout};

use super::pace::RATE_WINDOW;
use super::session::{Load, Session};
use super::{Endpoint, Error, Refusal, Target};
use crate::clasp::wire::{self, Message, Param, Set, SignalType, Subscribe, TypeMask, Value};
use crate::net::Lost;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a value may change between reading and locking it before that is given up.
const TRIES: u32 = 100;

/// The locks of one connection.
pub struct Locks {
    session: Session,
    endpoint: Endpoint,
    held: Vec<Held>,
    /// What was asked for, until it is answered: whoever stops waiting may have got it.
    asked: Option<Held>,
    /// PINGs that are still to be answered.
    fences: usize,
    /// The address whose writes are listened to, by the number of its subscription.
    heeded: Option<(u32, String)>,
    subscriptions: u32,
    /// Somebody has written to the address that is heeded.
    stirred: bool,
}

/// A lock, and what to write when it is given back.
#[derive(Debug, Clone)]
struct Held {
    address: String,
    value: Value<'static>,
    revision: u64,
}

impl Held {
    fn set(&self, lock: bool) -> Message<'_> {
        Message::Set(Set {
            address: self.address.as_str().into(),
            value: self.value.clone(),
            revision: Some(self.revision),
            lock,
            unlock: !lock,
            ttl: None,
        })
    }
}

/// How a lock came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Its address had a value, which it still has.
    Present,
    /// Its address had none, and was created with null.
    Created,
}

/// Why what was held is held no longer.
#[derive(Debug)]
pub enum Gone {
    /// The connection is lost: our router has given the locks back, the reference router keeps
    /// them.
    Connection(Error),
    /// The router has forgotten the param, and the lock with it.
    Forgotten {
        /// Which.
        address: String,
    },
}

impl std::fmt::Display for Gone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Gone::Connection(error) => error.fmt(f),
            Gone::Forgotten { address } => write!(
                f,
                "the router has forgotten {address}: its time to live was over, or it was dropped"
            ),
        }
    }
}

/// What the router said to a question.
enum Reply {
    Param(Param<'static>),
    Written,
    Refused(Refusal),
}

impl Locks {
    /// Connects; nothing is locked yet.
    ///
    /// # Errors
    /// [`Error::Connect`], [`Error::Unwelcome`].
    pub async fn connect(target: &Target) -> Result<Locks, Error> {
        let mut session = Session::connect(target, Load::Conversation).await?;
        // What follows HELLO unasked ends with the answer to this (fact 1).
        session.send(&Message::Ping)?;
        session.welcomed().await?;
        Ok(Locks {
            session,
            endpoint: target.endpoint.clone(),
            held: Vec::new(),
            asked: None,
            fences: 1,
            heeded: None,
            subscriptions: 0,
            stirred: false,
        })
    }

    /// Takes one lock, if nobody else has it. May be dropped: [`release`](Self::release) then finds
    /// out what came of it.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Refused`]; [`Error::Unknown`] when the connection went while the
    /// router was asked.
    pub async fn take(&mut self, address: &str) -> Result<Taken, Error> {
        self.stirred = false;
        let what = || format!("locking {address}");
        let mut tries = 0;
        loop {
            let (held, taken) = match self.read(address).await? {
                Some(held) => (held, Taken::Present),
                None => (
                    Held {
                        address: address.to_owned(),
                        value: Value::Null,
                        revision: 0,
                    },
                    Taken::Created,
                ),
            };
            self.asked = Some(held.clone());
            let reply = self.ask(&held.set(true)).await;
            match reply.map_err(|cut| cut.unknown(what))? {
                Some(Reply::Written) => return Ok(taken),
                Some(Reply::Refused(refusal)) => {
                    tries += 1;
                    if refusal.is_lock() {
                        return Err(Error::Locked {
                            address: address.to_owned(),
                            refusal,
                        });
                    }
                    if !refusal.is_conflict() || tries == TRIES {
                        return Err(Error::Refused(refusal));
                    }
                }
                Some(Reply::Param(_)) | None => {
                    return Err(Error::Unacknowledged { what: what() });
                }
            }
        }
    }

    /// Waits until somebody writes to an address, as whoever gives a lock back does, or until a
    /// time. The first time for an address it does not wait: what happened before it began to
    /// listen it cannot know.
    ///
    /// # Errors
    /// [`Error::Lost`], [`Error::Refused`].
    pub async fn stir(&mut self, address: &str, until: Instant) -> Result<(), Error> {
        if self.heeded.as_ref().is_none_or(|(_, at)| at != address) {
            self.ignore()?;
            self.subscriptions += 1;
            self.heeded = Some((self.subscriptions, address.to_owned()));
            let subscribe = Message::Subscribe(Subscribe {
                id: self.subscriptions,
                pattern: address.into(),
                types: TypeMask::of([SignalType::Param]),
                max_rate: None,
                epsilon: None,
                history: None,
                window: None,
            });
            // Who may not read there could not have come this far.
            self.ask(&subscribe).await?;
            return Ok(());
        }
        while !self.stirred {
            let frame = tokio::select! {
                frame = self.session.next() => frame?,
                () = sleep_until(until) => return Ok(()),
            };
            self.hear(&frame)?;
        }
        Ok(())
    }

    /// No more news of the address that was waited for.
    fn ignore(&mut self) -> Result<(), Error> {
        match self.heeded.take() {
            Some((id, _)) => self.session.send(&Message::Unsubscribe { id }),
            None => Ok(()),
        }
    }

    /// Watches over what is held, for as long as it is: asks for it after every such silence, which
    /// tells a connection that is only half open, and keeps a param whose time to live slides.
    pub async fn watch(&mut self, interval: Duration) -> Gone {
        match self.watch_over(interval).await {
            Ok(address) => Gone::Forgotten { address },
            Err(error) => Gone::Connection(error),
        }
    }

    /// Gives the address that was forgotten.
    async fn watch_over(&mut self, interval: Duration) -> Result<String, Error> {
        self.ignore()?;
        loop {
            let due = Instant::now() + interval;
            loop {
                tokio::select! {
                    biased;
                    frame = self.session.next() => {
                        self.hear(&frame?)?;
                    }
                    () = sleep_until(due) => break,
                }
            }
            for place in 0..self.held.len() {
                let Held {
                    address, revision, ..
                } = self.held[place].clone();
                match self.read(&address).await? {
                    // Another that is written under an old name counts anew.
                    Some(now) if now.revision >= revision => self.held[place] = now,
                    _ => return Ok(address),
                }
            }
        }
    }

    /// Gives back everything that is held, the last taken first; what nobody waited for any more is
    /// included. Gives the addresses that were held no longer, and says goodbye.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the connection is lost: then so are the locks, or they are stuck.
    pub async fn release(mut self) -> Result<Vec<String>, Error> {
        let mut lost = Vec::new();
        if self.asked.is_some() || !self.held.is_empty() {
            self.settle().await?;
        }
        while let Some(held) = self.held.pop() {
            let what = || format!("giving back the lock on {}", held.address);
            let given = self.give_back(held.clone()).await;
            if !given.map_err(|cut| cut.unknown(what))? {
                lost.push(held.address);
            }
        }
        self.session.close().await;
        Ok(lost)
    }

    /// Gives one lock back. Whether it was held until now.
    async fn give_back(&mut self, held: Held) -> Result<bool, Error> {
        let mut held = held;
        for _ in 0..TRIES {
            match self.ask(&held.set(false)).await? {
                Some(Reply::Written) => return Ok(true),
                Some(Reply::Refused(refusal)) if refusal.is_lock() => return Ok(false),
                Some(Reply::Refused(refusal)) if refusal.is_conflict() => {
                    match self.read(&held.address).await? {
                        Some(now) if now.revision > held.revision => held = now,
                        _ => return Ok(false),
                    }
                }
                Some(Reply::Refused(refusal)) => return Err(Error::Refused(refusal)),
                Some(Reply::Param(_)) | None => break,
            }
        }
        Err(Error::Unacknowledged {
            what: format!("giving back the lock on {}", held.address),
        })
    }

    /// Waits for the answers to what nobody waits for any more.
    async fn settle(&mut self) -> Result<(), Error> {
        while self.fences > 0 {
            let frame = self.next().await?;
            if let Some(Reply::Refused(refusal)) = self.hear(&frame)?
                && refusal.too_fast()
            {
                // It may have been the fence that was dropped: another, when there is room.
                sleep_until(Instant::now() + RATE_WINDOW).await;
                self.fences = 1;
                self.session.send(&Message::Ping)?;
            }
        }
        Ok(())
    }

    async fn read(&mut self, address: &str) -> Result<Option<Held>, Error> {
        let get = Message::Get {
            address: address.into(),
        };
        match self.ask(&get).await? {
            Some(Reply::Param(param)) if param.address == address => Ok(Some(Held {
                address: address.to_owned(),
                value: param.value,
                revision: param.revision,
            })),
            Some(Reply::Refused(refusal)) => Err(Error::Refused(refusal)),
            _ => Ok(None),
        }
    }

    /// Asks, and gives what is said before the fence; again, if it was dropped for rate: which of
    /// question and fence a 429 is about it does not say, and a second later all is said.
    async fn ask(&mut self, question: &Message<'_>) -> Result<Option<Reply>, Error> {
        loop {
            self.session.send(question)?;
            self.session.send(&Message::Ping)?;
            self.fences += 1;
            let asked = self.asked.clone();
            let mut reply = None;
            let mut window = None;
            while self.fences > 0 {
                let frame = match window {
                    None => self.next().await?,
                    Some(until) => tokio::select! {
                        biased;
                        frame = self.session.next() => frame?,
                        () = sleep_until(until) => break,
                    },
                };
                match self.hear(&frame)? {
                    Some(Reply::Refused(refusal)) if refusal.too_fast() => {
                        window.get_or_insert(Instant::now() + RATE_WINDOW);
                    }
                    // Before the last fence it belongs to something earlier.
                    Some(said) if self.fences == 1 => reply = Some(said),
                    _ => {}
                }
            }
            if window.is_none() || reply.is_some() {
                self.fences = 0;
                return Ok(reply);
            }
            self.fences = 0;
            self.asked = asked;
        }
    }

    /// The next frame, which is expected.
    async fn next(&mut self) -> Result<Bytes, Error> {
        match timeout(PATIENCE, self.session.next()).await {
            Ok(frame) => frame,
            Err(_) => Err(Error::Lost {
                endpoint: self.endpoint.clone(),
                cause: Lost::Broken("no answer to a question".to_owned()),
            }),
        }
    }

    /// Takes note of a frame. What answers a question is for whoever asked.
    fn hear(&mut self, frame: &[u8]) -> Result<Option<Reply>, Error> {
        Ok(match wire::decode(frame)?.message {
            Message::Pong => {
                self.fences = self.fences.saturating_sub(1);
                None
            }
            Message::Set(set) => {
                let heeded = self.heeded.as_ref();
                self.stirred |= heeded.is_some_and(|(_, at)| *at == set.address);
                None
            }
            Message::Ack(ack) => {
                if let Some(mut held) = self.asked.take() {
                    held.revision = ack.revision.unwrap_or(held.revision + 1);
                    self.held.push(held);
                }
                Some(Reply::Written)
            }
            Message::Error(error) => {
                self.asked = None;
                Some(Reply::Refused(error.into()))
            }
            Message::Snapshot(params) => {
                let first = params.into_iter().next();
                first.map(|param| Reply::Param(param.into_owned()))
            }
            _ => None,
        })
    }
}
