//! The folder of this machine's own files. Takes its path; gives the paths in it, and keeps a second
//! service out.

use std::fs::{self, DirBuilder, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{Result, StateError};
use crate::file_lock::FileLock;
use crate::ids::{hex, random};
use crate::net::host_name;

/// The folder.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Locked for as long as the service runs.
    _lock: FileLock,
}

impl Folder {
    /// Creates what is missing, and locks it.
    ///
    /// # Errors
    /// [`StateError::InUse`], [`StateError::Io`].
    pub fn open(path: &Path) -> Result<Folder> {
        let failed = |path: &Path, source| StateError::Io {
            path: path.to_owned(),
            source,
        };
        for folder in [path.to_owned(), path.join("files"), path.join("sessions")] {
            let made = DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&folder);
            made.map_err(|source| failed(&folder, source))?;
        }
        fs::set_permissions(path, Permissions::from_mode(0o700))
            .map_err(|source| failed(path, source))?;
        let file = path.join("lock");
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&file)
            .map_err(|source| failed(&file, source))?;
        match FileLock::try_new(lock) {
            Ok(lock) => Ok(Folder {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err((_, TryLockError::WouldBlock)) => Err(StateError::InUse(path.to_owned())),
            Err((_, TryLockError::Error(source))) => Err(failed(&file, source)),
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where an upload is.
    pub fn file(&self, id: &str) -> PathBuf {
        self.path.join("files").join(id)
    }

    /// The folder of a session.
    pub fn session(&self, id: &str) -> PathBuf {
        self.path.join("sessions").join(id)
    }

    /// Removes uploads, without holding up the others; one that is gone already is what was wanted.
    pub async fn remove_files(&self, ids: &[String]) {
        if ids.is_empty() {
            return;
        }
        let paths: Vec<PathBuf> = ids.iter().map(|id| self.file(id)).collect();
        let removing = tokio::task::spawn_blocking(move || {
            for path in paths {
                let _ = fs::remove_file(path);
            }
        });
        removing.await.expect("removing files does not panic");
    }

    /// Removes the files that are on no record: uploads that were cut off when the service was killed.
    /// To be called while nobody uploads.
    pub fn remove_strays(&self, on_record: &[String]) {
        let Ok(entries) = fs::read_dir(self.path.join("files")) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            if !on_record.iter().any(|id| id.as_str() == name) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// The name of the instance whose folder this is: the machine's at the first start, and six
    /// random digits. It stays with the folder, as the conversations and uploads in it do.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub fn instance(&self) -> Result<String> {
        let path = self.path.join("instance");
        let failed = |source| StateError::Io {
            path: path.clone(),
            source,
        };
        match fs::read_to_string(&path) {
            Ok(name) if !name.trim().is_empty() => return Ok(name.trim().to_owned()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let host: String = host_name()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "-.".contains(*c))
            .take(40)
            .collect();
        let name = format!("{host}-{}", hex(&random::<3>()?));
        fs::write(&path, format!("{name}\n")).map_err(failed)?;
        Ok(name)
    }
}
