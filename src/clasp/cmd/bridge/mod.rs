//! `bridge`: passes messages between another protocol and a router, in both directions, until it is
//! stopped.
//!
//! ```text
//! router ──▶ Subscription (its own task) ──▶ run ──▶ Side: mapping and sockets ──▶ devices
//!        ◀── ToRouter                    ◀──     ◀──                           ◀──
//! ```
//!
//! - [`run`]: the loop, the same for every protocol
//! - `to_router`: sends to the router, within its rate limit
//! - `report`: counts, notes and the status line
//! - [`osc`]: the OSC side
//! - [`mqtt`]: the MQTT side
//! - [`sacn`]: the sACN side
//! - [`artnet`]: the Art-Net side
//! - `dmx`: the options and the loop that both DMX sides share

pub mod artnet;
mod dmx;
pub mod mqtt;
pub mod osc;
mod report;
mod run;
pub mod sacn;
mod to_router;

use crate::clasp::wire::check_address;
use crate::error::Failure;
use crate::term::Terminal;
use crate::text::deferred::Deferred;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp bridge osc --listen 8000 --send 192.168.1.20:9000
  trefoil clasp bridge mqtt localhost
  trefoil clasp bridge sacn --universe 1-4
  trefoil clasp bridge osc --listen 8000 --dry-run   print, and send nothing

A bridge runs until Ctrl-C, with any router, and reconnects after a lost
connection. docs/bridges.md describes the mappings and what they lose.";

/// The arguments of `bridge`.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, after_help = EXAMPLES)]
pub struct BridgeGroup {
    #[command(subcommand)]
    protocol: Protocol,
}

#[derive(Debug, clap::Subcommand)]
enum Protocol {
    /// Bridge OSC (UDP, TCP) and a router
    Osc(Deferred<osc::OscArgs>),
    /// Bridge an MQTT broker (3.1.1, 5) and a router
    Mqtt(Deferred<mqtt::MqttArgs>),
    /// Bridge sACN (E1.31) and a router
    Sacn(Deferred<sacn::SacnArgs>),
    /// Bridge Art-Net (4) and a router
    Artnet(Deferred<artnet::ArtnetArgs>),
}

impl BridgeGroup {
    /// Runs the bridge.
    ///
    /// # Errors
    /// The errors of the bridge.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        match self.protocol {
            Protocol::Osc(Deferred(args)) => args.run(terminal),
            Protocol::Mqtt(Deferred(args)) => args.run(terminal),
            Protocol::Sacn(Deferred(args)) => args.run(terminal),
            Protocol::Artnet(Deferred(args)) => args.run(terminal),
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
