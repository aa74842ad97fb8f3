//! How a router comes by a copy of the stream, pure: at its start, after a gap, after a reconnect.
//!
//! ```text
//! subscribe to what is republished ─▶ ask where the stream stands ─▶ have the last value of
//! every subject sent ─▶ what was republished meanwhile ─▶ live
//! ```
//!
//! The question is asked after the subscription and over the same connection, so whatever the stream
//! takes after the place that is answered is republished to this router. What comes meanwhile waits,
//! and is done after the copy, in its order.

use std::collections::HashSet;
use std::rc::Rc;

/// Bytes of republished messages that may wait for the copy.
const WAITING_BYTES: usize = 256 * 1024 * 1024;

/// How long a step may bring nothing, in µs.
const SILENCE: u64 = 2_000_000;

/// How long to wait before the next attempt when the engine has said that it cannot, in µs.
const PAUSE: u64 = 300_000;

/// A message of the stream.
#[derive(Debug)]
pub struct Stored {
    /// Its subject, as stored or as republished.
    pub subject: String,
    /// Its place in the stream.
    pub sequence: u64,
    /// It says that what stood there is gone.
    pub is_marker: bool,
    /// The rest.
    pub body: Box<[u8]>,
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The next attempt.
    Pause,
    /// Where the stream stands.
    Position,
    /// That a consumer is there.
    Consumer,
    /// The last value of every subject.
    Values,
}

/// A copy that is not complete.
#[derive(Debug)]
pub struct Sync {
    /// Which attempt of this router it is.
    pub attempt: u64,
    /// What is waited for.
    pub step: Step,
    /// When something last came, in µs since the epoch.
    since: u64,
    /// Where the stream stood when it was asked.
    pub position: u64,
    /// The addresses that it has.
    pub addresses: HashSet<Rc<str>>,
    /// The leases that it has.
    pub leases: HashSet<u64>,
    waiting: Vec<Stored>,
    waiting_bytes: usize,
}

impl Sync {
    /// An attempt that begins.
    pub fn begin(attempt: u64, now: u64) -> Sync {
        Sync {
            attempt,
            step: Step::Position,
            since: now,
            position: 0,
            addresses: HashSet::new(),
            leases: HashSet::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
        }
    }

    /// Something came; this is waited for next.
    pub fn proceed(&mut self, step: Step, now: u64) {
        self.step = step;
        self.since = now;
    }

    /// A message was republished meanwhile. False: too much waits, and all is begun anew.
    pub fn wait(&mut self, message: Stored) -> bool {
        self.waiting_bytes += message.body.len() + message.subject.len() + 64;
        self.waiting.push(message);
        self.waiting_bytes <= WAITING_BYTES
    }

    /// What was republished meanwhile.
    pub fn take_waiting(&mut self) -> Vec<Stored> {
        std::mem::take(&mut self.waiting)
    }

    /// Whether it is time for the next attempt.
    pub fn is_over(&self, now: u64) -> bool {
        let limit = match self.step {
            Step::Pause => PAUSE,
            _ => SILENCE,
        };
        now.saturating_sub(self.since) > limit
    }
}
