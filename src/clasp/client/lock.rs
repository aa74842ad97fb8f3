//! Locks. Takes addresses, and holds their locks as long as one connection lives.
//!
//! A lock is taken by a SET that writes the present value back under its revision, so that it never
//! overwrites a newer value. It is given back by another such SET.
//!
//! ```text
//!   GET /a  PING ──▶ value, revision n      SET /a lock, if still n ──▶ ACK n+1   held
//!                                                              │
//!                                RevisionConflict: read again ◀─┤
//!                                LockHeld: another session's  ◀─┘
//! ```
//!
//! The reference router (measured): a lock outlives its session, and the session's own unlock works
//! even when the router has forgotten the silent session (quirk 11). Another session's SET with the
//! unlock flag does not unlock, but its value is written: a value may change although it is locked,
//! and so it is read again on a revision conflict when the lock is given back.

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

/// How often a value may change between reading and locking it before the request fails.
const TRIES: u32 = 100;

/// The locks of one connection.
pub struct Locks {
    pipeline: Pipeline,
    endpoint: Endpoint,
    state: LockState,
    /// The subscription to the address that another session has locked: its id and the address.
    subscribed: Option<(u32, String)>,
    subscriptions: u32,
}

/// What is known from the router's messages.
#[derive(Default)]
struct LockState {
    held: Vec<Held>,
    /// The lock request without a reply. If the caller stops waiting, the lock may still be
    /// granted.
    asked: Option<(Ticket, Held)>,
    /// The address whose writes set `written`.
    watched: Option<String>,
    /// `watched` has been written.
    written: bool,
}

impl LockState {
    /// Updates the state by a message.
    fn note(&mut self, incoming: &Incoming<'_>) {
        match incoming {
            Incoming::Acknowledged(ticket, ack) if self.asks(*ticket) => {
                if let Some((_, mut held)) = self.asked.take() {
                    held.revision = ack.revision.unwrap_or(held.revision + 1);
                    self.held.push(held);
                }
            }
            Incoming::Refused(ticket, _) | Incoming::RateLimited(Some((ticket, _)), _)
                if self.asks(*ticket) =>
            {
                self.asked = None;
            }
            Incoming::Data(Message::Set(set)) | Incoming::Unsolicited(Message::Set(set)) => {
                self.written |= self.watched.as_deref() == Some(&*set.address);
            }
            _ => {}
        }
    }

    fn asks(&self, ticket: Ticket) -> bool {
        matches!(&self.asked, Some((asked, _)) if *asked == ticket)
    }
}

/// A lock, with the value and revision to write when it is given back.
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

/// How a lock was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The address had a value, which is unchanged.
    Present,
    /// The address had no value, and was created with null.
    Created,
}

/// Why a lock was lost.
#[derive(Debug)]
pub enum LockLost {
    /// The connection was lost: our router releases its locks then, the reference router keeps
    /// them.
    Connection(Error),
    /// The router has removed the param, and with it the lock.
    Forgotten {
        /// The address of the param.
        address: String,
    },
}

impl std::fmt::Display for LockLost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LockLost::Connection(error) => error.fmt(f),
            LockLost::Forgotten { address } => write!(
                f,
                "the router has removed {address}: its TTL expired, or it was evicted"
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
    /// Connects without taking a lock.
    ///
    /// # Errors
    /// [`Error::Connect`], [`Error::Unwelcome`].
    pub async fn connect(target: &Target) -> Result<Locks, Error> {
        let mut pipeline = Pipeline::connect(target, Load::OneShot).await?;
        // Its PONG ends the snapshot that follows HELLO (quirk 1).
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

    /// Takes one lock, if no other session has it. The future may be dropped:
    /// [`release`](Self::release) then finds out whether the lock was granted, and gives it back.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::Refused`]; [`Error::Unknown`] when the connection was lost
    /// before the reply.
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

    /// Waits until an address is written, as happens when its lock is given back, or until a time.
    /// The first call for an address only subscribes to it and returns at once, because a write
    /// before the subscription would be missed.
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
            // A refusal for missing read scope would have come earlier: the value has been read.
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

    /// Ends the subscription to the address that another session had locked.
    fn unsubscribe(&mut self) -> Result<(), Error> {
        self.state.watched = None;
        match self.subscribed.take() {
            Some((id, _)) => self.pipeline.send(&Message::Unsubscribe { id }).map(drop),
            None => Ok(()),
        }
    }

    /// Watches the locks until one is lost. Reads every locked param after each interval: this
    /// detects a half-open connection, and keeps a param with a sliding TTL alive.
    pub async fn watch(&mut self, interval: Duration) -> LockLost {
        match self.watch_over(interval).await {
            Ok(address) => LockLost::Forgotten { address },
            Err(error) => LockLost::Connection(error),
        }
    }

    /// Gives the address that the router has removed.
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
                    // A lower revision means that the param was removed and created again.
                    Some(now) if now.revision >= revision => self.state.held[place] = now,
                    _ => return Ok(address),
                }
            }
        }
    }

    /// Gives back all locks, the last taken first, including one whose request was not waited for.
    /// Gives the addresses whose lock had been lost, and sends a Close frame.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the connection is lost: depending on the router, the locks are then
    /// released or remain.
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

    /// Gives one lock back. Gives whether it was still held.
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

    /// Waits for the reply to a lock request that its caller no longer waits for.
    async fn settle(&mut self) -> Result<(), Error> {
        let state = &mut self.state;
        let exchange = self.pipeline.exchange([], |incoming| {
            state.note(&incoming);
            Ok(Wait::More)
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

    /// Sends a request and gives the reply; sends it again if the rate limit dropped it. For a
    /// request that takes a lock, `lock` is the lock it takes.
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
                Ok(Wait::More)
            });
            let done = in_time(&self.endpoint, exchange).await?;
            if done.dropped == 0 || reply.is_some() {
                return Ok(reply);
            }
        }
    }
}

/// Waits for an exchange. If it takes longer than [`ANSWER_TIMEOUT`], the connection counts as
/// lost.
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
