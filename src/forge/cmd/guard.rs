//! `guard`: the service runs it as the parent process of an agent. Users do not type it.

use std::ffi::OsString;

use crate::error::{Failure, Kind};
use crate::forge::server;

/// The arguments that the service passes to `guard`.
#[derive(Debug, clap::Args)]
pub struct GuardArgs {
    /// The service's process id
    service: i32,

    /// The agent and its arguments
    #[arg(last = true, required = true)]
    agent: Vec<OsString>,
}

impl GuardArgs {
    /// Runs the agent to its end, and stops the processes that it has left.
    ///
    /// # Errors
    /// When the agent cannot be started; its exit status, if that is not 0.
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
