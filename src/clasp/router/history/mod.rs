//! What has happened, for who asks later: entries enter as they happen, answers to REPLAY and to
//! SUBSCRIBE's history leave.
//!
//! - [`rules`]: what is kept, and how long
//! - [`segment`]: the files
//!
//! A thread owns the files, so that the hub never waits for the disk: entries and questions reach it
//! in the order in which the hub had them, and an answer comes in pieces, each when the hub asks for
//! it. What the history does not get on disk (it is full, or slower than what comes) is missing
//! there, and that is told; nothing that is acknowledged depends on it.

pub mod rules;
pub mod segment;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::subscriptions::Key;
use crate::clasp::router::store::file::Batches;
use crate::clasp::wire::{Pattern, SignalType, TypeMask};
use rules::Rules;
use segment::{Entry, MAGIC, Segments, put_entry, take};

/// What is gathered before it is handed to the thread, at most.
const BATCH: usize = 64 * 1024;

/// What may wait for the disk; the rest is lost.
const BACKLOG: usize = 64 * 1024 * 1024;

/// The bytes of one piece of an answer, about.
const PIECE: usize = 128 * 1024;

/// The most entries and bytes of an answer that begins at the end: they are gathered first.
pub const LAST_MOST: u32 = 10_000;
const LAST_BYTES: usize = 16 * 1024 * 1024;

/// What somebody wants to know.
#[derive(Debug)]
pub struct Query {
    /// Where.
    pub pattern: Pattern,
    /// Not before, in µs since the epoch.
    pub from: u64,
    /// Not after.
    pub to: u64,
    /// Which types of signal.
    pub types: TypeMask,
    /// How many.
    pub count: Count,
}

/// Of what matches, how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// All of it.
    All,
    /// So many from the beginning.
    First(u32),
    /// So many up to the end, at most [`LAST_MOST`].
    Last(u32),
}

/// Where an answer goes on.
#[derive(Debug)]
pub enum Cursor {
    /// In this file, at this byte, and how many more.
    Forward(u64, usize, u32),
    /// Before this file; how many more, and what was found behind it, the newest first.
    Back(u64, u32, Vec<Vec<u8>>),
}

/// A piece of an answer.
#[derive(Debug)]
pub struct Piece {
    /// Who has asked.
    pub key: Key,
    /// Which question.
    pub ticket: u64,
    /// Entries, to be taken by [`segment::take`].
    pub entries: Vec<u8>,
    /// Where it goes on, if it does.
    pub next: Option<Cursor>,
}

/// What the thread tells.
#[derive(Debug)]
pub enum Told {
    /// A piece of an answer.
    Piece(Piece),
    /// Entries are being lost, in words.
    Failed(String),
    /// Entries are kept again; so many have been lost.
    Well(usize),
}

enum Command {
    Append {
        batch: Vec<u8>,
        first: u64,
    },
    Ask {
        key: Key,
        ticket: u64,
        query: Arc<Query>,
        cursor: Option<Cursor>,
    },
    Lost(usize),
}

/// The hub's side.
#[derive(Debug)]
pub struct History {
    rules: Arc<Rules>,
    open: Vec<u8>,
    count: usize,
    first: u64,
    waiting: Arc<AtomicUsize>,
    lost: usize,
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<JoinHandle<()>>,
    told: Option<UnboundedReceiver<Told>>,
}

impl History {
    /// Opens the history in this folder.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(folder: &Path, rules: Rules) -> io::Result<History> {
        let segments = Segments::open(folder, rules.longest(), rules.bytes())?;
        let rules = Arc::new(rules);
        let waiting = Arc::new(AtomicUsize::new(0));
        let (commands, received) = mpsc::channel();
        let (tell, told) = unbounded_channel();
        let keeper = Keeper {
            segments,
            rules: rules.clone(),
            waiting: waiting.clone(),
            tell,
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
            told: Some(told),
        })
    }

    /// What the thread tells; given once.
    pub fn take_told(&mut self) -> Option<UnboundedReceiver<Told>> {
        self.told.take()
    }

    /// Whether anything that happens at an address is kept.
    #[inline]
    pub fn keeps(&self, address: &str) -> bool {
        self.rules.keeps(address)
    }

    /// Something has happened.
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

    /// Hands what has been added to the thread.
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

    /// Asks for a piece of an answer, which [`Told`] brings.
    pub fn ask(&mut self, key: Key, ticket: u64, query: &Arc<Query>, cursor: Option<Cursor>) {
        self.commit();
        let query = query.clone();
        self.send(Command::Ask {
            key,
            ticket,
            query,
            cursor,
        });
    }

    fn send(&self, command: Command) {
        if let Some(commands) = &self.commands {
            // The thread ends only with us.
            let _ = commands.send(command);
        }
    }
}

impl Drop for History {
    fn drop(&mut self) {
        self.commit();
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // It has told what failed.
            let _ = thread.join();
        }
    }
}

/// The thread's side.
struct Keeper {
    segments: Segments,
    rules: Arc<Rules>,
    waiting: Arc<AtomicUsize>,
    tell: UnboundedSender<Told>,
    lost: usize,
    now: u64,
}

impl Keeper {
    fn run(mut self, commands: &mpsc::Receiver<Command>) {
        while let Ok(command) = commands.recv() {
            match command {
                Command::Append { batch, first } => self.append(&batch, first),
                Command::Ask {
                    key,
                    ticket,
                    query,
                    cursor,
                } => {
                    let (entries, next) = self.answer(&query, cursor);
                    let piece = Piece {
                        key,
                        ticket,
                        entries,
                        next,
                    };
                    let _ = self.tell.send(Told::Piece(piece));
                }
                Command::Lost(count) => {
                    self.fail(count, "the disk is slower than what happens");
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
                let _ = self.tell.send(Told::Well(lost));
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
            let _ = self.tell.send(Told::Failed(why.to_owned()));
        }
        self.lost += count;
    }

    /// Whether an entry is wanted.
    fn fits(&self, query: &Query, entry: &Entry<'_>) -> bool {
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

    /// A piece from one file.
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
        // One that cannot be read has nothing to say; the others have.
        let bytes = segment.read().unwrap_or_default();
        if let Some(mut batches) = Batches::of(&bytes, MAGIC) {
            if segment.first == file {
                batches.go_to(at);
            }
            while let Some(mut batch) = batches.next() {
                while let Some(entry) = take(&mut batch) {
                    if self.fits(query, &entry) {
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

    /// Looks into one file more, from the end; the answer is given whole.
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
            let bytes = segment.read().unwrap_or_default();
            let fitting: Vec<Entry<'_>> = segment::entries(&bytes)
                .filter(|entry| self.fits(query, entry))
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
