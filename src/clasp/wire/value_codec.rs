//! Encodes and decodes values.
//!
//! Takes a [`Value`] and gives its type code and data, or the reverse. A decoded value borrows its
//! text and bytes from the frame.
//!
//! ```text
//! 00 null    –                      07 f64     8 bytes
//! 01 bool    u8                     08 string  u16 length, UTF-8
//! 02 i8      1 byte                 09 bytes   u16 length, bytes
//! 03 i16     2 bytes                0A array   u16 count, { code, data } …
//! 04 i32     4 bytes                0B map     u16 count, { u16 length, key, code, data } …
//! 05 i64     8 bytes
//! 06 f32     4 bytes                all big-endian; 02, 03, 04 and 06 are read, never written
//! ```
//!
//! The code does not always stand directly before the data: SET has it in its flags.

use std::borrow::Cow;

use super::code::{DEPTH_MAX, LENGTH_MAX, val};
use super::cursor::Cursor;
use super::error::{DecodeError, EncodeError};
use super::value::Value;

/// The smallest array item, in bytes: the code of a null.
const ITEM_MIN: usize = 1;
/// The smallest map entry, in bytes: an empty key and the code of a null.
const ENTRY_MIN: usize = 3;

/// Reads the data of a value whose type code is known; bytes after it are ignored.
///
/// The inverse of [`encode_value`] and of [`super::json::ToWire`].
pub fn decode_value(code: u8, data: &[u8]) -> Result<Value<'_>, DecodeError> {
    let mut value = Value::Null;
    read(&mut Cursor::new(data), code, 0, &mut value)?;
    Ok(value)
}

/// Writes the data of a value and returns its type code. On error, `out` may have grown.
pub fn encode_value(value: &Value<'_>, out: &mut Vec<u8>) -> Result<u8, EncodeError> {
    write(value, out, 0)?;
    Ok(code(value))
}

/// How many bytes [`encode_value`] would write, without writing them.
///
/// # Errors
/// The errors of [`encode_value`].
#[inline]
pub fn encoded_size(value: &Value<'_>) -> Result<usize, EncodeError> {
    size(value, 0)
}

#[inline]
fn size(value: &Value<'_>, depth: usize) -> Result<usize, EncodeError> {
    match value {
        Value::Null => Ok(0),
        Value::Bool(_) => Ok(1),
        Value::Int(_) | Value::Float(_) => Ok(8),
        Value::String(text) => sized(text.len(), "bytes of string"),
        Value::Bytes(bytes) => sized(bytes.len(), "bytes of bytes"),
        Value::Array(_) | Value::Map(_) if depth >= DEPTH_MAX => Err(EncodeError::TooDeep),
        Value::Array(items) => {
            length(items.len(), "array items")?;
            items
                .iter()
                .try_fold(2, |sum, item| Ok(sum + 1 + size(item, depth + 1)?))
        }
        Value::Map(entries) => {
            length(entries.len(), "map entries")?;
            entries.iter().try_fold(2, |sum, (key, value)| {
                Ok(sum + sized(key.len(), "bytes of map key")? + 1 + size(value, depth + 1)?)
            })
        }
    }
}

#[inline]
fn sized(bytes: usize, what: &'static str) -> Result<usize, EncodeError> {
    length(bytes, what).map(|_| 2 + bytes)
}

/// Reads code and data.
#[inline]
pub(super) fn read_coded<'a>(
    cursor: &mut Cursor<'a>,
    depth: usize,
    slot: &mut Value<'a>,
) -> Result<(), DecodeError> {
    let code = cursor.u8("value")?;
    read(cursor, code, depth, slot)
}

