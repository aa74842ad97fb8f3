//! Quotes words for POSIX shells. Takes a word; gives text that a shell reads as that word.

/// A word as a user would type it: in single quotes only if it needs them.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/:._-=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    in_single_quotes(word)
}

/// A word in single quotes.
pub fn in_single_quotes(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_the_shell() {
        for (word, expected) in [
            ("http://localhost:8800/run", "http://localhost:8800/run"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's $HOME", r"'it'\''s $HOME'"),
            ("x[1]", "'x[1]'"),
            ("a?b", "'a?b'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
