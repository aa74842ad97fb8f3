//! Uploads: what they are and until when they are kept; the bytes are files in `STATE/files`.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{FILES, Result, Store, encode};

/// An upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileRow {
    /// `ff_…`, which is also what the file is called on disk.
    pub id: String,
    /// Whose.
    pub token: String,
    /// What its owner calls it.
    pub name: String,
    /// What it is, such as `image/png`, as its owner says.
    pub media_type: String,
    /// How long it is, in bytes.
    pub size: u64,
    /// Until when it is kept, in µs since the epoch.
    pub expires: u64,
}

impl Store {
    /// Where an upload is.
    pub fn file_path(&self, id: &str) -> PathBuf {
        self.folder.join("files").join(id)
    }

    /// Puts an upload on record, once it is whole.
    ///
    /// # Errors
    /// The database's.
    pub fn put_file(&self, row: &FileRow) -> Result<()> {
        let write = self.database.begin_write()?;
        write
            .open_table(FILES)?
            .insert(row.id.as_str(), encode(row).as_slice())?;
        write.commit()?;
        Ok(())
    }

    /// An upload that has not expired.
    ///
    /// # Errors
    /// The database's.
    pub fn file(&self, id: &str, now: u64) -> Result<Option<FileRow>> {
        let row: Option<FileRow> = self.row(FILES, id)?;
        Ok(row.filter(|row| row.expires > now))
    }

    /// Removes what has expired, and what an upload that was cut off has left.
    ///
    /// # Errors
    /// The database's.
    pub fn sweep_files(&self, now: u64) -> Result<()> {
        let rows: Vec<FileRow> = self.rows(FILES)?;
        let expired: Vec<&FileRow> = rows.iter().filter(|row| row.expires <= now).collect();
        if expired.is_empty() {
            return Ok(());
        }
        let write = self.database.begin_write()?;
        {
            let mut files = write.open_table(FILES)?;
            for row in &expired {
                files.remove(row.id.as_str())?;
            }
        }
        write.commit()?;
        for row in expired {
            // One that is gone already is what was wanted.
            let _ = fs::remove_file(self.file_path(&row.id));
        }
        Ok(())
    }

    /// Removes files that are on no record: uploads that were cut off when the service was killed.
    /// To be called while nobody uploads.
    ///
    /// # Errors
    /// The database's.
    pub fn remove_strays(&self) -> Result<()> {
        let rows: Vec<FileRow> = self.rows(FILES)?;
        let Ok(entries) = fs::read_dir(self.folder.join("files")) else {
            return Ok(());
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            if !rows.iter().any(|row| row.id.as_str() == name) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }
}
