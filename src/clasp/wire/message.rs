//! The 18 messages of the CLASP protocol, as types.
//!
//! Field names are the specification's. The bytes are drawn in [`super::encode`](mod@super::encode) and read in
//! [`super::decode`](mod@super::decode).

use std::borrow::Cow;

use super::code::set;
use super::value::Value;

/// Which acknowledgement the sender of a frame wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Qos {
    /// No reply wanted.
    #[default]
    Fire = 0,
    /// An acknowledgement.
    Confirm = 1,
    /// An acknowledgement, in order.
    Commit = 2,
}

/// The five kinds of signal, with their numbers on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignalType {
    /// State that the router keeps: the last value, its revision and its writer.
    Param = 0,
    /// Something that happened; the router does not keep it.
    Event = 1,
    /// Samples at a high rate.
    Stream = 2,
    /// An interaction with a start, moves and an end.
    Gesture = 3,
    /// Keyframes over time.
    Timeline = 4,
}

/// The phase of a gesture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The gesture begins.
    Start = 0,
    /// The gesture goes on.
    Move = 1,
    /// The gesture is complete.
    End = 2,
    /// The gesture was cancelled.
    Cancel = 3,
}

impl SignalType {
    /// The name in the specification.
    pub fn name(self) -> &'static str {
        match self {
            SignalType::Param => "param",
            SignalType::Event => "event",
            SignalType::Stream => "stream",
            SignalType::Gesture => "gesture",
            SignalType::Timeline => "timeline",
        }
    }
}

impl Phase {
    /// The name in the specification.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Start => "start",
            Phase::Move => "move",
            Phase::End => "end",
            Phase::Cancel => "cancel",
        }
    }
}

/// How long a param lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ttl {
    /// For ever.
    Never,
    /// This many seconds after it was last read or written.
    Sliding(u32),
    /// This many seconds after it was written.
    Absolute(u32),
}

impl Ttl {
    /// Decodes the bits of a TTL: 0 seconds means for ever, and the top bit means absolute.
    pub fn from_bits(bits: u32) -> Ttl {
        match bits {
            0 | set::TTL_ABSOLUTE => Ttl::Never,
            _ if bits & set::TTL_ABSOLUTE != 0 => Ttl::Absolute(bits & !set::TTL_ABSOLUTE),
            seconds => Ttl::Sliding(seconds),
        }
    }

    /// Encodes it as [`Ttl::from_bits`] reads it. Seconds beyond [`TTL_MAX_SECONDS`] do not fit: whatever
    /// came from a frame does.
    pub fn to_bits(self) -> u32 {
        match self {
            Ttl::Never => 0,
            Ttl::Sliding(seconds) => seconds,
            Ttl::Absolute(seconds) => seconds | set::TTL_ABSOLUTE,
        }
    }
}

/// The largest number of seconds of a TTL: the top bit of the u32 means absolute.
pub const TTL_MAX_SECONDS: u32 = 0x7FFF_FFFF;

/// A set of features, one bit each, in HELLO and WELCOME.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Features(pub u8);

impl Features {
    /// Params.
    pub const PARAM: u8 = 0x80;
    /// Events.
    pub const EVENT: u8 = 0x40;
    /// Streams.
    pub const STREAM: u8 = 0x20;
    /// Gestures.
    pub const GESTURE: u8 = 0x10;
    /// Timelines.
    pub const TIMELINE: u8 = 0x08;
    /// Federation between routers.
    pub const FEDERATION: u8 = 0x04;
    /// Our extension, in WELCOME: the router executes timed bundles and timelines at their time.
    pub const KEEPS_TIME: u8 = 0x02;
    /// Our extension, in HELLO: the client wants no SNAPSHOT of all params after WELCOME.
    pub const NO_SNAPSHOT: u8 = 0x01;

    /// Every bit that has a name, with its name.
    pub const NAMES: [(u8, &'static str); 8] = [
        (Self::PARAM, "param"),
        (Self::EVENT, "event"),
        (Self::STREAM, "stream"),
        (Self::GESTURE, "gesture"),
        (Self::TIMELINE, "timeline"),
        (Self::FEDERATION, "federation"),
        (Self::KEEPS_TIME, "keeps-time"),
        (Self::NO_SNAPSHOT, "no-snapshot"),
    ];

    /// Whether all of these bits are set.
    pub fn has(self, bits: u8) -> bool {
        self.0 & bits == bits
    }

    /// The names of the bits that are set, in wire order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .filter(move |(bit, _)| self.has(*bit))
            .map(|(_, name)| name)
    }
}

