//! How fast messages may follow each other, pure.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::clasp::client::request::BURST;

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
        if !self.enabled || self.sent.len() < BURST {
            return None;
        }
        let free = *self.sent.front()? + Duration::from_secs(1);
        (now < free).then_some(free)
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
        assert_eq!(pace.until(now), Some(now + Duration::from_secs(1)));
        pace.reset();
        assert_eq!(pace.until(now), None);
    }
}
