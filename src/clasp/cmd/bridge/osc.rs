//! `bridge osc`: connects OSC devices (UDP, TCP) and a router.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::namespace;
use super::report::{About, Report, peers};
use super::run::{Running, Side};
use super::setup::Setup;
use super::to_router::ToRouter;
use crate::clasp::bridge::counts::Dropped;
use crate::clasp::bridge::osc::codec;
use crate::clasp::bridge::osc::framing::Framing;
use crate::clasp::bridge::osc::map::{Mapping, Outgoing, Rules};
use crate::clasp::bridge::osc::peers::{Peers, To};
use crate::clasp::bridge::osc::show::Whole;
use crate::clasp::bridge::osc::socket::{CONNECTIONS_MAX, Incoming, Place, SendResult, Sockets};
use crate::clasp::bridge::osc::value::As;
use crate::clasp::bridge::unit::Unit;
use crate::clasp::client::clock::now_micros;
use crate::clasp::wire::{Frame, Message, Pattern};
use crate::error::Failure;
use crate::text::duration::{InWords, duration};
use crate::trace::{Direction, Step};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp bridge osc --listen 8000 --send 192.168.1.20:9000
  trefoil clasp bridge osc --listen 8000 --peer-ttl 30s   to all senders
  trefoil clasp bridge osc --listen tcp:8001 --namespace /desk
  trefoil clasp bridge osc --listen 8000 --params '/osc/mix/**'
  trefoil clasp bridge osc --listen 8000 --reply-port 9000 --touch z
  trefoil clasp bridge osc --listen 8000 --as float --url ws://stage:7330
  trefoil clasp bridge osc --listen 8000 --dry-run

