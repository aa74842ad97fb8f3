//! App tokens: a name and a policy enter, a plaintext leaves once; after that only its hash is here.
//!
//! A token has 192 random bits, so nothing slower than SHA-256 is needed to keep the hash from being
//! turned back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redb::ReadableDatabase;
use redb::ReadableTable;
use serde::{Deserialize, Serialize};

use super::{HASHES, Result, Store, TOKENS, decode, encode, random, sha256};
use crate::forge::server::policy::Policy;

/// An app token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenRow {
    /// Whose it is.
    pub name: String,
    /// From where it may be used; from everywhere if there is none.
    pub ip_cidrs: Vec<String>,
    /// What it may do.
    pub policy: Policy,
    /// When it was made, in µs since the epoch.
    pub created: u64,
    /// When it was last used, in µs since the epoch.
    pub last_used: Option<u64>,
    /// Whether it is let in.
    pub enabled: bool,
    /// The SHA-256 of the token, in hexadecimal.
    hash: String,
}

impl Store {
    /// Makes a token; none if there is one of that name. A revoked one of that name is replaced.
    ///
    /// # Errors
    /// The database's.
    pub fn create_token(
        &self,
        name: &str,
        ip_cidrs: Vec<String>,
        policy: Policy,
        now: u64,
    ) -> Result<Option<(TokenRow, String)>> {
        let plaintext = format!("cf_{}", URL_SAFE_NO_PAD.encode(random::<24>()?));
        let row = TokenRow {
            name: name.to_owned(),
            ip_cidrs,
            policy,
            created: now,
            last_used: None,
            enabled: true,
            hash: sha256(plaintext.as_bytes()),
        };
        let write = self.database.begin_write()?;
        {
            let mut tokens = write.open_table(TOKENS)?;
            let before = tokens.get(name)?;
            let before: Option<TokenRow> =
                before.map(|row| decode(TOKENS, row.value())).transpose()?;
            if before.is_some_and(|row| row.enabled) {
                return Ok(None);
            }
            tokens.insert(name, encode(&row).as_slice())?;
            write.open_table(HASHES)?.insert(row.hash.as_str(), name)?;
        }
        write.commit()?;
        Ok(Some((row, plaintext)))
    }

    /// Whose token this is, if it is one that is let in.
    ///
    /// # Errors
    /// The database's.
    pub fn token(&self, plaintext: &str) -> Result<Option<TokenRow>> {
        let hash = sha256(plaintext.as_bytes());
        let name = {
            let read = self.database.begin_read()?;
            let hashes = read.open_table(HASHES)?;
            match hashes.get(hash.as_str())? {
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
