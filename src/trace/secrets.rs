//! Hides secrets in output. Takes text or JSON; gives the same with `…` in the place of each
//! secret.
//!
//! Secrets are hidden in two ways. A message hides a secret that it knows by its field, such as
//! HELLO's token. This file searches for the secret itself, so that it is also hidden where a
//! server quotes it.

use std::borrow::Cow;
use std::sync::Arc;

use memchr::memmem;

/// The text that replaces a secret.
pub const HIDDEN: &str = "…";

/// A shorter secret is hidden only where it is a whole string: the token of a test router may be
/// `a`, which is part of nearly every message.
const LEAST: usize = 4;

/// Texts that must not be shown.
#[derive(Clone, Default)]
pub struct Secrets(Arc<[Secret]>);

#[derive(Clone, PartialEq, Eq)]
struct Secret {
    plain: String,
    /// The secret as it is written inside a JSON string.
    escaped: String,
}

/// Whether the name of a header or field suggests that it holds a secret.
pub fn names_secret(name: &str) -> bool {
    let name: String = name
        .chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .collect::<String>()
        .to_ascii_lowercase();
    [
        "authorization",
        "cookie",
        "token",
        "secret",
        "password",
        "passwd",
        "passphrase",
        "credential",
        "apikey",
        "authkey",
    ]
    .into_iter()
    .any(|word| name.contains(word))
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

impl Secrets {
    /// Adds secrets to hide. Empty texts are ignored.
    pub fn add(&mut self, secrets: impl IntoIterator<Item = impl AsRef<str>>) {
        let mut all = self.0.to_vec();
        for secret in secrets {
            let plain = secret.as_ref();
            if plain.is_empty() {
                continue;
            }
            let quoted = serde_json::Value::from(plain).to_string();
            all.push(Secret {
                plain: plain.to_owned(),
                escaped: quoted[1..quoted.len() - 1].to_owned(),
            });
        }
        self.set(all);
    }

    /// Adds the secrets of another set.
    pub fn add_all(&mut self, other: &Secrets) {
        self.set([&*self.0, &*other.0].concat());
    }

    fn set(&mut self, mut all: Vec<Secret>) {
        // The longest first, because one may be a part of another.
        all.sort_by(|a, b| {
            b.plain
                .len()
                .cmp(&a.plain.len())
                .then(a.plain.cmp(&b.plain))
        });
        all.dedup();
        self.0 = all.into();
    }

    /// The length in bytes of the longest secret, in its plain or escaped form.
    pub fn longest(&self) -> usize {
        let lengths = self.0.iter().map(|secret| secret.escaped.len());
        lengths.max().unwrap_or(0)
    }

    /// Hides the secrets in text, which may contain JSON.
    pub fn hide(&self, text: &mut String) {
        for secret in self.0.iter() {
            for form in [&secret.escaped, &secret.plain] {
                if form.len() >= LEAST && text.contains(form.as_str()) {
                    *text = text.replace(form.as_str(), HIDDEN);
                }
            }
            if *text == secret.plain {
                *text = HIDDEN.to_owned();
            }
        }
        if self.0.iter().any(|secret| secret.plain.len() < LEAST) {
            let mut json = std::mem::take(text).into_bytes();
            self.hide_json(&mut json, 0);
            *text = String::from_utf8(json).unwrap_or_else(|_| HIDDEN.to_owned());
        }
    }

    /// Hides the secrets in bytes that need not be text.
    pub fn hide_bytes<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let Some(first) = self.first(bytes, Form::Plain) else {
            return Cow::Borrowed(bytes);
        };
        let (mut shown, mut rest, mut next) = (Vec::new(), bytes, Some(first));
        while let Some((at, length)) = next {
            shown.extend_from_slice(&rest[..at]);
            shown.extend_from_slice(HIDDEN.as_bytes());
            rest = &rest[at + length..];
            next = self.first(rest, Form::Plain);
        }
        shown.extend_from_slice(rest);
        Cow::Owned(shown)
    }

    /// Hides the secrets in the JSON from `start` on, in strings and keys, and where a whole number
    /// equals a secret. The result is still JSON.
    pub fn hide_json(&self, json: &mut Vec<u8>, start: usize) {
        let found = |secret: &Secret| memmem::find(&json[start..], secret.escaped.as_bytes());
        if self.0.iter().all(|secret| found(secret).is_none()) {
            return;
        }
        let text = json.split_off(start);
        let mut at = 0;
        while at < text.len() {
            let length = match text[at] {
                b'"' => string_length(&text[at..]),
                b',' | b':' | b'{' | b'}' | b'[' | b']' | b' ' => {
                    json.push(text[at]);
                    at += 1;
                    continue;
                }
                _ => text[at..]
                    .iter()
                    .position(|b| b",:{}[] \"".contains(b))
                    .unwrap_or(text.len() - at),
            };
            self.hide_scalar(&text[at..at + length], json);
            at += length;
        }
    }

    /// Hides the secrets in one scalar: a string with its quotes (the last may be missing), or a
    /// number or word.
    fn hide_scalar(&self, scalar: &[u8], out: &mut Vec<u8>) {
        let inner = scalar.strip_prefix(b"\"");
        let whole = inner.map_or(scalar, |inner| inner.strip_suffix(b"\"").unwrap_or(inner));
        if self
            .0
            .iter()
            .any(|secret| secret.escaped.as_bytes() == whole)
        {
            out.extend_from_slice(b"\"");
            out.extend_from_slice(HIDDEN.as_bytes());
            out.extend_from_slice(b"\"");
            return;
        }
        let mut rest = scalar;
        if inner.is_some() {
            while let Some((at, length)) = self.first(rest, Form::Escaped) {
                out.extend_from_slice(&rest[..at]);
                out.extend_from_slice(HIDDEN.as_bytes());
                rest = &rest[at + length..];
            }
        }
        out.extend_from_slice(rest);
    }

    /// The offset and length of the first secret in the text; of several at the same offset, the
    /// longest. Only secrets of at least [`LEAST`] bytes are searched.
    fn first(&self, text: &[u8], form: Form) -> Option<(usize, usize)> {
        let long = self.0.iter().filter(|secret| secret.plain.len() >= LEAST);
        let places = long.filter_map(|secret| {
            let secret = match form {
                Form::Plain => &secret.plain,
                Form::Escaped => &secret.escaped,
            };
            Some((memmem::find(text, secret.as_bytes())?, secret.len()))
        });
        places.min_by_key(|(at, length)| (*at, usize::MAX - length))
    }
}

