//! Persistence: params, held bundles, running timelines and announced signals, in a data folder.
//!
//! Takes the data folder that an earlier router left, and records of changes ([`record`]). Gives
//! the state as it was, and reports which records are safe ([`DiskReport`]).
//!
//! The hub has everything in memory; on disk is a log of changes ([`file`]). Records that belong
//! together (a bundle; the execution of a held bundle with its removal) are in one batch, which is
//! stored completely or not at all. A thread writes the batches ([`disk`]). Frames that report a
//! change wait in the outboxes until its batch is safe: see [`super::outbox`].
//!
//! When the log has become much longer than the state, it is compacted: the hub continues in a new
//! file and writes the complete state to it, in slices, between the records of new changes. Then
//! the older files are removed. Reading the files in order gives the right state at any time, also
//! during a compaction.
//!
//! Why no database: see `docs/persistence.md`.

pub mod disk;
pub mod file;
pub mod folder;
pub mod record;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::watch;

use super::state::{Kept, State};
use super::work::Slice;
use crate::error::{Failing, Kind};
use crate::file_lock::FileLock;
use disk::{Batch, Disk};
pub use disk::{DiskReport, Sync};
use file::Batches;
use record::{HeldRecord, Record, SignalRecord, TimelineRecord};

/// How many bytes are written after a complete state before the log is compacted; but at least
/// twice the size of the state.
const COMPACT_AFTER: u64 = 32 * 1024 * 1024;

/// The approximate size of one piece of the state in a compaction.
const PIECE: usize = 128 * 1024;

/// How many bytes may wait for the disk before sessions are no longer read.
const BACKLOG: u64 = 64 * 1024 * 1024;

/// … and before a compaction pauses, so that new changes go first.
const COMPACT_BACKLOG: u64 = 4 * 1024 * 1024;

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process uses it.
    #[error("another router uses {}{}", folder.display(), process.map(|id| format!(" (process {id})")).unwrap_or_default())]
    InUse {
        /// The folder.
        folder: PathBuf,
        /// That process, if it is known.
        process: Option<u32>,
    },
    /// A system error on a file or folder.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A file that is not of this kind, or of a later version.
    #[error("{} is not a log that this version can read", .0.display())]
    Foreign(PathBuf),
    /// A file other than the last is damaged, which a crash does not cause.
    #[error("{} is damaged at byte {at}, and others follow it", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The offset.
        at: usize,
    },
    /// A file is missing.
    #[error("{} is missing", .0.display())]
    Missing(PathBuf),
}

impl Failing for StoreError {
    fn kind(&self) -> Kind {
        match self {
            StoreError::InUse { .. } | StoreError::Io { .. } => Kind::Usage,
            StoreError::Foreign(_) | StoreError::Damaged { .. } | StoreError::Missing(_) => {
                Kind::Service
            }
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            StoreError::InUse { .. } => "Stop that one, or name another folder: --data DIR",
            StoreError::Io { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "Make room there, or name a folder on another disk: --data DIR"
                }
                _ => "Name a folder that this user can write to: --data DIR",
            },
            StoreError::Foreign(_) => {
                "Use the version of trefoil that wrote it, or name another folder: --data DIR"
            }
            StoreError::Damaged { .. } | StoreError::Missing(_) => {
                "Nothing was changed. Restore the folder from a backup, or name another: --data DIR"
            }
        };
        Some(hint.into())
    }
}

/// An opened data folder.
#[derive(Debug)]
pub struct Opened {
    /// The params as they were.
    pub state: State,
    /// The store for new changes; it also holds the stored bundles, timelines and signals.
    pub store: Store,
    /// How many bytes at the end could not be read, as after a crash, and the file they were saved
    /// to.
    pub torn: Option<(usize, PathBuf)>,
}

/// The records of everything except params, by id or address.
#[derive(Debug, Default)]
struct Tables {
    held: BTreeMap<u64, Box<[u8]>>,
    timelines: BTreeMap<Box<str>, Box<[u8]>>,
    signals: BTreeMap<Box<str>, Box<[u8]>>,
}

/// The progress of a compaction.
#[derive(Debug)]
enum Compaction {
    Params(Option<Rc<str>>),
    Held(u64),
    Timelines(Box<str>),
    Signals(Box<str>),
}

