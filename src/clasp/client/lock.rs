//! Locks. Takes addresses, and holds their locks for as long as one connection lives.
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
//! even when the session was forgotten for its silence (quirk 11). Somebody else's SET with the
//! unlock flag does not unlock, but it is written: a value may change although it is locked, and
//! that is why what is given back is read again when its revision is another.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::connection::Load;
use super::pipeline::{Incoming, Pipeline, Ticket, Wait};
use super::{Endpoint, Error, Refusal, Target};
use crate::clasp::wire::{Message, Param, Set, SignalType, Subscribe, TypeMask, Value};
use crate::net::Lost;

/// How long an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a value may change between reading and locking it before that is given up.
const TRIES: u32 = 100;

/// The locks of one connection.
pub struct Locks {
    pipeline: Pipeline,
    endpoint: Endpoint,
    state: LockState,
    /// The address whose writes are listened to, by the number of its subscription.
    subscribed: Option<(u32, String)>,
    subscriptions: u32,
}

/// What the router's messages have told.
#[derive(Default)]
struct LockState {
    held: Vec<Held>,
    /// What was asked for, until it is answered: whoever stops waiting may have got it.
    asked: Option<(Ticket, Held)>,
    /// The address whose writes count.
    watched: Option<String>,
    /// Somebody has written there.
    written: bool,
}

impl LockState {
    /// Takes note of a message.
    fn note(&mut self, incoming: &Incoming<'_>) {
        match incoming {
            Incoming::Acknowledged(ticket, ack) if self.asks(*ticket) => {
                if let Some((_, mut held)) = self.asked.take() {
                    held.revision = ack.revision.unwrap_or(held.revision + 1);
                    self.held.push(held);
                }
            }
            Incoming::Refused(ticket, _) | Incoming::TooFast(Some((ticket, _)), _)
                if self.asks(*ticket) =>
            {
                self.asked = None;
            }
            Incoming::Data(Message::Set(set)) | Incoming::Unasked(Message::Set(set)) => {
                self.written |= self.watched.as_deref() == Some(&*set.address);
            }
            _ => {}
        }
    }

