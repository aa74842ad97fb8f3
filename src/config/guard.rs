//! What profiles forbid: the chosen profile, and the profiles of the trefoil commands that run this
//! one.
//!
//! Takes what a command is about to do; gives a refusal, or the question to ask the user first.
//! This happens before the first byte is sent.
//!
//! A command that trefoil runs (`clasp on`, `clasp lock`, `forge session exec`, `clasp serve`) gets
//! the guards in [`VARIABLE`] and obeys them in addition to those of its own profile. So running
//! one trefoil inside another does not lift them.

use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::chosen::chosen;
use super::origin::variable;
use crate::error::{Failing, Failure, Kind};

/// The variable with the guards of the commands that run this one: a JSON array of
/// `{"profile":…,"read_only":…,"allow":[…],"confirm":…}`.
pub const VARIABLE: &str = "TREFOIL_GUARDS";

/// What a command is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent<'a> {
    /// It only asks.
    Read,
    /// It changes something: at these CLASP addresses, as far as they are known by now.
    Write(&'a [&'a str]),
}

/// What one profile forbids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// The profile.
    pub profile: String,
    /// Nothing may be changed.
    #[serde(default)]
    pub read_only: bool,
    /// Only CLASP addresses that one of these patterns matches may be written; none: any.
    #[serde(default)]
    pub allow: Vec<String>,
    /// The user is asked before anything is changed.
    #[serde(default)]
    pub confirm: bool,
    /// Whether it comes from the command that runs this one.
    #[serde(skip)]
    is_inherited: bool,
}

/// All guards that apply to a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guards(Vec<Guard>);

/// Why a profile forbids a command.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// `read_only`.
    #[error("profile '{}' is read-only: nothing was sent", .0.profile)]
    ReadOnly(Guard),
    /// `allow`.
    #[error("profile '{}' does not allow writing to {address}", guard.profile)]
    Outside {
        /// The profile, and what it does allow.
        guard: Guard,
        /// What was to be written.
        address: String,
    },
    /// `allow` contains a text that is not a pattern.
    #[error("'allow' of profile '{profile}': {why}")]
    BadPattern {
        /// The profile.
        profile: String,
        /// What is wrong with the pattern.
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
        match self {
            GuardError::ReadOnly(guard) => Some(guard.origin_hint("read_only")),
            GuardError::Outside { guard, .. } => {
                let allowed = guard.allow.join(", ");
                Some(format!(
                    "It allows {allowed}\n{}",
                    guard.origin_hint("allow")
                ))
            }
            GuardError::BadPattern { .. } => None,
        }
    }
}

impl Guard {
    /// The hint: which profile forbids it, and how to change that.
    fn origin_hint(&self, key: &str) -> String {
        let profile = &self.profile;
        if self.is_inherited {
            return format!(
                "'{key}' of [profiles.{profile}] says so: the command that runs this one has that \
                 profile ({VARIABLE})"
            );
        }
        format!(
            "'{key}' of [profiles.{profile}] says so, see: trefoil profile show {profile}\n\
             Take it out there, or use another: --profile NAME, --profile none"
        )
    }
}

impl Guards {
    /// The guards of the commands that run this one, and those of the chosen profile.
    ///
    /// # Errors
    /// A configuration that cannot be used. A variable that cannot be parsed, because it is then
    /// not known what it forbids.
    pub fn in_force() -> Result<Guards, Failure> {
        let mut guards = match variable(VARIABLE)? {
            Some(text) => Guards::inherited(&text)?,
            None => Guards::default(),
        };
        if let Some(chosen) = chosen()? {
            let own = &chosen.profile.guards;
            let guard = Guard {
                profile: chosen.name.clone(),
                read_only: own.read_only,
                allow: own.allow.clone(),
                confirm: own.confirm,
                is_inherited: false,
            };
            if guard.read_only || guard.confirm || !guard.allow.is_empty() {
                guards.add(guard);
            }
        }
        Ok(guards)
    }

    fn inherited(text: &str) -> Result<Guards, Failure> {
        let guards: Vec<Guard> = serde_json::from_str(text).map_err(|error| {
            Failure::usage(format!("{VARIABLE} is not a list of guards: {error}"))
                .with_hint("trefoil sets it for the commands that it runs; it is not to be edited")
        })?;
        let inherited = guards.into_iter().map(|guard| Guard {
            is_inherited: true,
            ..guard
        });
        Ok(Guards(inherited.collect()))
    }

    /// Adds a guard, unless the same one is inherited already. An inherited one stays when the
    /// profile is changed, and its hint says so.
    fn add(&mut self, guard: Guard) {
        let inherited = Guard {
            is_inherited: true,
            ..guard.clone()
        };
        if !self.0.contains(&inherited) {
            self.0.push(guard);
        }
    }

    /// Refuses a write if a profile is read-only. Returns the question to ask the user before it,
    /// if a profile requires that. `place` is the destination of the write.
    ///
    /// # Errors
    /// [`GuardError::ReadOnly`].
    pub fn before_write(&self, place: impl Display) -> Result<Option<String>, GuardError> {
        if let Some(guard) = self.0.iter().find(|guard| guard.read_only) {
            return Err(GuardError::ReadOnly(guard.clone()));
        }
        let asking = self.0.iter().find(|guard| guard.confirm);
        Ok(asking.map(|guard| format!("Write to {place} as profile '{}'?", guard.profile)))
    }

    /// The guards that allow only some CLASP addresses; an address must match all of them.
    pub fn with_patterns(&self) -> impl Iterator<Item = &Guard> {
        self.0.iter().filter(|guard| !guard.allow.is_empty())
    }

    /// The guards as the value of [`VARIABLE`], if there are any.
    pub fn to_variable(&self) -> Option<String> {
        let text = serde_json::to_string(&self.0);
        debug_assert!(text.is_ok(), "strings and flags are always JSON");
        text.ok().filter(|_| !self.0.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(profile: &str, allow: &[&str]) -> Guard {
        Guard {
            profile: profile.to_owned(),
            read_only: false,
            allow: allow.iter().map(|pattern| (*pattern).to_owned()).collect(),
            confirm: true,
            is_inherited: false,
        }
    }

    #[test]
    fn guards_come_out_of_the_variable_as_they_went_in() {
        let mut guards = Guards(vec![guard("stage", &["/a/**"]), guard("desk", &[])]);
        let text = guards.to_variable().expect("there are some");
        let mut inherited = Guards::inherited(&text).expect("our own");
        // The same profile again adds nothing, another one does.
        inherited.add(guard("stage", &["/a/**"]));
        assert_eq!(inherited.0.len(), 2);
        inherited.add(guard("stage", &["/b"]));
        assert_eq!(inherited.0.len(), 3);
        guards.0.clear();
        assert_eq!(guards.to_variable(), None);
    }

    #[test]
    fn what_is_not_understood_forbids_everything() {
        for text in ["", "{}", "[{\"profile\":\"a\",\"readonly\":true}]", "[1]"] {
            let failure = Guards::inherited(text).expect_err(text);
            assert_eq!(failure.kind, Kind::Usage, "{text}");
        }
    }
}
