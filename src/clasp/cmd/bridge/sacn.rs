//! `bridge sacn`: connects sACN (E1.31) and a router.

use std::net::{Ipv4Addr, SocketAddrV4};

use tokio::time::Instant;

use super::dmx::{self, DmxOptions, Input, Ports};
use super::report::{About, Report};
use super::run::{Running, Side};
use super::setup::Setup;
use super::to_router::ToRouter;
use crate::clasp::bridge::counts::Dropped;
use crate::clasp::bridge::dmx::address::Universes;
use crate::clasp::bridge::dmx::map::Outgoing;
use crate::clasp::bridge::dmx::socket::{Datagrams, Target};
use crate::clasp::bridge::sacn::codec::{self, Cid, NAME_MAX, PORT, PRIORITY_MAX};
use crate::clasp::bridge::sacn::map::{Identity, KEEPALIVE, Mapping, TIMEOUT};
use crate::clasp::bridge::sacn::show::document;
use crate::clasp::wire::{Frame, Message};
use crate::error::{Failure, Kind};
use crate::ids::random;
use crate::trace::Direction;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp bridge sacn --universe 1-4
  trefoil clasp bridge sacn --universe 1 --interface 10.0.0.5
  trefoil clasp bridge sacn --universe 1 --send node.local --priority 120
  trefoil clasp bridge sacn --universe 1 --receive-only --merge ltp
  trefoil clasp bridge sacn --universe 1 --mode universe --normalize
  trefoil clasp bridge sacn --universe 1 --dry-run

Channel 5 of universe 1 is /sacn/1/5, 0 to 255. What sources send is written: of
each frame what has changed, in one bundle. At each channel the source of the
highest priority counts. What others write below /sacn is sent, as a source of
its own, from the first value on: at most 44 frames a second, and once a second
if nothing changes. When the bridge ends it says so to the receivers.

docs/bridges.md has the whole mapping.";

/// The options of an sACN bridge.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct SacnOptions {
    /// Bridge these universes: 1, 1-16, 1,3-5
    #[arg(long, value_name = "LIST", default_value = "1", value_parser = universes)]
    universe: Universes,

    /// Receive at this port; with a host only what is sent to it, no multicast
    /// [default: 5568]
    #[arg(long, value_name = "[HOST:]PORT", value_parser = Target::to_listen, conflicts_with = "send_only")]
    listen: Option<Target>,

    /// Send and receive multicast at the interface that has this address
    /// [default: as the system chooses]
    #[arg(long, value_name = "ADDRESS")]
    interface: Option<Ipv4Addr>,

    /// Send to this host instead of by multicast; may be repeated
    #[arg(long, value_name = "HOST[:PORT]", value_parser = Target::parse)]
    send: Vec<Target>,

    /// Send by multicast, too
    #[arg(long, requires = "send")]
    multicast: bool,

    /// Send with this priority, 0 to 200
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u8).range(..=i64::from(PRIORITY_MAX)))]
    priority: u8,

    /// Use this source name [default: trefoil and the host's name]
    #[arg(long, value_name = "NAME", value_parser = source_name)]
    source_name: Option<String>,

    /// Send all universes in the same frame, and a sync packet in this universe
    /// after it
    #[arg(long, value_name = "UNIVERSE", value_parser = clap::value_parser!(u16).range(1..=63_999))]
    sync: Option<u16>,

    /// Put universes below this; / for none
    #[arg(long, value_name = "ADDRESS", default_value = "/sacn", value_parser = dmx::namespace, help_heading = "Mapping")]
    namespace: Box<str>,

    #[command(flatten)]
    dmx: DmxOptions,
}

fn universes(text: &str) -> Result<Universes, String> {
    Universes::parse(text, &codec::UNIVERSES)
}

/// Checks a list of universes, for a command that only passes it on.
///
/// # Errors
/// Why the text is not such a list.
pub fn checked_universes(text: &str) -> Result<String, String> {
    universes(text).map(|_| text.to_owned())
}

fn source_name(text: &str) -> Result<String, String> {
    dmx::checked_name(text, NAME_MAX)
}

impl SacnOptions {
    /// Whether levels are 0.0 to 1.0.
    pub fn is_normalized(&self) -> bool {
        self.dmx.normalize
    }

