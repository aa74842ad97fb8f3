//! Sends all units. Takes units; prints warnings meanwhile, gives a report and how the sending ended,
//! and makes the summary of it.

use std::cmp::Ordering;
use std::future::pending;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::clasp::client::bulk::{self, BulkReport, Event, Options, Unit};
use crate::clasp::client::{Error, Refusal, Target};
use crate::error::{Failure, Kind};
use crate::outcome::Outcome;
use crate::term::{Console, Interrupt, Words};
use crate::text::count::{Count, is_zero};
use crate::text::duration::InWords;

/// How many refused or bad lines get their own warning.
pub const NAMED: usize = 20;

/// How the sending ended.
pub enum Ended {
    /// All of the input was handled.
    Drained,
    /// A signal, the deadline, a connection lost for good.
    Failed(Failure),
}

/// Sends every unit, until the command's deadline or a signal; gives what became of them.
///
/// # Errors
/// When signals cannot be handled; any other error is [`Ended::Failed`].
pub async fn send_all(
    target: &Target,
    options: &Options,
    units: mpsc::Receiver<Unit>,
    limit: Option<Duration>,
    observe: impl FnMut(Event<'_>),
) -> Result<(BulkReport, Ended), Failure> {
    let mut interrupt = Interrupt::listen()?;
    let deadline = async {
        match limit {
            Some(limit) => {
                sleep(limit).await;
                limit
            }
            None => pending().await,
        }
    };
    let stop = async {
        tokio::select! {
            kind = interrupt.wait() => Failure::signal(kind),
            limit = deadline => Failure::new(
                Kind::Deadline,
                format!("not done within {}", InWords(limit)),
            ),
        }
    };
    let (report, ended) = bulk::run(target, options, units, stop, observe).await;
    Ok((
        report,
        match ended {
            bulk::Ended::Drained => Ended::Drained,
            bulk::Ended::Failed(error) => Ended::Failed(error.into()),
            bulk::Ended::Stopped(failure) if report.unknown > 0 => {
                let unknown = unknown(&failure.message(), &report);
                Ended::Failed(Failure::new(failure.kind, unknown).with_outcome(Outcome::Unknown))
            }
            bulk::Ended::Stopped(failure) => Ended::Failed(failure),
        },
    ))
}

/// The text that says for how many lines the outcome is unknown, and why.
fn unknown(why: &str, report: &BulkReport) -> String {
    match report.unknown {
        1 => format!("{why}: whether 1 line was done is unknown"),
        n => format!("{why}: whether {} lines were done is unknown", Count(n)),
    }
}

/// Turns a failure into a partial one if something was done before; a signal stays a signal.
pub fn partial(mut failure: Failure, report: &BulkReport) -> Failure {
    if report.acknowledged > 0 || report.unknown > 0 {
        failure = failure.partly_done();
    }
    if report.unknown > 0 {
        failure = failure.with_outcome(Outcome::Unknown);
    }
    failure
}

/// Warns about a line, for the first [`NAMED`] lines.
pub fn name(console: &Console, named: &mut usize, line: u64, why: &str) {
    *named += 1;
    match (*named).cmp(&NAMED) {
        Ordering::Less => console.warn(format_args!("line {line}: {why}")),
        Ordering::Equal => console.warn(format_args!(
            "line {line}: {why} (further lines are only counted)"
        )),
        Ordering::Greater => {}
    }
}

/// Collects the refused lines, and warns about events.
pub struct Refusals {
    console: Console,
    /// The first `keep` refused lines, with the refusal.
    pub lines: Vec<(u64, Refusal)>,
    keep: usize,
    named: usize,
    /// Whether the first refusal ends the run, and is named by the failure instead of a warning.
    pub stops: bool,
}

impl Refusals {
    /// An empty list that keeps up to `keep` lines.
    pub fn new(console: Console, stops: bool, keep: usize) -> Refusals {
        Refusals {
            console,
            lines: Vec::new(),
            keep,
            named: 0,
            stops,
        }
    }

    /// Handles an event: prints a note or a warning if needed.
    pub fn note(&mut self, event: Event<'_>) {
        match event {
            Event::Progress(_) | Event::Sent(_) => {}
            Event::Refused { line, refusal } => {
                if !self.stops {
                    name(&self.console, &mut self.named, line, &refusal.to_string());
                }
                if self.lines.len() < self.keep {
                    self.lines.push((line, refusal));
                }
            }
            Event::Disconnected { cause } => {
                self.console
                    .note(format_args!("router gone ({cause}); reconnecting"));
            }
            Event::Reconnected => {
                self.console.warn(
                    "the connection was lost and is back: a router that was restarted has lost \
                     the values that it acknowledged before",
                );
            }
            Event::Unknown { first, last } => self.console.warn(format_args!(
                "lines {first} to {last} were sent, but it is unknown whether the router has them; \
                 they are not sent again"
            )),
            Event::OutOfOrder { first, last } => self.console.warn(format_args!(
                "lines {first} to {last} arrived before earlier ones, which the rate limit dropped and \
                 which were sent again"
            )),
        }
    }

    /// The failure if lines were refused or their outcome is unknown.
    pub fn failure(&self, report: &BulkReport) -> Option<Failure> {
        if let Some((line, refusal)) = self.lines.first() {
            let mut failure = Failure::from(Error::Refused(refusal.clone()));
            failure = failure.context(match report.refused {
                1 => format!("line {line}"),
                n => format!("{} lines refused, the first is line {line}", Count(n)),
            });
            return Some(partial(failure, report));
        }
        (report.unknown > 0).then(|| {
            let message = unknown("the connection was lost", report);
            Failure::new(Kind::Partial, message).with_outcome(Outcome::Unknown)
        })
    }
}

/// The output of bulk input.
#[derive(Debug, Serialize)]
pub struct Summary {
    #[serde(flatten)]
    /// What became of the lines.
    pub report: BulkReport,
    /// How many addresses were read again and hold their value; false if that was not done; null if
    /// there were none, or each line was acknowledged by itself.
    pub verified: Option<Verified>,
    /// Lines that could not be sent at all.
    #[serde(skip_serializing_if = "is_zero")]
    pub invalid: u64,
    /// The time from the first line to the last reply.
    #[serde(skip)]
    pub took: Duration,
    /// What was done, as a word for the text.
    #[serde(skip)]
    pub done: &'static str,
}

/// Whether the values were read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Verified {
    /// This many addresses hold their value.
    Addresses(usize),
    /// Always false.
    No(bool),
}

impl Verified {
    /// The values were not read again.
    pub const NO: Verified = Verified::No(false);

    /// Writes it as text, after other text.
    pub fn describe(self, words: &mut Words) {
        match self {
            Verified::Addresses(1) => words.plain(", 1 address verified"),
            Verified::Addresses(n) => {
                words.plain(format_args!(", {} addresses verified", Count(n as u64)))
            }
            Verified::No(_) => words.plain(", not verified"),
        };
    }
}

impl Summary {
    /// Writes the summary as text.
    pub fn describe(&self, words: &mut Words) {
        words
            .plain(Count(self.report.acknowledged))
            .plain(self.done);
        if self.report.acknowledged != self.report.sent {
            words.plain(format_args!(" of {}", Count(self.report.sent)));
        }
        if let Some(verified) = self.verified {
            verified.describe(words);
        }
        for (count, what) in [
            (self.report.refused, "refused"),
            (self.report.unknown, "unknown"),
            (self.invalid, "invalid"),
        ] {
            if count > 0 {
                words
                    .plain(", ")
                    .bad(format_args!("{} {what}", Count(count)));
            }
        }
        words.dim(format_args!(" ({})", InWords(self.took)));
    }
}
