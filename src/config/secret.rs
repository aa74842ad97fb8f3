//! A text that must not be seen.
//!
//! A token enters; it leaves only through [`Secret::expose`], which is easy to search for.

use std::fmt;

/// A token or the like. Printing it, on purpose or inside a `Debug` of something else, shows `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text from here on.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// The text itself, for the wire and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// So that a `--token` of clap's is hidden from the moment it is parsed.
impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_prints_shows_it() {
        let secret = Secret::new("cf_Zk2");
        for shown in [
            format!("{secret}"),
            format!("{secret:?}"),
            format!("{secret:#?}"),
            format!("{:?}", Some((&secret, 1))),
        ] {
            assert!(!shown.contains("cf_Zk2"), "{shown}");
        }
        assert_eq!(secret.expose(), "cf_Zk2");
    }
}
