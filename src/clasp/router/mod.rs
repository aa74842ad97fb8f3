//! A CLASP router that does what the documentation says.
//!
//! Takes a listener, [`Settings`] and a stop signal ([`run()`]). Runs until it is stopped.
//!
//! ```text
//! run            accepts, runs timers, works, stops        the sockets and the clock
//!   handshakes   from accept to HELLO
//!   session      bytes of one socket ─▶ frames             one task a connection
//!   local        frames of a client in this process        one task a connection
//!     hub        frame, now ─▶ frames in outboxes          the single owner of all state
//!       state · subscriptions · schedule · auth · grants   pure: no socket, no clock, no sleep
//!       outbox   the send queue of one session             ranges of one log
//! ```
//!
//! # How it stays fast, bounded and fair
//!
//! - **One thread.** A frame costs less than handing it to another thread would. There are no
//!   locks, and a bundle takes effect as a whole.
//! - **Work in slices.** Every operation that may take long (a snapshot, a query, the expiry of
//!   many params, a burst of frames, removing the subscriptions of an ended session) checks a
//!   [`work::Slice`] of one millisecond, and continues after other work had its turn. Scans are
//!   cursors over the ordered addresses, not lists made in advance.
//! - **One log.** A frame for many sessions is encoded once, into the log; a session keeps ranges
//!   of it ([`outbox`]). No publisher waits for a reader. For a session that falls behind, a param
//!   is queued as an address, whose value is read when it is sent, and of a stream only the last
//!   message is kept; an event without room ends the session with 503.
//! - **A budget for every kind of memory**, in bytes: see [`limits`]. Read buffers are lent
//!   ([`crate::net::peer::BufferPool`]), so that a session that says nothing keeps almost nothing.
//! - **Matching.** Subscriptions are a tree of segments; the matches of an address are cached until
//!   a subscription changes. The length of addresses and patterns is limited, and matching is
//!   linear in it.
//! - **One lifecycle of a session** (`hub/sessions.rs`): handshake with a timeout, liveness by
//!   Ping, and an end with a Close frame that is always the last frame. What a session has started
//!   that outlives the request holds a share of its [`grants::Grant`] and ends when that is
//!   revoked.
//! - **Persistence.** No change is reported before it is safe: separate threads write to disk, and
//!   frames that report a change wait in the outboxes until it is written ([`store`]).
//! - **Many routers**: with a cluster, what is written goes through an engine and comes back to all
//!   routers in the same order ([`cluster`]).
//! - **A clock** that follows the system clock and never goes back ([`clock`]).
//!
//! All limits are in [`limits`].

pub mod auth;
mod bytes;
pub mod clock;
pub mod cluster;
pub mod grants;
mod handshakes;
pub mod history;
mod hub;
pub mod limits;
mod local;
pub mod metrics;
pub mod outbox;
mod probes;
mod run;
pub mod schedule;
mod session;
pub mod state;
pub mod store;
pub mod subscriptions;
pub mod work;

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::clasp::wire::Ttl;
pub use crate::net::Listener;
pub use crate::net::local::local;
pub use crate::net::tls::Acceptor;
pub use crate::net::{BadIdentity, block_on, now_micros, sd_notify};
use crate::trace::Trace;
pub use clock::Clock;
pub use run::{Backing, Ended, run};

/// The settings of a router.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name in WELCOME.
    pub name: String,
    /// The TTL for a SET without one.
    pub ttl: Ttl,
    /// The greatest number of messages a second per connection; more are refused.
    pub rate_limit: Option<u32>,
    /// The greatest number of sessions at a time.
    pub max_sessions: usize,
    /// The origins of web pages that may connect, besides the router's own.
    pub origins: Vec<String>,
    /// TLS, if it is used.
    pub tls: Option<Acceptor>,
    /// A session that is silent for this long gets a Ping, and is ended when it stays silent for as
    /// long again.
    pub ping_interval: Duration,
    /// The clock.
    pub clock: Clock,
    /// The channel of notices for the operator.
    pub notices: Option<Notices>,
    /// What of the traffic is shown.
    pub trace: Trace,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            name: "trefoil".into(),
            ttl: Ttl::Never,
            rate_limit: None,
            max_sessions: limits::SESSIONS,
            origins: Vec::new(),
            tls: None,
            ping_interval: limits::PING_INTERVAL,
            clock: Clock::start(),
            notices: None,
            trace: Trace::default(),
        }
    }
}

/// A channel of notices.
pub type Notices = UnboundedSender<Notice>;

/// A notice for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The system clock was set by this many µs.
    ClockStep(i64),
    /// A web page of this origin was refused.
    OriginRefused(String),
    /// This many bundles were due while the router was not running, too long ago to execute them
    /// now.
    LateBundles(usize),
    /// This many held bundles, timelines and signals were dropped, because their tokens are no
    /// longer valid.
    RightsEnded(usize),
    /// A held bundle had become impossible at its time, for this reason, and nothing of it was executed; nor was
    /// anything of this many others of which nothing was said.
    BundleRefused(String, u64),
    /// The disk cannot be written; the text is the system's. Writes are refused.
    DiskFailed(String),
    /// The disk can be written again.
    DiskWell,
    /// The history loses messages; the text is the system's.
    HistoryFailed(String),
    /// The history is recorded again; this many messages are missing.
    HistoryWell(usize),
    /// A file of the history is damaged: messages are missing.
    HistoryDamaged {
        /// The file.
        path: PathBuf,
        /// How many of its bytes cannot be read.
        bytes: usize,
    },
    /// The connection to the cluster's engine was lost, for this reason.
    EngineLost(String),
    /// The cluster's engine has been away for too long: writes are refused.
    EngineAway,
    /// This router agrees with the others again.
    EngineBack,
    /// The cluster's engine will not do any more, for this reason.
    EngineUnfit(String),
    /// The cluster's engine has no stream any more.
    EngineEmpty,
    /// The cluster's engine has lost what was written last.
    EngineWentBack,
}