/// A set of signal types, in SUBSCRIBE and REPLAY.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeMask(pub u8);

impl TypeMask {
    /// All types, future ones included.
    pub const ALL: TypeMask = TypeMask(0xFF);

    /// Only these types.
    pub fn of(types: impl IntoIterator<Item = SignalType>) -> TypeMask {
        TypeMask(types.into_iter().fold(0, |mask, t| mask | 1 << t as u8))
    }

    /// Whether the set contains this type.
    pub fn has(self, signal: SignalType) -> bool {
        self.0 & (1 << signal as u8) != 0
    }

    /// Whether the set contains another type than params.
    pub fn has_more_than_params(self) -> bool {
        self.0 & !TypeMask::of([SignalType::Param]).0 != 0
    }
}

/// The first message of a client.
#[derive(Debug, Clone, PartialEq)]
pub struct Hello<'a> {
    /// Protocol version: 1.
    pub version: u8,
    /// The features of the client.
    pub features: Features,
    /// The name of the client.
    pub name: Cow<'a, str>,
    /// A CPSK token; none is sent as the empty string.
    pub token: Option<Cow<'a, str>>,
}

/// A router's answer to HELLO.
#[derive(Debug, Clone, PartialEq)]
pub struct Welcome<'a> {
    /// Protocol version: 1.
    pub version: u8,
    /// The features of the router.
    pub features: Features,
    /// The router's clock, in µs since the epoch.
    pub time: u64,
    /// The session's id.
    pub session: Cow<'a, str>,
    /// The name of the router.
    pub name: Cow<'a, str>,
    /// A token for resuming the session, if the router gives one.
    pub token: Option<Cow<'a, str>>,
    /// What the router promises beyond the specification.
    pub promises: Promises,
}

/// What a router promises beyond the specification, one bit each. Our extension: one byte after the
/// token of WELCOME, which other routers do not send. Other clients ignore bytes after a message
/// (tried with the Python, JavaScript and Rust clients); ours reads a missing byte as no promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Promises(pub u8);

impl Promises {
    /// [`Capability::WholeSnapshots`].
    pub const WHOLE_SNAPSHOTS: u8 = 0x01;
    /// [`Capability::HonestBundles`].
    pub const HONEST_BUNDLES: u8 = 0x02;
    /// [`Capability::KeepsSessions`].
    pub const KEEPS_SESSIONS: u8 = 0x04;
    /// [`Capability::SharedRevisions`].
    pub const SHARED_REVISIONS: u8 = 0x08;
    /// [`Capability::Stale`].
    pub const STALE: u8 = 0x10;
}

/// The most addresses that a bundle may write at a router with [`Capability::SharedRevisions`].
pub const SHARED_BUNDLE_MAX: usize = 1_000;

/// A guarantee that some routers give. With any other router the client must do the work itself, or
/// check the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capability {
    /// The router executes timed bundles and timelines at their time: feature bit `02`.
    KeepsTime,
    /// A snapshot holds every param that matches, however many there are.
    WholeSnapshots,
    /// A bundle is atomic: an acknowledged bundle was applied as a whole, a refused one not at all.
    HonestBundles,
    /// A session stays subscribed even if nothing is sent to it for a long time.
    KeepsSessions,
    /// It is one router of a cluster, in which all addresses share one sequence of revisions: those of
    /// an address grow, but not by one. A bundle writes at most 1,000 addresses.
    SharedRevisions,
    /// No promise but a warning: its cluster was out of reach when the session began, and what it
    /// holds may be old.
    Stale,
}

impl Capability {
    /// All of them.
    pub const ALL: [Capability; 6] = [
        Capability::KeepsTime,
        Capability::WholeSnapshots,
        Capability::HonestBundles,
        Capability::KeepsSessions,
        Capability::SharedRevisions,
        Capability::Stale,
    ];

    /// The name in traces.
    pub fn name(self) -> &'static str {
        match self {
            Capability::KeepsTime => "keeps-time",
            Capability::WholeSnapshots => "whole-snapshots",
            Capability::HonestBundles => "honest-bundles",
            Capability::KeepsSessions => "keeps-sessions",
            Capability::SharedRevisions => "shared-revisions",
            Capability::Stale => "stale",
        }
    }
}

