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
mod schema;
mod sessions;
mod tls;
mod tokens;
mod unsent;
mod usage;

use std::cell::RefCell;
use std::collections::HashMap;

use tokio::time::Instant;

use super::folder::Folder;
use super::{Instance, Result, StateError, hex, random};
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
        schema::create(&shared.pool).await?;
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
