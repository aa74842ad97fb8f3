//! The loop of a bridge: what the router says goes to a [`Side`], and what that says to the router,
//! until a signal, a deadline, or a connection that is lost for good.

use std::future::Future;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use super::report::Report;
use super::to_router::{ToRouter, WAITING};
use crate::clasp::bridge::counts::Dropped;
use crate::clasp::bridge::unit::Unit;
use crate::clasp::client::subscription::{Event, Request, Subscription};
use crate::clasp::client::{Error, RATE_WINDOW, Refusal, Target, clock};
use crate::clasp::cmd::allow::Allow;
use crate::clasp::cmd::connection::{ConnectionArgs, ReconnectArgs};
use crate::clasp::cmd::listen::{Term, life};
use crate::clasp::rate_limiter::Limits;
use crate::clasp::wire::{self, Capability, Frame, Message, Pattern, TypeMask};
use crate::config::guard::Intent;
use crate::error::Failure;
use crate::term::{Console, Interrupt};

/// How many events of the router may wait.
const EVENTS_WAITING: usize = 1_024;

/// How many events are handled before the other side has its turn again.
const TURN: usize = 64;

/// How long what is left may take to be written in the end.
const LAST_WRITES: Duration = Duration::from_millis(500);

/// So many exchanges tell the offset of the router's clock.
const EXCHANGES: u32 = 5;

/// The other side of a bridge: sockets and a mapping.
pub trait Side {
    /// What comes from its sockets.
    type Input;

    /// The next that comes. Cancel-safe.
    fn next(&mut self) -> impl Future<Output = Self::Input>;

    /// What has come already, without waiting.
    fn try_next(&mut self) -> Option<Self::Input>;

    /// Passes on what has come.
    fn take(&mut self, input: Self::Input, router: &mut ToRouter, report: &mut Report);