/// Describes the signals that a client offers.
#[derive(Debug, Clone, PartialEq)]
pub struct Announce<'a> {
    /// The common prefix of the signals.
    pub namespace: Cow<'a, str>,
    /// The signals.
    pub signals: Vec<Signal<'a>>,
}

/// One signal in an ANNOUNCE or a RESULT.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal<'a> {
    /// The address.
    pub address: Cow<'a, str>,
    /// The type.
    pub signal: SignalType,
    /// The type of the values, as the announcing client names it.
    pub datatype: Option<Cow<'a, str>>,
    /// The access rights, as the announcing client names them.
    pub access: Option<Cow<'a, str>>,
    /// More about the signal. Only in ANNOUNCE: a RESULT has no field for it.
    pub meta: Option<Meta<'a>>,
}

/// More about an announced signal.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Meta<'a> {
    /// The unit of the values.
    pub unit: Option<Cow<'a, str>>,
    /// The least and the greatest value.
    pub range: Option<(f64, f64)>,
    /// The value before the first write.
    pub default: Option<Value<'a>>,
    /// A description for people.
    pub description: Option<Cow<'a, str>>,
}

/// Subscribes to everything that matches a pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscribe<'a> {
    /// The subscription's id, chosen by the client.
    pub id: u32,
    /// An address with `*` and `**`.
    pub pattern: Cow<'a, str>,
    /// The types of signals.
    pub types: TypeMask,
    /// At most this many messages per second.
    pub max_rate: Option<u32>,
    /// The smallest change of a number that is delivered.
    pub epsilon: Option<f64>,
    /// How many past messages to send first.
    pub history: Option<u32>,
    /// A window, in ms.
    pub window: Option<u32>,
}

/// Publishes a signal that is not a param: an event, stream samples, a gesture or a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Publish<'a> {
    /// The address.
    pub address: Cow<'a, str>,
    /// The type of the signal.
    pub signal: SignalType,
    /// The value or payload.
    pub value: Option<Value<'a>>,
    /// Several samples; a message holds either samples or a value.
    pub samples: Option<Vec<f64>>,
    /// The time, in µs since the epoch.
    pub timestamp: Option<u64>,
    /// The id of the gesture.
    pub id: Option<u32>,
    /// The phase; only a gesture has one.
    pub phase: Option<Phase>,
    /// The sample rate, in Hz.
    pub rate: Option<u32>,
}

/// Writes a param.
#[derive(Debug, Clone, PartialEq)]
pub struct Set<'a> {
    /// The address.
    pub address: Cow<'a, str>,
    /// The new value.
    pub value: Value<'a>,
    /// In a request: write only if this is the current revision. In a delivery: the new revision.
    pub revision: Option<u64>,
    /// Whether to take the lock.
    pub lock: bool,
    /// Whether to give the lock back.
    pub unlock: bool,
    /// How long it lives.
    pub ttl: Option<Ttl>,
}

/// One param of a SNAPSHOT.
#[derive(Debug, Clone, PartialEq)]
pub struct Param<'a> {
    /// The address.
    pub address: Cow<'a, str>,
    /// Its value.
    pub value: Value<'a>,
    /// The number of times it has been written.
    pub revision: u64,
    /// The session that wrote it last.
    pub writer: Option<Cow<'a, str>>,
    /// When it was written, in µs since the epoch.
    pub timestamp: Option<u64>,
}

/// Asks for recorded messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay<'a> {
    /// An address with `*` and `**`.
    pub pattern: Cow<'a, str>,
    /// The earliest time, in µs since the epoch.
    pub from: Option<u64>,
    /// The latest time, in µs since the epoch.
    pub to: Option<u64>,
    /// At most this many messages.
    pub limit: Option<u32>,
    /// The types of signals.
    pub types: TypeMask,
}

/// Several messages in one.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle<'a> {
    /// When to execute it, in µs by the router's clock.
    pub timestamp: Option<u64>,
    /// SETs and PUBLISHes.
    pub messages: Vec<Message<'a>>,
}

/// Clock synchronisation: the client's send time, the router's receive and send times, in µs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sync {
    /// When the client asked.
    pub t1: u64,
    /// When the router received it.
    pub t2: Option<u64>,
    /// When the router answered.
    pub t3: Option<u64>,
}

