//! A client of a broker, which reconnects when the connection is lost.
//!
//! ```text
//! Client::publish ──▶ bounded channel ──▶ task: connects, acknowledges, pings ──▶ broker
//! Client::next    ◀── bounded channel ◀──                                     ◀──
//! ```
//! While there is no connection, the newest retained publication of each topic is kept for sending
//! later. Others are dropped, because they would arrive too late. At the end, what waits is still sent,
//! and acknowledged, within a few seconds; the rest is counted.

pub mod broker;
pub mod connection;

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

use super::codec::{Publish, Wanted};
use crate::clasp::bridge::newest::Newest;
use crate::error::{Failure, Kind};
use crate::net::backoff::Backoff;
use crate::trace;
use connection::{Connection, End, Incoming, Settings};

/// How many publications may wait in each direction.
const WAITING: usize = 4_096;

/// The shortest and the longest wait before trying again to reach a broker at the start.
const FIRST_RETRY: Duration = Duration::from_millis(100);
const LONGEST_RETRY: Duration = Duration::from_secs(1);

/// A connection that lasted this long was not ended by another client with the same client id: these
/// take it from each other after [`CEILING`](crate::net::backoff::CEILING) at most.
const STABLE: Duration = Duration::from_secs(60);

/// So many connections in a row that the broker closed without a reason, each before it was stable, mean
/// that another client may have the same client id.
const CLOSED_OFTEN: u32 = 3;

/// How long sending may take after the end was asked for.
const CLOSING: Duration = Duration::from_secs(5);

