//! Runs and turns in the embedded database: a claim before a process is started, an answer after.

use std::time::Instant;

use redb::{ReadableTable, WriteTransaction};

use super::{ANSWERS, KEYS, OpenRuns, RUNS, Store, USAGE, decode, encode, sessions, tokens};
use crate::forge::server::limits::KEPT_RUNS;
use crate::forge::server::policy::{Afford, Money};
use crate::forge::server::refusal::Refusal;
use crate::forge::server::state::{Claim, Claims, Finished, Result, RunRow, Stage, Started, day};
use crate::net::now_micros;

fn key_of(row: &RunRow) -> Option<String> {
    let key = row.key.as_ref()?;
    Some(full_key(&row.token, key))
}

fn full_key(token: &str, key: &str) -> String {
    format!("{token}\0{key}")
}

/// Whether there is money for a run.
fn affords(
    write: &WriteTransaction,
    open: &OpenRuns,
    row: &RunRow,
    claims: &Claims,
    now: u64,
) -> Result<std::result::Result<Afford, Refusal>> {
    let policy = &claims.policy;
    if policy.usd_per_day.is_none() {
        return Ok(Ok(Afford::Reserve(0.0)));
    }
    let spent_usd = tokens::cost_on(&write.open_table(USAGE)?, &day(now), &row.token)?.cost_usd;
    let money = if claims.tells_cost {
        Money {
            spent_usd,
            reserved_usd: open.reserved_usd(row),
            dearest_usd: open.dearest_usd(row),
        }
    } else {
        Money::untold(spent_usd)
    };
    let afford = policy.affords(&money, now);
    if claims.tells_cost && open.is_after_another(row) {
        return Ok(afford.map(|_| Afford::Waits));
    }
    Ok(afford)
}

impl Store {
    /// Puts a run on disk, and its key, unless the key is taken or the token has reached a limit.
    ///
    /// # Errors
    /// The database's: then nothing may be started.
    pub fn claim(&self, row: &RunRow, claims: &Claims) -> Result<Claim> {
        let mut row = row.clone();
        let (mut reserved_usd, mut is_told) = (0.0, false);
        let mut open = self.open_runs();
        let write = self.database.begin_write()?;
        {
            let mut runs = write.open_table(RUNS)?;
            if let Some(key) = key_of(&row) {
                let mut keys = write.open_table(KEYS)?;
                let known = keys.get(key.as_str())?.map(|id| id.value().to_owned());
                if let Some(id) = known
                    && let Some(known) = runs.get(id.as_str())?
                {
                    return Ok(Claim::Known(Box::new(decode(RUNS, known.value())?)));
                }
                keys.insert(key.as_str(), row.id.as_str())?;
            }
            match affords(&write, &open, &row, claims, row.created)? {
                Err(refusal) => return Ok(Claim::Refused(refusal)),
                Ok(Afford::Reserve(usd)) if row.stage == Stage::Running => reserved_usd = usd,
                Ok(Afford::Waits) if row.stage == Stage::Running => {
                    // It has a slot, so that the queue did not count it.
                    if open.waiting(&row) as u64 >= claims.queue_depth {
                        return Ok(Claim::Refused(claims.policy.money_is_reserved()));
                    }
                    row.stage = Stage::Queued;
                    is_told = true;
                }
                Ok(_) => {}
            }
            let mut rates = self
                .rates
                .lock()
                .unwrap_or_else(|broken| broken.into_inner());
            if let Err(refusal) = rates.count(&row.token, claims.policy.per_minute, Instant::now())
            {
                return Ok(Claim::Refused(refusal));
            }
            runs.insert(row.id.as_str(), encode(&row).as_slice())?;
        }
        write.commit()?;
        open.put(&row, reserved_usd);
        if is_told {
            open.tell_to_wait(&row.id);
        }
        Ok(Claim::New(row.stage))
    }

    /// A run has left the queue: from here on it may cost, if there is money left.
    ///
    /// # Errors
    /// The database's: then nothing may be started.
    pub fn start(&self, row: &RunRow, claims: &Claims) -> Result<Started> {
        let mut open = self.open_runs();
        let write = self.database.begin_write()?;
        let reserved_usd = match affords(&write, &open, row, claims, now_micros())? {
            Err(refusal) => return Ok(Started::Refused(refusal)),
            Ok(Afford::Waits) => {
                open.tell_to_wait(&row.id);
                return Ok(Started::Waits);
            }
            Ok(Afford::Reserve(usd)) => usd,
        };
        write
            .open_table(RUNS)?
            .insert(row.id.as_str(), encode(row).as_slice())?;
        write.commit()?;
        open.put(row, reserved_usd);
        Ok(Started::Now)
    }

