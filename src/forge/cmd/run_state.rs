//! Asks the service for the outcome of a run that was sent with a key. Nothing is sent again.

use std::time::Duration;

use serde_json::Value;

use crate::forge::api::names::RunId;
use crate::forge::api::reply::list;
use crate::forge::api::route::Route;
use crate::forge::client::{Client, Error};
use crate::outcome::Outcome;

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
