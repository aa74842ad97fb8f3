//! What to type when TLS has failed: a failure enters, a hint leaves.

use std::io;

use rustls::{AlertDescription, CertificateError, Error};

/// What fits the cause of a failed handshake. `plain` is the scheme of this URL without TLS.
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

/// Whether it is TLS that has failed, and not the connection below.
pub fn is_failure(failure: &io::Error) -> bool {
    rustls_error(failure).is_some()
}

fn rustls_error(failure: &io::Error) -> Option<&Error> {
    failure.get_ref()?.downcast_ref()
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
            "Nobody whom this system trusts has signed the certificate: trust it with --ca FILE,\n\
             or skip the check with --insecure"
        }
    }
}
