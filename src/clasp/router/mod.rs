//! A CLASP router that does what the documentation says.
//!
//! Enters: a listener, [`Settings`] and a stop signal ([`run()`]). Leaves: nothing, until it is
//! stopped.
//!
//! ```text
//! run        accepts, ticks, stops                    the sockets and the clock
//!   session  bytes of one socket ─▶ frames            one task a connection
//!     hub    frame, now ─▶ frames in outboxes         the one owner of everything
//!       state · subscriptions · schedule · auth       pure: no socket, no clock, no sleep
//!       outbox                                        what one session is still to be sent
//! ```
//!
//! One thread does it all: a frame costs less than handing it to another thread would. Every limit
//! stands in [`limits`].

pub mod auth;
mod hub;
pub mod limits;
mod outbox;
mod run;
pub mod schedule;
mod session;
pub mod state;
pub mod subscriptions;

use tokio::time::Instant;

use crate::clasp::wire::Ttl;
pub use crate::net::tls::Acceptor;
pub use crate::net::{BadIdentity, block_on, now_micros};
use crate::trace::Trace;
use hub::Now;
pub use run::{Ended, Listener, run};

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
    /// The time.
    pub clock: Clock,
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
            clock: Clock::start(),
            trace: Trace::default(),
        }
    }
}

/// The router's clock: the system's when it began, and steady since. Cues keep their distances
/// when the system's clock is set; clients synchronise with this one.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    began: Instant,
    micros: u64,
}

impl Clock {
    /// Begins with the system's time.
    pub fn start() -> Clock {
        Clock {
            began: Instant::now(),
            micros: now_micros(),
        }
    }

    /// Now, in µs since the epoch.
    pub fn micros(&self) -> u64 {
        self.micros + self.began.elapsed().as_micros() as u64
    }

    fn now(&self) -> Now {
        let instant = Instant::now();
        let passed = instant.duration_since(self.began);
        Now {
            micros: self.micros + passed.as_micros() as u64,
            instant,
        }
    }

    /// When it will be this time; now, if it has been.
    fn instant(&self, micros: u64) -> Instant {
        let passed = micros.saturating_sub(self.micros);
        self.began + std::time::Duration::from_micros(passed)
    }
}
