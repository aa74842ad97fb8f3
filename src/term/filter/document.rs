//! Converts data that serde can write to a value of jaq, without JSON text in between, so that a
//! large document needs memory only for the value.
//!
//! The value is the same that jaq would read from serde_json's text of the data: bytes are arrays
//! of numbers, NaN and the infinities are null, keys are strings.

use jaq_json::{Map, Num, Val};
use serde::ser::{self, Error as _, Serialize};
use serde_json::Error;

/// Converts data to a value of jaq.
///
/// # Errors
/// The errors of serde_json for the same data: a key that is not a string, or an error of the
/// data's own `Serialize`.
pub(super) fn value(data: &impl Serialize) -> Result<Val, Error> {
    data.serialize(ToVal)
}

#[derive(Clone, Copy)]
struct ToVal;

/// The items of an array, and the name of the enum's variant if it belongs to one.
struct Items(Vec<Val>, Option<&'static str>);

/// The entries of an object, the key whose value comes next, and the name of the enum's variant if
/// it belongs to one.
struct Entries {
    entries: Map,
    key: Option<Val>,
    variant: Option<&'static str>,
}

fn integer(number: i128) -> Val {
    match isize::try_from(number) {
        Ok(number) => Val::Num(Num::Int(number)),
        Err(_) => {
            let number = number.to_string();
            let big = Num::from_str_radix(&number, 10);
            Val::Num(big.unwrap_or_else(|| Num::from_dec_str(&number)))
        }
    }
}

fn text(text: &str) -> Val {
    Val::utf8_str(text.as_bytes().to_vec())
}

/// `{"variant":value}`, as serde writes it; without a variant the value alone.
fn tagged(variant: Option<&'static str>, value: Val) -> Val {
    match variant {
        None => value,
        Some(name) => Val::obj([(text(name), value)].into_iter().collect()),
    }
}

/// Converts a key of an object to a string: JSON has no other keys.
fn key(key: Val) -> Result<Val, Error> {
    match key {
        Val::TStr(_) => Ok(key),
        Val::Num(_) | Val::Bool(_) => Ok(text(&key.to_string())),
        _ => Err(Error::custom("key must be a string")),
    }
}

impl Entries {
    fn new(length: usize, variant: Option<&'static str>) -> Entries {
        Entries {
            entries: Map::with_capacity_and_hasher(length, Default::default()),
            key: None,
            variant,
        }
    }

    fn done(self) -> Val {
        tagged(self.variant, Val::obj(self.entries))
    }
}

impl ser::Serializer for ToVal {
    type Ok = Val;
    type Error = Error;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Entries;

    fn serialize_bool(self, value: bool) -> Result<Val, Error> {
        Ok(Val::Bool(value))
    }

    fn serialize_i8(self, value: i8) -> Result<Val, Error> {
        Ok(integer(value.into()))
    }

    fn serialize_i16(self, value: i16) -> Result<Val, Error> {
        Ok(integer(value.into()))
    }

    fn serialize_i32(self, value: i32) -> Result<Val, Error> {
        Ok(integer(value.into()))
    }

    fn serialize_i64(self, value: i64) -> Result<Val, Error> {
        Ok(integer(value.into()))
    }

    fn serialize_i128(self, value: i128) -> Result<Val, Error> {
        Ok(integer(value))
    }

    fn serialize_u8(self, value: u8) -> Result<Val, Error> {
        Ok(integer(value.into()))
    }

    fn serialize_u16(self, value: u16) -> Result<Val, Error> {
        Ok(integer(value.into()))
    }

    fn serialize_u32(self, value: u32) -> Result<Val, Error> {
        Ok(integer(value.into()))
    }

    fn serialize_u64(self, value: u64) -> Result<Val, Error> {
        Ok(integer(value.into()))
    }

    fn serialize_f32(self, value: f32) -> Result<Val, Error> {
        // Through the shortest digits of the f32: 0.3, not 0.30000001192092896.
        self.serialize_f64(value.to_string().parse().unwrap_or(f64::NAN))
    }

    fn serialize_f64(self, value: f64) -> Result<Val, Error> {
        if value.is_finite() {
            Ok(Val::Num(Num::Float(value)))
        } else {
            Ok(Val::Null)
        }
    }

    fn serialize_char(self, value: char) -> Result<Val, Error> {
        Ok(text(value.encode_utf8(&mut [0; 4])))
    }

    fn serialize_str(self, value: &str) -> Result<Val, Error> {
        Ok(text(value))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Val, Error> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<Val, Error> {
        Ok(Val::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Val, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Val, Error> {
        Ok(Val::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Val, Error> {
        Ok(Val::Null)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Val, Error> {
        Ok(text(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Val, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Val, Error> {
        Ok(tagged(Some(variant), value.serialize(self)?))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items, Error> {
        Ok(Items(Vec::with_capacity(length.unwrap_or_default()), None))
    }

    fn serialize_tuple(self, length: usize) -> Result<Items, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Items, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Items, Error> {
        Ok(Items(Vec::with_capacity(length), Some(variant)))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Entries, Error> {
        Ok(Entries::new(length.unwrap_or_default(), None))
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Entries, Error> {
        Ok(Entries::new(length, None))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Entries, Error> {
        Ok(Entries::new(length, Some(variant)))
    }
}

impl Items {
    fn push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        self.0.push(item.serialize(ToVal)?);
        Ok(())
    }

    fn done(self) -> Val {
        tagged(self.1, Val::Arr(self.0.into()))
    }
}

macro_rules! items {
    ($($of:ident $push:ident),*) => {$(
        impl ser::$of for Items {
            type Ok = Val;
            type Error = Error;

            fn $push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
                self.push(item)
            }

            fn end(self) -> Result<Val, Error> {
                Ok(self.done())
            }
        }
    )*};
}

items!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

impl ser::SerializeMap for Entries {
    type Ok = Val;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), Error> {
        self.key = Some(key(name.serialize(ToVal)?)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let key = self.key.take();
        let key = key.ok_or_else(|| Error::custom("a value without a key"))?;
        self.entries.insert(key, value.serialize(ToVal)?);
        Ok(())
    }

    fn end(self) -> Result<Val, Error> {
        Ok(self.done())
    }
}

macro_rules! fields {
    ($($of:ident),*) => {$(
        impl ser::$of for Entries {
            type Ok = Val;
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Error> {
                self.entries.insert(text(name), value.serialize(ToVal)?);
                Ok(())
            }

            fn end(self) -> Result<Val, Error> {
                Ok(self.done())
            }
        }
    )*};
}

fields!(SerializeStruct, SerializeStructVariant);

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    /// The value that jaq reads from serde_json's text of the same data.
    fn read(data: &impl Serialize) -> String {
        let json = serde_json::to_vec(data).expect("serde_json writes it");
        written(&jaq_json::read::parse_single(&json).expect("JSON"))
    }

    fn written(value: &Val) -> String {
        let mut json = Vec::new();
        super::super::write_json(&mut json, value);
        String::from_utf8(json).expect("UTF-8")
    }

    #[derive(serde::Serialize)]
    enum Kind {
        Bare,
        One(u8),
        Two(u8, f32),
        Named { a: Option<char> },
    }

    #[derive(serde::Serialize)]
    struct Data {
        kinds: Vec<Kind>,
        unit: (),
        pair: (i8, &'static str),
        floats: [f64; 6],
        integers: (u64, i64, i128, u32),
        by_number: BTreeMap<i32, bool>,
        by_bool: BTreeMap<bool, Option<()>>,
        #[serde(flatten)]
        more: serde_json::Value,
    }

    #[test]
    fn it_is_what_jaq_reads_from_the_text() {
        let data = Data {
            kinds: vec![
                Kind::Bare,
                Kind::One(1),
                Kind::Two(2, 0.3),
                Kind::Named { a: Some('\u{e4}') },
                Kind::Named { a: None },
            ],
            unit: (),
            pair: (-8, "\"\n\u{1f600}"),
            floats: [1.0, 1e300, 0.1, -0.0, f64::NAN, f64::INFINITY],
            integers: (u64::MAX, i64::MIN, 1 << 70, 7),
            by_number: [(-3, true)].into(),
            by_bool: [(true, None)].into(),
            more: json!({"b": [1, [], {}], "a": {"z": 1, "a": "x"}}),
        };
        let built = value(&data).expect("a value");
        assert_eq!(written(&built), read(&data));
    }

    #[test]
    fn what_serde_json_refuses_is_refused() {
        let by_list: BTreeMap<Vec<u8>, u8> = [(vec![1], 1)].into();
        assert!(serde_json::to_vec(&by_list).is_err());
        assert!(value(&by_list).is_err());
    }
}
