//! Sends very many writes and accounts for each. Takes [`Unit`]s, and gives a [`BulkReport`].
//!
//! Up to eight units are in flight at a time; [`Pipeline`] matches the replies to them. A router of a
//! cluster is sent single SETs instead, many at a time: to it, a bundle is one atomic batch of the
//! engine, which takes longer than its SETs one by one. When a unit
//! is refused, the units behind it may have been executed already: all replies are awaited, then
//! the refused unit is sent again (as a whole after a rate limit, otherwise operation by operation,
//! so that the refusal can be reported with its line), and after it the SETs that overtook it, so
//! that the last value written is the last value of the input. Signals other than params cannot be
//! repeated that way: they are sent once, and if they arrived out of order, that is reported.
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
use super::{Error, Reconnect, Refusal, Target, is_zero};
use crate::clasp::wire::Capability;

pub use unit::{Unit, UnitKind};

/// How many units are sent before the first of them must be answered, where only throughput counts.
pub const IN_FLIGHT: usize = 8;

/// How many single SETs are sent to a router of a cluster before the first of them must be answered.
/// Each waits for the engine; a router stops reading a session at about twice as many.
const SINGLES_IN_FLIGHT: usize = 512;

/// The options of a bulk run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether the first refused line ends the run; otherwise the run goes on without it.
    pub stop_on_refusal: bool,
    /// How many units are sent before the first of them must be answered.
    pub in_flight: usize,
    /// Whether the SETs of a unit arrive together, in a cluster, too.
    pub keeps_bundles: bool,
    /// How to reconnect after a lost connection.
    pub reconnect: Reconnect,
}

/// What became of the lines, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct BulkReport {
    /// Lines that were sent.
    pub sent: u64,
    /// Lines that the router acknowledged.
    pub acknowledged: u64,
    /// Those of them that were acknowledged together with others, in a bundle.
    #[serde(skip)]
    pub in_bundles: u64,
    /// Lines that the router refused for good.
    pub refused: u64,
    /// Lines that were sent more than once, because the rate limit dropped them or the connection
    /// was lost.
    pub retried: u64,
    /// Lines whose outcome is unknown: sent, not acknowledged, and not safe to send again.
    #[serde(skip_serializing_if = "is_zero")]
    pub unknown: u64,
}

