//! `bridge`: passes messages between other protocols and a router, in both directions, until it is
//! stopped.
//!
//! ```text
//! router ──▶ Subscription (its own task) ──▶ run ──▶ Side: mapping and sockets ──▶ devices
//!        ◀── ToRouter                    ◀──     ◀──                           ◀──
//! ```
//!
//! - `plan`: what bridges there are to be: their options, names and routes
//! - `file`: reads plans from a TOML file
//! - `setup`: what a bridge gets from the process that runs it
//! - `process`: opens and runs all bridges of this process
//! - [`run`]: the loop of one bridge, the same for every protocol
//! - `identity`: how bridges know that they are at the same router
//! - `to_router`: sends to the router, within its rate limit
//! - `report`: counts, notes and the status line
//! - [`osc`], [`mqtt`], [`sacn`], [`artnet`]: the options and the side of each protocol
//! - `dmx`: the options and the loop that both DMX sides share

pub mod artnet;
mod dmx;
mod file;
mod identity;
pub mod mqtt;
pub mod osc;
mod plan;
mod process;
mod report;
mod run;
pub mod sacn;
mod setup;
mod to_router;

use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::connection::{ConnectionArgs, ReconnectArgs};
use super::listen::probe_interval;
use crate::clasp::wire::check_address;
use crate::error::Failure;
use crate::term::Terminal;
use crate::text::deferred::Deferred;

pub use file::read_plans;
pub use plan::{Options, Plan};
pub use process::{Bridges, Common, OpenBridge};
pub use report::Outputs;
pub use setup::StopCause;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp bridge osc --listen 8000 --send 192.168.1.20:9000
  trefoil clasp bridge mqtt localhost
  trefoil clasp bridge sacn --universe 1-4
  trefoil clasp bridge osc --listen 8000 --dry-run   print, and send nothing
  trefoil clasp bridge --config bridges.toml   several at once

A bridge runs until Ctrl-C, with any router, and reconnects after a lost
connection. docs/bridges.md describes the mappings and what they lose.";

/// The arguments of `bridge`.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, subcommand_negates_reqs = true, after_help = EXAMPLES)]
pub struct BridgeGroup {
    /// Run all bridges of this TOML file: docs/bridges.md describes it
    #[arg(long, value_name = "FILE", required = true)]
    config: Option<PathBuf>,

    #[command(flatten)]
    bridge: WithConfig,

    #[command(subcommand)]
    protocol: Option<Protocol>,
}

#[derive(Debug, clap::Subcommand)]
enum Protocol {
    /// Bridge OSC (UDP, TCP) and a router
    Osc(Deferred<Single<osc::OscOptions>>),
    /// Bridge an MQTT broker (3.1.1, 5) and a router
    Mqtt(Deferred<Single<mqtt::MqttOptions>>),
    /// Bridge sACN (E1.31) and a router
    Sacn(Deferred<Single<sacn::SacnOptions>>),
    /// Bridge Art-Net (4) and a router
    Artnet(Deferred<Single<artnet::ArtnetOptions>>),
}

/// The arguments of a bridge of one protocol.
#[derive(Debug, clap::Args)]
pub struct Single<O: Args> {
    #[command(flatten)]
    options: O,

    #[command(flatten)]
    bridge: BridgeArgs,
}

/// The arguments that all protocols have in common.
#[derive(Debug, Clone, clap::Args)]
pub struct BridgeArgs {
    /// Print what would be sent to either side, and send nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Probe the router after this long a silence
    #[arg(long, value_name = "DURATION", value_parser = probe_interval, default_value = "80s")]
    pub probe_interval: Duration,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    reconnect: ReconnectArgs,
}

/// [`BridgeArgs`] for `--config`, and which of them were typed: before the name of a protocol they
/// would have no effect.
#[derive(Debug)]
struct WithConfig {
    args: BridgeArgs,
    typed: Vec<String>,
}

impl FromArgMatches for WithConfig {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let own = BridgeArgs::augment_args(Command::new("bridge"));
        let is_typed = |arg: &&Arg| {
            let source = matches.value_source(arg.get_id().as_str());
            source == Some(ValueSource::CommandLine)
        };
        let typed = own.get_arguments().filter(is_typed);
        Ok(WithConfig {
            args: BridgeArgs::from_arg_matches(matches)?,
            typed: typed
                .filter_map(|arg| Some(format!("--{}", arg.get_long()?)))
                .collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = WithConfig::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for WithConfig {
    fn augment_args(command: Command) -> Command {
        BridgeArgs::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        BridgeArgs::augment_args(command)
    }
}

impl<O: Args + Into<Options>> Single<O> {
    fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let plan = Plan::alone(self.options.into());
        process::run(vec![plan], &self.bridge, terminal)
    }
}

impl BridgeGroup {
    /// Runs the bridges.
    ///
    /// # Errors
    /// The errors of the bridges; a file that cannot be read or has a mistake.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        if let (Some(_), [typed, ..]) = (&self.protocol, &self.bridge.typed[..]) {
            return Err(Failure::usage(format!(
                "{typed} belongs behind the protocol"
            )));
        }
        match (self.protocol, self.config) {
            (Some(_), Some(_)) => Err(Failure::usage(
                "--config has the protocols of all its bridges: leave the protocol out",
            )),
            (Some(Protocol::Osc(Deferred(args))), None) => args.run(terminal),
            (Some(Protocol::Mqtt(Deferred(args))), None) => args.run(terminal),
            (Some(Protocol::Sacn(Deferred(args))), None) => args.run(terminal),
            (Some(Protocol::Artnet(Deferred(args))), None) => args.run(terminal),
            (None, Some(path)) => process::run(read_plans(&path)?, &self.bridge.args, terminal),
            (None, None) => Err(Failure::usage("--config FILE or a protocol is missing")),
        }
    }
}

/// Parses `--namespace`; `/` means none.
fn namespace(text: &str) -> Result<Box<str>, String> {
    if text == "/" {
        return Ok("".into());
    }
    check_address(text).map_err(|error| error.to_string())?;
    Ok(text.into())
}
