//! Parses a header for the upgrade request or another request. Takes `NAME=VALUE`; gives a valid
//! HTTP header.

use std::fmt;

use http::{HeaderName, HeaderValue};

use crate::trace::names_secret;

/// A header. Its value may be a secret (`Authorization`), so it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
}

/// The headers that the handshake writes itself. A second one would break it.
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
    /// Parses `NAME=VALUE`; can be used as a value parser of clap.
    ///
    /// # Errors
    /// A message if there is no `=`, if HTTP does not allow the name or the value, or if the
    /// handshake writes this header itself.
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
        let mut value: HeaderValue = value.parse().map_err(|_| {
            format!("the value of {name} has characters that a header cannot contain")
        })?;
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

    /// The secrets in the value, to be hidden in all output, if the header's name suggests that
    /// there are some: the whole value and its parts (`Bearer abc`, `session=abc; theme=dark`).
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
            // These words are no secrets and occur in other output.
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
            ("X-A=b\nc", "header cannot contain"),
            ("Host=h", "handshake itself"),
            ("sec-websocket-key=h", "handshake itself"),
        ] {
            let error = Header::parse(text).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
