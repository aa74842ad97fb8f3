//! Input: lines. Output: batches of messages. It runs on its own thread, because reading stdin
//! blocks.

use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::error::Failure;
use crate::term::Stdin;
use crate::text::lines::{LINE_LIMIT, Lines};
use crate::text::rate::Rate;
use crate::vuer::client::now_millis;
use crate::vuer::client::pump::Batch;
use crate::vuer::event::{Floats, JsonError, event_from_json};

/// A batch with this many bytes is handed to the sender.
const BATCH_BYTES: usize = 64 * 1024;

/// How many batches may wait between the reading thread and the sending thread.
pub const WAITING: usize = 2;

/// The stack size of the reading thread, large enough for the most deeply nested JSON that is
/// accepted.
pub const STACK: usize = 8 * 1024 * 1024;

/// Pauses shorter than this are skipped.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);

/// How the lines are turned into messages.
pub struct EventFeed {
    /// How floats are written.
    pub floats: Floats,
    /// The size limit of a message, which also limits the length of a line.
    pub max_message: usize,
    /// The number of events per second. Without it, events are sent as fast as the receiver takes
    /// them.
    pub rate: Option<Rate>,
    /// Where the messages go.
    pub batches: mpsc::Sender<Batch>,
}

impl EventFeed {
    /// Reads all lines.
    ///
    /// # Errors
    /// A usage failure that names the line that could not be used. The lines before it have been
    /// handed on.
    pub fn run(self) -> Result<(), Failure> {
        // The largest message in base64, plus the JSON around it.
        let limit = (self.max_message / 3)
            .saturating_mul(4)
            .saturating_add(LINE_LIMIT);
        let mut lines = Lines::new(Stdin, limit);
        let mut batch = Batch::default();
        let mut pace = self.rate.map(Pace::new);
        let result = loop {
            // Hand on what we have before a read that would block.
            let waits = !lines.has_line() && !Stdin::is_ready();
            if (waits || batch.size() >= BATCH_BYTES || pace.is_some())
                && self.hand_on(&mut batch).is_err()
            {
                return Ok(());
            }
            let line = match lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => break Ok(()),
                Err(error) => break Err(Failure::usage(error.to_string())),
            };
            if let Some(pace) = &mut pace {
                pace.wait();
            }
            let added = batch.add(|out| self.message(line.bytes, out));
            if let Err(failure) = added {
                break Err(failure.context(format!("line {}", line.number)));
            }
        };
        let _ = self.hand_on(&mut batch);
        result
    }

    fn message(&self, line: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
        let text = std::str::from_utf8(line)
            .map_err(|error| Failure::usage(format!("the line is not UTF-8: {error}")))?;
        event_from_json(text, self.floats, now_millis(), out).map_err(|error| {
            let failure = Failure::from(error);
            match failure.error.downcast_ref() {
                Some(JsonError::NotAValue { .. }) => {
                    failure.with_hint(r#"A line is an event, such as {"etype":"HELLO","value":1}"#)
                }
                _ => failure,
            }
        })
    }

    /// Returns an error when the receiver is gone.
    fn hand_on(&self, batch: &mut Batch) -> Result<(), ()> {
        if batch.is_empty() {
            return Ok(());
        }
        let full = std::mem::take(batch);
        self.batches.blocking_send(full).map_err(drop)
    }
}

/// Keeps the rate: event n is due n periods after the first one.
struct Pace {
    rate: Rate,
    started: Option<Instant>,
    count: u64,
}

impl Pace {
    fn new(rate: Rate) -> Pace {
        Pace {
            rate,
            started: None,
            count: 0,
        }
    }

    fn wait(&mut self) {
        let now = Instant::now();
        let started = *self.started.get_or_insert(now);
        let due = started + self.rate.offset(self.count);
        let early = due.saturating_duration_since(now);
        if early >= SHORTEST_PAUSE {
            thread::sleep(early);
        } else if now.saturating_duration_since(due) > Duration::from_secs(1) {
            // The input was late. Do not send faster now to catch up: start counting again.
            self.started = Some(now);
            self.count = 0;
        }
        self.count += 1;
    }
}
