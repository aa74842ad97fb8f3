//! `--dry-run`: prints a line for each operation. Takes operations and their times.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::clasp::record::schedule::InitialValue;
use crate::clasp::record::{ParsedRecord, Parser, Record, phase_name, type_name};
use crate::clasp::wire::{SignalType, Value, decode_value};
use crate::error::Failure;
use crate::term::Printer;
use crate::text::duration::{InWords, milliseconds};

/// Prints what would be sent, and when.
pub struct Plan {
    /// The printer.
    pub printer: Printer,
    /// The number of records, without the initial values.
    pub records: u64,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

/// One line of the plan.
#[derive(Serialize)]
struct Planned<'a> {
    /// The time after the start, in ms.
    at_ms: f64,
    #[serde(flatten)]
    record: Record<'a>,
}

impl Plan {
    /// Prints a record that would be played this long after the start.
    ///
    /// # Errors
    /// When the output fails.
    pub fn record(
        &mut self,
        offset: Duration,
        parsed: &ParsedRecord<'_>,
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

    /// Prints a param that would be set before the start.
    ///
    /// # Errors
    /// When the output fails.
    pub fn initial(&mut self, initial: &InitialValue) -> Result<(), Failure> {
        let (code, data) = &initial.value;
        let value: Option<Value<'_>> = decode_value(*code, data).ok();
        self.show(
            Duration::ZERO,
            Record {
                value: value.as_ref(),
                snapshot: true,
                ..Record::blank(type_name(SignalType::Param), &initial.address)
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
