//! A header for the upgrade, or for a request: `NAME=VALUE` enters, what HTTP can carry leaves.

use std::fmt;

use http::{HeaderName, HeaderValue};

use crate::trace::names_secret;

/// A header. Its value may be a secret (`Authorization`), so it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
}

/// What the handshake itself writes; giving it again would break it.
const TAKEN: [&str; 7] = [
    "host",
    "upgrade",
    "connection",
    "sec-websocket-key",
    "sec-websocket-version",
    "sec-websocket-protocol",
    "sec-websocket-extensions",
];

impl Header {
    /// Reads `NAME=VALUE`; suits clap as a value parser.
    ///
    /// # Errors
    /// In words: no `=`, a name or value that HTTP does not allow, a name that is the handshake's.
    pub fn parse(text: &str) -> Result<Header, String> {
        let (name, value) = text
            .split_once('=')
            .ok_or("write it as NAME=VALUE, such as 'Authorization=Bearer abc'")?;
        let name: HeaderName = name
            .trim()
            .parse()
            .map_err(|_| format!("'{name}' is not the name of a header"))?;
        if TAKEN.contains(&name.as_str()) {
            return Err(format!("{name} is written by the handshake itself"));
        }
        let mut value: HeaderValue = value
            .parse()
            .map_err(|_| format!("the value of {name} has characters that no header can"))?;
        value.set_sensitive(true);
        Ok(Header { name, value })
    }

    /// Its name.
    pub fn name(&self) -> &HeaderName {
        &self.name
    }

    /// Its value, which may be a secret.
    pub fn value(&self) -> &HeaderValue {
        &self.value
    }

    /// What of it must not be seen wherever it turns up, if its name says so: the value, and the
    /// words of it (`Bearer abc`, `session=abc; theme=dark`).
    pub fn secrets(&self) -> Vec<String> {
        let Some(value) = self.value.to_str().ok() else {
            return Vec::new();
        };
        if !names_secret(self.name.as_str()) {
            return Vec::new();
        }
        let words = value
            .split([' ', ';', ','])
            .map(|word| word.split_once('=').map_or(word, |(_, value)| value))
            // What everybody says is nobody's secret, and part of what is shown.
            .filter(|word| !["", "Bearer", "Basic"].contains(word));
        [value]
            .into_iter()
            .chain(words)
            .map(str::to_owned)
            .collect()
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Header({}: ***)", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_and_not_shown() {
        let header = Header::parse("Authorization=Bearer a=b").expect("a header");
        assert_eq!(header.value, "Bearer a=b");
        let shown = format!("{header:?}");
        assert!(!shown.contains("Bearer"), "{shown}");
        for (text, why) in [
            ("Authorization", "NAME=VALUE"),
            ("a b=c", "not the name"),
            ("=c", "not the name"),
            ("X-A=b\nc", "no header can"),
            ("Host=h", "handshake itself"),
            ("sec-websocket-key=h", "handshake itself"),
        ] {
            let error = Header::parse(text).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
