//! The values of many addresses as one JSON object. Takes the text and gives a [`StateDocument`],
//! or the reverse.
//!
//! ```json
//! {"/lights/color":{"r":255,"g":100},"/lights/front":0.8}
//! ```
//!
//! `dump` prints it, `diff` and `apply` read it. It is sorted by address, and
//! [`StateDocument::new`] sorts the maps in it by key (a router may keep them in any order), so
//! that equal states have the same text.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::clasp::wire::json::{JsonError, ToWire, from_json};
use crate::clasp::wire::{Param, Value, check_address, decode_value};
use crate::error::{Failing, Kind};
use crate::text::json::{first_large_integer, read};

/// The values of addresses, in address order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StateDocument(pub BTreeMap<String, Value<'static>>);

/// Why a text is not a state document.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct StateError {
    why: String,
    hint: Option<String>,
}

impl Failing for StateError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        self.hint.clone()
    }
}

impl StateDocument {
    /// The document of these params, with sorted maps.
    pub fn new(params: impl IntoIterator<Item = Param<'static>>) -> StateDocument {
        let sorted = params.into_iter().map(|param| {
            let mut value = param.value;
            sort(&mut value);
            (param.address.into_owned(), value)
        });
        StateDocument(sorted.collect())
    }

    /// Parses the JSON.
    ///
    /// # Errors
    /// [`StateError`], with the line and column, and with the address if its value is invalid.
    pub fn parse(text: &str) -> Result<StateDocument, StateError> {
        let mut at = Position::default();
        let (state, maybe_too_large) =
            read(StateSeed(&mut at), text).map_err(|error| StateError {
                why: match &at.value_of {
                    Some(address) => format!("{address}: {error}"),
                    None => error.to_string(),
                },
                hint: at.hint.or_else(|| {
                    let shape =
                        "It is one object, {\"/address\":value}, as trefoil clasp dump prints it";
                    at.value_of.is_none().then(|| shape.to_owned())
                }),
            })?;
        let fits = |digits: &str| digits.parse::<i64>().is_ok();
        match maybe_too_large
            .then(|| first_large_integer(text, fits))
            .flatten()
        {
            None => Ok(state),
            Some(digits) => Err(too_large(text, digits)),
        }
    }

    /// The addresses that cannot be written: those whose value would not be the same when read back
    /// (a router may hold `{"$bytes":"AQ=="}` as a map), and those that are not valid addresses.
    pub fn unwritable(&self) -> Vec<&str> {
        let is_lost = |address: &str, value: &Value<'_>| {
            check_address(address).is_err()
                || serde_json::to_string(value)
                    .ok()
                    .and_then(|text| from_json(&text).ok())
                    .is_none_or(|read| read != *value)
        };
        self.0
            .iter()
            .filter(|(address, value)| is_lost(address, value))
            .map(|(address, _)| address.as_str())
            .collect()
    }
}

fn sort(value: &mut Value<'_>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(sort),
        Value::Map(entries) => {
            // A stable sort: of duplicate keys the last one counts.
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            entries.iter_mut().for_each(|(_, value)| sort(value));
        }
        _ => {}
    }
}

/// The error for an integer; `digits` is a slice of `text`, which gives its line.
fn too_large(text: &str, digits: &str) -> StateError {
    let start = digits.as_ptr() as usize - text.as_ptr() as usize;
    let line = text[..start].matches('\n').count() + 1;
    let error = JsonError::Integer(digits.to_owned());
    StateError {
        why: format!("line {line}: {error}"),
        hint: error.hint(),
    }
}

/// A document that is serialised once and freed address by address meanwhile, so that it and its
/// output are not in memory together.
pub struct WriteOnce(Cell<StateDocument>);

impl From<StateDocument> for WriteOnce {
    fn from(state: StateDocument) -> WriteOnce {
        WriteOnce(Cell::new(state))
    }
}

