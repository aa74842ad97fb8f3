//! Lines enter, units leave; runs on a thread of its own, because reading stdin blocks.

use std::io::Read;

use tokio::sync::mpsc;

use super::Input;
use crate::clasp::client::bulk::unit::{Packer, Unit};
use crate::clasp::client::bulk::verify::Finals;
use crate::clasp::record::{Parsed, Parser};
use crate::clasp::wire::{SignalType, Ttl};
use crate::error::Failure;
use crate::text::lines::{LINE_LIMIT, Lines};

/// A time to live below this may be over before the value is read again.
const SHORT_LIVED: u32 = 60;

/// What became of the input.
#[derive(Debug)]
pub struct Fed {
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
pub struct Feed<B> {
    /// What a line may be.
    pub input: Input,
    /// Whether every operation travels alone.
    pub single: bool,
    /// How many addresses are remembered.
    pub remember: usize,
    /// Where the units go.
    pub units: mpsc::Sender<Unit>,
    /// Called with a line that cannot be sent; whether to go on without it.
    pub bad: B,
}

/// Whoever takes the units has gone.
struct Gone;

impl<B: FnMut(u64, &Failure) -> bool> Feed<B> {
    /// Reads everything. `ready` says whether a read would give something at once.
    pub fn run(mut self, source: impl Read, ready: impl Fn() -> bool) -> Fed {
        let mut fed = Fed {
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
        let _ = self.flush(&mut packer);
        fed
    }

    fn line(
        &mut self,
        number: u64,
        bytes: &[u8],
        parser: &mut Parser,
        packer: &mut Packer,
        fed: &mut Fed,
    ) -> Result<Result<(), Gone>, Failure> {
        let Some(parsed) = parser.parse(bytes)? else {
            return Ok(Ok(()));
        };
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
            remember(&mut fed.finals, number, &parsed, value);
        } else if self.input == Input::Params {
            return Err(Failure::usage("'set -' writes params only")
                .with_hint("Use publish - for records of other types"));
        } else {
            packer.publish(number, &parser.publish(&parsed)?, emit)?;
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

#[inline]
fn remember(finals: &mut Finals, line: u64, parsed: &Parsed<'_>, value: (u8, &[u8])) {
    match parsed.ttl {
        Some(Ttl::Sliding(seconds) | Ttl::Absolute(seconds)) if seconds < SHORT_LIVED => {
            finals.forget(&parsed.address);
        }
        _ => finals.sent(line, &parsed.address, value),
    }
}
