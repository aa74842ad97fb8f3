//! A million writes, each accounted for. Takes [`Unit`]s, and gives a [`Report`].
//!
//! Eight units are in flight at a time; [`Pipeline`] tells which of them a reply belongs to. When a
//! unit is refused, those behind it may have been done already: all of their replies are awaited,
//! then the refused one is sent again (for rate: whole, otherwise operation by operation, so that
//! the refusal names its line), and after it the SETs that had overtaken it, so that the last value
//! written is the last value in the input. What is not state cannot be repeated that way: it is sent
//! once, and if it came out of order that is said.
//!
//! ```text
//!   units ──▶ in flight (8) ──▶ acknowledged
//!                │  ▲
//!        refused │  │ one at a time
//!                ▼  │
//!                redo
//! ```

mod recover;
pub mod unit;
pub mod verify;

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use super::connection::Load;
use super::pipeline::{Expects, Incoming, Pipeline, Ticket};
use super::{Error, Reconnect, Refusal, Target};

pub use unit::{Unit, UnitKind};

/// How many units are sent before the first of them must be answered, where only throughput counts.
pub const IN_FLIGHT: usize = 8;

/// How a bulk run is to go.
#[derive(Debug, Clone)]
pub struct Options {
    /// Stop at the first refused line, or go on without it.
    pub stop_on_refusal: bool,
    /// How many units are sent before the first of them must be answered.
    pub in_flight: usize,
    /// How to come back after a lost connection.
    pub reconnect: Reconnect,
}

/// What became of the lines, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Lines that were sent.
    pub sent: u64,
    /// Lines that the router acknowledged.
    pub acknowledged: u64,
    /// Lines that the router refused for good.
    pub refused: u64,
    /// Lines that were sent more than once, because they had been dropped for rate, or the
    /// connection had gone.
    pub retried: u64,
    /// Lines of which it cannot be known: sent, not acknowledged, and not safe to send again.
    #[serde(skip_serializing_if = "is_zero")]
    pub unknown: u64,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// What happens on the way.