/// The hub's side of the log.
#[derive(Debug)]
pub struct Store {
    disk: Disk,
    /// The lock on the folder. Dropped after the disk.
    _lock: FileLock,
    /// The open batch.
    open: Vec<u8>,
    /// How many batches have been passed to the disk, and how many bytes.
    handed: u64,
    handed_bytes: u64,
    report: DiskReport,
    tables: Tables,
    next_held: u64,
    compaction: Option<Compaction>,
    compact_after: u64,
    /// The size of the last complete state, and the bytes written since.
    base: u64,
    since: u64,
}

/// The state of reading the files.
struct Reading {
    state: State,
    tables: Tables,
    last_held: u64,
    /// The bytes up to the last `complete` record, and after it.
    base: u64,
    since: u64,
}

impl Store {
    /// Opens a folder, which may not exist yet, and reads it into the empty `state`. Expired params
    /// are freed at the next [`State::expire`].
    ///
    /// # Errors
    /// [`StoreError`]; the folder is then unchanged.
    pub fn open(folder: &Path, sync: Sync, state: State) -> Result<Opened, StoreError> {
        let lock = folder::lock(folder)?;
        let failed = |path: &Path, source| StoreError::Io {
            path: path.to_owned(),
            source,
        };
        let mut reading = Reading {
            state,
            tables: Tables::default(),
            last_held: 0,
            base: 0,
            since: 0,
        };
        let numbers = folder::numbers(folder).map_err(|source| failed(folder, source))?;
        let mut torn = None;
        let mut current = None;
        for (place, &number) in numbers.iter().enumerate() {
            let path = folder::path(folder, number);
            if place > 0 && numbers[place - 1] + 1 != number {
                return Err(StoreError::Missing(folder::path(folder, number - 1)));
            }
            let bytes = fs::read(&path).map_err(|source| failed(&path, source))?;
            let is_last = place + 1 == numbers.len();
            if is_last && bytes.len() < file::MAGIC.len() && file::MAGIC.starts_with(&bytes) {
                // The router ended while it created this file; the files before it are complete.
                folder::remove(&path).map_err(|source| failed(&path, source))?;
                break;
            }
            let read = reading
                .file(&bytes)
                .ok_or(StoreError::Foreign(path.clone()))?;
            if place == 0 && number > 1 && !read.is_complete {
                return Err(StoreError::Missing(folder::path(folder, number - 1)));
            }
            let bad = &bytes[read.good..];
            if !bad.is_empty() {
                // Every file is synced to disk before the next is begun.
                if !is_last {
                    let at = read.good;
                    return Err(StoreError::Damaged { path, at });
                }
                torn = Some((bad.len(), path.with_extension("torn")));
            }
            let opened = folder::go_on(folder, number, bad, read.good as u64);
            current = Some(opened.map_err(|source| failed(&path, source))?);
        }
        let is_new = current.is_none();
        let current = match current {
            Some(current) => current,
            None => folder::create(folder, 1).map_err(|source| failed(folder, source))?,
        };
        let disk = Disk::start(current, sync).map_err(|source| failed(folder, source))?;
        let mut store = Store {
            disk,
            _lock: lock,
            open: Vec::new(),
            handed: 0,
            handed_bytes: 0,
            report: DiskReport::default(),
            tables: reading.tables,
            next_held: reading.last_held + 1,
            compaction: None,
            compact_after: COMPACT_AFTER,
            base: reading.base,
            since: reading.since,
        };
        if is_new {
            store.put(&Record::Complete);
            store.commit();
        }
        Ok(Opened {
            state: reading.state,
            store,
            torn,
        })
    }

    /// Adds a record to the open batch.
    fn put(&mut self, record: &Record<'_>) {
        record::write(record, &mut self.open);
    }

    /// Records a write to a param.
    #[inline]
    pub fn param(&mut self, kept: &Kept<'_>) {
        record::write(&Record::Param(*kept), &mut self.open);
    }

    /// Records that a read renewed the TTL of a param.
    pub fn touch(&mut self, address: &str, expires: u64) {
        self.put(&Record::Touch { address, expires });
    }

