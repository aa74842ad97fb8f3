//! The rows in redb, in the folder of the service. Every operation is one transaction. What is under
//! way is in memory ([`OpenRuns`]): whatever kills the service frees what was reserved.
//!
//! redb is a copy-on-write B-tree whose commits are atomic, so that whatever kills the service leaves
//! the last commit. It is pure Rust; SQLite (rusqlite, bundled) would need a C compiler, and its SQL
//! is not needed for keys and rows.

mod files;
mod runs;
mod sessions;
mod tokens;

use std::collections::{HashMap, VecDeque};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Result, RunRow, Stage, StateError};
use crate::forge::server::limits::{RECENT_RUNS, TURN_TIME};
use crate::forge::server::policy::Rates;

/// A table of JSON rows.
type Rows = TableDefinition<'static, &'static str, &'static [u8]>;

const TOKENS: Rows = Rows::new("tokens");
/// The hash of a token, in hexadecimal, and its name.
const HASHES: TableDefinition<&str, &str> = TableDefinition::new("hashes");
const SESSIONS: Rows = Rows::new("sessions");
const RUNS: Rows = Rows::new("runs");
/// What a run was answered, byte for byte.
const ANSWERS: Rows = Rows::new("answers");
/// `token NUL Idempotency-Key`, and the run's id.
const KEYS: TableDefinition<&str, &str> = TableDefinition::new("keys");
const FILES: Rows = Rows::new("files");
/// `day NUL token`.
const USAGE: Rows = Rows::new("usage");

macro_rules! from_redb {
    ($($error:ident),*) => {$(
        impl From<redb::$error> for StateError {
            fn from(error: redb::$error) -> StateError {
                StateError::Database(Box::new(error.into()))
            }
        }
    )*};
}
from_redb!(TransactionError, TableError, StorageError, CommitError);

/// The database.
#[derive(Debug)]
pub struct Store {
    database: Database,
    /// When each token began its runs of the last minute.
    rates: Mutex<Rates>,
    /// What is under way. It is held for as long as a transaction that changes it.
    open: Mutex<OpenRuns>,
    /// What was not readable when it was opened.
    unreadable: Vec<String>,
}

impl Store {
    /// Opens the database in a folder that is there.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn open(folder: &Path) -> Result<Store> {
        let path = folder.join("forge.redb");
        let database = Database::create(&path).map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => StateError::InUse(folder.to_owned()),
            other => StateError::Database(Box::new(other.into())),
        })?;
        fs::set_permissions(&path, Permissions::from_mode(0o600))
            .map_err(|source| StateError::Io { path, source })?;
        let write = database.begin_write()?;
        for table in [TOKENS, SESSIONS, RUNS, ANSWERS, FILES, USAGE] {
            write.open_table(table)?;
        }
        for table in [HASHES, KEYS] {
            write.open_table(table)?;
        }
        write.commit()?;
        let store = Store {
            // Before a run that was lost is added to its sum.
            unreadable: tokens::unreadable(&database)?,
            database,
            rates: Mutex::default(),
            open: Mutex::default(),
        };
        store.recover_runs()?;
        Ok(store)
    }

    /// What was not readable when it was opened, in sentences.
    pub fn unreadable(&self) -> &[String] {
        &self.unreadable
    }

    /// Does something that waits for the disk, without holding up the others.
    ///
    /// # Errors
    /// What it fails with.
    ///
    /// # Panics
    /// When it panics.
    pub async fn call<T: Send + 'static>(
        self: &Arc<Store>,
        work: impl FnOnce(&Store) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = Arc::clone(self);
        let work = tokio::task::spawn_blocking(move || work(&store));
        work.await.expect("the state's work does not panic")
    }

    fn open_runs(&self) -> MutexGuard<'_, OpenRuns> {
        let open = self.open.lock();
        open.unwrap_or_else(|broken| broken.into_inner())
    }

    /// A row.
    fn row<T: DeserializeOwned>(&self, table: Rows, key: &str) -> Result<Option<T>> {
        let read = self.database.begin_read()?;
        let rows = read.open_table(table)?;
        let found = rows.get(key)?;
        found.map(|found| decode(table, found.value())).transpose()
    }

    /// All rows, by their keys.
    fn rows<T: DeserializeOwned>(&self, table: Rows) -> Result<Vec<T>> {
        let read = self.database.begin_read()?;
        let rows = read.open_table(table)?;
        let mut all = Vec::new();
        for row in rows.iter()? {
            all.push(decode(table, row?.1.value())?);
        }
        Ok(all)
    }
}

