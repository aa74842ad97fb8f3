//! What tokens have cost by day, in the embedded database.

use redb::{ReadableTable, Table};

use super::{Store, USAGE, decode, encode};
use crate::forge::server::state::{Result, Spent, UsageRow};

impl Spent {
    fn add(&mut self, other: &Spent) {
        self.runs += other.runs;
        self.turns += other.turns;
        self.failed += other.failed;
        self.cost_unknown += other.cost_unknown;
        // Rounded, because sums of binary fractions are not exact.
        self.cost_usd = ((self.cost_usd + other.cost_usd) * 1e9).round() / 1e9;
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
    }
}

/// What a token has spent on a day, within a transaction.
pub(super) fn sum(
    sums: &impl ReadableTable<&'static str, &'static [u8]>,
    day: &str,
    token: &str,
) -> Result<Spent> {
    let row = sums.get(format!("{day}\0{token}").as_str())?;
    let row: Option<Spent> = row.map(|row| decode(USAGE, row.value())).transpose()?;
    Ok(row.unwrap_or_default())
}

pub(super) fn add(
    sums: &mut Table<'_, &'static str, &'static [u8]>,
    day: &str,
    token: &str,
    spent: &Spent,
) -> Result<()> {
    let key = format!("{day}\0{token}");
    let mut sum = sum(sums, day, token)?;
    sum.add(spent);
    sums.insert(key.as_str(), encode(&sum).as_slice())?;
    Ok(())
}

impl Store {
    /// What a token has spent on a day.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn spent(&self, day: &str, token: &str) -> Result<Spent> {
        let row = self.row(USAGE, &format!("{day}\0{token}"))?;
        Ok(row.unwrap_or_default())
    }

    /// What one token has spent, or all have, from a day on; the latest day first.
    ///
    /// # Errors
    /// The database's.
    pub fn usage(&self, token: Option<&str>, from: &str) -> Result<Vec<UsageRow>> {
        let read = redb::ReadableDatabase::begin_read(&self.database)?;
        let sums = read.open_table(USAGE)?;
        let mut rows = Vec::new();
        for row in sums.range(from..)?.rev() {
            let (key, value) = row?;
            let Some((day, name)) = key.value().split_once('\0') else {
                continue;
            };
            if token.is_none_or(|token| token == name) {
                rows.push(UsageRow {
                    day: day.to_owned(),
                    token: name.to_owned(),
                    spent: decode(USAGE, value.value())?,
                });
            }
        }
        Ok(rows)
    }
}
