//! A profile: settings under a name, and rules about writing. Values are set and read by their
//! [`Key`].

use std::collections::BTreeMap;

use super::keys::{CLASP_URL, FORGE_URL, Key, Shape, VUER_URL};
use super::secret::Secret;
use crate::text::url::without_secrets;

/// The name that stands for no profile, for `--profile` and `TREFOIL_PROFILE`.
pub const NONE: &str = "none";

/// How a profile was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChosenBy {
    /// `--profile`.
    Flag,
    /// `TREFOIL_PROFILE`.
    Variable,
    /// `trefoil profile use`, which stores it.
    Use,
    /// The argument of a `trefoil profile` command.
    Argument,
}

/// The value of one setting in a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text; also a switch (`true`) or a size.
    Text(String),
    /// A secret.
    Secret(Secret),
    /// Several secrets.
    Secrets(Vec<Secret>),
}

/// The rules of a profile about writing. By default everything is allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Nothing may be changed.
    pub read_only: bool,
    /// If not empty, only CLASP addresses that match one of these patterns may be written.
    pub allow: Vec<String>,
    /// The user is asked before anything is changed.
    pub confirm: bool,
}

impl Rules {
    /// The rules in a few words; empty if there are none.
    pub fn in_words(&self) -> String {
        let mut words = Vec::new();
        if self.read_only {
            words.push("read-only".to_owned());
        }
        if !self.allow.is_empty() {
            words.push(format!("only {}", self.allow.join(" ")));
        }
        if self.confirm {
            words.push("asks first".to_owned());
        }
        words.join(", ")
    }
}

/// One profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    values: BTreeMap<&'static str, Value>,
    /// The rules about writing.
    pub guards: Rules,
}

impl Profile {
    /// The value of a setting.
    pub fn value(&self, key: &Key) -> Option<&Value> {
        self.values.get(key.path)
    }

    /// Sets a value.
    pub fn set(&mut self, key: &Key, value: Value) {
        self.values.insert(key.path, value);
    }

    /// Sets a text, as a secret if the setting is one.
    pub fn set_text(&mut self, key: &Key, text: impl Into<String>) {
        let text = text.into();
        self.set(
            key,
            match key.shape {
                Shape::Secret => Value::Secret(text.into()),
                Shape::Secrets => Value::Secrets(vec![text.into()]),
                _ => Value::Text(text),
            },
        );
    }

    /// The URLs of the three services, without secrets, where they are set.
    pub fn urls(&self) -> [Option<String>; 3] {
        [CLASP_URL, FORGE_URL, VUER_URL].map(|key| match self.value(&key) {
            Some(Value::Text(url)) => Some(without_secrets(url)),
            _ => None,
        })
    }

    /// Whether it has neither settings nor rules.
    pub fn is_empty(&self) -> bool {
        *self == Profile::default()
    }

    /// Whether it has a secret.
    pub fn holds_secret(&self) -> bool {
        self.values
            .values()
            .any(|value| !matches!(value, Value::Text(_)))
    }

    /// Whether it names a command to run.
    pub fn holds_command(&self) -> bool {
        self.values.keys().any(|path| path.ends_with("_command"))
    }
}

/// The content of a configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// The profile in use (`default`).
    pub in_use: Option<String>,
    /// The profiles with their names, in the order of the file.
    pub profiles: Vec<(String, Profile)>,
}

impl Config {
    /// The profile of this name.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        let found = self.profiles.iter().find(|(known, _)| known == name);
        found.map(|(_, profile)| profile)
    }

    /// The names of all profiles.
    pub fn names(&self) -> Vec<String> {
        self.profiles.iter().map(|(name, _)| name.clone()).collect()
    }
}
