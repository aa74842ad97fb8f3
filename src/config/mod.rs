//! Settings and where they come from.
//!
//! What was typed, the environment and the profile in use enter; values that remember their
//! origin, secrets that cannot be printed, and guards that refuse a write leave.
//!
//! - [`keys`]: every setting by name
//! - [`origin`]: a value and where it comes from
//! - [`settings`], [`token`]: what counts, from the places it may come from
//! - [`profile`], [`file`]: what `config.toml` says, and how it is kept
//! - [`chosen`]: the one profile of this command
//! - [`access`]: where a service is, and which credentials may go there
//! - [`guard`]: what profiles forbid
//! - [`certificate`]: what a server shows
//! - [`child`]: the environment of the commands that trefoil runs
//! - [`probe`]: what a service was found to be

pub mod access;
pub mod certificate;
pub mod child;
pub mod chosen;
mod edit;
pub mod error;
pub mod file;
pub mod guard;
pub mod keys;
pub mod origin;
pub mod probe;
pub mod profile;
mod read;
pub mod secret;
pub mod settings;
pub mod token;
