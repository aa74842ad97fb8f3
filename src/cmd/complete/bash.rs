//! Completion in bash. Takes the line as it was typed; gives the replacements for the word at the
//! cursor.
//!
//! bash inserts a reply without quoting it, and replaces only the part of the word after the last
//! character of `COMP_WORDBREAKS` (such as `:`) or after an open quote. So this file parses the
//! line as bash does, and gives only the rest of each candidate, quoted to fit the text before it.
//! All replies are quoted in the same way, because bash inserts the beginning that they have in
//! common.

use std::ffi::OsString;
use std::io::{self, Write};

use super::{Candidate, Find, Registration, Shell};
use crate::text::shell::in_single_quotes;

/// The variable with the line up to the cursor.
const LINE: &str = "TREFOIL_COMPLETE_LINE";

/// bash.
pub const BASH: Shell = Shell {
    name: "bash",
    register,
    answer,
};

fn register(of: &Registration<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Registration {
        variable, program, ..
    } = of;
    let completer = in_single_quotes(of.completer);
    writeln!(
        out,
        r#"_trefoil_complete() {{
    local reply
    COMPREPLY=()
    while IFS= read -r reply; do
        [[ -n $reply ]] && COMPREPLY+=("$reply")
    done < <({variable}=bash {LINE}="${{COMP_LINE:0:COMP_POINT}}" {completer} -- "$2" 2>/dev/null)
}}
if [[ ${{BASH_VERSINFO[0]}} -eq 4 && ${{BASH_VERSINFO[1]}} -ge 4 || ${{BASH_VERSINFO[0]}} -gt 4 ]]; then
    complete -o nospace -o bashdefault -o nosort -F _trefoil_complete {program}
else
    complete -o nospace -o bashdefault -F _trefoil_complete {program}
fi"#
    )
}

fn answer(args: Vec<OsString>, find: &mut Find<'_>, out: &mut dyn Write) -> io::Result<()> {
    let line = std::env::var(LINE).unwrap_or_default();
    let replaced = args.first().and_then(|arg| arg.to_str());
    let Some((words, prefix)) = replaced.and_then(|replaced| read(&line, replaced)) else {
        return Ok(());
    };
    for reply in replies(&find(words)?, &prefix) {
        writeln!(out, "{reply}")?;
    }
    Ok(())
}

/// The part of the word before the part that bash replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Prefix {
    /// The text without its quotes.
    text: String,
    /// The quote that is open at the beginning of the replaced part.
    quote: Option<char>,
}

/// Parses a line up to the cursor: gives its words without their quotes, and the part of the last
/// word that bash keeps when it replaces `replaced`. `None` if the word has a form that is not
/// parsed here (`$'…'`), or does not end in `replaced`.
fn read(line: &str, replaced: &str) -> Option<(Vec<String>, Prefix)> {
    let mut words = vec![];
    // The word at the end of the line, as it was typed.
    let mut start = None;
    let mut scanner = Scanner::default();
    for (at, c) in line.char_indices() {
        if scanner.is_outside() && c.is_whitespace() {
            if start.take().is_some() {
                words.push(std::mem::take(&mut scanner.text));
            }
            continue;
        }
        start.get_or_insert(at);
        scanner.push(c);
    }
    let typed = &line[start.unwrap_or(line.len())..];
    words.push(scanner.text);
    let mut prefix = Scanner::default();
    typed
        .strip_suffix(replaced)?
        .chars()
        .for_each(|c| prefix.push(c));
    if prefix.is_escaped || typed.contains("$'") || typed.contains("$\"") {
        return None;
    }
    Some((
        words,
        Prefix {
            text: prefix.text,
            quote: prefix.quote,
        },
    ))
}

/// Removes the quotes from a text, one character at a time.
#[derive(Debug, Default)]
struct Scanner {
    text: String,
    quote: Option<char>,
    /// The last character was a backslash that escapes the next one.
    is_escaped: bool,
}

impl Scanner {
    fn is_outside(&self) -> bool {
        self.quote.is_none() && !self.is_escaped
    }

    fn push(&mut self, c: char) {
        if std::mem::take(&mut self.is_escaped) {
            if self.quote == Some('"') && !"\"\\$`".contains(c) {
                self.text.push('\\');
            }
            self.text.push(c);
            return;
        }
        match (self.quote, c) {
            (None, '\'' | '"') => self.quote = Some(c),
            (Some(quote), c) if quote == c => self.quote = None,
            (None | Some('"'), '\\') => self.is_escaped = true,
            (_, c) => self.text.push(c),
        }
    }
}

