//! Text that users type and read: durations, times, counts, lines, JSON, URLs.
//!
//! Text enters and values leave, or values enter and text leaves. Nothing here knows a service, a
//! clock or a terminal.

pub mod command_line;
pub mod count;
pub mod deferred;
pub mod duration;
pub mod glob;
pub mod json;
pub mod lines;
pub mod nearest;
pub mod rate;
pub mod time;
pub mod transcribe;
pub mod url;
pub mod whole;

pub use nearest::nearest;
