//! The threads that write to disk, so that the hub never waits for it. Takes batches through a
//! queue, and gives a [`DiskReport`] whenever more of them are safe.
//!
//! ```text
//!   hub ── batches ──▶ queue ──▶ writer ── write ──▶ file ◀── fdatasync ── syncer
//!    ▲                             │                                        │
//!    └────────── DiskReport: all batches up to this number are safe ────────┘
//! ```
//!
//! The writer writes everything in the queue at once: the slower the disk, the larger the groups.
//!
//! - [`Sync::Always`]: a batch is safe when it is on disk; the writer calls fdatasync itself.
//! - [`Sync::Every`]: a batch is safe when the operating system has it, so that it survives the end
//!   of this process. The syncer syncs it to disk within the interval; if the disk is slower than
//!   that, batches count as safe only when it has caught up.

use std::fs::File;
use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::file;
use super::folder::{self, Current};

/// How long to wait before a failed write is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// When a write counts as safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    /// When it is on disk.
    Always,
    /// When it is written; it is synced to disk within this time.
    Every(Duration),
}

/// Records that are written together or not at all.
#[derive(Debug, Default)]
pub struct Batch {
    /// The encoded records.
    pub data: Vec<u8>,
    /// Whether a new file begins with it.
    pub begins: bool,
    /// Whether its file holds the complete state after it, so that older files are no longer
    /// needed.
    pub completes: bool,
}

/// The progress of writing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiskReport {
    /// How many batches are safe.
    pub safe: u64,
    /// How many bytes have been written since the start.
    pub written: u64,
    /// Why nothing can be written, as text.
    pub failed: Option<Arc<str>>,
}

/// The queue and its two threads. Dropping it writes what is left.
#[derive(Debug)]
pub struct Disk {
    shared: Arc<Shared>,
    report: watch::Receiver<DiskReport>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    sync: Sync,
    inner: Mutex<Inner>,
    /// For the writer.
    queued: Condvar,
    /// For the syncer.
    written: Condvar,
    report: watch::Sender<DiskReport>,
}

#[derive(Debug)]
struct Inner {
    queue: Vec<Batch>,
    stopping: bool,
    file: Arc<File>,
    /// How many batches have been written, and how many bytes.
    written: u64,
    bytes: u64,
    /// How many batches are on disk.
    synced: u64,
    /// When the oldest write was made that may not be on disk.
    unsynced_since: Option<Instant>,
    /// … and the oldest that the syncer's present call does not include.
    next_unsynced: Option<Instant>,
    failed: Option<Arc<str>>,
    /// An fdatasync has failed: what is on disk is unknown, and another call would not tell.
    sync_failed: bool,
}

impl Disk {
    /// Starts to append to a file.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn start(current: Current, sync: Sync) -> io::Result<Disk> {
        let (sender, report) = watch::channel(DiskReport::default());
        let shared = Arc::new(Shared {
            sync,
            inner: Mutex::new(Inner {
                queue: Vec::new(),
                stopping: false,
                file: Arc::new(current.file.try_clone()?),
                written: 0,
                bytes: 0,
                synced: 0,
                unsynced_since: None,
                next_unsynced: None,
                failed: None,
                sync_failed: false,
            }),
            queued: Condvar::new(),
            written: Condvar::new(),
            report: sender,
        });
        let mut disk = Disk {
            shared: shared.clone(),
            report,
            threads: Vec::new(),
        };
        let writer = Writer {
            shared,
            current,
            is_torn: false,
        };
        let builder = thread::Builder::new().name("state writer".into());
        disk.threads.push(builder.spawn(move || writer.run())?);
        if let Sync::Every(interval) = sync {
            let shared = disk.shared.clone();
            let builder = thread::Builder::new().name("state sync".into());
            let syncer = builder.spawn(move || shared.keep_syncing(interval))?;
            disk.threads.push(syncer);
        }
        Ok(disk)
    }

    /// Queues a batch.
    pub fn push(&self, batch: Batch) {
        let mut inner = self.shared.lock();
        let was_empty = inner.queue.is_empty();
        inner.queue.push(batch);
        drop(inner);
        if was_empty {
            self.shared.queued.notify_one();
        }
    }

    /// The channel of reports.
    pub fn report(&self) -> watch::Receiver<DiskReport> {
        self.report.clone()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.shared.lock().stopping = true;
        self.shared.queued.notify_one();
        for thread in self.threads.drain(..) {
            // Failures have been reported already.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("neither thread panics")
    }

    /// Publishes what is safe now.
    fn publish(&self, inner: &Inner) {
        self.report.send_if_modified(|report| {
            let safe = match self.sync {
                Sync::Always => inner.synced,
                // Writes that are not on disk may not be older than the interval.
                Sync::Every(interval) => match inner.unsynced_since {
                    Some(since) if since.elapsed() > interval => report.safe,
                    _ => inner.written,
                },
            };
            let next = DiskReport {
                safe: report.safe.max(safe),
                written: inner.bytes,
                failed: inner.failed.clone(),
            };
            let is_new = *report != next;
            *report = next;
            is_new
        });
    }

    /// Syncs written batches to disk within the interval.
    fn keep_syncing(&self, interval: Duration) {
        let mut inner = self.lock();
        loop {
            while inner.synced == inner.written && !inner.stopping {
                inner = self.written.wait(inner).expect("neither thread panics");
            }
            if inner.synced == inner.written && inner.stopping {
                return;
            }
            if !inner.stopping {
                // Half of the interval is reserved for the disk.
                let waited = inner.unsynced_since.map_or(interval, |at| at.elapsed());
                drop(inner);
                thread::sleep((interval / 2).saturating_sub(waited));
                inner = self.lock();
            }
            let (file, target) = (inner.file.clone(), inner.written);
            inner.next_unsynced = None;
            drop(inner);
            let synced = file.sync_data();
            inner = self.lock();
            match synced {
                Ok(()) => {
                    inner.synced = inner.synced.max(target);
                    inner.unsynced_since = inner.next_unsynced;
                }
                Err(error) => {
                    inner.fail_for_good(&error);
                }
            }
            self.publish(&inner);
            if inner.sync_failed {
                return;
            }
        }
    }
}

