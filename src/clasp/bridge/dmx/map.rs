//! The universes of a bridge, for both protocols. Takes packets of sources and gives [`Unit`]s for the
//! router; takes messages of the router and gives levels to send. No I/O, and the time is a parameter.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

use super::address::{self, Place, Scale, Universes};
use super::merge::{Merge, Packet, Refused, Rule};
use super::output::{FRAME, Output};
use super::universe::{RouterState, Universe};
use super::{CHANNELS, Levels};
use crate::clasp::bridge::counts::Dropped;
use crate::clasp::bridge::unit::{Unit, set};
use crate::clasp::wire::{Message, Publish, SignalType, Value};

/// The limit of sources in all universes together.
const SOURCES_MAX: usize = 1_000;

/// How often an unchanged universe is published as a stream, for later subscribers.
const STREAM_EVERY: Duration = Duration::from_secs(1);

/// How long a frame of all universes waits for further levels: a router delivers the params of a
/// bundle one by one.
const GATHER: Duration = Duration::from_millis(2);

/// How a universe is represented in CLASP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A param for each channel.
    Channel,
    /// A stream whose values are arrays of 512 levels.
    Universe,
}

/// The rules of the mapping.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The CLASP address below which all universes are, such as `/sacn`; may be empty.
    pub namespace: Box<str>,
    /// The universes that are bridged.
    pub universes: Universes,
    /// How a universe is represented.
    pub mode: Mode,
    /// How levels are written.
    pub scale: Scale,
    /// How sources of the same priority are merged.
    pub merge: Rule,
    /// Whether levels of the router are sent.
    pub sends: bool,
    /// Whether to send the values that the router has when the bridge starts.
    pub retained: bool,
    /// How long a source may be silent.
    pub timeout: Duration,
    /// How often an unchanged universe is sent.
    pub keepalive: Duration,
    /// Whether all universes are sent in the same frame.
    pub together: bool,
}

/// The universes.
#[derive(Debug)]
pub struct Dmx<S> {
    rules: Rules,
    universes: BTreeMap<u16, Universe<S>>,
    /// When each universe was last published as a stream.
    streamed: BTreeMap<u16, Instant>,
    /// How many sources there are.
    sources: usize,
    /// Whether the connection to the router is lost.
    held: bool,
    /// Whether the router does not read.
    stalled: bool,
    /// When the next frame of all universes may be sent.
    free: Option<Instant>,
    /// When the first new level of the next frame of all universes arrived.
    changed: Option<Instant>,
    /// How many levels other than 0 the router had at the start that are not sent.
    unsent: usize,
}

/// A universe to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'l> {
    /// The number of the universe.
    pub universe: u16,
    /// The number of the packet, from 0.
    pub sequence: u64,
    /// The levels.
    pub levels: &'l Levels,
    /// Whether it has changed since it was sent last.
    pub is_new: bool,
}

/// A datagram to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The number of the universe.
    pub universe: u16,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it has levels that were not sent before.
    pub is_new: bool,
}

/// The result of a packet.
#[derive(Debug, PartialEq)]
pub struct Taken {
    /// For the router.
    pub unit: Option<Unit>,
    /// Whether its source is new.
    pub is_new: bool,
}

impl<S: Eq + Hash + Clone> Dmx<S> {
    /// Universes without sources and levels.
    pub fn new(rules: Rules) -> Dmx<S> {
        Dmx {
            rules,
            universes: BTreeMap::new(),
            streamed: BTreeMap::new(),
            sources: 0,
            held: false,
            stalled: false,
            free: None,
            changed: None,
            unsent: 0,
        }
    }

    /// The rules of the mapping.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The pattern to subscribe to.
    pub fn subscription(&self) -> String {
        format!("{}/**", self.rules.namespace)
    }

    /// How many sources there are.
    pub fn sources(&self) -> usize {
        self.sources
    }

    /// How many universes are sent.
    pub fn sent(&self) -> usize {
        let universes = self.universes.values();
        universes
            .filter(|universe| universe.output.is_some())
            .count()
    }

    /// How many levels the router had at the start that are not sent.
    pub fn unsent(&self) -> usize {
        self.unsent
    }

