//! Writes MessagePack in the form that every page can read. Takes pieces, gives bytes.
//!
//! The page of vuer 0.1.6 decodes every 64-bit integer as a BigInt, which breaks its renderer, and
//! loses keys that are not strings. So integers are written in the smallest form, those beyond 32
//! bits as floats, and keys as strings.

use rmp::encode;

use super::read::{Item, Value, item, skip};

/// A message that is being written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pack(Vec<u8>);

// Results are ignored, because writing to memory cannot fail.
impl Pack {
    /// The head of a map with this many entries; keys and values follow in turn.
    pub fn map(&mut self, entries: usize) -> &mut Pack {
        let _ = encode::write_map_len(&mut self.0, size(entries));
        self
    }

    /// The head of an array with this many items, which follow.
    pub fn array(&mut self, items: usize) -> &mut Pack {
        let _ = encode::write_array_len(&mut self.0, size(items));
        self
    }

    /// A string.
    pub fn text(&mut self, text: &str) -> &mut Pack {
        let _ = encode::write_str(&mut self.0, text);
        self
    }

    /// A float of 64 bits.
    pub fn float(&mut self, number: f64) -> &mut Pack {
        let _ = encode::write_f64(&mut self.0, number);
        self
    }

    /// An integer, in the form that every page can read.
    pub fn integer(&mut self, number: i64) -> &mut Pack {
        integer(number.into(), &mut self.0);
        self
    }

    /// Nil.
    pub fn nil(&mut self) -> &mut Pack {
        let _ = encode::write_nil(&mut self.0);
        self
    }

    /// Bytes.
    pub fn binary(&mut self, bytes: &[u8]) -> &mut Pack {
        let _ = encode::write_bin(&mut self.0, bytes);
        self
    }

    /// A value that is already MessagePack.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Pack {
        self.0.extend_from_slice(bytes);
        self
    }

    /// A value, in the form that every page can read.
    pub fn value(&mut self, value: Value<'_>) -> &mut Pack {
        readable(value, &mut self.0);
        self
    }

    /// The bytes so far.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The message.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Appends a value in the form that every page can read.
pub fn readable(value: Value<'_>, out: &mut Vec<u8>) {
    let mut rest = value.bytes();
    // The value was checked, so no items are missing.
    let _ = convert(&mut rest, out);
}

/// Recursive, once per level; a checked value has at most [`super::DEPTH_MAX`].
fn convert(rest: &mut &[u8], out: &mut Vec<u8>) -> Option<()> {
    let before = *rest;
    match item(rest).ok()? {
        Item::Int(number) => integer(number.into(), out),
        Item::Uint(number) => integer(number.into(), out),
        Item::Array(count) => {
            let _ = encode::write_array_len(out, size(count));
            for _ in 0..count {
                convert(rest, out)?;
            }
        }
        Item::Map(count) => {
            let _ = encode::write_map_len(out, size(count));
            for _ in 0..count {
                key(rest, out)?;
                convert(rest, out)?;
            }
        }
        _ => out.extend_from_slice(&before[..before.len() - rest.len()]),
    }
    Some(())
}

fn key(rest: &mut &[u8], out: &mut Vec<u8>) -> Option<()> {
    let before = *rest;
    let text = match item(rest).ok()? {
        Item::Str(_) => {
            out.extend_from_slice(&before[..before.len() - rest.len()]);
            return Some(());
        }
        Item::Int(number) => number.to_string(),
        Item::Uint(number) => number.to_string(),
        Item::F32(number) => number.to_string(),
        Item::F64(number) => number.to_string(),
        Item::Bool(flag) => flag.to_string(),
        _ => {
            // Other keys have no text form.
            *rest = before;
            skip(rest)?;
            String::new()
        }
    };
    let _ = encode::write_str(out, &text);
    Some(())
}

fn integer(number: i128, out: &mut Vec<u8>) {
    let _ = match (u32::try_from(number), i32::try_from(number)) {
        (Ok(small), _) => encode::write_uint(out, small.into()).is_ok(),
        (_, Ok(small)) => encode::write_sint(out, small.into()).is_ok(),
        _ => encode::write_f64(out, number as f64).is_ok(),
    };
}

fn size(count: usize) -> u32 {
    // A message is smaller than 4 GiB, so it has fewer items.
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        readable(Value::check(bytes).expect("sound"), &mut out);
        out
    }

    #[test]
    fn integers_are_small_and_keys_are_strings() {
        let table: [(&[u8], &[u8]); 8] = [
            (b"\xcf\0\0\0\0\0\0\0\x05", b"\x05"),
            (b"\xd3\xff\xff\xff\xff\xff\xff\xff\xff", b"\xff"),
            (b"\xce\xff\xff\xff\xff", b"\xce\xff\xff\xff\xff"),
            // 2^32 and -2^31 - 1: floats.
            (b"\xcf\0\0\0\x01\0\0\0\0", b"\xcb\x41\xf0\0\0\0\0\0\0"),
            (
                b"\xd3\xff\xff\xff\xff\x7f\xff\xff\xff",
                b"\xcb\xc1\xe0\0\0\0\x20\0\0",
            ),
            (b"\x81\x07\xa1x", b"\x81\xa17\xa1x"),
            (
                b"\x81\xa1a\x92\xd3\0\0\0\0\0\0\0\x01\xc4\x01\xff",
                b"\x81\xa1a\x92\x01\xc4\x01\xff",
            ),
            (b"\x81\x91\x01\xc0", b"\x81\xa0\xc0"),
        ];
        for (given, expected) in table {
            assert_eq!(converted(given), expected, "{given:?}");
        }
    }
}
