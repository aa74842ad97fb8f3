//! Sends many events. Takes batches of messages, gives how many were sent and how many the server
//! has confirmed as read.
//!
//! The protocol has no acknowledgements. The server's socket answers a WebSocket Ping every few
//! hundred events when it has read them, and its reading loop answers the Close frame.

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::mpsc;

use super::session::{ROUND_TRIPS, Session, serves_vuer_page};
use super::{Error, Target};
use crate::net::ws::Received;

/// How many events are sent between two Pings: few, so that little is unknown after a crash, and
/// enough that the Pings cost nothing.
const ASK_EVERY: u64 = 256;

/// The counts so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Events passed to the connection.
    pub sent: u64,
    /// Events that the server has confirmed as read.
    pub read: u64,
    /// Events from the server, which were dropped.
    pub received: u64,
}

impl Tally {
    fn take(&mut self, received: Received) {
        match received {
            Received::Message(_) => self.received += 1,
            Received::Pong(payload) => {
                if let Ok(number) = <[u8; 8]>::try_from(&payload[..]) {
                    // Limited, because an unsolicited Pong may carry any number.
                    self.read = self.read.max(u64::from_be_bytes(number).min(self.sent));
                }
            }
        }
    }
}

/// Several messages in one buffer.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Batch {
    /// Adds the message that `write` writes; removes it if that fails.
    ///
    /// # Errors
    /// The errors of `write`.
    pub fn add<E>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<(), E> {
        let start = self.bytes.len();
        match write(&mut self.bytes) {
            Ok(()) => self.ends.push(self.bytes.len()),
            Err(error) => {
                self.bytes.truncate(start);
                return Err(error);
            }
        }
        Ok(())
    }

    /// The number of bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Sends batches until the channel is closed, then waits until the server has read them.
///
/// One batch is sent at a time, so a slow server makes the sender of the channel wait. `observe`
/// gets the counts meanwhile, so the caller knows them even if it drops this future.
///
/// If the server has sent no events, its web page is requested at the end, because any WebSocket
/// server answers Pings.
///
/// # Errors
/// [`Error::Lost`] when the connection is lost, [`Error::NotVuer`] and [`Error::Unproven`] when it
/// is not a Vuer server or nothing proves it; the last observed counts are valid.
pub async fn pump(
    target: &Target,
    session: &mut Session,
    mut batches: mpsc::Receiver<Batch>,
    mut observe: impl FnMut(Tally),
) -> Result<(), Error> {
    let mut tally = Tally::default();
    let mut first = None;
    let result = async {
        let mut asked = 0;
        loop {
            let batch = tokio::select! {
                batch = batches.recv() => match batch {
                    Some(batch) => batch,
                    None => break,
                },
                received = session.receive() => {
                    note(&mut tally, &mut first, received?);
                    check(session, &mut first)?;
                    observe(tally);
                    continue;
                }
            };
            let bytes = Bytes::from(batch.bytes);
            let mut start = 0;
            for end in batch.ends {
                session.send(bytes.slice(start..end))?;
                start = end;
                tally.sent += 1;
                if tally.sent - asked == ASK_EVERY {
                    session.ask_read(tally.sent)?;
                    asked = tally.sent;
                }
            }
            observe(tally);
            (session.flush(|received| note(&mut tally, &mut first, received))).await?;
            check(session, &mut first)?;
            observe(tally);
        }
        // A server that is not Vuer may send an error about the messages, but not after a Close
        // frame: so it gets time for it.
        for _ in 0..ROUND_TRIPS {
            session.ask_read(tally.sent)?;
            let mut answered = false;
            while !answered {
                let received = session.receive().await?;
                answered = matches!(received, Received::Pong(_));
                note(&mut tally, &mut first, received);
                check(session, &mut first)?;
            }
        }
        (session.close(|received| note(&mut tally, &mut first, received))).await?;
        check(session, &mut first)?;
        tally.read = tally.sent;
        Ok(())
    }
    .await;
    let is_vuer = match result {
        Err(Error::NotVuer { .. }) => false,
        _ => tally.received > 0 || tally.sent == 0 || serves_vuer_page(target).await,
    };
    if !is_vuer {
        // Its socket answered, but nothing proves that it understood the events.
        tally.read = 0;
    }
    observe(tally);
    match result {
        Ok(()) if !is_vuer => Err(Error::Unproven {
            endpoint: target.endpoint.clone(),
            what: format!("{} events", tally.sent),
        }),
        result => result,
    }
}

/// Counts what was received, and keeps the first message, which identifies the server.
fn note(tally: &mut Tally, first: &mut Option<Bytes>, received: Received) {
    if let (0, Received::Message(message)) = (tally.received, &received) {
        *first = Some(message.clone());
    }
    tally.take(received);
}

fn check(session: &Session, first: &mut Option<Bytes>) -> Result<(), Error> {
    first
        .take()
        .map_or(Ok(()), |message| session.check(&message))
}
