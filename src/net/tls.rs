//! The one TLS configuration: what to trust enters, a stream that is encrypted leaves.
//!
//! Nothing here runs, and no root is read from disk, until a `wss://` URL is met.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, ServerConfig, SignatureScheme};
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::endpoint::Endpoint;
use super::error::{BadIdentity, ConnectError};
use super::tcp::Tcp;

/// Whom to trust.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// A PEM file of further roots, beside the system's.
    pub ca: Option<PathBuf>,
    /// Trust anybody.
    pub insecure: bool,
}

/// Speaks TLS over an established connection.
///
/// # Errors
/// [`ConnectError::Roots`] when `--ca` names no certificate, [`ConnectError::Tls`] when the
/// handshake fails, an untrusted certificate included.
pub async fn connect(
    endpoint: &Endpoint,
    tcp: Tcp,
    trust: &Trust,
) -> Result<TlsStream<Tcp>, ConnectError> {
    let failed = |source: io::Error| ConnectError::Tls {
        endpoint: endpoint.clone(),
        source,
    };
    let config = Arc::new(client_config(trust)?);
    let name = ServerName::try_from(endpoint.host().to_owned())
        .map_err(|error| failed(io::Error::other(error)))?;
    TlsConnector::from(config)
        .connect(name, tcp)
        .await
        .map_err(failed)
}

/// What was agreed upon, such as `TLSv1.3`.
pub(super) fn version(stream: &TlsStream<Tcp>) -> String {
    let (_, connection) = stream.get_ref();
    let version = connection.protocol_version();
    version
        .and_then(|version| version.as_str())
        .unwrap_or("TLS")
        .replace('_', ".")
}

/// What a server proves itself with.
#[derive(Clone)]
pub struct Acceptor(TlsAcceptor);

impl std::fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Acceptor")
    }
}

impl Acceptor {
    /// Reads a certificate chain and its key, both PEM.
    ///
    /// # Errors
    /// [`BadIdentity`], which names the file that cannot be used.
    pub fn load(certificate: &Path, key: &Path) -> Result<Acceptor, BadIdentity> {
        let bad = |path: &Path, why: &dyn std::fmt::Display| BadIdentity {
            path: path.display().to_string(),
            why: why.to_string(),
        };
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(|found| found.collect::<Result<Vec<_>, _>>())
            .map_err(|error| bad(certificate, &error))?;
        if chain.is_empty() {
            return Err(bad(certificate, &"there is no PEM certificate in it"));
        }
        let private = PrivateKeyDer::from_pem_file(key).map_err(|error| bad(key, &error))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| bad(certificate, &error))?
            .with_no_client_auth()
            .with_single_cert(chain, private)
            .map_err(|error| bad(key, &error))?;
        Ok(Acceptor(TlsAcceptor::from(Arc::new(config))))
    }

    /// Speaks TLS with a client.
    pub(super) async fn accept(
        &self,
        tcp: Tcp,
    ) -> io::Result<tokio_rustls::server::TlsStream<Tcp>> {
        self.0.accept(tcp).await
    }
}

/// How a client speaks TLS; reads the roots from disk.
///
/// # Errors
/// [`ConnectError::Roots`].
pub fn client_config(trust: &Trust) -> Result<ClientConfig, ConnectError> {
    let (provider, builder) = builder()?;
    if trust.insecure {
        return Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
            .with_no_client_auth());
    }
    Ok(builder
        .with_root_certificates(roots(trust)?)
        .with_no_client_auth())
}

/// How a client speaks TLS that is not going to: nothing is read.
///
/// # Errors
/// As [`client_config`], though there is nothing in it that fails.
pub fn trusting_nobody() -> Result<ClientConfig, ConnectError> {
    let (_, builder) = builder()?;
    Ok(builder
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

type Builder = rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>;

fn builder() -> Result<(Arc<CryptoProvider>, Builder), ConnectError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| ConnectError::Roots(error.to_string()))?;
    Ok((provider, builder))
}

fn roots(trust: &Trust) -> Result<RootCertStore, ConnectError> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = &trust.ca {
        let bad = |why: String| ConnectError::Roots(format!("--ca {}: {why}", path.display()));
        let certificates = CertificateDer::pem_file_iter(path)
            .map_err(|error| bad(error.to_string()))?
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| bad(error.to_string()))?;
        if certificates.is_empty() {
            return Err(bad("there is no PEM certificate in it".into()));
        }
        for certificate in certificates {
            store
                .add(certificate)
                .map_err(|error| bad(error.to_string()))?;
        }
    }
    if store.is_empty() {
        return Err(ConnectError::Roots(
            "this system has no root certificates; name one with --ca FILE".into(),
        ));
    }
    Ok(store)
}

/// `--insecure`: any certificate will do, though its signatures must still be its own.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
