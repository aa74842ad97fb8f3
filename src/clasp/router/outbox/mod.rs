//! The send queue of one session. Takes frames, gives bytes for its socket, in order.
//!
//! ```text
//!                   ┌ up to LAG_BYTES ─────── every frame, as a range of the log
//!   frame ──▶ items ┤ above that, until the session has caught up:
//!                   │   params      an address; its value is read when it is sent
//!                   │   streams     the last frame of each address
//!                   │   the rest    every frame, up to UNSENT_BYTES; then the session is ended
//!                   └ last, the Close frame
//! ```
//!
//! A session that reads fast has one item: the range of the log that is not sent yet. A publisher
//! never waits for a session, and a frame for a thousand sessions is in memory once. Why it is a queue
//! of its own: see `bridge::newest`.

pub mod log;

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::rc::Rc;

use super::limits::{BACKLOG_BYTES, LAG_BYTES, OWN_BYTES, UNSENT_BYTES};
use super::subscriptions::Key;
use crate::net::peer::{first_frame, put_close, put_header};
use log::{Log, LogRange};

/// How many bytes are collected from several items for one write.
const GATHER_BYTES: usize = 64 * 1024;

/// A longer range is written directly, without copying.
const LONG_RANGE: usize = 8 * 1024;

/// A larger empty buffer is freed.
const KEPT_BYTES: usize = 1024;

/// The estimated memory of an item, and of an address that waits to be sent.
const ITEM_BYTES: usize = 24;
const ADDRESS_BYTES: usize = 64;

/// The kind of a frame, which decides what may replace it when the session is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// Events and gestures: must not be lost.
    Keep,
    /// A param: a later value for the same address replaces it.
    Param(&'a str),
    /// A stream: the last sample for the same address replaces it.
    Stream(&'a str),
}

/// The result of queueing a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It will be sent, or a later one instead.
    Taken,
    /// The queue is full: the session has to be ended.
    Lost,
}

#[derive(Debug)]
enum Item {
    /// This many bytes of `own`.
    Own(u32),
    /// A range of the log.
    Log { segment: u64, begin: u32, end: u32 },
    /// Frames that were copied for this session.
    Copy(Box<[u8]>),
    /// The value that this param has when it is sent.
    Param(Rc<str>),
    /// The last stream message of this address.
    Stream(Rc<str>),
    /// The following items report this batch of the store, and wait until it is safe.
    Safe(u64),
}

/// The frames queued for one session.
#[derive(Debug, Default)]
pub struct Outbox {
    items: VecDeque<Item>,
    /// How many bytes of the first item have been written.
    written: usize,
    /// Frames for this session alone, from `own_begin` on.
    own: Vec<u8>,
    own_begin: usize,
    /// The bytes that are queued as frames.
    unsent: usize,
    /// The last batch of the store that an item waits for.
    batch: u64,
    lag: Option<Box<Lag>>,
    closing: Option<Closing>,
}

/// For a session that is behind: the params and streams that are queued by address.
#[derive(Debug, Default)]
struct Lag {
    params: HashSet<SharedAddress, BuildHasherDefault<PointerHasher>>,
    streams: HashMap<Rc<str>, Box<[u8]>>,
    /// The bytes of the streams and of all addresses.
    bytes: usize,
}

/// The address of a param, compared by pointer: the state keeps each address once. To hash its text
/// for every SET and every session that is behind would take half the time at a high rate.
#[derive(Debug, Clone)]
struct SharedAddress(Rc<str>);

impl PartialEq for SharedAddress {
    fn eq(&self, other: &SharedAddress) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for SharedAddress {}

impl Hash for SharedAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.0.as_ptr().addr());
    }
}

/// A hasher for pointers, which a client cannot choose.
#[derive(Debug, Default)]
struct PointerHasher(u64);

