//! Maps Art-Net packets to CLASP messages and back. Takes datagrams and gives [`Unit`]s for the router
//! and replies; takes messages of the router and gives datagrams. No I/O, and the time is a parameter.
//!
//! A source is identified by its IP address, as in the standard. After the first ArtSync of a source,
//! its frames wait for the next one.

use std::collections::{HashMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use tokio::time::Instant;

use super::codec::{self, Dmx, Own, PORT, PORTS, Packet, Poll, Reply};
use super::nodes::Nodes;
use crate::clasp::bridge::counts::Dropped;
use crate::clasp::bridge::dmx::map::{Dmx as Universes, Outgoing, Rules};
use crate::clasp::bridge::dmx::merge::{self, Kind};
use crate::clasp::bridge::dmx::syncs::Syncs;
use crate::clasp::bridge::unit::Unit;

/// How long a source may be silent: it sends every 4 s at least, and merging ends after 10 s.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// How often an unchanged universe is sent.
pub const KEEPALIVE: Duration = Duration::from_secs(4);

/// How often nodes are polled.
const POLL_EVERY: Duration = Duration::from_millis(2_800);

/// How long frames wait for ArtSync after the last one.
const SYNC_TIMEOUT: Duration = Duration::from_secs(4);

/// How many of our own frames of a universe are remembered, to recognize them when a broadcast brings
/// them back.
const OWN_FRAMES: usize = 4;

/// The number under which frames wait: ArtSync has no number.
const SYNC: u16 = 0;

/// The limit of replies to one poll, which the bind index can number.
const REPLIES_MAX: usize = 255;

/// The receivers of levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// These addresses.
    Targets(Vec<SocketAddrV4>),
    /// All, by this broadcast address.
    Broadcast(SocketAddrV4),
    /// Nodes that reply to a poll to this address, and controllers that poll us.
    Found(SocketAddrV4),
}

/// The identity of the bridge as a node.
#[derive(Debug, Clone)]
pub struct Identity {
    /// 17 bytes are shown.
    pub short_name: String,
    /// 63 bytes are shown.
    pub long_name: String,
    /// A mark in our replies, by which we recognize them.
    pub mark: String,
    /// Whether received levels are used.
    pub receives: bool,
    /// Whether ArtSync is sent after each frame.
    pub sync: bool,
}

/// The mapping and its memory.
#[derive(Debug)]
pub struct Mapping {
    dmx: Universes<Ipv4Addr>,
    identity: Identity,
    to: To,
    nodes: Nodes,
    /// The ArtSync packets of each source.
    syncs: Syncs<Ipv4Addr>,
    /// The last sent frames, by universe.
    sent: HashMap<u16, VecDeque<Vec<u8>>>,
    polled: Option<Instant>,
}

/// The result of a datagram.
#[derive(Debug, Default, PartialEq)]
pub struct Received {
    /// For the router.
    pub unit: Option<Unit>,
    /// The packet, if it is not passed on, with the reason.
    pub dropped: Option<Dropped>,
    /// Whether the sender polls us.
    pub asked: bool,
    /// Sources and nodes that appeared, for the trace.
    pub news: Option<String>,
}

/// The result of a tick.
#[derive(Debug, Default, PartialEq)]
pub struct Ticked {
    /// For the router.
    pub unit: Option<Unit>,
    /// Packets to send, in order.
    pub packets: Vec<(SocketAddrV4, Outgoing)>,
    /// Sources and nodes that disappeared, for the trace.
    pub news: Vec<String>,
}

impl Mapping {
    /// A mapping with an empty memory.
    pub fn new(rules: Rules, identity: Identity, to: To) -> Mapping {
        Mapping {
            dmx: Universes::new(rules),
            identity,
            to,
            nodes: Nodes::default(),
            syncs: Syncs::new(SYNC_TIMEOUT),
            sent: HashMap::new(),
            polled: None,
        }
    }

    /// The universes.
    pub fn dmx(&self) -> &Universes<Ipv4Addr> {
        &self.dmx
    }

