//! The summary of a playback. Takes counts, gives a line of text or JSON.

use std::time::Duration;

use serde::Serialize;

use super::feed::FeedResult;
use crate::clasp::client::bulk::Report;
use crate::clasp::record::drift::Drift;
use crate::term::Words;
use crate::text::count::{Count, is_zero};
use crate::text::duration::{InWords, milliseconds};

/// The output of `replay`.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// What became of the records.
    #[serde(flatten)]
    report: Report,
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
        report: Report,
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
