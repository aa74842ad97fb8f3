//! Commands of no service.

pub mod completions;
pub mod doctor;
pub mod man;
pub mod profile;
