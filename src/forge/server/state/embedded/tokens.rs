//! Tokens in the embedded database: rows by name, names by hash, and what each has cost by day.

use redb::{Database, ReadableDatabase, ReadableTable, Table};
use serde_json::Value;

use super::{HASHES, Store, TOKENS, USAGE, decode, encode};
use crate::forge::server::state::rows::is_sum;
use crate::forge::server::state::{Result, Spent, TokenRow, UsageRow};

impl Store {
    /// Stores a token: whether there was none of that name. A revoked one is replaced.
    ///
    /// # Errors
    /// The database's.
    pub fn create_token(&self, row: &TokenRow) -> Result<bool> {
        let name = row.name.as_str();
        let write = self.database.begin_write()?;
        {
            let mut tokens = write.open_table(TOKENS)?;
            let before = tokens.get(name)?;
            let before: Option<TokenRow> =
                before.map(|row| decode(TOKENS, row.value())).transpose()?;
            if before.is_some_and(|row| row.enabled) {
                return Ok(false);
            }
            tokens.insert(name, encode(row).as_slice())?;
            write.open_table(HASHES)?.insert(row.hash.as_str(), name)?;
        }
        write.commit()?;
        Ok(true)
    }

    /// The token of this hash, if it is enabled.
    ///
    /// # Errors
    /// The database's.
    pub fn token(&self, hash: &str) -> Result<Option<TokenRow>> {
        let name = {
            let read = self.database.begin_read()?;
            let hashes = read.open_table(HASHES)?;
            match hashes.get(hash)? {
                Some(name) => name.value().to_owned(),
                None => return Ok(None),
            }
        };
        let row: Option<TokenRow> = self.row(TOKENS, &name)?;
        Ok(row.filter(|row| row.enabled && row.hash == hash))
    }

    /// All tokens, revoked ones included, by name.
    ///
    /// # Errors
    /// The database's.
    pub fn tokens(&self) -> Result<Vec<TokenRow>> {
        self.rows(TOKENS)
    }

    /// Takes a token back: whether it was in use; none if there is no such token.
    ///
    /// # Errors
    /// The database's.
    pub fn revoke_token(&self, name: &str) -> Result<Option<bool>> {
        let write = self.database.begin_write()?;
        let was = {
            let mut tokens = write.open_table(TOKENS)?;
            let row = tokens.get(name)?;
            let row: Option<TokenRow> = row.map(|row| decode(TOKENS, row.value())).transpose()?;
            let Some(mut row) = row else { return Ok(None) };
            write.open_table(HASHES)?.remove(row.hash.as_str())?;
            let was = std::mem::replace(&mut row.enabled, false);
            tokens.insert(name, encode(&row).as_slice())?;
            was
        };
        write.commit()?;
        Ok(Some(was))
    }

    /// Notes when tokens were last used.
    ///
    /// # Errors
    /// The database's.
    pub fn note_use(&self, used: &[(String, u64)]) -> Result<()> {
        let write = self.database.begin_write()?;
        {
            let mut tokens = write.open_table(TOKENS)?;
            for (name, at) in used {
                let row = tokens.get(name.as_str())?;
                let row: Option<TokenRow> =
                    row.map(|row| decode(TOKENS, row.value())).transpose()?;
                if let Some(mut row) = row {
                    row.last_used = Some(*at);
                    tokens.insert(name.as_str(), encode(&row).as_slice())?;
                }
            }
        }
        write.commit()?;
        Ok(())
    }
}

impl Spent {
    fn add(&mut self, other: &Spent) {
        self.runs += other.runs;
        self.turns += other.turns;
        self.failed += other.failed;
        self.cost_unknown += other.cost_unknown;
        // Rounded, because sums of binary fractions are not exact.
        self.cost_usd = ((self.cost_usd + other.cost_usd) * 1e9).round() / 1e9;
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
    }
}

/// Reads a sum. One that is not readable must not keep the service from its work: what can be read of it is
/// taken, and its cost is counted as unknown. Why, if so.
fn read(bytes: &[u8]) -> (Spent, Option<String>) {
    let why = match serde_json::from_slice::<Spent>(bytes) {
        Ok(spent) if is_sum(spent.cost_usd) => return (spent, None),
        Ok(spent) => format!("it has a cost of {:e} USD", spent.cost_usd),
        Err(error) => error.to_string(),
    };
    let fields: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let count = |name: &str| fields[name].as_u64().unwrap_or(0);
    let usd = fields["cost_usd"].as_f64().filter(|usd| is_sum(*usd));
    let spent = Spent {
        runs: count("runs"),
        turns: count("turns"),
        failed: count("failed"),
        cost_unknown: count("cost_unknown").saturating_add(u64::from(usd.is_none())),
        cost_usd: usd.unwrap_or(0.0),
        input_tokens: count("input_tokens"),
        output_tokens: count("output_tokens"),
    };
    (spent, Some(why))
}

