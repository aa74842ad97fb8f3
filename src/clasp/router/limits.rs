//! All limits of the router.
//!
//! Nesting is limited by [`crate::clasp::wire::DEPTH_MAX`], addresses and patterns by
//! [`crate::clasp::wire::ADDRESS_MAX`] and [`crate::clasp::wire::SEGMENTS_MAX`].
//!
//! The greatest memory: params ([`PARAMS_BYTES`]), queued frames ([`LOG_BYTES`] shared, and
//! [`SESSIONS_BYTES`] of all sessions' own), held bundles and timelines ([`TIMED_BYTES`],
//! [`TIMELINES_BYTES`]), announced signals ([`SIGNALS_BYTES`]), and each session's subscriptions
//! ([`SUBSCRIPTIONS_BYTES`]).

use std::time::Duration;

/// The time from accept to HELLO. A client that has not sent HELLO by then is disconnected.
pub const HELLO_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections that have not sent HELLO yet. At the limit the next one waits until one of them has
/// …
pub const HANDSHAKES: usize = 512;

/// … or the oldest is this old, which is then disconnected.
pub const HANDSHAKE_GRACE: Duration = Duration::from_secs(2);

/// A session that is silent for this long gets a Ping, and is ended when it stays silent for as
/// long again.
pub const PING_INTERVAL: Duration = Duration::from_secs(20);

/// How long an ended session has to read its queued frames.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long the sessions have to read their queued frames when the router stops.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// Frames that cannot be decoded, in one session; the last of them closes it.
pub const BAD_FRAMES: u32 = 3;

/// The longest WebSocket message: a frame's payload and its longest header.
pub const MESSAGE_BYTES: usize = 65_535 + 12;

/// The default for sessions at a time.
pub const SESSIONS: usize = 10_000;

/// Subscriptions of one session.
pub const SUBSCRIPTIONS: usize = 10_000;

/// Bytes that the patterns of one session may take.
pub const SUBSCRIPTIONS_BYTES: usize = 8 * 1024 * 1024;

/// The estimated memory of a subscription without its pattern.
pub const SUBSCRIPTION_BYTES: usize = 100;
/// The estimated memory of each segment of its pattern.
pub const SEGMENT_BYTES: usize = 130;

/// Bytes that max rate and epsilon of one session may take: the last values and the held messages.
/// Without room, messages are delivered at once.
pub const LIMITER_BYTES: usize = 32 * 1024 * 1024;

/// For how many addresses the matching subscriptions are cached …
pub const KNOWN_ADDRESSES: usize = 4_096;
/// … and how many subscriptions that may be.
pub const KNOWN_MEMBERS: usize = 65_536;

/// Params of the router.
pub const PARAMS: usize = 1_000_000;

/// Bytes that the params may take. A million of them with short values take about 300 MB.
pub const PARAMS_BYTES: usize = 512 * 1024 * 1024;

/// Bytes of a param's address and value together. A SET could carry a few more, but not the
/// SNAPSHOT, which adds revision, writer and time.
pub const PARAM_BYTES: usize = 65_400;

/// Bytes of queued frames. A frame for many sessions counts once.
pub const LOG_BYTES: usize = 64 * 1024 * 1024;

/// Bytes that a session may be behind before its params coalesce and only the last of each stream is kept.
pub const LAG_BYTES: usize = 16 * 1024 * 1024;

/// Bytes that a session may be behind at most. An event without room would be lost, so the session
/// is ended.
pub const UNSENT_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of coalesced params and streams for a session that is behind.
pub const BACKLOG_BYTES: usize = 8 * 1024 * 1024;

/// Bytes of queued replies to one session before it is no longer read.
pub const OWN_BYTES: usize = 256 * 1024;

/// Bytes of the replies, backlogs, partly read messages and messages held by rate limits of all
/// sessions. Beyond that, the session with the most is ended.
pub const SESSIONS_BYTES: usize = 256 * 1024 * 1024;

/// Bytes of params in one SNAPSHOT. Its length field allows 65,535; a single value may take most of
/// them, so a chunk is closed before a param that would not fit.
pub const SNAPSHOT_BYTES: usize = 60_000;

/// Held bundles.
pub const TIMED_BUNDLES: usize = 10_000;

/// Bytes of held bundles.
pub const TIMED_BYTES: usize = 64 * 1024 * 1024;

/// How far in the future a bundle may be timed: a day.
pub const TIMED_AHEAD: Duration = Duration::from_secs(24 * 60 * 60);

/// Running timelines.
pub const TIMELINES: usize = 1_000;

/// Bytes that the keyframes of all timelines may take.
pub const TIMELINES_BYTES: usize = 64 * 1024 * 1024;

/// Keyframes of one timeline; a frame has room for about this many.
pub const KEYFRAMES: usize = 10_000;

/// Announced signals of the router.
pub const SIGNALS: usize = 100_000;

/// Bytes that the announced signals may take.
pub const SIGNALS_BYTES: usize = 32 * 1024 * 1024;

/// A token (or a session, without tokens) may use one part in this many of the limits for held
/// bundles, timelines and signals.
pub const SHARE: usize = 4;

/// Active gestures of one session.
pub const GESTURES: usize = 1_000;

/// The rate of timelines and gestures, per second.
pub const FRAME_RATE: u64 = 60;
