//! The one owner of everything: a session's frames and the time enter, frames in outboxes leave.
//!
//! No clock is known here, and of a socket only that it takes bytes: [`super::session`] and
//! [`super::run`] bring both. Everything happens on one thread, one frame after another, so what a
//! bundle does is seen whole or not at all, and nothing is locked. What may take long is done in
//! slices ([`Hub::work`]).
//!
//! - `sessions`: who is there, from the handshake to the end
//! - `delivery`: frames to sessions, and from there to sockets
//! - `requests`: one message, what it does and what it is answered
//! - `bundles`: several at once, now or later
//! - `publishes`: events, streams, gestures, timelines
//! - `scans`: snapshots and queries, a slice at a time
//! - `replays`: what happens is recorded, and receivers to who asks
//! - `watched`: what who watches over the router wants to know
//! - `keeping`: what survives goes to the store, and comes from there
//! - `clustered`, `upstream`, `engine`, `copy`: in a cluster, what sessions ask of the engine, what is
//!   sent to it, what comes from it, and the copy of its stream

mod bundles;
mod clustered;
mod copy;
mod delivery;
mod engine;
mod keeping;
mod publishes;
mod replays;
mod requests;
mod scans;
mod sessions;
mod upstream;
mod watched;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::{Rc, Weak};
use std::task::Waker;

use tokio::time::Instant;

use super::Settings;
use super::auth::Tokens;
use super::cluster::Cluster;
use super::grants::{Counts, Grant, Share};
use super::history::History;
use super::metrics::Counters;
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

/// A moment, by both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// In µs since the epoch.
    pub micros: u64,
    /// For what only measures.
    pub instant: Instant,
}

/// What a session's reader does after a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It reads on.
    Go,
    /// It waits for its own answers to go out.
    Hold,
}

/// A signal that somebody has announced.
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
    /// When the next token expires that something is there of.
    token_due: Option<u64>,
    /// What the tokens in use allow, by their hash.
    grants: HashMap<String, Weak<Grant>>,
    /// What all of them have started.
    counts: Rc<Counts>,
    state: State,
    subscriptions: Subscriptions,
    signals: BTreeMap<Rc<str>, Announced>,
    sessions: Vec<Option<Session>>,
    free: Vec<Key>,
    names: HashMap<Rc<str>, Key>,
    timed: DueQueue<Timed>,
    timelines: Timelines,
    gestures: Gestures,
    /// What survives, if anything is to.
    store: Option<Box<Store>>,
    /// What happens, if that is recorded; and the last number of a question to it.
    history: Option<Box<History>>,
    queries: u64,
    /// What it is one of, if it is.
    cluster: Option<Box<Cluster>>,
    /// What is counted, for who watches.
    counters: Counters,
    /// The frames that are to be sent to several.
    log: Log,
    /// What the sessions' outboxes and half-read messages take.
    memory: usize,
    /// The frame that is being sent, kept for its memory.
    frame: Vec<u8>,
    /// To whom, likewise.
    receivers: Vec<Key>,
    /// Whom to have write, likewise.
    flushing: Flushing,
    /// What is being written, gathered from several places, likewise.
    gathered: Vec<u8>,
    /// For whoever reads.
    buffers: BufferPool,
    /// What the last frame has caused, in steps of a [`Slice`]: its deliveries, searches and scans.
    steps: u32,
    /// The sessions whose scans can go on.
    scanning: VecDeque<Key>,
    /// Whom to wake when there is work.
    worker: Option<Waker>,
    /// For when the timer sleeps, and whom to wake to set it anew.
    timer: (Option<u64>, Option<Waker>),
}

impl Hub {
    /// A router that nobody is connected to.
    pub fn new(settings: Settings, tokens: Option<Tokens>) -> Hub {
        Hub {
            state: State::new(settings.ttl, Room::default()),
            settings,
            tokens,
            token_due: None,
            grants: HashMap::new(),
            counts: Rc::default(),
            subscriptions: Subscriptions::default(),
            signals: BTreeMap::new(),
            sessions: Vec::new(),
            free: Vec::new(),
            names: HashMap::new(),
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

    /// When [`tick`](Self::tick) is to be called, in µs since the epoch.
    fn due(&self, now: Now) -> Option<u64> {
        let held = self.subscriptions.due().map(|due| {
            let wait = due.saturating_duration_since(now.instant);
            // Rounded up: a µs too early would find nothing to do.
            now.micros + wait.as_nanos().div_ceil(1_000) as u64
        });
        [
            self.state.next_expiry(),
            self.timed.due(),
            self.timelines.due(),
            self.gestures.due(),
            held,
            self.token_due,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// When the timer is to fire, and whom to wake if that changes.
    pub fn set_timer(&mut self, now: Now, waker: &Waker) -> Option<u64> {
        let due = self.due(now);
        self.timer = (due, Some(waker.clone()));
        due
    }

    /// Wakes the timer if something is due earlier than it thinks.
    pub fn rearm(&mut self, now: Now) {
        let due = self.due(now);
        if due.is_some_and(|due| self.timer.0.is_none_or(|armed| due < armed)) {
            self.wake_timer();
        }
    }

    /// The clock has changed its rate: the timer looks again.
    pub fn wake_timer(&mut self) {
        if let Some(waker) = self.timer.1.take() {
            waker.wake();
        }
    }

    /// Does what is due, as much of it as one slice has room for. False when something is due that
    /// nothing could be done about.
    pub fn tick(&mut self, now: Now) -> bool {
        // What this schedules must not have it called again before the others had their turn.
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

    /// Does what is left of scans and of sessions that have ended, for one slice. Whether there is
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

    /// Whom to wake when there is work. It is woken once, and not while it works.
    pub fn set_worker(&mut self, waker: &Waker) {
        self.worker = Some(waker.clone());
    }

    fn wake_worker(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.wake();
        }
    }

    /// How much work there was since this was last asked, in steps of a [`Slice`].
    pub fn take_steps(&mut self) -> u32 {
        std::mem::take(&mut self.steps) + self.subscriptions.take_steps()
    }

    /// The read buffers of this thread.
    pub fn buffers(&mut self) -> &mut BufferPool {
        &mut self.buffers
    }
}
