//! `record`: keeps what happens in a file, with the time it came. [`super::listen`] hears it,
//! `tape` writes it down.

mod tape;

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::connection::{ConnectionArgs, ReconnectArgs};
use super::listen::{Backlog, End, Ends, Listen, ListenArgs, Lives, Stamp};
use crate::clasp::client::block_on;
use crate::clasp::client::clock::Stamps;
use crate::error::{Failure, Kind};
use crate::term::Terminal;
use crate::text::count::Counted;
use crate::text::duration::InWords;

use tape::{Out, Tape, Taped};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp record '/**' -O show.ndjson                      until Ctrl-C
  trefoil clasp record '/sensors/**' -O morning.ndjson --for 10m
  trefoil clasp record '/cues/*' --type event --count 3 -O cues.ndjson
  trefoil clasp record '/lights/**' --idle 30s -O scene.ndjson --force
  trefoil clasp record '/**' --url ws://a:7330 | trefoil clasp replay - --url \\
    ws://b:7330

A recording is what subscribe --stamp prints: one record a line, the values that
are there already first. clasp replay plays it, publish - and jq read it. After
a lost connection it goes on, with a record of type disconnected at the gap.";

/// What may be typed after `record`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct RecordArgs {
    #[command(flatten)]
    listen: ListenArgs,

    /// Write to this file, - is stdout [default: -]
    #[arg(short = 'O', long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Overwrite the file if it is there
    #[arg(long, requires = "out")]
    force: bool,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    reconnect: ReconnectArgs,
}

/// What `record` says in the end.
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

fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl RecordArgs {
    /// Listens and writes.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a file that is there already or cannot be made, [`Kind::Deadline`] when
    /// fewer records came than `--count` asked for; a refusal; a connection lost for good; a disk
    /// that is full. Ctrl-C and SIGTERM are how a recording ends, and no failure.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let request = self
            .listen
            .request(self.reconnect.policy(), &terminal.console)?;
        let file = self.out.as_deref().filter(|path| path.as_os_str() != "-");
        if let Some(path) = file {
            tape::refuse_existing(path, self.force)?;
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
        let tape = Tape::new(out, ends.count, &console);
        let listen = Listen {
            ends,
            console: &console,
            backlog: Arc::new(Backlog::whole()),
            stamp: Stamp::Steady(Stamps::begin()),
            lives: Lives::Gaps,
            for_stdout: file.is_none(),
            last_words: None,
        };
        let heard =
            block_on(listen.run(target, request, ready, move |backlog| tape.run(backlog)))??;
        let Some(taped) = heard.taken else {
            return Err(Failure::new(Kind::Partial, "writing the recording failed"));
        };
        if taped.opened {
            let summary = Summary::of(&taped, file);
            console.note(&summary);
            if let Some(printer) = printer
                .as_mut()
                .filter(|printer| printer.is_json_requested())
            {
                printer.value(&summary)?;
                printer.flush()?;
            }
        }
        taped.result?;
        verdict(&ends, heard.end, taped.records)
    }
}

/// What it all amounts to.
fn verdict(ends: &Ends, end: End, records: u64) -> Result<(), Failure> {
    if let Some(failure) = ends.shortfall(&end, records) {
        return Err(failure);
    }
    match end {
        End::Failed(failure) if matches!(failure.kind, Kind::Interrupted | Kind::Terminated) => {
            // Where a number was asked for that has not come, whoever waits for it must not go on.
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
    fn of(taped: &Taped, file: Option<&'a Path>) -> Summary<'a> {
        Summary {
            file: file.map(Path::to_string_lossy),
            records: taped.records,
            addresses: taped.addresses,
            gaps: taped.gaps,
            duration_us: taped.took.as_micros() as u64,
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
