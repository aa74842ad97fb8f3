//! Parses and formats durations.
//!
//! Takes `1h30m` and gives a [`Duration`]; takes a [`Duration`] and gives `1 h 30 min`. Every
//! duration that is shown can also be typed.

use std::fmt;
use std::time::Duration;

/// A century. A deadline beyond it is a typing mistake, and adding more to the clock may overflow.
pub const LONGEST: Duration = Duration::from_secs(36_525 * 86_400);

/// The units, longest first: what may be typed, and the nanoseconds in one.
const UNITS: [(&[&str], u64); 6] = [
    (&["d"], 86_400_000_000_000),
    (&["h"], 3_600_000_000_000),
    (&["m", "min"], 60_000_000_000),
    (&["s"], 1_000_000_000),
    (&["ms"], 1_000_000),
    (&["us", "µs"], 1_000),
];

/// Why a text is not a duration. The message does not repeat the text: the caller names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Nothing was given.
    #[error("a duration is needed, such as 500ms, 30s or 1h30m")]
    Empty,
    /// A number without a unit: it is seconds in some tools and milliseconds in others.
    #[error("it has no unit: did you mean {0}s?")]
    NoUnit(String),
    /// A number is missing.
    #[error("a number should stand before '{0}', as in 500ms, 30s or 1h30m")]
    NoNumber(String),
    /// An unknown unit.
    #[error("'{0}' is not a unit: use d, h, m, s, ms or us")]
    UnknownUnit(String),
    /// `30m1h`, or the same unit twice.
    #[error("'{0}' is out of order: write longer units first, each once, as in 1h30m")]
    OutOfOrder(String),
    /// More than a century.
    #[error("it is longer than a century")]
    TooLong,
}

/// Reads a duration in which a number without a unit is seconds, as in scripts for clawdforge's `cf`.
///
/// # Errors
/// The errors of [`duration`], except [`DurationError::NoUnit`].
pub fn seconds(text: &str) -> Result<Duration, DurationError> {
    match duration(text) {
        Err(DurationError::NoUnit(number)) => duration(&format!("{number}s")),
        read => read,
    }
}

/// A duration in milliseconds, exact to the microsecond.
pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1_000.0
}

/// A duration in whole seconds, rounded up.
pub fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// Reads `500ms`, `30s`, `1h30m`, `2d`, `250us`, `1.5s`; can be used as a value parser of clap.
pub fn duration(text: &str) -> Result<Duration, DurationError> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(DurationError::Empty);
    }
    let mut nanos: u128 = 0;
    let mut units_left = &UNITS[..];
    while !rest.is_empty() {
        let number = leading(rest, |c| c.is_ascii_digit() || c == '.');
        rest = rest[number.len()..].trim_start();
        let name = leading(rest, char::is_alphabetic);
        if name.is_empty() && rest.is_empty() {
            return Err(DurationError::NoUnit(text.trim().to_owned()));
        }
        let Some(number) = Decimal::parse(number) else {
            return Err(DurationError::NoNumber(rest.to_owned()));
        };
        let is_named = |(names, _): &(&[&str], u64)| names.contains(&name);
        let Some(index) = units_left.iter().position(is_named) else {
            return Err(if UNITS.iter().any(is_named) {
                DurationError::OutOfOrder(name.to_owned())
            } else {
                let shown = if name.is_empty() { rest } else { name };
                DurationError::UnknownUnit(shown.to_owned())
            });
        };
        nanos = number
            .times(units_left[index].1)
            .and_then(|part| nanos.checked_add(part))
            .ok_or(DurationError::TooLong)?;
        units_left = &units_left[index + 1..];
        rest = rest[name.len()..].trim_start();
    }
    if nanos > LONGEST.as_nanos() {
        return Err(DurationError::TooLong);
    }
    Ok(Duration::from_nanos_u128(nanos))
}

fn leading(text: &str, wanted: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !wanted(c)).unwrap_or(text.len());
    &text[..end]
}

/// A typed decimal number without rounding: `1.1s` is exactly 1,100,000,000 ns.
struct Decimal {
    digits: u128,
    scale: u128,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if whole.is_empty() || fraction.contains('.') {
            return None;
        }
        // The longest unit has 14 digits of nanoseconds; further digits make no difference.
        let fraction = &fraction[..fraction.len().min(15)];
        // A number of 40 digits does not fit u128: it saturates, and is refused as too long later.
        let whole: u128 = whole.parse().unwrap_or(u128::MAX);
        let scale = 10_u128.pow(fraction.len() as u32);
        let fraction: u128 = fraction.parse().unwrap_or(0);
        Some(Decimal {
            digits: whole.saturating_mul(scale).saturating_add(fraction),
            scale,
        })
    }

    fn times(&self, unit: u64) -> Option<u128> {
        Some(self.digits.checked_mul(u128::from(unit))? / self.scale)
    }
}

/// A difference in µs, for people: `+0.4 ms`, `-2 s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed(pub i64);

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        let size = InWords(Duration::from_micros(self.0.unsigned_abs()));
        f.pad(&format!("{sign}{size}"))
    }
}

/// A duration, for people: `1 h 30 min`, `1.2 s`, `340 ms`, `0.4 ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InWords(pub Duration);

