//! Converts JSON directly to the encoded bytes of a value.
//!
//! Takes a serde deserializer for JSON. Gives the data of a value, appended to a buffer, and its
//! type code. Bulk input depends on its speed: it builds no value and allocates nothing. JSON and
//! encoding nest in the same way; the counts of arrays and maps are filled in afterwards.

use std::fmt;

use base64::Engine as _;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::super::code::{DEPTH_MAX, val};
use super::super::error::EncodeError;
use super::super::value_codec::{length, put_bytes};
use super::{BASE64, BYTES_KEY, FLOAT_KEY, JsonError};
use crate::text::json::{beginning, first_large_integer};

/// Deserializes any JSON into the data of a value, appended to the buffer.
///
/// It allocates nothing (serde_json unescapes strings in its own buffer). On error the buffer is
/// unchanged. Made for `serde_json` reading from a `&str`, also for a value within a larger
/// document.
pub struct ToWire<'o>(pub &'o mut Vec<u8>);

/// The result of [`ToWire`].
#[derive(Debug, Clone, Copy)]
#[must_use = "the type code is not part of the data"]
pub struct Encoded {
    code: u8,
    huge: bool,
}

impl Encoded {
    /// The type code of the value, after a check that `text`, from which it was read, has no
    /// integer beyond 64 bits.
    ///
    /// serde_json silently reads an integer beyond 64 bits as a float. So if there is a float of
    /// 2^63 or more, which may be such an integer, the text is scanned again. Such large floats are
    /// rare and the scan is cheap, while serde_json's options that keep the digits slow down every
    /// number.
    #[inline]
    pub fn code(self, text: &str) -> Result<u8, JsonError> {
        if self.huge {
            check_integers(text)?;
        }
        Ok(self.code)
    }

    /// The type code, and whether the text may have an integer beyond 64 bits. For a caller that
    /// reads many values from one text and scans it once.
    pub fn unchecked(self) -> (u8, bool) {
        (self.code, self.huge)
    }
}

/// Searches valid JSON for an integer beyond 64 bits.
#[cold]
fn check_integers(text: &str) -> Result<(), JsonError> {
    match first_large_integer(text, |digits| digits.parse::<i64>().is_ok()) {
        Some(digits) => Err(JsonError::Integer(digits.to_owned())),
        None => Ok(()),
    }
}

impl<'de> DeserializeSeed<'de> for ToWire<'_> {
    type Value = Encoded;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Encoded, D::Error> {
        let start = self.0.len();
        let mut huge = false;
        let seed = Seed {
            out: &mut *self.0,
            huge: &mut huge,
            depth: 0,
            special: false,
        };
        match seed.deserialize(deserializer) {
            Ok(code) => Ok(Encoded { code, huge }),
            Err(error) => {
                self.0.truncate(start);
                Err(error)
            }
        }
    }
}

