//! Counts the outcomes of a batch. Takes the outcome of each line; gives a summary and the result
//! of the command.

use std::fmt;

use super::journal::End;
use crate::error::{Failure, Kind};
use crate::outcome::Outcome;
use crate::term::Console;

/// How many lines that are not done are listed.
const NAMED: u64 = 20;

/// The counts of a batch.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many lines there are.
    lines: u64,
    /// How many are done.
    pub done: u64,
    failed: u64,
    refused: u64,
    not_sent: u64,
    unknown: u64,
    /// How many were running when a signal arrived.
    cut_off: u64,
    /// The known cost of the lines.
    usd: f64,
    /// Whether the cost of any line is known.
    has_cost: bool,
}

impl Tally {
    /// The counts before any line has ended.
    pub fn new(lines: u64) -> Tally {
        Tally {
            lines,
            ..Tally::default()
        }
    }

    /// Counts a line that has ended.
    pub fn count(&mut self, end: &End) {
        let count = match end.outcome {
            Outcome::Done => &mut self.done,
            Outcome::Failed => &mut self.failed,
            Outcome::Refused => &mut self.refused,
            Outcome::NotSent => &mut self.not_sent,
            Outcome::Unknown => &mut self.unknown,
        };
        *count += 1;
        if let Some(usd) = end.reply["cost_usd"].as_f64() {
            self.usd += usd;
            self.has_cost = true;
        }
    }

    /// Counts a line that has ended; prints a warning if it is not done.
    pub fn add(&mut self, line: u64, end: &End, console: &Console) {
        self.count(end);
        let bad = self.ended() - self.done;
        if end.outcome != Outcome::Done && bad <= NAMED {
            let (outcome, why) = (end.outcome, end.error.as_deref().unwrap_or_default());
            let more = if bad == NAMED {
                " (more are only counted)"
            } else {
                ""
            };
            console.warn(format_args!("line {line}: {outcome}: {why}{more}"));
        }
    }

    /// Sets how many lines were running when a signal arrived.
    pub fn cut_off(&mut self, lines: usize) {
        self.cut_off = lines as u64;
    }

    /// How many lines have ended.
    pub fn ended(&self) -> u64 {
        self.done + self.failed + self.refused + self.not_sent + self.unknown
    }

    /// Whether there are no lines.
    pub fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// The result of the command. `stopped` is why nothing more was sent; `again` is the hint to
    /// continue.
    ///
    /// # Errors
    /// When any line is not done.
    pub fn result(
        &self,
        stopped: Option<Failure>,
        signal: Option<Kind>,
        again: &str,
    ) -> Result<(), Failure> {
        let unknown = self.unknown + self.cut_off;
        let outcome = |failure: Failure| match unknown {
            0 => failure,
            _ => failure.with_outcome(Outcome::Unknown),
        };
        if let Some(kind) = signal {
            let why = stopped.map(|why| format!("\nnothing more was sent: {}", why.message()));
            let why = why.unwrap_or_default();
            let failure = Failure::new(kind, format!("interrupted: {self}{why}"));
            return Err(outcome(failure.with_hint(again)));
        }
        if self.done == self.lines {
            return Ok(());
        }
        let kind = match &stopped {
            _ if self.done > 0 || unknown > 0 => Kind::Partial,
            Some(why) => why.kind(),
            None if self.failed > 0 => Kind::Service,
            None if self.refused > 0 => Kind::Refused,
            None => Kind::Partial,
        };
        let open = self.lines - self.done;
        let mut message = format!("{open} of {} lines are not done: {self}", self.lines);
        let mut hint = String::new();
        if let Some(why) = &stopped {
            message.push_str(&format!("\nnothing more was sent: {}", why.message()));
            hint = why.hint.clone().map(|hint| hint + "\n").unwrap_or_default();
        }
        let failure = Failure::new(kind, message);
        if self.failed == open {
            // Failed runs were paid for and are not repeated, so there is nothing to continue.
            return Err(outcome(failure));
        }
        hint.push_str(again);
        if self.unknown > 0 {
            hint.push_str(
                "\nWhat stays unknown is sent again with --retry-unknown only, and may be charged twice",
            );
        }
        Err(outcome(failure.with_hint(hint)))
    }
}

/// `8 done, 1 failed, 3 left · 0.0900 USD`
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} done", self.done)?;
        for (count, name) in [
            (self.failed, "failed"),
            (self.refused, "refused"),
            (self.not_sent, "not sent"),
            (self.unknown, "unknown"),
            (self.cut_off, "under way"),
            (self.lines - self.ended() - self.cut_off, "left"),
        ] {
            if count > 0 {
                write!(f, ", {count} {name}")?;
            }
        }
        if self.has_cost {
            write!(f, " · {:.4} USD", self.usd)?;
        }
        Ok(())
    }
}
