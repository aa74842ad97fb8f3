//! Runs a router. Takes a listener, settings and a stop signal; runs until the signal.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::task::{LocalSet, spawn_local, yield_now};
use tokio::time::{sleep, sleep_until, timeout};

use super::auth::Tokens;
use super::clock::{Clock, FOLLOW_EVERY};
use super::cluster::link::{self, Membership};
use super::handshakes::{Handshake, Handshakes};
use super::history::{History, HistoryMessage};
use super::hub::Hub;
use super::limits::{DRAIN_TIMEOUT, MESSAGE_BYTES};
use super::local;
use super::probes;
use super::session::{self, Shared};
use super::store::{DiskReport, Opened};
use super::work::yield_turn;
use super::{Notice, Notices, Settings};
use crate::clasp::wire::LANGUAGE;
use crate::net::AcceptError;
use crate::net::Listener;
use crate::net::local::Arrivals;
use crate::net::peer::Peer;
use crate::net::ws::{self, AcceptOptions};
use crate::trace::{Step, Tap};

/// How long to wait when the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long to wait when something is due but nothing could be done.
const TIMER_PAUSE: Duration = Duration::from_millis(1);

/// How often it is asked whether the copy of a cluster's values is complete.
const COPY_PAUSE: Duration = Duration::from_millis(2);

/// The reply to a plain GET, from a health check or a browser.
const GREETING: &str = "ok: a CLASP router; connect by WebSocket";

/// How a router ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All sessions were sent their queued frames, then a Close frame.
    Drained,
    /// This many sessions did not read theirs in time.
    Cut(usize),
}

/// What a router has beside its memory.
#[derive(Debug, Default)]
pub struct Backing {
    /// What a router before this one has left, and where what survives is kept.
    pub opened: Option<Opened>,
    /// Where what happens is recorded.
    pub history: Option<History>,
    /// The cluster that it is one of.
    pub membership: Option<Membership>,
    /// The clients in this process.
    pub arrivals: Option<Arrivals>,
}

