//! Prints records. Takes entries of the backlog, prints lines. Runs on its own thread, because a
//! stalled pipe blocks.

use super::template::Template;
use crate::clasp::cmd::listen::{Backlog, Entry, LifecycleRecord};
use crate::clasp::cmd::show::content;
use crate::clasp::record::Record;
use crate::clasp::wire;
use crate::error::Failure;
use crate::term::{Form, Printer, Words};
use crate::text::time::Clock;

/// How records are printed.
pub struct Print {
    /// The printer.
    pub printer: Printer,
    /// The template of `--format`, if given.
    pub template: Option<Template>,
    /// Whether to add the time of receipt to each record.
    pub stamp: bool,
    /// After how many records to end, if at all.
    pub count: Option<u64>,
}

/// The result of printing.
pub struct Printed {
    /// How many records were printed.
    pub count: u64,
    /// The error that ended the printing, if any.
    pub result: Result<(), Failure>,
}

impl Print {
    /// Prints until `count` is reached or the backlog is closed.
    pub fn run(mut self, backlog: &Backlog) -> Printed {
        let mut count = 0;
        let result = self
            .drain(backlog, &mut count)
            .and_then(|()| self.printer.finish());
        Printed { count, result }
    }

    fn drain(&mut self, backlog: &Backlog, count: &mut u64) -> Result<(), Failure> {
        let mut layout = Layout::default();
        let mut entries = Vec::new();
        loop {
            // Streams flush a line at a time, unless more is already waiting.
            if entries.is_empty() {
                self.printer.flush()?;
                if !backlog.wait(&mut entries) {
                    return Ok(());
                }
            }
            layout.widen(&entries, self.printer.form());
            for entry in entries.drain(..) {
                match entry {
                    Entry::Frame(frame, received) => {
                        self.frame(&frame, received, &mut layout)?;
                        *count += 1;
                        if self.count == Some(*count) {
                            return Ok(());
                        }
                    }
                    Entry::Lifecycle(life) => self.life(&life)?,
                }
            }
            if !backlog.take(&mut entries) {
                return Ok(());
            }
        }
    }

    fn frame(&mut self, frame: &[u8], received: u64, layout: &mut Layout) -> Result<(), Failure> {
        // The listener has already decoded it, so this cannot fail.
        let Ok(frame) = wire::decode(frame) else {
            return Ok(());
        };
        let Some(mut record) = Record::of(&frame) else {
            return Ok(());
        };
        if self.stamp {
            record.received = Some(received);
        }
        match &mut self.template {
            Some(template) => self.printer.line(template.fill(&record)),
            None => self
                .printer
                .document(&record, |words| layout.describe(&record, received, words)),
        }
    }

    fn life(&mut self, life: &LifecycleRecord) -> Result<(), Failure> {
        // A template is for messages; most fields of a lifecycle record would be empty.
        if self.template.is_some() {
            return Ok(());
        }
        self.printer.document(life, |words| match life {
            LifecycleRecord::Connected { router, .. } => {
                _ = words.dim(format_args!("connected to {router}"))
            }
            LifecycleRecord::Disconnected { reason } => {
                _ = words.dim(format_args!("disconnected ({reason})"))
            }
            LifecycleRecord::Error { code, message, .. } => {
                words.bad(format_args!("{message} (error {code})"));
            }
        })
    }
}

/// Columns for a terminal, as wide as the widest address so far.
#[derive(Default)]
struct Layout {
    width: usize,
    clock: Option<Clock>,
}

impl Layout {
    /// A longer address does not widen the column.
    const WIDEST: usize = 40;

    /// Widens the column for all entries of a batch before the first is printed, so that they line
    /// up.
    fn widen(&mut self, entries: &[Entry], form: Form) {
        if matches!(form, Form::Json | Form::Ndjson) {
            return;
        }
        for entry in entries {
            if let Entry::Frame(frame, _) = entry
                && let Ok(frame) = wire::decode(frame)
                && let Some(record) = Record::of(&frame)
            {
                let length = record.address.chars().count();
                self.width = self.width.max(length).min(Self::WIDEST);
            }
        }
    }

    fn describe(&mut self, record: &Record<'_>, received: u64, words: &mut Words) {
        let clock = self.clock.get_or_insert_with(Clock::local);
        words.dim(clock.time_of_day(received)).plain("  ");
        let length = record.address.chars().count();
        words.address(record.address);
        words.plain(format_args!("{:1$}", "", self.width.saturating_sub(length)));
        content(record, words);
        if let Some(rate) = record.rate {
            words.dim(format_args!("  {rate} Hz"));
        }
        if record.snapshot {
            words.dim("  (retained)");
        }
    }
}
