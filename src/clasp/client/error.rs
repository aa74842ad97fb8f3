//! Every way in which a request can fail, with its exit code and its hint.

use std::fmt;

use crate::clasp::wire::{DecodeError, EncodeError, ErrorReply};
use crate::error::{Failing, Kind};
use crate::net::endpoint::Endpoint;
use crate::net::{ConnectError, Lost};
use crate::outcome::Outcome;

/// A router's ERROR in reply to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The specification's code, 100 to 503.
    pub code: u16,
    /// The router's ERROR.
    pub message: String,
    /// The address it is about, if the router named one.
    pub address: Option<String>,
}

impl Refusal {
    /// The code of a message dropped for rate: it may be sent again in the next second.
    pub const RATE_LIMITED: u16 = 429;
    /// The code for a missing or unknown token.
    pub const UNAUTHORIZED: u16 = 300;
    /// The code for a token that has expired.
    pub const EXPIRED: u16 = 302;
    /// The code for what the token's scopes do not allow.
    pub const FORBIDDEN: u16 = 301;
    /// The code for a session that the router has forgotten.
    pub const NO_SESSION: u16 = 404;
    /// The code for messages that the router dropped because the client reads too slowly.
    pub const DROPPED: u16 = 503;
    /// The code for a write whose revision is not the current one; the reference router uses it for
    /// every refused write.
    pub const CONFLICT: u16 = 400;
    /// The code for a write to an address that another session has locked.
    pub const LOCKED: u16 = 401;

    /// Whether the message was dropped by the rate limit.
    pub fn rate_limited(&self) -> bool {
        self.code == Self::RATE_LIMITED
    }

    /// Whether another session holds the lock. The reference router says so only in the text (quirk
    /// 15).
    pub fn is_lock(&self) -> bool {
        self.code == Self::LOCKED
            || self.code == Self::CONFLICT && self.message.starts_with("LockHeld")
    }

    /// Whether the param has been written since the revision that the request named.
    pub fn is_conflict(&self) -> bool {
        self.code == Self::CONFLICT && self.message.starts_with("RevisionConflict")
    }

