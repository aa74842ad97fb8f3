//! The client's side of TLS.

use std::io;
use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::verify::{Policy, Verifier};
use super::{Trust, pem};
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
    let chain = pem::certificates(&identity.certificate).map_err(|error| file("--cert", error))?;
    let (option, path) = match &identity.key {
        Some(path) => ("--key", path),
        None => ("--cert", &identity.certificate),
    };
    let key = pem::key(path).map_err(|error| file(option, error))?;
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
    let accepted = pem::certificates(path).map_err(|error| setup(format!("--ca {error}")))?;
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