fn decode<T: DeserializeOwned>(table: Rows, bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| StateError::Row {
        table: redb::TableHandle::name(&table).to_owned(),
        why: error.to_string(),
    })
}

/// A row as it is stored. Rows are text, numbers and JSON, which always are JSON.
fn encode(row: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(row).unwrap_or_default()
}

/// Runs that have not ended, and the costs of those that have.
#[derive(Debug, Default)]
pub(super) struct OpenRuns {
    runs: HashMap<String, Run>,
    /// The model and the known cost of each token's latest runs.
    recent: HashMap<String, VecDeque<(String, Option<f64>)>>,
}

#[derive(Debug)]
struct Run {
    token: String,
    stage: Stage,
    reserved_usd: f64,
    /// When it was last told to wait for money.
    told: Option<Instant>,
}

impl OpenRuns {
    /// A run is claimed or has started; so much is reserved for it.
    pub fn put(&mut self, row: &RunRow, reserved_usd: f64) {
        let run = Run {
            token: row.token.clone(),
            stage: row.stage,
            reserved_usd,
            told: None,
        };
        self.runs.insert(row.id.clone(), run);
    }

    /// A run that is there has to wait for money.
    pub fn tell_to_wait(&mut self, id: &str) {
        if let Some(run) = self.runs.get_mut(id) {
            run.told = Some(Instant::now());
        }
    }

    /// A run is forgotten, as nothing has started.
    pub fn remove(&mut self, id: &str) {
        self.runs.remove(id);
    }

    /// A run has ended.
    pub fn end(&mut self, row: &RunRow) {
        self.runs.remove(&row.id);
        let recent = self.recent.entry(row.token.clone()).or_default();
        recent.push_back((row.model.clone(), row.cost_usd));
        if recent.len() > RECENT_RUNS {
            recent.pop_front();
        }
    }

    fn others<'a>(&'a self, row: &'a RunRow) -> impl Iterator<Item = &'a Run> {
        let others = self.runs.iter().filter(|(id, _)| **id != row.id);
        let others = others.map(|(_, run)| run);
        others.filter(|run| run.token == row.token)
    }

    /// Whether an earlier run of the token waits for money: later ones do not take it away. It keeps its turn
    /// for as long as it asks again and again: ids have the clock's time, which can be set back, so that two
    /// could otherwise wait for each other.
    pub fn is_after_another(&self, row: &RunRow) -> bool {
        let waits = |run: &Run| {
            let asks = run.told.is_some_and(|told| told.elapsed() < TURN_TIME);
            run.token == row.token && run.stage == Stage::Queued && asks
        };
        let mut runs = self.runs.iter();
        runs.any(|(id, run)| *id < row.id && waits(run))
    }

    /// What is reserved for the other runs of a run's token.
    pub fn reserved_usd(&self, row: &RunRow) -> f64 {
        self.others(row).map(|run| run.reserved_usd).sum()
    }

    /// How many other runs of its token wait.
    pub fn waiting(&self, row: &RunRow) -> usize {
        let waiting = self.others(row).filter(|run| run.stage == Stage::Queued);
        waiting.count()
    }

    /// What the dearest of the token's recent runs with this model has cost.
    pub fn dearest_usd(&self, row: &RunRow) -> Option<f64> {
        let recent = self.recent.get(&row.token)?.iter();
        let of_model = recent.filter(|(model, _)| *model == row.model);
        let known = of_model.filter_map(|(_, cost)| *cost);
        known.filter(|cost| *cost > 0.0).max_by(f64::total_cmp)
    }
}