    /// Opens the sockets.
    ///
    /// # Errors
    /// An address that cannot be bound, or a multicast group that cannot be joined.
    pub async fn open(self, setup: Setup) -> Result<Running, Failure> {
        let dmx = &self.dmx;
        let identity = Identity {
            cid: Cid::random(random()?),
            name: self.source_name.unwrap_or_else(dmx::source_name),
            priority: self.priority,
            sync: self.sync,
        };
        let universes = self.universe.clone();
        let rules = dmx.rules(
            self.namespace,
            self.universe,
            TIMEOUT,
            KEEPALIVE,
            self.sync.is_some(),
        );
        let mapping = Mapping::new(rules, identity);
        let pattern = mapping.dmx().subscription();
        let port = if dmx.send_only { 0 } else { PORT };
        let listen = match &self.listen {
            Some(listen) => listen.resolve(PORT).await?,
            None => SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port),
        };
        let interface = self.interface.unwrap_or(*listen.ip());
        let mut datagrams = Datagrams::open(listen, interface)?;
        if listen.ip().is_unspecified() && !dmx.send_only {
            for universe in universes.iter() {
                join(&mut datagrams, universe)?;
            }
        }
        let mut targets = Vec::new();
        for target in &self.send {
            targets.push(target.resolve(PORT).await?);
        }
        let side = Sacn {
            receives: !dmx.send_only,
            multicasts: targets.is_empty() || self.multicast,
            ports: Ports::new(datagrams),
            targets,
            mapping,
            universes,
        };
        Ok(Running::new(setup, pattern, side))
    }
}

/// The multicast group of a universe.
fn group(universe: u16) -> Ipv4Addr {
    let [high, low] = universe.to_be_bytes();
    Ipv4Addr::new(239, 255, high, low)
}

fn join(datagrams: &mut Datagrams, universe: u16) -> Result<(), Failure> {
    let group = group(universe);
    datagrams.join(group).map_err(|error| {
        let message = format!("cannot join {group}, of universe {universe}: {error}");
        Failure::new(Kind::Connection, message).with_hint(
            "--interface ADDRESS names the interface; --listen HOST:PORT takes unicast alone",
        )
    })
}

/// The side of sACN.
struct Sacn {
    ports: Ports,
    /// Whether received levels are written.
    receives: bool,
    /// Whether to send to the multicast group of the universe.
    multicasts: bool,
    /// Further receivers.
    targets: Vec<SocketAddrV4>,
    mapping: Mapping,
    universes: Universes,
}

impl Sacn {
    fn send(&self, packet: &Outgoing, report: &mut Report) {
        let group = SocketAddrV4::new(group(packet.universe), PORT);
        let group = self.multicasts.then_some(group);
        for to in self.targets.iter().copied().chain(group) {
            let read = |bytes: &[u8]| codec::decode(bytes).ok().map(|read| document(&read));
            self.ports.send(packet, to, read, report);
        }
    }
}

impl Side for Sacn {
    type Input = Input;

    async fn next(&mut self) -> Input {
        self.ports.next(self.mapping.due(Instant::now())).await
    }

    fn try_next(&mut self) -> Option<Input> {
        self.ports.try_next()
    }

    fn take(&mut self, input: Input, router: &mut ToRouter, report: &mut Report) {
        let now = Instant::now();
        match input {
            // With --send-only the socket has a random port: packets there are not for us.
            Input::Datagram(..) if !self.receives => {}
            Input::Datagram(bytes, from) => {
                report.tap.frame(Direction::Received, &bytes);
                let received = self.mapping.receive(&bytes, now);
                if let Some(dropped) = received.dropped {
                    report.dropped_from(from, dropped);
                }
                if let Some(unit) = received.unit {
                    router.send(unit, report);
                }
                let is_multicast = self.ports.datagrams.local().ip().is_unspecified();
                if let Some(universe) = received.join.filter(|_| is_multicast)
                    && let Err(failure) = join(&mut self.ports.datagrams, universe)
                {
                    report.dropped(Dropped {
                        reason: "sync packets that cannot be heard",
                        detail: failure.message(),
                    });
                }
                dmx::say_news(received.news, report);
            }
            Input::Tick => {
                self.ports.ticked(self.mapping.dmx().unsent(), report);
                let ticked = self.mapping.tick(now);
                if let Some(unit) = ticked.unit {
                    router.send(unit, report);
                }
                for packet in &ticked.packets {
                    self.send(packet, report);
                }
                dmx::say_news(ticked.news, report);
            }
        }
    }

    fn deliver(&mut self, frame: &Frame<'_>, initial: bool, report: &mut Report) {
        dmx::deliver(self.mapping.dmx_mut(), frame, initial, report);
    }

    fn remember_newest(&mut self) {
        self.mapping.dmx_mut().hold();
    }

    fn unconfirmed(&mut self) -> Vec<Message<'static>> {
        self.mapping.dmx_mut().again(Instant::now())
    }

    fn router_stalled(&mut self, stalled: bool) {
        self.mapping.dmx_mut().stall(stalled, Instant::now());
    }

    async fn finish(mut self, _router: &mut ToRouter, report: &mut Report) {
        for packet in self.mapping.finish() {
            self.send(&packet, report);
        }
    }

    fn listening(&self) -> Vec<String> {
        if self.receives {
            vec![format!("udp {}", self.ports.datagrams.local())]
        } else {
            vec![format!("sACN universe {}", self.universes)]
        }
    }

    fn about(&self) -> About {
        let dmx = self.mapping.dmx();
        About::Working(dmx::about(dmx.sources(), dmx.sent()))
    }
}
