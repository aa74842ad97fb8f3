//! Parses and formats times.
//!
//! Takes RFC 3339, `+2s` or microseconds since the epoch and gives a [`When`]; takes microseconds
//! and gives `14:02:11.482` or `2 min ago`. No clock is read here: the caller passes the current
//! time.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::duration::{DurationError, duration};

/// The range in which a bare number can be microseconds since the epoch: 1973 to 9999.
///
/// The lower bound excludes seconds and milliseconds. If they were read as microseconds, they would
/// be a time long ago, and a cue meant for tonight would fire at once.
const PLAUSIBLE_MICROS: std::ops::RangeInclusive<u64> =
    100_000_000_000_000..=253_402_300_799_999_999;

/// A point in time that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Microseconds since the epoch.
    Absolute(u64),
    /// This long from now.
    In(Duration),
}

/// Why a text is not a time. The message does not repeat the text: the caller names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// None of the three forms.
    #[error("not a time: use RFC 3339 (2026-07-01T20:00:00+02:00), +2s, or µs since the epoch")]
    Unknown,
    /// RFC 3339 without an offset: it would be a different time in each time zone.
    #[error("it has no offset from UTC: did you mean {0}Z?")]
    NoOffset(String),
    /// `+` and something that is not a duration.
    #[error("after the '+': {0}")]
    Offset(#[from] DurationError),
    /// A number that can only be seconds or milliseconds.
    #[error("as µs since the epoch it would be before 1973: did you mean {0}?")]
    NotMicros(u64),
    /// Before 1970 or after 9999.
    #[error("it is out of range (1970 to 9999)")]
    OutOfRange,
}

impl When {
    /// The time in microseconds since the epoch, for a clock that shows `now`.
    pub fn micros(self, now: u64) -> u64 {
        match self {
            When::Absolute(micros) => micros,
            When::In(offset) => {
                now.saturating_add(u64::try_from(offset.as_micros()).unwrap_or(u64::MAX))
            }
        }
    }
}

impl FromStr for When {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let text = text.trim();
        if let Some(offset) = text.strip_prefix('+') {
            return Ok(When::In(duration(offset)?));
        }
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            return epoch_micros(text);
        }
        match text.parse::<Timestamp>() {
            Ok(time) => u64::try_from(time.as_microsecond())
                .map(When::Absolute)
                .map_err(|_| TimeError::OutOfRange),
            Err(_) if text.parse::<jiff::civil::DateTime>().is_ok() && text.contains(':') => {
                Err(TimeError::NoOffset(text.to_owned()))
            }
            Err(_) => Err(TimeError::Unknown),
        }
    }
}

fn epoch_micros(digits: &str) -> Result<When, TimeError> {
    let micros: u64 = digits.parse().map_err(|_| TimeError::OutOfRange)?;
    if PLAUSIBLE_MICROS.contains(&micros) {
        return Ok(When::Absolute(micros));
    }
    for factor in [1_000, 1_000_000] {
        let meant = micros.saturating_mul(factor);
        if PLAUSIBLE_MICROS.contains(&meant) {
            return Err(TimeError::NotMicros(meant));
        }
    }
    Err(TimeError::OutOfRange)
}

/// Shows microseconds since the epoch as a time of day in one zone.
///
/// Finding the local zone reads files, so it is done once, and only when a time is shown.
#[derive(Debug, Clone)]
pub struct Clock {
    zone: TimeZone,
}

impl Clock {
    /// The zone of this machine.
    pub fn local() -> Self {
        Clock {
            zone: TimeZone::system(),
        }
    }

    /// Coordinated universal time.
    pub fn utc() -> Self {
        Clock {
            zone: TimeZone::UTC,
        }
    }

    /// The time of day: `14:02:11.482`.
    pub fn time_of_day(&self, micros: u64) -> TimeOfDay<'_> {
        TimeOfDay {
            zone: &self.zone,
            micros,
        }
    }
}

impl Clock {
    /// The date and the time of day: `2026-07-01 14:02:11.482`.
    pub fn date_and_time(&self, micros: u64) -> DateAndTime<'_> {
        DateAndTime(self.time_of_day(micros))
    }
}

/// Displays as `2026-07-01 14:02:11.482`. A timestamp outside the calendar displays as its number.
#[derive(Debug, Clone, Copy)]
pub struct DateAndTime<'a>(TimeOfDay<'a>);

impl fmt::Display for DateAndTime<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timestamp = i64::try_from(self.0.micros)
            .ok()
            .and_then(|micros| Timestamp::from_microsecond(micros).ok());
        if let Some(timestamp) = timestamp {
            write!(f, "{} ", self.0.zone.to_datetime(timestamp).date())?;
        }
        self.0.fmt(f)
    }
}

