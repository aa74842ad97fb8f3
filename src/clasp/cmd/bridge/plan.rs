//! What bridges there are to be. Takes options; gives plans, which [`super::process`] opens.

use clap::{Args, Command};

use super::artnet::ArtnetOptions;
use super::mqtt::MqttOptions;
use super::osc::OscOptions;
use super::run::Running;
use super::sacn::SacnOptions;
use super::setup::Setup;
use crate::clasp::bridge::route::{Range, RouteRules};
use crate::clasp::bridge::{artnet, mqtt, osc, sacn};
use crate::error::Failure;
use crate::trace::Language;

/// A bridge that is to be opened.
#[derive(Debug)]
pub struct Plan {
    /// Its name, where there are several.
    pub name: Option<String>,
    /// Its options.
    pub options: Options,
    /// What passes, and how it is changed.
    pub route: RouteRules,
}

/// The options of a bridge, by protocol.
#[derive(Debug)]
pub enum Options {
    /// OSC.
    Osc(Box<OscOptions>),
    /// MQTT.
    Mqtt(Box<MqttOptions>),
    /// sACN.
    Sacn(Box<SacnOptions>),
    /// Art-Net.
    Artnet(Box<ArtnetOptions>),
}

impl Plan {
    /// The only bridge of a process.
    pub fn alone(options: Options) -> Plan {
        Plan {
            name: None,
            options,
            route: RouteRules::default(),
        }
    }

    /// One of several bridges, with options as they would be typed.
    ///
    /// # Errors
    /// Options that do not fit together.
    pub fn of<O: Args + Into<Options>>(
        name: &str,
        words: impl IntoIterator<Item = String>,
    ) -> Result<Plan, Failure> {
        let options: O = typed(&command::<O>(), words)
            .map_err(|error| Failure::usage(error.to_string()).context(name.to_owned()))?;
        Ok(Plan {
            name: Some(name.to_owned()),
            ..Plan::alone(options.into())
        })
    }
}

/// The options of a bridge as a command without a name.
pub fn command<O: Args>() -> Command {
    let mut command = O::augment_args(Command::new("bridge").no_binary_name(true));
    command.build();
    command
}

/// Reads options as they would be typed.
///
/// # Errors
/// An unknown option or a wrong value.
pub fn typed<O: Args>(
    command: &Command,
    words: impl IntoIterator<Item = String>,
) -> Result<O, clap::Error> {
    let mut matches = command.clone().try_get_matches_from(words)?;
    O::from_arg_matches_mut(&mut matches)
}

impl Options {
    /// The name of the protocol on the command line.
    pub fn protocol(&self) -> &'static str {
        match self {
            Options::Osc(_) => "osc",
            Options::Mqtt(_) => "mqtt",
            Options::Sacn(_) => "sacn",
            Options::Artnet(_) => "artnet",
        }
    }

    /// How packets are shown in a trace.
    pub fn language(&self) -> Language {
        match self {
            Options::Osc(_) => osc::show::LANGUAGE,
            Options::Mqtt(_) => mqtt::show::LANGUAGE,
            Options::Sacn(_) => sacn::show::LANGUAGE,
            Options::Artnet(_) => artnet::show::LANGUAGE,
        }
    }

    /// The range of the numbers that devices of this protocol send and take.
    pub fn usual_range(&self) -> Range {
        let is_byte = match self {
            Options::Osc(_) | Options::Mqtt(_) => false,
            Options::Sacn(options) => !options.is_normalized(),
            Options::Artnet(options) => !options.is_normalized(),
        };
        if is_byte { Range::BYTE } else { Range::UNIT }
    }

    /// Opens the sockets of the bridge.
    ///
    /// # Errors
    /// An address that cannot be bound; a broker that cannot be reached or refuses.
    pub async fn open(self, setup: Setup) -> Result<Running, Failure> {
        match self {
            Options::Osc(options) => options.open(setup).await,
            Options::Mqtt(options) => options.open(setup).await,
            Options::Sacn(options) => options.open(setup).await,
            Options::Artnet(options) => options.open(setup).await,
        }
    }
}

impl From<OscOptions> for Options {
    fn from(options: OscOptions) -> Options {
        Options::Osc(Box::new(options))
    }
}

impl From<MqttOptions> for Options {
    fn from(options: MqttOptions) -> Options {
        Options::Mqtt(Box::new(options))
    }
}

impl From<SacnOptions> for Options {
    fn from(options: SacnOptions) -> Options {
        Options::Sacn(Box::new(options))
    }
}

impl From<ArtnetOptions> for Options {
    fn from(options: ArtnetOptions) -> Options {
        Options::Artnet(Box::new(options))
    }
}
