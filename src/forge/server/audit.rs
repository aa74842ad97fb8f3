//! The audit log, `audit.ndjson`: a line before and a line after every run, with its token and cost.
//!
//! ```json
//! {"at":"2026-11-27T08:00:00Z","event":"start","run":"run_…","kind":"run","token":"ci","model":"sonnet",…}
//! {"at":"2026-11-27T08:00:07Z","event":"end","run":"run_…","token":"ci","outcome":"ok","cost_usd":0.01,…}
//! ```
//!
//! It never contains a token's plaintext, and contains prompts only with `--audit-prompts`.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::limits::AUDIT_BYTES;

/// The log.
#[derive(Debug)]
pub struct Audit {
    path: PathBuf,
    file: RefCell<File>,
}

impl Audit {
    /// Opens the log in a folder.
    ///
    /// # Errors
    /// The system's.
    pub fn open(folder: &Path) -> io::Result<Audit> {
        let path = folder.join("audit.ndjson");
        let file = RefCell::new(append_to(&path)?);
        Ok(Audit { path, file })
    }

    /// Writes a line, in a single write.
    ///
    /// # Errors
    /// The system's.
    pub fn record(&self, at: u64, event: &str, mut fields: Value) -> io::Result<()> {
        let mut record = json!({"at": rfc3339(at), "event": event});
        if let (Some(record), Some(fields)) = (record.as_object_mut(), fields.as_object_mut()) {
            record.append(fields);
        }
        let mut file = self.file.borrow_mut();
        if file.metadata()?.len() >= AUDIT_BYTES {
            fs::rename(&self.path, self.path.with_extension("1.ndjson"))?;
            *file = append_to(&self.path)?;
        }
        file.write_all(format!("{record}\n").as_bytes())
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
}

/// A time in µs since the epoch, as JSON has it.
pub fn rfc3339(micros: u64) -> String {
    let time = i64::try_from(micros)
        .ok()
        .and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok());
    time.unwrap_or_default().to_string()
}
