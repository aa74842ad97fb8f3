//! `session close`: ids enter, sessions end.

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
use crate::term::Terminal;

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
    /// Closes them, one after the other; one that cannot be closed does not keep the others open.
    ///
    /// # Errors
    /// The refusal's own, or [`Kind::Partial`] if others were closed.
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
        for id in &self.ids {
            let route = Route::CloseSession(id.clone());
            let reply = client.ask(&route, Some(self.limit.timeout)).await;
            let record = match reply.map_err(Failure::from) {
                Ok(reply) => record(id, &reply.body),
                Err(failure) => Err(failure),
            };
            match record {
                Ok(record) => {
                    let already = record.get("already_closed") == Some(&Value::Bool(true));
                    terminal.printer.document(&record, |words| {
                        words.address(id).plain(match already {
                            true => " was closed already",
                            false => " closed",
                        });
                    })?;
                    terminal.printer.flush()?;
                }
                Err(failure) => failures.push((id, failure)),
            }
        }
        let (failed, all) = (failures.len(), self.ids.len());
        let Some((_, last)) = failures.pop() else {
            return terminal.printer.finish();
        };
        if all == 1 {
            return Err(last);
        }
        for (id, failure) in &failures {
            terminal
                .console
                .warn(format_args!("{id}: {}", failure.message()));
        }
        if failed == all {
            return Err(last.context(format!("none of the {all} sessions is closed")));
        }
        let why = last.message();
        let kind = Kind::Partial;
        let failure = Failure::new(
            kind,
            format!("{} of {all} sessions are closed: {why}", all - failed),
        );
        Err(match last.hint {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        })
    }
}

/// What the service says of a session that was closed, with its id: `{"session_id","ok":true}`.
fn record(id: &SessionId, body: &Body) -> Result<Map<String, Value>, Failure> {
    let no = |why: String| Failure::new(Kind::Service, format!("the session {id}: {why}"));
    let Some(fields) = body.object() else {
        return Err(no("the reply is not what the contract says".to_owned()));
    };
    if fields.get("ok").is_some_and(|ok| *ok != Value::Bool(true)) {
        let said = body.complaint().unwrap_or_default();
        return Err(no(format!(
            "the service says that it is not closed: {said}"
        )));
    }
    let mut record = Map::new();
    record.insert("session_id".to_owned(), Value::from(id.as_str()));
    for (name, value) in fields {
        record.insert(name.clone(), value.clone());
    }
    Ok(record)
}
