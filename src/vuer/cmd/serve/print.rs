//! Prints the events of clients as lines. It runs on its own thread, because writing to a pipe that
//! nobody reads blocks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, TryRecvError};
use std::thread;
use std::time::Duration;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use tokio::sync::oneshot;

use crate::error::{Failure, Kind};
use crate::term::{Console, Printer};
use crate::text::count::Count;
use crate::text::time::Clock;
use crate::vuer::cmd::event_line;
use crate::vuer::event::Event;
use crate::vuer::hub::core::{ClientEvent, DISCONNECTED};

/// How many events may wait while nobody reads the pipe. Further ones are dropped, so that pages
/// never wait for a reader.
const WAITING: usize = 4_096;

/// The same in bytes. A larger event still fits when it is alone.
const WAITING_BYTES: usize = 64 << 20;

/// After this many events the output is flushed even if more wait, so that what waits is counted.
const FLUSHED: usize = 256;

/// The queue to the printing thread.
pub struct Events {
    queue: Option<mpsc::Sender<ClientEvent>>,
    waiting: Arc<Waiting>,
    /// None once it has said how printing ended.
    thread: Option<oneshot::Receiver<Result<(), Failure>>>,
    result: Result<(), Failure>,
    dropped: u64,
    console: Console,
}

/// What has been queued and is not printed yet.
#[derive(Debug, Default)]
struct Waiting {
    events: AtomicUsize,
    bytes: AtomicUsize,
}

impl Waiting {
    fn has_room(&self, bytes: usize) -> bool {
        let events = self.events.load(Ordering::Relaxed);
        let sum = self.bytes.load(Ordering::Relaxed).saturating_add(bytes);
        events == 0 || events < WAITING && sum <= WAITING_BYTES
    }

    fn add(&self, bytes: usize) {
        self.events.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn remove(&self, events: usize, bytes: usize) {
        self.events.fetch_sub(events, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Events {
    /// Starts the thread.
    pub fn print(printer: Printer, console: Console) -> Events {
        let (queue, entries) = mpsc::channel();
        let waiting = Arc::new(Waiting::default());
        let (tell, thread) = oneshot::channel();
        let (counts, beside) = (Arc::clone(&waiting), console.clone());
        thread::spawn(move || tell.send(run(printer, &beside, &entries, &counts)));
        Events {
            queue: Some(queue),
            waiting,
            thread: Some(thread),
            result: Ok(()),
            dropped: 0,
            console,
        }
    }

    /// Hands an event to the printing thread. Warns when the first one is dropped.
    pub fn push(&mut self, client_event: ClientEvent) {
        let (Some(queue), Some(_)) = (&self.queue, &self.thread) else {
            return;
        };
        let bytes = client_event.message.len();
        if self.waiting.has_room(bytes) {
            self.waiting.add(bytes);
            // An error means that printing has ended, and `ended` says why.
            let _ = queue.send(client_event);
            return;
        }
        self.dropped += 1;
        if self.dropped == 1 {
            self.console.warn(format_args!(
                "events are being dropped: stdout is read too slowly, and at most {} of them ({} MiB) wait",
                Count(WAITING as u64),
                WAITING_BYTES >> 20
            ));
        }
    }

    /// Waits until printing has ended: after a failure, or after [`close`](Self::close).
    /// [`take_result`](Self::take_result) then tells how.
    pub async fn ended(&mut self) {
        if let Some(thread) = &mut self.thread {
            self.result = match thread.await {
                Ok(result) => result,
                Err(_) => Err(Failure::new(Kind::Partial, "printing failed")),
            };
            self.thread = None;
        }
    }

    /// Warns if printing has failed. Gives false if the user has ended it by closing the pipe.
    pub fn warn_of_failure(&self) -> bool {
        match &self.result {
            Err(failure) if !failure.ends_for_user() => {
                let why = failure.message();
                self.console
                    .warn(format_args!("{why}; events are not printed any more"));
                true
            }
            _ => false,
        }
    }

    /// How printing ended, once; it is fine as long as it has not.
    pub fn take_result(&mut self) -> Result<(), Failure> {
        std::mem::replace(&mut self.result, Ok(()))
    }

    /// Ends the queue: no more events will be pushed. Gives how many were dropped or, after `limit`,
    /// are still not printed.
    pub async fn close(&mut self, limit: Duration) -> u64 {
        self.queue = None;
        match tokio::time::timeout(limit, self.ended()).await {
            Ok(()) => self.dropped,
            Err(_) => self.dropped + self.waiting.events.load(Ordering::Relaxed) as u64,
        }
    }
}

fn run(
    mut printer: Printer,
    console: &Console,
    entries: &mpsc::Receiver<ClientEvent>,
    waiting: &Waiting,
) -> Result<(), Failure> {
    let clock = Clock::local();
    // What the printer has, and has perhaps not written yet: it still waits.
    let (mut events, mut bytes) = (0, 0);
    loop {
        let next = entries.try_recv();
        if events >= FLUSHED || next == Err(TryRecvError::Empty) {
            if printer.is_terminal() {
                console.beside_bar(|| printer.flush())?;
            } else {
                // Not beside the bar: nobody could warn while a pipe that nobody reads blocks.
                printer.flush()?;
            }
            waiting.remove(events, bytes);
            (events, bytes) = (0, 0);
        }
        let next = match next {
            Err(TryRecvError::Empty) => entries.recv().ok(),
            next => next.ok(),
        };
        let Some(client_event) = next else {
            return printer.finish();
        };
        if let Ok(event) = Event::read(&client_event.message) {
            let record = Record(&client_event, event);
            printer.document(&record, |words| {
                words
                    .address(format_args!("{:<3}", client_event.client))
                    .plain(" ");
                event_line(words, &clock, client_event.received, &event);
                if client_event.gone {
                    words.dim("  it has gone");
                }
            })?;
        }
        events += 1;
        bytes += client_event.message.len();
    }
}

/// The field that tells the hub's own `DISCONNECT` from an event of that name that a client has sent;
/// in the latter it is left out.
const GONE: &str = "gone";

/// An event with its sender and time, as it is printed.
struct Record<'e>(&'e ClientEvent, Event<'e>);

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("client", &self.0.client)?;
        map.serialize_entry("received", &self.0.received)?;
        if self.0.gone {
            map.serialize_entry(GONE, &true)?;
        }
        let is_like_ours = self.1.etype() == DISCONNECTED;
        for (key, value) in self.1.message().entries() {
            if let Some(key) = key.as_str()
                && !["client", "received"].contains(&key)
                && !(is_like_ours && key == GONE)
            {
                map.serialize_entry(key, &value)?;
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_is_limited_in_events_and_in_bytes() {
        let few = Waiting::default();
        assert!(few.has_room(WAITING_BYTES + 1), "it is alone");
        few.add(WAITING_BYTES - 1);
        assert!(few.has_room(1));
        assert!(!few.has_room(2));
        few.remove(1, WAITING_BYTES - 1);
        for _ in 0..WAITING {
            assert!(few.has_room(1));
            few.add(1);
        }
        assert!(!few.has_room(1));
        few.remove(1, 1);
        assert!(few.has_room(1));
    }
}
