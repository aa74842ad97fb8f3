//! What a service's probe found: `doctor` asks each service, and lays this out.

use std::time::Duration;

use super::keys::{Key, TokenKeys};
use super::settings::{Origin, found};
use super::token::source;
use crate::error::Failure;

/// How a token is judged by the service it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// There is none.
    None,
    /// There is one, and it was not shown to anybody.
    Unasked,
    /// The service takes it.
    Accepted,
    /// The service takes anybody, with a token or without.
    NotNeeded,
    /// The service wants another, or any at all.
    Refused,
}

/// What is known of a service.
#[derive(Debug)]
pub struct Probe {
    /// As the command line knows it.
    pub service: &'static str,
    /// Where it should be.
    pub url: String,
    /// Who says so.
    pub origin: Origin,
    /// Whether anybody has named it, or given a token for it.
    pub configured: bool,
    /// What it calls itself, and which version it is, as far as it says.
    pub version: Option<String>,
    /// How long an answer takes.
    pub round_trip: Option<Duration>,
    /// Its clock minus ours, in µs.
    pub clock_offset_us: Option<i64>,
    /// The token of whoever uses it.
    pub token: Judgement,
    /// The token of whoever administers it, where that is another.
    pub admin_token: Option<Judgement>,
    /// What is wrong.
    pub failure: Option<Failure>,
}

impl Probe {
    /// What the settings say of a service, before it is asked.
    ///
    /// # Errors
    /// A configuration that cannot be used.
    pub fn of(
        service: &'static str,
        url: &Key,
        token: Option<&TokenKeys>,
    ) -> Result<Probe, Failure> {
        let named = found(url)?;
        let token = match token {
            Some(keys) => source(keys)?,
            None => None,
        };
        let (value, origin) = match &named {
            Some(named) => (named.value.clone(), named.origin),
            None => (url.default.unwrap_or_default().to_owned(), Origin::Default),
        };
        Ok(Probe {
            service,
            url: value,
            origin,
            configured: named.is_some() || token.is_some(),
            version: None,
            round_trip: None,
            clock_offset_us: None,
            token: match token {
                Some(_) => Judgement::Unasked,
                None => Judgement::None,
            },
            admin_token: None,
            failure: None,
        })
    }

    /// Asks the service; what is wrong with it is kept.
    pub fn asked(mut self, ask: impl FnOnce(&mut Probe) -> Result<(), Failure>) -> Probe {
        self.failure = ask(&mut self).err();
        self
    }
}
