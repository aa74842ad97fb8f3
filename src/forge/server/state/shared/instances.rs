//! Who takes part, and what happens to the runs of an instance that is gone.
//!
//! Every instance counts its heartbeat up in its row. An instance is taken for dead when another has
//! read the same count for [`LEASE`], by its own clock and without a failed read between: a database
//! that was away makes nobody dead, and no clocks are compared. What was queued at a dead instance
//! never started, and is forgotten; what ran is lost: it may have been charged, so it is answered
//! with that and not run again. An instance that was taken for dead and is not, such as one whose
//! machine was suspended, can still store the answers of its runs.

use std::time::Duration;

use tokio::time::Instant;

use super::connection::{Connection, Values};
use super::runs::{columns, end, run_of};
use super::{Shared, signed, unsigned};
use crate::forge::server::state::{Instance, Result, StateError};
use crate::net::now_micros;

/// How often an instance shows that it is there.
pub const BEAT_EVERY: Duration = Duration::from_secs(2);

/// For how long an instance may miss its heartbeat before its runs are taken for lost.
pub const LEASE: Duration = Duration::from_secs(10);

/// For how long what was read of another instance is shown: a list has the same one many times.
const FOUND_TIME: Duration = Duration::from_millis(500);

/// The heartbeat of another instance, as it was read.
#[derive(Debug, Clone)]
pub struct Observed {
    beat: i64,
    /// Since when it has not changed.
    since: Instant,
    /// How often the database had been away by then.
    failures: u64,
}

impl Shared {
    /// Takes this instance's row.
    pub(super) async fn register(&self) -> Result<()> {
        let sql = "INSERT INTO forge_instances (id, boot, url, up, beat, seen)
                   VALUES ($1, $2, $3, true, 1, clock_timestamp())
                   ON CONFLICT (id) DO UPDATE SET boot = $2, url = $3, up = true,
                       beat = forge_instances.beat + 1, seen = clock_timestamp()";
        let values: Values<'_> = &[&self.instance, &self.boot, &self.url];
        self.pool.execute(sql, values).await.map(drop)
    }

    /// Renews this instance's lease, within a transaction that relies on it.
    pub(super) async fn still_here(&self, connection: &mut Connection) -> Result<()> {
        let sql = "UPDATE forge_instances SET up = true, beat = beat + 1, seen = clock_timestamp()
                   WHERE id = $1 AND boot = $2";
        let renewed = connection
            .execute(sql, &[&self.instance, &self.boot])
            .await?;
        if renewed == 1 {
            Ok(())
        } else {
            Err(StateError::Replaced(self.instance.clone()))
        }
    }

    /// One heartbeat: renews the lease, and puts the runs of dead instances in order. Returns the runs
    /// of this instance that somebody wants to be stopped.
    pub async fn beat(&self) -> Result<Vec<String>> {
        let cancelled =
            "SELECT id FROM forge_runs WHERE instance = $1 AND stage <> 'ended' AND cancel";
        let others = "SELECT id, beat FROM forge_instances WHERE id <> $1 AND EXISTS
                          (SELECT 1 FROM forge_runs
                           WHERE instance = forge_instances.id AND stage <> 'ended')";
        let failures = self.pool.failures();
        let (cancelled, others) = self
            .pool
            .with(async |connection| {
                self.still_here(connection).await?;
                let cancelled = connection.rows(cancelled, &[&self.instance]).await?;
                let others = connection.rows(others, &[&self.instance]).await?;
                Ok((cancelled, others))
            })
            .await?;
        let mut dead = Vec::new();
        {
            let mut known = self.others.borrow_mut();
            let mut seen = std::mem::take(&mut *known);
            for row in others {
                let (id, beat): (String, i64) = (row.get(0), row.get(1));
                let before = seen.remove(&id);
                let same = before.filter(|old| old.beat == beat && old.failures == failures);
                let observed = same.unwrap_or(Observed {
                    beat,
                    since: Instant::now(),
                    failures,
                });
                if observed.since.elapsed() > LEASE {
                    dead.push((id.clone(), beat));
                }
                known.insert(id, observed);
            }
        }
        for (id, beat) in dead {
            self.bury(&id, Some(beat)).await?;
        }
        Ok(cancelled.iter().map(|row| row.get(0)).collect())
    }

