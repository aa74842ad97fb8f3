//! Decides whether a silent session is still alive. Takes what was received and the time, gives
//! what to do. Pure.
//!
//! The probe is an event to the session's own P2P address. A router that still knows the session
//! delivers it back, which also counts as traffic and keeps the session; a router that has
//! forgotten it replies ERROR 404 (quirk 11). A token without write scope for the address gets 301,
//! and a router without P2P does not reply: then the session has to be replaced by a second
//! connection.

use std::time::Duration;

use tokio::time::Instant;

use crate::clasp::client::Refusal;
use crate::clasp::wire::{Message, Publish, SignalType};

/// How long a probe's fence may take.
pub const FENCE_TIMEOUT: Duration = Duration::from_secs(5);

const ADDRESS: &str = "/clasp/p2p/signal/";

/// The event that a session sends itself.
pub fn message(session: &str) -> Message<'static> {
    Message::Publish(Publish::new(
        SignalType::Event,
        format!("{ADDRESS}{session}"),
    ))
}

/// Whether an event is the probe of this session.
pub fn is_echo(address: &str, session: &str) -> bool {
    address.strip_prefix(ADDRESS) == Some(session)
}

/// What to do when the timer fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Wait,
    /// Send the probe, and a PING behind it.
    Send,
    /// Replace the session by a second connection.
    HandOver,
    /// The connection is dead.
    GiveUp,
}

/// What an ERROR means for the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorMeaning {
    /// The router has forgotten the session.
    Forgotten,
    /// It is a reply to the probe: the session is alive.
    ProbeAnswer,
    /// It is about something else.
    Unrelated,
}

/// The state of probing one session.
#[derive(Debug)]
pub struct Probe {
    interval: Duration,
    due: Instant,
    heard: bool,
    /// A PING has been sent and its PONG has not come.
    fence: bool,
    /// A probe has been sent and its fence is not back.
    sent: bool,
    echoed: bool,
    /// This session cannot be probed: its probe is not delivered back.
    unprobeable: bool,
    quiet_ticks: u32,
}

impl Probe {
    /// For a session that begins now and whose subscription fence has been sent.
    pub fn new(interval: Duration, now: Instant) -> Probe {
        Probe {
            interval,
            due: now + FENCE_TIMEOUT,
            heard: false,
            fence: true,
            sent: false,
            echoed: false,
            unprobeable: false,
            quiet_ticks: 0,
        }
    }

    /// When to call [`tick`](Self::tick).
    pub fn due(&self) -> Instant {
        self.due
    }

    /// Records a delivery: the router knows the session.
    pub fn heard(&mut self) {
        self.heard = true;
    }

    /// Records that the probe was delivered back.
    pub fn echoed(&mut self) {
        self.echoed = true;
    }

    /// Decides what to do now. Call it when [`due`](Self::due) has passed.
    pub fn tick(&mut self, now: Instant) -> Action {
        if now < self.due {
            return Action::Wait;
        }
        let heard = std::mem::take(&mut self.heard);
        if self.fence {
            if heard {
                // The fence may be behind a long snapshot or many deliveries.
                self.due = now + FENCE_TIMEOUT;
                return Action::Wait;
            }
            return Action::GiveUp;
        }
        self.due = now + self.interval;
        if heard {
            self.quiet_ticks = 0;
            return Action::Wait;
        }
        if self.unprobeable {
            // Between one and two intervals of silence have passed at the first quiet_ticks tick, so the
            // second comes before three: at the default of 80 s within the 240 s of quirk 11.
            self.quiet_ticks += 1;
            return if self.quiet_ticks < 2 {
                Action::Wait
            } else {
                Action::HandOver
            };
        }
        self.sent = true;
        self.echoed = false;
        self.fence_sent(now);
        Action::Send
    }

    /// Records that a PING was sent.
    pub fn fence_sent(&mut self, now: Instant) {
        self.fence = true;
        self.heard = false;
        self.due = now + FENCE_TIMEOUT;
    }

