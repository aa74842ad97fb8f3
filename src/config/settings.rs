//! One setting from the places it may come from.
//!
//! A flag, the environment and a default enter; the value that counts leaves, with its [`Origin`],
//! so that a complaint about it can name what to change.

use std::env;
use std::fmt;
use std::str::FromStr;

use crate::error::Failure;

/// Where a value came from, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An option that was typed; its name, such as `--url`.
    Flag(&'static str),
    /// An environment variable; its name.
    Environment(&'static str),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag(name) | Origin::Environment(name) => f.write_str(name),
            Origin::Default => f.write_str("the default"),
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

/// The names under which a setting can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Names {
    /// The option, such as `--url`.
    pub flag: &'static str,
    /// The environment variable, such as `CLASP_URL`.
    pub variable: &'static str,
}

/// The value of a setting, if anyone gave one: the flag, else the environment.
///
/// clap's own `env` is not used: it takes an empty variable for a value, and does not tell where
/// the value came from.
pub fn given<T>(names: Names, flag: Option<T>) -> Result<Option<Setting<T>>, Failure>
where
    T: FromStr<Err: fmt::Display>,
{
    given_in(names, flag, variable)
}

/// The value of a setting: the flag, else the environment, else the default.
pub fn setting<T>(names: Names, flag: Option<T>, default: T) -> Result<Setting<T>, Failure>
where
    T: FromStr<Err: fmt::Display>,
{
    let default = Setting {
        value: default,
        origin: Origin::Default,
    };
    Ok(given(names, flag)?.unwrap_or(default))
}

/// An environment variable; an empty one is an unset one.
pub(super) fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(Failure::usage(format!("{name} is not valid UTF-8")))
        }
    }
}

fn given_in<T>(
    names: Names,
    flag: Option<T>,
    variable: impl FnOnce(&str) -> Result<Option<String>, Failure>,
) -> Result<Option<Setting<T>>, Failure>
where
    T: FromStr<Err: fmt::Display>,
{
    if let Some(value) = flag {
        let origin = Origin::Flag(names.flag);
        return Ok(Some(Setting { value, origin }));
    }
    let Some(text) = variable(names.variable)? else {
        return Ok(None);
    };
    let value = text.parse().map_err(|error| {
        Failure::usage(format!("{} does not make sense: {error}", names.variable))
    })?;
    let origin = Origin::Environment(names.variable);
    Ok(Some(Setting { value, origin }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    const SIZE: Names = Names {
        flag: "--max-size",
        variable: "WEBSOCKET_MAX_SIZE",
    };

    fn resolve(flag: Option<u32>, variable: Option<&str>) -> Result<Option<Setting<u32>>, Failure> {
        given_in(SIZE, flag, |name| {
            assert_eq!(name, SIZE.variable);
            Ok(variable.map(str::to_owned))
        })
    }

    #[test]
    fn a_flag_beats_the_environment() {
        for (flag, variable, expected) in [
            (Some(1), Some("2"), Some((1, Origin::Flag(SIZE.flag)))),
            (
                Some(1),
                Some("nonsense"),
                Some((1, Origin::Flag(SIZE.flag))),
            ),
            (
                None,
                Some("2"),
                Some((2, Origin::Environment(SIZE.variable))),
            ),
            (None, None, None),
        ] {
            let found = resolve(flag, variable).expect("all of them parse");
            assert_eq!(found.map(|s| (s.value, s.origin)), expected);
        }
    }

    #[test]
    fn the_default_is_last() {
        let names = Names {
            flag: "--none",
            variable: "TREFOIL_TEST_NEVER_SET",
        };
        let found = setting(names, None, 7).expect("nothing to go wrong");
        assert_eq!((found.value, found.origin), (7, Origin::Default));
    }

    #[test]
    fn a_bad_variable_is_named() {
        let failure = resolve(None, Some("big")).expect_err("it is no number");
        assert_eq!(failure.kind, Kind::Usage);
        assert_eq!(
            failure.message(),
            "WEBSOCKET_MAX_SIZE does not make sense: invalid digit found in string"
        );
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