/// The request was executed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ack<'a> {
    /// The address that was written.
    pub address: Option<Cow<'a, str>>,
    /// The revision after the write.
    pub revision: Option<u64>,
    /// Whether the address is locked.
    pub locked: Option<bool>,
    /// The session that holds the lock.
    pub holder: Option<Cow<'a, str>>,
    /// The id of the request.
    pub correlation_id: Option<u32>,
}

/// The request was refused or failed.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorReply<'a> {
    /// The specification's code, 100 to 503.
    pub code: u16,
    /// The router's text.
    pub message: Cow<'a, str>,
    /// The address it is about.
    pub address: Option<Cow<'a, str>>,
    /// The id of the request.
    pub correlation_id: Option<u32>,
}

/// Any message of the protocol.
#[derive(Debug, Clone, PartialEq)]
pub enum Message<'a> {
    /// 01
    Hello(Hello<'a>),
    /// 02
    Welcome(Welcome<'a>),
    /// 03
    Announce(Announce<'a>),
    /// 10
    Subscribe(Subscribe<'a>),
    /// 11
    Unsubscribe {
        /// The subscription's id.
        id: u32,
    },
    /// 20
    Publish(Publish<'a>),
    /// 21
    Set(Set<'a>),
    /// 22
    Get {
        /// The address.
        address: Cow<'a, str>,
    },
    /// 23
    Snapshot(Vec<Param<'a>>),
    /// 24
    Replay(Replay<'a>),
    /// 30
    Bundle(Bundle<'a>),
    /// 40
    Sync(Sync),
    /// 41
    Ping,
    /// 42
    Pong,
    /// 50
    Ack(Ack<'a>),
    /// 51
    Error(ErrorReply<'a>),
    /// 60
    Query {
        /// An address with `*` and `**`.
        pattern: Cow<'a, str>,
    },
    /// 61
    Result(Vec<Signal<'a>>),
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

impl Welcome<'_> {
    /// The same message with its own copy of all data.
    pub fn into_owned(self) -> Welcome<'static> {
        Welcome {
            version: self.version,
            features: self.features,
            time: self.time,
            session: owned(self.session),
            name: owned(self.name),
            token: self.token.map(owned),
            promises: self.promises,
        }
    }

    /// The most operations that a bundle to this router may hold, beside the size of its frame.
    pub fn bundle_max(&self) -> usize {
        if self.has(Capability::SharedRevisions) {
            SHARED_BUNDLE_MAX
        } else {
            usize::MAX
        }
    }

    /// Whether the router gives this guarantee.
    pub fn has(&self, capability: Capability) -> bool {
        match capability {
            Capability::KeepsTime => self.features.has(Features::KEEPS_TIME),
            Capability::WholeSnapshots => self.promises.0 & Promises::WHOLE_SNAPSHOTS != 0,
            Capability::HonestBundles => self.promises.0 & Promises::HONEST_BUNDLES != 0,
            Capability::KeepsSessions => self.promises.0 & Promises::KEEPS_SESSIONS != 0,
            Capability::SharedRevisions => self.promises.0 & Promises::SHARED_REVISIONS != 0,
            Capability::Stale => self.promises.0 & Promises::STALE != 0,
        }
    }
}

impl<'a> Publish<'a> {
    /// A signal with nothing but its address and type.
    pub fn new(signal: SignalType, address: impl Into<Cow<'a, str>>) -> Publish<'a> {
        Publish {
            address: address.into(),
            signal,
            value: None,
            samples: None,
            timestamp: None,
            id: None,
            phase: None,
            rate: None,
        }
    }
}

impl Signal<'_> {
    /// The same signal with its own copy of all data.
    pub fn into_owned(self) -> Signal<'static> {
        Signal {
            address: owned(self.address),
            signal: self.signal,
            datatype: self.datatype.map(owned),
            access: self.access.map(owned),
            meta: self.meta.map(Meta::into_owned),
        }
    }
}

impl Meta<'_> {
    /// The same metadata with its own copy of all data.
    pub fn into_owned(self) -> Meta<'static> {
        Meta {
            unit: self.unit.map(owned),
            range: self.range,
            default: self.default.map(Value::into_owned),
            description: self.description.map(owned),
        }
    }
}

impl Param<'_> {
    /// The same param with its own copy of all data.
    pub fn into_owned(self) -> Param<'static> {
        Param {
            address: owned(self.address),
            value: self.value.into_owned(),
            revision: self.revision,
            writer: self.writer.map(owned),
            timestamp: self.timestamp,
        }
    }
}
