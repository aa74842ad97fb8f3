//! Which path does what: an action enters, its method and its path below the base URL leave.

use std::fmt;

use super::names::{SessionId, TokenName};

/// An HTTP method of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Does something, which is never repeated unasked.
    Post,
    /// Ends something; may be repeated.
    Delete,
}

impl Method {
    /// As HTTP spells it.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        }
    }
}

/// What is at stake when a request was sent and its reply is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stake {
    /// Asking again does no harm.
    Nothing,
    /// It may have been done, and doing it again is something else.
    Effect,
    /// It may have been done, and is charged; so is doing it again.
    Money,
}

/// Something that the service can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// How it is.
    Health,
    /// Run a prompt. Costs money.
    Run,
    /// Keep a file.
    Upload,
    /// Open a session.
    OpenSession,
    /// Say something in a session. Costs money.
    Turn(SessionId),
    /// A session's state.
    Session(SessionId),
    /// All sessions of the token.
    Sessions {
        /// Whether the closed ones, too.
        closed: bool,
    },
    /// End a session.
    CloseSession(SessionId),
    /// Make an app token.
    CreateToken,
    /// All app tokens.
    Tokens,
    /// Take an app token back.
    RevokeToken(TokenName),
}

impl Route {
    /// The method.
    pub fn method(&self) -> Method {
        match self {
            Route::Health | Route::Session(_) | Route::Sessions { .. } | Route::Tokens => {
                Method::Get
            }
            Route::Run
            | Route::Upload
            | Route::OpenSession
            | Route::Turn(_)
            | Route::CreateToken => Method::Post,
            Route::CloseSession(_) | Route::RevokeToken(_) => Method::Delete,
        }
    }

    /// What it is called when it fails.
    pub fn deed(&self) -> &'static str {
        match self {
            Route::Turn(_) => "turn",
            Route::Run => "run",
            _ => "request",
        }
    }

    /// What is at stake when the reply is lost.
    pub fn stake(&self) -> Stake {
        match self {
            Route::Run | Route::Turn(_) => Stake::Money,
            Route::OpenSession | Route::CreateToken => Stake::Effect,
            _ => Stake::Nothing,
        }
    }
}

/// The path and the query, to be put behind the base URL.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Route::Health => f.write_str("/healthz"),
            Route::Run => f.write_str("/run"),
            Route::Upload => f.write_str("/files"),
            Route::OpenSession => f.write_str("/sessions"),
            Route::Turn(id) => write!(f, "/sessions/{id}/turn"),
            Route::Session(id) | Route::CloseSession(id) => write!(f, "/sessions/{id}"),
            Route::Sessions { closed } => write!(f, "/sessions?include_closed={closed}"),
            Route::CreateToken | Route::Tokens => f.write_str("/admin/tokens"),
            Route::RevokeToken(name) => write!(f, "/admin/tokens/{name}"),
        }
    }
}
