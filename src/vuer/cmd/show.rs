//! Prints an event on one line. Takes an event, gives words.

use crate::term::Words;
use crate::text::time::Clock;
use crate::vuer::event::Event;

/// Writes `14:02:11.482  UPSERT  {"nodes":…}`: time of receipt, type, content.
pub fn event(words: &mut Words, clock: &Clock, received_ms: u64, event: &Event<'_>) {
    words
        .dim(clock.time_of_day(received_ms.saturating_mul(1_000)))
        .plain("  ")
        .address(event.etype());
    let rest = serde_json::to_string(&event.rest());
    words.plain("  ").plain(rest.unwrap_or_default());
}
