//! Shows publications for `-v` and `--trace`, as a line or a JSON object.

use std::io::{self, Write};

use serde_json::json;

use super::codec::Publish;
use super::envelope::wrap;
use super::payload::{Form, value};
use crate::trace::{Content, Language};

/// The language for traces. Frames are never decoded; publications are shown directly, see
/// [`Shown`].
pub const LANGUAGE: Language = Language {
    service: "mqtt",
    read: |_| Err("an MQTT packet".into()),
};

/// Displays a publication.
pub struct Shown<'p>(pub &'p Publish);

impl Content for Shown<'_> {
    fn kind(&self) -> &str {
        "MQTT"
    }

    fn address(&self) -> Option<&str> {
        Some(&self.0.topic)
    }

    fn brief(&self, out: &mut dyn Write) -> io::Result<()> {
        let Publish { qos, retain, .. } = self.0;
        write!(out, "QoS {qos}{} ", if *retain { " retained" } else { "" })?;
        match value(&self.0.payload, Form::Auto) {
            Ok(value) => serde_json::to_writer(&mut *out, &value)?,
            Err(why) => out.write_all(why.as_bytes())?,
        }
        if let Some(properties) = properties(self.0) {
            out.write_all(b" with ")?;
            serde_json::to_writer(out, &properties)?;
        }
        Ok(())
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        Ok(serde_json::to_writer(out, &document(self.0))?)
    }
}

/// A publication as a document: `{"topic","payload","qos","retain"}`, and its properties as in an
/// [envelope](super::envelope).
pub fn document(publish: &Publish) -> serde_json::Value {
    let payload = value(&publish.payload, Form::Auto).map(|value| json!(value));
    let mut document = json!({
        "topic": publish.topic,
        "payload": payload.unwrap_or_default(),
        "qos": publish.qos,
        "retain": publish.retain,
    });
    if let (Some(document), Some(serde_json::Value::Object(properties))) =
        (document.as_object_mut(), properties(publish))
    {
        document.extend(properties);
    }
    document
}

/// The properties of a publication as an object, if it has any.
fn properties(publish: &Publish) -> Option<serde_json::Value> {
    if publish.properties.is_empty() {
        return None;
    }
    Some(json!(wrap(None, &publish.properties)))
}
