//! The hub: the single owner of the router's state. Takes the frames of sessions and the time,
//! gives frames in outboxes.
//!
//! It has no clock, and knows of a socket only that it accepts bytes: [`super::session`] and
//! [`super::run`] provide both. Everything runs on one thread, one frame after the other, so a
//! bundle takes effect as a whole, and there are no locks. Long operations are done in slices
//! ([`Hub::work`]).
//!
//! - `sessions`: the lifecycle of sessions, from the handshake to the end
//! - `delivery`: frames to sessions, and from there to sockets
//! - `requests`: executes one message and replies to it
//! - `bundles`: several messages at once, now or later
//! - `publishes`: events, streams, gestures, timelines
//! - `scans`: snapshots and queries, a slice at a time
//! - `replays`: what happens is recorded, and receivers to who asks
//! - `keeping`: writes changes to the store, and restores them
//! - `clustered`, `upstream`, `engine`, `copy`: in a cluster, what sessions ask of the engine, what is
//!   sent to it, what comes from it, and the copy of its stream
//! - `events`, `signals`: in a cluster, events of other routers, and signals to sessions of others
//! - `planned`, `entries`, `executions`: in a cluster, timed bundles, timelines and announced signals,
//!   what the stream has of them, and how they are executed

mod bundles;
mod clustered;
mod copy;
mod delivery;
mod engine;
mod entries;
mod events;
mod executions;
mod keeping;
mod planned;
mod publishes;
mod replays;
mod requests;
mod scans;
mod sessions;
mod signals;
mod upstream;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::{Rc, Weak};
use std::task::Waker;

use tokio::time::Instant;

use super::Settings;
use super::auth::Tokens;
use super::cluster::Cluster;
use super::grants::{Counts, Grant, Share};
use super::history::History;
use super::metrics::{self, Counters, Gauges};
use super::outbox::log::Log;
use super::schedule::DueQueue;
use super::schedule::gesture::Gestures;
use super::schedule::timeline::Timelines;
use super::state::{Room, State};
use super::store::Store;
use super::subscriptions::{Key, Subscriptions};
use super::work::Slice;
use crate::clasp::wire::Signal;
use crate::net::peer::BufferPool;
use bundles::Timed;
use delivery::Flushing;
use sessions::Session;

/// The present time by both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// In µs since the epoch.
    pub micros: u64,
    /// By the monotonic clock.
    pub instant: Instant,
}

/// Whether a session may be read further after a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Read on.
    Go,
    /// Wait until its replies are sent.
    Hold,
}

/// An announced signal.
#[derive(Debug)]
struct Announced {
    signal: Signal<'static>,
    share: Share,
}

/// State, subscriptions, schedule and sessions.
#[derive(Debug)]
pub struct Hub {
    settings: Settings,
    tokens: Option<Tokens>,
    /// When the next token in use expires.
    token_due: Option<u64>,
    /// The grants of tokens in use, by the token's hash.
    grants: HashMap<String, Weak<Grant>>,
    /// The grant of what was started without a token by sessions that have left.
    nobody: Rc<Grant>,
    /// Held bundles that were refused at their time: when the operator was last told, and how many were not told
    /// of since.
    refused_bundles: (u64, u64),
    /// The totals of what all grants have started.
    counts: Rc<Counts>,
    state: State,
    subscriptions: Subscriptions,
    signals: BTreeMap<Rc<str>, Announced>,
    sessions: Vec<Option<Session>>,
    free: Vec<Key>,
    names: HashMap<Rc<str>, Key>,
    /// How many sessions have a client in this process.
    local_count: usize,
    timed: DueQueue<Timed>,
    timelines: Timelines,
    gestures: Gestures,
    /// The store, with a data folder.
    store: Option<Box<Store>>,
    /// The history, if it is recorded; and the id of the last query.
    history: Option<Box<History>>,
    queries: u64,
    /// What it is one of, if it is.
    cluster: Option<Box<Cluster>>,
    /// The counters for metrics.
    counters: Counters,
    /// The frames for several sessions.
    log: Log,
    /// The memory of outboxes and partly read messages, in bytes.
    memory: usize,
    /// A buffer for the frame that is being sent.
    frame: Vec<u8>,
    /// A buffer for its receivers.
    receivers: Vec<Key>,
    /// The sessions to wake for writing.
    flushing: Flushing,
    /// A buffer for bytes collected from several items of an outbox.
    gathered: Vec<u8>,
    /// The pool of read buffers.
    buffers: BufferPool,
    /// The cost of the last frame (deliveries, searches, scans), in steps of a [`Slice`].
    steps: u32,
    /// The sessions whose scans can continue.
    scanning: VecDeque<Key>,
    /// Whom to wake when there is work.
    worker: Option<Waker>,
    /// The time for which the timer is set, and the task to wake to set it again.
    timer: (Option<u64>, Option<Waker>),
}

impl Hub {
    /// A hub without sessions.
    pub fn new(settings: Settings, tokens: Option<Tokens>) -> Hub {
        Hub {
            state: State::new(settings.ttl, Room::default()),
            settings,
            tokens,
            token_due: None,
            refused_bundles: (0, 0),
            grants: HashMap::new(),
            nobody: Rc::default(),
            counts: Rc::default(),
            subscriptions: Subscriptions::default(),
            signals: BTreeMap::new(),
            sessions: Vec::new(),
            free: Vec::new(),
            names: HashMap::new(),
            local_count: 0,
            timed: DueQueue::default(),
            timelines: Timelines::default(),
            gestures: Gestures::default(),
            store: None,
            history: None,
            queries: 0,
            cluster: None,
            counters: Counters::default(),
            log: Log::default(),
            memory: 0,
            frame: Vec::new(),
            receivers: Vec::new(),
            flushing: Flushing::default(),
            gathered: Vec::new(),
            buffers: BufferPool::default(),
            steps: 0,
            scanning: VecDeque::new(),
            worker: None,
            timer: (None, None),
        }
    }

