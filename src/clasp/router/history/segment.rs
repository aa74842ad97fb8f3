//! The files of the history: entries enter at the end, and leave by their time; the oldest file is
//! removed when it is too old or there are too many bytes.
//!
//! ```text
//! DIR/history/TIME.log      TIME is that of its first entry, in µs since the epoch
//!   "trefoil history1"      16 bytes, then batches as in `store/file.rs`, of entries:
//!   u32 length, u64 time µs, u8 type of signal, u16 length + address, frame
//! ```
//!
//! A frame stands there as it is sent to who asks. What a crash has cut off at the end is left out.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clasp::router::store::file::{self, Batches};
use crate::clasp::wire::SignalType;

/// How a file begins.
pub const MAGIC: &[u8; 16] = b"trefoil history1";

/// A file that is longer is closed, and another begun.
const SEGMENT: u64 = 4 * 1024 * 1024;

/// What stands before an entry's address.
const HEAD: usize = 4 + 8 + 1 + 2;

/// One thing that has happened.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// When, in µs since the epoch.
    pub time: u64,
    /// The number of its type of signal.
    pub signal: u8,
    /// Where.
    pub address: &'a str,
    /// What is sent of it.
    pub frame: &'a [u8],
}

/// Appends an entry to a batch, or to an answer.
pub fn put(time: u64, signal: SignalType, address: &str, frame: &[u8], out: &mut Vec<u8>) {
    put_entry(
        &Entry {
            time,
            signal: signal as u8,
            address,
            frame,
        },
        out,
    );
}

/// The same of an entry.
pub fn put_entry(entry: &Entry<'_>, out: &mut Vec<u8>) {
    let length = HEAD + entry.address.len() + entry.frame.len();
    out.extend_from_slice(&(length as u32).to_be_bytes());
    out.extend_from_slice(&entry.time.to_be_bytes());
    out.push(entry.signal);
    out.extend_from_slice(&(entry.address.len() as u16).to_be_bytes());
    out.extend_from_slice(entry.address.as_bytes());
    out.extend_from_slice(entry.frame);
}

/// Takes the first entry of some bytes, and leaves the rest. None: they are no entry.
pub fn take<'a>(bytes: &mut &'a [u8]) -> Option<Entry<'a>> {
    let length = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
    let (entry, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
    let time = u64::from_be_bytes(entry.get(4..12)?.try_into().ok()?);
    let signal = *entry.get(12)?;
    let address = usize::from(u16::from_be_bytes(entry.get(13..15)?.try_into().ok()?));
    let (address, frame) = entry.get(HEAD..)?.split_at_checked(address)?;
    *bytes = rest;
    Some(Entry {
        time,
        signal,
        address: std::str::from_utf8(address).ok()?,
        frame,
    })
}

/// One file.
#[derive(Debug, Clone)]
pub struct Segment {
    /// When its first entry was.
    pub first: u64,
    path: PathBuf,
    length: u64,
}

impl Segment {
    /// Its bytes.
    ///
    /// # Errors
    /// What the system says.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        fs::read(&self.path)
    }
}

/// The entries of a file, in their order.
pub fn entries(bytes: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    let batches = Batches::of(bytes, MAGIC);
    batches.into_iter().flatten().flat_map(|mut batch| {
        std::iter::from_fn(move || {
            if batch.is_empty() {
                None
            } else {
                take(&mut batch)
            }
        })
    })
}

/// All files, oldest first; the last is written to.
#[derive(Debug)]
pub struct Segments {
    folder: PathBuf,
    segments: Vec<Segment>,
    file: Option<File>,
    age: Option<Duration>,
    bytes: Option<u64>,
}

impl Segments {
    /// Opens the folder, which need not exist yet. Files older than `age` go, and the oldest when
    /// all have more than `bytes`.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(folder: &Path, age: Option<Duration>, bytes: Option<u64>) -> io::Result<Segments> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let mut segments = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let first = name.to_str().and_then(|name| {
                let digits = name.strip_suffix(".log")?;
                digits.parse::<u64>().ok()
            });
            if let Some(first) = first {
                segments.push(Segment {
                    first,
                    path: entry.path(),
                    length: entry.metadata()?.len(),
                });
            }
        }
        segments.sort_unstable_by_key(|segment| segment.first);
        // Each run begins a file: what a crash has left at the end of the last stays there.
        Ok(Segments {
            folder: folder.to_owned(),
            segments,
            file: None,
            age,
            bytes,
        })
    }

    /// Appends a batch of entries, the first of which was at this time; all of it or none.
    ///
    /// # Errors
    /// What the system says.
    pub fn append(&mut self, batch: &[u8], first: u64) -> io::Result<()> {
        let most = self.bytes.map_or(SEGMENT, |bytes| (bytes / 8).min(SEGMENT));
        let spread = self.age.map(|age| (age / 8).as_micros());
        let is_full = self.segments.last().is_some_and(|last| {
            let old = u128::from(first.saturating_sub(last.first));
            last.length > most || spread.is_some_and(|spread| old > spread)
        });
        if is_full || self.file.is_none() {
            self.begin(first)?;
        }
        let (Some(file), Some(last)) = (&mut self.file, self.segments.last_mut()) else {
            return Ok(());
        };
        let mut bytes = Vec::with_capacity(file::BATCH_HEAD + batch.len());
        bytes.extend_from_slice(&file::head(batch));
        bytes.extend_from_slice(batch);
        if let Err(error) = file.write_all(&bytes) {
            file.set_len(last.length)?;
            return Err(error);
        }
        last.length += bytes.len() as u64;
        Ok(())
    }

    fn begin(&mut self, first: u64) -> io::Result<()> {
        // Names must differ, and rise, also when the clock did not.
        let after = self.segments.last().map_or(0, |last| last.first + 1);
        let first = first.max(after);
        let path = self.folder.join(format!("{first:020}.log"));
        let mut options = OpenOptions::new();
        options.append(true).create_new(true).mode(0o600);
        let mut file = options.open(&path)?;
        if let Err(error) = file.write_all(MAGIC) {
            fs::remove_file(&path)?;
            return Err(error);
        }
        self.file = Some(file);
        self.segments.push(Segment {
            first,
            path,
            length: MAGIC.len() as u64,
        });
        Ok(())
    }

    /// Removes what is too old by `now`, and what is too much.
    pub fn expire(&mut self, now: u64) {
        let too_old = |next: &Segment, age: Duration| {
            u128::from(now.saturating_sub(next.first)) > age.as_micros()
        };
        let mut total: u64 = self.segments.iter().map(|segment| segment.length).sum();
        // The last one is written to. A file's newest entry is older than the next file's first.
        while let [first, next, ..] = &self.segments[..] {
            let is_old = self.age.is_some_and(|age| too_old(next, age));
            let is_much = self.bytes.is_some_and(|bytes| total > bytes);
            // One that cannot be removed is tried again.
            if !(is_old || is_much) || fs::remove_file(&first.path).is_err() {
                break;
            }
            total -= first.length;
            self.segments.remove(0);
        }
    }

    /// The files that may have entries between these times, oldest first.
    pub fn between(&self, from: u64, to: u64) -> &[Segment] {
        let end = self.segments.partition_point(|segment| segment.first <= to);
        let begin = self.segments[..end].partition_point(|segment| segment.first <= from);
        &self.segments[begin.saturating_sub(1)..end]
    }
}
