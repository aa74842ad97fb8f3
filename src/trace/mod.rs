//! Reports the traffic of connections to an observer, for `-v` and `--trace`.
//!
//! Takes events from net and the clients: a [`Step`] of connecting, or a frame with the
//! [`Language`] that decodes it. Gives a [`TraceEvent`] to the [`Observer`] in [`crate::term`];
//! secrets are already hidden in it.
//!
//! ```text
//! term   Trace::to(observer)           set up by -v and --trace; off without them
//! cmd      .hiding(secrets)            texts that must never be shown
//! client     .open(language)  ─▶ Tap   one connection: its number, and how its frames are decoded
//! net          tap.step, tap.frame     each costs a test of one pointer while the trace is off
//! ```
//!
//! Why not the `tracing` crate: its events carry only text and numbers, so a message would be
//! turned into text here and parsed again there; and a token that one of a hundred call sites
//! forgot to hide would be printed. Here the observer's side decodes a frame a second time, and all
//! output passes through one place that hides secrets.

mod event;
mod secrets;
mod step;

use std::fmt::{self, Debug};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

pub use event::{EventKind, TraceEvent, TracedMessage};
pub use secrets::{HIDDEN, Secrets, names_secret};
pub use step::Step;

/// The direction of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From this process to the peer.
    Sent,
    /// From the peer to this process.
    Received,
}

/// A control frame of WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// A ping.
    Ping,
    /// A pong.
    Pong,
    /// A Close frame.
    Close {
        /// The close code, if there is one.
        code: Option<u16>,
        /// The reason in the frame.
        reason: String,
    },
}

/// A decoded message that can be shown.
///
/// It need not hide secrets that were given to [`Trace::hiding`]. It must hide the ones that only
/// the decoder can recognize, by the field that they are in.
pub trait Content {
    /// The kind of message, in one word: `SET`, `POST`.
    fn kind(&self) -> &str;

    /// The address or path that the message is about, if it has one.
    fn address(&self) -> Option<&str>;

    /// Whether the message reports an error.
    fn is_failure(&self) -> bool {
        false
    }

    /// Writes the rest of the message for a short line. When the line is full, the writer fails,
    /// and nothing more needs to be written.
    ///
    /// # Errors
    /// The errors of the writer.
    fn brief(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Writes the whole message as one JSON document.
    ///
    /// # Errors
    /// The errors of the writer; a value that has no JSON form.
    fn json(&self, out: &mut dyn Write) -> io::Result<()>;
}

/// Decodes a frame, or gives the reason why it cannot be decoded.
pub type Read = for<'a> fn(&'a [u8]) -> Result<Box<dyn Content + 'a>, String>;

/// The protocol of a connection: whose it is, and how its frames are decoded.
#[derive(Clone, Copy)]
pub struct Language {
    /// The name of the service on the command line.
    pub service: &'static str,
    /// Decodes a frame.
    pub read: Read,
}

/// Receives the events of a trace.
pub trait Observer: Send + Sync {
    /// Takes an event. An error while it is shown must not disturb the connection.
    fn observe(&self, event: &TraceEvent<'_>);
}

/// A trace of the process's connections, and the secrets to hide in it. Off by default.
#[derive(Clone, Default)]
pub struct Trace(Option<Open>);

#[derive(Clone)]
struct Open {
    watch: Arc<dyn Observer>,
    /// How many connections have been opened.
    count: Arc<AtomicU32>,
    secrets: Secrets,
}

impl Trace {
    /// A trace that gives every event to this observer.
    pub fn to(watch: Arc<dyn Observer>) -> Trace {
        Trace(Some(Open {
            watch,
            count: Arc::default(),
            secrets: Secrets::default(),
        }))
    }

    /// The same trace that also hides these texts.
    #[must_use]
    pub fn hiding(&self, secrets: impl IntoIterator<Item = impl AsRef<str>>) -> Trace {
        let mut trace = self.clone();
        if let Some(open) = &mut trace.0 {
            open.secrets.add(secrets);
        }
        trace
    }

