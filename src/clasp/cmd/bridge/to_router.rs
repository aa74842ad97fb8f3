//! Sends to the router within its limits. Takes units, gives frames as soon as the router can
//! accept them.
//!
//! - A unit with a time is sent at once to a router that holds timed bundles, with the time by that
//!   router's clock; to any other router it is sent when it is due.
//! - A router with a rate limit gets bundles, every few milliseconds.
//! - While the router reads too slowly, the newest SET of each address waits, and other messages are
//!   dropped: nothing grows without limit.
//! - While there is no connection, the side keeps the newest value of each param, and other signals
//!   are dropped here: they would arrive too late.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::identity;
use super::report::Report;
use crate::clasp::bridge::counts::Dropped;
use crate::clasp::bridge::newest::Newest;
use crate::clasp::bridge::route::Route;
use crate::clasp::bridge::unit::{Unit, address, frames};
use crate::clasp::client::clock::now_micros;
use crate::clasp::cmd::allow::Allow;
use crate::clasp::wire::{Capability, Frame, Message, Qos, Welcome, encoded_size};

/// How many frames may be queued for writing. With the longest frames these are 32 MiB.
pub const WAITING: usize = 512;

/// How many SETs that waited for the router are sent at once.
const SENT_AT_ONCE: usize = 256;

/// How many frames per second are sent singly before messages are collected into bundles. Both
/// together stay below the 1,000 a second that the reference router accepts (quirk 10).
const ONE_BY_ONE: usize = 400;

/// How long messages are collected for a bundle.
const GATHER: Duration = Duration::from_micros(2_500);

/// A router sends each SET back. One that has sent nothing for this long after a SET does not read.
const SILENT: Duration = Duration::from_secs(1);

/// The memory of a waiting message beside its address and value.
const MESSAGE_BYTES: usize = 128;

/// The greatest number of messages that are held until they are due.
const HELD_MAX: usize = 20_000;

/// Whether a message is executed only if its condition is met.
fn is_conditional(message: &Message<'_>) -> bool {
    matches!(message, Message::Set(set) if set.revision.is_some())
}

/// The sending side of a bridge's connection.
pub struct ToRouter {
    frames: mpsc::Sender<Bytes>,
    /// The addresses that profiles allow to write.
    allow: Allow,
    /// What passes, and how it is changed.
    route: Route,
    /// The newest SET of each address, while the router reads too slowly.
    waiting: Newest<Message<'static>>,
    /// When the first SET was written since the router was heard last.
    unanswered: Option<Instant>,
    /// Whether the side knows that the router does not read, or reads too slowly.
    stall_told: bool,
    live: bool,
    /// Whether the router holds timed bundles.
    keeps_time: bool,
    /// The most messages of a bundle to this router.
    bundle_max: usize,
    /// The router's clock minus ours, in µs, once it is known.
    offset: Option<i64>,
    /// Whether the router executes all of a bundle or nothing.
    is_honest: bool,
    /// Whether the router has, or may have, a rate limit.
    paced: bool,
    /// When frames were sent, in the last second.
    sent: VecDeque<Instant>,
    /// The messages collected for the next bundle.
    gathered: Vec<Message<'static>>,
    gather_until: Option<Instant>,
    /// The messages that are not due yet, by time and order of arrival.
    held: BTreeMap<(u64, u64), Vec<Message<'static>>>,
    held_count: usize,
    next: u64,
}

impl ToRouter {
    /// A sender that can send only after [`live`](Self::live); frames go into `frames`.
    pub fn new(frames: mpsc::Sender<Bytes>, allow: Allow, route: Route) -> ToRouter {
        ToRouter {
            frames,
            allow,
            route,
            waiting: Newest::default(),
            unanswered: None,
            stall_told: false,
            live: false,
            keeps_time: false,
            bundle_max: usize::MAX,
            offset: None,
            is_honest: false,
            paced: true,
            sent: VecDeque::new(),
            gathered: Vec::new(),
            gather_until: None,
            held: BTreeMap::new(),
            held_count: 0,
            next: 0,
        }
    }

    /// Records that the connection is live.
    pub fn live(&mut self, welcome: &Welcome<'_>) {
        self.live = true;
        self.unanswered = None;
        self.route.reconnected();
        self.route.stall(self.stall_told, Instant::now());
        self.keeps_time = welcome.has(Capability::KeepsTime);
        self.bundle_max = welcome.bundle_max();
        self.offset = None;
        // Routers that promise this are ours, which has no limit by default.
        self.is_honest = welcome.has(Capability::HonestBundles);
        self.paced = !self.is_honest;
        self.sent.clear();
    }

