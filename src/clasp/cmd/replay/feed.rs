//! Plays a recording. Takes its lines, gives units at their times, or for `--dry-run` a [`Plan`] at
//! once. Runs on its own thread, because reading blocks and because a thread sleeps more precisely
//! than the runtime's timer.
//!
//! The time of each record is counted from the start, so that delays do not add up. A record is
//! read only shortly before its time, so that the memory does not grow with the recording, except
//! for the initial values.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Seek};
use std::sync::mpsc as std_mpsc;
use std::thread::sleep;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::batch::Batch;
use super::plan::Plan;
use crate::clasp::client::bulk::Unit;
use crate::clasp::cmd::allow::Allow;
use crate::clasp::record::remap::Remap;
use crate::clasp::record::schedule::{InitialValue, InitialValues, Schedule, Scheduled, Stamp};
use crate::clasp::record::{ParsedRecord, Parser};
use crate::clasp::wire::SignalType;
use crate::error::Failure;
use crate::term::{Console, Stdin};
use crate::text::count::Count;
use crate::text::duration::InWords;
use crate::text::lines::{LINE_LIMIT, Lines};

/// A longer wait is announced, because it looks like a hanging program.
const LONG_WAIT: Duration = Duration::from_secs(30);

/// The source of the recording.
#[derive(Debug)]
pub enum Source {
    /// Standard input.
    Stdin,
    /// A file, which can be read again.
    File(File),
}

/// Receives the number of operations that have been answered or given up.
#[derive(Debug)]
pub struct SettledCount(pub std_mpsc::Receiver<u64>);

impl SettledCount {
    /// Waits until this many operations are settled; with 0, until there is a connection.
    fn wait(&self, operations: u64) -> Result<(), FeedEnd> {
        loop {
            match self.0.recv() {
                Ok(settled) if settled >= operations => return Ok(()),
                Ok(_) => {}
                Err(_) => return Err(FeedEnd::Closed),
            }
        }
    }
}

/// The settings of a playback.
pub struct RecordFeed {
    /// The recording.
    pub source: Source,
    /// The schedule, without records.
    pub schedule: Schedule,
    /// Whether records are played at their times, or all at once.
    pub timed: bool,
    /// The replacement of addresses.
    pub remap: Remap,
    /// The addresses that the profile allows to write.
    pub allow: Allow,
    /// How often to play it; `None` is for ever.
    pub rounds: Option<u64>,
    /// For notes.
    pub console: Console,
    /// The destination.
    pub output: Output,
}

/// The destination of a playback.
pub enum Output {
    /// A router.
    Router {
        /// The channel to the sending thread.
        units: mpsc::Sender<Unit>,
        /// Tells when there is a connection and when the initial values are settled. `None` after
        /// the start.
        gate: Option<SettledCount>,
    },
    /// A plan, which is only printed.
    Plan(Plan),
}

/// The result of a playback.
#[derive(Debug, Default)]
pub struct FeedResult {
    /// Params that were set before the start.
    pub seeded: u64,
    /// SETs that were sent in bundles.
    pub bundled: u64,
    /// How often it was played to the end.
    pub rounds: u64,
    /// The length of one round.
    pub length: Duration,
    /// The failure that ended it, with its line.
    pub stopped: Option<Failure>,
    /// The plan, for `--dry-run`.
    pub plan: Option<Plan>,
}

