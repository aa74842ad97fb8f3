//! `record`: writes messages to a file, with their time of receipt. [`super::listen`] receives
//! them, `writer` writes the file.

mod writer;

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::connection::{ConnectionArgs, ReconnectArgs};
use super::listen::{Backlog, End, Ends, Lifecycle, Listen, ListenArgs, Stamp};
use crate::clasp::client::block_on;
use crate::clasp::client::clock::ReceiveClock;
use crate::error::{Failure, Kind};
use crate::term::Terminal;
use crate::text::count::{Counted, is_zero};
use crate::text::duration::InWords;

use writer::{Out, Recorded, RecordingWriter};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp record '/**' -O show.ndjson                      until Ctrl-C
  trefoil clasp record '/sensors/**' -O morning.ndjson --for 10m
  trefoil clasp record '/cues/*' --type event --count 3 -O cues.ndjson
  trefoil clasp record '/lights/**' --idle 30s -O scene.ndjson --force
  trefoil clasp record '/**' --url ws://a:7330 | trefoil clasp replay - --url \\
    ws://b:7330

A recording is the output of subscribe --stamp: one record a line, the present
values first. clasp replay plays it, publish - and jq read it. After a lost
connection it goes on, with a record of type disconnected at the gap.";

/// The arguments of `record`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct RecordArgs {
    #[command(flatten)]
    listen: ListenArgs,

    /// Write to this file, - is stdout [default: -]
    #[arg(short = 'O', long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Overwrite an existing file
    #[arg(long, requires = "out")]
    force: bool,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    reconnect: ReconnectArgs,
}

/// The summary of `record`.
#[derive(Debug, Serialize)]
struct Summary<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Cow<'a, str>>,
    records: u64,
    addresses: u64,
    #[serde(skip_serializing_if = "is_zero")]
    gaps: u64,
    duration_us: u64,
}

impl RecordArgs {
    /// Receives and writes.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a file that exists or cannot be created, [`Kind::Deadline`] when fewer
    /// records came than `--count`; a refusal; a connection lost for good; a full disk. Ctrl-C and
    /// SIGTERM end a recording normally.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let request = self
            .listen
            .request(self.reconnect.policy(), &terminal.console)?;
        let file = self.out.as_deref().filter(|path| path.as_os_str() != "-");
        if let Some(path) = file {
            if terminal.printer.is_filtered() && !terminal.printer.is_json_requested() {
                return Err(Failure::usage(
                    "--jq filters what is printed, and --out writes the records as they are",
                )
                .with_hint("Leave --out out; with -o json --jq filters the summary"));
            }
            writer::refuse_existing(path, self.force)?;
        }
        let target = self.connection.target(&terminal.console)?;
        let ready = self.listen.ready()?;
        let ends = self.listen.ends(self.connection.timeout());
        let console = terminal.console;
        let (out, mut printer) = match file {
            Some(path) => (
                Out::file(path.to_owned(), self.force),
                Some(terminal.printer),
            ),
            None => {
                let mut printer = terminal.printer;
                printer.be_lenient(&console);
                (Out::Stdout(Box::new(printer)), None)
            }
        };
        let writer = RecordingWriter::new(out, ends.count, &console);
        let listen = Listen {
            ends,
            console: &console,
            backlog: Arc::new(Backlog::without_coalescing()),
            stamp: Stamp::Steady(ReceiveClock::begin()),
            lifecycle_entries: Lifecycle::Gaps,
            for_stdout: file.is_none(),
            output_grace: None,
        };
        let heard =
            block_on(listen.run(target, request, ready, move |backlog| writer.run(backlog)))??;
        let Some(recorded) = heard.taken else {
            return Err(Failure::new(Kind::Partial, "writing the recording failed"));
        };
        if recorded.opened {
            let summary = Summary::of(&recorded, file);
            console.note(&summary);
            if let Some(printer) = printer
                .as_mut()
                .filter(|printer| printer.is_json_requested())
            {
                printer.value(&summary)?;
                printer.flush()?;
            }
        }
        recorded.result?;
        verdict(&ends, heard.end, recorded.records)
    }
}

/// The result of the command.
fn verdict(ends: &Ends, end: End, records: u64) -> Result<(), Failure> {
    if let Some(failure) = ends.shortfall(&end, records) {
        return Err(failure);
    }
    match end {
        End::Failed(failure) if matches!(failure.kind, Kind::Interrupted | Kind::Terminated) => {
            // If fewer records came than `--count`, a script that needs them must not continue.
            if ends.count.is_some_and(|count| records < count) {
                Err(failure)
            } else {
                Ok(())
            }
        }
        End::Failed(failure) => Err(failure),
        _ => Ok(()),
    }
}

impl<'a> Summary<'a> {
    fn of(recorded: &Recorded, file: Option<&'a Path>) -> Summary<'a> {
        Summary {
            file: file.map(Path::to_string_lossy),
            records: recorded.records,
            addresses: recorded.addresses,
            gaps: recorded.gaps,
            duration_us: recorded.took.as_micros() as u64,
        }
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |count, one, more| Counted { count, one, more };
        write!(
            f,
            "{} of {} in {}",
            number(self.records, "record", "records"),
            number(self.addresses, "address", "addresses"),
            InWords(Duration::from_micros(self.duration_us))
        )?;
        if self.gaps > 0 {
            write!(f, ", with {}", number(self.gaps, "gap", "gaps"))?;
        }
        match &self.file {
            Some(file) => write!(f, ": {file}"),
            None => Ok(()),
        }
    }
}
