//! Decides which certificates of a server are accepted, beyond what webpki accepts.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

/// Verifies a server's certificate by a [`Policy`]. Its signatures are always verified.
#[derive(Debug)]
pub struct Verifier {
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
