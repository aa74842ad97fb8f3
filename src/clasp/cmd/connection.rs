//! The connection options. Takes options and environment, gives a [`Target`] and a deadline.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::allow::Allow;
use crate::clasp::client::pipeline::Sent;
use crate::clasp::client::{
    Destination, Dialer, Endpoint, Error, Header, Identity, Proxy, Reconnect, Target, Trust,
    block_on,
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

/// The default deadline of one request.
const ONE_QUESTION: Duration = Duration::from_secs(5);

/// The default features of HELLO: all but params, and no snapshot of all params, because every verb
/// requests what it needs. Routers that do not know the no-snapshot bit send the snapshot only to
/// clients with the param feature.
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

    /// Use this client name in HELLO [default: trefoil]
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

    /// Give up after this long [default: 5s for one request, else never]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,

    /// Give up connecting (TCP, TLS, WebSocket and HELLO) after this long
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s", hide_short_help = true)]
    connect_timeout: Duration,

    /// Keep trying this long to reach a router that is still starting
    #[arg(long, value_name = "DURATION", value_parser = duration, hide_short_help = true)]
    connect_retry: Option<Duration>,
}

/// Options of commands that stay connected.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Connection")]
pub struct ReconnectArgs {
    /// Wait this long before reconnecting; later waits grow, up to 30s
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "1s", hide_short_help = true)]
    reconnect_interval: Duration,

    /// Give up after this many failed attempts to reconnect in a row
    #[arg(long, value_name = "N", hide_short_help = true)]
    max_reconnects: Option<u32>,

    /// Exit with 1 when the connection is lost
    #[arg(long, conflicts_with = "max_reconnects", hide_short_help = true)]
    no_reconnect: bool,
}

/// The bits of our extensions: they are set by the program, not by name.
const OWN: u8 = Features::KEEPS_TIME | Features::NO_SNAPSHOT;

fn feature(name: &str) -> Result<u8, String> {
    let wire_name = match name {
        // The names in the SDK's documentation.
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
    /// Where to connect, and which credentials may be sent there.
    ///
    /// # Errors
    /// An invalid configuration.
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

    /// Resolves where to connect and with which token; warns if others can read the token file.
    ///
    /// # Errors
    /// A usage failure for an invalid URL, or for a token source that gives no token.
    pub fn target(&self, console: &Console) -> Result<Target, Failure> {
        self.target_for(console, Intent::Read)
    }

    /// Resolves the target of a command that may write. Checks the guards of the profile, and asks
    /// the user if they demand it, before anything is sent.
    ///
    /// # Errors
    /// The errors of [`target`](Self::target); [`Kind::Refused`] by the profile or the user.
    pub fn target_for(&self, console: &Console, intent: Intent<'_>) -> Result<Target, Failure> {
        let access = self.access()?;
        // The URL of a profile names one server, whose token is in the profile.
        let is_list = access.url.value.contains(',');
        if !is_list || matches!(access.url.origin, Origin::Profile { .. }) {
            return self.target_at(&access, console, intent);
        }
        let urls: Vec<&str> = access.url.value.split(',').map(str::trim).collect();
        let count = u32::try_from(urls.len()).unwrap_or(u32::MAX);
        let mut targets = Vec::with_capacity(urls.len());
        for url in urls {
            // Each URL gets its own access: credentials for one server may not be sent to another.
            let mut target = self.target_at(&self.access_to(Some(url))?, console, intent)?;
            // The timeout is shared, so that one silent router leaves time for the others.
            target.connect_timeout /= count;
            targets.push(target);
        }
        let mut first = targets.remove(0);
        for other in &mut targets {
            // What counts is the router that answered last.
            other.stale = first.stale.clone();
        }
        first.others = targets;
        Ok(first)
    }

    /// Resolves the target for a known access.
    ///
    /// # Errors
    /// The errors of [`target_for`](Self::target_for).
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
            let prompt = access.guards.before_write(&endpoint)?;
            let allow = Allow::by(&access.guards)?;
            for address in addresses {
                allow.check(address)?;
            }
            if let Some(prompt) = prompt {
                console.agree(&prompt)?;
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
            local: None,
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
            stale: Arc::default(),
        })
    }

    /// The target for a router in this process.
    ///
    /// # Errors
    /// A URL that is not one.
    pub fn within(
        url: &str,
        dialer: Dialer,
        name: &str,
        token: Option<String>,
        console: &Console,
    ) -> Result<Target, Failure> {
        Ok(Target {
            endpoint: Endpoint::parse(url)?,
            local: Some(dialer),
            name: name.to_owned(),
            token,
            features: FEATURES,
            trust: Trust::default(),
            headers: Vec::new(),
            proxy: None,
            connect_timeout: ONE_QUESTION,
            connect_retry: Duration::ZERO,
            // The router shows the messages of all its sessions.
            trace: console.trace(),
            others: Vec::new(),
            stale: Arc::default(),
        })
    }

    /// The value of `--timeout`, if given.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Runs one request within the command's deadline.
    ///
    /// # Errors
    /// [`Kind::Deadline`] when the deadline passes, else the failure of the request.
    pub fn ask<T, E: Into<Failure>>(
        &self,
        target: &Target,
        request: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        self.ask_within(target, Duration::ZERO, request)
    }

    /// Runs a request that is expected to take `expected`, which is added to the default deadline.
    ///
    /// # Errors
    /// The errors of [`ask`](Self::ask).
    pub fn ask_within<T, E: Into<Failure>>(
        &self,
        target: &Target,
        expected: Duration,
        request: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Failure> {
        let limit = self.limit(target, expected);
        block_on(async {
            match tokio::time::timeout(limit, request).await {
                Ok(answer) => answer.map_err(Into::into),
                Err(_) => Err(out_of_time(target, limit)),
            }
        })?
    }

    /// Warns when the router has said that what it holds may be old.
    pub fn warn_if_stale(target: &Target, console: &Console) {
        if target.stale.load(Ordering::Relaxed) {
            console.warn(STALE);
        }
    }

    /// Runs a request that changes the router's state, within the command's deadline. A failure
    /// says whether it was done; `what` names it there, as in "the write to /a".
    ///
    /// # Errors
    /// [`Kind::Deadline`] when the deadline passes, else the failure of the request.
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

    fn limit(&self, target: &Target, expected: Duration) -> Duration {
        // Waiting for a router to start is not part of the deadline.
        let usual = ONE_QUESTION
            .saturating_add(target.connect_retry)
            .saturating_add(expected);
        self.timeout.unwrap_or(usual)
    }
}

/// What is said of a router whose cluster is out of reach.
pub const STALE: &str = "the router's cluster is out of reach: values may be old";

/// The failure when the deadline passes after the request was sent.
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

/// The failure when the deadline passes before an effect was requested.
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
    /// How to reconnect.
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
    fn features_have_the_names_of_the_protocol_and_of_the_documentation() {
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
