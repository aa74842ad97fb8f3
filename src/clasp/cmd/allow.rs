//! Restricts writes to the addresses that profiles allow. Takes the guards of profiles, gives an
//! error for any other address.

use crate::clasp::wire::Pattern;
use crate::config::guard::{Guard, GuardError, Guards};
use crate::error::Failure;

/// The addresses that may be written.
#[derive(Debug, Clone, Default)]
pub struct Allow(Vec<(Guard, Vec<Pattern>)>);

impl Allow {
    /// The addresses that all guards allow; all addresses if no guard has patterns.
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

    /// The addresses that the guards in force allow.
    ///
    /// # Errors
    /// The errors of [`by`](Self::by); an invalid configuration.
    pub fn in_force() -> Result<Allow, Failure> {
        Ok(Allow::by(&Guards::in_force()?)?)
    }

    /// Checks that this address may be written.
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
