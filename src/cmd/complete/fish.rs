//! Completion in fish. Takes words without their quotes, but the one at the cursor as it was typed;
//! gives one candidate with its description per line. fish quotes what it inserts.

use std::ffi::OsString;
use std::io::{self, Write};

use clap_complete::env::{self, EnvCompleter};

use super::{Find, Registration, Shell, unquoted};

/// fish.
pub const FISH: Shell = Shell {
    name: "fish",
    register,
    answer,
};

fn register(of: &Registration<'_>, out: &mut dyn Write) -> io::Result<()> {
    env::Fish.write_registration(of.variable, of.name, of.program, of.completer, out)
}

fn answer(args: Vec<OsString>, find: &mut Find<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut words = unquoted(args);
    if let Some(last) = words.last_mut() {
        *last = without_quotes(last);
    }
    find(words)?
        .iter()
        .try_for_each(|candidate| candidate.write(out))
}

/// The word at the cursor without its quotes; the last quote may still be open.
fn without_quotes(word: &str) -> String {
    let mut text = String::new();
    let mut quote = None;
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (_, '\\') => match (quote, chars.next()) {
                (None, Some(next)) => text.push(next),
                (Some(open), Some(next)) if next == open || next == '\\' => text.push(next),
                (Some('"'), Some('$')) => text.push('$'),
                (_, next) => text.extend(['\\'].into_iter().chain(next)),
            },
            (_, c) => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_as_fish_reads_it() {
        for (word, expected) in [
            ("/a", "/a"),
            ("'/a b", "/a b"),
            ("'it\\'s'", "it's"),
            ("\"a\\$b\\\"", "a$b\""),
            ("/a\\ b", "/a b"),
            ("'a\\nb'", "a\\nb"),
            ("", ""),
        ] {
            assert_eq!(without_quotes(word), expected, "{word}");
        }
    }
}
