//! Why a configuration cannot be used. The error is kept for the whole process and reported by every
//! caller, so it can be cloned.

use super::profile::ChosenBy;
use crate::error::{Failing, Kind};
use crate::text::nearest;

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read or written.
    #[error("cannot {doing} {path}: {why}")]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// The path of the file.
        path: String,
        /// The system's error.
        why: String,
    },
    /// It is not TOML, or has an unknown key or a wrong value.
    #[error("{path}, line {line}: {why}")]
    Mistake {
        /// The path of the file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
        /// What to write instead.
        hint: Option<String>,
    },
    /// It has a token or a command, and other users can read or change it.
    #[error("others on this machine can {verb} {path}, which {holds}")]
    Exposed {
        /// The path of the file.
        path: String,
        /// `read` or `change`.
        verb: &'static str,
        /// Why that matters.
        holds: &'static str,
    },
    /// A profile was named that does not exist.
    #[error("{}", no_such(name, *by))]
    NoProfile {
        /// The name.
        name: String,
        /// Where the name comes from.
        by: ChosenBy,
        /// The profiles that exist.
        known: Vec<String>,
    },
    /// `profile add` with a name that exists.
    #[error("there is a profile '{0}' already")]
    Exists(String),
    /// A name that is not allowed.
    #[error("'{0}' cannot be a profile's name: letters, digits, '-' and '_', and not 'none'")]
    BadName(String),
    /// The directory of the configuration is not known.
    #[error("the directory of the configuration is not known: set HOME or XDG_CONFIG_HOME")]
    NoHome,
}

fn no_such(name: &str, by: ChosenBy) -> String {
    let who = match by {
        ChosenBy::Flag => "--profile",
        ChosenBy::Variable => "TREFOIL_PROFILE",
        ChosenBy::Use => "'default' of the configuration",
        ChosenBy::Argument => return format!("there is no profile '{name}'"),
    };
    format!("{who} names '{name}', which is no profile")
}

impl Failing for ConfigError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            ConfigError::Mistake { hint, .. } => hint.clone(),
            ConfigError::Exposed { path, .. } => Some(format!("chmod 600 {path}")),
            ConfigError::NoProfile { name, known, .. } => Some(no_profile(name, known)),
            ConfigError::Exists(name) => Some(format!(
                "Replace it with: trefoil profile add {name} --replace …"
            )),
            ConfigError::Io { .. } | ConfigError::BadName(_) | ConfigError::NoHome => None,
        }
    }
}

fn no_profile(name: &str, known: &[String]) -> String {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    if known.is_empty() {
        return format!("There are none yet; make one with: trefoil profile add {name}");
    }
    let meant = match nearest(name, &known) {
        Some(meant) => format!("did you mean {meant}?\n"),
        None => String::new(),
    };
    format!("{meant}There are: {}", known.join(", "))
}
