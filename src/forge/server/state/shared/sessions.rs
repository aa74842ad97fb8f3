//! Sessions in the shared database. A conversation is on the disk of the instance that opened it.

use tokio_postgres::Row;

use super::connection::{Connection, Values};
use super::{Shared, signed, unsigned};
use crate::forge::server::state::{Due, Result, SessionRow, StateError};

macro_rules! columns {
    () => {
        "id, token, agent, model, system, system_replaces, effort, meta, created, last_turn, turns, \
         closed, conversation, transcript_bytes, instance"
    };
}

fn session_of(row: &Row) -> Result<SessionRow> {
    let meta = serde_json::from_str(row.get(7)).map_err(|error| StateError::Row {
        table: "forge_sessions".to_owned(),
        why: error.to_string(),
    })?;
    let system: Option<String> = row.get(4);
    Ok(SessionRow {
        id: row.get(0),
        token: row.get(1),
        agent: row.get(2),
        model: row.get(3),
        system: system.map(|system| (system, row.get(5))),
        effort: row.get(6),
        meta,
        created: unsigned(row.get(8)),
        last_turn: row.get::<_, Option<i64>>(9).map(unsigned),
        turns: unsigned(row.get(10)),
        closed: row.get::<_, Option<i64>>(11).map(unsigned),
        conversation: row.get(12),
        transcript_bytes: unsigned(row.get(13)),
        instance: Some(row.get(14)),
    })
}

/// Writes where a session stands after a turn. It may have been closed meanwhile, and stays so. An
/// answer that is stored late takes back no later turn.
pub async fn update(connection: &mut Connection, row: &SessionRow) -> Result<()> {
    let sql = "UPDATE forge_sessions SET last_turn = $2, turns = $3, conversation = $4,
                   transcript_bytes = $5 WHERE id = $1 AND turns < $3";
    let last_turn = row.last_turn.map(signed);
    let (turns, bytes) = (signed(row.turns), signed(row.transcript_bytes));
    connection
        .execute(
            sql,
            &[&row.id, &last_turn, &turns, &row.conversation, &bytes],
        )
        .await?;
    Ok(())
}

impl Shared {
    /// Stores a new session, of this instance.
    pub async fn put_session(&self, row: &SessionRow) -> Result<()> {
        let sql = concat!(
            "INSERT INTO forge_sessions (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        );
        let system = row.system.as_ref().map(|(text, _)| text);
        let replaces = row.system.as_ref().is_some_and(|(_, replaces)| *replaces);
        let (created, turns) = (signed(row.created), signed(row.turns));
        let (last_turn, closed) = (row.last_turn.map(signed), row.closed.map(signed));
        let (meta, bytes) = (row.meta.to_string(), signed(row.transcript_bytes));
        let values: Values<'_> = &[
            &row.id,
            &row.token,
            &row.agent,
            &row.model,
            &system,
            &replaces,
            &row.effort,
            &meta,
            &created,
            &last_turn,
            &turns,
            &closed,
            &row.conversation,
            &bytes,
            &self.instance,
        ];
        self.pool.execute(sql, values).await.map(drop)
    }

    /// Notes how long the transcript of the turns that were answered is.
    pub async fn note_transcript(&self, id: &str, bytes: u64) -> Result<()> {
        let sql = "UPDATE forge_sessions SET transcript_bytes = $2 WHERE id = $1";
        let values: Values<'_> = &[&id, &signed(bytes)];
        self.pool.execute(sql, values).await.map(drop)
    }

    /// Closes a session, of whichever instance: whether it was open, and the row after.
    pub async fn close_session(&self, id: &str, now: u64) -> Result<Option<(bool, SessionRow)>> {
        let close = "UPDATE forge_sessions SET closed = $2 WHERE id = $1 AND closed IS NULL";
        self.pool
            .transaction(async |connection| {
                let was_open = connection.execute(close, &[&id, &signed(now)]).await? == 1;
                let row = select_one(connection, id).await?;
                Ok(row.map(|row| (was_open, row)))
            })
            .await
    }

    /// A session.
    pub async fn session(&self, id: &str) -> Result<Option<SessionRow>> {
        self.pool
            .with(async |connection| select_one(connection, id).await)
            .await
    }

    /// The sessions of a token at all instances, newest first.
    pub async fn sessions_of(&self, token: &str) -> Result<Vec<SessionRow>> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM forge_sessions WHERE token = $1 ORDER BY id DESC"
        );
        let rows = self.pool.rows(sql, &[&token]).await?;
        rows.iter().map(session_of).collect()
    }

    /// The sessions with conversations here for which there is something to do.
    pub async fn sessions_due(&self, due: &Due) -> Result<Vec<SessionRow>> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM forge_sessions WHERE instance = $1 AND CASE
                  WHEN closed IS NULL THEN greatest(created, last_turn) < $2
                  ELSE closed < $3 OR id = ANY($4) END"
        );
        let (idle, closed) = (signed(due.idle_since), signed(due.closed_before));
        let values: Values<'_> = &[&self.instance, &idle, &closed, &due.live];
        let rows = self.pool.rows(sql, values).await?;
        rows.iter().map(session_of).collect()
    }

    /// How many sessions are open: of one token, or of all.
    pub async fn open_sessions(&self, token: Option<&str>) -> Result<u64> {
        let sql = "SELECT count(*) FROM forge_sessions
                   WHERE closed IS NULL AND ($1::text IS NULL OR token = $1)";
        let row = self.pool.row(sql, &[&token]).await?;
        Ok(row.map_or(0, |row| unsigned(row.get(0))))
    }

    /// Forgets a session.
    pub async fn forget_session(&self, id: &str) -> Result<()> {
        let sql = "DELETE FROM forge_sessions WHERE id = $1";
        self.pool.execute(sql, &[&id]).await.map(drop)
    }
}

async fn select_one(connection: &mut Connection, id: &str) -> Result<Option<SessionRow>> {
    let sql = concat!("SELECT ", columns!(), " FROM forge_sessions WHERE id = $1");
    let row = connection.row(sql, &[&id]).await?;
    row.as_ref().map(session_of).transpose()
}
