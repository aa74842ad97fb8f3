//! Many routers, one address space: what this router knows of its cluster, and what it says to the
//! engine (NATS JetStream) that holds it together.
//!
//! ```text
//!   sessions ─▶ hub ─▶ writes ─▶ stream of the engine: one last value for each address
//!                ▲                  │ republished to every router, in the same order
//!                └──── copy ◀───────┘
//! ```
//!
//! - A SET is a message with the sequence that its subject must have (compare-and-set); a bundle is an
//!   atomic batch. Nothing changes here before it comes back from the stream, so every router does the
//!   same in the same order. A revision is the sequence of the write.
//! - [`sync`]: the copy of the stream that every router has, and how it comes to be complete.
//! - [`writes`]: the writes without an outcome. One that was sent when the engine went is looked for
//!   in the stream; what cannot be known is said to be unknown.
//! - [`events`]: events go beside the stream and wait for it.
//! - A router's lease stands in the stream and lives for 10 s unless it is renewed. A lock names the lease of its
//!   session's router and ends with it, at the same place in the stream for all.
//! - [`connection`], [`link`]: the connection. [`status`]: who is in a cluster. [`nats`], [`api`], [`subject`], [`envelope`]: pure.
//!
//! What sessions and the engine do to each other is in `hub/clustered.rs` and `hub/engine.rs`.

pub mod api;
pub mod connection;
pub mod envelope;
pub mod events;
pub mod link;
pub mod nats;
pub mod server;
pub mod status;
pub mod subject;
pub mod sync;
pub mod writes;

use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::task::Waker;

use serde::{Deserialize, Serialize};

use super::metrics;
use super::subscriptions::Key;
use envelope::Envelope;
use events::Events;
use subject::Names;
use sync::{Step, Stored, Sync};
use writes::{Id, Write, Writes};

/// How long the engine may be away before writes are refused and reads are marked, in µs.
pub const GRACE: u64 = 10_000_000;

/// How often the lease is renewed, in µs.
const RENEW: u64 = 1_000_000;

/// When a lease that has not been seen again is no longer relied on, in µs: before it expires.
const LEASE_DOUBT: u64 = 8_000_000;

/// How long a write or a lease that was sent may stay unseen, in µs.
pub const UNSEEN: u64 = 4_000_000;

/// Writes of this router that may be under way: three routers stay below the 10,000 messages that a
/// stream takes in before it refuses more.
const UNDER_WAY: usize = 2_000;

/// Bundles among these: the engine takes 50 at a time for a stream.
const BATCHES: usize = 12;

/// Bytes of writes without an outcome, and bytes for the engine, that may wait before nobody is read
/// any further.
const WAITING_BYTES: usize = 64 * 1024 * 1024;

/// The numbers of the subscriptions.
pub mod subscription {
    /// Replies to this router.
    pub const REPLIES: u64 = 1;
    /// What the stream takes.
    pub const STORED: u64 = 2;
    /// Events of other routers.
    pub const EVENTS: u64 = 3;
    /// Behind these: the copies, by their attempt.
    pub const COPY: u64 = 10;
}

