//! Reads a prompt or another text. Takes an argument, `@FILE` or `-`; gives the text.

use std::borrow::Cow;
use std::fs;
use std::io::{Read, stdin};

use crate::error::Failure;
use crate::text::whole::read_bytes;

/// The longest text that is read, in bytes: more than any model accepts.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Reads a text: `-` is stdin, `@FILE` a file, `@@` begins a text with `@`. `what` is its name in
/// errors.
///
/// # Errors
/// A usage failure if it cannot be read, is not UTF-8, or is too long.
pub fn text<'a>(what: &str, given: &'a str) -> Result<Cow<'a, str>, Failure> {
    let (place, bytes) = match given.strip_prefix('@') {
        _ if given == "-" => ("stdin", limited(stdin().lock())),
        Some(text) if text.starts_with('@') => return Ok(Cow::Borrowed(text)),
        Some("") => {
            return Err(Failure::usage(format!("the {what} '@' names no file"))
                .with_hint("A text that begins with @ is written @@"));
        }
        Some(path) => (path, fs::File::open(path).and_then(limited)),
        None => return Ok(Cow::Borrowed(given)),
    };
    let bytes = bytes.map_err(|error| {
        let failure = Failure::usage(format!("cannot read the {what} from {place}: {error}"));
        match given.strip_prefix('@') {
            Some(_) => failure.with_hint("A text that begins with @ is written @@"),
            None => failure,
        }
    })?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Owned(text)),
        Err(_) => Err(
            Failure::usage(format!("the {what} from {place} is not UTF-8 text"))
                .with_hint("To show it to the model as a file, use -f"),
        ),
    }
}

/// Reads a prompt, which must not be blank: a run with an empty prompt costs money, too.
///
/// # Errors
/// The errors of [`text`].
pub fn prompt(given: &str) -> Result<Cow<'_, str>, Failure> {
    let prompt = text("prompt", given)?;
    if prompt.trim().is_empty() {
        return Err(Failure::usage("the prompt is empty: nothing was sent"));
    }
    Ok(prompt)
}

fn limited(reader: impl Read) -> std::io::Result<Vec<u8>> {
    read_bytes(reader, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_at_sign_names_a_file_unless_it_is_doubled() {
        for (given, expected) in [("hello", "hello"), ("@@home", "@home"), ("a@b", "a@b")] {
            assert_eq!(prompt(given).expect(given), expected);
        }
        for given in ["", " \n", "@", "@/nowhere/at/all"] {
            prompt(given).expect_err(given);
        }
    }
}
