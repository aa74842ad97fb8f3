//! Converts payloads to CLASP values and back. No I/O.
//! | form | payload to value | value to payload |
//! |---|---|---|
//! | auto | valid JSON is JSON, else text, else bytes | strings and bytes unchanged, other values as JSON |
//! | json | JSON; anything else is refused | JSON: strings with quotes, bytes as `{"$bytes":…}` |
//! | text | text; a payload that is not UTF-8 is refused | as auto |
//! | bytes | bytes | as auto |

use crate::clasp::wire::{Value, from_json};

/// How payloads are interpreted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Detected for each payload.
    #[default]
    Auto,
    /// JSON.
    Json,
    /// UTF-8.
    Text,
    /// Bytes.
    Bytes,
}

/// The value of a payload.
///
/// # Errors
/// Why the payload is not valid in this form.
pub fn value(payload: &[u8], form: Form) -> Result<Value<'static>, String> {
    let bytes = || Value::Bytes(payload.to_vec().into());
    if form == Form::Bytes {
        return Ok(bytes());
    }
    let text = match std::str::from_utf8(payload) {
        Ok(text) => text,
        Err(_) if form == Form::Auto => return Ok(bytes()),
        Err(_) => return Err("it is not UTF-8".into()),
    };
    let string = || Value::String(text.to_owned().into());
    match form {
        Form::Text => Ok(string()),
        Form::Json => from_json(text).map_err(|error| error.to_string()),
        Form::Auto | Form::Bytes => Ok(from_json(text).unwrap_or_else(|_| string())),
    }
}

/// The payload of a value.
pub fn payload(value: &Value<'_>, form: Form) -> Vec<u8> {
    match value {
        Value::String(text) if form != Form::Json => text.as_bytes().to_vec(),
        Value::Bytes(bytes) if form != Form::Json => bytes.to_vec(),
        value => {
            let json = serde_json::to_vec(value);
            debug_assert!(json.is_ok(), "a value is always JSON");
            json.unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_payloads_are_taken_for() {
        let table: [(&[u8], Form, &str); 10] = [
            (b"21.5", Form::Auto, "21.5"),
            (b"{\"a\":[1]}", Form::Auto, "{\"a\":[1]}"),
            (b"on", Form::Auto, "\"on\""),
            (b"", Form::Auto, "\"\""),
            (b"\xff", Form::Auto, "{\"$bytes\":\"/w==\"}"),
            (b"21.5", Form::Text, "\"21.5\""),
            (b"1", Form::Bytes, "{\"$bytes\":\"MQ==\"}"),
            (b"true", Form::Json, "true"),
            (b"on", Form::Json, "error"),
            (b"\xff", Form::Text, "error"),
        ];
        for (payload, form, expected) in table {
            let json = value(payload, form).map(|value| serde_json::to_string(&value));
            let json = json.map_or("error".into(), |json| json.expect("JSON"));
            assert_eq!(json, expected, "{} {form:?}", payload.escape_ascii());
        }
    }

    #[test]
    fn json_is_exact_and_auto_keeps_what_does_not_look_like_something_else() {
        for json in [
            "1",
            "1.0",
            "\"on\"",
            "\"1\"",
            "null",
            "[1,{\"a\":\"b\"}]",
            "{\"$bytes\":\"/w==\"}",
        ] {
            let given = from_json(json).expect("JSON");
            let there = payload(&given, Form::Json);
            assert_eq!(value(&there, Form::Json).as_ref(), Ok(&given), "{json}");
            let there = payload(&given, Form::Auto);
            let back = value(&there, Form::Auto).expect("auto takes everything");
            assert_eq!(back == given, json != "\"1\"", "{json}");
        }
    }
}