The OSC message /x/y 0.5 writes 0.5 to /osc/x/y, and a write there by another
client is sent as /x/y 0.5. A message without arguments is an event; several
arguments are an array. A bundle is passed on as a bundle, at its time. An
address pattern such as /light/* writes to the known addresses that match.
Numbers are sent with the type that the device has used at that address. No
message is sent back to its sender. docs/bridges.md describes the whole
mapping.";

/// The options of an OSC bridge.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct OscOptions {
    /// Listen on this port, on all interfaces or on one; tcp:PORT for TCP; may be repeated
    #[arg(long, value_name = "[HOST:]PORT", required_unless_present = "send")]
    listen: Vec<Place>,

    /// Send the router's messages to this peer; tcp:HOST:PORT connects by TCP; may be repeated
    /// [default: to the last sender]
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["peer_ttl", "reply_port"])]
    send: Vec<Place>,

    /// Send to all peers that have sent within this time
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    peer_ttl: Option<Duration>,

    /// Send to this port of a sender, instead of the port it sent from
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    reply_port: Option<u16>,

    /// Framing of packets on TCP: size or slip [default: the framing of the peer; size where the
    /// bridge sends first]
    #[arg(long, value_name = "FRAMING")]
    framing: Option<Framing>,

    /// Map OSC addresses to addresses below this; / for none
    #[arg(long, value_name = "ADDRESS", default_value = "/osc", value_parser = namespace, help_heading = "Mapping")]
    namespace: Box<str>,

    /// Write params only where this matches; other messages are events; may be repeated [default:
    /// all messages with arguments are params]
    #[arg(long, value_name = "PATTERN", help_heading = "Mapping")]
    params: Vec<Pattern>,

    /// Read /x/SEGMENT as touch of /x, and map /x to a gesture while it is touched
    #[arg(long, value_name = "SEGMENT", value_parser = segment, help_heading = "Mapping")]
    touch: Option<Box<str>>,

    /// Send numbers as: auto, exact (d where f would round), float, int
    #[arg(long = "as", value_name = "TYPE", default_value = "auto", value_parser = form, help_heading = "Mapping")]
    form: As,

    /// Also send the router's present values at the start
    #[arg(long, help_heading = "Mapping")]
    retained: bool,

    /// Treat a value as an echo if the same was sent to that peer within this time
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "250ms", help_heading = "Mapping")]
    echo_window: Duration,
}

/// Checks an address to listen on, for a command that only passes it on.
///
/// # Errors
/// Why it is none.
pub fn checked_listen(text: &str) -> Result<String, &'static str> {
    text.parse::<Place>().map(|_| text.to_owned())
}

fn segment(text: &str) -> Result<Box<str>, &'static str> {
    if text.is_empty() || text.contains('/') {
        return Err("it is one segment of an address, such as z");
    }
    Ok(text.into())
}

fn form(text: &str) -> Result<As, &'static str> {
    match text {
        "auto" => Ok(As::Auto),
        "exact" => Ok(As::Exact),
        "float" => Ok(As::Float),
        "int" => Ok(As::Int),
        _ => Err("it is auto, exact, float or int"),
    }
}

impl OscOptions {
    /// Opens the sockets.
    ///
    /// # Errors
    /// An address that cannot be bound or reached.
    pub async fn open(self, setup: Setup) -> Result<Running, Failure> {
        let sockets = Sockets::open(&self.listen, &self.send, self.framing).await?;
        let to = match self.peer_ttl {
            _ if !sockets.targets.is_empty() => To::Targets(sockets.targets.clone()),
            Some(ttl) => To::Recent(ttl),
            None => To::Last,
        };
        let mapping = Mapping::new(Rules {
            namespace: self.namespace,
            params: self.params,
            touch: self.touch,
            form: self.form,
            retained: self.retained,
            echo_window: self.echo_window,
        });
        let pattern = mapping.subscription();
        let side = Osc {
            sockets,
            peers: Peers::new(to, self.reply_port),
            mapping,
        };
        Ok(Running::new(setup, pattern, side))
    }
}

/// The OSC side of the bridge.
struct Osc {
    sockets: Sockets,
    peers: Peers,
    mapping: Mapping,
}

/// If a bundle is later than this, the clock of its sender is probably wrong.
const LATE: Duration = Duration::from_secs(1);

impl Osc {
    /// Sends packets to all peers except `not_to`. Gives whether there was a peer.
    fn send(&mut self, outgoing: &Outgoing, report: &mut Report) -> bool {
        let now = Instant::now();
        let mut targets = self.peers.targets(outgoing.not_to, now);
        if !self.peers.are_fixed() {
            // Connected TCP peers get the messages, even if they have sent nothing.
            let connected = self.sockets.connected();
            targets.extend(connected.filter(|peer| Some(*peer) != outgoing.not_to));
            targets.sort_unstable();
            targets.dedup();
        }
        for packet in &outgoing.packets {
            for target in &targets {
                self.send_to(packet, *target, report);
            }
        }
        !targets.is_empty()
    }

    fn send_to(&mut self, packet: &[u8], target: SocketAddr, report: &mut Report) {
        if report.is_dry() {
            if let Ok(read) = codec::decode(packet) {
                report.would_send(target, Whole(&read));
            }
            report.counts.from_router += 1;
            return;
        }
        match self.sockets.send(packet, target) {
            SendResult::Sent => {
                report.tap.frame(Direction::Sent, packet);
                report.counts.from_router += 1;
            }
            SendResult::Dropped(reason, detail) => report.dropped(Dropped { reason, detail }),
        }
    }

    fn packet(
        &mut self,
        bytes: &[u8],
        from: SocketAddr,
        router: &mut ToRouter,
        report: &mut Report,
    ) {
        let now = Instant::now();
        report.tap.frame(Direction::Received, bytes);
        let received = self.mapping.receive(bytes, from, now, now_micros());
        report.counts.echoes += received.echoes;
        for dropped in received.dropped {
            report.dropped_from(from, dropped);
        }
        if let Some(late) = received.late {
            if report.counts.late(late >= LATE) {
                report.warn(format_args!(
                    "{from}: a bundle came {} after its time, and was passed on at once; its clock \
                     may be wrong",
                    InWords(late)
                ));
            }
            report.tap.step(|| Step::Failed {
                why: format!("{} after its time: passed on at once", InWords(late)),
            });
        }
        for unit in received.units {
            router.send(unit, report);
        }
        // Recorded only now, so that its packet is not sent back to it.
        self.peers.heard(from, now);
        if !received.to_others.is_empty() {
            let outgoing = Outgoing {
                packets: received.to_others,
                not_to: Some(from),
            };
            self.send(&outgoing, report);
        }
    }
}

impl Side for Osc {
    type Input = Incoming;

    async fn next(&mut self) -> Incoming {
        self.sockets.next().await
    }

    fn try_next(&mut self) -> Option<Incoming> {
        self.sockets.try_next()
    }

    fn take(&mut self, input: Incoming, router: &mut ToRouter, report: &mut Report) {
        match input {
            Incoming::Packet(bytes, from) => self.packet(&bytes, from, router, report),
            Incoming::Connected(peer) => report.tap.step(|| Step::Accepted { peer }),
            Incoming::Disconnected(peer, why) => {
                let why = why.unwrap_or_else(|| "closed".into());
                report.tap.step(|| Step::Lost {
                    why: format!("{peer}: {why}"),
                });
                router.send(Unit::now(self.mapping.gone(Some(peer))), report);
            }
            Incoming::Refused(peer) => report.dropped(Dropped {
                reason: "connections over the limit",
                detail: format!("{peer} wants to connect, and {CONNECTIONS_MAX} are connected"),
            }),
            Incoming::Unexpected(peer) => report.dropped(Dropped {
                reason: "from hosts that are not sent to",
                detail: format!("{peer} sends to a port that is not listened at"),
            }),
        }
    }

    fn deliver(&mut self, frame: &Frame<'_>, initial: bool, report: &mut Report) {
        match self
            .mapping
            .deliver(&frame.message, initial, Instant::now())
        {
            Ok(Some(outgoing)) => {
                let is_sent = self.send(&outgoing, report);
                if !is_sent && outgoing.not_to.is_some() {
                    report.counts.echoes += outgoing.packets.len() as u64;
                }
            }
            Ok(None) => {}
            Err(dropped) => report.dropped(dropped),
        }
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

    async fn finish(mut self, router: &mut ToRouter, report: &mut Report) {
        router.send(Unit::now(self.mapping.gone(None)), report);
    }

    fn listening(&self) -> Vec<String> {
        self.sockets.listening.clone()
    }

    fn about(&self) -> About {
        About::Working(peers(self.peers.count()))
    }
}
