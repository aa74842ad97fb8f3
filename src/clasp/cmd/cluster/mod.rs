//! `cluster`: the routers that share an engine.

pub mod servers;

use serde::Serialize;

use crate::clasp::client::clock::now_micros;
use crate::clasp::router::auth::random_number;
use crate::clasp::router::block_on;
use crate::clasp::router::cluster::status::{Member, members};
use crate::clasp::router::cluster::subject::Names;
use crate::error::{Failure, Kind};
use crate::term::{Cells, Column, Row, Terminal};
use crate::text::time::Age;
use servers::{EngineArgs, Servers, show};

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
