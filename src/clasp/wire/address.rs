//! Checks addresses.
//!
//! Takes the text that a user typed or a message holds. Gives an [`AddressError`] if it is not an
//! address, with the reason and the address that was probably meant.
//!
//! ```text
//! address  =  ( "/" segment )+        /lights/front
//! segment  =  one or more characters, none of them "/" or "*"
//! ```
//!
//! Letters of every script, spaces and control characters are allowed, because the reference router
//! accepts them. It also accepts `/` and `/a/`, which look like addresses and match nothing; they
//! are refused here. An address or a pattern has at most [`ADDRESS_MAX`] bytes and [`SEGMENTS_MAX`]
//! segments, so that the cost of matching is bounded; the encoding itself would allow 65,535 bytes.

use thiserror::Error;

use crate::error::{Failing, Kind};

/// The longest address or pattern, in bytes.
pub const ADDRESS_MAX: usize = 1_024;

/// The most segments of an address or a pattern.
pub const SEGMENTS_MAX: usize = 32;

/// Why a text is not an address, or not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    /// It does not begin with `/`.
    #[error("'{given}' is not {what}: it must begin with '/'")]
    NoSlash {
        /// `an address` or `a pattern`.
        what: &'static str,
        /// What was given.
        given: String,
    },
    /// It has two `/` in a row, or ends with one.
    #[error("'{given}' is not {what}: it has an empty segment")]
    EmptySegment {
        /// `an address` or `a pattern`.
        what: &'static str,
        /// What was given.
        given: String,
    },
    /// It has a `*` where a single address is needed.
    #[error("'{given}' is not an address: '*' matches many addresses, and a single one is needed")]
    Wildcard {
        /// What was given.
        given: String,
    },
    /// It has a segment that contains `**` and something else.
    #[error("'{given}' is not a pattern: '**' must be a segment of its own")]
    Globstar {
        /// What was given.
        given: String,
    },
    /// Longer than [`ADDRESS_MAX`].
    #[error("{what} of {size} bytes is too long: the limit is {ADDRESS_MAX} bytes")]
    TooLong {
        /// `an address` or `a pattern`.
        what: &'static str,
        /// Its length in bytes.
        size: usize,
    },
    /// More segments than [`SEGMENTS_MAX`].
    #[error("{what} with {count} segments is too deep: the limit is {SEGMENTS_MAX} segments")]
    TooDeep {
        /// `an address` or `a pattern`.
        what: &'static str,
        /// How many segments it has.
        count: usize,
    },
}

impl Failing for AddressError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        if let AddressError::NoSlash { given, .. } = self
            && let Some(meant) = clasp_pattern_for(given)
        {
            return Some(format!("did you mean {meant}?"));
        }
        let meant = match self {
            AddressError::NoSlash { given, .. } | AddressError::EmptySegment { given, .. } => given
                .split('/')
                .filter(|segment| !segment.is_empty())
                .flat_map(|segment| ["/", segment])
                .collect::<String>(),
            AddressError::Globstar { given } => given.replace("**", "*"),
            AddressError::Wildcard { .. }
            | AddressError::TooLong { .. }
            | AddressError::TooDeep { .. } => String::new(),
        };
        (!meant.is_empty()).then(|| format!("did you mean {meant}?"))
    }
}

/// The CLASP pattern that was probably meant by a pattern with the wildcards of MQTT or NATS:
/// `/lights/**` for `/lights/#` and `/lights/>`, `/a/*/b` for `/a/+/b`. `None` for anything else.
/// In CLASP these are ordinary characters.
pub fn clasp_pattern_for(text: &str) -> Option<String> {
    let last = text.rsplit('/').next();
    let deep = matches!(last, Some("#" | ">"));
    let has_wildcard = deep || text.split('/').any(|segment| segment == "+");
    has_wildcard.then(|| {
        let body = if deep { &text[..text.len() - 1] } else { text };
        let meant: Vec<&str> = body
            .trim_start_matches('/')
            .split('/')
            .map(|segment| if segment == "+" { "*" } else { segment })
            .collect();
        format!("/{}{}", meant.join("/"), if deep { "**" } else { "" })
    })
}

