//! Patterns: addresses with holes.
//!
//! Enters: `/lights/**` and then addresses. Leaves: whether they match.
//!
//! ```text
//! *     any one segment, or any part of one, also an empty part:  /zone*/on  matches  /zone5/on
//! **    any number of segments, also none:  /a/**  matches  /a, /a/b, /a/b/c
//! ```
//!
//! The pattern is taken apart once. Matching allocates nothing and cannot go exponential: of
//! several holes only the last one passed ever needs to be widened (what is matched before it
//! stays matched, and a wider earlier hole would only leave less for the rest), so the cost is at
//! most the product of the lengths.

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

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    /// This text.
    Literal(Box<str>),
    /// `*`
    Any,
    /// Text with `*` in it.
    Glob(Box<str>),
    /// `**`
    Deep,
}

impl Segment {
    fn new(text: &str) -> Segment {
        match text {
            "**" => Segment::Deep,
            "*" => Segment::Any,
            glob if glob.contains('*') => Segment::Glob(glob.into()),
            literal => Segment::Literal(literal.into()),
        }
    }

    fn matches(&self, segment: &str) -> bool {
        match self {
            Segment::Literal(text) => **text == *segment,
            Segment::Any | Segment::Deep => true,
            Segment::Glob(glob) => glob_matches(glob.as_bytes(), segment.as_bytes()),
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

/// The same within a segment, where `*` is any number of bytes. UTF-8 needs no care: a hole that
/// begins or ends within a character cannot match the literal bytes around it.
fn glob_matches(glob: &[u8], text: &[u8]) -> bool {
    let (mut g, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match (glob.get(g), text.get(t)) {
            (Some(b'*'), _) => {
                g += 1;
                retry = Some((g, t));
            }
            (Some(a), Some(b)) if a == b => {
                g += 1;
                t += 1;
            }
            (None, None) => return true,
            (Some(_), None) => return false,
            _ => {
                let Some((behind, from)) = retry else {
                    return false;
                };
                retry = Some((behind, from + 1));
                g = behind;
                t = from + 1;
            }
        }
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
            ("/a?", "/ab"),
            ("/**", ""),
        ] {
            assert!(!matches(pattern, address), "{pattern} {address}");
        }
    }

    #[test]
    fn many_holes_cost_no_more_than_the_product_of_the_lengths() {
        let started = std::time::Instant::now();
        let address = "/a".repeat(2_000) + "/b";
        assert!(!matches(&("/**/a".repeat(200) + "/c"), &address));
        let segment = format!("/{}b", "a".repeat(20_000));
        assert!(!matches(&format!("/{}c", "a*".repeat(200)), &segment));
        assert!(started.elapsed().as_secs() < 5);
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
