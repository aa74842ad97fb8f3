//! `--events FILE`: writes the events of a reply to a file, one JSON line each.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::{Failure, Kind};

/// A file that was checked to be writable before anything is paid for.
#[derive(Debug)]
pub struct EventsFile {
    path: PathBuf,
    file: File,
}

impl EventsFile {
    /// Opens the file; its old content stays until there is something new.
    ///
    /// # Errors
    /// A usage failure if it cannot be written.
    pub fn open(path: &Path) -> Result<EventsFile, Failure> {
        if path.as_os_str() == "-" {
            return Err(
                Failure::usage("--events wants a file: stdout is for the reply")
                    .with_hint("To print the events alone: --jq '.events[]'"),
            );
        }
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path);
        let file = file.map_err(|error| {
            let path = path.display();
            Failure::usage(format!("--events {path}: {error}; nothing was sent"))
        })?;
        Ok(EventsFile {
            path: path.to_owned(),
            file,
        })
    }

    /// Writes the events of a reply; without events the file is not changed.
    ///
    /// # Errors
    /// [`Kind::Partial`] when it cannot be written after all.
    pub fn keep(mut self, reply: &Value) -> Result<(), Failure> {
        let Some(events) = reply.get("events").and_then(Value::as_array) else {
            return Ok(());
        };
        let mut lines = Vec::new();
        for event in events {
            // A value is always JSON, and writing to a Vec cannot fail.
            let _ = serde_json::to_writer(&mut lines, event);
            lines.push(b'\n');
        }
        self.write(&lines).map_err(|error| {
            let path = self.path.display();
            Failure::new(
                Kind::Partial,
                format!("the events cannot be written to {path}: {error}"),
            )
        })
    }

    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        // A pipe or a device cannot be truncated.
        if self.file.metadata()?.is_file() {
            self.file.set_len(0)?;
        }
        self.file.write_all(lines)?;
        self.file.flush()
    }
}
