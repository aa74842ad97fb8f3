//! Writes the outputs of filters. Takes jaq's values; gives JSON.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jaq_json::{Num, Val};

/// Writes a value as valid JSON. jaq's own writer writes values that JSON does not have (NaN, byte
/// strings, keys that are not strings); here they have the same form as in every other document.
pub(super) fn write_json(out: &mut Vec<u8>, value: &Val) {
    match value {
        Val::Null => out.extend_from_slice(b"null"),
        Val::Bool(true) => out.extend_from_slice(b"true"),
        Val::Bool(false) => out.extend_from_slice(b"false"),
        Val::Num(number) => write_number(out, number),
        Val::TStr(text) => write_string(out, &String::from_utf8_lossy(text)),
        Val::BStr(bytes) => {
            out.extend_from_slice(b"{\"$bytes\":");
            write_string(out, &BASE64_STANDARD.encode(&***bytes));
            out.push(b'}');
        }
        Val::Arr(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_json(out, item);
            }
            out.push(b']');
        }
        Val::Obj(entries) => {
            out.push(b'{');
            for (index, (key, item)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                match key {
                    Val::TStr(_) => write_json(out, key),
                    other => write_string(out, &other.to_string()),
                }
                out.push(b':');
                write_json(out, item);
            }
            out.push(b'}');
        }
    }
}

fn write_number(out: &mut Vec<u8>, number: &Num) {
    let name = match number {
        Num::Float(float) if float.is_nan() => "NaN",
        Num::Float(f64::INFINITY) => "Infinity",
        Num::Float(f64::NEG_INFINITY) => "-Infinity",
        // In the same form as in every other document: serde_json writes 1e+300, jaq 1e300.
        Num::Float(float) => {
            let written = serde_json::to_writer(&mut *out, float);
            debug_assert!(written.is_ok(), "a finite number is always JSON");
            return;
        }
        // The digits are kept as they were written, unless they came from a string and are not
        // valid JSON.
        Num::Dec(text) if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() => {
            return write_number(out, &Num::from_dec_str(text));
        }
        number => return out.extend_from_slice(number.to_string().as_bytes()),
    };
    out.extend_from_slice(b"{\"$float\":");
    write_string(out, name);
    out.push(b'}');
}

fn write_string(out: &mut Vec<u8>, text: &str) {
    let written = serde_json::to_writer(&mut *out, text);
    debug_assert!(written.is_ok(), "a string is always JSON");
}
