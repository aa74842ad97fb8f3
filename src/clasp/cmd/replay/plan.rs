//! `--dry-run`: takes operations and their times, and prints a line for each.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::clasp::record::schedule::Seed;
use crate::clasp::record::{Parsed, Parser, Record, phase_name, type_name};
use crate::clasp::wire::{SignalType, Value, decode_value};
use crate::error::Failure;
use crate::term::Printer;
use crate::text::duration::{InWords, milliseconds};

/// Prints what would be sent, and when.
pub struct Plan {
    /// Where to.
    pub printer: Printer,
    /// How many records there are, beside the seeds.
    pub records: u64,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

/// A line of it.
#[derive(Serialize)]
struct Planned<'a> {
    /// After the start, in ms.
    at_ms: f64,
    #[serde(flatten)]
    record: Record<'a>,
}

impl Plan {
    /// A record that would be played so long after the start.
    ///
    /// # Errors
    /// When it cannot be printed.
    pub fn record(
        &mut self,
        offset: Duration,
        parsed: &Parsed<'_>,
        parser: &Parser,
    ) -> Result<(), Failure> {
        let value = parsed
            .value
            .and_then(|code| decode_value(code, parser.value()).ok());
        self.records += 1;
        self.show(
            offset,
            Record {
                value: value.as_ref(),
                id: parsed.id,
                phase: parsed.phase.map(phase_name),
                samples: parsed.samples.as_deref(),
                rate: parsed.rate,
                ..Record::blank(type_name(parsed.signal), &parsed.address)
            },
        )
    }

    /// A param that would be set before the start.
    ///
    /// # Errors
    /// When it cannot be printed.
    pub fn seed(&mut self, seed: &Seed) -> Result<(), Failure> {
        let (code, data) = &seed.value;
        let value: Option<Value<'_>> = decode_value(*code, data).ok();
        self.show(
            Duration::ZERO,
            Record {
                value: value.as_ref(),
                snapshot: true,
                ..Record::blank(type_name(SignalType::Param), &seed.address)
            },
        )
    }

    fn show(&mut self, at: Duration, record: Record<'_>) -> Result<(), Failure> {
        let planned = Planned {
            at_ms: milliseconds(at),
            record,
        };
        let record = &planned.record;
        self.printer.document(&planned, |words| {
            words.dim(format_args!("{:>8}", format!("+{}", InWords(at))));
            words.plain("  ").address(record.address);
            if record.kind != "param" {
                words.plain("  ").plain(record.kind);
            }
            if let Some(value) = record.value {
                words.plain("  ");
                words.plain(serde_json::to_string(value).unwrap_or_default());
            }
            if record.snapshot {
                words.dim("  (set before)");
            }
        })
    }
}
