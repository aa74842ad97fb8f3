//! `session list`: lists the sessions.

use super::show::Listed;
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::forge::api::reply::list;
use crate::forge::api::route::Route;
use crate::forge::api::session::{SessionState, Standing};
use crate::forge::cmd::connection::{AppArgs, LimitArgs, ask};
use crate::forge::ledger::now_micros;
use crate::term::Terminal;

const EXAMPLES: &str = "\
Examples:
  trefoil forge session list --open
  trefoil forge session list --open --jq '.[].session_id' -r |
    xargs trefoil forge session close";

/// What may be typed after `list`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ListArgs {
    /// List only those that are not closed
    #[arg(long)]
    open: bool,

    #[command(flatten)]
    limit: LimitArgs,

    #[command(flatten)]
    app: AppArgs,
}

impl ListArgs {
    /// Lists the sessions.
    ///
    /// # Errors
    /// [`Kind::Service`] if the reply is not a list.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let client = self.app.client(&terminal.console, Intent::Read)?;
        let route = Route::Sessions { closed: !self.open };
        let reply = ask(client.ask(&route, Some(self.limit.timeout)))?;
        let Some(states) = list(&reply.body, "sessions") else {
            terminal.printer.value(&reply.body)?;
            terminal.printer.flush()?;
            return Err(Failure::new(
                Kind::Service,
                "the reply is not what the contract says: it is no list of sessions",
            ));
        };
        let now = now_micros();
        let rows: Vec<Listed> = states
            .iter()
            // A service without include_closed lists all of them.
            .filter(|state| !self.open || SessionState(state).standing() != Standing::Closed)
            .map(|state| Listed::new(state, now))
            .collect();
        terminal.printer.list(&rows)?;
        terminal.printer.finish()
    }
}
