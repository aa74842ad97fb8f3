//! Patterns: addresses with wildcards.
//!
//! Takes a pattern such as `/lights/**`, then addresses. Gives whether they match.
//!
//! ```text
//! *     one segment, or any part of one, also an empty part:  /zone*/on  matches  /zone5/on
//! **    any number of segments, also zero:  /a/**  matches  /a, /a/b, /a/b/c
//! ```
//!
//! A pattern is parsed once, and matching does not allocate. Within a segment, the pieces of text
//! between the `*` are searched from left to right, each once, so that the cost is linear. Across
//! segments only the last `**` needs backtracking: to let an earlier one match more would only
//! leave less for the rest. There are at most 32 segments (see [`super::address`]).

use super::address::{AddressError, check_segments};

/// A pattern, ready to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: Box<str>,
    /// The length of the leading segments without a wildcard.
    prefix: usize,
    shape: Shape,
}

/// What has to match after the prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    /// Nothing: the pattern is an address.
    Exact,
    /// A final `**`: the most frequent form.
    Subtree,
    /// Any other list of segments.
    Segments(Box<[Segment]>),
}

/// One segment of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Text without a wildcard.
    Literal(Box<str>),
    /// `*`
    Any,
    /// Text with `*` in it.
    Glob(Glob),
    /// `**`
    Globstar,
}

impl Segment {
    /// Parses a segment.
    pub fn new(text: &str) -> Segment {
        match text {
            "**" => Segment::Globstar,
            "*" => Segment::Any,
            glob if glob.contains('*') => Segment::Glob(Glob::new(glob)),
            literal => Segment::Literal(literal.into()),
        }
    }

    fn matches(&self, segment: &str) -> bool {
        match self {
            Segment::Literal(text) => **text == *segment,
            Segment::Any | Segment::Globstar => true,
            Segment::Glob(glob) => glob.matches(segment),
        }
    }
}

impl Pattern {
    /// Parses a pattern. An address is a pattern, too.
    pub fn new(text: &str) -> Result<Pattern, AddressError> {
        check_segments(text, "a pattern")?;
        let mut prefix = 0;
        let mut segments = Vec::new();
        for segment in text[1..].split('/') {
            if segment.contains("**") && segment != "**" {
                return Err(AddressError::Globstar {
                    given: text.to_owned(),
                });
            }
            if segments.is_empty() && !segment.contains('*') {
                prefix += 1 + segment.len();
            } else {
                segments.push(Segment::new(segment));
            }
        }
        // `**/**` matches the same as `**`.
        segments.dedup_by(|a, b| matches!((a, b), (Segment::Globstar, Segment::Globstar)));
        Ok(Pattern {
            text: text.into(),
            prefix,
            shape: match segments.as_slice() {
                [] => Shape::Exact,
                [Segment::Globstar] => Shape::Subtree,
                _ => Shape::Segments(segments.into()),
            },
        })
    }

    /// The pattern as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The leading segments without a wildcard: `/a/b` of `/a/b/c*/d`, empty for `/**`.
    ///
    /// An address that matches is equal to it or begins with it and a `/`.
    pub fn literal_prefix(&self) -> &str {
        &self.text[..self.prefix]
    }

    /// The text before a final `/**`, which the pattern matches as well: `/a` of `/a/**`. `None`
    /// for any other pattern and for `/**` itself.
    pub fn stem(&self) -> Option<&str> {
        self.text
            .strip_suffix("/**")
            .filter(|stem| !stem.is_empty())
    }

    /// Whether the pattern has no wildcard: it then matches only itself.
    pub fn is_literal(&self) -> bool {
        self.shape == Shape::Exact
    }

