//! Records everything that was paid for: an entry is written before a prompt is sent, and completed
//! afterwards.
//!
//! ```text
//! $XDG_STATE_HOME/trefoil/ledger.ndjson        two lines for each run, both with its id
//! $XDG_STATE_HOME/trefoil/answers/1182.json    the service's reply, byte for byte
//! ```
//!
//! An entry without its second line is a run whose end was not seen. The file is only appended to,
//! with one write for each line and under a lock while an id is chosen. So after two runs at once
//! or a crash at most that second line is missing. The prompt itself is not stored: its hash shows
//! whether two runs had the same prompt. No token is stored.

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
    /// The directory for state is not known.
    #[error("this system does not say where state belongs, so there is no place for the ledger")]
    NoHome,
    /// A file of the ledger cannot be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// The path of the file.
        path: PathBuf,
        /// The system's error.
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

/// The facts before the prompt is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Begin {
    /// The time, in microseconds since the epoch.
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
    /// The number of files.
    pub files: u64,
    /// The time limit that was sent to the service.
    pub timeout_secs: u64,
    /// The `Idempotency-Key`, with which the service can be asked for the outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// The facts after the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// The outcome.
    pub outcome: Outcome,
    /// How long it took, measured here, in milliseconds.
    pub elapsed_ms: u64,
    /// How long it took, measured by the service, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// What it cost, in USD; None if the service does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// Why the model stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<String>,
    /// The HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A run, from its two lines.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Its number; ids increase.
    pub id: u64,
    /// The facts before the prompt was sent.
    #[serde(flatten)]
    pub begin: Begin,
    /// The facts after the run; None if its end was not seen.
    #[serde(flatten)]
    pub end: Option<End>,
}

impl Entry {
    /// The name of the outcome; `unfinished` if the end was not seen (yet).
    pub fn outcome(&self) -> &'static str {
        self.end
            .as_ref()
            .map_or("unfinished", |end| end.outcome.name())
    }
}
