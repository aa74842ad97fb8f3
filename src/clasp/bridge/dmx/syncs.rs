//! When the sync packets of each source came last. Takes packets and the time. Pure.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

/// The most sources that are remembered.
pub const MOST: usize = 1_000;

/// The last sync packet of each source.
#[derive(Debug)]
pub struct Syncs<S> {
    timeout: Duration,
    last: HashMap<S, Instant>,
}

impl<S: Eq + Hash> Syncs<S> {
    /// No packet yet; a source that is silent for `timeout` has ceased.
    pub fn new(timeout: Duration) -> Syncs<S> {
        Syncs {
            timeout,
            last: HashMap::new(),
        }
    }

    /// Records a packet; false if there is no room for another source.
    pub fn record(&mut self, source: S, now: Instant) -> bool {
        if self.last.len() >= MOST && !self.last.contains_key(&source) {
            let timeout = self.timeout;
            self.last.retain(|_, last| *last + timeout > now);
            if self.last.len() >= MOST {
                return false;
            }
        }
        self.last.insert(source, now);
        true
    }

    /// How many sources are remembered.
    #[cfg(test)]
    pub fn sources(&self) -> usize {
        self.last.len()
    }

    /// Whether sync packets of a source are still coming; `None` if there never was one.
    pub fn are_coming(&self, source: &S, now: Instant) -> Option<bool> {
        let last = self.last.get(source)?;
        Some(*last + self.timeout > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(4);

    #[test]
    fn sources_that_have_ceased_make_room() {
        let now = Instant::now();
        let mut syncs = Syncs::new(TIMEOUT);
        for source in 0..MOST {
            assert!(syncs.record(source, now));
        }
        assert!(!syncs.record(MOST, now) && syncs.record(0, now));
        assert_eq!(syncs.are_coming(&0, now), Some(true));
        assert_eq!(syncs.are_coming(&0, now + TIMEOUT), Some(false));
        assert_eq!(syncs.are_coming(&MOST, now), None);
        assert!(syncs.record(MOST, now + TIMEOUT));
        assert_eq!(
            syncs.are_coming(&1, now + TIMEOUT),
            None,
            "it was forgotten"
        );
    }
}
