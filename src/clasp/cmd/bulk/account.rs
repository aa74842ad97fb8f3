//! The account of what is being sent: happenings enter, notes on the way and a verdict in the end
//! leave.

use std::cell::Cell;
use std::cmp::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::clasp::client::bulk::{self, Happening, Options, Report, Unit};
use crate::clasp::client::{Error, Refusal, Target};
use crate::error::{Failure, Kind};
use crate::term::{Console, Interrupt};
use crate::text::count::Count;
use crate::text::duration::InWords;

/// How many refused or bad lines are named one by one.
pub const NAMED: usize = 20;

/// How the sending ended.
pub enum Ended {
    /// The input has been dealt with, one way or another.
    Drained,
    /// A signal, the deadline, a connection lost for good.
    Failed(Failure),
}

/// Sends every unit, within the command's deadline and until a signal; gives what became of them.
///
/// # Errors
/// When the system refuses to deliver signals; anything else is [`Ended::Failed`].
pub async fn carry(
    target: &Target,
    options: &Options,
    units: mpsc::Receiver<Unit>,
    limit: Option<Duration>,
    mut observe: impl FnMut(Happening<'_>),
) -> Result<(Report, Ended), Failure> {
    let mut interrupt = Interrupt::listen()?;
    let latest = Cell::new(Report::default());
    let observe = |happening: Happening<'_>| {
        if let Happening::Progress(report) = happening {
            latest.set(*report);
        }
        observe(happening);
    };
    let limit = limit.unwrap_or(Duration::MAX);
    let ended = tokio::select! {
        (report, result) = bulk::run(target, options, units, observe) => {
            latest.set(report);
            match result {
                Ok(()) => Ended::Drained,
                Err(error) => Ended::Failed(error.into()),
            }
        }
        kind = interrupt.wait() => Ended::Failed(Failure::signal(kind)),
        () = sleep(limit) => Ended::Failed(Failure::new(
            Kind::Deadline,
            format!("not done within {}", InWords(limit)),
        )),
    };
    Ok((latest.get(), ended))
}

/// Waits; for ever, if that is how long it is.
async fn sleep(limit: Duration) {
    match limit {
        Duration::MAX => std::future::pending().await,
        limit => tokio::time::sleep(limit).await,
    }
}

/// A failure after something was done is a partial one; a signal stays what it is.
pub fn partial(mut failure: Failure, report: &Report) -> Failure {
    let touched = report.acknowledged > 0 || report.unknown > 0;
    let signal = matches!(
        failure.kind,
        Kind::Interrupted | Kind::Terminated | Kind::Deadline
    );
    if touched && !signal {
        failure.kind = Kind::Partial;
    }
    failure
}

/// Warns of a line, as long as there are not too many.
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

/// What happened on the way.
pub struct Account {
    console: Console,
    /// The lines that were refused, and why; the first of them, if only so many are kept.
    pub refused: Vec<(u64, Refusal)>,
    keep: usize,
    named: usize,
    /// Whether the first refusal ends it, so that the verdict names it.
    pub stops: bool,
}

impl Account {
    /// An empty one, which keeps so many refusals.
    pub fn new(console: Console, stops: bool, keep: usize) -> Account {
        Account {
            console,
            refused: Vec::new(),
            keep,
            named: 0,
            stops,
        }
    }

    /// Says what should be known at once.
    pub fn tell(&mut self, happening: Happening<'_>) {
        match happening {
            Happening::Progress(_) | Happening::Sent(_) => {}
            Happening::Refused { line, refusal } => {
                if !self.stops {
                    name(&self.console, &mut self.named, line, &refusal.to_string());
                }
                if self.refused.len() < self.keep {
                    self.refused.push((line, refusal));
                }
            }
            Happening::Gone { cause } => {
                self.console
                    .note(format_args!("router gone ({cause}); reconnecting"));
            }
            Happening::Back => {
                self.console.warn(
                    "the connection was lost and is back: if the router was restarted, it has \
                     forgotten what was acknowledged before",
                );
            }
            Happening::Unknown { first, last } => self.console.warn(format_args!(
                "lines {first} to {last}: sent, but whether the router has them is unknown; not \
                 sent again"
            )),
            Happening::OutOfOrder { first, last } => self.console.warn(format_args!(
                "lines {first} to {last} arrived before earlier ones that the router dropped for \
                 rate and that were sent again"
            )),
        }
    }

    /// The failure that refused or unknown lines amount to.
    pub fn failure(&self, report: &Report) -> Option<Failure> {
        if let Some((line, refusal)) = self.refused.first() {
            let mut failure = Failure::from(Error::Refused(refusal.clone()));
            failure = failure.context(match report.refused {
                1 => format!("line {line}"),
                n => format!("{} lines refused, the first is line {line}", Count(n)),
            });
            return Some(partial(failure, report));
        }
        (report.unknown > 0).then(|| {
            Failure::new(
                Kind::Partial,
                format!(
                    "the connection was lost: whether {} lines were done is unknown",
                    Count(report.unknown)
                ),
            )
        })
    }
}
