//! Reads MessagePack. Takes bytes, gives a checked [`Value`], which serialises as JSON without
//! building a tree.

use std::cell::Cell;
use std::io::Write as _;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD as BASE64;
use rmp::Marker;
use serde::ser::{Error as _, Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use super::{BYTES_KEY, DEPTH_MAX, EXT_KEY, FLOAT_KEY, MAP_KEY, is_special};

/// Why bytes are not one MessagePack value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The bytes end too early.
    #[error("it is cut off after {0} bytes")]
    Truncated(usize),
    /// The only marker that MessagePack does not use.
    #[error("byte {0} is c1, which MessagePack never uses")]
    Reserved(usize),
    /// A string that is not UTF-8.
    #[error("the string at byte {0} is not UTF-8")]
    NotUtf8(usize),
    /// Too many levels.
    #[error("it is nested deeper than {DEPTH_MAX} levels")]
    TooDeep,
    /// There are bytes after the value.
    #[error("{0} bytes follow it that belong to nothing")]
    Trailing(usize),
}

/// One item of MessagePack: a scalar, or the head of an array or map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Item<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    Uint(u64),
    F32(f32),
    F64(f64),
    Str(&'a [u8]),
    Bin(&'a [u8]),
    Ext(i8, &'a [u8]),
    Array(usize),
    Map(usize),
}

/// Why no item could be read.
pub(super) enum Missing {
    End,
    Reserved,
}

/// Removes the next item from the front.
#[inline]
pub(super) fn item<'a>(rest: &mut &'a [u8]) -> Result<Item<'a>, Missing> {
    let [marker] = fixed(rest)?;
    Ok(match Marker::from_u8(marker) {
        Marker::Null => Item::Nil,
        Marker::False => Item::Bool(false),
        Marker::True => Item::Bool(true),
        Marker::FixPos(n) => Item::Uint(n.into()),
        Marker::FixNeg(n) => Item::Int(n.into()),
        Marker::U8 => Item::Uint(u8::from_be_bytes(fixed(rest)?).into()),
        Marker::U16 => Item::Uint(u16::from_be_bytes(fixed(rest)?).into()),
        Marker::U32 => Item::Uint(u32::from_be_bytes(fixed(rest)?).into()),
        Marker::U64 => Item::Uint(u64::from_be_bytes(fixed(rest)?)),
        Marker::I8 => Item::Int(i8::from_be_bytes(fixed(rest)?).into()),
        Marker::I16 => Item::Int(i16::from_be_bytes(fixed(rest)?).into()),
        Marker::I32 => Item::Int(i32::from_be_bytes(fixed(rest)?).into()),
        Marker::I64 => Item::Int(i64::from_be_bytes(fixed(rest)?)),
        Marker::F32 => Item::F32(f32::from_be_bytes(fixed(rest)?)),
        Marker::F64 => Item::F64(f64::from_be_bytes(fixed(rest)?)),
        Marker::FixStr(n) => Item::Str(take(rest, n.into())?),
        Marker::Str8 => Item::Str(counted::<1>(rest)?),
        Marker::Str16 => Item::Str(counted::<2>(rest)?),
        Marker::Str32 => Item::Str(counted::<4>(rest)?),
        Marker::Bin8 => Item::Bin(counted::<1>(rest)?),
        Marker::Bin16 => Item::Bin(counted::<2>(rest)?),
        Marker::Bin32 => Item::Bin(counted::<4>(rest)?),
        Marker::FixExt1 => ext(rest, 1)?,
        Marker::FixExt2 => ext(rest, 2)?,
        Marker::FixExt4 => ext(rest, 4)?,
        Marker::FixExt8 => ext(rest, 8)?,
        Marker::FixExt16 => ext(rest, 16)?,
        Marker::Ext8 => length::<1>(rest).and_then(|n| ext(rest, n))?,
        Marker::Ext16 => length::<2>(rest).and_then(|n| ext(rest, n))?,
        Marker::Ext32 => length::<4>(rest).and_then(|n| ext(rest, n))?,
        Marker::FixArray(n) => Item::Array(n.into()),
        Marker::Array16 => Item::Array(length::<2>(rest)?),
        Marker::Array32 => Item::Array(length::<4>(rest)?),
        Marker::FixMap(n) => Item::Map(n.into()),
        Marker::Map16 => Item::Map(length::<2>(rest)?),
        Marker::Map32 => Item::Map(length::<4>(rest)?),
        Marker::Reserved => return Err(Missing::Reserved),
    })
}

#[inline]
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], Missing> {
    let (taken, left) = rest.split_at_checked(count).ok_or(Missing::End)?;
    *rest = left;
    Ok(taken)
}

#[inline]
fn fixed<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Missing> {
    let (taken, left) = rest.split_first_chunk::<N>().ok_or(Missing::End)?;
    *rest = left;
    Ok(*taken)
}

/// A length of N bytes, big-endian.
#[inline]
fn length<const N: usize>(rest: &mut &[u8]) -> Result<usize, Missing> {
    let bytes = fixed::<N>(rest)?;
    Ok(bytes.iter().fold(0, |n, b| n << 8 | usize::from(*b)))
}

