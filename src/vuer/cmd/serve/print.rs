//! Takes what clients say, prints lines; runs on a thread of its own, because a stalled pipe blocks.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use tokio::sync::oneshot;

use crate::error::Failure;
use crate::term::{Console, Printer};
use crate::text::time::Clock;
use crate::vuer::cmd::show;
use crate::vuer::event::Event;
use crate::vuer::hub::core::Said;

/// How many events may wait for a pipe that nobody reads. Further ones are dropped: a page must not
/// wait for that.
const WAITING: usize = 4_096;

/// The printing thread's end.
pub struct Events {
    queue: Option<SyncSender<Said>>,
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

    /// Hands an event on.
    pub fn push(&mut self, said: Said) {
        if let Some(queue) = &self.queue
            && let Err(TrySendError::Full(_)) = queue.try_send(said)
        {
            self.dropped += 1;
        }
    }

    /// How many events nobody read in time.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Waits until printing has ended: because it cannot go on, or after [`close`](Self::close).
    pub async fn ended(&mut self) -> Result<(), Failure> {
        match (&mut self.ended).await {
            Ok(result) => result,
            Err(_) => Ok(()),
        }
    }

    /// No more events come.
    pub fn close(&mut self) {
        self.queue = None;
    }
}

fn run(mut printer: Printer, console: &Console, waiting: &Receiver<Said>) -> Result<(), Failure> {
    let clock = Clock::local();
    loop {
        let said = match waiting.try_recv() {
            Ok(said) => said,
            Err(TryRecvError::Disconnected) => return printer.finish(),
            Err(TryRecvError::Empty) => {
                console.beside_bar(|| printer.flush())?;
                match waiting.recv() {
                    Ok(said) => said,
                    Err(_) => return printer.finish(),
                }
            }
        };
        let Ok(event) = Event::read(&said.message) else {
            continue;
        };
        let record = Record(&said, event);
        printer.document(&record, |words| {
            words.address(format_args!("{:<3}", said.client)).plain(" ");
            show::event(words, &clock, said.received, &event);
        })?;
    }
}

/// An event with who sent it and when, as it is printed.
struct Record<'e>(&'e Said, Event<'e>);

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
