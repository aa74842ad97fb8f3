//! How late records were played. Takes each delay, gives the median and the maximum. Pure.
//!
//! A playback may last for days, so delays are not kept but counted in a histogram: exact below 64
//! µs, within 3 % above.

use std::time::Duration;

/// Classes per octave, as a power of two.
const FINE: u32 = 5;

/// The number of classes: enough for any number of µs.
const CLASSES: usize = (65 - FINE as usize) << FINE;

/// A histogram of delays.
#[derive(Debug, Clone)]
pub struct Drift {
    classes: Vec<u64>,
    count: u64,
    max: Duration,
}

impl Default for Drift {
    fn default() -> Self {
        Drift {
            classes: vec![0; CLASSES],
            count: 0,
            max: Duration::ZERO,
        }
    }
}

impl Drift {
    /// Adds this many records that were this late.
    pub fn add(&mut self, late: Duration, records: u64) {
        let micros = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
        self.classes[class(micros)] += records;
        self.count += records;
        self.max = self.max.max(late);
    }

    /// The median delay; `None` without records.
    pub fn median(&self) -> Option<Duration> {
        let middle = self.count.checked_sub(1)? / 2;
        let mut seen = 0;
        let class = self.classes.iter().position(|count| {
            seen += count;
            seen > middle
        })?;
        Some(Duration::from_micros(least(class)))
    }

    /// The longest delay.
    pub fn max(&self) -> Duration {
        self.max
    }
}

fn class(micros: u64) -> usize {
    let octave = (u64::BITS - micros.leading_zeros()).saturating_sub(FINE + 1);
    ((octave as usize) << FINE) + (micros >> octave) as usize
}

/// The shortest delay of a class.
fn least(class: usize) -> u64 {
    let octave = (class >> FINE).saturating_sub(1);
    ((class - (octave << FINE)) as u64) << octave
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_begins_where_the_one_before_ends_and_is_narrow() {
        for class_number in 0..CLASSES - (1 << FINE) {
            let begins = least(class_number);
            assert_eq!(class(begins), class_number);
            if begins > 0 {
                assert_eq!(class(begins - 1), class_number - 1, "{begins}");
            }
        }
        for micros in [63, 64, 1_000, 5_000, 1 << 40] {
            let error = micros - least(class(micros));
            assert!(error * 32 <= micros, "{micros} is off by {error}");
        }
        assert!(class(u64::MAX) < CLASSES);
    }

    #[test]
    fn the_median_and_the_maximum() {
        let mut drift = Drift::default();
        assert_eq!(drift.median(), None);
        for late in [40, 10, 30, 20] {
            drift.add(Duration::from_micros(late), 1);
        }
        assert_eq!(drift.median(), Some(Duration::from_micros(20)));
        drift.add(Duration::from_millis(7), 5);
        assert_eq!(drift.max(), Duration::from_millis(7));
        let median = drift.median().unwrap().as_micros();
        assert!((6_780..=7_000).contains(&median), "{median}");
    }
}
