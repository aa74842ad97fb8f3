//! Decodes the part of MessagePack that CLASP's legacy encoding uses.
//!
//! Takes a payload that begins with a map. Gives a [`Value`] that borrows from it. Written by hand
//! because it is short, and because no crate decodes into borrowed values with a limit on depth and
//! memory.
//!
//! ```text
//! 00-7f  fixint      80-8f  fixmap        90-9f  fixarray     a0-bf  fixstr    e0-ff  −32…−1
//! c0     nil         c2 c3  false true    c4-c6  bin 8 16 32  ca cb  float 32 64
//! cc-cf  u8-u64      d0-d3  i8-i64        d9-db  str 8 16 32  dc dd  array 16 32
//! de df  map 16 32   c1, c7-c9, d4-d8: never used, extension types; refused
//! ```

use std::borrow::Cow;

use super::super::code::DEPTH_MAX;
use super::super::cursor::{Cursor, utf8};
use super::super::error::DecodeError;
use super::super::value::Value;

const WHAT: &str = "MessagePack";
/// The smallest array item, in bytes.
const ITEM_MIN: usize = 1;
/// The smallest map entry, in bytes: an empty key and a nil.
const ENTRY_MIN: usize = 2;

/// Reads one value nested in `depth` arrays and maps.
pub(super) fn read<'a>(r: &mut Cursor<'a>, depth: usize) -> Result<Value<'a>, DecodeError> {
    let byte = r.u8(WHAT)?;
    Ok(match byte {
        0x00..=0x7F => Value::Int(i64::from(byte)),
        0xE0..=0xFF => Value::Int(i64::from(byte.cast_signed())),
        0x80..=0x8F => read_map(r, usize::from(byte & 0x0F), depth)?,
        0x90..=0x9F => read_array(r, usize::from(byte & 0x0F), depth)?,
        0xA0..=0xBF => read_str(r, usize::from(byte & 0x1F))?,
        0xC0 => Value::Null,
        0xC2 => Value::Bool(false),
        0xC3 => Value::Bool(true),
        0xC4..=0xC6 => {
            let length = read_length(r, byte - 0xC4)?;
            Value::Bytes(Cow::Borrowed(r.take(length, WHAT)?))
        }
        0xCA => Value::Float(f64::from(r.f32(WHAT)?)),
        0xCB => Value::Float(r.f64(WHAT)?),
        0xCC => Value::Int(i64::from(r.u8(WHAT)?)),
        0xCD => Value::Int(i64::from(r.u16(WHAT)?)),
        0xCE => Value::Int(i64::from(r.u32(WHAT)?)),
        0xCF => {
            let number = r.u64(WHAT)?;
            // The reference decoder turns it into a float and loses digits; an error is better.
            Value::Int(i64::try_from(number).map_err(|_| {
                DecodeError::malformed(
                    WHAT,
                    format!("{number} does not fit a 64-bit signed integer"),
                )
            })?)
        }
        0xD0 => Value::Int(i64::from(r.u8(WHAT)?.cast_signed())),
        0xD1 => Value::Int(i64::from(r.u16(WHAT)?.cast_signed())),
        0xD2 => Value::Int(i64::from(r.u32(WHAT)?.cast_signed())),
        0xD3 => Value::Int(r.i64(WHAT)?),
        0xD9..=0xDB => {
            let length = read_length(r, byte - 0xD9)?;
            read_str(r, length)?
        }
        0xDC | 0xDD => {
            let count = read_length(r, byte - 0xDC + 1)?;
            read_array(r, count, depth)?
        }
        0xDE | 0xDF => {
            let count = read_length(r, byte - 0xDE + 1)?;
            read_map(r, count, depth)?
        }
        0xC1 | 0xC7..=0xC9 | 0xD4..=0xD8 => {
            return Err(DecodeError::malformed(
                WHAT,
                format!("byte 0x{byte:02x} begins an extension type"),
            ));
        }
    })
}

/// A length of 1, 2 or 4 bytes for width 0, 1, 2.
fn read_length(r: &mut Cursor<'_>, width: u8) -> Result<usize, DecodeError> {
    Ok(match width {
        0 => usize::from(r.u8(WHAT)?),
        1 => usize::from(r.u16(WHAT)?),
        // A length that does not fit a usize is longer than any payload.
        _ => usize::try_from(r.u32(WHAT)?).map_err(|_| DecodeError::Truncated { what: WHAT })?,
    })
}

