//! Reads and writes the ledger on disk.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use super::{Begin, End, Entry, LedgerError};
use crate::home;

/// How many bytes at the file's end are searched first for the last id.
const TAIL: u64 = 64 * 1024;

/// The longest line that is read, in bytes; trefoil writes no longer one.
const LONGEST_LINE: u64 = 1024 * 1024;

/// How many bytes at the file's end are searched at most for the last id.
const FARTHEST: u64 = 64 * 1024 * 1024;

/// The largest stored reply that is read, in bytes: twice the client's limit.
const LARGEST_ANSWER: u64 = 512 * 1024 * 1024;

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct LedgerLine<B, E> {
    id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    begin: Option<B>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<E>,
}

/// The runs of one user.
#[derive(Debug, Clone)]
pub struct Ledger {
    directory: PathBuf,
}

impl Ledger {
    /// The user's ledger: `$XDG_STATE_HOME/trefoil`, which need not exist yet.
    ///
    /// # Errors
    /// [`LedgerError::NoHome`].
    pub fn of_user() -> Result<Ledger, LedgerError> {
        let base = home::folders().ok_or(LedgerError::NoHome)?;
        let state = base.state_dir().ok_or(LedgerError::NoHome)?;
        Ok(Ledger {
            directory: state.join("trefoil"),
        })
    }

    /// The directory of the ledger and of forge's other files that are kept.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Writes an entry's first line and returns its id.
    ///
    /// # Errors
    /// [`LedgerError::Io`]: the caller should then send nothing.
    pub fn begin(&self, begin: &Begin) -> Result<u64, LedgerError> {
        let path = self.path();
        let failed = io_error("write", &path);
        self.make(&self.directory)?;
        let mut file = open(&path).map_err(&failed)?;
        flock(&file, FlockOperation::LockExclusive).map_err(|errno| failed(errno.into()))?;
        let id = last_id(&mut file).map_err(&failed)? + 1;
        let line = LedgerLine {
            id,
            begin: Some(begin),
            end: None::<&End>,
        };
        append(&mut file, &line).map_err(&failed)?;
        Ok(id)
    }

    /// Writes an entry's second line.
    ///
    /// # Errors
    /// [`LedgerError::Io`].
    pub fn end(&self, id: u64, end: &End) -> Result<(), LedgerError> {
        let path = self.path();
        let failed = io_error("write", &path);
        let mut file = open(&path).map_err(&failed)?;
        flock(&file, FlockOperation::LockExclusive).map_err(|errno| failed(errno.into()))?;
        let line = LedgerLine {
            id,
            begin: None::<&Begin>,
            end: Some(end),
        };
        append(&mut file, &line).map_err(&failed)
    }

    /// Stores the service's reply and returns its path. `name` is an id, or a name instead of one.
    ///
    /// # Errors
    /// [`LedgerError::Io`].
    pub fn keep(&self, name: &str, answer: &[u8]) -> Result<PathBuf, LedgerError> {
        let directory = self.directory.join("answers");
        self.make(&directory)?;
        let path = directory.join(format!("{name}.json"));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .map_err(io_error("write", &path))?;
        file.write_all(answer)
            .and_then(|()| file.sync_all())
            .map_err(io_error("write", &path))?;
        Ok(path)
    }

    /// The service's reply, if it was stored.
    ///
    /// # Errors
    /// [`LedgerError::Io`], also for a file that is larger than any reply.
    pub fn answer(&self, id: u64) -> Result<Option<Vec<u8>>, LedgerError> {
        let path = self.directory.join(format!("answers/{id}.json"));
        let none = [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory];
        match File::open(&path).and_then(read_answer) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if none.contains(&error.kind()) => Ok(None),
            Err(error) => Err(io_error("read", &path)(error)),
        }
    }

    /// All entries, oldest first. Invalid lines are skipped; a crash may leave an incomplete one.
    ///
    /// # Errors
    /// [`LedgerError::Io`]; a ledger that does not exist is an empty one.
    pub fn entries(&self) -> Result<Vec<Entry>, LedgerError> {
        let path = self.path();
        let failed = io_error("read", &path);
        let mut entries = BTreeMap::new();
        let mut file = match File::open(&path) {
            Ok(file) => BufReader::new(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut line = Vec::new();
        while next_line(&mut file, &mut line).map_err(&failed)? {
            let Ok(line) = serde_json::from_slice::<LedgerLine<Begin, End>>(&line) else {
                continue;
            };
            if let Some(begin) = line.begin {
                let (id, end) = (line.id, None);
                entries.insert(id, Entry { id, begin, end });
            } else if let Some(entry) = entries.get_mut(&line.id) {
                entry.end = line.end;
            }
        }
        Ok(entries.into_values().collect())
    }

    fn path(&self) -> PathBuf {
        self.directory.join("ledger.ndjson")
    }

    fn make(&self, directory: &Path) -> Result<(), LedgerError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(io_error("write", directory))
    }
}

