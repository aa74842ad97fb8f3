//! The TLS configuration of all services. Takes the certificates to trust and our own certificate;
//! gives an encrypted stream.
//!
//! Nothing here runs, and no root certificate is read from disk, unless a connection uses `wss://`
//! or `https://`.
//!
//! - [`connect`], [`client_config`], [`Connector`]: the client's side
//! - [`Acceptor`]: the server's side, with a certificate that is read again when it changes
//! - [`hint::hint`]: what to type after a failure

mod client;
pub mod hint;
mod pem;
mod server;
mod verify;

pub use client::{Connector, client_config, without_roots};
pub(super) use client::{connect, version};
pub use server::Acceptor;
/// A connection that TLS encrypts, as a client has it.
pub use tokio_rustls::client::TlsStream;

use std::path::{Path, PathBuf};

/// Which certificates to trust, and which one to show.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// A PEM file of certificates to trust, beside the system's.
    pub ca: Option<PathBuf>,
    /// Accept any certificate.
    pub insecure: bool,
    /// The client certificate, for a server that requests one.
    pub identity: Option<Identity>,
}

/// A certificate and its private key, in PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The certificate chain.
    pub certificate: PathBuf,
    /// The private key; None if it is in the file of the certificate.
    pub key: Option<PathBuf>,
}

impl Identity {
    /// The identity that `--cert` and `--key` name.
    pub fn of(certificate: Option<&Path>, key: Option<&Path>) -> Option<Identity> {
        Some(Identity {
            certificate: certificate?.to_owned(),
            key: key.map(Path::to_owned),
        })
    }
}
