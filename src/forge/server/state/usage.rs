//! What tokens have cost, a day at a time.

use redb::{ReadableTable, Table};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Outcome, Result, RunRow, Store, USAGE, decode, encode};

/// A sum of runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// Runs.
    pub runs: u64,
    /// Turns.
    pub turns: u64,
    /// How many of both failed, or were cut off.
    pub failed: u64,
    /// How many of both cost what nobody knows.
    pub cost_unknown: u64,
    /// US dollars.
    pub cost_usd: f64,
    /// Tokens that the model read, from a cache or not.
    pub input_tokens: u64,
    /// Tokens that the model wrote.
    pub output_tokens: u64,
}

impl Spent {
    /// What one run comes to; `usage` is as the API has it.
    pub fn of(run: &RunRow, usage: Option<&Value>) -> Spent {
        let count = |name: &str| {
            let count = usage.and_then(|usage| usage.get(name));
            count.and_then(Value::as_u64).unwrap_or(0)
        };
        Spent {
            runs: u64::from(run.session.is_none()),
            turns: u64::from(run.session.is_some()),
            failed: u64::from(run.outcome != Some(Outcome::Ok)),
            cost_unknown: u64::from(run.cost_usd.is_none()),
            cost_usd: run.cost_usd.unwrap_or(0.0),
            input_tokens: count("input_tokens")
                + count("cache_creation_input_tokens")
                + count("cache_read_input_tokens"),
            output_tokens: count("output_tokens"),
        }
    }

    fn add(&mut self, other: &Spent) {
        self.runs += other.runs;
        self.turns += other.turns;
        self.failed += other.failed;
        self.cost_unknown += other.cost_unknown;
        // Without the dust of binary fractions.
        self.cost_usd = ((self.cost_usd + other.cost_usd) * 1e9).round() / 1e9;
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
    }
}

/// What a token has spent on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UsageRow {
    /// `2026-11-27`, UTC.
    pub day: String,
    /// Whose.
    pub token: String,
    /// How much.
    #[serde(flatten)]
    pub spent: Spent,
}

/// The day of a time in µs since the epoch: `2026-11-27`, UTC.
pub fn day(micros: u64) -> String {
    let time = i64::try_from(micros)
        .ok()
        .and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok());
    time.unwrap_or_default().strftime("%Y-%m-%d").to_string()
}

pub(super) fn add(
    sums: &mut Table<'_, &'static str, &'static [u8]>,
    day: &str,
    token: &str,
    spent: &Spent,
) -> Result<()> {
    let key = format!("{day}\0{token}");
    let before = sums.get(key.as_str())?;
    let before: Option<Spent> = before.map(|row| decode(USAGE, row.value())).transpose()?;
    let mut sum = before.unwrap_or_default();
    sum.add(spent);
    sums.insert(key.as_str(), encode(&sum).as_slice())?;
    Ok(())
}

impl Store {
    /// What a token has spent on a day.
    ///
    /// # Errors
    /// The database's.
    pub fn spent(&self, day: &str, token: &str) -> Result<Spent> {
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
