//! Settings and where they come from.
//!
//! What was typed and the environment enter; values that remember their origin, and secrets that
//! cannot be printed, leave.

pub mod secret;
pub mod settings;
pub mod token;
