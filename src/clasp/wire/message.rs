//! The 18 messages of the CLASP protocol, as types.
//!
//! Field names are the specification's. The bytes are drawn in [`super::encode`](mod@super::encode) and read in
//! [`super::decode`](mod@super::decode).

use std::borrow::Cow;

use super::code::set;
use super::value::Value;

/// How much the sender wants to hear about the fate of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Qos {
    /// No reply wanted.
    #[default]
    Fire = 0,
    /// An acknowledgement, please.
    Confirm = 1,
    /// An acknowledgement, in order.
    Commit = 2,
}

/// The five kinds of signal, with their numbers on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignalType {
    /// State that stays: last value, revision, writer.
    Param = 0,
    /// Something that happened, kept by nobody.
    Event = 1,
    /// Samples at a high rate.
    Stream = 2,
    /// An interaction with a start, moves and an end.
    Gesture = 3,
    /// Keyframes over time.
    Timeline = 4,
}

/// Where a gesture stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// It begins.
    Start = 0,
    /// It goes on.
    Move = 1,
    /// It is complete.
    End = 2,
    /// It was given up.
    Cancel = 3,
}

impl SignalType {
    /// Its name, as the specification has it.
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
    /// Its name, as the specification has it.
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
    /// So many seconds after it was last touched.
    Sliding(u32),
    /// So many seconds after it was written.
    Absolute(u32),
}

impl Ttl {
    /// What its bits on the wire mean: 0 is for ever, absolute or not; the top bit makes it absolute.
    pub fn from_bits(bits: u32) -> Ttl {
        match bits {
            0 | set::TTL_ABSOLUTE => Ttl::Never,
            _ if bits & set::TTL_ABSOLUTE != 0 => Ttl::Absolute(bits & !set::TTL_ABSOLUTE),
            seconds => Ttl::Sliding(seconds),
        }
    }
}

/// The largest number of seconds that fits a TTL: its top bit says absolute.
pub const TTL_MAX_SECONDS: u32 = 0x7FFF_FFFF;

/// A set of features, one bit each, as HELLO and WELCOME carry it.
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
    /// Router to router.
    pub const FEDERATION: u8 = 0x04;
    /// Our extension: the router executes timed bundles and timelines on time.
    pub const KEEPS_TIME: u8 = 0x02;
    /// Our extension, in HELLO: no SNAPSHOT of all params is wanted behind WELCOME.
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

/// A set of signal types, as SUBSCRIBE carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeMask(pub u8);

impl TypeMask {
    /// Everything, future types included.
    pub const ALL: TypeMask = TypeMask(0xFF);

    /// Only these types.
    pub fn of(types: impl IntoIterator<Item = SignalType>) -> TypeMask {
        TypeMask(types.into_iter().fold(0, |mask, t| mask | 1 << t as u8))
    }

    /// Whether a signal of this type passes.
    pub fn has(self, signal: SignalType) -> bool {
        self.0 & (1 << signal as u8) != 0
    }
}

/// The first message of a client.
#[derive(Debug, Clone, PartialEq)]
pub struct Hello<'a> {
    /// Protocol version: 1.
    pub version: u8,
    /// What the client deals in.
    pub features: Features,
    /// What the client calls itself.
    pub name: Cow<'a, str>,
    /// A CPSK token; none is sent as the empty string.
    pub token: Option<Cow<'a, str>>,
}

/// A router's answer to HELLO.
#[derive(Debug, Clone, PartialEq)]
pub struct Welcome<'a> {
    /// Protocol version: 1.
    pub version: u8,
    /// What the router deals in.
    pub features: Features,
    /// The router's clock, in µs since the epoch.
    pub time: u64,
    /// The session's id.
    pub session: Cow<'a, str>,
    /// What the router calls itself.
    pub name: Cow<'a, str>,
    /// A token for resuming, if the router gives one.
    pub token: Option<Cow<'a, str>>,
    /// What the router promises beyond the specification.
    pub promises: Promises,
}

/// What a router promises beyond the specification, one bit each. Our extension: one byte behind
/// the token of WELCOME, which other routers do not send. Their clients ignore bytes that follow a
/// message (tried with the Python, JavaScript and Rust clients), and ours takes a missing byte for
/// no promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Promises(pub u8);

impl Promises {
    /// [`Capability::WholeSnapshots`].
    pub const WHOLE_SNAPSHOTS: u8 = 0x01;
    /// [`Capability::HonestBundles`].
    pub const HONEST_BUNDLES: u8 = 0x02;
    /// [`Capability::KeepsSessions`].
    pub const KEEPS_SESSIONS: u8 = 0x04;
}

/// Something that a client can rely on at a router that says so, and must do itself or check at
/// every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capability {
    /// It executes timed bundles and timelines at their time: feature bit `02`.
    KeepsTime,
    /// A snapshot holds every param that matches, however many there are.
    WholeSnapshots,
    /// A bundle that is acknowledged was applied whole; otherwise it was refused whole.
    HonestBundles,
    /// A session that is sent nothing for long stays subscribed.
    KeepsSessions,
}

impl Capability {
    /// All of them.
    pub const ALL: [Capability; 4] = [
        Capability::KeepsTime,
        Capability::WholeSnapshots,
        Capability::HonestBundles,
        Capability::KeepsSessions,
    ];

    /// Its name in traces.
    pub fn name(self) -> &'static str {
        match self {
            Capability::KeepsTime => "keeps-time",
            Capability::WholeSnapshots => "whole-snapshots",
            Capability::HonestBundles => "honest-bundles",
            Capability::KeepsSessions => "keeps-sessions",
        }
    }
}