    /// Records a held bundle, and gives its id.
    pub fn hold(&mut self, due: u64, sender: &str, grant: &str, frame: &[u8]) -> u64 {
        let id = self.next_held;
        self.next_held += 1;
        let held = HeldRecord {
            id,
            due,
            sender,
            grant,
            frame,
        };
        let record = self.put_kept(&Record::Held(held));
        self.tables.held.insert(id, record);
        id
    }

    /// Records that a bundle is no longer held.
    pub fn not_held(&mut self, id: u64) {
        if self.tables.held.remove(&id).is_some() {
            self.put(&Record::NotHeld(id));
        }
    }

    /// Records a running timeline.
    pub fn timeline(&mut self, timeline: &TimelineRecord<'_>) {
        let record = self.put_kept(&Record::Timeline(*timeline));
        self.tables
            .timelines
            .insert(timeline.address.into(), record);
    }

    /// Records that the timeline of an address has ended, if one ran.
    #[inline]
    pub fn no_timeline(&mut self, address: &str) {
        if !self.tables.timelines.is_empty() && self.tables.timelines.remove(address).is_some() {
            self.put(&Record::NoTimeline(address));
        }
    }

    /// Records an announced signal.
    pub fn signal(&mut self, signal: &SignalRecord<'_>) {
        let record = self.put_kept(&Record::Signal(*signal));
        self.tables.signals.insert(signal.address.into(), record);
    }

    /// Records that a signal is no longer announced.
    pub fn no_signal(&mut self, address: &str) {
        if self.tables.signals.remove(address).is_some() {
            self.put(&Record::NoSignal(address));
        }
    }

    fn put_kept(&mut self, record: &Record<'_>) -> Box<[u8]> {
        let before = self.open.len();
        self.put(record);
        self.open[before..].into()
    }

    /// The stored records of held bundles, running timelines and announced signals.
    pub fn found(&self) -> Vec<Box<[u8]>> {
        let Tables {
            held,
            timelines,
            signals,
        } = &self.tables;
        let all = held
            .values()
            .chain(timelines.values())
            .chain(signals.values());
        all.cloned().collect()
    }

    /// The number of the batch that holds the latest changes.
    #[inline]
    pub fn number(&self) -> u64 {
        self.handed + u64::from(!self.open.is_empty())
    }

    /// Passes the open batch to the disk.
    pub fn commit(&mut self) {
        if !self.open.is_empty() {
            self.hand(false, false);
        }
    }

    fn hand(&mut self, begins: bool, completes: bool) {
        let room = self.open.len();
        let data = std::mem::replace(&mut self.open, Vec::with_capacity(room.min(PIECE)));
        self.handed += 1;
        let bytes = (file::BATCH_HEAD + data.len()) as u64;
        self.handed_bytes += bytes;
        self.since += bytes;
        self.disk.push(Batch {
            data,
            begins,
            completes,
        });
    }

    /// The channel of reports.
    pub fn reports(&self) -> watch::Receiver<DiskReport> {
        self.disk.report()
    }

    /// Sets the latest report, and gives the one before.
    pub fn take_report(&mut self, report: DiskReport) -> DiskReport {
        std::mem::replace(&mut self.report, report)
    }

    /// Why writing fails, if it does.
    #[inline]
    pub fn failed(&self) -> Option<&Arc<str>> {
        self.report.failed.as_ref()
    }

    /// The bytes that wait for the disk, and whether it can be written.
    pub fn health(&self) -> (u64, bool) {
        (self.backlog(), self.failed().is_none())
    }

    /// Bytes that wait for the disk.
    fn backlog(&self) -> u64 {
        self.handed_bytes - self.report.written
    }

