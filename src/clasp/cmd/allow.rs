//! Where the chosen profile lets us write: its patterns enter, a refusal of any other address
//! leaves.

use crate::clasp::wire::Pattern;
use crate::config::guard::{GuardError, allowed};
use crate::error::Failure;

/// The addresses that may be written.
#[derive(Debug, Clone, Default)]
pub struct Allow(Option<Limits>);

#[derive(Debug, Clone)]
struct Limits {
    profile: &'static str,
    texts: &'static [String],
    patterns: Vec<Pattern>,
}

impl Allow {
    /// Those of the chosen profile; any, if it has nothing to say.
    ///
    /// # Errors
    /// [`GuardError::BadPattern`]; a configuration that cannot be used.
    pub fn of_profile() -> Result<Allow, Failure> {
        let Some((profile, texts)) = allowed()? else {
            return Ok(Allow(None));
        };
        let patterns = texts.iter().map(|text| Pattern::new(text)).collect();
        let patterns: Result<Vec<Pattern>, _> = patterns;
        Ok(Allow(Some(Limits {
            profile,
            texts,
            patterns: patterns.map_err(|error| GuardError::BadPattern {
                profile,
                why: error.to_string(),
            })?,
        })))
    }

    /// That this address may be written.
    ///
    /// # Errors
    /// [`GuardError::Outside`].
    pub fn check(&self, address: &str) -> Result<(), GuardError> {
        match &self.0 {
            Some(limits) if !limits.patterns.iter().any(|p| p.matches(address)) => {
                Err(GuardError::Outside {
                    profile: limits.profile,
                    address: address.to_owned(),
                    allow: limits.texts,
                })
            }
            _ => Ok(()),
        }
    }
}
