//! Counts for people.
//!
//! A number enters; `1,000,000`, `1.9 M/s` or `4.2 MB` leaves.

use std::fmt;
use std::time::Duration;

/// A count with its digits in groups of three: `1,000,000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count(pub u64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        f.pad(&grouped)
    }
}

/// A count with its noun: `1 record`, `1,203 records`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// How many.
    pub count: u64,
    /// The word for one of them.
    pub one: &'static str,
    /// The word for any other number.
    pub more: &'static str,
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            1 => write!(f, "1 {}", self.one),
            count => write!(f, "{} {}", Count(count), self.more),
        }
    }
}

/// A rate per second with two or three digits: `850/s`, `61 k/s`, `1.9 M/s`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    per_second: f64,
}

impl Rate {
    /// The rate of `count` things in `elapsed`. If `elapsed` is zero, it shows as `0/s`.
    pub fn of(count: u64, elapsed: Duration) -> Self {
        let seconds = elapsed.as_secs_f64();
        let per_second = if seconds > 0.0 {
            count as f64 / seconds
        } else {
            0.0
        };
        Rate { per_second }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // From each bound on, rounding would give four digits.
        let text = match self.per_second {
            r if r < 999.5 => format!("{r:.0}/s"),
            r if r < 9_950.0 => format!("{:.1} k/s", r / 1e3),
            r if r < 999_500.0 => format!("{:.0} k/s", r / 1e3),
            r if r < 9_950_000.0 => format!("{:.1} M/s", r / 1e6),
            r => format!("{:.0} M/s", r / 1e6),
        };
        f.pad(&text)
    }
}

/// A number of bytes with two or three digits, in powers of 1,000: `850 bytes`, `61 kB`, `4.2 MB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
        let text = match self.0 {
            1 => "1 byte".to_owned(),
            bytes @ 0..1_000 => format!("{bytes} bytes"),
            bytes => {
                let mut scaled = bytes as f64 / 1e3;
                let mut units = UNITS.iter();
                let mut unit = units.next().unwrap_or(&"");
                // From here on, rounding would give four digits.
                while scaled >= 999.5 {
                    let Some(next) = units.next() else { break };
                    (scaled, unit) = (scaled / 1e3, next);
                }
                if scaled < 9.95 {
                    format!("{scaled:.1} {unit}")
                } else {
                    format!("{scaled:.0} {unit}")
                }
            }
        };
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        for (count, expected) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (611_400, "611,400"),
            (1_000_000, "1,000,000"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(Count(count).to_string(), expected);
        }
        assert_eq!(format!("{:>7}|", Count(1_000)), "  1,000|");
    }

    #[test]
    fn sizes_have_two_or_three_digits_and_a_unit() {
        for (bytes, expected) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (9_949, "9.9 kB"),
            (9_951, "10 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (4_200_000, "4.2 MB"),
            (118_000_000, "118 MB"),
            (8 << 30, "8.6 GB"),
            (u64::MAX, "18 EB"),
        ] {
            assert_eq!(Size(bytes).to_string(), expected, "{bytes}");
        }
        assert_eq!(format!("{:>8}|", Size(12)), "12 bytes|");
    }

    #[test]
    fn one_is_not_many() {
        for (count, expected) in [(0, "0 gaps"), (1, "1 gap"), (1_203, "1,203 gaps")] {
            let (one, more) = ("gap", "gaps");
            assert_eq!(Counted { count, one, more }.to_string(), expected);
        }
    }

    #[test]
    fn rates_have_two_or_three_digits() {
        let second = Duration::from_secs(1);
        for (count, expected) in [
            (0, "0/s"),
            (850, "850/s"),
            (1_000, "1.0 k/s"),
            (9_949, "9.9 k/s"),
            (61_100, "61 k/s"),
            (640_000, "640 k/s"),
            (999_999, "1.0 M/s"),
            (1_900_000, "1.9 M/s"),
            (25_000_000, "25 M/s"),
        ] {
            assert_eq!(Rate::of(count, second).to_string(), expected);
        }
        assert_eq!(Rate::of(5, Duration::ZERO).to_string(), "0/s");
        assert_eq!(Rate::of(5, Duration::from_millis(10)).to_string(), "500/s");
    }
}
