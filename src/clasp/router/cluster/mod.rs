//! Many routers, one address space: this router's state as a member of a cluster. Takes what the hub
//! wants to be written and sent; gives the bytes for the engine (NATS JetStream) that all members share.
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
//! - [`writes`]: the writes without an outcome. One that was under way when the connection broke is
//!   looked for in the stream; if it cannot be known whether it was done, that is reported.
//! - [`events`]: events are not stored in the stream; they are delivered in their order beside it.
//!   [`partition`], [`interest`]: a router receives the events that its sessions have subscribed to.
//! - [`plan`]: timed bundles and timelines, which router executes them, and what happens when it dies.
//! - [`lease`]: a router's lease is a message in the stream with a TTL of 10 s, which the router renews. A lock
//!   names the lease of its session's router, and ends with it, at the same place in the stream for all routers.
//! - [`connection`], [`link`]: the connection to the engine. [`server`], [`login`]: where, and as whom.
//!   [`status`]: the list of members. [`nats`], [`api`], [`subject`], [`envelope`], [`entry`]: formats.
//!
//! What sessions and the engine do to each other is in `hub/clustered.rs` and `hub/engine.rs`.

pub mod api;
pub mod connection;
pub mod entry;
pub mod envelope;
pub mod events;
pub mod interest;
pub mod lease;
pub mod link;
pub mod login;
pub mod nats;
pub mod partition;
pub mod plan;
pub mod server;
pub mod status;
pub mod subject;
pub mod sync;
pub mod writes;

use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::task::Waker;

use super::metrics;
use super::subscriptions::Key;
use envelope::Envelope;
use events::Events;
use interest::Interest;
use lease::{About, Fence, Lease, Waiting};
use plan::Plan;
use subject::Names;
use sync::{Step, Stored, Sync};
use writes::{Id, Write, Writes};

/// How long the engine may be unreachable before writes are refused and reads are marked as stale, in µs.
pub const GRACE: u64 = 10_000_000;

/// How long after it was sent a write or a lease should have come back from the stream, in µs.
pub const UNSEEN: u64 = 4_000_000;

/// The most writes under way: those of three routers stay below the 10,000 messages that a stream
/// queues before it refuses more.
const UNDER_WAY: usize = 2_000;

/// The most batches among these: the engine accepts 50 at a time for a stream.
const BATCHES: usize = 12;

/// The limit for the bytes of unfinished writes and of unsent output. Above it, sessions are not read.
const WAITING_BYTES: usize = 64 * 1024 * 1024;

/// The ids of this router's NATS subscriptions.
pub mod subscription {
    /// Replies to this router.
    pub const REPLIES: u64 = 1;
    /// Messages that the stream has stored.
    pub const STORED: u64 = 2;
    /// Counts of events, and questions for them.
    pub const COUNTS: u64 = 3;
    /// Before the first id for events of other routers.
    pub const EVENTS: u64 = 1 << 31;
    /// The first id for messages to sessions of this router: this plus the session's key.
    pub const SESSION: u64 = 1 << 32;
    /// The first id for the consumers of copies: this plus the number of the attempt.
    pub const COPY: u64 = 10;
}

/// A router's state as a member of a cluster.
#[derive(Debug)]
pub struct Cluster {
    /// The names of its show in the engine.
    pub names: Names,
    /// A random id of this router, new at each start.
    pub id: u64,
    /// Where replies to this router go: this, and one token more.
    inbox: String,
    /// The id of its lease. It gets a new one when this one has expired.
    pub lease: u64,
    about: About,
    /// The sequence of the last message of the stream that was applied here.
    pub position: u64,
    /// The last sequence of a key, where that is not the revision of a param: a param that has expired
    /// leaves a marker, a released lock changes no revision, and entries have none.
    pub sequences: HashMap<Rc<str>, u64>,
    /// The writes without an outcome.
    pub writes: Writes,
    /// What is done later.
    pub plan: Plan,
    /// The signals to sessions of other routers that are not answered.
    pub signals: HashMap<Id, PendingSignal>,
    /// The markers among these, oldest first: time of arrival, key, sequence.
    markers: VecDeque<(u64, Rc<str>, u64)>,
    /// Events to and from other routers.
    pub events: Events,
    /// Which of them come here.
    interest: Interest,
    /// The routers that have a lease.
    pub routers: HashMap<u64, Lease>,
    /// The sessions that hold locks, by the lease of their routers.
    pub holders: HashMap<u64, HashSet<Rc<str>>>,
    /// The number of locks held by sessions of this router.
    locks: usize,
    /// The messages of an incomplete batch.
    pub batch: Vec<Stored>,
    /// What waits for the fence with this number, or a later one.
    pub fenced: Vec<(u64, Waiting)>,
    /// When the sliding TTL of a param was last renewed by a write, in µs since the epoch.
    pub touched: HashMap<Rc<str>, u64>,
    fence: Fence,
    tickets: u64,
    is_connected: bool,
    /// The copy in progress.
    pub sync: Option<Sync>,
    attempts: u64,
    /// Since when the engine has been unusable, in µs since the epoch; `None` if it works.
    trouble: Option<u64>,
    is_stale: bool,
    renewed: u64,
    /// When a message of the stream was last received.
    seen: u64,
    /// When the own lease was last received from it.
    lease_seen: u64,
    /// Since when the stream has been shorter than what was received from it.
    behind_since: Option<u64>,
    out: Vec<u8>,
    scratch: Vec<u8>,
    waker: Option<Waker>,
}

