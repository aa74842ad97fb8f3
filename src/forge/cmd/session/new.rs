//! `session new`: opens a session and prints its id.

use super::open::{OpenArgs, Opened};
use crate::config::guard::Intent;
use crate::error::Failure;
use crate::forge::api::route::{OpenSession, Route, json};
use crate::forge::client::{Exchange, Payload, block_on};
use crate::forge::cmd::connection::{AppArgs, Auth, LimitArgs};
use crate::forge::cmd::curl;
use crate::term::{Form, Terminal};

const EXAMPLES: &str = "\
Examples:
  trefoil forge session new
  ID=$(trefoil forge session new --jq .session_id -r)
  trefoil forge session new --agent codex --meta '{\"caller\":\"ci\"}'";

/// What may be typed after `new`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct NewArgs {
    #[command(flatten)]
    open: OpenArgs,

    /// Print the request as a curl command, and send nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    limit: LimitArgs,

    #[command(flatten)]
    app: AppArgs,
}

impl NewArgs {
    /// Opens a session.
    ///
    /// # Errors
    /// See [`Opened::read`].
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let meta = self.open.meta()?;
        let request = OpenSession {
            agent: &self.open.agent,
            model: self.open.model.as_deref(),
            meta: meta.as_ref(),
        };
        let (route, limit) = (Route::OpenSession, Some(self.limit.timeout));
        if self.dry_run {
            let body = json(&request);
            let line = curl::command(
                &self.app.connection,
                Auth::App,
                &route,
                Some(&body),
                &[],
                limit,
            )?;
            terminal.printer.line(line.as_bytes())?;
            return terminal.printer.finish();
        }
        let client = self.app.client(&terminal.console, Intent::Write(&[]))?;
        let (payload, exchange) = (Payload::json(&request), Exchange::default());
        let reply = block_on(client.send(&route, payload, limit, &exchange))?;
        let Opened { id, body } = Opened::read(reply)?;
        let report = terminal.report(format_args!("the session {id} is open"));
        let mut report =
            report.or_else(|| format!("To close it: trefoil forge session close {id}"));
        report.print(|printer| printer.document(&body, |words| _ = words.plain(&id)));
        let printer = report.printer();
        if printer.form() == Form::Table && !printer.is_filtered() {
            report.print(|printer| printer.flush());
            report.console().note(format_args!(
                "Go on with: trefoil forge session turn {id} 'PROMPT', or chat {id}"
            ));
        }
        report.finish(Ok(()))
    }
}
