//! Computes how long to wait before another attempt: exponential backoff with jitter, up to a
//! limit. Takes the outcome of attempts; gives waits, or none when the time is over.

use std::time::Duration;

use tokio::time::Instant;

/// The longest wait between two attempts.
pub const CEILING: Duration = Duration::from_secs(30);

/// A sequence of waits. The first is given; each following one is twice as long, up to [`CEILING`].
/// Each is shortened by a random part, up to a quarter, so that a thousand clients of a restarted
/// server do not reconnect in the same millisecond.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    next: Duration,
    seed: u64,
}

impl Backoff {
    /// A sequence that begins with this wait. `seed` is for the jitter: any number that differs
    /// between processes.
    pub fn new(first: Duration, seed: u64) -> Backoff {
        Backoff {
            first,
            next: first,
            seed: seed | 1,
        }
    }

    /// The next wait.
    pub fn wait(&mut self) -> Duration {
        let full = self.next.min(CEILING.max(self.first));
        self.next = full.saturating_mul(2).min(CEILING.max(self.first));
        // xorshift64 is random enough for jitter.
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        full - full / 4 * (self.seed >> 40) as u32 / (1 << 24)
    }

    /// To be called when a connection is established: the sequence begins again.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

/// The waits between attempts to reach a service that may still be starting: short ones, until a
/// time.
#[derive(Debug)]
pub struct ConnectRetry {
    until: Instant,
    waits: Backoff,
}

impl ConnectRetry {
    /// The first wait.
    const FIRST: Duration = Duration::from_millis(50);
    /// The longest wait.
    const LONGEST: Duration = Duration::from_secs(1);

    /// Attempts for this long from now on; with zero there is only one.
    pub fn new(span: Duration) -> ConnectRetry {
        ConnectRetry {
            until: Instant::now() + span,
            waits: Backoff::new(ConnectRetry::FIRST, u64::from(std::process::id())),
        }
    }

    /// How much time is left.
    pub fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// How long to wait before another attempt; None if the time is over.
    pub fn wait(&mut self) -> Option<Duration> {
        let left = self.left();
        (!left.is_zero()).then(|| self.waits.wait().min(ConnectRetry::LONGEST).min(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_ceiling_and_never_exceeds_it() {
        let mut backoff = Backoff::new(Duration::from_secs(1), 7);
        let waits: Vec<_> = (0..10).map(|_| backoff.wait()).collect();
        let mut full = Duration::from_secs(1);
        for wait in waits {
            assert!(wait <= full && wait >= full * 3 / 4, "{wait:?} of {full:?}");
            full = (full * 2).min(CEILING);
        }
        backoff.reset();
        assert!(backoff.wait() <= Duration::from_secs(1));
    }

    #[test]
    fn attempts_end_with_their_time() {
        assert_eq!(ConnectRetry::new(Duration::ZERO).wait(), None);
        let mut retry = ConnectRetry::new(Duration::from_secs(60));
        let waits: Vec<_> = (0..20)
            .map(|_| retry.wait().expect("time is left"))
            .collect();
        assert!(waits[0] <= ConnectRetry::FIRST, "{waits:?}");
        assert!(
            waits.iter().all(|wait| *wait <= ConnectRetry::LONGEST),
            "{waits:?}"
        );
        let short = Duration::from_millis(5);
        let wait = ConnectRetry::new(short).wait();
        assert!(wait.is_none_or(|wait| wait <= short), "{wait:?}");
    }

    #[test]
    fn two_processes_do_not_wait_alike() {
        let waits = |seed| {
            let mut backoff = Backoff::new(Duration::from_secs(1), seed);
            (0..5).map(|_| backoff.wait()).collect::<Vec<_>>()
        };
        assert_ne!(waits(1), waits(1001));
    }
}
