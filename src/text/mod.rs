//! What the user types and reads: durations, times, counts, lines, JSON.
//!
//! Text enters and plain values leave, or the other way round; nothing here knows a service, a
//! clock or a terminal.

pub mod count;
pub mod deferred;
pub mod duration;
pub mod glob;
pub mod json;
pub mod lines;
pub mod nearest;
pub mod rate;
pub mod time;
pub mod url;
pub mod words;

pub use nearest::nearest;
