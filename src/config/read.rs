//! Parses `config.toml`. Takes its text; gives a [`Config`], or a mistake with its line.
//!
//! ```toml
//! default = "stage"                  # the profile in use
//!
//! [profiles.stage]
//! output = "table"
//! read_only = true
//! [profiles.stage.clasp]
//! url = "wss://stage.example:7330"
//! token_file = "~/.config/trefoil/stage.token"
//! ```
//!
//! An unknown key is an error: otherwise a typing mistake would silently have no effect.

use std::path::Path;

use toml_edit::{Item, TableLike};

use super::keys::{ALL, GUARDS, Key, SERVICES, Shape, TOKENS};
use super::profile::{Config, Profile, Rules, Value};
use super::tables::{Mistake, line_at, parse};

/// Reads a file's text. Paths in it are relative to `folder`, and `~/` is `home`.
pub(super) fn read(text: &str, folder: &Path, home: &Path) -> Result<Config, Mistake> {
    let document = parse(text)?;
    let reader = Reader { text, folder, home };
    let mut config = Config::default();
    for (name, item) in document.as_table().iter() {
        match name {
            "default" => config.in_use = Some(reader.text(item, "default")?),
            "profiles" => {
                let profiles = reader.table(item, "profiles")?;
                for (name, item) in profiles.iter() {
                    let table = reader.table(item, name)?;
                    config
                        .profiles
                        .push((name.to_owned(), reader.profile(table)?));
                }
            }
            _ => return Err(reader.unknown(document.as_table(), name, &["default", "profiles"])),
        }
    }
    Ok(config)
}

struct Reader<'a> {
    text: &'a str,
    folder: &'a Path,
    home: &'a Path,
}

impl Reader<'_> {
    fn profile(&self, table: &dyn TableLike) -> Result<Profile, Mistake> {
        let mut profile = Profile::default();
        let mut known: Vec<&str> = GUARDS.into_iter().chain(SERVICES).collect();
        known.extend(in_table(None).map(|key| key.place().1));
        for (name, item) in table.iter() {
            if let Some(service) = SERVICES.into_iter().find(|known| *known == name) {
                self.service(service, self.table(item, name)?, &mut profile)?;
            } else if GUARDS.contains(&name) {
                self.guard(name, item, &mut profile.guards)?;
            } else {
                let key = in_table(None).find(|key| key.place().1 == name);
                let key = key.ok_or_else(|| self.unknown(table, name, &known))?;
                profile.set(key, self.value(key, item)?);
            }
        }
        for token in &TOKENS {
            let places = [&token.token, &token.file, &token.command];
            let given = places.iter().filter(|key| profile.value(key).is_some());
            let [first, second, ..] = given.collect::<Vec<_>>()[..] else {
                continue;
            };
            let (service, name) = second.place();
            let item = service
                .and_then(|service| table.get(service))
                .and_then(|service| service.get(name));
            return Err(self.mistake(
                item.unwrap_or(&Item::None),
                format!(
                    "{} and {}: a token has one source",
                    first.path,
                    second.place().1
                ),
            ));
        }
        Ok(profile)
    }

    fn service(
        &self,
        service: &'static str,
        table: &dyn TableLike,
        profile: &mut Profile,
    ) -> Result<(), Mistake> {
        for (name, item) in table.iter() {
            let key = in_table(Some(service)).find(|key| key.place().1 == name);
            let Some(key) = key else {
                let known: Vec<&str> = in_table(Some(service)).map(|key| key.place().1).collect();
                return Err(self.unknown(table, name, &known));
            };
            profile.set(key, self.value(key, item)?);
        }
        Ok(())
    }

    fn guard(&self, name: &str, item: &Item, guards: &mut Rules) -> Result<(), Mistake> {
        match name {
            "allow" => guards.allow = self.list(item, name)?,
            "read_only" => guards.read_only = self.switch(item, name)?,
            _ => guards.confirm = self.switch(item, name)?,
        }
        Ok(())
    }

    fn value(&self, key: &Key, item: &Item) -> Result<Value, Mistake> {
        let path = key.path;
        Ok(match key.shape {
            Shape::Text => Value::Text(self.text(item, path)?),
            Shape::Secret => Value::Secret(self.text(item, path)?.into()),
            Shape::Secrets => {
                let list = self.list(item, path)?;
                Value::Secrets(list.into_iter().map(Into::into).collect())
            }
            Shape::Switch => Value::Text(self.switch(item, path)?.to_string()),
            Shape::Size => Value::Text(match item.as_integer() {
                Some(size) => size.to_string(),
                None => self.text(item, path)?,
            }),
            Shape::Path => Value::Text(self.path(&self.text(item, path)?)),
            Shape::OneOf(words) => {
                let word = self.text(item, path)?;
                if !words.contains(&word.as_str()) {
                    let why = format!("{path} is one of {}, not '{word}'", words.join(", "));
                    return Err(self.mistake(item, why));
                }
                Value::Text(word)
            }
        })
    }

    fn path(&self, text: &str) -> String {
        let path = match text.strip_prefix("~/") {
            Some(rest) => self.home.join(rest),
            None => self.folder.join(text),
        };
        path.to_string_lossy().into_owned()
    }

    fn table<'i>(&self, item: &'i Item, name: &str) -> Result<&'i dyn TableLike, Mistake> {
        item.as_table_like()
            .ok_or_else(|| self.mistake(item, format!("{name} is a table")))
    }

    fn text(&self, item: &Item, name: &str) -> Result<String, Mistake> {
        match item.as_str() {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(self.mistake(item, format!("{name} is a string, and not an empty one"))),
        }
    }

    fn switch(&self, item: &Item, name: &str) -> Result<bool, Mistake> {
        item.as_bool()
            .ok_or_else(|| self.mistake(item, format!("{name} is true or false")))
    }

    fn list(&self, item: &Item, name: &str) -> Result<Vec<String>, Mistake> {
        let texts = item.as_array().and_then(|array| {
            let text = |value: &toml_edit::Value| value.as_str().map(str::to_owned);
            array.iter().map(text).collect()
        });
        texts.ok_or_else(|| self.mistake(item, format!("{name} is an array of strings")))
    }

    fn unknown(&self, table: &dyn TableLike, name: &str, known: &[&str]) -> Mistake {
        let span = table.key(name).and_then(|key| key.span());
        let line = line_at(self.text, span.map_or(0, |span| span.start));
        Mistake::unknown(line, name, known)
    }

    fn mistake(&self, item: &Item, why: String) -> Mistake {
        let start = item.span().map_or(0, |span| span.start);
        Mistake::new(line_at(self.text, start), why)
    }
}

