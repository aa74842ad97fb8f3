//! Packs operations into frames, each of which gets one reply. Takes operations, gives [`Unit`]s.
//! Pure.

use bytes::Bytes;
use tokio::time::Instant;

use crate::clasp::wire::{self, Bundle, BundleWriter, EncodeError, Fit, Message, Set, Ttl, Value};

/// The kind of operations in a unit, which decides whether it may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// SETs: only the last value counts, so they may be repeated.
    Sets,
    /// PUBLISHes: they may not be repeated.
    Publishes,
    /// One SET under a revision (compare-and-set): it may not be repeated, and nothing may overtake
    /// it.
    Guarded,
}

/// A frame that gets one reply.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The frame: a BUNDLE or a single SET.
    pub frame: Bytes,
    /// The kind of its operations.
    pub kind: UnitKind,
    /// The line of the input that each operation came from, in order.
    pub lines: Vec<u64>,
    /// It has been sent before.
    pub sent: bool,
    /// The router has acknowledged it before: it is sent again only to restore the order of values.
    pub settled: bool,
    /// When its first operation should be sent, if it has a time.
    pub due: Option<Instant>,
}

impl Unit {
    /// How many operations it has.
    pub fn operations(&self) -> u64 {
        self.lines.len() as u64
    }

    /// The line of its first operation.
    pub fn first_line(&self) -> u64 {
        self.lines.first().copied().unwrap_or(0)
    }

    /// The line of its last operation.
    pub fn last_line(&self) -> u64 {
        self.lines.last().copied().unwrap_or(0)
    }

    /// The same operations in units of at most so many.
    pub fn split(&self, most: usize) -> Vec<Unit> {
        let Ok(wire::Frame {
            message: Message::Bundle(bundle),
            ..
        }) = wire::decode(&self.frame)
        else {
            return vec![self.clone()];
        };
        let parts = bundle.messages.chunks(most).zip(self.lines.chunks(most));
        parts
            .map(|(messages, lines)| Unit {
                frame: frame_of(bundle.timestamp, messages),
                lines: lines.to_vec(),
                ..self.clone()
            })
            .collect()
    }
}

