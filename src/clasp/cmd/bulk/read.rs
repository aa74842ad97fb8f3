//! Reads the input. Takes lines, gives units; on a thread of its own, because reading stdin blocks.

use std::io::Read;

use tokio::sync::mpsc;

use super::super::allow::Allow;
use super::Input;
use crate::clasp::client::bulk::unit::{Packer, Unit};
use crate::clasp::client::bulk::verify::Finals;
use crate::clasp::record::Parser;
use crate::clasp::wire::{SignalType, json};
use crate::error::Failure;
use crate::text::lines::{LINE_LIMIT, Lines};

/// What became of the input.
#[derive(Debug)]
pub struct LinesRead {
    /// The last value sent to each address.
    pub finals: Finals,
    /// Whether any line wrote a param.
    pub params: bool,
    /// Lines that were skipped, because they say nothing that can be sent.
    pub invalid: u64,
    /// The line that ended it, and why.
    pub stopped: Option<Failure>,
}

/// What the feed does with its lines.
pub struct LineReader<B> {
    /// What a line may be.
    pub input: Input,
    /// Whether every operation travels alone.
    pub single: bool,
    /// How many addresses are remembered.
    pub remember: usize,
    /// Where lines may write.
    pub allow: Allow,
    /// Where the units go.
    pub units: mpsc::Sender<Unit>,
    /// Called with a line that cannot be sent; whether to go on without it.
    pub bad: B,
}

/// Whoever takes the units has gone.
struct Gone;

impl<B: FnMut(u64, &Failure) -> bool> LineReader<B> {
    /// Reads everything. `ready` says whether a read would give something at once.
    pub fn run(mut self, source: impl Read, ready: impl Fn() -> bool) -> LinesRead {
        let mut fed = LinesRead {
            finals: Finals::new(self.remember),
            params: false,
            invalid: 0,
            stopped: None,
        };
        let mut lines = Lines::new(source, LINE_LIMIT);
        let mut parser = Parser::default();
        let mut packer = Packer::new(self.single);
        loop {
            // Whatever has gathered goes out before a read that would block.
            if !lines.has_line() && !ready() && self.flush(&mut packer).is_err() {
                return fed;
            }
            let line = match lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(error) => {
                    fed.stopped = Some(Failure::usage(error.to_string()));
                    break;
                }
            };
            match self.line(line.number, line.bytes, &mut parser, &mut packer, &mut fed) {
                Ok(Ok(())) => {}
                Ok(Err(Gone)) => return fed,
                Err(failure) => {
                    fed.invalid += 1;
                    let number = line.number;
                    if !(self.bad)(number, &failure) {
                        fed.stopped = Some(failure.context(format!("line {number}")));
                        break;
                    }
                }
            }
        }
        if let Input::Values(values) = &mut self.input
            && let Some(end) = values.end(fed.stopped.is_none())
        {
            let units = &self.units;
            let packed = packer.publish(lines.number(), &end, |unit| {
                let _ = units.blocking_send(unit);
            });
            debug_assert!(packed.is_ok(), "its payload has been sent before");
        }
        let _ = self.flush(&mut packer);
        fed
    }

    fn line(
        &mut self,
        number: u64,
        bytes: &[u8],
        parser: &mut Parser,
        packer: &mut Packer,
        fed: &mut LinesRead,
    ) -> Result<Result<(), Gone>, Failure> {
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
                sent = Err(Gone);
            }
        };
        if parsed.signal == SignalType::Param {
            fed.params = true;
            let value = (parsed.value.unwrap_or_default(), parser.value());
            match parsed.if_revision {
                Some(revision) => {
                    packer.guarded(number, &parsed.address, value, parsed.ttl, revision, emit)?;
                }
                None => packer.set(number, &parsed.address, value, parsed.ttl, emit)?,
            }
            fed.finals.sent(number, &parsed.address, value, parsed.ttl);
        } else if self.input == Input::Params {
            return Err(Failure::usage("'set -' writes params only")
                .with_hint("Use publish - for records of other types"));
        } else {
            packer.publish(number, &parser.publish(&parsed)?, emit)?;
        }
        Ok(sent)
    }

    /// A line that is a value.
    fn value(
        &mut self,
        number: u64,
        bytes: &[u8],
        packer: &mut Packer,
    ) -> Result<Result<(), Gone>, Failure> {
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
                sent = Err(Gone);
            }
        })?;
        if values.is_due() && sent.is_ok() {
            sent = self.flush(packer);
        }
        Ok(sent)
    }

    fn flush(&self, packer: &mut Packer) -> Result<(), Gone> {
        let mut sent = Ok(());
        packer.flush(|unit| {
            if self.units.blocking_send(unit).is_err() {
                sent = Err(Gone);
            }
        });
        sent
    }
}
