//! Sparklines. Takes numbers over time, or the times of events, and gives small bars. Pure.

use super::meter::Slots;

/// The number of bars.
pub const BARS: usize = 20;

/// The least time between two bars, in µs: a number that comes sooner replaces the one before. So
/// twenty bars of a fast signal cover five seconds, and those of a slow signal hours.
const APART: u64 = 250_000;

/// Bars from low to high.
pub const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The recent numbers and event counts of an address.
#[derive(Debug, Clone, Default)]
pub struct Trail {
    numbers: [f64; BARS],
    /// How many there are.
    length: usize,
    /// When the latest bar was begun.
    begun: u64,
    /// Whether the latest value is a number.
    numeric: bool,
    /// How many messages came in each second.
    seconds: Slots<BARS, 1_000_000>,
}

impl Trail {
    /// Adds a message at this time, in µs, with its number if it has one.
    pub fn take(&mut self, number: Option<f64>, now: u64) {
        self.seconds.hit(now);
        self.know(number, now);
    }

    /// Adds a retained value: its number counts, but it is not a message.
    pub fn know(&mut self, number: Option<f64>, now: u64) {
        self.numeric = number.is_some();
        let Some(number) = number else {
            return;
        };
        if self.length > 0 && now.saturating_sub(self.begun) < APART {
            self.numbers[self.length - 1] = number;
            return;
        }
        self.begun = now;
        if self.length == BARS {
            self.numbers.rotate_left(1);
            self.length -= 1;
        }
        self.numbers[self.length] = number;
        self.length += 1;
    }

    /// The bars. For numbers: their height between the lowest and the highest shown. For other
    /// values: how many messages came in each of the last seconds. [`BARS`] columns, the latest at
    /// the right.
    pub fn bars(&self, now: u64) -> String {
        let bars = if self.numeric {
            numbers(&self.numbers[..self.length])
        } else {
            density(&self.seconds.counts(now))
        };
        let missing = BARS - bars.chars().count();
        format!("{:missing$}{bars}", "")
    }
}

fn numbers(numbers: &[f64]) -> String {
    let finite = || numbers.iter().copied().filter(|number| number.is_finite());
    let low = finite().fold(f64::INFINITY, f64::min);
    let high = finite().fold(f64::NEG_INFINITY, f64::max);
    // Halved, because the difference of two floats may overflow.
    let range = high / 2.0 - low / 2.0;
    numbers
        .iter()
        .map(|number| {
            if !number.is_finite() {
                ' '
            } else if range <= 0.0 {
                LEVELS[LEVELS.len() / 2 - 1]
            } else {
                level((number / 2.0 - low / 2.0) / range)
            }
        })
        .collect()
}

fn density(counts: &[u32]) -> String {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    counts
        .iter()
        .map(|count| match count {
            0 => ' ',
            count => level(f64::from(*count) / f64::from(most)),
        })
        .collect()
}

fn level(part: f64) -> char {
    let top = LEVELS.len() - 1;
    LEVELS[((part * top as f64).round() as usize).min(top)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 1_795_166_091_000_000;
    const SECOND: u64 = 1_000_000;

    fn of(numbers: &[f64]) -> String {
        let mut trail = Trail::default();
        for (n, number) in (0..).zip(numbers) {
            trail.take(Some(*number), START + n * APART);
        }
        trail.bars(START).trim_start().to_owned()
    }

    #[test]
    fn numbers_rise_from_the_lowest_to_the_highest() {
        assert_eq!(of(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]), "▁▂▃▄▅▆▇█");
        assert_eq!(of(&[-1.0, 1.0, -1.0]), "▁█▁");
        assert_eq!(of(&[5.0, 5.0, 5.0]), "▄▄▄");
        assert_eq!(of(&[f64::MIN, 0.0, f64::MAX]), "▁▅█");
        assert_eq!(of(&[0.0, f64::NAN, 1.0, f64::INFINITY, 0.0]), "▁ █ ▁");
        assert_eq!(of(&[f64::NAN]).trim(), "");
    }

    #[test]
    fn only_the_latest_are_shown_at_the_right() {
        let many: Vec<f64> = (0..100).map(f64::from).collect();
        let bars = of(&many);
        assert_eq!(bars.chars().count(), BARS);
        assert!(bars.starts_with('▁') && bars.ends_with('█'), "{bars}");
        let mut trail = Trail::default();
        trail.take(Some(1.0), START);
        assert_eq!(trail.bars(START), format!("{:1$}▄", "", BARS - 1));
    }

    #[test]
    fn a_burst_is_one_bar_and_its_last_value_counts() {
        let mut trail = Trail::default();
        trail.take(Some(0.0), START);
        for n in 0..1_000 {
            trail.take(Some(f64::from(n)), START + APART + u64::from(n as u32));
        }
        assert_eq!(trail.bars(START).trim_start(), "▁█");
        assert_eq!(trail.numbers[1], 999.0);
    }

    #[test]
    fn what_is_no_number_is_shown_by_how_often_it_came() {
        let mut trail = Trail::default();
        for n in 0..8 {
            trail.take(None, START + n);
        }
        trail.take(None, START + 2 * SECOND);
        let at = |seconds| trail.bars(START + seconds * SECOND);
        assert_eq!(at(2).trim_start(), "█ ▂");
        assert_eq!(at(3).trim_start(), "█ ▂ ");
        assert_eq!(at(60), " ".repeat(BARS));
    }

    #[test]
    fn what_was_there_already_has_not_happened_now() {
        let mut trail = Trail::default();
        trail.know(None, START);
        assert_eq!(trail.bars(START), " ".repeat(BARS));
    }
}