    /// Whether so much waits for the disk that sessions should not be read.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.backlog() > BACKLOG
    }

    /// Whether a compaction is needed or running and can go on now.
    pub fn has_work(&self) -> bool {
        let is_long = self.since > self.compact_after.max(2 * self.base);
        (self.compaction.is_some() || is_long)
            && self.backlog() < COMPACT_BACKLOG
            && self.failed().is_none()
    }

    /// Continues the compaction until the slice is over.
    pub fn work(&mut self, state: &State, now: u64, slice: &mut Slice) {
        while self.has_work() && !slice.is_over() {
            let Some(at) = self.compaction.take() else {
                self.begin_compaction();
                continue;
            };
            self.compaction = self.step(at, state, now, slice);
            if self.compaction.is_some() {
                self.commit();
            } else {
                self.put(&Record::Complete);
                self.hand(false, true);
                self.base = std::mem::take(&mut self.since);
            }
        }
    }

    /// Continues in a new file.
    fn begin_compaction(&mut self) {
        self.commit();
        self.since = 0;
        // The first batch of a file must not be empty; this record has no effect.
        self.put(&Record::NotHeld(0));
        self.hand(true, false);
        self.compaction = Some(Compaction::Params(None));
    }

    /// Writes one piece of the state, and gives where the next begins.
    fn step(
        &mut self,
        at: Compaction,
        state: &State,
        now: u64,
        slice: &mut Slice,
    ) -> Option<Compaction> {
        let open = &mut self.open;
        let next = match at {
            Compaction::Params(mut last) => {
                let done = state.walk(&mut last, now, slice, |kept| {
                    record::write(&Record::Param(kept), open);
                    open.len() < PIECE
                });
                if done {
                    Compaction::Held(0)
                } else {
                    Compaction::Params(last)
                }
            }
            Compaction::Held(last) => {
                let rest = (Bound::Excluded(last), Bound::Unbounded);
                let mut rows = self.tables.held.range(rest);
                match copy(&mut rows, open) {
                    Some(last) => Compaction::Held(*last),
                    None => Compaction::Timelines("".into()),
                }
            }
            Compaction::Timelines(last) => {
                let rest = (Bound::Excluded(&*last), Bound::Unbounded);
                let mut rows = self.tables.timelines.range::<str, _>(rest);
                match copy(&mut rows, open) {
                    Some(last) => Compaction::Timelines(last.clone()),
                    None => Compaction::Signals("".into()),
                }
            }
            Compaction::Signals(last) => {
                let rest = (Bound::Excluded(&*last), Bound::Unbounded);
                let mut rows = self.tables.signals.range::<str, _>(rest);
                Compaction::Signals(copy(&mut rows, open)?.clone())
            }
        };
        Some(next)
    }
}

/// Appends rows up to the size of a piece. Gives the key of the last one if there may be more.
fn copy<'r, K>(
    rows: &mut impl Iterator<Item = (&'r K, &'r Box<[u8]>)>,
    out: &mut Vec<u8>,
) -> Option<&'r K> {
    for (key, row) in rows {
        out.extend_from_slice(row);
        if out.len() >= PIECE {
            return Some(key);
        }
    }
    None
}

/// The result of reading one file.
struct Read {
    /// The end of its valid part.
    good: usize,
    /// Whether it contains the complete state.
    is_complete: bool,
}

impl Reading {
    /// Reads a file; `None` if it is not a log file.
    fn file(&mut self, bytes: &[u8]) -> Option<Read> {
        let mut batches = Batches::of(bytes, file::MAGIC)?;
        let mut read = Read {
            good: batches.position(),
            is_complete: false,
        };
        while let Some(mut data) = batches.next() {
            while !data.is_empty() {
                // An unknown record was written by a later version.
                let before = data;
                let record = record::read(&mut data)?;
                if record == Record::Complete {
                    read.is_complete = true;
                    self.base = batches.position() as u64;
                }
                self.record(&record, &before[..before.len() - data.len()]);
            }
            read.good = batches.position();
        }
        self.since = if read.is_complete {
            read.good as u64 - self.base
        } else {
            self.since + read.good as u64
        };
        Some(read)
    }

    fn record(&mut self, record: &Record<'_>, bytes: &[u8]) {
        match record {
            Record::Param(kept) => self.state.restore(kept),
            Record::Touch { address, expires } => self.state.restore_expiry(address, *expires),
            Record::Held(held) => {
                self.last_held = self.last_held.max(held.id);
                self.tables.held.insert(held.id, bytes.into());
            }
            Record::NotHeld(id) => drop(self.tables.held.remove(id)),
            Record::Timeline(timeline) => {
                self.tables
                    .timelines
                    .insert(timeline.address.into(), bytes.into());
            }
            Record::NoTimeline(address) => drop(self.tables.timelines.remove(*address)),
            Record::Signal(signal) => {
                self.tables
                    .signals
                    .insert(signal.address.into(), bytes.into());
            }
            Record::NoSignal(address) => drop(self.tables.signals.remove(*address)),
            Record::Complete => {}
        }
    }
}

#[cfg(test)]
mod tests;
