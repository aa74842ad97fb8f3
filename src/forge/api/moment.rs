//! Parses times as services write them. Takes a JSON value; gives microseconds since the epoch if
//! it is a time.

use serde_json::Value;

pub use crate::text::duration::InWords;
use crate::text::time::{TimeError, When};

/// The time in µs since the epoch. A number is in seconds, milliseconds or microseconds; its size
/// decides. A text is RFC 3339, or UTC without an offset as SQLite and Python write it.
pub fn micros(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => {
            let number = number.as_f64().filter(|number| *number > 0.0)?;
            let scale = match number {
                // 1e11 is the year 5138 in seconds, and 1973 in milliseconds.
                n if n < 1e11 => 1e6,
                n if n < 1e14 => 1e3,
                _ => 1.0,
            };
            Some((number * scale) as u64)
        }
        Value::String(text) => match text.parse::<When>() {
            Ok(When::Absolute(micros)) | Err(TimeError::NotMicros(micros)) => Some(micros),
            Err(TimeError::NoOffset(text)) => match format!("{text}Z").parse() {
                Ok(When::Absolute(micros)) => Some(micros),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_of_every_make() {
        let at = Some(1_795_166_091_829_000);
        let whole = Some(1_795_166_091_000_000);
        for (value, expected) in [
            (json!(1_795_166_091), whole),
            (json!(1_795_166_091.829), at),
            (json!(1_795_166_091_829_u64), at),
            (json!(1_795_166_091_829_000_u64), at),
            (json!("2026-11-20T09:14:51.829Z"), at),
            (json!("2026-11-20T10:14:51.829+01:00"), at),
            (json!("2026-11-20T09:14:51.829"), at),
            (json!("2026-11-20 09:14:51"), whole),
            (json!("1795166091"), whole),
            (json!("yesterday"), None),
            (json!(null), None),
            (json!(0), None),
            (json!(-5), None),
            (json!(true), None),
        ] {
            assert_eq!(micros(&value), expected, "{value}");
        }
    }
}
