//! Commands of no service.

pub mod completions;
pub mod man;
