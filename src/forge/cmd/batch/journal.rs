//! The journal of a batch: what is about to be sent enters and is on disk before it is; what came of
//! it enters after. Read again, it says what a line still needs.
//!
//! ```text
//! {"batch":"9f…","version":1,"url":"http://…","token":"3c…"}
//! {"line":1,"begin":{"at":1795166091829000,"key":"trefoil-batch-9f…-1","request_sha256":"…"}}
//! {"line":1,"end":{"outcome":"done","status":200,"reply":{…}}}
//! ```
//!
//! A `begin` without its `end` was sent, perhaps. Every line is one write and an fsync, so that a
//! crash leaves at most half of the last one, which says nothing and is passed over.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::input::Job;
use crate::error::{Failure, Kind};
use crate::forge::cmd::paid::sha256;
use crate::outcome::Outcome;

/// The version of the format.
const VERSION: u64 = 1;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    /// What this batch's keys are made of: 32 random hexadecimal digits.
    batch: String,
    version: u64,
    /// The service that knows the keys.
    url: String,
    /// Under which token it knows them: a hash of it and of `batch`, not to be turned back.
    token: String,
}

/// What is known before a line is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begin {
    /// When: microseconds since the epoch.
    pub at: u64,
    /// The `Idempotency-Key`.
    pub key: String,
    /// SHA-256 of the request.
    pub request_sha256: String,
}

/// What came of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// How it ended.
    pub outcome: Outcome,
    /// The HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The reply, as far as there was one.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub reply: Value,
}

impl End {
    /// Whether nothing is to be done about it any more: it was paid for, and this came of it.
    pub fn is_final(&self) -> bool {
        matches!(self.outcome, Outcome::Done | Outcome::Failed)
    }
}

/// A line of the input, as the journal knows it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// How it was sent last.
    pub begin: Begin,
    /// What came of that.
    pub end: Option<End>,
}

impl Entry {
    /// Whether it is known to have cost something, or may have.
    fn may_be_paid(&self) -> bool {
        let end = self.end.as_ref();
        !end.is_some_and(|end| matches!(end.outcome, Outcome::Refused | Outcome::NotSent))
    }
}

/// A line of the journal behind the first.
#[derive(Debug, Deserialize)]
struct Record {
    line: u64,
    begin: Option<Begin>,
    end: Option<End>,
}

/// An open journal, which no other batch can open meanwhile.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    header: Header,
    /// Whether half a line is at its end.
    torn: bool,
    /// Whether the token is the one that the batch began with.
    same_token: bool,
    entries: BTreeMap<u64, Entry>,
}

impl Journal {
    /// Begins a journal where there is none. `batch` is a number that no other batch has.
    ///
    /// # Errors
    /// A usage failure if there is one, or it cannot be written.
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

    /// Goes on with a journal.
    ///
    /// # Errors
    /// A usage failure if it is not there, is no journal, is another service's, or is in use.
    pub fn resume(path: &Path, batch: u128, url: &str, token: &str) -> Result<Journal, Failure> {
        let file = OpenOptions::new().read(true).append(true).open(path);
        let mut file = file.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Failure::usage(format!(
                "there is no journal at {}; nothing was sent",
                path.display()
            ))
            .with_hint("To begin one, leave --resume out"),
            _ => unusable(path, &error),
        })?;
        lock(path, &file)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|error| unusable(path, &error))?;
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
        let first = lines.next().unwrap_or_default();
        let mark = b"{\"batch\":";
        if !first.ends_with(b"\n") && (mark.starts_with(first) || first.starts_with(mark)) {
            // It was killed before it had sent anything.
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
        for line in lines {
            let Ok(record) = serde_json::from_slice::<Record>(line) else {
                continue;
            };
            if let Some(begin) = record.begin {
                entries.insert(record.line, Entry { begin, end: None });
            } else if let Some(entry) = entries.get_mut(&record.line) {
                entry.end = record.end;
            }
        }
        Ok(Journal {
            path: path.to_owned(),
            file,
            same_token: header.token == fingerprint(&header.batch, token),
            header,
            torn: !bytes.ends_with(b"\n"),
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
        // The file's name must outlast a crash, too.
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or(Path::new(".")));
        let synced = folder.and_then(|folder| folder.sync_all());
        synced.map_err(|error| unusable(path, &error))?;
        Ok(journal)
    }

    /// What is known of a line.
    pub fn entry(&self, line: u64) -> Option<&Entry> {
        self.entries.get(&line)
    }

    /// Whether the service knows this batch's keys under the token that is used now.
    pub fn is_same_token(&self) -> bool {
        self.same_token
    }

    /// The key of a line: the same as before, unless it is to be paid for anew.
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

    /// Writes that a line is about to be sent.
    ///
    /// # Errors
    /// When it cannot be written: then nothing must be sent.
    pub fn sending(&mut self, line: u64, begin: Begin) -> Result<(), Failure> {
        self.append(&json!({"line": line, "begin": begin}))?;
        self.entries.insert(line, Entry { begin, end: None });
        Ok(())
    }

    /// Writes what came of a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn ended(&mut self, line: u64, end: &End) -> Result<(), Failure> {
        if let Some(entry) = self.entries.get_mut(&line) {
            entry.end = Some(end.clone());
        }
        self.append(&json!({"line": line, "end": end}))
    }

    /// Whether the input is the one that the journal was begun with; more lines may have come, and
    /// what was refused may be put right.
    ///
    /// # Errors
    /// A usage failure that names a line that is another one now.
    pub fn check(&self, jobs: &[Job]) -> Result<(), Failure> {
        let now = jobs.iter().map(|job| (job.line, job.sha256.as_str()));
        let now: BTreeMap<u64, &str> = now.collect();
        let other = self.entries.iter().find(|(line, entry)| {
            let is_same = now.get(line) == Some(&entry.begin.request_sha256.as_str());
            !is_same && entry.may_be_paid()
        });
        let Some((line, _)) = other else {
            return Ok(());
        };
        let path = self.path.display();
        let why = format!("line {line} is not what it was when {path} was begun; nothing was sent");
        Err(Failure::usage(why).with_hint(
            "The input, --model, --system, --effort and --timeout must be the same. For another \
             batch, name another journal",
        ))
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
                // Until it is whole, half of it may be there.
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

/// Tells whether two tokens are the same without saying what they are.
fn fingerprint(batch: &str, token: &str) -> String {
    let mut hash = sha256(&format!("{batch}\n{token}"));
    hash.truncate(16);
    hash
}
