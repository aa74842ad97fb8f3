//! The journal of a batch. Each line is recorded on disk before it is sent, and its outcome
//! afterwards. On `--resume` the journal shows what each line still needs.
//!
//! ```text
//! {"batch":"9f…","version":1,"url":"http://…","token":"3c…"}
//! {"line":1,"begin":{"at":1795166091829000,"key":"trefoil-batch-9f…-1","request_sha256":"…"}}
//! {"line":1,"end":{"outcome":"done","status":200,"reply":{…}}}
//! ```
//!
//! A line with a `begin` but no `end` may have been sent. Every line is one write and an fsync, so
//! that a crash leaves at most an incomplete last line, which is ignored.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::input::Job;
use crate::error::{Failure, Kind};
use crate::ids::sha256;
use crate::outcome::Outcome;

/// The version of the format.
const VERSION: u64 = 1;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    /// The base of this batch's keys: 32 random hexadecimal digits.
    batch: String,
    version: u64,
    /// The service that knows the keys.
    url: String,
    /// A hash of the token and of `batch`: the service knows the keys only under this token.
    token: String,
}

/// The facts before a line is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begin {
    /// The time, in microseconds since the epoch.
    pub at: u64,
    /// The `Idempotency-Key`.
    pub key: String,
    /// SHA-256 of the request.
    pub request_sha256: String,
}

/// The outcome of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// The outcome.
    pub outcome: Outcome,
    /// The HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The reply, if there was one.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub reply: Value,
}

/// What the journal knows of a line of the input. The result itself stays in the file.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The facts of the last time that it was sent.
    pub begin: Begin,
    /// Its outcome, if it has ended.
    pub outcome: Option<Outcome>,
    /// The position of the `end` record in the file, and its length, in bytes.
    end: (u64, usize),
}

impl Entry {
    /// A line that was sent and has not ended.
    fn begun(begin: Begin) -> Entry {
        Entry {
            begin,
            outcome: None,
            end: (0, 0),
        }
    }

    /// Whether it has cost money, or may have.
    fn may_be_paid(&self) -> bool {
        !matches!(self.outcome, Some(Outcome::Refused | Outcome::NotSent))
    }
}

/// A line of the journal after the first.
#[derive(Debug, Deserialize)]
struct Record {
    line: u64,
    begin: Option<Begin>,
    end: Option<Ended>,
}

/// The part of an [`End`] that is kept in memory.
#[derive(Debug, Deserialize)]
struct Ended {
    outcome: Outcome,
}

/// An open journal. It is locked, so that no other batch can open it.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    header: Header,
    /// Whether an incomplete line is at its end.
    torn: bool,
    /// Whether the token is the same as at the beginning of the batch.
    same_token: bool,
    entries: BTreeMap<u64, Entry>,
}