fn counted<'a, const N: usize>(rest: &mut &'a [u8]) -> Result<&'a [u8], Missing> {
    let count = length::<N>(rest)?;
    take(rest, count)
}

fn ext<'a>(rest: &mut &'a [u8], count: usize) -> Result<Item<'a>, Missing> {
    let [kind] = fixed(rest)?;
    Ok(Item::Ext(kind as i8, take(rest, count)?))
}

/// One checked MessagePack value: every length is within bounds, strings are UTF-8, and there are
/// at most [`DEPTH_MAX`] levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'a>(&'a [u8]);

impl<'a> Value<'a> {
    /// Checks every item. Allocates nothing: the levels are counted in an array of fixed size.
    ///
    /// # Errors
    /// [`ReadError`], with the position.
    pub fn check(bytes: &'a [u8]) -> Result<Value<'a>, ReadError> {
        let mut rest = bytes;
        let mut open = [0_usize; DEPTH_MAX];
        let mut depth = 0;
        loop {
            let at = bytes.len() - rest.len();
            let found = item(&mut rest).map_err(|missing| match missing {
                Missing::End => ReadError::Truncated(bytes.len()),
                Missing::Reserved => ReadError::Reserved(at),
            })?;
            let inside = match found {
                Item::Str(text) if std::str::from_utf8(text).is_err() => {
                    return Err(ReadError::NotUtf8(at));
                }
                Item::Array(count) => count,
                Item::Map(count) => 2 * count,
                _ => 0,
            };
            // An item takes at least one byte, so a count cannot be larger than the rest.
            if inside > rest.len() {
                return Err(ReadError::Truncated(bytes.len()));
            }
            if matches!(found, Item::Array(_) | Item::Map(_)) && depth == DEPTH_MAX {
                return Err(ReadError::TooDeep);
            }
            if inside > 0 {
                open[depth] = inside;
                depth += 1;
                continue;
            }
            // The item is complete, and perhaps also the arrays and maps around it.
            loop {
                if depth == 0 {
                    return match rest.len() {
                        0 => Ok(Value(bytes)),
                        left => Err(ReadError::Trailing(left)),
                    };
                }
                open[depth - 1] -= 1;
                if open[depth - 1] > 0 {
                    break;
                }
                depth -= 1;
            }
        }
    }

    /// The value of bytes that are known to be one value, because [`Value::check`] has read them.
    pub(super) fn of_checked(bytes: &'a [u8]) -> Value<'a> {
        Value(bytes)
    }

    /// Its bytes.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// The text, if it is a string.
    pub fn as_str(self) -> Option<&'a str> {
        match item(&mut { self.0 }) {
            Ok(Item::Str(text)) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }

    /// The bytes, if it is binary.
    pub fn as_bin(self) -> Option<&'a [u8]> {
        match item(&mut { self.0 }) {
            Ok(Item::Bin(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// The keys and values of a map; empty for any other value.
    pub fn entries(self) -> impl Iterator<Item = (Value<'a>, Value<'a>)> {
        let mut rest = self.0;
        let count = match item(&mut rest) {
            Ok(Item::Map(count)) => count,
            _ => 0,
        };
        (0..count).map_while(move |_| Some((next(&mut rest)?, next(&mut rest)?)))
    }

    /// The items of an array; empty for any other value.
    pub fn items(self) -> impl Iterator<Item = Value<'a>> {
        let mut rest = self.0;
        let count = match item(&mut rest) {
            Ok(Item::Array(count)) => count,
            _ => 0,
        };
        (0..count).map_while(move |_| next(&mut rest))
    }

    /// The value of this key in a map.
    pub fn get(self, key: &str) -> Option<Value<'a>> {
        self.entries()
            .find(|(name, _)| matches!(item(&mut { name.0 }), Ok(Item::Str(name)) if name == key.as_bytes()))
            .map(|(_, value)| value)
    }

    /// The value at a path of map keys and array indices.
    pub fn at(self, path: &[String]) -> Option<Value<'a>> {
        path.iter().try_fold(self, |value, step| {
            value
                .get(step)
                .or_else(|| value.items().nth(step.parse().ok()?))
        })
    }

    /// The integer, if it is one.
    pub fn as_integer(self) -> Option<i128> {
        match item(&mut { self.0 }) {
            Ok(Item::Int(number)) => Some(number.into()),
            Ok(Item::Uint(number)) => Some(number.into()),
            _ => None,
        }
    }

    /// The number, integer or float.
    pub fn as_number(self) -> Option<f64> {
        match item(&mut { self.0 }) {
            Ok(Item::Int(number)) => Some(number as f64),
            Ok(Item::Uint(number)) => Some(number as f64),
            Ok(Item::F32(number)) => Some(number.into()),
            Ok(Item::F64(number)) => Some(number),
            _ => None,
        }
    }

    /// Whether it is an array.
    pub fn is_array(self) -> bool {
        matches!(item(&mut { self.0 }), Ok(Item::Array(_)))
    }

    /// Whether it is a map.
    pub fn is_map(self) -> bool {
        matches!(item(&mut { self.0 }), Ok(Item::Map(_)))
    }

    /// Whether it is nil.
    pub fn is_nil(self) -> bool {
        matches!(item(&mut { self.0 }), Ok(Item::Nil))
    }
}

/// Removes the next value from the front of checked bytes.
fn next<'a>(rest: &mut &'a [u8]) -> Option<Value<'a>> {
    let before = *rest;
    skip(rest)?;
    Some(Value(&before[..before.len() - rest.len()]))
}

