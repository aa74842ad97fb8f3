//! A run while it is under way. Takes events and at last an answer; gives them to every watcher.

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::watch;

use super::agents::line::Event;
use super::limits::EVENTS_BYTES;
use super::state::RunRow;

/// The answer of a run.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: Bytes,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// The model's text, if there is any.
    pub text: Option<String>,
    /// Why the model stopped.
    pub stop_reason: String,
    /// How many tokens it took.
    pub usage: Option<Value>,
    /// The error as a sentence.
    pub error: Option<String>,
}

/// What happens to a run when its last watcher is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenGone {
    /// It goes on, and its answer is kept, if it has started; else it is not started.
    KeepIfStarted,
    /// It goes on in any case: the client can ask for the answer with its Idempotency-Key.
    Keep,
    /// It is stopped: its client has no way to ask for the answer later.
    Cancel,
}

/// A run under way.
#[derive(Debug)]
pub struct Live {
    /// Its row, as it is on disk.
    pub row: RefCell<RunRow>,
    when_gone: WhenGone,
    events: RefCell<Vec<Rc<Event>>>,
    bytes: Cell<usize>,
    /// Whether pieces of text are wanted.
    deltas: bool,
    answer: RefCell<Option<Rc<Answer>>>,
    started: Cell<bool>,
    watchers: Cell<usize>,
    changed: watch::Sender<()>,
    cancelled: watch::Sender<bool>,
}

impl Live {
    /// A run without watchers.
    pub fn new(row: RunRow, when_gone: WhenGone, deltas: bool) -> Rc<Live> {
        Rc::new(Live {
            row: RefCell::new(row),
            when_gone,
            events: RefCell::default(),
            bytes: Cell::new(0),
            deltas,
            answer: RefCell::default(),
            started: Cell::new(false),
            watchers: Cell::new(0),
            changed: watch::Sender::new(()),
            cancelled: watch::Sender::new(false),
        })
    }

    /// Takes an event; false when there is no room for more.
    pub fn take(&self, event: Event) -> bool {
        if matches!(event, Event::Delta(_)) && !self.deltas {
            return true;
        }
        self.bytes.set(self.bytes.get() + event.size());
        self.events.borrow_mut().push(Rc::new(event));
        self.changed.send_replace(());
        self.bytes.get() <= EVENTS_BYTES
    }

    /// Adds the result as a text event, if the agent reported it without having said it in one: the
    /// text of a turn is what its text events say.
    pub fn complete(&self, result: &str) {
        let events = self.events.borrow();
        let said = events.iter().filter_map(|event| match &**event {
            Event::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let said: String = said.collect();
        drop(events);
        if !said.contains(result.trim()) {
            self.take(Event::Text(result.to_owned()));
        }
    }

    /// What the agent has said so far.
    pub fn text(&self) -> String {
        let events = self.events.borrow();
        let texts = events.iter().filter_map(|event| match &**event {
            Event::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n\n")
    }

    /// What has happened so far.
    pub fn events(&self) -> Ref<'_, Vec<Rc<Event>>> {
        self.events.borrow()
    }

    /// It has left the queue.
    pub fn start(&self) {
        self.started.set(true);
        self.changed.send_replace(());
    }

    /// Whether it has left the queue.
    pub fn has_started(&self) -> bool {
        self.started.get()
    }

    /// It is over.
    pub fn finish(&self, answer: Answer) {
        *self.answer.borrow_mut() = Some(Rc::new(answer));
        self.changed.send_replace(());
    }

    /// Asks for it to be stopped.
    pub fn cancel(&self) {
        self.cancelled.send_replace(true);
    }

    /// Waits until it is to be stopped.
    pub async fn cancelled(&self) {
        let mut cancelled = self.cancelled.subscribe();
        // The sender is in `self`, so it does not go away.
        let _ = cancelled.wait_for(|cancelled| *cancelled).await;
    }

    /// Watches it.
    pub fn watch(self: &Rc<Live>) -> Watch {
        self.watchers.set(self.watchers.get() + 1);
        Watch {
            live: Rc::clone(self),
            changed: self.changed.subscribe(),
            seen: 0,
        }
    }
}

/// A watcher of a run.
#[derive(Debug)]
pub struct Watch {
    live: Rc<Live>,
    changed: watch::Receiver<()>,
    seen: usize,
}

/// What a watcher is told next.
#[derive(Debug)]
pub enum Update {
    /// It has left the queue.
    Started,
    /// Something happened.
    Event(Rc<Event>),
    /// It is over.
    Answer(Rc<Answer>),
}

impl Watch {
    /// The run.
    pub fn live(&self) -> &Rc<Live> {
        &self.live
    }

    /// Waits for the answer.
    pub async fn answer(&mut self) -> Rc<Answer> {
        loop {
            self.changed.borrow_and_update();
            if let Some(answer) = &*self.live.answer.borrow() {
                return Rc::clone(answer);
            }
            // The sender is in `live`, so it does not go away.
            let _ = self.changed.changed().await;
        }
    }

    /// Waits for the next update. `started` remembers whether the start was reported.
    pub async fn next(&mut self, started: &mut bool) -> Update {
        loop {
            self.changed.borrow_and_update();
            if self.live.has_started() && !std::mem::replace(started, self.live.has_started()) {
                return Update::Started;
            }
            if let Some(event) = self.live.events.borrow().get(self.seen) {
                self.seen += 1;
                return Update::Event(Rc::clone(event));
            }
            if let Some(answer) = &*self.live.answer.borrow() {
                return Update::Answer(Rc::clone(answer));
            }
            let _ = self.changed.changed().await;
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let left = self.live.watchers.get() - 1;
        self.live.watchers.set(left);
        let unwanted = match self.live.when_gone {
            WhenGone::Keep => false,
            WhenGone::KeepIfStarted => !self.live.has_started(),
            WhenGone::Cancel => true,
        };
        if left == 0 && unwanted {
            self.live.cancel();
        }
    }
}