    /// Puts in order what the process before left of this instance's runs.
    pub(super) async fn recover(&self) -> Result<()> {
        self.bury(&self.instance, None).await
    }

    /// Puts the runs of a dead instance in order, unless it has shown itself since `beat`.
    async fn bury(&self, id: &str, beat: Option<i64>) -> Result<()> {
        // The runs of a dead instance are put in order by one of those that find it.
        let dead = match beat {
            Some(_) => {
                "SELECT 1 FROM forge_instances WHERE id = $1 AND beat = $2 FOR UPDATE SKIP LOCKED"
            }
            None => "SELECT 1 FROM forge_instances WHERE id = $1 AND $2::bigint IS NULL FOR UPDATE",
        };
        let queued = "DELETE FROM forge_runs WHERE instance = $1 AND stage = 'queued'";
        let running = concat!(
            "SELECT ",
            columns!(),
            " FROM forge_runs WHERE instance = $1 AND stage = 'running' ORDER BY id FOR UPDATE"
        );
        self.pool
            .transaction(async |connection| {
                if connection.row(dead, &[&id, &beat]).await?.is_none() {
                    return Ok(());
                }
                connection.execute(queued, &[&id]).await?;
                for row in connection.rows(running, &[&id]).await? {
                    end(connection, &run_of(&row)?.lost(now_micros())).await?;
                }
                Ok(())
            })
            .await
    }

    /// Says that this instance ends, so that nobody waits for it.
    pub async fn leave(&self) -> Result<()> {
        let sql = "UPDATE forge_instances SET up = false WHERE id = $1 AND boot = $2";
        let values: Values<'_> = &[&self.instance, &self.boot];
        self.pool.execute(sql, values).await.map(drop)
    }

    /// Another instance.
    pub async fn find_instance(&self, id: &str) -> Result<Instance> {
        let sql = "SELECT url, up AND seen > clock_timestamp() - $2::bigint * interval '1 second',
                       greatest(0, extract(epoch FROM clock_timestamp() - seen))::bigint
                   FROM forge_instances WHERE id = $1";
        if let Some((at, instance)) = self.found.borrow().get(id)
            && at.elapsed() < FOUND_TIME
        {
            return Ok(instance.clone());
        }
        let lease = signed(LEASE.as_secs());
        let row = self.pool.row(sql, &[&id, &lease]).await?;
        let instance = Instance {
            name: id.to_owned(),
            url: row.as_ref().map(|row| row.get(0)),
            is_up: row.as_ref().is_some_and(|row| row.get(1)),
            seen_secs_ago: row.as_ref().map(|row| unsigned(row.get(2))),
        };
        let found = (Instant::now(), instance.clone());
        self.found.borrow_mut().insert(id.to_owned(), found);
        Ok(instance)
    }

    /// Forgets the sessions and uploads of instances that have not shown themselves since long ago, and
    /// then the instances.
    pub async fn sweep_instances(&self, keep: Duration) -> Result<()> {
        let keep = signed(keep.as_secs().max(LEASE.as_secs()));
        let old = "SELECT id FROM forge_instances WHERE id <> $1
                       AND seen < clock_timestamp() - $2::bigint * interval '1 second'
                       AND NOT EXISTS (SELECT 1 FROM forge_runs WHERE instance = forge_instances.id
                                       AND stage <> 'ended')
                   FOR UPDATE SKIP LOCKED";
        let forget = [
            "DELETE FROM forge_sessions WHERE instance = $1",
            "DELETE FROM forge_files WHERE instance = $1",
            "DELETE FROM forge_instances WHERE id = $1",
        ];
        self.pool
            .transaction(async |connection| {
                for row in connection.rows(old, &[&self.instance, &keep]).await? {
                    let id: String = row.get(0);
                    for sql in forget {
                        connection.execute(sql, &[&id]).await?;
                    }
                }
                Ok(())
            })
            .await
    }
}
