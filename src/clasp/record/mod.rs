//! Records: the JSON that `subscribe` prints and `publish` reads, one per line. Pure.
//!
//! - [`Record`]: a frame as it is printed
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
pub mod remap;
pub mod schedule;
pub mod state;

pub use parse::{ParsedRecord, Parser, RecordError};
pub use state::{StateDocument, WriteOnce};

use serde::Serialize;

use super::wire::{Frame, Message, Phase, SignalType, Value};

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

/// One line of `subscribe`. It borrows from its frame, and fields that do not apply are left out.
#[derive(Debug, Clone, Serialize)]
pub struct Record<'a> {
    /// param, event, stream, gesture or timeline.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The address.
    pub address: &'a str,
    /// The value, payload or single sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<&'a Value<'a>>,
    /// The revision of the param.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// When it was written or sent, in µs since the epoch, as the router or the sender says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<u64>,
    /// The id of the gesture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<u32>,
    /// start, move, end or cancel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<&'static str>,
    /// Several samples of a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples: Option<&'a [f64]>,
    /// The sample rate, in Hz.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<u32>,
    /// Whether the value existed before the subscription.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub snapshot: bool,
    /// When it arrived here, in µs since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<u64>,
}

impl<'a> Record<'a> {
    /// A record with a type and an address only.
    pub fn blank(kind: &'static str, address: &'a str) -> Record<'a> {
        Record {
            kind,
            address,
            value: None,
            revision: None,
            timestamp: None,
            id: None,
            phase: None,
            samples: None,
            rate: None,
            snapshot: false,
            received: None,
        }
    }

    /// The record for a SET, a PUBLISH, or the first param of a SNAPSHOT. `None` for any other
    /// message.
    pub fn of(frame: &'a Frame<'a>) -> Option<Record<'a>> {
        let blank = Record {
            timestamp: frame.timestamp,
            ..Record::blank("param", "")
        };
        match &frame.message {
            Message::Set(set) => Some(Record {
                address: &set.address,
                value: Some(&set.value),
                revision: set.revision,
                ..blank
            }),
            Message::Publish(publish) => Some(Record {
                kind: type_name(publish.signal),
                address: &publish.address,
                value: publish.value.as_ref(),
                timestamp: publish.timestamp.or(frame.timestamp),
                id: publish.id,
                phase: publish.phase.map(phase_name),
                samples: publish.samples.as_deref(),
                rate: publish.rate,
                ..blank
            }),
            Message::Snapshot(params) => params.first().map(|param| Record {
                address: &param.address,
                value: Some(&param.value),
                revision: Some(param.revision),
                timestamp: param.timestamp,
                snapshot: true,
                ..blank
            }),
            _ => None,
        }
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
