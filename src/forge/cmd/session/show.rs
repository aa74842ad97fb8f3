//! `session show`: prints the state of a session, as a few lines; as a row for `session list`.

use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::forge::api::names::SessionId;
use crate::forge::api::reply::Body;
use crate::forge::api::route::Route;
use crate::forge::api::session::{SessionState, Standing};
use crate::forge::client::{Client, Error, block_on};
use crate::forge::cmd::complete;
use crate::forge::cmd::connection::{AppArgs, LimitArgs};
use crate::forge::ledger::now_micros;
use crate::term::{Cells, Column, Printer, Row, Terminal, Words};
use crate::text::time::Age;

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

/// A session in a list; as JSON it is the service's own object.
#[derive(Debug)]
pub struct Listed<'a> {
    value: &'a Value,
    now: u64,
}

impl<'a> Listed<'a> {
    /// A row; `now` is the current time in microseconds since the epoch.
    pub fn new(value: &'a Value, now: u64) -> Listed<'a> {
        Listed { value, now }
    }
}

impl Serialize for Listed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl Row for Listed<'_> {
    const COLUMNS: &'static [Column] = &[
        Column::left("ID"),
        Column::left("AGENT"),
        Column::right("TURNS"),
        Column::left("LAST TURN"),
        Column::left("STATE"),
    ];

    fn cells(&self, cells: &mut Cells) {
        let (state, now) = (SessionState(self.value), self.now);
        cells.address(state.text("session_id").unwrap_or_default());
        cells.plain(state.text("agent").unwrap_or_default());
        match state.turns() {
            Some(turns) => cells.plain(turns),
            None => cells.plain(""),
        };
        match state.time("last_turn_at") {
            Some(at) => cells.dim(Age { at, now }),
            None => cells.dim("none yet"),
        };
        match state.standing() {
            Standing::Closed => cells.dim(Standing::Closed),
            standing => cells.plain(standing),
        };
    }
}

/// Writes one line for each fact.
pub fn describe(value: &Value, words: &mut Words) {
    let (state, now) = (SessionState(value), now_micros());
    let mut fact = |name: &str, value: &dyn std::fmt::Display| {
        words
            .dim(format_args!("{name:<10}"))
            .plain(value)
            .end_line();
    };
    for (name, field) in [("session", "session_id"), ("agent", "agent")] {
        if let Some(value) = state.text(field) {
            fact(name, &value);
        }
    }
    fact("state", &state.standing());
    if let Some(turns) = state.turns() {
        fact("turns", &turns);
    }
    for (name, field) in [
        ("opened", "created_at"),
        ("last turn", "last_turn_at"),
        ("closed", "closed_at"),
    ] {
        if let Some(at) = state.time(field) {
            fact(name, &Age { at, now });
        }
    }
    if let Some(directory) = state.text("cwd") {
        fact("directory", &directory);
    }
    if let Some(meta) = state.meta() {
        fact("meta", &meta);
    }
}
