//! Input whose lines are values: samples of one stream, or the payloads of one gesture.
//!
//! Takes one value after the other, at a given rate. Gives a signal for each, and the end of a
//! gesture.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::clasp::cmd::signal::signal;
use crate::clasp::wire::{Message, Phase, Publish, SignalType, Value};
use crate::text::rate::Rate;

/// Lines with shorter intervals share a bundle: a router accepts 1,000 messages a second.
const BUNDLE_BELOW: Duration = Duration::from_millis(2);

/// The signal that the lines are values of.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// The address.
    address: String,
    /// The id of the gesture; `None` for a stream.
    id: Option<u32>,
    /// The rate of the lines, if it is limited.
    rate: Option<Rate>,
    sent: u64,
    since: Option<Instant>,
    flushed: Option<Instant>,
    /// A gesture's last payload.
    last: Option<Value<'static>>,
}

impl Values {
    /// Samples of a stream.
    pub fn stream(address: String, rate: Option<Rate>) -> Values {
        Values {
            address,
            id: None,
            rate,
            sent: 0,
            since: None,
            flushed: None,
            last: None,
        }
    }

    /// Payloads of a gesture.
    pub fn gesture(address: String, id: u32, rate: Option<Rate>) -> Values {
        Values {
            id: Some(id),
            ..Values::stream(address, rate)
        }
    }

    /// The address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits for the time of the next line, counted from the first line, so that delays do not add
    /// up.
    pub fn pace(&mut self) {
        let Some(rate) = self.rate else {
            return;
        };
        let since = *self.since.get_or_insert_with(Instant::now);
        let due = since + rate.offset(self.sent);
        sleep(due.saturating_duration_since(Instant::now()));
    }

    /// The signal for a value.
    pub fn next(&mut self, value: Value<'static>) -> Message<'_> {
        let first = self.sent == 0;
        self.sent += 1;
        let Some(id) = self.id else {
            return Message::Publish(signal(SignalType::Stream, &self.address, Some(value)));
        };
        self.last = Some(value.clone());
        let phase = if first { Phase::Start } else { Phase::Move };
        Message::Publish(gesture(&self.address, id, phase, Some(value)))
    }

    /// Whether to send the incomplete unit now: lines with a rate do not wait for a full unit.
    pub fn is_due(&mut self) -> bool {
        let now = Instant::now();
        let due = self.rate.is_some() && self.flushed.is_none_or(|last| now - last >= BUNDLE_BELOW);
        if due {
            self.flushed = Some(now);
        }
        due
    }

    /// The end of a gesture, if one was begun: END if the input is complete (`whole`), else CANCEL.
    /// The END carries the last payload again, because a router may drop moves, also the last one
    /// (quirk 9).
    pub fn end(&mut self, whole: bool) -> Option<Message<'_>> {
        let id = self.id?;
        let last = self.last.take()?;
        Some(Message::Publish(if whole {
            gesture(&self.address, id, Phase::End, Some(last))
        } else {
            gesture(&self.address, id, Phase::Cancel, None)
        }))
    }
}

/// A gesture's signal.
pub fn gesture<'a>(
    address: &'a str,
    id: u32,
    phase: Phase,
    payload: Option<Value<'a>>,
) -> Publish<'a> {
    Publish {
        id: Some(id),
        phase: Some(phase),
        ..signal(SignalType::Gesture, address, payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phase(message: &Message<'_>) -> Option<Phase> {
        match message {
            Message::Publish(publish) => publish.phase,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_gesture_begins_with_the_first_line_and_ends_after_the_last() {
        let mut values = Values::gesture("/input/fader".into(), 7, None);
        assert_eq!(values.end(true), None, "nothing was begun");
        assert_eq!(phase(&values.next(Value::Int(1))), Some(Phase::Start));
        assert_eq!(phase(&values.next(Value::Int(2))), Some(Phase::Move));
        let Some(Message::Publish(end)) = values.end(true) else {
            panic!("an end");
        };
        assert_eq!(
            (end.phase, end.value),
            (Some(Phase::End), Some(Value::Int(2)))
        );
        assert_eq!(values.end(true), None, "once");
        let _ = values.next(Value::Int(3));
        assert_eq!(
            values.end(false).as_ref().and_then(phase),
            Some(Phase::Cancel)
        );
    }
}
