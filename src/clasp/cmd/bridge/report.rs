//! The output of a bridge. Takes events and counts; prints notes, a status line, and with
//! `--dry-run` what line be sent.

use std::fmt::Display;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::clasp::bridge::counts::{Counts, Dropped};
use crate::clasp::record::Record;
use crate::clasp::wire::{Frame, Message, Qos};
use crate::error::Failure;
use crate::term::{Console, Printer, Progress, Terminal};
use crate::text::count::{Counted, Throughput};
use crate::trace::{Language, Step, Tap};

/// How often the status line is updated.
const STATUS_EVERY: Duration = Duration::from_millis(500);

/// The counts and outputs of a bridge.
pub struct Report {
    /// The counts of messages.
    pub counts: Counts,
    /// For notes and warnings.
    pub console: Console,
    /// For traces of packets of the other side.
    pub tap: Tap,
    printer: Printer,
    dry: bool,
    /// The failure of printing, which ends the bridge.
    failed: Option<Failure>,
    status: Progress,
    shown: (Instant, u64, u64),
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
    /// The report of a bridge to a protocol.
    pub fn new(terminal: Terminal, language: Language, dry: bool) -> Report {
        let Terminal { printer, console } = terminal;
        Report {
            counts: Counts::default(),
            tap: console.trace().open(language),
            status: Progress::status(&console),
            console,
            printer,
            dry,
            failed: None,
            shown: (Instant::now(), 0, 0),
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
            self.console.warn(format_args!(
                "not passed on: {detail} (others like it are counted; -v shows each)"
            ));
        }
        self.tap.step(|| Step::Failed {
            why: format!("not passed on: {detail}"),
        });
    }

    /// Prints what line be sent to the router.
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
        let printed = self
            .printer
            .value(&line)
            .and_then(|()| self.printer.flush());
        self.failed = self.failed.take().or(printed.err());
    }

    /// Prints what line be sent to a peer.
    pub fn would_send(&mut self, peer: impl Display, packet: impl Serialize) {
        let peer = peer.to_string();
        let line = DryRunLine::Peer {
            peer: &peer,
            packet,
        };
        let printed = self
            .printer
            .value(&line)
            .and_then(|()| self.printer.flush());
        self.failed = self.failed.take().or(printed.err());
    }

    /// Prints a document if JSON output was requested.
    pub fn document(&mut self, document: &impl Serialize) -> Result<(), Failure> {
        if self.printer.is_json_requested() {
            self.printer.value(document)?;
            self.printer.flush()?;
        }
        Ok(())
    }

    /// The failure of printing, if it failed: the bridge then ends.
    pub fn failure(&mut self) -> Option<Failure> {
        self.failed.take()
    }

    /// When to update the status line, if it is shown.
    pub fn due(&self) -> Option<Instant> {
        self.status
            .is_shown()
            .then_some(self.shown.0 + STATUS_EVERY)
    }

    /// Updates the status line. `about` is the state of the other side.
    pub fn tick(&mut self, now: Instant, about: &str) {
        let (then, to, from) = self.shown;
        let passed = now.saturating_duration_since(then);
        if passed < STATUS_EVERY || !self.status.is_shown() {
            return;
        }
        let counts = &self.counts;
        let dropped = match counts.all_dropped() {
            0 => String::new(),
            count => format!("  {count} dropped"),
        };
        self.status.say(&format!(
            "  to the router {}  from it {}  {about}{dropped}",
            Throughput::of(counts.to_router - to, passed),
            Throughput::of(counts.from_router - from, passed),
        ));
        self.shown = (now, counts.to_router, counts.from_router);
    }

    /// Prints the final counts.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn finish(mut self) -> Result<(), Failure> {
        self.status.finish();
        self.console.note(&self.counts);
        if self.printer.is_json_requested() && !self.dry {
            self.printer.value(&self.counts)?;
            self.printer.flush()?;
        }
        Ok(())
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