/// Skips one value of checked bytes.
pub(super) fn skip(rest: &mut &[u8]) -> Option<()> {
    let mut pending = 1_usize;
    while pending > 0 {
        pending -= 1;
        match item(rest).ok()? {
            Item::Array(count) => pending += count,
            Item::Map(count) => pending += 2 * count,
            _ => {}
        }
    }
    Some(())
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Walk(Cell::new(self.0)).serialize(serializer)
    }
}

/// Serializes the value at its front, and moves past it.
struct Walk<'a>(Cell<&'a [u8]>);

impl<'a> Walk<'a> {
    fn item<E: serde::ser::Error>(&self) -> Result<Item<'a>, E> {
        let mut rest = self.0.get();
        let found = item(&mut rest).map_err(|_| E::custom("it was not checked"))?;
        self.0.set(rest);
        Ok(found)
    }

    /// Whether the map whose head was just read can be a JSON object: its keys are strings, and it
    /// does not look like one of the special forms.
    ///
    /// This skips its values once more at every level, which the depth limit bounds; the
    /// alternative would be a list of all maps.
    fn is_object(&self, count: usize) -> bool {
        let mut rest = self.0.get();
        (0..count).all(|_| {
            let plain = match item(&mut rest) {
                Ok(Item::Str(key)) => count > 1 || !is_special(key),
                _ => false,
            };
            plain && skip(&mut rest).is_some()
        })
    }
}

impl Serialize for Walk<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.item()? {
            Item::Nil => serializer.serialize_unit(),
            Item::Bool(flag) => serializer.serialize_bool(flag),
            Item::Int(number) => serializer.serialize_i64(number),
            Item::Uint(number) => serializer.serialize_u64(number),
            Item::F32(number) if number.is_finite() => serializer.serialize_f64(digits(number)),
            Item::F32(number) => special(serializer, FLOAT_KEY, float_name(number.into())),
            Item::F64(number) if number.is_finite() => serializer.serialize_f64(number),
            Item::F64(number) => special(serializer, FLOAT_KEY, float_name(number)),
            Item::Str(text) => {
                serializer.serialize_str(std::str::from_utf8(text).map_err(S::Error::custom)?)
            }
            Item::Bin(bytes) => special(serializer, BYTES_KEY, &Base64(bytes)),
            Item::Ext(kind, bytes) => special(serializer, EXT_KEY, &(kind, Base64(bytes))),
            Item::Array(count) => self.array(count, serializer),
            Item::Map(count) if self.is_object(count) => {
                let mut map = serializer.serialize_map(Some(count))?;
                for _ in 0..count {
                    map.serialize_key(self)?;
                    map.serialize_value(self)?;
                }
                map.end()
            }
            Item::Map(count) => special(serializer, MAP_KEY, &Pairs(self, count)),
        }
    }
}

impl Walk<'_> {
    fn array<S: Serializer>(&self, count: usize, serializer: S) -> Result<S::Ok, S::Error> {
        let mut items = serializer.serialize_seq(Some(count))?;
        for _ in 0..count {
            items.serialize_element(self)?;
        }
        items.end()
    }
}

/// The entries of a map, as `[[key,value],…]`.
struct Pairs<'w, 'a>(&'w Walk<'a>, usize);

impl Serialize for Pairs<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pairs = serializer.serialize_seq(Some(self.1))?;
        for _ in 0..self.1 {
            pairs.serialize_element(&(self.0, self.0))?;
        }
        pairs.end()
    }
}

struct Base64<'a>(&'a [u8]);

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.0, &BASE64))
    }
}

fn special<S: Serializer>(
    serializer: S,
    key: &str,
    value: &(impl Serialize + ?Sized),
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

/// The 64-bit float with the shortest digits of this 32-bit float: 0.3 for 0.3.
///
/// serde_json would write the same digits by itself, but it changes to exponents at another
/// magnitude, so that the value read back as 64 bits would be printed differently.
fn digits(number: f32) -> f64 {
    let mut text = [0; 32];
    let mut room = &mut text[..];
    let length = match write!(room, "{number:e}") {
        Ok(()) => 32 - room.len(),
        Err(_) => 0,
    };
    std::str::from_utf8(&text[..length])
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(number.into())
}

fn float_name(number: f64) -> &'static str {
    match number {
        n if n.is_nan() => "NaN",
        n if n > 0.0 => "Infinity",
        _ => "-Infinity",
    }
}
