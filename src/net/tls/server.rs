//! The server's side of TLS. The certificate is read again when its files change.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;
use rustls::crypto::ring;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::{certificates_in, key_in};
use crate::net::error::BadIdentity;
use crate::net::tcp::Tcp;

/// A callback that is told when a changed certificate was read, or why it could not be.
type Tell = Box<dyn Fn(Result<&str, String>) + Send + Sync>;

/// A server's certificate and private key, with which it accepts TLS connections.
#[derive(Clone)]
pub struct Acceptor(Arc<Shared>);

struct Shared {
    certificate: PathBuf,
    key: PathBuf,
    current: Mutex<Current>,
    tell: Tell,
}

struct Current {
    acceptor: TlsAcceptor,
    /// The version of the files at the last attempt to read them.
    read: Version,
}

/// The versions of the certificate file and of the key file, to detect changes without reading
/// them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Version([Option<FileVersion>; 2]);

/// The file's inode, its size, and the time of its last change.
type FileVersion = (u64, u64, i64, i64);

impl Version {
    fn of(certificate: &Path, key: &Path) -> Version {
        Version([certificate, key].map(|path| {
            let file = fs::metadata(path).ok()?;
            Some((file.ino(), file.size(), file.mtime(), file.mtime_nsec()))
        }))
    }
}

impl std::fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Acceptor")
    }
}

impl Acceptor {
    /// Reads a certificate chain and its key, both PEM. When the files change, they are read again
    /// for the next client, and `tell` is called with the result. If they cannot be used, the old
    /// certificate stays in use.
    ///
    /// # Errors
    /// [`BadIdentity`], which names the file that cannot be used.
    pub fn load(
        certificate: &Path,
        key: &Path,
        tell: impl Fn(Result<&str, String>) + Send + Sync + 'static,
    ) -> Result<Acceptor, BadIdentity> {
        let read = Version::of(certificate, key);
        let acceptor = load(certificate, key)?;
        Ok(Acceptor(Arc::new(Shared {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            current: Mutex::new(Current { acceptor, read }),
            tell: Box::new(tell),
        })))
    }

    /// Completes the TLS handshake with a client.
    pub(in crate::net) async fn accept(&self, tcp: Tcp) -> io::Result<TlsStream<Tcp>> {
        let acceptor = self.0.current();
        acceptor.accept(tcp).await
    }
}

impl Shared {
    fn current(&self) -> TlsAcceptor {
        let now = Version::of(&self.certificate, &self.key);
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if now != current.read {
            current.read = now;
            match load(&self.certificate, &self.key) {
                Ok(acceptor) => {
                    current.acceptor = acceptor;
                    (self.tell)(Ok("the certificate has changed and was read again"));
                }
                Err(error) => (self.tell)(Err(format!("the certificate stays as it was: {error}"))),
            }
        }
        current.acceptor.clone()
    }
}

fn load(certificate: &Path, key: &Path) -> Result<TlsAcceptor, BadIdentity> {
    let chain = certificates_in(certificate)?;
    let private = key_in(key)?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| BadIdentity::new(certificate, error))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| BadIdentity::new(key, error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
