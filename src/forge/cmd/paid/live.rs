//! Prints an answer while it arrives (`--stream`). Takes the events of a stream; prints their text
//! piece by piece, or the events as JSON.
//!
//! The result of the run is in the last event, which the client reads.

use std::cell::RefCell;

use serde_json::Value;

use crate::error::Failure;
use crate::forge::api::event_stream::Event;
use crate::forge::api::large::Field;
use crate::forge::api::reply::value_of;
use crate::term::Printer;

/// What was printed so far.
#[derive(Debug, Default)]
pub struct Live {
    /// All of the text.
    text: String,
    /// Where the model's current text begins; earlier texts are complete.
    begin: usize,
    /// Whether the current text is complete.
    is_whole: bool,
    /// Why not all of it was printed.
    trouble: RefCell<Option<Failure>>,
}

/// Whether the events are printed and not only their text: with JSON output or `--jq`.
pub fn wants_events(printer: &Printer) -> bool {
    printer.is_filtered() || (printer.is_json_requested() && !printer.is_raw())
}

impl Live {
    /// Prints an event. A failure is reported at the end and stops nothing.
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

    /// Adds the text of an event and returns the new part. A `text` event repeats the text of its
    /// `delta`s; the next text begins a new line.
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

    /// Ends the last line of the text.
    pub fn end_line(&mut self, printer: &mut Printer) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
            if !wants_events(printer) {
                self.try_to(printer, |printer| printer.piece("\n", None));
            }
        }
    }

    /// Whether the last text that was printed is this result, as text or as JSON.
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

    /// Why it could not be printed.
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

    /// The text of these events.
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
