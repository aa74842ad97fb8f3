//! Why the state cannot be used, and what to do about it.

use std::io;
use std::path::PathBuf;

use crate::error::{Failing, Kind};
use crate::ids::NoRandomness;

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
    /// The embedded database.
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
    /// The URL of the shared database, or a file that it names.
    #[error("cannot use --state: {0}")]
    Address(String),
    /// The shared database cannot be reached, or does not answer in time.
    #[error("the database of the service is not available: {0}")]
    Away(String),
    /// The shared database does not let this user do it.
    #[error("the database refuses: {0}")]
    Forbidden(String),
    /// Another error of the shared database.
    #[error("the database says: {0}")]
    Sql(String),
    /// A newer program has changed its tables.
    #[error("the tables in the database are of a newer version ({0}) than this program knows")]
    Version(i32),
    /// Another process has this instance's name.
    #[error("another process has taken the place of instance {0}: is its folder in use twice?")]
    Replaced(String),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl Failing for StateError {
    fn kind(&self) -> Kind {
        match self {
            StateError::InUse(_) | StateError::Io { .. } | StateError::Address(_) => Kind::Usage,
            StateError::Away(_) => Kind::Connection,
            StateError::Forbidden(_) => Kind::Refused,
            _ => Kind::Service,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            StateError::InUse(_) => "Stop that one, or name another folder",
            StateError::Address(_) => {
                "It is a folder, or postgres://USER@HOST/DATABASE, with sslmode=verify-full for TLS"
            }
            StateError::Away(_) => "Is PostgreSQL there, and does it accept connections from here?",
            StateError::Forbidden(_) => {
                "The password is looked for in PGPASSWORD and ~/.pgpass; the user must own the database"
            }
            StateError::Version(_) => "Install the newer trefoil here, too",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}
