//! Converts JSON to MessagePack. Takes text, gives bytes, without building a tree.
//!
//! The count of an array or object is known only at its end: one byte is reserved for it, and the
//! content is moved if it needs more. The special forms are first read as plain objects and then
//! converted, so that there is one grammar.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rmp::encode;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::read::{Item, ReadError, Value, item, skip};
use super::{BYTES_KEY, DEPTH_MAX, EXT_KEY, FLOAT_KEY, JsonError, MAP_KEY};
use crate::text::json::{beginning, first_large_integer};

/// How floats are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Floats {
    /// In 64 bits.
    #[default]
    Double,
    /// In 32 bits, as the Python client and the servers write them.
    Single,
}

/// Appends the MessagePack of a JSON text.
///
/// # Errors
/// [`JsonError`]; the buffer is then unchanged.
pub fn from_json(text: &str, floats: Floats, out: &mut Vec<u8>) -> Result<(), JsonError> {
    run(text, floats, out, |seed, json| seed.deserialize(json))
}

/// Appends the MessagePack of an event: a JSON object with a string under `etype`. An event without
/// `ts` gets this one.
///
/// # Errors
/// [`JsonError`]; the buffer is then unchanged.
pub fn event_from_json(
    text: &str,
    floats: Floats,
    ts: u64,
    out: &mut Vec<u8>,
) -> Result<(), JsonError> {
    run(text, floats, out, |seed, json| {
        json.deserialize_map(EventSeed { seed, ts })
    })
}

fn run<'t>(
    text: &'t str,
    floats: Floats,
    out: &mut Vec<u8>,
    read: impl FnOnce(
        Seed<'_>,
        &mut serde_json::Deserializer<serde_json::de::StrRead<'t>>,
    ) -> Result<(), serde_json::Error>,
) -> Result<(), JsonError> {
    let start = out.len();
    let mut huge = false;
    let seed = Seed {
        out: &mut *out,
        huge: &mut huge,
        floats,
        depth: 0,
    };
    let mut json = serde_json::Deserializer::from_str(text);
    // The levels of MessagePack are counted instead; `$map` takes three levels of JSON for one.
    json.disable_recursion_limit();
    let mut result = read(seed, &mut json)
        .and_then(|()| json.end())
        .and_then(|()| Value::check(&out[start..]).map_err(Error::custom))
        .map(drop)
        .map_err(|why| JsonError::NotAValue {
            given: beginning(text),
            why,
        });
    let fits = |digits: &str| digits.parse::<i64>().is_ok() || digits.parse::<u64>().is_ok();
    if result.is_ok()
        && huge
        && let Some(digits) = first_large_integer(text, fits)
    {
        result = Err(JsonError::Integer(digits.to_owned()));
    }
    if result.is_err() {
        out.truncate(start);
    }
    result
}

/// Writes one value nested in `depth` arrays and maps.
struct Seed<'o> {
    out: &'o mut Vec<u8>,
    /// Whether there was a float that may be an integer beyond 64 bits.
    huge: &'o mut bool,
    floats: Floats,
    depth: usize,
}

impl Seed<'_> {
    fn inner(&mut self) -> Seed<'_> {
        Seed {
            out: &mut *self.out,
            huge: &mut *self.huge,
            floats: self.floats,
            depth: self.depth + 1,
        }
    }

    /// Reserves a byte for the head of an array or map; gives its offset.
    fn open<E: Error>(&mut self) -> Result<usize, E> {
        if self.depth >= ROOM * DEPTH_MAX {
            return Err(E::custom(ReadError::TooDeep));
        }
        self.out.push(0);
        Ok(self.out.len() - 1)
    }
}

