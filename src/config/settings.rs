//! Looks up one setting. Takes a flag, the environment, the profile and a default; gives the value
//! that takes precedence, with its [`Origin`], so that an error can name what to change.
//!
//! The precedence is: flag, explicit `--profile`, environment, profile in use, default. What belongs
//! to a server (URL, tokens, headers, trust) is looked up together, see [`super::access`].

use std::fmt;
use std::str::FromStr;

use super::chosen::{Chosen, chosen};
use super::keys::Key;
use super::origin::{Origin, Setting, variable};
use super::profile::Value;
use crate::error::Failure;

/// The value of a setting, if it is set: by flag, environment or profile.
///
/// clap's own `env` is not used: it takes an empty variable for a value, and does not tell where
/// the value came from.
///
/// # Errors
/// A value that cannot be parsed.
pub fn given<T>(key: &Key, flag: Option<T>) -> Result<Option<Setting<T>>, Failure>
where
    T: FromStr<Err: fmt::Display>,
{
    if let Some(value) = flag {
        let origin = Origin::Flag(key.flag);
        return Ok(Some(Setting { value, origin }));
    }
    match found(key)? {
        None => Ok(None),
        Some(Setting { value, origin }) => {
            let value = value.parse().map_err(|error| {
                Failure::usage(format!("{origin} does not make sense: {error}"))
            })?;
            Ok(Some(Setting { value, origin }))
        }
    }
}

/// The value of a setting: the flag, else the environment or the profile, else the default.
///
/// # Errors
/// The errors of [`given`]; a key that has no default.
pub fn setting<T>(key: &Key, flag: Option<T>) -> Result<Setting<T>, Failure>
where
    T: FromStr<Err: fmt::Display>,
{
    if let Some(given) = given(key, flag)? {
        return Ok(given);
    }
    let default = Setting {
        value: key.default.unwrap_or_default(),
        origin: Origin::Default,
    };
    default.parse(key.path, |text| text.parse())
}

/// The value in the environment or the profile, as text: for settings that are parsed differently in
/// the two.
///
/// # Errors
/// A configuration that cannot be used; a variable that is not UTF-8.
pub fn found(key: &Key) -> Result<Option<Setting<String>>, Failure> {
    found_in(key, chosen()?, variable)
}

/// The value in the environment or the profile, with these passed as arguments.
pub(super) fn found_in(
    key: &Key,
    chosen: Option<&'static Chosen>,
    variable: impl FnOnce(&str) -> Result<Option<String>, Failure>,
) -> Result<Option<Setting<String>>, Failure> {
    let setting = chosen.and_then(|chosen| match chosen.profile.value(key)? {
        Value::Text(text) => Some(Setting {
            value: text.clone(),
            origin: chosen.origin(key),
        }),
        Value::Secret(_) | Value::Secrets(_) => None,
    });
    if setting.is_some() && chosen.is_some_and(Chosen::is_explicit) {
        return Ok(setting);
    }
    let Some(name) = key.variable else {
        return Ok(setting);
    };
    Ok(match variable(name)? {
        Some(value) => Some(Setting {
            value,
            origin: Origin::Environment(name),
        }),
        None => setting,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys;
    use crate::config::profile::{ChosenBy, Profile};
    use crate::error::Kind;

    const SIZE: Key = keys::VUER_MAX_SIZE;

    fn profile(by: ChosenBy, size: Option<&str>) -> &'static Chosen {
        let mut profile = Profile::default();
        if let Some(size) = size {
            profile.set_text(&SIZE, size);
        }
        Box::leak(Box::new(Chosen {
            name: "stage".to_owned(),
            by,
            profile,
        }))
    }

    #[test]
    fn only_an_explicit_profile_beats_the_environment() {
        let environment = Origin::Environment("WEBSOCKET_MAX_SIZE");
        let stage = Origin::Profile {
            name: "stage",
            key: "vuer.max_size",
        };
        for (by, setting, variable, expected) in [
            (ChosenBy::Flag, Some("1"), Some("2"), Some(("1", stage))),
            (ChosenBy::Flag, None, Some("2"), Some(("2", environment))),
            (
                ChosenBy::Variable,
                Some("1"),
                Some("2"),
                Some(("2", environment)),
            ),
            (
                ChosenBy::Use,
                Some("1"),
                Some("2"),
                Some(("2", environment)),
            ),
            (ChosenBy::Variable, Some("1"), None, Some(("1", stage))),
            (ChosenBy::Use, Some("1"), None, Some(("1", stage))),
            (ChosenBy::Use, None, None, None),
        ] {
            let found = found_in(&SIZE, Some(profile(by, setting)), |name| {
                assert_eq!(name, "WEBSOCKET_MAX_SIZE");
                Ok(variable.map(str::to_owned))
            });
            let found = found.expect("all of them are text");
            let found = found.as_ref().map(|s| (s.value.as_str(), s.origin));
            assert_eq!(found, expected, "{by:?} {setting:?} {variable:?}");
        }
    }

    #[test]
    fn a_flag_is_first_and_the_default_last() {
        const UNSET: Key = Key {
            variable: Some("TREFOIL_TEST_NEVER_SET"),
            default: Some("7"),
            ..keys::CLASP_CA
        };
        let typed = given(&UNSET, Some(3)).expect("nothing to go wrong");
        let typed = typed.expect("it was typed");
        assert_eq!((typed.value, typed.origin), (3, Origin::Flag("--ca")));
        let found = setting::<u32>(&UNSET, None).expect("nothing to go wrong");
        assert_eq!((found.value, found.origin), (7, Origin::Default));
    }

    #[test]
    fn what_does_not_make_sense_is_named() {
        let found = |text: &str, origin| Setting {
            value: text.to_owned(),
            origin,
        };
        let stage = profile(ChosenBy::Use, None).origin(&SIZE);
        for (origin, says) in [
            (
                Origin::Environment("WEBSOCKET_MAX_SIZE"),
                "WEBSOCKET_MAX_SIZE is not a number: ",
            ),
            (stage, "vuer.max_size of profile 'stage' is not a number: "),
        ] {
            let failure = found("big", origin)
                .parse("a number", |text| text.parse::<u32>())
                .expect_err("it is no number");
            assert_eq!(failure.kind, Kind::Usage);
            assert!(failure.message().starts_with(says), "{}", failure.message());
        }
    }
}
