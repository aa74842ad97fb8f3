//! Writes the recording. Takes entries of the backlog, gives lines in a file; on a thread of its own,
//! because a disk blocks.
//!
//! What has come is written as whole lines, at once when nothing more is waiting: whoever kills the
//! process loses the last moment and no more. In the end the file is synced.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::clasp::cmd::listen::{Backlog, Entry, Life};
use crate::clasp::record::Record;
use crate::clasp::wire;
use crate::error::{Failure, Kind};
use crate::term::{Console, Printer, Progress};

/// How much is gathered before it is written, when more is waiting.
const FULL: usize = 64 * 1024;

/// How many addresses are told apart for the summary.
const COUNTED: usize = 1_000_000;

/// Where the lines go.
pub enum Out {
    /// A file, made only when there is something to listen to: a mistyped URL leaves the old one.
    File(Box<Kept>),
    /// stdout.
    Stdout(Box<Printer>),
}

/// A file as far as it has come.
pub struct Kept {
    path: PathBuf,
    force: bool,
    file: Option<File>,
    lines: Vec<u8>,
    /// How long it is, up to the last whole line.
    whole: u64,
}

impl Out {
    /// A file to be made, over one that is there already if `force` says so.
    pub fn file(path: PathBuf, force: bool) -> Out {
        Out::File(Box::new(Kept {
            path,
            force,
            file: None,
            lines: Vec::new(),
            whole: 0,
        }))
    }
}

/// Whether a recording may be lost by writing here.
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
    Failure::usage(format!("{} is there already", path.display()))
        .with_hint("Overwrite it with --force, or name another file")
}

/// What holds nothing that could be lost: a pipe, a terminal, /dev/null.
fn is_device(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Writes what comes.
pub struct Tape {
    out: Out,
    count: Option<u64>,
    progress: Option<Progress>,
    /// By their hashes: only how many they are matters.
    addresses: HashSet<u64>,
    hasher: RandomState,
    /// Records that were handed on, and may not be in the file yet: the hashes of their addresses.
    pending: Vec<u64>,
    taped: Taped,
}

/// What has been written.
pub struct Taped {
    /// Whether it came as far as having a file.
    pub opened: bool,
    /// How many records.
    pub records: u64,
    /// Of how many addresses; a million at most are counted.
    pub addresses: u64,
    /// How often the connection was lost.
    pub gaps: u64,
    /// For how long.
    pub took: Duration,
    /// Why no more could be written.
    pub result: Result<(), Failure>,
}

impl Tape {
    /// A tape that ends after so many records, if that is given.
    pub fn new(out: Out, count: Option<u64>, console: &Console) -> Tape {
        // stdout may be the same screen.
        let progress = match out {
            Out::File(_) => Some(Progress::of(console, ["addresses", "records"])),
            Out::Stdout(_) => None,
        };
        Tape {
            out,
            count,
            progress,
            addresses: HashSet::new(),
            hasher: RandomState::new(),
            pending: Vec::new(),
            taped: Taped {
                opened: false,
                records: 0,
                addresses: 0,
                gaps: 0,
                took: Duration::ZERO,
                result: Ok(()),
            },
        }
    }

    /// Writes what comes, until enough has, or no more will.
    pub fn run(mut self, backlog: &Backlog) -> Taped {
        let since = Instant::now();
        let result = self.out.open().and_then(|()| {
            self.taped.opened = true;
            let drained = self.drain(backlog);
            // What came before something went wrong is kept.
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
        Taped {
            addresses: self.addresses.len() as u64,
            took: since.elapsed(),
            result,
            ..self.taped
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
                    Entry::Life(life) => {
                        let gone = matches!(life, Life::Disconnected { .. });
                        self.taped.gaps += u64::from(gone);
                        self.out.line(&life)?;
                    }
                }
                if self.count == Some(self.handed()) {
                    return Ok(());
                }
            }
            if !backlog.take(&mut entries) {
                return Ok(());
            }
        }
    }

    fn frame(&mut self, frame: &[u8], received: u64) -> Result<(), Failure> {
        // The listener has decoded it before: it is sound.
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
        let handed = self.handed();
        if let Some(progress) = &mut self.progress {
            progress.update(self.addresses.len() as u64, handed);
        }
        Ok(())
    }

    /// How many records were handed on, whether they are in the file already or not.
    fn handed(&self) -> u64 {
        self.taped.records + self.pending.len() as u64
    }

    /// Counts what is in the file by now: a full disk has no more than that.
    fn count_written(&mut self) {
        self.taped.records += self.pending.len() as u64;
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
            Out::File(kept) => kept.open(),
            Out::Stdout(_) => Ok(()),
        }
    }

    fn line(&mut self, data: &impl Serialize) -> Result<(), Failure> {
        match self {
            Out::File(kept) => kept.line(data),
            Out::Stdout(printer) => printer.value(data),
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        match self {
            Out::File(kept) => kept.flush(),
            Out::Stdout(printer) => printer.flush(),
        }
    }

    /// Whether nothing waits to be written; what a pipe has taken is not ours to count.
    fn is_written(&self) -> bool {
        match self {
            Out::File(kept) => kept.lines.is_empty(),
            Out::Stdout(_) => true,
        }
    }

    fn finish(&mut self) -> Result<(), Failure> {
        match self {
            Out::File(kept) => kept.sync(),
            Out::Stdout(printer) => printer.finish(),
        }
    }
}

impl Kept {
    fn open(&mut self) -> Result<(), Failure> {
        let mut options = OpenOptions::new();
        options.write(true);
        if self.force || is_device(&self.path) {
            options.create(true).truncate(true)
        } else {
            // Somebody may have made it since it was looked for.
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
            self.whole += self.lines.len() as u64;
        } else {
            // Half a line would spoil the rest for whoever reads it.
            let _ = file.set_len(self.whole);
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
