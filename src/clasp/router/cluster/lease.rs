//! The lease of this router, and fences. Takes the time and what comes back from the stream; gives the
//! message that renews the lease, and what waited for it.
//!
//! A renewed lease is a fence, too: when it comes back from the stream, everything that was stored before it
//! was requested has been received.

use serde::{Deserialize, Serialize};

use super::writes::Id;
use super::{Cluster, api, nats, text};
use crate::clasp::router::subscriptions::Key;

/// How often the lease is renewed, in µs.
pub(super) const RENEW: u64 = 1_000_000;

/// How long after it was last seen a lease is relied on, in µs: shorter than its TTL.
const LEASE_DOUBT: u64 = 8_000_000;

/// The content of a lease: the state of its router.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Lease {
    /// The router.
    pub router: u64,
    /// Its number as a fence.
    pub fence: u64,
    /// The sequence of the last message of the stream that it has applied.
    pub position: u64,
    /// The number of events and gestures it has sent.
    pub events: u64,
    /// The number of its sessions.
    pub sessions: usize,
    /// The number of locks its sessions hold.
    pub locks: usize,
    /// What does not change.
    #[serde(flatten)]
    pub about: About,
}

/// The constant facts about a router.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its name.
    pub name: String,
    /// Its URL for clients.
    pub url: String,
    /// Its process id.
    pub pid: u32,
    /// When it was started, in µs since the epoch.
    pub started: u64,
}

/// What waits for a fence.
#[derive(Debug, Clone)]
pub enum Waiting {
    /// A write that is checked again.
    Write(Id),
    /// A GET of a session.
    Get(Key, Id, Box<str>),
}

/// Fences: when one is received from the stream, everything stored before it was requested has been
/// received.
#[derive(Debug, Default)]
pub(super) struct Fence {
    asked: u64,
    sent: u64,
    seen: u64,
    is_under_way: bool,
}

impl Cluster {
    /// Whether the own lease is stored.
    pub fn has_lease(&self) -> bool {
        self.routers.contains_key(&self.lease)
    }

    /// Renews the lease, which is a fence as well.
    pub fn renew(&mut self, sessions: usize, now: u64) {
        self.renewed = now;
        self.fence.sent = self.fence.asked.max(self.fence.sent + 1);
        self.fence.asked = self.fence.sent;
        self.fence.is_under_way = true;
        let lease = Lease {
            router: self.id,
            fence: self.fence.sent,
            position: self.position,
            events: self.events.sent(),
            sessions,
            locks: self.locks,
            about: self.about.clone(),
        };
        // A struct of numbers and texts.
        let body = serde_json::to_vec(&lease).unwrap_or_default();
        let head = format!("NATS/1.0\r\nNats-TTL: {}\r\n\r\n", api::LEASE_TTL);
        let subject = self.names.lease(&text(self.lease));
        let (length, total) = (head.len(), head.len() + body.len());
        nats::put(
            &mut self.out,
            format_args!("HPUB {subject} {length} {total}\r\n{head}"),
        );
        self.out.extend_from_slice(&body);
        self.out.extend_from_slice(b"\r\n");
        self.wake();
    }

    /// Requests a fence: `who` is called when everything stored by now has been received.
    pub fn fence(&mut self, who: Waiting) {
        // One that is under way may be older than what is asked for.
        self.fence.asked = self.fence.sent + 1;
        self.fenced.push((self.fence.asked, who));
    }

    /// Requests the fences again that something waits for: one that was sent may have been lost with
    /// the connection.
    pub(super) fn fence_again(&mut self) {
        self.fence.is_under_way = false;
        if !self.fenced.is_empty() {
            self.fence.asked = self.fence.sent + 1;
        }
    }

    /// Whether to send a fence; only one is under way at a time.
    pub fn is_fence_due(&self) -> bool {
        self.is_live() && self.fence.asked > self.fence.sent && !self.fence.is_under_way
    }

    /// Handles the own lease received from the stream, as the fence of this number; gives what waited
    /// for it.
    pub fn own_lease(&mut self, fence: u64, now: u64) -> Vec<Waiting> {
        self.seen = now;
        self.lease_seen = now;
        self.fence.seen = self.fence.seen.max(fence);
        self.fence.is_under_way &= fence < self.fence.sent;
        let seen = self.fence.seen;
        let all = std::mem::take(&mut self.fenced);
        let (due, later) = all.into_iter().partition(|(number, _)| *number <= seen);
        self.fenced = later;
        due.into_iter().map(|(_, who)| who).collect()
    }

    /// Whether the lease may expire before it is seen again.
    pub fn is_lease_in_doubt(&self, now: u64) -> bool {
        now.saturating_sub(self.lease_seen) > LEASE_DOUBT
    }

    /// Sets a new lease for this router, because its own has expired. It is stored before any lock
    /// that a session gets under it: a router that does not know the lease takes no notice of those.
    pub fn take_other_lease(&mut self, lease: u64, sessions: usize, now: u64) {
        self.lease = lease;
        self.lease_seen = u64::MAX;
        self.renew(sessions, now);
    }
}