/// What this router knows.
#[derive(Debug)]
pub struct Cluster {
    /// The names of its show in the engine.
    pub names: Names,
    /// What tells this router from all others, for as long as it runs.
    pub id: u64,
    /// Where replies to this router go: this, and one token more.
    inbox: String,
    /// Its lease. It gets another one when this one has expired.
    pub lease: u64,
    about: About,
    /// How far it has come in the stream.
    pub position: u64,
    /// The last sequence of an address, where that is not the revision of a param: what has expired
    /// leaves a marker, and a lock that is given back changes no revision.
    pub sequences: HashMap<Rc<str>, u64>,
    /// The writes without an outcome.
    pub writes: Writes,
    /// The markers among these, the oldest first: when they came, and their sequences.
    markers: VecDeque<(u64, Rc<str>, u64)>,
    /// Events to others and from them.
    pub events: Events,
    /// The routers that have a lease.
    pub routers: HashMap<u64, Lease>,
    /// The sessions that hold locks, by the lease of their router.
    pub holders: HashMap<u64, HashSet<Rc<str>>>,
    /// How many locks the sessions of this router hold.
    locks: usize,
    /// The first messages of a batch whose others have not come.
    pub batch: Vec<Stored>,
    /// Who waits for the fence of this number, or a later one.
    pub fenced: Vec<(u64, Waiting)>,
    /// When params that live anew when they are read were last written again, in µs since the epoch.
    pub touched: HashMap<Rc<str>, u64>,
    fence: Fence,
    tickets: u64,
    is_connected: bool,
    /// The copy that is being made.
    pub sync: Option<Sync>,
    attempts: u64,
    /// Since when the engine does not do its work, in µs since the epoch.
    trouble: Option<u64>,
    is_stale: bool,
    renewed: u64,
    /// When the stream was last seen to work.
    seen: u64,
    /// When the lease was last seen in it.
    lease_seen: u64,
    /// Since when the stream has been shorter than what came from it.
    behind_since: Option<u64>,
    out: Vec<u8>,
    scratch: Vec<u8>,
    waker: Option<Waker>,
}

/// What a lease says of its router.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Lease {
    /// The router.
    pub router: u64,
    /// The number of the fence that it is, too.
    pub fence: u64,
    /// How far it has come in the stream.
    pub position: u64,
    /// How many events and gestures it has sent.
    pub events: u64,
    /// How many sessions it has.
    pub sessions: usize,
    /// How many locks its sessions hold.
    pub locks: usize,
    /// What else there is to say.
    #[serde(flatten)]
    pub about: About,
}

/// What does not change of a router.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its name.
    pub name: String,
    /// Where it listens.
    pub url: String,
    /// Its process.
    pub pid: u32,
    /// Since when it runs, in µs since the epoch.
    pub started: u64,
}

/// Who waits for a fence.
#[derive(Debug, Clone)]
pub enum Waiting {
    /// A write, to be looked at again.
    Write(Id),
    /// A GET of a session.
    Get(Key, Id, Box<str>),
}

/// Everything that was in the stream when a fence was asked for has come when the fence has.
#[derive(Debug, Default)]
struct Fence {
    asked: u64,
    sent: u64,
    seen: u64,
    is_under_way: bool,
}

impl Cluster {
    /// A router that has no connection yet.
    pub fn new(show: &str, id: u64, about: About, now: u64) -> Cluster {
        let names = Names::new(show);
        Cluster {
            inbox: names.inbox(&text(id)),
            names,
            id,
            lease: id,
            about,
            position: 0,
            sequences: HashMap::new(),
            markers: VecDeque::new(),
            writes: Writes::default(),
            events: Events::default(),
            routers: HashMap::new(),
            holders: HashMap::new(),
            locks: 0,
            batch: Vec::new(),
            fenced: Vec::new(),
            touched: HashMap::new(),
            fence: Fence::default(),
            tickets: u64::MAX,
            is_connected: false,
            sync: None,
            attempts: 0,
            trouble: Some(now),
            is_stale: false,
            renewed: 0,
            seen: now,
            lease_seen: now,
            behind_since: None,
            out: Vec::new(),
            scratch: Vec::new(),
            waker: None,
        }
    }

    /// Whether this router's copy is complete and its writes go through.
    pub fn is_live(&self) -> bool {
        self.trouble.is_none()
    }

    /// Whether the engine has been away for so long that writes are refused and reads are marked.
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// Whether there is a connection to the engine.
    pub fn is_connected(&self) -> bool {
        self.is_connected
    }

    /// Since when the engine does not do its work.
    pub fn trouble(&self) -> Option<u64> {
        self.trouble
    }

