//! Reads PEM files. Takes a path; gives certificates or a private key.

use std::path::Path;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::net::error::BadIdentity;
use crate::text::whole;

fn read(path: &Path) -> Result<Vec<u8>, BadIdentity> {
    whole::file_bytes(path, whole::SMALL).map_err(|error| BadIdentity::new(path, error))
}

/// The certificates in a file, at least one.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, BadIdentity> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(&read(path)?)
        .collect::<Result<_, _>>()
        .map_err(|error| BadIdentity::new(path, error))?;
    if found.is_empty() {
        return Err(BadIdentity::new(path, "there is no PEM certificate in it"));
    }
    Ok(found)
}

/// The first private key in a file.
pub fn key(path: &Path) -> Result<PrivateKeyDer<'static>, BadIdentity> {
    PrivateKeyDer::from_pem_slice(&read(path)?).map_err(|error| match error {
        rustls::pki_types::pem::Error::NoItemsFound => {
            BadIdentity::new(path, "there is no PEM private key in it")
        }
        error => BadIdentity::new(path, error),
    })
}
