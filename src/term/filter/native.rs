//! Functions for `--jq` that cannot be written in jq itself, and the data that they share.

use std::io::{Write as _, stderr};

use jaq_core::data::HasLut;
use jaq_core::native::{Filter, Fun, bome, run, v};
use jaq_core::{DataT, Error, Lut, RunPtr, ValT as _};
use jaq_json::Val;
use jaq_std::input::{self, HasInputs, Inputs};

use crate::term::sanitize::{Keep, sanitize};

/// The types of data that filters work on.
pub(super) struct Kinds;

impl DataT for Kinds {
    type V<'a> = Val;
    type Data<'a> = Global<'a>;
}

/// What a filter can use beside its input.
#[derive(Clone)]
pub(super) struct Global<'a> {
    pub lut: &'a Lut<Kinds>,
    /// The documents that follow.
    pub inputs: Inputs<'a, Val>,
}

impl<'a> HasLut<'a, Kinds> for Global<'a> {
    fn lut(&self) -> &'a Lut<Kinds> {
        self.lut
    }
}

impl<'a> HasInputs<'a, Val> for Global<'a> {
    fn inputs(&self) -> Inputs<'a, Val> {
        self.inputs
    }
}

/// jaq's functions and the ones of this file.
pub(super) fn funs() -> impl Iterator<Item = Fun<Kinds>> {
    let ours: Box<[Filter<RunPtr<Kinds>>]> = Box::new([
        ("encode_base32", v(0), |cv| {
            bome(bytes(&cv.1).map(|bytes| Val::utf8_str(encode(bytes))))
        }),
        ("decode_base32", v(0), |cv| {
            bome(bytes(&cv.1).and_then(|bytes| {
                let decoded = decode(bytes);
                let decoded = decoded
                    .ok_or_else(|| Error::str(format_args!("{} is not valid base32 data", cv.1)))?;
                Ok(Val::utf8_str(decoded))
            }))
        }),
        ("debug_print", v(0), |cv| {
            print(format!("[\"DEBUG:\",{}]\n", cv.1));
            bome(Ok(cv.1))
        }),
        ("stderr_print", v(0), |cv| {
            print(cv.1.to_string());
            bome(Ok(cv.1))
        }),
    ]);
    let all = ours.into_vec().into_iter().chain(input::funs::<Kinds>());
    all.map(run::<Kinds>)
}

/// The environment variables as an object, for `$ENV` and `env`.
pub(super) fn environment() -> Val {
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
        Some((Val::utf8_str(name), Val::utf8_str(value)))
    });
    Val::from_map(variables).unwrap_or_default()
}

/// Prints what `debug` and `stderr` print. Errors of stderr are ignored.
fn print(text: String) {
    let mut bytes = text.into_bytes();
    sanitize(&mut bytes, 0, Keep::Lines);
    let _ = stderr().write_all(&bytes);
}

fn bytes(value: &Val) -> Result<&[u8], Error<Val>> {
    match value {
        Val::TStr(bytes) | Val::BStr(bytes) => Ok(bytes),
        other => Err(Error::str(format_args!("{other} is not a string"))),
    }
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Base 32 of RFC 4648, with padding.
fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for group in bytes.chunks(5) {
        let mut bits = [0; 8];
        bits[..group.len()].copy_from_slice(group);
        let bits = u64::from_be_bytes(bits) >> 24;
        let digits = (group.len() * 8).div_ceil(5);
        for place in 0..8 {
            let digit = (bits >> (35 - 5 * place)) as usize & 31;
            text.push(if place < digits {
                ALPHABET[digit] as char
            } else {
                '='
            });
        }
    }
    text
}

/// Decodes base 32; `None` if the text is not base 32.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let (mut bits, mut held) = (0_u32, 0);
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    for byte in &text[..text.len() - padding] {
        let digit = ALPHABET.iter().position(|digit| digit == byte)?;
        bits = (bits << 5 | digit as u32) & 0xfff;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Some(bytes)
}
