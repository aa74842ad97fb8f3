//! The connection options. Takes options and environment, gives a [`Target`] and a deadline.

use std::cell::Cell;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::config::access::{Access, Typed};
use crate::config::guard::Intent;
use crate::config::keys;
use crate::config::settings::setting;
use crate::error::{Failure, Kind};
use crate::outcome::Outcome;
use crate::term::Console;
use crate::text::count::Size;
use crate::text::duration::{InWords, duration};
use crate::trace::names_secret;
use crate::vuer::client::session::identity;
use crate::vuer::client::{
    Destination, Endpoint, Error, Header, Identity, Proxy, Target, Trust, block_on, now_millis,
};
use crate::vuer::event::{Draft, Floats, from_json};

/// The default deadline of a one-shot command.
const ONE_SHOT: Duration = Duration::from_secs(5);

/// Options of every verb.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// Connect to this server [env: VUER_CLIENT_URI] [default:
    /// ws://localhost:8012]
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// Accept messages of up to this size, such as 300000000 or 1GiB [env: WEBSOCKET_MAX_SIZE]
    /// [default: 256MiB]
    #[arg(long, value_name = "BYTES", hide_short_help = true)]
    max_size: Option<Size>,

    /// Trust the certificates in this PEM file, beside the system's
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    ca: Option<PathBuf>,

    /// Accept any certificate [env: VUER_SSL_VERIFY=false]
    #[arg(long, hide_short_help = true)]
    insecure: bool,

    /// Show this certificate (PEM) to a server that asks for one
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    cert: Option<PathBuf>,

    /// The key of --cert (PEM) [default: it is in the same file]
    #[arg(long, value_name = "FILE", requires = "cert", hide_short_help = true)]
    cert_key: Option<PathBuf>,

    /// Connect through this HTTP proxy, or none [env: HTTP_PROXY, HTTPS_PROXY,
    /// ALL_PROXY, NO_PROXY]
    #[arg(long, value_name = "URL", hide_short_help = true)]
    proxy: Option<String>,

    /// Send this header with the upgrade; may be repeated
    #[arg(long = "header", value_name = "NAME=VALUE", value_parser = Header::parse, hide_short_help = true)]
    headers: Vec<Header>,

    /// Use this client name in INIT: servers choose handlers by it
    #[arg(
        long = "as",
        value_name = "NAME",
        default_value = "trefoil",
        hide_short_help = true
    )]
    name: String,

    /// Add or change fields of INIT: a JSON object; null removes a field
    #[arg(long, value_name = "JSON", hide_short_help = true)]
    init: Option<String>,

    /// Give up after this long [default: 5s for one event, else never]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,

    /// Give up connecting (TCP, TLS and WebSocket) after this long
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s", hide_short_help = true)]
    connect_timeout: Duration,

    /// Keep trying this long to reach a server that is still starting
    #[arg(long, value_name = "DURATION", value_parser = duration, hide_short_help = true)]
    connect_retry: Option<Duration>,

    /// Ping a server that sends nothing for this long, and give it up when it
    /// sends nothing for as long again; 0s never does
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "20s", hide_short_help = true)]
    keepalive: Duration,
}

impl ConnectionArgs {
    /// Where to connect, and which credentials may be sent there.
    ///
    /// # Errors
    /// An invalid configuration.
    pub fn access(&self) -> Result<Access, Failure> {
        let typed = Typed {
            url: self.url.as_deref(),
            headers: !self.headers.is_empty(),
            ca: self.ca.as_deref(),
            insecure: self.insecure,
            cert: self.cert.as_deref(),
            key: self.cert_key.as_deref(),
            ..Typed::default()
        };
        Access::resolve(&keys::VUER, None, typed)
    }

    /// Resolves where and how to connect.
    ///
    /// # Errors
    /// A usage failure: an invalid URL or variable, or an `--init` that is not an object.
    pub fn target(&self, console: &Console) -> Result<Target, Failure> {
        self.target_for(console, Intent::Read)
    }

