//! `serve`: runs a router, until it is stopped or for as long as a command runs.

mod bridges;
mod keys;
mod notices;
mod options;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use tokio::process::Child;
use tokio::sync::{mpsc, oneshot};

use super::bridge::{OpenBridge, StopCause};
use super::cluster::{EngineArgs, Servers, show};
use super::token::file::TokensFile;
use crate::clasp::client::clock::now_micros;
use crate::clasp::record;
use crate::clasp::router::cluster::connection::open;
use crate::clasp::router::cluster::lease::About;
use crate::clasp::router::cluster::link::Membership;
use crate::clasp::router::cluster::{Cluster, text};
use crate::clasp::router::history::History;
use crate::clasp::router::history::rules::{HistoryRules, Rule};
use crate::clasp::router::sd_notify::{self, Notifier};
use crate::clasp::router::state::{Room, State};
use crate::clasp::router::store::{self, Opened, Store, StoreError, Sync};
use crate::clasp::router::{
    Acceptor, Backing, Clock, Ended, Listener, Settings, block_on, limits, local, run,
};
use crate::clasp::wire::Ttl;
use crate::config::CertificateArgs;
use crate::config::child::environment_without;
use crate::config::keys::CLASP;
use crate::error::Failure;
use crate::ids::random_number;
use crate::term::{Console, Interrupt, Terminal, child};

use bridges::BridgesArgs;
use keys::{Keys, own_token};
use notices::print_notices;
use options::{ping_interval, rule, sync};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp serve
  trefoil clasp serve -- sh tests/show.sh       as long as that runs
  trefoil clasp serve --bind 0.0.0.0:7330 --tokens tokens.json
  trefoil clasp serve --metrics 127.0.0.1:9330   for Prometheus
  trefoil clasp serve --osc 8000                with a bridge in it
  trefoil clasp serve --data show-data          values survive a restart
  trefoil clasp serve --cluster nats://a,nats://b   one of several routers
  trefoil clasp serve --tls-cert cert.pem --tls-key key.pem
  trefoil clasp serve --allow-origin http://localhost:5173
  trefoil clasp serve --bind 127.0.0.1:0 -o json | head -1   any free port
  trefoil clasp serve -v                        show every session's messages";

/// The default address to listen on.
const BIND: &str = "127.0.0.1:7330";

/// The default with a COMMAND: any free port, so that parallel jobs do not collide.
const BIND_FOR_COMMAND: &str = "127.0.0.1:0";

/// An address for metrics, for the hint of an error.
const METRICS: &str = "127.0.0.1:9330";

/// The arguments of `serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ServeArgs {
    /// Listen here [default: 127.0.0.1:7330; with a COMMAND any free port]
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<String>,

    /// Use this name for the router in WELCOME
    #[arg(long, value_name = "NAME", default_value = "trefoil")]
    name: String,

    /// Admit only clients with a token from this file, which trefoil clasp token manages; it is
    /// read again when it changes
    #[arg(long, value_name = "FILE", help_heading = "Access")]
    tokens: Option<PathBuf>,

    #[command(flatten)]
    certificate: CertificateArgs,

    /// Keep values, held bundles, timelines and announced signals in this folder; they survive a
    /// restart and a crash of the router
    #[arg(long, value_name = "DIR", help_heading = "Storage")]
    data: Option<PathBuf>,

    /// Keep events and values for REPLAY and clasp history: for a time (24h), up to a size (1GiB),
    /// both, or with a time per pattern ('/sensors/**=7d', '/video/**=none'); may be repeated
    /// [default: none]
    #[arg(long, value_name = "LIMIT", value_parser = rule, requires = "data", help_heading = "Storage")]
    history: Vec<Rule>,

    /// Sync acknowledged writes to disk within this time, or before the acknowledgement (always);
    /// only a system crash can lose them meanwhile
    #[arg(long, value_name = "DURATION|always", default_value = "100ms", value_parser = sync, requires = "data", help_heading = "Storage")]
    sync: Sync,

    /// Be one router of a cluster over this NATS JetStream engine (nats-server
    /// 2.12 or newer); several URLs are several servers of it
    #[arg(long, value_name = "URL[,URL]", help_heading = "Cluster")]
    cluster: Option<Servers>,

    /// Share values and events with the routers of this name
    #[arg(long, value_name = "NAME", default_value = "show", value_parser = show, requires = "cluster", help_heading = "Cluster")]
    cluster_name: String,

    #[command(flatten)]
    engine: EngineArgs,

    /// Accept at most this many messages a second per connection [default: no limit]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Limits")]
    rate_limit: Option<u32>,

    /// Allow at most this many connections at a time
    #[arg(long, value_name = "N", default_value_t = limits::SESSIONS, help_heading = "Limits")]
    max_sessions: usize,

    /// Ping a connection that is silent for this long, and close it when it stays silent for as
    /// long again
    #[arg(long, value_name = "DURATION", default_value = "20s", value_parser = ping_interval, help_heading = "Limits")]
    ping_interval: Duration,

    /// Expire values this long after their last use, unless their writer sets a TTL: whole seconds,
    /// or never
    #[arg(long, value_name = "DURATION", default_value = "never", value_parser = record::parse::ttl)]
    ttl: Ttl,

    /// Let web pages of this origin connect, besides the router's own; * allows all; may be
    /// repeated
    #[arg(long, value_name = "ORIGIN", help_heading = "Access")]
    allow_origin: Vec<String>,

    /// Serve /metrics for Prometheus and /healthz for health checks on this port
    #[arg(long, value_name = "ADDRESS:PORT")]
    metrics: Option<String>,

    #[command(flatten)]
    bridges: BridgesArgs,

    /// Run this with CLASP_URL set, and exit with it and its status; CLASP_TOKEN gives it full
    /// access, also with --tokens
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// The output of `-o json` when the router is ready.
#[derive(Debug, Serialize)]
struct Ready<'a> {
    url: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    bridges: &'a [OpenBridge],
    pid: u32,
}

