//! `bridge mqtt`: connects an MQTT broker and a router.

use std::path::PathBuf;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::namespace;
use super::report::{About, Report};
use super::run::{Running, Side};
use super::setup::Setup;
use super::to_router::ToRouter;
use crate::clasp::bridge::counts::Dropped;
use crate::clasp::bridge::mqtt::codec::{Connect, Properties, Publish, Version, Wanted};
use crate::clasp::bridge::mqtt::map::{Mapping, Received, Rules};
use crate::clasp::bridge::mqtt::payload::Form;
use crate::clasp::bridge::mqtt::show::document;
use crate::clasp::bridge::mqtt::socket::broker::Broker;
use crate::clasp::bridge::mqtt::socket::connection::{Incoming, Settings};
use crate::clasp::bridge::mqtt::socket::{Client, Reading};
use crate::clasp::bridge::mqtt::topic::{check_filter, check_name};
use crate::clasp::client::Trust;
use crate::clasp::wire::{Frame, Message, Pattern};
use crate::error::Failure;
use crate::ids::random_number;
use crate::text::count::Count;
use crate::text::duration::{InWords, duration};
use crate::text::whole::{SMALL, file_text};
use crate::trace::Step;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp bridge mqtt localhost
  trefoil clasp bridge mqtt localhost --topic 'sensors/#' --topic 'lights/+'
  trefoil clasp bridge mqtt localhost --protocol 3.1.1 --namespace /home
  trefoil clasp bridge mqtt mqtts://broker --broker-ca ca.pem \\
    --username me --password-file password
  trefoil clasp bridge mqtt localhost --properties
  trefoil clasp bridge mqtt localhost --dry-run

The topic a/b is the address /mqtt/a/b. Retained publications are params,
others are events. Messages to the router below /mqtt are published, params as
retained. An empty retained payload deletes, and so does null. JSON payloads
are values, others are text or bytes. No message is sent back to its sender.
docs/bridges.md describes the whole mapping.";

/// The most bytes of a text or a last will's payload in a packet.
const TEXT_MAX: usize = 65_535;

/// The MQTT keepalive, in seconds.
const KEEPALIVE: u16 = 60;

/// The options of an MQTT bridge.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct MqttOptions {
    /// The broker: HOST, HOST:PORT, mqtt://HOST:PORT, or mqtts://HOST for TLS
    #[arg(value_name = "BROKER")]
    broker: Broker,

    /// Subscribe to this filter: + is one level, # all that follow; may be
    /// repeated [default: #]
    #[arg(long = "topic", value_name = "FILTER", value_parser = check_filter)]
    topics: Vec<String>,

    /// Use this version of MQTT: 5 or 3.1.1
    #[arg(long, value_name = "VERSION", default_value = "5", value_parser = version)]
    protocol: Version,

    /// Subscribe and publish with this QoS at most
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=2))]
    qos: u8,

    /// Use this client id at the broker [default: trefoil and a random number]
    #[arg(long, value_name = "ID", value_parser = short)]
    client_id: Option<String>,

    /// Authenticate to the broker with this user name
    #[arg(long, value_name = "NAME", value_parser = short)]
    username: Option<String>,

    /// Authenticate to the broker with the password in this file
    #[arg(long, value_name = "FILE", requires = "username")]
    password_file: Option<PathBuf>,

    /// Trust the broker's certificate by this PEM file, beside the system's
    #[arg(long, value_name = "FILE")]
    broker_ca: Option<PathBuf>,

    /// Set this last will: the broker publishes it, retained, when the bridge is lost
    #[arg(long, value_name = "TOPIC=PAYLOAD", value_parser = will)]
    will: Option<Publish>,

    /// Map topics to addresses below this; / for none
    #[arg(long, value_name = "ADDRESS", default_value = "/mqtt", value_parser = namespace, help_heading = "Mapping")]
    namespace: Box<str>,

    /// Write matching addresses as params, even if the publication is not retained; may be repeated
    #[arg(long, value_name = "PATTERN", help_heading = "Mapping")]
    params: Vec<Pattern>,

    /// Interpret payloads as: auto, json, text, bytes
    #[arg(long, value_name = "FORM", default_value = "auto", value_parser = form, help_heading = "Mapping")]
    payload: Form,

    /// Pass on user properties, content type, response topic and correlation
    /// data: the value is then a map
    #[arg(long, help_heading = "Mapping")]
    properties: bool,

    /// Also publish the router's present values at the start
    #[arg(long, help_heading = "Mapping")]
    retained: bool,

    /// Wait this long before connecting to the broker again; later waits grow
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "1s")]
    broker_reconnect: Duration,
}

/// Checks the address of a broker, for a command that only passes it on.
///
/// # Errors
/// Why it is none.
pub fn checked_broker(text: &str) -> Result<String, String> {
    text.parse::<Broker>().map(|_| text.to_owned())
}

