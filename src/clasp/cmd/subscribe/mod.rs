//! `subscribe`: prints messages as they arrive; [`super::listen`] receives them. They are printed on a
//! thread of its own, because a stalled pipe blocks.

mod template;

use std::sync::Arc;
use std::time::Duration;

use super::connection::{ConnectionArgs, ReconnectArgs};
use super::listen::{
    Backlog, End, Ends, Entry, Lifecycle, LifecycleRecord, Listen, ListenArgs, ReadyFd, Received,
    Stamp,
};
use super::signal::content;
use crate::clasp::client::clock::ReceiveClock;
use crate::clasp::client::subscription::Request;
use crate::clasp::client::{Target, block_on};
use crate::clasp::record::Record;
use crate::clasp::wire;
use crate::error::Failure;
use crate::term::{Console, Form, Printer, Terminal, Words};
use crate::text::count::Count;
use crate::text::time::Clock;
use template::Template;

/// How long the output that is already printed may take to be written after the user interrupts.
const OUTPUT_GRACE: Duration = Duration::from_millis(200);

const EXAMPLES: &str = "\
Examples:
  trefoil clasp subscribe '/lights/**'
  trefoil clasp sub /sensors/temp --max-rate 10 --epsilon 0.1
  trefoil clasp sub '/**' --type event --jq .address
  trefoil clasp sub /door --new --count 1       wait for the next change
  trefoil clasp sub '/**' --retained-only       the present values, then exit
  trefoil clasp sub '/a/*' --format '{address} {value}'
  trefoil clasp sub '/**' --for 10s --stamp > ten-seconds.ndjson

A lost connection is made again, and stderr says what may have been missed.";

/// The arguments of `subscribe`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct SubscribeArgs {
    #[command(flatten)]
    listen: ListenArgs,

    /// Print the present values, and exit
    #[arg(long, conflicts_with = "new")]
    retained_only: bool,

    /// Print by this template, such as '{address} {value}'; \t is a tab
    #[arg(long, value_name = "TEMPLATE", value_parser = Template::parse, conflicts_with = "jq")]
    format: Option<Template>,

    /// Add the time of receipt to each record: received, in µs since the epoch
    #[arg(long)]
    stamp: bool,

    /// Print records of type connected, disconnected and error, too
    #[arg(long)]
    lifecycle: bool,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    reconnect: ReconnectArgs,
}

impl SubscribeArgs {
    /// Whether an option was typed that is about printed records and has no meaning for a table.
    pub(super) fn is_about_records(&self) -> bool {
        self.ends().count.is_some()
            || self.retained_only
            || self.format.is_some()
            || self.stamp
            || self.lifecycle
    }

    /// Where to connect, and with which token.
    ///
    /// # Errors
    /// The errors of [`ConnectionArgs::target`].
    pub(super) fn target(&self, console: &Console) -> Result<Target, Failure> {
        self.connection.target(console)
    }

    /// The file descriptor of `--ready-fd`, if given.
    ///
    /// # Errors
    /// A usage failure for a descriptor that is not open.
    pub(super) fn ready(&self) -> Result<Option<ReadyFd>, Failure> {
        self.listen.ready()
    }

    /// When to end.
    pub(super) fn ends(&self) -> Ends {
        self.listen.ends(self.connection.timeout())
    }

    /// What to subscribe to.
    ///
    /// # Errors
    /// A usage failure for an invalid pattern.
    pub(super) fn request(&self, console: &Console) -> Result<Request, Failure> {
        self.listen.request(self.reconnect.policy(), console)
    }

    /// Subscribes and prints.
    ///
    /// # Errors
    /// [`Kind::Deadline`](crate::error::Kind::Deadline) when fewer records came than `--count`
    /// asked for; a refusal; a connection lost for good.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        terminal.printer.be_lenient(&terminal.console);
        let request = self.request(&terminal.console)?;
        let target = self.connection.target(&terminal.console)?;
        let ready = self.ready()?;
        let template = self.format.clone();
        let stamp = self.stamp || template.as_ref().is_some_and(|t| t.names("received"));
        let form = terminal.printer.form();
        let ends = Ends {
            live: self.retained_only,
            ..self.ends()
        };
        let print = Print {
            printer: terminal.printer,
            template,
            stamp,
            count: ends.count,
        };
        let listen = Listen {
            ends,
            console: &terminal.console,
            backlog: Arc::new(Backlog::default()),
            stamp: if stamp {
                Stamp::Steady(ReceiveClock::begin())
            } else if matches!(form, Form::Table | Form::Text) {
                Stamp::Wall
            } else {
                Stamp::None
            },
            lifecycle_entries: if self.lifecycle {
                Lifecycle::All
            } else {
                Lifecycle::None
            },
            for_stdout: true,
            output_grace: Some(OUTPUT_GRACE),
        };
        let heard =
            block_on(listen.run(target, request, ready, move |backlog| print.run(backlog)))??;
        let superseded = listen.backlog.superseded();
        if superseded > 0 && !heard.end.ends_for_user() {
            terminal.console.warn(format_args!(
                "the output was read too slowly: {} values were replaced by later ones",
                Count(superseded)
            ));
        }
        result(&ends, heard)
    }
}

/// The result of the command.
fn result(ends: &Ends, heard: Received<Printed>) -> Result<(), Failure> {
    match (heard.end, heard.taken) {
        (End::Failed(failure), _) => Err(failure),
        (_, None) => Ok(()),
        (end, Some(printed)) => {
            printed.result?;
            match ends.shortfall(&end, printed.count) {
                Some(failure) => Err(failure),
                None => Ok(()),
            }
        }
    }
}

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
