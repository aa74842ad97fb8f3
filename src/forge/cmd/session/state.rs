//! Prints a session's state as a row or as a few lines.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::forge::api::session::{Standing, State};
use crate::forge::ledger::now_micros;
use crate::term::{Cells, Column, Row, Words};
use crate::text::time::Age;

/// A session in a list; as JSON it is the service's own object.
#[derive(Debug)]
pub struct Listed<'a> {
    value: &'a Value,
    now: u64,
}

impl<'a> Listed<'a> {
    /// A row; `now` is the current time in microseconds since the epoch.
    pub fn new(value: &'a Value, now: u64) -> Listed<'a> {
        Listed { value, now }
    }
}

impl Serialize for Listed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl Row for Listed<'_> {
    const COLUMNS: &'static [Column] = &[
        Column::left("ID"),
        Column::left("AGENT"),
        Column::right("TURNS"),
        Column::left("LAST TURN"),
        Column::left("STATE"),
    ];

    fn cells(&self, cells: &mut Cells) {
        let (state, now) = (State(self.value), self.now);
        cells.address(state.text("session_id").unwrap_or_default());
        cells.plain(state.text("agent").unwrap_or_default());
        match state.turns() {
            Some(turns) => cells.plain(turns),
            None => cells.plain(""),
        };
        match state.time("last_turn_at") {
            Some(at) => cells.dim(Age { at, now }),
            None => cells.dim("none yet"),
        };
        match state.standing() {
            Standing::Closed => cells.dim(Standing::Closed),
            standing => cells.plain(standing),
        };
    }
}

/// Writes one line for each fact.
pub fn describe(value: &Value, words: &mut Words) {
    let (state, now) = (State(value), now_micros());
    let mut fact = |name: &str, value: &dyn std::fmt::Display| {
        words
            .dim(format_args!("{name:<10}"))
            .plain(value)
            .end_line();
    };
    for (name, field) in [("session", "session_id"), ("agent", "agent")] {
        if let Some(value) = state.text(field) {
            fact(name, &value);
        }
    }
    fact("state", &state.standing());
    if let Some(turns) = state.turns() {
        fact("turns", &turns);
    }
    for (name, field) in [
        ("opened", "created_at"),
        ("last turn", "last_turn_at"),
        ("closed", "closed_at"),
    ] {
        if let Some(at) = state.time(field) {
            fact(name, &Age { at, now });
        }
    }
    if let Some(directory) = state.text("cwd") {
        fact("directory", &directory);
    }
    if let Some(meta) = state.meta() {
        fact("meta", &meta);
    }
}