impl Journal {
    /// Creates a journal. `batch` is a unique number.
    ///
    /// # Errors
    /// A usage failure if the file exists or cannot be written.
    pub fn begin(path: &Path, batch: u128, url: &str, token: &str) -> Result<Journal, Failure> {
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(path);
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Failure::usage(format!(
                "there is a journal at {} already; nothing was sent",
                path.display()
            ))
            .with_hint("Go on with it: --resume. Or name another one for another batch"),
            _ => unusable(path, &error),
        })?;
        Journal::head(path, file, batch, url, token)
    }

    /// Opens a journal to continue the batch.
    ///
    /// # Errors
    /// A usage failure if it does not exist, is not a journal, belongs to another service, or is in
    /// use.
    pub fn resume(path: &Path, batch: u128, url: &str, token: &str) -> Result<Journal, Failure> {
        let file = OpenOptions::new().read(true).append(true).open(path);
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Failure::usage(format!(
                "there is no journal at {}; nothing was sent",
                path.display()
            ))
            .with_hint("To begin one, leave --resume out"),
            _ => unusable(path, &error),
        })?;
        lock(path, &file)?;
        // One line at a time: all answers together may not fit in memory.
        let mut lines = BufReader::new(file);
        let mut line = Vec::new();
        let next = |lines: &mut BufReader<File>, line: &mut Vec<u8>| {
            line.clear();
            let read = lines.read_until(b'\n', line);
            read.map_err(|error| unusable(path, &error))
        };
        next(&mut lines, &mut line)?;
        let first = line.as_slice();
        let mark = b"{\"batch\":";
        if !first.ends_with(b"\n") && (mark.starts_with(first) || first.starts_with(mark)) {
            // The batch was killed before it had sent anything.
            let file = lines.into_inner();
            file.set_len(0).map_err(|error| unusable(path, &error))?;
            return Journal::head(path, file, batch, url, token);
        }
        let no_journal = || {
            Failure::usage(format!(
                "{} is not the journal of a batch; it was left as it is",
                path.display()
            ))
        };
        let header: Header = serde_json::from_slice(first).map_err(|_| no_journal())?;
        if header.version != VERSION {
            return Err(no_journal());
        }
        if header.url != url {
            let (path, began) = (path.display(), &header.url);
            let why = format!("the journal {path} is of runs at {began}, and not at {url}");
            return Err(Failure::usage(why)
                .with_hint("What became of them can only be asked there; nothing was sent"));
        }
        let mut entries: BTreeMap<u64, Entry> = BTreeMap::new();
        let (mut at, mut torn) = (0, !line.ends_with(b"\n"));
        loop {
            at += line.len() as u64;
            if next(&mut lines, &mut line)? == 0 {
                break;
            }
            torn = !line.ends_with(b"\n");
            let Ok(record) = serde_json::from_slice::<Record>(&line) else {
                continue;
            };
            if let Some(begin) = record.begin {
                entries.insert(record.line, Entry::begun(begin));
            } else if let (Some(entry), Some(ended)) = (entries.get_mut(&record.line), record.end) {
                entry.outcome = Some(ended.outcome);
                entry.end = (at, line.len());
            }
        }
        Ok(Journal {
            path: path.to_owned(),
            file: lines.into_inner(),
            same_token: header.token == fingerprint(&header.batch, token),
            header,
            torn,
            entries,
        })
    }

    fn head(
        path: &Path,
        file: File,
        batch: u128,
        url: &str,
        token: &str,
    ) -> Result<Journal, Failure> {
        lock(path, &file)?;
        let batch = format!("{batch:032x}");
        let mut journal = Journal {
            path: path.to_owned(),
            file,
            header: Header {
                token: fingerprint(&batch, token),
                batch,
                version: VERSION,
                url: url.to_owned(),
            },
            torn: false,
            same_token: true,
            entries: BTreeMap::new(),
        };
        let header = journal.header.clone();
        journal.append(&header)?;
        // The directory entry must survive a crash, too.
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or(Path::new(".")));
        let synced = folder.and_then(|folder| folder.sync_all());
        synced.map_err(|error| unusable(path, &error))?;
        Ok(journal)
    }

    /// Reads the result of a line that has ended.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn end(&self, entry: &Entry) -> Result<End, Failure> {
        #[derive(Deserialize)]
        struct Whole {
            end: End,
        }
        let (at, length) = entry.end;
        let mut line = vec![0; length];
        let read = self.file.read_exact_at(&mut line, at);
        read.and_then(|()| Ok(serde_json::from_slice::<Whole>(&line)?.end))
            .map_err(|error| {
                let path = self.path.display();
                Failure::usage(format!("cannot read the journal {path}: {error}"))
            })
    }

    /// What the journal knows of a line.
    pub fn entry(&self, line: u64) -> Option<&Entry> {
        self.entries.get(&line)
    }

    /// Whether the service knows this batch's keys under the current token.
    pub fn is_same_token(&self) -> bool {
        self.same_token
    }

    /// The key of a line: the same as before, or a new one if it may be paid for again (`anew`).
    pub fn key(&self, line: u64, anew: bool) -> String {
        let base = format!("trefoil-batch-{}-{line}", self.header.batch);
        match self.entry(line) {
            None => base,
            Some(entry) if !anew => entry.begin.key.clone(),
            Some(entry) => {
                let before = entry.begin.key.strip_prefix(&base);
                let before = before.and_then(|rest| rest.strip_prefix('-'));
                let before: u64 = before.and_then(|rest| rest.parse().ok()).unwrap_or(1);
                format!("{base}-{}", before + 1)
            }
        }
    }

    /// Records that a line is about to be sent.
    ///
    /// # Errors
    /// When it cannot be written: then the line must not be sent.
    pub fn sending(&mut self, line: u64, begin: &Begin) -> Result<(), Failure> {
        self.append(&json!({"line": line, "begin": begin}))
    }

    /// Records the outcome of a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn ended(&mut self, line: u64, end: &End) -> Result<(), Failure> {
        self.append(&json!({"line": line, "end": end}))
    }

    /// Checks that the input is the same as when the journal was created: call [`Check::see`] for every
    /// line.
    pub fn check(&self) -> Check<'_> {
        let paid = self.entries.iter().filter(|(_, entry)| entry.may_be_paid());
        Check {
            journal: self,
            unseen: paid.map(|(line, _)| *line).collect(),
        }
    }

    /// Appends a line and waits until it is on disk.
    fn append(&mut self, record: &impl Serialize) -> Result<(), Failure> {
        let mut line = Vec::new();
        if self.torn {
            line.push(b'\n');
        }
        let written = serde_json::to_writer(&mut line, record)
            .map_err(io::Error::other)
            .and_then(|()| {
                line.push(b'\n');
                // If the write fails, a part of the line may have been written.
                self.torn = true;
                self.file.write_all(&line)?;
                self.torn = false;
                self.file.sync_data()
            });
        written.map_err(|error| {
            let path = self.path.display();
            Failure::new(
                Kind::Usage,
                format!("cannot write the journal {path}: {error}"),
            )
        })
    }
}

