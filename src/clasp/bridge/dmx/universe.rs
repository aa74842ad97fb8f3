//! One universe between its sources and the router. Takes merged frames and gives the channels to
//! write; takes deliveries of the router and says which are echoes. No I/O.
//!
//! A router also sends a written param to its writer. For 44 frames a second of 512 channels this is
//! cheaper than [`echo`](crate::clasp::bridge::echo), which stores addresses and values of any type.

use std::collections::VecDeque;
use std::hash::Hash;

use tokio::time::Instant;

use crate::clasp::bridge::echo::ROUTER_WINDOW;

use super::CHANNELS;
use super::merge::Merge;
use super::output::Output;

/// How many written values of a channel may be unconfirmed: at 44 frames a second, as many as are
/// written in 46 s. A connection on which nobody reads ends sooner.
const PENDING_MAX: usize = 2_048;

/// What the router does with written values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouterState {
    /// It reads them: each comes back within [`ROUTER_WINDOW`], or never.
    Reads,
    /// It does not read at the moment: they come back later.
    Stalled,
    /// The connection is lost: of each channel the newest value is written again later.
    Gone,
}

/// A universe.
#[derive(Debug)]
pub struct Universe<S> {
    /// Its sources.
    pub merge: Merge<S>,
    /// The levels to send, if it is sent.
    pub output: Option<Output>,
    /// The merged level of each channel.
    input: [Option<u8>; CHANNELS],
    /// The level that the router has, as far as is known.
    known: [Option<u8>; CHANNELS],
    /// The written levels that the router has not confirmed; empty before the first write.
    pending: Vec<Pending>,
}

#[derive(Debug, Clone)]
struct Pending {
    values: VecDeque<u8>,
    /// When the last level was written.
    last: Instant,
}

impl Pending {
    /// Whether the values will not come back any more.
    fn is_too_old(&self, router: RouterState, now: Instant) -> bool {
        router == RouterState::Reads && self.last + ROUTER_WINDOW <= now
    }
}

impl<S: Eq + Hash + Clone> Universe<S> {
    /// A universe without sources and levels.
    pub fn new(merge: Merge<S>) -> Universe<S> {
        Universe {
            merge,
            output: None,
            input: [None; CHANNELS],
            known: [None; CHANNELS],
            pending: Vec::new(),
        }
    }

    /// The channels whose merged level has changed and differs from the router's.
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

    /// The merged levels; 0 where no source has one.
    pub fn levels(&self) -> impl Iterator<Item = u8> {
        self.input.iter().map(|level| level.unwrap_or_default())
    }

    /// Records that a channel is being written to the router.
    pub fn note(&mut self, channel: usize, level: u8, router: RouterState, now: Instant) {
        if self.pending.is_empty() {
            let nothing = Pending {
                values: VecDeque::new(),
                last: now,
            };
            self.pending = vec![nothing; CHANNELS];
        }
        self.known[channel] = Some(level);
        let pending = &mut self.pending[channel];
        if router == RouterState::Gone || pending.is_too_old(router, now) {
            pending.values.clear();
        } else if pending.values.len() >= PENDING_MAX {
            pending.values.pop_front();
        }
        pending.values.push_back(level);
        pending.last = now;
    }

    /// Handles a level that the router delivers. Gives whether it is an echo: echoes arrive in order,
    /// and some may be missing.
    pub fn is_echo(
        &mut self,
        channel: usize,
        level: u8,
        router: RouterState,
        now: Instant,
    ) -> bool {
        let Some(pending) = self.pending.get_mut(channel) else {
            return false;
        };
        if pending.is_too_old(router, now) {
            pending.values.clear();
        }
        let at = pending.values.iter().position(|value| *value == level);
        if let Some(at) = at {
            pending.values.drain(..=at);
        }
        at.is_some()
    }

    /// The router reads again: what it has not confirmed may come back from now on.
    pub fn router_reads_again(&mut self, now: Instant) {
        for pending in &mut self.pending {
            if !pending.values.is_empty() {
                pending.last = now;
            }
        }
    }

    /// Records a level that another client has written. Gives whether it is new.
    pub fn learn(&mut self, channel: usize, level: u8) -> bool {
        self.known[channel].replace(level) != Some(level)
    }

    /// The levels to write again after a lost connection: those that the router has not confirmed, and
    /// those that sources hold, unless another client has written there since.
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
    use std::time::Duration;

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
            universe.note(*channel, *level, RouterState::Reads, now);
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
        assert!(universe.is_echo(0, 5, RouterState::Reads, now));
        assert!(!universe.is_echo(0, 5, RouterState::Reads, now), "once");
        assert!(universe.is_echo(0, 6, RouterState::Reads, now));
        assert!(
            !universe.is_echo(1, 7, RouterState::Reads, now),
            "it was not written"
        );
        assert!(universe.is_echo(2, 0, RouterState::Reads, now));
    }

    #[test]
    fn what_somebody_else_writes_stays_until_the_source_changes_it() {
        let now = Instant::now();
        let mut universe = Universe::new(Merge::new(Rule::Htp, TIMEOUT));
        frame(&mut universe, &[5], now);
        assert!(universe.is_echo(0, 5, RouterState::Reads, now));
        assert!(!universe.is_echo(0, 9, RouterState::Reads, now));
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
            assert!(universe.is_echo(channel, level, RouterState::Reads, now));
        }
        universe.learn(1, 50);
        // The source holds the first channel, another client has changed the second, and the router
        // has never confirmed the third.
        assert_eq!(universe.again(), [(0, 1), (2, 3)]);
        universe.merge.remove(&1);
        assert_eq!(universe.again(), [(2, 3)]);
    }

    #[test]
    fn an_echo_that_never_comes_is_forgotten() {
        let now = Instant::now();
        let mut universe: Universe<u8> = Universe::new(Merge::new(Rule::Htp, TIMEOUT));
        universe.note(0, 5, RouterState::Reads, now);
        assert!(!universe.is_echo(0, 5, RouterState::Reads, now + ROUTER_WINDOW));
        for level in 0..10_000 {
            universe.note(0, level as u8, RouterState::Reads, now);
        }
        assert_eq!(universe.pending[0].values.len(), PENDING_MAX);
    }

    #[test]
    fn the_echoes_of_a_router_that_did_not_read_are_known_when_it_reads_again() {
        let now = Instant::now();
        let mut universe: Universe<u8> = Universe::new(Merge::new(Rule::Htp, TIMEOUT));
        universe.note(0, 5, RouterState::Reads, now);
        let later = now + 10 * ROUTER_WINDOW;
        universe.note(0, 6, RouterState::Stalled, later);
        let again = later + 2 * ROUTER_WINDOW;
        universe.router_reads_again(again);
        let soon = again + ROUTER_WINDOW / 2;
        assert!(universe.is_echo(0, 5, RouterState::Reads, soon));
        assert!(universe.is_echo(0, 6, RouterState::Reads, soon));
        universe.note(0, 7, RouterState::Stalled, soon);
        universe.router_reads_again(soon);
        let too_late = soon + ROUTER_WINDOW;
        assert!(!universe.is_echo(0, 7, RouterState::Reads, too_late));
    }
}
