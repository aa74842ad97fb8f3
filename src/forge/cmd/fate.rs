//! What became of a run that was sent with a key: the key enters, the service's word on it leaves.
//! Nothing is sent again.

use std::time::Duration;

use serde_json::Value;

use crate::forge::api::names::RunId;
use crate::forge::api::reply::list;
use crate::forge::api::route::Route;
use crate::forge::client::{Client, Error};
use crate::outcome::Outcome;

/// What the service says.
#[derive(Debug)]
pub enum Fate {
    /// It keeps no answers by their key.
    NotKept,
    /// It has no run of this key under this token.
    NoRun,
    /// It has not ended. `status` is `queued` or `running`.
    UnderWay {
        /// Which run.
        id: RunId,
        /// How it stands.
        status: String,
    },
    /// The service was killed while it ran: it may have been charged.
    Lost(RunId),
    /// It has ended.
    Over(Box<Over>),
}

/// A run that has ended.
#[derive(Debug)]
pub struct Over {
    /// Which run.
    pub id: RunId,
    /// Done or failed.
    pub outcome: Outcome,
    /// What it was answered.
    pub reply: Value,
    /// What the service says of the run: `http_status`, `cost_usd`, `ended_at`.
    pub run: Value,
}

impl Over {
    /// The HTTP status that it was answered with.
    pub fn status(&self) -> Option<u16> {
        let status = self.run["http_status"].as_u64()?;
        u16::try_from(status).ok()
    }
}

/// Asks what became of the run of a key; each of two questions may take as long as `limit`.
///
/// # Errors
/// The client's. A service that does not know the question is [`Fate::NotKept`].
pub async fn fate(client: &Client, key: &str, limit: Duration) -> Result<Fate, Error> {
    let limit = Some(limit);
    let found = match client.ask(&Route::RunsOfKey(key.to_owned()), limit).await {
        Ok(found) => found,
        Err(Error::Refused(refusal)) if matches!(refusal.status, 404 | 405 | 501) => {
            return Ok(Fate::NotKept);
        }
        Err(error) => return Err(error),
    };
    let Some(runs) = list(&found.body, "runs") else {
        return Ok(Fate::NotKept);
    };
    let Some(run) = runs.first() else {
        return Ok(Fate::NoRun);
    };
    let id = run["run_id"].as_str().and_then(|id| id.parse().ok());
    // A service that keeps runs and does not look for keys would list others.
    let Some(id) = id.filter(|_| run["idempotency_key"] == key) else {
        return Ok(Fate::NotKept);
    };
    let status = run["status"].as_str().unwrap_or_default();
    let outcome = match status {
        "ok" => Outcome::Done,
        "failed" | "timeout" | "cancelled" => Outcome::Failed,
        "lost" => return Ok(Fate::Lost(id)),
        status => {
            let status = status.to_owned();
            return Ok(Fate::UnderWay { id, status });
        }
    };
    let kept = client.ask(&Route::KeptRun(id.clone()), limit).await?;
    Ok(Fate::Over(Box::new(Over {
        id,
        outcome,
        reply: kept.body.field("reply").cloned().unwrap_or(Value::Null),
        run: run.clone(),
    })))
}
