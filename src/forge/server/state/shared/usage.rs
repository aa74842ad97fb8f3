//! What tokens have cost, in the shared database. Sums are decimal there, so they have no binary
//! fractions to lose.

use super::connection::Connection;
use super::{Shared, signed, unsigned};
use crate::forge::server::state::rows::is_sum;
use crate::forge::server::state::{Result, Spent, UsageRow};

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
pub async fn add(
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
