//! The receivers of each universe. Takes the replies of nodes and the polls of controllers, gives
//! addresses. No I/O, and the time is a parameter.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::time::Instant;

/// The limit of remembered nodes; the one that was silent for longest is forgotten first.
const NODES_MAX: usize = 1_000;

/// A node that was silent for this long, three polls, is forgotten.
const SILENCE: Duration = Duration::from_secs(10);

/// Nodes, and controllers that polled us.
#[derive(Debug, Default)]
pub struct Nodes {
    /// By address and bind index: the universes that a node outputs, and when it replied.
    nodes: HashMap<(Ipv4Addr, u8), (Vec<u16>, Instant)>,
    /// When each controller polled us last.
    pollers: HashMap<Ipv4Addr, Instant>,
    /// Our own addresses, as far as they are known.
    own: Vec<Ipv4Addr>,
}

impl Nodes {
    /// Records the universes that a node outputs. Gives those that it did not output before.
    pub fn replied(
        &mut self,
        from: Ipv4Addr,
        bind_index: u8,
        outputs: &[u16],
        now: Instant,
    ) -> Vec<u16> {
        let key = (from, bind_index);
        make_room(&mut self.nodes, &key, |(_, seen)| *seen);
        let before = self.nodes.insert(key, (outputs.to_vec(), now));
        let had = |universe: &u16| {
            before
                .as_ref()
                .is_some_and(|(universes, _)| universes.contains(universe))
        };
        outputs
            .iter()
            .copied()
            .filter(|universe| !had(universe))
            .collect()
    }

    /// Records a poll. Gives whether the controller is new.
    pub fn polled(&mut self, from: Ipv4Addr, now: Instant) -> bool {
        if self.is_own(from) {
            return false;
        }
        make_room(&mut self.pollers, &from, |seen| *seen);
        self.pollers.insert(from, now).is_none()
    }

    /// Records one of our own addresses.
    pub fn learn_own(&mut self, address: Ipv4Addr) {
        self.pollers.remove(&address);
        if !self.is_own(address) && self.own.len() < NODES_MAX {
            self.own.push(address);
        }
    }

    /// Whether this is our own address.
    pub fn is_own(&self, address: Ipv4Addr) -> bool {
        self.own.contains(&address)
    }

    /// The receivers of a universe: the nodes that output it, and the controllers that polled us.
    pub fn targets(&self, universe: u16) -> Vec<Ipv4Addr> {
        let nodes = self
            .nodes
            .iter()
            .filter(|(_, (universes, _))| universes.contains(&universe))
            .map(|((address, _), _)| *address);
        let mut targets: Vec<Ipv4Addr> = nodes.chain(self.pollers.keys().copied()).collect();
        targets.sort_unstable();
        targets.dedup();
        targets
    }

    /// Forgets those that were silent for too long, and gives their addresses.
    pub fn expire(&mut self, now: Instant) -> Vec<Ipv4Addr> {
        let nodes = self
            .nodes
            .extract_if(|_, (_, seen)| *seen + SILENCE <= now)
            .map(|((address, _), _)| address);
        let mut gone: Vec<Ipv4Addr> = nodes.collect();
        gone.extend(
            self.pollers
                .extract_if(|_, seen| *seen + SILENCE <= now)
                .map(|(address, _)| address),
        );
        gone.sort_unstable();
        gone.dedup();
        gone
    }

    /// When to call [`expire`](Self::expire).
    pub fn due(&self) -> Option<Instant> {
        let nodes = self.nodes.values().map(|(_, seen)| *seen);
        let seen = nodes.chain(self.pollers.values().copied()).min();
        seen.map(|seen| seen + SILENCE)
    }

    /// The number of receivers.
    pub fn len(&self) -> usize {
        let nodes = self.nodes.keys().map(|(address, _)| *address);
        let mut all: Vec<Ipv4Addr> = nodes.chain(self.pollers.keys().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    }

    /// Whether there is no receiver.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.pollers.is_empty()
    }
}

/// Forgets the one that was silent for longest, if a new one has no room.
fn make_room<K: Eq + std::hash::Hash + Clone, V>(
    map: &mut HashMap<K, V>,
    key: &K,
    seen: impl Fn(&V) -> Instant,
) {
    if map.len() < NODES_MAX || map.contains_key(key) {
        return;
    }
    let oldest = map.iter().min_by_key(|(_, value)| seen(value));
    if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
        map.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(n: u32) -> Ipv4Addr {
        Ipv4Addr::from(0x0A00_0000 | n)
    }

    #[test]
    fn who_is_sent_a_universe() {
        let now = Instant::now();
        let mut nodes = Nodes::default();
        assert_eq!(nodes.replied(node(1), 1, &[0, 1], now), [0, 1]);
        assert_eq!(nodes.replied(node(1), 2, &[5], now), [5]);
        assert_eq!(nodes.replied(node(1), 1, &[1, 2], now), [2]);
        assert_eq!(nodes.replied(node(2), 1, &[1], now), [1]);
        let later = now + Duration::from_secs(5);
        assert!(nodes.polled(node(3), later) && !nodes.polled(node(3), later));
        assert_eq!(nodes.targets(0), [node(3)]);
        assert_eq!(nodes.targets(1), [node(1), node(2), node(3)]);
        assert_eq!(nodes.targets(5), [node(1), node(3)]);
        assert_eq!(nodes.len(), 3);
        nodes.replied(node(2), 1, &[1], later);
        assert_eq!(nodes.due(), Some(now + SILENCE));
        assert_eq!(nodes.expire(now + SILENCE), [node(1)]);
        assert_eq!(nodes.targets(1), [node(2), node(3)]);
        // Our own address is not a receiver.
        nodes.learn_own(node(3));
        assert!(!nodes.polled(node(3), later));
        assert_eq!(nodes.targets(1), [node(2)]);
    }

    #[test]
    fn ten_thousand_nodes_are_no_more_than_a_thousand() {
        let mut now = Instant::now();
        let mut nodes = Nodes::default();
        for n in 0..10_000 {
            now += Duration::from_micros(100);
            nodes.replied(node(n), 1, &[0], now);
            nodes.polled(node(n), now);
        }
        let targets = nodes.targets(0);
        assert_eq!((targets.len(), nodes.len()), (NODES_MAX, NODES_MAX));
        assert_eq!(targets[0], node(9_000), "the last to be heard are kept");
    }
}
