//! The events in the life of a connection. They are typed, so that people can be shown a sentence
//! and programs a JSON object.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::secrets::Secrets;

/// Names and values of headers, in the order in which they were sent.
pub type Headers = Vec<(String, String)>;

/// Something that happened to a connection. As JSON, `took` and `after` are in µs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Step {
    /// A host name was resolved.
    Resolved {
        /// The host name.
        host: String,
        /// Its addresses.
        addresses: Vec<SocketAddr>,
        /// How long that took.
        #[serde(serialize_with = "micros")]
        took: Duration,
    },
    /// The connection goes through an HTTP proxy.
    Proxy {
        /// The proxy's URL, without credentials.
        url: String,
        /// The option or the environment variable that set it.
        origin: &'static str,
    },
    /// The connection to one of the addresses failed.
    Unreachable {
        /// The address.
        peer: SocketAddr,
        /// The system's error.
        why: String,
    },
    /// A peer has connected to this server.
    Accepted {
        /// The peer's address.
        peer: SocketAddr,
    },
    /// The TCP connection is established.
    Connected {
        /// The peer's address.
        peer: SocketAddr,
        /// How long that took.
        #[serde(serialize_with = "micros")]
        took: Duration,
    },
    /// The TLS handshake is complete.
    Secured {
        /// The version, such as `TLSv1.3`.
        version: String,
        /// How long the handshake took.
        #[serde(serialize_with = "micros")]
        took: Duration,
    },
    /// The WebSocket upgrade is complete.
    Upgraded {
        /// The path of the request; a query is replaced by `…`.
        path: String,
        /// The request's headers. The values of those that the user set, or that may be secret, are
        /// hidden.
        #[serde(serialize_with = "object")]
        request: Headers,
        /// The response's headers, with secret values hidden.
        #[serde(serialize_with = "object")]
        response: Headers,
        /// How long that took.
        #[serde(serialize_with = "micros")]
        took: Duration,
    },
    /// The connection could not be established.
    Failed {
        /// Why.
        why: String,
    },
    /// There will be another attempt.
    Retrying {
        /// The delay before it.
        #[serde(serialize_with = "micros")]
        after: Duration,
    },
    /// The connection is lost or closed.
    Lost {
        /// Why.
        why: String,
    },
    /// Something else that is worth knowing.
    Noted {
        /// What, in a sentence.
        what: String,
    },
}

impl Step {
    /// The same step with secrets hidden.
    pub(super) fn hiding(mut self, secrets: &Secrets) -> Step {
        match &mut self {
            Step::Unreachable { why, .. }
            | Step::Failed { why }
            | Step::Lost { why }
            | Step::Noted { what: why } => secrets.hide(why),
            Step::Upgraded {
                path,
                request,
                response,
                ..
            } => {
                secrets.hide(path);
                for (_, value) in request.iter_mut().chain(response) {
                    secrets.hide(value);
                }
            }
            Step::Resolved { .. }
            | Step::Proxy { .. }
            | Step::Accepted { .. }
            | Step::Connected { .. }
            | Step::Secured { .. }
            | Step::Retrying { .. } => {}
        }
        self
    }
}

fn micros<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}

fn object<S: Serializer>(headers: &Headers, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(headers.iter().map(|(name, value)| (name, value)))
}
