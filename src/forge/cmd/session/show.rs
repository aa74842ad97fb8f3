//! `session show`: prints the state of a session.

use std::time::Duration;

use super::state::describe;
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::forge::api::names::SessionId;
use crate::forge::api::reply::Body;
use crate::forge::api::route::Route;
use crate::forge::client::block_on;
use crate::forge::client::{Client, Error};
use crate::forge::cmd::complete;
use crate::forge::cmd::connection::{AppArgs, LimitArgs};
use crate::term::{Printer, Terminal};

const EXAMPLES: &str = "\
Examples:
  trefoil forge session show sess_abc
  trefoil forge session show sess_abc --jq .turn_count
  trefoil forge session show sess_abc --jq .live -e || echo asleep";

/// What may be typed after `show`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ShowArgs {
    /// The session
    #[arg(add = complete::sessions())]
    id: SessionId,

    #[command(flatten)]
    limit: LimitArgs,

    #[command(flatten)]
    app: AppArgs,
}

impl ShowArgs {
    /// Shows the session.
    ///
    /// # Errors
    /// [`Kind::Refused`] if there is no such session; [`Kind::Service`] if the reply is not a
    /// state.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let client = self.app.client(&terminal.console, Intent::Read)?;
        let body = block_on(state(&client, &self.id, self.limit.timeout))??;
        show(&body, &mut terminal.printer)?;
        terminal.printer.finish()
    }
}

/// Asks for a session's state.
///
/// # Errors
/// The errors of the client.
pub async fn state(client: &Client, id: &SessionId, limit: Duration) -> Result<Body, Error> {
    let reply = client.ask(&Route::Session(id.clone()), Some(limit)).await?;
    Ok(reply.body)
}

/// Prints a session's state.
///
/// # Errors
/// [`Kind::Service`] if the body is not a state; it is still printed.
pub fn show(body: &Body, printer: &mut Printer) -> Result<(), Failure> {
    if body.object().is_some() {
        return printer.document(body, |words| describe(&body.to_json(), words));
    }
    printer.value(body)?;
    printer.flush()?;
    Err(Failure::new(
        Kind::Service,
        "the reply is not what the contract says: it is no session's state",
    ))
}
