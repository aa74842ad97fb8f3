//! The state of a copy of the stream in progress, pure. A router makes a copy at its start, after a missing
//! message, and after a reconnect.
//!
//! ```text
//! subscribe to what is republished ─▶ ask where the stream stands ─▶ have the last value of
//! every subject sent ─▶ what was republished meanwhile ─▶ live
//! ```
//!
//! The question is asked after the subscription and over the same connection, so whatever the stream
//! takes after the place that is answered is republished to this router. What comes meanwhile waits,
//! and is applied after the copy, in its order.

use std::collections::HashSet;
use std::rc::Rc;

/// Bytes of republished messages that may wait for the copy.
const WAITING_BYTES: usize = 256 * 1024 * 1024;

/// How long a step may take without an answer, in µs.
const SILENCE: u64 = 2_000_000;

/// How long to wait before the next attempt after the engine has answered with an error, in µs.
const PAUSE: u64 = 300_000;

/// A message of the stream.
#[derive(Debug)]
pub struct Stored {
    /// Its subject, as stored or as republished.
    pub subject: String,
    /// Its place in the stream.
    pub sequence: u64,
    /// Whether it is a marker: the value there was removed.
    pub is_marker: bool,
    /// Its body.
    pub body: Box<[u8]>,
}

/// What a copy waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The next attempt.
    Pause,
    /// The stream's last sequence.
    Position,
    /// The creation of a consumer.
    Consumer,
    /// The last value of every subject.
    Values,
}

/// A copy in progress.
#[derive(Debug)]
pub struct Sync {
    /// The number of the attempt.
    pub attempt: u64,
    /// What is waited for.
    pub step: Step,
    /// When the step began or something was last received, in µs since the epoch.
    since: u64,
    /// The stream's last sequence when the copy began.
    pub position: u64,
    /// The keys that it contains.
    pub addresses: HashSet<Rc<str>>,
    /// The leases that it contains.
    pub leases: HashSet<u64>,
    waiting: Vec<Stored>,
    waiting_bytes: usize,
}

impl Sync {
    /// A new attempt.
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

    /// Records that something was received, and what is waited for next.
    pub fn proceed(&mut self, step: Step, now: u64) {
        self.step = step;
        self.since = now;
    }

    /// Keeps a message that was republished meanwhile. Gives false if there are too many; then the copy
    /// has to begin again.
    pub fn wait(&mut self, message: Stored) -> bool {
        self.waiting_bytes += message.body.len() + message.subject.len() + 64;
        self.waiting.push(message);
        self.waiting_bytes <= WAITING_BYTES
    }

    /// Takes the messages that were republished meanwhile.
    pub fn take_waiting(&mut self) -> Vec<Stored> {
        std::mem::take(&mut self.waiting)
    }

    /// Whether this attempt has timed out.
    pub fn is_over(&self, now: u64) -> bool {
        let limit = match self.step {
            Step::Pause => PAUSE,
            _ => SILENCE,
        };
        now.saturating_sub(self.since) > limit
    }
}
