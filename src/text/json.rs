//! JSON text, in ways that serde_json does not offer: checks it, such as for integers that do not fit
//! 64 bits, and passes it to a serializer while it is parsed.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

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

/// JSON text as data, passed to a serializer while it is parsed: no tree is built, so a long list needs
/// only the memory that the serializer needs. Numbers are 64-bit integers or floats, as serde_json reads them.
#[derive(Debug, Clone, Copy)]
pub struct JsonText<'t>(pub &'t str);

impl Serialize for JsonText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = serde_json::Deserializer::from_str(self.0);
        json.disable_recursion_limit();
        let written = To(serializer).deserialize(&mut json);
        let written = written.map_err(S::Error::custom)?;
        json.end().map_err(S::Error::custom)?;
        Ok(written)
    }
}

/// Passes the next value of the text to this serializer.
struct To<S>(S);

/// The next value of the text, for a serializer of lists or objects. It can be serialized once.
struct Next<D>(Cell<Option<D>>);

/// Passes the next value of the text to this serializer as an item of a list.
struct Item<'a, S>(&'a mut S);

/// Passes the next value of the text to this serializer as a key of an object.
struct Key<'a, S>(&'a mut S);

/// Passes the next value of the text to this serializer as the value of the last key.
struct Field<'a, S>(&'a mut S);

impl<D> Next<D> {
    fn new(deserializer: D) -> Next<D> {
        Next(Cell::new(Some(deserializer)))
    }
}

impl<'t, D: Deserializer<'t>> Serialize for Next<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let next = self.0.take();
        let next = next.ok_or_else(|| S::Error::custom("a value of a text is there once"))?;
        To(serializer).deserialize(next).map_err(S::Error::custom)
    }
}

impl<'t, S: Serializer> DeserializeSeed<'t> for To<S> {
    type Value = S::Ok;

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<S::Ok, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'t, S: SerializeSeq> DeserializeSeed<'t> for Item<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        let written = self.0.serialize_element(&Next::new(deserializer));
        written.map_err(D::Error::custom)
    }
}

impl<'t, S: SerializeMap> DeserializeSeed<'t> for Key<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        let written = self.0.serialize_key(&Next::new(deserializer));
        written.map_err(D::Error::custom)
    }
}

impl<'t, S: SerializeMap> DeserializeSeed<'t> for Field<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        let written = self.0.serialize_value(&Next::new(deserializer));
        written.map_err(D::Error::custom)
    }
}

impl<'t, S: Serializer> Visitor<'t> for To<S> {
    type Value = S::Ok;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<S::Ok, E> {
        self.0.serialize_unit().map_err(E::custom)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<S::Ok, E> {
        self.0.serialize_bool(value).map_err(E::custom)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<S::Ok, E> {
        self.0.serialize_i64(value).map_err(E::custom)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<S::Ok, E> {
        self.0.serialize_u64(value).map_err(E::custom)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<S::Ok, E> {
        self.0.serialize_f64(value).map_err(E::custom)
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<S::Ok, E> {
        self.0.serialize_str(value).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut items: A) -> Result<S::Ok, A::Error> {
        let mut list = self.0.serialize_seq(None).map_err(A::Error::custom)?;
        while items.next_element_seed(Item(&mut list))?.is_some() {}
        list.end().map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'t>>(self, mut entries: A) -> Result<S::Ok, A::Error> {
        let mut object = self.0.serialize_map(None).map_err(A::Error::custom)?;
        while entries.next_key_seed(Key(&mut object))?.is_some() {
            entries.next_value_seed(Field(&mut object))?;
        }
        object.end().map_err(A::Error::custom)
    }
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

    #[test]
    fn a_text_is_written_as_its_tree_would_be() {
        for text in [
            r#" {"b" : [1, -2, 18446744073709551615, 1.50, 1e300], "a":{"":null, "é\n":true} } "#,
            "[]",
            "{}",
            "\"\\ud83d\\ude00\"",
            "null",
        ] {
            let tree: serde_json::Value = serde_json::from_str(text).expect("JSON");
            let written = serde_json::to_string(&JsonText(text)).expect("data");
            assert_eq!(written, tree.to_string());
        }
        for broken in ["[1", "[1] 2", "{\"a\"}", "", "1e999"] {
            assert!(
                serde_json::to_string(&JsonText(broken)).is_err(),
                "{broken}"
            );
        }
    }
}