    /// Handles a packet of a source.
    ///
    /// # Errors
    /// Why the packet is not used.
    pub fn packet(
        &mut self,
        number: u16,
        id: &S,
        packet: &Packet<'_>,
        now: Instant,
    ) -> Result<Taken, Dropped> {
        if !self.rules.universes.contains(number) {
            return Err(Dropped {
                reason: "of universes that are not bridged",
                detail: format!("a packet for universe {number}"),
            });
        }
        let is_full = self.sources >= SOURCES_MAX;
        let merge = &mut self.universe(number).merge;
        let before = merge.len();
        let taken = match merge.packet(id, packet, now) {
            // The universe had room, but the limit of all universes is reached.
            Ok(true) if is_full && merge.len() > before => {
                merge.remove(id);
                Err(Refused::TooMany)
            }
            taken => taken,
        };
        let after = merge.len();
        self.sources = self.sources + after - before;
        match taken {
            Ok(is_new) => Ok(Taken {
                unit: self.write(number, now),
                is_new,
            }),
            Err(Refused::OutOfOrder) => Err(Dropped {
                reason: "out of order",
                detail: format!("universe {number}: an older packet came after a newer one"),
            }),
            Err(Refused::TooMany) => Err(Dropped {
                reason: "of too many sources",
                detail: format!("universe {number}: a source more than there is room for"),
            }),
        }
    }

    /// Uses the frames that a source holds under a number, in all universes at once.
    pub fn release(&mut self, id: &S, key: u16, now: Instant) -> Option<Unit> {
        let released = |(number, universe): (&u16, &mut Universe<S>)| {
            universe.merge.release(id, key).then_some(*number)
        };
        let numbers: Vec<u16> = self.universes.iter_mut().filter_map(released).collect();
        self.write_all(&numbers, now)
    }

    /// Removes a source from a universe. Gives whether it was there.
    pub fn remove(&mut self, number: u16, id: &S, now: Instant) -> (bool, Option<Unit>) {
        let Some(universe) = self.universes.get_mut(&number) else {
            return (false, None);
        };
        let removed = universe.merge.remove(id);
        self.sources -= usize::from(removed);
        let unit = if removed {
            self.write(number, now)
        } else {
            None
        };
        (removed, unit)
    }

    /// Drops silent sources, and publishes streams that are due. Gives the changes for the router,
    /// and the sources that were dropped, with their universes.
    pub fn expire(&mut self, now: Instant) -> (Option<Unit>, Vec<(u16, S)>) {
        let mut gone = Vec::new();
        let mut changed = Vec::new();
        for (number, universe) in &mut self.universes {
            let expired = universe.merge.expire(now);
            if !expired.is_empty() {
                changed.push(*number);
            }
            gone.extend(expired.into_iter().map(|id| (*number, id)));
        }
        self.sources -= gone.len();
        let mut unit = self.write_all(&changed, now);
        let due = |at: &Instant| *at + STREAM_EVERY <= now;
        let again: Vec<u16> = self
            .streamed
            .iter()
            .filter(|(_, at)| due(at))
            .map(|(number, _)| *number)
            .collect();
        for number in again {
            let is_alive = self
                .universes
                .get(&number)
                .is_some_and(|universe| !universe.merge.is_empty());
            if is_alive {
                unit.get_or_insert_with(|| Unit::now(Vec::new()))
                    .messages
                    .push(self.stream(number, now));
            } else {
                self.streamed.remove(&number);
            }
        }
        (unit, gone)
    }

    /// When to call [`expire`](Self::expire) or
    /// [`flush`](Self::flush).
    pub fn due(&self, now: Instant) -> Option<Instant> {
        let silent = self
            .universes
            .values()
            .filter_map(|universe| universe.merge.due());
        let streams = self.streamed.values().map(|at| *at + STREAM_EVERY);
        let frames = self.frames_due(now);
        silent.chain(streams).chain(frames).min()
    }

    fn frames_due(&self, now: Instant) -> Option<Instant> {
        let outputs = self.universes.values().filter_map(|universe| {
            let output = universe.output.as_ref()?;
            Some(output.due(now))
        });
        let first = outputs.min()?;
        if !self.rules.together {
            return Some(first);
        }
        let gathered = self.changed.map(|since| since + GATHER);
        let waits = self.free.into_iter().chain(gathered);
        Some(waits.fold(first, Instant::max))
    }