    /// The universes, to pass messages of the router to them.
    pub fn dmx_mut(&mut self) -> &mut Universes<Ipv4Addr> {
        &mut self.dmx
    }

    /// The number of receivers; `None` for broadcast.
    pub fn peers(&self) -> Option<usize> {
        match &self.to {
            To::Targets(targets) => Some(targets.len()),
            To::Broadcast(_) => None,
            To::Found(_) => Some(self.nodes.len()),
        }
    }

    /// Handles a datagram.
    pub fn receive(&mut self, bytes: &[u8], from: Ipv4Addr, now: Instant) -> Received {
        match codec::decode(bytes) {
            Err(why) => dropped("malformed", format!("{from}: {why}")),
            Ok(Packet::Dmx(dmx)) => self.levels(&dmx, bytes, from, now),
            Ok(Packet::Poll(poll)) => self.poll(&poll, from, now),
            Ok(Packet::Reply(reply)) => self.reply(&reply, from, now),
            Ok(Packet::Sync) => self.sync(from, now),
            Ok(Packet::Other(opcode)) => dropped(
                "of other kinds",
                format!("{from}: opcode {opcode:#06x} is not DMX"),
            ),
        }
    }

    fn levels(&mut self, dmx: &Dmx<'_>, bytes: &[u8], from: Ipv4Addr, now: Instant) -> Received {
        let universe = dmx.universe;
        let is_back = matches!(self.to, To::Broadcast(_)) || self.nodes.is_own(from);
        let ours = self.sent.get(&universe);
        if is_back && ours.is_some_and(|sent| sent.iter().any(|frame| frame == bytes)) {
            return Received::default();
        }
        if !self.identity.receives {
            return Received::default();
        }
        let is_synced = self.syncs.are_coming(&from, now) == Some(true);
        let packet = merge::Packet {
            kind: Kind::Levels,
            priority: 0,
            sequence: (dmx.sequence != 0).then_some(dmx.sequence),
            // findings/stupidartnet-sequence.sh
            may_repeat: true,
            slots: dmx.slots,
            hold: is_synced.then_some(SYNC),
        };
        match self.dmx.packet(universe, &from, &packet, now) {
            Err(why) => Received {
                dropped: Some(why),
                ..Received::default()
            },
            Ok(taken) => Received {
                unit: taken.unit,
                news: taken
                    .is_new
                    .then(|| format!("universe {universe}: source {from}")),
                ..Received::default()
            },
        }
    }

    fn poll(&mut self, poll: &Poll, from: Ipv4Addr, now: Instant) -> Received {
        let universes = &self.dmx.rules().universes;
        let is_meant = poll
            .targets
            .as_ref()
            .is_none_or(|targets| universes.iter().any(|ours| targets.contains(&ours)));
        if !is_meant {
            return Received::default();
        }
        let is_new = self.nodes.polled(from, now);
        if is_new {
            self.dmx.outputs().for_each(|(_, output)| output.again());
        }
        Received {
            asked: true,
            news: is_new.then(|| format!("{from} asks who is there")),
            ..Received::default()
        }
    }

    fn reply(&mut self, reply: &Reply<'_>, from: Ipv4Addr, now: Instant) -> Received {
        if reply.report.contains(&*self.identity.mark) {
            self.nodes.learn_own(from);
            return Received::default();
        }
        let new = self
            .nodes
            .replied(from, reply.bind_index, &reply.outputs, now);
        for (universe, output) in self.dmx.outputs() {
            if new.contains(&universe) {
                output.again();
            }
        }
        Received {
            news: (!new.is_empty())
                .then(|| format!("node '{}' at {from} puts out {new:?}", reply.name)),
            ..Received::default()
        }
    }

    fn sync(&mut self, from: Ipv4Addr, now: Instant) -> Received {
        if !self.syncs.record(from, now) {
            return dropped("of too many sources", format!("{from}: an ArtSync"));
        }
        Received {
            unit: self.dmx.release(&from, SYNC, now),
            ..Received::default()
        }
    }

