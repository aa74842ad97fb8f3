//! Changes to `config.toml` that leave the rest of it alone: a document enters and leaves, with
//! its comments, its order and what was written by hand.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value as Toml};

use super::keys::{ALL, Key, SERVICES, Shape};
use super::profile::{Profile, Value};

/// Lets the document say of a profile exactly this.
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
            // Not to make a table only to leave it empty.
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

/// Takes a profile out; and as the one in use, if it is that.
pub(super) fn remove(document: &mut DocumentMut, name: &str) {
    if let Some(profiles) = document
        .get_mut("profiles")
        .and_then(Item::as_table_like_mut)
    {
        profiles.remove(name);
    }
    if document.get("default").and_then(Item::as_str) == Some(name) {
        document.remove("default");
    }
}

/// Says which profile is in use.
pub(super) fn use_profile(document: &mut DocumentMut, name: Option<&str>) {
    say(document.as_table_mut(), "default", name.map(Toml::from));
}

/// The table of this name, which is made if there is none. A made one has a header only if a value
/// stands right under it.
fn child<'t>(table: &'t mut dyn TableLike, name: &str) -> &'t mut dyn TableLike {
    let item = table.entry(name).or_insert_with(|| {
        let mut made = Table::new();
        made.set_implicit(true);
        Item::Table(made)
    });
    item.as_table_like_mut()
        .expect("what is no table was refused when it was read")
}

/// Sets a value in its place, with the comment behind it; or takes it out.
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
