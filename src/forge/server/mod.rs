//! The forge service. Takes HTTP requests; runs `claude` for them; gives answers, and keeps them.
//!
//! The life of a run, told by its types:
//!
//! ```text
//! POST /run
//!   http::input     RunOptions, Prompt       the body, every field checked
//!   runs            Order                who wants it, what, under which Idempotency-Key
//!   policy          Policy               models, tools, timeout, rate and budget of the token
//!   queue           Ticket               tokens take turns; a slot, or 429
//!   state           RunRow               the claim, on disk before a process is started
//!   agents::launch  Launch ─▶ argv       the switches that keep a run from costing twice
//!   agents::process Process              `claude`, below a guard that stops all it starts
//!   agents::line    AgentLine ─▶ Event   what it prints, line by line, for every watcher
//!                             └▶ AgentReport   how it went, and what it cost
//!   live            Answer               the contract's reply, kept for a day
//!   state           RunRow, Spent        the answer and the day's sum, in one commit
//!   http::reply     Response             JSON, or the last event of a stream
//! ```
//!
//! A turn of a session is the same, except that its process may be one that waited for it
//! ([`sessions`]). Everything runs on one thread: what waits are processes and sockets, and only the
//! disk has threads of its own. Every limit is in [`limits`].

pub mod agents;
mod audit;
mod elsewhere;
mod finish;
pub mod http;
pub mod limits;
mod live;
mod policy;
mod prompt;
mod queue;
mod refusal;
mod result;
mod runs;
mod service;
mod sessions;
pub mod state;
mod transcript;
mod warm;
mod work;

pub use crate::net::Listener;
pub use crate::net::tls::Acceptor;
pub use crate::net::{BadIdentity, block_on, host_name, sd_notify};
pub use agents::guard::guard;
pub use http::{Ended, serve};
pub use service::{CLAUDE, Service, Settings};
pub use state::StateError;
