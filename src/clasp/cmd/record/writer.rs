//! Writes the recording. Takes entries of the backlog, writes lines to a file. Runs on its own
//! thread, because disk writes block.
//!
//! It writes complete lines, at once when no more entries wait, so that a killed process loses only
//! the last moment. At the end the file is synced.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::clasp::cmd::listen::{Backlog, Entry, LifecycleRecord};
use crate::clasp::record::Record;
use crate::clasp::wire;
use crate::error::{Failure, Kind};
use crate::term::{Console, Printer, Progress};

/// How many bytes are buffered before they are written, while more entries wait.
const FULL: usize = 64 * 1024;

/// How many addresses are counted for the summary.
const COUNTED: usize = 1_000_000;

/// The output.
pub enum Out {
    /// A file, created only after the connection is made, so that a wrong URL does not overwrite an
    /// old recording.
    File(Box<RecordingFile>),
    /// stdout.
    Stdout(Box<Printer>),
}

/// The state of the file.
pub struct RecordingFile {
    path: PathBuf,
    force: bool,
    file: Option<File>,
    lines: Vec<u8>,
    /// Its length up to the last complete line.
    complete_bytes: u64,
}

impl Out {
    /// A file to create; with `force` it may overwrite an existing one.
    pub fn file(path: PathBuf, force: bool) -> Out {
        Out::File(Box::new(RecordingFile {
            path,
            force,
            file: None,
            lines: Vec::new(),
            complete_bytes: 0,
        }))
    }
}

/// Refuses a file that exists, unless `force` is set.
///
/// # Errors
/// A usage failure that names the file.
pub fn refuse_existing(path: &Path, force: bool) -> Result<(), Failure> {
    if force || is_device(path) || !path.exists() {
        Ok(())
    } else {
        Err(exists(path))
    }
}

fn exists(path: &Path) -> Failure {
    Failure::usage(format!("{} exists already", path.display()))
        .with_hint("Overwrite it with --force, or name another file")
}

