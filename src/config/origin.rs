//! A value with its origin, so that an error about it can name what to change.

use std::env;
use std::fmt;
use std::str::FromStr;

use crate::error::Failure;

/// Where a value came from, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An option, by name, such as `--url`.
    Flag(&'static str),
    /// An environment variable, by name.
    Environment(&'static str),
    /// A profile.
    Profile {
        /// Its name.
        name: &'static str,
        /// The key of the setting, such as `clasp.url`.
        key: &'static str,
    },
    /// The default.
    Default,
}

impl Origin {
    /// The origin without the key: `profile 'stage'`.
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

/// True or false, in the spellings that the Python client accepts.
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
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// Parses the value. `kind` names what was expected, as in "CLASP_URL is not a URL: …".
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

/// The value of an environment variable, without a line end: a script with Windows line ends leaves a
/// carriage return in it. An empty variable counts as unset.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_is_read_as_people_write_it() {
        for (text, expected) in [("false", Some(false)), ("1", Some(true)), ("x", None)] {
            assert_eq!(text.parse::<Truth>().ok(), expected.map(Truth), "{text}");
        }
    }

    #[test]
    fn what_is_made_of_a_value_names_its_origin() {
        let url = |origin| Setting {
            value: "localhost".to_owned(),
            origin,
        };
        let scheme = |text: &String| {
            if text.starts_with("ws") {
                Ok(text.len())
            } else {
                Err("it must begin with ws://")
            }
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