/// Serves until `shutdown` completes; then sends every session its queued frames and ends it.
///
/// `tokens` is who may come in, and may change meanwhile; `None` is everybody. At `probes`, metrics and
/// health are told.
pub async fn run(
    listener: Listener,
    shutdown: impl Future<Output = ()>,
    settings: Settings,
    tokens: Option<watch::Receiver<Tokens>>,
    backing: Backing,
    probes: Option<Listener>,
) -> Ended {
    let Backing {
        opened,
        history,
        membership,
        arrivals,
    } = backing;
    raise_descriptor_limit();
    let clock = settings.clock.clone();
    let trace = settings.trace.clone();
    let silence = settings.ping_interval;
    let notices = settings.notices.clone();
    let known = tokens.as_ref().map(|tokens| tokens.borrow().clone());
    let options = Rc::new(AcceptOptions {
        subprotocol: "clasp",
        origins: settings.origins.clone(),
        tls: settings.tls.clone(),
        max_message: MESSAGE_BYTES,
        greeting: GREETING,
    });
    let mut hub = Hub::new(settings, known);
    if let Some(opened) = opened {
        for notice in hub.restore(opened.state, opened.store, clock.now()) {
            tell(&notices, notice);
        }
    }
    let reports = hub.store_reports();
    let told = history.and_then(|history| hub.start_history(history));
    let link = membership.map(|membership| {
        hub.join_cluster(membership.cluster);
        (membership.servers, membership.connection)
    });
    let hub: Shared = Rc::new(RefCell::new(hub));
    let handshakes = Handshakes::default();
    let local = LocalSet::new();
    local
        .run_until(async {
            spawn_local(keep_time(hub.clone(), clock.clone()));
            spawn_local(follow_clock(hub.clone(), clock.clone(), notices.clone()));
            spawn_local(work(hub.clone(), clock.clone()));
            spawn_local(probe_silent(hub.clone(), clock.clone(), silence));
            if let Some(probes) = probes {
                spawn_local(probes::serve(probes, hub.clone()));
            }
            if let Some((servers, connection)) = link {
                let notices = notices.clone();
                let tell = move |notice| tell(&notices, notice);
                let (hub, clock) = (hub.clone(), clock.clone());
                spawn_local(async move {
                    link::keep(servers, connection, hub, clock, tell).await;
                });
            }
            if let Some(told) = told {
                spawn_local(follow_history(told, hub.clone(), notices.clone()));
            }
            if let Some(reports) = reports {
                spawn_local(follow_store(reports, hub.clone(), notices.clone()));
            }
            if let Some(tokens) = tokens {
                spawn_local(follow_tokens(tokens, hub.clone(), clock.clone()));
            }
            let mut shutdown = pin!(shutdown);
            let copied = async {
                while !hub.borrow_mut().is_ready() {
                    sleep(COPY_PAUSE).await;
                }
            };
            // Who connects meanwhile waits for a complete copy.
            let is_stopped = tokio::select! {
                () = &mut shutdown => true,
                () = copied => false,
            };
            if let Some(arrivals) = arrivals {
                spawn_local(local::serve(
                    arrivals,
                    hub.clone(),
                    clock.clone(),
                    trace.clone(),
                ));
            }
            loop {
                if is_stopped {
                    break;
                }
                let accepted = tokio::select! {
                    biased;
                    () = &mut shutdown => break,
                    accepted = async {
                        handshakes.room().await;
                        listener.accept().await
                    } => accepted,
                };
                match accepted {
                    Ok((stream, peer)) => {
                        let tap = trace.open(LANGUAGE);
                        tap.step(|| Step::Accepted { peer });
                        let arrival = Arrival {
                            stream,
                            options: options.clone(),
                            handshake: handshakes.begin(),
                            notices: notices.clone(),
                        };
                        spawn_local(welcome(arrival, hub.clone(), clock.clone(), tap));
                    }
                    // The connection is gone already, or no descriptor is left: both may pass.
                    Err(_) => sleep(ACCEPT_PAUSE).await,
                }
            }
            drop(listener);
            let ended = drain(&hub).await;
            hub.borrow_mut().close_store();
            ended
        })
        .await
}

/// Raises the limit of file descriptors: every connection needs one, and most systems allow 1,024
/// by default.
fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    // If this fails, connections wait when there are too many.
    let _ = setrlimit(Resource::Nofile, raised);
}

/// An accepted TCP connection.
struct Arrival {
    stream: TcpStream,
    options: Rc<AcceptOptions>,
    handshake: Handshake,
    notices: Option<Notices>,
}

/// Serves a connection from TCP to the end of its session.
async fn welcome(arrival: Arrival, hub: Shared, clock: Clock, tap: Tap) {
    // Boxed, so that the memory of the upgrade is freed before the session begins.
    let Some((peer, handshake)) = Box::pin(upgrade(arrival, &tap)).await else {
        return;
    };
    let joined = hub.borrow_mut().join(false, tap.clone(), clock.now());
    match joined {
        Some(key) => session::serve(peer, hub, key, clock, handshake, tap).await,
        None => session::refuse(peer, tap).await,
    }
}

async fn upgrade(arrival: Arrival, tap: &Tap) -> Option<(Peer, Handshake)> {
    let Arrival {
        stream,
        options,
        mut handshake,
        notices,
    } = arrival;
    let accepted = tokio::select! {
        accepted = ws::accept(stream, &options) => accepted,
        why = poll_fn(|cx| handshake.poll_end(cx)) => {
            let why = why.text().into();
            tap.step(|| Step::Failed { why });
            return None;
        }
    };
    match accepted {
        Ok(peer) => Some((peer, handshake)),
        // The client has already got an HTTP error, if it speaks HTTP.
        Err(error) => {
            tap.step(|| Step::Failed {
                why: error.to_string(),
            });
            if let (AcceptError::Origin(origin), Some(notices)) = (error, notices) {
                // There may be no receiver.
                let _ = notices.send(Notice::OriginRefused(origin));
            }
            None
        }
    }
}

