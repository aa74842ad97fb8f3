//! Every limit of the router, by name: what a client may ask for before it is refused.
//!
//! Nesting is limited by [`crate::clasp::wire::DEPTH_MAX`], addresses and patterns by
//! [`crate::clasp::wire::ADDRESS_MAX`] and [`crate::clasp::wire::SEGMENTS_MAX`].
//!
//! Memory, at most: the params ([`PARAMS_BYTES`]), what is due to be sent ([`LOG_BYTES`] shared,
//! and [`SESSIONS_BYTES`] of all sessions' own), what waits for its time ([`TIMED_BYTES`],
//! [`TIMELINES_BYTES`]), the announced signals ([`SIGNALS_BYTES`]), and each session's
//! subscriptions ([`SUBSCRIPTIONS_BYTES`]).

use std::time::Duration;

/// From the accepted connection to HELLO. A client that has not said it by then is disconnected.
pub const HELLO_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections that have not said HELLO yet. When one more comes, it waits until one of them has …
pub const HANDSHAKES: usize = 512;

/// … or the oldest is this old, which is then disconnected: silent connections keep nobody out.
pub const HANDSHAKE_GRACE: Duration = Duration::from_secs(2);

/// A session that has said nothing for so long is sent a Ping, and ended when it says nothing for
/// as long again.
pub const PING_INTERVAL: Duration = Duration::from_secs(20);

/// How long a session has to read what is still queued for it, once it has been ended.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long the sessions have to read what is queued for them when the router stops.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// Frames that cannot be decoded, in one session; the last of them closes it.
pub const BAD_FRAMES: u32 = 3;

/// The longest WebSocket message: a frame's payload and its longest header.
pub const MESSAGE_BYTES: usize = 65_535 + 12;

/// Sessions at a time, unless told otherwise.
pub const SESSIONS: usize = 10_000;

/// Subscriptions of one session.
pub const SUBSCRIPTIONS: usize = 10_000;

/// Bytes that the patterns of one session may take.
pub const SUBSCRIPTIONS_BYTES: usize = 8 * 1024 * 1024;

/// What a subscription is taken to cost beside its pattern, and beside each segment of it.
pub const SUBSCRIPTION_BYTES: usize = 100;
/// See [`SUBSCRIPTION_BYTES`].
pub const SEGMENT_BYTES: usize = 130;

/// Bytes that max rate and epsilon of one session may take: the last values, and the messages that
/// wait for their time. What has no room is delivered at once.
pub const LIMITER_BYTES: usize = 32 * 1024 * 1024;

/// For how many addresses it is remembered who subscribed to them …
pub const KNOWN_ADDRESSES: usize = 4_096;
/// … and how many subscriptions that may be.
pub const KNOWN_MEMBERS: usize = 65_536;

/// Params of the router.
pub const PARAMS: usize = 1_000_000;

/// Bytes that the params may take. A million of them with short values take about 300 MB.
pub const PARAMS_BYTES: usize = 512 * 1024 * 1024;

/// Bytes of a param's address and value together. A SET has room for a few more, but the SNAPSHOT
/// that tells of it, with revision, writer and time, would not.
pub const PARAM_BYTES: usize = 65_400;

/// Bytes of frames that are still to be sent to anybody. A frame to many sessions counts once.
pub const LOG_BYTES: usize = 64 * 1024 * 1024;

/// Bytes that a session may be behind before its params coalesce and only the last of each stream is kept.
pub const LAG_BYTES: usize = 16 * 1024 * 1024;

/// Bytes that a session may be behind at all. An event that has no room is lost, and so the session
/// is ended.
pub const UNSENT_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of what coalesces for a session that is behind.
pub const BACKLOG_BYTES: usize = 8 * 1024 * 1024;

/// Bytes of answers that wait for one session before it is read no further.
pub const OWN_BYTES: usize = 256 * 1024;

/// Bytes that all sessions' answers, backlogs, half-read messages, and messages held by rate limits, may take. Beyond that, the
/// session that has most is ended.
pub const SESSIONS_BYTES: usize = 256 * 1024 * 1024;

/// Bytes of params in one SNAPSHOT. Its length field allows 65,535; a value may itself have most of
/// them, so a chunk is closed before the param that would not fit.
pub const SNAPSHOT_BYTES: usize = 60_000;

/// Timed bundles that wait for their time.
pub const TIMED_BUNDLES: usize = 10_000;

/// Bytes of timed bundles that wait.
pub const TIMED_BYTES: usize = 64 * 1024 * 1024;

/// How far ahead a bundle may be timed: a day.
pub const TIMED_AHEAD: Duration = Duration::from_secs(24 * 60 * 60);

/// Timelines that run at a time.
pub const TIMELINES: usize = 1_000;

/// Bytes that the keyframes of all timelines may take.
pub const TIMELINES_BYTES: usize = 64 * 1024 * 1024;

/// Keyframes of one timeline; the wire's own lengths allow no more than about this.
pub const KEYFRAMES: usize = 10_000;

/// Announced signals of the router.
pub const SIGNALS: usize = 100_000;

/// Bytes that the announced signals may take.
pub const SIGNALS_BYTES: usize = 32 * 1024 * 1024;

/// Of what waits, runs or is announced, a token may have one part in so many; where no tokens are
/// asked for, a session.
pub const SHARE: usize = 4;

/// Gestures of one session that are under way.
pub const GESTURES: usize = 1_000;

/// Timelines and gestures go at this rate, per second.
pub const FRAME_RATE: u64 = 60;