/// Checks that `text` is an address.
///
/// Messages from the network are checked with this too; it allocates only for an error.
pub fn check_address(text: &str) -> Result<(), AddressError> {
    check_segments(text, "an address")?;
    if text.contains('*') {
        return Err(AddressError::Wildcard {
            given: text.to_owned(),
        });
    }
    Ok(())
}

/// Checks what addresses and patterns have in common.
pub(super) fn check_segments(text: &str, what: &'static str) -> Result<(), AddressError> {
    if text.len() > ADDRESS_MAX {
        return Err(AddressError::TooLong {
            what,
            size: text.len(),
        });
    }
    let given = || text.to_owned();
    let Some(segments) = text.strip_prefix('/') else {
        return Err(AddressError::NoSlash {
            what,
            given: given(),
        });
    };
    let mut count = 0;
    for segment in segments.split('/') {
        if segment.is_empty() {
            return Err(AddressError::EmptySegment {
                what,
                given: given(),
            });
        }
        count += 1;
    }
    if count > SEGMENTS_MAX {
        return Err(AddressError::TooDeep { what, count });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_of_mqtt_and_nats_are_recognised() {
        for (typed, meant) in [
            ("/lights/#", Some("/lights/**")),
            ("lights/#", Some("/lights/**")),
            ("#", Some("/**")),
            ("/lights/>", Some("/lights/**")),
            (">", Some("/**")),
            ("/#", Some("/**")),
            ("/a/+/b", Some("/a/*/b")),
            ("/+/#", Some("/*/**")),
            ("+", Some("/*")),
            ("/a#", None),
            ("/a+b/c", None),
            ("/a/#/b", None),
            ("/a/**", None),
            ("", None),
        ] {
            assert_eq!(clasp_pattern_for(typed).as_deref(), meant, "{typed}");
        }
    }

    #[test]
    fn addresses() {
        for address in ["/a", "/lights/front", "/é/ü x", "/a\n", "/[x]?", "/-1"] {
            assert_eq!(check_address(address), Ok(()), "{address}");
        }
    }

    #[test]
    fn an_error_says_why_and_what_was_probably_meant() {
        for (given, text, hint) in [
            (
                "lights",
                "'lights' is not an address: it must begin with '/'",
                Some("did you mean /lights?"),
            ),
            ("", "'' is not an address: it must begin with '/'", None),
            ("/", "'/' is not an address: it has an empty segment", None),
            (
                "/a/",
                "'/a/' is not an address: it has an empty segment",
                Some("did you mean /a?"),
            ),
            (
                "a//b",
                "'a//b' is not an address: it must begin with '/'",
                Some("did you mean /a/b?"),
            ),
            (
                "/a/*",
                "'/a/*' is not an address: '*' matches many addresses, and a single one is needed",
                None,
            ),
        ] {
            let error = check_address(given).unwrap_err();
            assert_eq!(error.to_string(), text);
            assert_eq!(error.hint().as_deref(), hint, "{given}");
            assert_eq!(error.kind(), Kind::Usage);
        }
        let long = format!("/{}", "x".repeat(ADDRESS_MAX));
        assert_eq!(
            check_address(&long).unwrap_err().to_string(),
            "an address of 1025 bytes is too long: the limit is 1024 bytes"
        );
        assert_eq!(check_address(&long[..ADDRESS_MAX]), Ok(()));
        let deep = "/a".repeat(SEGMENTS_MAX + 1);
        assert_eq!(
            check_address(&deep).unwrap_err().to_string(),
            "an address with 33 segments is too deep: the limit is 32 segments"
        );
        assert_eq!(check_address(&deep[2..]), Ok(()));
    }
}
