//! A recording enters, units leave at their times; runs on a thread of its own, because reading
//! blocks, and because a thread sleeps more exactly than the runtime's timer. Or a [`Plan`] leaves,
//! at once: what would have been sent, and when.
//!
//! A record is due at an instant of its own, counted from the start: nothing adds up. It is read
//! only shortly before that, so that a recording of any length takes the same memory, but for the
//! params that the start needs.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Seek};
use std::sync::mpsc as std_mpsc;
use std::thread::sleep;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::chord::Chord;
use super::plan::Plan;
use crate::clasp::client::bulk::Unit;
use crate::clasp::cmd::allow::Allow;
use crate::clasp::record::remap::Remap;
use crate::clasp::record::schedule::{Place, Schedule, Seed, Seeds, Stamp};
use crate::clasp::record::{Parsed, Parser};
use crate::clasp::wire::SignalType;
use crate::error::Failure;
use crate::term::{Console, Stdin};
use crate::text::count::Count;
use crate::text::duration::InWords;
use crate::text::lines::{LINE_LIMIT, Lines};

/// A wait that is longer than this is announced: nobody can tell it from a program that hangs.
const LONG_WAIT: Duration = Duration::from_secs(30);

/// Where the recording is.
#[derive(Debug)]
pub enum Source {
    /// Piped in.
    Stdin,
    /// In a file, which can be read again.
    File(File),
}

/// How far the answers have come: how many operations have been answered or given up.
#[derive(Debug)]
pub struct Gate(pub std_mpsc::Receiver<u64>);

impl Gate {
    /// Waits until so many operations are settled; none are as soon as there is a connection.
    fn wait(&self, operations: u64) -> Result<(), Stop> {
        loop {
            match self.0.recv() {
                Ok(settled) if settled >= operations => return Ok(()),
                Ok(_) => {}
                Err(_) => return Err(Stop::Gone),
            }
        }
    }
}

/// How the recording is read and played.
pub struct Feed {
    /// Where it is.
    pub source: Source,
    /// When its records are played; one that knows none of them yet.
    pub schedule: Schedule,
    /// Whether time is kept at all.
    pub timed: bool,
    /// Which addresses take the place of others.
    pub remap: Remap,
    /// Where the chosen profile lets us write.
    pub allow: Allow,
    /// How often; none is for ever.
    pub rounds: Option<u64>,
    /// Where notes go.
    pub console: Console,
    /// Where it goes.
    pub stage: Stage,
}

/// Where a recording is played.
pub enum Stage {
    /// To a router.
    Router {
        /// Where the units go.
        units: mpsc::Sender<Unit>,
        /// Tells when there is a connection, and when the seeds are planted; until the start.
        gate: Option<Gate>,
    },
    /// On paper.
    Paper(Plan),
}

/// What became of the recording.
#[derive(Debug, Default)]
pub struct Fed {
    /// Params that were set before the start.
    pub seeded: u64,
    /// SETs that went in bundles.
    pub bundled: u64,
    /// How often it was played to its end.
    pub rounds: u64,
    /// How long it plays, once.
    pub length: Duration,
    /// The line that ended it, and why.
    pub stopped: Option<Failure>,
    /// The plan, if it was played on paper.
    pub plan: Option<Plan>,
}

/// Why it is not read on.
enum Stop {
    /// Whoever takes the units has gone.
    Gone,
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Stop {
    fn from(error: E) -> Stop {
        Stop::Failed(error.into())
    }
}

impl Feed {
    /// Plays everything.
    pub fn run(self) -> Fed {
        let Feed {
            mut source,
            schedule,
            timed,
            remap,
            allow,
            rounds,
            console,
            stage,
        } = self;
        let mut player = Player {
            timed,
            remap,
            allow,
            console,
            stage,
            schedule: schedule.clone(),
            seeds: Seeds::default(),
            chord: Chord::default(),
            origin: None,
            next: None,
            fed: Fed::default(),
        };
        let ended = loop {
            if let Err(stop) = player.round(&mut source) {
                break Err(stop);
            }
            player.note_steps();
            player.fed.rounds += 1;
            if Some(player.fed.rounds) == rounds {
                break Ok(());
            }
            if let Err(stop) = player.again(&mut source, rounds.is_none()) {
                break Err(stop);
            }
            player.schedule = schedule.clone();
        };
        if let Err(Stop::Failed(failure)) = ended {
            player.fed.stopped = Some(failure);
        }
        player.fed.bundled = player.chord.bundled;
        player.fed.length = player.schedule.length();
        if let Stage::Paper(plan) = player.stage {
            player.fed.plan = Some(plan);
        }
        player.fed
    }
}

struct Player {
    timed: bool,
    remap: Remap,
    allow: Allow,
    console: Console,
    stage: Stage,
    schedule: Schedule,
    seeds: Seeds,
    chord: Chord,
    /// When this round's clock started.
    origin: Option<Instant>,
    /// When it is to start, if there was a round before.
    next: Option<Instant>,
    fed: Fed,
}

impl Player {
    /// Plays it once.
    fn round(&mut self, source: &mut Source) -> Result<(), Stop> {
        match source {
            Source::Stdin => self.lines(Stdin, Stdin::is_ready),
            Source::File(file) => self.lines(file, || true),
        }
    }

