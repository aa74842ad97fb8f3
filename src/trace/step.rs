//! How a connection comes about and goes: typed, so that people read a sentence of it and programs
//! an object.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::secrets::Secrets;

/// Names and values, in the order of the wire.
pub type Headers = Vec<(String, String)>;

/// Something that happened to a connection. As JSON, `took` and `after` are in µs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Step {
    /// A name has addresses.
    Resolved {
        /// The name.
        host: String,
        /// What it stands for.
        addresses: Vec<SocketAddr>,
        /// How long the resolver took.
        #[serde(serialize_with = "micros")]
        took: Duration,
    },
    /// It goes through an HTTP proxy.
    Proxy {
        /// Which, without credentials.
        url: String,
        /// The option or the variable that names it.
        origin: &'static str,
    },
    /// One of the addresses does not answer.
    Unreachable {
        /// Which.
        peer: SocketAddr,
        /// What the system said.
        why: String,
    },
    /// Somebody has connected to us.
    Accepted {
        /// Who.
        peer: SocketAddr,
    },
    /// There is a TCP connection.
    Connected {
        /// To whom.
        peer: SocketAddr,
        /// How long that took.
        #[serde(serialize_with = "micros")]
        took: Duration,
    },
    /// TLS is spoken on it.
    Secured {
        /// Which, such as `TLSv1.3`.
        version: String,
        /// How long the handshake took.
        #[serde(serialize_with = "micros")]
        took: Duration,
    },
    /// It carries WebSocket.
    Upgraded {
        /// The path that was asked for; of a query only that there is one.
        path: String,
        /// The headers that were sent; those that the user gave, or that look like it, without
        /// their value.
        #[serde(serialize_with = "object")]
        request: Headers,
        /// The headers of the answer, likewise.
        #[serde(serialize_with = "object")]
        response: Headers,
        /// How long that took.
        #[serde(serialize_with = "micros")]
        took: Duration,
    },
    /// It did not come about.
    Failed {
        /// Why.
        why: String,
    },
    /// It will be tried again.
    Retrying {
        /// When.
        #[serde(serialize_with = "micros")]
        after: Duration,
    },
    /// It has gone.
    Lost {
        /// How.
        why: String,
    },
}

impl Step {
    /// The same, without what must not be seen.
    pub(super) fn hiding(mut self, secrets: &Secrets) -> Step {
        match &mut self {
            Step::Unreachable { why, .. } | Step::Failed { why } | Step::Lost { why } => {
                secrets.hide(why);
            }
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
