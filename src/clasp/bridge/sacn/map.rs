//! Maps sACN packets to CLASP messages and back. Takes datagrams and gives [`Unit`]s for the router;
//! takes messages of the router and gives datagrams. No I/O, and the time is a parameter.
//!
//! A source is identified by its CID. Its frames for a synchronization universe wait for that
//! universe's sync packet, after the first such packet.

use std::time::Duration;

use tokio::time::Instant;

use super::codec::{self, Cid, Data, Discovery, LEVELS, PAGE, PRIORITIES, Packet, Sync};
use crate::clasp::bridge::counts::Dropped;
use crate::clasp::bridge::dmx::map::{Dmx, Outgoing, Rules};
use crate::clasp::bridge::dmx::merge::{self, Kind};
use crate::clasp::bridge::dmx::syncs::Syncs;
use crate::clasp::bridge::unit::Unit;

/// How long a source may be silent; a sync universe, too (E1.31, 6.7.1).
pub const TIMEOUT: Duration = Duration::from_millis(2_500);

/// How often an unchanged universe is sent: between 800 and 1,000 ms (E1.31, 6.6.2).
pub const KEEPALIVE: Duration = Duration::from_millis(900);

/// How often the list of sent universes is announced (E1.31, 4.3).
const DISCOVERY_EVERY: Duration = Duration::from_secs(10);

/// How many times the end of a stream is sent (E1.31, 6.2.6).
const TERMINATIONS: usize = 3;

/// The limit of synchronization universes.
const SYNC_UNIVERSES_MAX: usize = 64;

/// The identity of the bridge as a source.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The identifier of the bridge.
    pub cid: Cid,
    /// The source name.
    pub name: String,
    /// 0 to 200.
    pub priority: u8,
    /// The universe in which sync packets are sent, if they are.
    pub sync: Option<u16>,
}

/// The mapping and its memory.
#[derive(Debug)]
pub struct Mapping {
    dmx: Dmx<Cid>,
    identity: Identity,
    sync_sequence: u8,
    /// The sync packets of a source for a universe.
    syncs: Syncs<(Cid, u16)>,
    /// The synchronization universes that sources use.
    sync_universes: Vec<u16>,
    discovered: Option<Instant>,
}

/// The result of a datagram.
#[derive(Debug, Default, PartialEq)]
pub struct Received {
    /// For the router.
    pub unit: Option<Unit>,
    /// The packet, if it is not passed on, with the reason.
    pub dropped: Option<Dropped>,
    /// A universe whose multicast group must be joined to receive its sync packets.
    pub join: Option<u16>,
    /// Sources that appeared or disappeared, for the trace.
    pub news: Option<String>,
}

/// The result of a tick.
#[derive(Debug, Default, PartialEq)]
pub struct Ticked {
    /// For the router.
    pub unit: Option<Unit>,
    /// Packets to send, each to its universe.
    pub packets: Vec<Outgoing>,
    /// Sources that disappeared, for the trace.
    pub news: Vec<String>,
}

impl Mapping {
    /// A mapping with an empty memory.
    pub fn new(rules: Rules, identity: Identity) -> Mapping {
        Mapping {
            dmx: Dmx::new(rules),
            identity,
            sync_sequence: 0,
            syncs: Syncs::new(TIMEOUT),
            sync_universes: Vec::new(),
            discovered: None,
        }
    }

    /// The universes.
    pub fn dmx(&self) -> &Dmx<Cid> {
        &self.dmx
    }

    /// The universes, to pass messages of the router to them.
    pub fn dmx_mut(&mut self) -> &mut Dmx<Cid> {
        &mut self.dmx
    }

    /// Handles a datagram.
    pub fn receive(&mut self, bytes: &[u8], now: Instant) -> Received {
        match codec::decode(bytes) {
            Err(why) => dropped("malformed", why.to_string()),
            Ok(Packet::Data(data)) if data.cid == self.identity.cid => Received::default(),
            Ok(Packet::Data(data)) => self.data(&data, now),
            Ok(Packet::Sync(sync)) => self.sync(sync, now),
            // Discovery packets of other sources are not needed.
            Ok(Packet::Discovery(_)) => Received::default(),
        }
    }

    fn data(&mut self, data: &Data<'_>, now: Instant) -> Received {
        let Data {
            cid,
            name,
            universe,
            priority,
            ..
        } = *data;
        let kind = match data.start_code {
            LEVELS => Kind::Levels,
            PRIORITIES => Kind::Priorities,
            other => {
                let detail = format!("universe {universe}: start code {other:#04x} is not DMX");
                return dropped("of another start code", detail);
            }
        };
        if data.preview {
            let detail = format!("universe {universe}: '{name}' marks it as a preview");
            return dropped("marked as a preview", detail);
        }
        if data.terminated {
            let (removed, unit) = self.dmx.remove(universe, &cid, now);
            return Received {
                unit,
                news: removed.then(|| format!("universe {universe}: source '{name}' has ended")),
                ..Received::default()
            };
        }
        let hold = match self.hold(data, now) {
            Ok(hold) => hold,
            Err(dropped) => {
                return Received {
                    dropped: Some(dropped),
                    ..Received::default()
                };
            }
        };
        let packet = merge::Packet {
            kind,
            priority,
            sequence: Some(data.sequence),
            may_repeat: false,
            slots: data.slots,
            hold: hold.filter(|_| kind == Kind::Levels),
        };
        match self.dmx.packet(universe, &cid, &packet, now) {
            Err(why) => Received {
                dropped: Some(why),
                ..Received::default()
            },
            Ok(taken) => Received {
                unit: taken.unit,
                join: self.named(data.sync),
                news: taken.is_new.then(|| {
                    format!("universe {universe}: source '{name}' ({cid}), priority {priority}")
                }),
                ..Received::default()
            },
        }
    }

