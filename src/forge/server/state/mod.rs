//! What lasts: rows enter and leave; a row that was handed over is on disk when the call returns.
//!
//! ```text
//! FOLDER/forge.redb     tokens (hashed), sessions, runs and their answers, keys, files, usage;
//!                       or the same in a PostgreSQL that several instances share
//! FOLDER/files/ff_…     uploads
//! FOLDER/sessions/ID/   the working folder of a session
//! FOLDER/claude/        what claude keeps, its transcripts among it
//! FOLDER/audit.ndjson   a line before and a line after every run
//! FOLDER/admin-token    the administrator's token, unless another file was named
//! FOLDER/unsent/        what is to be written once PostgreSQL is back
//! ```
//!
//! [`State`] is the one interface to both databases: every method is a whole operation, and one
//! transaction. [`embedded`] is redb, the default; [`shared`] is PostgreSQL. Both keep the same rows
//! ([`rows`]); the files of this machine are in its [`folder`] either way.

mod embedded;
mod error;
pub mod folder;
mod rows;
pub mod shared;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::policy::Policy;
use crate::ids::{random, sha256};
use embedded::Store;
use folder::Folder;
use shared::Shared;
use shared::address::Address;

pub use error::StateError;
pub use rows::{
    Claim, Claims, Due, FileRow, Finished, Instance, Outcome, RunRow, SessionRow, Spent, Stage,
    Started, TokenRow, UsageRow, day,
};
pub use shared::BEAT_EVERY;

type Result<T> = std::result::Result<T, StateError>;

/// The state of a service.
#[derive(Debug)]
pub struct State {
    folder: Folder,
    database: Database,
}

#[derive(Debug)]
enum Database {
    Embedded(Arc<Store>),
    Shared(Box<Shared>),
}

/// Where the rows are.
#[derive(Debug)]
pub enum Place {
    /// In the folder.
    Embedded,
    /// In this PostgreSQL.
    Shared(Box<Address>),
}

use Database::{Embedded, Shared as InShared};

impl State {
    /// Opens the state; its folder need not exist yet. What a service left that did not end well is
    /// put in order: runs that never started are forgotten, those that had are marked as lost. `url`
    /// is where this instance listens.
    ///
    /// # Errors
    /// [`StateError`].
    pub async fn open(folder: PathBuf, place: &Place, url: &str) -> Result<State> {
        let folder = Folder::open(&folder)?;
        let database = match place {
            Place::Embedded => Embedded(Arc::new(Store::open(folder.path())?)),
            Place::Shared(address) => {
                InShared(Box::new(Shared::open(address, &folder, url).await?))
            }
        };
        let state = State { folder, database };
        state.folder.remove_strays(&state.file_ids().await?);
        Ok(state)
    }

    /// The folder of this machine's own files.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// What was not readable when it was opened, and is counted as unknown: sentences for the administrator.
    pub fn unreadable(&self) -> &[String] {
        match &self.database {
            Embedded(store) => store.unreadable(),
            // Its columns have types.
            InShared(_) => &[],
        }
    }

    /// The name of this instance, if several can share the state.
    pub fn instance(&self) -> Option<&str> {
        match &self.database {
            Embedded(_) => None,
            InShared(shared) => Some(shared.instance()),
        }
    }

