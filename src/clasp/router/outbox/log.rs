//! The log of frames for several sessions. Takes frames, and stores each once, with its WebSocket
//! header; gives [`LogRange`]s, which the outbox of every receiving session keeps.
//!
//! ```text
//!   segment 7            segment 8            segment 9
//! ┌────────────────────┬────────────────────┬──────────┐
//! │ frame frame frame… │ frame frame frame… │ frame …  │◀─ append
//! └────────────────────┴────────────────────┴──────────┘
//!        ▲ a slow session                     ▲ the others
//! ```
//!
//! A segment that no session needs is freed. When the log exceeds its limit, its oldest segment is
//! removed: [`Log::oldest`] gives the sessions that still need it.

use std::collections::VecDeque;

use super::super::limits::LOG_BYTES;
use super::super::subscriptions::Key;
use crate::net::peer::put_header;

/// The size of a segment, in bytes.
const SEGMENT_BYTES: usize = 64 * 1024;

/// The range of a frame in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogRange {
    /// The number of the segment.
    pub segment: u64,
    /// The offset of the frame, including its WebSocket header.
    pub begin: u32,
    /// The offset of its end.
    pub end: u32,
}

#[derive(Debug, Default)]
struct Segment {
    bytes: Vec<u8>,
    /// How many ranges of it sessions keep.
    ranges: usize,
    /// The sessions that keep or kept ranges of it.
    readers: Vec<Key>,
}

/// The frames that have not been sent to all their receivers.
#[derive(Debug, Default)]
pub struct Log {
    segments: VecDeque<Segment>,
    /// The number of the first segment.
    first: u64,
    bytes: usize,
    /// The batch of the store that holds the changes which new frames report …
    batch: u64,
    /// … and the last batch that is safe on disk: a frame that reports a later one has to wait.
    safe: u64,
    /// The sessions whose outboxes wait for that.
    waiting: Vec<Key>,
}

impl Log {
    /// Frames queued from now on report changes of this batch of the store.
    #[inline]
    pub fn set_batch(&mut self, batch: u64) {
        self.batch = batch;
    }

    /// The batch that new frames report, if it is not safe yet.
    #[inline]
    pub fn unsafe_batch(&self) -> Option<u64> {
        (self.batch > self.safe).then_some(self.batch)
    }

    /// Whether frames that report this batch may be sent.
    #[inline]
    pub fn is_safe(&self, batch: u64) -> bool {
        batch <= self.safe
    }

    /// Records that the outbox of a session waits.
    pub fn wait(&mut self, reader: Key) {
        if self.waiting.last() != Some(&reader) {
            self.waiting.push(reader);
        }
    }

    /// Records that the batches up to this one are safe. Gives the sessions whose outboxes waited.
    pub fn set_safe(&mut self, batch: u64) -> Vec<Key> {
        self.safe = batch;
        std::mem::take(&mut self.waiting)
    }

    /// Appends a frame.
    pub fn append(&mut self, frame: &[u8]) -> LogRange {
        let full = |segment: &Segment| {
            segment.ranges > 0 && segment.bytes.len() + frame.len() + 4 > SEGMENT_BYTES
        };
        if self.segments.back().is_none_or(full) {
            self.segments.push_back(Segment::default());
        }
        let number = self.first + self.segments.len() as u64 - 1;
        let segment = self.segments.back_mut().expect("it was added");
        if segment.ranges == 0 {
            // No session needs it: its memory is used again.
            self.bytes -= segment.bytes.len();
            segment.bytes.clear();
            segment.readers.clear();
        }
        let begin = segment.bytes.len();
        put_header(frame.len(), &mut segment.bytes);
        segment.bytes.extend_from_slice(frame);
        self.bytes += segment.bytes.len() - begin;
        LogRange {
            segment: number,
            begin: begin as u32,
            end: segment.bytes.len() as u32,
        }
    }

    fn segment_mut(&mut self, number: u64) -> Option<&mut Segment> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.segments.get_mut(index)
    }

    /// Records that a session keeps a range of this segment.
    pub fn keep(&mut self, segment: u64, reader: Key) {
        if let Some(segment) = self.segment_mut(segment) {
            segment.ranges += 1;
            if segment.readers.last() != Some(&reader) {
                segment.readers.push(reader);
            }
        }
    }

    /// Records that a session no longer needs a range of this segment.
    pub fn drop_range(&mut self, segment: u64) {
        let last = self.first + self.segments.len() as u64 - 1;
        let Some(found) = self.segment_mut(segment) else {
            return;
        };
        found.ranges -= 1;
        if found.ranges > 0 || segment == last {
            return;
        }
        // The memory is freed at once, even if an older segment is still needed.
        let freed = std::mem::take(found);
        self.bytes -= freed.bytes.len();
        self.free();
    }

    /// Removes unneeded segments from the front, except the one that is appended to.
    fn free(&mut self) {
        while self.segments.len() > 1
            && self.segments.front().is_some_and(|first| first.ranges == 0)
        {
            if let Some(gone) = self.segments.pop_front() {
                self.bytes -= gone.bytes.len();
            }
            self.first += 1;
        }
    }

    /// The bytes of a range.
    pub fn bytes(&self, segment: u64, begin: u32, end: u32) -> &[u8] {
        let index = usize::try_from(segment - self.first).unwrap_or(usize::MAX);
        let segment = self.segments.get(index);
        segment
            .and_then(|segment| segment.bytes.get(begin as usize..end as usize))
            .unwrap_or_default()
    }

    /// If the log exceeds its limit, the number of its oldest segment and the sessions that may
    /// still need it.
    pub fn oldest(&mut self) -> Option<(u64, Vec<Key>)> {
        if self.bytes <= LOG_BYTES || self.segments.len() < 2 {
            return None;
        }
        let first = self.segments.front_mut()?;
        Some((self.first, std::mem::take(&mut first.readers)))
    }

    /// The number of bytes.
    #[cfg(test)]
    pub fn size(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_needs_is_freed() {
        let mut log = Log::default();
        let frame = [7; 1_000];
        for _ in 0..1_000 {
            log.append(&frame);
        }
        assert_eq!(log.segments.len(), 1, "nobody kept any");
        let places: Vec<LogRange> = (0..1_000)
            .map(|_| {
                let range = log.append(&frame);
                log.keep(range.segment, 1);
                range
            })
            .collect();
        assert!(log.size() >= 1_000_000);
        for range in &places {
            assert_eq!(log.bytes(range.segment, range.begin, range.end)[4..], frame);
            log.drop_range(range.segment);
        }
        assert_eq!(log.segments.len(), 1);
        assert!(log.size() <= SEGMENT_BYTES);
    }

    #[test]
    fn at_its_limit_the_oldest_has_to_go() {
        let mut log = Log::default();
        let first = log.append(b"rare");
        log.keep(first.segment, 1);
        while log.oldest().is_none() {
            let range = log.append(&[7; 10_000]);
            log.keep(range.segment, 2);
        }
        let range = log.append(b"x");
        log.keep(first.segment, 3);
        assert_eq!(log.oldest(), Some((first.segment, vec![3])));
        assert!(range.segment > first.segment);
    }
}
