//! `guard`: what the service starts between itself and an agent. Nobody types it.

use std::ffi::OsString;

use crate::error::{Failure, Kind};
use crate::forge::server;

/// What the service writes behind `guard`.
#[derive(Debug, clap::Args)]
pub struct GuardArgs {
    /// The service's process id
    service: i32,

    /// The agent and its arguments
    #[arg(last = true, required = true)]
    agent: Vec<OsString>,
}

impl GuardArgs {
    /// Runs the agent to its end, and stops whatever it has left.
    ///
    /// # Errors
    /// When it cannot be started; its exit status, if that is not 0.
    pub fn run(self) -> Result<(), Failure> {
        match server::block_on(server::guard(self.service, &self.agent))? {
            Ok(0) => Ok(()),
            Ok(status) => Err(Failure::new(
                Kind::Command(status),
                format!("the agent ended with {status}"),
            )),
            Err(error) => Err(Failure::new(
                Kind::CommandNotRunnable,
                format!("cannot run the agent: {error}"),
            )),
        }
    }
}
