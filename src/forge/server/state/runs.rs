//! Runs and turns: a claim before a process is started, an answer after.

use redb::ReadableTable;
use serde::{Deserialize, Serialize};

use super::{
    ANSWERS, KEYS, RUNS, Result, SessionRow, Spent, Store, USAGE, decode, encode, sessions, usage,
};
use crate::forge::server::limits::KEPT_RUNS;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It waits; nothing has been spent.
    Queued,
    /// A process works on it.
    Running,
    /// It has been answered.
    Ended,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// With an answer.
    Ok,
    /// Without.
    Failed,
    /// Its time was up.
    Timeout,
    /// Somebody did not want it any more.
    Cancelled,
    /// The service was killed meanwhile: what it cost is unknown.
    Lost,
}

/// A run or a turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    /// `run_…`; a later one's is larger.
    pub id: String,
    /// Whose.
    pub token: String,
    /// The session, if it is a turn.
    pub session: Option<String>,
    /// The model that was asked for.
    pub model: String,
    /// The `Idempotency-Key`.
    pub key: Option<String>,
    /// SHA-256 of the path and the body.
    pub request_sha256: String,
    /// When it came, in µs since the epoch.
    pub created: u64,
    /// When it ended, in µs since the epoch.
    pub ended: Option<u64>,
    /// How far it is.
    pub stage: Stage,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// The HTTP status of its answer.
    pub status: Option<u16>,
    /// What it cost, in US dollars, if that is known.
    pub cost_usd: Option<f64>,
}

impl RunRow {
    /// `turn` or `run`.
    pub fn kind(&self) -> &'static str {
        match self.session {
            Some(_) => "turn",
            None => "run",
        }
    }
}

/// What became of a claim.
#[derive(Debug)]
pub enum Claim {
    /// It is on disk.
    New,
    /// The token used this key before, for this run.
    Known(Box<RunRow>),
}

fn key_of(row: &RunRow) -> Option<String> {
    let key = row.key.as_ref()?;
    Some(format!("{}\0{key}", row.token))
}

impl Store {
    /// Puts a run on disk, and its key, unless the key is taken.
    ///
    /// # Errors
    /// The database's: then nothing may be started.
    pub fn claim(&self, row: &RunRow) -> Result<Claim> {
        let write = self.database.begin_write()?;
        {
            let mut runs = write.open_table(RUNS)?;
            if let Some(key) = key_of(row) {
                let mut keys = write.open_table(KEYS)?;
                let known = keys.get(key.as_str())?.map(|id| id.value().to_owned());
                if let Some(id) = known
                    && let Some(known) = runs.get(id.as_str())?
                {
                    return Ok(Claim::Known(Box::new(decode(RUNS, known.value())?)));
                }
                keys.insert(key.as_str(), row.id.as_str())?;
            }
            runs.insert(row.id.as_str(), encode(row).as_slice())?;
        }
        write.commit()?;
        Ok(Claim::New)
    }

    /// A run has left the queue: from here on it may cost.
    ///
    /// # Errors
    /// The database's: then nothing may be started.
    pub fn start(&self, row: &RunRow) -> Result<()> {
        let write = self.database.begin_write()?;
        write
            .open_table(RUNS)?
            .insert(row.id.as_str(), encode(row).as_slice())?;
        write.commit()?;
        Ok(())
    }

    /// A run has been answered: the answer, what it cost, the day's sum and where its session now
    /// stands, all or nothing.
    ///
    /// # Errors
    /// The database's.
    pub fn finish(
        &self,
        row: &RunRow,
        answer: &[u8],
        day: &str,
        spent: &Spent,
        session: Option<&SessionRow>,
    ) -> Result<()> {
        let write = self.database.begin_write()?;
        {
            write
                .open_table(RUNS)?
                .insert(row.id.as_str(), encode(row).as_slice())?;
            write.open_table(ANSWERS)?.insert(row.id.as_str(), answer)?;
            let mut sums = write.open_table(USAGE)?;
            usage::add(&mut sums, day, &row.token, spent)?;
            if let Some(session) = session {
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

    /// The runs of a token, newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn runs_of(&self, token: &str, key: Option<&str>, most: usize) -> Result<Vec<RunRow>> {
        let mut runs: Vec<RunRow> = self.rows(RUNS)?;
        runs.retain(|run| run.token == token && (key.is_none() || run.key.as_deref() == key));
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
        let now = crate::net::now_micros();
        for mut run in runs {
            match run.stage {
                Stage::Ended => {}
                Stage::Queued => self.release(&run)?,
                Stage::Running => {
                    run.stage = Stage::Ended;
                    run.outcome = Some(Outcome::Lost);
                    run.ended = Some(now);
                    run.status = Some(502);
                    let answer = serde_json::json!({
                        "error": "the service was stopped while this ran; it may have been charged",
                        "stderr": "", "duration_ms": now.saturating_sub(run.created) / 1000,
                        "stop_reason": "error", "run_id": run.id,
                    });
                    let spent = Spent::of(&run, None);
                    let day = usage::day(now);
                    self.finish(&run, answer.to_string().as_bytes(), &day, &spent, None)?;
                }
            }
        }
        Ok(())
    }
}
