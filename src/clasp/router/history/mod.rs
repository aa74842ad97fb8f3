//! The recorded history. Takes every message as an entry; gives the replies to REPLAY and to the
//! history of SUBSCRIBE.
//!
//! - [`rules`]: which messages are kept, and how long
//! - [`segment`]: the files
//!
//! A thread owns the files, so that the hub never waits for the disk. It gets entries and queries
//! in the order of the hub, and gives a reply in pieces, each when the hub asks for it. Entries
//! that cannot be written (the disk is full or too slow) are missing in the history, which is
//! reported; acknowledgements do not depend on it.

pub mod rules;
pub mod segment;

use std::cell::RefCell;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::subscriptions::Key;
use crate::clasp::router::store::file::Batches;
use crate::clasp::wire::{Pattern, SignalType, TypeMask};
use crate::file_lock::FileLock;
use rules::HistoryRules;
use segment::{Entry, MAGIC, Segment, Segments, put_entry, take};

/// The greatest size of a batch for the thread.
const BATCH: usize = 64 * 1024;

/// How many bytes may wait for the disk; more are lost.
const BACKLOG: usize = 64 * 1024 * 1024;

/// The approximate size of one piece of a reply.
const PIECE: usize = 128 * 1024;

/// The greatest number of entries in a reply of the last ones, and their bytes: they are collected
/// in memory first.
pub const LAST_MOST: u32 = 10_000;
const LAST_BYTES: usize = 16 * 1024 * 1024;

/// A query.
#[derive(Debug)]
pub struct Query {
    /// The pattern of addresses.
    pub pattern: Pattern,
    /// The earliest time, in µs since the epoch.
    pub from: u64,
    /// The latest time.
    pub to: u64,
    /// The types of signals.
    pub types: TypeMask,
    /// How many entries.
    pub count: Count,
}

/// Which of the matching entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// All of them.
    All,
    /// This many from the beginning.
    First(u32),
    /// The last ones, this many but at most [`LAST_MOST`].
    Last(u32),
}

/// Where a reply continues.
#[derive(Debug)]
pub enum Cursor {
    /// In this file, at this offset, with this many entries more.
    Forward(u64, usize, u32),
    /// In the files before this one, with this many entries more; and what was found in later
    /// files, newest first.
    Back(u64, u32, Vec<Vec<u8>>),
}

/// A piece of an answer.
#[derive(Debug)]
pub struct Piece {
    /// The session.
    pub key: Key,
    /// The id of the query.
    pub query_id: u64,
    /// Entries, for [`segment::take`].
    pub entries: Vec<u8>,
    /// Where the reply continues, if it does.
    pub next: Option<Cursor>,
}

/// A message from the thread.
#[derive(Debug)]
pub enum HistoryMessage {
    /// A piece of a reply.
    Piece(Piece),
    /// Entries are being lost; the reason as text.
    Failed(String),
    /// Entries are kept again; this many were lost.
    Well(usize),
    /// A file from before is damaged; this many bytes of it cannot be read.
    Damaged {
        /// The file.
        path: PathBuf,
        /// The bytes.
        bytes: usize,
    },
}

enum Command {
    Append {
        batch: Vec<u8>,
        first: u64,
    },
    Ask {
        key: Key,
        query_id: u64,
        query: Arc<Query>,
        cursor: Option<Cursor>,
    },
    Lost(usize),
}

/// The hub's side of the history.
#[derive(Debug)]
pub struct History {
    rules: Arc<HistoryRules>,
    open: Vec<u8>,
    count: usize,
    first: u64,
    waiting: Arc<AtomicUsize>,
    lost: usize,
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<JoinHandle<()>>,
    messages: Option<UnboundedReceiver<HistoryMessage>>,
    /// The lock of its folder, if no store holds it.
    lock: Option<FileLock>,
}

impl History {
    /// Keeps the lock of its folder for as long as it is open.
    pub fn hold(&mut self, lock: FileLock) {
        self.lock = Some(lock);
    }

