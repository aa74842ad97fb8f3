//! `ledger settle`: asks the service for the outcome of entries whose outcome is unknown, and
//! records it in the ledger.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::connection::{AppArgs, LimitArgs};
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::forge::api::moment::micros;
use crate::forge::api::names::RunId;
use crate::forge::api::reply::list;
use crate::forge::api::route::Route;
use crate::forge::client::{Client, Error, block_on};
use crate::forge::ledger::{End, Entry, Ledger};
use crate::outcome::Outcome;
use crate::term::{Cells, Column, Row, Terminal};

const EXAMPLES: &str = "\
Examples:
  trefoil forge ledger settle                   all that is unknown
  trefoil forge ledger settle 1183 && trefoil forge ledger show 1183

Every run is sent with a key of its own. A service that keeps answers by their
key (trefoil forge serve does, for a day) is asked; nothing is sent again.";

/// What may be typed after `settle`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct SettleArgs {
    /// Settle only these entries
    #[arg(value_name = "ID", add = super::complete::entries())]
    ids: Vec<u64>,

    #[command(flatten)]
    limit: LimitArgs,

    #[command(flatten)]
    app: AppArgs,
}

/// An entry and its outcome.
#[derive(Debug, Serialize)]
struct Settled {
    id: u64,
    kind: String,
    outcome: Outcome,
    /// What the service reports, or why it reports nothing.
    note: String,
}

impl Row for Settled {
    const COLUMNS: &'static [Column] = &[
        Column::right("ID"),
        Column::left("WHAT"),
        Column::left("OUTCOME"),
        Column::left("NOTE"),
    ];

    fn cells(&self, cells: &mut Cells) {
        cells.plain(self.id).plain(&self.kind);
        match self.outcome {
            Outcome::Done => cells.plain("done"),
            other => cells.bad(other),
        };
        cells.dim(&self.note);
    }
}

impl SettleArgs {
    /// Asks for each entry and prints the outcomes.
    ///
    /// # Errors
    /// [`Kind::Partial`] when an outcome stays unknown; the errors of the service and of the
    /// ledger.
    pub fn run(
        self,
        ledger: &Ledger,
        entries: Vec<Entry>,
        mut terminal: Terminal,
    ) -> Result<(), Failure> {
        let client = self.app.client(&terminal.console, Intent::Read)?;
        let base = client.base().to_string();
        let open = entries.into_iter().filter(|entry| {
            let end = entry.end.as_ref();
            let wanted = self.ids.is_empty() || self.ids.contains(&entry.id);
            wanted && end.is_none_or(|end| end.outcome == Outcome::Unknown)
        });
        let (here, elsewhere): (Vec<Entry>, Vec<Entry>) =
            open.partition(|entry| entry.begin.url == base);
        let mut settled = block_on(async {
            let mut settled = Vec::with_capacity(here.len());
            for entry in &here {
                settled.push(self.settle(&client, ledger, entry).await?);
            }
            Ok::<_, Failure>(settled)
        })??;
        settled.extend(elsewhere.iter().map(|entry| {
            let url = &entry.begin.url;
            unknown(
                entry,
                format!("it was sent to another service: --url {url}"),
            )
        }));
        terminal.printer.list(&settled)?;
        terminal.printer.flush()?;
        let open = settled.iter().filter(|one| one.outcome == Outcome::Unknown);
        match open.count() {
            0 => terminal.printer.finish(),
            count => Err(Failure::new(
                Kind::Partial,
                format!("{count} of {} are still unknown", settled.len()),
            )),
        }
    }

