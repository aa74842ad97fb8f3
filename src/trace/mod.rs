//! What a conversation shows to whoever watches it (`-v`, `--trace`).
//!
//! Enters: what net and the clients meet on their way: a [`Step`] of connecting, a frame with the
//! [`Language`] that reads it. Leaves: a [`Sighting`] for the [`Watch`] of [`crate::term`], out of
//! which secrets have been taken already.
//!
//! ```text
//! term   Trace::to(watch)              what -v and --trace ask for; off, if they do not
//! cmd      .hiding(secrets)            what nobody may see
//! client     .open(language)  ─▶ Tap   one conversation: its number, and how it is read
//! net          tap.step, tap.frame     each a look at one pointer when nobody watches
//! ```
//!
//! A typed hook, and not the `tracing` crate: its events carry text and numbers only, so a message
//! would be flattened here and parsed again there, and whoever forgot a token in one of a hundred
//! places would print it. Here a frame is decoded a second time, by those who watch, and there is
//! one way out, which hides.

mod secrets;
mod sighting;
mod step;

use std::fmt::{self, Debug};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

pub use secrets::{HIDDEN, Secrets, names_secret};
pub use sighting::{Seen, Sighting, What};
pub use step::Step;

/// Which way something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From us.
    Sent,
    /// To us.
    Received,
}

/// What WebSocket says for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// Are you there?
    Ping,
    /// I am.
    Pong,
    /// Goodbye.
    Close {
        /// The close code, if there is one.
        code: Option<u16>,
        /// Its words.
        reason: String,
    },
}

/// A message that was read, as it is to be shown.
///
/// It need not hide secrets that were given to [`Trace::hiding`]; it must hide those that only it
/// knows by their place.
pub trait Content {
    /// What kind of message it is, in a word: `SET`, `POST`.
    fn kind(&self) -> &str;

    /// What it is about, if it has an address or the like.
    fn address(&self) -> Option<&str>;

    /// Whether it says that something went wrong.
    fn is_failure(&self) -> bool {
        false
    }

    /// The rest of it, for a line that is soon full: the writer then fails, and that is that.
    ///
    /// # Errors
    /// The writer's own.
    fn brief(&self, out: &mut dyn Write) -> io::Result<()>;

    /// All of it, as one JSON document.
    ///
    /// # Errors
    /// The writer's own; what has no JSON.
    fn json(&self, out: &mut dyn Write) -> io::Result<()>;
}

/// Reads a frame, or says why it cannot.
pub type Read = for<'a> fn(&'a [u8]) -> Result<Box<dyn Content + 'a>, String>;

/// What is spoken on a connection.
#[derive(Clone, Copy)]
pub struct Language {
    /// The service, as the command line knows it.
    pub service: &'static str,
    /// How its frames are read.
    pub read: Read,
}

/// Whoever watches.
pub trait Watch: Send + Sync {
    /// Something happened. Nothing that goes wrong with showing it may disturb the conversation.
    fn saw(&self, sighting: &Sighting<'_>);
}

/// What of the conversations is to be shown, and what of them is not. Nothing by default.
#[derive(Clone, Default)]
pub struct Trace(Option<Open>);

#[derive(Clone)]
struct Open {
    watch: Arc<dyn Watch>,
    /// How many conversations there have been.
    count: Arc<AtomicU32>,
    secrets: Secrets,
}

impl Trace {
    /// Shows everything to this.
    pub fn to(watch: Arc<dyn Watch>) -> Trace {
        Trace(Some(Open {
            watch,
            count: Arc::default(),
            secrets: Secrets::default(),
        }))
    }

    /// The same, but for these texts.
    #[must_use]
    pub fn hiding(&self, secrets: impl IntoIterator<Item = impl AsRef<str>>) -> Trace {
        let mut trace = self.clone();
        if let Some(open) = &mut trace.0 {
            open.secrets.add(secrets);
        }
        trace
    }

    /// The same, but for these secrets.
    #[must_use]
    pub fn hiding_all(&self, secrets: &Secrets) -> Trace {
        let mut trace = self.clone();
        if let Some(open) = &mut trace.0 {
            open.secrets.add_all(secrets);
        }
        trace
    }

    /// Begins to watch a conversation.
    pub fn open(&self, language: Language) -> Tap {
        Tap(self.0.as_ref().map(|open| {
            Arc::new(Tapped {
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

/// The place in a conversation where it is watched. Nobody does by default.
#[derive(Clone, Default)]
pub struct Tap(Option<Arc<Tapped>>);

struct Tapped {
    watch: Arc<dyn Watch>,
    secrets: Secrets,
    language: Language,
    number: u32,
}

impl Tap {
    /// Whether anybody watches: for what must be kept ready to be shown.
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Something happened to the connection.
    #[inline]
    pub fn step(&self, step: impl FnOnce() -> Step) {
        if let Some(tapped) = &self.0 {
            tapped.step(step());
        }
    }

    /// A frame went by.
    #[inline]
    pub fn frame(&self, direction: Direction, bytes: &[u8]) {
        if let Some(tapped) = &self.0 {
            tapped.frame(direction, bytes);
        }
    }

    /// A frame went by that cannot be in the language.
    #[inline]
    pub fn stray(&self, direction: Direction, bytes: &[u8], why: &str) {
        if let Some(tapped) = &self.0 {
            tapped.message(direction, bytes.len(), Err((why.to_owned(), bytes)));
        }
    }

    /// A message went by that was never one frame, such as a request of HTTP. `size` is in bytes.
    #[inline]
    pub fn message<'a>(
        &self,
        direction: Direction,
        size: usize,
        content: impl FnOnce() -> Box<dyn Content + 'a>,
    ) {
        if let Some(tapped) = &self.0 {
            tapped.message(direction, size, Ok(content()));
        }
    }

    /// WebSocket said something for itself. `size` is in bytes.
    #[inline]
    pub fn control(&self, direction: Direction, size: usize, control: impl FnOnce() -> Control) {
        if let Some(tapped) = &self.0 {
            tapped.control(direction, size, control());
        }
    }
}

impl Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(tapped) => write!(f, "Tap({} {})", tapped.language.service, tapped.number),
            None => f.write_str("Tap(off)"),
        }
    }
}

// Cold: kept out of the loops that pass by here a million times with nobody watching.
impl Tapped {
    #[cold]
    fn step(&self, step: Step) {
        self.show(What::Step(step.hiding(&self.secrets)));
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
        self.show(What::Message(Seen::new(direction, size, content, secrets)));
    }

    #[cold]
    fn control(&self, direction: Direction, size: usize, mut control: Control) {
        if let Control::Close { reason, .. } = &mut control {
            self.secrets.hide(reason);
        }
        self.show(What::Control {
            direction,
            size,
            control,
        });
    }

    fn show(&self, what: What<'_>) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        self.watch.saw(&Sighting {
            time: since.map_or(0, |since| since.as_micros() as u64),
            service: self.language.service,
            connection: self.number,
            what,
        });
    }
}
