//! The loop of a bridge. Takes the router's messages and passes them to a [`Side`], and the
//! reverse, until it is stopped or the connection is lost for good.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use super::identity;
use super::report::{About, Report};
use super::setup::{Setup, StopCause};
use super::to_router::{ToRouter, WAITING};
use crate::clasp::bridge::counts::Dropped;
use crate::clasp::bridge::unit::Unit;
use crate::clasp::client::subscription::{Event, Request, Subscription};
use crate::clasp::client::{Error, RATE_WINDOW, Refusal, Target, clock};
use crate::clasp::cmd::connection::ConnectionArgs;
use crate::clasp::cmd::listen::life;
use crate::clasp::rate_limiter::Limits;
use crate::clasp::wire::{self, Capability, Frame, Message, Pattern, TypeMask};
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::term::Console;

/// How many events from the router may be queued.
const EVENTS_WAITING: usize = 1_024;

/// How many events of one side are handled before the other side is handled again.
const TURN: usize = 64;

/// How long to wait at the end until queued frames are written.
const LAST_WRITES: Duration = Duration::from_secs(2);

/// How long to wait before the router is asked for its id again.
const IDENTIFY_EVERY: Duration = Duration::from_secs(1);

/// How many clock samples are taken.
const EXCHANGES: u32 = 5;

/// The other side of a bridge: sockets and a mapping.
pub trait Side {
    /// An input from its sockets.
    type Input;

    /// Waits for the next input. Cancel-safe.
    fn next(&mut self) -> impl Future<Output = Self::Input>;

    /// The next input, without waiting.
    fn try_next(&mut self) -> Option<Self::Input>;

    /// Passes an input on to the router.
    fn take(&mut self, input: Self::Input, router: &mut ToRouter, report: &mut Report);

