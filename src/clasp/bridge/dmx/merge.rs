//! Merges the frames of several sources. Takes frames and priorities, gives the level of each channel.
//! No I/O, and the time is a parameter.
//!
//! At each channel the sources of the highest priority count; of these the highest level (HTP), or
//! that of the source that changed last (LTP). A source that stops is dropped after a while; a
//! channel that no source has any more stays as it is.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

use super::{CHANNELS, Levels};

/// The limit of sources in a universe.
pub const SOURCES_MAX: usize = 32;

/// A sequence number that is behind by less than this belongs to an old packet; by more, the source
/// has started anew (E1.31, 6.7.2).
const BEHIND_MAX: i8 = -20;

/// How sources of the same priority are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Highest takes precedence.
    Htp,
    /// Latest change takes precedence.
    Ltp,
}

/// The kind of a packet; each kind has its own sequence numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Levels.
    Levels,
    /// The priority of each channel.
    Priorities,
}

/// A packet of a source.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'p> {
    /// The kind of its slots.
    pub kind: Kind,
    /// The source's priority in this universe.
    pub priority: u8,
    /// The sequence number, if it has one.
    pub sequence: Option<u8>,
    /// Whether the sequence number may be the same as before: some senders never change it.
    pub may_repeat: bool,
    /// The slots of the first channels; at most 512.
    pub slots: &'p [u8],
    /// If set, it is held until a [`Merge::release`] with the same number.
    pub hold: Option<u16>,
}

/// Why a packet was not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The same packet or a newer one has already arrived.
    OutOfOrder,
    /// The limit of sources in the universe is reached.
    TooMany,
}

/// A source of a universe.
#[derive(Debug)]
struct Source {
    seen: Instant,
    /// The last sequence number by [`Kind`].
    sequence: [Option<u8>; 2],
    /// The levels in use, and the frame that waits to be used.
    frame: Option<Frame>,
    held: Option<(u16, Frame)>,
    /// The priority of each channel, and when it was received last; 0 means none.
    priorities: Option<(Box<Levels>, Instant)>,
}

#[derive(Debug, Clone)]
struct Frame {
    priority: u8,
    levels: Box<Levels>,
    /// How many channels it sends.
    slots: usize,
    /// When each channel was changed last, as a number that grows.
    changed: Box<[u64; CHANNELS]>,
}

/// The sources of one universe.
#[derive(Debug)]
pub struct Merge<S> {
    rule: Rule,
    /// How long a source may be silent.
    timeout: Duration,
    sources: HashMap<S, Source>,
    changes: u64,
}

impl<S: Eq + Hash + Clone> Merge<S> {
    /// A universe without sources.
    pub fn new(rule: Rule, timeout: Duration) -> Merge<S> {
        Merge {
            rule,
            timeout,
            sources: HashMap::new(),
            changes: 0,
        }
    }

    /// Handles a packet. Gives true if its source is new.
    ///
    /// # Errors
    /// Why the packet is not used.
    pub fn packet(&mut self, id: &S, packet: &Packet<'_>, now: Instant) -> Result<bool, Refused> {
        let is_new = !self.sources.contains_key(id);
        if is_new {
            self.make_room(packet.priority)?;
        }
        self.changes += 1;
        let source = self.sources.entry(id.clone()).or_insert_with(|| Source {
            seen: now,
            sequence: [None; 2],
            frame: None,
            held: None,
            priorities: None,
        });
        let last = &mut source.sequence[packet.kind as usize];
        if let (Some(last), Some(new)) = (*last, packet.sequence) {
            let ahead = new.wrapping_sub(last).cast_signed();
            let is_repeated = ahead == 0 && packet.may_repeat;
            if ahead <= 0 && ahead > BEHIND_MAX && !is_repeated {
                return Err(Refused::OutOfOrder);
            }
        }
        *last = packet.sequence;
        source.seen = now;
        let slots = &packet.slots[..packet.slots.len().min(CHANNELS)];
        match packet.kind {
            Kind::Priorities => {
                let mut priorities = Box::new([0; CHANNELS]);
                priorities[..slots.len()].copy_from_slice(slots);
                source.priorities = Some((priorities, now));
            }
            Kind::Levels => {
                let before = source.held.as_ref().map(|(_, frame)| frame);
                let before = before.or(source.frame.as_ref());
                let frame = Frame::after(before, slots, packet.priority, self.changes);
                match packet.hold {
                    Some(key) => source.held = Some((key, frame)),
                    None => {
                        source.held = None;
                        source.frame = Some(frame);
                    }
                }
            }
        }
        Ok(is_new)
    }

