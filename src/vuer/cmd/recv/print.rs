//! Input: messages. Output: lines and files. It runs on its own thread, because writing to a pipe
//! that nobody reads blocks.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::extract::Extract;
use crate::error::Failure;
use crate::term::Printer;
use crate::text::time::Clock;
use crate::vuer::client::now_millis;
use crate::vuer::cmd::show;
use crate::vuer::event::Event;

/// How many bytes may wait to be printed. When the queue is full, the receiver stops reading, and
/// in the end the server drops its oldest events. A larger message still fits when it is alone.
const LIMIT: usize = 4 * 1024 * 1024;

/// What a message takes in addition to its bytes.
const OVERHEAD: usize = 64;

/// A message, the time when it arrived, and its share of the limit.
struct Entry(
    Bytes,
    u64,
    #[expect(dead_code, reason = "held")] OwnedSemaphorePermit,
);

/// The receiver's end of the queue between the two threads.
pub struct Backlog {
    entries: mpsc::UnboundedSender<Entry>,
    room: Arc<Semaphore>,
}

/// The printer's end.
pub struct Waiting(mpsc::UnboundedReceiver<Entry>);

/// Makes a queue of at most [`LIMIT`] bytes.
pub fn backlog() -> (Backlog, Waiting) {
    let (entries, waiting) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(LIMIT));
    (Backlog { entries, room }, Waiting(waiting))
}

impl Backlog {
    /// Adds a message, and waits while the queue is full. If the printer is gone, the message is
    /// dropped.
    pub async fn push(&self, message: Bytes) {
        let size = (message.len() + OVERHEAD).min(LIMIT) as u32;
        let room = Arc::clone(&self.room).acquire_many_owned(size);
        if let Ok(permit) = room.await {
            let _ = self.entries.send(Entry(message, now_millis(), permit));
        }
    }
}

/// How events are printed.
pub struct Print {
    /// Writes to stdout.
    pub printer: Printer,
    /// The time zone in which times are shown.
    pub clock: Clock,
    /// The part of events that is written to files, with `--extract`.
    pub extract: Option<Extract>,
    /// Stop after this many events.
    pub count: Option<u64>,
}

/// How printing ended.
pub struct Printed {
    /// How many events were printed.
    pub count: u64,
    /// An error if printing failed.
    pub result: Result<(), Failure>,
}

impl Print {
    /// Prints events until there are enough of them or the queue is closed.
    pub fn run(mut self, mut waiting: Waiting) -> Printed {
        let mut count = 0;
        let result = self
            .drain(&mut waiting.0, &mut count)
            .and_then(|()| self.printer.finish());
        Printed { count, result }
    }

    fn drain(
        &mut self,
        waiting: &mut mpsc::UnboundedReceiver<Entry>,
        count: &mut u64,
    ) -> Result<(), Failure> {
        loop {
            // Flush after each line, unless more messages are already waiting.
            let entry = match waiting.try_recv() {
                Ok(entry) => entry,
                Err(TryRecvError::Disconnected) => return Ok(()),
                Err(TryRecvError::Empty) => {
                    self.printer.flush()?;
                    match waiting.blocking_recv() {
                        Some(entry) => entry,
                        None => return Ok(()),
                    }
                }
            };
            if self.print_message(&entry.0, entry.1)? {
                *count += 1;
                if self.count == Some(*count) {
                    return Ok(());
                }
            }
        }
    }

    /// Prints one message. Returns false if there was nothing to print.
    fn print_message(&mut self, message: &[u8], received: u64) -> Result<bool, Failure> {
        // The receiver has already checked that the message is an event.
        let Ok(event) = Event::read(message) else {
            return Ok(false);
        };
        if let Some(extract) = &mut self.extract {
            let Some(saved) = extract.save(&event)? else {
                return Ok(false);
            };
            self.printer
                .document(&saved, |words| saved.describe(words))?;
            return Ok(true);
        }
        self.printer.document(&event, |words| {
            show::event(words, &self.clock, received, &event);
        })?;
        Ok(true)
    }
}