/// The sums that are not readable, each as a sentence for the administrator.
pub(super) fn unreadable(database: &Database) -> Result<Vec<String>> {
    let transaction = database.begin_read()?;
    let mut found = Vec::new();
    for row in transaction.open_table(USAGE)?.iter()? {
        let (key, value) = row?;
        if let (_, Some(why)) = read(value.value()) {
            let (day, token) = key.value().split_once('\0').unwrap_or_default();
            found.push(format!(
                "what the token '{token}' spent on {day} is not readable in the state, and is counted as \
                 unknown: {why}"
            ));
        }
    }
    Ok(found)
}

/// What a token has spent on a day, within a transaction.
pub(super) fn cost_on(
    sums: &impl ReadableTable<&'static str, &'static [u8]>,
    day: &str,
    token: &str,
) -> Result<Spent> {
    let row = sums.get(format!("{day}\0{token}").as_str())?;
    Ok(row.map(|row| read(row.value()).0).unwrap_or_default())
}

pub(super) fn add_cost(
    sums: &mut Table<'_, &'static str, &'static [u8]>,
    day: &str,
    token: &str,
    spent: &Spent,
) -> Result<()> {
    let key = format!("{day}\0{token}");
    let mut sum = cost_on(sums, day, token)?;
    sum.add(&spent.credible());
    sums.insert(key.as_str(), encode(&sum).as_slice())?;
    Ok(())
}

impl Store {
    /// What a token has spent on a day.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn spent(&self, day: &str, token: &str) -> Result<Spent> {
        let transaction = self.database.begin_read()?;
        cost_on(&transaction.open_table(USAGE)?, day, token)
    }

    /// What one token has spent, or all have, from a day on; the latest day first.
    ///
    /// # Errors
    /// The database's.
    pub fn usage(&self, token: Option<&str>, from: &str) -> Result<Vec<UsageRow>> {
        let transaction = self.database.begin_read()?;
        let sums = transaction.open_table(USAGE)?;
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
                    spent: read(value.value()).0,
                });
            }
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::server::state::{RunRow, Stage};

    const TODAY: &str = "2026-11-28";

    fn sums_of(store: &Store, rows: &[(&str, &str)]) {
        let write = store.database.begin_write().expect("a transaction");
        {
            let mut sums = write.open_table(USAGE).expect("a table");
            for (token, row) in rows {
                let key = format!("{TODAY}\0{token}");
                sums.insert(key.as_str(), row.as_bytes()).expect("written");
            }
        }
        write.commit().expect("written");
    }

    /// An infinite cost was once stored as null.
    #[test]
    fn a_sum_that_is_not_readable_is_unknown_and_said() {
        let folder = std::env::temp_dir().join(format!("trefoil-usage-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let store = Store::open(&folder).expect("a new one");
        let null = r#"{"runs":3,"turns":1,"failed":1,"cost_unknown":1,"cost_usd":null,
                       "input_tokens":30,"output_tokens":3}"#;
        let huge = null.replace("null", "1e299");
        let good = null.replace("null", "0.5");
        sums_of(
            &store,
            &[("a", null), ("b", &huge), ("c", "no JSON"), ("d", &good)],
        );
        let lost = RunRow {
            id: "run_1".into(),
            token: "a".into(),
            session: None,
            model: "sonnet".into(),
            key: None,
            request_sha256: String::new(),
            created: 1,
            ended: None,
            stage: Stage::Running,
            outcome: None,
            status: None,
            cost_usd: None,
            instance: None,
        };
        let claims = crate::forge::server::state::Claims {
            policy: crate::forge::server::policy::Policy::default(),
            queue_depth: 1,
            tells_cost: true,
        };
        store.claim(&lost, &claims).expect("written");
        drop(store);
        let store = Store::open(&folder).expect("it opens all the same");
        let said = store.unreadable.join("\n");
        for part in ["'a' spent on 2026-11-28", "'b'", "1e299", "'c'"] {
            assert!(said.contains(part), "{part} in {said}");
        }
        assert_eq!(store.unreadable.len(), 3, "{said}");
        let known = |token: &str| {
            let rows = store.usage(Some(token), TODAY).expect("readable");
            let row = rows.iter().find(|row| row.day == TODAY).expect("there");
            (row.spent.runs, row.spent.cost_unknown, row.spent.cost_usd)
        };
        assert_eq!(known("b"), (3, 2, 0.0));
        assert_eq!(known("c"), (0, 1, 0.0));
        assert_eq!(known("d"), (3, 1, 0.5));
        for (usd, sum) in [(f64::INFINITY, 0.0), (-5.0, 0.0), (0.25, 0.25)] {
            let spent = Spent {
                cost_usd: usd,
                ..Spent::default()
            };
            let write = store.database.begin_write().expect("a transaction");
            add_cost(
                &mut write.open_table(USAGE).expect("a table"),
                TODAY,
                "a",
                &spent,
            )
            .expect("added");
            write.commit().expect("written");
            assert_eq!(store.spent(TODAY, "a").expect("readable").cost_usd, sum);
        }
        drop(store);
        let _ = std::fs::remove_dir_all(&folder);
    }
}