impl Cluster {
    /// The state before the first connection.
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
            plan: Plan::default(),
            signals: HashMap::new(),
            events: Events::default(),
            interest: Interest::default(),
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

    /// Whether this router's copy is complete and the engine works.
    pub fn is_live(&self) -> bool {
        self.trouble.is_none()
    }

    /// Whether the engine has been unreachable for so long that writes are refused and reads are stale.
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// Whether there is a connection to the engine.
    pub fn is_connected(&self) -> bool {
        self.is_connected
    }

    /// Since when the engine has been unusable, in µs since the epoch.
    pub fn trouble(&self) -> Option<u64> {
        self.trouble
    }

    /// Whether so much waits for the engine that sessions should not be read.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.writes.bytes() + self.out.len() > WAITING_BYTES
    }

    /// Takes the bytes to send; leaves an empty buffer.
    pub fn take_out(&mut self, empty: Vec<u8>) -> Vec<u8> {
        std::mem::replace(&mut self.out, empty)
    }

    /// Whether there are bytes to send.
    pub fn has_out(&self) -> bool {
        !self.out.is_empty()
    }

    /// Sets the task to wake when there are bytes to send.
    pub fn listen(&mut self, waker: &Waker) {
        self.waker = Some(waker.clone());
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Starts to use a new connection: subscribes, and begins a copy.
    pub fn connected(&mut self, now: u64) {
        self.is_connected = true;
        self.out.clear();
        let subscriptions = [
            (format!("{}q.*", self.inbox), subscription::REPLIES),
            (self.names.republished(), subscription::STORED),
        ];
        for (subject, id) in subscriptions {
            nats::put_subscribe(&subject, id, &mut self.out);
        }
        self.receive_again();
        self.begin_sync(now);
    }

    /// Records that the connection is lost. Unsent output is dropped.
    pub fn disconnected(&mut self, now: u64) {
        self.is_connected = false;
        self.out.clear();
        self.sync = None;
        self.trouble.get_or_insert(now);
    }

    /// Begins a new copy, because a message of the stream is missing or the engine does not answer.
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

    /// Requests the last value of every subject; `position` is the stream's last sequence.
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

    /// Ends the copy, which is complete; gives it with what was republished meanwhile.
    pub fn copied(&mut self, now: u64) -> Option<Sync> {
        let sync = self.sync.take()?;
        nats::put_unsubscribe(subscription::COPY + sync.attempt, &mut self.out);
        self.position = sync.position;
        self.seen = now;
        self.wake();
        Some(sync)
    }

    /// Records that the engine works again.
    pub fn recovered(&mut self) {
        self.trouble = None;
        self.behind_since = None;
        self.is_stale = false;
        self.fence_again();
    }

    /// Answers a flow-control message of a consumer.
    pub fn control_flow(&mut self, reply: &str) {
        nats::put_publish(reply, "", b"", &mut self.out);
        self.wake();
    }

    /// Records a marker: the value of a key has expired.
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

    /// Removes sessions that hold no locks any more, and markers that have expired in the engine.
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

    /// The values for metrics.
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
        if self.is_connected && now.saturating_sub(self.renewed) >= lease::RENEW {
            self.renew(sessions, now);
        }
        self.send_counts(now);
        let is_silent = self.trouble.is_none() && now.saturating_sub(self.seen) > UNSEEN;
        if is_silent || self.sync.as_ref().is_some_and(|sync| sync.is_over(now)) {
            self.begin_sync(now);
        }
        let is_away = |since: u64| now.saturating_sub(since) > GRACE;
        let was_stale = self.is_stale;
        self.is_stale |= self.trouble.is_some_and(is_away);
        self.is_stale && !was_stale
    }

    /// The stream is shorter than what came from it: whether that has been so for long.
    pub fn is_behind_for_long(&mut self, now: u64) -> bool {
        let since = *self.behind_since.get_or_insert(now);
        now.saturating_sub(since) > UNSEEN
    }

    /// An id for a waiting GET or signal; the ids of writes are far below it.
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

    /// Sends a write: one message for each key, with the sequence that is expected there.
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
            self.names.put_key(address, out);
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

    /// Has messages to a session sent to this router.
    pub fn session_began(&mut self, key: Key, session: &str) {
        if self.is_connected {
            let subject = self.names.session(session);
            nats::put_subscribe(
                &subject,
                subscription::SESSION + u64::from(key),
                &mut self.out,
            );
            self.wake();
        }
    }

    /// A session has left.
    pub fn session_ended(&mut self, key: Key) {
        if self.is_connected {
            nats::put_unsubscribe(subscription::SESSION + u64::from(key), &mut self.out);
            self.wake();
        }
    }

    /// Says that a signal has come.
    pub fn signal_came(&mut self, reply: &str) {
        nats::put_publish(reply, "", b"", &mut self.out);
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

/// A signal to a session of another router that is not answered.
#[derive(Debug)]
pub struct PendingSignal {
    /// The session that has sent it.
    pub session: Key,
    /// When it is given up, in µs since the epoch.
    pub until: u64,
    /// The address that names the other session.
    pub address: Box<str>,
    /// Whether it only asks whether that session is there, for a bundle that waits.
    pub is_probe: bool,
}

/// One message of a write, before router, number and place are known.
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
