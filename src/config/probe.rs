//! What a service's probe found: `doctor` asks each service, and lays this out.

use std::time::Duration;

use super::access::Access;
use super::settings::Origin;
use crate::error::Failure;
use crate::text::url::without_secrets;

/// How a token is judged by the service it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// There is none.
    None,
    /// There is one, and it was not shown to anybody.
    Unasked,
    /// There is one that belongs to another server: nothing was sent.
    Withheld,
    /// The service takes it.
    Accepted,
    /// The service takes anybody, with a token or without.
    NotNeeded,
    /// The service wants another, or any at all.
    Refused,
}

impl Judgement {
    /// What can be said of a token before anybody is asked.
    pub fn of(access: &Access) -> Judgement {
        match &access.token {
            Ok(None) => Judgement::None,
            Ok(Some(_)) => Judgement::Unasked,
            Err(_) => Judgement::Withheld,
        }
    }
}

/// What is known of a service.
#[derive(Debug)]
pub struct Probe {
    /// As the command line knows it.
    pub service: &'static str,
    /// Where it should be, as it may be shown.
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
    pub fn of(service: &'static str, access: &Access) -> Probe {
        let token = Judgement::of(access);
        Probe {
            service,
            url: without_secrets(&access.url.value),
            origin: access.url.origin,
            configured: access.url.origin != Origin::Default || token != Judgement::None,
            version: None,
            round_trip: None,
            clock_offset_us: None,
            token,
            admin_token: None,
            failure: None,
        }
    }

    /// Asks the service; what is wrong with it is kept.
    pub fn asked(mut self, ask: impl FnOnce(&mut Probe) -> Result<(), Failure>) -> Probe {
        self.failure = ask(&mut self).err();
        self
    }
}
