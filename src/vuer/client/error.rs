//! The errors of the client: what can go wrong while an event is sent or received.

use crate::error::{Failing, Kind};
use crate::net::endpoint::Endpoint;
use crate::net::{ConnectError, Lost};
use crate::outcome::Outcome;
use crate::vuer::event::EventError;

/// The largest message that a server of vuer 0.1.6 accepts from a client: the default of its
/// WebSocket library, whatever WEBSOCKET_MAX_SIZE is. It closes with 1009, but the client often
/// sees a connection reset instead.
const SERVER_LIMIT: usize = 4 * 1024 * 1024;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection could be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The connection was lost while nothing that we sent was unconfirmed.
    #[error("{}", .cause.message(.endpoint))]
    Lost {
        /// The server.
        endpoint: Endpoint,
        /// Why it was lost.
        cause: Lost,
    },
    /// The connection was lost before the server had confirmed that it read everything.
    #[error("lost the connection to {endpoint} ({cause}): whether {what} was read is unknown")]
    Unread {
        /// The server.
        endpoint: Endpoint,
        /// Why it was lost.
        cause: Lost,
        /// What was sent.
        what: String,
        /// Whether that was more than [`SERVER_LIMIT`].
        large: bool,
    },
    /// A WebSocket server accepted everything and closed properly, but nothing proved that it is a
    /// Vuer server.
    #[error(
        "{endpoint} took {what}, but nothing shows that it is a Vuer server: it sent no event, and \
         what it gives a browser is not Vuer's page"
    )]
    Unproven {
        /// The server.
        endpoint: Endpoint,
        /// What was sent.
        what: String,
    },
    /// The server that answered is not a Vuer server.
    #[error("{endpoint} is not a Vuer server: {why}")]
    NotVuer {
        /// The server.
        endpoint: Endpoint,
        /// What it did that a Vuer server does not.
        why: String,
    },
}

impl Error {
    /// Turns a lost connection into [`Error::Unread`], because something was sent and may not have
    /// been read.
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

    /// The error for a message that is not an event.
    pub fn garbled(endpoint: &Endpoint, error: EventError) -> Error {
        Error::NotVuer {
            endpoint: endpoint.clone(),
            why: error.to_string(),
        }
    }

    /// The error for a lost connection.
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
            // The same message would be too large again.
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