impl fmt::Display for InWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.as_micros();
        let text = match micros {
            0 => "0 s".to_owned(),
            1..100 => format!("{micros} µs"),
            // At each bound, rounding reaches the next unit, so `1000 ms` is never shown.
            100..9_950 => tenths(micros, 1_000, "ms"),
            9_950..999_500 => format!("{} ms", rounded(micros, 1_000)),
            999_500..59_950_000 => tenths(micros, 1_000_000, "s"),
            _ => {
                let seconds = rounded(micros, 1_000_000);
                if seconds < 3_600 {
                    two(seconds / 60, "min", seconds % 60, "s")
                } else if rounded(seconds, 60) < 24 * 60 {
                    let minutes = rounded(seconds, 60);
                    two(minutes / 60, "h", minutes % 60, "min")
                } else {
                    let hours = rounded(seconds, 3_600);
                    two(hours / 24, "d", hours % 24, "h")
                }
            }
        };
        f.pad(&text)
    }
}

fn rounded(amount: u128, unit: u128) -> u128 {
    (amount + unit / 2) / unit
}

fn tenths(micros: u128, unit: u128, name: &str) -> String {
    let tenths = rounded(micros, unit / 10);
    match tenths % 10 {
        0 => format!("{} {name}", tenths / 10),
        tenth => format!("{}.{tenth} {name}", tenths / 10),
    }
}

fn two(larger: u128, larger_unit: &str, smaller: u128, smaller_unit: &str) -> String {
    match smaller {
        0 => format!("{larger} {larger_unit}"),
        _ => format!("{larger} {larger_unit} {smaller} {smaller_unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_number_is_seconds_only_where_it_always_was() {
        assert_eq!(seconds("120"), Ok(Duration::from_secs(120)));
        assert_eq!(seconds(" 1.5 "), Ok(Duration::from_millis(1_500)));
        assert_eq!(seconds("2m"), Ok(Duration::from_secs(120)));
        assert!(duration("120").is_err());
        assert!(seconds("x").is_err());
        assert_eq!(whole_seconds(Duration::from_millis(1_500)), 2);
        assert_eq!(whole_seconds(Duration::from_secs(2)), 2);
    }

    #[test]
    fn what_people_type() {
        for (text, nanos) in [
            ("0s", 0),
            ("0ms", 0),
            ("250us", 250_000),
            ("250µs", 250_000),
            ("500ms", 500_000_000),
            ("30s", 30_000_000_000),
            ("1.5s", 1_500_000_000),
            ("1.1s", 1_100_000_000),
            ("0.1us", 100),
            ("1.s", 1_000_000_000),
            ("90m", 5_400_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("1 h 30 min", 5_400_000_000_000),
            (" 1h30m ", 5_400_000_000_000),
            ("2d", 172_800_000_000_000),
            ("0.33333333333333333333333d", 28_799_999_999_999),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn what_is_refused_and_what_it_says() {
        for (text, message) in [
            ("", "a duration is needed, such as 500ms, 30s or 1h30m"),
            ("30", "it has no unit: did you mean 30s?"),
            ("0", "it has no unit: did you mean 0s?"),
            ("1h30", "it has no unit: did you mean 1h30s?"),
            (
                "s",
                "a number should stand before 's', as in 500ms, 30s or 1h30m",
            ),
            (
                ".5s",
                "a number should stand before 's', as in 500ms, 30s or 1h30m",
            ),
            (
                "-5s",
                "a number should stand before '-5s', as in 500ms, 30s or 1h30m",
            ),
            (
                "1.2.3s",
                "a number should stand before 's', as in 500ms, 30s or 1h30m",
            ),
            (
                "3 fortnights",
                "'fortnights' is not a unit: use d, h, m, s, ms or us",
            ),
            ("5,", "',' is not a unit: use d, h, m, s, ms or us"),
            (
                "30m1h",
                "'h' is out of order: write longer units first, each once, as in 1h30m",
            ),
            (
                "1s1s",
                "'s' is out of order: write longer units first, each once, as in 1h30m",
            ),
            ("40000d", "it is longer than a century"),
            (
                "99999999999999999999999999999999999999999999d",
                "it is longer than a century",
            ),
        ] {
            let error = duration(text).expect_err(text);
            assert_eq!(error.to_string(), message, "{text:?}");
        }
    }

    #[test]
    fn what_people_read() {
        for (micros, text) in [
            (0, "0 s"),
            (40, "40 µs"),
            (400, "0.4 ms"),
            (1_000, "1 ms"),
            (1_500, "1.5 ms"),
            (9_960, "10 ms"),
            (340_000, "340 ms"),
            (999_600, "1 s"),
            (1_230_000, "1.2 s"),
            (30_000_000, "30 s"),
            (59_960_000, "1 min"),
            (65_000_000, "1 min 5 s"),
            (3_599_700_000, "1 h"),
            (5_400_000_000, "1 h 30 min"),
            (86_399_000_000, "1 d"),
            (183_600_000_000, "2 d 3 h"),
        ] {
            assert_eq!(InWords(Duration::from_micros(micros)).to_string(), text);
        }
    }

    #[test]
    fn what_is_shown_can_be_typed() {
        for text in ["40 µs", "0.4 ms", "340 ms", "1.2 s", "1 min 5 s", "2 d 3 h"] {
            let read = duration(text).expect(text);
            assert_eq!(InWords(read).to_string(), text);
        }
    }
}