fn io_error(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> LedgerError {
    let path = path.to_owned();
    move |source| LedgerError::Io {
        doing,
        path: path.clone(),
        source,
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
}

/// Reads the next line; a line that is too long becomes empty. Returns whether there was a line.
fn next_line(file: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let read = (&mut *file).take(LONGEST_LINE).read_until(b'\n', line)?;
    if read as u64 == LONGEST_LINE && !line.ends_with(b"\n") {
        line.clear();
        file.skip_until(b'\n')?;
    }
    Ok(read > 0)
}

fn read_answer(file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LARGEST_ANSWER + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_ANSWER {
        let limit = LARGEST_ANSWER / (1024 * 1024);
        let why = format!("it is larger than {limit} MiB");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
    }
    Ok(bytes)
}

fn lines(bytes: &[u8]) -> impl DoubleEndedIterator<Item = LedgerLine<Begin, End>> {
    bytes
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
}

/// The id of the last entry, 0 if there is none. Ids increase in the order of the first lines, so
/// it is the id of the last of those.
fn last_id(file: &mut File) -> io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut window = TAIL;
    loop {
        let start = length.saturating_sub(window);
        let mut tail = Vec::new();
        file.seek(SeekFrom::Start(start))?;
        file.read_to_end(&mut tail)?;
        let last = lines(&tail).rfind(|line| line.begin.is_some());
        match last {
            Some(line) => return Ok(line.id),
            None if start == 0 => return Ok(0),
            None if window >= FARTHEST => {
                let limit = FARTHEST / (1024 * 1024);
                let why = format!("there is no entry in its last {limit} MiB");
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
            }
            None => window *= 4,
        }
    }
}

/// Appends a line with one write; first a line end if a crash has left an incomplete line.
fn append(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut text = Vec::new();
    let length = file.seek(SeekFrom::End(0))?;
    if length > 0 {
        let mut last = [0];
        file.seek(SeekFrom::Start(length - 1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            text.push(b'\n');
        }
    }
    serde_json::to_writer(&mut text, line)?;
    text.push(b'\n');
    file.write_all(&text)?;
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::outcome::Outcome;

    /// A ledger that is removed at the end of the test.
    struct Temporary(Ledger);

    impl Temporary {
        fn new() -> Temporary {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let name = format!(
                "trefoil-ledger-{}-{}",
                std::process::id(),
                COUNT.fetch_add(1, Ordering::Relaxed)
            );
            let directory = std::env::temp_dir().join(name);
            Temporary(Ledger { directory })
        }
    }

    impl Drop for Temporary {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0.directory);
        }
    }

    fn begin(prompt: &str) -> Begin {
        Begin {
            started: 1_795_166_091_829_000,
            kind: "run".into(),
            url: "http://localhost:8800".into(),
            session: None,
            model: Some("sonnet".into()),
            prompt_sha256: prompt.into(),
            prompt_bytes: prompt.len() as u64,
            files: 0,
            timeout_secs: 120,
            key: None,
        }
    }

    fn end(outcome: Outcome) -> End {
        End {
            outcome,
            elapsed_ms: 7_400,
            duration_ms: Some(7_391),
            cost_usd: Some(0.25),
            stop_reason: Some("end_turn".into()),
            status: Some(200),
            error: None,
        }
    }

    #[test]
    fn an_entry_has_a_beginning_and_perhaps_an_end() {
        let temporary = Temporary::new();
        let ledger = &temporary.0;
        assert_eq!(ledger.entries().expect("an empty one"), []);
        let first = ledger.begin(&begin("a")).expect("written");
        let second = ledger.begin(&begin("b")).expect("written");
        ledger.end(first, &end(Outcome::Done)).expect("written");
        let entries = ledger.entries().expect("readable");
        let seen: Vec<_> = entries.iter().map(|e| (e.id, e.outcome())).collect();
        assert_eq!(seen, [(first, "done"), (second, "unfinished")]);
        assert_eq!((first, second), (1, 2));
        let mode = fs::metadata(ledger.path())
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn numbers_go_on_behind_half_a_line_and_behind_long_tails() {
        let temporary = Temporary::new();
        let ledger = &temporary.0;
        ledger.begin(&begin("a")).expect("written");
        fs::write(
            ledger.path(),
            [
                fs::read(ledger.path()).expect("there"),
                b"{\"id\":2,\"beg".to_vec(),
            ]
            .concat(),
        )
        .expect("ours");
        assert_eq!(ledger.begin(&begin("b")).expect("written"), 2);
        for _ in 0..400 {
            let error = Some("x".repeat(500));
            let end = End {
                error,
                ..end(Outcome::Failed)
            };
            ledger.end(2, &end).expect("written");
        }
        assert_eq!(ledger.begin(&begin("c")).expect("written"), 3);
        assert_eq!(ledger.entries().expect("readable").len(), 3);
    }

    #[test]
    fn a_line_that_never_ends_is_skipped() {
        let temporary = Temporary::new();
        let ledger = &temporary.0;
        ledger.begin(&begin("a")).expect("written");
        let mut file = open(&ledger.path()).expect("there");
        let junk = vec![0; 3 * LONGEST_LINE as usize];
        file.write_all(&junk).expect("written");
        assert_eq!(ledger.begin(&begin("b")).expect("written"), 2);
        let entries = ledger.entries().expect("readable");
        assert_eq!(entries.iter().map(|e| e.id).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn two_at_once_never_share_a_number() {
        let temporary = Temporary::new();
        let ids = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        let take = |_| temporary.0.begin(&begin("x")).expect("written");
                        (0..20).map(take).collect::<Vec<_>>()
                    })
                })
                .collect();
            let mut ids: Vec<u64> = Vec::new();
            for worker in workers {
                ids.extend(worker.join().expect("no panic"));
            }
            ids
        });
        let mut ids = ids;
        ids.sort_unstable();
        assert_eq!(ids, (1..=160).collect::<Vec<_>>());
    }
}