impl Serialize for WriteOnce {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let StateDocument(state) = self.0.take();
        let mut map = serializer.serialize_map(Some(state.len()))?;
        for (address, value) in state {
            map.serialize_entry(&address, &value)?;
        }
        map.end()
    }
}

impl Serialize for StateDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(&self.0)
    }
}

/// The position of the parser, for errors.
#[derive(Debug, Default)]
struct Position {
    /// The address whose value is being read.
    value_of: Option<String>,
    hint: Option<String>,
}

/// Parses the object; also gives whether it may contain an integer that is too large.
struct StateSeed<'p>(&'p mut Position);

impl<'de> DeserializeSeed<'de> for StateSeed<'_> {
    type Value = (StateDocument, bool);

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for StateSeed<'_> {
    type Value = (StateDocument, bool);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of address to value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut state = BTreeMap::new();
        let mut maybe_too_large = false;
        let mut data = Vec::new();
        while let Some(address) = map.next_key::<String>()? {
            if let Err(error) = check_address(&address) {
                self.0.hint = error.hint();
                return Err(A::Error::custom(error));
            }
            let place = match state.entry(address) {
                Entry::Vacant(place) => place,
                Entry::Occupied(taken) => {
                    let twice = format!("{} is there twice", taken.key());
                    return Err(A::Error::custom(twice));
                }
            };
            self.0.value_of = Some(place.key().clone());
            data.clear();
            let (code, huge) = map.next_value_seed(ToWire(&mut data))?.unchecked();
            let value = decode_value(code, &data).map_err(A::Error::custom)?;
            place.insert(value.into_owned());
            maybe_too_large |= huge;
            self.0.value_of = None;
        }
        Ok((StateDocument(state), maybe_too_large))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back_as_it_was() {
        let text = r#"{"/a":9223372036854775807,"/b":1.0,"/c":{"$bytes":"AQL/"},"/d":{"$float":"NaN"},"/é":[null,{"r":-0.0}]}"#;
        let state = StateDocument::parse(text).unwrap();
        assert_eq!(serde_json::to_string(&state).unwrap(), text);
        assert_eq!(state.unwritable(), [""; 0]);
        assert_eq!(
            StateDocument::parse(" {}\n").unwrap(),
            StateDocument::default()
        );
    }

    #[test]
    fn what_is_no_state_is_named_by_place_or_address() {
        for (text, says) in [
            ("", "at line 1 column 0"),
            ("[1]", "expected an object of address to value at line 1"),
            ("{\"/a\":1,\n\"/b\" 2}", "expected `:` at line 2 column 6"),
            (
                "{\"/a\":1,\n\"b\":2}",
                "'b' is not an address: it must begin with '/' at line 2",
            ),
            ("{\"/a\":1,\n\"/\\u0061\":2}", "/a is there twice at line 2"),
            ("{\"/a\":[1,}", "/a: expected value at line 1 column 10"),
            (r#"{"/a":{"$bytes":"?"}}"#, "/a: $bytes takes base64"),
            (
                "{\"/a\":1e30,\n\"/b\":9223372036854775808}",
                "line 2: 9223372036854775808 does not fit",
            ),
            ("{} {}", "trailing characters"),
        ] {
            let error = StateDocument::parse(text).unwrap_err();
            assert!(error.to_string().contains(says), "{text}: {error}");
        }
        let hint = StateDocument::parse("{\"a\":1}").unwrap_err().hint();
        assert!(hint.unwrap().contains("/a"));
    }

    #[test]
    fn what_json_cannot_say_is_found() {
        let bytes = Value::String("AQ==".into());
        let state = StateDocument(BTreeMap::from([
            ("/ok".to_owned(), Value::Int(1)),
            (
                "/map".to_owned(),
                Value::Map(vec![("$bytes".into(), bytes)]),
            ),
            ("/a/".to_owned(), Value::Int(1)),
        ]));
        assert_eq!(state.unwritable(), ["/a/", "/map"]);
    }
}
