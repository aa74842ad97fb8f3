//! Where profiles let us write: their patterns enter, a refusal of any other address leaves.

use crate::clasp::wire::Pattern;
use crate::config::guard::{Guard, GuardError, Guards};
use crate::error::Failure;

/// The addresses that may be written.
#[derive(Debug, Clone, Default)]
pub struct Allow(Vec<(Guard, Vec<Pattern>)>);

impl Allow {
    /// Those that all guards allow; any, if they say nothing of it.
    ///
    /// # Errors
    /// [`GuardError::BadPattern`].
    pub fn by(guards: &Guards) -> Result<Allow, GuardError> {
        let compiled = guards.with_patterns().map(|guard| {
            let patterns: Result<Vec<Pattern>, _> =
                guard.allow.iter().map(|text| Pattern::new(text)).collect();
            let patterns = patterns.map_err(|error| GuardError::BadPattern {
                profile: guard.profile.clone(),
                why: error.to_string(),
            })?;
            Ok((guard.clone(), patterns))
        });
        compiled.collect::<Result<_, _>>().map(Allow)
    }

    /// Those that the guards in force allow.
    ///
    /// # Errors
    /// As [`by`](Self::by); a configuration that cannot be used.
    pub fn in_force() -> Result<Allow, Failure> {
        Ok(Allow::by(&Guards::in_force()?)?)
    }

    /// That this address may be written.
    ///
    /// # Errors
    /// [`GuardError::Outside`].
    pub fn check(&self, address: &str) -> Result<(), GuardError> {
        let fits = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(address));
        match self.0.iter().find(|(_, patterns)| !fits(patterns)) {
            Some((guard, _)) => Err(GuardError::Outside {
                guard: guard.clone(),
                address: address.to_owned(),
            }),
            None => Ok(()),
        }
    }
}
