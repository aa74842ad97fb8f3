//! Commands of no service.

pub mod complete;
pub mod completions;
pub mod doctor;
pub mod man;
pub mod profile;
