//! Many events: takes batches of messages, gives how many were sent and how many the server is known
//! to have read.
//!
//! Nothing is acknowledged by the protocol. A WebSocket Ping every few hundred events is answered
//! by the server's socket when it has read them, and the Close frame by its reading loop.

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::mpsc;

use super::session::{ROUND_TRIPS, Session, serves_vuer_page};
use super::{Error, Target};
use crate::net::ws::Received;

/// How many events go between two pings: few enough that what is unknown after a crash is little,
/// many enough that they cost nothing.
const ASK_EVERY: u64 = 256;

/// How it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Events given to the connection.
    pub sent: u64,
    /// Events that the server is known to have read.
    pub read: u64,
    /// Events that came from the server meanwhile, and were dropped.
    pub received: u64,
}

impl Tally {
    fn take(&mut self, received: Received) {
        match received {
            Received::Message(_) => self.received += 1,
            Received::Pong(payload) => {
                if let Ok(number) = <[u8; 8]>::try_from(&payload[..]) {
                    // A pong that nobody asked for may carry anything.
                    self.read = self.read.max(u64::from_be_bytes(number).min(self.sent));
                }
            }
        }
    }
}

/// Messages in one piece of memory.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Batch {
    /// Adds the message that this writes; takes it back when that fails.
    ///
    /// # Errors
    /// The writer's own.
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

    /// How many bytes it has.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Sends batches until no more come, then waits until the server has read them.
///
/// One batch is on its way at a time: a server that reads slowly makes whoever fills the channel
/// wait. `observe` is called as it goes on, and so knows how far it came when this is given up.
///
/// A server that sends no events is asked for its page in the end: a socket that answers Pings may
/// be anybody's.
///
/// # Errors
/// [`Error::Lost`] when the server goes, [`Error::NotVuer`] and [`Error::Unproven`] when it is no Vuer
/// server or nothing shows that it is one; the last tally observed says what is known.
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
                    hear(&mut tally, &mut first, received?);
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
            (session.flush(|received| hear(&mut tally, &mut first, received))).await?;
            check(session, &mut first)?;
            observe(tally);
        }
        // Who is no Vuer server complains of what it was sent, if it is given the time for that:
        // no complaint comes behind a Close frame.
        for _ in 0..ROUND_TRIPS {
            session.ask_read(tally.sent)?;
            let mut answered = false;
            while !answered {
                let received = session.receive().await?;
                answered = matches!(received, Received::Pong(_));
                hear(&mut tally, &mut first, received);
                check(session, &mut first)?;
            }
        }
        (session.close(|received| hear(&mut tally, &mut first, received))).await?;
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
        // Its socket answered; nothing shows that anybody behind it understood it.
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

/// Takes what came, and keeps the first message: it tells who is there.
fn hear(tally: &mut Tally, first: &mut Option<Bytes>, received: Received) {
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