    /// Passes on what the router says. `initial` is what was there at the beginning.
    fn deliver(&mut self, frame: &Frame<'_>, initial: bool, report: &mut Report);

    /// The router is gone: keeps the newest value of each param, until it is to be written again.
    fn hold(&mut self);

    /// What was written and may have been lost, to be written again.
    fn unheard(&mut self) -> Vec<Message<'static>>;

    /// The end: what must not be left as it is.
    fn finish(self, router: &mut ToRouter, report: &mut Report) -> impl Future<Output = ()>;

    /// Where it listens, as it is said when it is ready.
    fn listening(&self) -> Vec<String>;

    /// How it stands, for the status line.
    fn about(&self) -> String;
}

/// What `-o json` prints when the bridge is ready.
#[derive(Serialize)]
struct Ready {
    url: String,
    listening: Vec<String>,
    pid: u32,
}

/// Where the router is, for a bridge that writes there unless it only says what it would do.
///
/// # Errors
/// As [`ConnectionArgs::target_for`].
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

/// Everything at a pattern. The values that are there already are always asked for: a mapping
/// compares with them what comes, even where they are not passed on.
///
/// # Errors
/// What is no pattern.
pub fn request(
    pattern: &str,
    probe_interval: Duration,
    reconnect: &ReconnectArgs,
) -> Result<Request, Failure> {
    Ok(Request {
        patterns: vec![Pattern::new(pattern)?],
        types: TypeMask::ALL,
        limits: Limits::default(),
        retained: true,
        probe_interval,
        reconnect: reconnect.policy(),
    })
}

/// Bridges, until it is over.
///
/// # Errors
/// No connection in the first place; one that is lost for good; a refusal.
pub async fn run(
    target: Target,
    request: Request,
    mut side: impl Side,
    mut report: Report,
    deadline: Option<Duration>,
) -> Result<(), Failure> {
    let mut interrupt = Interrupt::listen()?;
    let (frames, writes) = mpsc::channel(WAITING);
    let subscription = tokio::select! {
        opened = Subscription::open(target.clone(), request) => opened?.with_writes(writes),
        kind = interrupt.wait() => return Err(Failure::signal(kind)),
    };
    let (events, mut heard) = mpsc::channel(EVENTS_WAITING);
    let (stop, stopped) = oneshot::channel();
    let listening = tokio::spawn(listen(subscription, events, stopped));
    let mut router = ToRouter::new(frames, Allow::in_force()?);
    let (offsets, mut offset) = mpsc::channel(1);
    let term = Term::new(deadline.map(|limit| ("--timeout", limit)), None);
    let mut initial = true;
    let mut again: Option<Instant> = None;
    let result = loop {
        let due = [router.due(), report.due(), again]
            .into_iter()
            .flatten()
            .min();
        tokio::select! {
            _ = interrupt.wait() => break Ok(()),
            _ = term.over() => break Ok(()),
            event = heard.recv() => {
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
                            life::say(&event, &target.endpoint, &report.console);
                            match event {
                                Event::Live { welcome, back } => {
                                    router.live(&welcome);
                                    if welcome.has(Capability::KeepsTime) {
                                        tokio::spawn(measure(target.clone(), offsets.clone()));
                                    }
                                    if back.is_some() {
                                        router.send(Unit::now(side.unheard()), &mut report);
                                    } else {
                                        ready(&target, &side, &mut report)?;
                                    }
                                    initial = false;
                                }
                                Event::Gone { .. } => {
                                    router.gone(&mut report);
                                    side.hold();
                                }
                                Event::Message(frame) | Event::Retained(frame) => {
                                    // The subscription has decoded it before: it is sound.
                                    if let Ok(frame) = wire::decode(&frame) {
                                        side.deliver(&frame, initial, &mut report);
                                    }
                                }
                                Event::Complaint(refusal) => {
                                    if refusal.too_fast() {
                                        router.too_fast();
                                        again.get_or_insert(Instant::now() + RATE_WINDOW);
                                    }
                                    refused(refusal, &mut report);
                                }
                                Event::Dropped(refusal) => refused(refusal, &mut report),
                                Event::Cut => {}
                            }
                        }
                    }
                }
                if let Some(error) = failed {
                    break Err(Failure::from(error));
                }
            }
            // Not before the router can be told of it.
            input = side.next(), if !initial => {
                side.take(input, &mut router, &mut report);
                for _ in 0..TURN {
                    let Some(input) = side.try_next() else { break };
                    side.take(input, &mut router, &mut report);
                }
            }
            Some(micros) = offset.recv() => router.set_offset(micros),
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                let now = Instant::now();
                router.tick(&mut report);
                if again.is_some_and(|at| at <= now) {
                    again = None;
                    router.send(Unit::now(side.unheard()), &mut report);
                }
                report.tick(now, &side.about());
            }
        }
        if let Some(failure) = report.failure() {
            break Err(failure);
        }
    };
    side.finish(&mut router, &mut report).await;
    router.finish(&mut report);
    drop(router);
    // Both mean stop.
    let _ = stop.send(());
    let _ = timeout(LAST_WRITES, listening).await;
    let finished = report.finish();
    result.and(finished)
}

/// The subscription, on a task of its own: it must not be interrupted while it reconnects.
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

/// Tells the offset of the router's clock.
async fn measure(target: Target, offsets: mpsc::Sender<i64>) {
    // Who does not tell its time gets what has a time when it is due.
    if let Ok((_, samples)) = clock::measure(&target, EXCHANGES, Duration::ZERO).await
        && let Some(offset) = clock::fastest(&samples).and_then(|sample| sample.offset)
    {
        let _ = offsets.send(offset).await;
    }
}

fn ready(target: &Target, side: &impl Side, report: &mut Report) -> Result<(), Failure> {
    let listening = side.listening();
    report.console.note(format_args!(
        "ready: {} and {}",
        listening.join(", "),
        target.endpoint
    ));
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