/// The replies for candidates.
fn replies(candidates: &[Candidate], prefix: &Prefix) -> Vec<String> {
    let rests = candidates.iter().filter_map(|candidate| {
        let rest = candidate.word.strip_prefix(&prefix.text)?;
        Some((rest, candidate.is_beginning()))
    });
    let rests: Vec<(&str, bool)> = rests.collect();
    // Either all are quoted or none, because bash compares them as text.
    let is_plain = rests.iter().all(|(rest, _)| is_plain(rest, prefix));
    let reply = |(rest, is_beginning): &(&str, bool)| match prefix.quote {
        Some(quote) => inside(quote, rest),
        None => {
            let word = if is_plain {
                (*rest).to_owned()
            } else {
                in_single_quotes(rest)
            };
            format!("{word}{}", if *is_beginning { "" } else { " " })
        }
    };
    rests.iter().map(reply).collect()
}

/// Whether bash reads a text as it is, without quotes.
fn is_plain(rest: &str, prefix: &Prefix) -> bool {
    let is_harmless = |c: char| c.is_alphanumeric() || "/._-,:@%+=".contains(c);
    rest.chars().all(is_harmless) && !(prefix.text.is_empty() && rest.starts_with('='))
}

/// A text quoted to follow an open quote. For characters that cannot be inside this quote, the
/// quote is closed and opened again; if a backslash were used instead, it could be all that two
/// replies have in common. bash closes the quote at the end itself, unless the reply ends in that
/// character.
fn inside(quote: char, rest: &str) -> String {
    let mut text = String::new();
    for c in rest.chars() {
        match (quote, c) {
            ('\'', '\'') => text.push_str(r"'\''"),
            // `!` is history expansion, which cannot be escaped inside double quotes.
            ('"', '"' | '$' | '`' | '\\' | '!') => text.extend(["\"'", &c.to_string(), "'\""]),
            (_, c) => text.push(c),
        }
    }
    if text.ends_with(quote) {
        text.push(quote);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str, quote: Option<char>) -> Prefix {
        Prefix {
            text: text.to_owned(),
            quote,
        }
    }

    #[test]
    fn a_line_is_read_as_bash_reads_it() {
        for (line, replaced, words, expected) in [
            ("t get /a", "/a", &["t", "get", "/a"][..], prefix("", None)),
            ("t get ", "", &["t", "get", ""], prefix("", None)),
            ("t '/a b", "/a b", &["t", "/a b"], prefix("", Some('\''))),
            ("t \"/a b", "/a b", &["t", "/a b"], prefix("", Some('"'))),
            ("t /a:b", "b", &["t", "/a:b"], prefix("/a:", None)),
            ("t '/a b/'x", "x", &["t", "/a b/x"], prefix("/a b/", None)),
            ("t /a\\ b", "/a\\ b", &["t", "/a b"], prefix("", None)),
            ("t '' \"\" x", "x", &["t", "", "", "x"], prefix("", None)),
            (
                "t \"a\\$b\\c\" ",
                "",
                &["t", "a$b\\c", ""],
                prefix("", None),
            ),
        ] {
            let (found, prefix) = read(line, replaced).expect(line);
            assert_eq!(
                (found.as_slice(), prefix),
                (&words.map_words()[..], expected),
                "{line}"
            );
        }
        for (line, replaced) in [("t $'a", "a"), ("t /a", "/b"), ("t a\\:b", ":b")] {
            assert_eq!(read(line, replaced), None, "{line}");
        }
    }

    trait Words {
        fn map_words(&self) -> Vec<String>;
    }

    impl Words for &[&str] {
        fn map_words(&self) -> Vec<String> {
            self.iter().map(|word| (*word).to_owned()).collect()
        }
    }

    #[test]
    fn replies_fit_what_stands_before_them() {
        let candidate = |word: &&str| Candidate {
            word: (*word).to_owned(),
            description: String::new(),
        };
        for (words, prefix, expected) in [
            (&["/a", "/b/"][..], prefix("", None), &["/a ", "/b/"][..]),
            (&["/a b", "/c/"], prefix("", None), &["'/a b' ", "'/c/'"]),
            (&["/it's"], prefix("", None), &["'/it'\\''s' "]),
            (&["/a:b c"], prefix("/a:", None), &["'b c' "]),
            (&["/it's"], prefix("", Some('\'')), &["/it'\\''s"]),
            (&["/a'"], prefix("", Some('\'')), &["/a'\\'''"]),
            (
                &["/$x", "/\"!"],
                prefix("", Some('"')),
                &["/\"'$'\"x", "/\"'\"'\"\"'!'\"\""],
            ),
            (&["=ls"], prefix("", None), &["'=ls' "]),
            (&["--o=x"], prefix("--o=", None), &["x "]),
            (&["/b"], prefix("/a", None), &[]),
        ] {
            let candidates: Vec<Candidate> = words.iter().map(candidate).collect();
            assert_eq!(
                replies(&candidates, &prefix),
                expected,
                "{words:?} {prefix:?}"
            );
        }
    }
}
