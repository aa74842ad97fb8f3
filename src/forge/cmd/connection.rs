//! How to reach the service: options and environment enter, a [`Target`] leaves.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::settings::{Names, setting};
use crate::config::token::TokenArgs;
use crate::error::{Failure, Kind};
use crate::forge::client::{Base, Client, Error, Target, Trust, block_on};
use crate::term::Console;
use crate::text::duration::{duration, seconds};

/// Where the service listens when nobody says otherwise.
const DEFAULT_URL: &str = "http://localhost:8800";

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
    /// The environment variable that holds the token.
    pub fn variable(self) -> &'static str {
        match self {
            Auth::Nobody | Auth::App => "CLAWDFORGE_TOKEN",
            Auth::Admin => "CLAWDFORGE_ADMIN_TOKEN",
        }
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
    pub ca: Option<PathBuf>,

    /// Accept any certificate
    #[arg(long)]
    pub insecure: bool,

    /// Give up connecting (DNS, TCP and TLS) after this long
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s")]
    connect_timeout: Duration,

    /// Keep trying this long to reach a service that is still starting
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    connect_retry: Option<Duration>,
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
        const URL: Names = Names {
            flag: "--url",
            variable: "CLAWDFORGE_URL",
        };
        let url = setting(URL, self.url.clone(), DEFAULT_URL.to_owned())?;
        Base::parse(&url.value).map_err(|error| Failure::from(error).context(url.origin))
    }

    /// A client for the service, with a token; warns of a token file that others can read.
    ///
    /// # Errors
    /// A usage failure for a URL that is none, [`Kind::TokenMissing`] when there is no token.
    pub fn client(
        &self,
        console: &Console,
        token: &TokenArgs,
        auth: Auth,
    ) -> Result<Client, Failure> {
        let base = self.base()?;
        let found = token.resolve(auth.variable(), None)?;
        let Some(found) = found else {
            return Err(missing(auth, &base));
        };
        if let Some(warning) = &found.warning {
            console.warn(warning);
        }
        self.connect(base, Some(found.secret.expose().to_owned()))
    }

    /// A client for what needs no token.
    ///
    /// # Errors
    /// A usage failure for a URL that is none.
    pub fn anonymous(&self) -> Result<Client, Failure> {
        self.connect(self.base()?, None)
    }

    fn connect(&self, base: Base, token: Option<String>) -> Result<Client, Failure> {
        let target = Target {
            base,
            token,
            trust: Trust {
                ca: self.ca.clone(),
                insecure: self.insecure,
            },
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
