//! Reads the input. Takes lines, gives units. Runs on its own thread, because reading stdin blocks.

use std::io::Read;

use tokio::sync::mpsc;

use super::super::allow::Allow;
use super::Input;
use crate::clasp::client::bulk::unit::{Packer, Unit};
use crate::clasp::client::bulk::verify::LastValues;
use crate::clasp::record::Parser;
use crate::clasp::wire::{SignalType, json};
use crate::error::Failure;
use crate::text::lines::{LINE_LIMIT, Lines};

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
