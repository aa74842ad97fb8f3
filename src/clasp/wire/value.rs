//! A CLASP value: what a param holds and an event carries.

use std::borrow::Cow;

/// A value. Where possible it borrows from the frame it was decoded from.
///
/// The encoding has more number types (i8 to i64, f32); the decoder widens them, and the encoder
/// writes i64 and f64, as the reference implementation does. A map keeps the order of its entries.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// Null: a value, different from an absent one.
    Null,
    /// True or false.
    Bool(bool),
    /// Any integer.
    Int(i64),
    /// Any float, NaN and the infinities included.
    Float(f64),
    /// UTF-8 text of at most 65,535 bytes.
    String(Cow<'a, str>),
    /// At most 65,535 bytes.
    Bytes(Cow<'a, [u8]>),
    /// At most 65,535 values.
    Array(Vec<Value<'a>>),
    /// At most 65,535 entries, in the order written.
    Map(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl Value<'_> {
    /// The same value with its own copy of all data.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(b) => Value::Bool(b),
            Value::Int(i) => Value::Int(i),
            Value::Float(f) => Value::Float(f),
            Value::String(s) => Value::String(Cow::Owned(s.into_owned())),
            Value::Bytes(b) => Value::Bytes(Cow::Owned(b.into_owned())),
            Value::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Value::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(k, v)| (Cow::Owned(k.into_owned()), v.into_owned()))
                    .collect(),
            ),
        }
    }

    /// The name of the type, for messages to the user.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::String(_) => "string",
            Value::Bytes(_) => "bytes",
            Value::Array(_) => "array",
            Value::Map(_) => "map",
        }
    }

    /// The value as a number, for comparisons and for epsilon.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Int(i) => Some(*i as f64),
            Value::Float(f) => Some(*f),
            _ => None,
        }
    }
}

/// Equality of content. Floats are equal if their bits are, and every NaN equals every other, so
/// that a value that was written is recognised when it is read back, also from JSON, which has only
/// one NaN. The order of map entries does not count, because a router may keep a map in a hash
/// table.
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => {
                a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
            }
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::Array(a), Value::Array(b)) => a == b,
            (Value::Map(a), Value::Map(b)) => a.len() == b.len() && same_entries(a, b),
            _ => false,
        }
    }
}

impl Eq for Value<'_> {}

/// Whether two maps of the same length have the same entries.
///
/// If the order differs, both are sorted. Searching for each entry in the other map would take
/// quadratic time on untrusted input, and would compare duplicate keys wrongly.
fn same_entries<'a>(a: &[(Cow<'a, str>, Value<'a>)], b: &[(Cow<'a, str>, Value<'a>)]) -> bool {
    if a.iter().zip(b).all(|((a, _), (b, _))| a == b) {
        return a.iter().zip(b).all(|((_, a), (_, b))| a == b);
    }
    let mut a: Vec<_> = a.iter().collect();
    let mut b: Vec<_> = b.iter().collect();
    a.sort_by_key(|entry| &entry.0);
    b.sort_by_key(|entry| &entry.0);
    a == b
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&'static str, i64)]) -> Value<'static> {
        let entries = entries.iter().map(|&(k, v)| (k.into(), Value::Int(v)));
        Value::Map(entries.collect())
    }

    #[test]
    fn maps_are_equal_whatever_their_order() {
        assert_eq!(map(&[("a", 1), ("b", 2)]), map(&[("b", 2), ("a", 1)]));
        assert_ne!(map(&[("a", 1), ("b", 2)]), map(&[("a", 2), ("b", 1)]));
        assert_ne!(map(&[("a", 1), ("a", 1)]), map(&[("a", 1), ("b", 1)]));
        assert_ne!(map(&[("a", 1), ("b", 1)]), map(&[("a", 1), ("a", 1)]));
    }

    #[test]
    fn floats_are_equal_by_their_bits_and_there_is_one_nan() {
        assert_eq!(Value::Float(f64::NAN), Value::Float(-f64::NAN));
        assert_ne!(Value::Float(0.0), Value::Float(-0.0));
        assert_ne!(Value::Float(1.0), Value::Int(1));
    }
}