/// Displays as `14:02:11.482`. A timestamp outside the calendar displays as its number.
#[derive(Debug, Clone, Copy)]
pub struct TimeOfDay<'a> {
    zone: &'a TimeZone,
    micros: u64,
}

impl fmt::Display for TimeOfDay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timestamp = i64::try_from(self.micros)
            .ok()
            .and_then(|micros| Timestamp::from_microsecond(micros).ok());
        let Some(timestamp) = timestamp else {
            return write!(f, "{} µs", self.micros);
        };
        let time = self.zone.to_datetime(timestamp);
        write!(
            f,
            "{:02}:{:02}:{:02}.{:03}",
            time.hour(),
            time.minute(),
            time.second(),
            time.millisecond()
        )
    }
}

/// How long ago something was: `just now`, `2 min ago`, `3 h ago`, `5 d ago`.
///
/// A time in the future, by the clock of another machine, displays as `in 2 min`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// When it was, in microseconds since the epoch.
    pub at: u64,
    /// When it is now, in microseconds since the epoch.
    pub now: u64,
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.now.abs_diff(self.at) / 1_000_000;
        let length = match seconds {
            0..10 => return f.pad("just now"),
            10..60 => format!("{seconds} s"),
            60..3_600 => format!("{} min", seconds / 60),
            3_600..86_400 => format!("{} h", seconds / 3_600),
            _ => format!("{} d", seconds / 86_400),
        };
        if self.at > self.now {
            f.pad(&format!("in {length}"))
        } else {
            f.pad(&format!("{length} ago"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type() {
        for (text, expected) in [
            (
                "2026-11-20T09:14:51.829Z",
                When::Absolute(1_795_166_091_829_000),
            ),
            (
                "2026-11-20T11:14:51.829+02:00",
                When::Absolute(1_795_166_091_829_000),
            ),
            ("1795166091829000", When::Absolute(1_795_166_091_829_000)),
            ("+2s", When::In(Duration::from_secs(2))),
            ("+0s", When::In(Duration::ZERO)),
            ("+1h30m", When::In(Duration::from_secs(5_400))),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_refused_and_what_it_says() {
        let unknown = TimeError::Unknown.to_string();
        for (text, message) in [
            ("", unknown.as_str()),
            ("tomorrow", unknown.as_str()),
            ("2s", unknown.as_str()),
            (
                "2026-11-20T09:14:51",
                "it has no offset from UTC: did you mean 2026-11-20T09:14:51Z?",
            ),
            ("+2", "after the '+': it has no unit: did you mean 2s?"),
            (
                "1795166091",
                "as µs since the epoch it would be before 1973: did you mean 1795166091000000?",
            ),
            (
                "1795166091829",
                "as µs since the epoch it would be before 1973: did you mean 1795166091829000?",
            ),
            ("12", "it is out of range (1970 to 9999)"),
            ("99999999999999999999", "it is out of range (1970 to 9999)"),
            ("1960-01-01T00:00:00Z", "it is out of range (1970 to 9999)"),
        ] {
            let error = text.parse::<When>().expect_err(text);
            assert_eq!(error.to_string(), message, "{text:?}");
        }
    }

    #[test]
    fn an_offset_is_from_now() {
        assert_eq!(When::In(Duration::from_millis(2)).micros(1_000), 3_000);
        assert_eq!(When::In(Duration::MAX).micros(1_000), u64::MAX);
        assert_eq!(When::Absolute(7).micros(1_000), 7);
    }

    #[test]
    fn a_time_of_day_never_panics() {
        let clock = Clock::utc();
        for (micros, text) in [
            (1_795_166_091_829_000, "09:14:51.829"),
            (1_795_166_091_829_999, "09:14:51.829"),
            (0, "00:00:00.000"),
            (u64::MAX, "18446744073709551615 µs"),
            (i64::MAX as u64, "9223372036854775807 µs"),
        ] {
            assert_eq!(clock.time_of_day(micros).to_string(), text);
        }
    }

    #[test]
    fn ages_count_in_one_unit() {
        let now = 1_795_166_091_829_000;
        for (seconds, text) in [
            (0, "just now"),
            (9, "just now"),
            (10, "10 s ago"),
            (119, "1 min ago"),
            (120, "2 min ago"),
            (3 * 3_600, "3 h ago"),
            (5 * 86_400, "5 d ago"),
            (-5, "just now"),
            (-120, "in 2 min"),
        ] {
            let at = 1_795_166_091_829_000_u64.wrapping_add_signed(-seconds * 1_000_000);
            assert_eq!(Age { at, now }.to_string(), text);
        }
    }
}