    /// Passes the universes that are due to `send`. Gives their number.
    pub fn flush(&mut self, now: Instant, mut send: impl FnMut(Frame<'_>)) -> usize {
        if self.frames_due(now).is_none_or(|due| due > now) {
            return 0;
        }
        self.free = Some(now + FRAME);
        self.changed = None;
        let mut count = 0;
        for (universe, output) in self.outputs() {
            if output.due(now) <= now {
                let is_new = output.is_changed();
                send(Frame {
                    universe,
                    sequence: output.sent(now),
                    levels: &output.levels,
                    is_new,
                });
                count += 1;
            }
        }
        count
    }

    /// The numbers of the universes that are sent.
    pub fn outputs(&mut self) -> impl Iterator<Item = (u16, &mut Output)> {
        self.universes
            .iter_mut()
            .filter_map(|(number, universe)| Some((*number, universe.output.as_mut()?)))
    }

    /// The connection to the router is lost: from now on, the newest levels are kept.
    pub fn hold(&mut self) {
        self.held = true;
    }

    /// The router does not read, or reads again: until then its echoes are late.
    pub fn stall(&mut self, stalled: bool, now: Instant) {
        if self.stalled && !stalled {
            for universe in self.universes.values_mut() {
                universe.router_reads_again(now);
            }
        }
        self.stalled = stalled;
    }

    fn router_state(&self) -> RouterState {
        if self.held {
            RouterState::Gone
        } else if self.stalled {
            RouterState::Stalled
        } else {
            RouterState::Reads
        }
    }

    /// The connection is back. Gives the levels to write again: those that the router has not
    /// confirmed, and those that sources hold.
    pub fn again(&mut self, now: Instant) -> Vec<Message<'static>> {
        self.held = false;
        let mut messages = Vec::new();
        for (number, universe) in &mut self.universes {
            for (channel, level) in universe.again() {
                universe.note(channel, level, RouterState::Gone, now);
                let address = address::channel(&self.rules.namespace, *number, channel);
                messages.push(set(address, self.rules.scale.value(level)));
            }
        }
        messages
    }

    /// Handles a message of the router. `initial` marks a value that existed when the bridge started.
    ///
    /// # Errors
    /// A value that is not a level, or an address that is not a channel.
    pub fn deliver(
        &mut self,
        message: &Message<'_>,
        initial: bool,
        now: Instant,
    ) -> Result<(), Dropped> {
        match message {
            Message::Set(set) => self.state(&set.address, &set.value, Tells::Live, now),
            Message::Snapshot(params) => params.iter().try_for_each(|param| {
                let tells = if initial { Tells::First } else { Tells::Again };
                self.state(&param.address, &param.value, tells, now)
            }),
            Message::Publish(publish) => self.publish(publish, now),
            _ => Ok(()),
        }
    }

    /// Handles the value of a param.
    fn state(
        &mut self,
        target: &str,
        value: &Value<'_>,
        tells: Tells,
        now: Instant,
    ) -> Result<(), Dropped> {
        let is_sent = match tells {
            Tells::First => self.rules.retained && self.rules.sends,
            Tells::Again | Tells::Live => true,
        };
        let read = self.read(target, value);
        if read.is_err() && !is_sent {
            return Ok(());
        }
        let Some((place, levels)) = read? else {
            return Ok(());
        };
        let router = self.router_state();
        let (number, first) = place.first();
        for (channel, level) in (first..).zip(levels) {
            let universe = self.universe(number);
            // In a snapshot, a known level needs no handling.
            if tells == Tells::Live && universe.is_echo(channel, level, router, now) {
                continue;
            }
            let is_news = universe.learn(channel, level);
            if !is_sent {
                self.unsent += usize::from(level > 0 && self.rules.sends);
            } else if tells != Tells::Again || is_news {
                self.set(number, channel, level, now);
            }
        }
        Ok(())
    }

    /// The place and the levels of a param; `None` if it is outside of the namespace.
    fn read(&self, target: &str, value: &Value<'_>) -> Result<Option<(Place, Vec<u8>)>, Dropped> {
        match self.place(target)? {
            None => Ok(None),
            Some(place) => Ok(Some((place, self.levels(target, place, value)?))),
        }
    }

    /// Handles a stream, a gesture, an event or a timeline.
    fn publish(&mut self, publish: &Publish<'_>, now: Instant) -> Result<(), Dropped> {
        let target = &*publish.address;
        let Some(place) = self.place(target)? else {
            return Ok(());
        };
        if matches!(publish.signal, SignalType::Event | SignalType::Timeline) {
            return Err(Dropped {
                reason: "events and timelines",
                detail: format!("{target}: {}s have no level", publish.signal.name()),
            });
        }
        let samples;
        let value = match (&publish.value, &publish.samples, place) {
            (Some(value), _, _) => value,
            (None, Some(list), Place::Universe(_)) => {
                samples = Value::Array(list.iter().copied().map(Value::Float).collect());
                &samples
            }
            // The last sample is the newest.
            (None, Some(list), Place::Channel(..)) if !list.is_empty() => {
                samples = Value::Float(list[list.len() - 1]);
                &samples
            }
            // The start and the end of a gesture may have no value.
            _ => return Ok(()),
        };
        let levels = self.levels(target, place, value)?;
        let (number, first) = place.first();
        for (channel, level) in (first..).zip(levels) {
            self.set(number, channel, level, now);
        }
        Ok(())
    }

