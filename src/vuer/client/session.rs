//! One connection to a server: messages enter and leave.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::{Endpoint, Error, Target};
use crate::net::ws::{self, Received, Socket};
use crate::vuer::event::{Event, LANGUAGE};

/// What a connection is going to carry, which decides its buffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// A few small messages.
    Conversation,
    /// As much as there is.
    Flood,
}

/// How often a server is asked whether it has read everything before the Close frame is sent. Its
/// socket answers at once, perhaps before what it has to say of the last message is under way: the
/// second answer comes behind that.
pub const ROUND_TRIPS: u64 = 2;

/// How long a server is given to show its page.
const PAGE_TIME: Duration = Duration::from_secs(1);

/// A connection on which INIT has been queued: a server gives no session to who does not send it.
#[derive(Debug)]
pub struct Session {
    socket: Socket,
    endpoint: Endpoint,
}

impl Session {
    /// Connects and queues INIT. A server that is not there yet is waited for as long as
    /// [`Target::connect_retry`] says.
    ///
    /// # Errors
    /// [`Error::Connect`].
    pub async fn connect(target: &Target, load: Load) -> Result<Session, Error> {
        let options = options(target, load);
        let limit = target.connect_timeout;
        let (socket, _) =
            Socket::connect(&target.endpoint, &options, limit, target.connect_retry).await?;
        let mut session = Session {
            socket,
            endpoint: target.endpoint.clone(),
        };
        session.send(target.init.clone())?;
        Ok(session)
    }

    /// Queues a message.
    ///
    /// # Errors
    /// [`Error::Lost`].
    pub fn send(&mut self, message: Bytes) -> Result<(), Error> {
        let sent = self.socket.send(message);
        sent.map_err(|cause| Error::lost(&self.endpoint, cause))
    }

    /// Queues a question: [`Received::Pong`] with the same number says that everything queued
    /// before has been read by the server's socket.
    ///
    /// # Errors
    /// [`Error::Lost`].
    pub fn ask_read(&mut self, number: u64) -> Result<(), Error> {
        let payload = Bytes::copy_from_slice(&number.to_be_bytes());
        let sent = self.socket.ping(payload);
        sent.map_err(|cause| Error::lost(&self.endpoint, cause))
    }

    /// Writes out what is queued; what arrives meanwhile is taken.
    ///
    /// # Errors
    /// [`Error::Lost`], [`Error::NotVuer`].
    pub async fn flush(&mut self, take: impl FnMut(Received)) -> Result<(), Error> {
        let flushed = self.socket.flush_receiving(take).await;
        flushed.map_err(|cause| Error::lost(&self.endpoint, cause))
    }

    /// The next message; what is queued is written meanwhile. Cancel-safe.
    ///
    /// # Errors
    /// [`Error::Lost`], [`Error::NotVuer`].
    pub async fn next(&mut self) -> Result<Bytes, Error> {
        let next = self.socket.next().await;
        next.map_err(|cause| Error::lost(&self.endpoint, cause))
    }

    /// The next message or answer to [`ask_read`](Self::ask_read); otherwise as
    /// [`next`](Self::next).
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub async fn receive(&mut self) -> Result<Received, Error> {
        let received = self.socket.receive().await;
        received.map_err(|cause| Error::lost(&self.endpoint, cause))
    }

    /// Writes out what is queued, sends a Close frame and waits until the server has read all of it.
    ///
    /// Without this a server loses what is in flight when we go. What it sends meanwhile is taken.
    ///
    /// # Errors
    /// [`Error::Lost`] when it went without saying so.
    pub async fn close(&mut self, take: impl FnMut(Received)) -> Result<(), Error> {
        let closed = self.socket.close_read(take).await;
        closed.map_err(|cause| Error::lost(&self.endpoint, cause))
    }

    /// The same for a caller that reads nothing: lets the server answer what was sent before the
    /// Close frame, and checks what comes. Gives whether events came, which only a Vuer server sends.
    ///
    /// # Errors
    /// As [`close`](Self::close), and [`Error::NotVuer`] when a message is not a Vuer server's.
    pub async fn close_checked(&mut self) -> Result<bool, Error> {
        let mut events = false;
        for number in 0..ROUND_TRIPS {
            self.ask_read(number)?;
            while let Received::Message(message) = self.receive().await? {
                self.check(&message)?;
                events = true;
            }
        }
        let mut foreign = None;
        let endpoint = self.endpoint.clone();
        self.close(|received| {
            if let Received::Message(message) = received
                && foreign.is_none()
            {
                foreign = check(&endpoint, &message).err();
                events = true;
            }
        })
        .await?;
        foreign.map_or(Ok(events), Err)
    }

    /// Says so when a message is no Vuer server's.
    ///
    /// # Errors
    /// [`Error::NotVuer`].
    pub fn check(&self, message: &[u8]) -> Result<(), Error> {
        check(&self.endpoint, message)
    }

    /// Goes without waiting for anything.
    pub async fn leave(self) {
        self.socket.close().await;
    }
}

fn options(target: &Target, load: Load) -> ws::Options {
    ws::Options {
        subprotocol: None,
        read_buffer: match load {
            Load::Conversation => ws::SMALL_READ_BUFFER,
            Load::Flood => ws::LARGE_READ_BUFFER,
        },
        max_message: target.max_message,
        headers: target.headers.clone(),
        trust: target.trust.clone(),
        proxy: target.proxy.clone(),
        keepalive: target.keepalive,
        tap: target
            .trace
            .hiding(target.endpoint.secrets())
            .open(LANGUAGE),
    }
}

/// Whether the URL gives a browser Vuer's page (`vuer` serves it itself, `trefoil vuer serve` a link
/// to its own): what a server that sends no events is known by.
pub async fn serves_vuer_page(target: &Target) -> bool {
    let options = options(target, Load::Conversation);
    let limit = target.connect_timeout.min(PAGE_TIME);
    let reply = ws::http_get(&target.endpoint, &options, limit, is_vuer_page).await;
    reply.is_ok_and(|reply| is_vuer_page(&reply))
}

/// Whether an HTTP reply, as far as it has come, is Vuer's page or a link to it.
fn is_vuer_page(reply: &[u8]) -> bool {
    let reply = String::from_utf8_lossy(reply).to_ascii_lowercase();
    match reply.split(' ').nth(1) {
        Some("200") => reply.contains("<title>vuer"),
        Some("302") => reply
            .lines()
            .any(|line| line.starts_with("location: /?") && line.contains("ws=")),
        _ => false,
    }
}

fn check(endpoint: &Endpoint, message: &[u8]) -> Result<(), Error> {
    let event = Event::read(message).map_err(|error| Error::garbled(endpoint, error))?;
    // Only a client says INIT.
    if event.etype() == "INIT" && event.message().get("value").is_some() {
        return Err(Error::NotVuer {
            endpoint: endpoint.clone(),
            why: "it sends back what it is sent".to_owned(),
        });
    }
    Ok(())
}

/// How long it takes until the server's socket has read what was sent.
///
/// # Errors
/// As [`Session::connect`] and [`Session::receive`].
pub async fn round_trip(target: &Target) -> Result<Duration, Error> {
    let mut session = Session::connect(target, Load::Conversation).await?;
    let mut took = Duration::ZERO;
    // The first answer waits for INIT to be read, too.
    for number in 1..=2 {
        let asked = Instant::now();
        session.ask_read(number)?;
        session.flush(|_| ()).await?;
        while !matches!(session.receive().await?, Received::Pong(_)) {}
        took = asked.elapsed();
    }
    session.leave().await;
    Ok(took)
}