    /// Makes room for a source of this priority. If there is none, a source of a lower priority is
    /// removed.
    fn make_room(&mut self, priority: u8) -> Result<(), Refused> {
        if self.sources.len() < SOURCES_MAX {
            return Ok(());
        }
        let of = |source: &Source| source.frame.as_ref().map_or(0, |frame| frame.priority);
        let lowest = self.sources.iter().min_by_key(|(_, source)| of(source));
        match lowest {
            Some((id, source)) if of(source) < priority => {
                let id = id.clone();
                self.sources.remove(&id);
                Ok(())
            }
            _ => Err(Refused::TooMany),
        }
    }

    /// Uses the frame that a source holds under this number. Gives whether there was one.
    pub fn release(&mut self, id: &S, key: u16) -> bool {
        let Some(source) = self.sources.get_mut(id) else {
            return false;
        };
        match source.held.take_if(|(held, _)| *held == key) {
            Some((_, frame)) => {
                source.frame = Some(frame);
                true
            }
            None => false,
        }
    }

    /// Removes a source that ends. Gives whether it was there.
    pub fn remove(&mut self, id: &S) -> bool {
        self.sources.remove(id).is_some()
    }

    /// Drops the sources that were silent for too long, and gives them.
    pub fn expire(&mut self, now: Instant) -> Vec<S> {
        let timeout = self.timeout;
        for source in self.sources.values_mut() {
            source
                .priorities
                .take_if(|(_, told)| *told + timeout <= now);
        }
        let gone = self
            .sources
            .extract_if(|_, source| source.seen + timeout <= now);
        gone.map(|(id, _)| id).collect()
    }

    /// When to call [`expire`](Self::expire).
    pub fn due(&self) -> Option<Instant> {
        let times = self.sources.values().flat_map(|source| {
            let priorities = source.priorities.as_ref().map(|(_, told)| *told);
            [Some(source.seen), priorities]
        });
        times.flatten().min().map(|seen| seen + self.timeout)
    }

    /// How many sources there are.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether there is no source.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// The level of each channel, where a source has one.
    pub fn merged(&self) -> [Option<u8>; CHANNELS] {
        let mut merged = [None; CHANNELS];
        // The best source so far at each channel: by priority, then by the rule.
        let mut best = [(0u8, 0u64); CHANNELS];
        for source in self.sources.values() {
            let Some(frame) = &source.frame else { continue };
            for channel in 0..frame.slots {
                let priority = match &source.priorities {
                    // 0 is a channel that this source does not control.
                    Some((priorities, _)) if priorities[channel] == 0 => continue,
                    Some((priorities, _)) => priorities[channel],
                    None => frame.priority,
                };
                let level = frame.levels[channel];
                let rank = match self.rule {
                    Rule::Htp => level.into(),
                    Rule::Ltp => frame.changed[channel],
                };
                if merged[channel].is_none() || (priority, rank) > best[channel] {
                    merged[channel] = Some(level);
                    best[channel] = (priority, rank);
                }
            }
        }
        merged
    }
}

impl Frame {
    /// Takes over a frame of a source.
    fn after(before: Option<&Frame>, slots: &[u8], priority: u8, change: u64) -> Frame {
        let mut levels = Box::new([0; CHANNELS]);
        levels[..slots.len()].copy_from_slice(slots);
        let mut changed = Box::new([change; CHANNELS]);
        if let Some(before) = before {
            for channel in 0..slots.len().min(before.slots) {
                if levels[channel] == before.levels[channel] {
                    changed[channel] = before.changed[channel];
                }
            }
        }
        Frame {
            priority,
            levels,
            slots: slots.len(),
            changed,
        }
    }
}

#[cfg(test)]
mod tests;