    /// The other instance that has a row's run, conversation or file; none if it is this one.
    ///
    /// # Errors
    /// The database's.
    pub async fn elsewhere(&self, instance: Option<&str>) -> Result<Option<Instance>> {
        match (&self.database, instance) {
            (InShared(shared), Some(name)) if name != shared.instance() => {
                shared.find_instance(name).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Makes a token, and its plaintext, which is kept nowhere; none if there is one of that name. A
    /// revoked one of that name is replaced.
    ///
    /// A token has 192 random bits, so nothing slower than SHA-256 is needed to keep the hash from
    /// being turned back.
    ///
    /// # Errors
    /// The database's.
    pub async fn create_token(
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
        let is_new = match &self.database {
            Embedded(store) => {
                let row = row.clone();
                store.call(move |store| store.create_token(&row)).await?
            }
            InShared(shared) => shared.create_token(&row).await?,
        };
        Ok(is_new.then_some((row, plaintext)))
    }

    /// Whose token this is, if it is enabled.
    ///
    /// # Errors
    /// The database's.
    pub async fn token(&self, plaintext: &str) -> Result<Option<TokenRow>> {
        let hash = sha256(plaintext.as_bytes());
        match &self.database {
            Embedded(store) => store.token(&hash),
            InShared(shared) => shared.token(&hash).await,
        }
    }

    /// All tokens, revoked ones included, by name.
    ///
    /// # Errors
    /// The database's.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>> {
        match &self.database {
            Embedded(store) => store.tokens(),
            InShared(shared) => shared.tokens().await,
        }
    }

    /// Revokes a token: whether it was enabled; none if there is no such token.
    ///
    /// # Errors
    /// The database's.
    pub async fn revoke_token(&self, name: &str) -> Result<Option<bool>> {
        match &self.database {
            Embedded(store) => {
                let name = name.to_owned();
                store.call(move |store| store.revoke_token(&name)).await
            }
            InShared(shared) => shared.revoke_token(name).await,
        }
    }

    /// Notes when tokens were last used.
    ///
    /// # Errors
    /// The database's.
    pub async fn note_use(&self, used: Vec<(String, u64)>) -> Result<()> {
        match &self.database {
            Embedded(store) => store.call(move |store| store.note_use(&used)).await,
            InShared(shared) => shared.note_use(&used).await,
        }
    }

    /// Stores a new session.
    ///
    /// # Errors
    /// The database's.
    pub async fn put_session(&self, row: &SessionRow) -> Result<()> {
        match &self.database {
            Embedded(store) => {
                let row = row.clone();
                store.call(move |store| store.put_session(&row)).await
            }
            InShared(shared) => shared.put_session(row).await,
        }
    }

    /// Notes how long the transcript of the turns that were answered is.
    ///
    /// # Errors
    /// The database's.
    pub async fn note_transcript(&self, id: &str, bytes: u64) -> Result<()> {
        match &self.database {
            Embedded(store) => {
                let id = id.to_owned();
                store
                    .call(move |store| store.note_transcript(&id, bytes))
                    .await
            }
            InShared(shared) => shared.note_transcript(id, bytes).await,
        }
    }

    /// Closes a session: whether it was open, and the row after. None if it is not there.
    ///
    /// # Errors
    /// The database's.
    pub async fn close_session(&self, id: &str, now: u64) -> Result<Option<(bool, SessionRow)>> {
        match &self.database {
            Embedded(store) => {
                let id = id.to_owned();
                store.call(move |store| store.close_session(&id, now)).await
            }
            InShared(shared) => shared.close_session(id, now).await,
        }
    }

    /// A session.
    ///
    /// # Errors
    /// The database's.
    pub async fn session(&self, id: &str) -> Result<Option<SessionRow>> {
        match &self.database {
            Embedded(store) => store.session(id),
            InShared(shared) => shared.session(id).await,
        }
    }

    /// The sessions of a token, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn sessions_of(&self, token: &str) -> Result<Vec<SessionRow>> {
        match &self.database {
            Embedded(store) => store.sessions(Some(token)),
            InShared(shared) => shared.sessions_of(token).await,
        }
    }

    /// The sessions with conversations on this machine for which there is something to do.
    ///
    /// # Errors
    /// The database's.
    pub async fn sessions_due(&self, due: Due) -> Result<Vec<SessionRow>> {
        match &self.database {
            Embedded(store) => store.call(move |store| store.sessions_due(&due)).await,
            InShared(shared) => shared.sessions_due(&due).await,
        }
    }

    /// How many sessions are open: of one token, or of all.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_sessions(&self, token: Option<&str>) -> Result<u64> {
        match &self.database {
            Embedded(store) => {
                let rows = store.sessions(token)?;
                Ok(rows.iter().filter(|row| row.closed.is_none()).count() as u64)
            }
            InShared(shared) => shared.open_sessions(token).await,
        }
    }

