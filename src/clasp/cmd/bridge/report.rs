//! The output of a bridge. Takes events and counts; prints notes, a status line, and with
//! `--dry-run` what would be sent.

use std::cell::RefCell;
use std::fmt::Display;
use std::rc::Rc;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::clasp::bridge::counts::{Counts, Dropped};
use crate::clasp::record::Record;
use crate::clasp::wire::{Frame, Message, Qos};
use crate::error::Failure;
use crate::term::{Console, Printer, Progress, Terminal};
use crate::text::count::{Counted, Throughput};
use crate::trace::{Step, Tap};

/// How often the status line is updated.
const STATUS_EVERY: Duration = Duration::from_millis(500);

/// The outputs of all bridges of a process. They share one printer and one status line.
#[derive(Clone)]
pub struct Outputs {
    console: Console,
    shared: Rc<RefCell<Shared>>,
}

struct Shared {
    /// For documents, if there are any.
    printer: Option<Printer>,
    /// From the first bridge to the end, on a terminal.
    status: Option<Progress>,
    /// What the status line says of each bridge.
    parts: Vec<String>,
}

impl Outputs {
    /// The outputs of the bridges of a command.
    pub fn new(terminal: Terminal) -> Outputs {
        let Terminal { printer, console } = terminal;
        Outputs::on(&console, Some(printer))
    }

    /// Outputs that print nothing on stdout, because another command does.
    pub fn without_documents(console: &Console) -> Outputs {
        Outputs::on(console, None)
    }

    fn on(console: &Console, printer: Option<Printer>) -> Outputs {
        let shared = Shared {
            printer,
            status: None,
            parts: Vec::new(),
        };
        Outputs {
            console: console.clone(),
            shared: Rc::new(RefCell::new(shared)),
        }
    }
}

/// The state of the other side, for the status line. With several bridges only trouble is shown.
pub enum About {
    /// How many peers there are, or which broker.
    Working(String),
    /// What keeps the bridge from working.
    Trouble(String),
}

/// The counts and outputs of a bridge.
pub struct Report {
    /// The counts of messages.
    pub counts: Counts,
    /// For traces of packets of the other side.
    pub tap: Tap,
    console: Console,
    shared: Rc<RefCell<Shared>>,
    /// The bridge's name, where there are several.
    name: Option<String>,
    /// Its place among the bridges of this process.
    place: usize,
    dry: bool,
    /// The failure of printing, which ends the bridge.
    failed: Option<Failure>,
    shown: (Instant, u64, u64),
}

/// A document about one of several bridges.
#[derive(Serialize)]
struct Named<'a, T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    bridge: Option<&'a str>,
    #[serde(flatten)]
    document: &'a T,
}

/// A line of `--dry-run`.
#[derive(Serialize)]
#[serde(tag = "to", rename_all = "lowercase")]
enum DryRunLine<'a, T> {
    Router {
        #[serde(flatten)]
        record: Record<'a>,
        /// The time to send it, in µs since the epoch, if not at once.
        #[serde(skip_serializing_if = "Option::is_none")]
        at: Option<u64>,
    },
    Peer {
        peer: &'a str,
        #[serde(flatten)]
        packet: T,
    },
}

impl Report {
    /// The report of one bridge; it has a name where there are several.
    pub fn new(outputs: &Outputs, name: Option<String>, tap: Tap, dry: bool) -> Report {
        let mut shared = outputs.shared.borrow_mut();
        let place = shared.parts.len();
        shared.parts.push(String::new());
        let status = || Some(Progress::status(&outputs.console)).filter(Progress::is_shown);
        shared.status = shared.status.take().or_else(status);
        Report {
            counts: Counts::default(),
            tap,
            console: outputs.console.clone(),
            shared: outputs.shared.clone(),
            name,
            place,
            dry,
            failed: None,
            shown: (Instant::now(), 0, 0),
        }
    }

    /// Whether it is the first bridge of this process: it tells what concerns all.
    pub fn is_first(&self) -> bool {
        self.place == 0
    }

    /// For notes and warnings that concern all bridges.
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// Prints a note.
    pub fn note(&self, what: impl Display) {
        match &self.name {
            Some(name) => self.console.note(format_args!("{name}: {what}")),
            None => self.console.note(what),
        }
    }

    /// Prints a warning.
    pub fn warn(&self, what: impl Display) {
        match &self.name {
            Some(name) => self.console.warn(format_args!("{name}: {what}")),
            None => self.console.warn(what),
        }
    }

    /// Whether `--dry-run` was given.
    pub fn is_dry(&self) -> bool {
        self.dry
    }

