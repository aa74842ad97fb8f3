//! A CLASP router that does what the documentation says.
//!
//! Enters: a listener, [`Settings`] and a stop signal ([`run()`]). Leaves: nothing, until it is
//! stopped.
//!
//! ```text
//! run            accepts, ticks, works, probes, stops      the sockets and the clock
//!   handshakes   from accept to HELLO
//!   session      bytes of one socket ─▶ frames             one task a connection
//!     hub        frame, now ─▶ frames in outboxes          the one owner of everything
//!       state · subscriptions · schedule · auth · grants   pure: no socket, no clock, no sleep
//!       outbox   what one session is still to be sent      ranges of one log
//! ```
//!
//! # How it stays fast, bounded and fair
//!
//! - **One thread.** A frame costs less than handing it to another thread would. Nothing is
//!   locked, and a bundle is seen whole or not at all.
//! - **Work in slices.** Whatever may take long (a snapshot, a query, an expiry of many, a burst of
//!   frames, the subscriptions of a session that has ended) asks a [`work::Slice`] whether its
//!   millisecond is over, and goes on after the others have had their turn. Scans are cursors into
//!   the ordered addresses, not lists made beforehand.
//! - **One log.** A frame to many is encoded once, into the log; a session keeps ranges of it
//!   ([`outbox`]). No publisher waits for a reader. One that falls behind is told of a param by its
//!   address, whose value is read when it is its turn; of a stream it gets the last message; an
//!   event that has no room ends the session with 503.
//! - **A budget for every kind of memory**, in bytes: see [`limits`]. Read buffers are lent
//!   ([`crate::net::peer::BufferPool`]), so that a session that says nothing keeps almost nothing.
//! - **Matching.** Subscriptions are a tree of segments; who matches an address is remembered until
//!   a subscription changes. Addresses and patterns have a longest length, and matching one
//!   against the other is linear in it.
//! - **One life of a session** (`hub/sessions.rs`): handshake with a time limit, liveness by Ping,
//!   an end after which Close is the last frame by construction. What it has started that outlives
//!   the request holds a share of its [`grants::Grant`] and ends with that right.
//! - **What survives** is told to nobody before it is safe: the disk has threads of its own, and what
//!   the hub says waits in the outboxes until they have done their work ([`store`]).
//! - **Many routers**: with a cluster, what is written goes through an engine and comes back to all
//!   routers in the same order ([`cluster`]).
//! - **A clock that follows** the system's and never goes back ([`clock`]).
//!
//! Every limit stands in [`limits`].

pub mod auth;
pub mod clock;
pub mod cluster;
pub mod grants;
mod handshakes;
pub mod history;
mod hub;
pub mod limits;
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

use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::clasp::wire::Ttl;
pub use crate::net::Listener;
pub use crate::net::tls::Acceptor;
pub use crate::net::{BadIdentity, block_on, now_micros, sd_notify};
use crate::trace::Trace;
pub use clock::Clock;
pub use run::{Backing, Ended, run};

/// How a router is to behave.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What WELCOME calls it.
    pub name: String,
    /// The time to live of a SET that names none.
    pub ttl: Ttl,
    /// So many messages a second and connection; the rest are refused.
    pub rate_limit: Option<u32>,
    /// So many sessions at a time.
    pub max_sessions: usize,
    /// The origins of web pages that may connect, beside its own.
    pub origins: Vec<String>,
    /// TLS, if it is to be spoken.
    pub tls: Option<Acceptor>,
    /// A session that is silent for so long is asked whether it is there, and ended when it is
    /// silent for as long again.
    pub ping_interval: Duration,
    /// The time.
    pub clock: Clock,
    /// Where to tell what whoever runs the router should know.
    pub notices: Option<Notices>,
    /// What of the conversations is shown.
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

/// Where notices go.
pub type Notices = UnboundedSender<Notice>;

/// What whoever runs the router should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The system's clock was set, by so many µs.
    ClockStep(i64),
    /// A page of this origin was refused.
    OriginRefused(String),
    /// So many bundles were due while no router was there, too long ago to be done now.
    LateBundles(usize),
    /// So much of what was held, ran or was announced belonged to tokens that are no longer good.
    RightsEnded(usize),
    /// The disk takes nothing, in the system's words: writes are refused.
    DiskFailed(String),
    /// The disk takes what is written again.
    DiskWell,
    /// The history loses what happens, in the system's words.
    HistoryFailed(String),
    /// The history is kept again; so much is missing in it.
    HistoryWell(usize),
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
