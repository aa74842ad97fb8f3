//! What the chosen profile forbids.
//!
//! What a command is about to do enters; a refusal leaves, or the question to be asked first. All
//! of it comes before the first byte is sent.

use std::fmt::Display;

use super::chosen::{Chosen, chosen};
use crate::error::{Failing, Failure, Kind};

/// What a command is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent<'a> {
    /// It only asks.
    Read,
    /// It changes something: at these CLASP addresses, as far as they are known by now.
    Write(&'a [&'a str]),
}

/// Why a profile stands against a command.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// `read_only`.
    #[error("profile '{0}' is read-only: nothing was sent")]
    ReadOnly(&'static str),
    /// `allow`.
    #[error("profile '{profile}' does not allow writing to {address}")]
    Outside {
        /// The profile.
        profile: &'static str,
        /// What was to be written.
        address: String,
        /// What it does allow.
        allow: &'static [String],
    },
    /// `allow` holds what is no pattern.
    #[error("'allow' of profile '{profile}': {why}")]
    BadPattern {
        /// The profile.
        profile: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl Failing for GuardError {
    fn kind(&self) -> Kind {
        match self {
            GuardError::ReadOnly(_) | GuardError::Outside { .. } => Kind::Refused,
            GuardError::BadPattern { .. } => Kind::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        let lift = |key: &str, profile: &str| {
            format!(
                "'{key}' of [profiles.{profile}] says so, see: trefoil profile show {profile}\n\
                 Take it out there, or use another: --profile NAME, --profile none"
            )
        };
        Some(match self {
            GuardError::ReadOnly(profile) => lift("read_only", profile),
            GuardError::Outside { profile, allow, .. } => {
                format!("It allows {}\n{}", allow.join(", "), lift("allow", profile))
            }
            GuardError::BadPattern { .. } => return None,
        })
    }
}

/// Refuses a write if the chosen profile is read-only. Gives the question that the user is to be
/// asked before it, if that is what the profile wants; `place` is what it would be written to.
///
/// # Errors
/// [`GuardError::ReadOnly`]; a configuration that cannot be used.
pub fn before_write(place: impl Display) -> Result<Option<String>, Failure> {
    let Some(Chosen { name, profile, .. }) = chosen()? else {
        return Ok(None);
    };
    if profile.guards.read_only {
        return Err(GuardError::ReadOnly(name).into());
    }
    let question = || format!("Write to {place} as profile '{name}'?");
    Ok(profile.guards.confirm.then(question))
}

/// The patterns of the only addresses that the chosen profile lets be written, and its name; none
/// if it lets any.
///
/// # Errors
/// A configuration that cannot be used.
pub fn allowed() -> Result<Option<(&'static str, &'static [String])>, Failure> {
    let Some(Chosen { name, profile, .. }) = chosen()? else {
        return Ok(None);
    };
    let allow = profile.guards.allow.as_slice();
    Ok((!allow.is_empty()).then_some((name.as_str(), allow)))
}
