//! How to reach the service: takes options and environment, gives a [`Target`].

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::access::{Access, Typed};
use crate::config::guard::Intent;
use crate::config::keys::{self, TokenKeys};
use crate::config::token::TokenArgs;
use crate::error::{Detail, Failure, Kind};
use crate::forge::client::{Base, Client, Error, Header, Identity, Reply, Target, Trust, block_on};
use crate::outcome::Outcome;
use crate::term::Console;
use crate::text::duration::{duration, seconds};

/// Which token a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// None: no token is read or sent.
    Nobody,
    /// The app token.
    App,
    /// The admin token; an app token is never used instead.
    Admin,
}

impl Auth {
    /// The keys of the settings for its token.
    fn keys(self) -> Option<&'static TokenKeys> {
        match self {
            Auth::Nobody => None,
            Auth::App => Some(&keys::FORGE_TOKEN),
            Auth::Admin => Some(&keys::FORGE_ADMIN_TOKEN),
        }
    }

    /// The environment variable that holds the token.
    pub fn variable(self) -> &'static str {
        let keys = self.keys();
        keys.and_then(|keys| keys.token.variable)
            .unwrap_or_default()
    }
}

/// Options of every verb.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default:
    /// http://localhost:8800]
    #[arg(long, value_name = "URL")]
    url: Option<String>,

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

    /// Send this header with every request; may be repeated
    #[arg(long = "header", value_name = "NAME=VALUE", value_parser = header)]
    headers: Vec<Header>,

    /// Give up connecting (DNS, TCP and TLS) after this long
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s", hide_short_help = true)]
    connect_timeout: Duration,

    /// Keep trying this long to reach a service that is still starting
    #[arg(long, value_name = "DURATION", value_parser = duration, hide_short_help = true)]
    connect_retry: Option<Duration>,
}

/// Options of every verb that needs an app token.
#[derive(Debug, Clone, clap::Args)]
pub struct AppArgs {
    #[command(flatten)]
    token: TokenArgs,

    /// How to reach the service.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

impl AppArgs {
    /// A client with the app's token.
    ///
    /// # Errors
    /// The errors of [`ConnectionArgs::client`].
    pub fn client(&self, console: &Console, intent: Intent<'_>) -> Result<Client, Failure> {
        self.client_at(&self.access()?, console, intent)
    }

    /// The URL of the service and the source of the app token.
    ///
    /// # Errors
    /// A configuration that cannot be used.
    pub fn access(&self) -> Result<Access, Failure> {
        self.connection.access(Some(&self.token), Auth::App)
    }

    /// A client for this access, with the app token.
    ///
    /// # Errors
    /// The errors of [`ConnectionArgs::client`].
    pub fn client_at(
        &self,
        access: &Access,
        console: &Console,
        intent: Intent<'_>,
    ) -> Result<Client, Failure> {
        self.connection
            .client_at(access, console, Auth::App, intent)
    }
}

/// The time limit of a verb that costs nothing.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Connection")]
pub struct LimitArgs {
    /// Give up after this long; a bare number is seconds
    #[arg(long, value_name = "DURATION", value_parser = seconds, default_value = "30s")]
    pub timeout: Duration,
}

impl ConnectionArgs {
    /// The URL of the service, and the credentials that may be sent there.
    ///
    /// # Errors
    /// A configuration that cannot be used.
    pub fn access(&self, token: Option<&TokenArgs>, auth: Auth) -> Result<Access, Failure> {
        let typed = Typed {
            url: self.url.as_deref(),
            token,
            headers: !self.headers.is_empty(),
            ca: self.ca.as_deref(),
            insecure: self.insecure,
            no_token: false,
            cert: self.cert.as_deref(),
            key: self.cert_key.as_deref(),
        };
        Access::resolve(&keys::FORGE, auth.keys(), typed)
    }

    /// A client for the service, with a token; warns of a token file that others can read. If the
    /// request will change something or cost money, the guards of the profile are checked first.
    ///
    /// # Errors
    /// A usage failure for an invalid URL; [`Kind::TokenMissing`] when there is no token;
    /// [`Kind::Refused`] by the profile or the user.
    pub fn client(
        &self,
        console: &Console,
        token: &TokenArgs,
        auth: Auth,
        intent: Intent<'_>,
    ) -> Result<Client, Failure> {
        self.client_at(&self.access(Some(token), auth)?, console, auth, intent)
    }

