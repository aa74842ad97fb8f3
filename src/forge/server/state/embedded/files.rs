//! The records of uploads in the embedded database; the bytes are files in `FOLDER/files`.

use super::{FILES, Store, encode};
use crate::forge::server::state::{FileRow, Result};

impl Store {
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

    /// Takes expired uploads off the record, and returns their ids.
    ///
    /// # Errors
    /// The database's.
    pub fn take_expired_files(&self, now: u64) -> Result<Vec<String>> {
        let rows: Vec<FileRow> = self.rows(FILES)?;
        let expired: Vec<String> = rows
            .into_iter()
            .filter(|row| row.expires <= now)
            .map(|row| row.id)
            .collect();
        if expired.is_empty() {
            return Ok(expired);
        }
        let write = self.database.begin_write()?;
        {
            let mut files = write.open_table(FILES)?;
            for id in &expired {
                files.remove(id.as_str())?;
            }
        }
        write.commit()?;
        Ok(expired)
    }

    /// The ids of all uploads.
    ///
    /// # Errors
    /// The database's.
    pub fn file_ids(&self) -> Result<Vec<String>> {
        let rows: Vec<FileRow> = self.rows(FILES)?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }
}
