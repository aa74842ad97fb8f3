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
//! - [`CertificateArgs`]: the options for a server's certificate
//! - [`child`]: the environment of the commands that trefoil runs
//! - [`probe`]: the result of probing a service

pub mod access;
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

use std::path::{Path, PathBuf};

/// The options of a server that can use TLS.
#[derive(Debug, clap::Args)]
pub struct CertificateArgs {
    /// Speak TLS with this certificate chain (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key", help_heading = "TLS")]
    tls_cert: Option<PathBuf>,

    /// The certificate's private key (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert", help_heading = "TLS")]
    tls_key: Option<PathBuf>,
}

impl CertificateArgs {
    /// The files of the certificate chain and its key; None without TLS.
    pub fn files(&self) -> Option<(&Path, &Path)> {
        Some((self.tls_cert.as_deref()?, self.tls_key.as_deref()?))
    }
}
