//! Tokens in the shared database, and what each has cost: one that is made or revoked here is, from then
//! on, known or refused everywhere. Sums are decimal there, so they have no binary fractions to lose.

use tokio_postgres::Row;

use super::connection::{Connection, Values};
use super::{Shared, signed, unsigned};
use crate::forge::server::state::rows::is_sum;
use crate::forge::server::state::{Result, Spent, StateError, TokenRow, UsageRow};

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

macro_rules! columns {
    () => {
        "runs, turns, failed, cost_unknown, cost_usd::float8, input_tokens, output_tokens"
    };
}

fn spent_of(row: &tokio_postgres::Row, first: usize) -> Spent {
    let count = |at: usize| unsigned(row.get(first + at));
    let usd = Some(row.get(first + 4)).filter(|usd| is_sum(*usd));
    Spent {
        runs: count(0),
        turns: count(1),
        failed: count(2),
        cost_unknown: count(3) + u64::from(usd.is_none()),
        cost_usd: usd.unwrap_or(0.0),
        input_tokens: count(5),
        output_tokens: count(6),
    }
}

/// Adds to the sum of a day; `sign` is -1 to take it away again.
pub async fn add_cost(
    connection: &mut Connection,
    day: &str,
    token: &str,
    spent: &Spent,
    sign: i64,
) -> Result<()> {
    let sql = "INSERT INTO forge_usage AS sum VALUES
                   ($1, $2, $3, $4, $5, $6, round($7::float8::numeric, 9), $8, $9)
               ON CONFLICT (day, token) DO UPDATE SET
                   runs = sum.runs + $3, turns = sum.turns + $4, failed = sum.failed + $5,
                   cost_unknown = sum.cost_unknown + $6,
                   cost_usd = sum.cost_usd + round($7::float8::numeric, 9),
                   input_tokens = sum.input_tokens + $8, output_tokens = sum.output_tokens + $9";
    let spent = spent.credible();
    let counts = [
        spent.runs,
        spent.turns,
        spent.failed,
        spent.cost_unknown,
        spent.input_tokens,
        spent.output_tokens,
    ];
    let [runs, turns, failed, unknown, input, output] = counts.map(|count| sign * signed(count));
    let cost_usd = if sign < 0 {
        -spent.cost_usd
    } else {
        spent.cost_usd
    };
    connection
        .execute(
            sql,
            &[
                &day, &token, &runs, &turns, &failed, &unknown, &cost_usd, &input, &output,
            ],
        )
        .await?;
    Ok(())
}

/// What a token has spent on a day, within a transaction.
pub async fn spent(connection: &mut Connection, day: &str, token: &str) -> Result<Spent> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM forge_usage WHERE day = $1 AND token = $2"
    );
    let row = connection.row(sql, &[&day, &token]).await?;
    Ok(row.map(|row| spent_of(&row, 0)).unwrap_or_default())
}

impl Shared {
    /// What one token has spent, or all have, from a day on; the latest day first.
    pub async fn usage(&self, token: Option<&str>, from: &str) -> Result<Vec<UsageRow>> {
        let sql = concat!(
            "SELECT day, token, ",
            columns!(),
            " FROM forge_usage WHERE day >= $1 AND ($2::text IS NULL OR token = $2)
              ORDER BY day DESC, token COLLATE \"C\" DESC"
        );
        let rows = self.pool.rows(sql, &[&from, &token]).await?;
        let rows = rows.iter().map(|row| UsageRow {
            day: row.get(0),
            token: row.get(1),
            spent: spent_of(row, 2),
        });
        Ok(rows.collect())
    }
}