    /// What a token with so many US dollars a day has left for a run that has started.
    ///
    /// # Errors
    /// The database's.
    pub fn left_for(&self, row: &RunRow, most_usd: f64) -> Result<f64> {
        let open = self.open_runs();
        let spent = self.spent(&day(now_micros()), &row.token)?;
        Ok(most_usd - spent.cost_usd - open.reserved_usd(row))
    }

    /// A run has been answered: the answer, what it cost, the day's sum and where its session now
    /// stands, all or nothing.
    ///
    /// # Errors
    /// The database's.
    pub fn finish(&self, finished: &Finished) -> Result<()> {
        let row = &finished.row;
        let mut open = self.open_runs();
        // Whether that can be stored or not.
        open.end(row);
        let write = self.database.begin_write()?;
        {
            write
                .open_table(RUNS)?
                .insert(row.id.as_str(), encode(row).as_slice())?;
            write
                .open_table(ANSWERS)?
                .insert(row.id.as_str(), finished.answer.as_bytes())?;
            let mut sums = write.open_table(USAGE)?;
            let day = day(row.ended.unwrap_or(row.created));
            tokens::add_cost(&mut sums, &day, &row.token, &finished.spent)?;
            if let Some(session) = &finished.session {
                sessions::change(&write, &session.id, |row| {
                    // It may have been closed meanwhile.
                    let closed = row.closed;
                    *row = session.clone();
                    row.closed = closed;
                })?;
            }
        }
        write.commit()?;
        Ok(())
    }

    /// A run never started: it is forgotten, and its key is free.
    ///
    /// # Errors
    /// The database's.
    pub fn release(&self, row: &RunRow) -> Result<()> {
        let mut open = self.open_runs();
        open.remove(&row.id);
        let write = self.database.begin_write()?;
        write.open_table(RUNS)?.remove(row.id.as_str())?;
        if let Some(key) = key_of(row) {
            write.open_table(KEYS)?.remove(key.as_str())?;
        }
        write.commit()?;
        Ok(())
    }

    /// A run.
    ///
    /// # Errors
    /// The database's.
    pub fn run(&self, id: &str) -> Result<Option<RunRow>> {
        self.row(RUNS, id)
    }

    /// What a run was answered.
    ///
    /// # Errors
    /// The database's.
    pub fn answer(&self, id: &str) -> Result<Option<Vec<u8>>> {
        let read = redb::ReadableDatabase::begin_read(&self.database)?;
        let answers = read.open_table(ANSWERS)?;
        Ok(answers.get(id)?.map(|answer| answer.value().to_vec()))
    }

    /// The run of a token that has this key.
    ///
    /// # Errors
    /// The database's.
    pub fn run_of_key(&self, token: &str, key: &str) -> Result<Option<RunRow>> {
        let read = redb::ReadableDatabase::begin_read(&self.database)?;
        let id = read.open_table(KEYS)?.get(full_key(token, key).as_str())?;
        match id {
            Some(id) => self.run(id.value()),
            None => Ok(None),
        }
    }

    /// The runs of a token, newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn runs_of(&self, token: &str, most: usize) -> Result<Vec<RunRow>> {
        let mut runs: Vec<RunRow> = self.rows(RUNS)?;
        runs.retain(|run| run.token == token);
        runs.reverse();
        runs.truncate(most);
        Ok(runs)
    }

    /// Forgets the answers of runs that ended before this time, and the oldest of too many.
    ///
    /// # Errors
    /// The database's.
    pub fn sweep_runs(&self, before: u64) -> Result<()> {
        let runs: Vec<RunRow> = self.rows(RUNS)?;
        let ended = runs.iter().filter(|run| run.stage == Stage::Ended).count();
        let mut surplus = ended.saturating_sub(KEPT_RUNS);
        let old: Vec<&RunRow> = runs
            .iter()
            .filter(|run| {
                let Some(at) = run.ended else { return false };
                let too_many = surplus > 0;
                surplus = surplus.saturating_sub(1);
                at < before || too_many
            })
            .collect();
        if old.is_empty() {
            return Ok(());
        }
        let write = self.database.begin_write()?;
        {
            let mut runs = write.open_table(RUNS)?;
            let mut answers = write.open_table(ANSWERS)?;
            let mut keys = write.open_table(KEYS)?;
            for run in old {
                runs.remove(run.id.as_str())?;
                answers.remove(run.id.as_str())?;
                if let Some(key) = key_of(run) {
                    keys.remove(key.as_str())?;
                }
            }
        }
        write.commit()?;
        Ok(())
    }

    /// After a service that was killed: what had not started is forgotten, what had is lost, and
    /// says so to whoever asks with its key.
    pub(super) fn recover_runs(&self) -> Result<()> {
        let runs: Vec<RunRow> = self.rows(RUNS)?;
        let now = now_micros();
        for run in runs {
            match run.stage {
                Stage::Ended => self.open_runs().end(&run),
                Stage::Queued => self.release(&run)?,
                Stage::Running => self.finish(&run.lost(now))?,
            }
        }
        Ok(())
    }
}
