//! How to reach the router. Takes options and environment, gives a [`Target`] and a deadline.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use super::allow::Allow;
use crate::clasp::client::pipeline::Sent;
use crate::clasp::client::{
    Destination, Endpoint, Error, Header, Identity, Proxy, Reconnect, Target, Trust, block_on,
};
use crate::clasp::wire::Features;
use crate::config::access::{Access, Typed};
use crate::config::guard::Intent;
use crate::config::keys;
use crate::config::origin::Origin;
use crate::config::settings::setting;
use crate::config::token::TokenArgs;
use crate::error::{Failure, Kind};
use crate::outcome::Outcome;
use crate::term::Console;
use crate::text::duration::{InWords, duration};

/// The deadline of one question when nobody says otherwise.
const ONE_QUESTION: Duration = Duration::from_secs(5);

/// What HELLO names unless told otherwise: everything but params, and that no snapshot of them all
/// is wanted, because every verb asks for what it needs. Routers that do not know that bit send the
/// snapshot to who names params.
const FEATURES: Features = Features(
    Features::EVENT
        | Features::STREAM
        | Features::GESTURE
        | Features::TIMELINE
        | Features::NO_SNAPSHOT,
);

/// Options of every verb.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// Connect to this router, or to the first of several that answers: URL,URL
    /// [env: CLASP_URL] [default: ws://localhost:7330]
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    #[command(flatten)]
    token: TokenArgs,

    /// Send no token, whatever the environment or the profile has
    #[arg(long, group = "token-source", hide_short_help = true)]
    no_token: bool,

    /// Introduce yourself to the router by this name [default: trefoil]
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    name: Option<String>,

    /// Announce these features: param, event, stream, gesture, timeline [default:
    /// all but param, which asks for a copy of all state]
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = feature, hide_short_help = true)]
    features: Vec<u8>,

    /// Trust the certificates in this PEM file, beside the system's
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    ca: Option<PathBuf>,

    /// Accept any certificate
    #[arg(long, hide_short_help = true)]
    insecure: bool,

    /// Show this certificate (PEM) to a server that asks for one
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    cert: Option<PathBuf>,

    /// The key of --cert (PEM) [default: it is in the same file]
    #[arg(
        long = "key",
        value_name = "FILE",
        requires = "cert",
        hide_short_help = true
    )]
    cert_key: Option<PathBuf>,

    /// Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY,
    /// ALL_PROXY, NO_PROXY]
    #[arg(long, value_name = "URL", hide_short_help = true)]
    proxy: Option<String>,

    /// Send this header with the upgrade; may be repeated
    #[arg(long = "header", value_name = "NAME=VALUE", value_parser = Header::parse, hide_short_help = true)]
    headers: Vec<Header>,

    /// Give up after this long [default: 5s for one question, else never]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,

    /// Give up connecting (TCP, TLS, WebSocket and HELLO) after this long
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s", hide_short_help = true)]
    connect_timeout: Duration,

    /// Keep trying this long to reach a router that is still starting
    #[arg(long, value_name = "DURATION", value_parser = duration, hide_short_help = true)]
    connect_retry: Option<Duration>,
}

/// Options of what stays connected.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Connection")]
pub struct ReconnectArgs {
    /// Wait this long before reconnecting; later waits grow, up to 30s
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "1s", hide_short_help = true)]
    reconnect_interval: Duration,

    /// Give up after so many attempts to reconnect in a row
    #[arg(long, value_name = "N", hide_short_help = true)]
    max_reconnects: Option<u32>,

    /// Exit with 1 when the connection is lost
    #[arg(long, conflicts_with = "max_reconnects", hide_short_help = true)]
    no_reconnect: bool,
}

/// The bits that only we know: nobody has to name them.
const OWN: u8 = Features::KEEPS_TIME | Features::NO_SNAPSHOT;

