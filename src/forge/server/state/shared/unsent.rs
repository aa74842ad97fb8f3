//! What could not be written, in most cases because the database was away: answers, and claims to be
//! given back. They are kept as files in `FOLDER/unsent`, so that an answer that was paid for also
//! survives the end of the service, and are written once the database takes them.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::Shared;
use crate::forge::server::state::folder::Folder;
use crate::forge::server::state::{Finished, Result, StateError};

/// The folder.
#[derive(Debug)]
pub struct Unsent {
    path: PathBuf,
    /// Held by the one that sends.
    sending: Mutex<()>,
}

/// What is to be written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Pending {
    Answer(Box<Finished>),
    /// A run that never started.
    Release {
        id: String,
        token: String,
    },
}

impl Pending {
    /// Whether it says where this session stands.
    fn is_turn_of(&self, session: &str) -> bool {
        match self {
            Pending::Answer(finished) => finished.row.session.as_deref() == Some(session),
            Pending::Release { .. } => false,
        }
    }
}

impl Unsent {
    /// Creates the folder if it is not there.
    pub fn open(folder: &Folder) -> Result<Unsent> {
        let path = folder.path().join("unsent");
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
        match made {
            Ok(()) => Ok(Unsent {
                path,
                sending: Mutex::default(),
            }),
            Err(source) => Err(StateError::Io { path, source }),
        }
    }

    /// Keeps an answer.
    pub fn keep_answer(&self, finished: &Finished) -> Result<()> {
        self.keep(
            &finished.row.id,
            &Pending::Answer(Box::new(finished.clone())),
        )
    }

    /// Keeps that a claim is to be given back.
    pub fn keep_release(&self, id: &str, token: &str) -> Result<()> {
        let (id, token) = (id.to_owned(), token.to_owned());
        self.keep(&id.clone(), &Pending::Release { id, token })
    }

    fn keep(&self, id: &str, pending: &Pending) -> Result<()> {
        let (path, draft) = (self.path.join(id), self.path.join(format!("{id}.new")));
        let bytes = serde_json::to_vec(pending).unwrap_or_default();
        let kept = || -> io::Result<()> {
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&draft)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&draft, &path)
        };
        kept().map_err(|source| failed(&path, source))
    }

    /// The files, the oldest first: they are named after their runs.
    fn all(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_none()).collect();
        paths.sort();
        paths
    }
}

/// What a file has. One of another version stays, to be sent by that.
fn read(path: &Path) -> Result<Pending> {
    let bytes = fs::read(path).map_err(|source| failed(path, source))?;
    serde_json::from_slice(&bytes).map_err(|error| StateError::Row {
        table: path.display().to_string(),
        why: error.to_string(),
    })
}

fn failed(path: &Path, source: io::Error) -> StateError {
    StateError::Io {
        path: path.to_owned(),
        source,
    }
}

impl Shared {
    /// Writes what could not be written before. What the database refuses stays, and keeps back
    /// nothing else.
    ///
    /// # Errors
    /// [`StateError::Away`] at once; else the first error, after everything was tried.
    pub async fn send_unsent(&self) -> Result<()> {
        let _sending = self.unsent.sending.lock().await;
        let mut first = Ok(());
        for path in self.unsent.all() {
            let sent = match read(&path) {
                Ok(pending) => self.send(&path, &pending).await,
                Err(error) => Err(error),
            };
            match sent {
                Err(error @ StateError::Away(_)) => return Err(error),
                sent => first = first.and(sent),
            }
        }
        first
    }

    /// Writes what could not be written of a session's turns.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn send_unsent_of(&self, session: &str) -> Result<()> {
        let _sending = self.unsent.sending.lock().await;
        for path in self.unsent.all() {
            // What cannot be read is reported with the heartbeat.
            if let Ok(pending) = read(&path)
                && pending.is_turn_of(session)
            {
                self.send(&path, &pending).await?;
            }
        }
        Ok(())
    }

    async fn send(&self, path: &Path, pending: &Pending) -> Result<()> {
        match pending {
            Pending::Answer(finished) => self.finish_now(finished).await?,
            Pending::Release { id, token } => self.release_now(id, token).await?,
        }
        fs::remove_file(path).map_err(|source| failed(path, source))
    }
}