    /// The meaning of an address, if its universe is bridged.
    fn place(&self, target: &str) -> Result<Option<Place>, Dropped> {
        let place = address::place(&self.rules.namespace, target).map_err(|why| Dropped {
            reason: "addresses that are no channel",
            detail: format!("{target}: {why}"),
        })?;
        match place {
            Some(place) if !self.rules.universes.contains(place.first().0) => {
                let number = place.first().0;
                Err(Dropped {
                    reason: "of universes that are not bridged",
                    detail: format!("{target}: universe {number} is not one of --universe"),
                })
            }
            place => Ok(place),
        }
    }

    /// The levels of a value from the first channel of its place on: one, or those of a universe.
    fn levels(&self, target: &str, place: Place, value: &Value<'_>) -> Result<Vec<u8>, Dropped> {
        let scale = self.rules.scale;
        let levels = match (place, value) {
            (Place::Channel(..), value) => scale.level(value).map(|level| vec![level]),
            (Place::Universe(_), Value::Array(items)) if items.len() <= CHANNELS => {
                items.iter().map(|item| scale.level(item)).collect()
            }
            (Place::Universe(_), Value::Bytes(bytes)) if bytes.len() <= CHANNELS => {
                Ok(bytes.to_vec())
            }
            (Place::Universe(_), Value::Array(_) | Value::Bytes(_)) => {
                Err(format!("more than {CHANNELS} levels"))
            }
            (Place::Universe(_), value) => {
                Err(format!("a {} is not an array of levels", value.type_name()))
            }
        };
        levels.map_err(|why| Dropped {
            reason: "values that are no level",
            detail: format!("{target}: {why}"),
        })
    }

    /// Sets the level with which a channel is sent.
    fn set(&mut self, number: u16, channel: usize, level: u8, now: Instant) {
        if self.rules.sends {
            self.changed.get_or_insert(now);
            let keepalive = self.rules.keepalive;
            let output = &mut self.universe(number).output;
            output
                .get_or_insert_with(|| Output::new(keepalive))
                .set(channel, level);
        }
    }

    fn universe(&mut self, number: u16) -> &mut Universe<S> {
        let Rules { merge, timeout, .. } = self.rules;
        self.universes
            .entry(number)
            .or_insert_with(|| Universe::new(Merge::new(merge, timeout)))
    }

    /// The changes of a universe, for the router.
    fn write(&mut self, number: u16, now: Instant) -> Option<Unit> {
        self.write_all(&[number], now)
    }

    /// The changes of several universes, for the router, in one bundle.
    fn write_all(&mut self, numbers: &[u16], now: Instant) -> Option<Unit> {
        let mut messages = Vec::new();
        let router = self.router_state();
        for number in numbers {
            let Some(universe) = self.universes.get_mut(number) else {
                continue;
            };
            let changes = universe.changes();
            if self.rules.mode == Mode::Universe {
                if !changes.is_empty() {
                    messages.push(self.stream(*number, now));
                }
                continue;
            }
            for (channel, level) in changes {
                universe.note(channel, level, router, now);
                let address = address::channel(&self.rules.namespace, *number, channel);
                messages.push(set(address, self.rules.scale.value(level)));
            }
        }
        (!messages.is_empty()).then(|| Unit::now(messages))
    }

    /// A universe as one message.
    fn stream(&mut self, number: u16, now: Instant) -> Message<'static> {
        self.streamed.insert(number, now);
        let scale = self.rules.scale;
        let universe = self.universe(number);
        let levels = universe.levels().map(|level| scale.value(level)).collect();
        let address = address::universe(&self.rules.namespace, number);
        Message::Publish(Publish {
            value: Some(Value::Array(levels)),
            ..Publish::new(SignalType::Stream, address)
        })
    }
}

/// In which situation the router delivers a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tells {
    /// When the bridge starts.
    First,
    /// After a lost connection.
    Again,
    /// When somebody writes it.
    Live,
}

#[cfg(test)]
mod tests;