/// Calls the hub when something is due. Other tasks run between two calls, however often something
/// is due.
async fn keep_time(hub: Shared, clock: Clock) {
    loop {
        // Set again at each poll: scheduling something earlier wakes this task.
        let mut sleeping = None;
        poll_fn(|cx| {
            let now = clock.now();
            let Some(due) = hub.borrow_mut().set_timer(now, cx.waker()) else {
                return Poll::Pending;
            };
            if due <= now.micros {
                return Poll::Ready(());
            }
            let sleep = sleeping.insert(Box::pin(sleep_until(clock.instant(due))));
            sleep.as_mut().poll(cx)
        })
        .await;
        if hub.borrow_mut().tick(clock.now()) {
            yield_now().await;
        } else {
            sleep(TIMER_PAUSE).await;
        }
    }
}

/// Compares the clock with the system clock every second.
async fn follow_clock(hub: Shared, clock: Clock, notices: Option<Notices>) {
    loop {
        sleep(FOLLOW_EVERY).await;
        if let (Some(step), Some(notices)) = (clock.follow(), &notices) {
            // There may be no receiver.
            let _ = notices.send(Notice::ClockStep(step.0));
        }
        hub.borrow_mut().wake_timer();
    }
}

/// Does long work, one slice after each turn of the other tasks and the sockets.
async fn work(hub: Shared, clock: Clock) {
    let mut has_yielded = false;
    poll_fn(|cx| {
        let mut hub = hub.borrow_mut();
        // When a session wakes this task, the other sessions have their turns first.
        let more = !std::mem::take(&mut has_yielded) || hub.work(clock.now());
        if more {
            has_yielded = true;
            yield_turn(cx);
        } else {
            hub.set_worker(cx.waker());
        }
        Poll::<()>::Pending
    })
    .await;
}

/// Pings silent sessions.
async fn probe_silent(hub: Shared, clock: Clock, silence: Duration) {
    loop {
        sleep(silence / 4).await;
        hub.borrow_mut().probe_silent(silence, clock.now());
    }
}

/// Passes the reports of the store to the hub.
async fn follow_store(
    mut reports: watch::Receiver<DiskReport>,
    hub: Shared,
    notices: Option<Notices>,
) {
    while reports.changed().await.is_ok() {
        let report = reports.borrow_and_update().clone();
        if let Some(notice) = hub.borrow_mut().store_report(report) {
            tell(&notices, notice);
        }
    }
}

/// Passes the messages of the history's thread to the hub.
async fn follow_history(
    mut told: UnboundedReceiver<HistoryMessage>,
    hub: Shared,
    notices: Option<Notices>,
) {
    while let Some(told) = told.recv().await {
        if let Some(notice) = hub.borrow_mut().history_message(told) {
            tell(&notices, notice);
        }
    }
}

fn tell(notices: &Option<Notices>, notice: Notice) {
    if let Some(notices) = notices {
        // There may be no receiver.
        let _ = notices.send(notice);
    }
}

async fn follow_tokens(mut tokens: watch::Receiver<Tokens>, hub: Shared, clock: Clock) {
    while tokens.changed().await.is_ok() {
        let known = tokens.borrow_and_update().clone();
        hub.borrow_mut().set_tokens(known, clock.now());
    }
}

/// Ends all sessions, and waits until they have read their queued frames.
async fn drain(hub: &Shared) -> Ended {
    hub.borrow_mut().close_all();
    let gone = async {
        while hub.borrow().count() > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    match timeout(DRAIN_TIMEOUT, gone).await {
        Ok(()) => Ended::Drained,
        Err(_) => Ended::Cut(hub.borrow().count()),
    }
}
