//! Edits the document of `config.toml`. Comments, order and formatting of everything else stay as
//! they are.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value as Toml};

use super::keys::{ALL, Key, SERVICES, Shape};
use super::profile::{Profile, Value};

/// Writes a profile into the document; settings that it does not have are removed.
pub(super) fn put(document: &mut DocumentMut, name: &str, profile: &Profile) {
    let profiles = child(document.as_table_mut(), "profiles");
    let table = child(profiles, name);
    let guards = &profile.guards;
    let allow = Array::from_iter(guards.allow.iter().map(String::as_str));
    say(table, "read_only", guards.read_only.then(|| true.into()));
    say(
        table,
        "allow",
        (!allow.is_empty()).then_some(Toml::Array(allow)),
    );
    say(table, "confirm", guards.confirm.then(|| true.into()));
    for key in &ALL {
        let value = profile.value(key).map(|value| toml(key, value));
        let (service, name) = key.place();
        match service {
            None => say(table, name, value),
            // Does not create an empty table.
            Some(service) if value.is_some() || table.contains_key(service) => {
                say(child(table, service), name, value);
            }
            Some(_) => {}
        }
    }
    for service in SERVICES {
        let left = table.get(service).and_then(Item::as_table_like);
        if left.is_some_and(TableLike::is_empty) {
            table.remove(service);
        }
    }
}

/// Removes a profile, also as the one in use. A comment directly above it is removed, too; comments
/// above an empty line stay.
pub(super) fn remove(document: &mut DocumentMut, name: &str) {
    let removed = document
        .get_mut("profiles")
        .and_then(Item::as_table_like_mut)
        .and_then(|profiles| profiles.remove(name));
    if document.get("default").and_then(Item::as_str) == Some(name) {
        document.remove("default");
    }
    let mut first: Option<(isize, String)> = None;
    if let Some(Item::Table(mut table)) = removed {
        visit(&mut table, &mut |table| {
            if let Some(place) = table.position().filter(|place| is_before(*place, &first)) {
                first = Some((place, prefix(table)));
            }
        });
    }
    let Some((place, above)) = first else {
        return;
    };
    let Some(end) = above.rfind("\n\n") else {
        return;
    };
    let stays = &above[..end + 1];
    let mut next: Option<(isize, String)> = None;
    visit(document.as_table_mut(), &mut |table| {
        if let Some(other) = table.position().filter(|other| *other > place)
            && is_before(other, &next)
        {
            next = Some((other, prefix(table)));
        }
    });
    let Some((next, below)) = next else {
        let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
        return document.set_trailing(format!("{stays}{trailing}"));
    };
    visit(document.as_table_mut(), &mut |table| {
        if table.position() == Some(next) {
            table.decor_mut().set_prefix(format!("{stays}{below}"));
        }
    });
}

fn is_before(place: isize, found: &Option<(isize, String)>) -> bool {
    found.as_ref().is_none_or(|(other, _)| place < *other)
}

/// The comments and empty lines above a table's header.
fn prefix(table: &Table) -> String {
    let prefix = table.decor().prefix().and_then(|prefix| prefix.as_str());
    prefix.unwrap_or_default().to_owned()
}

/// Calls `see` with every table that has a header.
fn visit(table: &mut Table, see: &mut impl FnMut(&mut Table)) {
    if !table.is_implicit() && !table.is_dotted() {
        see(table);
    }
    for (_, item) in table.iter_mut() {
        if let Item::Table(table) = item {
            visit(table, see);
        }
    }
}

/// Sets which profile is in use.
pub(super) fn use_profile(document: &mut DocumentMut, name: Option<&str>) {
    let mut name = name.map(Toml::from);
    if let Some(name) = &mut name
        && document.get("default").is_none()
        && !document.to_string().starts_with('\n')
    {
        // Puts an empty line before the first table.
        name.decor_mut().set_suffix("\n");
    }
    say(document.as_table_mut(), "default", name);
}

/// The table of this name, which is created if it is missing. A created one gets a header only if it
/// has values of its own.
fn child<'t>(table: &'t mut dyn TableLike, name: &str) -> &'t mut dyn TableLike {
    let item = table.entry(name).or_insert_with(|| {
        let mut made = Table::new();
        made.set_implicit(true);
        Item::Table(made)
    });
    item.as_table_like_mut()
        .expect("what is no table was refused when it was read")
}

/// Sets a value and keeps the comment after it, or removes the value.
fn say(table: &mut dyn TableLike, name: &str, value: Option<Toml>) {
    let Some(mut value) = value else {
        table.remove(name);
        return;
    };
    match table.get_mut(name).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => _ = table.insert(name, Item::Value(value)),
    }
}

fn toml(key: &Key, value: &Value) -> Toml {
    match value {
        Value::Text(text) if key.shape == Shape::Switch => (text == "true").into(),
        Value::Text(text) => text.as_str().into(),
        Value::Secret(secret) => secret.expose().into(),
        Value::Secrets(secrets) => {
            Toml::Array(secrets.iter().map(|secret| secret.expose()).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, edit: impl FnOnce(&mut DocumentMut)) -> String {
        let mut document: DocumentMut = text.parse().expect("it is TOML");
        edit(&mut document);
        document.to_string()
    }

    #[test]
    fn a_removed_profile_takes_only_its_own_comment_with_it() {
        for (text, expected) in [
            (
                "# mine\n\n# a\n[profiles.a]\n\n# b\n[profiles.b]\n",
                "# mine\n\n# b\n[profiles.b]\n",
            ),
            ("# a\n[profiles.a.vuer]\n[profiles.b]\n", "[profiles.b]\n"),
            (
                "[profiles.b]\n\n# more\n\n[profiles.a.clasp]\n[profiles.a.vuer]\n",
                "[profiles.b]\n\n# more\n",
            ),
            (
                "default = 'a'\n# a\n[profiles.a]\n[profiles.b]\n",
                "[profiles.b]\n",
            ),
            ("profiles = { a = {}, b = {} }\n", "profiles = { b = {} }\n"),
        ] {
            assert_eq!(
                edited(text, |document| remove(document, "a")),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn the_profile_in_use_stands_at_the_top() {
        for (text, expected) in [
            ("[profiles.a]\n", "default = \"a\"\n\n[profiles.a]\n"),
            ("\n[profiles.a]\n", "default = \"a\"\n\n[profiles.a]\n"),
            (
                "default = 'b' # now\n[profiles.a]\n",
                "default = \"a\" # now\n[profiles.a]\n",
            ),
        ] {
            let used = edited(text, |document| use_profile(document, Some("a")));
            assert_eq!(used, expected, "{text}");
        }
    }
}
