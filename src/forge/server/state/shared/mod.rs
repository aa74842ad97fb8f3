//! The rows in a PostgreSQL that several instances share. Takes the same operations as the embedded
//! database; each is one transaction.
//!
//! ```text
//! forge_instances   who takes part, and how far its heartbeat has counted
//! forge_tokens      hashes
//! forge_sessions    whose, where it stands, and which instance has the conversation on its disk
//! forge_runs        claims, stages, answers; the instance that runs it
//! forge_files       uploads, and which instance has the bytes
//! forge_usage       sums by day and token
//! ```
//!
//! - [`address`]: `postgres://…` and what libpq's users expect beside it
//! - [`connection`]: connections, transactions, and when the database is away
//! - [`instances`]: the heartbeat, and the runs of an instance that has none any more
//! - [`unsent`]: what has to be written once the database is back
//!
//! What a token may do at a time is decided under an advisory lock of that token, so that two
//! instances that are asked at once decide one after the other. Times of leases are the database's;
//! whether another instance is gone is judged by this machine's own clock ([`instances`]), so no two
//! clocks need to agree.

pub mod address;
mod connection;
mod files;
mod instances;
mod runs;
mod sessions;
mod tokens;
mod unsent;

use std::cell::RefCell;
use std::collections::HashMap;

use tokio::time::Instant;

use super::folder::Folder;
use super::{Instance, Result, StateError};
use crate::ids::{hex, random};
use address::Address;
use connection::Pool;
use instances::Observed;
use unsent::Unsent;

pub use instances::BEAT_EVERY;

/// The shared database, as one instance uses it.
#[derive(Debug)]
pub struct Shared {
    pool: Pool,
    /// This instance.
    instance: String,
    /// This process of it: a later one has another.
    boot: String,
    /// Where clients of other instances find this one.
    url: String,
    others: RefCell<HashMap<String, Observed>>,
    /// Instances that were asked about, and when.
    found: RefCell<HashMap<String, (Instant, Instance)>>,
    unsent: Unsent,
}

impl Shared {
    /// Connects, creates the tables if they are not there, and takes the place of the process that
    /// had this folder before.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn open(address: &Address, folder: &Folder, url: &str) -> Result<Shared> {
        let instance = folder.instance()?;
        let shared = Shared {
            pool: Pool::new(address, &instance)?,
            boot: hex(&random::<8>()?),
            url: url.to_owned(),
            others: RefCell::default(),
            found: RefCell::default(),
            unsent: Unsent::open(folder)?,
            instance,
        };
        create_tables(&shared.pool).await?;
        shared.register().await?;
        // What the process before could not write comes first: what is then left of its runs is lost.
        // What the database refuses is tried again, and reported, with the heartbeat.
        if let Err(error @ StateError::Away(_)) = shared.send_unsent().await {
            return Err(error);
        }
        shared.recover().await?;
        Ok(shared)
    }

    /// The name of this instance.
    pub fn instance(&self) -> &str {
        &self.instance
    }
}

/// A count or a time as PostgreSQL has it.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count or a time as it is here.
fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// The version of the tables that this program uses.
const VERSION: i32 = 2;

/// Times are in µs since the epoch, by the clock of the instance that wrote them; `claimed` and `seen`
/// are by the database's.
const TABLES: &str = "
CREATE TABLE forge_instances (
    id text PRIMARY KEY,
    boot text NOT NULL,
    url text NOT NULL,
    up boolean NOT NULL,
    beat bigint NOT NULL,
    seen timestamptz NOT NULL
);
CREATE TABLE forge_tokens (
    name text PRIMARY KEY,
    hash text NOT NULL,
    ip_cidrs text NOT NULL,
    policy text NOT NULL,
    created bigint NOT NULL,
    last_used bigint,
    enabled boolean NOT NULL
);
CREATE UNIQUE INDEX forge_tokens_hash ON forge_tokens (hash);
CREATE TABLE forge_sessions (
    id text PRIMARY KEY,
    token text NOT NULL,
    agent text NOT NULL,
    model text NOT NULL,
    system text,
    system_replaces boolean NOT NULL,
    effort text,
    meta text NOT NULL,
    created bigint NOT NULL,
    last_turn bigint,
    turns bigint NOT NULL,
    closed bigint,
    conversation text NOT NULL,
    transcript_bytes bigint NOT NULL,
    instance text NOT NULL
);
CREATE INDEX forge_sessions_token ON forge_sessions (token, id);
CREATE INDEX forge_sessions_instance ON forge_sessions (instance);
CREATE TABLE forge_runs (
    id text PRIMARY KEY,
    token text NOT NULL,
    session text,
    model text NOT NULL,
    key text,
    request_sha256 text NOT NULL,
    created bigint NOT NULL,
    ended bigint,
    stage text NOT NULL,
    outcome text,
    status int,
    cost_usd double precision,
    instance text NOT NULL,
    claimed timestamptz NOT NULL DEFAULT clock_timestamp(),
    cancel boolean NOT NULL DEFAULT false,
    answer bytea
);
CREATE UNIQUE INDEX forge_runs_key ON forge_runs (token, key) WHERE key IS NOT NULL;
CREATE INDEX forge_runs_token ON forge_runs (token, id);
CREATE INDEX forge_runs_claimed ON forge_runs (token, claimed);
CREATE INDEX forge_runs_open ON forge_runs (instance) WHERE stage <> 'ended';
CREATE INDEX forge_runs_ended ON forge_runs (ended) WHERE stage = 'ended';
CREATE TABLE forge_files (
    id text PRIMARY KEY,
    token text NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    expires bigint NOT NULL,
    instance text NOT NULL
);
CREATE INDEX forge_files_instance ON forge_files (instance, expires);
CREATE TABLE forge_usage (
    day text NOT NULL,
    token text NOT NULL,
    runs bigint NOT NULL,
    turns bigint NOT NULL,
    failed bigint NOT NULL,
    cost_unknown bigint NOT NULL,
    cost_usd numeric(20, 9) NOT NULL,
    input_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    PRIMARY KEY (day, token)
);
INSERT INTO forge_schema (version) VALUES (1);
";

/// What makes version 2 of version 1. A program of version 1 that still runs uses neither column.
///
/// `held` is until when a run that waits for others of its token goes before later ones.
const FROM_1: &str = "
ALTER TABLE forge_runs ADD COLUMN reserved_usd double precision, ADD COLUMN held timestamptz;
INSERT INTO forge_schema (version) VALUES (2);
";

/// Creates what is missing. Two instances that start at once do it one after the other.
///
/// # Errors
/// The database's; a database that a newer version has changed.
async fn create_tables(pool: &Pool) -> Result<()> {
    pool.long_transaction(async |connection| {
        // "forge" in ASCII: a number that only this program locks.
        connection
            .batch("SELECT pg_advisory_xact_lock(439804651365)")
            .await?;
        connection
            .batch("CREATE TABLE IF NOT EXISTS forge_schema (version int NOT NULL)")
            .await?;
        let version = connection
            .row("SELECT max(version) FROM forge_schema", &[])
            .await?;
        match version.and_then(|row| row.get::<_, Option<i32>>(0)) {
            None => {
                connection.batch(TABLES).await?;
                connection.batch(FROM_1).await
            }
            Some(1) => connection.batch(FROM_1).await,
            Some(VERSION) => Ok(()),
            Some(version) => Err(StateError::Version(version)),
        }
    })
    .await
}
