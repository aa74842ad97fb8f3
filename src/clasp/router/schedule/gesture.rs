//! Limits the rate of gesture moves. Takes the frames of gestures, gives those to deliver now.
//!
//! At most 60 moves a second are delivered for each gesture; the last move before an end is always
//! delivered. Starts, ends and cancels are never held.

use std::collections::HashMap;

use bytes::Bytes;

use super::super::limits;
use super::super::subscriptions::Key;
use super::DueQueue;
use crate::clasp::wire::Phase;

/// The least time between two moves of a gesture, in µs.
const SPACING: u64 = 1_000_000 / limits::FRAME_RATE;

/// Identifies a gesture: its session, address and id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GestureKey {
    /// The session.
    pub session: Key,
    /// The address.
    pub address: Box<str>,
    /// The id at that address.
    pub id: u32,
}

/// The active gestures.
#[derive(Debug, Default)]
pub struct Gestures {
    active: HashMap<GestureKey, Active>,
    counts: HashMap<Key, usize>,
    due: DueQueue<GestureKey>,
}

#[derive(Debug)]
struct Active {
    /// When a frame of it was last delivered.
    shown: u64,
    held: Option<Bytes>,
}

/// What to do with a frame.
#[derive(Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Deliver it.
    Pass,
    /// It is held until it is due, or replaced by a later one.
    Held,
    /// Deliver this held frame, then the new one.
    PassAfter(Bytes),
}

impl Gestures {
    /// Handles a frame of a gesture.
    pub fn frame(&mut self, name: GestureKey, phase: Phase, frame: &[u8], now: u64) -> Delivery {
        let Some(active) = self.active.get_mut(&name) else {
            let count = self.counts.entry(name.session).or_default();
            // Gestures beyond the session's limit are not tracked: never held, and not cancelled at
            // its end.
            if matches!(phase, Phase::Start | Phase::Move) && *count < limits::GESTURES {
                *count += 1;
                self.active.insert(
                    name,
                    Active {
                        shown: now,
                        held: None,
                    },
                );
            }
            return Delivery::Pass;
        };
        match phase {
            Phase::Move if now < active.shown + SPACING => {
                let held = active.held.replace(Bytes::copy_from_slice(frame));
                if held.is_none() {
                    self.due.push(active.shown + SPACING, name);
                }
                return Delivery::Held;
            }
            Phase::Move => {
                active.shown = now;
                active.held = None;
                return Delivery::Pass;
            }
            Phase::Start | Phase::End | Phase::Cancel => {}
        }
        active.shown = now;
        let held = active.held.take();
        if phase != Phase::Start {
            self.remove(&name);
        }
        held.map_or(Delivery::Pass, Delivery::PassAfter)
    }

    fn remove(&mut self, name: &GestureKey) {
        if self.active.remove(name).is_some()
            && let Some(count) = self.counts.get_mut(&name.session)
        {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&name.session);
            }
        }
    }

    /// When to call [`release`](Self::release) next.
    pub fn due(&self) -> Option<u64> {
        self.due.due()
    }

    /// The next held move that is due.
    pub fn release(&mut self, now: u64) -> Option<(GestureKey, Bytes)> {
        while let Some(name) = self.due.pop(now) {
            if let Some(active) = self.active.get_mut(&name)
                && let Some(held) = active.held.take()
            {
                active.shown = now;
                return Some((name, held));
            }
        }
        None
    }

    /// Removes the gestures of a session, and gives each with its held move.
    pub fn end_session(&mut self, session: Key) -> Vec<(GestureKey, Option<Bytes>)> {
        if self.counts.remove(&session).is_none() {
            return Vec::new();
        }
        self.active
            .extract_if(|name, _| name.session == session)
            .map(|(name, active)| (name, active.held))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000;

    fn name() -> GestureKey {
        GestureKey {
            session: 1,
            address: "/fader".into(),
            id: 7,
        }
    }

    #[test]
    fn of_many_moves_sixty_a_second_come_and_the_last_before_the_end() {
        let mut gestures = Gestures::default();
        let mut shown = Vec::new();
        let mut feed = |phase, number: u8, at: u64| {
            while let Some((_, frame)) = gestures.release(at) {
                shown.push(frame[0]);
            }
            match gestures.frame(name(), phase, &[number], at) {
                Delivery::Pass => shown.push(number),
                Delivery::Held => {}
                Delivery::PassAfter(held) => shown.extend([held[0], number]),
            }
        };
        feed(Phase::Start, 0, 0);
        for i in 1..=100 {
            feed(Phase::Move, i, u64::from(i) * MS);
        }
        feed(Phase::End, 101, 100 * MS);
        assert!(shown.is_sorted(), "{shown:?}");
        assert!((8..=10).contains(&shown.len()), "{shown:?}");
        assert_eq!(shown.first(), Some(&0));
        assert!(shown.ends_with(&[100, 101]), "{shown:?}");
        assert_eq!(gestures.release(u64::MAX), None);
        assert!(gestures.active.is_empty() && gestures.counts.is_empty());
    }

    #[test]
    fn a_lost_session_leaves_its_gestures_to_be_cancelled() {
        let mut gestures = Gestures::default();
        gestures.frame(name(), Phase::Start, b"s", 0);
        gestures.frame(name(), Phase::Move, b"m", 1);
        let left = gestures.end_session(1);
        assert_eq!(left, [(name(), Some(Bytes::from_static(b"m")))]);
        assert!(gestures.end_session(1).is_empty());
        assert_eq!(gestures.release(u64::MAX), None);
    }

    #[test]
    fn beyond_the_limit_none_is_held() {
        let mut gestures = Gestures::default();
        let numbered = |id| GestureKey { id, ..name() };
        for id in 0..=u32::try_from(limits::GESTURES).expect("few") {
            gestures.frame(numbered(id), Phase::Start, b"s", 0);
        }
        let last = numbered(u32::try_from(limits::GESTURES).expect("few"));
        assert_eq!(gestures.frame(last, Phase::Move, b"m", 1), Delivery::Pass);
        assert_eq!(
            gestures.frame(numbered(0), Phase::Move, b"m", 1),
            Delivery::Held
        );
    }
}
