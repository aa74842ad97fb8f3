//! Commands that belong to no service: completion, manual pages, profiles, doctor.

pub mod complete;
pub mod completions;
pub mod doctor;
pub mod man;
pub mod profile;