/// Why a round ended early.
enum FeedEnd {
    /// The sending side has closed the channel.
    Closed,
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for FeedEnd {
    fn from(error: E) -> FeedEnd {
        FeedEnd::Failed(error.into())
    }
}

impl RecordFeed {
    /// Plays everything.
    pub fn run(self) -> FeedResult {
        let RecordFeed {
            mut source,
            schedule,
            timed,
            remap,
            allow,
            rounds,
            console,
            output,
        } = self;
        let mut player = Player {
            timed,
            remap,
            allow,
            console,
            output,
            schedule: schedule.clone(),
            initial_values: InitialValues::default(),
            batch: Batch::default(),
            origin: None,
            next: None,
            result: FeedResult::default(),
        };
        let ended = loop {
            if let Err(stop) = player.round(&mut source) {
                break Err(stop);
            }
            player.note_clock_steps();
            player.result.rounds += 1;
            if Some(player.result.rounds) == rounds {
                break Ok(());
            }
            if let Err(stop) = player.again(&mut source, rounds.is_none()) {
                break Err(stop);
            }
            player.schedule = schedule.clone();
        };
        if let Err(FeedEnd::Failed(failure)) = ended {
            player.result.stopped = Some(failure);
        }
        player.result.bundled = player.batch.bundled;
        player.result.length = player.schedule.length();
        if let Output::Plan(plan) = player.output {
            player.result.plan = Some(plan);
        }
        player.result
    }
}

struct Player {
    timed: bool,
    remap: Remap,
    allow: Allow,
    console: Console,
    output: Output,
    schedule: Schedule,
    initial_values: InitialValues,
    batch: Batch,
    /// When this round's clock started.
    origin: Option<Instant>,
    /// When this round has to start, if there was one before.
    next: Option<Instant>,
    result: FeedResult,
}

impl Player {
    /// Plays one round.
    fn round(&mut self, source: &mut Source) -> Result<(), FeedEnd> {
        match source {
            Source::Stdin => self.lines(Stdin, Stdin::is_ready),
            Source::File(file) => self.lines(file, || true),
        }
    }

    /// Plays all lines. `ready` tells whether a read would return at once.
    fn lines(&mut self, source: impl Read, ready: impl Fn() -> bool) -> Result<(), FeedEnd> {
        let mut lines = Lines::new(source, LINE_LIMIT);
        let mut parser = Parser::default();
        loop {
            // Before a read that would block, the batch is sent.
            if !lines.has_line() && !ready() {
                self.release()?;
            }
            let line = match lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(error) => return self.fail(Failure::usage(error.to_string())),
            };
            match self.line(line.number, line.bytes, &mut parser) {
                Ok(()) => {}
                Err(FeedEnd::Closed) => return Err(FeedEnd::Closed),
                Err(FeedEnd::Failed(failure)) => {
                    return self.fail(failure.context(format!("line {}", line.number)));
                }
            }
        }
        if self.schedule.is_past_end() {
            let length = InWords(self.schedule.reached());
            return Err(FeedEnd::Failed(Failure::usage(format!(
                "--start is behind the end of the recording, which is {length} long"
            ))));
        }
        self.start()?;
        self.release()
    }

    /// Sends the operations before the failing line.
    fn fail(&mut self, failure: Failure) -> Result<(), FeedEnd> {
        if self.origin.is_some() {
            self.release()?;
        }
        Err(FeedEnd::Failed(failure))
    }

    /// Warns in the first round if the recorder's clock was set back.
    fn note_clock_steps(&self) {
        let steps = self.schedule.clock_steps();
        if steps > 0 && self.result.rounds == 0 {
            self.console.warn(format_args!(
                "the recorder's clock was set back {}: there, the next record followed at once",
                match steps {
                    1 => "once".to_owned(),
                    steps => format!("{} times", Count(steps)),
                }
            ));
        }
    }

    /// Prepares the next round.
    fn again(&mut self, source: &mut Source, endless: bool) -> Result<(), FeedEnd> {
        if endless && self.schedule.length().is_zero() {
            return Err(FeedEnd::Failed(Failure::usage(
                "--loop needs a recording that takes some time: this one is over at once",
            )));
        }
        if let Source::File(file) = source {
            file.rewind().map_err(|error| {
                Failure::usage(format!("--loop cannot read the recording again: {error}"))
            })?;
        }
        let origin = self.origin.take();
        self.next = origin.map(|origin| origin + self.schedule.length());
        Ok(())
    }

