//! Tokens in the shared database: one that is made or revoked here is, from then on, known or refused
//! everywhere.

use tokio_postgres::Row;

use super::connection::Values;
use super::{Shared, signed, unsigned};
use crate::forge::server::state::{Result, StateError, TokenRow};

macro_rules! columns {
    () => {
        "name, hash, ip_cidrs, policy, created, last_used, enabled"
    };
}

fn token_of(row: &Row) -> Result<TokenRow> {
    let bad = |error: serde_json::Error| StateError::Row {
        table: "forge_tokens".to_owned(),
        why: error.to_string(),
    };
    Ok(TokenRow {
        name: row.get(0),
        hash: row.get(1),
        ip_cidrs: serde_json::from_str(row.get(2)).map_err(bad)?,
        policy: serde_json::from_str(row.get(3)).map_err(bad)?,
        created: unsigned(row.get(4)),
        last_used: row.get::<_, Option<i64>>(5).map(unsigned),
        enabled: row.get(6),
    })
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl Shared {
    /// Stores a token: whether there was none of that name. A revoked one is replaced.
    pub async fn create_token(&self, row: &TokenRow) -> Result<bool> {
        let (ip_cidrs, policy) = (json(&row.ip_cidrs), json(&row.policy));
        let created = signed(row.created);
        let sql = concat!(
            "INSERT INTO forge_tokens (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, NULL, true)
             ON CONFLICT (name) DO UPDATE SET hash = $2, ip_cidrs = $3, policy = $4, created = $5,
                 last_used = NULL, enabled = true
             WHERE NOT forge_tokens.enabled"
        );
        let values: Values<'_> = &[&row.name, &row.hash, &ip_cidrs, &policy, &created];
        Ok(self.pool.execute(sql, values).await? == 1)
    }

    /// The token of this hash, if it is enabled.
    pub async fn token(&self, hash: &str) -> Result<Option<TokenRow>> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM forge_tokens WHERE hash = $1 AND enabled"
        );
        let row = self.pool.row(sql, &[&hash]).await?;
        row.as_ref().map(token_of).transpose()
    }

    /// All tokens, by name.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM forge_tokens ORDER BY name COLLATE \"C\""
        );
        let rows = self.pool.rows(sql, &[]).await?;
        rows.iter().map(token_of).collect()
    }

    /// Revokes a token: whether it was enabled; none if there is no such token.
    pub async fn revoke_token(&self, name: &str) -> Result<Option<bool>> {
        let sql = "UPDATE forge_tokens SET enabled = false
                   FROM (SELECT name, enabled FROM forge_tokens WHERE name = $1 FOR UPDATE) AS before
                   WHERE forge_tokens.name = before.name RETURNING before.enabled";
        let row = self.pool.row(sql, &[&name]).await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// Notes when tokens were last used.
    pub async fn note_use(&self, used: &[(String, u64)]) -> Result<()> {
        let sql = "UPDATE forge_tokens SET last_used = greatest(last_used, $2) WHERE name = $1";
        self.pool
            .with(async |connection| {
                for (name, at) in used {
                    connection.execute(sql, &[name, &signed(*at)]).await?;
                }
                Ok(())
            })
            .await
    }
}
