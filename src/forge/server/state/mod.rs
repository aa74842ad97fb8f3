//! What lasts, in one folder that only its owner can enter: rows enter and leave; a row that was
//! handed over is on disk when the call returns.
//!
//! ```text
//! STATE/forge.redb     tokens (hashed), sessions, runs and their answers, keys, files, usage
//! STATE/files/ff_…     uploads
//! STATE/sessions/ID/   the working folder of a session
//! STATE/claude/        what claude keeps, its transcripts among it
//! STATE/audit.ndjson   a line before and a line after every run
//! STATE/admin-token    the administrator's token, unless another file was named
//! ```
//!
//! The database is redb: a copy-on-write B-tree whose commits are atomic, so that whatever kills the
//! service leaves the last commit. It is pure Rust; SQLite (rusqlite, bundled) would need a C compiler,
//! and its SQL is not needed for keys and rows. redb locks its file, so a second service cannot use
//! the same folder.

mod files;
mod runs;
mod sessions;
mod tokens;
mod usage;

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Failing, Kind};

pub use files::FileRow;
pub use runs::{Claim, Outcome, RunRow, Stage};
pub use sessions::SessionRow;
pub use tokens::TokenRow;
pub use usage::{Spent, UsageRow, day};

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

/// Why the state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another service has it open.
    #[error("another service uses the state in {0}")]
    InUse(PathBuf),
    /// A file or folder of it.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database.
    #[error("the state cannot be read or written: {0}")]
    Database(Box<redb::Error>),
    /// A row that this version does not understand.
    #[error("the state has a row in '{table}' that is not readable: {why}")]
    Row {
        /// In which table.
        table: String,
        /// What was wrong with it.
        why: String,
    },
    /// No randomness.
    #[error("this system has no randomness to give")]
    Random,
}

impl Failing for StateError {
    fn kind(&self) -> Kind {
        match self {
            StateError::InUse(_) | StateError::Io { .. } => Kind::Usage,
            _ => Kind::Service,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            StateError::InUse(_) => {
                Some("Stop that one, or name another folder: --state DIR".into())
            }
            _ => None,
        }
    }
}

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

type Result<T> = std::result::Result<T, StateError>;

/// The folder and its database.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    database: Database,
}

impl Store {
    /// Opens a folder, which need not exist yet. What a service left there that did not end well is
    /// put in order: runs that never started are forgotten, those that had are marked as lost.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn open(folder: &Path) -> Result<Store> {
        let failed = |path: &Path, source| StateError::Io {
            path: path.to_owned(),
            source,
        };
        for folder in [
            folder.to_owned(),
            folder.join("files"),
            folder.join("sessions"),
        ] {
            let mut builder = DirBuilder::new();
            builder.recursive(true).mode(0o700);
            builder
                .create(&folder)
                .map_err(|source| failed(&folder, source))?;
        }
        fs::set_permissions(folder, Permissions::from_mode(0o700))
            .map_err(|source| failed(folder, source))?;
        let path = folder.join("forge.redb");
        let database = Database::create(&path).map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => StateError::InUse(folder.to_owned()),
            other => StateError::Database(Box::new(other.into())),
        })?;
        fs::set_permissions(&path, Permissions::from_mode(0o600))
            .map_err(|source| failed(&path, source))?;
        let store = Store {
            folder: folder.to_owned(),
            database,
        };
        let write = store.database.begin_write()?;
        for table in [TOKENS, SESSIONS, RUNS, ANSWERS, FILES, USAGE] {
            write.open_table(table)?;
        }
        for table in [HASHES, KEYS] {
            write.open_table(table)?;
        }
        write.commit()?;
        store.recover_runs()?;
        Ok(store)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
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

/// SHA-256, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

/// Random bytes.
///
/// # Errors
/// [`StateError::Random`].
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| StateError::Random)?;
    Ok(bytes)
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
