//! Bridges within the router. Takes the options of `serve`; gives the bridges, connected with the router in this process.

use std::path::PathBuf;
use std::time::Duration;

use crate::clasp::client::{Dialer, Reconnect};
use crate::clasp::cmd::allow::Allow;
use crate::clasp::cmd::bridge::artnet::{self, ArtnetOptions};
use crate::clasp::cmd::bridge::mqtt::{self, MqttOptions};
use crate::clasp::cmd::bridge::osc::{self, OscOptions};
use crate::clasp::cmd::bridge::sacn::{self, SacnOptions};
use crate::clasp::cmd::bridge::{Bridges, Common, Outputs, Plan, read_plans};
use crate::clasp::cmd::connection::ConnectionArgs;
use crate::clasp::cmd::listen::PROBE_INTERVAL;
use crate::error::Failure;
use crate::term::Console;

/// Bridges within the router.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Bridges")]
pub(super) struct BridgesArgs {
    /// Bridge OSC at this port, as clasp bridge osc does; tcp:PORT for TCP; may be repeated
    #[arg(long, value_name = "[HOST:]PORT", value_parser = osc::checked_listen)]
    osc: Vec<String>,

    /// Bridge this MQTT broker, as clasp bridge mqtt does: HOST, mqtt://HOST:PORT or mqtts://HOST
    #[arg(long, value_name = "BROKER", value_parser = mqtt::checked_broker)]
    mqtt: Option<String>,

    /// Bridge these sACN universes, as clasp bridge sacn does
    #[arg(long, value_name = "LIST", value_parser = sacn::checked_universes)]
    sacn: Option<String>,

    /// Bridge these Art-Net universes, as clasp bridge artnet does
    #[arg(long, value_name = "LIST", value_parser = artnet::checked_universes)]
    artnet: Option<String>,

    /// Run the bridges of this TOML file, with all options: docs/bridges.md describes it
    #[arg(long, value_name = "FILE")]
    bridge_config: Option<PathBuf>,
}

impl BridgesArgs {
    /// The bridges that the options ask for.
    ///
    /// # Errors
    /// An option or a file that cannot be used.
    pub(super) fn plans(&self) -> Result<Vec<Plan>, Failure> {
        let mut plans = Vec::new();
        if !self.osc.is_empty() {
            let listen = self.osc.iter().map(|place| format!("--listen={place}"));
            plans.push(Plan::of::<OscOptions>("osc", listen)?);
        }
        if let Some(broker) = &self.mqtt {
            plans.push(Plan::of::<MqttOptions>("mqtt", [broker.clone()])?);
        }
        let universe = |list: &String| [format!("--universe={list}")];
        if let Some(list) = &self.sacn {
            plans.push(Plan::of::<SacnOptions>("sacn", universe(list))?);
        }
        if let Some(list) = &self.artnet {
            plans.push(Plan::of::<ArtnetOptions>("artnet", universe(list))?);
        }
        if let Some(path) = &self.bridge_config {
            plans.extend(read_plans(path)?);
        }
        Ok(plans)
    }
}

/// Opens bridges within the router of this name.
///
/// # Errors
/// A bridge that cannot be opened.
pub(super) async fn open(
    name: &str,
    plans: Vec<Plan>,
    url: &str,
    dialer: Dialer,
    token: Option<String>,
    console: &Console,
) -> Result<Bridges, Failure> {
    let common = Common {
        target: ConnectionArgs::within(url, dialer, name, token, console)?,
        probe_interval: PROBE_INTERVAL,
        reconnect: Reconnect {
            enabled: true,
            interval: Duration::from_millis(100),
            max_tries: None,
        },
        allow: Allow::default(),
        dry_run: false,
    };
    let outputs = Outputs::without_documents(console);
    Bridges::open(plans, &common, outputs, &console.trace()).await
}
