//! Lines enter, batches of messages leave; runs on a thread of its own, because reading stdin
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

/// How many bytes of messages go to the sender at a time.
const FULL: usize = 64 * 1024;

/// How many batches wait between the thread that reads and the one that sends.
pub const WAITING: usize = 2;

/// The stack of the reading thread: room for the levels of the deepest JSON that is read.
pub const STACK: usize = 8 * 1024 * 1024;

/// A pause shorter than this is not worth the call.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);

/// What is done with the lines.
pub struct Feed {
    /// How floats are written.
    pub floats: Floats,
    /// The largest message, which decides how long a line can be.
    pub max_message: usize,
    /// So many events a second, if not as fast as they are taken.
    pub rate: Option<Rate>,
    /// Where the messages go.
    pub batches: mpsc::Sender<Batch>,
}

impl Feed {
    /// Reads everything; the line that ended it early, and why.
    ///
    /// # Errors
    /// A usage failure that names the line. What stood before it has been handed on.
    pub fn run(self) -> Result<(), Failure> {
        // The largest message in base64, and what stands around it.
        let limit = (self.max_message / 3)
            .saturating_mul(4)
            .saturating_add(LINE_LIMIT);
        let mut lines = Lines::new(Stdin, limit);
        let mut batch = Batch::default();
        let mut pace = self.rate.map(Pace::new);
        let result = loop {
            // Whatever has gathered goes out before a read that would block.
            let waits = !lines.has_line() && !Stdin::is_ready();
            if (waits || batch.size() >= FULL || pace.is_some())
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
            .map_err(|error| Failure::usage(format!("it is not UTF-8: {error}")))?;
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

    /// Err when nobody takes them any more.
    fn hand_on(&self, batch: &mut Batch) -> Result<(), ()> {
        if batch.is_empty() {
            return Ok(());
        }
        let full = std::mem::take(batch);
        self.batches.blocking_send(full).map_err(drop)
    }
}

/// Keeps a rate: the n-th event is due n periods after the first.
struct Pace {
    rate: Rate,
    begun: Option<Instant>,
    count: u64,
}

impl Pace {
    fn new(rate: Rate) -> Pace {
        Pace {
            rate,
            begun: None,
            count: 0,
        }
    }

    fn wait(&mut self) {
        let now = Instant::now();
        let begun = *self.begun.get_or_insert(now);
        let due = begun + self.rate.offset(self.count);
        let early = due.saturating_duration_since(now);
        if early >= SHORTEST_PAUSE {
            thread::sleep(early);
        } else if now.saturating_duration_since(due) > Duration::from_secs(1) {
            // The input was late. What comes now is not hurried to make up for it.
            self.begun = Some(now);
            self.count = 0;
        }
        self.count += 1;
    }
}
