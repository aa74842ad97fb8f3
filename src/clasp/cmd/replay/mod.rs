//! `replay`: plays a recording of `record` with its timing.
//!
//! ```text
//!   file ──▶ RecordFeed: Schedule, InitialValues, Remap ──▶ Batch ──▶ bulk ──▶ router
//!          (its own thread, sleeps between records)       (this thread)
//! ```

mod batch;
mod feed;
mod plan;

use std::fs::File;
use std::io::Seek;
use std::path::PathBuf;
use std::sync::mpsc as std_mpsc;
use std::thread;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::allow::Allow;
use super::bulk::{Ended, Refusals, partial, send_all};
use super::connection::{ConnectionArgs, ReconnectArgs};
use crate::clasp::client::block_on;
use crate::clasp::client::bulk::{BulkReport, Event, Options, Unit};
use crate::clasp::record::Parser;
use crate::clasp::record::drift::Drift;
use crate::clasp::record::remap::{Remap, Rule};
use crate::clasp::record::schedule::{Schedule, Speed, Start};
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::term::{Console, Progress, Terminal, Words};
use crate::text::count::{Count, Counted, is_zero};
use crate::text::duration::{InWords, duration, milliseconds};
use crate::text::lines::{LINE_LIMIT, Lines};
use crate::text::time::When;
use feed::{FeedResult, Output, RecordFeed, SettledCount, Source};
use plan::Plan;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp replay show.ndjson
  trefoil clasp replay show.ndjson --dry-run > /dev/null   check it
  trefoil clasp replay show.ndjson --start +1m30s --speed 2
  trefoil clasp replay show.ndjson --remap /stage=/rehearsal --loop
  trefoil clasp replay cues.ndjson --remap /=/copy --remap /cues=/cues
  trefoil clasp replay show.ndjson --max-pause 10s
  trefoil clasp sub '/**' --stamp --for 10s | trefoil clasp replay -

Records are sent with the intervals at which they were received; the values
from before the recording are set first. drift_ms is how late records were
sent. Beyond 400 values a second, those within 2 ms share a bundle.";

/// How many units may be queued between the reading and the sending thread.
const WAITING: usize = 4;

/// How many units may be unanswered: enough for 500 a second with a round trip of half a second.
const IN_FLIGHT: usize = 256;

/// A delay above this gets a warning.
const LATE: Duration = Duration::from_millis(5);

/// The arguments of `replay`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ReplayArgs {
    /// The recording: a file, or - to read stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Play this many times as fast; max plays without pauses
    #[arg(long, value_name = "X", value_parser = speed, default_value = "1")]
    speed: Speed,

    /// Begin this long after the first record, or at a time (RFC 3339, µs since the epoch); params
    /// are first set to their values at that time
    #[arg(long, value_name = "TIME", value_parser = start)]
    start: Option<Start>,

    /// Replace the address prefix /a by /b; may be repeated; the longest that matches is used
    #[arg(long, value_name = "/a=/b")]
    remap: Vec<Rule>,

    /// Play in a loop, until Ctrl-C; --loop=3 plays it three times
    #[arg(long = "loop", value_name = "N", num_args = 0..=1, require_equals = true,
        value_parser = clap::value_parser!(u64).range(1..))]
    looped: Option<Option<u64>>,

    /// Shorten longer pauses to this, also those from a clock that was set forward
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    max_pause: Option<Duration>,

    /// Print what would be sent and when, and send nothing; this also checks every line
    #[arg(long, conflicts_with = "looped")]
    dry_run: bool,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    reconnect: ReconnectArgs,
}

fn speed(text: &str) -> Result<Speed, String> {
    if text == "max" {
        return Ok(Speed::Max);
    }
    match text.parse::<f64>() {
        Ok(times) if times.is_finite() && times > 0.0 => Ok(Speed::Times(times)),
        _ => Err("it is a factor, such as 2 or 0.5, or max".to_owned()),
    }
}

fn start(text: &str) -> Result<Start, String> {
    match text.parse::<When>() {
        Ok(When::In(after)) => Ok(Start::After(after)),
        Ok(When::Absolute(at)) => Ok(Start::At(at)),
        Err(error) => duration(text)
            .map(Start::After)
            .map_err(|_| error.to_string()),
    }
}