fn version(text: &str) -> Result<Version, &'static str> {
    match text {
        "5" | "5.0" => Ok(Version::V5),
        "3.1.1" | "3" | "4" => Ok(Version::V3),
        _ => Err("it is 5 or 3.1.1"),
    }
}

fn form(text: &str) -> Result<Form, &'static str> {
    match text {
        "auto" => Ok(Form::Auto),
        "json" => Ok(Form::Json),
        "text" => Ok(Form::Text),
        "bytes" => Ok(Form::Bytes),
        _ => Err("it is auto, json, text or bytes"),
    }
}

/// Checks that a text fits a packet: its length has two bytes there.
fn short(text: &str) -> Result<String, String> {
    if text.len() > TEXT_MAX {
        let size = Count(text.len() as u64);
        return Err(format!(
            "{size} bytes are too many: MQTT has room for 65,535"
        ));
    }
    Ok(text.to_owned())
}

fn will(text: &str) -> Result<Publish, String> {
    let (topic, payload) = text.split_once('=').ok_or("it is TOPIC=PAYLOAD")?;
    check_name(topic)?;
    for text in [topic, payload] {
        short(text)?;
    }
    Ok(Publish {
        topic: topic.to_owned(),
        payload: payload.as_bytes().to_vec(),
        qos: 1,
        retain: true,
        dup: false,
        id: 0,
        expiry: None,
        properties: Properties::default(),
    })
}

impl MqttOptions {
    /// Connects to the broker.
    ///
    /// # Errors
    /// A password that cannot be read; no connection to the broker; a refusal.
    pub async fn open(self, setup: Setup) -> Result<Running, Failure> {
        let report = &setup.report;
        if self.properties && self.protocol == Version::V3 {
            return Err(Failure::usage(
                "--properties needs MQTT 5: publications of 3.1.1 have none",
            ));
        }
        let password = match &self.password_file {
            None => None,
            Some(path) => {
                let text = file_text(path, SMALL).map_err(|error| {
                    Failure::usage(format!("cannot read {}: {error}", path.display()))
                })?;
                let password = text.trim_end_matches(['\r', '\n']).to_owned();
                report.console().hide([&password]);
                Some(password)
            }
        };
        let mapping = Mapping::new(Rules {
            namespace: self.namespace,
            params: self.params,
            form: self.payload,
            qos: self.qos,
            retained: self.retained,
            properties: self.properties,
            version: self.protocol,
            // Its upper half is as random as all of it.
            number: (random_number()? >> 32) as u32,
        });
        let pattern = mapping.subscription();
        let client_id = match self.client_id {
            Some(id) => id,
            // Processes of two machines, or of two containers, may have the same number.
            None => format!("trefoil-{:016x}", random_number()?),
        };
        let broker = self.broker.0.clone();
        let settings = Settings {
            trust: Trust {
                ca: self.broker_ca,
                ..Trust::default()
            },
            connect: Connect {
                client_id: client_id.clone(),
                keepalive: KEEPALIVE,
                user: self.username,
                password,
                will: self.will.filter(|_| !report.is_dry()),
            },
            version: self.protocol,
            filters: if self.topics.is_empty() {
                vec!["#".into()]
            } else {
                self.topics
            },
            wanted: Wanted::All,
            qos: self.qos,
            limit: setup.target.connect_timeout,
            reconnect: self.broker_reconnect,
            tap: report.tap.clone(),
            broker: broker.clone(),
        };
        let side = Mqtt {
            client: Client::connect(settings, setup.target.connect_retry).await?,
            mapping,
            broker: broker.to_string(),
            client_id,
            is_connected: true,
            has_siblings: false,
            router_has_lost: false,
            reading: None,
        };
        Ok(Running::new(setup, pattern, side))
    }
}

/// The MQTT side of the bridge.
struct Mqtt {
    client: Client,
    mapping: Mapping,
    broker: String,
    client_id: String,
    is_connected: bool,
    /// Whether it was said that other bridges do the same.
    has_siblings: bool,
    /// The router was reconnected without values that it had before.
    router_has_lost: bool,
    /// Reads what the broker retains, for a router that has lost its values.
    reading: Option<Reading>,
}

/// What comes from the broker, or is to be done.
enum Input {
    Incoming(Incoming),
    /// The mapping has something to publish.
    Due,
}

impl Mqtt {
    /// Passes a publication on to the router.
    fn received(&mut self, received: Received, router: &mut ToRouter, report: &mut Report) {
        match received {
            Received::Unit { unit, lost } => {
                router.send(unit, report);
                if let Some(what) = lost {
                    report.counts.without_properties += 1;
                    report.tap.step(|| Step::Noted { what });
                }
            }
            Received::Echo => report.counts.echoes += 1,
            Received::Dropped(dropped) => report.dropped(dropped),
        }
        if self.mapping.origin.has_siblings() && !self.has_siblings {
            self.has_siblings = true;
            report.note(format_args!(
                "another bridge carries messages between this router and {}: what both carry arrives twice, \
                 and goes no further",
                self.broker
            ));
        }
    }

