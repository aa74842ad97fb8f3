//! `cancel`: stops a run or a turn that is under way, by its id or by its entry in the ledger.

use serde_json::Value;

use super::connection::{AppArgs, LimitArgs, affirmed};
use super::settle::{RunState, run_state};
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::forge::api::names::RunId;
use crate::forge::api::route::Route;
use crate::forge::client::{Client, block_on};
use crate::forge::ledger::Ledger;
use crate::term::Terminal;

const EXAMPLES: &str = "\
Examples:
  trefoil forge cancel run_065d9a1c0f3a2b7e

The number of an entry of the ledger will do, too. What the run has cost until
then is charged; one that still waits for its turn costs nothing.";

/// What may be typed after `cancel`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct CancelArgs {
    /// The number of the ledger's entry, or the service's id of the run
    #[arg(add = super::complete::entries())]
    id: RunId,

    #[command(flatten)]
    limit: LimitArgs,

    #[command(flatten)]
    app: AppArgs,
}

impl CancelArgs {
    /// Asks the service to stop it, and says whether it had ended.
    ///
    /// # Errors
    /// A usage failure for an entry that is not there; [`Kind::Refused`] for a run that the service
    /// does not have.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let client = self.app.client(&terminal.console, Intent::Write(&[]))?;
        let reply = block_on(async {
            let id = self.run_id(&client).await?;
            let route = Route::CancelRun(id);
            let reply = client.ask(&route, Some(self.limit.timeout)).await;
            reply.map_err(Failure::from)
        })??;
        affirmed(&reply, "it was not stopped")?;
        let had_ended = reply.body.field("already_ended") == Some(&Value::Bool(true));
        let name = reply
            .body
            .text("run_id")
            .unwrap_or(self.id.as_str())
            .to_owned();
        let mut report = terminal.report(format_args!("{name} is asked to stop"));
        report.print(|printer| {
            printer.document(&reply.body, |words| {
                words.address(&name).plain(if had_ended {
                    " had ended already"
                } else {
                    " is being stopped"
                });
            })
        });
        report.finish(Ok(()))
    }

    /// The service's id; of an entry in the ledger the service is asked for it.
    async fn run_id(&self, client: &Client) -> Result<RunId, Failure> {
        let Ok(number) = self.id.as_str().parse::<u64>() else {
            return Ok(self.id.clone());
        };
        let entries = Ledger::of_user()?.entries()?;
        let entry = entries.into_iter().find(|entry| entry.id == number);
        let Some(entry) = entry else {
            let failure = Failure::usage(format!("the ledger has no entry {number}"));
            return Err(failure.with_hint("What there is: trefoil forge ledger list"));
        };
        let url = &entry.begin.url;
        if *url != client.base().to_string() {
            let failure = Failure::usage(format!("the entry {number} was sent to another service"));
            return Err(failure.with_hint(format!("Name that: --url {url}")));
        }
        let unknown = |why: &str| {
            let why = format!("the entry {number} cannot be stopped: {why}");
            Failure::new(Kind::Refused, why)
        };
        let Some(key) = &entry.begin.key else {
            return Err(unknown("it was sent without a key"));
        };
        match run_state(client, key, self.limit.timeout).await? {
            RunState::UnderWay { id, .. } | RunState::Lost(id) => Ok(id),
            RunState::Ended(ended) => Ok(ended.id),
            RunState::NotKept => Err(unknown("the service knows no runs by their key")),
            RunState::NoRun => Err(unknown("the service has no run of its key")),
        }
    }
}