    /// Passes on a message from the router. `initial` marks a value that existed at the start.
    fn deliver(&mut self, frame: &Frame<'_>, initial: bool, report: &mut Report);

    /// Records that the connection is lost: keeps the newest value of each param, to write it again
    /// later.
    fn remember_newest(&mut self);

    /// The values that were written and may have been lost, to write them again.
    fn unconfirmed(&mut self) -> Vec<Message<'static>>;

    /// Ends the side: sends what must not be left open, such as the end of a gesture.
    fn finish(self, router: &mut ToRouter, report: &mut Report) -> impl Future<Output = ()>;

    /// The addresses it listens on, for the ready note.
    fn listening(&self) -> Vec<String>;

    /// The state, for the status line.
    fn about(&self) -> About;

    /// Whether it wants to know the router's id now, see [`identity`]. Asked after each turn.
    fn wants_identity(&mut self) -> bool {
        false
    }

    /// The router's id, if it has one.
    fn identified(&mut self, id: Option<String>, report: &mut Report) {
        let _ = (id, report);
    }

    /// The connection to the router was made again. `has_lost` tells that values of before are no
    /// longer there. [`identified`](Self::identified) follows if the side wants to know the id.
    fn router_back(&mut self, has_lost: bool) {
        let _ = has_lost;
    }

    /// The router does not read, or reads again: until then its echoes are late.
    fn router_stalled(&mut self, stalled: bool);
}

/// A bridge whose sockets are open.
pub struct Running {
    /// The addresses at which it listens, or whom it is connected with.
    pub listening: Vec<String>,
    /// Connects to the router, and passes messages until the bridge is stopped.
    pub until_stopped: Pin<Box<dyn Future<Output = Result<(), Failure>>>>,
}

impl Running {
    /// A bridge with this side. `pattern` is what the side wants from the router.
    pub fn new(setup: Setup, pattern: String, side: impl Side + 'static) -> Running {
        Running {
            listening: side.listening(),
            until_stopped: Box::pin(run(setup, pattern, side)),
        }
    }
}

/// The output of `-o json` when the bridge is ready.
#[derive(Serialize)]
struct Ready {
    url: String,
    listening: Vec<String>,
    pid: u32,
}

/// The target of a bridge, which writes to it unless `--dry-run` was given.
///
/// # Errors
/// The errors of [`ConnectionArgs::target_for`].
pub fn target(
    connection: &ConnectionArgs,
    console: &Console,
    dry_run: bool,
) -> Result<Target, Failure> {
    let intent = if dry_run {
        Intent::Read
    } else {
        Intent::Write(&[])
    };
    connection.target_for(console, intent)
}

/// Runs the bridge until it ends.
///
/// # Errors
/// No first connection; a connection that is lost for good; a refusal.
async fn run(setup: Setup, pattern: String, mut side: impl Side) -> Result<(), Failure> {
    let Setup {
        target,
        probe_interval,
        reconnect,
        allow,
        route,
        mut stop,
        mut report,
    } = setup;
    let patterns = route.subscriptions(pattern);
    let patterns: Result<_, _> = patterns.iter().map(|text| Pattern::new(text)).collect();
    let request = Request {
        patterns: patterns?,
        types: TypeMask::ALL,
        limits: Limits::default(),
        // A mapping compares input with the present values, even if it does not pass them on.
        retained: true,
        probe_interval,
        reconnect,
    };
    let (frames, writes) = mpsc::channel(WAITING);
    let subscription = tokio::select! {
        opened = Subscription::open(target.clone(), request) => opened?.with_writes(writes),
        cause = stop.wait() => return match cause {
            StopCause::Signal(kind) => Err(Failure::signal(kind)),
            StopCause::Deadline => {
                let why = format!("no connection to {} within --timeout", target.endpoint);
                Err(Failure::new(Kind::Deadline, why))
            }
            StopCause::Other => Ok(()),
        },
    };
    let (events, mut heard) = mpsc::channel(EVENTS_WAITING);
    let (close, closed) = oneshot::channel();
    let listening = tokio::spawn(listen(subscription, events, closed));
    let mut router = ToRouter::new(frames, allow, route);
    let (offsets, mut offset) = mpsc::channel(1);
    let mut identifying: Option<Pin<Box<dyn Future<Output = Option<String>>>>> = None;
    let mut asked: Option<Instant> = None;
    let mut initial = true;
    let mut again: Option<Instant> = None;
    let result = loop {
        let may_write = !report.is_dry() && router.may_write(identity::ADDRESS);
        let due = [router.due(), report.due(), again]
            .into_iter()
            .flatten()
            .min();
        tokio::select! {
            _ = stop.wait() => break Ok(()),
            event = heard.recv() => {
                // A late echo is known only if the side knew before that it would be late.
                tell_stall(&mut router, &mut side);
                let mut first = Some(event);
                let mut failed = None;
                for _ in 0..TURN {
                    let next = first.take().unwrap_or_else(|| heard.try_recv().ok());
                    match next {
                        None => break,
                        Some(Err(error)) => {
                            failed = Some(error);
                            break;
                        }
                        Some(Ok(event)) => {
                            if matches!(event, Event::RouterError(_) | Event::Dropped(_)) {
                                // Told and counted below.
                            } else if report.is_first() {
                                life::say(&event, &target.endpoint, report.console());
                            } else {
                                own_losses(&event, &target, &report);
                            }
                            match event {
                                Event::Live { welcome, back } => {
                                    router.live(&welcome);
                                    if welcome.has(Capability::KeepsTime) {
                                        tokio::spawn(measure(target.clone(), offsets.clone()));
                                    }
                                    if let Some(back) = back {
                                        let missed = back.missed;
                                        side.router_back(missed.absent > 0 || missed.restarted);
                                        router.send(Unit::now(side.unconfirmed()), &mut report);
                                    } else {
                                        // Before the first message: it is to be marked.
                                        if side.wants_identity() {
                                            let id = identity::identify(target.clone(), may_write).await;
                                            side.identified(id, &mut report);
                                        }
                                        ready(&target, &side, &mut report)?;
                                    }
                                    initial = false;
                                }
                                Event::Disconnected { .. } => {
                                    router.gone(&mut report);
                                    side.remember_newest();
                                }
                                Event::Message(frame) | Event::Retained(frame) => {
                                    router.heard();
                                    // The subscription has already decoded it.
                                    if let Ok(frame) = wire::decode(&frame)
                                        && !is_identity(&frame.message)
                                        && let Some(frame) = router.receive(&frame)
                                    {
                                        side.deliver(&frame, initial, &mut report);
                                    }
                                }
                                Event::RouterError(refusal) => {
                                    router.heard();
                                    // What was to be written only where nothing is.
                                    if refusal.is_conflict() {
                                        continue;
                                    }
                                    if refusal.rate_limited() {
                                        router.rate_limited();
                                        again.get_or_insert(Instant::now() + RATE_WINDOW);
                                    }
                                    refused(refusal, &mut report);
                                }
                                Event::Dropped(refusal) => refused(refusal, &mut report),
                                Event::Truncated => {}
                            }
                        }
                    }
                }
                if let Some(error) = failed {
                    break Err(Failure::from(error));
                }
            }
            // Only after the router can receive it.
            input = side.next(), if !initial => {
                side.take(input, &mut router, &mut report);
                for _ in 0..TURN {
                    let Some(input) = side.try_next() else { break };
                    side.take(input, &mut router, &mut report);
                }
            }
            id = async { identifying.as_mut()?.await }, if identifying.is_some() => {
                identifying = None;
                side.identified(id, &mut report);
            }
            Some(micros) = offset.recv() => router.set_offset(micros),
            () = router.room() => router.send_waiting(&mut report),
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                let now = Instant::now();
                router.tick(&mut report);
                if again.is_some_and(|at| at <= now) {
                    again = None;
                    router.send(Unit::now(side.unconfirmed()), &mut report);
                }
                report.tick(now, || side.about());
            }
        }
        if !initial
            && router.is_live()
            && asked.is_none_or(|at| at + IDENTIFY_EVERY <= Instant::now())
            && side.wants_identity()
        {
            asked = Some(Instant::now());
            identifying = Some(Box::pin(identity::identify(target.clone(), may_write)));
        }
        tell_stall(&mut router, &mut side);
        if let Some(failure) = report.failure() {
            break Err(failure);
        }
    };
    side.finish(&mut router, &mut report).await;
    router.finish(&mut report);
    let unanswered = router.is_unanswered();
    drop(router);
    // An error means that the task has ended already.
    let _ = close.send(());
    if timeout(LAST_WRITES, listening).await.is_err() && unanswered {
        report.warn("the router did not read the last messages before the end");
    }
    let finished = report.finish();
    result.and(finished)
}

