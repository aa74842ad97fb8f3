//! Parses the crate's source text as far as [`crate::layers`] needs it: separates code from
//! comments and strings, and finds the `crate::` and `super::` paths.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The directory of the crate's sources.
pub fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file with its module path and its text without comments and strings.
pub fn sources() -> Vec<(PathBuf, Vec<String>, String)> {
    let mut found = vec![];
    let mut folders = vec![src()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)
            .expect("src is there")
            .map(|entry| entry.expect("a file"))
        {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path
                    .strip_prefix(src())
                    .expect("below src")
                    .with_extension("");
                let mut module: Vec<String> = relative
                    .iter()
                    .map(|part| part.to_str().expect("an ASCII name").to_owned())
                    .collect();
                if module
                    .last()
                    .is_some_and(|last| last == "mod" || last == "lib")
                {
                    module.pop();
                }
                let text = fs::read_to_string(&path).expect("UTF-8");
                let shown = path
                    .strip_prefix(src().parent().expect("the package"))
                    .expect("below");
                found.push((shown.to_owned(), module, code_of(&text)));
            }
        }
    }
    assert!(
        found.len() > 5,
        "the sources of the crate are not where this test looks"
    );
    found
}

/// The text with comments, strings and characters blanked out; lines stay where they are.
pub fn code_of(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(raw) = raw_string(rest) {
            raw
        } else if next == '"' {
            quoted(rest, '"')
        } else if let Some(character) = character(rest) {
            character
        } else {
            out.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        };
        let (blanked, after) = rest.split_at(skipped);
        out.push(' ');
        out.extend(blanked.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    out
}

/// The length of the raw string that begins here.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = after.chars().take_while(|c| *c == '#').count();
    after[hashes..].starts_with('"').then(|| {
        let open = text.len() - after.len() + hashes + 1;
        let close = format!("\"{}", "#".repeat(hashes));
        text[open..]
            .find(&close)
            .map_or(text.len(), |at| open + at + close.len())
    })
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of the character literal that begins here; None for a lifetime.
fn character(text: &str) -> Option<usize> {
    let mut chars = text.strip_prefix('\'')?.chars();
    match (chars.next()?, chars.next()?) {
        ('\\', _) => Some(quoted(text, '\'')),
        (c, '\'') => Some(1 + c.len_utf8() + 1),
        _ => None,
    }
}

/// Every path that begins with `crate` or `super`, resolved, groups unfolded, with its line.
pub fn paths(module: &[String], code: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = vec![];
    let inline = inline_modules(code);
    for start in ["crate", "super"] {
        for (at, _) in code.match_indices(&format!("{start}::")) {
            let before = code[..at].chars().next_back();
            let part_of_a_path =
                before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
            if part_of_a_path || code[..at].ends_with("pub(in ") {
                continue;
            }
            let mut base = vec![];
            if start == "super" {
                base.extend_from_slice(module);
                let around = inline.iter().filter(|(range, _)| range.contains(&at));
                base.extend(around.map(|(_, name)| name.clone()));
            }
            let mut rest = &code[at..];
            while let Some(after) = rest.strip_prefix("super::") {
                base.pop();
                rest = after;
            }
            rest = rest.strip_prefix("crate::").unwrap_or(rest);
            let line = code[..at].matches('\n').count() + 1;
            unfold(&base, rest, &mut |path| found.push((line, path)));
        }
    }
    found
}

/// The ranges of `mod tests { … }`, outermost first; `super` has another meaning inside.
fn inline_modules(code: &str) -> Vec<(Range<usize>, String)> {
    let module = |(at, _): (usize, &str)| {
        let (name, _) = code[at + "mod ".len()..].split_once([' ', ';'])?;
        let open = at + "mod ".len() + name.len() + 1;
        code[open..].starts_with('{').then_some(())?;
        let mut depth = 0;
        let close = code[open..].char_indices().find_map(|(offset, c)| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            (depth == 0).then_some(open + offset)
        })?;
        Some((open..close, name.to_owned()))
    };
    code.match_indices("mod ").filter_map(module).collect()
}

/// `a::{b, c::d}` is two paths; `a::b` is one. Returns the text after them.
fn unfold<'a>(base: &[String], text: &'a str, found: &mut dyn FnMut(Vec<String>)) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = unfold(base, rest, found).trim_start();
            match rest.strip_prefix(',') {
                Some(after) => rest = after,
                None => return rest.strip_prefix('}').unwrap_or(rest),
            }
        }
    }
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let mut path = base.to_vec();
    if !name.is_empty() && name != "self" {
        path.push(name.to_owned());
    }
    match rest.strip_prefix("::") {
        Some(after) => unfold(&path, after, found),
        None => {
            if path.len() > base.len() || name == "self" {
                found(path);
            }
            let renamed = rest.trim_start().strip_prefix("as ");
            renamed.map_or(rest, |after| {
                after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
            })
        }
    }
}
