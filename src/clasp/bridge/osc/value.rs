//! Converts OSC arguments to CLASP values and back. No I/O.
//!
//! | OSC | CLASP |
//! |---|---|
//! | `i`, `h` | int |
//! | `f`, `d` | float |
//! | `s` | string |
//! | `b` | bytes |
//! | `T`, `F` | bool |
//! | `N` | null |
//! | `[…]` | array |
//! | `r` | `{"r":255,"g":0,"b":0,"a":255}` |
//! | `m` | `{"port":0,"status":144,"data1":60,"data2":127}` |
//! | `t` | `{"ntp":[seconds since 1900, fraction]}` |
//! | `c` | `{"char":"a"}` |
//! | `S` | `{"symbol":"x"}` |
//! | `I` | `{"impulse":true}` |
//! The value of a message with one argument is the value of that argument; with several arguments
//! it is an array. Other maps than these cannot be sent as OSC.

use std::borrow::Cow;

use super::codec::{Argument, TimeTag};
use crate::clasp::wire::Value;

/// The OSC types in which numbers are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum As {
    /// The types that the device last used at this address; otherwise `f`, `i`, and `h` beyond 32
    /// bits.
    #[default]
    Auto,
    /// `f`, or `d` if `f` would round; `i`, or `h` beyond 32 bits.
    Exact,
    /// `f` for all numbers and bools.
    Float,
    /// `i` for all numbers and bools, rounded and limited to 32 bits.
    Int,
}

/// Up to this number, a float can represent every integer exactly.
const EXACT: f64 = (1_u64 << f64::MANTISSA_DIGITS) as f64;

/// Why a value cannot be sent as OSC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoForm {
    /// A map that does not represent one of OSC's types.
    #[error("a map cannot be sent as OSC")]
    Map,
    /// A string with a NUL.
    #[error("a string with a NUL cannot be sent as OSC")]
    Nul,
    /// An array that nests too deeply.
    #[error("it nests too deeply for OSC")]
    TooDeep,
}

/// The value of an argument.
pub fn value<'a>(argument: &Argument<'a>) -> Value<'a> {
    let byte = |byte: u8| Value::Int(byte.into());
    let map = |entries: Vec<(&'static str, Value<'a>)>| {
        Value::Map(entries.into_iter().map(|(k, v)| (k.into(), v)).collect())
    };
    match *argument {
        Argument::Int(i) => Value::Int(i.into()),
        Argument::Long(i) => Value::Int(i),
        Argument::Float(f) => Value::Float(f.into()),
        Argument::Double(f) => Value::Float(f),
        Argument::String(text) => Value::String(text.into()),
        Argument::Blob(bytes) => Value::Bytes(bytes.into()),
        Argument::Bool(bool) => Value::Bool(bool),
        Argument::Nil => Value::Null,
        Argument::Array(ref items) => Value::Array(items.iter().map(value).collect()),
        Argument::Color([r, g, b, a]) => map(vec![
            ("r", byte(r)),
            ("g", byte(g)),
            ("b", byte(b)),
            ("a", byte(a)),
        ]),
        Argument::Midi([port, status, data1, data2]) => map(vec![
            ("port", byte(port)),
            ("status", byte(status)),
            ("data1", byte(data1)),
            ("data2", byte(data2)),
        ]),
        Argument::Time(TimeTag(time)) => {
            let half = |half: u64| Value::Int((half & 0xFFFF_FFFF) as i64);
            map(vec![(
                "ntp",
                Value::Array(vec![half(time >> 32), half(time)]),
            )])
        }
        Argument::Char(code) => map(vec![(
            "char",
            match char::from_u32(code) {
                Some(char) => Value::String(char.to_string().into()),
                None => Value::Int(code.into()),
            },
        )]),
        Argument::Symbol(text) => map(vec![("symbol", Value::String(text.into()))]),
        Argument::Impulse => map(vec![("impulse", Value::Bool(true))]),
    }
}

/// The value of a message's arguments; `None` if there are no arguments.
pub fn value_of<'a>(arguments: &[Argument<'a>]) -> Option<Value<'a>> {
    match arguments {
        [] => None,
        [one] => Some(value(one)),
        several => Some(Value::Array(several.iter().map(value).collect())),
    }
}

/// The arguments for a value: the items of an array, or a single argument for any other value.
/// `remembered` are the type tags that the device last used at this address, if any.
///
/// # Errors
/// Why a part of the value cannot be sent.
pub fn arguments<'v>(
    value: &'v Value<'_>,
    form: As,
    remembered: Option<&[u8]>,
) -> Result<Vec<Argument<'v>>, NoForm> {
    let mut writer = Writer {
        form,
        tags: remembered.unwrap_or_default(),
    };
    match value {
        Value::Array(items) if !is_one_array(writer.tags) => writer.items(items, 0),
        one => Ok(vec![writer.argument(one, 0)?]),
    }
}

