//! Decodes server-sent events. Takes bytes in pieces of any size; gives [`Event`]s. No I/O.
//!
//! ```text
//! event: delta                             one event: lines of `field: value` up to a blank line
//! data: {"type":"delta","content":"w0 "}
//!
//! : still here                             a comment, which only keeps the connection alive
//! ```
//!
//! The service's events are `start`, `delta`, `text`, `thinking`, `tool_call`, `tool_result`, and
//! last `reply` or `error`, which has the body of the reply without a stream.

use serde_json::Value;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The event's name; `message` if it has none.
    pub name: String,
    /// The `data` lines, with line feeds between them.
    pub data: String,
}

impl Event {
    /// Whether it is the last event: the reply, or an error instead of it.
    pub fn is_last(&self) -> bool {
        matches!(self.name.as_str(), "reply" | "error")
    }

    /// The data as a JSON object; the event's name becomes its `type` if it has none. `None` if the
    /// data is not a JSON object.
    pub fn document(&self) -> Option<Value> {
        let mut document: Value = serde_json::from_str(&self.data).ok()?;
        let fields = document.as_object_mut()?;
        if !fields.contains_key("type") {
            fields.insert("type".to_owned(), Value::String(self.name.clone()));
        }
        Some(document)
    }
}

/// Splits an event stream into events.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The beginning of a line that is not complete yet.
    line: Vec<u8>,
    /// Whether the last byte was a carriage return; a line feed after it does not end another line.
    after_return: bool,
    /// Whether a line has been read; a byte order mark is skipped before the first one.
    begun: bool,
    name: String,
    data: Option<String>,
}

impl Decoder {
    /// Takes a piece of the stream and adds the events that it completes. An event without data is
    /// ignored, and so is one without its blank line.
    pub fn push(&mut self, piece: &[u8], events: &mut Vec<Event>) {
        let mut rest = piece;
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (before, end) = (&rest[..at], rest[at]);
            let is_second_half = end == b'\n' && at == 0 && self.after_return;
            rest = &rest[at + 1..];
            self.after_return = end == b'\r';
            if !is_second_half {
                self.line.extend_from_slice(before);
                let line = std::mem::take(&mut self.line);
                events.extend(self.end_line(&line));
            }
        }
        if !rest.is_empty() {
            self.after_return = false;
            self.line.extend_from_slice(rest);
        }
    }

    fn end_line(&mut self, line: &[u8]) -> Option<Event> {
        let text = String::from_utf8_lossy(line);
        let mut text = text.as_ref();
        if !std::mem::replace(&mut self.begun, true) {
            text = text.strip_prefix('\u{feff}').unwrap_or(text);
        }
        if text.is_empty() {
            let name = std::mem::take(&mut self.name);
            let data = self.data.take()?;
            let name = if name.is_empty() {
                "message".to_owned()
            } else {
                name
            };
            return Some(Event { name, data });
        }
        let (field, value) = text.split_once(':').unwrap_or((text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                none => *none = Some(value.to_owned()),
            },
            // A comment has no field name. `id` and `retry` are only for reconnecting, which this
            // client does not do.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The events of a stream that is passed in pieces of this size.
    fn decoded(stream: &str, step: usize) -> Vec<(String, String)> {
        let (mut decoder, mut events) = (Decoder::default(), Vec::new());
        for piece in stream.as_bytes().chunks(step) {
            decoder.push(piece, &mut events);
        }
        events.into_iter().map(|e| (e.name, e.data)).collect()
    }

    #[test]
    fn events_come_out_whole_whatever_the_pieces_and_line_ends() {
        let table: [(&str, &[(&str, &str)]); 8] = [
            ("event: delta\ndata: {}\n\n", &[("delta", "{}")]),
            (
                "data:x\n\ndata:  y\n\n",
                &[("message", "x"), ("message", " y")],
            ),
            ("data: a\ndata: b\ndata\n\n", &[("message", "a\nb\n")]),
            (
                ": still here\n\nevent: start\n\ndata: 1\n\n",
                &[("message", "1")],
            ),
            (
                "\u{feff}event: a\ndata: \u{fc}\u{1f3ad}\n\n",
                &[("a", "\u{fc}\u{1f3ad}")],
            ),
            (
                "id: 7\nretry: 10\nother: x\ndata: 1\n\n",
                &[("message", "1")],
            ),
            // There is no blank line, so the event may be incomplete.
            ("event: reply\ndata: {}\n", &[]),
            ("", &[]),
        ];
        for (stream, expected) in table {
            let expected: Vec<_> = expected
                .iter()
                .map(|(name, data)| ((*name).to_owned(), (*data).to_owned()))
                .collect();
            for end in ["\n", "\r\n", "\r"] {
                let stream = stream.replace('\n', end);
                for step in [1, 2, 3, 7, usize::MAX] {
                    assert_eq!(decoded(&stream, step), expected, "{stream:?} by {step}");
                }
            }
        }
    }

    #[test]
    fn a_document_has_its_type() {
        let event = |name: &str, data: &str| Event {
            name: name.to_owned(),
            data: data.to_owned(),
        };
        let document = |name, data| event(name, data).document().map(|json| json.to_string());
        assert_eq!(
            document("start", r#"{"run_id":"r"}"#).as_deref(),
            Some(r#"{"run_id":"r","type":"start"}"#)
        );
        assert_eq!(
            document("delta", r#"{"type":"text"}"#).as_deref(),
            Some(r#"{"type":"text"}"#)
        );
        assert_eq!(document("delta", "[1]"), None);
        assert_eq!(document("delta", "prose"), None);
        assert!(event("reply", "").is_last() && event("error", "").is_last());
        assert!(!event("text", "").is_last());
    }
}
