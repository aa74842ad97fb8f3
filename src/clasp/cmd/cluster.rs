//! `cluster`: the routers that share an engine.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use serde::Serialize;

use crate::clasp::client::clock::now_micros;
use crate::clasp::router::block_on;
use crate::clasp::router::cluster::server::{Endpoint, Identity, Login, Server, Trust};
use crate::clasp::router::cluster::status::{Member, members};
use crate::clasp::router::cluster::subject::Names;
use crate::error::{Failure, Kind};
use crate::ids::random_number;
use crate::term::{Cells, Column, Row, Terminal};
use crate::text::time::Age;
use crate::text::url::percent_decoded;
use crate::text::whole::{SMALL, file_text};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp cluster status --cluster nats://localhost
  trefoil clasp serve --cluster nats://localhost";

const STATUS_EXAMPLES: &str = "\
Examples:
  trefoil clasp cluster status --cluster nats://a,nats://b
  trefoil clasp cluster status --cluster nats://localhost --jq '.[].url' -r";

/// What may be typed after `cluster`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct ClusterGroup {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List the routers of a cluster, as its engine knows them; exit with 6 if
    /// there are none
    #[command(after_help = STATUS_EXAMPLES)]
    Status(StatusArgs),
}

#[derive(Debug, clap::Args)]
struct StatusArgs {
    /// Ask this NATS JetStream engine; several URLs are several servers of it
    #[arg(long, value_name = "URL[,URL]")]
    cluster: Servers,

    #[command(flatten)]
    engine: EngineArgs,

    /// List the routers of this name
    #[arg(long, value_name = "NAME", default_value = "show", value_parser = show)]
    cluster_name: String,
}

/// A router as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    name: String,
    url: String,
    pid: u32,
    started: u64,
    lease: String,
    position: u64,
    lag: u64,
    sessions: usize,
    locks: usize,
    events: u64,
    #[serde(skip)]
    now: u64,
}

impl Row for Shown {
    const COLUMNS: &'static [Column] = &[
        Column::left("NAME"),
        Column::left("URL"),
        Column::right("SESSIONS"),
        Column::right("LOCKS"),
        Column::right("LAG"),
        Column::left("STARTED"),
        Column::left("LEASE"),
    ];

    fn cells(&self, cells: &mut Cells) {
        let (at, now) = (self.started, self.now);
        cells
            .plain(&self.name)
            .address(&self.url)
            .plain(self.sessions)
            .plain(self.locks)
            .plain(self.lag)
            .dim(Age { at, now })
            .dim(&self.lease);
    }
}

impl ClusterGroup {
    /// Does what was asked.
    ///
    /// # Errors
    /// The verb's own.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        match self.verb {
            Verb::Status(args) => args.run(terminal),
        }
    }
}

impl StatusArgs {
    fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let own = random_number()?;
        let servers = self.engine.servers(&self.cluster)?;
        let names = Names::new(&self.cluster_name);
        let found = block_on(members(&servers, &names, own))??;
        let now = now_micros();
        let rows: Vec<Shown> = found.into_iter().map(|member| shown(member, now)).collect();
        if rows.is_empty() {
            let message = format!("no router of '{}' has a lease there", self.cluster_name);
            return Err(Failure::new(Kind::Negative, message));
        }
        terminal.printer.list(&rows)?;
        terminal.printer.finish()
    }
}

fn shown(member: Member, now: u64) -> Shown {
    let Member { lease, id, lag } = member;
    Shown {
        name: lease.about.name,
        url: lease.about.url,
        pid: lease.about.pid,
        started: lease.about.started,
        lease: id,
        position: lease.position,
        lag,
        sessions: lease.sessions,
        locks: lease.locks,
        events: lease.events,
        now,
    }
}

/// The port of NATS.
const PORT: u16 = 4222;

/// All servers of an engine: `nats://[USER:PASSWORD@]HOST[:PORT]`, or `tls://` to demand TLS, separated by
/// commas.
#[derive(Debug, Clone)]
pub struct Servers(Vec<Server>);

/// How to reach the servers of an engine, and as whom.
#[derive(Debug, Clone, clap::Args)]
pub struct EngineArgs {
    /// Log in to the engine with what this file holds: USER:PASSWORD, a token, an
    /// nkey seed, or a .creds file
    #[arg(
        long,
        value_name = "FILE",
        requires = "cluster",
        help_heading = "Cluster"
    )]
    cluster_credentials: Option<PathBuf>,

    /// Trust the certificates in this PEM file for the engine, beside the system's
    #[arg(
        long,
        value_name = "FILE",
        requires = "cluster",
        help_heading = "Cluster"
    )]
    cluster_ca: Option<PathBuf>,

    /// Show this certificate (PEM) to an engine that asks for one
    #[arg(
        long,
        value_name = "FILE",
        requires = "cluster",
        help_heading = "Cluster"
    )]
    cluster_cert: Option<PathBuf>,

    /// The key of --cluster-cert (PEM) [default: it is in the same file]
    #[arg(
        long,
        value_name = "FILE",
        requires = "cluster_cert",
        help_heading = "Cluster"
    )]
    cluster_key: Option<PathBuf>,
}

