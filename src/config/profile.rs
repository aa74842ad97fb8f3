//! A profile: what one place (a stage, a desk at home) says of the settings, and what it forbids.
//!
//! Values enter by their [`Key`], from a file or from what was typed; they leave the same way.

use std::collections::BTreeMap;

use super::keys::{CLASP_URL, FORGE_URL, Key, Shape, VUER_URL};
use super::secret::Secret;
use crate::text::url::without_secrets;

/// What a profile says of one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text, and whatever else can be written as one: `true`, a size.
    Text(String),
    /// A text that must not be seen.
    Secret(Secret),
    /// Several such.
    Secrets(Vec<Secret>),
}

/// What a profile forbids; nothing, unless it says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guards {
    /// Nothing may be changed.
    pub read_only: bool,
    /// Only CLASP addresses that one of these patterns matches may be written; none: any.
    pub allow: Vec<String>,
    /// The user is asked before anything is changed.
    pub confirm: bool,
}

impl Guards {
    /// In a few words; empty if there are none.
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
    /// What it forbids.
    pub guards: Guards,
}

impl Profile {
    /// What it says of a setting.
    pub fn value(&self, key: &Key) -> Option<&Value> {
        self.values.get(key.path)
    }

    /// Lets it say something of a setting.
    pub fn set(&mut self, key: &Key, value: Value) {
        self.values.insert(key.path, value);
    }

    /// Lets it say a text of a setting, hidden if that is what the setting asks for.
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

    /// The URLs of the three services, where it names them, as they may be shown.
    pub fn urls(&self) -> [Option<String>; 3] {
        [CLASP_URL, FORGE_URL, VUER_URL].map(|key| match self.value(&key) {
            Some(Value::Text(url)) => Some(without_secrets(url)),
            _ => None,
        })
    }

    /// Whether it says nothing at all.
    pub fn is_empty(&self) -> bool {
        *self == Profile::default()
    }

    /// Whether others should not read it.
    pub fn holds_secret(&self) -> bool {
        self.values
            .values()
            .any(|value| !matches!(value, Value::Text(_)))
    }

    /// Whether it has a command run.
    pub fn holds_command(&self) -> bool {
        self.values.keys().any(|path| path.ends_with("_command"))
    }
}

/// All that a configuration says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// The profile in use (`default`).
    pub in_use: Option<String>,
    /// The profiles by name, as the file has them.
    pub profiles: Vec<(String, Profile)>,
}

impl Config {
    /// The profile of this name.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        let found = self.profiles.iter().find(|(known, _)| known == name);
        found.map(|(_, profile)| profile)
    }

    /// The names of all of them.
    pub fn names(&self) -> Vec<String> {
        self.profiles.iter().map(|(name, _)| name.clone()).collect()
    }
}