/// Reads the data of a value nested in `depth` arrays and maps directly into `slot`.
///
/// To return the value instead would cost more than to read it: a value is written word by word and
/// then copied by wide vector instructions, and the processor stalls until the words have reached
/// its cache (store forwarding fails). Decoding a bundle of SETs took twice the time.
#[inline]
pub(super) fn read<'a>(
    cursor: &mut Cursor<'a>,
    code: u8,
    depth: usize,
    slot: &mut Value<'a>,
) -> Result<(), DecodeError> {
    const WHAT: &str = "value";
    match code {
        val::NULL => *slot = Value::Null,
        // Any byte but 0 is true, as in the reference implementation.
        val::BOOL => *slot = Value::Bool(cursor.u8(WHAT)? != 0),
        val::I8 => *slot = Value::Int(i64::from(cursor.u8(WHAT)?.cast_signed())),
        val::I16 => *slot = Value::Int(i64::from(cursor.u16(WHAT)?.cast_signed())),
        val::I32 => *slot = Value::Int(i64::from(cursor.u32(WHAT)?.cast_signed())),
        val::I64 => *slot = Value::Int(cursor.i64(WHAT)?),
        val::F32 => *slot = Value::Float(f64::from(cursor.f32(WHAT)?)),
        val::F64 => *slot = Value::Float(cursor.f64(WHAT)?),
        val::STRING => *slot = Value::String(cursor.text("string value")?),
        val::BYTES => *slot = Value::Bytes(Cow::Borrowed(cursor.bytes("bytes value")?)),
        val::ARRAY => *slot = read_array(cursor, depth)?,
        val::MAP => *slot = read_map(cursor, depth)?,
        _ => {
            return Err(DecodeError::malformed(
                WHAT,
                format!("unknown type 0x{code:02x}"),
            ));
        }
    }
    Ok(())
}

fn read_array<'a>(cursor: &mut Cursor<'a>, depth: usize) -> Result<Value<'a>, DecodeError> {
    if depth >= DEPTH_MAX {
        return Err(DecodeError::TooDeep);
    }
    let count = usize::from(cursor.u16("array")?);
    cursor.claim(count, ITEM_MIN, "array")?;
    let mut items = Vec::with_capacity(count);
    for _ in 0..count {
        cursor.redeem(ITEM_MIN);
        read_coded(cursor, depth + 1, items.push_mut(Value::Null))?;
    }
    Ok(Value::Array(items))
}

fn read_map<'a>(cursor: &mut Cursor<'a>, depth: usize) -> Result<Value<'a>, DecodeError> {
    if depth >= DEPTH_MAX {
        return Err(DecodeError::TooDeep);
    }
    let count = usize::from(cursor.u16("map")?);
    cursor.claim(count, ENTRY_MIN, "map")?;
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        cursor.redeem(ENTRY_MIN);
        let key = cursor.text("map key")?;
        let (_, slot) = entries.push_mut((key, Value::Null));
        read_coded(cursor, depth + 1, slot)?;
    }
    Ok(Value::Map(entries))
}

/// The type code of the data that [`write()`] writes.
#[inline]
pub(super) fn code(value: &Value<'_>) -> u8 {
    match value {
        Value::Null => val::NULL,
        Value::Bool(_) => val::BOOL,
        Value::Int(_) => val::I64,
        Value::Float(_) => val::F64,
        Value::String(_) => val::STRING,
        Value::Bytes(_) => val::BYTES,
        Value::Array(_) => val::ARRAY,
        Value::Map(_) => val::MAP,
    }
}

/// Writes code and data.
#[inline]
pub(super) fn write_coded(
    value: &Value<'_>,
    out: &mut Vec<u8>,
    depth: usize,
) -> Result<(), EncodeError> {
    out.push(code(value));
    write(value, out, depth)
}

/// Writes the data of a value nested in `depth` arrays and maps.
#[inline]
pub(super) fn write(value: &Value<'_>, out: &mut Vec<u8>, depth: usize) -> Result<(), EncodeError> {
    match value {
        Value::Null => {}
        Value::Bool(b) => out.push(u8::from(*b)),
        Value::Int(i) => out.extend_from_slice(&i.to_be_bytes()),
        Value::Float(f) => out.extend_from_slice(&f.to_be_bytes()),
        Value::String(s) => put_bytes(s.as_bytes(), "bytes of string", out)?,
        Value::Bytes(b) => put_bytes(b, "bytes of bytes", out)?,
        Value::Array(_) | Value::Map(_) if depth >= DEPTH_MAX => return Err(EncodeError::TooDeep),
        Value::Array(items) => {
            put_count(items.len(), "array items", out)?;
            for item in items {
                write_coded(item, out, depth + 1)?;
            }
        }
        Value::Map(entries) => {
            put_count(entries.len(), "map entries", out)?;
            for (key, value) in entries {
                put_bytes(key.as_bytes(), "bytes of map key", out)?;
                write_coded(value, out, depth + 1)?;
            }
        }
    }
    Ok(())
}

