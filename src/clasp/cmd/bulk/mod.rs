//! `set -` and `publish -`: sends lines of stdin. Takes lines, and prints a summary that accounts
//! for each.

mod read;
mod send;

use std::io::Cursor;
use std::thread;
use std::time::Instant;

use tokio::sync::mpsc;

use super::allow::Allow;
use super::connection::{ConnectionArgs, ReconnectArgs};
use crate::clasp::client::bulk::verify::{CHEAP, Difference};
use crate::clasp::client::bulk::{BulkReport, Event, IN_FLIGHT, Options};
use crate::clasp::client::{Target, block_on};
use crate::clasp::record::Parser;
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::term::{Console, Progress, Stdin, Terminal};
use crate::text::count::Count;

use read::{LineReader, LinesRead};
pub use read::{Values, gesture};
use send::Summary;
pub use send::Verified;
pub use send::{Ended, NAMED, Refusals, name, partial, send_all};

/// How many units may be queued between the reading and the sending thread.
const WAITING: usize = 4;

/// The options of bulk input.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Bulk")]
pub struct BulkArgs {
    /// In bulk: read every address again and compare, however many there are
    #[arg(long, conflicts_with = "single")]
    verify: bool,

    /// In bulk: send every line alone, so that each is acknowledged by itself
    #[arg(long)]
    single: bool,

    /// In bulk: stop at a line that is bad or refused, or skip it [default: stop]
    #[arg(long, value_enum, value_name = "ACTION", hide_possible_values = true)]
    on_error: Option<OnError>,
}

/// What to do about a line that is bad or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OnError {
    /// Send nothing after it
    Stop,
    /// Go on without it
    Skip,
}

impl BulkArgs {
    /// Refuses these options for a single value.
    ///
    /// # Errors
    /// A usage failure.
    pub fn refuse_for_one(&self) -> Result<(), Failure> {
        if self.verify || self.single || self.on_error.is_some() {
            Err(Failure::usage(
                "--verify, --single and --on-error go with '-', which reads lines from stdin",
            ))
        } else {
            Ok(())
        }
    }

    fn stops(&self) -> bool {
        self.on_error != Some(OnError::Skip)
    }
}

/// The source and the kind of the input.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Params, from stdin.
    Params,
    /// Records of any type, from stdin.
    Records,
    /// This one record.
    Record(String),
    /// Values of one stream or gesture, from stdin.
    Values(Values),
}

impl Input {
    /// The address it writes to, if that is known before reading.
    fn address(&self) -> Option<String> {
        match self {
            Input::Params | Input::Records => None,
            Input::Values(values) => Some(values.address().to_owned()),
            // An invalid record is reported when it is read.
            Input::Record(text) => match Parser::default().parse(text.as_bytes()) {
                Ok(Some(parsed)) => Some(parsed.address.into_owned()),
                _ => None,
            },
        }
    }
}

/// Sends the input and prints the summary.
///
/// # Errors
/// After the summary: a bad or refused line, a value that the router does not hold, a lost
/// connection.
pub fn run(
    mut terminal: Terminal,
    input: Input,
    args: &BulkArgs,
    connection: &ConnectionArgs,
    reconnect: &ReconnectArgs,
) -> Result<(), Failure> {
    let known = input.address();
    let written: Vec<&str> = known.iter().map(String::as_str).collect();
    let target = connection.target_for(&terminal.console, Intent::Write(&written))?;
    let allow = Allow::in_force()?;
    let since = Instant::now();
    let done = match input {
        Input::Params => " set",
        _ => " sent",
    };
    let mut refusals = Refusals::new(terminal.console.clone(), args.stops(), usize::MAX);
    let (units, taken) = mpsc::channel(WAITING);
    let feeder = {
        let console = terminal.console.clone();
        let (stops, mut named) = (args.stops(), 0);
        let feed = LineReader {
            input: input.clone(),
            single: args.single,
            remember: if args.verify { usize::MAX } else { CHEAP },
            units,
            allow,
            bad: move |line, failure: &Failure| {
                if !stops {
                    name(&console, &mut named, line, &failure.message());
                }
                !stops
            },
        };
        thread::spawn(move || match input {
            Input::Record(record) => feed.run(Cursor::new(record), || true),
            _ => feed.run(Stdin, Stdin::is_ready),
        })
    };
    let options = Options {
        stop_on_refusal: args.stops(),
        in_flight: IN_FLIGHT,
        keeps_bundles: false,
        reconnect: reconnect.policy(),
    };
    let mut progress = Progress::bulk(&terminal.console);
    let observe = |event: Event<'_>| match event {
        Event::Progress(report) => progress.update(report.sent, report.acknowledged),
        event => refusals.note(event),
    };
    let limit = connection.timeout();
    let (report, ended) = block_on(send_all(&target, &options, taken, limit, observe))??;
    progress.finish();

    let mut summary = Summary {
        report,
        verified: None,
        invalid: 0,
        took: since.elapsed(),
        done,
    };
    let failure = match ended {
        // The reading thread is not joined: it may wait for input that never comes, and ends with
        // the process.
        Ended::Failed(failure) => {
            summary.verified = unverified(&summary.report);
            if summary.report.sent == 0 {
                return Err(failure);
            }
            Some(partial(failure, &summary.report))
        }
        Ended::Drained if refusals.stops && !refusals.lines.is_empty() => {
            summary.verified = unverified(&summary.report);
            refusals.failure(&summary.report)
        }
        Ended::Drained => {
            let read = feeder
                .join()
                .map_err(|_| Failure::new(Kind::Partial, "reading the input failed"))?;
            summary.invalid = read.invalid;
            let differences = verify(
                &refusals,
                &target,
                args,
                read,
                &mut summary,
                &terminal.console,
            )?;
            summary.took = since.elapsed();
            differences
                .or_else(|| refusals.failure(&summary.report))
                .or_else(|| skipped(&summary))
        }
    };
    let acknowledged = Count(summary.report.acknowledged);
    let mut report = terminal.report(format_args!("{acknowledged} lines are{done}"));
    report.print(|printer| printer.document(&summary, |words| summary.describe(words)));
    report.finish(failure.map_or(Ok(()), Err))
}

