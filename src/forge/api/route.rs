//! Which path does what: an action enters, its method and its path below the base URL leave.

use std::fmt;

use super::names::{RunId, SessionId, TokenName};

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

/// What it does to send a request a second time, when the reply to the first is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// No harm: it reads, or the second time changes nothing more.
    Harmless,
    /// The effect takes place twice: a second session, a second token.
    Doubles,
    /// It is charged twice.
    Charged,
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
    /// The runs that were sent with an `Idempotency-Key` of this client's making.
    RunsOfKey(String),
    /// A run that is kept.
    KeptRun(RunId),
    /// What the token has cost.
    Usage {
        /// So many days, today included.
        days: u16,
    },
    /// What all tokens have cost.
    AllUsage {
        /// So many days, today included.
        days: u16,
    },
}

impl Route {
    /// The method.
    pub fn method(&self) -> Method {
        match self {
            Route::Health
            | Route::Session(_)
            | Route::Sessions { .. }
            | Route::Tokens
            | Route::RunsOfKey(_)
            | Route::KeptRun(_)
            | Route::Usage { .. }
            | Route::AllUsage { .. } => Method::Get,
            Route::Run
            | Route::Upload
            | Route::OpenSession
            | Route::Turn(_)
            | Route::CreateToken => Method::Post,
            Route::CloseSession(_) | Route::RevokeToken(_) => Method::Delete,
        }
    }

    /// What it is called in errors.
    pub fn noun(&self) -> &'static str {
        match self {
            Route::Turn(_) => "turn",
            Route::Run => "run",
            _ => "request",
        }
    }

    /// What it does to send it a second time.
    pub fn repeat(&self) -> Repeat {
        match self {
            Route::Run | Route::Turn(_) => Repeat::Charged,
            Route::OpenSession | Route::CreateToken => Repeat::Doubles,
            _ => Repeat::Harmless,
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
            Route::RunsOfKey(key) => write!(f, "/runs?idempotency_key={key}"),
            Route::KeptRun(id) => write!(f, "/runs/{id}"),
            Route::Usage { days } => write!(f, "/usage?days={days}"),
            Route::AllUsage { days } => write!(f, "/admin/usage?days={days}"),
        }
    }
}
