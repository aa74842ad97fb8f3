//! Records: the JSON that `subscribe` prints and `publish` reads, one per line. Pure.
//!
//! - [`print`]: makes a serialisable [`Record`] from a frame
//! - [`parse`]: reads a line into a [`ParsedRecord`], whose value is already encoded
//! - [`state`]: the values of many addresses as one JSON object
//! - [`schedule`]: decides when a record is played, from the time it was received
//! - [`remap`]: replaces address prefixes
//! - [`drift`]: measures how late records were played
//!
//! Every printed record can be read again, so `subscribe | publish -` mirrors a router. `revision`,
//! `timestamp`, `snapshot` and `received` describe how the record was received: they are printed,
//! and when read they are ignored, except by [`schedule`].

pub mod drift;
pub mod parse;
pub mod print;
pub mod remap;
pub mod schedule;
pub mod state;

pub use parse::{ParsedRecord, Parser, RecordError};
pub use print::Record;
pub use state::{StateDocument, WriteOnce};

use crate::clasp::wire::{Phase, SignalType};

/// The name of a signal type in records and options.
pub fn type_name(signal: SignalType) -> &'static str {
    signal.name()
}

/// The signal type with this name.
pub fn type_named(name: &str) -> Option<SignalType> {
    [
        SignalType::Param,
        SignalType::Event,
        SignalType::Stream,
        SignalType::Gesture,
        SignalType::Timeline,
    ]
    .into_iter()
    .find(|signal| type_name(*signal) == name)
}

/// The name of a gesture's phase in records and in the specification.
pub fn phase_name(phase: Phase) -> &'static str {
    phase.name()
}

/// The wire id of a gesture: a number is the id itself, any other name gives its FNV-1a hash, so
/// that every program computes the same id.
pub fn gesture_id(name: &str) -> u32 {
    name.parse().unwrap_or_else(|_| {
        name.bytes().fold(0x811c_9dc5, |hash: u32, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
    })
}

/// The phase with this name; the SDK's documentation calls them begin and update.
pub fn phase_named(name: &str) -> Option<Phase> {
    match name {
        "start" | "begin" => Some(Phase::Start),
        "move" | "update" => Some(Phase::Move),
        "end" => Some(Phase::End),
        "cancel" => Some(Phase::Cancel),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gestures_name_becomes_the_number_that_others_compute() {
        // The vectors of the hash's authors.
        for (name, id) in [
            ("", 0x811c_9dc5),
            ("a", 0xe40c_292c),
            ("foobar", 0xbf9c_f968),
            ("7", 7),
            ("4294967295", u32::MAX),
        ] {
            assert_eq!(gesture_id(name), id, "{name:?}");
        }
        assert_ne!(gesture_id("4294967296"), 0, "no u32: a name");
    }
}
