//! Parses rates: `60` becomes a [`Rate`], which gives the time of each item in a sequence.

use std::time::Duration;

use super::duration::LONGEST;

/// A number per second: finite, above zero, and at least one in a century.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(f64);

/// Why a text is not a rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Not a number, or not above zero.
    #[error("it is a number per second, such as 60")]
    NotARate,
    /// The first item would come after more than a century.
    #[error("it is less than one in a century")]
    TooLow,
}

/// Parses a number per second; can be used as a value parser of clap.
///
/// # Errors
/// [`RateError`].
pub fn rate(text: &str) -> Result<Rate, RateError> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => {
            if rate < 1.0 / LONGEST.as_secs_f64() {
                return Err(RateError::TooLow);
            }
            Ok(Rate(rate))
        }
        _ => Err(RateError::NotARate),
    }
}

impl Rate {
    /// How long after the first item of a sequence (number 0) this one comes. At most a century, so
    /// that it can be added to any clock.
    pub fn offset(self, number: u64) -> Duration {
        Duration::try_from_secs_f64(number as f64 / self.0)
            .unwrap_or(LONGEST)
            .min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_above_zero_are_rates() {
        assert_eq!(rate("60"), Ok(Rate(60.0)));
        assert_eq!(rate("0.1"), Ok(Rate(0.1)));
        for text in ["", "fast", "0", "-1", "NaN", "inf", "1e400", "-0.0"] {
            assert_eq!(rate(text), Err(RateError::NotARate), "{text}");
        }
        for text in ["1e-30", "5e-324", "1e-10"] {
            assert_eq!(rate(text), Err(RateError::TooLow), "{text}");
        }
    }

    #[test]
    fn no_rate_and_no_number_is_beyond_a_century() {
        let (slow, fast) = (rate("0.001").unwrap(), rate("1e308").unwrap());
        assert_eq!(slow.offset(0), Duration::ZERO);
        assert_eq!(slow.offset(1), Duration::from_secs(1_000));
        assert_eq!(slow.offset(u64::MAX), LONGEST);
        assert_eq!(fast.offset(u64::MAX), Duration::ZERO);
        assert_eq!(rate("60").unwrap().offset(90), Duration::from_millis(1_500));
    }
}
