//! One connection to a server. Takes messages to send, gives received ones.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::{Endpoint, Error, Target};
use crate::net::ws::{self, Received, Socket};
use crate::vuer::event::{Event, LANGUAGE};

/// How much a connection is going to carry, which decides the size of its buffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// A few small messages.
    OneShot,
    /// Many messages, as fast as they come.
    Bulk,
}

/// How many Pings confirm the reading before the Close frame is sent. The server's socket answers
/// the first at once, perhaps before the reply to the last message is sent; the second Pong comes
/// after that.
pub const ROUND_TRIPS: u64 = 2;

/// How long to wait for the server's web page.
const PAGE_TIME: Duration = Duration::from_secs(1);

/// A connection on which INIT has been queued, which a server requires.
#[derive(Debug)]
pub struct Session {
    socket: Socket,
    endpoint: Endpoint,
}

impl Session {
    /// Connects and queues INIT. Tries again for [`Target::connect_retry`] if the server is not
    /// there yet.
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

    /// Queues a Ping. [`Received::Pong`] with the same number shows that the server's socket has
    /// read everything queued before.
    ///
    /// # Errors
    /// [`Error::Lost`].
    pub fn ask_read(&mut self, number: u64) -> Result<(), Error> {
        let payload = Bytes::copy_from_slice(&number.to_be_bytes());
        let sent = self.socket.ping(payload);
        sent.map_err(|cause| Error::lost(&self.endpoint, cause))
    }

    /// Writes what is queued; passes messages that arrive meanwhile to `take`.
    ///
    /// # Errors
    /// [`Error::Lost`], [`Error::NotVuer`].
    pub async fn flush(&mut self, take: impl FnMut(Received)) -> Result<(), Error> {
        let flushed = self.socket.flush_receiving(take).await;
        flushed.map_err(|cause| Error::lost(&self.endpoint, cause))
    }

    /// The next message; writes queued messages meanwhile. Cancel-safe.
    ///
    /// # Errors
    /// [`Error::Lost`], [`Error::NotVuer`].
    pub async fn next(&mut self) -> Result<Bytes, Error> {
        let next = self.socket.next().await;
        next.map_err(|cause| Error::lost(&self.endpoint, cause))
    }

    /// The next message or Pong. Like [`next`](Self::next), it writes queued messages and is
    /// cancel-safe.
    ///
    /// # Errors
    /// The errors of [`next`](Self::next).
    pub async fn receive(&mut self) -> Result<Received, Error> {
        let received = self.socket.receive().await;
        received.map_err(|cause| Error::lost(&self.endpoint, cause))
    }

    /// Writes what is queued, sends a Close frame and waits until the server has read everything.
    ///
    /// Without this, a server loses messages in flight when the connection ends. Messages that
    /// arrive meanwhile are passed to `take`.
    ///
    /// # Errors
    /// [`Error::Lost`] when the connection ended without a Close frame.
    pub async fn close(&mut self, take: impl FnMut(Received)) -> Result<(), Error> {
        let closed = self.socket.close_read(take).await;
        closed.map_err(|cause| Error::lost(&self.endpoint, cause))
    }

    /// Like [`close`](Self::close), for a caller that reads nothing: waits for the server's answers
    /// before the Close frame, and checks them. Gives whether events came, which only a Vuer server
    /// sends.
    ///
    /// # Errors
    /// The errors of [`close`](Self::close), and [`Error::NotVuer`] when a message does not come
    /// from a Vuer server.
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

    /// Checks that a message comes from a Vuer server.
    ///
    /// # Errors
    /// [`Error::NotVuer`].
    pub fn check(&self, message: &[u8]) -> Result<(), Error> {
        check(&self.endpoint, message)
    }

    /// Closes without waiting.
    pub async fn leave(self) {
        self.socket.close().await;
    }
}

fn options(target: &Target, load: Load) -> ws::Options {
    ws::Options {
        subprotocol: None,
        read_buffer: match load {
            Load::OneShot => ws::SMALL_READ_BUFFER,
            Load::Bulk => ws::LARGE_READ_BUFFER,
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

/// Whether the URL serves Vuer's web page (`vuer` serves it directly, `trefoil vuer serve`
/// redirects to its own): this identifies a server that sends no events.
pub async fn serves_vuer_page(target: &Target) -> bool {
    let options = options(target, Load::OneShot);
    let limit = target.connect_timeout.min(PAGE_TIME);
    let reply = ws::http_get(&target.endpoint, &options, limit, is_vuer_page).await;
    reply.is_ok_and(|reply| is_vuer_page(&reply))
}

/// Whether an HTTP reply, possibly incomplete, is Vuer's page or a redirect to it.
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
    // Only clients send INIT.
    if event.etype() == "INIT" && event.message().get("value").is_some() {
        return Err(Error::NotVuer {
            endpoint: endpoint.clone(),
            why: "it sends back what it is sent".to_owned(),
        });
    }
    Ok(())
}

/// Measures how long it takes until the server's socket has read a message.
///
/// # Errors
/// The errors of [`Session::connect`] and [`Session::receive`].
pub async fn round_trip(target: &Target) -> Result<Duration, Error> {
    let mut session = Session::connect(target, Load::OneShot).await?;
    let mut took = Duration::ZERO;
    // The first Pong also waits until INIT is read.
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

/// The value of an INIT event, as the browser and the Python client fill theirs.
pub fn identity(name: &str) -> Map<String, Value> {
    let zone = jiff::tz::TimeZone::system();
    let west = -zone.to_offset(jiff::Timestamp::now()).seconds() / 60;
    let system = rustix::system::uname();
    let text = |text: &std::ffi::CStr| text.to_string_lossy().into_owned();
    let facts = [
        ("client", json!(name)),
        ("clientVersion", json!(env!("CARGO_PKG_VERSION"))),
        // The usual name for a zone without one (a POSIX rule in TZ).
        ("timezone", json!(zone.iana_name().unwrap_or("Etc/Unknown"))),
        ("timezoneOffset", json!(west)),
        ("platform", json!(text(system.sysname()))),
        ("platformVersion", json!(text(system.release()))),
        ("machine", json!(text(system.machine()))),
    ];
    facts
        .map(|(key, value)| (key.to_owned(), value))
        .into_iter()
        .collect()
}