/// What is said of values that were not read again: nothing if each was acknowledged by itself, as a router
/// of a cluster does it.
fn unverified(report: &BulkReport) -> Option<Verified> {
    (report.in_bundles > 0).then_some(Verified::NO)
}

/// Reads the written values again, if that was requested or is cheap.
fn verify(
    refusals: &Refusals,
    target: &Target,
    args: &BulkArgs,
    mut read: LinesRead,
    summary: &mut Summary,
    console: &Console,
) -> Result<Option<Failure>, Failure> {
    let stopped = read
        .stopped
        .take()
        .map(|failure| partial(failure, &summary.report));
    if !read.params || args.single {
        return Ok(stopped);
    }
    for (line, refusal) in &refusals.lines {
        read.last_values.forget_line(*line);
        if let Some(address) = &refusal.address {
            read.last_values.forget(address);
        }
    }
    let Some(count) = read.last_values.count().filter(|count| *count > 0) else {
        summary.verified = unverified(&summary.report);
        if summary.verified.is_none() {
            return Ok(stopped);
        }
        console.note(
            "not verified: a router may acknowledge a bundle and drop a value in it, or \
             evict older values when it is full (--verify reads all of them again, \
             --single sends one at a time)",
        );
        return Ok(stopped);
    };
    let differences = match block_on(read.last_values.verify(target))? {
        Ok(differences) => differences,
        Err(error) => {
            summary.verified = Some(Verified::NO);
            let failure = Failure::from(error).context("cannot read the values again");
            return Ok(stopped.or(Some(partial(failure, &summary.report))));
        }
    };
    summary.verified = Some(Verified::Addresses(count - differences.len()));
    Ok(stopped.or_else(|| {
        dropped(
            &differences,
            Some("line"),
            "It is locked, or somebody else has written it since. --single tells which: \
             each line is then acknowledged or refused by itself",
        )
    }))
}

/// The failure if lines were skipped because they could not be sent.
fn skipped(summary: &Summary) -> Option<Failure> {
    (summary.invalid > 0).then(|| {
        let failure = Failure::usage(format!(
            "{} of the lines could not be sent",
            Count(summary.invalid)
        ));
        partial(failure, &summary.report)
    })
}

/// The failure for these differences; `unit` is the word for their lines, if they have any.
pub fn dropped(differences: &[Difference], unit: Option<&str>, hint: &str) -> Option<Failure> {
    if differences.is_empty() {
        return None;
    }
    let mut message = match differences {
        [_] => "1 address does not hold what was sent last:".to_owned(),
        all => format!(
            "{} addresses do not hold what was sent last:",
            Count(all.len() as u64)
        ),
    };
    for difference in differences.iter().take(NAMED) {
        let holds = match &difference.holds {
            Some(value) => format!("holds {}", serde_json::to_string(value).unwrap_or_default()),
            None => "has no value".to_owned(),
        };
        let line = match unit {
            Some(unit) => format!("{unit} {}: ", difference.line),
            None => String::new(),
        };
        message.push_str(&format!("\n  {line}{} {holds}", difference.address));
    }
    if differences.len() > NAMED {
        message.push_str("\n  …");
    }
    Some(Failure::new(Kind::Partial, message).with_hint(hint))
}
