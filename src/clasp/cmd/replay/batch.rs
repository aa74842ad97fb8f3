//! Groups operations that are due together. Takes operations, gives the frames that carry them.
//!
//! A router accepts 1,000 messages a second, and a bundle counts as one (quirk 10). But it may
//! acknowledge a bundle and drop a SET in it (quirk 15), so SETs are sent alone up to a rate; above
//! it, operations that are due within [`GRAIN`] share a bundle.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::clasp::client::bulk::unit::Packer;
use crate::clasp::client::bulk::{Unit, UnitKind};
use crate::clasp::record::schedule::InitialValue;
use crate::clasp::record::{ParsedRecord, Parser};
use crate::clasp::wire::SignalType;
use crate::error::Failure;

/// How far apart the operations of one frame may be; the frame is sent when the last is due. So
/// there are at most 500 such frames a second, half of a router's limit.
const GRAIN: Duration = Duration::from_millis(2);

/// How many SETs a second are sent alone: what the bundles leave of the limit, minus a reserve for
/// HELLO and fences.
const SINGLE_SETS: usize = 400;

/// The operations that are collected for the next frames.
#[derive(Default)]
pub struct Batch {
    packer: Packer,
    units: Vec<Unit>,
    kind: Option<UnitKind>,
    /// When the first and the last operation are due; `None` for initial values and at maximum
    /// speed.
    due: Option<(Instant, Instant)>,
    /// When SETs were sent alone, in the last second.
    alone: VecDeque<Instant>,
    /// SETs that were sent in bundles.
    pub bundled: u64,
}

impl Batch {
    /// Whether an operation can be added to this batch.
    pub fn takes(&self, parsed: &ParsedRecord<'_>, due: Option<Instant>, now: Instant) -> bool {
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
    /// When it does not fit a frame.
    pub fn add(
        &mut self,
        line: u64,
        parsed: &ParsedRecord<'_>,
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

    /// Adds an initial value.
    ///
    /// # Errors
    /// When it does not fit a frame.
    pub fn initial(&mut self, initial: &InitialValue) -> Result<(), Failure> {
        let units = &mut self.units;
        let (code, data) = &initial.value;
        let value = (*code, &**data);
        self.packer
            .set(initial.line, &initial.address, value, initial.ttl, |unit| {
                units.push(unit);
            })?;
        self.kind = Some(UnitKind::Sets);
        Ok(())
    }

    /// When to send the batch, if its operations have times.
    pub fn due(&self) -> Option<Instant> {
        self.due.map(|(_, last)| last)
    }

    /// Whether complete frames are ready.
    pub fn is_full(&self) -> bool {
        !self.units.is_empty()
    }

    /// Takes the complete frames; the rest stays.
    pub fn full(&mut self) -> Vec<Unit> {
        let units = std::mem::take(&mut self.units);
        self.bundled += sets(&units);
        self.timed(units)
    }

    /// Takes all frames. Each SET gets its own frame if the rate allows it.
    pub fn take(&mut self, now: Instant) -> Vec<Unit> {
        let units = &mut self.units;
        self.packer.flush(|unit| units.push(unit));
        let mut units = std::mem::take(units);
        let count = sets(&units);
        if self.may_go_alone(count as usize, now) {
            units = units.iter().flat_map(|unit| unit.split(1)).collect();
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
        let may = count > 0 && self.alone.len() + count <= SINGLE_SETS;
        if may {
            self.alone.extend(std::iter::repeat_n(now, count));
        }
        may
    }
}

fn kind(parsed: &ParsedRecord<'_>) -> UnitKind {
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

    /// Adds a line if the batch takes it.
    fn add(batch: &mut Batch, line: &[u8], due: Instant, now: Instant) -> bool {
        let mut parser = Parser::default();
        let parsed = parser.parse(line).unwrap().unwrap();
        let takes = batch.takes(&parsed, Some(due), now);
        if takes {
            batch.add(1, &parsed, &parser, Some(due)).unwrap();
        }
        takes
    }

    #[test]
    fn what_is_near_goes_together_and_waits_for_its_last() {
        let now = Instant::now();
        let at = |ms| now + Duration::from_millis(ms);
        let mut batch = Batch::default();
        assert_eq!(batch.due(), None);
        assert!(add(&mut batch, EVENT, at(10), now));
        assert!(add(&mut batch, EVENT, at(12), now));
        assert!(!add(&mut batch, EVENT, at(13), now), "too far");
        assert!(!add(&mut batch, PARAM, at(12), now), "another kind");
        assert!(add(&mut batch, EVENT, at(13), at(20)), "late already");
        assert_eq!(batch.due(), Some(at(13)));
        let units = batch.take(at(20));
        assert_eq!((units.len(), units[0].operations()), (1, 3));
        assert_eq!(units[0].due, Some(at(10)), "late is counted from the first");
        assert!(add(&mut batch, PARAM, at(30), now), "a new one");
    }

    #[test]
    fn sets_go_alone_while_there_is_room() {
        let now = Instant::now();
        let mut batch = Batch::default();
        let frames = |batch: &mut Batch, now| {
            for _ in 0..SINGLE_SETS / 2 {
                assert!(add(batch, PARAM, now, now));
            }
            batch.take(now).len()
        };
        assert_eq!(frames(&mut batch, now), SINGLE_SETS / 2);
        assert_eq!(frames(&mut batch, now), SINGLE_SETS / 2);
        assert_eq!(batch.bundled, 0);
        assert_eq!(frames(&mut batch, now + GRAIN), 1, "no more this second");
        assert_eq!(batch.bundled, SINGLE_SETS as u64 / 2);
        assert_eq!(
            frames(&mut batch, now + Duration::from_secs(1)),
            SINGLE_SETS / 2,
            "but in the next"
        );
    }
}
