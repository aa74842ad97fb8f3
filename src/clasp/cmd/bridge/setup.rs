//! What a bridge gets from the process that runs it.

use std::time::Duration;

use tokio::sync::watch;

use super::report::Report;
use crate::clasp::bridge::route::Route;
use crate::clasp::client::{Reconnect, Target};
use crate::clasp::cmd::allow::Allow;
use crate::error::Kind;

/// What a bridge gets from its process.
pub struct Setup {
    /// The router.
    pub target: Target,
    /// After how long a silence the router is probed.
    pub probe_interval: Duration,
    /// How to reconnect to the router.
    pub reconnect: Reconnect,
    /// Which addresses may be written.
    pub allow: Allow,
    /// What passes, and how it is changed.
    pub route: Route,
    /// When to end.
    pub stop: Stop,
    /// Counts and output.
    pub report: Report,
}

/// Tells a bridge when to end.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<Option<StopCause>>);

/// Why bridges end.
#[derive(Debug, Clone, Copy)]
pub enum StopCause {
    /// A signal.
    Signal(Kind),
    /// The time of `--timeout` is over.
    Deadline,
    /// Another bridge has failed, or the router in this process stops.
    Other,
}

impl Stop {
    /// Ends when the sender sends a cause, or is dropped.
    pub fn new(cause: watch::Receiver<Option<StopCause>>) -> Stop {
        Stop(cause)
    }

    /// Waits until the bridge has to end.
    pub async fn wait(&mut self) -> StopCause {
        match self.0.wait_for(Option::is_some).await {
            Ok(cause) => cause.unwrap_or(StopCause::Other),
            Err(_) => StopCause::Other,
        }
    }
}
