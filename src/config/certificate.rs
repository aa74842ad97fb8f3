//! The options for a server's certificate. Gives both files, or none.

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
