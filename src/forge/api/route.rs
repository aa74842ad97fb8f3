//! The actions of the service. Gives the method of an action and its path below the base URL, and the
//! bodies of requests, with the fields of the contract.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::cidr::Cidr;
use super::names::{Agent, FileToken, RunId, SessionId, TokenName};

/// An HTTP method of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Does something; it is never repeated unless the user asks for it.
    Post,
    /// Ends something; may be repeated.
    Delete,
}

impl Method {
    /// The name in HTTP.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        }
    }
}

/// The effect of sending a request a second time when the reply to the first is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// None: it only reads, or the second request changes nothing more.
    Harmless,
    /// The effect takes place twice: a second session, a second token.
    Doubles,
    /// It is charged twice.
    Charged,
}

/// An action of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// Read the health of the service.
    Health,
    /// Run a prompt. Costs money.
    Run,
    /// Upload a file.
    Upload,
    /// Open a session.
    OpenSession,
    /// Send a prompt in a session. Costs money.
    Turn(SessionId),
    /// Read a session's state.
    Session(SessionId),
    /// List the sessions of the token.
    Sessions {
        /// Whether to list the closed ones, too.
        closed: bool,
    },
    /// Close a session.
    CloseSession(SessionId),
    /// Create an app token.
    CreateToken,
    /// List the app tokens.
    Tokens,
    /// Revoke an app token.
    RevokeToken(TokenName),
    /// List the runs with this `Idempotency-Key`.
    RunsOfKey(String),
    /// Read a stored run.
    KeptRun(RunId),
    /// Stop a run or a turn. What it has cost until then is charged.
    CancelRun(RunId),
    /// Read what the token has cost.
    Usage {
        /// The number of days, including today.
        days: u16,
    },
    /// Read what all tokens have cost.
    AllUsage {
        /// The number of days, including today.
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
            | Route::CancelRun(_)
            | Route::CreateToken => Method::Post,
            Route::CloseSession(_) | Route::RevokeToken(_) => Method::Delete,
        }
    }

    /// Its name in errors.
    pub fn noun(&self) -> &'static str {
        match self {
            Route::Turn(_) => "turn",
            Route::Run => "run",
            _ => "request",
        }
    }

    /// The effect of sending it a second time.
    pub fn repeat(&self) -> Repeat {
        match self {
            Route::Run | Route::Turn(_) => Repeat::Charged,
            Route::OpenSession | Route::CreateToken => Repeat::Doubles,
            _ => Repeat::Harmless,
        }
    }
}

/// The path and the query, to be appended to the base URL.
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
            Route::CancelRun(id) => write!(f, "/runs/{id}/cancel"),
            Route::Usage { days } => write!(f, "/usage?days={days}"),
            Route::AllUsage { days } => write!(f, "/admin/usage?days={days}"),
        }
    }
}

/// `POST /run`.
#[derive(Debug, Clone, Serialize)]
pub struct Run<'a> {
    /// The prompt.
    pub prompt: &'a str,
    /// The model.
    pub model: &'a str,
    /// The system prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<&'a str>,
    /// `append` to the model's system prompt, or `replace` it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_mode: Option<&'a str>,
    /// `low` to `max`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<&'a str>,
    /// The tokens of files.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub files: &'a [FileToken],
    /// The time limit, in seconds; without one it is the service's, see [`DEFAULT_LIMIT`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_secs: Option<u64>,
}

/// `POST /sessions`.
#[derive(Debug, Clone, Serialize)]
pub struct OpenSession<'a> {
    /// The agent that answers.
    pub agent: &'a Agent,
    /// The model; without one it is the service's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<&'a str>,
    /// Data of the caller that the service stores: an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<&'a Value>,
}

/// `POST /sessions/{id}/turn`.
#[derive(Debug, Clone, Serialize)]
pub struct Turn<'a> {
    /// The prompt.
    pub prompt: &'a str,
    /// The tokens of files.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub files: &'a [FileToken],
    /// The time limit, in seconds; without one it is the service's, see [`DEFAULT_LIMIT`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_secs: Option<u64>,
}

/// `POST /admin/tokens`.
#[derive(Debug, Clone, Serialize)]
pub struct CreateToken<'a> {
    /// The name of the token.
    pub name: &'a TokenName,
    /// The networks from which it may be used; empty for everywhere.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub ip_cidrs: &'a [Cidr],
    /// Its policy, if the service supports policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<&'a Value>,
}

/// The JSON text of a request.
///
/// # Panics
/// Never: a request has only text, numbers and parsed JSON.
pub fn json(request: &impl Serialize) -> String {
    serde_json::to_string(request).expect("a request is always JSON")
}

/// The range of the time limit of a run or a turn: 5 s to 30 min. (Older servers accept at most 10
/// min and refuse more.)
pub const RUN_LIMITS: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(5)..=Duration::from_secs(30 * 60);

/// The time limit of a run or a turn whose request names none. A service may give a token less.
pub const DEFAULT_LIMIT: Duration = Duration::from_secs(120);

/// The range of the TTL of a file: a minute to a day.
pub const TTL_LIMITS: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(24 * 3600);

/// How much longer than the run the HTTP request may take. The service ends a run at its limit, and
/// its reply about that must still arrive.
pub const MARGIN: Duration = Duration::from_secs(30);
