//! Chooses the profile of this command. Takes `--profile`, `TREFOIL_PROFILE` and the configuration
//! file; gives the [`Chosen`] profile, if there is one.
//!
//! There is one for the whole process, as there is one environment. The file is read once, when the
//! profile is first needed; without a file, that costs one failing open(2).

use std::sync::OnceLock;

use super::error::ConfigError;
use super::file::ConfigFile;
use super::keys::Key;
use super::origin::{Origin, variable};
use super::profile::{ChosenBy, Config, NONE, Profile};
use crate::error::Failure;

/// The variable that names a profile.
pub const VARIABLE: &str = "TREFOIL_PROFILE";

/// The profile that is in effect.
#[derive(Debug)]
pub struct Chosen {
    /// Its name.
    pub name: String,
    /// Where its name comes from.
    pub by: ChosenBy,
    /// Its settings and rules.
    pub profile: Profile,
}

impl Chosen {
    /// Whether it was named in this command line: then it takes precedence over the environment.
    pub fn is_explicit(&self) -> bool {
        matches!(self.by, ChosenBy::Flag | ChosenBy::Argument)
    }

    /// The origin of one of its values.
    pub fn origin(&'static self, key: &Key) -> Origin {
        Origin::Profile {
            name: &self.name,
            key: key.path,
        }
    }
}

/// The value of `--profile`.
static TYPED: OnceLock<(String, ChosenBy)> = OnceLock::new();

/// The profile, once it has been looked up.
static CHOSEN: OnceLock<Result<Option<Chosen>, ConfigError>> = OnceLock::new();

/// Sets the profile by name, as `--profile` does. Only the first call has an effect, and only before
/// [`chosen`] is first called.
pub fn choose(name: String, by: ChosenBy) {
    let _ = TYPED.set((name, by));
}

/// The profile that is in effect, if there is one.
///
/// # Errors
/// [`ConfigError`]: a configuration that cannot be used, a profile that does not exist. A
/// `TREFOIL_PROFILE` that is not UTF-8.
pub fn chosen() -> Result<Option<&'static Chosen>, Failure> {
    if let Some(known) = CHOSEN.get() {
        return told(known);
    }
    let named = named()?;
    told(CHOSEN.get_or_init(|| decide(named, load()?)))
}

/// The name of the profile and where the name comes from, whether or not there is such a profile.
/// `in_use` is the default of the configuration.
///
/// # Errors
/// A `TREFOIL_PROFILE` that is not UTF-8.
pub fn name(in_use: Option<&str>) -> Result<Option<(String, ChosenBy)>, Failure> {
    let named = named()?.or_else(|| Some((in_use?.to_owned(), ChosenBy::Use)));
    Ok(named.filter(|(name, _)| name != NONE))
}

/// Whether `--profile none` or `TREFOIL_PROFILE=none` was given.
///
/// # Errors
/// A `TREFOIL_PROFILE` that is not UTF-8.
pub fn is_none_wanted() -> Result<bool, Failure> {
    Ok(named()?.is_some_and(|(name, _)| name == NONE))
}

fn named() -> Result<Option<(String, ChosenBy)>, Failure> {
    Ok(match TYPED.get() {
        Some(typed) => Some(typed.clone()),
        None => variable(VARIABLE)?.map(|name| (name, ChosenBy::Variable)),
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

/// The configuration; empty if there is no file.
fn load() -> Result<Config, ConfigError> {
    match ConfigFile::usual() {
        Ok(file) => file.load(),
        Err(ConfigError::NoHome) => Ok(Config::default()),
        Err(error) => Err(error),
    }
}

fn decide(
    named: Option<(String, ChosenBy)>,
    config: Config,
) -> Result<Option<Chosen>, ConfigError> {
    let known = config.names();
    let named = named.or(config.in_use.map(|name| (name, ChosenBy::Use)));
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
            (Some("home"), Some("stage"), Some(("home", ChosenBy::Flag))),
            (None, Some("stage"), Some(("stage", ChosenBy::Use))),
            (Some(NONE), Some("stage"), None),
            (None, None, None),
        ] {
            let named = named.map(|name| (name.to_owned(), ChosenBy::Flag));
            let found = decide(named, config(in_use)).expect("they all exist");
            let found = found.as_ref().map(|found| (found.name.as_str(), found.by));
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_name_that_nothing_has_is_an_error_that_tells_the_others() {
        let named = Some(("stag".to_owned(), ChosenBy::Variable));
        let failure = Failure::from(decide(named, config(None)).expect_err("there is none"));
        assert_eq!(
            failure.message(),
            "TREFOIL_PROFILE names 'stag', which is no profile"
        );
        let hint = failure.hint.expect("there are others");
        assert_eq!(hint, "did you mean stage?\nThere are: stage, home");
    }
}
