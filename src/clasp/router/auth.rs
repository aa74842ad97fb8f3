//! Checks tokens. Takes a token and the time, gives [`Rights`] or a refusal. Pure.
//!
//! Only the SHA-256 of a token is stored. A token has 192 random bits, so no slower hash is needed
//! to protect it against guessing.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::clasp::wire::Pattern;
use crate::ids::{NoRandomness, hex, random, sha256};

/// The prefix of every token.
pub const PREFIX: &str = "cpsk_";

/// The number of random bytes in a token.
const TOKEN_BYTES: usize = 24;

/// What a scope allows. Each action includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Reading.
    Read,
    /// Reading and writing.
    Write,
    /// Everything.
    Admin,
}

/// An action on the addresses of a pattern: `write:/lights/**`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    action: Action,
    pattern: Pattern,
}

/// Why a text is not a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{given}' is not a scope such as read:/** or write:/lights/**: {why}")]
pub struct BadScope {
    given: String,
    why: String,
}

impl FromStr for Scope {
    type Err = BadScope;

    fn from_str(given: &str) -> Result<Scope, BadScope> {
        let bad = |why: String| BadScope {
            given: given.to_owned(),
            why,
        };
        let (action, pattern) = given
            .split_once(':')
            .ok_or_else(|| bad("it has no colon".into()))?;
        Ok(Scope {
            action: match action {
                "read" => Action::Read,
                "write" => Action::Write,
                "admin" => Action::Admin,
                _ => return Err(bad("the action is read, write or admin".into())),
            },
            pattern: Pattern::new(pattern).map_err(|error| bad(error.to_string()))?,
        })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = match self.action {
            Action::Read => "read",
            Action::Write => "write",
            Action::Admin => "admin",
        };
        write!(f, "{action}:{}", self.pattern)
    }
}

impl Serialize for Scope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Scope, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What a session may do.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    /// `None` allows everything.
    scopes: Option<Arc<[Scope]>>,
}

impl Rights {
    /// The rights of these scopes.
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Rights {
        let scopes: Arc<[Scope]> = scopes.into_iter().collect();
        let all = scopes
            .iter()
            .any(|scope| scope.action >= Action::Write && scope.pattern.as_str() == "/**");
        Rights {
            scopes: (!all).then_some(scopes),
        }
    }

    /// Whether this address may be read.
    #[inline]
    pub fn may_read(&self, address: &str) -> bool {
        self.may(Action::Read, address)
    }

    /// Whether this address may be written.
    #[inline]
    pub fn may_write(&self, address: &str) -> bool {
        self.may(Action::Write, address)
    }

    #[inline]
    fn may(&self, action: Action, address: &str) -> bool {
        match &self.scopes {
            None => true,
            Some(scopes) => scopes
                .iter()
                .any(|scope| scope.action >= action && scope.pattern.matches(address)),
        }
    }

    /// Whether some address that this pattern matches may be readable. It may give true wrongly;
    /// each address is checked again.
    pub fn may_read_some(&self, pattern: &Pattern) -> bool {
        let below = |a: &str, b: &str| {
            a.strip_prefix(b)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match &self.scopes {
            None => true,
            Some(scopes) => scopes.iter().any(|scope| {
                let (own, asked) = (scope.pattern.literal_prefix(), pattern.literal_prefix());
                below(own, asked) || below(asked, own)
            }),
        }
    }
}

/// The stored record of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The id of the token, which is not secret.
    pub id: String,
    /// The SHA-256 of the token, in hexadecimal.
    pub hash: String,
    /// The scopes of the token.
    pub scopes: Vec<Scope>,
    /// A note whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it was made, in µs since the epoch.
    pub created: u64,
    /// When it expires, in µs since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<u64>,
}

impl Record {
    /// Whether the token has expired.
    pub fn is_expired(&self, now: u64) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No token was given.
    #[error("a token is required")]
    Missing,
    /// It is unknown or revoked.
    #[error("the token is not valid")]
    Unknown,
    /// It has expired.
    #[error("the token has expired")]
    Expired,
}

impl Denied {
    /// The specification's error code.
    pub fn code(self) -> u16 {
        match self {
            Denied::Missing | Denied::Unknown => 300,
            Denied::Expired => 302,
        }
    }
}

/// The known tokens.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    records: Vec<Record>,
}

impl Tokens {
    /// The tokens of these records.
    pub fn new(records: Vec<Record>) -> Tokens {
        Tokens { records }
    }

