//! Records: the JSON that `subscribe` prints and `publish` reads, one a line, pure.
//!
//! - [`print`]: a frame enters, a [`Record`] that serialises itself leaves
//! - [`parse`]: a line enters, a [`Parsed`] operation whose value is already wire bytes leaves
//! - [`state`]: what many addresses hold, as one JSON object
//! - [`schedule`]: when a record was received enters, when it is played leaves
//! - [`remap`]: addresses that take the place of others
//! - [`drift`]: how late what was played came
//!
//! What one prints the other reads, so `subscribe | publish -` mirrors a router. `revision`,
//! `timestamp`, `snapshot` and `received` say something of the record's past: they are printed, and
//! ignored when read, but by [`schedule`].

pub mod drift;
pub mod parse;
pub mod print;
pub mod remap;
pub mod schedule;
pub mod state;

pub use parse::{Parsed, Parser, RecordError};
pub use print::Record;
pub use state::{Once, State};

use crate::clasp::wire::{Phase, SignalType};

/// The name of a signal type, as records and options have it.
pub fn type_name(signal: SignalType) -> &'static str {
    signal.name()
}

/// The signal type of a name.
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

/// The name of a gesture's phase, as records and the wire's specification have it.
pub fn phase_name(phase: Phase) -> &'static str {
    phase.name()
}

/// The number of a gesture's name, as the wire has it: a number is itself, a name its FNV-1a hash,
/// which whoever else computes it gets as well.
pub fn gesture_id(name: &str) -> u32 {
    name.parse().unwrap_or_else(|_| {
        name.bytes().fold(0x811c_9dc5, |hash: u32, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
    })
}

/// The phase of a name; the SDK's documentation says begin and update.
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
