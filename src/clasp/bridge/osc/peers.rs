//! Decides which peers receive the router's messages. No I/O, and the time is a parameter.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

/// The limit of remembered senders. The sender that has been silent for longest is removed first.
const PEERS_MAX: usize = 1_000;

/// The receivers of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// These addresses.
    Targets(Vec<SocketAddr>),
    /// The peer that has sent last.
    Last,
    /// All peers that have sent within this time.
    Recent(Duration),
}

/// The peers that send and receive packets, by their addresses.
#[derive(Debug)]
pub struct Peers {
    to: To,
    /// The port to send to, if it differs from the port from which the peer sends.
    reply_port: Option<u16>,
    heard: HashMap<SocketAddr, Instant>,
    last: Option<SocketAddr>,
}

impl Peers {
    /// Starts without any known sender.
    pub fn new(to: To, reply_port: Option<u16>) -> Peers {
        Peers {
            to,
            reply_port,
            heard: HashMap::new(),
            last: None,
        }
    }

    /// Records that a packet has arrived from this address.
    pub fn heard(&mut self, from: SocketAddr, now: Instant) {
        self.last = Some(from);
        if !matches!(self.to, To::Recent(_)) {
            return;
        }
        if self.heard.len() >= PEERS_MAX && !self.heard.contains_key(&from) {
            let oldest = self.heard.iter().min_by_key(|(_, at)| **at);
            if let Some(oldest) = oldest.map(|(peer, _)| *peer) {
                self.heard.remove(&oldest);
            }
        }
        self.heard.insert(from, now);
    }

    /// The receivers of a message, without `not_to`, the peer from which it came, if any.
    pub fn targets(&mut self, not_to: Option<SocketAddr>, now: Instant) -> Vec<SocketAddr> {
        let reply_port = self.reply_port;
        let reply = |peer: &SocketAddr| {
            let port = reply_port.unwrap_or(peer.port());
            SocketAddr::new(peer.ip(), port)
        };
        let is_other = |peer: &&SocketAddr| Some(**peer) != not_to;
        match &self.to {
            // A device may send from another port than the one where it listens, so compare the
            // host only.
            To::Targets(targets) => targets
                .iter()
                .filter(|target| not_to.is_none_or(|from| from.ip() != target.ip()))
                .copied()
                .collect(),
            To::Last => self.last.iter().filter(is_other).map(reply).collect(),
            To::Recent(ttl) => {
                let ttl = *ttl;
                self.heard.retain(|_, at| *at + ttl > now);
                let mut targets: Vec<_> = self.heard.keys().filter(is_other).map(reply).collect();
                targets.sort_unstable();
                targets.dedup();
                targets
            }
        }
    }

    /// Whether the receivers are a fixed list.
    pub fn are_fixed(&self) -> bool {
        matches!(self.to, To::Targets(_))
    }

    /// How many receivers are known.
    pub fn count(&self) -> usize {
        match &self.to {
            To::Targets(targets) => targets.len(),
            To::Last => self.last.iter().count(),
            To::Recent(_) => self.heard.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(host: u8, port: u16) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, host], port))
    }

    #[test]
    fn who_is_sent_to() {
        let now = Instant::now();
        let ttl = Duration::from_secs(10);
        let later = now + Duration::from_secs(5);
        let (a, b) = (peer(1, 50_000), peer(2, 60_000));
        let (fixed, other) = (peer(1, 9_000), peer(3, 9_000));
        let table = [
            (
                To::Targets(vec![fixed, other]),
                None,
                None,
                vec![fixed, other],
            ),
            (To::Targets(vec![fixed, other]), None, Some(a), vec![other]),
            (To::Last, None, None, vec![b]),
            (To::Last, None, Some(a), vec![b]),
            (To::Last, None, Some(b), vec![]),
            (To::Last, Some(9_000), None, vec![peer(2, 9_000)]),
            (To::Recent(ttl), None, None, vec![a, b]),
            (To::Recent(ttl), None, Some(a), vec![b]),
            (To::Recent(ttl), Some(9_000), Some(b), vec![fixed]),
            (To::Recent(Duration::from_secs(2)), None, None, vec![b]),
        ];
        for (to, reply_port, not_to, expected) in table {
            let mut peers = Peers::new(to.clone(), reply_port);
            assert!(to == To::Targets(vec![fixed, other]) || peers.targets(None, now).is_empty());
            peers.heard(a, now);
            peers.heard(b, later);
            assert_eq!(
                peers.targets(not_to, later),
                expected,
                "{to:?} {reply_port:?} {not_to:?}"
            );
        }
    }

    #[test]
    fn ten_thousand_senders_are_no_more_than_a_thousand_peers() {
        let mut now = Instant::now();
        let mut peers = Peers::new(To::Recent(Duration::from_secs(60)), None);
        for port in 1..=10_000 {
            now += Duration::from_millis(1);
            peers.heard(peer(1, port), now);
        }
        let targets = peers.targets(None, now);
        assert_eq!((targets.len(), peers.count()), (PEERS_MAX, PEERS_MAX));
        assert_eq!(targets[0], peer(1, 9_001), "the last to be heard are kept");
    }
}