impl EngineArgs {
    /// The servers, with these options.
    ///
    /// # Errors
    /// A file of credentials that cannot be read or used.
    pub fn servers(&self, servers: &Servers) -> Result<Vec<Server>, Failure> {
        let login = self.login()?;
        let trust = Arc::new(Trust {
            ca: self.cluster_ca.clone(),
            insecure: false,
            identity: Identity::of(self.cluster_cert.as_deref(), self.cluster_key.as_deref()),
        });
        let servers = servers.0.iter().map(|server| Server {
            // What stands in a URL is for that server.
            login: server.login.clone().or_else(|| login.clone()),
            trust: trust.clone(),
            ..server.clone()
        });
        Ok(servers.collect())
    }

    fn login(&self) -> Result<Option<Login>, Failure> {
        let Some(path) = &self.cluster_credentials else {
            return Ok(None);
        };
        let failed = |why: &dyn std::fmt::Display| {
            Failure::usage(format!("--cluster-credentials {}: {why}", path.display()))
        };
        let text = file_text(path, SMALL).map_err(|error| failed(&error))?;
        Login::read(&text).map(Some).map_err(|error| failed(&error))
    }
}

impl FromStr for Servers {
    type Err = String;

    fn from_str(text: &str) -> Result<Servers, String> {
        let mut servers: Vec<Server> = Vec::new();
        for url in text.split(',') {
            let needs_tls = servers.last().is_some_and(|before| before.needs_tls);
            servers.push(server(url.trim(), needs_tls)?);
        }
        Ok(Servers(servers))
    }
}

fn server(url: &str, needs_tls: bool) -> Result<Server, String> {
    let (needs_tls, rest) = match url.split_once("://") {
        Some(("nats", rest)) => (false, rest),
        Some(("tls", rest)) => (true, rest),
        // In a list, only the first needs the scheme.
        None if !url.is_empty() => (needs_tls, url),
        _ => {
            let why =
                "it is nats://HOST[:PORT] or tls://HOST[:PORT], and more of them behind commas";
            return Err(why.into());
        }
    };
    let rest = rest.trim_end_matches('/');
    let (login, place) = match rest.rsplit_once('@') {
        None => (None, rest),
        Some((login, place)) => {
            let text = |part: &str| String::from_utf8_lossy(&percent_decoded(part)).into_owned();
            let login = match login.split_once(':') {
                Some((user, password)) => Login::Password(text(user), text(password)),
                None => Login::Token(text(login)),
            };
            (Some(login), place)
        }
    };
    // An IPv6 address has brackets when a port follows.
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            let bad = |_| format!("'{port}' is no port: it is a number from 1 to 65535");
            (host, port.parse().map_err(bad)?)
        }
        _ => (place, PORT),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        return Err("it names no host".into());
    }
    let scheme = if needs_tls { "tls" } else { "nats" };
    // TLS begins behind the server's first line.
    let endpoint = Endpoint::of(scheme, false, host, port).map_err(|error| error.to_string())?;
    Ok(Server {
        endpoint,
        needs_tls,
        trust: Arc::default(),
        login,
    })
}

/// The name of a show, as a part of subjects.
///
/// # Errors
/// Why it is none.
pub fn show(text: &str) -> Result<String, String> {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if text.is_empty() || text.len() > 32 || !text.bytes().all(is_fit) {
        return Err("it has 1 to 32 letters, digits, '_' and '-'".into());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type() {
        let text = "nats://a, nats://u:p%40w@b:5000,[::1]:7,nats://token@c/";
        let Servers(servers) = text.parse().unwrap();
        let places: Vec<_> = servers
            .iter()
            .map(|server| (server.endpoint.host(), server.endpoint.port()))
            .collect();
        assert_eq!(places, [("a", 4222), ("b", 5000), ("::1", 7), ("c", 4222)]);
        let login = Login::Password("u".to_owned(), "p@w".to_owned());
        assert_eq!(servers[1].login, Some(login));
        assert_eq!(servers[3].login, Some(Login::Token("token".into())));
        assert!(!format!("{servers:?}").contains("p@w"));
        let Servers(servers) = "tls://a,b,nats://c".parse().unwrap();
        let tls: Vec<bool> = servers.iter().map(|server| server.needs_tls).collect();
        assert_eq!(tls, [true, true, false]);
        for bad in ["", "http://a", "nats://", "nats://a:x", "nats://a,,b"] {
            assert!(bad.parse::<Servers>().is_err(), "{bad}");
        }
        assert!(show("a.b").is_err() && show("").is_err() && show("show-2_b").is_ok());
    }
}
