//! What was paid for: an entry is written before a prompt is sent, and completed after.
//!
//! ```text
//! $XDG_STATE_HOME/trefoil/ledger.ndjson        two lines a run, each with its id
//! $XDG_STATE_HOME/trefoil/answers/1182.json    what the service replied, byte for byte
//! ```
//!
//! An entry without its second line is a run that nobody saw end. Every line is one write to a file
//! that is only ever appended to, under a lock while an id is taken, so two runs at once and a crash
//! between cost nothing but that second line. The prompt itself is not kept: its hash tells whether
//! two runs asked the same. No token comes near.

mod file;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::{Failing, Kind};
use crate::outcome::Outcome;

pub use crate::net::now_micros;
pub use file::Ledger;

/// Why the ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The system does not say where state belongs.
    #[error("this system does not say where state belongs, so there is no place for the ledger")]
    NoHome,
    /// A file of it cannot be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Failing for LedgerError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("Without it: --no-ledger. Elsewhere: XDG_STATE_HOME".to_owned())
    }
}

/// What is known before the prompt is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Begin {
    /// When: microseconds since the epoch.
    pub started: u64,
    /// `run` or `turn`.
    pub kind: String,
    /// The service.
    pub url: String,
    /// The session of a turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The model of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// SHA-256 of the prompt, in hexadecimal.
    pub prompt_sha256: String,
    /// The prompt's length.
    pub prompt_bytes: u64,
    /// How many files went with it.
    pub files: u64,
    /// The limit that the service was given.
    pub timeout_secs: u64,
    /// The `Idempotency-Key`, by which the service can be asked what became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// What is known after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took as seen from here, in milliseconds.
    pub elapsed_ms: u64,
    /// How long it took as the service says, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Why the model stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<String>,
    /// The HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A run, from its first line and its second.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Its number; the next one's is larger.
    pub id: u64,
    /// What was known before.
    #[serde(flatten)]
    pub begin: Begin,
    /// What was known after; without it nobody saw it end.
    #[serde(flatten)]
    pub end: Option<End>,
}

impl Entry {
    /// How it ended; `unfinished` if nobody saw it end (yet).
    pub fn outcome(&self) -> &'static str {
        self.end
            .as_ref()
            .map_or("unfinished", |end| end.outcome.name())
    }
}