    /// The sync universe that a packet waits for, if it waits. It waits after the first sync packet;
    /// when sync packets have ceased, the source's options decide.
    fn hold(&self, data: &Data<'_>, now: Instant) -> Result<Option<u16>, Dropped> {
        match self.syncs.are_coming(&(data.cid, data.sync), now) {
            Some(true) if data.sync != 0 => Ok(Some(data.sync)),
            Some(false) if data.sync != 0 && !data.force_sync => Err(Dropped {
                reason: "waiting for sync packets that have ceased",
                detail: format!(
                    "universe {}: '{}' waits for a sync packet in universe {}",
                    data.universe, data.name, data.sync
                ),
            }),
            _ => Ok(None),
        }
    }

    /// Records a synchronization universe. Gives it if its group must be joined.
    fn named(&mut self, universe: u16) -> Option<u16> {
        let is_new = universe != 0 && !self.sync_universes.contains(&universe);
        if !is_new || self.sync_universes.len() >= SYNC_UNIVERSES_MAX {
            return None;
        }
        self.sync_universes.push(universe);
        // The groups of bridged universes are already joined.
        (!self.dmx.rules().universes.contains(universe)).then_some(universe)
    }

    fn sync(&mut self, sync: Sync, now: Instant) -> Received {
        if sync.cid == self.identity.cid || !self.sync_universes.contains(&sync.universe) {
            return Received::default();
        }
        if !self.syncs.record((sync.cid, sync.universe), now) {
            return dropped("of too many sources", "a sync packet".into());
        }
        Received {
            unit: self.dmx.release(&sync.cid, sync.universe, now),
            ..Received::default()
        }
    }

    /// When to call [`tick`](Self::tick), if no packet arrives.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        let discovery = (self.dmx.sent() > 0).then(|| {
            let last = self.discovered;
            last.map_or(now, |last| last + DISCOVERY_EVERY)
        });
        self.dmx.due(now).into_iter().chain(discovery).min()
    }

    /// Does what is due.
    pub fn tick(&mut self, now: Instant) -> Ticked {
        let (unit, gone) = self.dmx.expire(now);
        let gone = gone.into_iter().map(|(universe, cid)| {
            format!("universe {universe}: source {cid} is gone: silent for 2.5 s")
        });
        let mut packets = Vec::new();
        let identity = &self.identity;
        let count = self.dmx.flush(now, |frame| {
            let data = identity.data(frame.universe, frame.sequence, frame.levels);
            packets.push(Outgoing {
                universe: frame.universe,
                bytes: codec::encode(&Packet::Data(data)),
                is_new: frame.is_new,
            });
        });
        if let Some(universe) = self.identity.sync
            && count > 0
        {
            let sync = Packet::Sync(Sync {
                cid: self.identity.cid,
                sequence: self.sync_sequence,
                universe,
            });
            self.sync_sequence = self.sync_sequence.wrapping_add(1);
            packets.push(repeated(universe, &sync));
        }
        self.discover(now, &mut packets);
        Ticked {
            unit,
            packets,
            news: gone.collect(),
        }
    }

    /// Announces the sent universes, if it is time.
    fn discover(&mut self, now: Instant, packets: &mut Vec<Outgoing>) {
        let is_due = self
            .discovered
            .is_none_or(|last| last + DISCOVERY_EVERY <= now);
        if !is_due {
            return;
        }
        let universes: Vec<u16> = self.dmx.outputs().map(|(universe, _)| universe).collect();
        if universes.is_empty() {
            return;
        }
        self.discovered = Some(now);
        let last_page = ((universes.len() - 1) / PAGE) as u8;
        for (page, universes) in universes.chunks(PAGE).enumerate() {
            let discovery = Packet::Discovery(Discovery {
                cid: self.identity.cid,
                name: &self.identity.name,
                page: page as u8,
                last_page,
                universes: universes.to_vec(),
            });
            packets.push(repeated(codec::DISCOVERY_UNIVERSE, &discovery));
        }
    }

    /// The packets that end the streams, each for its universe.
    pub fn finish(&mut self) -> Vec<Outgoing> {
        let mut packets = Vec::new();
        let identity = &self.identity;
        for _ in 0..TERMINATIONS {
            for (universe, output) in self.dmx.outputs() {
                let sequence = output.next_sequence();
                let data = Data {
                    terminated: true,
                    // No sync packet will follow.
                    sync: 0,
                    ..identity.data(universe, sequence, &output.levels)
                };
                packets.push(repeated(universe, &Packet::Data(data)));
            }
        }
        packets
    }
}

impl Identity {
    fn data<'a>(&'a self, universe: u16, sequence: u64, levels: &'a [u8]) -> Data<'a> {
        Data {
            cid: self.cid,
            name: &self.name,
            priority: self.priority,
            sync: self.sync.unwrap_or_default(),
            // The packet has the lowest byte of the number.
            sequence: sequence as u8,
            preview: false,
            terminated: false,
            // Without sync packets, receivers use the frame at once.
            force_sync: self.sync.is_some(),
            universe,
            start_code: LEVELS,
            slots: levels,
        }
    }
}

/// A packet without new levels.
fn repeated(universe: u16, packet: &Packet<'_>) -> Outgoing {
    Outgoing {
        universe,
        bytes: codec::encode(packet),
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