    async fn settle(
        &self,
        client: &Client,
        ledger: &Ledger,
        entry: &Entry,
    ) -> Result<Settled, Failure> {
        let Some(key) = &entry.begin.key else {
            return Ok(unknown(entry, "it was sent without a key".to_owned()));
        };
        let over = match run_state(client, key, self.limit.timeout).await? {
            RunState::Ended(over) => over,
            RunState::NotKept => {
                let note = "the service keeps no answers by their key";
                return Ok(unknown(entry, note.to_owned()));
            }
            RunState::NoRun => {
                let note = "the service has no run of its key under this token";
                return Ok(unknown(entry, note.to_owned()));
            }
            RunState::Lost(id) => {
                let note = format!("{id}: the service was killed while it ran");
                return Ok(unknown(entry, note));
            }
            RunState::UnderWay { id, status } => {
                return Ok(unknown(entry, format!("{id}: {status}, still under way")));
            }
        };
        let status = over.status();
        let EndedRun {
            id,
            outcome,
            reply,
            run,
        } = *over;
        ledger.keep(&entry.id.to_string(), reply.to_string().as_bytes())?;
        let ended = micros(&run["ended_at"]).unwrap_or(entry.begin.started);
        let end = End {
            outcome,
            elapsed_ms: ended.saturating_sub(entry.begin.started) / 1000,
            duration_ms: reply["duration_ms"].as_u64(),
            cost_usd: run["cost_usd"].as_f64(),
            stop_reason: reply["stop_reason"].as_str().map(str::to_owned),
            status,
            error: reply["error"].as_str().map(str::to_owned),
        };
        ledger.end(entry.id, &end)?;
        let cost = end
            .cost_usd
            .map_or_else(|| "cost unknown".to_owned(), |usd| format!("{usd} USD"));
        Ok(Settled {
            outcome,
            note: format!("{id}: {cost}"),
            ..unknown(entry, String::new())
        })
    }
}

fn unknown(entry: &Entry, note: String) -> Settled {
    Settled {
        id: entry.id,
        kind: entry.begin.kind.clone(),
        outcome: Outcome::Unknown,
        note,
    }
}

/// The state of a run, as the service reports it.
#[derive(Debug)]
pub enum RunState {
    /// The service does not store answers by key.
    NotKept,
    /// The service has no run with this key under this token.
    NoRun,
    /// The run has not ended. `status` is `queued` or `running`.
    UnderWay {
        /// The id of the run.
        id: RunId,
        /// Its status.
        status: String,
    },
    /// The service was killed while it ran: it may have been charged.
    Lost(RunId),
    /// The run has ended.
    Ended(Box<EndedRun>),
}

/// A run that has ended.
#[derive(Debug)]
pub struct EndedRun {
    /// The id of the run.
    pub id: RunId,
    /// Its outcome: done or failed.
    pub outcome: Outcome,
    /// The reply.
    pub reply: Value,
    /// The service's record of the run: `http_status`, `cost_usd`, `ended_at`.
    pub run: Value,
}

impl EndedRun {
    /// The HTTP status of the reply.
    pub fn status(&self) -> Option<u16> {
        let status = self.run["http_status"].as_u64()?;
        u16::try_from(status).ok()
    }
}

/// Asks for the state of the run with a key, with up to two requests; `limit` is the time limit of
/// each.
///
/// # Errors
/// The errors of the client. A service without this request gives [`RunState::NotKept`].
pub async fn run_state(client: &Client, key: &str, limit: Duration) -> Result<RunState, Error> {
    let limit = Some(limit);
    let found = match client.ask(&Route::RunsOfKey(key.to_owned()), limit).await {
        Ok(found) => found,
        Err(Error::Refused(refusal)) if matches!(refusal.status, 404 | 405 | 501) => {
            return Ok(RunState::NotKept);
        }
        Err(error) => return Err(error),
    };
    let Some(runs) = list(&found.body, "runs") else {
        return Ok(RunState::NotKept);
    };
    let Some(run) = runs.first() else {
        return Ok(RunState::NoRun);
    };
    let id = run["run_id"].as_str().and_then(|id| id.parse().ok());
    // A service that ignores the key would list other runs.
    let Some(id) = id.filter(|_| run["idempotency_key"] == key) else {
        return Ok(RunState::NotKept);
    };
    let status = run["status"].as_str().unwrap_or_default();
    let outcome = match status {
        "ok" => Outcome::Done,
        "failed" | "timeout" | "cancelled" => Outcome::Failed,
        "lost" => return Ok(RunState::Lost(id)),
        status => {
            let status = status.to_owned();
            return Ok(RunState::UnderWay { id, status });
        }
    };
    let kept = client.ask(&Route::KeptRun(id.clone()), limit).await?;
    Ok(RunState::Ended(Box::new(EndedRun {
        id,
        outcome,
        reply: kept.body.field("reply").cloned().unwrap_or(Value::Null),
        run: run.clone(),
    })))
}
