//! The bodies of requests, with the fields of the contract.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::cidr::Cidr;
use super::names::{Agent, FileToken, TokenName};

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
    /// The time limit, in seconds.
    pub timeout_secs: u64,
}

/// `POST /sessions`.
#[derive(Debug, Clone, Serialize)]
pub struct OpenSession<'a> {
    /// The agent that answers.
    pub agent: &'a Agent,
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
    /// The time limit, in seconds.
    pub timeout_secs: u64,
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

/// The range of the TTL of a file: a minute to a day.
pub const TTL_LIMITS: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(24 * 3600);

/// How much longer than the run the HTTP request may take. The service ends a run at its limit, and
/// its reply about that must still arrive.
pub const MARGIN: Duration = Duration::from_secs(30);
