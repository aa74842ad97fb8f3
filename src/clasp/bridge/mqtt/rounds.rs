//! Detects messages that go round between two bridges, and stops them. Takes what passes in either
//! direction, and the time; gives what must not pass. No I/O.
//!
//! MQTT 3.1.1 has no place for a mark, so a bridge cannot tell who has published a message. But one that
//! goes round passes again and again in both directions with the same payload, which nothing else does
//! at such a rate.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use tokio::time::Instant;

/// How long messages are counted.
const WINDOW: Duration = Duration::from_secs(2);

/// So many times within a window in both directions mean that a message goes round.
const ROUNDS: u32 = 20;

/// How many different messages are counted in a window.
const COUNTED_MAX: usize = 20_000;

/// Where a message is to be passed on to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the broker to the router.
    ToRouter,
    /// From the router to the broker.
    ToBroker,
}

/// The messages of the present window.
#[derive(Debug)]
pub struct Rounds {
    began: Instant,
    by_message: HashMap<u64, Passed>,
}

/// How often a message has passed.
#[derive(Debug, Default)]
struct Passed {
    to_router: u32,
    to_broker: u32,
    is_stopped: bool,
}

impl Rounds {
    /// Nothing has passed yet.
    pub fn new(now: Instant) -> Rounds {
        Rounds {
            began: now,
            by_message: HashMap::new(),
        }
    }

    /// Counts a publication that is to be passed on. Returns whether it goes round: then it must not pass
    /// in either direction, until it has not come for a whole window. If it passed in one, the other
    /// bridge could be the way back.
    pub fn goes_round(
        &mut self,
        direction: Direction,
        topic: &str,
        payload: &[u8],
        now: Instant,
    ) -> bool {
        let Some(passed) = self.passed(topic, payload, now) else {
            return false;
        };
        match direction {
            Direction::ToRouter => passed.to_router += 1,
            Direction::ToBroker => passed.to_broker += 1,
        }
        passed.is_stopped |= passed.to_router.min(passed.to_broker) >= ROUNDS;
        passed.is_stopped
    }

    fn passed(&mut self, topic: &str, payload: &[u8], now: Instant) -> Option<&mut Passed> {
        if self.began + WINDOW <= now {
            self.began = now;
            self.by_message
                .retain(|_, passed| passed.is_stopped && passed.to_router + passed.to_broker > 0);
            for passed in self.by_message.values_mut() {
                (passed.to_router, passed.to_broker) = (0, 0);
            }
        }
        let mut hasher = DefaultHasher::new();
        (topic, payload).hash(&mut hasher);
        let key = hasher.finish();
        if self.by_message.len() >= COUNTED_MAX && !self.by_message.contains_key(&key) {
            return None;
        }
        Some(self.by_message.entry(key).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_round_is_stopped_until_it_is_quiet() {
        let mut now = Instant::now();
        let mut rounds = Rounds::new(now);
        for n in 1..=ROUNDS + 2 {
            let goes_round = rounds.goes_round(Direction::ToBroker, "go", b"1", now);
            assert_eq!(goes_round, n > ROUNDS, "{n}");
            let goes_round = rounds.goes_round(Direction::ToRouter, "go", b"1", now);
            assert_eq!(goes_round, n >= ROUNDS, "{n}");
        }
        assert!(!rounds.goes_round(Direction::ToRouter, "go", b"2", now));
        // It came in this window, and once more in each of the next ones.
        for direction in [Direction::ToRouter, Direction::ToBroker] {
            now += WINDOW;
            assert!(rounds.goes_round(direction, "go", b"1", now));
        }
        now += WINDOW;
        rounds.goes_round(Direction::ToBroker, "other", b"", now);
        now += WINDOW;
        assert!(!rounds.goes_round(Direction::ToRouter, "go", b"1", now));
    }

    #[test]
    fn a_fast_sensor_and_a_slow_dialogue_pass() {
        let mut now = Instant::now();
        let mut rounds = Rounds::new(now);
        for _ in 0..10_000 {
            assert!(!rounds.goes_round(Direction::ToRouter, "beat", b"1", now));
        }
        for _ in 0..100 {
            now += WINDOW / 10;
            assert!(!rounds.goes_round(Direction::ToBroker, "lamp", b"on", now));
            assert!(!rounds.goes_round(Direction::ToRouter, "lamp", b"on", now));
        }
        for n in 0..2 * COUNTED_MAX {
            rounds.goes_round(Direction::ToBroker, &n.to_string(), b"", now);
        }
        assert_eq!(rounds.by_message.len(), COUNTED_MAX);
    }
}