/// A second connection that reads what the broker retains, see [`Client::read_again`].
#[derive(Debug)]
pub struct Reading(JoinHandle<()>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The handle of the client's task.
pub struct Client {
    outgoing: mpsc::Sender<Publish>,
    /// Retained publications that had no room in the channel.
    kept: Newest<Publish>,
    incoming: mpsc::Receiver<Incoming>,
    /// For [`Self::read_again`].
    events: mpsc::Sender<Incoming>,
    settings: Settings,
    stop: oneshot::Sender<Instant>,
    /// Gives how many publications the broker has not got for certain.
    task: JoinHandle<usize>,
}

impl Client {
    /// Connects and subscribes; for `retry` it tries again, like the connection to the router.
    ///
    /// # Errors
    /// When there is no connection, or when the broker refuses the client, the version or a filter.
    pub async fn connect(settings: Settings, retry: Duration) -> Result<Client, Failure> {
        let connection = first_connection(&settings, retry).await?;
        let (outgoing, to_send) = mpsc::channel(WAITING);
        let (events, incoming) = mpsc::channel(WAITING);
        let (stop, stopped) = oneshot::channel();
        let kept = keep(
            connection,
            settings.clone(),
            to_send,
            events.clone(),
            stopped,
        );
        let task = tokio::spawn(kept);
        Ok(Client {
            outgoing,
            kept: Newest::default(),
            incoming,
            events,
            settings,
            stop,
            task,
        })
    }

    /// Reads all that the broker retains once more, as [`Incoming::Retained`]. It uses a second
    /// connection, because on the first one a live publication could not be told from an old one.
    /// Gives the reading, which ends when it is dropped.
    pub fn read_again(&self) -> Reading {
        let mut settings = self.settings.clone();
        settings.connect.client_id.push_str("-again");
        settings.connect.will = None;
        settings.qos = 0;
        settings.wanted = Wanted::Retained;
        let events = self.events.clone();
        Reading(tokio::spawn(async move {
            let read = match Connection::open(&settings).await {
                Ok(mut connection) => connection.read_retained(&events).await,
                Err(failure) => Err(failure.message()),
            };
            if let Err(why) = read {
                let _ = events.send(Incoming::NotReadAgain(why)).await;
            }
        }))
    }

    /// Waits for the next item from the broker, and meanwhile sends publications that had no room.
    /// Cancel-safe.
    pub async fn next(&mut self) -> Incoming {
        loop {
            tokio::select! {
                incoming = self.incoming.recv() => match incoming {
                    Some(incoming) => return incoming,
                    None => std::future::pending().await,
                },
                Ok(permit) = self.outgoing.reserve(), if !self.kept.is_empty() => {
                    if let Some(publish) = self.kept.pop() {
                        permit.send(publish);
                    }
                }
            }
        }
    }

    /// The next item, if one has already arrived.
    pub fn try_next(&mut self) -> Option<Incoming> {
        self.incoming.try_recv().ok()
    }

    /// Publishes without waiting, in order. If the broker is too slow, the newest retained publication
    /// of each topic is kept, and others are dropped. Returns false if this one was dropped.
    pub fn publish(&mut self, publish: Publish) -> bool {
        while !self.kept.is_empty()
            && let Ok(permit) = self.outgoing.try_reserve()
            && let Some(publish) = self.kept.pop()
        {
            permit.send(publish);
        }
        if !self.kept.is_empty() {
            return keep_newest(&mut self.kept, publish).is_ok();
        }
        match self.outgoing.try_send(publish) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(publish)) => {
                keep_newest(&mut self.kept, publish).is_ok()
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }

    /// Sends the waiting publications and disconnects properly, so that the last will is not
    /// published. Gives how many publications the broker has not got, or not acknowledged, in
    /// [`CLOSING`], or when there is no connection.
    pub async fn close(self) -> usize {
        let end = Instant::now() + CLOSING;
        let Client {
            outgoing,
            mut kept,
            mut incoming,
            events: _,
            settings: _,
            stop,
            task,
        } = self;
        // The task ends only after this, or with the process.
        let _ = stop.send(end);
        let sent = async move {
            let rest = async {
                while !kept.is_empty()
                    && let Ok(permit) = outgoing.reserve().await
                    && let Some(publish) = kept.pop()
                {
                    permit.send(publish);
                }
            };
            let _ = timeout_at(end, rest).await;
            drop(outgoing);
            kept.len() + task.await.unwrap_or_default()
        };
        tokio::pin!(sent);
        let mut refused = 0;
        let unsent = loop {
            tokio::select! {
                unsent = &mut sent => break unsent,
                Some(event) = incoming.recv() => {
                    refused += usize::from(matches!(event, Incoming::Dropped(..)));
                }
            }
        };
        unsent + refused
    }
}

async fn first_connection(settings: &Settings, retry: Duration) -> Result<Connection, Failure> {
    let until = Instant::now() + retry;
    let mut backoff = Backoff::new(FIRST_RETRY, u64::from(std::process::id()));
    loop {
        let failure = match Connection::open(settings).await {
            Ok(connection) => return Ok(connection),
            Err(failure) => failure,
        };
        let wait = backoff.wait().min(LONGEST_RETRY);
        if failure.kind() != Kind::Connection || Instant::now() + wait >= until {
            return Err(match failure.kind() {
                Kind::Connection if retry.is_zero() => {
                    failure.with_hint("Start the broker, or wait for it: --connect-retry 30s")
                }
                _ => failure,
            });
        }
        sleep(wait).await;
    }
}

/// Keeps a retained publication, instead of an older one of its topic.
///
/// # Errors
/// The topic of one that is dropped: it is not retained, or there is no room.
fn keep_newest(kept: &mut Newest<Publish>, publish: Publish) -> Result<(), String> {
    let (topic, size) = (publish.topic.clone(), publish.size());
    if !publish.retain || kept.push(&topic, publish, size).is_err() {
        return Err(topic);
    }
    Ok(())
}

/// Keeps a connection open until the client is closed. Gives how many publications have not arrived for
/// certain.
async fn keep(
    mut connection: Connection,
    settings: Settings,
    mut to_send: mpsc::Receiver<Publish>,
    events: mpsc::Sender<Incoming>,
    mut stopped: oneshot::Receiver<Instant>,
) -> usize {
    let seed = u64::from(std::process::id()) << 8;
    let mut backoff = Backoff::new(settings.reconnect, seed);
    let mut rivals = Rivals::new(settings.reconnect, seed);
    let mut kept = Newest::default();
    let mut ends_at = None;
    loop {
        let opened = Instant::now();
        let exchange = connection.run(&mut kept, &mut to_send, &events, &mut stopped, &mut ends_at);
        let end = exchange.await;
        let in_flight = connection.take_in_flight();
        let why = match &end {
            End::Lost(why) => why.clone(),
            End::Closed => "closed".to_owned(),
            End::TakenOver => "the broker says: session taken over".to_owned(),
            End::Stopped => String::new(),
        };
        if matches!(end, End::Stopped) || ends_at.is_some() {
            return in_flight.len() + kept.len() + left(&mut to_send);
        }
        let (extra, rival) = rivals.ended(&end, opened.elapsed());
        let began = Instant::now();
        // What was sent is older than what was still kept.
        let mut newer = std::mem::take(&mut kept);
        let newer = std::iter::from_fn(|| newer.pop());
        for publish in in_flight.into_iter().chain(newer) {
            if let Err(topic) = keep_newest(&mut kept, publish) {
                let detail =
                    format!("{topic}: the connection was lost before the broker acknowledged it");
                let _ = events
                    .send(Incoming::Dropped("unacknowledged by the broker", detail))
                    .await;
            }
        }
        let _ = events.send(Incoming::Disconnected(why)).await;
        if let Some(rival) = rival {
            let _ = events.send(rival).await;
        }
        let mut extra = Some(extra);
        connection = loop {
            let wait = backoff.wait().max(extra.take().unwrap_or_default());
            let again = async {
                sleep(wait).await;
                Connection::open(&settings).await
            };
            tokio::pin!(again);
            let opened = loop {
                tokio::select! {
                    opened = &mut again => break opened,
                    _ = &mut stopped => return kept.len() + left(&mut to_send),
                    Some(publish) = to_send.recv() => {
                        if let Err(topic) = keep_newest(&mut kept, publish) {
                            let detail = format!("{topic}: there is no connection to the broker");
                            let report = Incoming::Dropped("while the broker was away", detail);
                            let _ = events.send(report).await;
                        }
                    }
                }
            };
            match opened {
                Ok(connection) => break connection,
                Err(failure) => settings.tap.step(|| trace::Step::Failed {
                    why: failure.message(),
                }),
            }
        };
        backoff.reset();
        let _ = events.send(Incoming::Reconnected(began.elapsed())).await;
    }
}

/// Detects that another client has the same client id: each connection of one ends that of the other.
/// Both would connect again at once, for ever, so that neither can work.
struct Rivals {
    waits: Backoff,
    /// Connections in a row that were closed without a reason.
    closed: u32,
    told: bool,
}

impl Rivals {
    fn new(first: Duration, seed: u64) -> Rivals {
        Rivals {
            waits: Backoff::new(first, seed),
            closed: 0,
            told: false,
        }
    }

    /// Takes how a connection ended, and how long it lasted. Gives how long to wait at least before the
    /// next one, and what to report.
    fn ended(&mut self, end: &End, lasted: Duration) -> (Duration, Option<Incoming>) {
        if lasted >= STABLE {
            *self = Rivals {
                waits: self.waits.clone(),
                closed: 0,
                told: false,
            };
            self.waits.reset();
        }
        let is_certain = matches!(end, End::TakenOver);
        if !is_certain && !matches!(end, End::Closed) {
            return (Duration::ZERO, None);
        }
        self.closed += 1;
        let is_new = (is_certain || self.closed >= CLOSED_OFTEN) && !self.told;
        self.told |= is_new;
        let rival = is_new.then_some(Incoming::Rival { is_certain });
        (self.waits.wait(), rival)
    }
}

/// How many publications wait; no more are taken.
fn left(to_send: &mut mpsc::Receiver<Publish>) -> usize {
    to_send.close();
    std::iter::from_fn(|| to_send.try_recv().ok()).count()
}
