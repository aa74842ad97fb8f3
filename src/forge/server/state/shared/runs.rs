//! Runs in the shared database: a claim before a process is started, an answer after.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_postgres::Row;

use super::connection::{Connection, Values};
use super::{Shared, sessions, signed, tokens, unsigned};
use crate::forge::server::limits::{KEPT_RUNS, RECENT_RUNS, TURN_TIME};
use crate::forge::server::policy::{Afford, Money, too_often};
use crate::forge::server::refusal::Refusal;
use crate::forge::server::state::{
    Claim, Claims, Finished, Outcome, Result, RunRow, Stage, Started, StateError, day,
};
use crate::net::now_micros;

macro_rules! columns {
    () => {
        "id, token, session, model, key, request_sha256, created, ended, stage, outcome, status, \
         cost_usd, instance"
    };
}
pub(super) use columns;

/// The run of a token that has a key.
const OF_KEY: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM forge_runs WHERE token = $1 AND key = $2"
);

/// The word that stands for a stage or an outcome, as in JSON.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

fn from_word<T: DeserializeOwned>(word: String) -> Result<T> {
    serde_json::from_value(Value::String(word)).map_err(|error| StateError::Row {
        table: "forge_runs".to_owned(),
        why: error.to_string(),
    })
}

pub(super) fn run_of(row: &Row) -> Result<RunRow> {
    Ok(RunRow {
        id: row.get(0),
        token: row.get(1),
        session: row.get(2),
        model: row.get(3),
        key: row.get(4),
        request_sha256: row.get(5),
        created: unsigned(row.get(6)),
        ended: row.get::<_, Option<i64>>(7).map(unsigned),
        stage: from_word(row.get(8))?,
        outcome: row.get::<_, Option<String>>(9).map(from_word).transpose()?,
        status: row
            .get::<_, Option<i32>>(10)
            .and_then(|status| u16::try_from(status).ok()),
        cost_usd: row.get(11),
        instance: Some(row.get(12)),
    })
}

/// What is decided for this token is decided by one instance at a time.
async fn lock(connection: &mut Connection, token: &str) -> Result<()> {
    // 0x666f7267 is "forg": advisory locks are shared by all programs of a database.
    let sql = "SELECT pg_advisory_xact_lock(1718579815, hashtext($1))";
    connection.rows(sql, &[&token]).await.map(drop)
}

async fn running(connection: &mut Connection, token: &str) -> Result<u64> {
    let sql = "SELECT count(*) FROM forge_runs WHERE token = $1 AND stage = 'running'";
    let row = connection.row(sql, &[&token]).await?;
    Ok(row.map_or(0, |row| unsigned(row.get(0))))
}

/// What the other runs of a run's token have reserved.
async fn reserved_usd(connection: &mut Connection, row: &RunRow) -> Result<f64> {
    let sql = "SELECT coalesce(sum(reserved_usd), 0) FROM forge_runs
               WHERE token = $1 AND stage = 'running' AND id <> $2";
    let row = connection.row(sql, &[&row.token, &row.id]).await?;
    Ok(row.map_or(0.0, |row| row.get(0)))
}

/// Whether there is money for a run.
async fn affords(
    connection: &mut Connection,
    row: &RunRow,
    claims: &Claims,
    now: u64,
) -> Result<std::result::Result<Afford, Refusal>> {
    let dearest = "SELECT max(cost_usd) FROM
                       (SELECT model, cost_usd FROM forge_runs WHERE token = $1 AND stage = 'ended'
                        ORDER BY id DESC LIMIT $3) AS recent
                   WHERE model = $2 AND cost_usd > 0";
    let policy = &claims.policy;
    if policy.usd_per_day.is_none() {
        return Ok(Ok(Afford::Reserve(0.0)));
    }
    let spent = tokens::spent(connection, &day(now), &row.token).await?;
    if !claims.tells_cost {
        return Ok(policy.affords(&Money::untold(spent.cost_usd), now));
    }
    let recent = i64::try_from(RECENT_RUNS).unwrap_or(i64::MAX);
    let values: Values<'_> = &[&row.token, &row.model, &recent];
    let dearest = connection.row(dearest, values).await?;
    let money = Money {
        spent_usd: spent.cost_usd,
        reserved_usd: reserved_usd(connection, row).await?,
        dearest_usd: dearest.and_then(|row| row.get(0)),
    };
    Ok(policy.affords(&money, now))
}

