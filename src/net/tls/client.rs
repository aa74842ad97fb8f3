//! The client's side of TLS, and which certificates of a server are accepted beyond what webpki
//! accepts.

use std::io;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WantsClientCert, WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, ConfigBuilder, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme, WantsVerifier,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{Trust, certificates_in, key_in};
use crate::net::endpoint::Endpoint;
use crate::net::error::{BadIdentity, ConnectError};
use crate::net::tcp::Tcp;

/// Starts TLS on an established TCP connection.
///
/// # Errors
/// [`ConnectError::Setup`] when a file cannot be used; [`ConnectError::Tls`] when the handshake
/// fails, for example because the certificate is not trusted.
pub async fn connect(
    endpoint: &Endpoint,
    tcp: Tcp,
    trust: &Trust,
) -> Result<TlsStream<Tcp>, ConnectError> {
    let connector = Connector(Arc::new(client_config(trust)?));
    let connected = connector.connect(endpoint.host().to_owned(), tcp).await;
    connected.map_err(|source| ConnectError::Tls {
        endpoint: endpoint.clone(),
        source,
    })
}

/// TLS for a protocol that opens its connections itself.
#[derive(Clone)]
pub struct Connector(Arc<ClientConfig>);

impl Connector {
    /// Reads the root certificates from disk. `protocol` is announced in the handshake (ALPN).
    ///
    /// # Errors
    /// [`ConnectError::Setup`].
    pub fn new(trust: &Trust, protocol: &str) -> Result<Connector, ConnectError> {
        let mut config = client_config(trust)?;
        config.alpn_protocols = vec![protocol.into()];
        Ok(Connector(Arc::new(config)))
    }

    /// Does the handshake with the host of this name.
    ///
    /// # Errors
    /// When it fails.
    pub async fn connect<S>(&self, host: String, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let name = ServerName::try_from(host).map_err(io::Error::other)?;
        let connector = TlsConnector::from(Arc::clone(&self.0));
        connector.connect(name, stream).await
    }
}

/// The negotiated version, such as `TLSv1.3`.
pub fn version(stream: &TlsStream<Tcp>) -> String {
    let (_, connection) = stream.get_ref();
    let version = connection.protocol_version();
    version
        .and_then(|version| version.as_str())
        .unwrap_or("TLS")
        .replace('_', ".")
}

/// The TLS configuration of a client; reads the root certificates from disk.
///
/// # Errors
/// [`ConnectError::Setup`].
pub fn client_config(trust: &Trust) -> Result<ClientConfig, ConnectError> {
    let builder = verified(trust)?;
    let Some(identity) = &trust.identity else {
        return Ok(builder.with_no_client_auth());
    };
    let file = |option: &str, error: BadIdentity| setup(format!("{option} {error}"));
    let chain = certificates_in(&identity.certificate).map_err(|error| file("--cert", error))?;
    let (option, path) = match &identity.key {
        Some(path) => ("--key", path),
        None => ("--cert", &identity.certificate),
    };
    let key = key_in(path).map_err(|error| file(option, error))?;
    builder
        .with_client_auth_cert(chain, key)
        .map_err(|error| setup(format!("{option} {}: {error}", path.display())))
}

/// A TLS configuration without root certificates, for a client that will not use TLS. It reads no
/// files.
///
/// # Errors
/// The errors of [`client_config`]; none is expected.
pub fn without_roots() -> Result<ClientConfig, ConnectError> {
    let (_, builder) = builder()?;
    Ok(builder
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

fn setup(why: String) -> ConnectError {
    ConnectError::Setup(why)
}

fn builder() -> Result<
    (
        Arc<CryptoProvider>,
        ConfigBuilder<ClientConfig, WantsVerifier>,
    ),
    ConnectError,
> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| setup(error.to_string()))?;
    Ok((provider, builder))
}

/// Sets which certificates of a server are accepted.
fn verified(trust: &Trust) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, ConnectError> {
    let (provider, builder) = builder()?;
    if trust.insecure {
        let verifier = Arc::new(Verifier::new(provider, Policy::Any));
        return Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(verifier));
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let Some(path) = &trust.ca else {
        if roots.is_empty() {
            return Err(setup(
                "this system has no root certificates; name one with --ca FILE".into(),
            ));
        }
        return Ok(builder.with_root_certificates(roots));
    };
    let accepted = certificates_in(path).map_err(|error| setup(format!("--ca {error}")))?;
    for certificate in &accepted {
        roots
            .add(certificate.clone())
            .map_err(|error| setup(format!("--ca {}: {error}", path.display())))?;
    }
    let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|error| setup(error.to_string()))?;
    let policy = Policy::WebPkiOr { webpki, accepted };
    let verifier = Arc::new(Verifier::new(provider, policy));
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(verifier))
}

/// Verifies a server's certificate by a [`Policy`]. Its signatures are always verified.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    policy: Policy,
}

/// Which certificates are accepted.
#[derive(Debug)]
pub enum Policy {
    /// `--insecure`: any certificate.
    Any,
    /// `--ca FILE`: the certificates that webpki accepts, and the ones in the file.
    ///
    /// A server may show a certificate of the file itself, such as a self-signed one. webpki
    /// refuses that if it is marked as a certificate authority, which is what `openssl req -x509`
    /// makes, or if it was signed by another one; Python's ssl and curl accept it. Its dates and
    /// its name are checked all the same.
    WebPkiOr {
        /// Checks a certificate against the system's roots and those of the file.
        webpki: Arc<WebPkiServerVerifier>,
        /// The certificates of the file.
        accepted: Vec<CertificateDer<'static>>,
    },
}

impl Verifier {
    /// A verifier that uses the algorithms of this provider.
    pub fn new(provider: Arc<CryptoProvider>, policy: Policy) -> Verifier {
        Verifier { provider, policy }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Policy::WebPkiOr { webpki, accepted } = &self.policy else {
            return Ok(ServerCertVerified::assertion());
        };
        let verified =
            webpki.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            // webpki checks the dates before it returns one of these errors.
            Err(Error::InvalidCertificate(
                CertificateError::UnknownIssuer | CertificateError::Other(_),
            )) if accepted.contains(end_entity) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