/// Whether it is not a regular file, so that nothing can be overwritten: a pipe, a terminal,
/// /dev/null.
fn is_device(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Writes a recording.
pub struct RecordingWriter {
    out: Out,
    count: Option<u64>,
    progress: Option<Progress>,
    /// The hashes of addresses: only their number matters.
    addresses: HashSet<u64>,
    hasher: RandomState,
    /// The records that may not be in the file yet: the hashes of their addresses.
    pending: Vec<u64>,
    recorded: Recorded,
}

/// The result of recording.
pub struct Recorded {
    /// Whether the file was opened.
    pub opened: bool,
    /// The number of records.
    pub records: u64,
    /// The number of addresses; at most a million are counted.
    pub addresses: u64,
    /// How often the connection was lost.
    pub gaps: u64,
    /// The duration of the recording.
    pub took: Duration,
    /// The error that ended the writing, if any.
    pub result: Result<(), Failure>,
}

impl RecordingWriter {
    /// A writer that ends after `count` records, if that is given.
    pub fn new(out: Out, count: Option<u64>, console: &Console) -> RecordingWriter {
        // With stdout, the records may be on the same terminal.
        let progress = match out {
            Out::File(_) => Some(Progress::of(console, ["addresses", "records"])),
            Out::Stdout(_) => None,
        };
        RecordingWriter {
            out,
            count,
            progress,
            addresses: HashSet::new(),
            hasher: RandomState::new(),
            pending: Vec::new(),
            recorded: Recorded {
                opened: false,
                records: 0,
                addresses: 0,
                gaps: 0,
                took: Duration::ZERO,
                result: Ok(()),
            },
        }
    }

    /// Writes until `count` is reached or the backlog is closed.
    pub fn run(mut self, backlog: &Backlog) -> Recorded {
        let since = Instant::now();
        let result = self.out.open().and_then(|()| {
            self.recorded.opened = true;
            let drained = self.drain(backlog);
            // Records before an error are kept.
            let finished = self.out.finish();
            let result = drained.and(finished);
            if result.is_ok() {
                self.count_written();
            }
            result
        });
        if let Some(progress) = self.progress.take() {
            progress.finish();
        }
        Recorded {
            addresses: self.addresses.len() as u64,
            took: since.elapsed(),
            result,
            ..self.recorded
        }
    }

    fn drain(&mut self, backlog: &Backlog) -> Result<(), Failure> {
        let mut entries = Vec::new();
        loop {
            if entries.is_empty() {
                self.out.flush()?;
                self.count_written();
                if !backlog.wait(&mut entries) {
                    return Ok(());
                }
            }
            for entry in entries.drain(..) {
                match entry {
                    Entry::Frame(frame, received) => self.frame(&frame, received)?,
                    Entry::Lifecycle(life) => {
                        let gone = matches!(life, LifecycleRecord::Disconnected { .. });
                        self.recorded.gaps += u64::from(gone);
                        self.out.line(&life)?;
                    }
                }
                if self.count == Some(self.accepted()) {
                    return Ok(());
                }
            }
            if !backlog.take(&mut entries) {
                return Ok(());
            }
        }
    }

    fn frame(&mut self, frame: &[u8], received: u64) -> Result<(), Failure> {
        // The listener has already decoded it.
        let Ok(frame) = wire::decode(frame) else {
            return Ok(());
        };
        let Some(mut record) = Record::of(&frame) else {
            return Ok(());
        };
        record.received = Some(received);
        self.pending.push(self.hasher.hash_one(record.address));
        self.out.line(&record)?;
        if self.out.is_written() {
            self.count_written();
        }
        let accepted = self.accepted();
        if let Some(progress) = &mut self.progress {
            progress.update(self.addresses.len() as u64, accepted);
        }
        Ok(())
    }

    /// The number of records so far, also those that are not yet in the file.
    fn accepted(&self) -> u64 {
        self.recorded.records + self.pending.len() as u64
    }

    /// Counts the pending records, which are in the file now. So the count is right even when the
    /// disk is full.
    fn count_written(&mut self) {
        self.recorded.records += self.pending.len() as u64;
        for address in self.pending.drain(..) {
            if self.addresses.len() < COUNTED {
                self.addresses.insert(address);
            }
        }
    }
}

impl Out {
    fn open(&mut self) -> Result<(), Failure> {
        match self {
            Out::File(file) => file.open(),
            Out::Stdout(_) => Ok(()),
        }
    }

    fn line(&mut self, data: &impl Serialize) -> Result<(), Failure> {
        match self {
            Out::File(file) => file.line(data),
            Out::Stdout(printer) => printer.value(data),
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        match self {
            Out::File(file) => file.flush(),
            Out::Stdout(printer) => printer.flush(),
        }
    }

    /// Whether nothing is buffered; for stdout always true.
    fn is_written(&self) -> bool {
        match self {
            Out::File(file) => file.lines.is_empty(),
            Out::Stdout(_) => true,
        }
    }

    fn finish(&mut self) -> Result<(), Failure> {
        match self {
            Out::File(file) => file.sync(),
            Out::Stdout(printer) => printer.finish(),
        }
    }
}

impl RecordingFile {
    fn open(&mut self) -> Result<(), Failure> {
        let mut options = OpenOptions::new();
        options.write(true);
        if self.force || is_device(&self.path) {
            options.create(true).truncate(true)
        } else {
            // Another process may have created it since the check.
            options.create_new(true)
        };
        match options.open(&self.path) {
            Ok(file) => {
                self.file = Some(file);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists(&self.path)),
            Err(error) => Err(Failure::usage(format!(
                "cannot write {}: {error}",
                self.path.display()
            ))),
        }
    }

    fn line(&mut self, data: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer(&mut self.lines, data).map_err(|error| {
            Failure::new(Kind::Service, format!("a record has no JSON form: {error}"))
        })?;
        self.lines.push(b'\n');
        if self.lines.len() < FULL {
            Ok(())
        } else {
            self.flush()
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let written = file.write_all(&self.lines);
        if written.is_ok() {
            self.complete_bytes += self.lines.len() as u64;
        } else {
            // An incomplete line would make the file invalid.
            let _ = file.set_len(self.complete_bytes);
        }
        self.lines.clear();
        written.map_err(|error| self.failed(error))
    }

    fn sync(&mut self) -> Result<(), Failure> {
        self.flush()?;
        match &self.file {
            Some(file) if !is_device(&self.path) => {
                file.sync_all().map_err(|error| self.failed(error))
            }
            _ => Ok(()),
        }
    }

    fn failed(&self, error: io::Error) -> Failure {
        let message = format!("cannot write {}: {error}", self.path.display());
        Failure::new(Kind::Partial, message)
    }
}