#[derive(Debug)]
pub enum Event<'a> {
    /// The connection is up, or something was sent, answered or given up.
    Progress(&'a Report),
    /// A unit is being sent for the first time.
    Sent(&'a Unit),
    /// The router refused a line for good.
    Refused {
        /// Which line of the input.
        line: u64,
        /// The router's words.
        refusal: Refusal,
    },
    /// The connection is gone, and is being made anew.
    Gone {
        /// How it went.
        cause: String,
    },
    /// It is back.
    Back,
    /// These lines, which cannot be repeated, may or may not have been done.
    Unknown {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// Lines that are no state arrived after later ones, because the router dropped them for rate.
    OutOfOrder {
        /// The first of the later ones.
        first: u64,
        /// The last of the later ones.
        last: u64,
    },
}

/// How the sending ended.
#[derive(Debug)]
pub enum Ended<S> {
    /// Everything has been sent and answered.
    Drained,
    /// `stop` gave this.
    Stopped(S),
    /// The connection could not be made, or is lost for good.
    Failed(Error),
}

/// How long the replies to what is in flight may take, once it is to stop.
const LAST_REPLIES: Duration = Duration::from_millis(500);

/// Sends everything that comes out of `units`, until it is closed or `stop` is ready: then nothing
/// more is sent, and the replies to what is in flight are awaited for a moment.
///
/// Returns what became of the lines, and how it ended.
pub async fn run<S>(
    target: &Target,
    options: &Options,
    units: mpsc::Receiver<Unit>,
    stop: impl Future<Output = S>,
    observe: impl FnMut(Event<'_>),
) -> (Report, Ended<S>) {
    let mut stop = pin!(stop);
    let opened = tokio::select! {
        opened = open(target) => opened,
        why = &mut stop => return (Report::default(), Ended::Stopped(why)),
    };
    let pipeline = match opened {
        Ok(pipeline) => pipeline,
        Err(error) => return (Report::default(), Ended::Failed(error)),
    };
    let mut bulk = Bulk {
        target,
        options,
        observe,
        units,
        drained: false,
        pipeline,
        in_flight: VecDeque::with_capacity(options.in_flight),
        redo: VecDeque::new(),
        refusing: false,
        stopped: false,
        resume: None,
        report: Report::default(),
    };
    (bulk.observe)(Event::Progress(&bulk.report));
    let ended = tokio::select! {
        biased;
        result = bulk.run() => match result {
            Ok(()) => Ended::Drained,
            Err(error) => Ended::Failed(error),
        },
        why = &mut stop => Ended::Stopped(why),
    };
    match &ended {
        Ended::Drained => {}
        Ended::Stopped(_) => {
            // Whatever goes wrong now: what was not answered is unknown.
            let _ = timeout(LAST_REPLIES, bulk.read_last_replies()).await;
            bulk.give_up();
        }
        Ended::Failed(_) => bulk.give_up(),
    }
    let Bulk {
        report, pipeline, ..
    } = bulk;
    pipeline.close().await;
    (report, ended)
}

async fn open(target: &Target) -> Result<Pipeline, Error> {
    let mut pipeline = Pipeline::connect(target, Load::Flood).await?;
    pipeline.welcomed().await?;
    Ok(pipeline)
}

struct InFlight {
    ticket: Ticket,
    unit: Unit,
    reply: Reply,
}

/// What the router has replied to a unit in flight.
enum Reply {
    Awaited,
    Acknowledged,
    TooFast,
    Refused(Refusal),
}

struct Bulk<'a, F> {
    target: &'a Target,
    options: &'a Options,
    observe: F,
    units: mpsc::Receiver<Unit>,
    /// No more units will come.
    drained: bool,
    pipeline: Pipeline,
    in_flight: VecDeque<InFlight>,
    /// To be sent again, one at a time, before anything new.
    redo: VecDeque<Unit>,
    /// Something in flight was refused: nothing more is sent until all of it is answered.
    refusing: bool,
    /// A line was refused for good, and that ends it.
    stopped: bool,
    /// The router refuses everything until then.
    resume: Option<Instant>,
    report: Report,
}

impl<F: FnMut(Event<'_>)> Bulk<'_, F> {
    async fn run(&mut self) -> Result<(), Error> {
        loop {
            match self.step().await {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) if error.is_temporary() => self.come_back(error).await?,
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends what may be sent and handles one reply. Whether there is more to do.
    async fn step(&mut self) -> Result<bool, Error> {
        let wait = self.fill()?;
        if self.in_flight.is_empty() && self.redo.is_empty() && (self.drained || self.stopped) {
            return Ok(false);
        }
        let hungry = wait.is_none() && self.redo.is_empty() && self.may_send_new();
        let wake = wait.unwrap_or_else(Instant::now);
        tokio::select! {
            biased;
            frame = self.pipeline.next() => self.note(&frame?)?,
            unit = self.units.recv(), if hungry => match unit {
                Some(unit) => self.send_new(unit)?,
                None => self.drained = true,
            },
            () = sleep_until(wake), if wait.is_some() => {}
        }
        Ok(true)
    }

    /// Takes note of a frame.
    fn note(&mut self, frame: &[u8]) -> Result<(), Error> {
        match self.pipeline.incoming(frame)? {
            Incoming::Acknowledged(ticket, _) => self.answered(ticket, Reply::Acknowledged),
            Incoming::TooFast(Some((ticket, _)), _) => self.answered(ticket, Reply::TooFast),
            Incoming::Refused(ticket, refusal) => self.answered(ticket, Reply::Refused(refusal)),
            _ => {}
        }
        Ok(())
    }

    /// Sends nothing more; reads until everything in flight is answered.
    async fn read_last_replies(&mut self) -> Result<(), Error> {
        while self.pipeline.waiting() > 0 {
            let frame = self.pipeline.next().await?;
            self.note(&frame)?;
        }
        Ok(())
    }

    /// Sends whatever is ready and allowed. When only the clock is in the way: until when.
    fn fill(&mut self) -> Result<Option<Instant>, Error> {
        loop {
            let allowed = if self.redo.is_empty() {
                self.may_send_new()
            } else {
                self.in_flight.is_empty() && !self.refusing
            };
            if !allowed {
                return Ok(None);
            }
            if let Some(until) = self.held_until() {
                return Ok(Some(until));
            }
            if let Some(unit) = self.redo.pop_front() {
                self.send(unit)?;
                continue;
            }
            match self.units.try_recv() {
                Ok(unit) => self.send_new(unit)?,
                Err(mpsc::error::TryRecvError::Empty) => return Ok(None),
                Err(mpsc::error::TryRecvError::Disconnected) => {
                    self.drained = true;
                    return Ok(None);
                }
            }
        }
    }

    fn may_send_new(&self) -> bool {
        let exclusive = self
            .in_flight
            .back()
            .is_some_and(|last| last.unit.kind == UnitKind::Guarded);
        !self.drained
            && !self.stopped
            && !self.refusing
            && !exclusive
            && self.in_flight.len() < self.options.in_flight
    }

    fn held_until(&mut self) -> Option<Instant> {
        let now = Instant::now();
        if let Some(resume) = self.resume {
            if now < resume {
                return Some(resume);
            }
            self.resume = None;
        }
        self.pipeline.pace.until(now)
    }

    fn send_new(&mut self, unit: Unit) -> Result<(), Error> {
        if unit.kind == UnitKind::Guarded && !self.in_flight.is_empty() {
            // It depends on what is in flight and must not be repeated: it goes alone.
            self.report.sent += unit.operations();
            self.redo.push_back(unit);
            return Ok(());
        }
        if unit.kind == UnitKind::Publishes {
            // A SET that was overtaken can be set right afterwards, an event cannot: keep below the
            // limit from the start.
            self.pipeline.pace.enable();
        }
        self.report.sent += unit.operations();
        (self.observe)(Event::Sent(&unit));
        self.send(unit)?;
        (self.observe)(Event::Progress(&self.report));
        Ok(())
    }

    fn send(&mut self, mut unit: Unit) -> Result<(), Error> {
        if std::mem::replace(&mut unit.sent, true) && !unit.settled {
            self.report.retried += unit.operations();
        }
        let frame = unit.frame.clone();
        // Before it is sent: should that fail, a part of it may have left.
        self.in_flight.push_back(InFlight {
            ticket: self.pipeline.next_ticket(),
            unit,
            reply: Reply::Awaited,
        });
        self.pipeline.send_frame(frame, Expects::Ack).map(drop)
    }

    fn answered(&mut self, ticket: Ticket, reply: Reply) {
        let Some(entry) = self
            .in_flight
            .iter_mut()
            .find(|entry| entry.ticket == ticket)
        else {
            return;
        };
        self.refusing |= !matches!(reply, Reply::Acknowledged);
        entry.reply = reply;
        while let Some(InFlight {
            reply: Reply::Acknowledged,
            unit,
            ..
        }) = self.in_flight.front()
        {
            if !unit.settled {
                self.report.acknowledged += unit.operations();
            }
            self.in_flight.pop_front();
        }
        let open = self
            .in_flight
            .iter()
            .any(|entry| matches!(entry.reply, Reply::Awaited));
        if self.refusing && !open {
            self.recover();
        }
        (self.observe)(Event::Progress(&self.report));
    }
}
