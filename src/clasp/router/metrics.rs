//! The metrics of the router. Takes messages and sizes, gives Prometheus's text format. Pure.

use std::fmt::{Display, Write};

use crate::clasp::wire::{Message, SignalType};

/// The media type of that text.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The types of messages that are counted separately; the last is for all others.
const TYPES: [&str; 13] = [
    "set",
    "publish",
    "bundle",
    "get",
    "subscribe",
    "unsubscribe",
    "ping",
    "sync",
    "query",
    "announce",
    "replay",
    "hello",
    "other",
];

/// The counts since the start of the router.
#[derive(Debug, Default)]
pub struct Counters {
    received: [u64; TYPES.len()],
    delivered: [u64; 5],
    /// Replies, including the SNAPSHOTs of a subscription.
    pub answers: u64,
    /// ERRORs among the replies.
    pub errors: u64,
    /// Bytes of frames that came.
    pub bytes_received: u64,
    /// Bytes that sockets have taken.
    pub bytes_sent: u64,
    /// Connections that were let in.
    pub sessions: u64,
    /// Sessions that were ended because they read too slowly.
    pub too_slow: u64,
    /// Frames that could not be decoded.
    pub bad_frames: u64,
}

impl Counters {
    /// Counts a received message.
    #[inline]
    pub fn received(&mut self, message: &Message<'_>) {
        let place = match message {
            Message::Set(_) => 0,
            Message::Publish(_) => 1,
            Message::Bundle(_) => 2,
            Message::Get { .. } => 3,
            Message::Subscribe(_) => 4,
            Message::Unsubscribe { .. } => 5,
            Message::Ping => 6,
            Message::Sync(_) => 7,
            Message::Query { .. } => 8,
            Message::Announce(_) => 9,
            Message::Replay(_) => 10,
            Message::Hello(_) => 11,
            _ => 12,
        };
        self.received[place] += 1;
    }

    /// Counts a message that was delivered to `count` sessions.
    #[inline]
    pub fn delivered(&mut self, signal: SignalType, count: usize) {
        self.delivered[signal as usize] += count as u64;
    }
}

/// The present values.
#[derive(Debug, Default)]
pub struct Gauges {
    /// Sessions that are there.
    pub sessions: usize,
    /// How many of them read so slowly that their params coalesce.
    pub slow_readers: usize,
    /// Queued bytes of all sessions, and of the one that is furthest behind.
    pub unsent: (usize, usize),
    /// Params, and their bytes.
    pub params: (usize, usize),
    /// Held bundles.
    pub held: usize,
    /// Running timelines.
    pub timelines: usize,
    /// Announced signals.
    pub signals: usize,
    /// With a data folder: bytes that wait for the disk, and whether it can be written.
    pub disk: Option<(u64, bool)>,
    /// In a cluster: how it stands.
    pub cluster: Option<Cluster>,
}

/// How a router stands in its cluster.
#[derive(Debug, Clone, Copy)]
pub struct Cluster {
    /// Whether its copy is complete and its writes go through.
    pub is_live: bool,
    /// Whether the engine has been away for so long that values may be old.
    pub is_stale: bool,
    /// How far it has come in the engine's stream.
    pub position: u64,
    /// How far it is behind the furthest of the others, by what they last said.
    pub lag: u64,
    /// Routers that have a lease.
    pub routers: usize,
    /// Locks that sessions of this router hold.
    pub locks: usize,
    /// Writes without an outcome.
    pub writes: usize,
}

