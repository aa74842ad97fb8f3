//! The one TLS configuration: whom to trust and who we are enter, an encrypted stream leaves.
//!
//! Nothing here runs, and no root certificate is read from disk, until a `wss://` or `https://` URL
//! is met.
//!
//! - [`connect`], [`client_config`]: the client's side
//! - [`Acceptor`]: the server's side, with a certificate that is read again when it changes
//! - [`hint::hint`]: what to type when it failed

mod client;
pub mod hint;
mod pem;
mod server;
mod verify;

pub use client::{client_config, trusting_nobody};
pub(super) use client::{connect, version};
pub use server::Acceptor;

use std::path::{Path, PathBuf};

/// Whom to trust, and who we are.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// A PEM file of certificates to trust, beside the system's.
    pub ca: Option<PathBuf>,
    /// Trust anybody.
    pub insecure: bool,
    /// The client certificate, for a server that asks for one.
    pub identity: Option<Identity>,
}

/// A certificate and its private key, in PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The certificate chain.
    pub certificate: PathBuf,
    /// The key; without one it is in the file of the certificate.
    pub key: Option<PathBuf>,
}

impl Identity {
    /// What `--cert` and `--key` name.
    pub fn of(certificate: Option<&Path>, key: Option<&Path>) -> Option<Identity> {
        Some(Identity {
            certificate: certificate?.to_owned(),
            key: key.map(Path::to_owned),
        })
    }
}