    /// When to call [`tick`](Self::tick), in µs since the epoch.
    fn due(&self, now: Now) -> Option<u64> {
        let held = self.subscriptions.due().map(|due| {
            let wait = due.saturating_duration_since(now.instant);
            // Rounded up: a timer that fires a µs too early would find nothing due.
            now.micros + wait.as_nanos().div_ceil(1_000) as u64
        });
        [
            self.state.next_expiry(),
            self.timed.due(),
            self.timelines.due(),
            self.gestures.due(),
            held,
            self.token_due,
            self.cluster
                .as_ref()
                .and_then(|cluster| cluster.plan.next_due()),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Gives the time for the timer, and stores the task to wake if it changes.
    pub fn set_timer(&mut self, now: Now, waker: &Waker) -> Option<u64> {
        let due = self.due(now);
        self.timer = (due, Some(waker.clone()));
        due
    }

    /// Wakes the timer if something is due before its time.
    pub fn rearm(&mut self, now: Now) {
        let due = self.due(now);
        if due.is_some_and(|due| self.timer.0.is_none_or(|armed| due < armed)) {
            self.wake_timer();
        }
    }

    /// Wakes the timer, because the clock has changed its rate.
    pub fn wake_timer(&mut self) {
        if let Some(waker) = self.timer.1.take() {
            waker.wake();
        }
    }

    /// Does what is due, for one slice. Gives false if something is due but nothing could be done.
    pub fn tick(&mut self, now: Now) -> bool {
        // Cleared, so that new items do not call this again before the other tasks had their turn.
        self.timer.1 = None;
        let mut slice = Slice::begin();
        self.state.expire(now.micros, &mut slice);
        self.check_tokens(false, now);
        while !slice.is_over()
            && let Some(timed) = self.timed.pop(now.micros)
        {
            let size = timed.size();
            self.run_timed(timed, now);
            slice.charge(self.take_steps() + size);
        }
        self.run_due(now);
        self.step_timelines(now);
        while !slice.is_over()
            && let Some((name, frame)) = self.gestures.release(now.micros)
        {
            self.send_gesture(name.session, &name.address, &frame, now);
            slice.charge(self.take_steps());
        }
        for (key, frame) in self.subscriptions.release(now.instant, &mut slice) {
            self.deliver_held(key, &frame);
        }
        self.take_steps();
        self.flush();
        self.commit();
        slice.is_over() || self.due(now).is_none_or(|due| due > now.micros)
    }

    /// Continues scans and the removal of ended sessions, for one slice. Gives whether there is
    /// more.
    pub fn work(&mut self, now: Now) -> bool {
        let mut slice = Slice::begin();
        for key in self.subscriptions.clear(&mut slice) {
            self.free(key);
        }
        while !slice.is_over()
            && let Some(key) = self.scanning.pop_front()
        {
            self.scan(key, now, &mut slice);
        }
        let is_keeping = self.work_on_store(now, &mut slice);
        self.subscriptions.has_ended() || !self.scanning.is_empty() || is_keeping
    }

    /// Sets the task to wake when there is work. It is woken once.
    pub fn set_worker(&mut self, waker: &Waker) {
        self.worker = Some(waker.clone());
    }

    fn wake_worker(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.wake();
        }
    }

    /// The cost since the last call, in steps of a [`Slice`].
    pub fn take_steps(&mut self) -> u32 {
        std::mem::take(&mut self.steps) + self.subscriptions.take_steps()
    }

    /// The read buffers of this thread.
    pub fn buffers(&mut self) -> &mut BufferPool {
        &mut self.buffers
    }
}

impl Hub {
    /// The metrics in Prometheus's text format.
    pub fn metrics(&self) -> String {
        let plan = self.cluster.as_ref().map(|cluster| &cluster.plan);
        let mut gauges = Gauges {
            sessions: self.count(),
            params: (self.state.len(), self.state.bytes()),
            held: self.timed.len() + plan.map_or(0, |plan| plan.held.len()),
            timelines: plan.map_or(self.timelines.len(), |plan| plan.timelines.len()),
            signals: self.signals.len(),
            cluster: self.cluster.as_ref().map(|cluster| cluster.gauges()),
            disk: self.store.as_ref().map(|store| store.health()),
            ..Gauges::default()
        };
        for session in self.sessions.iter().flatten() {
            let unsent = session.outbox.unsent_bytes();
            gauges.slow_readers += usize::from(session.outbox.has_lag());
            gauges.unsent = (gauges.unsent.0 + unsent, gauges.unsent.1.max(unsent));
        }
        metrics::text(&self.settings.name, &self.counters, &gauges)
    }

    /// Why the router is not healthy, if so.
    pub fn trouble(&self) -> Option<String> {
        if self
            .cluster
            .as_ref()
            .is_some_and(|cluster| !cluster.is_live())
        {
            return Some("the cluster's engine is out of reach".into());
        }
        let why = self.cannot_keep()?;
        Some(format!("the data folder cannot be written: {why}"))
    }
}