#[derive(Clone, Copy)]
enum Form {
    Plain,
    Escaped,
}

/// The length of the JSON string at the beginning of the text, including the quotes; of the whole
/// text if the string does not end.
fn string_length(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(texts: &[&str]) -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add(texts.iter().copied());
        secrets
    }

    fn json(texts: &[&str], json: &str) -> String {
        let mut bytes = format!("\"{}\":", texts[0]).into_bytes();
        let start = bytes.len();
        bytes.extend_from_slice(json.as_bytes());
        secrets(texts).hide_json(&mut bytes, start);
        let text = String::from_utf8(bytes.split_off(start)).expect("text");
        serde_json::from_str::<serde_json::Value>(&text).expect(&text);
        text
    }

    #[test]
    fn json_stays_json() {
        let table = [
            (&["cpsk_abc"][..], r#"{"a":"cpsk_abc"}"#, r#"{"a":"…"}"#),
            (&["cpsk_abc"], r#"["bad: cpsk_abc!"]"#, r#"["bad: …!"]"#),
            (&["cpsk_abc"], r#"{"cpsk_abc":1}"#, r#"{"…":1}"#),
            (
                &["12345678"],
                r#"[12345678,123456789]"#,
                r#"["…",123456789]"#,
            ),
            (&["a\"b\\c"], r#"["xa\"b\\cx"]"#, r#"["x…x"]"#),
            (
                &["abcd", "Bearer abcd"],
                r#"["Bearer abcd abcd"]"#,
                r#"["… …"]"#,
            ),
            (&["true"], r#"[true,"true"]"#, r#"["…","…"]"#),
            (
                &["\",\"x\":\""],
                r#"{"a":"1","x":"2"}"#,
                r#"{"a":"1","x":"2"}"#,
            ),
        ];
        for (texts, given, expected) in table {
            assert_eq!(json(texts, given), expected, "{texts:?}");
        }
    }

    #[test]
    fn a_short_secret_is_hidden_where_it_stands_alone() {
        assert_eq!(
            json(&["a"], r#"{"b":["a","aa",1]}"#),
            r#"{"b":["…","aa",1]}"#
        );
        let mut text = r#"take {"x":"a"}"#.to_owned();
        secrets(&["a"]).hide(&mut text);
        assert_eq!(text, r#"take {"x":"…"}"#);
    }

    #[test]
    fn text_and_bytes_lose_them_too() {
        let mut text = "no token cpsk_abc known".to_owned();
        let hidden = secrets(&["cpsk_abc", ""]);
        hidden.hide(&mut text);
        assert_eq!(text, "no token … known");
        let shown = hidden.hide_bytes(b"\xffcpsk_abc\x00");
        assert_eq!(*shown, [b"\xff", HIDDEN.as_bytes(), b"\x00"].concat());
        let none = hidden.hide_bytes(b"nothing");
        assert!(matches!(none, Cow::Borrowed(b"nothing")));
    }

    #[test]
    fn names_tell() {
        for name in [
            "Authorization",
            "X-Api-Key",
            "Set-Cookie",
            "authToken",
            "client_secret",
        ] {
            assert!(names_secret(name), "{name}");
        }
        for name in ["key", "Sec-WebSocket-Key", "author", "client"] {
            assert!(!names_secret(name), "{name}");
        }
    }
}
