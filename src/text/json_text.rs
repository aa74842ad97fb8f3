//! Passes JSON text to a serializer while it is parsed. No tree is built, so a long list needs only
//! the memory that the serializer needs.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

/// JSON text as data. Numbers are 64-bit integers or floats, as serde_json reads them.
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
