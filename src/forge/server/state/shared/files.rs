//! Uploads on record. The bytes are on the disk of the instance that took them.

use tokio_postgres::Row;

use super::connection::Values;
use super::{Shared, signed, unsigned};
use crate::forge::server::state::{FileRow, Result};

macro_rules! columns {
    () => {
        "id, token, name, media_type, size, expires, instance"
    };
}

fn file_of(row: &Row) -> FileRow {
    FileRow {
        id: row.get(0),
        token: row.get(1),
        name: row.get(2),
        media_type: row.get(3),
        size: unsigned(row.get(4)),
        expires: unsigned(row.get(5)),
        instance: Some(row.get(6)),
    }
}

impl Shared {
    /// Puts an upload on record.
    pub async fn put_file(&self, row: &FileRow) -> Result<()> {
        let sql = concat!(
            "INSERT INTO forge_files (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7)"
        );
        let (size, expires) = (signed(row.size), signed(row.expires));
        let values: Values<'_> = &[
            &row.id,
            &row.token,
            &row.name,
            &row.media_type,
            &size,
            &expires,
            &self.instance,
        ];
        self.pool.execute(sql, values).await.map(drop)
    }

    /// An upload that has not expired.
    pub async fn file(&self, id: &str, now: u64) -> Result<Option<FileRow>> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM forge_files WHERE id = $1 AND expires > $2"
        );
        let row = self.pool.row(sql, &[&id, &signed(now)]).await?;
        Ok(row.as_ref().map(file_of))
    }

    /// Takes this instance's expired uploads off the record, and returns their ids.
    pub async fn take_expired_files(&self, now: u64) -> Result<Vec<String>> {
        let sql = "DELETE FROM forge_files WHERE instance = $1 AND expires <= $2 RETURNING id";
        let rows = self.pool.rows(sql, &[&self.instance, &signed(now)]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// The ids of this instance's uploads.
    pub async fn file_ids(&self) -> Result<Vec<String>> {
        let sql = "SELECT id FROM forge_files WHERE instance = $1";
        let rows = self.pool.rows(sql, &[&self.instance]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}
