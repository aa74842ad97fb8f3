//! Patterns: addresses with holes.
//!
//! Enters: `/lights/**` and then addresses. Leaves: whether they match.
//!
//! ```text
//! *     any one segment, or any part of one, also an empty part:  /zone*/on  matches  /zone5/on
//! **    any number of segments, also none:  /a/**  matches  /a, /a/b, /a/b/c
//! ```
//!
//! The pattern is taken apart once, and matching allocates nothing. Within a segment the text
//! between the holes is searched from left to right, each piece once, so the cost is the sum of the
//! lengths. Across segments only the last `**` passed ever needs to be widened (what is matched
//! before it stays matched, and a wider earlier one would only leave less for the rest), and there
//! are at most 32 segments (see [`super::address`]).

use super::address::{AddressError, check_segments};

/// A pattern, ready to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: Box<str>,
    /// How much of the text is whole segments without a hole.
    prefix: usize,
    shape: Shape,
}

/// What is left to match after the prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    /// Nothing: the pattern is an address.
    Exact,
    /// One `**` to the end, which is what most subscriptions are.
    Below,
    /// These segments.
    Segments(Box<[Segment]>),
}

/// One segment of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// This text.
    Literal(Box<str>),
    /// `*`
    Any,
    /// Text with `*` in it.
    Glob(Glob),
    /// `**`
    Deep,
}

impl Segment {
    /// Takes a segment apart.
    pub fn new(text: &str) -> Segment {
        match text {
            "**" => Segment::Deep,
            "*" => Segment::Any,
            glob if glob.contains('*') => Segment::Glob(Glob::new(glob)),
            literal => Segment::Literal(literal.into()),
        }
    }

    fn matches(&self, segment: &str) -> bool {
        match self {
            Segment::Literal(text) => **text == *segment,
            Segment::Any | Segment::Deep => true,
            Segment::Glob(glob) => glob.matches(segment),
        }
    }
}

impl Pattern {
    /// Takes a pattern apart. An address is a pattern, too.
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
        // `**/**` says no more than `**`.
        segments.dedup_by(|a, b| matches!((a, b), (Segment::Deep, Segment::Deep)));
        Ok(Pattern {
            text: text.into(),
            prefix,
            shape: match segments.as_slice() {
                [] => Shape::Exact,
                [Segment::Deep] => Shape::Below,
                _ => Shape::Segments(segments.into()),
            },
        })
    }

    /// The pattern as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The whole segments before the first hole: `/a/b` of `/a/b/c*/d`, empty for `/**`.
    ///
    /// Whatever matches is this or lies below it.
    pub fn literal_prefix(&self) -> &str {
        &self.text[..self.prefix]
    }

    /// What stands before a closing `/**`, which it matches as well: `/a` of `/a/**`. None for any
    /// other pattern, and for `/**` itself.
    pub fn stem(&self) -> Option<&str> {
        self.text
            .strip_suffix("/**")
            .filter(|stem| !stem.is_empty())
    }

    /// Whether the pattern has no hole: then it matches the address it is, and nothing else.
    pub fn is_literal(&self) -> bool {
        self.shape == Shape::Exact
    }

    /// Whether this address matches. What is no address matches nothing in particular.
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
            Shape::Below => (rest.is_empty() && self.prefix > 0) || rest.starts_with('/'),
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

/// Cuts `/segment` off the front of what is left of an address; `None` at its end.
fn next_segment(rest: &str) -> Option<(&str, &str)> {
    let rest = rest.strip_prefix('/')?;
    Some(rest.split_at(memchr::memchr(b'/', rest.as_bytes()).unwrap_or(rest.len())))
}

/// `rest` is empty or begins with `/`.
fn segments_match(mut segments: &[Segment], mut rest: &str) -> bool {
    // Behind the last `**` passed, and the first address segment it has not swallowed.
    let mut retry: Option<(&[Segment], &str)> = None;
    loop {
        match (segments.split_first(), next_segment(rest)) {
            (Some((Segment::Deep, behind)), _) => {
                segments = behind;
                retry = Some((behind, rest));
            }
            (Some((segment, behind)), Some((head, tail))) if segment.matches(head) => {
                segments = behind;
                rest = tail;
            }
            (None, None) => return rest.is_empty(),
            // The address ended too early: widening a hole makes it shorter still.
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

/// A segment with `*` in it: the text before the first, between them, and behind the last.
///
/// UTF-8 needs no care: a hole that begins or ends within a character cannot match the bytes of
/// the text around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    before: Box<str>,
    between: Box<[Box<str>]>,
    behind: Box<str>,
    /// What a segment needs to have.
    bytes: ByteSet,
}

/// Which bytes a text has, in one word: several bytes share a bit, so that a set says for certain only
/// which bytes a text does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteSet(u64);

impl ByteSet {
    /// The bytes of a text.
    pub fn of(text: &str) -> ByteSet {
        // Lower case letters have one half of the bits; digits, capitals and signs the other.
        let bit = |byte: u8| 1_u64 << (byte & 31 | u8::from(byte < 0x60) << 5);
        ByteSet(text.bytes().fold(0, |set, byte| set | bit(byte)))
    }
}

impl Glob {
    /// Takes a segment with at least one `*` apart.
    pub fn new(segment: &str) -> Glob {
        let (before, rest) = segment.split_once('*').unwrap_or((segment, ""));
        let (between, behind) = rest.rsplit_once('*').unwrap_or(("", rest));
        Glob {
            before: before.into(),
            between: between
                .split('*')
                .filter(|piece| !piece.is_empty())
                .map(Into::into)
                .collect(),
            behind: behind.into(),
            bytes: ByteSet::of(&segment.replace('*', "")),
        }
    }

    /// Whether a segment with these bytes may match: a quick look, for who tries many patterns.
    pub fn may_match(&self, bytes: ByteSet) -> bool {
        self.bytes.0 & !bytes.0 == 0
    }

    /// The text before the first `*`: whatever matches begins with it.
    pub fn before(&self) -> &str {
        &self.before
    }

    /// The text behind the last `*`: whatever matches ends with it.
    pub fn behind(&self) -> &str {
        &self.behind
    }

    /// Whether a segment of an address matches.
    pub fn matches(&self, segment: &str) -> bool {
        let segment = segment.as_bytes();
        let Some(rest) = segment.strip_prefix(self.before.as_bytes()) else {
            return false;
        };
        let Some(mut rest) = rest.strip_suffix(self.behind.as_bytes()) else {
            return false;
        };
        // The leftmost place of each piece leaves the most for those behind it.
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
    fn a_quick_look_at_the_bytes_hides_no_match() {
        let looked = |glob: &str, segment| Glob::new(glob).may_match(ByteSet::of(segment));
        for (glob, segment) in [
            ("*", ""),
            ("a*", "a"),
            ("*\u{e9}*Z-9", "x\u{e9}yZ-9"),
            ("*b*a*", "cab a"),
        ] {
            // The last one has the bytes and does not match: only the whole look tells.
            assert!(looked(glob, segment), "{glob} {segment}");
        }
        assert!(!looked("*a*7*", "aaaa"));
        assert!(!looked("b*", "aaaa"));
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
