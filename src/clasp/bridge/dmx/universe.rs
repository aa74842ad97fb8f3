//! One universe between its sources and the router: merged frames enter, the channels that are to be
//! written leave; what the router says enters, whether it is an echo leaves. Pure.
//!
//! A router sends a written param to its writer, too. At 44 frames a second of 512 channels that is
//! too much for [`echo`](crate::clasp::bridge::echo), which knows addresses and any value.

use std::collections::VecDeque;
use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

use super::CHANNELS;
use super::merge::Merge;
use super::output::Output;

/// How long the router may take to send back what was written.
const ROUTER_WINDOW: Duration = Duration::from_secs(5);

/// How many values of a channel may be on their way: those of the window.
const PENDING_MAX: usize = 256;

/// What is known of a universe.
#[derive(Debug)]
pub struct Universe<S> {
    /// Its sources.
    pub merge: Merge<S>,
    /// What it is sent with, if it is.
    pub output: Option<Output>,
    /// What the sources have made of each channel so far.
    input: [Option<u8>; CHANNELS],
    /// What the router has, as far as is known.
    known: [Option<u8>; CHANNELS],
    /// What was written and has not been heard from the router; empty before the first.
    pending: Vec<Pending>,
}

#[derive(Debug, Clone)]
struct Pending {
    values: VecDeque<u8>,
    /// When the last of them was written.
    last: Instant,
}

impl<S: Eq + Hash + Clone> Universe<S> {
    /// A universe of which nothing is known.
    pub fn new(merge: Merge<S>) -> Universe<S> {
        Universe {
            merge,
            output: None,
            input: [None; CHANNELS],
            known: [None; CHANNELS],
            pending: Vec::new(),
        }
    }

    /// The channels whose level is another than before by the sources, and than the router has.
    pub fn changes(&mut self) -> Vec<(usize, u8)> {
        let mut changes = Vec::new();
        for (channel, level) in self.merge.merged().into_iter().enumerate() {
            let Some(level) = level else { continue };
            let before = self.input[channel].replace(level);
            if before.or(self.known[channel]) != Some(level) {
                changes.push((channel, level));
            }
        }
        changes
    }

    /// What the sources have made of the channels so far; 0 where none has one.
    pub fn levels(&self) -> impl Iterator<Item = u8> {
        self.input.iter().map(|level| level.unwrap_or_default())
    }

    /// A channel is being written to the router. With `newest`, values that are still on their way
    /// will not be heard.
    pub fn note(&mut self, channel: usize, level: u8, newest: bool, now: Instant) {
        if self.pending.is_empty() {
            let nothing = Pending {
                values: VecDeque::new(),
                last: now,
            };
            self.pending = vec![nothing; CHANNELS];
        }
        self.known[channel] = Some(level);
        let pending = &mut self.pending[channel];
        if newest || pending.last + ROUTER_WINDOW <= now {
            pending.values.clear();
        } else if pending.values.len() >= PENDING_MAX {
            pending.values.pop_front();
        }
        pending.values.push_back(level);
        pending.last = now;
    }

    /// The router says that a channel has this level. Whether that is what was written here: echoes
    /// come in order, and some may be left out.
    pub fn is_echo(&mut self, channel: usize, level: u8, held: bool, now: Instant) -> bool {
        let Some(pending) = self.pending.get_mut(channel) else {
            return false;
        };
        if !held && pending.last + ROUTER_WINDOW <= now {
            pending.values.clear();
        }
        let at = pending.values.iter().position(|value| *value == level);
        if let Some(at) = at {
            pending.values.drain(..=at);
        }
        at.is_some()
    }

    /// The router has this level, written by somebody else. Whether that is news.
    pub fn learn(&mut self, channel: usize, level: u8) -> bool {
        self.known[channel].replace(level) != Some(level)
    }

    /// What is to be written again after a lost connection: what the router has not told of, and
    /// what the sources hold, unless somebody else has written there since.
    pub fn again(&self) -> Vec<(usize, u8)> {
        let mut again = Vec::new();
        for channel in 0..CHANNELS {
            let pending = self.pending.get(channel);
            let unheard = pending.and_then(|pending| pending.values.back().copied());
            let held = self.input[channel]
                .filter(|level| !self.merge.is_empty() && self.known[channel] == Some(*level));
            again.extend(unheard.or(held).map(|level| (channel, level)));
        }
        again
    }
}

#[cfg(test)]
mod tests {
    use super::super::merge::{Kind, Packet, Rule};
    use super::*;

    const TIMEOUT: Duration = Duration::from_millis(2_500);

    fn frame(universe: &mut Universe<u8>, slots: &[u8], now: Instant) -> Vec<(usize, u8)> {
        let packet = Packet {
            kind: Kind::Levels,
            priority: 100,
            sequence: None,
            may_repeat: false,
            slots,
            hold: None,
        };
        universe.merge.packet(&1, &packet, now).expect("it is used");
        let changes = universe.changes();
        for (channel, level) in &changes {
            universe.note(*channel, *level, false, now);
        }
        changes
    }

    #[test]
    fn only_what_changes_is_written_and_its_echo_is_known() {
        let now = Instant::now();
        let mut universe = Universe::new(Merge::new(Rule::Htp, TIMEOUT));
        universe.learn(1, 7);
        assert_eq!(frame(&mut universe, &[5, 7], now), [(0, 5)]);
        assert_eq!(frame(&mut universe, &[5, 7], now), []);
        assert_eq!(frame(&mut universe, &[6, 7, 0], now), [(0, 6), (2, 0)]);
        assert!(universe.is_echo(0, 5, false, now));
        assert!(!universe.is_echo(0, 5, false, now), "once");
        assert!(universe.is_echo(0, 6, false, now));
        assert!(!universe.is_echo(1, 7, false, now), "it was not written");
        assert!(universe.is_echo(2, 0, false, now));
    }

    #[test]
    fn what_somebody_else_writes_stays_until_the_source_changes_it() {
        let now = Instant::now();
        let mut universe = Universe::new(Merge::new(Rule::Htp, TIMEOUT));
        frame(&mut universe, &[5], now);
        assert!(universe.is_echo(0, 5, false, now));
        assert!(!universe.is_echo(0, 9, false, now));
        assert!(universe.learn(0, 9));
        assert_eq!(frame(&mut universe, &[5], now), []);
        assert_eq!(frame(&mut universe, &[9], now), [(0, 9)]);
        assert_eq!(frame(&mut universe, &[5], now), [(0, 5)]);
    }

    #[test]
    fn what_is_written_again() {
        let now = Instant::now();
        let mut universe = Universe::new(Merge::new(Rule::Htp, TIMEOUT));
        frame(&mut universe, &[1, 2, 3], now);
        for (channel, level) in [(0, 1), (1, 2)] {
            assert!(universe.is_echo(channel, level, false, now));
        }
        universe.learn(1, 50);
        // The first is held by the source, the second was changed by somebody else, the third was
        // never heard of.
        assert_eq!(universe.again(), [(0, 1), (2, 3)]);
        universe.merge.remove(&1);
        assert_eq!(universe.again(), [(2, 3)]);
    }

    #[test]
    fn an_echo_that_never_comes_is_forgotten() {
        let now = Instant::now();
        let mut universe: Universe<u8> = Universe::new(Merge::new(Rule::Htp, TIMEOUT));
        universe.note(0, 5, false, now);
        assert!(!universe.is_echo(0, 5, false, now + ROUTER_WINDOW));
        for level in 0..10_000 {
            universe.note(0, level as u8, false, now);
        }
        assert_eq!(universe.pending[0].values.len(), PENDING_MAX);
    }
}