    /// Resolves the target of a command that may change something. Checks the guards of the
    /// profile, and asks the user if they demand it, before anything is sent.
    ///
    /// # Errors
    /// The errors of [`target`](Self::target); [`Kind::Refused`] by the profile or the user.
    pub fn target_for(&self, console: &Console, intent: Intent<'_>) -> Result<Target, Failure> {
        let access = self.access()?;
        let endpoint = Endpoint::parse(&access.url.value)
            .map_err(|error| Failure::from(error).context(access.url.origin))?;
        let fields = self.init_fields()?;
        if let Intent::Write(_) = intent
            && let Some(question) = access.guards.before_write(&endpoint)?
        {
            console.agree(&question)?;
        }
        let headers = access.headers(&self.headers, Header::parse)?;
        console.hide(endpoint.secrets());
        console.hide(headers.iter().flat_map(Header::secrets));
        console.hide(secrets(&fields));
        let trusted = access.trusted()?;
        Ok(Target {
            proxy: Proxy::select(self.proxy.as_deref(), Destination::from(&endpoint))?,
            endpoint,
            trust: Trust {
                ca: trusted.ca,
                insecure: trusted.insecure,
                identity: Identity::of(trusted.cert.as_deref(), trusted.key.as_deref()),
            },
            headers,
            max_message: setting(&keys::VUER_MAX_SIZE, self.max_size)?
                .value
                .in_memory(),
            init: init(fields)?.into(),
            connect_timeout: self.connect_timeout,
            connect_retry: self.connect_retry.unwrap_or_default(),
            keepalive: Some(self.keepalive).filter(|keepalive| !keepalive.is_zero()),
            trace: console.trace(),
        })
    }

    /// The fields of INIT.
    fn init_fields(&self) -> Result<Map<String, Value>, Failure> {
        let mut fields = identity(&self.name);
        if let Some(text) = &self.init {
            let given: Map<String, Value> = serde_json::from_str(text)
                .map_err(|error| Failure::usage(format!("--init is no JSON object: {error}")))?;
            for (key, value) in given {
                match value {
                    Value::Null => _ = fields.remove(&key),
                    value => _ = fields.insert(key, value),
                }
            }
        }
        Ok(fields)
    }

    /// The value of `--timeout`, if given.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Runs one request within the command's deadline. `late` gives the error text for a passed
    /// deadline; `sent`, for a command that sends an event, tells whether the event may have left.
    ///
    /// # Errors
    /// [`Kind::Deadline`] when the deadline passes, else the failure of the request.
    pub fn one_shot<T>(
        &self,
        target: &Target,
        late: impl FnOnce() -> String,
        sent: Option<&Cell<bool>>,
        conversation: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        // Waiting for a server to start is not part of the deadline.
        let usual = ONE_SHOT.saturating_add(target.connect_retry);
        let limit = self.timeout.unwrap_or(usual);
        block_on(async {
            let ended = tokio::time::timeout(limit, conversation).await;
            let outcome = sent.map(|sent| {
                if sent.get() {
                    Outcome::Unknown
                } else {
                    Outcome::NotSent
                }
            });
            let failure = match ended {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(error)) => Failure::from(error),
                Err(_) => {
                    let mut message = format!("{} within {}", late(), InWords(limit));
                    message.push_str(match outcome {
                        Some(Outcome::Unknown) => ": whether the event was read is unknown",
                        Some(_) => ": nothing was sent",
                        None => "",
                    });
                    Failure::new(Kind::Deadline, message)
                        .with_hint("Give it longer with --timeout, such as --timeout 30s")
                }
            };
            Err(match outcome {
                // Some errors already have an outcome: a server that is not Vuer has read nothing.
                Some(outcome) if failure.kind == Kind::Deadline || outcome == Outcome::NotSent => {
                    failure.with_outcome(outcome)
                }
                _ => failure,
            })
        })?
    }
}

/// The INIT event.
fn init(fields: Map<String, Value>) -> Result<Vec<u8>, Failure> {
    let mut value = Vec::new();
    from_json(
        &Value::Object(fields).to_string(),
        Floats::Double,
        &mut value,
    )?;
    Ok(Draft::new("INIT", now_millis())
        .value("value", &value)
        .finish())
}

/// The texts in fields whose name says that they are secret.
fn secrets(fields: &Map<String, Value>) -> Vec<String> {
    fn collect(value: &Value, secret: bool, found: &mut Vec<String>) {
        match value {
            Value::String(text) if secret => found.push(text.clone()),
            Value::Number(number) if secret => found.push(number.to_string()),
            Value::Array(items) => items.iter().for_each(|item| collect(item, secret, found)),
            Value::Object(fields) => fields
                .iter()
                .for_each(|(name, field)| collect(field, secret || names_secret(name), found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (name, field) in fields {
        collect(field, names_secret(name), &mut found);
    }
    found
}
