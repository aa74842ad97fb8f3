//! What is sent at one time. Takes operations, gives the frames that carry them.
//!
//! A router takes 1,000 messages a second, and a bundle counts as one (quirk 10). But it may
//! acknowledge a bundle and drop a SET in it (quirk 15), so SETs travel alone while there is room
//! for that; what comes faster shares a bundle with what is due within [`GRAIN`].

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::clasp::client::bulk::unit::Packer;
use crate::clasp::client::bulk::{Unit, UnitKind};
use crate::clasp::record::schedule::Seed;
use crate::clasp::record::{Parsed, Parser};
use crate::clasp::wire::SignalType;
use crate::error::Failure;

/// How far apart the records of one frame may be: they wait for the last of them. So there are at
/// most 500 frames a second, and half of a router's limit is left.
const GRAIN: Duration = Duration::from_millis(2);

/// How many SETs a second travel alone: what the bundles leave of the limit, and some to spare for
/// HELLO and fences.
const ALONE: usize = 400;

/// Gathers what goes out at one time.
#[derive(Default)]
pub struct Chord {
    packer: Packer,
    units: Vec<Unit>,
    kind: Option<UnitKind>,
    /// When the first and the last of it are due; nothing is, while seeds are gathered or no time
    /// is kept.
    due: Option<(Instant, Instant)>,
    /// When SETs went alone, in the last second.
    alone: VecDeque<Instant>,
    /// SETs that went in bundles.
    pub bundled: u64,
}

impl Chord {
    /// Whether an operation goes together with what has gathered.
    pub fn takes(&self, parsed: &Parsed<'_>, due: Option<Instant>, now: Instant) -> bool {
        let Some(gathered) = self.kind else {
            return true;
        };
        let near = match (self.due, due) {
            (Some((first, _)), Some(due)) => due <= first + GRAIN || due <= now,
            _ => true,
        };
        near && gathered == kind(parsed) && gathered != UnitKind::Guarded
    }

    /// Adds the operation of a line.
    ///
    /// # Errors
    /// When it fits no frame.
    pub fn add(
        &mut self,
        line: u64,
        parsed: &Parsed<'_>,
        parser: &Parser,
        due: Option<Instant>,
    ) -> Result<(), Failure> {
        let units = &mut self.units;
        let emit = |unit| units.push(unit);
        if parsed.signal == SignalType::Param {
            let value = (parsed.value.unwrap_or_default(), parser.value());
            let (address, ttl) = (&parsed.address, parsed.ttl);
            match parsed.if_revision {
                Some(revision) => {
                    (self.packer).guarded(line, address, value, ttl, revision, emit)?;
                }
                None => self.packer.set(line, address, value, ttl, emit)?,
            }
        } else {
            let message = parser.publish(parsed)?;
            self.packer.publish(line, &message, emit)?;
        }
        self.kind = Some(kind(parsed));
        self.due = match (self.due, due) {
            (Some((first, last)), Some(due)) => Some((first, last.max(due))),
            (None, due) => due.map(|due| (due, due)),
            (known, None) => known,
        };
        Ok(())
    }

    /// Adds a param as it was when the start came.
    ///
    /// # Errors
    /// When it fits no frame.
    pub fn seed(&mut self, seed: &Seed) -> Result<(), Failure> {
        let units = &mut self.units;
        let (code, data) = &seed.value;
        let value = (*code, &**data);
        self.packer
            .set(seed.line, &seed.address, value, seed.ttl, |unit| {
                units.push(unit);
            })?;
        self.kind = Some(UnitKind::Sets);
        Ok(())
    }

    /// When it is to be sent, if there is something that has a time.
    pub fn due(&self) -> Option<Instant> {
        self.due.map(|(_, last)| last)
    }

    /// Whether more of it has gathered than a frame holds.
    pub fn is_full(&self) -> bool {
        !self.units.is_empty()
    }

    /// The frames that are complete; the rest stays.
    pub fn full(&mut self) -> Vec<Unit> {
        let units = std::mem::take(&mut self.units);
        self.bundled += sets(&units);
        self.timed(units)
    }