    fn asks(&self, ticket: Ticket) -> bool {
        matches!(&self.asked, Some((asked, _)) if *asked == ticket)
    }
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

/// What the router replied to a request.
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
        let mut pipeline = Pipeline::connect(target, Load::Conversation).await?;
        // What follows HELLO unasked ends with the answer to this (quirk 1).
        pipeline.send(&Message::Ping)?;
        pipeline.welcomed().await?;
        Ok(Locks {
            pipeline,
            endpoint: target.endpoint.clone(),
            state: LockState::default(),
            subscribed: None,
            subscriptions: 0,
        })
    }

    /// Takes one lock, if nobody else has it. May be dropped: [`release`](Self::release) then finds
    /// out what came of it.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Refused`]; [`Error::Unknown`] when the connection went while the
    /// router was asked.
    pub async fn take(&mut self, address: &str) -> Result<Taken, Error> {
        self.state.written = false;
        let what = format!("locking {address}");
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
            let request = held.set(true);
            let reply = self.ask(&request, Some(&held)).await;
            match reply.map_err(|error| error.after_sending(&what))? {
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
                Some(Reply::Param(_)) | None => return Err(Error::Unacknowledged { what }),
            }
        }
    }

    /// Waits until somebody writes to an address, as whoever gives a lock back does, or until a
    /// time. The first time for an address it does not wait: what happened before it began to
    /// listen it cannot know.
    ///
    /// # Errors
    /// [`Error::Lost`], [`Error::Refused`].
    pub async fn wait_for_write(&mut self, address: &str, until: Instant) -> Result<(), Error> {
        if self.subscribed.as_ref().is_none_or(|(_, at)| at != address) {
            self.unsubscribe()?;
            self.subscriptions += 1;
            self.subscribed = Some((self.subscriptions, address.to_owned()));
            self.state.watched = Some(address.to_owned());
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
            self.ask(&subscribe, None).await?;
            return Ok(());
        }
        while !self.state.written {
            let frame = tokio::select! {
                frame = self.pipeline.next() => frame?,
                () = sleep_until(until) => return Ok(()),
            };
            self.state.note(&self.pipeline.incoming(&frame)?);
        }
        Ok(())
    }

    /// Ends the subscription to the address that was waited for.
    fn unsubscribe(&mut self) -> Result<(), Error> {
        self.state.watched = None;
        match self.subscribed.take() {
            Some((id, _)) => self.pipeline.send(&Message::Unsubscribe { id }).map(drop),
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
        self.unsubscribe()?;
        loop {
            let due = Instant::now() + interval;
            loop {
                tokio::select! {
                    biased;
                    frame = self.pipeline.next() => {
                        self.state.note(&self.pipeline.incoming(&frame?)?);
                    }
                    () = sleep_until(due) => break,
                }
            }
            for place in 0..self.state.held.len() {
                let Held {
                    address, revision, ..
                } = self.state.held[place].clone();
                match self.read(&address).await? {
                    // Another that is written under an old name counts anew.
                    Some(now) if now.revision >= revision => self.state.held[place] = now,
                    _ => return Ok(address),
                }
            }
        }
    }

    /// Gives back everything that is held, the last taken first; what nobody waited for any more is
    /// included. Gives the addresses that were held no longer, and sends a Close frame.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the connection is lost: then so are the locks, or they are stuck.
    pub async fn release(mut self) -> Result<Vec<String>, Error> {
        let mut lost = Vec::new();
        if self.state.asked.is_some() {
            self.settle().await?;
        }
        while let Some(held) = self.state.held.pop() {
            let what = format!("giving back the lock on {}", held.address);
            let given = self.give_back(held.clone(), &what).await;
            if !given.map_err(|error| error.after_sending(&what))? {
                lost.push(held.address);
            }
        }
        self.pipeline.close().await;
        Ok(lost)
    }

    /// Gives one lock back. Whether it was held until now.
    async fn give_back(&mut self, held: Held, what: &str) -> Result<bool, Error> {
        let mut held = held;
        for _ in 0..TRIES {
            let request = held.set(false);
            match self.ask(&request, None).await? {
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
            what: what.to_owned(),
        })
    }

    /// Waits for the answers to what nobody waits for any more.
    async fn settle(&mut self) -> Result<(), Error> {
        let state = &mut self.state;
        let exchange = self.pipeline.exchange([], |incoming| {
            state.note(&incoming);
            Ok(Wait::On)
        });
        in_time(&self.endpoint, exchange).await?;
        self.state.asked = None;
        Ok(())
    }

    async fn read(&mut self, address: &str) -> Result<Option<Held>, Error> {
        let get = Message::Get {
            address: address.into(),
        };
        match self.ask(&get, None).await? {
            Some(Reply::Param(param)) if param.address == address => Ok(Some(Held {
                address: address.to_owned(),
                value: param.value,
                revision: param.revision,
            })),
            Some(Reply::Refused(refusal)) => Err(Error::Refused(refusal)),
            _ => Ok(None),
        }
    }

    /// Sends a request, and gives the reply; again, if it was dropped for rate. If it is to take a
    /// lock, what is held then.
    async fn ask(
        &mut self,
        request: &Message<'_>,
        lock: Option<&Held>,
    ) -> Result<Option<Reply>, Error> {
        loop {
            let own = self.pipeline.next_ticket();
            self.state.asked = lock.map(|held| (own, held.clone()));
            let mut reply = None;
            let state = &mut self.state;
            let exchange = self.pipeline.exchange([request.clone()], |incoming| {
                state.note(&incoming);
                match incoming {
                    Incoming::Acknowledged(ticket, _) if ticket == own => {
                        reply = Some(Reply::Written);
                    }
                    Incoming::Refused(ticket, refusal) if ticket == own => {
                        reply = Some(Reply::Refused(refusal));
                    }
                    Incoming::Data(Message::Snapshot(params)) => {
                        let first = params.into_iter().next();
                        reply = first.map(|param| Reply::Param(param.into_owned()));
                    }
                    _ => {}
                }
                Ok(Wait::On)
            });
            let done = in_time(&self.endpoint, exchange).await?;
            if done.dropped == 0 || reply.is_some() {
                return Ok(reply);
            }
        }
    }
}

/// What is awaited, unless it takes too long: then the connection is as good as lost.
async fn in_time<T>(
    endpoint: &Endpoint,
    exchange: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match timeout(ANSWER_TIMEOUT, exchange).await {
        Ok(result) => result,
        Err(_) => Err(Error::Lost {
            endpoint: endpoint.clone(),
            cause: Lost::Broken("no answer to a request".to_owned()),
        }),
    }
}
