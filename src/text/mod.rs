//! Parses and formats text that users type and read: durations, times, counts, lines, JSON, URLs.
//!
//! Takes text and gives values, or the other way round. Nothing here knows a service, a clock or a
//! terminal.

pub mod command_line;
pub mod count;
pub mod deferred;
pub mod duration;
pub mod glob;
pub mod json;
pub mod lines;
pub mod nearest;
pub mod rate;
pub mod shell;
pub mod time;
pub mod url;
pub mod whole;

pub use nearest::nearest;
