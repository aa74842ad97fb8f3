//! Conversations: who owns one, and where it stands.

use std::path::PathBuf;

use redb::{ReadableTable, WriteTransaction};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Result, SESSIONS, Store, decode, encode};

/// A session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionRow {
    /// `sess_…`; a later one's is larger.
    pub id: String,
    /// Whose.
    pub token: String,
    /// Who answers.
    pub agent: String,
    /// The model.
    pub model: String,
    /// What the model was told beforehand, and whether that replaces what it knows.
    pub system: Option<(String, bool)>,
    /// How much it is to think.
    pub effort: Option<String>,
    /// What the caller wanted to be remembered.
    pub meta: Value,
    /// When it was opened, in µs since the epoch.
    pub created: u64,
    /// When its last turn ended, in µs since the epoch.
    pub last_turn: Option<u64>,
    /// How many turns were answered.
    pub turns: u64,
    /// When it was closed, in µs since the epoch.
    pub closed: Option<u64>,
    /// The agent's own name of the conversation, a UUID.
    pub conversation: String,
    /// How long the agent's transcript is after the last turn that was answered. What follows
    /// belongs to a turn that was not, and is taken away before the next.
    pub transcript_bytes: u64,
}

impl SessionRow {
    /// When somebody last did something with it.
    pub fn last_activity(&self) -> u64 {
        self.last_turn.unwrap_or(0).max(self.created)
    }
}

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
    /// The working folder of a session.
    pub fn session_folder(&self, id: &str) -> PathBuf {
        self.folder.join("sessions").join(id)
    }

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