    /// The session that holds the lock: both routers name it at the end of the text, the reference
    /// router in quotes.
    fn holder(&self) -> Option<&str> {
        let quoted = self.message.split('"').nth(1);
        quoted.or_else(|| Some(self.message.rsplit_once("session ")?.1))
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

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection could be made.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The connection was lost before the answer came.
    #[error("{}", .cause.message(.endpoint))]
    Lost {
        /// The router.
        endpoint: Endpoint,
        /// Why it was lost.
        cause: Lost,
    },
    /// The server that answered is not a CLASP router.
    #[error("{endpoint} is not a CLASP router: {why}")]
    NotClasp {
        /// Where.
        endpoint: Endpoint,
        /// What it did that a router does not.
        why: String,
    },
    /// The router demands a token, and none was given.
    #[error("{endpoint} demands a token, and none was given: {refusal}")]
    TokenMissing {
        /// Where.
        endpoint: Endpoint,
        /// The router's ERROR.
        refusal: Refusal,
    },
    /// The router answered HELLO with an ERROR.
    #[error("the router refused this client: {0}")]
    Unwelcome(Refusal),
    /// The router refused the request.
    #[error("the router refused: {0}")]
    Refused(Refusal),
    /// Another session holds the lock.
    #[error("{address} is locked by {}", holder(refusal))]
    Locked {
        /// The address to be locked.
        address: String,
        /// The router's ERROR.
        refusal: Refusal,
    },
    /// The router has handled the request but sent neither ACK nor ERROR.
    #[error("the router did not acknowledge it: whether {what} was done is unknown")]
    Unacknowledged {
        /// The request, as in "the write to /a".
        what: String,
    },
    /// The router does not answer SYNC.
    #[error("the router does not tell its time: it answers no SYNC")]
    NoClock,
    /// The request, or a part of it, had left when `cause` happened.
    #[error("{cause}: whether {what} was done is unknown")]
    Unknown {
        /// The request, as in "the write to /a".
        what: String,
        /// What happened.
        #[source]
        cause: Box<Error>,
    },
    /// The router left out a part of a snapshot, see [`super::reader::truncation`].
    #[error("{endpoint} leaves out part of a large snapshot: there is more than what came")]
    Truncated {
        /// Which router.
        endpoint: Endpoint,
    },
    /// The router sent a frame that cannot be decoded.
    #[error("the router sent a frame that cannot be read: {0}")]
    Undecodable(#[from] DecodeError),
    /// The message to send does not fit into a frame.
    #[error(transparent)]
    Unsendable(#[from] EncodeError),
}

fn holder(refusal: &Refusal) -> String {
    match refusal.holder() {
        Some(session) => format!("session {session}"),
        None => format!("another session: {refusal}"),
    }
}

impl Error {
    /// Turns an error that happened after a request with an effect was sent into
    /// [`Error::Unknown`], unless it is the router's own answer: any other error does not tell
    /// whether the request was done.
    pub fn after_sending(self, what: &str) -> Error {
        match self {
            Error::Refused(_)
            | Error::Unwelcome(_)
            | Error::TokenMissing { .. }
            | Error::Locked { .. }
            | Error::Unacknowledged { .. }
            | Error::Unknown { .. }
            | Error::Unsendable(_) => self,
            cause => Error::Unknown {
                what: what.to_owned(),
                cause: Box::new(cause),
            },
        }
    }

    /// What this error says about the effect that was requested.
    pub fn effect(&self) -> Outcome {
        match self {
            Error::Unknown { .. } | Error::Unacknowledged { .. } => Outcome::Unknown,
            Error::Refused(refusal) | Error::Unwelcome(refusal) if refusal.code >= 500 => {
                Outcome::Failed
            }
            Error::Refused(_)
            | Error::Unwelcome(_)
            | Error::TokenMissing { .. }
            | Error::Locked { .. } => Outcome::Refused,
            _ => Outcome::NotSent,
        }
    }

    /// Whether connecting again may help. A refusal is final, and so is a bad pattern.
    pub fn is_temporary(&self) -> bool {
        match self {
            Error::Connect(error) => error.is_temporary(),
            Error::Lost { .. } => true,
            Error::Unwelcome(refusal) => refusal.rate_limited() || refusal.code >= 500,
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
            Error::Locked { .. } => Kind::Refused,
            Error::TokenMissing { .. } => Kind::TokenMissing,
            Error::Unacknowledged { .. } | Error::Unknown { .. } | Error::Truncated { .. } => {
                Kind::Partial
            }
            Error::Undecodable(_) | Error::NoClock => Kind::Service,
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
                code: Refusal::RATE_LIMITED,
                ..
            }) => Some("Too many messages in this second: try again in the next".into()),
            Error::Locked { .. } => Some("Wait for it with --wait 30s".into()),
            Error::Truncated { .. } => {
                Some("Ask for less at a time: narrower patterns, or single addresses".into())
            }
            Error::Unsendable(error) => error.hint(),
            Error::Unknown { cause, .. } => match **cause {
                // The server is not a router: the request had no effect there.
                Error::NotClasp { .. } => cause.hint(),
                _ => None,
            },
            _ => None,
        }
    }

    fn outcome(&self) -> Option<Outcome> {
        // For the other errors only the caller knows whether an effect was requested: see `effect`.
        (self.effect() == Outcome::Unknown).then_some(Outcome::Unknown)
    }

    fn retryable(&self) -> bool {
        match self {
            Error::Refused(refusal) => refusal.rate_limited() || refusal.code >= 500,
            Error::Locked { .. } => true,
            error => error.is_temporary(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_routers_words_for_a_lock_and_a_conflict_are_understood() {
        let refusal = |code, message: &str| Refusal {
            code,
            message: message.to_owned(),
            address: None,
        };
        for lock in [
            refusal(401, "LockHeld: locked by session s-7"),
            refusal(400, "LockHeld { holder: \"s-7\" }"),
        ] {
            assert!(lock.is_lock() && !lock.is_conflict(), "{lock:?}");
            let error = Error::Locked {
                address: "/a".to_owned(),
                refusal: lock,
            };
            assert_eq!(error.to_string(), "/a is locked by session s-7");
        }
        for conflict in [
            "RevisionConflict: revision 1 was expected, it is 2",
            "RevisionConflict { expected: 1, actual: 2 }",
        ] {
            let conflict = refusal(400, conflict);
            assert!(conflict.is_conflict() && !conflict.is_lock());
        }
        let other = refusal(400, "the value is too long");
        assert!(!other.is_conflict() && !other.is_lock());
    }
}
