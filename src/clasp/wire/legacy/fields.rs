//! Reads the fields of a legacy message.
//!
//! Takes a decoded map. Gives typed fields, or an error that names the message and the field.

use std::borrow::Cow;

use super::super::code::set;
use super::super::error::DecodeError;
use super::super::message::{Features, TTL_MAX_SECONDS, Ttl, TypeMask};
use super::super::value::Value;
use super::signal_type;

/// The fields of a map that have not been read yet.
pub(super) struct Fields<'a> {
    /// The name of the message, for errors.
    pub what: &'static str,
    entries: Vec<(Cow<'a, str>, Value<'a>)>,
}

impl<'a> Fields<'a> {
    pub fn of(value: Value<'a>, what: &'static str) -> Result<Self, DecodeError> {
        match value {
            Value::Map(entries) => Ok(Fields { what, entries }),
            other => Err(DecodeError::malformed(
                what,
                format!("{} where a map belongs", other.type_name()),
            )),
        }
    }

    pub fn none(what: &'static str) -> Self {
        Fields {
            what,
            entries: Vec::new(),
        }
    }

    /// The field, nil included.
    pub fn take(&mut self, name: &str) -> Option<Value<'a>> {
        let at = self.entries.iter().position(|(key, _)| key == name)?;
        Some(self.entries.swap_remove(at).1)
    }

    /// The field, unless it is nil.
    pub fn present(&mut self, name: &str) -> Option<Value<'a>> {
        self.take(name).filter(|value| *value != Value::Null)
    }

    pub fn missing(&self, name: &str) -> DecodeError {
        DecodeError::malformed(self.what, format!("it has no {name}"))
    }

    pub fn wrong(&self, name: &str) -> DecodeError {
        DecodeError::malformed(self.what, format!("its {name} makes no sense"))
    }

    pub fn need<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> Result<Option<T>, DecodeError>,
    ) -> Result<T, DecodeError> {
        read(self, name)?.ok_or_else(|| self.missing(name))
    }

    pub fn optional_text(&mut self, name: &str) -> Result<Option<Cow<'a, str>>, DecodeError> {
        match self.present(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name)),
        }
    }

    pub fn text(&mut self, name: &str) -> Result<Cow<'a, str>, DecodeError> {
        self.need(name, Self::optional_text)
    }

    pub fn int<T: TryFrom<i64>>(&mut self, name: &str) -> Result<Option<T>, DecodeError> {
        match self.present(name) {
            None => Ok(None),
            Some(Value::Int(number)) => T::try_from(number).map(Some).map_err(|_| self.wrong(name)),
            Some(_) => Err(self.wrong(name)),
        }
    }

    pub fn float(&mut self, name: &str) -> Result<Option<f64>, DecodeError> {
        match self.present(name) {
            None => Ok(None),
            Some(value) => value.as_f64().map(Some).ok_or_else(|| self.wrong(name)),
        }
    }

    pub fn bool(&mut self, name: &str) -> Result<Option<bool>, DecodeError> {
        match self.present(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(self.wrong(name)),
        }
    }

    /// A list, empty if it is absent.
    pub fn list<T>(
        &mut self,
        name: &str,
        read: impl FnMut(Value<'a>) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        match self.present(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => items.into_iter().map(read).collect(),
            Some(_) => Err(self.wrong(name)),
        }
    }

    pub fn token(&mut self) -> Result<Option<Cow<'a, str>>, DecodeError> {
        Ok(self.optional_text("token")?.filter(|t| !t.is_empty()))
    }

    /// Unknown names are skipped.
    pub fn features(&mut self) -> Result<Features, DecodeError> {
        let names = self.list("features", Ok)?;
        let bits = Features::NAMES
            .into_iter()
            .filter(|(_, name)| names.contains(&Value::String(Cow::Borrowed(*name))))
            .fold(0, |bits, (bit, _)| bits | bit);
        Ok(Features(bits))
    }

    /// An empty or absent list means all types.
    pub fn types(&mut self) -> Result<TypeMask, DecodeError> {
        let what = self.what;
        let types = self.list("types", |value| match value {
            Value::String(name) => signal_type(&name, what),
            _ => Err(DecodeError::malformed(what, "its types are not names")),
        })?;
        Ok(if types.is_empty() {
            TypeMask::ALL
        } else {
            TypeMask::of(types)
        })
    }

    /// `"Never"`, `{"Sliding": seconds}` or `{"Absolute": seconds}`.
    pub fn ttl(&mut self) -> Result<Option<Ttl>, DecodeError> {
        let seconds = |value: &Value<'_>| match value {
            Value::Int(s) => u32::try_from(*s).ok().filter(|s| *s <= TTL_MAX_SECONDS),
            _ => None,
        };
        let ttl = match self.present("ttl") {
            None => return Ok(None),
            Some(Value::String(name)) if name == "Never" => Some(Ttl::Never),
            Some(Value::Map(entries)) => match entries.as_slice() {
                // As in the binary encoding, 0 seconds means for ever.
                [(key, value)] if key == "Sliding" => seconds(value).map(Ttl::from_bits),
                [(key, value)] if key == "Absolute" => {
                    seconds(value).map(|s| Ttl::from_bits(s | set::TTL_ABSOLUTE))
                }
                _ => None,
            },
            Some(_) => None,
        };
        ttl.map(Some).ok_or_else(|| self.wrong("ttl"))
    }
}