    fn line(&mut self, number: u64, bytes: &[u8], parser: &mut Parser) -> Result<(), FeedEnd> {
        let Some(mut parsed) = parser.parse(bytes)? else {
            return Ok(());
        };
        let stamp = Stamp::read(bytes)?;
        if let Some(mapped) = self.remap.apply(&parsed.address)? {
            parsed.address = Cow::Owned(mapped);
        }
        self.allow.check(&parsed.address)?;
        let param = parsed.signal == SignalType::Param;
        let place = self
            .schedule
            .place(stamp.received()?, stamp.snapshot, param);
        match place {
            Scheduled::Skip => Ok(()),
            Scheduled::Initial => {
                self.initial_values.put(InitialValue {
                    line: number,
                    address: parsed.address.into(),
                    value: (parsed.value.unwrap_or_default(), parser.value().into()),
                    ttl: parsed.ttl,
                });
                Ok(())
            }
            Scheduled::At(offset) => self.play(number, &parsed, parser, offset),
        }
    }

    fn play(
        &mut self,
        number: u64,
        parsed: &ParsedRecord<'_>,
        parser: &Parser,
        offset: Duration,
    ) -> Result<(), FeedEnd> {
        let origin = self.start()?;
        if let Output::Plan(plan) = &mut self.output {
            return Ok(plan.record(offset, parsed, parser)?);
        }
        let due =
            if self.timed {
                Some(origin.checked_add(offset).ok_or_else(|| {
                    Failure::usage("at this speed its time is too far in the future")
                })?)
            } else {
                None
            };
        if !self.batch.takes(parsed, due, Instant::now()) {
            self.release()?;
        }
        self.batch.add(number, parsed, parser, due)?;
        if self.batch.is_full() {
            self.await_batch();
            let units = self.batch.full();
            self.send(units)?;
        }
        Ok(())
    }

    /// Sends the initial values and starts the clock, if it is not running yet.
    fn start(&mut self) -> Result<Instant, FeedEnd> {
        if let Some(origin) = self.origin {
            return Ok(origin);
        }
        let initial_values = self.initial_values.take();
        self.result.seeded += initial_values.len() as u64;
        let gate = match &mut self.output {
            Output::Router { gate, .. } => gate.take(),
            Output::Plan(plan) => {
                initial_values
                    .iter()
                    .try_for_each(|initial| plan.initial(initial))?;
                return Ok(*self.origin.insert(Instant::now()));
            }
        };
        if let Some(gate) = &gate {
            gate.wait(0)?;
        }
        if let Some(next) = self.next {
            sleep(next.saturating_duration_since(Instant::now()));
        }
        for initial in &initial_values {
            self.batch.initial(initial)?;
        }
        let units = self.batch.take(Instant::now());
        self.send(units)?;
        if let Some(gate) = gate
            && !initial_values.is_empty()
        {
            gate.wait(initial_values.len() as u64)?;
        }
        let origin = self.next.unwrap_or_else(Instant::now);
        Ok(*self.origin.insert(origin))
    }

    /// Waits until the batch is due, and sends it.
    fn release(&mut self) -> Result<(), FeedEnd> {
        self.await_batch();
        let units = self.batch.take(Instant::now());
        self.send(units)
    }

    fn await_batch(&self) {
        if let Some(due) = self.batch.due() {
            let wait = due.saturating_duration_since(Instant::now());
            if wait > LONG_WAIT {
                self.console.note(format_args!(
                    "the next record is due in {}; --max-pause shortens pauses",
                    InWords(wait)
                ));
            }
            sleep(wait);
        }
    }

    fn send(&self, ready: Vec<Unit>) -> Result<(), FeedEnd> {
        let Output::Router { units, .. } = &self.output else {
            return Ok(());
        };
        ready
            .into_iter()
            .try_for_each(|unit| units.blocking_send(unit))
            .map_err(|_| FeedEnd::Closed)
    }
}
