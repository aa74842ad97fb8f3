//! Every limit of the router, by name: what a client may ask for before it is refused.
//!
//! Nesting is limited by [`crate::clasp::wire::DEPTH_MAX`], lengths by the wire itself.

use std::time::Duration;

/// From TCP to HELLO. Who has not said it by then is let go.
pub const HELLO_TIME: Duration = Duration::from_secs(10);

/// Frames that are none, in one session; the last of them closes it.
pub const BAD_FRAMES: u32 = 3;

/// The longest WebSocket message: a frame's payload and its longest header.
pub const MESSAGE_BYTES: usize = 65_535 + 12;

/// Sessions at a time, unless told otherwise.
pub const SESSIONS: usize = 10_000;

/// Subscriptions of one session.
pub const SUBSCRIPTIONS: usize = 10_000;

/// Params of the router. A million of them with short values take about 200 MB.
pub const PARAMS: usize = 1_000_000;

/// Bytes of a param's address and value together. A SET has room for a few more, but the SNAPSHOT
/// that tells of it, with revision, writer and time, would not.
pub const PARAM_BYTES: usize = 65_400;

/// Announced signals of the router.
pub const SIGNALS: usize = 100_000;

/// Bytes that may wait for one reader. At this bound its publishers wait.
pub const QUEUE_BYTES: usize = 1024 * 1024;

/// How long the publishers of a reader wait for it to make room.
pub const PATIENCE: Duration = Duration::from_millis(100);

/// Bytes kept for a reader that is slow, beside the queue: what coalesces and what may be dropped.
/// An event that has no room here is lost, and so the session is closed.
pub const BACKLOG_BYTES: usize = 8 * 1024 * 1024;

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

/// Keyframes of one timeline; the wire's own lengths allow no more than about this.
pub const KEYFRAMES: usize = 10_000;

/// Gestures of one session that are under way.
pub const GESTURES: usize = 1_000;

/// Timelines and gestures go at this rate, per second.
pub const FRAME_RATE: u64 = 60;