/// Compares the input with the one that a journal was created for. Lines may have been added, and lines
/// that were refused may have been corrected.
#[derive(Debug)]
pub struct Check<'a> {
    journal: &'a Journal,
    /// The lines that may have been paid for and were not seen yet.
    unseen: BTreeSet<u64>,
}

impl Check<'_> {
    /// Checks the next line.
    ///
    /// # Errors
    /// A usage failure that names a line that has changed.
    pub fn see(&mut self, job: &Job) -> Result<(), Failure> {
        if let Some(first) = self.unseen.first().filter(|first| **first < job.line) {
            return Err(self.other(*first));
        }
        let is_paid = self.unseen.remove(&job.line);
        let entry = self.journal.entry(job.line).filter(|_| is_paid);
        match entry {
            Some(entry) if entry.begin.request_sha256 != job.sha256 => Err(self.other(job.line)),
            _ => Ok(()),
        }
    }

    /// Checks that no line is missing.
    ///
    /// # Errors
    /// A usage failure that names a line that is missing.
    pub fn end(self) -> Result<(), Failure> {
        match self.unseen.first() {
            Some(line) => Err(self.other(*line)),
            None => Ok(()),
        }
    }

    fn other(&self, line: u64) -> Failure {
        let path = self.journal.path.display();
        let why = format!("line {line} is not what it was when {path} was begun; nothing was sent");
        Failure::usage(why).with_hint(
            "The input, --model, --system, --effort and --timeout must be the same. For another \
             batch, name another journal",
        )
    }
}

fn lock(path: &Path, file: &File) -> Result<(), Failure> {
    flock(file, FlockOperation::NonBlockingLockExclusive).map_err(|_| {
        let path = path.display();
        Failure::usage(format!(
            "another batch is using the journal {path}; nothing was sent"
        ))
    })
}

fn unusable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!(
        "--journal {}: {error}; nothing was sent",
        path.display()
    ))
}

/// A hash to compare two tokens without storing them.
fn fingerprint(batch: &str, token: &str) -> String {
    let mut hash = sha256(format!("{batch}\n{token}").as_bytes());
    hash.truncate(16);
    hash
}