/// What is to be reserved for a run that has a slot at its instance; none if it has to wait for others
/// of its token, wherever they are: for the limits of its policy, and for a run that came before and waits
/// for them, too. That one would otherwise never have its turn, as the next run of an instance is there at
/// once when one ends.
async fn reservation(
    connection: &mut Connection,
    row: &RunRow,
    claims: &Claims,
    afford: Afford,
) -> Result<Option<f64>> {
    let earlier = "SELECT 1 FROM forge_runs
                   WHERE token = $1 AND stage = 'queued' AND held > clock_timestamp() AND id <> $2
                       AND claimed < coalesce((SELECT claimed FROM forge_runs WHERE id = $2),
                                              'infinity')
                   LIMIT 1";
    let policy = &claims.policy;
    let Afford::Reserve(usd) = afford else {
        return Ok(None);
    };
    if let Some(most) = policy.running
        && running(connection, &row.token).await? >= u64::from(most)
    {
        return Ok(None);
    }
    if policy.running.is_none() && (policy.usd_per_day.is_none() || !claims.tells_cost) {
        return Ok(Some(usd));
    }
    let earlier = connection.row(earlier, &[&row.token, &row.id]).await?;
    Ok(earlier.is_none().then_some(usd))
}

/// How long a run that has to wait keeps its turn, in seconds.
fn turn_secs() -> i64 {
    signed(TURN_TIME.as_secs())
}

/// Writes how a run has ended.
pub(super) async fn end(connection: &mut Connection, finished: &Finished) -> Result<()> {
    let sql = "UPDATE forge_runs SET stage = 'ended', ended = $2, outcome = $3, status = $4,
                   cost_usd = $5, answer = $6 WHERE id = $1";
    let row = &finished.row;
    let (ended, status) = (row.ended.map(signed), row.status.map(i32::from));
    let outcome = row.outcome.as_ref().map(word);
    connection
        .execute(
            sql,
            &[
                &row.id,
                &ended,
                &outcome,
                &status,
                &row.cost_usd,
                &finished.answer.as_bytes(),
            ],
        )
        .await?;
    let day = day(row.ended.unwrap_or(row.created));
    tokens::add_cost(connection, &day, &row.token, &finished.spent, 1).await
}

/// What was kept for later is an error all the same if the database did answer.
fn unless_away(error: StateError) -> Result<()> {
    match error {
        StateError::Away(_) => Ok(()),
        error => Err(error),
    }
}