fn feature(name: &str) -> Result<u8, String> {
    let wire_name = match name {
        // As the SDK's documentation has them.
        "state" | "params" => "param",
        "events" => "event",
        "streams" => "stream",
        "gestures" => "gesture",
        "timelines" => "timeline",
        name => name,
    };
    Features::NAMES
        .into_iter()
        .find(|(bit, known)| *known == wire_name && bit & OWN == 0)
        .map(|(bit, _)| bit)
        .ok_or_else(|| {
            "a feature is one of param, event, stream, gesture, timeline, federation".to_owned()
        })
}

impl ConnectionArgs {
    /// Where to connect, and what may be sent there.
    ///
    /// # Errors
    /// A configuration that cannot be used.
    pub fn access(&self) -> Result<Access, Failure> {
        self.access_to(self.url.as_deref())
    }

    fn access_to(&self, url: Option<&str>) -> Result<Access, Failure> {
        let typed = Typed {
            url,
            token: Some(&self.token),
            no_token: self.no_token,
            headers: !self.headers.is_empty(),
            ca: self.ca.as_deref(),
            insecure: self.insecure,
            cert: self.cert.as_deref(),
            key: self.cert_key.as_deref(),
        };
        Access::resolve(&keys::CLASP, Some(&keys::CLASP_TOKEN), typed)
    }

    /// Resolves where to connect and as whom; warns of a token file that others can read.
    ///
    /// # Errors
    /// A usage failure for a URL that is none, a token source that gives none.
    pub fn target(&self, console: &Console) -> Result<Target, Failure> {
        self.target_for(console, Intent::Read)
    }

    /// The same for what is going to write, if the chosen profile lets it: who is to be asked is
    /// asked here, before anything is sent.
    ///
    /// # Errors
    /// As [`target`](Self::target); [`Kind::Refused`] by the profile or the user.
    pub fn target_for(&self, console: &Console, intent: Intent<'_>) -> Result<Target, Failure> {
        let access = self.access()?;
        // A profile is of one server, whose token is in it.
        let is_list = access.url.value.contains(',');
        if !is_list || matches!(access.url.origin, Origin::Profile { .. }) {
            return self.target_at(&access, console, intent);
        }
        let urls: Vec<&str> = access.url.value.split(',').map(str::trim).collect();
        let count = u32::try_from(urls.len()).unwrap_or(u32::MAX);
        let mut targets = Vec::with_capacity(urls.len());
        for url in urls {
            // Each by itself: what may be sent to one may not be meant for another.
            let mut target = self.target_at(&self.access_to(Some(url))?, console, intent)?;
            // One that does not answer leaves time for the others.
            target.connect_timeout /= count;
            targets.push(target);
        }
        let mut first = targets.remove(0);
        first.others = targets;
        Ok(first)
    }

    /// The same, where an access leads.
    ///
    /// # Errors
    /// As [`target_for`](Self::target_for).
    pub fn target_at(
        &self,
        access: &Access,
        console: &Console,
        intent: Intent<'_>,
    ) -> Result<Target, Failure> {
        let endpoint = Endpoint::parse(&access.url.value)
            .map_err(|error| Failure::from(error).context(access.url.origin))?;
        console.hide(endpoint.secrets());
        if let Intent::Write(addresses) = intent {
            let question = access.guards.before_write(&endpoint)?;
            let allow = Allow::by(&access.guards)?;
            for address in addresses {
                allow.check(address)?;
            }
            if let Some(question) = question {
                console.agree(&question)?;
            }
        }
        let token = access.token(self.timeout)?;
        if let Some(token) = &token {
            console.hide([token.secret.expose()]);
            if let Some(warning) = &token.warning {
                console.warn(warning);
            }
        }
        let headers = access.headers(&self.headers, Header::parse)?;
        console.hide(headers.iter().flat_map(Header::secrets));
        let features = match self.features.as_slice() {
            [] => FEATURES,
            bits => Features(bits.iter().fold(0, |all, bit| all | bit)),
        };
        let trusted = access.trusted()?;
        Ok(Target {
            proxy: Proxy::select(self.proxy.as_deref(), Destination::from(&endpoint))?,
            endpoint,
            name: setting(&keys::CLASP_NAME, self.name.clone())?.value,
            token: token.map(|token| token.secret.expose().to_owned()),
            features,
            trust: Trust {
                ca: trusted.ca,
                insecure: trusted.insecure,
                identity: Identity::of(trusted.cert.as_deref(), trusted.key.as_deref()),
            },
            headers,
            connect_timeout: self.connect_timeout,
            connect_retry: self.connect_retry.unwrap_or_default(),
            trace: console.trace(),
            others: Vec::new(),
        })
    }

