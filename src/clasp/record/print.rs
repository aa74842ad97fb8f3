//! Makes records from frames. Takes a frame, gives the record to print.

use serde::Serialize;

use super::{phase_name, type_name};
use crate::clasp::wire::{Frame, Message, Value};

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
