//! The numbers of the encoding: message codes, value codes, flag bits, limits.
//!
//! Constants only. The encoders and decoders ([`super::encode`](mod@super::encode),
//! [`super::decode`](mod@super::decode), [`super::value_codec`], [`super::bundle`] and
//! [`super::json`]) all use this table.

/// The longest string, byte string or address, and the longest array or map: lengths are u16.
pub const LENGTH_MAX: usize = u16::MAX as usize;

/// How deep arrays, maps and bundles may nest, received or sent.
///
/// The protocol names no limit and the reference decoder has none; a hostile frame could nest
/// 20,000 arrays and overflow the stack. Real messages stay far below 64.
pub const DEPTH_MAX: usize = 64;

/// First byte of a message.
pub(super) mod msg {
    pub const HELLO: u8 = 0x01;
    pub const WELCOME: u8 = 0x02;
    pub const ANNOUNCE: u8 = 0x03;
    pub const FEDERATION_SYNC: u8 = 0x04;
    pub const SUBSCRIBE: u8 = 0x10;
    pub const UNSUBSCRIBE: u8 = 0x11;
    pub const PUBLISH: u8 = 0x20;
    pub const SET: u8 = 0x21;
    pub const GET: u8 = 0x22;
    pub const SNAPSHOT: u8 = 0x23;
    pub const REPLAY: u8 = 0x24;
    pub const BUNDLE: u8 = 0x30;
    pub const SYNC: u8 = 0x40;
    pub const PING: u8 = 0x41;
    pub const PONG: u8 = 0x42;
    pub const ACK: u8 = 0x50;
    pub const ERROR: u8 = 0x51;
    pub const QUERY: u8 = 0x60;
    pub const RESULT: u8 = 0x61;
}

/// Type code of a value. SET has it in its flags, all other messages in a byte before the data.
pub(super) mod val {
    pub const NULL: u8 = 0x00;
    pub const BOOL: u8 = 0x01;
    pub const I8: u8 = 0x02;
    pub const I16: u8 = 0x03;
    pub const I32: u8 = 0x04;
    pub const I64: u8 = 0x05;
    pub const F32: u8 = 0x06;
    pub const F64: u8 = 0x07;
    pub const STRING: u8 = 0x08;
    pub const BYTES: u8 = 0x09;
    pub const ARRAY: u8 = 0x0A;
    pub const MAP: u8 = 0x0B;
}

/// Flags of SUBSCRIBE.
pub(super) mod subscribe {
    pub const MAX_RATE: u8 = 0x01;
    pub const EPSILON: u8 = 0x02;
    pub const HISTORY: u8 = 0x04;
    pub const WINDOW: u8 = 0x08;
    /// The type bits that have a meaning.
    pub const TYPES: u8 = 0x1F;
}

/// Flags of PUBLISH, and the kinds of its body.
pub(super) mod publish {
    pub const SIGNAL_SHIFT: u32 = 5;
    pub const TIMESTAMP: u8 = 0x10;
    pub const ID: u8 = 0x08;
    pub const PHASE: u8 = 0x07;

    pub const KIND_NONE: u8 = 0;
    pub const KIND_VALUE: u8 = 1;
    pub const KIND_SAMPLES: u8 = 2;
}

/// Flags of SET.
pub(super) mod set {
    pub const REVISION: u8 = 0x80;
    pub const LOCK: u8 = 0x40;
    pub const UNLOCK: u8 = 0x20;
    pub const TTL: u8 = 0x10;
    pub const VALUE: u8 = 0x0F;

    /// The bit of the TTL's u32 that makes it absolute.
    pub const TTL_ABSOLUTE: u32 = 0x8000_0000;
}

/// Flags of one param in a SNAPSHOT.
pub(super) mod param {
    pub const WRITER: u8 = 0x01;
    pub const TIMESTAMP: u8 = 0x02;
}

/// Flags of REPLAY.
pub(super) mod replay {
    pub const FROM: u8 = 0x80;
    pub const TO: u8 = 0x40;
    pub const LIMIT: u8 = 0x20;
}

/// Flags of BUNDLE.
pub(super) mod bundle {
    pub const TIMESTAMP: u8 = 0x80;
}

/// Flags of SYNC.
pub(super) mod sync {
    pub const T2: u8 = 0x01;
    pub const T3: u8 = 0x02;
}

/// Flags of ACK.
pub(super) mod ack {
    pub const ADDRESS: u8 = 0x01;
    pub const REVISION: u8 = 0x02;
    pub const LOCKED: u8 = 0x04;
    pub const HOLDER: u8 = 0x08;
    pub const CORRELATION: u8 = 0x10;
}

/// Flags of ERROR.
pub(super) mod error {
    pub const ADDRESS: u8 = 0x01;
    pub const CORRELATION: u8 = 0x02;
}

/// Flags of one signal in an ANNOUNCE or a RESULT, and of its meta.
pub(super) mod signal {
    pub const DATATYPE: u8 = 0x01;
    pub const ACCESS: u8 = 0x02;
    pub const META: u8 = 0x04;

    pub const META_UNIT: u8 = 0x01;
    pub const META_RANGE: u8 = 0x02;
    pub const META_DEFAULT: u8 = 0x04;
    pub const META_DESCRIPTION: u8 = 0x08;
}
