//! Requests and responses for the trace (`-v`, `--trace`).
//!
//! Secrets in known fields are hidden here, such as the plaintext of a new token. The bearer token
//! is not shown at all.

use std::fmt::Display;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::body::Ready;
use super::{Body, Event, Route};
use crate::trace::{Content, HIDDEN, Language, names_secret};

/// The protocol for the trace: HTTP, which has no frames.
pub(super) const LANGUAGE: Language = Language {
    service: "forge",
    read: |_| Err("HTTP has no frames".to_owned()),
};

/// A request.
pub(super) struct Request {
    method: &'static str,
    path: String,
    body: Value,
}

/// A response.
pub(super) struct Response {
    status: u16,
    kind: String,
    body: Value,
}

/// An event of a stream.
pub(super) struct Heard {
    name: String,
    data: Value,
}

impl Heard {
    pub(super) fn new(event: &Event) -> Heard {
        Heard {
            name: event.name.clone(),
            data: hidden(Body::read(event.data.as_bytes()).to_json()),
        }
    }
}

impl Request {
    pub(super) fn new(route: &Route, payload: &Ready) -> Request {
        Request {
            method: route.method().name(),
            path: route.to_string(),
            body: match payload {
                Ready::None => Value::Null,
                Ready::Json(bytes) => hidden(Body::read(bytes).to_json()),
                Ready::Stream { content_type, .. } => json!({ "content_type": content_type }),
            },
        }
    }
}

impl Response {
    pub(super) fn new(status: u16, body: &Body) -> Response {
        Response {
            status,
            kind: status.to_string(),
            body: hidden(body.to_json()),
        }
    }
}

/// The value with every text hidden whose field name suggests a secret.
fn hidden(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| match value {
                Value::String(_) if names_secret(&name) => (name, json!(HIDDEN)),
                value => (name, hidden(value)),
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(hidden).collect()),
        value => value,
    }
}

/// Writes a body into a short line; nothing if there is no body.
fn brief(body: &Value, out: &mut dyn Write) -> io::Result<()> {
    match body {
        Value::Null => Ok(()),
        body => write!(out, "{}", body as &dyn Display),
    }
}

impl Content for Request {
    fn kind(&self) -> &str {
        self.method
    }

    fn address(&self) -> Option<&str> {
        Some(&self.path)
    }

    fn brief(&self, out: &mut dyn Write) -> io::Result<()> {
        brief(&self.body, out)
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        let (method, path, body) = (self.method, &self.path, &self.body);
        let whole = json!({ "type": method, "path": path, "body": body });
        serde_json::to_writer(out, &whole).map_err(Into::into)
    }
}

impl Content for Response {
    fn kind(&self) -> &str {
        &self.kind
    }

    fn address(&self) -> Option<&str> {
        None
    }

    fn is_failure(&self) -> bool {
        self.status >= 400
    }

    fn brief(&self, out: &mut dyn Write) -> io::Result<()> {
        brief(&self.body, out)
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        let whole = json!({ "type": "response", "status": self.status, "body": self.body });
        serde_json::to_writer(out, &whole).map_err(Into::into)
    }
}

impl Content for Heard {
    fn kind(&self) -> &str {
        &self.name
    }

    fn address(&self) -> Option<&str> {
        None
    }

    fn brief(&self, out: &mut dyn Write) -> io::Result<()> {
        brief(&self.data, out)
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        let whole = json!({ "type": "event", "event": self.name, "data": self.data });
        serde_json::to_writer(out, &whole).map_err(Into::into)
    }
}