    /// The same trace that also hides these secrets.
    #[must_use]
    pub fn hiding_all(&self, secrets: &Secrets) -> Trace {
        let mut trace = self.clone();
        if let Some(open) = &mut trace.0 {
            open.secrets.add_all(secrets);
        }
        trace
    }

    /// Begins to trace a connection.
    pub fn open(&self, language: Language) -> Tap {
        Tap(self.0.as_ref().map(|open| {
            Arc::new(Inner {
                watch: Arc::clone(&open.watch),
                secrets: open.secrets.clone(),
                language,
                number: open.count.fetch_add(1, Ordering::Relaxed) + 1,
            })
        }))
    }
}

impl Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Trace(on)"
        } else {
            "Trace(off)"
        })
    }
}

/// The point at which one connection is traced, like a network tap. Off by default.
#[derive(Clone, Default)]
pub struct Tap(Option<Arc<Inner>>);

struct Inner {
    watch: Arc<dyn Observer>,
    secrets: Secrets,
    language: Language,
    number: u32,
}

impl Tap {
    /// Whether the trace is on. A caller asks before it keeps data only to show it.
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Reports an event of the connection.
    #[inline]
    pub fn step(&self, step: impl FnOnce() -> Step) {
        if let Some(inner) = &self.0 {
            inner.step(step());
        }
    }

    /// Reports a frame.
    #[inline]
    pub fn frame(&self, direction: Direction, bytes: &[u8]) {
        if let Some(inner) = &self.0 {
            inner.frame(direction, bytes);
        }
    }

    /// Reports a frame of a type that the protocol does not use, such as a text frame in a binary
    /// protocol.
    #[inline]
    pub fn undecodable(&self, direction: Direction, bytes: &[u8], why: &str) {
        if let Some(inner) = &self.0 {
            inner.message(direction, bytes.len(), Err((why.to_owned(), bytes)));
        }
    }

    /// Reports a message that is not one frame, such as an HTTP request. `size` is in bytes.
    #[inline]
    pub fn message<'a>(
        &self,
        direction: Direction,
        size: usize,
        content: impl FnOnce() -> Box<dyn Content + 'a>,
    ) {
        if let Some(inner) = &self.0 {
            inner.message(direction, size, Ok(content()));
        }
    }

    /// Reports a control frame of WebSocket. `size` is in bytes.
    #[inline]
    pub fn control(&self, direction: Direction, size: usize, control: impl FnOnce() -> Control) {
        if let Some(inner) = &self.0 {
            inner.control(direction, size, control());
        }
    }
}

impl Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(inner) => write!(f, "Tap({} {})", inner.language.service, inner.number),
            None => f.write_str("Tap(off)"),
        }
    }
}

// `#[cold]` keeps this code out of the loops that call a tap a million times while the trace is
// off.
impl Inner {
    #[cold]
    fn step(&self, step: Step) {
        self.show(EventKind::Step(step.hiding(&self.secrets)));
    }

    #[cold]
    fn frame(&self, direction: Direction, bytes: &[u8]) {
        let content = (self.language.read)(bytes).map_err(|why| (why, bytes));
        self.message(direction, bytes.len(), content);
    }

    #[cold]
    fn message(
        &self,
        direction: Direction,
        size: usize,
        content: Result<Box<dyn Content + '_>, (String, &[u8])>,
    ) {
        let secrets = &self.secrets;
        self.show(EventKind::Message(TracedMessage::new(
            direction, size, content, secrets,
        )));
    }

    #[cold]
    fn control(&self, direction: Direction, size: usize, mut control: Control) {
        if let Control::Close { reason, .. } = &mut control {
            self.secrets.hide(reason);
        }
        self.show(EventKind::Control {
            direction,
            size,
            control,
        });
    }

    fn show(&self, kind: EventKind<'_>) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        self.watch.observe(&TraceEvent {
            time: since.map_or(0, |since| since.as_micros() as u64),
            service: self.language.service,
            connection: self.number,
            kind,
        });
    }
}
