//! `bridge artnet`: connects Art-Net 4 and a router.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};

use tokio::time::Instant;

use super::dmx::{self, DmxOptions, Input, Ports};
use super::report::{About, Report, peers};
use super::run::{Running, Side};
use super::setup::Setup;
use super::to_router::ToRouter;
use crate::clasp::bridge::artnet::codec::{self, NAME_MAX, PORT};
use crate::clasp::bridge::artnet::map::{Identity, KEEPALIVE, Mapping, TIMEOUT, To};
use crate::clasp::bridge::artnet::show::document;
use crate::clasp::bridge::dmx::address::Universes;
use crate::clasp::bridge::dmx::map::Outgoing;
use crate::clasp::bridge::dmx::socket::{Datagrams, Target};
use crate::clasp::wire::{Frame, Message};
use crate::error::Failure;
use crate::ids::random_number;
use crate::trace::Direction;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp bridge artnet --universe 0-3
  trefoil clasp bridge artnet --universe 0 --send node.local
  trefoil clasp bridge artnet --universe 0 --broadcast 2.255.255.255
  trefoil clasp bridge artnet --universe 0 --receive-only --merge ltp
  trefoil clasp bridge artnet --universe 0 --dry-run

Channel 5 of universe 0 is /artnet/0/5, 0 to 255. A universe is a port address:
net * 256 + subnet * 16 + universe. What is sent here is written: of each frame
what has changed, in one bundle. What others write below /artnet is sent to the
nodes that put the universe out, which are found by ArtPoll, and to whoever polls
the bridge: at most 44 frames a second, and every 4 s if nothing changes.

docs/bridges.md has the whole mapping.";

/// The options of an Art-Net bridge.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ArtnetOptions {
    /// Bridge these universes: 0, 0-15, 0,3-5
    #[arg(long, value_name = "LIST", default_value = "0", value_parser = universes)]
    universe: Universes,

    /// Receive at this port; with a host only what is sent to it, no broadcasts
    /// [default: 6454]
    #[arg(long, value_name = "[HOST:]PORT", value_parser = Target::to_listen)]
    listen: Option<Target>,

    /// Send to this host, and to nobody else; may be repeated
    #[arg(long, value_name = "HOST[:PORT]", value_parser = Target::parse, conflicts_with_all = ["broadcast", "discover"])]
    send: Vec<Target>,

    /// Send to everybody, at this broadcast address
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = Target::parse, conflicts_with = "discover")]
    broadcast: Option<Target>,

    /// Ask for nodes at this broadcast address [default: 255.255.255.255]
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = Target::parse)]
    discover: Option<Target>,

    /// Use this node name [default: trefoil and the host's name]
    #[arg(long, value_name = "NAME", value_parser = source_name)]
    source_name: Option<String>,

    /// Send all universes in the same frame, and ArtSync after it
    #[arg(long)]
    sync: bool,

    /// Put universes below this; / for none
    #[arg(long, value_name = "ADDRESS", default_value = "/artnet", value_parser = dmx::namespace, help_heading = "Mapping")]
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

impl ArtnetOptions {
    /// Whether levels are 0.0 to 1.0.
    pub fn is_normalized(&self) -> bool {
        self.dmx.normalize
    }

