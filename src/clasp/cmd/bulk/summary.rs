//! The summary of bulk input. Takes counts, gives a line for people or programs.

use std::time::Duration;

use serde::Serialize;

use crate::clasp::client::bulk::Report;
use crate::term::Words;
use crate::text::count::Count;
use crate::text::duration::InWords;

/// What bulk input prints.
#[derive(Debug, Serialize)]
pub struct Summary {
    #[serde(flatten)]
    /// What became of the lines.
    pub report: Report,
    /// How many addresses were read again and hold what was sent; false if that was not tried;
    /// null if there was nothing to try, or each line was acknowledged by itself.
    pub verified: Option<Verified>,
    /// Lines that could not be sent at all.
    #[serde(skip_serializing_if = "is_zero")]
    pub invalid: u64,
    /// From the first line to the last answer.
    #[serde(skip)]
    pub took: Duration,
    /// What was done, in a word.
    #[serde(skip)]
    pub done: &'static str,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// Whether what was sent was read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Verified {
    /// So many addresses hold what was sent.
    Addresses(usize),
    /// Always false.
    No(bool),
}

impl Verified {
    /// It was not tried.
    pub const NO: Verified = Verified::No(false);

    /// In words, behind others.
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
    /// The summary in words.
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
