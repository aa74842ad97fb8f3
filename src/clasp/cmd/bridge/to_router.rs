//! What goes to the router: units enter, frames leave as soon as the router can take them.
//!
//! - A unit with a time goes at once to a router that keeps time, by that router's clock; any other
//!   gets it when it is due.
//! - A router that refuses more than so many messages a second gets bundles, every few milliseconds.
//! - While there is no connection, the side keeps the newest value of each param, and what is no
//!   state is dropped here: it would come too late.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::report::Report;
use crate::clasp::bridge::counts::Dropped;
use crate::clasp::bridge::unit::{Unit, address, frames};
use crate::clasp::client::clock::now_micros;
use crate::clasp::cmd::allow::Allow;
use crate::clasp::wire::{Capability, Message, Qos, Welcome};

/// How many frames may wait to be written.
pub const WAITING: usize = 4_096;

/// How many frames of a second leave one by one, before they are gathered: with those gathered they
/// are fewer than the 1,000 that the reference router takes (quirk 10).
const ONE_BY_ONE: usize = 400;

/// How long messages are gathered.
const GATHER: Duration = Duration::from_micros(2_500);

/// The most messages that are held until they are due.
const HELD_MAX: usize = 20_000;

/// What goes to the router.
pub struct ToRouter {
    frames: mpsc::Sender<Bytes>,
    /// What profiles let us write.
    allow: Allow,
    live: bool,
    /// The router executes timed bundles itself.
    keeps_time: bool,
    /// The router's clock minus ours, in µs, once it is known.
    offset: Option<i64>,
    /// Whether the router refuses what comes too fast, as far as is known.
    paced: bool,
    /// When frames have left, in the last second.
    sent: VecDeque<Instant>,
    /// What is gathered.
    gathered: Vec<Message<'static>>,
    gather_until: Option<Instant>,
    /// What is not due yet, by its time and the order it came in.
    held: BTreeMap<(u64, u64), Vec<Message<'static>>>,
    held_count: usize,
    next: u64,
}

impl ToRouter {
    /// Nothing can be sent before [`live`](Self::live); what is sent then goes into `frames`.
    pub fn new(frames: mpsc::Sender<Bytes>, allow: Allow) -> ToRouter {
        ToRouter {
            frames,
            allow,
            live: false,
            keeps_time: false,
            offset: None,
            paced: true,
            sent: VecDeque::new(),
            gathered: Vec::new(),
            gather_until: None,
            held: BTreeMap::new(),
            held_count: 0,
            next: 0,
        }
    }

    /// There is a connection.
    pub fn live(&mut self, welcome: &Welcome<'_>) {
        self.live = true;
        self.keeps_time = welcome.has(Capability::KeepsTime);
        self.offset = None;
        // Only ours has no limit unless told.
        self.paced = !welcome.has(Capability::HonestBundles);
        self.sent.clear();
    }

    /// The connection is gone.
    pub fn gone(&mut self, report: &mut Report) {
        self.live = false;
        let gathered = std::mem::take(&mut self.gathered);
        self.gather_until = None;
        self.drop_transients(gathered, report);
    }

    /// The router has refused something for rate.
    pub fn too_fast(&mut self) {
        self.paced = true;
    }

    /// By how much the router's clock is ahead of ours, in µs.
    pub fn set_offset(&mut self, offset: i64) {
        self.offset = Some(offset);
    }

    /// Sends a unit, now or when it can be.
    pub fn send(&mut self, unit: Unit, report: &mut Report) {
        let Unit {
            at,
            mut messages,
            qos,
        } = unit;
        messages.retain(|message| match self.allow.check(address(message)) {
            Ok(()) => true,
            Err(why) => {
                report.dropped(Dropped {
                    reason: "outside of what the profile allows",
                    detail: why.to_string(),
                });
                false
            }
        });
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
            (Some(at), Some(offset)) if self.live && self.keeps_time => {
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

    /// Without a connection: what is no state is dropped.
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

    /// Writes, or gathers where the router would refuse.
    fn write_soon(
        &mut self,
        messages: Vec<Message<'static>>,
        qos: Option<Qos>,
        report: &mut Report,
    ) {
        let now = Instant::now();
        let is_fast = self.paced && self.sent_lately(now) >= ONE_BY_ONE;
        // Behind what is gathered already, in order.
        if is_fast || self.gather_until.is_some() {
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

    /// Writes at once. `at` is the router's time.
    fn write(
        &mut self,
        messages: &[Message<'static>],
        at: Option<u64>,
        qos: Option<Qos>,
        report: &mut Report,
    ) {
        let misfit = |message: &Message<'_>, error| {
            report.dropped(Dropped {
                reason: "too large for CLASP",
                detail: format!("{}: {error}", address(message)),
            });
        };
        let frames = frames(messages, at, qos, misfit);
        let now = Instant::now();
        let mut full = false;
        for frame in frames {
            if self.paced {
                self.sent.push_back(now);
            }
            full |= self.frames.try_send(frame).is_err();
        }
        if full {
            report.dropped(Dropped {
                reason: "times the router read too slowly",
                detail: "the router does not read what it is sent".into(),
            });
        } else {
            report.counts.to_router += messages.len() as u64;
        }
    }

    /// When [`tick`](Self::tick) is to be called.
    pub fn due(&self) -> Option<Instant> {
        let held = self.held.keys().next().map(|(at, _)| {
            let left = Duration::from_micros(at.saturating_sub(now_micros()));
            Instant::now() + left
        });
        held.into_iter().chain(self.gather_until).min()
    }

    /// Sends what is due.
    pub fn tick(&mut self, report: &mut Report) {
        let wall = now_micros();
        while let Some(entry) = self.held.first_entry()
            && entry.key().0 <= wall
        {
            let messages = entry.remove();
            self.held_count -= messages.len();
            self.send(Unit::now(messages), report);
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

    /// What was to wait a little longer is sent, because it is over.
    pub fn finish(&mut self, report: &mut Report) {
        let gathered = std::mem::take(&mut self.gathered);
        if self.live {
            self.write(&gathered, None, None, report);
        }
        if self.held_count > 0 {
            let waiting = self.held_count as u64;
            report.counts.drop("not sent before the end", waiting);
        }
    }
}
