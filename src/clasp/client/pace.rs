//! How fast messages may be sent to a router with a rate limit. Takes the times at which messages
//! were sent; gives the time at which the next may be sent. Pure.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// How many messages a connection may send in one burst: the reference router accepts 1,000 a
/// second (quirk 10), and HELLO and the fences count too.
pub const BURST: usize = 900;

/// How long to wait after an ERROR 429: the router refuses until its wall-clock second ends.
pub const RATE_WINDOW: Duration = Duration::from_millis(1_010);

/// Allows at most [`BURST`] messages in any second, once enabled. The router counts by its own wall
/// clock, and where its seconds begin is not known here: so the limit holds for a sliding second.
#[derive(Debug, Default)]
pub struct Pace {
    enabled: bool,
    sent: VecDeque<Instant>,
}

impl Pace {
    /// Applies the limit from now on.
    pub fn enable(&mut self) {
        self.enabled = true;
    }

    /// Records that a message is being sent.
    pub fn sent(&mut self, now: Instant) {
        if self.sent.len() == BURST {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }

    /// Forgets what was sent: a new connection has its own limit.
    pub fn reset(&mut self) {
        self.sent.clear();
    }

    /// When the next message may be sent, if not now.
    pub fn until(&self, now: Instant) -> Option<Instant> {
        self.until_all(1, now)
    }

    /// When this many messages ([`BURST`] at most) may be sent at once, if not now.
    pub fn until_all(&self, count: usize, now: Instant) -> Option<Instant> {
        let over = (self.sent.len() + count).checked_sub(BURST + 1)?;
        let free = *self.sent.get(over)? + Duration::from_secs(1);
        (self.enabled && now < free).then_some(free)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_has_more_than_a_burst_wherever_it_begins() {
        let start = Instant::now();
        let mut pace = Pace::default();
        pace.enable();
        let mut now = start;
        let mut sent = Vec::new();
        for _ in 0..BURST * 3 {
            if let Some(until) = pace.until(now) {
                now = until;
            }
            pace.sent(now);
            sent.push(now);
            now += Duration::from_micros(300);
        }
        for (n, from) in sent.iter().enumerate() {
            let within = sent[n..]
                .iter()
                .take_while(|at| **at < *from + Duration::from_secs(1))
                .count();
            assert!(within <= BURST, "{within} messages in one second");
        }
    }

    #[test]
    fn not_enabled_it_never_waits() {
        let now = Instant::now();
        let mut pace = Pace::default();
        for _ in 0..BURST * 2 {
            pace.sent(now);
        }
        assert_eq!(pace.until(now), None);
        pace.enable();
        assert_eq!(
            pace.until_all(BURST, now),
            Some(now + Duration::from_secs(1))
        );
        assert_eq!(pace.until(now), Some(now + Duration::from_secs(1)));
        pace.reset();
        assert_eq!(pace.until(now), None);
    }
}