impl Hasher for PointerHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|byte| self.write_usize((*byte).into()));
    }

    fn write_usize(&mut self, place: usize) {
        // The table takes its index from the low bits and its tag from the high bits of the hash.
        // The low bits of a pointer are always zero, and the high bits of a product are the best
        // mixed.
        let mixed = (self.0 ^ place as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ mixed >> 32;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[derive(Debug)]
struct Closing {
    code: u16,
    reason: String,
    /// Whether the Close frame is queued, after all other items.
    queued: bool,
}

impl Outbox {
    /// Queues a frame for this session only, such as a reply.
    pub fn push_own(&mut self, frame: &[u8]) {
        if self.closing.is_some() {
            return;
        }
        let before = self.own.len();
        put_header(frame.len(), &mut self.own);
        self.own.extend_from_slice(frame);
        self.push_own_item(self.own.len() - before);
    }

    fn push_own_item(&mut self, length: usize) {
        self.unsent += length;
        match self.items.back_mut() {
            Some(Item::Own(more)) => *more += length as u32,
            _ => self.items.push_back(Item::Own(length as u32)),
        }
    }

    /// Items queued from now on wait until the store has written the batch that they report.
    #[inline]
    pub fn hold_back(&mut self, log: &mut Log, reader: Key) {
        if let Some(batch) = log.unsafe_batch()
            && batch > self.batch
            && self.closing.is_none()
        {
            self.batch = batch;
            self.items.push_back(Item::Safe(batch));
            log.wait(reader);
        }
    }

    /// Whether items wait for the store.
    pub fn is_held_back(&self, log: &Log) -> bool {
        !log.is_safe(self.batch)
    }

    /// Removes the items that wait for the store, because the store has failed.
    pub fn forget_unsafe(&mut self, log: &mut Log) {
        let is_unsafe = |item: &Item| matches!(item, Item::Safe(batch) if !log.is_safe(*batch));
        let Some(first) = self.items.iter().position(is_unsafe) else {
            return;
        };
        self.batch = 0;
        let mut own = 0;
        for item in self.items.drain(first..) {
            match item {
                Item::Own(length) => {
                    own += length as usize;
                    self.unsent -= length as usize;
                }
                Item::Log {
                    segment,
                    begin,
                    end,
                } => {
                    self.unsent -= (end - begin) as usize;
                    log.drop_range(segment);
                }
                Item::Copy(copy) => self.unsent -= copy.len(),
                Item::Param(_) | Item::Stream(_) | Item::Safe(_) => {}
            }
        }
        self.own.truncate(self.own.len() - own);
    }

    /// Queues a frame of the log. `address` gives the shared copy of an address: the same `Rc` for
    /// the same param.
    #[inline]
    pub fn push(
        &mut self,
        place: LogRange,
        log: &mut Log,
        reader: Key,
        kind: Kind<'_>,
        address: impl FnOnce(&str) -> Rc<str>,
    ) -> Pushed {
        if self.closing.is_some() {
            return Pushed::Taken;
        }
        if self.unsent > LAG_BYTES || self.lag.is_some() {
            match kind {
                Kind::Keep => {}
                Kind::Param(text) => return self.push_param(text, address),
                Kind::Stream(text) => {
                    let frame = log.bytes(place.segment, place.begin, place.end);
                    return self.push_stream(text, frame, address);
                }
            }
            if self.held_bytes() > UNSENT_BYTES {
                return Pushed::Lost;
            }
        }
        self.hold_back(log, reader);
        self.unsent += (place.end - place.begin) as usize;
        if let Some(Item::Log { segment, end, .. }) = self.items.back_mut()
            && (*segment, *end) == (place.segment, place.begin)
        {
            *end = place.end;
            return Pushed::Taken;
        }
        log.keep(place.segment, reader);
        self.items.push_back(Item::Log {
            segment: place.segment,
            begin: place.begin,
            end: place.end,
        });
        Pushed::Taken
    }

    fn push_param(&mut self, text: &str, address: impl FnOnce(&str) -> Rc<str>) -> Pushed {
        let lag = self.lag.get_or_insert_default();
        let address = SharedAddress(address(text));
        if lag.params.contains(&address) {
            return Pushed::Taken;
        }
        if lag.bytes + ADDRESS_BYTES > BACKLOG_BYTES {
            return Pushed::Lost;
        }
        lag.bytes += ADDRESS_BYTES;
        lag.params.insert(address.clone());
        self.items.push_back(Item::Param(address.0));
        Pushed::Taken
    }

    fn push_stream(
        &mut self,
        text: &str,
        frame: &[u8],
        address: impl FnOnce(&str) -> Rc<str>,
    ) -> Pushed {
        let lag = self.lag.get_or_insert_default();
        if let Some(last) = lag.streams.get_mut(text) {
            lag.bytes = lag.bytes + frame.len() - last.len();
            if last.len() == frame.len() {
                last.copy_from_slice(frame);
            } else {
                *last = frame.into();
            }
            return Pushed::Taken;
        }
        // Without room the sample is dropped: another will follow.
        if lag.bytes + ADDRESS_BYTES + text.len() + frame.len() <= BACKLOG_BYTES / 2 {
            lag.bytes += ADDRESS_BYTES + text.len() + frame.len();
            let address = address(text);
            lag.streams.insert(address.clone(), frame.into());
            self.items.push_back(Item::Stream(address));
        }
        Pushed::Taken
    }

    /// The bytes queued in the log and in its own memory.
    fn held_bytes(&self) -> usize {
        let lag = self.lag.as_ref().map_or(0, |lag| lag.bytes);
        self.unsent + ITEM_BYTES * self.items.len() + lag
    }

    /// The memory that it does not share with other sessions, in bytes.
    pub fn own_bytes(&self) -> usize {
        let lag = self.lag.as_ref().map_or(0, |lag| lag.bytes);
        self.own.capacity() + ITEM_BYTES * self.items.capacity() + lag
    }

    /// The bytes that are queued as frames.
    pub fn unsent_bytes(&self) -> usize {
        self.unsent
    }

    /// Whether nothing is left to send, including the Close frame.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.closing.as_ref().is_none_or(|closing| closing.queued)
    }

    /// Whether params or streams are queued by address.
    pub fn has_lag(&self) -> bool {
        self.lag.is_some()
    }

    /// Whether so many replies are queued that the session's requests have to wait.
    pub fn is_behind(&self) -> bool {
        self.own.len() - self.own_begin > OWN_BYTES
    }

    /// Replaces the next queued addresses by frames. `current` encodes the present value of a
    /// param; it gives `None` if the param no longer exists or may not be read.
    pub fn resolve(
        &mut self,
        log: &mut Log,
        reader: Key,
        mut current: impl FnMut(&str) -> Option<Box<[u8]>>,
    ) {
        if self.lag.is_none() {
            return;
        }
        let (mut at, mut bytes) = (0, 0);
        let mut unsafe_batch = log.unsafe_batch();
        while at < self.items.len() && bytes < GATHER_BYTES {
            let lag = self.lag.get_or_insert_default();
            let frame = match &self.items[at] {
                Item::Own(length) => {
                    bytes += *length as usize;
                    at += 1;
                    continue;
                }
                Item::Log { begin, end, .. } => {
                    bytes += (end - begin) as usize;
                    at += 1;
                    continue;
                }
                Item::Copy(copy) => {
                    bytes += copy.len();
                    at += 1;
                    continue;
                }
                Item::Safe(_) => {
                    at += 1;
                    continue;
                }
                Item::Param(_) if unsafe_batch.is_some() => {
                    // The present values may not be safe on disk yet.
                    let batch = unsafe_batch.take().unwrap_or_default();
                    self.batch = self.batch.max(batch);
                    self.items.insert(at, Item::Safe(batch));
                    log.wait(reader);
                    at += 1;
                    continue;
                }
                Item::Param(address) => {
                    lag.params.remove(&SharedAddress(address.clone()));
                    lag.bytes -= ADDRESS_BYTES;
                    current(address).map(|frame| {
                        let mut framed = Vec::with_capacity(frame.len() + 4);
                        put_header(frame.len(), &mut framed);
                        framed.extend_from_slice(&frame);
                        framed.into_boxed_slice()
                    })
                }
                Item::Stream(address) => {
                    let frame = lag.streams.remove(address);
                    if let Some(frame) = &frame {
                        lag.bytes -= ADDRESS_BYTES + address.len() + frame.len();
                    }
                    frame
                }
            };
            match frame {
                Some(frame) => {
                    bytes += frame.len();
                    self.unsent += frame.len();
                    self.items[at] = Item::Copy(frame);
                    at += 1;
                }
                None => drop(self.items.remove(at)),
            }
        }
        let lag = self.lag.as_ref();
        if lag.is_some_and(|lag| lag.params.is_empty() && lag.streams.is_empty())
            && self.unsent <= LAG_BYTES / 2
        {
            self.lag = None;
        }
    }

    /// Prepares what is next for [`unwritten`](Self::unwritten): the Close frame, once it is the only one.
    pub fn prepare(&mut self, log: &Log) {
        while let Some(Item::Safe(batch)) = self.items.front()
            && log.is_safe(*batch)
        {
            self.items.pop_front();
        }
        self.queue_close();
    }

    /// The bytes to write now, borrowed directly or collected in `scratch`. Call
    /// [`resolve`](Self::resolve) and [`prepare`](Self::prepare) before. It does not change the outbox, so that its
    /// memory is counted where that happens.
    pub fn unwritten<'a>(&'a self, log: &'a Log, scratch: &'a mut Vec<u8>) -> &'a [u8] {
        match self.items.front() {
            Some(Item::Own(length)) if self.items.len() == 1 || *length as usize > LONG_RANGE => {
                let end = self.own_begin + *length as usize;
                &self.own[self.own_begin + self.written..end]
            }
            Some(&Item::Log {
                segment,
                begin,
                end,
            }) if self.items.len() == 1 || (end - begin) as usize > LONG_RANGE => {
                &log.bytes(segment, begin, end)[self.written..]
            }
            _ => {
                self.gather(log, scratch);
                scratch
            }
        }
    }

    fn gather(&self, log: &Log, scratch: &mut Vec<u8>) {
        scratch.clear();
        let (mut skip, mut own) = (self.written, self.own_begin);
        for item in &self.items {
            let bytes = match item {
                Item::Own(length) => {
                    own += *length as usize;
                    &self.own[own - *length as usize..own]
                }
                Item::Log {
                    segment,
                    begin,
                    end,
                } => log.bytes(*segment, *begin, *end),
                Item::Copy(copy) => copy,
                Item::Safe(batch) if log.is_safe(*batch) => continue,
                Item::Param(_) | Item::Stream(_) | Item::Safe(_) => break,
            };
            scratch.extend_from_slice(&bytes[skip..]);
            skip = 0;
            if scratch.len() >= GATHER_BYTES {
                break;
            }
        }
    }

    /// How many bytes remain of a frame that is partly written.
    pub fn half_written(&self, log: &Log) -> usize {
        if self.written == 0 {
            return 0;
        }
        let frames = match self.items.front() {
            Some(Item::Own(length)) => &self.own[self.own_begin..self.own_begin + *length as usize],
            Some(&Item::Log {
                segment,
                begin,
                end,
            }) => log.bytes(segment, begin, end),
            Some(Item::Copy(copy)) => copy,
            _ => return 0,
        };
        rest_of_frame(frames, self.written).len()
    }

    /// Records that this many bytes were written.
    pub fn wrote(&mut self, mut count: usize, log: &mut Log) {
        self.unsent -= count;
        count += self.written;
        self.written = 0;
        while let Some(item) = self.items.front() {
            let length = match item {
                Item::Own(length) => *length as usize,
                Item::Log { begin, end, .. } => (end - begin) as usize,
                Item::Copy(copy) => copy.len(),
                Item::Safe(batch) if log.is_safe(*batch) => 0,
                Item::Param(_) | Item::Stream(_) | Item::Safe(_) => break,
            };
            if count < length {
                self.written = count;
                break;
            }
            count -= length;
            match self.items.pop_front() {
                Some(Item::Own(_)) => self.own_begin += length,
                Some(Item::Log { segment, .. }) => log.drop_range(segment),
                _ => {}
            }
        }
        if self.own_begin == self.own.len() {
            self.own_begin = 0;
            self.own.clear();
            self.own.shrink_to(KEPT_BYTES);
        } else if self.own_begin > OWN_BYTES {
            self.own.drain(..self.own_begin);
            self.own_begin = 0;
        }
        if self.items.is_empty() {
            self.items.shrink_to(KEPT_BYTES / ITEM_BYTES);
        }
    }

    /// Copies what is still needed of a segment that the log is about to remove.
    pub fn leave_segment(&mut self, gone: u64, log: &mut Log) {
        for item in &mut self.items {
            if let Item::Log {
                segment,
                begin,
                end,
            } = *item
            {
                if segment > gone {
                    break;
                }
                if segment == gone {
                    *item = Item::Copy(log.bytes(segment, begin, end).into());
                    log.drop_range(segment);
                }
            }
        }
    }

    /// Ends the session after everything queued has been sent: the Close frame is the last.
    pub fn close(&mut self, code: u16, reason: &str) {
        self.closing.get_or_insert_with(|| Closing {
            code,
            reason: reason.to_owned(),
            queued: false,
        });
    }

    /// Ends the session early: keeps only replies and a partly written frame, then queues the ERROR
    /// and the Close frame.
    pub fn give_up(&mut self, error: &[u8], code: u16, reason: &str, log: &mut Log) {
        if self.closing.is_some() {
            return;
        }
        let kept = match self.written {
            0 => None,
            _ => self.items.pop_front(),
        };
        let mut own_begin = self.own_begin;
        let mut first = Vec::new();
        match kept {
            Some(Item::Own(length)) => {
                own_begin += length as usize;
                first.extend_from_slice(&self.own[self.own_begin + self.written..own_begin]);
            }
            Some(Item::Log {
                segment,
                begin,
                end,
            }) => {
                let bytes = log.bytes(segment, begin, end);
                first.extend_from_slice(rest_of_frame(bytes, self.written));
                log.drop_range(segment);
            }
            Some(Item::Copy(copy)) => {
                first.extend_from_slice(rest_of_frame(&copy, self.written));
            }
            _ => {}
        }
        let half = first.len();
        for item in self.items.drain(..) {
            match item {
                Item::Own(length) => {
                    let end = own_begin + length as usize;
                    first.extend_from_slice(&self.own[own_begin..end]);
                    own_begin = end;
                }
                Item::Log { segment, .. } => log.drop_range(segment),
                Item::Copy(_) | Item::Param(_) | Item::Stream(_) | Item::Safe(_) => {}
            }
        }
        (self.lag, self.written, self.own_begin) = (None, 0, 0);
        self.items = VecDeque::new();
        self.own = first;
        self.unsent = 0;
        if half > 0 {
            self.push_own_item(half);
        }
        if self.is_held_back(log) {
            self.items.push_back(Item::Safe(self.batch));
        }
        if self.own.len() > half {
            self.push_own_item(self.own.len() - half);
        }
        if !error.is_empty() {
            self.push_own(error);
        }
        self.close(code, reason);
    }

    /// Releases all ranges of the log.
    pub fn forget(&mut self, log: &mut Log) {
        for item in self.items.drain(..) {
            if let Item::Log { segment, .. } = item {
                log.drop_range(segment);
            }
        }
    }

    fn queue_close(&mut self) {
        if self.items.is_empty()
            && let Some(closing) = &mut self.closing
            && !closing.queued
        {
            closing.queued = true;
            let before = self.own.len();
            put_close(closing.code, &closing.reason, &mut self.own);
            self.push_own_item(self.own.len() - before);
        }
    }

    /// Whether the session has been ended, so that no more frames are queued.
    pub fn is_closed(&self) -> bool {
        self.closing.is_some()
    }
}

/// The rest of the partly written frame, of frames of which `written` bytes were written.
fn rest_of_frame(frames: &[u8], written: usize) -> &[u8] {
    let mut begin = 0;
    while begin < written
        && let Some((_, _, rest)) = first_frame(&frames[begin..])
    {
        begin = frames.len() - rest.len();
    }
    frames.get(written..begin).unwrap_or_default()
}

#[cfg(test)]
mod tests;
