//! An answer that is shown while it comes (`--stream`): the events of a stream enter; text leaves,
//! piece by piece, or the events themselves for who asked for JSON.
//!
//! What the run came to is not said here: that is the last event's, and the client's to read.

use std::cell::RefCell;

use serde_json::Value;

use crate::error::Failure;
use crate::forge::api::event_stream::Event;
use crate::forge::api::large::Field;
use crate::forge::api::reply::value_of;
use crate::term::Printer;

/// What was shown so far.
#[derive(Debug, Default)]
pub struct Live {
    /// All of the text.
    text: String,
    /// Where in it the model's present text begins: before it are those that are whole.
    begin: usize,
    /// Whether that one is whole.
    is_whole: bool,
    /// Why it is not all shown.
    trouble: RefCell<Option<Failure>>,
}

/// Whether events are printed as they are, and not only their text: JSON was asked for, or `--jq`.
pub fn wants_events(printer: &Printer) -> bool {
    printer.is_filtered() || (printer.is_json_requested() && !printer.is_raw())
}

impl Live {
    /// Shows an event. That it cannot be shown is told at the end, and stops nothing.
    pub fn hear(&mut self, event: &Event, printer: &mut Printer) {
        let Some(document) = event.document() else {
            return;
        };
        let before = self.text.chars().next_back();
        let piece = self.add(&document);
        if wants_events(printer) {
            self.try_to(printer, |printer| printer.value(&document));
        } else if !piece.is_empty() {
            self.try_to(printer, |printer| printer.piece(&piece, before));
        }
    }

    /// Adds what an event says to the text, and gives it: a `text` comes whole behind its `delta`s,
    /// and the next one, behind a tool's doings, begins a line.
    fn add(&mut self, document: &Value) -> String {
        let content = document["content"].as_str().unwrap_or_default();
        let kind = document["type"].as_str().unwrap_or_default();
        let piece = match kind {
            "delta" => content,
            "text" if self.is_whole => content,
            "text" => {
                let shown = &self.text[self.begin..];
                content.strip_prefix(shown).unwrap_or_default()
            }
            _ => return String::new(),
        };
        let mut added = String::new();
        if self.is_whole && !piece.is_empty() {
            if !self.text.ends_with('\n') {
                added.push('\n');
            }
            self.begin = self.text.len() + added.len();
            self.is_whole = false;
        }
        added.push_str(piece);
        self.text.push_str(&added);
        self.is_whole |= kind == "text";
        added
    }

    /// Ends the line that the text has begun.
    pub fn end_line(&mut self, printer: &mut Printer) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
            if !wants_events(printer) {
                self.try_to(printer, |printer| printer.piece("\n", None));
            }
        }
    }

    /// Whether the last text that was shown is this result, as text or as the JSON that it is.
    pub fn has_shown(&self, result: Field<'_>) -> bool {
        let last = &self.text[self.begin..];
        let is_text = |text: &str| last.trim_end().ends_with(text.trim_end());
        let all = self.text.replace('\n', "");
        match result {
            _ if self.text.is_empty() => false,
            Field::Value(Value::String(text)) => is_text(text) || all == text.replace('\n', ""),
            Field::Value(result) => value_of(last) == *result,
            Field::Text(text) => {
                serde_json::from_str(text).is_ok_and(|it: Value| it == value_of(last))
            }
        }
    }

    /// Why it could not be shown.
    pub fn trouble(&self) -> Option<Failure> {
        self.trouble.take()
    }

    fn try_to(
        &mut self,
        printer: &mut Printer,
        print: impl FnOnce(&mut Printer) -> Result<(), Failure>,
    ) {
        if self.trouble.borrow().is_none()
            && let Err(trouble) = print(printer).and_then(|()| printer.flush())
        {
            self.trouble.replace(Some(trouble));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The text that these events come to.
    fn text(events: &[(&str, &str)]) -> Live {
        let mut live = Live::default();
        for (kind, content) in events {
            live.add(&json!({"type": kind, "content": content}));
        }
        live
    }

    #[test]
    fn a_text_is_shown_once_however_it_comes() {
        for (events, shown) in [
            (
                &[("delta", "a "), ("delta", "b"), ("text", "a b")][..],
                "a b",
            ),
            (&[("text", "a b")], "a b"),
            (&[("delta", "a "), ("text", "a b")], "a b"),
            (&[("thinking", "hm"), ("text", "a")], "a"),
            (&[("text", "a"), ("tool_call", "x"), ("text", "b")], "a\nb"),
            (&[("text", "a"), ("delta", "b"), ("text", "b")], "a\nb"),
            (&[("text", "a"), ("text", "a")], "a\na"),
            (&[], ""),
        ] {
            assert_eq!(text(events).text, shown, "{events:?}");
        }
    }

    #[test]
    fn a_result_that_was_not_shown_is_known() {
        let live = text(&[("text", "looking"), ("text", "```json\n[1]\n```")]);
        assert!(live.has_shown(Field::Value(&json!([1]))));
        assert!(!live.has_shown(Field::Value(&json!([2]))));
        assert!(text(&[("text", "x"), ("text", "y")]).has_shown(Field::Value(&json!("y"))));
        assert!(text(&[("text", "x"), ("text", "y")]).has_shown(Field::Value(&json!("xy"))));
        assert!(!text(&[]).has_shown(Field::Value(&json!(""))));
        assert!(!text(&[("delta", "ab")]).has_shown(Field::Value(&json!("abc"))));
    }
}
