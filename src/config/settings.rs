//! One setting from the places it may come from.
//!
//! A flag, the environment, the chosen profile and a default enter; the value that counts leaves,
//! with its [`Origin`], so that a complaint about it can name what to change.
//!
//! A profile that was asked for with `--profile` says more than the environment; one that was
//! chosen once and for all says less.

use std::env;
use std::fmt;
use std::str::FromStr;

use super::chosen::{Chosen, chosen};
use super::keys::Key;
use super::profile::Value;
use crate::error::Failure;

/// Where a value came from, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An option that was typed; its name, such as `--url`.
    Flag(&'static str),
    /// An environment variable; its name.
    Environment(&'static str),
    /// A profile.
    Profile {
        /// Its name.
        name: &'static str,
        /// What it calls the setting, such as `clasp.url`.
        key: &'static str,
    },
    /// Nobody said anything.
    Default,
}

impl Origin {
    /// Where it stands, without what it is called there.
    pub fn place(&self) -> String {
        match self {
            Origin::Profile { name, .. } => format!("profile '{name}'"),
            origin => origin.to_string(),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag(name) | Origin::Environment(name) => f.write_str(name),
            Origin::Profile { name, key } => write!(f, "{key} of profile '{name}'"),
            Origin::Default => f.write_str("the default"),
        }
    }
}

/// True or false, in any of the words that the Python client's variable has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truth(pub bool);

impl FromStr for Truth {
    type Err = String;

    fn from_str(text: &str) -> Result<Truth, String> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(Truth(true)),
            "false" | "0" | "no" | "off" => Ok(Truth(false)),
            _ => Err("it is true or false".to_owned()),
        }
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// What counts.
    pub value: T,
    /// Who said so.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// Turns the value into what it stands for. `kind` says in words what it should have been, as
    /// in "CLASP_URL is not a URL: …".
    pub fn parse<U, E: fmt::Display>(
        self,
        kind: &str,
        parse: impl FnOnce(&T) -> Result<U, E>,
    ) -> Result<Setting<U>, Failure> {
        match parse(&self.value) {
            Ok(value) => Ok(Setting {
                value,
                origin: self.origin,
            }),
            Err(error) => Err(Failure::usage(format!(
                "{} is not {kind}: {error}",
                self.origin
            ))),
        }
    }
}

/// The value of a setting, if anyone gave one: the flag, the environment, the profile.
///
/// clap's own `env` is not used: it takes an empty variable for a value, and does not tell where
/// the value came from.
///
/// # Errors
/// A variable or a profile that does not make sense.
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
/// As [`given`]; a key that has no default.
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

/// What the environment or the profile says of a setting, as text; for what reads differently in
/// the two.
///
/// # Errors
/// A configuration that cannot be used; a variable that is no text.
pub fn found(key: &Key) -> Result<Option<Setting<String>>, Failure> {
    found_in(key, chosen()?, variable)
}

/// An environment variable, without a line end: `export` in a file with the line ends of Windows
/// leaves a carriage return in it. An empty one is an unset one.
pub(super) fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(text) => {
            let text = text.trim_end_matches(['\r', '\n']);
            Ok((!text.is_empty()).then(|| text.to_owned()))
        }
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(Failure::usage(format!("{name} is not valid UTF-8")))
        }
    }
}

/// The same, of these places.
pub(super) fn found_in(
    key: &Key,
    chosen: Option<&'static Chosen>,
    variable: impl FnOnce(&str) -> Result<Option<String>, Failure>,
) -> Result<Option<Setting<String>>, Failure> {
    let said = chosen.and_then(|chosen| match chosen.profile.value(key)? {
        Value::Text(text) => Some(Setting {
            value: text.clone(),
            origin: chosen.origin(key),
        }),
        Value::Secret(_) | Value::Secrets(_) => None,
    });
    if said.is_some() && chosen.is_some_and(Chosen::is_explicit) {
        return Ok(said);
    }
    let Some(name) = key.variable else {
        return Ok(said);
    };
    Ok(match variable(name)? {
        Some(value) => Some(Setting {
            value,
            origin: Origin::Environment(name),
        }),
        None => said,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::chosen::By;
    use crate::config::keys;
    use crate::config::profile::Profile;
    use crate::error::Kind;

    const SIZE: Key = keys::VUER_MAX_SIZE;

    fn profile(by: By, size: Option<&str>) -> &'static Chosen {
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
        for (by, said, variable, expected) in [
            (By::Flag, Some("1"), Some("2"), Some(("1", stage))),
            (By::Flag, None, Some("2"), Some(("2", environment))),
            (By::Variable, Some("1"), Some("2"), Some(("2", environment))),
            (By::Use, Some("1"), Some("2"), Some(("2", environment))),
            (By::Variable, Some("1"), None, Some(("1", stage))),
            (By::Use, Some("1"), None, Some(("1", stage))),
            (By::Use, None, None, None),
        ] {
            let found = found_in(&SIZE, Some(profile(by, said)), |name| {
                assert_eq!(name, "WEBSOCKET_MAX_SIZE");
                Ok(variable.map(str::to_owned))
            });
            let found = found.expect("all of them are text");
            let found = found.as_ref().map(|s| (s.value.as_str(), s.origin));
            assert_eq!(found, expected, "{by:?} {said:?} {variable:?}");
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
    fn truth_is_read_as_people_write_it() {
        for (text, expected) in [("false", Some(false)), ("1", Some(true)), ("x", None)] {
            assert_eq!(text.parse::<Truth>().ok(), expected.map(Truth), "{text}");
        }
    }

    #[test]
    fn what_does_not_make_sense_is_named() {
        let found = |text: &str, origin| Setting {
            value: text.to_owned(),
            origin,
        };
        let stage = profile(By::Use, None).origin(&SIZE);
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

    #[test]
    fn what_is_made_of_a_value_names_its_origin() {
        let url = |origin| Setting {
            value: "localhost".to_owned(),
            origin,
        };
        let scheme = |text: &String| match text.starts_with("ws") {
            true => Ok(text.len()),
            false => Err("it must begin with ws://"),
        };
        let failure = url(Origin::Environment("CLASP_URL"))
            .parse("a URL", scheme)
            .expect_err("no scheme");
        assert_eq!(
            failure.message(),
            "CLASP_URL is not a URL: it must begin with ws://"
        );
        let failure = url(Origin::Flag("--url"))
            .parse("a URL", scheme)
            .expect_err("no scheme");
        assert_eq!(
            failure.message(),
            "--url is not a URL: it must begin with ws://"
        );
    }
}