    /// Whether this address matches. The result for a text that is not an address is unspecified.
    #[inline]
    pub fn matches(&self, address: &str) -> bool {
        if self.shape == Shape::Exact {
            return *self.text == *address;
        }
        let Some(rest) = address.strip_prefix(self.literal_prefix()) else {
            return false;
        };
        match &self.shape {
            Shape::Exact => rest.is_empty(),
            Shape::Subtree => (rest.is_empty() && self.prefix > 0) || rest.starts_with('/'),
            Shape::Segments(segments) => segments_match(segments, rest),
        }
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Pattern {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Pattern, AddressError> {
        Pattern::new(text)
    }
}

/// Splits `/segment` off the front of the rest of an address; `None` at its end.
fn next_segment(rest: &str) -> Option<(&str, &str)> {
    let rest = rest.strip_prefix('/')?;
    Some(rest.split_at(memchr::memchr(b'/', rest.as_bytes()).unwrap_or(rest.len())))
}

/// Matches segments against the rest of an address, which is empty or begins with `/`.
fn segments_match(mut segments: &[Segment], mut rest: &str) -> bool {
    // For backtracking: the segments after the last `**`, and the address from its first segment
    // that this `**` has not matched.
    let mut retry: Option<(&[Segment], &str)> = None;
    loop {
        match (segments.split_first(), next_segment(rest)) {
            (Some((Segment::Globstar, behind)), _) => {
                segments = behind;
                retry = Some((behind, rest));
            }
            (Some((segment, behind)), Some((head, tail))) if segment.matches(head) => {
                segments = behind;
                rest = tail;
            }
            (None, None) => return rest.is_empty(),
            // The address is too short: letting `**` match more would leave even less.
            (Some(_), None) => return false,
            _ => {
                let Some((behind, from)) = retry else {
                    return false;
                };
                let Some((_, tail)) = next_segment(from) else {
                    return false;
                };
                retry = Some((behind, tail));
                segments = behind;
                rest = tail;
            }
        }
    }
}

/// A segment with `*` in it: the text before the first, between them, and after the last.
///
/// Comparing bytes is safe with UTF-8: a piece of text never matches from the middle of a
/// character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    prefix: Box<str>,
    between: Box<[Box<str>]>,
    suffix: Box<str>,
    /// The bytes that a matching segment must contain.
    bytes: ByteSet,
}

/// A set of the bytes in a text, in one 64-bit word. Several bytes share a bit, so only the absence
/// of a byte is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteSet(u64);

impl ByteSet {
    /// The bytes of a text.
    pub fn of(text: &str) -> ByteSet {
        // Lower case letters use one half of the bits; digits, capitals and signs the other.
        let bit = |byte: u8| 1_u64 << (byte & 31 | u8::from(byte < 0x60) << 5);
        ByteSet(text.bytes().fold(0, |set, byte| set | bit(byte)))
    }
}

impl Glob {
    /// Parses a segment with at least one `*`.
    pub fn new(segment: &str) -> Glob {
        let (prefix, rest) = segment.split_once('*').unwrap_or((segment, ""));
        let (between, suffix) = rest.rsplit_once('*').unwrap_or(("", rest));
        Glob {
            prefix: prefix.into(),
            between: between
                .split('*')
                .filter(|piece| !piece.is_empty())
                .map(Into::into)
                .collect(),
            suffix: suffix.into(),
            bytes: ByteSet::of(&segment.replace('*', "")),
        }
    }

    /// Whether a segment with these bytes may match: a fast check for callers that try many
    /// patterns.
    pub fn may_match(&self, bytes: ByteSet) -> bool {
        self.bytes.0 & !bytes.0 == 0
    }