/// What the observer of a run is told.
#[derive(Debug)]
pub enum Event<'a> {
    /// The counts may have changed: something was sent, answered or given up.
    Progress(&'a BulkReport),
    /// A unit is being sent for the first time.
    Sent(&'a Unit),
    /// The router refused a line for good.
    Refused {
        /// Which line of the input.
        line: u64,
        /// The router's words.
        refusal: Refusal,
    },
    /// The connection was lost, and is being made again.
    Disconnected {
        /// Why it was lost.
        cause: String,
    },
    /// The connection has been made again.
    Reconnected,
    /// The outcome of these lines is unknown, and they cannot be repeated.
    Unknown {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// Signals that are not params arrived before earlier lines, which the router had dropped for
    /// rate.
    OutOfOrder {
        /// The first line that arrived too early.
        first: u64,
        /// The last line that arrived too early.
        last: u64,
    },
}

/// How the run ended.
#[derive(Debug)]
pub enum Ended<S> {
    /// Everything has been sent and answered.
    Drained,
    /// `stop` completed with this value.
    Stopped(S),
    /// The connection could not be made, or is lost for good.
    Failed(Error),
}

/// How long to wait for the replies to units in flight when the run is stopped.
const LAST_REPLIES: Duration = Duration::from_millis(500);

/// Sends everything from `units`, until that channel is closed or `stop` completes: then nothing
/// more is sent, and the replies to units in flight are awaited for [`LAST_REPLIES`].
///
/// Gives what became of the lines, and how the run ended.
pub async fn run<S>(
    target: &Target,
    options: &Options,
    units: mpsc::Receiver<Unit>,
    stop: impl Future<Output = S>,
    observe: impl FnMut(Event<'_>),
) -> (BulkReport, Ended<S>) {
    let mut stop = pin!(stop);
    let opened = tokio::select! {
        opened = open(target, options) => opened,
        why = &mut stop => return (BulkReport::default(), Ended::Stopped(why)),
    };
    let (pipeline, packing) = match opened {
        Ok(opened) => opened,
        Err(error) => return (BulkReport::default(), Ended::Failed(error)),
    };
    let mut bulk = Bulk {
        target,
        options,
        observe,
        units,
        drained: false,
        pipeline,
        packing,
        in_flight: VecDeque::with_capacity(options.in_flight),
        parts: VecDeque::new(),
        redo: VecDeque::new(),
        refusing: false,
        stopped: false,
        resume: None,
        report: BulkReport::default(),
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
            // Errors do not matter here: the outcome of unanswered units is unknown in any case.
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

/// Connects. Gives also how units are packed there.
async fn open(target: &Target, options: &Options) -> Result<(Pipeline, Packing), Error> {
    let mut pipeline = Pipeline::connect(target, Load::Bulk).await?;
    let welcome = pipeline.welcomed().await?;
    let packing = Packing {
        bundle_max: welcome.bundle_max(),
        single_sets: welcome.has(Capability::SharedRevisions) && !options.keeps_bundles,
    };
    Ok((pipeline, packing))
}

/// How units are packed for a router.
#[derive(Debug, Clone, Copy)]
struct Packing {
    /// How many operations a bundle may have.
    bundle_max: usize,
    /// Whether every SET is sent alone.
    single_sets: bool,
}

impl Packing {
    /// How many operations a unit of this kind may have.
    fn most(self, kind: UnitKind) -> usize {
        if self.single_sets && kind == UnitKind::Sets {
            1
        } else {
            self.bundle_max
        }
    }
}

struct InFlight {
    ticket: Ticket,
    unit: Unit,
    reply: Reply,
}

/// The router's reply to a unit in flight.
enum Reply {
    Awaited,
    Acknowledged,
    RateLimited,
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
    packing: Packing,
    in_flight: VecDeque<InFlight>,
    /// The rest of a unit that was too large for this router; it is sent before other new units.
    parts: VecDeque<Unit>,
    /// Units to send again, one at a time, before anything new.
    redo: VecDeque<Unit>,
    /// A unit in flight was refused: nothing more is sent until all units in flight are answered.
    refusing: bool,
    /// A line was refused for good, and the options say that this ends the run.
    stopped: bool,
    /// The router's rate limit refuses everything until then.
    resume: Option<Instant>,
    report: BulkReport,
}

impl BulkReport {
    /// Counts the lines of an acknowledged unit.
    fn acknowledge(&mut self, unit: &Unit) {
        let lines = unit.operations();
        self.acknowledged += lines;
        if lines > 1 {
            self.in_bundles += lines;
        }
    }
}

impl<F: FnMut(Event<'_>)> Bulk<'_, F> {
    async fn run(&mut self) -> Result<(), Error> {
        loop {
            match self.step().await {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) if error.is_temporary() => self.reconnect(error).await?,
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends what may be sent and handles one reply. Gives whether there is more to do.
    async fn step(&mut self) -> Result<bool, Error> {
        let wait = self.fill()?;
        let nothing_new = self.stopped || (self.drained && self.parts.is_empty());
        if self.in_flight.is_empty() && self.redo.is_empty() && nothing_new {
            return Ok(false);
        }
        let takes_new =
            wait.is_none() && self.redo.is_empty() && !self.drained && self.may_send_new();
        let wake = wait.unwrap_or_else(Instant::now);
        tokio::select! {
            biased;
            frame = self.pipeline.next() => self.note(&frame?)?,
            unit = self.units.recv(), if takes_new => match unit {
                Some(unit) => self.send_new(unit)?,
                None => self.drained = true,
            },
            () = sleep_until(wake), if wait.is_some() => {}
        }
        Ok(true)
    }

    /// Handles one frame from the router.
    fn note(&mut self, frame: &[u8]) -> Result<(), Error> {
        match self.pipeline.incoming(frame)? {
            Incoming::Acknowledged(ticket, _) => self.answered(ticket, Reply::Acknowledged),
            Incoming::RateLimited(Some((ticket, _)), _) => {
                self.answered(ticket, Reply::RateLimited)
            }
            Incoming::Refused(ticket, refusal) => self.answered(ticket, Reply::Refused(refusal)),
            _ => {}
        }
        Ok(())
    }

    /// Reads until everything in flight is answered, without sending.
    async fn read_last_replies(&mut self) -> Result<(), Error> {
        while self.pipeline.waiting() > 0 {
            let frame = self.pipeline.next().await?;
            self.note(&frame)?;
        }
        Ok(())
    }

    /// Sends everything that is ready and allowed. If only the rate limit forbids it, gives the
    /// time until which it does.
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
            if let Some(part) = self.parts.pop_front() {
                self.send_fitting(part)?;
                continue;
            }
            if self.drained {
                return Ok(None);
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
        !self.stopped && !self.refusing && !exclusive && self.in_flight.len() < self.in_flight_max()
    }

    fn in_flight_max(&self) -> usize {
        let last = self.in_flight.back();
        let single = last.is_some_and(|last| last.unit.operations() == 1);
        if self.packing.single_sets && single {
            SINGLES_IN_FLIGHT
        } else {
            self.options.in_flight
        }
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
        let most = self.packing.most(unit.kind);
        if unit.lines.len() <= most {
            return self.send_fitting(unit);
        }
        self.parts.extend(unit.split(most));
        Ok(())
    }

    fn send_fitting(&mut self, unit: Unit) -> Result<(), Error> {
        if unit.kind == UnitKind::Guarded && !self.in_flight.is_empty() {
            // It depends on the units in flight and must not be repeated: it is sent alone.
            self.report.sent += unit.operations();
            self.redo.push_back(unit);
            return Ok(());
        }
        if unit.kind == UnitKind::Publishes {
            // The order of SETs can be repaired by sending them again, that of events cannot: stay
            // below the rate limit from the start.
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
        // Recorded before sending: if sending fails, a part of the frame may have left.
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
                self.report.acknowledge(unit);
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