impl Shared {
    /// See [`State::claim`](crate::forge::server::state::State::claim).
    pub async fn claim(&self, row: &RunRow, claims: &Claims) -> Result<Claim> {
        let queued = "SELECT count(*) FROM forge_runs WHERE token = $1 AND stage = 'queued'";
        let recent = "SELECT count(*), ceil(extract(epoch FROM
                          min(claimed) + interval '1 minute' - clock_timestamp()))::bigint
                      FROM (SELECT claimed FROM forge_runs WHERE token = $1
                            AND claimed > clock_timestamp() - interval '1 minute'
                            ORDER BY claimed DESC LIMIT $2) AS recent";
        let insert = concat!(
            "INSERT INTO forge_runs (",
            columns!(),
            ", reserved_usd, held) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, NULL, NULL, NULL, $9, $10,
               clock_timestamp() + $11::bigint * interval '1 second')"
        );
        let created = signed(row.created);
        if let Some(session) = &row.session {
            // A turn that ended while the database was away: the next one begins where it stands.
            self.send_unsent_of(session).await?;
        }
        self.pool
            .transaction(async |connection| {
                lock(connection, &row.token).await?;
                if let Some(key) = &row.key
                    && let Some(known) = connection.row(OF_KEY, &[&row.token, key]).await?
                {
                    return Ok(Claim::Known(Box::new(run_of(&known)?)));
                }
                let afford = match affords(connection, row, claims, row.created).await? {
                    Err(refusal) => return Ok(Claim::Refused(refusal)),
                    Ok(afford) => afford,
                };
                if let Some(most) = claims.policy.per_minute {
                    let limit = i64::from(most);
                    let found = connection.row(recent, &[&row.token, &limit]).await?;
                    let found = found.map(|row| {
                        let wait: Option<i64> = row.get(1);
                        (row.get::<_, i64>(0), unsigned(wait.unwrap_or(60)))
                    });
                    if let Some((count, wait)) = found
                        && count >= i64::from(most)
                    {
                        return Ok(Claim::Refused(too_often(most, wait)));
                    }
                }
                let has_slot = row.stage == Stage::Running;
                let reserved_usd = if has_slot {
                    reservation(connection, row, claims, afford).await?
                } else {
                    None
                };
                let stage = match reserved_usd {
                    Some(_) => Stage::Running,
                    None => Stage::Queued,
                };
                let held = (has_slot && stage == Stage::Queued).then(turn_secs);
                if stage == Stage::Queued {
                    let waiting = connection.row(queued, &[&row.token]).await?;
                    if waiting.is_some_and(|row| unsigned(row.get(0)) >= claims.queue_depth) {
                        return Ok(Claim::Refused(match afford {
                            Afford::Waits => claims.policy.money_is_reserved(),
                            Afford::Reserve(_) => Claims::queue_is_full(),
                        }));
                    }
                }
                self.still_here(connection).await?;
                connection
                    .execute(
                        insert,
                        &[
                            &row.id,
                            &row.token,
                            &row.session,
                            &row.model,
                            &row.key,
                            &row.request_sha256,
                            &created,
                            &word(&stage),
                            &self.instance,
                            &reserved_usd,
                            &held,
                        ],
                    )
                    .await?;
                Ok(Claim::New(stage))
            })
            .await
    }

    /// See [`State::start`](crate::forge::server::state::State::start).
    pub async fn start(&self, row: &RunRow, claims: &Claims) -> Result<Started> {
        let sql = "UPDATE forge_runs SET stage = 'running', reserved_usd = $3
                   WHERE id = $1 AND stage = 'queued' AND instance = $2";
        let waits = "UPDATE forge_runs
                     SET held = clock_timestamp() + $3::bigint * interval '1 second'
                     WHERE id = $1 AND stage = 'queued' AND instance = $2";
        self.pool
            .transaction(async |connection| {
                lock(connection, &row.token).await?;
                let afford = match affords(connection, row, claims, now_micros()).await? {
                    Err(refusal) => return Ok(Started::Refused(refusal)),
                    Ok(afford) => afford,
                };
                let Some(reserved_usd) = reservation(connection, row, claims, afford).await? else {
                    let values: Values<'_> = &[&row.id, &self.instance, &turn_secs()];
                    let waits = connection.execute(waits, values).await?;
                    return Ok(if waits == 1 {
                        Started::Waits
                    } else {
                        Started::Gone
                    });
                };
                self.still_here(connection).await?;
                let values: Values<'_> = &[&row.id, &self.instance, &reserved_usd];
                let started = connection.execute(sql, values).await?;
                Ok(if started == 1 {
                    Started::Now
                } else {
                    Started::Gone
                })
            })
            .await
    }

    /// See [`State::left_for`](crate::forge::server::state::State::left_for).
    pub async fn left_for(&self, row: &RunRow, most_usd: f64) -> Result<f64> {
        self.pool
            .with(async |connection| {
                let spent = tokens::spent(connection, &day(now_micros()), &row.token).await?;
                Ok(most_usd - spent.cost_usd - reserved_usd(connection, row).await?)
            })
            .await
    }

    /// Stores an answer, its cost and the session's new row. What cannot be stored is kept on this
    /// machine's disk and stored later; that the database is away is no error then.
    pub async fn finish(&self, finished: &Finished) -> Result<()> {
        match self.finish_now(finished).await {
            Ok(()) => Ok(()),
            Err(error) => {
                self.unsent.keep_answer(finished)?;
                unless_away(error)
            }
        }
    }

    /// Stores an answer. To do it twice is to do it once, even if the run was forgotten between.
    pub(super) async fn finish_now(&self, finished: &Finished) -> Result<()> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM forge_runs WHERE id = $1 FOR UPDATE"
        );
        self.pool
            .transaction(async |connection| {
                let before = connection.row(sql, &[&finished.row.id]).await?;
                let Some(before) = before.as_ref().map(run_of).transpose()? else {
                    // It was stored or counted as lost, and is older than what is kept.
                    return Ok(());
                };
                if before.stage == Stage::Ended {
                    if before.outcome != Some(Outcome::Lost) {
                        return Ok(());
                    }
                    // Another instance took this one for dead; now it is known what the run came to.
                    let lost = before.clone().lost(before.ended.unwrap_or_default());
                    let day = day(before.ended.unwrap_or_default());
                    tokens::add_cost(connection, &day, &before.token, &lost.spent, -1).await?;
                }
                end(connection, finished).await?;
                match &finished.session {
                    Some(session) => sessions::update(connection, session).await,
                    None => Ok(()),
                }
            })
            .await
    }

    /// A run never started: it is forgotten, and its key is free. What cannot be given back now is
    /// given back later, as an answer is stored later.
    pub async fn release(&self, row: &RunRow) -> Result<()> {
        match self.release_now(&row.id, &row.token).await {
            Ok(()) => Ok(()),
            Err(error) => {
                self.unsent.keep_release(&row.id, &row.token)?;
                unless_away(error)
            }
        }
    }

    pub(super) async fn release_now(&self, id: &str, token: &str) -> Result<()> {
        let sql = "DELETE FROM forge_runs WHERE id = $1 AND stage <> 'ended'";
        self.pool
            .transaction(async |connection| {
                // A claim that nobody waits for any more may be about to be committed. It holds the
                // lock until then, and cannot be seen before.
                lock(connection, token).await?;
                connection.execute(sql, &[&id]).await?;
                Ok(())
            })
            .await
    }

    /// A run, at whichever instance.
    pub async fn run(&self, id: &str) -> Result<Option<RunRow>> {
        let sql = concat!("SELECT ", columns!(), " FROM forge_runs WHERE id = $1");
        let row = self.pool.row(sql, &[&id]).await?;
        row.as_ref().map(run_of).transpose()
    }

    /// What a run was answered.
    pub async fn answer(&self, id: &str) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT answer FROM forge_runs WHERE id = $1";
        let row = self.pool.row(sql, &[&id]).await?;
        Ok(row.and_then(|row| row.get(0)))
    }

    /// The run of a token that has this key, at whichever instance.
    pub async fn run_of_key(&self, token: &str, key: &str) -> Result<Option<RunRow>> {
        let row = self.pool.row(OF_KEY, &[&token, &key]).await?;
        row.as_ref().map(run_of).transpose()
    }

    /// The runs of a token at all instances, newest first.
    pub async fn runs_of(&self, token: &str, most: usize) -> Result<Vec<RunRow>> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM forge_runs WHERE token = $1 ORDER BY id DESC LIMIT $2"
        );
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = self.pool.rows(sql, &[&token, &most]).await?;
        rows.iter().map(run_of).collect()
    }

    /// Asks the instance that has this run to stop it: false if the run has ended.
    pub async fn cancel(&self, id: &str) -> Result<bool> {
        let sql = "UPDATE forge_runs SET cancel = true WHERE id = $1 AND stage <> 'ended'";
        Ok(self.pool.execute(sql, &[&id]).await? == 1)
    }

    /// Forgets the answers of runs that ended before this time, and the oldest of too many.
    pub async fn sweep_runs(&self, before: u64) -> Result<()> {
        let old = "DELETE FROM forge_runs WHERE stage = 'ended' AND ended < $1";
        let surplus = "DELETE FROM forge_runs WHERE id IN
                           (SELECT id FROM forge_runs WHERE stage = 'ended'
                            ORDER BY id DESC OFFSET $1)";
        let kept = i64::try_from(KEPT_RUNS).unwrap_or(i64::MAX);
        self.pool.execute(old, &[&signed(before)]).await?;
        self.pool.execute(surplus, &[&kept]).await?;
        Ok(())
    }
}
