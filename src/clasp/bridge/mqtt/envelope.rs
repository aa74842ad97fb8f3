//! Converts the value of a publication that has properties to one CLASP value and back. No I/O.
//!
//! A CLASP message has no place for properties, so the value and the properties become a map, with
//! those keys that are needed:
//!
//! ```text
//! { "value": 21.5,
//!   "properties": {"unit": "C", "tag": ["a", "b"]},   user properties: a name given twice is an array
//!   "content_type": "application/json",
//!   "response_topic": "replies/7",
//!   "correlation_data": bytes }
//! ```
//! A map that has these keys and no others, and at least one beside `value`, is an envelope. A
//! payload that looks like one is put into an envelope of its own, with empty `properties`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;

use super::codec::Properties;
use super::topic::{check_name, check_text};
use crate::clasp::wire::Value;

const VALUE: &str = "value";
const USER: &str = "properties";
const CONTENT_TYPE: &str = "content_type";
const RESPONSE_TOPIC: &str = "response_topic";
const CORRELATION_DATA: &str = "correlation_data";

/// What an envelope contains.
#[derive(Debug, PartialEq)]
pub struct Opened<'v> {
    /// The value, if there is one.
    pub value: Option<&'v Value<'v>>,
    /// The properties.
    pub properties: Properties,
}

/// The value of a publication with these properties. Without properties it is the value itself,
/// unless that looks like an envelope.
pub fn wrap(value: Option<Value<'static>>, properties: &Properties) -> Option<Value<'static>> {
    if properties.is_empty() && !value.as_ref().is_some_and(is_envelope) {
        return value;
    }
    let string = |text: &String| Value::String(text.clone().into());
    let user = Some(user_map(&properties.user));
    let user = user.filter(|_| !properties.user.is_empty() || properties.is_empty());
    let data = properties.correlation_data.clone();
    let entries = [
        (VALUE, value),
        (USER, user),
        (CONTENT_TYPE, properties.content_type.as_ref().map(string)),
        (
            RESPONSE_TOPIC,
            properties.response_topic.as_ref().map(string),
        ),
        (CORRELATION_DATA, data.map(|data| Value::Bytes(data.into()))),
    ];
    let entries = entries.into_iter();
    let entries = entries.filter_map(|(key, value)| Some((key.into(), value?)));
    Some(Value::Map(entries.collect()))
}

/// Names and values as a map. A name that occurs several times has an array of its values, at the
/// place where it occurs first.
fn user_map(user: &[(String, String)]) -> Value<'static> {
    let mut places = HashMap::new();
    let mut entries: Vec<(Cow<'static, str>, Value<'static>)> = Vec::new();
    for (name, text) in user {
        let text = Value::String(text.clone().into());
        match places.get(name.as_str()) {
            None => {
                places.insert(name.as_str(), entries.len());
                entries.push((name.clone().into(), text));
            }
            Some(place) => match &mut entries[*place].1 {
                Value::Array(texts) => texts.push(text),
                first => *first = Value::Array(vec![first.clone(), text]),
            },
        }
    }
    Value::Map(entries)
}

/// Opens an envelope; `None` if the value is not one.
///
/// # Errors
/// Which part of the envelope cannot be sent as MQTT, and why.
pub fn open<'v>(value: &'v Value<'v>) -> Result<Option<Opened<'v>>, String> {
    let Value::Map(entries) = value else {
        return Ok(None);
    };
    if !is_envelope(value) {
        return Ok(None);
    }
    let mut opened = Opened {
        value: None,
        properties: Properties::default(),
    };
    let properties = &mut opened.properties;
    for (key, value) in entries {
        match &**key {
            USER => properties.user = user_list(value)?,
            CONTENT_TYPE => {
                properties.content_type = Some(text(value).map_err(|why| at(key, why))?)
            }
            RESPONSE_TOPIC => {
                let topic = text(value).map_err(|why| at(key, why))?;
                check_name(&topic).map_err(|why| at(key, why))?;
                properties.response_topic = Some(topic);
            }
            CORRELATION_DATA => {
                let data = match value {
                    Value::Bytes(bytes) => bytes.to_vec(),
                    Value::String(text) => text.as_bytes().to_vec(),
                    other => return Err(at(key, not(other, "bytes or a string"))),
                };
                properties.correlation_data = Some(data);
            }
            _ => opened.value = Some(value),
        }
    }
    Ok(Some(opened))
}

/// Whether it is a map with the keys of an envelope.
fn is_envelope(value: &Value<'_>) -> bool {
    const KEYS: [&str; 5] = [VALUE, USER, CONTENT_TYPE, RESPONSE_TOPIC, CORRELATION_DATA];
    match value {
        Value::Map(entries) => {
            entries.iter().all(|(key, _)| KEYS.contains(&&**key))
                && entries.iter().any(|(key, _)| key != VALUE)
        }
        _ => false,
    }
}

fn user_list(value: &Value<'_>) -> Result<Vec<(String, String)>, String> {
    let Value::Map(entries) = value else {
        return Err(at(USER, not(value, "a map")));
    };
    let mut list = Vec::new();
    for (name, value) in entries {
        check_text(name).map_err(|why| at(USER, format_args!("a name: {why}")))?;
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            let text = text(value).map_err(|why| at(USER, at(name, why)))?;
            list.push((name.to_string(), text));
        }
    }
    Ok(list)
}

fn text(value: &Value<'_>) -> Result<String, String> {
    match value {
        Value::String(text) => {
            check_text(text)?;
            Ok(text.to_string())
        }
        other => Err(not(other, "a string")),
    }
}

fn not(value: &Value<'_>, wanted: &str) -> String {
    format!("it is {}, not {wanted}", value.type_name())
}

/// A reason with the key that it is about.
fn at(key: &str, why: impl Display) -> String {
    format!("{key}: {why}")
}

#[cfg(test)]
mod tests;