/// The settings in this table of a profile; None: in the profile itself.
fn in_table(service: Option<&str>) -> impl Iterator<Item = &'static Key> {
    ALL.iter().filter(move |key| key.place().0 == service)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys;

    fn read(text: &str) -> Result<Config, Mistake> {
        super::read(text, Path::new("/etc/t"), Path::new("/home/u"))
    }

    #[test]
    fn every_key_can_be_said_and_is_kept() {
        for key in &ALL {
            // Each in a profile of its own, because a token has one source.
            let (service, name) = key.place();
            let (value, expected) = match key.shape {
                Shape::Text | Shape::Size => ("\"x\"", Value::Text("x".into())),
                Shape::Path => ("\"x\"", Value::Text("/etc/t/x".into())),
                Shape::Switch => ("true", Value::Text("true".into())),
                Shape::OneOf(_) => ("\"json\"", Value::Text("json".into())),
                Shape::Secret => ("\"x\"", Value::Secret("x".to_owned().into())),
                Shape::Secrets => ("[\"x\"]", Value::Secrets(vec!["x".to_owned().into()])),
            };
            let service = service.map(|name| format!(".{name}")).unwrap_or_default();
            let text = format!("[profiles.a{service}]\n{name} = {value}\n");
            let config = read(&text).expect(&text);
            let profile = config.profile("a").expect("it is there");
            assert_eq!(profile.value(key), Some(&expected), "{text}");
            let wrong = format!("[profiles.a{service}]\n{name} = [1]\n");
            assert_eq!(read(&wrong).expect_err(&wrong).line, 2, "{wrong}");
        }
    }

    #[test]
    fn a_mistake_names_its_line_and_what_was_meant() {
        for (text, line, why, hint) in [
            ("\ndefalt = \"a\"", 2, "'defalt'", Some("default")),
            (
                "[profiles.a]\n\nreadonly = true",
                3,
                "'readonly'",
                Some("read_only"),
            ),
            (
                "[profiles.a]\n[profiles.a.clsap]",
                2,
                "'clsap'",
                Some("clasp"),
            ),
            ("[profiles.a.clasp]\nulr = \"\"", 2, "'ulr'", Some("url")),
            (
                "[profiles.a.vuer]\ntoken = \"x\"",
                2,
                "'token'",
                Some("max_size"),
            ),
            ("[profiles.a]\nread_only = 1", 2, "true or false", None),
            ("[profiles.a]\nallow = \"/a\"", 2, "array of strings", None),
            ("[profiles.a]\noutput = \"xml\"", 2, "ndjson", None),
            ("profiles = 1", 1, "a table", None),
            ("a = \n", 1, "", None),
            (
                "[profiles.a.clasp]\ntoken = \"x\"\ntoken_file = \"y\"",
                3,
                "one source",
                None,
            ),
        ] {
            let mistake = read(text).expect_err(text);
            assert_eq!(mistake.line, line, "{text}: {mistake:?}");
            assert!(mistake.why.contains(why), "{text}: {mistake:?}");
            let said = mistake.hint.unwrap_or_default();
            assert!(said.contains(hint.unwrap_or_default()), "{text}: {said}");
        }
    }

    #[test]
    fn paths_begin_at_home_or_beside_the_file() {
        let text = "[profiles.a.clasp]\ntoken_file = \"~/t\"\nca = \"/ca.pem\"";
        let config = read(text).expect(text);
        let profile = config.profile("a").expect("it is there");
        let path = |key| profile.value(key).cloned();
        assert_eq!(
            path(&keys::CLASP_TOKEN.file),
            Some(Value::Text("/home/u/t".into()))
        );
        assert_eq!(path(&keys::CLASP_CA), Some(Value::Text("/ca.pem".into())));
    }
}