impl Inner {
    /// After a failed fdatasync the content of the disk is unknown.
    fn fail_for_good(&mut self, error: &io::Error) {
        self.sync_failed = true;
        self.failed = Some(format!("{error}; restart the router when the disk is repaired").into());
    }
}

struct Writer {
    shared: Arc<Shared>,
    current: Current,
    /// Whether a failed write may have left something at the end of the file.
    is_torn: bool,
}

/// What has failed.
enum Failed {
    /// A write, which can be tried again.
    Write(io::Error),
    /// An fdatasync, which cannot: it may succeed the next time although data is lost.
    Sync(io::Error),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Failed {
        Failed::Write(error)
    }
}

impl Writer {
    fn run(mut self) {
        let mut bytes = Vec::new();
        loop {
            let mut inner = self.shared.lock();
            while inner.queue.is_empty() && !inner.stopping {
                inner = self
                    .shared
                    .queued
                    .wait(inner)
                    .expect("neither thread panics");
            }
            if inner.sync_failed || (inner.queue.is_empty() && inner.stopping) {
                inner.stopping = true;
                self.shared.written.notify_one();
                return;
            }
            let mut batches = mem::take(&mut inner.queue);
            drop(inner);
            // Each group belongs to one file.
            while !batches.is_empty() {
                let next = batches.iter().skip(1).position(|batch| batch.begins);
                let group: Vec<Batch> = batches
                    .drain(..next.map_or(batches.len(), |n| n + 1))
                    .collect();
                if !self.write_group(&group, &mut bytes) {
                    self.shared.written.notify_one();
                    return;
                }
            }
        }
    }

    /// Writes a group, and tries again until it succeeds. Gives false if it never will.
    fn write_group(&mut self, group: &[Batch], bytes: &mut Vec<u8>) -> bool {
        bytes.clear();
        for batch in group {
            bytes.extend_from_slice(&file::head(&batch.data));
            bytes.extend_from_slice(&batch.data);
        }
        let begins = group.first().is_some_and(|batch| batch.begins);
        let completes = group.iter().any(|batch| batch.completes);
        let mut has_begun = false;
        loop {
            let at = Instant::now();
            let mut written = Ok(());
            if begins && !has_begun {
                written = self.begin_file();
                has_begun = written.is_ok();
            }
            let written = written.and_then(|()| Ok(self.append(bytes)?));
            let mut inner = self.shared.lock();
            if inner.sync_failed {
                // The syncer has reported it meanwhile: that this write has succeeded changes nothing.
                return false;
            }
            match written {
                Ok(()) => {
                    inner.failed = None;
                    inner.written += group.len() as u64;
                    inner.bytes += bytes.len() as u64;
                    inner.unsynced_since.get_or_insert(at);
                    inner.next_unsynced.get_or_insert(at);
                    if self.shared.sync == Sync::Always || completes || begins {
                        let target = inner.written;
                        drop(inner);
                        let synced = self.current.file.sync_data();
                        inner = self.shared.lock();
                        match synced {
                            Ok(()) => {
                                inner.synced = target;
                                inner.unsynced_since = None;
                                inner.next_unsynced = None;
                            }
                            Err(error) => inner.fail_for_good(&error),
                        }
                    }
                    self.shared.publish(&inner);
                    self.shared.written.notify_one();
                    if inner.sync_failed {
                        return false;
                    }
                    drop(inner);
                    if completes {
                        folder::remove_before(&self.current.folder, self.current.number);
                    }
                    return true;
                }
                Err(Failed::Sync(error)) => {
                    inner.fail_for_good(&error);
                    self.shared.publish(&inner);
                    return false;
                }
                Err(Failed::Write(error)) => {
                    inner.failed = Some(error.to_string().into());
                    self.shared.publish(&inner);
                    if inner.stopping {
                        return false;
                    }
                    let waited = self.shared.queued.wait_timeout(inner, RETRY);
                    drop(waited.expect("neither thread panics"));
                }
            }
        }
    }

    /// Appends all bytes, or none on an error.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.cut()?;
        let written = self.current.file.write_all(bytes);
        if written.is_err() {
            self.is_torn = true;
            // If this fails, it is done before the next write.
            let _ = self.cut();
        } else {
            self.current.length += bytes.len() as u64;
        }
        written
    }

    /// Removes what a failed write may have left: behind it, nothing could be read.
    fn cut(&mut self) -> io::Result<()> {
        if self.is_torn {
            self.current.file.set_len(self.current.length)?;
            self.is_torn = false;
        }
        Ok(())
    }

    /// Continues in a new file. The old one is synced to disk first.
    fn begin_file(&mut self) -> Result<(), Failed> {
        self.current.file.sync_data().map_err(Failed::Sync)?;
        let next = folder::create(&self.current.folder, self.current.number + 1)?;
        self.shared.lock().file = Arc::new(next.file.try_clone()?);
        (self.current, self.is_torn) = (next, false);
        Ok(())
    }
}