impl ReplayArgs {
    /// Plays the recording.
    ///
    /// # Errors
    /// A usage failure for a file that is not a recording; [`Kind::Partial`] when the router
    /// refused some of it; a lost connection; a signal. The summary is printed first.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let remap = Remap::new(self.remap.clone())
            .map_err(|why| Failure::usage(format!("--remap: {why}")))?;
        let rounds = match self.looped {
            None => Some(1),
            Some(rounds) => rounds,
        };
        if rounds.is_none() && self.speed == Speed::Max {
            return Err(
                Failure::usage("--loop without a number cannot be used with --speed max")
                    .with_hint("Set the number of rounds: --loop=3"),
            );
        }
        let mut source = self.source()?;
        // A named pipe can be read only once.
        if let Source::File(file) = &mut source
            && file.metadata().is_ok_and(|metadata| metadata.is_file())
        {
            self.check_rules(file, &remap, &terminal.console)?;
        }
        let allow = Allow::in_force()?;
        let schedule = Schedule::new(self.start, self.speed);
        let feed = |output| RecordFeed {
            source,
            schedule: match self.max_pause {
                Some(pause) => schedule.with_pauses_of_at_most(pause),
                None => schedule,
            },
            console: terminal.console.clone(),
            timed: self.speed != Speed::Max,
            remap,
            allow,
            rounds,
            output,
        };
        if self.dry_run {
            let plan = Plan {
                printer: terminal.printer,
                records: 0,
            };
            return show(feed(Output::Plan(plan)), &terminal.console);
        }
        let (units, taken) = mpsc::channel(WAITING);
        let (settled, gate) = std_mpsc::channel();
        let gate = Some(SettledCount(gate));
        let feed = feed(Output::Router { units, gate });
        self.play(feed, taken, settled, terminal)
    }

    fn source(&self) -> Result<Source, Failure> {
        let name = self.file.display();
        if self.file.as_os_str() == "-" {
            return match self.looped {
                None => Ok(Source::Stdin),
                Some(_) => Err(Failure::usage("--loop cannot read stdin again")
                    .with_hint("Keep it in a file first: clasp record … -O FILE")),
            };
        }
        File::open(&self.file)
            .map(Source::File)
            .map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))
    }

    /// Reads the recording for what the rules change: a rule with a typing error would play on the real addresses.
    ///
    /// # Errors
    /// A usage failure if the rules change nothing.
    fn check_rules(
        &self,
        file: &mut File,
        remap: &Remap,
        console: &Console,
    ) -> Result<(), Failure> {
        let mut unused: Vec<&Rule> = remap.rules().iter().collect();
        let mut lines = Lines::new(&mut *file, LINE_LIMIT);
        let mut parser = Parser::default();
        // Lines that are wrong are reported when they are played.
        while !unused.is_empty()
            && let Ok(Some(line)) = lines.next_line()
        {
            if let Ok(Some(parsed)) = parser.parse(line.bytes) {
                let used = remap.rule_for(&parsed.address);
                unused.retain(|rule| Some(*rule) != used);
            }
        }
        let name = self.file.display();
        file.rewind()
            .map_err(|error| Failure::usage(format!("cannot read {name} again: {error}")))?;
        if unused.is_empty() {
            return Ok(());
        }
        if unused.len() == remap.rules().len() {
            return Err(Failure::usage(format!(
                "--remap {}: it changes no address of {name}, which would be played as it was recorded",
                unused[0]
            ))
            .with_hint("Leave --remap out to play it so, or see the addresses with --dry-run"));
        }
        for rule in unused {
            console.warn(format_args!("--remap {rule} changes no address of {name}"));
        }
        Ok(())
    }

    fn play(
        self,
        feed: RecordFeed,
        taken: mpsc::Receiver<Unit>,
        settled: std_mpsc::Sender<u64>,
        mut terminal: Terminal,
    ) -> Result<(), Failure> {
        let target = self
            .connection
            .target_for(&terminal.console, Intent::Write(&[]))?;
        let options = Options {
            stop_on_refusal: false,
            in_flight: IN_FLIGHT,
            keeps_bundles: true,
            reconnect: self.reconnect.policy(),
        };
        let feeder = thread::spawn(move || feed.run());
        let since = Instant::now();
        let mut drift = Drift::default();
        let mut refusals = Refusals::new(terminal.console.clone(), false, 1);
        let mut progress = Progress::bulk(&terminal.console);
        let observe = |event: Event<'_>| match event {
            Event::Progress(report) => {
                progress.update(report.sent, report.acknowledged);
                // Nobody receives it after the start; that is not an error.
                let _ = settled.send(report.acknowledged + report.refused + report.unknown);
            }
            Event::Sent(unit) => {
                if let Some(due) = unit.due {
                    drift.add(due.elapsed(), unit.operations());
                }
            }
            event => refusals.note(event),
        };
        let limit = self.connection.timeout();
        let (report, ended) = block_on(send_all(&target, &options, taken, limit, observe))??;
        progress.finish();

        let (result, failure) = match ended {
            // The reading thread is not joined: it may sleep or wait for input, and ends with the
            // process.
            Ended::Failed(failure) if report.sent == 0 => return Err(failure),
            Ended::Failed(failure) => (None, Some(partial(failure, &report))),
            Ended::Drained => {
                let mut result: FeedResult = feeder
                    .join()
                    .map_err(|_| Failure::new(Kind::Partial, "reading the recording failed"))?;
                if let Some(failure) = result.stopped.take_if(|_| report.sent == 0) {
                    return Err(failure);
                }
                let stopped = result
                    .stopped
                    .take()
                    .map(|failure| partial(failure, &report));
                (
                    Some(result),
                    stopped.or_else(|| unplayed(&refusals, &report)),
                )
            }
        };
        if drift.max() > LATE {
            terminal.console.warn(format_args!(
                "records were sent up to {} late",
                InWords(drift.max())
            ));
        }
        let summary = Summary::new(report, result.as_ref(), &drift, since.elapsed());
        let looped = self.looped.is_some();
        let mut report = terminal.report("the recording was played");
        report.print(|printer| printer.document(&summary, |words| summary.describe(looped, words)));
        report.finish(failure.map_or(Ok(()), Err))
    }
}

