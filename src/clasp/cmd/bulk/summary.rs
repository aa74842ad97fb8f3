//! The summary of bulk input. Takes counts, gives a line of text or JSON.

use std::time::Duration;

use serde::Serialize;

use crate::clasp::client::bulk::Report;
use crate::term::Words;
use crate::text::count::{Count, is_zero};
use crate::text::duration::InWords;

/// The output of bulk input.
#[derive(Debug, Serialize)]
pub struct Summary {
    #[serde(flatten)]
    /// What became of the lines.
    pub report: Report,
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
