//! `bridge`: another protocol and a router, each told what the other says, for as long as it is
//! wanted.
//!
//! ```text
//! router ──▶ Subscription (its own task) ──▶ run ──▶ Side: mapping and sockets ──▶ devices
//!        ◀── ToRouter                    ◀──     ◀──                           ◀──
//! ```
//!
//! - [`run`]: the loop, the same for every protocol
//! - `to_router`: what goes to the router, when it can take it
//! - `report`: what is counted, said and shown
//! - [`osc`]: the side of OSC
//! - [`mqtt`]: the side of MQTT

pub mod mqtt;
pub mod osc;
mod report;
mod run;
mod to_router;

use crate::clasp::wire::check_address;
use crate::error::Failure;
use crate::term::Terminal;
use crate::text::deferred::Deferred;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp bridge osc --listen 8000 --send 192.168.1.20:9000
  trefoil clasp bridge mqtt localhost
  trefoil clasp bridge osc --listen 8000 --dry-run   print, and send nothing

A bridge runs until Ctrl-C, against any router, and comes back after a lost
connection. docs/bridges.md has the mappings, and what they lose.";

/// What may be typed after `bridge`.
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
}

impl BridgeGroup {
    /// Does what was asked.
    ///
    /// # Errors
    /// The bridge's own.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        match self.protocol {
            Protocol::Osc(Deferred(args)) => args.run(terminal),
            Protocol::Mqtt(Deferred(args)) => args.run(terminal),
        }
    }
}

/// What the other side's addresses are below; `/` is nothing.
fn namespace(text: &str) -> Result<Box<str>, String> {
    if text == "/" {
        return Ok("".into());
    }
    check_address(text).map_err(|error| error.to_string())?;
    Ok(text.into())
}
