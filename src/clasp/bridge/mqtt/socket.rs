//! A client of a broker, which reconnects when the connection is lost.
//!
//! ```text
//! Client::publish ──▶ bounded channel ──▶ task: connects, acknowledges, pings ──▶ broker
//! Client::next    ◀── bounded channel ◀──                                     ◀──
//! ```
//! While there is no connection, the newest retained publication of each topic is kept for sending
//! later. Others are dropped, because they would arrive too late.

pub mod broker;
pub mod connection;

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::codec::Publish;
use crate::clasp::bridge::newest::Newest;
use crate::error::Failure;
use crate::net::backoff::Backoff;
use crate::trace;
use connection::{Connection, End, Incoming, Settings};

/// How many publications may wait in each direction.
const WAITING: usize = 4_096;

/// The handle of the client's task.
pub struct Client {
    outgoing: mpsc::Sender<Publish>,
    /// Retained publications that had no room in the channel.
    kept: Newest<Publish>,
    incoming: mpsc::Receiver<Incoming>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

impl Client {
    /// Connects and subscribes.
    ///
    /// # Errors
    /// When there is no connection, or when the broker refuses the client, the version or a filter.
    pub async fn connect(settings: Settings) -> Result<Client, Failure> {
        let connection = Connection::open(&settings).await?;
        let (outgoing, to_send) = mpsc::channel(WAITING);
        let (events, incoming) = mpsc::channel(WAITING);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(keep(connection, settings, to_send, events, stopped));
        Ok(Client {
            outgoing,
            kept: Newest::default(),
            incoming,
            stop: Some(stop),
            task: Some(task),
        })
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

    /// Publishes without waiting. If the broker is too slow, the newest retained publication of
    /// each topic is kept, and others are dropped. Returns false if this one was dropped.
    pub fn publish(&mut self, publish: Publish) -> bool {
        if self.kept.has(&publish.topic) {
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
    /// published.
    pub async fn close(mut self) {
        let rest = async {
            while let Some(publish) = self.kept.pop() {
                if self.outgoing.send(publish).await.is_err() {
                    return;
                }
            }
        };
        let _ = timeout(Duration::from_secs(1), rest).await;
        drop(self.stop.take());
        if let Some(task) = self.task.take() {
            let _ = timeout(Duration::from_secs(1), task).await;
        }
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

/// Keeps a connection open until the client is closed.
async fn keep(
    mut connection: Connection,
    settings: Settings,
    mut to_send: mpsc::Receiver<Publish>,
    events: mpsc::Sender<Incoming>,
    mut stopped: oneshot::Receiver<()>,
) {
    let seed = u64::from(std::process::id()) << 8;
    let mut backoff = Backoff::new(settings.reconnect, seed);
    loop {
        let End::Lost(why) = connection.run(&mut to_send, &events, &mut stopped).await else {
            return;
        };
        let began = Instant::now();
        let mut kept = Newest::default();
        for publish in std::mem::take(&mut connection.in_flight).into_values() {
            if let Err(topic) = keep_newest(&mut kept, publish) {
                let detail =
                    format!("{topic}: the connection was lost before the broker acknowledged it");
                let _ = events
                    .send(Incoming::Dropped("unacknowledged by the broker", detail))
                    .await;
            }
        }
        if events.send(Incoming::Disconnected(why)).await.is_err() {
            return;
        }
        connection = loop {
            let again = async {
                sleep(backoff.wait()).await;
                Connection::open(&settings).await
            };
            tokio::pin!(again);
            let opened = loop {
                tokio::select! {
                    opened = &mut again => break opened,
                    _ = &mut stopped => return,
                    publish = to_send.recv() => {
                        let Some(publish) = publish else { return };
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
        while let Some(publish) = kept.pop() {
            connection.queue(publish);
        }
        if events
            .send(Incoming::Reconnected(began.elapsed()))
            .await
            .is_err()
        {
            return;
        }
    }
}
