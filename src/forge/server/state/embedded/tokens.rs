//! Tokens in the embedded database: rows by name, and names by hash.

use redb::{ReadableDatabase, ReadableTable};

use super::{HASHES, Store, TOKENS, decode, encode};
use crate::forge::server::state::{Result, TokenRow};

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
