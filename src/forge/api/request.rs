//! The bodies that are sent, field by field as the contract has them.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::cidr::Cidr;
use super::names::{Agent, FileToken, TokenName};

/// `POST /run`.
#[derive(Debug, Clone, Serialize)]
pub struct Run<'a> {
    /// What to do.
    pub prompt: &'a str,
    /// By which model.
    pub model: &'a str,
    /// What to know beforehand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<&'a str>,
    /// `append` to what the model knows, or `replace` it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_mode: Option<&'a str>,
    /// `low` to `max`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effort: Option<&'a str>,
    /// What to look at.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub files: &'a [FileToken],
    /// How long it may take, in seconds.
    pub timeout_secs: u64,
}

/// `POST /sessions`.
#[derive(Debug, Clone, Serialize)]
pub struct OpenSession<'a> {
    /// Who answers.
    pub agent: &'a Agent,
    /// What the caller wants to remember: an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<&'a Value>,
}

/// `POST /sessions/{id}/turn`.
#[derive(Debug, Clone, Serialize)]
pub struct Turn<'a> {
    /// What to say.
    pub prompt: &'a str,
    /// What to look at.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub files: &'a [FileToken],
    /// How long it may take, in seconds.
    pub timeout_secs: u64,
}

/// `POST /admin/tokens`.
#[derive(Debug, Clone, Serialize)]
pub struct CreateToken<'a> {
    /// Whose it is.
    pub name: &'a TokenName,
    /// From where it may be used; from everywhere if there is none.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub ip_cidrs: &'a [Cidr],
    /// What it may do, if the service knows of policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<&'a Value>,
}

/// A request as it is sent.
///
/// # Panics
/// Never: what is sent is text, numbers and what was read as JSON, which are JSON.
pub fn json(request: &impl Serialize) -> String {
    serde_json::to_string(request).expect("a request is always JSON")
}

/// How long a run or a turn may take: 5 s to 30 min. (Older servers take no more than 10 min and
/// say so.)
pub const RUN_LIMITS: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(5)..=Duration::from_secs(30 * 60);

/// How long a file may be kept: a minute to a day.
pub const TTL_LIMITS: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(24 * 3600);

/// How much longer than the run the HTTP request may take: the service ends a run by itself, and
/// its word on that is worth waiting for.
pub const MARGIN: Duration = Duration::from_secs(30);