impl ServeArgs {
    /// Runs the router.
    ///
    /// # Errors
    /// An address that cannot be bound, an invalid file, the command's own status.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let tls = self
            .certificate
            .files()
            .map(|(chain, key)| Acceptor::load(chain, key, terminal.console.background()))
            .transpose()?;
        let file = self.tokens.as_deref().map(TokensFile::at);
        block_on(self.serve(terminal, tls, file))?
    }

    async fn serve(
        self,
        mut terminal: Terminal,
        tls: Option<Acceptor>,
        file: Option<TokensFile>,
    ) -> Result<(), Failure> {
        let mut interrupt = Interrupt::listen()?;
        let plans = self.bridges.plans()?;
        let (token, own) = if self.command.is_empty() && plans.is_empty() {
            (None, None)
        } else {
            let (token, record) = own_token()?;
            (Some(token), Some(record))
        };
        let keys = match &file {
            None => None,
            Some(file) => Some(Keys::read(file.clone(), own)?),
        };
        let usual = if self.command.is_empty() {
            BIND
        } else {
            BIND_FOR_COMMAND
        };
        let bind = self.bind.as_deref().unwrap_or(usual);
        let listener = Listener::bind(bind, "router", BIND).await?;
        let address = listener.address();
        let scheme = if tls.is_some() { "wss" } else { "ws" };
        let url = format!("{scheme}://{}", listener.reachable());
        if !address.ip().is_loopback() && file.is_none() {
            terminal.console.warn(format_args!(
                "every client that reaches {address} may read and write everything; --tokens FILE demands a token"
            ));
        }
        let membership = tokio::select! {
            joined = self.join_cluster(&url) => joined?,
            kind = interrupt.wait() => return Err(Failure::signal(kind)),
        };
        let opened = self.open_data(&terminal.console)?;
        let probes = match &self.metrics {
            Some(address) => Some(Listener::bind(address, "service", METRICS).await?),
            None => None,
        };
        let metrics = probes
            .as_ref()
            .map(|probes| format!("http://{}/metrics", probes.reachable()));
        let history = self.open_history()?;
        let (dialer, arrivals) = local();
        let opening = bridges::open(
            &self.name,
            plans,
            &url,
            dialer,
            token.clone(),
            &terminal.console,
        );
        let mut bridges = tokio::select! {
            opened = opening => opened?,
            kind = interrupt.wait() => return Err(Failure::signal(kind)),
        };
        let opened_bridges = std::mem::take(&mut bridges.opened);
        let stopper = bridges.stopper();
        let (notices, notices_received) = mpsc::unbounded_channel();
        let settings = Settings {
            name: self.name.clone(),
            ttl: self.ttl,
            rate_limit: self.rate_limit,
            max_sessions: self.max_sessions,
            origins: self.allow_origin.clone(),
            tls,
            ping_interval: self.ping_interval,
            clock: Clock::start(),
            notices: Some(notices),
            trace: terminal.console.trace(),
        };
        let notifier = Notifier::from_environment()?;
        let notifier = notifier.as_ref();
        if let Some(notifier) = notifier {
            notifier.ready(&format!("ready at {url}"));
        }
        let stopping = || notifier.into_iter().for_each(Notifier::stopping);
        let keep_alive = async {
            match notifier {
                Some(notifier) => notifier.keep_alive().await,
                None => std::future::pending().await,
            }
        };
        let known = keys.as_ref().map(|keys| keys.known.subscribe());
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async {
            // A message or a dropped sender: both mean stop.
            let _ = stopped.await;
        };
        let backing = Backing {
            opened,
            history,
            membership,
            arrivals: Some(arrivals),
        };
        let router = run(listener, shutdown, settings, known, backing, probes);
        // The bridges end first: they have last messages for the router.
        let bridged = async {
            let ended = bridges.run().await;
            drop(stop);
            ended
        };
        let served = async { tokio::join!(router, bridged) };
        let console = &terminal.console;
        let follow = async {
            let follow_tokens = async {
                match keys {
                    Some(keys) => keys.follow(console).await,
                    None => std::future::pending().await,
                }
            };
            tokio::join!(follow_tokens, print_notices(notices_received, console));
        };
        if self.command.is_empty() {
            console.note(format_args!("ready at {url}"));
            if let Some(metrics) = &metrics {
                console.note(format_args!("metrics at {metrics}"));
            }
            if terminal.printer.is_json_requested() {
                let ready = Ready {
                    url: &url,
                    name: &self.name,
                    metrics: metrics.as_deref(),
                    bridges: &opened_bridges,
                    pid: std::process::id(),
                };
                terminal.printer.value(&ready)?;
                terminal.printer.flush()?;
            }
            let signal = async {
                let kind = interrupt.wait().await;
                stopping();
                stopper.stop(StopCause::Signal(kind));
                std::future::pending::<()>().await;
            };
            let (ended, bridged) = tokio::select! {
                served = served => served,
                () = signal => (Ended::Drained, Ok(())),
                () = follow => (Ended::Drained, Ok(())),
                () = keep_alive => (Ended::Drained, Ok(())),
            };
            if let Ended::Cut(count) = ended {
                terminal.console.warn(format_args!(
                    "{count} connections were closed before they had read all their messages"
                ));
            }
            return bridged;
        }
        let mut child = self.start(&url, token.as_deref())?;
        let command = async {
            let status = child::wait(&mut child, async || interrupt.wait().await).await;
            stopping();
            stopper.stop(StopCause::Other);
            status
        };
        let both = async { tokio::join!(served, command) };
        let ((_, bridged), status) = tokio::select! {
            both = both => both,
            () = follow => return Ok(()),
            () = keep_alive => return Ok(()),
        };
        bridged?;
        child::check_status(status?)
    }

    /// Connects to the engine of a cluster, if it is to be in one.
    async fn join_cluster(&self, url: &str) -> Result<Option<Membership>, Failure> {
        let Some(servers) = &self.cluster else {
            return Ok(None);
        };
        let servers = self.engine.servers(servers)?;
        if self.data.is_some() && self.history.is_empty() {
            let why = "--data and --cluster exclude each other: in a cluster, the engine keeps the values";
            return Err(Failure::usage(why).with_hint(
                "Give the engine a folder instead: nats-server -js -sd DIR\n\
                 With --history, DIR holds what this router has recorded: --data DIR --history 24h",
            ));
        }
        let id = random_number()?;
        let about = About {
            name: self.name.clone(),
            url: url.to_owned(),
            pid: std::process::id(),
            started: now_micros(),
        };
        let cluster = Cluster::new(&self.cluster_name, id, about, now_micros());
        let connection = open(&servers, &cluster.names, &text(id), true).await?;
        Ok(Some(Membership {
            cluster,
            servers,
            connection,
        }))
    }

    /// Reads the data folder that an earlier router has left.
    fn open_data(&self, console: &Console) -> Result<Option<Opened>, Failure> {
        // In a cluster, the engine keeps the values, and the folder only has the history.
        let Some(folder) = self.data.as_ref().filter(|_| self.cluster.is_none()) else {
            return Ok(None);
        };
        let state = State::new(self.ttl, Room::default());
        let opened = Store::open(folder, self.sync, state)?;
        if let Some((bytes, copy)) = &opened.torn {
            console.warn(format_args!(
                "the last {bytes} bytes of the log were incomplete, as after a crash; they are now in {}",
                copy.display()
            ));
        }
        Ok(Some(opened))
    }

    /// Opens the history, if one is kept.
    fn open_history(&self) -> Result<Option<History>, Failure> {
        let (Some(folder), Some(rules)) = (&self.data, HistoryRules::of(&self.history)) else {
            return Ok(None);
        };
        let lock = match &self.cluster {
            Some(_) => Some(store::folder::lock(folder)?),
            // The store has it.
            None => None,
        };
        let folder = folder.join("history");
        let opened = History::open(&folder, rules);
        let mut opened = opened.map_err(|source| StoreError::Io {
            path: folder,
            source,
        })?;
        if let Some(lock) = lock {
            opened.hold(lock);
        }
        Ok(Some(opened))
    }

    fn start(&self, url: &str, token: Option<&str>) -> Result<Child, Failure> {
        let mut command = child::command(&self.command)?;
        child::set(&mut command, &environment_without(&CLASP)?);
        command.env("CLASP_URL", url);
        for name in sd_notify::VARIABLES {
            command.env_remove(name);
        }
        if let Some(token) = token {
            command.env("CLASP_TOKEN", token);
        }
        Ok(child::start(&mut command)?)
    }
}