    /// The replies to a poll, with our address: one for each four universes of a subnet.
    pub fn replies(&self, address: Ipv4Addr) -> Vec<Vec<u8>> {
        let Identity {
            short_name,
            long_name,
            mark,
            receives,
            ..
        } = &self.identity;
        let mut universes: Vec<u16> = self.dmx.rules().universes.iter().collect();
        universes.sort_unstable();
        universes.dedup();
        let subnets = universes.chunk_by(|one, next| one >> 4 == next >> 4);
        let chunks = subnets.flat_map(|subnet| subnet.chunks(PORTS));
        let report = format!("#0001 [0000] {mark}");
        chunks
            .take(REPLIES_MAX)
            .zip(1..)
            .map(|(universes, bind_index)| {
                codec::encode_reply(&Own {
                    address,
                    bind_index,
                    short_name,
                    long_name,
                    report: &report,
                    universes,
                    receives: *receives,
                    sends: self.dmx.rules().sends,
                })
            })
            .collect()
    }

    /// When to call [`tick`](Self::tick), if no packet arrives.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        let poll = self
            .asks()
            .map(|_| self.polled.map_or(now, |last| last + POLL_EVERY));
        let times = [self.dmx.due(now), poll, self.nodes.due()];
        times.into_iter().flatten().min()
    }

    /// The address to which polls are sent.
    fn asks(&self) -> Option<SocketAddrV4> {
        match self.to {
            To::Found(address) if self.dmx.rules().sends => Some(address),
            _ => None,
        }
    }

    /// Does what is due.
    pub fn tick(&mut self, now: Instant) -> Ticked {
        let (unit, gone) = self.dmx.expire(now);
        let mut news: Vec<String> = gone
            .into_iter()
            .map(|(universe, from)| {
                format!("universe {universe}: source {from} is gone: silent for 10 s")
            })
            .collect();
        let nodes = self.nodes.expire(now).into_iter();
        news.extend(nodes.map(|node| format!("{node} is gone: silent for 10 s")));
        let mut packets = Vec::new();
        if let Some(to) = self.asks()
            && self.polled.is_none_or(|last| last + POLL_EVERY <= now)
        {
            self.polled = Some(now);
            packets.push((to, repeated(codec::encode_poll())));
        }
        let mut frames = Vec::new();
        self.dmx.flush(now, |frame| {
            frames.push(Outgoing {
                universe: frame.universe,
                bytes: codec::encode_dmx(&Dmx {
                    universe: frame.universe,
                    // From 1 to 255: 0 means no sequence number.
                    sequence: (frame.sequence % 255) as u8 + 1,
                    slots: frame.levels,
                }),
                is_new: frame.is_new,
            });
        });
        let mut reached: Vec<SocketAddrV4> = Vec::new();
        for frame in frames {
            for to in self.targets(frame.universe) {
                packets.push((to, frame.clone()));
                reached.push(to);
            }
            let sent = self.sent.entry(frame.universe).or_default();
            if sent.len() >= OWN_FRAMES {
                sent.pop_front();
            }
            sent.push_back(frame.bytes);
        }
        if self.identity.sync {
            reached.sort_unstable();
            reached.dedup();
            let sync = |to| (to, repeated(codec::encode_sync()));
            packets.extend(reached.into_iter().map(sync));
        }
        Ticked {
            unit,
            packets,
            news,
        }
    }

    fn targets(&self, universe: u16) -> Vec<SocketAddrV4> {
        match &self.to {
            To::Targets(targets) => targets.clone(),
            To::Broadcast(address) => vec![*address],
            To::Found(_) => {
                let found = self.nodes.targets(universe).into_iter();
                found.map(|node| SocketAddrV4::new(node, PORT)).collect()
            }
        }
    }
}

/// A packet without new levels.
fn repeated(bytes: Vec<u8>) -> Outgoing {
    Outgoing {
        universe: 0,
        bytes,
        is_new: false,
    }
}

fn dropped(reason: &'static str, detail: String) -> Received {
    Received {
        dropped: Some(Dropped { reason, detail }),
        ..Received::default()
    }
}

#[cfg(test)]
mod tests;
