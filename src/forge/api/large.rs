//! Parses a large JSON object only down to its fields. Takes bytes; gives small fields as values
//! and large ones as text.
//!
//! serde_json's tree takes 72 bytes for every number, which is ten times the text of a long list. A
//! command that only prints such a list, or passes it through `--jq`, needs no tree.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// An object or a field with less text than this, in bytes, is parsed completely.
const LARGE: usize = 1024 * 1024;

/// A large object.
#[derive(Debug, Clone, PartialEq)]
pub struct Large {
    text: Bytes,
    small: Map<String, Value>,
    large: Vec<(String, Range<usize>)>,
}

/// A field of a reply.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Field<'a> {
    /// The value.
    Value(&'a Value),
    /// The text of a large list or object.
    Text(&'a str),
}

impl Large {
    /// Reads an object; `None` if the text is not an object, not valid, or not large.
    pub fn read(bytes: &Bytes) -> Option<Large> {
        if bytes.len() < LARGE {
            return None;
        }
        let mut large = Large {
            text: bytes.clone(),
            small: Map::new(),
            large: Vec::new(),
        };
        let mut reader = Reader {
            text: std::str::from_utf8(bytes).ok()?,
            at: 0,
        };
        reader.expect('{')?;
        if reader.expect('}').is_none() {
            loop {
                let key = reader.next()?;
                let key: String = serde_json::from_str(&reader.text[key]).ok()?;
                reader.expect(':')?;
                let span = reader.next()?;
                let value = &reader.text[span.clone()];
                // If a key is repeated, the last value is used.
                large.large.retain(|(known, _)| *known != key);
                if value.len() >= LARGE && value.starts_with(['[', '{']) {
                    large.small.shift_remove(&key);
                    large.large.push((key, span));
                } else {
                    large.small.insert(key, serde_json::from_str(value).ok()?);
                }
                if reader.expect(',').is_none() {
                    break;
                }
            }
            reader.expect('}')?;
        }
        reader.is_at_end().then_some(large)
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// The small fields.
    pub fn small(&self) -> &Map<String, Value> {
        &self.small
    }

    /// A field.
    pub fn field(&self, name: &str) -> Option<Field<'_>> {
        if let Some(value) = self.small.get(name) {
            return Some(Field::Value(value));
        }
        let (_, span) = self.large.iter().find(|(known, _)| known == name)?;
        Some(Field::Text(&self.text()[span.clone()]))
    }
}

/// Reads a text, one JSON value after another.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    /// Skips this character and the white space before it, if it comes next.
    fn expect(&mut self, wanted: char) -> Option<()> {
        let rest = self.rest();
        let found = rest.strip_prefix(wanted)?;
        self.at = self.text.len() - found.len();
        Some(())
    }

    /// The range of the next value, if it is valid.
    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.rest();
        let start = self.text.len() - rest.len();
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Valid>();
        values.next()?.ok()?;
        self.at = start + values.byte_offset();
        Some(start..self.at)
    }

    fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    fn rest(&self) -> &str {
        self.text[self.at..].trim_start_matches([' ', '\t', '\r', '\n'])
    }
}

/// Checks that a JSON value is valid, without storing it.
struct Valid;

impl<'de> Deserialize<'de> for Valid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Valid, D::Error> {
        deserializer.deserialize_any(Valid)
    }
}

impl<'de> Visitor<'de> for Valid {
    type Value = Valid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_str<E>(self, _: &str) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Valid, A::Error> {
        while items.next_element::<Valid>()?.is_some() {}
        Ok(Valid)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Valid, A::Error> {
        while entries.next_entry::<Valid, Valid>()?.is_some() {}
        Ok(Valid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Large> {
        Large::read(&Bytes::from(text.to_owned()))
    }

    #[test]
    fn small_fields_are_values_and_large_ones_text() {
        let list = format!("[{}1]", "1, ".repeat(LARGE / 2));
        let text = format!(" {{\"ok\" : true,\"result\":{list} , \"n\":1.5,\"s\":\"a\\\"}}\"\n}} ");
        let large = read(&text).expect("a large object");
        assert_eq!(large.text(), text);
        assert_eq!(large.field("ok"), Some(Field::Value(&Value::Bool(true))));
        assert_eq!(large.field("result"), Some(Field::Text(&list)));
        assert_eq!(large.small()["n"], 1.5);
        assert_eq!(large.small()["s"], "a\"}");
        assert_eq!(large.field("none"), None);
        let twice = format!("{{\"a\":{list},\"a\":1}}");
        let twice = read(&twice).expect("a large object");
        assert_eq!(twice.field("a"), Some(Field::Value(&Value::from(1))));
    }

    #[test]
    fn what_the_whole_reader_would_refuse_is_left_to_it() {
        let list = format!("[{}1]", "1,".repeat(LARGE));
        for text in [
            "{}".to_owned(),
            list.clone(),
            format!("{{\"a\":{list}"),
            format!("{{\"a\":{list}}}x"),
            format!("{{\"a\":{list},}}"),
            format!("{{a:{list}}}"),
            format!("{{\"a\":{list},\"b\":1e999}}"),
            format!("{{\"a\":[{list},\"\\ud800\"]}}"),
            format!("{{\"a\":[{list},01]}}"),
        ] {
            assert_eq!(
                read(&text),
                None,
                "…{}",
                &text[text.len().saturating_sub(30)..]
            );
        }
    }
}
