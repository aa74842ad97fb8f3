//! `upload`: uploads files and prints their tokens.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};

use super::connection::AppArgs;
use super::source::Source;
use super::transfer::{Transfer, Uploaded, ttl};
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::forge::api::names::{FileName, MediaType};
use crate::forge::client::block_on;
use crate::term::{Interrupt, Printer, Report, Terminal};
use crate::text::count::Size;
use crate::text::duration::{InWords, seconds};

const EXAMPLES: &str = "\
Examples:
  trefoil forge upload scan.pdf photo.png
  trefoil forge upload notes.md --ttl 24h
  trefoil forge run 'what broke?' -f \"$(trefoil forge upload ci.log -r)\"
  git archive HEAD | trefoil forge upload - --name source.tar
  trefoil forge upload dump.bin --type text/plain --jq .file_token -r";

/// What may be typed after `upload`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct UploadArgs {
    /// The files; - is stdin
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Let the service keep them this long, 60s to 24h; a bare number is seconds
    #[arg(long, value_name = "DURATION", value_parser = ttl, default_value = "1h")]
    ttl: Duration,

    /// Tell the service this file name, instead of the last part of PATH
    #[arg(long, value_name = "NAME")]
    name: Option<FileName>,

    /// Tell the service this media type [default: from the file's extension]
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<MediaType>,

    /// Give up a file after this long; a bare number is seconds [default: never]
    #[arg(long, value_name = "DURATION", value_parser = seconds)]
    timeout: Option<Duration>,

    #[command(flatten)]
    app: AppArgs,
}

impl UploadArgs {
    /// Uploads the files one after the other and prints each reply as it arrives. If output cannot
    /// be printed, the other files are still uploaded.
    ///
    /// # Errors
    /// [`Kind::Usage`] before anything is sent if one of them cannot be read; [`Kind::Partial`] if
    /// some were uploaded and others were not; otherwise the first failure.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let sources = self.sources()?;
        let client = self.app.client(&terminal.console, Intent::Write(&[]))?;
        let transfer = Transfer {
            client: &client,
            console: &terminal.console,
            ttl: self.ttl,
            limit: self.timeout,
        };
        let mut report = Report::new(&mut terminal.printer, &terminal.console, "");
        let result = block_on(all(&transfer, &sources, &mut report))?;
        report.finish(result)
    }

    /// Checks all files first: a mistake in the last one must be found before the first one is
    /// uploaded.
    fn sources(&self) -> Result<Vec<Source>, Failure> {
        let mut sources: Vec<Source> = self
            .paths
            .iter()
            .map(|path| Source::of(path))
            .collect::<Result<_, _>>()?;
        if sources.iter().filter(|source| source.is_stdin()).count() > 1 {
            return Err(Failure::usage("stdin can be uploaded once only"));
        }
        for (option, given) in [
            ("--name", self.name.is_some()),
            ("--type", self.kind.is_some()),
        ] {
            if given && sources.len() > 1 {
                let count = sources.len();
                return Err(Failure::usage(format!(
                    "{option} is for one file, and {count} were given"
                )));
            }
        }
        for source in &mut sources {
            if let Some(name) = &self.name {
                source.rename(name.clone());
            }
            if let Some(kind) = &self.kind {
                source.kind = kind.clone();
            }
        }
        Ok(sources)
    }
}

async fn all(
    transfer: &Transfer<'_>,
    sources: &[Source],
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let mut interrupt = Interrupt::listen()?;
    let width = sources.iter().map(|source| source.shown().chars().count());
    let width = width.max().unwrap_or_default();
    let mut done = 0;
    let mut failed = Failed::default();
    for (place, source) in sources.iter().enumerate() {
        let sent = tokio::select! {
            sent = transfer.send(source) => sent,
            kind = interrupt.wait() => return Err(interrupted(kind, &sources[place..])),
        };
        match sent {
            Ok(uploaded) => {
                done += 1;
                report.now(match (done, sources.len()) {
                    (1, 1) => format!("{} is uploaded as {}", source.shown(), uploaded.token),
                    (done, all) => format!("{done} of {all} files are uploaded"),
                });
                report.print(|printer| print(printer, source, &uploaded, width));
            }
            Err(error) => {
                let goes_on = error.is_about_the_file();
                let failure = error.of(source);
                if sources.len() == 1 {
                    return Err(failure);
                }
                transfer.console.warn(failure.message());
                failed.add(source, failure);
                if !goes_on {
                    failed.untried = &sources[place + 1..];
                    break;
                }
            }
        }
    }
    failed.result(done, sources.len())
}

/// The files that were not uploaded.
#[derive(Default)]
struct Failed<'a> {
    names: Vec<String>,
    first: Option<Failure>,
    untried: &'a [Source],
}

impl Failed<'_> {
    fn add(&mut self, source: &Source, failure: Failure) {
        self.names.push(source.shown().into_owned());
        self.first.get_or_insert(failure);
    }

    /// The result of the command.
    fn result(self, done: usize, all: usize) -> Result<(), Failure> {
        let Some(first) = self.first else {
            return Ok(());
        };
        let mut names = self.names;
        names.extend(
            self.untried
                .iter()
                .map(|source| source.shown().into_owned()),
        );
        let count = names.len();
        let were = if count == 1 { "was" } else { "were" };
        let message = format!(
            "{count} of {all} files {were} not uploaded: {}",
            names.join(", ")
        );
        let kind = match done {
            0 => first.kind,
            _ => Kind::Partial,
        };
        let mut failure = Failure::new(kind, message);
        failure.hint = first.hint;
        failure.retryable = first.retryable;
        failure.detail = first.detail;
        Err(failure)
    }
}

/// The failure for a signal. Files that were uploaded before it have been printed.
fn interrupted(kind: Kind, left: &[Source]) -> Failure {
    let left: Vec<_> = left.iter().map(Source::shown).collect();
    Failure::new(
        kind,
        format!("interrupted: {} not uploaded", left.join(", ")),
    )
}

fn print(
    printer: &mut Printer,
    source: &Source,
    uploaded: &Uploaded,
    width: usize,
) -> Result<(), Failure> {
    if printer.is_raw() && !printer.is_filtered() {
        printer.line(uploaded.token.as_str().as_bytes())?;
    } else {
        printer.document(&document(source, uploaded), |words| {
            let (size, ttl) = (Size(uploaded.size), InWords(uploaded.ttl));
            words
                .plain(format_args!("{:<width$}", source.shown()))
                .plain(format_args!("  {}", uploaded.token))
                .dim(format_args!("  {size}  expires in {ttl}"));
        })?;
    }
    // Flushed at once, because the next file may take an hour.
    printer.flush()
}

/// The service's reply with the path of the file.
fn document(source: &Source, uploaded: &Uploaded) -> Map<String, Value> {
    let mut fields = uploaded.body.object().cloned().unwrap_or_default();
    let path = source.path().to_string_lossy().into_owned();
    fields.entry("path").or_insert(Value::String(path));
    fields
}