    /// Passes a publication on to the broker.
    fn publish(&mut self, publish: Publish, report: &mut Report) {
        if report.is_dry() {
            report.would_send(&self.broker, document(&publish));
            report.counts.from_router += 1;
            return;
        }
        let detail = format!("{}: the broker reads too slowly", publish.topic);
        if self.client.publish(publish) {
            report.counts.from_router += 1;
        } else {
            report.dropped(Dropped {
                reason: "because the broker is too slow",
                detail,
            });
        }
    }
}

impl Side for Mqtt {
    type Input = Input;

    async fn next(&mut self) -> Input {
        let due = self.mapping.due();
        tokio::select! {
            incoming = self.client.next() => Input::Incoming(incoming),
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Input::Due,
        }
    }

    fn try_next(&mut self) -> Option<Input> {
        self.client.try_next().map(Input::Incoming)
    }

    fn take(&mut self, input: Input, router: &mut ToRouter, report: &mut Report) {
        let now = Instant::now();
        let incoming = match input {
            Input::Incoming(incoming) => incoming,
            Input::Due => {
                for publish in self.mapping.tick(now) {
                    self.publish(publish, report);
                }
                return;
            }
        };
        match incoming {
            Incoming::Publish(publish) => {
                let received = self.mapping.receive(&publish, now);
                self.received(received, router, report);
            }
            Incoming::Retained(publish) => {
                let received = self.mapping.restore(&publish, now);
                self.received(received, router, report);
            }
            Incoming::NotReadAgain(why) => report.warn(format_args!(
                "what the broker retains was not read again ({why}): values that the router has lost come \
                 back when they are published"
            )),
            Incoming::Disconnected(why) => {
                self.is_connected = false;
                let broker = &self.broker;
                report.note(format_args!("broker {broker} gone ({why}); reconnecting"));
            }
            Incoming::Reconnected(after) => {
                self.is_connected = true;
                let after = Duration::from_millis(after.as_millis() as u64);
                report.warn(format_args!(
                    "broker back in {}; publications meanwhile that are not retained were missed",
                    InWords(after)
                ));
            }
            Incoming::Rival { is_certain } => {
                let id = &self.client_id;
                let hint = "give each client its own: --client-id NAME";
                if is_certain {
                    report.warn(format_args!(
                        "another client has connected to the broker with the client id '{id}', so the \
                         broker ended this connection; {hint}"
                    ));
                } else {
                    report.warn(format_args!(
                        "the broker closes each connection soon after it has accepted it: another \
                         client may have the client id '{id}'; {hint}"
                    ));
                }
            }
            Incoming::Dropped(reason, detail) => report.dropped(Dropped { reason, detail }),
        }
    }

    fn deliver(&mut self, frame: &Frame<'_>, initial: bool, report: &mut Report) {
        match self.mapping.deliver(frame, initial, Instant::now()) {
            Ok(Some(publish)) => self.publish(publish, report),
            Ok(None) => {}
            Err(dropped) => report.dropped(dropped),
        }
    }

    fn wants_identity(&mut self) -> bool {
        self.mapping.origin.take_unsure()
    }

    fn identified(&mut self, id: Option<String>, report: &mut Report) {
        // A router with the same id has kept its values: what is gone was removed.
        let may_have_lost = match id {
            Some(id) => self.mapping.origin.identified(id),
            None => true,
        };
        if std::mem::take(&mut self.router_has_lost) && may_have_lost {
            report.note(
                "reading again what the broker retains, for a router that has lost its values",
            );
            self.reading = Some(self.client.read_again());
        }
    }

    fn router_back(&mut self, has_lost: bool) {
        self.router_has_lost |= has_lost;
        self.mapping.origin.reconnected();
    }

    fn remember_newest(&mut self) {
        self.mapping.hold();
    }

    fn unconfirmed(&mut self) -> Vec<Message<'static>> {
        self.mapping.again(Instant::now())
    }

    fn router_stalled(&mut self, stalled: bool) {
        self.mapping.stall(stalled, Instant::now());
    }

    async fn finish(self, _router: &mut ToRouter, report: &mut Report) {
        report.unsent(self.client.close().await);
    }

    fn listening(&self) -> Vec<String> {
        vec![self.broker.clone()]
    }

    fn about(&self) -> About {
        if self.is_connected {
            About::Working(self.broker.clone())
        } else {
            About::Trouble(format!("{} is away", self.broker))
        }
    }
}
