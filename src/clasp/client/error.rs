//! What can become of a request.

use std::fmt;

use crate::clasp::wire::{DecodeError, EncodeError, ErrorReply};
use crate::error::{Failing, Kind};
use crate::net::endpoint::Endpoint;
use crate::net::{ConnectError, Lost};

/// A router's ERROR, as the answer to something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The specification's code, 100 to 503.
    pub code: u16,
    /// The router's words.
    pub message: String,
    /// What it was about, if the router said so.
    pub address: Option<String>,
}

impl Refusal {
    /// The code of a message dropped for rate: it may be sent again in the next second.
    pub const TOO_FAST: u16 = 429;
    /// The code for a missing or unknown token.
    pub const UNAUTHORIZED: u16 = 300;
    /// The code for a token whose time is over.
    pub const EXPIRED: u16 = 302;
    /// The code for what the token's scopes do not allow.
    pub const FORBIDDEN: u16 = 301;
    /// The code for a session that the router has forgotten.
    pub const NO_SESSION: u16 = 404;
    /// The code for a slow reader's lost messages.
    pub const DROPPED: u16 = 503;

    /// Whether the message was dropped for rate alone.
    pub fn too_fast(&self) -> bool {
        self.code == Self::TOO_FAST
    }
}

impl From<ErrorReply<'_>> for Refusal {
    fn from(reply: ErrorReply<'_>) -> Self {
        Refusal {
            code: reply.code,
            message: reply.message.into_owned(),
            address: reply.address.map(|address| address.into_owned()),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(address) = &self.address {
            write!(f, "{address}: ")?;
        }
        write!(f, "{} (error {})", self.message, self.code)
    }
}

/// Why a request has no happy answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The connection went before the answer came.
    #[error("lost the connection to {endpoint}: {cause}")]
    Lost {
        /// To whom.
        endpoint: Endpoint,
        /// How.
        cause: Lost,
    },
    /// Somebody answers, but not a CLASP router.
    #[error("{endpoint} is not a CLASP router: {why}")]
    NotClasp {
        /// Where.
        endpoint: Endpoint,
        /// What gave it away.
        why: String,
    },
    /// The router demands a token, and none was given.
    #[error("{endpoint} demands a token, and none was given: {refusal}")]
    TokenMissing {
        /// Where.
        endpoint: Endpoint,
        /// The router's words.
        refusal: Refusal,
    },
    /// The router will not have this client.
    #[error("the router refused this client: {0}")]
    Unwelcome(Refusal),
    /// The router will not do it.
    #[error("the router refused: {0}")]
    Refused(Refusal),
    /// The router has handled the request and never said whether it did it.
    #[error("the router did not acknowledge it: whether {what} was done is unknown")]
    Unacknowledged {
        /// What was asked.
        what: String,
    },
    /// The router does not answer SYNC.
    #[error("the router does not tell its time: it answers no SYNC")]
    Timeless,
    /// The connection went between the request and its answer.
    #[error("lost the connection to {endpoint} ({cause}): whether {what} was done is unknown")]
    Unknown {
        /// To whom.
        endpoint: Endpoint,
        /// How.
        cause: Lost,
        /// What was asked.
        what: String,
    },
    /// The router has left out part of a snapshot, see [`super::reader::whole`].
    #[error("{endpoint} leaves out part of a large snapshot: there is more than what came")]
    Cut {
        /// Which router.
        endpoint: Endpoint,
    },
    /// The router sent what cannot be read.
    #[error("the router sent a frame that cannot be read: {0}")]
    Garbled(#[from] DecodeError),
    /// What was to be sent does not fit a frame.
    #[error(transparent)]
    Unsendable(#[from] EncodeError),
}

impl Error {
    /// The same, when a request was under way that must not be repeated.
    pub fn unknown(self, what: impl FnOnce() -> String) -> Error {
        match self {
            Error::Lost { endpoint, cause } => Error::Unknown {
                endpoint,
                cause,
                what: what(),
            },
            error => error,
        }
    }

    /// Whether connecting again may help. A refusal is final, and so is a bad pattern.
    pub fn may_heal(&self) -> bool {
        match self {
            Error::Connect(error) => error.may_heal(),
            Error::Lost { .. } => true,
            Error::Unwelcome(refusal) => refusal.too_fast() || refusal.code >= 500,
            _ => false,
        }
    }
}

impl Failing for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Connect(error) => error.kind(),
            Error::Lost { .. } | Error::NotClasp { .. } => Kind::Connection,
            Error::Unwelcome(refusal) | Error::Refused(refusal) => match refusal.code {
                200..=499 => Kind::Refused,
                _ => Kind::Service,
            },
            Error::TokenMissing { .. } => Kind::TokenMissing,
            Error::Unacknowledged { .. } | Error::Unknown { .. } | Error::Cut { .. } => {
                Kind::Partial
            }
            Error::Garbled(_) | Error::Timeless => Kind::Service,
            Error::Unsendable(error) => error.kind(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Error::Connect(error @ ConnectError::Refused { .. }) => Some(
                error.hint().unwrap_or(
                    "Start a router with: trefoil clasp serve\n\
                 Or name one: --url, CLASP_URL, --profile; or wait for one: --connect-retry 30s"
                        .into(),
                ),
            ),
            Error::Connect(error) => error.hint(),
            Error::NotClasp { .. } => Some("Name the router: --url, CLASP_URL, --profile".into()),
            Error::TokenMissing { .. } => {
                Some("Give one with --token-file, --token-command, CLASP_TOKEN or --profile".into())
            }
            Error::Unwelcome(Refusal {
                code: Refusal::UNAUTHORIZED,
                ..
            }) => Some("It does not know the token: get a new one from whoever runs it".into()),
            Error::Unwelcome(Refusal {
                code: Refusal::EXPIRED,
                ..
            }) => Some("The token has expired: get a new one".into()),
            Error::Refused(Refusal {
                code: Refusal::FORBIDDEN,
                ..
            }) => Some("The token's scopes do not allow it".into()),
            Error::Refused(Refusal {
                code: Refusal::TOO_FAST,
                ..
            }) => Some("Too many messages in this second: try again in the next".into()),
            Error::Cut { .. } => {
                Some("Ask for less at a time: narrower patterns, or single addresses".into())
            }
            Error::Unsendable(error) => error.hint(),
            _ => None,
        }
    }

    fn retryable(&self) -> bool {
        match self {
            Error::Refused(refusal) => refusal.too_fast() || refusal.code >= 500,
            error => error.may_heal(),
        }
    }
}