/// Whether it is about the router's id, which is no message for the other side.
fn is_identity(message: &Message<'_>) -> bool {
    match message {
        Message::Set(set) => set.address == identity::ADDRESS,
        Message::Snapshot(params) => params
            .first()
            .is_some_and(|param| param.address == identity::ADDRESS),
        _ => false,
    }
}

/// Tells the side if the router has stopped reading, or reads again.
fn tell_stall(router: &mut ToRouter, side: &mut impl Side) {
    if let Some(stalled) = router.take_stall() {
        side.router_stalled(stalled);
    }
}

/// Warns of what only this bridge's connection has missed: each has its own patterns. What concerns all
/// connections, the first one says.
fn own_losses(event: &Event, target: &Target, report: &Report) {
    match event {
        Event::Live {
            back: Some(back), ..
        } => {
            if let (missed, true) = life::back(back) {
                report.warn(missed);
            }
        }
        Event::Truncated => {
            let endpoint = target.endpoint.clone();
            report.warn(Error::Truncated { endpoint });
        }
        _ => {}
    }
}

/// Runs the subscription in its own task, because it must not be cancelled while it reconnects.
async fn listen(
    mut subscription: Subscription,
    events: mpsc::Sender<Result<Event, Error>>,
    mut stopped: oneshot::Receiver<()>,
) {
    loop {
        let event = tokio::select! {
            event = subscription.next() => event,
            _ = &mut stopped => return subscription.close().await,
        };
        let failed = event.is_err();
        if events.send(event).await.is_err() || failed {
            return;
        }
    }
}

/// Measures the offset of the router's clock and sends it to the loop.
async fn measure(target: Target, offsets: mpsc::Sender<i64>) {
    // Without an offset, timed units are sent when they are due.
    if let Ok((_, samples)) = clock::measure(&target, EXCHANGES, Duration::ZERO).await
        && let Some(offset) = clock::fastest(&samples).and_then(|sample| sample.offset)
    {
        let _ = offsets.send(offset).await;
    }
}

fn ready(target: &Target, side: &impl Side, report: &mut Report) -> Result<(), Failure> {
    let listening = side.listening();
    let endpoint = &target.endpoint;
    match listening.join(", ") {
        // It only sends.
        nowhere if nowhere.is_empty() => report.note(format_args!("ready: {endpoint}")),
        places => report.note(format_args!("ready: {places} and {endpoint}")),
    }
    report.document(&Ready {
        url: target.endpoint.to_string(),
        listening,
        pid: std::process::id(),
    })
}

fn refused(refusal: Refusal, report: &mut Report) {
    report.dropped(Dropped {
        reason: "refused by the router",
        detail: refusal.to_string(),
    });
}
