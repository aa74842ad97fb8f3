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
mod server;

pub use client::{Connector, client_config, without_roots};
pub(super) use client::{connect, version};
pub use server::Acceptor;
/// A connection that TLS encrypts, as a client has it.
pub use tokio_rustls::client::TlsStream;

use std::path::{Path, PathBuf};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::error::BadIdentity;
use crate::text::whole;

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

/// The content of a PEM file.
fn pem_file(path: &Path) -> Result<Vec<u8>, BadIdentity> {
    whole::file_bytes(path, whole::SMALL).map_err(|error| BadIdentity::new(path, error))
}

/// The certificates in a PEM file, at least one.
fn certificates_in(path: &Path) -> Result<Vec<CertificateDer<'static>>, BadIdentity> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(&pem_file(path)?)
        .collect::<Result<_, _>>()
        .map_err(|error| BadIdentity::new(path, error))?;
    if found.is_empty() {
        return Err(BadIdentity::new(path, "there is no PEM certificate in it"));
    }
    Ok(found)
}

/// The first private key in a PEM file.
fn key_in(path: &Path) -> Result<PrivateKeyDer<'static>, BadIdentity> {
    PrivateKeyDer::from_pem_slice(&pem_file(path)?).map_err(|error| match error {
        rustls::pki_types::pem::Error::NoItemsFound => {
            BadIdentity::new(path, "there is no PEM private key in it")
        }
        error => BadIdentity::new(path, error),
    })
}