    /// Whether there is a connection.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// Records that the connection is lost.
    pub fn gone(&mut self, report: &mut Report) {
        self.live = false;
        self.unanswered = None;
        let gathered = std::mem::take(&mut self.gathered);
        self.gather_until = None;
        self.drop_transients(gathered, report);
    }

    /// Records that the router's rate limit refused a message.
    pub fn rate_limited(&mut self) {
        self.paced = true;
    }

    /// Records that the router has sent something, so it reads.
    pub fn heard(&mut self) {
        self.unanswered = None;
    }

    /// Whether a SET was written since the router was heard last.
    pub fn is_unanswered(&self) -> bool {
        self.unanswered.is_some()
    }

    /// Whether an address of the router may be written.
    pub fn may_write(&self, address: &str) -> bool {
        self.allow.check(address).is_ok()
    }

    /// Sets the router's clock minus ours, in µs.
    pub fn set_offset(&mut self, offset: i64) {
        self.offset = Some(offset);
    }

    /// The router's message as the side gets it; `None` if it does not pass.
    pub fn receive<'f>(&mut self, frame: &'f Frame<'f>) -> Option<Cow<'f, Frame<'f>>> {
        self.route.receive(frame, Instant::now())
    }

    /// Sends a unit of the side now, or when it is due.
    pub fn send(&mut self, unit: Unit, report: &mut Report) {
        let now = Instant::now();
        let messages = unit.messages.into_iter();
        let mut messages: Vec<_> = messages
            .filter_map(|message| self.route.to_router(message, now))
            .collect();
        messages.retain(|message| match self.allow.check(address(message)) {
            Ok(()) if address(message) == identity::ADDRESS => {
                report.dropped(Dropped {
                    reason: "for the id of the router",
                    detail: format!("{}: bridges know the router by it", identity::ADDRESS),
                });
                false
            }
            Ok(()) => true,
            Err(why) => {
                report.dropped(Dropped {
                    reason: "outside of what the profile allows",
                    detail: why.to_string(),
                });
                false
            }
        });
        self.pass(Unit { messages, ..unit }, report);
    }

    /// Sends a unit for the router now, or when it is due.
    fn pass(&mut self, unit: Unit, report: &mut Report) {
        let Unit { at, messages, qos } = unit;
        if messages.is_empty() {
            return;
        }
        if report.is_dry() {
            report.counts.to_router += messages.len() as u64;
            for message in &messages {
                report.would_write(message, at);
            }
            return;
        }
        match (at, self.offset) {
            (Some(at), Some(offset)) if self.live && self.keeps_time && self.waiting.is_empty() => {
                self.write(
                    &messages,
                    Some(at.saturating_add_signed(offset)),
                    qos,
                    report,
                );
            }
            (Some(at), _) if at > now_micros() => self.hold(at, messages, report),
            _ if !self.live => self.drop_transients(messages, report),
            _ => self.write_soon(messages, qos, report),
        }
    }

    fn hold(&mut self, at: u64, messages: Vec<Message<'static>>, report: &mut Report) {
        if self.held_count + messages.len() > HELD_MAX {
            for message in &messages {
                let detail = format!("{}: too much waits for its time", address(message));
                report.dropped(Dropped {
                    reason: "too many at a later time",
                    detail,
                });
            }
            return;
        }
        self.held_count += messages.len();
        self.held.insert((at, self.next), messages);
        self.next += 1;
    }

    /// Drops all messages except SETs, because there is no connection.
    fn drop_transients(&mut self, messages: Vec<Message<'static>>, report: &mut Report) {
        for message in messages {
            if !matches!(message, Message::Set(_)) {
                let detail = format!(
                    "{}: there is no connection to the router",
                    address(&message)
                );
                report.dropped(Dropped {
                    reason: "while there was no connection",
                    detail,
                });
            }
        }
    }

    /// Writes now, or collects the messages if the router would refuse them.
    fn write_soon(
        &mut self,
        messages: Vec<Message<'static>>,
        qos: Option<Qos>,
        report: &mut Report,
    ) {
        let now = Instant::now();
        let is_fast = self.paced && self.sent_lately(now) >= ONE_BY_ONE;
        // A router that keeps bundles whole would refuse all of one for a condition that is not met.
        let is_single = self.is_honest && messages.iter().any(is_conditional);
        // After messages that are already collected, to keep the order.
        if !is_single && (is_fast || self.gather_until.is_some()) {
            self.gathered.extend(messages);
            self.gather_until.get_or_insert(now + GATHER);
        } else {
            self.write(&messages, None, qos, report);
        }
    }

    fn sent_lately(&mut self, now: Instant) -> usize {
        let second = Duration::from_secs(1);
        while self.sent.front().is_some_and(|at| *at + second <= now) {
            self.sent.pop_front();
        }
        self.sent.len()
    }

    /// Writes now. `at` is the time to execute, by the router's clock.
    fn write(
        &mut self,
        messages: &[Message<'static>],
        at: Option<u64>,
        qos: Option<Qos>,
        report: &mut Report,
    ) {
        if !self.waiting.is_empty() {
            return self.wait_for_room(messages, report);
        }
        let misfit = |message: &Message<'_>, error| {
            let kept = match message {
                Message::Set(_) => "; the router keeps the value before",
                _ => "",
            };
            report.dropped(Dropped {
                reason: "too large for CLASP",
                detail: format!("{}: {error}{kept}", address(message)),
            });
        };
        let frames = frames(messages, at, qos, self.bundle_max, misfit);
        if frames.len() > self.frames.capacity() {
            return self.wait_for_room(messages, report);
        }
        let now = Instant::now();
        for frame in frames {
            if self.paced {
                self.sent.push_back(now);
            }
            // There is room, and without a connection nothing is lost that is not written again.
            let _ = self.frames.try_send(frame);
        }
        if messages
            .iter()
            .any(|message| matches!(message, Message::Set(_)))
        {
            self.unanswered.get_or_insert(now);
        }
        report.counts.to_router += messages.len() as u64;
    }

    /// Keeps SETs until the router reads again, and drops other messages.
    fn wait_for_room(&mut self, messages: &[Message<'static>], report: &mut Report) {
        for message in messages {
            let kept = match message {
                // What waits there is newer.
                Message::Set(set) if is_conditional(message) && self.waiting.has(&set.address) => {
                    continue;
                }
                Message::Set(set) => {
                    let size = encoded_size(&set.value).unwrap_or_default() + MESSAGE_BYTES;
                    let waiting = self.waiting.push(&set.address, message.clone(), size);
                    waiting.is_ok()
                }
                _ => false,
            };
            if !kept {
                report.dropped(Dropped {
                    reason: "because the router is too slow",
                    detail: format!("{}: the router reads too slowly", address(message)),
                });
            }
        }
    }

    /// Waits until SETs that wait for the router can be sent; for ever if none waits.
    pub async fn room(&self) {
        let batch = self.frames.reserve_many(SENT_AT_ONCE);
        if !self.live || self.waiting.is_empty() || batch.await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Sends SETs that waited for the router. There is [`room`](Self::room) for them: frames are never
    /// more than their messages.
    pub fn send_waiting(&mut self, report: &mut Report) {
        let messages = std::iter::from_fn(|| self.waiting.pop());
        let messages: Vec<_> = messages.take(SENT_AT_ONCE).collect();
        let rest = std::mem::take(&mut self.waiting);
        let at_once = if messages.iter().any(is_conditional) {
            1
        } else {
            SENT_AT_ONCE
        };
        for messages in messages.chunks(at_once) {
            self.write(messages, None, None, report);
        }
        self.waiting = rest;
    }

    /// Whether the router has stopped reading, or reads too slowly (true), or reads again (false)
    /// since the last call; `None` if neither.
    pub fn take_stall(&mut self) -> Option<bool> {
        let now = Instant::now();
        let is_silent = self.unanswered.is_some_and(|since| since + SILENT <= now);
        let stalled = is_silent || !self.waiting.is_empty();
        if std::mem::replace(&mut self.stall_told, stalled) == stalled {
            return None;
        }
        self.route.stall(stalled, now);
        Some(stalled)
    }

    /// When to call [`tick`](Self::tick).
    pub fn due(&self) -> Option<Instant> {
        let held = self.held.keys().next().map(|(at, _)| {
            let left = Duration::from_micros(at.saturating_sub(now_micros()));
            Instant::now() + left
        });
        let silent = self.unanswered.filter(|_| !self.stall_told);
        let silent = silent.map(|since| since + SILENT);
        [held, self.gather_until, silent]
            .into_iter()
            .flatten()
            .min()
    }

    /// Sends everything that is due.
    pub fn tick(&mut self, report: &mut Report) {
        let wall = now_micros();
        while let Some(entry) = self.held.first_entry()
            && entry.key().0 <= wall
        {
            let messages = entry.remove();
            self.held_count -= messages.len();
            self.pass(Unit::now(messages), report);
        }
        if self
            .gather_until
            .is_some_and(|until| until <= Instant::now())
        {
            self.gather_until = None;
            let gathered = std::mem::take(&mut self.gathered);
            self.write(&gathered, None, None, report);
        }
    }

    /// Sends the collected messages at the end of the bridge.
    pub fn finish(&mut self, report: &mut Report) {
        let gathered = std::mem::take(&mut self.gathered);
        if self.live {
            self.write(&gathered, None, None, report);
        }
        let waiting = std::iter::from_fn(|| self.waiting.pop()).count();
        report.unsent(self.held_count + waiting);
    }
}
