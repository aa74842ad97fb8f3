//! `profile show`: every setting as it counts leaves, and where it comes from.

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use super::complete::profiles;
use crate::config::chosen::{By, Chosen, chosen};
use crate::config::file::ConfigFile;
use crate::config::keys::{self, ALL, Key, TOKENS, TokenKeys};
use crate::config::settings::{Origin, Truth, found, given, listed};
use crate::config::token::{Source, source};
use crate::error::Failure;
use crate::term::{Output, Terminal};

const EXAMPLES: &str = "\
Examples:
  trefoil profile show                          what counts now
  trefoil profile show stage --origin           what would count
  trefoil profile show --jq .clasp.url -r";

/// What may be typed after `profile show`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ShowArgs {
    /// The profile [default: the one that counts here and now]
    #[arg(add = profiles())]
    name: Option<String>,

    /// Say where each comes from
    #[arg(long)]
    origin: bool,
}

/// One setting as it counts.
struct Line {
    path: &'static str,
    /// Nothing, if nobody says anything; a secret is only said to be set.
    value: Option<Value>,
    origin: Origin,
}

impl Line {
    fn text(&self) -> String {
        match &self.value {
            None => "-".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(items)) if items.is_empty() => "-".to_owned(),
            Some(Value::Array(items)) => {
                let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                items.join(" ")
            }
            Some(value) => value.to_string(),
        }
    }

    fn json(&self, origin: bool) -> Value {
        let value = self.value.clone().unwrap_or_default();
        match origin {
            true => json!({ "value": value, "origin": self.origin.place() }),
            false => value,
        }
    }
}

impl ShowArgs {
    /// The profile that was asked about.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Shows it.
    ///
    /// # Errors
    /// A configuration that cannot be used; a variable that does not make sense.
    pub fn run(self, terminal: &mut Terminal, output: Option<Output>) -> Result<(), Failure> {
        let chosen = chosen()?;
        let mut lines = guards(chosen);
        for key in &ALL {
            lines.extend(line(key, output)?);
        }
        let file = ConfigFile::usual().ok().map(|file| file.name());
        let mut document = Map::new();
        document.insert("profile".into(), chosen.map(|chosen| &*chosen.name).into());
        document.insert("file".into(), file.into());
        for line in &lines {
            let value = line.json(self.origin);
            match line.path.split_once('.') {
                None => _ = document.insert(line.path.into(), value),
                Some((service, name)) => {
                    let table = document.entry(service).or_insert_with(|| json!({}));
                    table[name] = value;
                }
            }
        }
        let longest = |text: &dyn Fn(&Line) -> usize| lines.iter().map(text).max().unwrap_or(0);
        let path_width = longest(&|line| line.path.len());
        let width = longest(&|line| line.text().chars().count());
        terminal.printer.document(&document, |words| {
            match chosen {
                None => words.plain("no profile"),
                Some(chosen) => words
                    .plain(format_args!("profile {}", chosen.name))
                    .dim(by(chosen.by)),
            };
            for line in &lines {
                let text = line.text();
                words.end_line();
                words.plain(format_args!("  {:path_width$}  ", line.path));
                match (&line.value, self.origin) {
                    (None, _) => words.dim(&text),
                    (Some(_), false) => words.plain(&text),
                    (Some(_), true) => words
                        .plain(format_args!("{text:width$}  "))
                        .dim(line.origin.place()),
                };
            }
        })
    }
}

fn by(by: By) -> &'static str {
    match by {
        By::Flag => "  by --profile",
        By::Variable => "  by TREFOIL_PROFILE",
        By::Use => "  in use",
        By::Argument => "",
    }
}

/// What the profile forbids.
fn guards(chosen: Option<&'static Chosen>) -> Vec<Line> {
    let said = chosen.map(|chosen| chosen.profile.guards.clone());
    let said = said.unwrap_or_default();
    let line = |path, value, is_said: bool| Line {
        path,
        value: Some(value),
        origin: match chosen.filter(|_| is_said) {
            Some(chosen) => Origin::Profile {
                name: &chosen.name,
                key: path,
            },
            None => Origin::Default,
        },
    };
    vec![
        line("read_only", json!(said.read_only), said.read_only),
        line("allow", json!(said.allow), !said.allow.is_empty()),
        line("confirm", json!(said.confirm), said.confirm),
    ]
}

/// A setting as it counts; a token is shown by where it is kept, once for its three places.
fn line(key: &'static Key, output: Option<Output>) -> Result<Option<Line>, Failure> {
    for token in &TOKENS {
        if token.token == *key {
            return of_token(token).map(Some);
        }
        if [token.file, token.command].contains(key) {
            return Ok(None);
        }
    }
    let secrets = listed(key)?.map(|said| (json!("set"), said.origin));
    let said = match secrets {
        Some(said) => Some(said),
        None if *key == keys::OUTPUT => {
            let typed = output.and_then(|output| output.to_possible_value());
            let typed = typed.map(|output| output.get_name().to_owned());
            given(key, typed)?.map(|said| (Value::String(said.value), said.origin))
        }
        None => match found(key)? {
            Some(said) if *key == keys::VUER_INSECURE => {
                let origin = said.origin;
                // The variable asks the opposite.
                let verified = matches!(origin, Origin::Environment(_));
                let said = said.parse("true or false", |text| text.parse::<Truth>())?;
                Some((json!(said.value.0 != verified), origin))
            }
            said => said.map(|said| (typed(key, said.value), said.origin)),
        },
    };
    let (value, origin) = match said {
        Some((value, origin)) => (Some(value), origin),
        None => {
            let default = key.default.map(|text| typed(key, text.to_owned()));
            (default, Origin::Default)
        }
    };
    let path = key.path;
    Ok(Some(Line {
        path,
        value,
        origin,
    }))
}

/// A value as a profile would have it.
fn typed(key: &Key, text: String) -> Value {
    match (key.shape, text.parse::<bool>()) {
        (keys::Shape::Switch, Ok(on)) => json!(on),
        _ => json!(text),
    }
}

fn of_token(token: &'static TokenKeys) -> Result<Line, Failure> {
    let Some(said) = source(token)? else {
        return Ok(Line {
            path: token.token.path,
            value: None,
            origin: Origin::Default,
        });
    };
    let (path, value) = match said.value {
        Source::Token(_) => (token.token.path, json!("set")),
        Source::File(path) => (token.file.path, json!(path.to_string_lossy())),
        Source::Command(command) => (token.command.path, json!(command)),
    };
    Ok(Line {
        path,
        value: Some(value),
        origin: said.origin,
    })
}