fn read_str<'a>(r: &mut Cursor<'a>, length: usize) -> Result<Value<'a>, DecodeError> {
    let text = utf8(r.take(length, WHAT)?, WHAT)?;
    Ok(Value::String(Cow::Borrowed(text)))
}

fn read_array<'a>(
    r: &mut Cursor<'a>,
    count: usize,
    depth: usize,
) -> Result<Value<'a>, DecodeError> {
    if depth >= DEPTH_MAX {
        return Err(DecodeError::TooDeep);
    }
    r.claim(count, ITEM_MIN, WHAT)?;
    let mut items = Vec::with_capacity(count);
    for _ in 0..count {
        r.redeem(ITEM_MIN);
        items.push(read(r, depth + 1)?);
    }
    Ok(Value::Array(items))
}

fn read_map<'a>(r: &mut Cursor<'a>, count: usize, depth: usize) -> Result<Value<'a>, DecodeError> {
    if depth >= DEPTH_MAX {
        return Err(DecodeError::TooDeep);
    }
    r.claim(count, ENTRY_MIN, WHAT)?;
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        r.redeem(ENTRY_MIN);
        let Value::String(key) = read(r, depth + 1)? else {
            return Err(DecodeError::malformed(WHAT, "a map key is not a string"));
        };
        entries.push((key, read(r, depth + 1)?));
    }
    Ok(Value::Map(entries))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(bytes: &[u8]) -> Result<Value<'_>, DecodeError> {
        read(&mut Cursor::new(bytes), 0)
    }

    #[test]
    fn every_form_is_read() {
        let int = |i| Ok(Value::Int(i));
        assert_eq!(value(&[0x7F]), int(127));
        assert_eq!(value(&[0xE0]), int(-32));
        assert_eq!(value(&[0xCC, 0xFF]), int(255));
        assert_eq!(value(&[0xCD, 1, 0]), int(256));
        assert_eq!(value(&[0xCE, 0, 1, 0, 0]), int(65_536));
        assert_eq!(value(&[0xCF, 0, 0, 0, 1, 0, 0, 0, 0]), int(1 << 32));
        assert_eq!(value(&[0xD0, 0xFE]), int(-2));
        assert_eq!(value(&[0xD1, 0xFF, 0xFE]), int(-2));
        assert_eq!(value(&[0xD2, 0xFF, 0xFF, 0xFF, 0xFE]), int(-2));
        assert_eq!(value(&[0xD3, 0x80, 0, 0, 0, 0, 0, 0, 0]), int(i64::MIN));
        assert_eq!(value(&[0xCA, 0x3F, 0x80, 0, 0]), Ok(Value::Float(1.0)));
        assert_eq!(value(&[0xC0]), Ok(Value::Null));
        assert_eq!(value(&[0xC3]), Ok(Value::Bool(true)));
        assert_eq!(value(b"\xA2hi"), Ok(Value::String("hi".into())));
        assert_eq!(value(b"\xD9\x02hi"), Ok(Value::String("hi".into())));
        assert_eq!(value(b"\xC4\x02hi"), Ok(Value::Bytes(b"hi"[..].into())));
        let one = Value::Array(vec![Value::Int(1)]);
        assert_eq!(value(&[0x91, 1]), Ok(one.clone()));
        assert_eq!(value(&[0xDC, 0, 1, 1]), Ok(one));
        let map = Value::Map(vec![("a".into(), Value::Int(1))]);
        assert_eq!(value(b"\x81\xA1a\x01"), Ok(map.clone()));
        assert_eq!(value(b"\xDF\0\0\0\x01\xA1a\x01"), Ok(map));
    }

    #[test]
    fn what_is_no_value_is_refused() {
        let truncated = Err(DecodeError::Truncated { what: WHAT });
        assert_eq!(value(&[]), truncated);
        assert_eq!(value(&[0xDD, 0xFF, 0xFF, 0xFF, 0xFF]), truncated);
        assert_eq!(value(&[0xC6, 0xFF, 0xFF, 0xFF, 0xFF]), truncated);
        for bytes in [
            &[0xC1][..],
            &[0xD4, 0, 0],
            &[0xA1, 0xFF],
            &[0x81, 1, 1],
            &[0xCF, 0x80, 0, 0, 0, 0, 0, 0, 0],
        ] {
            assert!(matches!(value(bytes), Err(DecodeError::Malformed { .. })));
        }
        assert_eq!(value(&[0x91; 100]), Err(DecodeError::TooDeep));
    }
}
