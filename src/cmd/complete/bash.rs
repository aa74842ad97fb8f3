//! bash: the line as it was typed enters, what is to stand in place of the word at the cursor
//! leaves.
//!
//! bash inserts a reply as it is, in place of what it takes for the word: the part behind the last
//! of `COMP_WORDBREAKS` (a `:`, for one) or behind an open quote. So the line is read here, as bash
//! would, and only the rest of a candidate is given, quoted to fit what stands before it. Replies
//! begin alike where the candidates do: of several, bash inserts what is common to all.

use std::ffi::OsString;
use std::io::{self, Write};

use super::{Candidate, Find, Registration, Shell, in_single_quotes};

/// The variable that has the line up to the cursor.
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
    let Some((words, kept)) = replaced.and_then(|replaced| read(&line, replaced)) else {
        return Ok(());
    };
    for reply in replies(&find(words)?, &kept) {
        writeln!(out, "{reply}")?;
    }
    Ok(())
}

/// What stands before the part of the word that bash replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    /// Without its quotes.
    text: String,
    /// The quote that is open where the replaced part begins.
    quote: Option<char>,
}

/// Reads a line up to the cursor: its words without their quotes, and what of the last one bash
/// keeps when it replaces `replaced`. `None` for what is not read here (`$'…'`), or not the same.
fn read(line: &str, replaced: &str) -> Option<(Vec<String>, Kept)> {
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
    let mut kept = Scanner::default();
    typed
        .strip_suffix(replaced)?
        .chars()
        .for_each(|c| kept.push(c));
    if kept.is_escaped || typed.contains("$'") || typed.contains("$\"") {
        return None;
    }
    Some((
        words,
        Kept {
            text: kept.text,
            quote: kept.quote,
        },
    ))
}

/// Takes the quotes off a text, a character at a time.
#[derive(Debug, Default)]
struct Scanner {
    text: String,
    quote: Option<char>,
    /// The last character was a backslash that says something of the next one.
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
fn replies(candidates: &[Candidate], kept: &Kept) -> Vec<String> {
    let rests = candidates.iter().filter_map(|candidate| {
        let rest = candidate.word.strip_prefix(&kept.text)?;
        Some((rest, candidate.is_beginning()))
    });
    let rests: Vec<(&str, bool)> = rests.collect();
    // Alike, or bash finds nothing common in them.
    let is_plain = rests.iter().all(|(rest, _)| is_plain(rest, kept));
    let reply = |(rest, is_beginning): &(&str, bool)| match kept.quote {
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

/// Whether a text means itself to bash where no quote is open.
fn is_plain(rest: &str, kept: &Kept) -> bool {
    let is_harmless = |c: char| c.is_alphanumeric() || "/._-,:@%+=".contains(c);
    rest.chars().all(is_harmless) && !(kept.text.is_empty() && rest.starts_with('='))
}

/// A text as it stands behind an open quote. The quote is closed for what it cannot hold: a backslash
/// instead could be all that two replies have in common. bash closes the quote at the end itself,
/// unless the reply ends in that very character.
fn inside(quote: char, rest: &str) -> String {
    let mut text = String::new();
    for c in rest.chars() {
        match (quote, c) {
            ('\'', '\'') => text.push_str(r"'\''"),
            // `!` is history, and cannot be escaped here.
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

    fn kept(text: &str, quote: Option<char>) -> Kept {
        Kept {
            text: text.to_owned(),
            quote,
        }
    }

    #[test]
    fn a_line_is_read_as_bash_reads_it() {
        for (line, replaced, words, expected) in [
            ("t get /a", "/a", &["t", "get", "/a"][..], kept("", None)),
            ("t get ", "", &["t", "get", ""], kept("", None)),
            ("t '/a b", "/a b", &["t", "/a b"], kept("", Some('\''))),
            ("t \"/a b", "/a b", &["t", "/a b"], kept("", Some('"'))),
            ("t /a:b", "b", &["t", "/a:b"], kept("/a:", None)),
            ("t '/a b/'x", "x", &["t", "/a b/x"], kept("/a b/", None)),
            ("t /a\\ b", "/a\\ b", &["t", "/a b"], kept("", None)),
            ("t '' \"\" x", "x", &["t", "", "", "x"], kept("", None)),
            ("t \"a\\$b\\c\" ", "", &["t", "a$b\\c", ""], kept("", None)),
        ] {
            let (found, kept) = read(line, replaced).expect(line);
            assert_eq!(
                (found.as_slice(), kept),
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
        for (words, kept, expected) in [
            (&["/a", "/b/"][..], kept("", None), &["/a ", "/b/"][..]),
            (&["/a b", "/c/"], kept("", None), &["'/a b' ", "'/c/'"]),
            (&["/it's"], kept("", None), &["'/it'\\''s' "]),
            (&["/a:b c"], kept("/a:", None), &["'b c' "]),
            (&["/it's"], kept("", Some('\'')), &["/it'\\''s"]),
            (&["/a'"], kept("", Some('\'')), &["/a'\\'''"]),
            (
                &["/$x", "/\"!"],
                kept("", Some('"')),
                &["/\"'$'\"x", "/\"'\"'\"\"'!'\"\""],
            ),
            (&["=ls"], kept("", None), &["'=ls' "]),
            (&["--o=x"], kept("--o=", None), &["x "]),
            (&["/b"], kept("/a", None), &[]),
        ] {
            let candidates: Vec<Candidate> = words.iter().map(candidate).collect();
            assert_eq!(replies(&candidates, &kept), expected, "{words:?} {kept:?}");
        }
    }
}