    /// `ready` says whether a read would give something at once.
    fn lines(&mut self, source: impl Read, ready: impl Fn() -> bool) -> Result<(), Stop> {
        let mut lines = Lines::new(source, LINE_LIMIT);
        let mut parser = Parser::default();
        loop {
            // Whatever has gathered goes out before a read that would block.
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
                Err(Stop::Gone) => return Err(Stop::Gone),
                Err(Stop::Failed(failure)) => {
                    return self.fail(failure.context(format!("line {}", line.number)));
                }
            }
        }
        if self.schedule.is_past_end() {
            let length = InWords(self.schedule.reached());
            return Err(Stop::Failed(Failure::usage(format!(
                "--start is behind the end of the recording, which is {length} long"
            ))));
        }
        self.start()?;
        self.release()
    }

    /// Plays what came before the line that ends it.
    fn fail(&mut self, failure: Failure) -> Result<(), Stop> {
        if self.origin.is_some() {
            self.release()?;
        }
        Err(Stop::Failed(failure))
    }

    /// Says that the recorder's clock was set back, once.
    fn note_steps(&self) {
        let steps = self.schedule.steps();
        if steps > 0 && self.fed.rounds == 0 {
            self.console.warn(format_args!(
                "the recorder's clock was set back {}: there, the next record followed at once",
                match steps {
                    1 => "once".to_owned(),
                    steps => format!("{} times", Count(steps)),
                }
            ));
        }
    }

    /// From the beginning, behind what was played.
    fn again(&mut self, source: &mut Source, endless: bool) -> Result<(), Stop> {
        if endless && self.schedule.length().is_zero() {
            return Err(Stop::Failed(Failure::usage(
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

    fn line(&mut self, number: u64, bytes: &[u8], parser: &mut Parser) -> Result<(), Stop> {
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
            Place::Skip => Ok(()),
            Place::Seed => {
                self.seeds.put(Seed {
                    line: number,
                    address: parsed.address.into(),
                    value: (parsed.value.unwrap_or_default(), parser.value().into()),
                    ttl: parsed.ttl,
                });
                Ok(())
            }
            Place::At(offset) => self.play(number, &parsed, parser, offset),
        }
    }

    fn play(
        &mut self,
        number: u64,
        parsed: &Parsed<'_>,
        parser: &Parser,
        offset: Duration,
    ) -> Result<(), Stop> {
        let origin = self.start()?;
        if let Stage::Paper(plan) = &mut self.stage {
            return Ok(plan.record(offset, parsed, parser)?);
        }
        let due = if self.timed {
            Some(origin.checked_add(offset).ok_or_else(|| {
                Failure::usage("at this speed, its turn would not come in this age")
            })?)
        } else {
            None
        };
        if !self.chord.takes(parsed, due, Instant::now()) {
            self.release()?;
        }
        self.chord.add(number, parsed, parser, due)?;
        if self.chord.is_full() {
            self.await_chord();
            let units = self.chord.full();
            self.send(units)?;
        }
        Ok(())
    }

    /// Plants the seeds and starts the clock, if it does not run yet.
    fn start(&mut self) -> Result<Instant, Stop> {
        if let Some(origin) = self.origin {
            return Ok(origin);
        }
        let seeds = self.seeds.take();
        self.fed.seeded += seeds.len() as u64;
        let gate = match &mut self.stage {
            Stage::Router { gate, .. } => gate.take(),
            Stage::Paper(plan) => {
                seeds.iter().try_for_each(|seed| plan.seed(seed))?;
                return Ok(*self.origin.insert(Instant::now()));
            }
        };
        if let Some(gate) = &gate {
            gate.wait(0)?;
        }
        if let Some(next) = self.next {
            sleep(next.saturating_duration_since(Instant::now()));
        }
        for seed in &seeds {
            self.chord.seed(seed)?;
        }
        let units = self.chord.take(Instant::now());
        self.send(units)?;
        if let Some(gate) = gate
            && !seeds.is_empty()
        {
            gate.wait(seeds.len() as u64)?;
        }
        let origin = self.next.unwrap_or_else(Instant::now);
        Ok(*self.origin.insert(origin))
    }

    /// Waits for the time of what has gathered, and sends it.
    fn release(&mut self) -> Result<(), Stop> {
        self.await_chord();
        let units = self.chord.take(Instant::now());
        self.send(units)
    }

    fn await_chord(&self) {
        if let Some(due) = self.chord.due() {
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

    fn send(&self, ready: Vec<Unit>) -> Result<(), Stop> {
        let Stage::Router { units, .. } = &self.stage else {
            return Ok(());
        };
        ready
            .into_iter()
            .try_for_each(|unit| units.blocking_send(unit))
            .map_err(|_| Stop::Gone)
    }
}