/// Writes the data of one value nested in `depth` arrays and maps; gives its code.
struct Seed<'o> {
    out: &'o mut Vec<u8>,
    huge: &'o mut bool,
    depth: usize,
    /// The value belongs to the first key of a map, and that key is `$bytes` or `$float`: a string
    /// may be longer than the encoding allows, because it may be base64.
    special: bool,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = u8;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u8, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = u8;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    #[inline]
    fn visit_unit<E>(self) -> Result<u8, E> {
        Ok(val::NULL)
    }

    #[inline]
    fn visit_bool<E>(self, flag: bool) -> Result<u8, E> {
        self.out.push(u8::from(flag));
        Ok(val::BOOL)
    }

    #[inline]
    fn visit_i64<E>(self, number: i64) -> Result<u8, E> {
        self.out.extend_from_slice(&number.to_be_bytes());
        Ok(val::I64)
    }

    #[inline]
    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<u8, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            // Handled like an integer beyond u64: `Encoded::code` finds it in the text.
            Err(_) => self.visit_f64(number as f64),
        }
    }

    #[inline]
    fn visit_f64<E>(self, number: f64) -> Result<u8, E> {
        const BEYOND: f64 = 9_223_372_036_854_775_808.0;
        *self.huge |= number.abs() >= BEYOND;
        self.out.extend_from_slice(&number.to_be_bytes());
        Ok(val::F64)
    }

    #[inline]
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<u8, E> {
        if self.special {
            self.out.extend_from_slice(&[0, 0]);
            self.out.extend_from_slice(text.as_bytes());
        } else {
            put_bytes(text.as_bytes(), "bytes of string", self.out).map_err(E::custom)?;
        }
        Ok(val::STRING)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<u8, A::Error> {
        let Seed {
            out, huge, depth, ..
        } = self;
        deeper(depth)?;
        let start = placeholder(out);
        let mut count = 0_usize;
        loop {
            let code_at = out.len();
            out.push(0);
            let item = items.next_element_seed(Seed {
                out: &mut *out,
                huge: &mut *huge,
                depth: depth + 1,
                special: false,
            })?;
            let Some(code) = item else {
                out.truncate(code_at);
                break;
            };
            out[code_at] = code;
            count += 1;
        }
        patch(out, start, count, "array items")?;
        Ok(val::ARRAY)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<u8, A::Error> {
        let Seed {
            out, huge, depth, ..
        } = self;
        deeper(depth)?;
        let start = placeholder(out);
        let mut count = 0_usize;
        while let Some(key) = entries.next_key_seed(Key {
            out: &mut *out,
            first: count == 0,
        })? {
            let code_at = out.len();
            out.push(0);
            let code = entries.next_value_seed(Seed {
                out: &mut *out,
                huge: &mut *huge,
                depth: depth + 1,
                special: key != Key::PLAIN,
            })?;
            out[code_at] = code;
            count += 1;
            if key != Key::PLAIN {
                // If it is the only key, the map stands for bytes or a float.
                let data = code_at + 1;
                let end = out.len();
                if entries
                    .next_key_seed(Key {
                        out: &mut *out,
                        first: false,
                    })?
                    .is_none()
                {
                    return special(key, code, out, start, data);
                }
                // It is a plain map, whose second key has just been read.
                if code == val::STRING {
                    let size = length(end - data - 2, "bytes of string").map_err(custom)?;
                    out[data..data + 2].copy_from_slice(&size);
                }
                let code_at = out.len();
                out.push(0);
                out[code_at] = entries.next_value_seed(Seed {
                    out: &mut *out,
                    huge: &mut *huge,
                    depth: depth + 1,
                    special: false,
                })?;
                count += 1;
            }
        }
        patch(out, start, count, "map entries")?;
        Ok(val::MAP)
    }
}

/// Replaces a map at `start`, whose only key is `$bytes` or `$float`, by the value that it stands
/// for. `data` is the offset of the data of the map's value.
fn special<E: serde::de::Error>(
    key: &'static str,
    code: u8,
    out: &mut Vec<u8>,
    start: usize,
    data: usize,
) -> Result<u8, E> {
    let text = match code {
        val::STRING => std::str::from_utf8(&out[data + 2..]).map_err(E::custom)?,
        _ => return Err(E::custom(format_args!("{key} takes a string"))),
    };
    if key == FLOAT_KEY {
        let number = match text {
            "NaN" => f64::NAN,
            "Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            other => {
                return Err(E::custom(format_args!(
                    "{FLOAT_KEY} is one of \"NaN\", \"Infinity\", \"-Infinity\", not \"{}\"",
                    beginning(other)
                )));
            }
        };
        out.truncate(start);
        out.extend_from_slice(&number.to_be_bytes());
        return Ok(val::F64);
    }
    let bytes = BASE64.decode(text).map_err(|error| {
        E::custom(format_args!(
            "{BYTES_KEY} takes base64, which \"{}\" is not: {error}",
            beginning(text)
        ))
    })?;
    out.truncate(start);
    put_bytes(&bytes, "bytes of bytes", out).map_err(E::custom)?;
    Ok(val::BYTES)
}

/// Writes a map's key; gives the key if it is `$bytes` or `$float`, else [`Key::PLAIN`].
struct Key<'o> {
    out: &'o mut Vec<u8>,
    /// Only the first key can be special.
    first: bool,
}

impl Key<'_> {
    const PLAIN: &'static str = "";
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = &'static str;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    #[inline]
    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<&'static str, E> {
        put_bytes(key.as_bytes(), "bytes of map key", self.out).map_err(E::custom)?;
        Ok(match key {
            BYTES_KEY if self.first => BYTES_KEY,
            FLOAT_KEY if self.first => FLOAT_KEY,
            _ => Key::PLAIN,
        })
    }
}

#[inline]
fn placeholder(out: &mut Vec<u8>) -> usize {
    out.extend_from_slice(&[0, 0]);
    out.len() - 2
}

#[inline]
fn patch<E: serde::de::Error>(
    out: &mut [u8],
    at: usize,
    count: usize,
    what: &'static str,
) -> Result<(), E> {
    out[at..at + 2].copy_from_slice(&length(count, what).map_err(custom)?);
    Ok(())
}

#[inline]
fn deeper<E: serde::de::Error>(depth: usize) -> Result<(), E> {
    if depth >= DEPTH_MAX {
        return Err(custom(EncodeError::TooDeep));
    }
    Ok(())
}

#[cold]
fn custom<E: serde::de::Error>(error: EncodeError) -> E {
    E::custom(error)
}
