//! The result of probing a service: `doctor` asks each service and prints this.

use std::time::Duration;

use super::access::Access;
use super::origin::Origin;
use crate::error::Failure;
use crate::text::url::without_secrets;

/// What is known about a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenStatus {
    /// There is no token.
    None,
    /// There is a token, but it has not been sent.
    Unasked,
    /// There is a token of another server: nothing was sent.
    Withheld,
    /// The service accepts it.
    Accepted,
    /// The service needs no token.
    NotNeeded,
    /// The service refuses it, or refuses requests without one.
    Refused,
}

impl TokenStatus {
    /// What the settings say about a token, before the service is asked.
    pub fn of(access: &Access) -> TokenStatus {
        match &access.token {
            Ok(None) => TokenStatus::None,
            Ok(Some(_)) => TokenStatus::Unasked,
            Err(_) => TokenStatus::Withheld,
        }
    }
}

/// What is known about a service.
#[derive(Debug)]
pub struct Probe {
    /// Its name on the command line.
    pub service: &'static str,
    /// Its URL, without secrets.
    pub url: String,
    /// Where the URL comes from.
    pub origin: Origin,
    /// The HTTP proxy, if one is used: its URL, and the variable that sets it.
    pub proxy: Option<(String, &'static str)>,
    /// Whether a URL or a token is set for it.
    pub configured: bool,
    /// Its name and version, if it tells them.
    pub version: Option<String>,
    /// How long a reply takes.
    pub round_trip: Option<Duration>,
    /// Its clock minus ours, in µs.
    pub clock_offset_us: Option<i64>,
    /// The token of a user.
    pub token: TokenStatus,
    /// The token of the administrator, for services that have one.
    pub admin_token: Option<TokenStatus>,
    /// What failed.
    pub failure: Option<Failure>,
}

impl Probe {
    /// What the settings say about a service, before it is asked.
    pub fn of(service: &'static str, access: &Access) -> Probe {
        let token = TokenStatus::of(access);
        Probe {
            service,
            url: without_secrets(&access.url.value),
            origin: access.url.origin,
            proxy: None,
            configured: access.url.origin != Origin::Default || token != TokenStatus::None,
            version: None,
            round_trip: None,
            clock_offset_us: None,
            token,
            admin_token: None,
            failure: None,
        }
    }

    /// Asks the service; a failure is stored in the probe.
    pub fn asked(mut self, ask: impl FnOnce(&mut Probe) -> Result<(), Failure>) -> Probe {
        self.failure = ask(&mut self).err();
        self
    }
}