/// Encodes a count or length if it fits a u16; `what` is its unit.
#[inline]
pub(super) fn length(size: usize, what: &'static str) -> Result<[u8; 2], EncodeError> {
    match u16::try_from(size) {
        Ok(length) => Ok(length.to_be_bytes()),
        Err(_) => Err(EncodeError::TooLong {
            what,
            size,
            limit: LENGTH_MAX,
        }),
    }
}

/// Writes a u16 count.
#[inline]
pub(super) fn put_count(
    count: usize,
    what: &'static str,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    out.extend_from_slice(&length(count, what)?);
    Ok(())
}

/// Writes a u16 length and the bytes.
#[inline]
pub(super) fn put_bytes(
    bytes: &[u8],
    what: &'static str,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    put_count(bytes.len(), what, out)?;
    out.extend_from_slice(bytes);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_computed_without_writing() {
        let long = "x".repeat(LENGTH_MAX + 1);
        let list = Value::Array(vec![
            Value::Null,
            Value::Bool(true),
            Value::Int(1),
            Value::String("abc".into()),
        ]);
        for value in [
            Value::Map(vec![
                ("k".into(), list.clone()),
                ("l".into(), Value::Float(0.5)),
            ]),
            list,
            nested(DEPTH_MAX + 1),
            Value::String(long.as_str().into()),
            Value::Array(vec![Value::Null; 65_536]),
            Value::Map(vec![(long.as_str().into(), Value::Null)]),
        ] {
            let mut out = Vec::new();
            let written = encode_value(&value, &mut out).map(|_| out.len());
            assert_eq!(encoded_size(&value), written);
        }
    }

    fn nested(depth: usize) -> Value<'static> {
        (0..depth).fold(Value::Null, |inner, _| Value::Array(vec![inner]))
    }

    #[test]
    fn every_width_is_read() {
        for (code, data, value) in [
            (val::I8, &[0xFE][..], Value::Int(-2)),
            (val::I16, &[0xFF, 0xFE], Value::Int(-2)),
            (val::I32, &[0x80, 0, 0, 0], Value::Int(-2_147_483_648)),
            (val::F32, &[0x3F, 0x80, 0, 0], Value::Float(1.0)),
            (val::BOOL, &[7], Value::Bool(true)),
        ] {
            assert_eq!(decode_value(code, data), Ok(value));
        }
    }

    #[test]
    fn depth_is_limited_both_ways() {
        let mut out = Vec::new();
        let deepest = nested(DEPTH_MAX);
        let code = encode_value(&deepest, &mut out).unwrap();
        assert_eq!(decode_value(code, &out), Ok(deepest));
        assert_eq!(
            encode_value(&nested(DEPTH_MAX + 1), &mut Vec::new()),
            Err(EncodeError::TooDeep)
        );
        let bytes = [0, 1, val::ARRAY].repeat(DEPTH_MAX + 1);
        assert_eq!(decode_value(val::ARRAY, &bytes), Err(DecodeError::TooDeep));
    }

    #[test]
    fn lengths_are_refused_with_limit_and_size() {
        let long = "x".repeat(LENGTH_MAX + 1);
        for (value, what) in [
            (Value::String(Cow::Borrowed(&long)), "bytes of string"),
            (
                Value::Bytes(Cow::Borrowed(long.as_bytes())),
                "bytes of bytes",
            ),
            (Value::Array(vec![Value::Null; 65_536]), "array items"),
            (
                Value::Map(vec![(Cow::Borrowed(""), Value::Null); 65_536]),
                "map entries",
            ),
            (
                Value::Map(vec![(Cow::Borrowed(&long), Value::Null)]),
                "bytes of map key",
            ),
        ] {
            assert_eq!(
                encode_value(&value, &mut Vec::new()),
                Err(EncodeError::TooLong {
                    what,
                    size: 65_536,
                    limit: 65_535
                })
            );
        }
    }

    #[test]
    fn announced_items_must_be_there() {
        for (code, what) in [(val::ARRAY, "array"), (val::MAP, "map")] {
            assert_eq!(
                decode_value(code, &[0xFF, 0xFF, 0, 0, 0]),
                Err(DecodeError::Truncated { what })
            );
        }
    }
}