    /// Whether a PONG is still to come.
    pub fn fence_open(&self) -> bool {
        self.fence
    }

    /// Records the PONG: the router has handled the probe before it.
    pub fn fenced(&mut self, now: Instant) {
        self.fence = false;
        self.due = now + self.interval;
        if std::mem::take(&mut self.sent) && !self.echoed {
            self.unprobeable = true;
            self.quiet_ticks = 1;
        }
    }

    /// What an ERROR means.
    pub fn refused(&self, refusal: &Refusal) -> ErrorMeaning {
        if !self.sent {
            return ErrorMeaning::Unrelated;
        }
        match refusal.code {
            Refusal::NO_SESSION => ErrorMeaning::Forgotten,
            Refusal::FORBIDDEN => ErrorMeaning::ProbeAnswer,
            _ => ErrorMeaning::Unrelated,
        }
    }

    /// Records that a second connection has replaced the session.
    pub fn replaced(&mut self, now: Instant) {
        self.quiet_ticks = 0;
        self.heard = false;
        self.fence = false;
        self.due = now + self.interval;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(80);

    fn refusal(code: u16) -> Refusal {
        Refusal {
            code,
            message: String::new(),
            address: None,
        }
    }

    fn live(now: Instant) -> Probe {
        let mut probe = Probe::new(INTERVAL, now);
        probe.fenced(now);
        probe
    }

    #[test]
    fn silence_before_the_subscription_is_live_is_a_dead_connection() {
        let start = Instant::now();
        let mut probe = Probe::new(INTERVAL, start);
        probe.heard();
        assert_eq!(
            probe.tick(start + FENCE_TIMEOUT),
            Action::Wait,
            "a long snapshot"
        );
        assert_eq!(probe.tick(start + FENCE_TIMEOUT * 2), Action::GiveUp);
    }

    #[test]
    fn traffic_needs_no_probe() {
        let start = Instant::now();
        let mut probe = live(start);
        for n in 1..10 {
            probe.heard();
            assert_eq!(probe.tick(start + INTERVAL * n), Action::Wait);
        }
    }

    #[test]
    fn silence_is_probed_and_the_echo_is_enough() {
        let start = Instant::now();
        let mut probe = live(start);
        assert_eq!(probe.tick(start + INTERVAL), Action::Send);
        probe.echoed();
        probe.fenced(start + INTERVAL);
        assert_eq!(probe.tick(start + INTERVAL), Action::Wait);
        assert_eq!(probe.tick(start + INTERVAL * 2), Action::Send);
    }

    #[test]
    fn a_router_that_forgot_says_404() {
        let start = Instant::now();
        let mut probe = live(start);
        probe.tick(start + INTERVAL);
        assert_eq!(probe.refused(&refusal(404)), ErrorMeaning::Forgotten);
    }

    #[test]
    fn an_unprobeable_session_is_replaced_before_240_seconds() {
        let start = Instant::now();
        let mut probe = live(start);
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(probe.tick(at(80)), Action::Send);
        assert_eq!(probe.refused(&refusal(301)), ErrorMeaning::ProbeAnswer);
        probe.fenced(at(80));
        assert_eq!(probe.tick(at(160)), Action::HandOver);
        probe.replaced(at(160));
        assert_eq!(probe.tick(at(240)), Action::Wait);
        assert_eq!(probe.tick(at(320)), Action::HandOver);
    }

    #[test]
    fn a_missing_fence_is_a_dead_connection() {
        let start = Instant::now();
        let mut probe = live(start);
        probe.tick(start + INTERVAL);
        assert_eq!(probe.tick(start + INTERVAL + FENCE_TIMEOUT), Action::GiveUp);
    }

    #[test]
    fn an_error_without_a_probe_is_not_about_the_probe() {
        let probe = live(Instant::now());
        assert_eq!(probe.refused(&refusal(404)), ErrorMeaning::Unrelated);
    }
}