    /// Whether a segment of an address matches.
    pub fn matches(&self, segment: &str) -> bool {
        let segment = segment.as_bytes();
        let Some(rest) = segment.strip_prefix(self.prefix.as_bytes()) else {
            return false;
        };
        let Some(mut rest) = rest.strip_suffix(self.suffix.as_bytes()) else {
            return false;
        };
        // The leftmost occurrence of each piece leaves the most text for the next pieces.
        for piece in &self.between {
            match memchr::memmem::find(rest, piece.as_bytes()) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Failing;

    fn matches(pattern: &str, address: &str) -> bool {
        Pattern::new(pattern).unwrap().matches(address)
    }

    #[test]
    fn the_fast_check_by_bytes_rejects_no_match() {
        let may_match = |glob: &str, segment| Glob::new(glob).may_match(ByteSet::of(segment));
        for (glob, segment) in [
            ("*", ""),
            ("a*", "a"),
            ("*\u{e9}*Z-9", "x\u{e9}yZ-9"),
            ("*b*a*", "cab a"),
        ] {
            // The last one has the bytes and does not match.
            assert!(may_match(glob, segment), "{glob} {segment}");
        }
        assert!(!may_match("*a*7*", "aaaa"));
        assert!(!may_match("b*", "aaaa"));
    }

    #[test]
    fn what_matches() {
        for (pattern, address) in [
            ("/a", "/a"),
            ("/a/b", "/a/b"),
            ("/*", "/a"),
            ("/a/*", "/a/b"),
            ("/a/*/c", "/a/b/c"),
            ("/**", "/a"),
            ("/**", "/a/b/c"),
            ("/a/**", "/a"),
            ("/a/**", "/a/b"),
            ("/a/**", "/a/b/c"),
            ("/**/z", "/z"),
            ("/**/z", "/a/b/z"),
            ("/a/**/z", "/a/z"),
            ("/a/**/z", "/a/z/z"),
            ("/a/**/*", "/a/b/c"),
            ("/a/*/**", "/a/b"),
            ("/a/**/b/**/c", "/a/b/x/b/y/c"),
            ("/**/**/z", "/z"),
            ("/zone5*", "/zone5"),
            ("/zone5*/on", "/zone51/on"),
            ("/*b*d*", "/abcd"),
            ("/a*a", "/aXaYa"),
            ("/a*b*b", "/abb"),
            ("/*é*", "/aéb"),
            ("/é*", "/éü"),
        ] {
            assert!(matches(pattern, address), "{pattern} {address}");
        }
    }

    #[test]
    fn what_does_not() {
        for (pattern, address) in [
            ("/a", "/b"),
            ("/a", "/a/b"),
            ("/A", "/a"),
            ("/a/*", "/a"),
            ("/a/*", "/a/b/c"),
            ("/a/*", "/ab"),
            ("/a/**", "/ab"),
            ("/a/**", "/b/a"),
            ("/**/z", "/z/a"),
            ("/a/**/*", "/a"),
            ("/a/*/**", "/a"),
            ("/zone5*", "/zone4"),
            ("/zone5*", "/zone5/on"),
            ("/a*a", "/a"),
            ("/a*b*b", "/ab"),
            ("/*ab*ab*", "/abb"),
            ("/a?", "/ab"),
            ("/**", ""),
        ] {
            assert!(!matches(pattern, address), "{pattern} {address}");
        }
    }

    #[test]
    fn the_worst_pattern_against_the_worst_address_takes_microseconds() {
        let address = "/a".repeat(31) + "/b";
        let deep = "/**/a".repeat(15) + "/c";
        let segment = format!("/{}b", "a".repeat(1_000));
        let holes = format!("/{}c*", "a*".repeat(500));
        let long_piece = format!("/*{}b*c", "a".repeat(500));
        let started = std::time::Instant::now();
        for _ in 0..100 {
            assert!(!matches(&deep, &address));
            assert!(!matches(&holes, &segment));
            assert!(!matches(&long_piece, &segment));
        }
        assert!(started.elapsed().as_millis() < 1_000, "{started:?}");
    }

    #[test]
    fn a_pattern_has_a_longest_length() {
        let long = Pattern::new(&format!("/{}", "x".repeat(1_024))).unwrap_err();
        assert_eq!(
            long.to_string(),
            "a pattern of 1025 bytes is too long: the limit is 1024 bytes"
        );
        assert!(Pattern::new(&"/*".repeat(33)).is_err());
    }

    #[test]
    fn the_prefix_is_whole_segments() {
        for (pattern, prefix) in [
            ("/a/b", "/a/b"),
            ("/a/b/**", "/a/b"),
            ("/a/b*/c", "/a"),
            ("/**", ""),
            ("/*/a", ""),
        ] {
            let pattern = Pattern::new(pattern).unwrap();
            assert_eq!(pattern.literal_prefix(), prefix);
        }
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        let error = Pattern::new("/a/b**").unwrap_err();
        assert_eq!(
            error.to_string(),
            "'/a/b**' is not a pattern: '**' must be a segment of its own"
        );
        assert_eq!(error.hint().as_deref(), Some("did you mean /a/b*?"));
        let error = Pattern::new("lights/**").unwrap_err();
        assert_eq!(
            error.to_string(),
            "'lights/**' is not a pattern: it must begin with '/'"
        );
        assert_eq!(error.hint().as_deref(), Some("did you mean /lights/**?"));
        assert!(Pattern::new("/a//b").is_err());
    }
}
