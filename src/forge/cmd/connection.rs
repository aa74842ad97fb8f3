//! How to reach the service: options and environment enter, a [`Target`] leaves.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::guard::{Intent, before_write};
use crate::config::keys::{self, TokenKeys};
use crate::config::settings::{given, setting};
use crate::config::token::TokenArgs;
use crate::error::{Failure, Kind};
use crate::forge::client::{Base, Client, Error, Target, Trust, block_on};
use crate::term::Console;
use crate::text::duration::{duration, seconds};

/// Whose token a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Nobody's: none is read, and none sent.
    Nobody,
    /// An app's.
    App,
    /// The administrator's; an app's never stands in for it.
    Admin,
}

impl Auth {
    /// Where its token may be kept.
    fn keys(self) -> &'static TokenKeys {
        match self {
            Auth::Nobody | Auth::App => &keys::FORGE_TOKEN,
            Auth::Admin => &keys::FORGE_ADMIN_TOKEN,
        }
    }

    /// The environment variable that holds the token.
    pub fn variable(self) -> &'static str {
        self.keys().token.variable.unwrap_or_default()
    }
}

/// Options of every verb.
#[derive(Debug, Clone, clap::Args)]
pub struct ConnectionArgs {
    /// Talk to this service; a path in it is kept [env: CLAWDFORGE_URL] [default:
    /// http://localhost:8800]
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// Trust the certificates in this PEM file, beside the system's
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,

    /// Accept any certificate
    #[arg(long)]
    insecure: bool,

    /// Give up connecting (DNS, TCP and TLS) after this long
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s")]
    connect_timeout: Duration,

    /// Keep trying this long to reach a service that is still starting
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    connect_retry: Option<Duration>,
}

/// Options of every verb that an app token is needed for.
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
    /// As [`ConnectionArgs::client`].
    pub fn client(&self, console: &Console, intent: Intent<'_>) -> Result<Client, Failure> {
        self.connection
            .client(console, &self.token, Auth::App, intent)
    }
}

/// The limit of a verb that costs nothing.
#[derive(Debug, Clone, clap::Args)]
pub struct LimitArgs {
    /// Give up after this long; a bare number is seconds
    #[arg(long, value_name = "DURATION", value_parser = seconds, default_value = "30s")]
    pub timeout: Duration,
}

impl ConnectionArgs {
    /// The service's URL.
    ///
    /// # Errors
    /// A usage failure for what is none.
    pub fn base(&self) -> Result<Base, Failure> {
        let url = setting(&keys::FORGE_URL, self.url.clone())?;
        Base::parse(&url.value).map_err(|error| Failure::from(error).context(url.origin))
    }

    /// A client for the service, with a token; warns of a token file that others can read. What
    /// is going to change something, or to cost, is first held against the chosen profile.
    ///
    /// # Errors
    /// A usage failure for a URL that is none, [`Kind::TokenMissing`] when there is no token,
    /// [`Kind::Refused`] by the profile or the user.
    pub fn client(
        &self,
        console: &Console,
        token: &TokenArgs,
        auth: Auth,
        intent: Intent<'_>,
    ) -> Result<Client, Failure> {
        let base = self.base()?;
        if let Intent::Write(_) = intent
            && let Some(question) = before_write(&base)?
        {
            console.agree(&question)?;
        }
        let found = token.resolve(auth.keys(), None)?;
        let Some(found) = found else {
            return Err(missing(auth, &base));
        };
        if let Some(warning) = &found.warning {
            console.warn(warning);
        }
        self.connect(console, base, Some(found.secret.expose().to_owned()))
    }

    /// A client for what needs no token.
    ///
    /// # Errors
    /// A usage failure for a URL that is none.
    pub fn anonymous(&self, console: &Console) -> Result<Client, Failure> {
        self.connect(console, self.base()?, None)
    }

    /// Whom to trust, for `https://`.
    ///
    /// # Errors
    /// A profile that does not make sense.
    pub fn trust(&self) -> Result<Trust, Failure> {
        Ok(Trust {
            ca: given(&keys::FORGE_CA, self.ca.clone())?.map(|ca| ca.value),
            insecure: given(&keys::FORGE_INSECURE, self.insecure.then_some(true))?
                .is_some_and(|insecure| insecure.value),
        })
    }

    fn connect(
        &self,
        console: &Console,
        base: Base,
        token: Option<String>,
    ) -> Result<Client, Failure> {
        let target = Target {
            base,
            trace: console.trace().hiding(&token),
            token,
            trust: self.trust()?,
            connect_timeout: self.connect_timeout,
            connect_retry: self.connect_retry.unwrap_or_default(),
        };
        Ok(Client::new(&target)?)
    }
}

fn missing(auth: Auth, base: &Base) -> Failure {
    let (whose, variable) = match auth {
        Auth::Admin => ("admin token", auth.variable()),
        Auth::App | Auth::Nobody => ("token", auth.variable()),
    };
    let hint = match auth {
        Auth::Admin => "It is the service's bootstrap token; an app token does not do.",
        _ => "An administrator makes one with: trefoil forge token create NAME",
    };
    Failure::new(Kind::TokenMissing, format!("no {whose} for {base}")).with_hint(format!(
        "Give it as {variable}, or with --token-file or --token-command\n{hint}"
    ))
}

/// Runs one question to its end.
///
/// # Errors
/// The question's own.
pub fn ask<T>(question: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
    Ok(block_on(question)??)
}
