//! Counts events over time. Takes the times of events, gives a rate or counts per slot. Pure.

/// Counts in time slots of `MICROS` µs each; keeps the latest `N`.
#[derive(Debug, Clone)]
pub struct Slots<const N: usize, const MICROS: u64> {
    counts: [u32; N],
    /// The number of the latest slot that has a count.
    latest: u64,
}

impl<const N: usize, const MICROS: u64> Default for Slots<N, MICROS> {
    fn default() -> Self {
        Slots {
            counts: [0; N],
            latest: 0,
        }
    }
}

impl<const N: usize, const MICROS: u64> Slots<N, MICROS> {
    /// Counts one event at this time, in µs. After the clock was set back, events count into the
    /// latest slot.
    pub fn hit(&mut self, now: u64) {
        let slot = now / MICROS;
        for passed in (self.latest + 1..=slot).rev().take(N) {
            self.counts[(passed % N as u64) as usize] = 0;
        }
        self.latest = self.latest.max(slot);
        let count = &mut self.counts[(self.latest % N as u64) as usize];
        *count = count.saturating_add(1);
    }

    /// The count of a slot, by its number.
    fn count(&self, slot: u64) -> u32 {
        if slot <= self.latest && slot + N as u64 > self.latest {
            self.counts[(slot % N as u64) as usize]
        } else {
            0
        }
    }

    /// The counts of the latest `N` slots at this time, including the current one, oldest first.
    pub fn counts(&self, now: u64) -> [u32; N] {
        let slot = now / MICROS;
        std::array::from_fn(|n| {
            (slot + 1 + n as u64)
                .checked_sub(N as u64)
                .map_or(0, |slot| self.count(slot))
        })
    }
}

/// Half seconds: eight complete ones and the current one.
type HalfSeconds = Slots<9, 500_000>;

/// Messages a second, over the last four seconds.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    hits: HalfSeconds,
    /// The time of the first event.
    since: Option<u64>,
}

impl Meter {
    /// The shortest period, in seconds: over a shorter one, a single message would look like a high
    /// rate.
    const LEAST: f64 = 2.0;

    /// Counts one message at this time, in µs.
    pub fn hit(&mut self, now: u64) {
        self.since.get_or_insert(now);
        self.hits.hit(now);
    }

    /// The rate at this time. Only complete half seconds count, so that it does not fluctuate with
    /// the current one, except in the first seconds.
    pub fn per_second(&self, now: u64) -> f64 {
        let Some(since) = self.since else {
            return 0.0;
        };
        let counts = self.hits.counts(now);
        let age = now.saturating_sub(since) as f64 / 1e6;
        let (running, over) = counts.split_last().expect("nine");
        let sum: u64 = over.iter().map(|count| u64::from(*count)).sum();
        if age < 4.5 {
            (sum + u64::from(*running)) as f64 / age.max(Self::LEAST)
        } else {
            sum as f64 / 4.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 1_795_166_091_829_000;
    const SECOND: u64 = 1_000_000;

    #[test]
    fn a_steady_rate_is_shown_steadily() {
        for every in [10_000, 100_000, 500_000] {
            let mut meter = Meter::default();
            let expected = 1e6 / every as f64;
            for n in 0..12 * SECOND / every {
                let now = START + n * every;
                meter.hit(now);
                if now > START + 5 * SECOND {
                    let rate = meter.per_second(now);
                    assert!((rate - expected).abs() < 0.26, "{rate} for {expected}");
                }
            }
        }
    }

    #[test]
    fn one_message_is_no_flood_and_silence_is_none() {
        let mut meter = Meter::default();
        assert_eq!(meter.per_second(START), 0.0);
        meter.hit(START);
        assert_eq!(meter.per_second(START), 0.5);
        assert_eq!(meter.per_second(START + 3 * SECOND), 1.0 / 3.0);
        assert_eq!(meter.per_second(START + 6 * SECOND), 0.0);
        assert_eq!(meter.per_second(START + 1_000_000 * SECOND), 0.0);
    }

    #[test]
    fn slots_that_are_past_are_forgotten() {
        let mut slots = Slots::<3, 10>::default();
        for now in [100, 101, 112, 125] {
            slots.hit(now);
        }
        assert_eq!(slots.counts(129), [2, 1, 1]);
        assert_eq!(slots.counts(131), [1, 1, 0]);
        slots.hit(1_000);
        assert_eq!(slots.counts(1_000), [0, 0, 1]);
        slots.hit(900);
        assert_eq!(slots.counts(1_000), [0, 0, 2], "a clock that was set back");
        assert_eq!(slots.counts(0), [0, 0, 0]);
    }
}
