//! How an event looks to people: an event enters, words leave.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::term::Words;
use crate::text::time::Clock;
use crate::vuer::event::{Event, Value};

/// Writes `14:02:11.482  UPSERT  {"nodes":…}`: when it came, what it is, what it holds.
pub fn event(words: &mut Words, clock: &Clock, received_ms: u64, event: &Event<'_>) {
    words
        .dim(clock.time_of_day(received_ms.saturating_mul(1_000)))
        .plain("  ")
        .address(event.etype());
    let rest = Rest(event.message());
    let json = match rest.only_data() {
        Some(data) => serde_json::to_string(&data),
        None => serde_json::to_string(&rest),
    };
    words.plain("  ").plain(json.unwrap_or_default());
}

/// A message without what is shown already.
struct Rest<'a>(Value<'a>);

impl<'a> Rest<'a> {
    fn entries(&self) -> impl Iterator<Item = (Value<'a>, Value<'a>)> {
        self.0
            .entries()
            .filter(|(key, _)| !matches!(key.as_str(), Some("etype" | "ts")))
    }

    /// What most events have, and nothing else.
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
        let mut map = serializer.serialize_map(None)?;
        // A key that is no string has no place in an object; a message has none, and if it has,
        // the whole of it is in the JSON form.
        for (key, value) in self.entries() {
            if let Some(key) = key.as_str() {
                map.serialize_entry(key, &value)?;
            }
        }
        map.end()
    }
}
