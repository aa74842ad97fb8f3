//! Hints for TLS failures. Takes an error; gives what to type next.

use std::io;

use rustls::{AlertDescription, CertificateError, Error};

/// The hint for a failed handshake. `plain` is the scheme of the same URL without TLS, such as
/// `ws://`.
pub fn hint(failure: &io::Error, plain: &str) -> Option<String> {
    let Some(error) = rustls_error(failure) else {
        return Some(format!("Is it plain {plain} there?"));
    };
    let hint = match error {
        Error::InvalidCertificate(certificate) => return Some(of_certificate(certificate).into()),
        Error::AlertReceived(AlertDescription::CertificateRequired) => {
            "It wants a client certificate: --cert FILE and --key FILE"
        }
        Error::AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::AccessDenied,
        ) => "It does not accept the client certificate",
        Error::AlertReceived(AlertDescription::HandshakeFailure) => {
            "Does it want a client certificate? --cert FILE and --key FILE"
        }
        Error::InvalidMessage(_) => return Some(format!("Is it plain {plain} there?")),
        _ => return None,
    };
    Some(hint.to_owned())
}

/// Whether TLS failed, and not the TCP connection below it.
pub fn is_failure(failure: &io::Error) -> bool {
    rustls_error(failure).is_some()
}

/// The hint for one error in a chain of causes; the outer `None` means that it is not a failure of
/// TLS.
pub fn of_layer(layer: &(dyn std::error::Error + 'static), plain: &str) -> Option<Option<String>> {
    let failure: &io::Error = layer.downcast_ref()?;
    is_failure(failure).then(|| hint(failure, plain))
}

fn rustls_error(failure: &io::Error) -> Option<&Error> {
    let inner = failure.get_ref()?;
    // A client library may have wrapped it in another io::Error.
    let deeper = || rustls_error(inner.downcast_ref::<io::Error>()?);
    inner.downcast_ref().or_else(deeper)
}

fn of_certificate(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "Connect by a name that is in the certificate, or skip the check with --insecure"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "The server needs a new certificate. Or is the clock of this machine wrong?"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "Is the clock of this machine wrong?"
        }
        CertificateError::Revoked => "The server needs a new certificate",
        _ => {
            "No authority that this system trusts has signed the certificate: trust it with --ca FILE,\n\
             or skip the check with --insecure"
        }
    }
}
