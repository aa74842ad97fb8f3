//! Shows events on a terminal and in traces. Takes an event, gives its content without type and
//! time, or all of it.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::{Event, Value};
use crate::trace::{Content, Language};

/// How traces show Vuer.
pub const LANGUAGE: Language = Language {
    service: "vuer",
    read: |message| match Event::read(message) {
        Ok(event) => Ok(Box::new(event)),
        Err(error) => Err(error.to_string()),
    },
};

impl Content for Event<'_> {
    fn kind(&self) -> &str {
        self.etype()
    }

    fn address(&self) -> Option<&str> {
        None
    }

    fn brief(&self, out: &mut dyn Write) -> io::Result<()> {
        Ok(serde_json::to_writer(out, &self.rest())?)
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        Ok(serde_json::to_writer(out, self)?)
    }
}

impl<'a> Event<'a> {
    /// The content without type and time; only the data, if there is nothing else.
    pub fn rest(&self) -> Rest<'a> {
        Rest(self.message())
    }
}

/// A message without type and time.
#[derive(Debug, Clone, Copy)]
pub struct Rest<'a>(Value<'a>);

impl<'a> Rest<'a> {
    fn entries(&self) -> impl Iterator<Item = (Value<'a>, Value<'a>)> {
        self.0
            .entries()
            .filter(|(key, _)| !matches!(key.as_str(), Some("etype" | "ts")))
    }

    /// The data, if the event has nothing else.
    fn only_data(&self) -> Option<Value<'a>> {
        let mut entries = self.entries();
        match (entries.next(), entries.next()) {
            (Some((key, data)), None) if matches!(key.as_str(), Some("data" | "value")) => {
                Some(data)
            }
            _ => None,
        }
    }
}

impl Serialize for Rest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(data) = self.only_data() {
            return data.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        // A key that is not a string is left out. Events normally have none; the JSON form shows
        // them.
        for (key, value) in self.entries() {
            if let Some(key) = key.as_str() {
                map.serialize_entry(key, &value)?;
            }
        }
        map.end()
    }
}
