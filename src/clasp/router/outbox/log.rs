//! The log: frames that go to several sessions are appended once, WebSocket header included, and
//! every session that is to be sent them keeps ranges of it.
//!
//! ```text
//!   segment 7            segment 8            segment 9
//! ┌────────────────────┬────────────────────┬──────────┐
//! │ frame frame frame… │ frame frame frame… │ frame …  │◀─ append
//! └────────────────────┴────────────────────┴──────────┘
//!        ▲ a slow session                     ▲ the others
//! ```
//!
//! A segment that no session needs any more is freed. When the log is longer than it may be, its
//! oldest segment has to go: [`Log::oldest`] names those that still need it.

use std::collections::VecDeque;

use super::super::limits::LOG_BYTES;
use super::super::subscriptions::Key;
use crate::net::peer::put_header;

/// How much is appended to a segment before the next one begins.
const SEGMENT_BYTES: usize = 64 * 1024;

/// A place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of the segment.
    pub segment: u64,
    /// Where in it the frame begins, its WebSocket header included.
    pub begin: u32,
    /// Where it ends.
    pub end: u32,
}

#[derive(Debug, Default)]
struct Segment {
    bytes: Vec<u8>,
    /// How many ranges of it are kept.
    ranges: usize,
    /// Who keeps some, and who did.
    readers: Vec<Key>,
}

/// The frames that are still to be sent.
#[derive(Debug, Default)]
pub struct Log {
    segments: VecDeque<Segment>,
    /// The number of the first segment.
    first: u64,
    bytes: usize,
    /// What is queued now tells of what stands in this batch of the store …
    batch: u64,
    /// … and up to this one they are safe: what tells of a later one has to wait.
    safe: u64,
    /// Whose outboxes wait for that.
    waiting: Vec<Key>,
}

impl Log {
    /// What is queued from now on tells of this batch of the store.
    #[inline]
    pub fn tell_of(&mut self, batch: u64) {
        self.batch = batch;
    }

    /// The batch that what is queued now tells of, if that is not safe yet.
    #[inline]
    pub fn unsafe_batch(&self) -> Option<u64> {
        (self.batch > self.safe).then_some(self.batch)
    }

    /// Whether what tells of this batch may be sent.
    #[inline]
    pub fn is_safe(&self, batch: u64) -> bool {
        batch <= self.safe
    }

    /// An outbox waits.
    pub fn wait(&mut self, reader: Key) {
        if self.waiting.last() != Some(&reader) {
            self.waiting.push(reader);
        }
    }

    /// The batches up to this one are safe. Whose outboxes may go on.
    pub fn set_safe(&mut self, batch: u64) -> Vec<Key> {
        self.safe = batch;
        std::mem::take(&mut self.waiting)
    }

    /// Appends a frame.
    pub fn append(&mut self, frame: &[u8]) -> Place {
        let full = |segment: &Segment| {
            segment.ranges > 0 && segment.bytes.len() + frame.len() + 4 > SEGMENT_BYTES
        };
        if self.segments.back().is_none_or(full) {
            self.segments.push_back(Segment::default());
        }
        let number = self.first + self.segments.len() as u64 - 1;
        let segment = self.segments.back_mut().expect("it was added");
        if segment.ranges == 0 {
            // Nobody is behind: the same memory serves again.
            self.bytes -= segment.bytes.len();
            segment.bytes.clear();
            segment.readers.clear();
        }
        let begin = segment.bytes.len();
        put_header(frame.len(), &mut segment.bytes);
        segment.bytes.extend_from_slice(frame);
        self.bytes += segment.bytes.len() - begin;
        Place {
            segment: number,
            begin: begin as u32,
            end: segment.bytes.len() as u32,
        }
    }

    fn segment_mut(&mut self, number: u64) -> Option<&mut Segment> {
        let place = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.segments.get_mut(place)
    }

    /// A session keeps a range of this segment.
    pub fn keep(&mut self, segment: u64, reader: Key) {
        if let Some(segment) = self.segment_mut(segment) {
            segment.ranges += 1;
            if segment.readers.last() != Some(&reader) {
                segment.readers.push(reader);
            }
        }
    }

    /// A session does not need a range of this segment any more.
    pub fn drop_range(&mut self, segment: u64) {
        let last = self.first + self.segments.len() as u64 - 1;
        let Some(found) = self.segment_mut(segment) else {
            return;
        };
        found.ranges -= 1;
        if found.ranges > 0 || segment == last {
            return;
        }
        // An older one may still be needed: that must not keep this one's memory.
        let freed = std::mem::take(found);
        self.bytes -= freed.bytes.len();
        self.free();
    }

    /// Frees what nobody needs, but for the segment that is appended to.
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
        let place = usize::try_from(segment - self.first).unwrap_or(usize::MAX);
        let segment = self.segments.get(place);
        segment
            .and_then(|segment| segment.bytes.get(begin as usize..end as usize))
            .unwrap_or_default()
    }

    /// When the log is longer than it may be: the number of its oldest segment, and who may still
    /// need it.
    pub fn oldest(&mut self) -> Option<(u64, Vec<Key>)> {
        if self.bytes <= LOG_BYTES || self.segments.len() < 2 {
            return None;
        }
        let first = self.segments.front_mut()?;
        Some((self.first, std::mem::take(&mut first.readers)))
    }

    /// How many bytes it has.
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
        let places: Vec<Place> = (0..1_000)
            .map(|_| {
                let place = log.append(&frame);
                log.keep(place.segment, 1);
                place
            })
            .collect();
        assert!(log.size() >= 1_000_000);
        for place in &places {
            assert_eq!(log.bytes(place.segment, place.begin, place.end)[4..], frame);
            log.drop_range(place.segment);
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
            let place = log.append(&[7; 10_000]);
            log.keep(place.segment, 2);
        }
        let place = log.append(b"x");
        log.keep(first.segment, 3);
        assert_eq!(log.oldest(), Some((first.segment, vec![3])));
        assert!(place.segment > first.segment);
    }
}