/// The page in Prometheus's text format.
pub fn text(name: &str, counters: &Counters, gauges: &Gauges) -> String {
    let mut page = Page::default();
    let version = env!("CARGO_PKG_VERSION");
    page.family("info", "gauge", "The router, its version in a label.");
    let labels = format!("version=\"{version}\",name=\"{}\"", escaped(name));
    page.sample("info", &labels, 1);
    let kind = "counter";
    page.family(
        "messages_received_total",
        kind,
        "Messages that came, by type.",
    );
    for (name, count) in TYPES.iter().zip(counters.received) {
        page.sample(
            "messages_received_total",
            &format!("type=\"{name}\""),
            count,
        );
    }
    let help = "Messages that were delivered to subscribers, by type of signal.";
    page.family("messages_delivered_total", kind, help);
    let signals = [
        SignalType::Param,
        SignalType::Event,
        SignalType::Stream,
        SignalType::Gesture,
        SignalType::Timeline,
    ];
    for signal in signals {
        let labels = format!("type=\"{}\"", signal.name());
        let count = counters.delivered[signal as usize];
        page.sample("messages_delivered_total", &labels, count);
    }
    let totals = [
        (
            "answers_total",
            "Messages that answered a request.",
            counters.answers,
        ),
        ("errors_total", "ERRORs among the answers.", counters.errors),
        (
            "bad_frames_total",
            "Frames that could not be decoded.",
            counters.bad_frames,
        ),
        (
            "received_bytes_total",
            "Bytes of frames that came.",
            counters.bytes_received,
        ),
        (
            "sent_bytes_total",
            "Bytes that sockets have taken.",
            counters.bytes_sent,
        ),
        (
            "sessions_total",
            "Connections that were let in.",
            counters.sessions,
        ),
        (
            "slow_readers_ended_total",
            "Sessions that were ended because they read too slowly.",
            counters.too_slow,
        ),
    ];
    for (name, help, count) in totals {
        page.family(name, kind, help);
        page.sample(name, "", count);
    }
    let now = [
        ("sessions", "Sessions that are there.", gauges.sessions),
        (
            "slow_readers",
            "Sessions that are behind, whose params coalesce.",
            gauges.slow_readers,
        ),
        (
            "unsent_bytes",
            "Bytes that wait to be sent to all sessions.",
            gauges.unsent.0,
        ),
        (
            "lag_bytes",
            "Bytes that wait for the session that is furthest behind.",
            gauges.unsent.1,
        ),
        ("params", "Params that are held.", gauges.params.0),
        (
            "params_bytes",
            "Bytes of memory that the params take.",
            gauges.params.1,
        ),
        (
            "held_bundles",
            "Bundles that wait for their time.",
            gauges.held,
        ),
        ("timelines", "Timelines that run.", gauges.timelines),
        ("signals", "Signals that are announced.", gauges.signals),
    ];
    for (name, help, count) in now {
        page.family(name, "gauge", help);
        page.sample(name, "", count);
    }
    if let Some((backlog, well)) = gauges.disk {
        page.family(
            "disk_backlog_bytes",
            "gauge",
            "Bytes that wait for the disk.",
        );
        page.sample("disk_backlog_bytes", "", backlog);
        page.family(
            "disk_ok",
            "gauge",
            "1 if the data folder takes what is written.",
        );
        page.sample("disk_ok", "", u8::from(well));
    }
    if let Some(cluster) = gauges.cluster {
        cluster_page(&mut page, &cluster);
    }
    page.0
}

fn cluster_page(page: &mut Page, cluster: &Cluster) {
    let lines = [
        (
            "cluster_ok",
            "1 if writes go through to the cluster's engine.",
            u64::from(cluster.is_live),
        ),
        (
            "cluster_stale",
            "1 if the engine is away for so long that values may be old.",
            u64::from(cluster.is_stale),
        ),
        (
            "cluster_position",
            "How far this router has come in the engine's stream.",
            cluster.position,
        ),
        (
            "cluster_lag",
            "Messages that another router is ahead, by what it last said.",
            cluster.lag,
        ),
        (
            "cluster_routers",
            "Routers that have a lease.",
            cluster.routers as u64,
        ),
        (
            "cluster_locks",
            "Locks that sessions of this router hold.",
            cluster.locks as u64,
        ),
        (
            "cluster_pending_writes",
            "Writes that the engine has not confirmed.",
            cluster.writes as u64,
        ),
    ];
    for (name, help, value) in lines {
        page.family(name, "gauge", help);
        page.sample(name, "", value);
    }
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a String does not fail.
        let _ = write!(
            self.0,
            "# HELP trefoil_clasp_{name} {help}\n# TYPE trefoil_clasp_{name} {kind}\n"
        );
    }

    fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = match labels {
            "" => writeln!(self.0, "trefoil_clasp_{name} {value}"),
            labels => writeln!(self.0, "trefoil_clasp_{name}{{{labels}}} {value}"),
        };
    }
}

/// Escapes the value of a label.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    text.replace('\n', "\\n")
}
