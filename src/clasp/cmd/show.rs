//! Prints a record on one line, for several verbs. Takes a record, gives words.

use crate::clasp::record::Record;
use crate::term::Words;

/// Writes the part after the address: the type of signal, a gesture's id and phase, the value or
/// the samples.
pub fn content(record: &Record<'_>, words: &mut Words) {
    if record.kind != "param" {
        words.plain("  ").plain(record.kind);
    }
    if let Some(phase) = record.phase {
        words.plain(format_args!(" {} {phase}", record.id.unwrap_or(0)));
    }
    if let Some(value) = record.value {
        words.plain("  ");
        words.plain(serde_json::to_string(value).unwrap_or_default());
    }
    if let Some(samples) = record.samples {
        words.plain("  ");
        words.plain(serde_json::to_string(samples).unwrap_or_default());
    }
}
