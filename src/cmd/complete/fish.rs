//! fish: words without their quotes enter, and the one at the cursor as it was typed; a candidate
//! and its description a line leave. fish quotes what it inserts.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::{self, EnvCompleter};

use super::{candidates, unquoted};

/// fish.
pub struct Fish;

impl EnvCompleter for Fish {
    fn name(&self) -> &'static str {
        "fish"
    }

    fn is(&self, name: &str) -> bool {
        name == "fish"
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        program: &str,
        completer: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        env::Fish.write_registration(variable, name, program, completer, out)
    }

    fn write_complete(
        &self,
        command: &mut Command,
        args: Vec<OsString>,
        directory: Option<&Path>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut words = unquoted(args);
        if let Some(last) = words.last_mut() {
            *last = without_quotes(last);
        }
        let candidates = candidates(command, words, directory)?;
        candidates
            .iter()
            .try_for_each(|candidate| candidate.write(out))
    }
}

/// A word of a line, perhaps with a quote that is still open.
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
