//! Sets up a hub that listens on an address. `serve`, `load` and `grab` share it.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::config::CertificateArgs;
use crate::error::Failure;
use crate::term::Console;
use crate::text::whole::{SMALL, file_text};
use crate::trace::Trace;
use crate::vuer::cmd::page;
use crate::vuer::hub::Acceptor;
use crate::vuer::hub::core::Rules;
use crate::vuer::hub::run::{Complaints, Handle, Listener, run};
use crate::vuer::hub::site::{Page, Site};

/// The default address.
const BIND: &str = "127.0.0.1:8012";

/// The options for the address, the page and the access to it.
#[derive(Debug, clap::Args)]
pub struct HubServerArgs {
    /// Listen here
    #[arg(long, value_name = "ADDRESS:PORT", default_value = BIND)]
    pub bind: String,

    /// Serve the page in this folder, or the page in this binary: builtin [default: the installed
    /// page, else builtin]
    #[arg(long, value_name = "DIR")]
    page: Option<PathBuf>,

    /// Send each client at most this many messages per second
    #[arg(long, value_name = "N", default_value_t = 60.0, value_parser = rate, help_heading = "Limits")]
    rate: f64,

    /// Let programs such as trefoil vuer send change the scene too
    #[arg(long, help_heading = "Access")]
    relay: bool,

    /// Accept at most this many clients at a time
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clients, help_heading = "Limits")]
    max_clients: usize,

    /// Let pages of this origin connect, in addition to our own; * allows every origin; may be
    /// repeated
    #[arg(long, value_name = "ORIGIN", help_heading = "Access")]
    allow_origin: Vec<String>,

    /// Require the token in this file; the printed link contains it
    #[arg(long, value_name = "FILE", help_heading = "Access")]
    token_file: Option<PathBuf>,

    #[command(flatten)]
    certificate: CertificateArgs,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text
        .parse()
        .map_err(|_| "the rate must be a number".to_owned())?;
    if (0.01..=1_000.0).contains(&rate) {
        Ok(rate)
    } else {
        Err("the rate must be from 0.01 to 1000 messages per second".to_owned())
    }
}

fn clients(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("a server for no client serves nobody; the least is 1".to_owned()),
        Ok(count) => Ok(count),
        Err(_) => Err("the limit must be a whole number".to_owned()),
    }
}

/// A hub that is bound to its address and ready to serve.
pub struct HubServer {
    /// The hub.
    pub hub: Handle,
    /// The link to open in a browser.
    pub link: String,
    /// The URL to which programs connect.
    pub url: String,
    listener: Listener,
    site: Rc<Site>,
    tls: Option<Acceptor>,
    trace: Trace,
    console: Console,
}

impl HubServerArgs {
    /// Listens.
    ///
    /// # Errors
    /// An address that is not available, or a file that cannot be used.
    pub async fn listen(
        &self,
        assets: Option<PathBuf>,
        console: &Console,
    ) -> Result<HubServer, Failure> {
        let tls = self
            .certificate
            .files()
            .map(|(chain, key)| Acceptor::load(chain, key, console.background()))
            .transpose()?;
        let token = self.token_file.as_deref().map(token).transpose()?;
        let site = Site {
            page: page::chosen(self.page.as_deref())?,
            assets: assets.map(folder).transpose()?,
            token,
            origins: self.allow_origin.clone(),
            tls: tls.is_some(),
        };
        let rules = Rules {
            rate: self.rate,
            relay: self.relay,
            max_clients: self.max_clients,
        };
        HubServer::listen(&self.bind, site, rules, tls, console).await
    }
}

impl HubServer {
    /// Listens.
    ///
    /// # Errors
    /// An address that is not available.
    pub async fn listen(
        bind: &str,
        site: Site,
        rules: Rules,
        tls: Option<Acceptor>,
        console: &Console,
    ) -> Result<HubServer, Failure> {
        let listener = Listener::bind(bind, "server", BIND).await?;
        let address = listener.address();
        if !address.ip().is_loopback() && site.token.is_none() {
            console.warn(format_args!(
                "everyone who can reach {address} can see the scene; require a token with --token-file FILE"
            ));
        }
        let host = listener.reachable().to_string();
        let (http, ws) = if site.tls {
            ("https", "wss")
        } else {
            ("http", "ws")
        };
        let query = match &site.token {
            Some(token) => format!("/?token={token}"),
            None => String::new(),
        };
        Ok(HubServer {
            hub: Handle::new(rules),
            link: format!("{http}://{host}{}", site.link_path(&host)),
            url: format!("{ws}://{host}{query}"),
            listener,
            site: Rc::new(site),
            tls,
            trace: console.trace().clone(),
            console: console.clone(),
        })
    }

    /// Whether the page is the one in this binary.
    pub fn is_builtin(&self) -> bool {
        self.site.page == Page::Builtin
    }

    /// Serves for as long as this future is polled.
    pub async fn serve(self) {
        let console = self.console;
        let complaints = Complaints::new(move |line| console.warn(line));
        run(
            self.listener,
            self.hub,
            self.site,
            self.tls,
            self.trace,
            complaints,
        )
        .await;
    }
}

fn folder(path: PathBuf) -> Result<PathBuf, Failure> {
    if path.is_dir() {
        Ok(path)
    } else {
        Err(Failure::usage(format!(
            "{} is not a folder",
            path.display()
        )))
    }
}

/// Reads the token in a file. It may contain only characters that need no escaping in a URL.
fn token(path: &Path) -> Result<String, Failure> {
    let bad = |why: &dyn std::fmt::Display| {
        Failure::usage(format!("--token-file {}: {why}", path.display()))
            .with_hint("Make one with: (umask 077; openssl rand -hex 16 > FILE)")
    };
    let text = file_text(path, SMALL).map_err(|error| bad(&error))?;
    let token = text.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    if token.len() < 8 || !token.chars().all(plain) {
        return Err(bad(
            &"a token has at least 8 characters, each one of A-Z a-z 0-9 - . _ ~",
        ));
    }
    Ok(token.to_owned())
}