/// The frame of some operations. The router acknowledges one SET on its own, but a PUBLISH only in a
/// bundle.
fn frame_of(timestamp: Option<u64>, messages: &[Message<'_>]) -> Bytes {
    let bundle;
    let message = match messages {
        [set @ Message::Set(_)] if timestamp.is_none() => set,
        messages => {
            bundle = Message::Bundle(Bundle {
                timestamp,
                messages: messages.to_vec(),
            });
            &bundle
        }
    };
    let mut frame = Vec::with_capacity(128);
    wire::encode(message, &mut frame).expect("it was part of a frame");
    frame.into()
}

/// Packs operations into units: as many of one kind as fit a frame, in order.
#[derive(Debug, Default)]
pub struct Packer {
    bundle: BundleWriter,
    kind: Option<UnitKind>,
    lines: Vec<u64>,
    /// Every operation gets its own unit.
    single: bool,
}

impl Packer {
    /// A packer; a `single` one makes a unit of every operation.
    pub fn new(single: bool) -> Packer {
        Packer {
            single,
            ..Packer::default()
        }
    }

    /// Adds a SET whose value is already encoded. Passes complete units to `emit`.
    ///
    /// # Errors
    /// [`EncodeError`] when it does not fit into a frame.
    #[inline]
    pub fn set(
        &mut self,
        line: u64,
        address: &str,
        (code, data): (u8, &[u8]),
        ttl: Option<Ttl>,
        mut emit: impl FnMut(Unit),
    ) -> Result<(), EncodeError> {
        if self.single {
            return self.alone(line, UnitKind::Sets, address, (code, data), ttl, None, emit);
        }
        self.turn(UnitKind::Sets, &mut emit);
        if let Fit::Full = self.bundle.push_set(address, code, data, None, ttl)? {
            emit(self.take(UnitKind::Sets));
            let _ = self.bundle.push_set(address, code, data, None, ttl)?;
        }
        self.kind = Some(UnitKind::Sets);
        self.lines.push(line);
        Ok(())
    }

    /// Adds a SET under a revision, as a unit of its own.
    ///
    /// # Errors
    /// [`EncodeError`] when it does not fit into a frame.
    pub fn guarded(
        &mut self,
        line: u64,
        address: &str,
        value: (u8, &[u8]),
        ttl: Option<Ttl>,
        revision: u64,
        emit: impl FnMut(Unit),
    ) -> Result<(), EncodeError> {
        self.alone(
            line,
            UnitKind::Guarded,
            address,
            value,
            ttl,
            Some(revision),
            emit,
        )
    }

    #[allow(clippy::too_many_arguments)]
    fn alone(
        &mut self,
        line: u64,
        kind: UnitKind,
        address: &str,
        (code, data): (u8, &[u8]),
        ttl: Option<Ttl>,
        revision: Option<u64>,
        mut emit: impl FnMut(Unit),
    ) -> Result<(), EncodeError> {
        self.flush(&mut emit);
        let value = wire::decode_value(code, data).unwrap_or(Value::Null);
        let mut frame = Vec::with_capacity(data.len() + address.len() + 32);
        wire::encode(
            &Message::Set(Set {
                address: address.into(),
                value,
                revision,
                lock: false,
                unlock: false,
                ttl,
            }),
            &mut frame,
        )?;
        emit(Unit {
            frame: frame.into(),
            kind,
            lines: vec![line],
            sent: false,
            settled: false,
            due: None,
        });
        Ok(())
    }

    /// Adds a PUBLISH. Passes complete units to `emit`.
    ///
    /// # Errors
    /// [`EncodeError`] when it does not fit into a frame.
    pub fn publish(
        &mut self,
        line: u64,
        message: &Message<'_>,
        mut emit: impl FnMut(Unit),
    ) -> Result<(), EncodeError> {
        self.turn(UnitKind::Publishes, &mut emit);
        if let Fit::Full = self.bundle.push(message)? {
            emit(self.take(UnitKind::Publishes));
            let _ = self.bundle.push(message)?;
        }
        self.kind = Some(UnitKind::Publishes);
        self.lines.push(line);
        if self.single {
            emit(self.take(UnitKind::Publishes));
        }
        Ok(())
    }

    /// Passes the incomplete unit to `emit`, if there is one.
    pub fn flush(&mut self, mut emit: impl FnMut(Unit)) {
        if let Some(kind) = self.kind {
            emit(self.take(kind));
        }
    }

    /// Ends the unit when the kind of operations changes: routers execute the SETs of a bundle
    /// before its PUBLISHes (quirk 5).
    fn turn(&mut self, kind: UnitKind, emit: &mut impl FnMut(Unit)) {
        if let Some(old) = self.kind
            && old != kind
        {
            emit(self.take(old));
        }
    }

    fn take(&mut self, kind: UnitKind) -> Unit {
        let frame = Bytes::copy_from_slice(self.bundle.finish());
        self.bundle.clear();
        self.kind = None;
        let capacity = self.lines.len();
        Unit {
            frame,
            kind,
            lines: std::mem::replace(&mut self.lines, Vec::with_capacity(capacity)),
            sent: false,
            settled: false,
            due: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clasp::wire::{Publish, SignalType};

    fn event() -> Message<'static> {
        Message::Publish(Publish::new(SignalType::Event, "/go"))
    }

    const TRUE: (u8, &[u8]) = (1, &[1]);

    #[test]
    fn a_change_of_kind_ends_a_bundle() {
        let (mut packer, mut units) = (Packer::new(false), Vec::new());
        let mut emit = |unit: Unit| units.push((unit.kind, unit.lines));
        packer.set(1, "/a", TRUE, None, &mut emit).unwrap();
        packer.set(2, "/b", TRUE, None, &mut emit).unwrap();
        packer.publish(4, &event(), &mut emit).unwrap();
        packer.set(5, "/a", TRUE, None, &mut emit).unwrap();
        packer.guarded(6, "/a", TRUE, None, 9, &mut emit).unwrap();
        packer.set(7, "/a", TRUE, None, &mut emit).unwrap();
        packer.flush(&mut emit);
        packer.flush(&mut emit);
        assert_eq!(
            units,
            [
                (UnitKind::Sets, vec![1, 2]),
                (UnitKind::Publishes, vec![4]),
                (UnitKind::Sets, vec![5]),
                (UnitKind::Guarded, vec![6]),
                (UnitKind::Sets, vec![7]),
            ]
        );
    }

    #[test]
    fn a_full_bundle_makes_room_and_no_line_is_lost() {
        let (mut packer, mut units) = (Packer::new(false), Vec::new());
        for line in 1..=10_000 {
            packer
                .set(line, "/lights/front", (7, &[0; 8]), None, |unit| {
                    units.push(unit)
                })
                .unwrap();
        }
        packer.flush(|unit| units.push(unit));
        let lines: Vec<u64> = units.iter().flat_map(|unit| unit.lines.clone()).collect();
        assert_eq!(lines, (1..=10_000).collect::<Vec<_>>());
        assert!(units.len() < 10, "{} bundles", units.len());
        assert!(units.iter().all(|unit| unit.frame.len() <= 65_539));
    }

    #[test]
    fn a_bundle_splits_into_its_operations() {
        let (mut packer, mut units) = (Packer::new(false), Vec::new());
        packer.set(3, "/a", TRUE, None, |_| {}).unwrap();
        packer
            .set(8, "/b", TRUE, Some(Ttl::Sliding(5)), |_| {})
            .unwrap();
        packer.flush(|unit| units.push(unit));
        let split = units[0].split(1);
        assert_eq!(
            split.iter().map(Unit::first_line).collect::<Vec<_>>(),
            [3, 8]
        );
        let frame = wire::decode(&split[1].frame).unwrap();
        assert!(
            matches!(&frame.message, Message::Set(set) if set.address == "/b"
                && set.ttl == Some(Ttl::Sliding(5)))
        );
    }

    #[test]
    fn alone_an_event_is_still_acknowledged() {
        let (mut packer, mut units) = (Packer::new(true), Vec::new());
        packer
            .publish(1, &event(), |unit| units.push(unit))
            .unwrap();
        packer
            .publish(2, &event(), |unit| units.push(unit))
            .unwrap();
        assert_eq!(units.len(), 2);
        let frame = wire::decode(&units[1].frame).unwrap();
        assert!(matches!(&frame.message, Message::Bundle(bundle) if bundle.messages.len() == 1));
    }
}
