//! The tables. Takes a connection; gives a database that has them, whichever instance comes first.

use super::connection::Pool;
use crate::forge::server::state::{Result, StateError};

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
pub async fn create(pool: &Pool) -> Result<()> {
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
