//! Converts JSON to values and back, and JSON directly to encoded values.
//!
//! Takes JSON text and gives a [`Value`] or its encoded bytes; takes a [`Value`] and gives JSON.
//!
//! | JSON | value |
//! |---|---|
//! | `1` | int, exact; one that does not fit an i64 is an error, never a float |
//! | `1.0`, `1e3` | float; written back with a `.` or an exponent, so that it stays a float |
//! | `{"$float":"NaN"}`, `"Infinity"`, `"-Infinity"` | the floats that JSON cannot write |
//! | `{"$bytes":"AQL/"}` | bytes, standard base64 with padding |
//! | any other object | map, in the order written; duplicate keys are kept |
//!
//! So a map whose only key is `$bytes` or `$float` cannot be written in JSON; with any other key
//! beside it, it is a plain map. Duplicate keys are kept because detecting them would cost more
//! than all the rest; most receivers use the last. `-0` is the float −0.0, as in JavaScript.
//!
//! Both ways use one grammar: [`from_json`] encodes with [`ToWire`] and decodes the result.

mod to_wire;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use thiserror::Error;

use super::value::Value;
use super::value_codec::decode_value;
use crate::error::{Failing, Kind};
use crate::text::json::{beginning, large_integer_hint, read};

pub use to_wire::{Encoded, ToWire};

const BYTES_KEY: &str = "$bytes";
const FLOAT_KEY: &str = "$float";

/// Why JSON text is not a CLASP value.
#[derive(Debug, Error)]
pub enum JsonError {
    /// It is not JSON, or JSON without a CLASP value.
    #[error("'{given}' is not a value: {source}")]
    NotAValue {
        /// The beginning of what was given.
        given: String,
        /// The error, with its position.
        #[source]
        source: serde_json::Error,
    },
    /// An integer that does not fit 64 bits, so that no router can keep it exactly.
    #[error("{0} does not fit a 64-bit signed integer")]
    Integer(String),
}

impl Failing for JsonError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            JsonError::Integer(digits) => Some(large_integer_hint(digits)),
            JsonError::NotAValue { .. } => None,
        }
    }
}

/// Reads a value.
pub fn from_json(text: &str) -> Result<Value<'static>, JsonError> {
    let not_a_value = |source| JsonError::NotAValue {
        given: beginning(text),
        source,
    };
    let mut data = Vec::new();
    let encoded = read(ToWire(&mut data), text).map_err(not_a_value)?;
    let code = encoded.code(text)?;
    match decode_value(code, &data) {
        Ok(value) => Ok(value.into_owned()),
        Err(error) => Err(not_a_value(serde::de::Error::custom(error))),
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(flag) => serializer.serialize_bool(*flag),
            Value::Int(number) => serializer.serialize_i64(*number),
            Value::Float(number) if number.is_finite() => serializer.serialize_f64(*number),
            Value::Float(number) => {
                let name = if number.is_nan() {
                    "NaN"
                } else if *number > 0.0 {
                    "Infinity"
                } else {
                    "-Infinity"
                };
                single(serializer, FLOAT_KEY, name)
            }
            Value::String(text) => serializer.serialize_str(text),
            Value::Bytes(bytes) => single(serializer, BYTES_KEY, &BASE64.encode(bytes)),
            Value::Array(items) => serializer.collect_seq(items),
            Value::Map(entries) => {
                serializer.collect_map(entries.iter().map(|(key, value)| (key, value)))
            }
        }
    }
}