    /// The rights of a token, and its record.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn check(&self, token: Option<&str>, now: u64) -> Result<(Rights, &Record), Denied> {
        let token = token.ok_or(Denied::Missing)?;
        let hash = hash(token);
        // Compares with all records in constant time, so that the duration reveals nothing.
        let mut found = None;
        for record in &self.records {
            if bool::from(record.hash.as_bytes().ct_eq(hash.as_bytes())) {
                found = Some(record);
            }
        }
        let record = found.ok_or(Denied::Unknown)?;
        if record.is_expired(now) {
            return Err(Denied::Expired);
        }
        Ok((Rights::of(record.scopes.iter().cloned()), record))
    }

    /// The rights of the token with this hash, which was checked before.
    pub fn find(&self, hash: &str, now: u64) -> Option<(Rights, &Record)> {
        let record = self.records.iter().find(|known| known.hash == hash)?;
        let rights = Rights::of(record.scopes.iter().cloned());
        (!record.is_expired(now)).then_some((rights, record))
    }

    /// Checks that this record still allows the same; gives the present record.
    ///
    /// # Errors
    /// [`Denied`]: it was revoked, has other scopes now, or has expired.
    pub fn still(&self, record: &Record, now: u64) -> Result<&Record, Denied> {
        let known = self.records.iter().find(|known| known.hash == record.hash);
        match known {
            Some(known) if known.is_expired(now) => Err(Denied::Expired),
            Some(known) if known.scopes == record.scopes => Ok(known),
            _ => Err(Denied::Unknown),
        }
    }
}

/// The SHA-256 of a token, in hexadecimal.
pub fn hash(token: &str) -> String {
    sha256(token.as_bytes())
}

/// A new token.
///
/// # Errors
/// [`NoRandomness`].
pub fn mint() -> Result<String, NoRandomness> {
    let bytes = random::<TOKEN_BYTES>()?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// A random id, unique and unguessable, in hexadecimal.
///
/// # Errors
/// [`NoRandomness`].
pub fn unguessable() -> Result<String, NoRandomness> {
    random::<8>().map(|bytes| hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(scopes: &[&str]) -> Rights {
        Rights::of(scopes.iter().map(|scope| scope.parse().expect("a scope")))
    }

    fn record(token: &str, expires: Option<u64>) -> Record {
        Record {
            id: "x".into(),
            hash: hash(token),
            scopes: vec!["read:/**".parse().expect("a scope")],
            subject: None,
            created: 0,
            expires,
        }
    }

    #[test]
    fn writing_contains_reading_and_admin_both() {
        let some = rights(&["read:/a/**", "write:/b/*", "admin:/c"]);
        for (address, read, write) in [
            ("/a/x/y", true, false),
            ("/b/x", true, true),
            ("/b/x/y", false, false),
            ("/c", true, true),
            ("/d", false, false),
        ] {
            assert_eq!(some.may_read(address), read, "{address}");
            assert_eq!(some.may_write(address), write, "{address}");
        }
        assert!(Rights::default().may_write("/d"));
        assert!(rights(&["admin:/**"]).may_write("/d"));
        assert!(!rights(&[]).may_read("/d"));
    }

    #[test]
    fn a_pattern_may_reach_into_a_scope_from_both_sides() {
        let some = rights(&["read:/a/b/**"]);
        for (pattern, may) in [
            ("/**", true),
            ("/a/**", true),
            ("/a/b/c", true),
            ("/a/bc", false),
            ("/b/**", false),
        ] {
            let asked = Pattern::new(pattern).expect("a pattern");
            assert_eq!(some.may_read_some(&asked), may, "{pattern}");
        }
    }

    #[test]
    fn scopes_are_written_as_they_are_read() {
        assert_eq!(
            "write:/a/**".parse::<Scope>().map(|s| s.to_string()),
            Ok("write:/a/**".into())
        );
        for bad in ["", "read", "see:/a", "read:a", "read:/a**"] {
            assert!(bad.parse::<Scope>().is_err(), "{bad}");
        }
    }

    #[test]
    fn tokens_are_known_by_their_hash_until_they_expire() {
        let tokens = Tokens::new(vec![record("cpsk_a", None), record("cpsk_b", Some(10))]);
        let denied = |token, now| tokens.check(token, now).err();
        assert_eq!(denied(Some("cpsk_a"), 99), None);
        assert_eq!(denied(Some("cpsk_b"), 9), None);
        assert_eq!(denied(Some("cpsk_b"), 10), Some(Denied::Expired));
        assert_eq!(denied(Some("cpsk_c"), 0), Some(Denied::Unknown));
        assert_eq!(denied(None, 0), Some(Denied::Missing));
    }

    #[test]
    fn a_session_stays_while_its_token_is_what_it_was() {
        let (a, b) = (record("cpsk_a", None), record("cpsk_b", Some(10)));
        let tokens = Tokens::new(vec![a.clone(), b.clone()]);
        assert_eq!(tokens.still(&a, 99), Ok(&a));
        let longer = record("cpsk_b", Some(20));
        let extended = Tokens::new(vec![longer.clone()]);
        assert_eq!(extended.still(&b, 15), Ok(&longer), "as it is now");
        assert_eq!(tokens.still(&b, 10), Err(Denied::Expired));
        assert_eq!(Tokens::default().still(&a, 0), Err(Denied::Unknown));
    }

    #[test]
    fn minted_tokens_differ_and_hash_as_sha256_does() {
        let (a, b) = (mint().expect("random"), mint().expect("random"));
        assert!(a != b && a.starts_with(PREFIX) && a.len() == 5 + 32);
        assert_eq!(
            hash("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
