//! The client's side of TLS.

use std::io;
use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::verify::{AnyCertificate, Named};
use super::{Trust, pem};
use crate::net::endpoint::Endpoint;
use crate::net::error::{BadIdentity, ConnectError};
use crate::net::tcp::Tcp;

/// Speaks TLS over an established connection.
///
/// # Errors
/// [`ConnectError::Setup`] when a file cannot be used, [`ConnectError::Tls`] when the handshake
/// fails, an untrusted certificate included.
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
pub fn version(stream: &TlsStream<Tcp>) -> String {
    let (_, connection) = stream.get_ref();
    let version = connection.protocol_version();
    version
        .and_then(|version| version.as_str())
        .unwrap_or("TLS")
        .replace('_', ".")
}

/// How a client speaks TLS; reads the roots from disk.
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

/// Decides which certificates of a server count.
fn verified(trust: &Trust) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, ConnectError> {
    let (provider, builder) = builder()?;
    if trust.insecure {
        let verifier = Arc::new(AnyCertificate::new(provider));
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
    let named = pem::certificates(path).map_err(|error| setup(format!("--ca {error}")))?;
    for certificate in &named {
        roots
            .add(certificate.clone())
            .map_err(|error| setup(format!("--ca {}: {error}", path.display())))?;
    }
    let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| setup(error.to_string()))?;
    let verifier = Arc::new(Named::new(usual, named));
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(verifier))
}
