//! The files of the history. Takes entries at the end, gives them by time. Removes the oldest file
//! when it is too old or all files are too large.
//!
//! ```text
//! DIR/history/TIME.log      TIME is that of its first entry, in µs since the epoch
//!   "trefoil history1"      16 bytes, then batches as in `store/file.rs`, of entries:
//!   u32 length, u64 time µs, u8 type of signal, u16 length + address, frame
//! ```
//!
//! A frame is stored as it is sent in a reply. An incomplete batch at the end, as after a crash, is
//! left out.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clasp::router::store::file::{self, Batches};
use crate::clasp::wire::SignalType;

/// The first bytes of a file.
pub const MAGIC: &[u8; 16] = b"trefoil history1";

/// The size of a file, in bytes, after which a new one is begun.
const SEGMENT: u64 = 4 * 1024 * 1024;

/// The length of an entry's fields before the address.
const HEAD: usize = 4 + 8 + 1 + 2;

/// A recorded message.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Its time, in µs since the epoch.
    pub time: u64,
    /// The wire code of its type of signal.
    pub signal: u8,
    /// The address.
    pub address: &'a str,
    /// The frame to send.
    pub frame: &'a [u8],
}

/// Appends an entry, given by its fields, to a batch or a reply.
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

/// Appends an entry to a batch or a reply.
pub fn put_entry(entry: &Entry<'_>, out: &mut Vec<u8>) {
    let length = HEAD + entry.address.len() + entry.frame.len();
    out.extend_from_slice(&(length as u32).to_be_bytes());
    out.extend_from_slice(&entry.time.to_be_bytes());
    out.push(entry.signal);
    out.extend_from_slice(&(entry.address.len() as u16).to_be_bytes());
    out.extend_from_slice(entry.address.as_bytes());
    out.extend_from_slice(entry.frame);
}

/// Removes the first entry from `bytes`; `None` if they do not begin with a valid entry.
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
    /// The time of its first entry.
    pub first: u64,
    path: PathBuf,
    length: u64,
}

impl Segment {
    /// Reads its bytes.
    ///
    /// # Errors
    /// The system's error.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        fs::read(&self.path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The entries of a file, in order.
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

/// All files, oldest first; the last one is written.
#[derive(Debug)]
pub struct Segments {
    folder: PathBuf,
    segments: Vec<Segment>,
    file: Option<File>,
    age: Option<Duration>,
    bytes: Option<u64>,
}

impl Segments {
    /// Opens the folder, which may not exist yet. Files older than `age` are removed, and the
    /// oldest when all together exceed `bytes`.
    ///
    /// # Errors
    /// The system's error.
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
        // Each run begins a new file: an incomplete end of the last file stays there.
        Ok(Segments {
            folder: folder.to_owned(),
            segments,
            file: None,
            age,
            bytes,
        })
    }

    /// Whether this is the file that is written: it may end in a batch that is not complete yet.
    pub fn is_written(&self, segment: &Segment) -> bool {
        let last = self.segments.last();
        self.file.is_some() && last.is_some_and(|last| last.first == segment.first)
    }

    /// Appends a batch of entries, completely or not at all; `first` is the time of its first
    /// entry.
    ///
    /// # Errors
    /// The system's error.
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
        // The names must increase, even if the clock did not.
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

    /// Removes files that are too old at `now`, and the oldest while the total is too large.
    pub fn expire(&mut self, now: u64) {
        let too_old = |next: &Segment, age: Duration| {
            u128::from(now.saturating_sub(next.first)) > age.as_micros()
        };
        let mut total: u64 = self.segments.iter().map(|segment| segment.length).sum();
        // The last file is kept, because it is written. A file's newest entry is older than the
        // next file's first.
        while let [first, next, ..] = &self.segments[..] {
            let is_old = self.age.is_some_and(|age| too_old(next, age));
            let is_much = self.bytes.is_some_and(|bytes| total > bytes);
            // If a file cannot be removed, that is tried again later.
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
