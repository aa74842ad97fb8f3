//! What can become of an event.

use crate::error::{Failing, Kind};
use crate::net::endpoint::Endpoint;
use crate::net::{ConnectError, Lost};
use crate::outcome::Outcome;
use crate::vuer::event::EventError;

/// The largest message that a server of 0.1.6 takes from a client: what its WebSocket library has by
/// default, whatever WEBSOCKET_MAX_SIZE says. It closes with 1009, which a reset often overtakes.
const SERVER_LIMIT: usize = 4 * 1024 * 1024;

/// Why it did not go as it should.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The connection went while nothing of ours was under way.
    #[error("lost the connection to {endpoint}: {cause}")]
    Lost {
        /// To whom.
        endpoint: Endpoint,
        /// How.
        cause: Lost,
    },
    /// The connection went before the server had confirmed that it read everything.
    #[error("lost the connection to {endpoint} ({cause}): whether {what} was read is unknown")]
    Unread {
        /// To whom.
        endpoint: Endpoint,
        /// How.
        cause: Lost,
        /// What was sent.
        what: String,
        /// Whether that was more than [`SERVER_LIMIT`].
        large: bool,
    },
    /// A WebSocket server took everything and closed in order, but nothing showed a Vuer server.
    #[error(
        "{endpoint} took {what}, but nothing shows that it is a Vuer server: it sent no event, and \
         what it gives a browser is not Vuer's page"
    )]
    Unproven {
        /// Where.
        endpoint: Endpoint,
        /// What was sent.
        what: String,
    },
    /// Somebody answers, but not a Vuer server.
    #[error("{endpoint} is not a Vuer server: {why}")]
    NotVuer {
        /// Where.
        endpoint: Endpoint,
        /// What gave it away.
        why: String,
    },
}

impl Error {
    /// The same, when something was sent that may or may not have been read.
    pub fn unread(self, what: &str, size: usize) -> Error {
        match self {
            Error::Lost { endpoint, cause } => Error::Unread {
                endpoint,
                cause,
                what: what.to_owned(),
                large: size > SERVER_LIMIT,
            },
            error => error,
        }
    }

    /// A message that is no event.
    pub fn garbled(endpoint: &Endpoint, error: EventError) -> Error {
        Error::NotVuer {
            endpoint: endpoint.clone(),
            why: error.to_string(),
        }
    }

    /// How a connection ended that was up.
    pub(super) fn lost(endpoint: &Endpoint, cause: Lost) -> Error {
        let endpoint = endpoint.clone();
        match cause {
            Lost::Protocol(why) => Error::NotVuer { endpoint, why },
            cause => Error::Lost { endpoint, cause },
        }
    }

    /// Whether connecting again may help.
    pub fn is_temporary(&self) -> bool {
        match self {
            Error::Connect(error) => error.is_temporary(),
            // The same message would be as large again.
            Error::Lost { cause, .. } => !matches!(cause, Lost::TooLarge { .. }),
            Error::Unread { .. } | Error::Unproven { .. } | Error::NotVuer { .. } => false,
        }
    }
}

impl Failing for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Connect(error) => error.kind(),
            Error::Lost { .. } | Error::NotVuer { .. } => Kind::Connection,
            Error::Unread { .. } | Error::Unproven { .. } => Kind::Partial,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Error::Connect(ConnectError::Refused { .. }) => Some(
                "Is the server running? Wait for one with --connect-retry 30s, or name another: \
                 --url, VUER_CLIENT_URI, --profile"
                    .into(),
            ),
            Error::Connect(error) => error.hint(),
            Error::Lost {
                cause: Lost::TooLarge { .. },
                ..
            }
            | Error::Unread {
                cause: Lost::TooLarge { .. },
                ..
            } => Some("Raise it with --max-size, or WEBSOCKET_MAX_SIZE".into()),
            Error::Unread { large: true, .. } => {
                Some("Is it too large? Vuer 0.1.6 takes at most 4 MiB from a client".into())
            }
            Error::Unproven { .. } => Some(
                "Wait for an answer with --await ETYPE, or name another server: --url, \
                 VUER_CLIENT_URI, --profile"
                    .into(),
            ),
            Error::NotVuer { .. } => {
                Some("Name the server: --url, VUER_CLIENT_URI, --profile".into())
            }
            Error::Lost { .. } | Error::Unread { .. } => None,
        }
    }

    fn outcome(&self) -> Option<Outcome> {
        let unknown = matches!(self, Error::Unread { .. } | Error::Unproven { .. });
        unknown.then_some(Outcome::Unknown)
    }

    fn retryable(&self) -> bool {
        self.is_temporary()
    }
}
