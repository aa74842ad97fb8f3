//! Shows publications for `-v` and `--trace`, as a line or a JSON object.

use std::io::{self, Write};

use serde_json::json;

use super::codec::Publish;
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
            Ok(value) => Ok(serde_json::to_writer(out, &value)?),
            Err(why) => out.write_all(why.as_bytes()),
        }
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        Ok(serde_json::to_writer(out, &document(self.0))?)
    }
}

/// A publication as a document: `{"topic","payload","qos","retain"}`.
pub fn document(publish: &Publish) -> serde_json::Value {
    let payload = value(&publish.payload, Form::Auto).map(|value| json!(value));
    json!({
        "topic": publish.topic,
        "payload": payload.unwrap_or_default(),
        "qos": publish.qos,
        "retain": publish.retain,
    })
}
