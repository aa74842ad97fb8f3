//! `profile show`: prints the value of every setting, and where it comes from.

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use super::profiles;
use crate::config::access::{Access, Typed};
use crate::config::chosen::{Chosen, chosen};
use crate::config::file::ConfigFile;
use crate::config::keys::{self, ALL, ALL_SERVICES, Key, ServiceKeys, TokenKeys};
use crate::config::origin::Origin;
use crate::config::profile::ChosenBy;
use crate::config::settings::{found, given};
use crate::config::token::Source;
use crate::error::Failure;
use crate::term::{Output, Terminal};
use crate::text::url::without_secrets;

const EXAMPLES: &str = "\
Examples:
  trefoil profile show                          what is in effect
  trefoil profile show stage --origin           with this profile
  trefoil profile show --jq .clasp.url -r";

/// What may be typed after `profile show`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ShowArgs {
    /// The profile [default: the one that is in effect]
    #[arg(add = profiles())]
    name: Option<String>,

    /// Show where each value comes from
    #[arg(long)]
    origin: bool,
}

/// One setting with the value that is in effect.
struct SettingLine {
    path: &'static str,
    /// None if it is not set. For a secret only that it is set.
    value: Option<Value>,
    origin: Origin,
}

impl SettingLine {
    /// The value that was found, or the default.
    fn of(key: &'static Key, setting: Option<(Value, Origin)>) -> SettingLine {
        let default = || key.default.map(|text| typed(key, text.to_owned()));
        let (value, origin) = match setting {
            Some((value, origin)) => (Some(value), origin),
            None => (default(), Origin::Default),
        };
        SettingLine {
            path: key.path,
            value,
            origin,
        }
    }

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
        if origin {
            json!({ "value": value, "origin": self.origin.place() })
        } else {
            value
        }
    }
}

impl ShowArgs {
    /// The profile that was asked about.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Shows the profile.
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
        let longest =
            |text: &dyn Fn(&SettingLine) -> usize| lines.iter().map(text).max().unwrap_or(0);
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

fn by(by: ChosenBy) -> &'static str {
    match by {
        ChosenBy::Flag => "  by --profile",
        ChosenBy::Variable => "  by TREFOIL_PROFILE",
        ChosenBy::Use => "  in use",
        ChosenBy::Argument => "",
    }
}

/// The rules of the profile.
fn guards(chosen: Option<&'static Chosen>) -> Vec<SettingLine> {
    let setting = chosen.map(|chosen| chosen.profile.guards.clone());
    let setting = setting.unwrap_or_default();
    let line = |path, value, is_set: bool| SettingLine {
        path,
        value: Some(value),
        origin: match chosen.filter(|_| is_set) {
            Some(chosen) => Origin::Profile {
                name: &chosen.name,
                key: path,
            },
            None => Origin::Default,
        },
    };
    vec![
        line("read_only", json!(setting.read_only), setting.read_only),
        line("allow", json!(setting.allow), !setting.allow.is_empty()),
        line("confirm", json!(setting.confirm), setting.confirm),
    ]
}

/// The line of a setting. A token has one line for its three keys, which shows its source. Settings
/// that belong to a server are resolved as a command resolves them.
fn line(key: &'static Key, output: Option<Output>) -> Result<Option<SettingLine>, Failure> {
    for service in ALL_SERVICES {
        for token in service.tokens {
            if token.token == *key {
                return of_token(service, token).map(Some);
            }
            if [token.file, token.command].contains(key) {
                return Ok(None);
            }
        }
        let access = || Access::resolve(service, None, Typed::default());
        let setting = if service.url == *key {
            let url = access()?.url;
            Some((json!(without_secrets(&url.value)), url.origin))
        } else if service.headers == Some(*key) {
            match access()?.headers {
                Ok(setting) => setting.map(|setting| (json!("set"), setting.origin)),
                Err(withheld) => Some((json!("withheld"), withheld.origin())),
            }
        } else if [service.ca, service.cert, service.key].contains(key) {
            let access = access()?;
            let file = match *key {
                key if key == service.ca => access.ca,
                key if key == service.cert => access.cert,
                _ => access.key,
            };
            file.map(|file| (json!(file.value.to_string_lossy()), file.origin))
        } else if service.insecure == *key {
            let insecure = access()?.insecure;
            Some((json!(insecure.value), insecure.origin))
        } else {
            continue;
        };
        return Ok(Some(SettingLine::of(key, setting)));
    }
    let setting = if *key == keys::OUTPUT {
        let typed = output.and_then(|output| output.to_possible_value());
        given(key, typed.map(|output| output.get_name().to_owned()))?
    } else {
        found(key)?
    };
    let setting = setting.map(|setting| (typed(key, setting.value), setting.origin));
    Ok(Some(SettingLine::of(key, setting)))
}

/// A value as it would be written in a profile.
fn typed(key: &Key, text: String) -> Value {
    match (key.shape, text.parse::<bool>()) {
        (keys::Shape::Switch, Ok(on)) => json!(on),
        _ => json!(text),
    }
}

fn of_token(
    service: &'static ServiceKeys,
    token: &'static TokenKeys,
) -> Result<SettingLine, Failure> {
    let access = Access::resolve(service, Some(token), Typed::default())?;
    let (path, value, origin) = match access.token {
        Ok(None) => (token.token.path, None, Origin::Default),
        Ok(Some(setting)) => {
            let (path, value) = match setting.value {
                Source::Token(_) => (token.token.path, json!("set")),
                Source::File(path) => (token.file.path, json!(path.to_string_lossy())),
                Source::Command(command) => (token.command.path, json!(command)),
            };
            (path, Some(value), setting.origin)
        }
        Err(withheld) => (token.token.path, Some(json!("withheld")), withheld.origin()),
    };
    Ok(SettingLine {
        path,
        value,
        origin,
    })
}
