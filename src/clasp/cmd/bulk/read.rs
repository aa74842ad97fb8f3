//! Reads the input. Takes lines, gives units. Runs on its own thread, because reading stdin blocks.
//! Where the lines are values ([`Values`]: samples of one stream, or the payloads of one gesture), it
//! takes one after the other, at a given rate, and gives a signal for each.

use std::io::Read;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::Input;
use crate::clasp::client::bulk::unit::{Packer, Unit};
use crate::clasp::client::bulk::verify::LastValues;
use crate::clasp::cmd::allow::Allow;
use crate::clasp::cmd::signal::signal;
use crate::clasp::record::Parser;
use crate::clasp::wire::{Message, Phase, Publish, SignalType, Value, json};
use crate::error::Failure;
use crate::text::lines::{LINE_LIMIT, Lines};
use crate::text::rate::Rate;

/// The result of reading.
#[derive(Debug)]
pub struct LinesRead {
    /// The last value sent to each address.
    pub last_values: LastValues,
    /// Whether any line wrote a param.
    pub params: bool,
    /// Lines that were skipped, because they could not be sent.
    pub invalid: u64,
    /// The failure of the line that ended the reading, if any.
    pub stopped: Option<Failure>,
}

/// Reads lines and packs them into units.
pub struct LineReader<B> {
    /// The kind of the input.
    pub input: Input,
    /// Whether every operation is sent alone.
    pub single: bool,
    /// For how many addresses the last value is kept.
    pub remember: usize,
    /// The addresses that lines may write to.
    pub allow: Allow,
    /// The channel to the sending thread.
    pub units: mpsc::Sender<Unit>,
    /// Called with a line that cannot be sent; gives whether to go on without it.
    pub bad: B,
}

/// What is said when a line ends the reading.
const REST: &str =
    "What follows it was not read; --on-error skip leaves such lines out, and names each";

/// The sending side has closed the channel.
struct ChannelClosed;

impl<B: FnMut(u64, &Failure) -> bool> LineReader<B> {
    /// Reads everything. `ready` tells whether a read would return at once.
    pub fn run(mut self, source: impl Read, ready: impl Fn() -> bool) -> LinesRead {
        let mut read = LinesRead {
            last_values: LastValues::new(self.remember),
            params: false,
            invalid: 0,
            stopped: None,
        };
        let mut lines = Lines::new(source, LINE_LIMIT);
        let mut parser = Parser::default();
        let mut packer = Packer::new(self.single);
        loop {
            // Before a read that would block, the incomplete unit is sent.
            if !lines.has_line() && !ready() && self.flush(&mut packer).is_err() {
                return read;
            }
            let line = match lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(error) => {
                    read.stopped = Some(Failure::usage(error.to_string()));
                    break;
                }
            };
            match self.line(line.number, line.bytes, &mut parser, &mut packer, &mut read) {
                Ok(Ok(())) => {}
                Ok(Err(ChannelClosed)) => return read,
                Err(failure) => {
                    read.invalid += 1;
                    let number = line.number;
                    if !(self.bad)(number, &failure) {
                        let failure = failure.context(format!("line {number}"));
                        read.stopped = Some(match self.input {
                            Input::Record(_) => failure,
                            _ => failure.with_more_hint(REST),
                        });
                        break;
                    }
                }
            }
        }
        if let Input::Values(values) = &mut self.input
            && let Some(end) = values.end(read.stopped.is_none())
        {
            let units = &self.units;
            let packed = packer.publish(lines.number(), &end, |unit| {
                let _ = units.blocking_send(unit);
            });
            debug_assert!(packed.is_ok(), "its payload has been sent before");
        }
        let _ = self.flush(&mut packer);
        read
    }

    fn line(
        &mut self,
        number: u64,
        bytes: &[u8],
        parser: &mut Parser,
        packer: &mut Packer,
        read: &mut LinesRead,
    ) -> Result<Result<(), ChannelClosed>, Failure> {
        if matches!(self.input, Input::Values(_)) {
            return self.value(number, bytes, packer);
        }
        let Some(parsed) = parser.parse(bytes)? else {
            return Ok(Ok(()));
        };
        self.allow.check(&parsed.address)?;
        let mut sent = Ok(());
        let units = &self.units;
        let emit = |unit| {
            if units.blocking_send(unit).is_err() {
                sent = Err(ChannelClosed);
            }
        };
        if parsed.signal == SignalType::Param {
            read.params = true;
            let value = (parsed.value.unwrap_or_default(), parser.value());
            match parsed.if_revision {
                Some(revision) => {
                    packer.guarded(number, &parsed.address, value, parsed.ttl, revision, emit)?;
                }
                None => packer.set(number, &parsed.address, value, parsed.ttl, emit)?,
            }
            read.last_values
                .sent(number, &parsed.address, value, parsed.ttl);
        } else if self.input == Input::Params {
            return Err(Failure::usage("'set -' writes params only")
                .with_hint("Use publish - for records of other types"));
        } else {
            packer.publish(number, &parser.publish(&parsed)?, emit)?;
        }
        Ok(sent)
    }

    /// Handles a line that is a value.
    fn value(
        &mut self,
        number: u64,
        bytes: &[u8],
        packer: &mut Packer,
    ) -> Result<Result<(), ChannelClosed>, Failure> {
        let Input::Values(values) = &mut self.input else {
            return Ok(Ok(()));
        };
        let text = String::from_utf8_lossy(bytes);
        let value = json::from_json(&text)?;
        values.pace();
        let units = &self.units;
        let mut sent = Ok(());
        packer.publish(number, &values.next(value), |unit| {
            if units.blocking_send(unit).is_err() {
                sent = Err(ChannelClosed);
            }
        })?;
        if values.is_due() && sent.is_ok() {
            sent = self.flush(packer);
        }
        Ok(sent)
    }

    fn flush(&self, packer: &mut Packer) -> Result<(), ChannelClosed> {
        let mut sent = Ok(());
        packer.flush(|unit| {
            if self.units.blocking_send(unit).is_err() {
                sent = Err(ChannelClosed);
            }
        });
        sent
    }
}

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