/// How many levels of JSON one of MessagePack may take: `$map` nests an object and two arrays. The
/// levels of MessagePack are counted when it is written.
const ROOM: usize = 3;

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        done(encode::write_nil(self.out))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<(), E> {
        done(encode::write_bool(self.out, flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        done(encode::write_sint(self.out, number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        done(encode::write_uint(self.out, number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        const BEYOND: f64 = 9_223_372_036_854_775_808.0;
        *self.huge |= number.abs() >= BEYOND;
        float(number, self.floats, self.out)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        done(encode::write_str(self.out, text))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let start = self.open()?;
        let mut count = 0;
        while items.next_element_seed(self.inner())?.is_some() {
            count += 1;
        }
        head(self.out, start, count, false)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        let start = self.open()?;
        let mut count = 0;
        let mut special = None;
        while let Some(name) = entries.next_key_seed(Key(self.out))? {
            let value = self.out.len();
            entries.next_value_seed(self.inner())?;
            special = name.filter(|_| count == 0).map(|name| (name, value));
            count += 1;
        }
        match special {
            Some((name, value)) => stand_for(name, self.out, start, value, self.floats),
            None => head(self.out, start, count, true),
        }
    }
}

/// Reads the map of an event, with its required fields.
struct EventSeed<'o> {
    seed: Seed<'o>,
    ts: u64,
}

impl<'de> Visitor<'de> for EventSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(r#"an event, such as {"etype":"HELLO","value":1}"#)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        let start = self.seed.open()?;
        let (mut count, mut named, mut timed) = (0, false, false);
        loop {
            let key = self.seed.out.len();
            if entries.next_key_seed(Key(self.seed.out))?.is_none() {
                break;
            }
            let value = self.seed.out.len();
            entries.next_value_seed(self.seed.inner())?;
            count += 1;
            match item(&mut &self.seed.out[key..]) {
                Ok(Item::Str(b"etype")) => {
                    if !matches!(item(&mut &self.seed.out[value..]), Ok(Item::Str(_))) {
                        return Err(Error::custom("an event's etype is a string"));
                    }
                    named = true;
                }
                Ok(Item::Str(b"ts")) => timed = true,
                _ => {}
            }
        }
        if !named {
            return Err(Error::custom("it has no etype, which every event needs"));
        }
        if !timed {
            done(encode::write_str(self.seed.out, "ts"))?;
            done(encode::write_uint(self.seed.out, self.ts))?;
            count += 1;
        }
        head(self.seed.out, start, count, true)
    }
}

/// Writes a key; gives it if it begins a special form.
struct Key<'o>(&'o mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<&'static str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<&'static str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    #[inline]
    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        done(encode::write_str(self.0, key))?;
        Ok([BYTES_KEY, FLOAT_KEY, EXT_KEY, MAP_KEY]
            .into_iter()
            .find(|special| *special == key))
    }
}

/// Replaces a map at `start` with one special key by the value that it stands for. `value` is the
/// offset of the map's value.
fn stand_for<E: Error>(
    name: &'static str,
    out: &mut Vec<u8>,
    start: usize,
    value: usize,
    floats: Floats,
) -> Result<(), E> {
    let mut rest = &out[value..];
    let found = item(&mut rest).map_err(|_| E::custom("it was not written whole"))?;
    match (name, found) {
        (BYTES_KEY, Item::Str(text)) => {
            let bytes = base64(name, text)?;
            out.truncate(start);
            done(encode::write_bin(out, &bytes))
        }
        (FLOAT_KEY, Item::Str(text)) => {
            let number = match text {
                b"NaN" => f64::NAN,
                b"Infinity" => f64::INFINITY,
                b"-Infinity" => f64::NEG_INFINITY,
                _ => {
                    return Err(E::custom(format_args!(
                        "{name} is one of \"NaN\", \"Infinity\", \"-Infinity\""
                    )));
                }
            };
            out.truncate(start);
            float(number, floats, out)
        }
        (EXT_KEY, Item::Array(2)) => {
            let (kind, bytes) = (item(&mut rest), item(&mut rest));
            let kind = match kind {
                Ok(Item::Int(kind)) => i8::try_from(kind).ok(),
                Ok(Item::Uint(kind)) => i8::try_from(kind).ok(),
                _ => None,
            };
            let (Some(kind), Ok(Item::Str(text))) = (kind, bytes) else {
                return Err(E::custom("$ext takes [type from -128 to 127, \"base64\"]"));
            };
            let bytes = base64(name, text)?;
            out.truncate(start);
            done(encode::write_ext_meta(out, size(bytes.len())?, kind))?;
            out.extend_from_slice(&bytes);
            Ok(())
        }
        (MAP_KEY, Item::Array(count)) => {
            // The pairs without their heads are the content of the map.
            let mut content = Vec::with_capacity(rest.len());
            for _ in 0..count {
                if !matches!(item(&mut rest), Ok(Item::Array(2))) {
                    return Err(E::custom("$map takes [[key, value], …]"));
                }
                let pair = rest;
                for _ in 0..2 {
                    skip(&mut rest).ok_or_else(|| E::custom("it was not written whole"))?;
                }
                content.extend_from_slice(&pair[..pair.len() - rest.len()]);
            }
            out.truncate(start);
            out.push(0);
            out.extend_from_slice(&content);
            head(out, start, count, true)
        }
        (BYTES_KEY | FLOAT_KEY, _) => Err(E::custom(format_args!("{name} takes a string"))),
        (EXT_KEY, _) => Err(E::custom("$ext takes [type, \"base64\"]")),
        _ => Err(E::custom("$map takes [[key, value], …]")),
    }
}

fn base64<E: Error>(name: &str, text: &[u8]) -> Result<Vec<u8>, E> {
    BASE64.decode(text).map_err(|error| {
        E::custom(format_args!(
            "{name} takes base64, which \"{}\" is not: {error}",
            beginning(&String::from_utf8_lossy(text))
        ))
    })
}

fn float<E: Error>(number: f64, floats: Floats, out: &mut Vec<u8>) -> Result<(), E> {
    match floats {
        Floats::Double => done(encode::write_f64(out, number)),
        Floats::Single => done(encode::write_f32(out, number as f32)),
    }
}

/// Writes the head of an array or map in place of the reserved byte.
fn head<E: Error>(out: &mut Vec<u8>, at: usize, count: usize, map: bool) -> Result<(), E> {
    let mut bytes = [0; 5];
    let mut room = &mut bytes[..];
    let written = if map {
        encode::write_map_len(&mut room, size(count)?)
    } else {
        encode::write_array_len(&mut room, size(count)?)
    };
    done(written)?;
    let length = 5 - room.len();
    out.splice(at..=at, bytes[..length].iter().copied());
    Ok(())
}

fn size<E: Error>(count: usize) -> Result<u32, E> {
    u32::try_from(count).map_err(|_| E::custom("it is larger than MessagePack can say"))
}

/// Converts the error of the library; writing to memory never fails.
fn done<T, W: fmt::Display, E: Error>(result: Result<T, W>) -> Result<(), E> {
    result.map(|_| ()).map_err(E::custom)
}