    /// Forgets a session; its folder is the caller's to remove.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_session(&self, id: &str) -> Result<()> {
        match &self.database {
            Embedded(store) => {
                let id = id.to_owned();
                store.call(move |store| store.forget_session(&id)).await
            }
            InShared(shared) => shared.forget_session(id).await,
        }
    }

    /// Puts a run on disk, and its key, unless the key is taken or the token has reached a limit.
    ///
    /// # Errors
    /// The database's: then nothing may be started. The claim may be on disk all the same if the
    /// database went away, so it is to be released.
    pub async fn claim(&self, row: &RunRow, claims: Claims) -> Result<Claim> {
        match &self.database {
            Embedded(store) => {
                let row = row.clone();
                store.call(move |store| store.claim(&row, &claims)).await
            }
            InShared(shared) => shared.claim(row, &claims).await,
        }
    }

    /// A run that waited may start, unless the budget of its token was spent meanwhile, or it has to
    /// wait for other runs of its token.
    ///
    /// # Errors
    /// The database's: then nothing may be started.
    pub async fn start(&self, row: &RunRow, claims: &Claims) -> Result<Started> {
        match &self.database {
            // The queue in memory keeps to the limit of runs at a time, and to their order.
            Embedded(store) => {
                let (row, claims) = (row.clone(), claims.clone());
                store.call(move |store| store.start(&row, &claims)).await
            }
            InShared(shared) => shared.start(row, claims).await,
        }
    }

    /// What a token with so many US dollars a day has left for a run that has started: what is neither
    /// spent nor reserved for its other runs.
    ///
    /// # Errors
    /// The database's.
    pub async fn left_for(&self, row: &RunRow, most_usd: f64) -> Result<f64> {
        match &self.database {
            Embedded(store) => store.left_for(row, most_usd),
            InShared(shared) => shared.left_for(row, most_usd).await,
        }
    }

    /// A run has been answered: the answer, what it cost, the day's sum and where its session now
    /// stands, all or nothing.
    ///
    /// # Errors
    /// The database's. A shared database is sent it again later, whatever the error was.
    pub async fn finish(&self, finished: Finished) -> Result<()> {
        match &self.database {
            Embedded(store) => store.call(move |store| store.finish(&finished)).await,
            InShared(shared) => shared.finish(&finished).await,
        }
    }

    /// A run never started: it is forgotten, and its key is free.
    ///
    /// # Errors
    /// The database's.
    pub async fn release(&self, row: &RunRow) -> Result<()> {
        match &self.database {
            Embedded(store) => {
                let row = row.clone();
                store.call(move |store| store.release(&row)).await
            }
            InShared(shared) => shared.release(row).await,
        }
    }

    /// A run.
    ///
    /// # Errors
    /// The database's.
    pub async fn run(&self, id: &str) -> Result<Option<RunRow>> {
        match &self.database {
            Embedded(store) => store.run(id),
            InShared(shared) => shared.run(id).await,
        }
    }

    /// What a run was answered.
    ///
    /// # Errors
    /// The database's.
    pub async fn answer(&self, id: &str) -> Result<Option<Vec<u8>>> {
        match &self.database {
            Embedded(store) => store.answer(id),
            InShared(shared) => shared.answer(id).await,
        }
    }

    /// The run of a token that has this `Idempotency-Key`.
    ///
    /// # Errors
    /// The database's.
    pub async fn run_of_key(&self, token: &str, key: &str) -> Result<Option<RunRow>> {
        match &self.database {
            Embedded(store) => store.run_of_key(token, key),
            InShared(shared) => shared.run_of_key(token, key).await,
        }
    }

    /// The runs of a token, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn runs_of(&self, token: &str, most: usize) -> Result<Vec<RunRow>> {
        match &self.database {
            Embedded(store) => store.runs_of(token, most),
            InShared(shared) => shared.runs_of(token, most).await,
        }
    }

    /// Asks the instance that has this run to stop it: false if the run has ended.
    ///
    /// # Errors
    /// The database's.
    pub async fn cancel(&self, id: &str) -> Result<bool> {
        match &self.database {
            // There is no other instance: a run that is not under way here has ended.
            Embedded(_) => Ok(false),
            InShared(shared) => shared.cancel(id).await,
        }
    }

    /// What one token has spent, or all have, from a day on; the latest day first.
    ///
    /// # Errors
    /// The database's.
    pub async fn usage(&self, token: Option<&str>, from: &str) -> Result<Vec<UsageRow>> {
        match &self.database {
            Embedded(store) => store.usage(token, from),
            InShared(shared) => shared.usage(token, from).await,
        }
    }

    /// Puts an upload on record, once it is whole.
    ///
    /// # Errors
    /// The database's.
    pub async fn put_file(&self, row: &FileRow) -> Result<()> {
        match &self.database {
            Embedded(store) => {
                let row = row.clone();
                store.call(move |store| store.put_file(&row)).await
            }
            InShared(shared) => shared.put_file(row).await,
        }
    }

    /// An upload that has not expired.
    ///
    /// # Errors
    /// The database's.
    pub async fn file(&self, id: &str, now: u64) -> Result<Option<FileRow>> {
        match &self.database {
            Embedded(store) => store.file(id, now),
            InShared(shared) => shared.file(id, now).await,
        }
    }

    async fn file_ids(&self) -> Result<Vec<String>> {
        match &self.database {
            Embedded(store) => store.file_ids(),
            InShared(shared) => shared.file_ids().await,
        }
    }

    /// Removes the uploads that have expired.
    ///
    /// # Errors
    /// The database's.
    pub async fn sweep_files(&self, now: u64) -> Result<()> {
        let expired = match &self.database {
            Embedded(store) => {
                store
                    .call(move |store| store.take_expired_files(now))
                    .await?
            }
            InShared(shared) => shared.take_expired_files(now).await?,
        };
        self.folder.remove_files(&expired).await;
        Ok(())
    }

    /// Forgets the runs that ended longer than `keep` ago, the oldest of too many, and instances that
    /// have been away for as long.
    ///
    /// # Errors
    /// The database's.
    pub async fn sweep_runs(&self, now: u64, keep: Duration) -> Result<()> {
        let micros = u64::try_from(keep.as_micros()).unwrap_or(u64::MAX);
        let before = now.saturating_sub(micros);
        match &self.database {
            Embedded(store) => store.call(move |store| store.sweep_runs(before)).await,
            InShared(shared) => {
                shared.sweep_runs(before).await?;
                shared.sweep_instances(keep).await
            }
        }
    }

    /// One heartbeat, if several instances can share the state, as they have to every
    /// [`BEAT_EVERY`]. Returns the runs of this instance that somebody wants to be stopped.
    ///
    /// # Errors
    /// The database's.
    pub async fn beat(&self) -> Result<Vec<String>> {
        match &self.database {
            Embedded(_) => Ok(Vec::new()),
            InShared(shared) => shared.beat().await,
        }
    }

    /// Writes what could not be written before, mostly because the database was away.
    ///
    /// # Errors
    /// The database's.
    pub async fn send_unsent(&self) -> Result<()> {
        match &self.database {
            Embedded(_) => Ok(()),
            InShared(shared) => shared.send_unsent().await,
        }
    }

    /// Says that this instance ends.
    ///
    /// # Errors
    /// The database's.
    pub async fn leave(&self) -> Result<()> {
        match &self.database {
            Embedded(_) => Ok(()),
            InShared(shared) => shared.leave().await,
        }
    }
}

#[cfg(test)]
mod tests;
