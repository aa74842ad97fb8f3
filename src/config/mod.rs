//! Settings, and where they come from.
//!
//! Takes the options that were typed, the environment and the profile in use; gives values with
//! their origin, secrets that cannot be printed, and guards that refuse a write.
//!
//! - [`keys`]: the table of all settings
//! - [`origin`]: a value and where it comes from
//! - [`settings`], [`token`]: look up a setting or a token in all places, by precedence
//! - [`profile`], [`file`]: the content of `config.toml`, and how it is read and written
//! - [`tables`]: a TOML file of a command's own, with the line of every value
//! - [`chosen`]: the profile of this command
//! - [`access`]: the URL of a service, and which credentials may be sent there
//! - [`guard`]: what profiles forbid
//! - [`certificate`]: the options for a server's certificate
//! - [`child`]: the environment of the commands that trefoil runs
//! - [`probe`]: the result of probing a service

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
pub mod tables;
pub mod token;