    /// Whether so much waits for the engine that no session should be read any further.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.writes.bytes() + self.out.len() > WAITING_BYTES
    }

    /// The bytes that are to be sent, in exchange for an empty buffer.
    pub fn take_out(&mut self, empty: Vec<u8>) -> Vec<u8> {
        std::mem::replace(&mut self.out, empty)
    }

    /// Whether there are bytes to be sent.
    pub fn has_out(&self) -> bool {
        !self.out.is_empty()
    }

    /// Whom to wake when there are.
    pub fn listen(&mut self, waker: &Waker) {
        self.waker = Some(waker.clone());
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// There is a connection: asks for what this router needs.
    pub fn connected(&mut self, now: u64) {
        self.is_connected = true;
        self.out.clear();
        let subscriptions = [
            (format!("{}q.*", self.inbox), subscription::REPLIES),
            (self.names.republished(), subscription::STORED),
            (self.names.events().to_owned(), subscription::EVENTS),
        ];
        for (subject, id) in subscriptions {
            nats::put_subscribe(&subject, id, &mut self.out);
        }
        self.begin_sync(now);
    }

    /// The connection is gone. What was not sent yet will not be.
    pub fn disconnected(&mut self, now: u64) {
        self.is_connected = false;
        self.out.clear();
        self.sync = None;
        self.trouble.get_or_insert(now);
    }

    /// The engine does not do its work, or something of the stream has not come: makes a new copy.
    pub fn begin_sync(&mut self, now: u64) {
        self.trouble.get_or_insert(now);
        if !self.is_connected {
            return;
        }
        let before = self.sync.take().map(|sync| sync.attempt);
        if let Some(attempt) = before {
            nats::put_unsubscribe(subscription::COPY + attempt, &mut self.out);
        }
        self.attempts += 1;
        self.batch.clear();
        self.sync = Some(Sync::begin(self.attempts, now));
        let reply = format!("{}q.s{}", self.inbox, self.attempts);
        let subject = format!("$JS.API.STREAM.INFO.{}", self.names.stream());
        nats::put_publish(&subject, &reply, b"", &mut self.out);
        self.wake();
    }

    /// The stream stands here: asks for its values.
    pub fn copy(&mut self, position: u64, now: u64) {
        let inbox = &self.inbox;
        let Some(sync) = &mut self.sync else { return };
        sync.position = position;
        sync.proceed(Step::Consumer, now);
        let attempt = sync.attempt;
        let deliver = format!("{inbox}d.{attempt}");
        nats::put_subscribe(&deliver, subscription::COPY + attempt, &mut self.out);
        let name = format!("{}_{attempt}", text(self.id));
        let filter = self.names.stored();
        let request = api::create_consumer(&self.names, &name, &deliver, &filter);
        let stream = self.names.stream();
        let subject = format!("$JS.API.CONSUMER.CREATE.{stream}.{name}.{filter}");
        let reply = format!("{inbox}q.c{attempt}");
        nats::put_publish(&subject, &reply, &request, &mut self.out);
        self.wake();
    }

    /// The copy is complete. What was republished meanwhile.
    pub fn copied(&mut self, now: u64) -> Option<Sync> {
        let sync = self.sync.take()?;
        nats::put_unsubscribe(subscription::COPY + sync.attempt, &mut self.out);
        self.position = sync.position;
        self.seen = now;
        self.wake();
        Some(sync)
    }

    /// All is well again.
    pub fn recovered(&mut self) {
        self.trouble = None;
        self.behind_since = None;
        self.is_stale = false;
        // One that was sent may have been lost.
        self.fence.is_under_way = false;
        if !self.fenced.is_empty() {
            self.fence.asked = self.fence.sent + 1;
        }
    }

    /// Replies to a consumer that asks whether there is room for more.
    pub fn control_flow(&mut self, reply: &str) {
        nats::put_publish(reply, "", b"", &mut self.out);
        self.wake();
    }

    /// What stood at an address is gone, as a marker of the engine says.
    pub fn expired(&mut self, address: &str, sequence: u64, now: u64) {
        let address: Rc<str> = address.into();
        self.touched.remove(&address);
        self.sequences.insert(address.clone(), sequence);
        self.markers.push_back((now, address, sequence));
    }

    /// The engine has another last sequence than what is known at one of these addresses, which hold
    /// nothing: of markers that may have expired, the oldest are forgotten first.
    pub fn expect(&mut self, addresses: &[Rc<str>], last: u64, now: u64) {
        if let [address] = addresses {
            self.sequences.insert(address.clone(), last);
            return;
        }
        let old = |since: u64| now.saturating_sub(since) > api::MARKER_NS / 1_000 - 60_000_000;
        let markers = self.markers.iter().take_while(|(since, ..)| old(*since));
        let mut expired: Vec<&Rc<str>> = markers
            .filter(|(_, address, _)| addresses.contains(address))
            .map(|(_, address, _)| address)
            .collect();
        if expired.is_empty() {
            expired = addresses.iter().collect();
        }
        for address in expired {
            self.sequences.insert(address.clone(), last);
        }
    }

    /// Forgets who holds no lock any more, and markers that have expired in the engine.
    pub fn prune(&mut self, locks: impl Fn(&str) -> usize, now: u64) {
        for sessions in self.holders.values_mut() {
            sessions.retain(|session| locks(session) > 0);
        }
        let own = self.holders.get(&self.lease);
        self.locks = own
            .into_iter()
            .flatten()
            .map(|session| locks(session))
            .sum();
        while let Some((since, address, sequence)) = self.markers.front()
            && now.saturating_sub(*since) > api::MARKER_NS / 1_000
        {
            if self.sequences.get(address) == Some(sequence) {
                self.sequences.remove(address);
            }
            self.markers.pop_front();
        }
    }

    /// How it stands, for who watches.
    pub fn gauges(&self) -> metrics::Cluster {
        let others = self.routers.values().map(|lease| lease.position);
        metrics::Cluster {
            is_live: self.is_live(),
            is_stale: self.is_stale,
            position: self.position,
            lag: others.max().unwrap_or(0).saturating_sub(self.position),
            routers: self.routers.len(),
            locks: self.locks,
            writes: self.writes.count(),
        }
    }

    /// Does what is due. Whether this router has become stale by it.
    pub fn tick(&mut self, sessions: usize, now: u64) -> bool {
        if self.is_connected && now.saturating_sub(self.renewed) >= RENEW {
            self.renew(sessions, now);
        }
        let is_silent = self.trouble.is_none() && now.saturating_sub(self.seen) > UNSEEN;
        if is_silent || self.sync.as_ref().is_some_and(|sync| sync.is_over(now)) {
            self.begin_sync(now);
        }
        let is_away = |since: u64| now.saturating_sub(since) > GRACE;
        let was_stale = self.is_stale;
        self.is_stale |= self.trouble.is_some_and(is_away);
        self.is_stale && !was_stale
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

    /// Has somebody told when everything that is in the stream by now has come.
    pub fn fence(&mut self, who: Waiting) {
        // One that is under way may be older than what is asked for.
        self.fence.asked = self.fence.sent + 1;
        self.fenced.push((self.fence.asked, who));
    }

    /// Whether a fence is to be sent: one at a time.
    pub fn is_fence_due(&self) -> bool {
        self.is_live() && self.fence.asked > self.fence.sent && !self.fence.is_under_way
    }

    /// The lease of this router has come, as the fence of this number. Who waited for it.
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

    /// The stream is shorter than what came from it: whether that has been so for long.
    pub fn is_behind_for_long(&mut self, now: u64) -> bool {
        let since = *self.behind_since.get_or_insert(now);
        now.saturating_sub(since) > UNSEEN
    }

    /// Another lease for this router, whose own has expired.
    pub fn take_other_lease(&mut self, lease: u64) {
        self.lease = lease;
        self.renewed = 0;
        self.lease_seen = u64::MAX;
    }

    /// A number for a GET that waits; those of writes are far below it.
    pub fn ticket(&mut self) -> Id {
        self.tickets -= 1;
        self.tickets
    }

    /// The next write that can be sent now.
    pub fn next_write(&mut self) -> Option<Id> {
        if !self.is_live() {
            return None;
        }
        self.writes.next(UNDER_WAY, BATCHES)
    }

    /// Sends a write: what stands at each of its addresses, and the sequences that are expected there.
    pub fn send(&mut self, id: Id, messages: &[Outgoing<'_>], now: u64) {
        let (inbox, own) = (&self.inbox, self.id);
        let attempt = self.writes.get(id).map_or(0, Write::next_attempt);
        let count = messages.len();
        for (place, message) in messages.iter().enumerate() {
            let Outgoing {
                address,
                expected,
                seconds,
                envelope,
            } = message;
            let envelope = Envelope {
                router: own,
                write: id,
                place: place as u16,
                count: count as u16,
                ..*envelope
            };
            let body = &mut self.scratch;
            body.clear();
            nats::put(
                body,
                format_args!("NATS/1.0\r\nNats-Expected-Last-Subject-Sequence: {expected}\r\n"),
            );
            if let Some(seconds) = seconds {
                nats::put(body, format_args!("Nats-TTL: {seconds}s\r\n"));
            }
            let is_last = place + 1 == count;
            if count > 1 {
                let number = place + 1;
                nats::put(
                    body,
                    format_args!(
                        "Nats-Batch-Id: {own:x}-{id}-{attempt}\r\nNats-Batch-Sequence: {number}\r\n"
                    ),
                );
                if is_last {
                    body.extend_from_slice(b"Nats-Batch-Commit: 1\r\n");
                }
            }
            body.extend_from_slice(b"\r\n");
            let head = body.len();
            envelope.put(body);
            let out = &mut self.out;
            out.extend_from_slice(b"HPUB ");
            self.names.put_param(address, out);
            if is_last {
                nats::put(out, format_args!(" {inbox}q.w{id}-{attempt}"));
            }
            nats::put(out, format_args!(" {head} {}\r\n", body.len()));
            out.extend_from_slice(body);
            out.extend_from_slice(b"\r\n");
        }
        let expected = messages.iter().map(|message| message.expected).collect();
        self.writes.sent(id, expected, now);
        self.wake();
    }

    /// Sends an event, a sample or a gesture to the other routers.
    pub fn send_event(&mut self, counts: bool, frame: &[u8]) {
        let body = self.events.put(self.id, self.position, counts, frame);
        nats::put_publish(self.names.events(), "", &body, &mut self.out);
        self.wake();
    }

    /// Answers a server that asks whether this router is there.
    pub fn pong(&mut self) {
        self.out.extend_from_slice(b"PONG\r\n");
        self.wake();
    }

    /// Asks the server whether it is there.
    pub fn ping(&mut self) {
        self.out.extend_from_slice(b"PING\r\n");
        self.wake();
    }

    /// The last sequence of an address in the stream, where `revision` is what its param has.
    pub fn sequence(&self, address: &str, revision: u64) -> u64 {
        self.sequences.get(address).copied().unwrap_or(revision)
    }
}

/// One message of a write.
#[derive(Debug)]
pub struct Outgoing<'a> {
    /// Where.
    pub address: &'a str,
    /// The sequence that is expected there.
    pub expected: u64,
    /// After how many seconds the engine has it expire.
    pub seconds: Option<u64>,
    /// What. Router, number and place are filled in.
    pub envelope: Envelope<'a>,
}

/// The id of a router or a lease, as it stands in subjects.
pub fn text(id: u64) -> String {
    format!("{id:016x}")
}
