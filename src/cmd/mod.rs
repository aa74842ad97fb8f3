//! Commands of no service.

pub mod completions;
pub mod man;
pub mod profile;
