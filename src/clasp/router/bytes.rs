//! The fields of the router's own records, in its files and in the engine of a cluster. Appends a field to a buffer, or
//! takes one from the front of bytes. All integers are big-endian.

use crate::clasp::wire::{EncodeError, Value, decode_value, encode_value};

/// Appends a value: its type code, and its data.
///
/// # Errors
/// The value cannot be encoded; the buffer may have grown.
pub fn put_value(value: &Value<'_>, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let code = out.len();
    out.push(0);
    out[code] = encode_value(value, out)?;
    Ok(())
}

/// Reads what [`put_value`] has written; `None` if it is damaged.
pub fn value(bytes: &[u8]) -> Option<Value<'_>> {
    let (code, data) = bytes.split_first()?;
    decode_value(*code, data).ok()
}

/// Appends a text: a u16 length and UTF-8. All texts come from frames, so their lengths fit 16 bits.
pub fn put_text(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(&(text.len() as u16).to_be_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// Appends bytes: a u32 length and data.
pub fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Takes so many bytes; `None` if there are fewer.
pub fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

fn array<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*taken)
}

/// Takes a u16.
pub fn half(bytes: &mut &[u8]) -> Option<u16> {
    array(bytes).map(u16::from_be_bytes)
}

/// Takes a u32.
pub fn short(bytes: &mut &[u8]) -> Option<u32> {
    array(bytes).map(u32::from_be_bytes)
}

/// Takes a u64.
pub fn number(bytes: &mut &[u8]) -> Option<u64> {
    array(bytes).map(u64::from_be_bytes)
}

/// Takes a text; `None` if it is not whole or not UTF-8.
pub fn text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let length = half(bytes)?;
    std::str::from_utf8(take(bytes, length.into())?).ok()
}

/// Takes bytes that begin with their length.
pub fn data<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(short(bytes)?).ok()?;
    take(bytes, length)
}