/// Whether these tags are exactly one array.
fn is_one_array(tags: &[u8]) -> bool {
    if tags.first() != Some(&b'[') {
        return false;
    }
    let mut depth = 0;
    let mut closes = tags.iter().map(|tag| {
        match tag {
            b'[' => depth += 1,
            b']' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    closes.position(|closed| closed) == Some(tags.len() - 1)
}

struct Writer<'t> {
    form: As,
    /// The remembered tags for the arguments that are not written yet.
    tags: &'t [u8],
}

impl Writer<'_> {
    fn items<'v>(
        &mut self,
        items: &'v [Value<'_>],
        depth: usize,
    ) -> Result<Vec<Argument<'v>>, NoForm> {
        items
            .iter()
            .map(|item| self.argument(item, depth))
            .collect()
    }

    fn argument<'v>(&mut self, value: &'v Value<'_>, depth: usize) -> Result<Argument<'v>, NoForm> {
        let tag = self.next_tag();
        Ok(match value {
            Value::Int(i) => self.int(*i, tag),
            Value::Float(f) => self.float(*f, tag),
            Value::Bool(bool) => match self.form {
                As::Float => Argument::Float(f32::from(u8::from(*bool))),
                As::Int => Argument::Int((*bool).into()),
                As::Auto | As::Exact => Argument::Bool(*bool),
            },
            Value::Null => Argument::Nil,
            Value::String(text) => Argument::String(without_nul(text)?),
            Value::Bytes(bytes) => Argument::Blob(bytes),
            Value::Array(_) if depth == super::codec::DEPTH_MAX => return Err(NoForm::TooDeep),
            Value::Array(items) => {
                let items = self.items(items, depth + 1)?;
                if tag == Some(b'[') {
                    self.next_tag();
                }
                Argument::Array(items)
            }
            Value::Map(entries) => shaped(entries)?,
        })
    }

    fn next_tag(&mut self) -> Option<u8> {
        let (tag, rest) = self.tags.split_first()?;
        self.tags = rest;
        Some(*tag)
    }

    fn int<'v>(&self, i: i64, tag: Option<u8>) -> Argument<'v> {
        let narrow = i32::try_from(i);
        let plain = narrow.map_or(Argument::Long(i), Argument::Int);
        match (self.form, tag) {
            (As::Float, _) => Argument::Float(i as f32),
            (As::Int, _) => Argument::Int(i.clamp(i32::MIN.into(), i32::MAX.into()) as i32),
            (As::Auto, Some(b'h')) => Argument::Long(i),
            // Someone who sets a fader to 1 means the float 1.0 that the fader would send.
            (As::Auto, Some(b'f')) if i.unsigned_abs() <= 1 << f32::MANTISSA_DIGITS => {
                Argument::Float(i as f32)
            }
            (As::Auto, Some(b'd')) if i.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS => {
                Argument::Double(i as f64)
            }
            _ => plain,
        }
    }

    fn float<'v>(&self, f: f64, tag: Option<u8>) -> Argument<'v> {
        let narrow = f as f32;
        match (self.form, tag) {
            (As::Int, _) => Argument::Int(f.round() as i32),
            (As::Float, _) => Argument::Float(narrow),
            (As::Exact, _) if f64::from(narrow) == f || f.is_nan() => Argument::Float(narrow),
            (As::Exact, _) | (As::Auto, Some(b'd')) => Argument::Double(f),
            (As::Auto, Some(b'i')) if f64::from(f as i32) == f => Argument::Int(f as i32),
            (As::Auto, Some(b'h')) if f.fract() == 0.0 && f.abs() <= EXACT => {
                Argument::Long(f as i64)
            }
            (As::Auto, _) => Argument::Float(narrow),
        }
    }
}

fn without_nul(text: &str) -> Result<&str, NoForm> {
    if text.contains('\0') {
        return Err(NoForm::Nul);
    }
    Ok(text)
}