/// Runs `--dry-run`.
fn show(feed: RecordFeed, console: &Console) -> Result<(), Failure> {
    let result = feed.run();
    if let Some(mut plan) = result.plan {
        match &result.stopped {
            // Only flushed: the exit status of a `--jq` filter would hide the failure.
            Some(_) => plan.printer.flush()?,
            None => plan.printer.finish()?,
        }
        let number = |count, one, more| Counted { count, one, more };
        console.note(format_args!(
            "{} over {}, {} set before; nothing was sent",
            number(plan.records, "record", "records"),
            InWords(result.length),
            number(result.seeded, "value", "values")
        ));
    }
    match result.stopped {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

/// The failure if records were refused or their outcome is unknown: always a partial one.
fn unplayed(refusals: &Refusals, report: &BulkReport) -> Option<Failure> {
    Some(refusals.failure(report)?.partly_done())
}

/// The output of `replay`.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// What became of the records.
    #[serde(flatten)]
    report: BulkReport,
    /// The result of the reading thread; `None` when it was stopped.
    #[serde(flatten)]
    played: Option<Played>,
    /// From the connection to the last reply.
    duration_us: u64,
    /// How late records were sent; null at maximum speed.
    drift_ms: Option<Late>,
}

#[derive(Debug, Serialize)]
struct Played {
    /// Params that were set before the start; they count as sent.
    seeded: u64,
    /// Values that shared bundles, which a router may acknowledge without having applied all of
    /// them.
    #[serde(skip_serializing_if = "is_zero")]
    bundled: u64,
    /// The number of rounds played.
    rounds: u64,
}

/// Delays in ms.
#[derive(Debug, Serialize)]
struct Late {
    median: f64,
    max: f64,
}

impl Summary {
    /// Builds the summary.
    pub fn new(
        report: BulkReport,
        result: Option<&FeedResult>,
        drift: &Drift,
        took: Duration,
    ) -> Summary {
        Summary {
            report,
            played: result.map(|result| Played {
                seeded: result.seeded,
                bundled: result.bundled,
                rounds: result.rounds,
            }),
            duration_us: took.as_micros() as u64,
            drift_ms: drift.median().map(|median| Late {
                median: milliseconds(median),
                max: milliseconds(drift.max()),
            }),
        }
    }

    /// Writes the summary as text.
    pub fn describe(&self, looped: bool, words: &mut Words) {
        let report = &self.report;
        words.plain(Count(report.acknowledged)).plain(" played");
        if report.acknowledged != report.sent {
            words.plain(format_args!(" of {}", Count(report.sent)));
        }
        for (count, what) in [(report.refused, "refused"), (report.unknown, "unknown")] {
            if count > 0 {
                words
                    .plain(", ")
                    .bad(format_args!("{} {what}", Count(count)));
            }
        }
        words.dim(format_args!(
            "  ({}",
            InWords(Duration::from_micros(self.duration_us))
        ));
        if let Some(played) = &self.played {
            if looped {
                words.dim(format_args!(", {} times", Count(played.rounds)));
            }
            if played.seeded > 0 {
                words.dim(format_args!(", {} set before", Count(played.seeded)));
            }
            if played.bundled > 0 {
                words.dim(format_args!(", {} in bundles", Count(played.bundled)));
            }
        }
        if let Some(late) = &self.drift_ms {
            let words_of = |ms: f64| InWords(Duration::from_secs_f64(ms / 1_000.0));
            words.dim(format_args!(
                ", drift {}, at most {}",
                words_of(late.median),
                words_of(late.max)
            ));
        }
        words.dim(")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_and_starts_as_typed() {
        assert_eq!(speed("2"), Ok(Speed::Times(2.0)));
        assert_eq!(speed("0.5"), Ok(Speed::Times(0.5)));
        assert_eq!(speed("max"), Ok(Speed::Max));
        for text in ["0", "-1", "inf", "NaN", "fast", ""] {
            speed(text).expect_err(text);
        }
        let ten = Start::After(Duration::from_secs(10));
        assert_eq!(start("+10s"), Ok(ten));
        assert_eq!(start("10s"), Ok(ten));
        assert_eq!(
            start("1795166091829000"),
            Ok(Start::At(1_795_166_091_829_000))
        );
        for text in ["10", "", "+10", "noon"] {
            start(text).expect_err(text);
        }
    }
}