    /// Opens the history in this folder.
    ///
    /// # Errors
    /// The system's error.
    pub fn open(folder: &Path, rules: HistoryRules) -> io::Result<History> {
        let segments = Segments::open(folder, rules.longest(), rules.bytes())?;
        let rules = Arc::new(rules);
        let waiting = Arc::new(AtomicUsize::new(0));
        let (commands, received) = mpsc::channel();
        let (sender, messages) = unbounded_channel();
        let keeper = Keeper {
            segments,
            rules: rules.clone(),
            waiting: waiting.clone(),
            sender,
            checked: RefCell::default(),
            lost: 0,
            now: 0,
        };
        let builder = thread::Builder::new().name("history".into());
        let thread = builder.spawn(move || keeper.run(&received))?;
        Ok(History {
            rules,
            open: Vec::new(),
            count: 0,
            first: 0,
            waiting,
            lost: 0,
            commands: Some(commands),
            thread: Some(thread),
            messages: Some(messages),
            lock: None,
        })
    }

    /// The channel of the thread's messages; given once.
    pub fn take_messages(&mut self) -> Option<UnboundedReceiver<HistoryMessage>> {
        self.messages.take()
    }

    /// Whether messages to this address are kept.
    #[inline]
    pub fn keeps(&self, address: &str) -> bool {
        self.rules.keeps(address)
    }

    /// Adds an entry.
    pub fn add(&mut self, time: u64, signal: SignalType, address: &str, frame: &[u8]) {
        if self.open.is_empty() {
            self.first = time;
        }
        segment::put(time, signal, address, frame, &mut self.open);
        self.count += 1;
        if self.open.len() >= BATCH {
            self.commit();
        }
    }

    /// Passes the added entries to the thread.
    pub fn commit(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let count = std::mem::take(&mut self.count);
        if self.waiting.load(Ordering::Relaxed) > BACKLOG {
            self.open.clear();
            self.lost += count;
            return;
        }
        if self.lost > 0 {
            let lost = std::mem::take(&mut self.lost);
            self.send(Command::Lost(lost));
        }
        let batch = std::mem::take(&mut self.open);
        self.waiting.fetch_add(batch.len(), Ordering::Relaxed);
        let first = self.first;
        self.send(Command::Append { batch, first });
    }

    /// Requests a piece of a reply, which comes as a [`HistoryMessage`].
    pub fn ask(&mut self, key: Key, query_id: u64, query: &Arc<Query>, cursor: Option<Cursor>) {
        self.commit();
        let query = query.clone();
        self.send(Command::Ask {
            key,
            query_id,
            query,
            cursor,
        });
    }

    fn send(&self, command: Command) {
        if let Some(commands) = &self.commands {
            // The thread runs as long as this sender exists.
            let _ = commands.send(command);
        }
    }
}

impl Drop for History {
    fn drop(&mut self) {
        self.commit();
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // Failures have been reported already.
            let _ = thread.join();
        }
    }
}

/// The thread's side of the history.
struct Keeper {
    segments: Segments,
    rules: Arc<HistoryRules>,
    waiting: Arc<AtomicUsize>,
    sender: UnboundedSender<HistoryMessage>,
    lost: usize,
    now: u64,
    /// The files from before that were looked at for damage.
    checked: RefCell<HashSet<u64>>,
}

impl Keeper {
    fn run(mut self, commands: &mpsc::Receiver<Command>) {
        while let Ok(command) = commands.recv() {
            match command {
                Command::Append { batch, first } => self.append(&batch, first),
                Command::Ask {
                    key,
                    query_id,
                    query,
                    cursor,
                } => {
                    let (entries, next) = self.answer(&query, cursor);
                    let piece = Piece {
                        key,
                        query_id,
                        entries,
                        next,
                    };
                    let _ = self.sender.send(HistoryMessage::Piece(piece));
                }
                Command::Lost(count) => {
                    self.fail(count, "the disk is too slow");
                }
            }
        }
    }

    fn append(&mut self, batch: &[u8], first: u64) {
        self.now = self.now.max(first);
        self.segments.expire(self.now);
        let appended = self.segments.append(batch, first);
        self.waiting.fetch_sub(batch.len(), Ordering::Relaxed);
        match appended {
            Ok(()) if self.lost > 0 => {
                let lost = std::mem::take(&mut self.lost);
                let _ = self.sender.send(HistoryMessage::Well(lost));
            }
            Ok(()) => {}
            Err(error) => {
                let mut rest = batch;
                let mut count = 0;
                while take(&mut rest).is_some() {
                    count += 1;
                }
                self.fail(count, &error.to_string());
            }
        }
    }

    fn fail(&mut self, count: usize, why: &str) {
        if self.lost == 0 {
            let _ = self.sender.send(HistoryMessage::Failed(why.to_owned()));
        }
        self.lost += count;
    }