/// The argument for a map that represents one of OSC's own types.
fn shaped<'v>(entries: &'v [(Cow<'_, str>, Value<'_>)]) -> Result<Argument<'v>, NoForm> {
    let get = |key: &str| {
        let found = entries.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value)
    };
    let byte = |key: &str| match get(key) {
        Some(Value::Int(i)) => u8::try_from(*i).ok(),
        _ => None,
    };
    let bytes = |[a, b, c, d]: [&str; 4]| Some([byte(a)?, byte(b)?, byte(c)?, byte(d)?]);
    let half = |value: &Value<'_>| match value {
        Value::Int(i) => u32::try_from(*i).ok().map(u64::from),
        _ => None,
    };
    let argument = match entries.len() {
        4 => bytes(["r", "g", "b", "a"])
            .map(Argument::Color)
            .or_else(|| bytes(["port", "status", "data1", "data2"]).map(Argument::Midi)),
        1 => match (entries[0].0.as_ref(), &entries[0].1) {
            ("ntp", Value::Array(halves)) => match halves.as_slice() {
                [high, low] => half(high)
                    .zip(half(low))
                    .map(|(high, low)| Argument::Time(TimeTag(high << 32 | low))),
                _ => None,
            },
            ("char", Value::String(text)) => {
                let mut chars = text.chars();
                let one = chars.next().filter(|_| chars.as_str().is_empty());
                one.map(|char| Argument::Char(char.into()))
            }
            ("char", Value::Int(i)) => u32::try_from(*i).ok().map(Argument::Char),
            ("symbol", Value::String(text)) => Some(Argument::Symbol(without_nul(text)?)),
            ("impulse", Value::Bool(true)) => Some(Argument::Impulse),
            _ => None,
        },
        _ => None,
    };
    argument.ok_or(NoForm::Map)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::codec::{self, Packet, tags};
    use super::*;
    use crate::clasp::wire::from_json;

    fn sent(json: &str, form: As, remembered: Option<&str>) -> Result<String, NoForm> {
        let value = from_json(json).expect("a value");
        let arguments = arguments(&value, form, remembered.map(str::as_bytes))?;
        Ok(format!("{} {arguments:?}", tags(&arguments)))
    }

    #[test]
    fn numbers_go_as_most_devices_want_them() {
        let table = [
            ("1", As::Auto, None, ",i [Int(1)]"),
            ("-3000000000", As::Auto, None, ",h [Long(-3000000000)]"),
            ("0.1", As::Auto, None, ",f [Float(0.1)]"),
            ("0.5", As::Exact, None, ",f [Float(0.5)]"),
            ("0.1", As::Exact, None, ",d [Double(0.1)]"),
            ("1", As::Float, None, ",f [Float(1.0)]"),
            ("true", As::Float, None, ",f [Float(1.0)]"),
            ("0.6", As::Int, None, ",i [Int(1)]"),
            ("true", As::Int, None, ",i [Int(1)]"),
            ("1e300", As::Int, None, ",i [Int(2147483647)]"),
            ("9000000000", As::Int, None, ",i [Int(2147483647)]"),
            // As the device sent them.
            ("1", As::Auto, Some("f"), ",f [Float(1.0)]"),
            ("16777217", As::Auto, Some("f"), ",i [Int(16777217)]"),
            (
                "[1,2]",
                As::Auto,
                Some("[ii]"),
                ",[ii] [Array([Int(1), Int(2)])]",
            ),
            ("[1,2]", As::Auto, Some("[i][i]"), ",ii [Int(1), Int(2)]"),
            ("0.1", As::Auto, Some("d"), ",d [Double(0.1)]"),
            ("1", As::Auto, Some("h"), ",h [Long(1)]"),
            ("2.0", As::Auto, Some("i"), ",i [Int(2)]"),
            ("2.5", As::Auto, Some("i"), ",f [Float(2.5)]"),
            (
                "[1,0.5]",
                As::Auto,
                Some("fd"),
                ",fd [Float(1.0), Double(0.5)]",
            ),
            (
                "[[1],1]",
                As::Auto,
                Some("[h]f"),
                ",[h]f [Array([Long(1)]), Float(1.0)]",
            ),
        ];
        for (json, form, remembered, expected) in table {
            assert_eq!(
                sent(json, form, remembered).as_deref(),
                Ok(expected),
                "{json} {form:?} {remembered:?}"
            );
        }
    }

    #[test]
    fn what_has_no_form_says_so() {
        for (json, why) in [
            (r#"{"a":1}"#, NoForm::Map),
            (r#"{"r":256,"g":0,"b":0,"a":0}"#, NoForm::Map),
            (r#"{"char":"ab"}"#, NoForm::Map),
            (r#"[1,{"a":1}]"#, NoForm::Map),
            ("\"a\\u0000b\"", NoForm::Nul),
            ("[[[[[[[[[[1]]]]]]]]]]", NoForm::TooDeep),
        ] {
            assert_eq!(sent(json, As::Auto, None), Err(why), "{json}");
        }
    }

    fn same(a: &Packet<'_>, b: &Packet<'_>) -> bool {
        let mut bytes = (Vec::new(), Vec::new());
        codec::encode(a, &mut bytes.0);
        codec::encode(b, &mut bytes.1);
        bytes.0 == bytes.1
    }

    proptest! {
        /// There and back with the tags that were remembered: every type is exact, byte for byte.
        #[test]
        fn every_message_comes_back_as_it_was(packet in codec::tests::packet()) {
            let Packet::Message(message) = &packet else { return Ok(()) };
            let Some(value) = value_of(&message.arguments) else { return Ok(()) };
            let tags = tags(&message.arguments);
            let back = arguments(&value, As::Auto, Some(&tags.as_bytes()[1..]));
            let back = Packet::Message(codec::Message {
                address: message.address,
                arguments: back.expect("it came from OSC"),
            });
            prop_assert!(same(&packet, &back), "{packet:?} {back:?}");
        }

        /// Without a memory, `exact` keeps every number, if not its width.
        #[test]
        fn exact_keeps_every_number(packet in codec::tests::packet()) {
            let Packet::Message(message) = &packet else { return Ok(()) };
            let Some(value) = value_of(&message.arguments) else { return Ok(()) };
            prop_assume!(!matches!(message.arguments.as_slice(), [Argument::Array(_)]));
            let back = arguments(&value, As::Exact, None).expect("it came from OSC");
            let back = value_of(&back).map(Value::into_owned);
            prop_assert_eq!(back, Some(value.clone()));
        }
    }
}
