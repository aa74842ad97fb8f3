//! Prints the events of clients as lines. It runs on its own thread, because writing to a pipe that
//! nobody reads blocks.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use tokio::sync::oneshot;

use crate::error::Failure;
use crate::term::{Console, Printer};
use crate::text::time::Clock;
use crate::vuer::cmd::event_line;
use crate::vuer::event::Event;
use crate::vuer::hub::core::ClientEvent;

/// How many events may wait while nobody reads the pipe. Further ones are dropped, so that pages
/// never wait for a reader.
const WAITING: usize = 4_096;

/// The queue to the printing thread.
pub struct Events {
    queue: Option<SyncSender<ClientEvent>>,
    ended: oneshot::Receiver<Result<(), Failure>>,
    dropped: u64,
}

impl Events {
    /// Starts the thread.
    pub fn print(printer: Printer, console: Console) -> Events {
        let (queue, waiting) = sync_channel(WAITING);
        let (tell, ended) = oneshot::channel();
        thread::spawn(move || tell.send(run(printer, &console, &waiting)));
        Events {
            queue: Some(queue),
            ended,
            dropped: 0,
        }
    }

    /// Hands an event to the printing thread.
    pub fn push(&mut self, client_event: ClientEvent) {
        if let Some(queue) = &self.queue
            && let Err(TrySendError::Full(_)) = queue.try_send(client_event)
        {
            self.dropped += 1;
        }
    }

    /// How many events were dropped because the queue was full.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Waits until printing has ended: after a failure, or after [`close`](Self::close).
    pub async fn ended(&mut self) -> Result<(), Failure> {
        match (&mut self.ended).await {
            Ok(result) => result,
            Err(_) => Ok(()),
        }
    }

    /// Ends the queue: no more events will be pushed.
    pub fn close(&mut self) {
        self.queue = None;
    }
}

fn run(
    mut printer: Printer,
    console: &Console,
    waiting: &Receiver<ClientEvent>,
) -> Result<(), Failure> {
    let clock = Clock::local();
    loop {
        let client_event = match waiting.try_recv() {
            Ok(client_event) => client_event,
            Err(TryRecvError::Disconnected) => return printer.finish(),
            Err(TryRecvError::Empty) => {
                console.beside_bar(|| printer.flush())?;
                match waiting.recv() {
                    Ok(client_event) => client_event,
                    Err(_) => return printer.finish(),
                }
            }
        };
        let Ok(event) = Event::read(&client_event.message) else {
            continue;
        };
        let record = Record(&client_event, event);
        printer.document(&record, |words| {
            words
                .address(format_args!("{:<3}", client_event.client))
                .plain(" ");
            event_line(words, &clock, client_event.received, &event);
        })?;
    }
}

/// An event with its sender and time, as it is printed.
struct Record<'e>(&'e ClientEvent, Event<'e>);

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("client", &self.0.client)?;
        map.serialize_entry("received", &self.0.received)?;
        for (key, value) in self.1.message().entries() {
            if let Some(key) = key.as_str()
                && !["client", "received"].contains(&key)
            {
                map.serialize_entry(key, &value)?;
            }
        }
        map.end()
    }
}
