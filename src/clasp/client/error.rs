//! What can become of a request: every way to fail, its exit code and its hint.

use std::fmt;

use crate::clasp::wire::{DecodeError, EncodeError, ErrorReply};
use crate::error::{Failing, Kind};
use crate::net::endpoint::Endpoint;
use crate::net::{ConnectError, Lost};
use crate::outcome::Outcome;

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
    /// The code for a write under a revision that is no longer, and at the reference router for
    /// every refused write.
    pub const CONFLICT: u16 = 400;
    /// The code for a write to what somebody else has locked.
    pub const LOCKED: u16 = 401;

    /// Whether the message was dropped for rate alone.
    pub fn too_fast(&self) -> bool {
        self.code == Self::TOO_FAST
    }

    /// Whether somebody else holds the lock. The reference router tells that in words (quirk 15).
    pub fn is_lock(&self) -> bool {
        self.code == Self::LOCKED
            || self.code == Self::CONFLICT && self.message.starts_with("LockHeld")
    }

    /// Whether somebody has written since the revision that was named.
    pub fn is_conflict(&self) -> bool {
        self.code == Self::CONFLICT && self.message.starts_with("RevisionConflict")
    }

    /// The session that holds the lock: both routers name it last, the reference router in quotes.
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
    /// Somebody else holds the lock.
    #[error("{address} is locked by {}", holder(refusal))]
    Locked {
        /// What was to be locked.
        address: String,
        /// The router's words.
        refusal: Refusal,
    },
    /// The router has handled the request and never said whether it did it.
    #[error("the router did not acknowledge it: whether {what} was done is unknown")]
    Unacknowledged {
        /// What was asked.
        what: String,
    },
    /// The router does not answer SYNC.
    #[error("the router does not tell its time: it answers no SYNC")]
    Timeless,
    /// The request had left, or a part of it, when this happened.
    #[error("{cause}: whether {what} was done is unknown")]
    Unknown {
        /// What was asked for, as in "the write to /a".
        what: String,
        /// What happened.
        #[source]
        cause: Box<Error>,
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

fn holder(refusal: &Refusal) -> String {
    match refusal.holder() {
        Some(session) => format!("session {session}"),
        None => format!("another session: {refusal}"),
    }
}

impl Error {
    /// The same, where a request that changes something has left: whatever is not the router's own
    /// word on it says nothing about what became of it.
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

    /// What became of an effect that was asked for, when this is how it ended.
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
            Error::Locked { .. } => Kind::Refused,
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
            Error::Locked { .. } => Some("Wait for it with --wait 30s".into()),
            Error::Cut { .. } => {
                Some("Ask for less at a time: narrower patterns, or single addresses".into())
            }
            Error::Unsendable(error) => error.hint(),
            Error::Unknown { cause, .. } => match **cause {
                // It was no router that the request went to.
                Error::NotClasp { .. } => cause.hint(),
                _ => None,
            },
            _ => None,
        }
    }

    fn outcome(&self) -> Option<Outcome> {
        // Of the others only who asked knows whether they end an effect: see `effect`.
        (self.effect() == Outcome::Unknown).then_some(Outcome::Unknown)
    }

    fn retryable(&self) -> bool {
        match self {
            Error::Refused(refusal) => refusal.too_fast() || refusal.code >= 500,
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