    fn client_at(
        &self,
        access: &Access,
        console: &Console,
        auth: Auth,
        intent: Intent<'_>,
    ) -> Result<Client, Failure> {
        let base = base(access)?;
        if let Intent::Write(_) = intent
            && let Some(question) = access.guards.before_write(&base)?
        {
            console.agree(&question)?;
        }
        let Some(found) = access.token(None)? else {
            return Err(missing(auth, &base));
        };
        console.hide([found.secret.expose()]);
        if let Some(warning) = &found.warning {
            console.warn(warning);
        }
        let token = Some(found.secret.expose().to_owned());
        self.connect(console, access, token)
    }

    /// A client for requests that need no token.
    ///
    /// # Errors
    /// A usage failure for an invalid URL.
    pub fn anonymous(&self, console: &Console) -> Result<Client, Failure> {
        self.connect(console, &self.access(None, Auth::Nobody)?, None)
    }

    /// The headers that were typed, else those of the profile.
    ///
    /// # Errors
    /// When the headers of the profile belong to another server or are invalid.
    pub fn headers(&self, access: &Access) -> Result<Vec<Header>, Failure> {
        access.headers(&self.headers, header)
    }

    fn connect(
        &self,
        console: &Console,
        access: &Access,
        token: Option<String>,
    ) -> Result<Client, Failure> {
        let base = base(access)?;
        let trusted = access.trusted()?;
        let headers = self.headers(access)?;
        console.hide(headers.iter().flat_map(Header::secrets));
        let target = Target {
            proxy: base.proxy(self.proxy.as_deref())?,
            base,
            trace: console.trace(),
            token,
            headers,
            trust: Trust {
                identity: Identity::of(trusted.cert.as_deref(), trusted.key.as_deref()),
                ca: trusted.ca,
                insecure: trusted.insecure,
            },
            connect_timeout: self.connect_timeout,
            connect_retry: self.connect_retry.unwrap_or_default(),
        };
        Ok(Client::new(&target)?)
    }
}

/// Parses a header that is sent with every request; a value parser of clap.
fn header(text: &str) -> Result<Header, String> {
    // Headers that the client itself writes.
    const OWN: [&str; 5] = [
        "authorization",
        "content-length",
        "content-type",
        "idempotency-key",
        "transfer-encoding",
    ];
    let header = Header::parse(text)?;
    match header.name().as_str() {
        "authorization" => Err("the token is the Authorization: give it with --token-file".into()),
        name if OWN.contains(&name) => Err(format!("{name} is written by the client itself")),
        _ => Ok(header),
    }
}

/// The base URL of an access.
///
/// # Errors
/// A usage failure for an invalid URL.
pub fn base(access: &Access) -> Result<Base, Failure> {
    let url = &access.url;
    Base::parse(&url.value).map_err(|error| Failure::from(error).context(url.origin))
}

fn missing(auth: Auth, base: &Base) -> Failure {
    let (whose, variable) = match auth {
        Auth::Admin => ("admin token", auth.variable()),
        Auth::App | Auth::Nobody => ("token", auth.variable()),
    };
    let hint = match auth {
        Auth::Admin => {
            "`forge serve` keeps it as admin-token in its state folder; an app's token is not enough."
        }
        _ => "An administrator makes one with: trefoil forge token create NAME",
    };
    Failure::new(Kind::TokenMissing, format!("no {whose} for {base}")).with_hint(format!(
        "Give it as {variable}, or with --token-file or --token-command\n{hint}"
    ))
}

/// Checks that a reply confirms the action. A 200 whose `"ok"` is not true does not; `otherwise` is
/// then the error message.
///
/// # Errors
/// [`Kind::Service`] with the reply.
pub fn affirmed(reply: &Reply, otherwise: &str) -> Result<(), Failure> {
    let Some(why) = reply.body.denial() else {
        return Ok(());
    };
    let failure = Failure::new(Kind::Service, format!("{otherwise}: {why}"));
    Err(failure.with_outcome(Outcome::Failed).with_detail(Detail {
        kind: "api",
        status: Some(reply.status),
        body: Some(reply.body.to_json()),
        retry_after_secs: None,
    }))
}

/// Runs a request to its end.
///
/// # Errors
/// The errors of the request.
pub fn ask<T>(question: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
    Ok(block_on(question)??)
}
