//! The one profile of this command.
//!
//! Enters: `--profile`, `TREFOIL_PROFILE` and the configuration. Leaves: the [`Chosen`] profile, if
//! there is one. It belongs to the process as the environment does, so that a setting is asked for
//! in the same way everywhere; it is read once, and not before somebody asks. Where there is no
//! configuration that costs one open(2) that fails.

use std::sync::OnceLock;

use super::error::ConfigError;
use super::file::ConfigFile;
use super::keys::Key;
use super::profile::{Config, Profile};
use super::settings::{Origin, variable};
use crate::error::Failure;

/// The name that chooses none, for `--profile` and `TREFOIL_PROFILE`.
pub const NONE: &str = "none";

/// The variable that names a profile.
pub const VARIABLE: &str = "TREFOIL_PROFILE";

/// Who named a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// `--profile`.
    Flag,
    /// `TREFOIL_PROFILE`.
    Variable,
    /// `trefoil profile use`, once.
    Use,
    /// The argument of a `trefoil profile` command.
    Argument,
}

/// The profile that counts.
#[derive(Debug)]
pub struct Chosen {
    /// Its name.
    pub name: String,
    /// Who named it.
    pub by: By,
    /// What it says.
    pub profile: Profile,
}

impl Chosen {
    /// Whether it was asked for in this very command: then it says more than the environment.
    pub fn is_explicit(&self) -> bool {
        matches!(self.by, By::Flag | By::Argument)
    }

    /// Where a value of it comes from.
    pub fn origin(&'static self, key: &Key) -> Origin {
        Origin::Profile {
            name: &self.name,
            key: key.path,
        }
    }
}

/// What `--profile` said.
static TYPED: OnceLock<(String, By)> = OnceLock::new();

/// The profile, once somebody has asked.
static CHOSEN: OnceLock<Result<Option<Chosen>, ConfigError>> = OnceLock::new();

/// Keeps what `--profile` says (or an argument that stands for it). The first call counts, and only
/// before anybody has asked.
pub fn choose(name: String, by: By) {
    let _ = TYPED.set((name, by));
}

/// The chosen profile; none if nobody chose one.
///
/// # Errors
/// [`ConfigError`]: a configuration that cannot be used, a profile that does not exist. A
/// `TREFOIL_PROFILE` that is no text.
pub fn chosen() -> Result<Option<&'static Chosen>, Failure> {
    if let Some(known) = CHOSEN.get() {
        return told(known);
    }
    let named = named()?;
    told(CHOSEN.get_or_init(|| decide(named, load()?)))
}

/// The name that counts and who gave it, whether or not there is such a profile; `in_use` is what
/// the configuration says.
///
/// # Errors
/// A `TREFOIL_PROFILE` that is no text.
pub fn name(in_use: Option<&str>) -> Result<Option<(String, By)>, Failure> {
    let named = named()?.or_else(|| Some((in_use?.to_owned(), By::Use)));
    Ok(named.filter(|(name, _)| name != NONE))
}

/// Whether somebody has said that no profile is to count.
///
/// # Errors
/// A `TREFOIL_PROFILE` that is no text.
pub fn is_none_wanted() -> Result<bool, Failure> {
    Ok(named()?.is_some_and(|(name, _)| name == NONE))
}

fn named() -> Result<Option<(String, By)>, Failure> {
    Ok(match TYPED.get() {
        Some(typed) => Some(typed.clone()),
        None => variable(VARIABLE)?.map(|name| (name, By::Variable)),
    })
}

fn told(
    known: &'static Result<Option<Chosen>, ConfigError>,
) -> Result<Option<&'static Chosen>, Failure> {
    match known {
        Ok(chosen) => Ok(chosen.as_ref()),
        Err(error) => Err(error.clone().into()),
    }
}

/// What the configuration says; nothing, where there is none.
fn load() -> Result<Config, ConfigError> {
    match ConfigFile::usual() {
        Ok(file) => file.load(),
        // Nobody said anything there, then.
        Err(ConfigError::NoHome) => Ok(Config::default()),
        Err(error) => Err(error),
    }
}

fn decide(named: Option<(String, By)>, config: Config) -> Result<Option<Chosen>, ConfigError> {
    let known = config.names();
    let named = named.or(config.in_use.map(|name| (name, By::Use)));
    let Some((name, by)) = named.filter(|(name, _)| name != NONE) else {
        return Ok(None);
    };
    let found = config
        .profiles
        .into_iter()
        .find(|(known, _)| *known == name);
    match found {
        Some((name, profile)) => Ok(Some(Chosen { name, by, profile })),
        None => Err(ConfigError::NoProfile { name, by, known }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(in_use: Option<&str>) -> Config {
        let names = ["stage", "home"];
        Config {
            in_use: in_use.map(str::to_owned),
            profiles: names
                .map(|name| (name.to_owned(), Profile::default()))
                .into(),
        }
    }

    #[test]
    fn the_name_that_was_given_beats_the_one_in_use() {
        for (named, in_use, expected) in [
            (Some("home"), Some("stage"), Some(("home", By::Flag))),
            (None, Some("stage"), Some(("stage", By::Use))),
            (Some(NONE), Some("stage"), None),
            (None, None, None),
        ] {
            let named = named.map(|name| (name.to_owned(), By::Flag));
            let found = decide(named, config(in_use)).expect("they all exist");
            let found = found.as_ref().map(|found| (found.name.as_str(), found.by));
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_name_that_nothing_has_is_an_error_that_tells_the_others() {
        let named = Some(("stag".to_owned(), By::Variable));
        let failure = Failure::from(decide(named, config(None)).expect_err("there is none"));
        assert_eq!(
            failure.message(),
            "TREFOIL_PROFILE names 'stag', which is no profile"
        );
        let hint = failure.hint.expect("there are others");
        assert_eq!(hint, "did you mean stage?\nThere are: stage, home");
    }
}