fn single<S: Serializer>(serializer: S, key: &str, value: &str) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeSeed as _;

    use super::*;

    fn error(text: &str) -> String {
        from_json(text).unwrap_err().to_string()
    }

    #[test]
    fn json_and_back_is_the_same_text() {
        for text in [
            "null",
            "true",
            "-9223372036854775808",
            "9223372036854775807",
            "1.0",
            "-0.0",
            "1e+300",
            "0.1",
            "1.7976931348623157e+308",
            "5e-324",
            "123456789012345.67",
            r#""h\u0001\n\"é""#,
            "[]",
            r#"[1,"two",3.0,null,[],{}]"#,
            r#"{"b":1,"a":[{"x":null}],"b":2}"#,
            r#"{"$bytes":"AQL/"}"#,
            r#"{"$bytes":""}"#,
            r#"{"$float":"NaN"}"#,
            r#"[{"$float":"-Infinity"},{"$float":"Infinity"}]"#,
            r#"{"$bytes":"no base64","more":1,"and":2}"#,
            r#"{"more":1,"$float":"NaN"}"#,
            r#"{"$float":5,"more":1}"#,
        ] {
            let value = from_json(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(serde_json::to_string(&value).unwrap(), text);
        }
    }

    #[test]
    fn the_special_maps() {
        assert_eq!(
            from_json(r#"{"$bytes":"AQL/"}"#).unwrap(),
            Value::Bytes(vec![1, 2, 255].into())
        );
        assert_eq!(
            from_json(r#"{"$float":"NaN"}"#).unwrap(),
            Value::Float(f64::NAN)
        );
        for (text, why) in [
            (r#"{"$bytes":"?"}"#, "takes base64, which \"?\" is not"),
            (r#"{"$bytes":"AQ"}"#, "takes base64"),
            (r#"{"$bytes":1}"#, "$bytes takes a string"),
            (r#"{"$float":null}"#, "$float takes a string"),
            (r#"[{"$float":"nan"}]"#, "not \"nan\""),
        ] {
            assert!(error(text).contains(why), "{}", error(text));
        }
    }

    #[test]
    fn base64_may_be_longer_than_a_string() {
        let bytes = Value::Bytes(vec![7; 65_535].into());
        let text = serde_json::to_string(&bytes).unwrap();
        assert_eq!(from_json(&text).unwrap(), bytes);
        let long = BASE64.encode(vec![7; 65_536]);
        assert!(error(&format!(r#"{{"$bytes":"{long}"}}"#)).contains("65536 bytes of bytes"));
        let plain = error(&format!(r#"{{"$bytes":"{long}","more":1}}"#));
        assert!(plain.contains("bytes of string"), "{plain}");
    }

    #[test]
    fn an_integer_is_exact_or_an_error() {
        for digits in [
            "9223372036854775808",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775809",
            "100000000000000000000000",
        ] {
            for text in [digits.to_owned(), format!(r#"[1e300,"\"9",{digits}]"#)] {
                let error = from_json(&text).unwrap_err();
                assert_eq!(
                    error.to_string(),
                    format!("{digits} does not fit a 64-bit signed integer")
                );
                assert!(error.hint().unwrap().contains(digits));
            }
        }
        assert_eq!(
            from_json("100000000000000000000.0").unwrap(),
            Value::Float(1e20)
        );
        assert_eq!(
            from_json(r#"["99999999999999999999",1e20]"#).unwrap(),
            Value::Array(vec![
                Value::String("99999999999999999999".into()),
                Value::Float(1e20)
            ])
        );
    }

    #[test]
    fn what_is_no_value_says_why() {
        assert_eq!(
            error("[1,"),
            "'[1,' is not a value: EOF while parsing a value at line 1 column 3"
        );
        assert!(error("1 2").contains("trailing characters"));
        assert!(error(&"[".repeat(65)).contains("nested deeper than 64"));
        assert!(from_json(&("[".repeat(64) + &"]".repeat(64))).is_ok());
        assert!(error(&format!("\"{}\"", "x".repeat(65_536))).contains("65536 bytes of string"));
        assert!(error(&"x".repeat(1_000)).len() < 200);
    }

    #[test]
    fn an_error_leaves_the_buffer_as_it_was() {
        let mut out = vec![7];
        let mut json = serde_json::Deserializer::from_str("[1,2,");
        assert!(ToWire(&mut out).deserialize(&mut json).is_err());
        assert_eq!(out, [7]);
    }
}
