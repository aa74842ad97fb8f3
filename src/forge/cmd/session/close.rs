//! `session close`: closes sessions by their ids.

use serde_json::{Map, Value};

use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::forge::api::names::SessionId;
use crate::forge::api::reply::Body;
use crate::forge::api::route::Route;
use crate::forge::client::{Client, block_on};
use crate::forge::cmd::complete;
use crate::forge::cmd::connection::{AppArgs, Auth, LimitArgs};
use crate::forge::cmd::curl;
use crate::outcome::Outcome;
use crate::term::{Console, Report, Terminal};

const EXAMPLES: &str = "\
Examples:
  trefoil forge session close sess_abc
  trefoil forge session close sess_abc sess_def
  trefoil forge session close sess_abc --jq .already_closed -e";

/// What may be typed after `close`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct CloseArgs {
    /// The sessions; one that is closed already stays so
    #[arg(required = true, value_name = "ID", add = complete::sessions())]
    ids: Vec<SessionId>,

    /// Print the requests as curl commands, and send nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    limit: LimitArgs,

    #[command(flatten)]
    app: AppArgs,
}

impl CloseArgs {
    /// Closes the sessions one after the other. If one cannot be closed or output cannot be
    /// printed, the others are still closed.
    ///
    /// # Errors
    /// The failure of the service, or [`Kind::Partial`] if others were closed.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        if self.dry_run {
            for id in &self.ids {
                let (route, limit) = (Route::CloseSession(id.clone()), Some(self.limit.timeout));
                let line =
                    curl::command(&self.app.connection, Auth::App, &route, None, &[], limit)?;
                terminal.printer.line(line.as_bytes())?;
            }
            return terminal.printer.finish();
        }
        let client = self.app.client(&terminal.console, Intent::Write(&[]))?;
        block_on(self.close(&client, &mut terminal))?
    }

    async fn close(&self, client: &Client, terminal: &mut Terminal) -> Result<(), Failure> {
        let mut failures: Vec<(&SessionId, Failure)> = Vec::new();
        let (all, mut closed) = (self.ids.len(), 0);
        let mut report = Report::new(&mut terminal.printer, &terminal.console, "");
        for id in &self.ids {
            let route = Route::CloseSession(id.clone());
            let reply = client.ask(&route, Some(self.limit.timeout)).await;
            let record = match reply.map_err(Failure::from) {
                Ok(reply) => record(id, &reply.body),
                Err(failure) => Err(failure),
            };
            match record {
                Ok(record) => {
                    closed += 1;
                    report.now(match (closed, all) {
                        (1, 1) => format!("the session {id} is closed"),
                        (closed, all) => format!("{closed} of {all} sessions are closed"),
                    });
                    let already = record.get("already_closed") == Some(&Value::Bool(true));
                    report.print(|printer| {
                        printer.document(&record, |words| {
                            words.address(id).plain(if already {
                                " was closed already"
                            } else {
                                " closed"
                            });
                        })?;
                        printer.flush()
                    });
                }
                Err(failure) => failures.push((id, failure)),
            }
        }
        report.finish(result(failures, all, &terminal.console))
    }
}

/// The result of the command; all failures but the last are printed as warnings.
fn result(
    mut failures: Vec<(&SessionId, Failure)>,
    all: usize,
    console: &Console,
) -> Result<(), Failure> {
    let failed = failures.len();
    let Some((_, last)) = failures.pop() else {
        return Ok(());
    };
    if all == 1 {
        return Err(last);
    }
    for (id, failure) in &failures {
        console.warn(format_args!("{id}: {}", failure.message()));
    }
    if failed == all {
        return Err(last.context(format!("none of the {all} sessions is closed")));
    }
    let why = last.message();
    let mut failure = Failure::new(
        Kind::Partial,
        format!("{} of {all} sessions are closed: {why}", all - failed),
    );
    failure.hint = last.hint;
    Err(failure)
}

/// The service's reply with the session's id: `{"session_id","ok":true}`.
fn record(id: &SessionId, body: &Body) -> Result<Map<String, Value>, Failure> {
    let no = |why: String| Failure::new(Kind::Service, format!("the session {id}: {why}"));
    let Some(fields) = body.object() else {
        return Err(no("the reply is not what the contract says".to_owned()));
    };
    if let Some(why) = body.denial() {
        return Err(no(format!("the service says that it is not closed: {why}"))
            .with_outcome(Outcome::Failed));
    }
    let mut record = Map::new();
    record.insert("session_id".to_owned(), Value::from(id.as_str()));
    for (name, value) in fields {
        record.insert(name.clone(), value.clone());
    }
    Ok(record)
}