    /// Records a message that could not be passed on. The first for each reason prints a warning;
    /// `-v` shows all.
    pub fn dropped(&mut self, dropped: Dropped) {
        let Dropped { reason, detail } = dropped;
        if self.counts.drop(reason, 1) {
            self.warn(format_args!(
                "not passed on: {detail} (others like it are counted; -v shows each)"
            ));
        }
        self.tap.step(|| Step::Failed {
            why: format!("not passed on: {detail}"),
        });
    }

    /// Records messages that waited when the bridge ended, and warns of them.
    pub fn unsent(&mut self, count: usize) {
        if count > 0 {
            self.counts.drop("not sent before the end", count as u64);
            let messages = Counted {
                count: count as u64,
                one: "message",
                more: "messages",
            };
            self.warn(format_args!("not sent before the end: {messages}"));
        }
    }

    /// Records a message of a peer that could not be passed on.
    pub fn dropped_from(&mut self, peer: impl Display, dropped: Dropped) {
        let Dropped { reason, detail } = dropped;
        let detail = format!("{detail}, from {peer}");
        self.dropped(Dropped { reason, detail });
    }

    /// Prints what would be sent to the router.
    pub fn would_write(&mut self, message: &Message<'_>, at: Option<u64>) {
        let frame = Frame {
            qos: Qos::Fire,
            timestamp: None,
            message: message.clone(),
        };
        let Some(record) = Record::of(&frame) else {
            return;
        };
        let line: DryRunLine<'_, ()> = DryRunLine::Router { record, at };
        self.print_dry(&line);
    }

    /// Prints what would be sent to a peer.
    pub fn would_send(&mut self, peer: impl Display, packet: impl Serialize) {
        let peer = peer.to_string();
        let line = DryRunLine::Peer {
            peer: &peer,
            packet,
        };
        self.print_dry(&line);
    }

    fn print_dry(&mut self, line: &impl Serialize) {
        let printed = self.print(line);
        self.failed = self.failed.take().or(printed.err());
    }

    fn print(&self, document: &impl Serialize) -> Result<(), Failure> {
        let bridge = self.name.as_deref();
        if let Some(printer) = &mut self.shared.borrow_mut().printer {
            printer.value(&Named { bridge, document })?;
            printer.flush()?;
        }
        Ok(())
    }

    /// Prints a document if JSON output was requested.
    pub fn document(&mut self, document: &impl Serialize) -> Result<(), Failure> {
        if self.is_json_requested() {
            self.print(document)?;
        }
        Ok(())
    }

    fn is_json_requested(&self) -> bool {
        let printer = &self.shared.borrow().printer;
        printer.as_ref().is_some_and(Printer::is_json_requested)
    }

    /// The failure of printing, if it failed: the bridge then ends.
    pub fn failure(&mut self) -> Option<Failure> {
        self.failed.take()
    }

    /// When to update the status line, if it is shown.
    pub fn due(&self) -> Option<Instant> {
        let is_shown = self.shared.borrow().status.is_some();
        is_shown.then_some(self.shown.0 + STATUS_EVERY)
    }

    /// Updates the status line, with the state of the other side.
    pub fn tick(&mut self, now: Instant, about: impl FnOnce() -> About) {
        let (then, to, from) = self.shown;
        let passed = now.saturating_duration_since(then);
        let mut shared = self.shared.borrow_mut();
        if passed < STATUS_EVERY || shared.status.is_none() {
            return;
        }
        let counts = &self.counts;
        let dropped = match counts.all_dropped() {
            0 => String::new(),
            count => format!("  {count} dropped"),
        };
        let in_rate = Throughput::of(counts.to_router - to, passed);
        let out_rate = Throughput::of(counts.from_router - from, passed);
        shared.parts[self.place] = match &self.name {
            None => {
                let (About::Working(about) | About::Trouble(about)) = about();
                format!("  to the router {in_rate}  from it {out_rate}  {about}{dropped}")
            }
            Some(name) => {
                let trouble = match about() {
                    About::Trouble(what) => format!("  {what}"),
                    About::Working(_) => String::new(),
                };
                format!("  {name}: in {in_rate}  out {out_rate}{dropped}{trouble}")
            }
        };
        if let Some(status) = &shared.status {
            status.say(&shared.parts.concat());
        }
        self.shown = (now, counts.to_router, counts.from_router);
    }

    /// Prints the final counts.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn finish(mut self) -> Result<(), Failure> {
        self.shared.borrow_mut().status = None;
        self.note(&self.counts);
        if self.dry {
            return Ok(());
        }
        let counts = std::mem::take(&mut self.counts);
        self.document(&counts)
    }
}

/// `3 peers`.
pub fn peers(count: usize) -> String {
    let count = count as u64;
    Counted {
        count,
        one: "peer",
        more: "peers",
    }
    .to_string()
}