    /// The deadline that was typed, if any.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Asks one question, within the command's deadline.
    ///
    /// # Errors
    /// [`Kind::Deadline`] when the time is up, else the question's own failure.
    pub fn ask<T, E: Into<Failure>>(
        &self,
        target: &Target,
        question: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        self.ask_within(target, Duration::ZERO, question)
    }

    /// Asks a question that is meant to take so long by itself.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn ask_within<T, E: Into<Failure>>(
        &self,
        target: &Target,
        by_itself: Duration,
        question: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        let limit = self.limit(target, by_itself);
        block_on(async {
            match tokio::time::timeout(limit, question).await {
                Ok(answer) => answer.map_err(Into::into),
                Err(_) => Err(out_of_time(target, limit)),
            }
        })?
    }

    /// Asks for something that changes the router's state, within the command's deadline. Its
    /// failure says what became of it; `what` names it there, as in "the write to /a".
    ///
    /// # Errors
    /// [`Kind::Deadline`] when the time is up, else the request's own failure.
    pub fn effect<T>(
        &self,
        target: &Target,
        what: &str,
        effect: impl AsyncFnOnce(&Sent) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let limit = self.limit(target, Duration::ZERO);
        let sent = Sent::default();
        block_on(async {
            match tokio::time::timeout(limit, effect(&sent)).await {
                Ok(Ok(done)) => Ok(done),
                Ok(Err(error)) => {
                    let outcome = error.effect();
                    Err(Failure::from(error).with_outcome(outcome))
                }
                Err(_) if sent.get() => Err(unanswered(target, limit, what)),
                Err(_) => Err(out_of_time(target, limit).with_outcome(Outcome::NotSent)),
            }
        })?
    }

    fn limit(&self, target: &Target, by_itself: Duration) -> Duration {
        // Waiting for a router to start is not part of the deadline.
        let usual = ONE_QUESTION
            .saturating_add(target.connect_retry)
            .saturating_add(by_itself);
        self.timeout.unwrap_or(usual)
    }
}

/// The failure of a command whose time is up after its request has left.
fn unanswered(target: &Target, limit: Duration, what: &str) -> Failure {
    Failure::new(
        Kind::Deadline,
        format!(
            "no answer from {} within {}: whether {what} was done is unknown",
            target.endpoint,
            InWords(limit)
        ),
    )
    .with_outcome(Outcome::Unknown)
}

/// The failure of a command whose time is up.
fn out_of_time(target: &Target, limit: Duration) -> Failure {
    Failure::new(
        Kind::Deadline,
        format!(
            "no answer from {} within {}",
            target.endpoint,
            InWords(limit)
        ),
    )
    .with_hint("Give it longer with --timeout, such as --timeout 30s")
}

impl ReconnectArgs {
    /// How to come back.
    pub fn policy(&self) -> Reconnect {
        Reconnect {
            enabled: !self.no_reconnect,
            interval: self.reconnect_interval,
            max_tries: self.max_reconnects,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_go_by_the_names_of_the_wire_and_of_the_documentation() {
        let table = [
            ("param", Features::PARAM),
            ("state", Features::PARAM),
            ("events", Features::EVENT),
            ("stream", Features::STREAM),
            ("federation", Features::FEDERATION),
        ];
        for (name, bit) in table {
            assert_eq!(feature(name), Ok(bit), "{name}");
        }
        for name in ["", "video", "keeps-time", "no-snapshot"] {
            assert!(feature(name).is_err(), "{name}");
        }
    }
}
