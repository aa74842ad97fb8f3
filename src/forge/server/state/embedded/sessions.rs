//! Sessions in the embedded database.

use redb::{ReadableTable, WriteTransaction};

use super::{SESSIONS, Store, decode, encode};
use crate::forge::server::state::{Due, Result, SessionRow};

/// Changes a row within a commit; nothing happens if it is not there.
pub(super) fn change(
    write: &WriteTransaction,
    id: &str,
    change: impl FnOnce(&mut SessionRow),
) -> Result<()> {
    let mut sessions = write.open_table(SESSIONS)?;
    let row = sessions.get(id)?;
    let row: Option<SessionRow> = row.map(|row| decode(SESSIONS, row.value())).transpose()?;
    if let Some(mut row) = row {
        change(&mut row);
        sessions.insert(id, encode(&row).as_slice())?;
    }
    Ok(())
}

impl Store {
    /// Puts a session on disk, new or changed.
    ///
    /// # Errors
    /// The database's.
    pub fn put_session(&self, row: &SessionRow) -> Result<()> {
        let write = self.database.begin_write()?;
        write
            .open_table(SESSIONS)?
            .insert(row.id.as_str(), encode(row).as_slice())?;
        write.commit()?;
        Ok(())
    }

    /// Notes how long the transcript of the turns that were answered is.
    ///
    /// # Errors
    /// The database's.
    pub fn note_transcript(&self, id: &str, bytes: u64) -> Result<()> {
        let write = self.database.begin_write()?;
        change(&write, id, |row| row.transcript_bytes = bytes)?;
        write.commit()?;
        Ok(())
    }

    /// Closes a session: whether it was open, and the row after. None if it is not there.
    ///
    /// # Errors
    /// The database's.
    pub fn close_session(&self, id: &str, now: u64) -> Result<Option<(bool, SessionRow)>> {
        let write = self.database.begin_write()?;
        let found = {
            let mut sessions = write.open_table(SESSIONS)?;
            let row = sessions.get(id)?;
            let row: Option<SessionRow> =
                row.map(|row| decode(SESSIONS, row.value())).transpose()?;
            let Some(mut row) = row else { return Ok(None) };
            let open = row.closed.is_none();
            if open {
                row.closed = Some(now);
                sessions.insert(id, encode(&row).as_slice())?;
            }
            (open, row)
        };
        write.commit()?;
        Ok(Some(found))
    }

    /// A session.
    ///
    /// # Errors
    /// The database's.
    pub fn session(&self, id: &str) -> Result<Option<SessionRow>> {
        self.row(SESSIONS, id)
    }

    /// The sessions for which there is something to do.
    ///
    /// # Errors
    /// The database's.
    pub fn sessions_due(&self, due: &Due) -> Result<Vec<SessionRow>> {
        let mut rows: Vec<SessionRow> = self.rows(SESSIONS)?;
        rows.retain(|row| due.is(row));
        Ok(rows)
    }

    /// The sessions of a token, or all, newest first.
    ///
    /// # Errors
    /// The database's.
    pub fn sessions(&self, token: Option<&str>) -> Result<Vec<SessionRow>> {
        let mut rows: Vec<SessionRow> = self.rows(SESSIONS)?;
        rows.retain(|row| token.is_none_or(|token| row.token == token));
        rows.reverse();
        Ok(rows)
    }

    /// Forgets a session; its folder is the caller's to remove.
    ///
    /// # Errors
    /// The database's.
    pub fn forget_session(&self, id: &str) -> Result<()> {
        let write = self.database.begin_write()?;
        write.open_table(SESSIONS)?.remove(id)?;
        write.commit()?;
        Ok(())
    }
}
