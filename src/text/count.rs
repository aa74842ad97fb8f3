//! Counts and sizes for people.
//!
//! Takes a number; gives `1,000,000`, `1.9 M/s` or `4.2 MB`. Also parses sizes, such as `64 MiB`.

use std::fmt;
use std::str::FromStr;
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

/// Whether a count is left out of a document that names only what happened.
pub fn is_zero(count: &u64) -> bool {
    *count == 0
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

/// A measured rate per second, shown with two or three digits: `850/s`, `61 k/s`, `1.9 M/s`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Throughput {
    per_second: f64,
}

impl Throughput {
    /// The rate of `count` things in `elapsed`. If `elapsed` is zero, it shows as `0/s`.
    pub fn of(count: u64, elapsed: Duration) -> Self {
        let seconds = elapsed.as_secs_f64();
        let per_second = if seconds > 0.0 {
            count as f64 / seconds
        } else {
            0.0
        };
        Throughput { per_second }
    }
}

impl fmt::Display for Throughput {
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

impl Size {
    /// The number as a size in memory; the largest one if it does not fit.
    pub fn in_memory(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// Why a text is not a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a size is a whole number above 0 with or without a unit, such as 300000000, 64MiB or 2GB")]
pub struct NotASize;

impl FromStr for Size {
    type Err = NotASize;

    /// Parses a number of bytes: `300000000`, `64MiB`, `64 M` (the same), `2GB`.
    fn from_str(text: &str) -> Result<Size, NotASize> {
        let text = text.trim();
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let unit = match text[digits.len()..].trim_start() {
            "" | "B" => 1,
            "kB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            "K" | "KiB" => 1 << 10,
            "M" | "MiB" => 1 << 20,
            "G" | "GiB" => 1 << 30,
            _ => return Err(NotASize),
        };
        let count: u64 = digits.parse().map_err(|_| NotASize)?;
        let bytes = count.checked_mul(unit).filter(|bytes| *bytes > 0);
        bytes.map(Size).ok_or(NotASize)
    }
}

/// A limit in bytes, shown exactly, in powers of 1,024 if it is a multiple of one: `16 MiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExactSize(pub u64);

impl fmt::Display for ExactSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0;
        for (unit, name) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] {
            if bytes >= unit && bytes.is_multiple_of(unit) {
                return write!(f, "{} {name}", bytes / unit);
            }
        }
        write!(f, "{bytes} bytes")
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
            assert_eq!(Throughput::of(count, second).to_string(), expected);
        }
        assert_eq!(Throughput::of(5, Duration::ZERO).to_string(), "0/s");
        assert_eq!(
            Throughput::of(5, Duration::from_millis(10)).to_string(),
            "500/s"
        );
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, expected) in [
            ("300000000", Some(300_000_000)),
            ("1GiB", Some(1 << 30)),
            ("64 MiB", Some(1 << 26)),
            ("8K", Some(8_192)),
            ("1GB", Some(1_000_000_000)),
            ("5kB", Some(5_000)),
            ("0", None),
            ("", None),
            ("1.5GiB", None),
            ("1gb", None),
            ("99999999999999999999", None),
            ("99999999999GiB", None),
            ("-1", None),
        ] {
            assert_eq!(text.parse().ok(), expected.map(Size), "{text}");
        }
    }
}
