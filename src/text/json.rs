//! Checks of JSON text that serde_json does not offer, such as for integers that do not fit 64
//! bits.

use serde::de::{DeserializeSeed, IgnoredAny};

/// The first integer in valid JSON that does not fit 64 bits, if there is one.
///
/// serde_json reads an integer beyond 64 bits as a float without an error. Its own features to keep
/// the digits make every number slower. Floats that large are rare, so callers search the text only
/// after they have found one.
#[cold]
pub fn first_large_integer(text: &str, fits: impl Fn(&str) -> bool) -> Option<&str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let length = bytes[at..]
                    .iter()
                    .position(|b| !matches!(b, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'))
                    .unwrap_or(bytes.len() - at);
                let number = &text[at..at + length];
                if !number.contains(['.', 'e', 'E']) && !fits(number) {
                    return Some(number);
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    None
}

/// The hint for an integer that does not fit 64 bits.
pub fn large_integer_hint(digits: &str) -> String {
    format!("write {digits}.0 for a float, or \"{digits}\" for a string")
}

/// Parses a text that is exactly one JSON document.
///
/// # Errors
/// The error of serde_json, with line and column.
#[inline]
pub fn read<'t, S: DeserializeSeed<'t>>(
    seed: S,
    text: &'t str,
) -> Result<S::Value, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let read = seed.deserialize(&mut json)?;
    json.end()?;
    Ok(read)
}

/// The beginning of a text, short enough for an error message.
pub fn beginning(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Whether a text is valid JSON, even if its value cannot be kept: a number as large as `1e999`, a
/// thousand nested arrays, half a surrogate pair.
pub fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_without_room_is_found_wherever_it_stands() {
        let fits = |digits: &str| digits.parse::<i64>().is_ok();
        let big = "9223372036854775808";
        for text in [big.to_owned(), format!(r#"{{"\"9":[1e300,{big}]}}"#)] {
            assert_eq!(first_large_integer(&text, fits), Some(big), "{text}");
        }
        for text in [
            "9223372036854775807",
            "1e20",
            r#""9223372036854775808""#,
            "[]",
        ] {
            assert_eq!(first_large_integer(text, fits), None, "{text}");
        }
    }

    #[test]
    fn json_is_known_by_how_it_is_written() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        for text in [
            "1e999",
            "-2.5E+999",
            "[1e400]",
            r#""\ud800""#,
            "{}",
            " 1 ",
            &deep,
        ] {
            assert!(is_json(text), "{}", beginning(text));
        }
        let open = "[".repeat(100_000);
        for text in [
            "here", "1e", "e5", "0x1e5", "1.e5", "e", "", "01", "{oops", "1 2", &open,
        ] {
            assert!(!is_json(text), "{}", beginning(text));
        }
    }
}