    /// The frames of all of it, each SET in one of its own if there is room for so many.
    pub fn take(&mut self, now: Instant) -> Vec<Unit> {
        let units = &mut self.units;
        self.packer.flush(|unit| units.push(unit));
        let mut units = std::mem::take(units);
        let count = sets(&units);
        if self.may_go_alone(count as usize, now) {
            units = units.iter().flat_map(Unit::split).collect();
        } else {
            self.bundled += count;
        }
        let units = self.timed(units);
        (self.kind, self.due) = (None, None);
        units
    }

    fn timed(&self, mut units: Vec<Unit>) -> Vec<Unit> {
        for unit in &mut units {
            unit.due = self.due.map(|(first, _)| first);
        }
        units
    }

    fn may_go_alone(&mut self, count: usize, now: Instant) -> bool {
        let over = |sent: &Instant| now.saturating_duration_since(*sent) >= Duration::from_secs(1);
        while self.alone.front().is_some_and(over) {
            self.alone.pop_front();
        }
        let may = count > 0 && self.alone.len() + count <= ALONE;
        if may {
            self.alone.extend(std::iter::repeat_n(now, count));
        }
        may
    }
}

fn kind(parsed: &Parsed<'_>) -> UnitKind {
    match (parsed.signal, parsed.if_revision) {
        (SignalType::Param, None) => UnitKind::Sets,
        (SignalType::Param, Some(_)) => UnitKind::Guarded,
        _ => UnitKind::Publishes,
    }
}

fn sets(units: &[Unit]) -> u64 {
    units
        .iter()
        .filter(|unit| unit.kind == UnitKind::Sets)
        .map(Unit::operations)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &[u8] = br#"{"type":"event","address":"/e"}"#;
    const PARAM: &[u8] = br#"{"address":"/a","value":1}"#;

    /// Adds a line if the chord takes it.
    fn add(chord: &mut Chord, line: &[u8], due: Instant, now: Instant) -> bool {
        let mut parser = Parser::default();
        let parsed = parser.parse(line).unwrap().unwrap();
        let takes = chord.takes(&parsed, Some(due), now);
        if takes {
            chord.add(1, &parsed, &parser, Some(due)).unwrap();
        }
        takes
    }

    #[test]
    fn what_is_near_goes_together_and_waits_for_its_last() {
        let now = Instant::now();
        let at = |ms| now + Duration::from_millis(ms);
        let mut chord = Chord::default();
        assert_eq!(chord.due(), None);
        assert!(add(&mut chord, EVENT, at(10), now));
        assert!(add(&mut chord, EVENT, at(12), now));
        assert!(!add(&mut chord, EVENT, at(13), now), "too far");
        assert!(!add(&mut chord, PARAM, at(12), now), "another kind");
        assert!(add(&mut chord, EVENT, at(13), at(20)), "late already");
        assert_eq!(chord.due(), Some(at(13)));
        let units = chord.take(at(20));
        assert_eq!((units.len(), units[0].operations()), (1, 3));
        assert_eq!(units[0].due, Some(at(10)), "late is counted from the first");
        assert!(add(&mut chord, PARAM, at(30), now), "a new one");
    }

    #[test]
    fn sets_go_alone_while_there_is_room() {
        let now = Instant::now();
        let mut chord = Chord::default();
        let frames = |chord: &mut Chord, now| {
            for _ in 0..ALONE / 2 {
                assert!(add(chord, PARAM, now, now));
            }
            chord.take(now).len()
        };
        assert_eq!(frames(&mut chord, now), ALONE / 2);
        assert_eq!(frames(&mut chord, now), ALONE / 2);
        assert_eq!(chord.bundled, 0);
        assert_eq!(frames(&mut chord, now + GRAIN), 1, "no more this second");
        assert_eq!(chord.bundled, ALONE as u64 / 2);
        assert_eq!(
            frames(&mut chord, now + Duration::from_secs(1)),
            ALONE / 2,
            "but in the next"
        );
    }
}