    /// Opens the socket.
    ///
    /// # Errors
    /// An address that cannot be bound or found.
    pub async fn open(self, setup: Setup) -> Result<Running, Failure> {
        let long_name = self.source_name.unwrap_or_else(dmx::source_name);
        let identity = Identity {
            short_name: long_name.clone(),
            long_name,
            mark: format!("{:016x}", random_number()?),
            receives: !self.dmx.send_only,
            sync: self.sync,
        };
        let any = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, PORT);
        let listen = match &self.listen {
            Some(listen) => listen.resolve(PORT).await?,
            None => any,
        };
        let datagrams = Datagrams::open(listen, Ipv4Addr::UNSPECIFIED)?;
        let to = match (&self.broadcast, &self.discover) {
            _ if !self.send.is_empty() => {
                let mut targets = Vec::new();
                for target in &self.send {
                    targets.push(target.resolve(PORT).await?);
                }
                To::Targets(targets)
            }
            (Some(broadcast), _) => To::Broadcast(broadcast.resolve(PORT).await?),
            (None, Some(discover)) => To::Found(discover.resolve(PORT).await?),
            (None, None) if listen.ip().is_loopback() => {
                To::Found(SocketAddrV4::new(Ipv4Addr::new(127, 255, 255, 255), PORT))
            }
            (None, None) => To::Found(SocketAddrV4::new(Ipv4Addr::BROADCAST, PORT)),
        };
        let rules = self
            .dmx
            .rules(self.namespace, self.universe, TIMEOUT, KEEPALIVE, self.sync);
        let mapping = Mapping::new(rules, identity, to);
        let pattern = mapping.dmx().subscription();
        let side = Artnet {
            ports: Ports::new(datagrams),
            mapping,
        };
        Ok(Running::new(setup, pattern, side))
    }
}

/// The side of Art-Net.
struct Artnet {
    ports: Ports,
    mapping: Mapping,
}

impl Artnet {
    fn send(&self, packet: &Outgoing, to: SocketAddrV4, report: &mut Report) {
        let read = |bytes: &[u8]| codec::decode(bytes).ok().map(|read| document(&read));
        self.ports.send(packet, to, read, report);
    }

    /// Answers a poll: to the usual port, and to the port from which the poll came.
    fn reply(&self, from: SocketAddrV4, report: &mut Report) {
        let address = self.address_towards(from);
        let usual = SocketAddrV4::new(*from.ip(), PORT);
        let other = (from != usual).then_some(from);
        for bytes in self.mapping.replies(address) {
            let packet = Outgoing {
                universe: 0,
                bytes,
                is_new: false,
            };
            for to in [Some(usual), other].into_iter().flatten() {
                self.send(&packet, to, report);
            }
        }
    }

    /// The address at which a peer can reach us.
    fn address_towards(&self, peer: SocketAddrV4) -> Ipv4Addr {
        let own = *self.ports.datagrams.local().ip();
        if !own.is_unspecified() {
            return own;
        }
        let routed = UdpSocket::bind((own, 0)).and_then(|socket| {
            // Connecting a UDP socket sends nothing.
            socket.connect(peer)?;
            socket.local_addr()
        });
        match routed {
            Ok(SocketAddr::V4(address)) => *address.ip(),
            _ => own,
        }
    }
}

impl Side for Artnet {
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
            Input::Datagram(bytes, from) => {
                report.tap.frame(Direction::Received, &bytes);
                let received = self.mapping.receive(&bytes, *from.ip(), now);
                if let Some(dropped) = received.dropped {
                    report.dropped_from(from, dropped);
                }
                if let Some(unit) = received.unit {
                    router.send(unit, report);
                }
                if received.asked {
                    self.reply(from, report);
                }
                dmx::say_news(received.news, report);
            }
            Input::Tick => {
                self.ports.ticked(self.mapping.dmx().unsent(), report);
                let ticked = self.mapping.tick(now);
                if let Some(unit) = ticked.unit {
                    router.send(unit, report);
                }
                for (to, packet) in &ticked.packets {
                    self.send(packet, *to, report);
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

    /// Art-Net has no message for the end of a source.
    async fn finish(self, _router: &mut ToRouter, _report: &mut Report) {}

    fn listening(&self) -> Vec<String> {
        vec![format!("udp {}", self.ports.datagrams.local())]
    }

    fn about(&self) -> About {
        let dmx = self.mapping.dmx();
        let about = dmx::about(dmx.sources(), dmx.sent());
        About::Working(match self.mapping.peers() {
            Some(count) => format!("{about} to {}", peers(count)),
            None => format!("{about} by broadcast"),
        })
    }
}