    /// Whether an entry matches the query and is still kept.
    fn matches(&self, query: &Query, entry: &Entry<'_>) -> bool {
        (query.from..=query.to).contains(&entry.time)
            && query.types.0 & (1 << entry.signal.min(7)) != 0
            && query.pattern.matches(entry.address)
            && self.rules.still_keeps(entry.address, entry.time, self.now)
    }

    fn answer(&self, query: &Query, cursor: Option<Cursor>) -> (Vec<u8>, Option<Cursor>) {
        match (cursor, query.count) {
            (Some(Cursor::Back(before, left, found)), _) => self.back(query, before, left, found),
            (None, Count::Last(count)) => {
                self.back(query, u64::MAX, count.min(LAST_MOST), Vec::new())
            }
            (Some(Cursor::Forward(file, at, left)), _) => self.forward(query, file, at, left),
            (None, Count::First(count)) => self.forward(query, 0, 0, count),
            (None, Count::All) => self.forward(query, 0, 0, u32::MAX),
        }
    }

    /// The bytes of a file; one that cannot be read counts as empty. The operator is told once of each that is damaged.
    fn read(&self, segment: &Segment) -> Vec<u8> {
        let bytes = segment.read().unwrap_or_default();
        if !self.segments.is_written(segment) && self.checked.borrow_mut().insert(segment.first) {
            let valid = Batches::of(&bytes, MAGIC).map_or(0, |mut batches| {
                batches.by_ref().for_each(drop);
                batches.position()
            });
            let whole = bytes.len().max(MAGIC.len());
            if valid < whole {
                let _ = self.sender.send(HistoryMessage::Damaged {
                    path: segment.path().to_owned(),
                    bytes: whole - valid,
                });
            }
        }
        bytes
    }

    /// Gives a piece from one file.
    fn forward(
        &self,
        query: &Query,
        file: u64,
        at: usize,
        mut left: u32,
    ) -> (Vec<u8>, Option<Cursor>) {
        let mut out = Vec::new();
        let all = self.segments.between(query.from, query.to);
        let rest = &all[all.partition_point(|segment| segment.first < file)..];
        let Some(segment) = rest.first() else {
            return (out, None);
        };
        let bytes = self.read(segment);
        if let Some(mut batches) = Batches::of(&bytes, MAGIC) {
            if segment.first == file {
                batches.go_to(at);
            }
            while let Some(mut batch) = batches.next() {
                while let Some(entry) = take(&mut batch) {
                    if self.matches(query, &entry) {
                        if left == 0 {
                            return (out, None);
                        }
                        left = if left == u32::MAX { left } else { left - 1 };
                        put_entry(&entry, &mut out);
                    }
                }
                if out.len() >= PIECE {
                    let at = batches.position();
                    return (out, Some(Cursor::Forward(segment.first, at, left)));
                }
            }
        }
        let next = rest.get(1).filter(|_| left > 0);
        let next = next.map(|segment| Cursor::Forward(segment.first, MAGIC.len(), left));
        (out, next)
    }

    /// Searches one more file, from the end; the reply is given when it is complete.
    fn back(
        &self,
        query: &Query,
        before: u64,
        mut left: u32,
        mut found: Vec<Vec<u8>>,
    ) -> (Vec<u8>, Option<Cursor>) {
        let all = self.segments.between(query.from, query.to);
        let rest = &all[..all.partition_point(|segment| segment.first < before)];
        let mut size: usize = found.iter().map(Vec::len).sum();
        if let Some(segment) = rest.last() {
            let bytes = self.read(segment);
            let fitting: Vec<Entry<'_>> = segment::entries(&bytes)
                .filter(|entry| self.matches(query, entry))
                .collect();
            let many = usize::try_from(left).unwrap_or(usize::MAX);
            let last = &fitting[fitting.len().saturating_sub(many)..];
            left -= u32::try_from(last.len()).unwrap_or(left);
            let mut some = Vec::new();
            for entry in last {
                put_entry(entry, &mut some);
            }
            size += some.len();
            found.push(some);
            if rest.len() > 1 && left > 0 && size < LAST_BYTES {
                return (Vec::new(), Some(Cursor::Back(segment.first, left, found)));
            }
        }
        found.reverse();
        (found.concat(), None)
    }
}
