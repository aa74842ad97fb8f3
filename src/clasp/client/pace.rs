//! How fast messages may follow each other, pure.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// How many messages a connection may send in one burst: below the 1,000 in a second that the
/// reference router takes (quirk 10), with room for HELLO and the fences.
pub const BURST: usize = 900;

/// How long a router that refuses for rate keeps refusing: to the end of the wall-clock second.
pub const RATE_WINDOW: Duration = Duration::from_millis(1_010);

/// Keeps any second to [`BURST`] messages, once enabled: a router counts by its own wall clock, so
/// only a sliding second is safe against where its seconds begin.
#[derive(Debug, Default)]
pub struct Pace {
    enabled: bool,
    sent: VecDeque<Instant>,
}

impl Pace {
    /// From now on, keep to the limit.
    pub fn enable(&mut self) {
        self.enabled = true;
    }

    /// A message is being sent.
    pub fn sent(&mut self, now: Instant) {
        if self.sent.len() == BURST {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }

    /// A new connection has a limit of its own.
    pub fn reset(&mut self) {
        self.sent.clear();
    }

    /// When the next message may be sent, if not now.
    pub fn until(&self, now: Instant) -> Option<Instant> {
        self.until_all(1, now)
    }

    /// When so many messages may be sent at once, if not now; [`BURST`] of them at most.
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
