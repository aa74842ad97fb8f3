//! PEM files: a path enters, certificates or a private key leave.

use std::fs::File;
use std::path::Path;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::net::error::BadIdentity;
use crate::text::whole;

fn bad(path: &Path, why: impl std::fmt::Display) -> BadIdentity {
    BadIdentity {
        path: path.display().to_string(),
        why: why.to_string(),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, BadIdentity> {
    File::open(path)
        .and_then(|file| whole::read_bytes(file, whole::SMALL))
        .map_err(|error| bad(path, error))
}

/// The certificates in a file, at least one.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, BadIdentity> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(&read(path)?)
        .collect::<Result<_, _>>()
        .map_err(|error| bad(path, error))?;
    if found.is_empty() {
        return Err(bad(path, "there is no PEM certificate in it"));
    }
    Ok(found)
}

/// The first private key in a file.
pub fn key(path: &Path) -> Result<PrivateKeyDer<'static>, BadIdentity> {
    PrivateKeyDer::from_pem_slice(&read(path)?).map_err(|error| match error {
        rustls::pki_types::pem::Error::NoItemsFound => {
            bad(path, "there is no PEM private key in it")
        }
        error => bad(path, error),
    })
}
