//! Messages enter, lines and files leave; runs on a thread of its own, because a stalled pipe
//! blocks.

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

/// How many bytes may wait to be printed before the listener waits, and so in the end the server,
/// which then drops its oldest events. One message more, whatever its size.
const LIMIT: usize = 4 * 1024 * 1024;

/// What a message takes beside its bytes.
const OVERHEAD: usize = 64;

/// A message, the time it came, and its share of the room.
struct Entry(
    Bytes,
    u64,
    #[expect(dead_code, reason = "held")] OwnedSemaphorePermit,
);

/// The listener's end of the queue between the two threads.
pub struct Backlog {
    entries: mpsc::UnboundedSender<Entry>,
    room: Arc<Semaphore>,
}

/// The printer's end.
pub struct Waiting(mpsc::UnboundedReceiver<Entry>);

/// A queue of at most [`LIMIT`] bytes.
pub fn backlog() -> (Backlog, Waiting) {
    let (entries, waiting) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(LIMIT));
    (Backlog { entries, room }, Waiting(waiting))
}

impl Backlog {
    /// Adds a message; waits for room if there is none. One that nobody will print is forgotten.
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
    /// Where to.
    pub printer: Printer,
    /// How people see times.
    pub clock: Clock,
    /// What is written to files.
    pub extract: Option<Extract>,
    /// How many events to print, if that ends it.
    pub count: Option<u64>,
}

/// How it ended.
pub struct Printed {
    /// How many events were printed.
    pub count: u64,
    /// Why no more could be.
    pub result: Result<(), Failure>,
}

impl Print {
    /// Prints what comes, until enough has, or no more will.
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
            // Streams flush a line at a time, unless more is already waiting.
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
            if self.entry(&entry.0, entry.1)? {
                *count += 1;
                if self.count == Some(*count) {
                    return Ok(());
                }
            }
        }
    }

    /// Prints one, if there is something to print of it.
    fn entry(&mut self, message: &[u8], received: u64) -> Result<bool, Failure> {
        // The listener has read it before: it is sound.
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
