//! A hub that listens: where, with which page and for whom enter; its link leaves. What `serve`,
//! `load` and `grab` share.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::config::certificate::CertificateArgs;
use crate::error::Failure;
use crate::term::Console;
use crate::text::whole::{SMALL, read_text};
use crate::trace::Trace;
use crate::vuer::cmd::page;
use crate::vuer::hub::Acceptor;
use crate::vuer::hub::core::Rules;
use crate::vuer::hub::run::{Handle, Listener, run};
use crate::vuer::hub::site::{Page, Site};

/// Where it listens when nobody says otherwise.
const BIND: &str = "127.0.0.1:8012";

/// How and for whom.
#[derive(Debug, clap::Args)]
pub struct StandArgs {
    /// Listen here
    #[arg(long, value_name = "ADDRESS:PORT", default_value = BIND)]
    pub bind: String,

    /// Serve the page in this folder, or the one in this binary: builtin
    /// [default: an installed one, else builtin]
    #[arg(long, value_name = "DIR")]
    page: Option<PathBuf>,

    /// Send each client at most so many messages a second
    #[arg(long, value_name = "N", default_value_t = 60.0, value_parser = rate, help_heading = "Limits")]
    rate: f64,

    /// Let programs change the scene as well, such as trefoil vuer send
    #[arg(long, help_heading = "Access")]
    relay: bool,

    /// Have at most so many clients at a time
    #[arg(long, value_name = "N", default_value_t = 64, help_heading = "Limits")]
    max_clients: usize,

    /// Let pages of this origin connect, beside our own; * lets all in; may be
    /// repeated
    #[arg(long, value_name = "ORIGIN", help_heading = "Access")]
    allow_origin: Vec<String>,

    /// Let in only who has the token in this file; the link that is printed has it
    #[arg(long, value_name = "FILE", help_heading = "Access")]
    token_file: Option<PathBuf>,

    #[command(flatten)]
    certificate: CertificateArgs,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "a rate is a number".to_owned())?;
    if (0.01..=1_000.0).contains(&rate) {
        Ok(rate)
    } else {
        Err("a rate is from 0.01 to 1000 messages a second".to_owned())
    }
}

/// A hub that is about to serve.
pub struct Stand {
    /// The hub.
    pub hub: Handle,
    /// What a browser opens.
    pub link: String,
    /// What a program connects to.
    pub url: String,
    listener: Listener,
    site: Rc<Site>,
    tls: Option<Acceptor>,
    trace: Trace,
}

impl StandArgs {
    /// Listens.
    ///
    /// # Errors
    /// An address that cannot be had, a file that cannot be used.
    pub async fn listen(
        &self,
        assets: Option<PathBuf>,
        console: &Console,
    ) -> Result<Stand, Failure> {
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
        Stand::listen(&self.bind, site, rules, tls, console).await
    }
}

impl Stand {
    /// Listens.
    ///
    /// # Errors
    /// An address that cannot be had.
    pub async fn listen(
        bind: &str,
        site: Site,
        rules: Rules,
        tls: Option<Acceptor>,
        console: &Console,
    ) -> Result<Stand, Failure> {
        let listener = Listener::bind(bind, "server", BIND).await?;
        let address = listener.address();
        if !address.ip().is_loopback() && site.token.is_none() {
            console.warn(format_args!(
                "whoever reaches {address} sees the scene; --token-file FILE asks who it is"
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
        Ok(Stand {
            hub: Handle::new(rules),
            link: format!("{http}://{host}{}", site.link_path(&host)),
            url: format!("{ws}://{host}{query}"),
            listener,
            site: Rc::new(site),
            tls,
            trace: console.trace().clone(),
        })
    }

    /// Whether the page is our own.
    pub fn is_builtin(&self) -> bool {
        self.site.page == Page::Builtin
    }

    /// Serves, for as long as this is polled.
    pub async fn serve(self) {
        run(self.listener, self.hub, self.site, self.tls, self.trace).await;
    }
}

fn folder(path: PathBuf) -> Result<PathBuf, Failure> {
    if path.is_dir() {
        Ok(path)
    } else {
        Err(Failure::usage(format!("{} is no folder", path.display())))
    }
}

/// The token in a file: what can stand in a URL as it is.
fn token(path: &Path) -> Result<String, Failure> {
    let bad = |why: &dyn std::fmt::Display| {
        Failure::usage(format!("--token-file {}: {why}", path.display()))
            .with_hint("Make one with: (umask 077; openssl rand -hex 16 > FILE)")
    };
    let text = File::open(path)
        .and_then(|file| read_text(file, SMALL))
        .map_err(|error| bad(&error))?;
    let token = text.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    if token.len() < 8 || !token.chars().all(plain) {
        return Err(bad(&"a token is 8 or more of A-Z a-z 0-9 - . _ ~"));
    }
    Ok(token.to_owned())
}
