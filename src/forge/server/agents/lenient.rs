//! A line of JSON as agents print it. Takes the bytes of a line; gives its value, or what can be read
//! of it.
//!
//! What was paid for is not to be lost for a character. JavaScript's JSON.stringify prints half of a cut
//! surrogate pair as `\ud83d`, Python's json.dumps a NaN as it stands; serde_json takes neither.

use serde_json::{Map, Value};

/// A line that is not JSON.
#[derive(Debug)]
pub struct Broken {
    /// Why.
    pub why: String,
    /// Its members that are whole, if it is the text of an object.
    pub members: Map<String, Value>,
}

/// Reads a line. A lone surrogate and what is not UTF-8 become U+FFFD, a number that JSON does not have
/// becomes null.
///
/// # Errors
/// [`Broken`].
pub fn parse(line: &[u8]) -> Result<Value, Broken> {
    if let Ok(value) = serde_json::from_slice(line) {
        return Ok(value);
    }
    let text = mended(&String::from_utf8_lossy(line));
    serde_json::from_str(&text).map_err(|error| Broken {
        why: error.to_string(),
        members: members(&text),
    })
}

/// The text with everything replaced that serde_json does not take.
fn mended(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut whole = String::with_capacity(text.len());
    let (mut at, mut copied, mut in_string) = (0, 0, false);
    while at < bytes.len() {
        let (length, instead) = match bytes[at] {
            b'"' => {
                in_string = !in_string;
                (1, None)
            }
            b'\\' if in_string => escape(&bytes[at..]),
            byte @ ..b' ' if in_string => (1, Some(format!("\\u{byte:04x}"))),
            b'-' | b'N' | b'I' | b'0'..=b'9' if !in_string => number(&text[at..]),
            _ => (1, None),
        };
        if let Some(instead) = instead {
            whole.push_str(&text[copied..at]);
            whole.push_str(&instead);
            copied = at + length;
        }
        at += length;
    }
    whole.push_str(&text[copied..]);
    whole
}

/// How long the escape is that this begins with, and what is to be there instead.
fn escape(bytes: &[u8]) -> (usize, Option<String>) {
    let unit = |bytes: &[u8]| {
        let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    match (unit(bytes), bytes.get(6..).and_then(unit)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, None),
        (Some(0xd800..=0xdfff), _) => (6, Some("\\ufffd".to_owned())),
        (Some(_), _) => (6, None),
        (None, _) => (2, None),
    }
}

/// How long the number is that this begins with, and what is to be there instead.
fn number(text: &str) -> (usize, Option<String>) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let number = &text[..text.find(|c| !is_part(c)).unwrap_or(text.len())];
    let is_finite = number.parse::<f64>().map_or(true, f64::is_finite);
    (number.len(), (!is_finite).then(|| "null".to_owned()))
}

/// The members of an object that can be read. One that no comma or brace follows may have been cut.
fn members(text: &str) -> Map<String, Value> {
    let mut found = Map::new();
    let Some(text) = text.trim_start().strip_prefix('{') else {
        return found;
    };
    let (mut depth, mut in_string, mut is_escaped, mut begin) = (0_usize, false, false, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b',' | b'}' if depth == 0 => {
                let member = format!("{{{}}}", &text[begin..at]);
                if let Ok(Value::Object(member)) = serde_json::from_str(&member) {
                    found.extend(member);
                }
                begin = at + 1;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_other_languages_print_is_read() {
        for (line, value) in [
            (r#"{"a":"cut \ud83d"}"#, json!({"a": "cut \u{fffd}"})),
            (
                r#"["\ude00x\ud83d\ud83d\ude00"]"#,
                json!(["\u{fffd}x\u{fffd}\u{1f600}"]),
            ),
            (
                r#"["\\ud83d","\"\ud83d\""]"#,
                json!(["\\ud83d", "\"\u{fffd}\""]),
            ),
            (
                r#"{"a":NaN,"b":[-Infinity,Infinity,1e999],"c":-1.5}"#,
                json!({"a": null, "b": [null, null, null], "c": -1.5}),
            ),
            (
                r#"["NaN 1e999", true, NaN]"#,
                json!(["NaN 1e999", true, null]),
            ),
            ("[\"a\u{1b}\tb\", NaN]", json!(["a\u{1b}\tb", null])),
        ] {
            assert_eq!(parse(line.as_bytes()).expect(line), value, "{line}");
        }
        let no_utf8 = parse(b"[\"a\xff\"]").expect("read all the same");
        assert_eq!(no_utf8, json!(["a\u{fffd}"]));
        for line in [
            "",
            "log: {",
            "{",
            "\"\\",
            "\"\\u",
            "[\"\\ud83d",
            "-",
            "\"\\ä",
            "{\"a\":1}}",
        ] {
            assert!(parse(line.as_bytes()).is_err(), "{line}");
        }
    }

    #[test]
    fn whole_members_of_a_broken_object_are_found() {
        for (line, found) in [
            (
                r#"{"type":"result","a":{"b":[1,2]},"result":"x"y","usd":0.1}"#,
                json!({"type": "result", "a": {"b": [1, 2]}}),
            ),
            (r#"{"type":"result","usd":0.01"#, json!({"type": "result"})),
            (
                r#"{"a":"},\"","b":,"c":1,"d":"#,
                json!({"a": "},\"", "c": 1}),
            ),
            (r#"oops {"type":"result"}"#, json!({})),
        ] {
            let broken = parse(line.as_bytes()).expect_err(line);
            assert_eq!(Value::Object(broken.members), found, "{line}");
        }
    }
}
