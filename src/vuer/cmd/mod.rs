//! The verbs of `trefoil vuer`, one file each: its arguments and what it does.
//!
//! Shared parts: [`connection`] has the connection options, `value` parses values, `feed` reads
//! events from stdin, `event_line` prints an event.

pub mod call;
pub mod connection;
mod feed;
pub mod grab;
pub mod load;
pub mod page;
pub mod probe;
pub mod recv;
pub mod scene;
pub mod send;
pub mod serve;
mod value;

use crate::term::Words;
use crate::text::time::Clock;
use crate::vuer::event::Event;

/// Writes `14:02:11.482  UPSERT  {"nodes":…}`: time of receipt, type, content.
fn event_line(words: &mut Words, clock: &Clock, received_ms: u64, event: &Event<'_>) {
    words
        .dim(clock.time_of_day(received_ms.saturating_mul(1_000)))
        .plain("  ")
        .address(event.etype());
    let rest = serde_json::to_string(&event.rest());
    words.plain("  ").plain(rest.unwrap_or_default());
}
