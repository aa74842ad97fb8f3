//! What could not be written because the database was away: answers, and claims to be given back.
//! They are kept as files in `FOLDER/unsent`, so that an answer that was paid for also survives the
//! end of the service, and are written once the database is back.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Shared;
use crate::forge::server::state::folder::Folder;
use crate::forge::server::state::{Finished, Result, StateError};

/// The folder.
#[derive(Debug)]
pub struct Unsent(PathBuf);

/// What is to be written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Pending {
    Answer(Box<Finished>),
    /// The id of a run that never started.
    Release(String),
}

impl Unsent {
    /// Creates the folder if it is not there.
    pub fn open(folder: &Folder) -> Result<Unsent> {
        let path = folder.path().join("unsent");
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
        match made {
            Ok(()) => Ok(Unsent(path)),
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
    pub fn keep_release(&self, id: &str) -> Result<()> {
        self.keep(id, &Pending::Release(id.to_owned()))
    }

    fn keep(&self, id: &str, pending: &Pending) -> Result<()> {
        let (path, draft) = (self.0.join(id), self.0.join(format!("{id}.new")));
        let bytes = serde_json::to_vec(pending).unwrap_or_default();
        let kept = || -> std::io::Result<()> {
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
        kept().map_err(|source| StateError::Io {
            path: path.clone(),
            source,
        })
    }

    fn all(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        paths.filter(|path| path.extension().is_none()).collect()
    }
}

impl Shared {
    /// Writes what could not be written before.
    pub async fn send_unsent(&self) -> Result<()> {
        for path in self.unsent.all() {
            let failed = |source| StateError::Io {
                path: path.clone(),
                source,
            };
            let bytes = fs::read(&path).map_err(failed)?;
            match serde_json::from_slice(&bytes) {
                Ok(Pending::Answer(finished)) => self.finish_now(&finished).await?,
                Ok(Pending::Release(id)) => self.release_now(&id).await?,
                // Written by another version: somebody has to look at it.
                Err(error) => {
                    fs::rename(&path, path.with_extension("unreadable")).map_err(failed)?;
                    return Err(StateError::Row {
                        table: path.display().to_string(),
                        why: error.to_string(),
                    });
                }
            }
            fs::remove_file(&path).map_err(failed)?;
        }
        Ok(())
    }
}