/// A client describes the signals it deals in.
#[derive(Debug, Clone, PartialEq)]
pub struct Announce<'a> {
    /// The prefix they share.
    pub namespace: Cow<'a, str>,
    /// The signals.
    pub signals: Vec<Signal<'a>>,
}

/// One signal in an ANNOUNCE or a RESULT.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal<'a> {
    /// Its address.
    pub address: Cow<'a, str>,
    /// Its type.
    pub signal: SignalType,
    /// The type of its values, by the name the announcer gave.
    pub datatype: Option<Cow<'a, str>>,
    /// Who may do what, by the name the announcer gave.
    pub access: Option<Cow<'a, str>>,
    /// More about it; ANNOUNCE only, a RESULT has no room for it.
    pub meta: Option<Meta<'a>>,
}

/// What is known of an announced signal.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Meta<'a> {
    /// Its unit.
    pub unit: Option<Cow<'a, str>>,
    /// Its least and greatest value.
    pub range: Option<(f64, f64)>,
    /// The value it has before anybody writes it.
    pub default: Option<Value<'a>>,
    /// A sentence.
    pub description: Option<Cow<'a, str>>,
}

/// Asks for everything that matches a pattern from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscribe<'a> {
    /// The subscription's number, chosen by the client.
    pub id: u32,
    /// An address with `*` and `**`.
    pub pattern: Cow<'a, str>,
    /// Which types of signal.
    pub types: TypeMask,
    /// At most so many messages per second.
    pub max_rate: Option<u32>,
    /// The least change of a number that matters.
    pub epsilon: Option<f64>,
    /// How many past messages to send first.
    pub history: Option<u32>,
    /// A window, in ms.
    pub window: Option<u32>,
}

/// Anything that is not state: events, stream samples, gestures, timelines.
#[derive(Debug, Clone, PartialEq)]
pub struct Publish<'a> {
    /// Where.
    pub address: Cow<'a, str>,
    /// What kind of signal.
    pub signal: SignalType,
    /// The value or payload.
    pub value: Option<Value<'a>>,
    /// Several samples at once; the wire has room for these or a value.
    pub samples: Option<Vec<f64>>,
    /// When, in µs since the epoch.
    pub timestamp: Option<u64>,
    /// Which gesture.
    pub id: Option<u32>,
    /// Where the gesture stands; only a gesture has one.
    pub phase: Option<Phase>,
    /// The sample rate, in Hz.
    pub rate: Option<u32>,
}

/// Writes a param.
#[derive(Debug, Clone, PartialEq)]
pub struct Set<'a> {
    /// Where.
    pub address: Cow<'a, str>,
    /// The new value.
    pub value: Value<'a>,
    /// Only if this is its revision now; in a broadcast, the revision it has got.
    pub revision: Option<u64>,
    /// Take the lock.
    pub lock: bool,
    /// Give the lock back.
    pub unlock: bool,
    /// How long it lives.
    pub ttl: Option<Ttl>,
}

/// One param of a SNAPSHOT.
#[derive(Debug, Clone, PartialEq)]
pub struct Param<'a> {
    /// Where.
    pub address: Cow<'a, str>,
    /// Its value.
    pub value: Value<'a>,
    /// How often it has been written.
    pub revision: u64,
    /// The session that wrote it last.
    pub writer: Option<Cow<'a, str>>,
    /// When, in µs since the epoch.
    pub timestamp: Option<u64>,
}

/// Asks for recorded messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay<'a> {
    /// An address with `*` and `**`.
    pub pattern: Cow<'a, str>,
    /// Not before, in µs since the epoch.
    pub from: Option<u64>,
    /// Not after, in µs since the epoch.
    pub to: Option<u64>,
    /// At most so many.
    pub limit: Option<u32>,
    /// Which types of signal.
    pub types: TypeMask,
}

/// Several messages as one.
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
    /// When the router heard it.
    pub t2: Option<u64>,
    /// When the router answered.
    pub t3: Option<u64>,
}

/// It was done.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ack<'a> {
    /// What was written.
    pub address: Option<Cow<'a, str>>,
    /// The revision it has now.
    pub revision: Option<u64>,
    /// Whether it is locked.
    pub locked: Option<bool>,
    /// The session that holds the lock.
    pub holder: Option<Cow<'a, str>>,
    /// Which request.
    pub correlation_id: Option<u32>,
}

/// It was not done.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorReply<'a> {
    /// The specification's code, 100 to 503.
    pub code: u16,
    /// The router's words.
    pub message: Cow<'a, str>,
    /// What it was about.
    pub address: Option<Cow<'a, str>>,
    /// Which request.
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
        /// The subscription's number.
        id: u32,
    },
    /// 20
    Publish(Publish<'a>),
    /// 21
    Set(Set<'a>),
    /// 22
    Get {
        /// Where.
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
    /// The same message, borrowing from nothing.
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

    /// Whether the router says that it has a capability.
    pub fn has(&self, capability: Capability) -> bool {
        match capability {
            Capability::KeepsTime => self.features.has(Features::KEEPS_TIME),
            Capability::WholeSnapshots => self.promises.0 & Promises::WHOLE_SNAPSHOTS != 0,
            Capability::HonestBundles => self.promises.0 & Promises::HONEST_BUNDLES != 0,
            Capability::KeepsSessions => self.promises.0 & Promises::KEEPS_SESSIONS != 0,
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
    /// The same signal, borrowing from nothing.
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
    /// The same, borrowing from nothing.
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
    /// The same param, borrowing from nothing.
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
