//! `session exec`: runs a command with a session of its own, which is closed when the command ends.

use std::ffi::OsString;

use tokio::process::Command;

use super::open::{OpenArgs, close, open};
use crate::config::child::environment;
use crate::config::guard::Intent;
use crate::error::Failure;
use crate::forge::api::names::SessionId;
use crate::forge::api::route::OpenSession;
use crate::forge::client::{Client, block_on};
use crate::forge::cmd::connection::AppArgs;
use crate::term::{Console, Interrupt, Terminal, child};

const EXAMPLES: &str = "\
Examples:
  trefoil forge session exec -- sh review.sh
  trefoil forge session exec --agent codex -- make review
  trefoil forge session exec -- sh -c '
    trefoil forge session turn $FORGE_SESSION @question.md -r'";

/// What may be typed after `exec`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ExecArgs {
    #[command(flatten)]
    open: OpenArgs,

    /// Run this with FORGE_SESSION and CLAWDFORGE_URL set, and end with its exit status; a trefoil
    /// in it has the same profile, but no token of an option
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,

    #[command(flatten)]
    app: AppArgs,
}

impl ExecArgs {
    /// Opens a session, runs the command, and always closes the session.
    ///
    /// # Errors
    /// When the command cannot be run, before a session is opened; the exit status of the command.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let mut command = child::command(&self.command)?;
        let meta = self.open.meta()?;
        let request = OpenSession {
            agent: &self.open.agent,
            model: self.open.model.as_deref(),
            meta: meta.as_ref(),
        };
        let console = &terminal.console;
        let access = self.app.access()?;
        child::set(&mut command, &environment(&access)?);
        let client = self.app.client_at(&access, console, Intent::Write(&[]))?;
        block_on(async {
            let mut signals = Interrupt::listen_to_all()?;
            let opened = open(&client, &request, &mut signals, console).await?;
            run_with_session(command, &client, &opened.id, &mut signals, console).await
        })?
    }
}

/// Runs a command with a session, and closes the session.
async fn run_with_session(
    mut command: Command,
    client: &Client,
    id: &SessionId,
    signals: &mut Interrupt,
    console: &Console,
) -> Result<(), Failure> {
    command.env("FORGE_SESSION", id.as_str());
    let status = match child::start(&mut command) {
        Ok(mut child) => child::wait(&mut child, async || signals.wait().await).await,
        Err(error) => Err(error.into()),
    };
    close(client, id, signals, console).await;
    child::check_status(status?)
}
