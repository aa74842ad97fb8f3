//! What one session is still to be sent: frames enter, bytes for its socket leave.
//!
//! ```text
//!                      ┌ healthy ─────────────────────────────┐
//!   frame ──▶ ready ───┤ at QUEUE_BYTES it is full: publishers ├──▶ socket
//!               ▲      │ wait until it has drained to half     │
//!               │      └───────────────────────────────────────┘
//!   frame ──▶ backlog    once it is slow: params coalesce, streams drop their oldest, and what
//!                        may not be lost ends the session when BACKLOG_BYTES are full
//! ```
//!
//! While it is healthy everything is one run of bytes, WebSocket headers included: what is ready
//! goes out in one write, however many frames it is.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;

use super::limits::{BACKLOG_BYTES, PATIENCE, QUEUE_BYTES};
use crate::net::peer::{put_close, put_header};

/// Bytes of an empty buffer that are kept for the next flood.
const KEPT_BYTES: usize = 256 * 1024;

/// Empty places of a backlog that are not worth clearing out.
const DROPPED_MOST: usize = 4_096;

/// What a frame is, for when there is no room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// May not be lost: events, gestures, answers.
    Keep,
    /// A later one for the same address says all of it.
    Param(&'a str),
    /// The oldest may go.
    Stream,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It will be sent, or was coalesced.
    Taken,
    /// It will be sent, and whoever sends more should wait.
    Full,
    /// It is lost, and with it the session.
    Lost,
}

/// The frames that wait for one reader.
#[derive(Debug, Default)]
pub struct Outbox {
    ready: Vec<u8>,
    written: usize,
    /// Since when it has been full, in µs.
    full_since: Option<u64>,
    backlog: Option<Box<Backlog>>,
    closed: bool,
}

impl Outbox {
    /// Queues a frame.
    #[inline]
    pub fn push(&mut self, frame: &[u8], kind: Kind<'_>, now: u64) -> Pushed {
        if self.closed {
            return Pushed::Taken;
        }
        if let Some(backlog) = &mut self.backlog {
            return backlog.push(frame, kind);
        }
        put_header(frame.len(), &mut self.ready);
        self.ready.extend_from_slice(frame);
        if self.queued() <= QUEUE_BYTES {
            return Pushed::Taken;
        }
        let since = *self.full_since.get_or_insert(now);
        if now.saturating_sub(since) >= PATIENCE.as_micros() as u64 {
            self.make_slow();
            return Pushed::Taken;
        }
        Pushed::Full
    }

    fn queued(&self) -> usize {
        self.ready.len() - self.written
    }

    /// What can be written now.
    #[inline]
    pub fn unwritten(&self) -> &[u8] {
        &self.ready[self.written..]
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.queued() == 0 && self.backlog.is_none()
    }

    /// So many bytes have been written; whether that has made room for those who wait.
    pub fn wrote(&mut self, count: usize) -> bool {
        self.written += count;
        let has_room = self.queued() <= QUEUE_BYTES / 2;
        if self.queued() == 0 {
            self.ready.clear();
            self.written = 0;
            self.ready.shrink_to(KEPT_BYTES);
        } else if self.written > QUEUE_BYTES / 2 {
            self.ready.drain(..self.written);
            self.written = 0;
        }
        if !has_room {
            return false;
        }
        if let Some(backlog) = &mut self.backlog {
            while self.ready.len() - self.written <= QUEUE_BYTES / 2 {
                let Some(frame) = backlog.pop() else {
                    self.backlog = None;
                    break;
                };
                put_header(frame.len(), &mut self.ready);
                self.ready.extend_from_slice(&frame);
            }
        }
        self.full_since.take().is_some()
    }

    /// Whether its publishers should wait: nobody waits for a slow one.
    pub fn is_full(&self) -> bool {
        self.full_since.is_some() && self.backlog.is_none()
    }

    /// Whether its own session should be read no further.
    pub fn is_behind(&self) -> bool {
        self.full_since.is_some() || self.backlog.is_some()
    }

    /// Since when it has been full.
    pub fn full_since(&self) -> Option<u64> {
        self.full_since
    }

    /// Nobody waits for it any more, until it has drained.
    pub fn make_slow(&mut self) {
        self.backlog.get_or_insert_default();
    }

    /// Whether nobody waits for it.
    #[cfg(test)]
    pub fn is_slow(&self) -> bool {
        self.backlog.is_some()
    }

    /// Says goodbye after what is queued, and takes nothing more.
    pub fn close(&mut self, code: u16, reason: &str) {
        if !self.closed {
            put_close(code, reason, &mut self.ready);
            self.closed = true;
        }
    }

    /// Forgets what did not fit the queue, tells the reader so, and says goodbye.
    pub fn give_up(&mut self, error: &[u8], code: u16, reason: &str) {
        self.backlog = None;
        if !self.closed {
            put_header(error.len(), &mut self.ready);
            self.ready.extend_from_slice(error);
        }
        self.close(code, reason);
    }

    /// Whether a goodbye was said.
    pub fn is_closed(&self) -> bool {
        self.closed
    }
}

/// What a slow reader is still to be sent, as much of it as counts.
#[derive(Debug, Default)]
struct Backlog {
    held: VecDeque<Held>,
    /// The number of the first that is held; those that follow count on.
    first: u64,
    /// The numbers of the params, by address.
    params: HashMap<Box<str>, u64>,
    /// The numbers of the streams, oldest first.
    streams: VecDeque<u64>,
    /// How many places are empty.
    dropped: usize,
    bytes: usize,
}

#[derive(Debug)]
enum Held {
    Keep(Bytes),
    Param(Box<str>, Bytes),
    Stream(Bytes),
    /// A stream that had to go.
    Dropped,
}

impl Backlog {
    fn push(&mut self, frame: &[u8], kind: Kind<'_>) -> Pushed {
        if let Kind::Param(address) = kind
            && let Some(number) = self.params.get(address)
        {
            let place = usize::try_from(number - self.first).unwrap_or(usize::MAX);
            if let Some(Held::Param(_, old)) = self.held.get_mut(place) {
                self.bytes = self.bytes - old.len() + frame.len();
                *old = Bytes::copy_from_slice(frame);
                return Pushed::Taken;
            }
        }
        while self.bytes + frame.len() > BACKLOG_BYTES {
            if !self.drop_stream() {
                return match kind {
                    Kind::Stream => Pushed::Taken,
                    Kind::Keep | Kind::Param(_) => Pushed::Lost,
                };
            }
        }
        let number = self.first + self.held.len() as u64;
        let bytes = Bytes::copy_from_slice(frame);
        self.bytes += frame.len();
        self.held.push_back(match kind {
            Kind::Keep => Held::Keep(bytes),
            Kind::Param(address) => {
                self.params.insert(address.into(), number);
                Held::Param(address.into(), bytes)
            }
            Kind::Stream => {
                self.streams.push_back(number);
                Held::Stream(bytes)
            }
        });
        Pushed::Taken
    }

    /// Drops the oldest stream message. Its place stays until those before it are gone, so the
    /// places are cleared out when most are empty.
    fn drop_stream(&mut self) -> bool {
        let Some(number) = self.streams.pop_front() else {
            return false;
        };
        let place = usize::try_from(number - self.first).unwrap_or(usize::MAX);
        if let Some(held) = self.held.get_mut(place)
            && let Held::Stream(bytes) = std::mem::replace(held, Held::Dropped)
        {
            self.bytes -= bytes.len();
            self.dropped += 1;
        }
        if self.dropped > DROPPED_MOST && self.dropped > self.held.len() / 2 {
            self.clear_out();
        }
        true
    }

    fn clear_out(&mut self) {
        self.held.retain(|held| !matches!(held, Held::Dropped));
        self.dropped = 0;
        self.streams.clear();
        for (held, number) in self.held.iter().zip(self.first..) {
            match held {
                Held::Param(address, _) => {
                    self.params.insert(address.clone(), number);
                }
                Held::Stream(_) => self.streams.push_back(number),
                Held::Keep(_) | Held::Dropped => {}
            }
        }
    }

    fn pop(&mut self) -> Option<Bytes> {
        loop {
            let held = self.held.pop_front()?;
            let number = self.first;
            self.first += 1;
            let bytes = match held {
                Held::Dropped => {
                    self.dropped -= 1;
                    continue;
                }
                Held::Keep(bytes) => bytes,
                Held::Param(address, bytes) => {
                    self.params.remove(&address);
                    bytes
                }
                Held::Stream(bytes) => {
                    if self.streams.front() == Some(&number) {
                        self.streams.pop_front();
                    }
                    bytes
                }
            };
            self.bytes -= bytes.len();
            return Some(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: [u8; 1_000] = [7; 1_000];
    const PATIENCE_MICROS: u64 = PATIENCE.as_micros() as u64;

    /// Reads everything, as the socket would, and splits it into frames of 1,000 bytes or less.
    fn read(outbox: &mut Outbox) -> Vec<Vec<u8>> {
        let mut bytes = Vec::new();
        while !outbox.unwritten().is_empty() {
            let some = outbox.unwritten().len().min(100_000);
            bytes.extend_from_slice(&outbox.unwritten()[..some]);
            outbox.wrote(some);
        }
        let (mut frames, mut rest) = (Vec::new(), &bytes[..]);
        while let [_, length, ..] = *rest {
            let (head, length) = match length {
                126 => (4, usize::from(u16::from_be_bytes([rest[2], rest[3]]))),
                length => (2, usize::from(length)),
            };
            frames.push(rest[head..head + length].to_vec());
            rest = &rest[head + length..];
        }
        frames
    }

    fn fill(outbox: &mut Outbox) {
        while outbox.push(&FRAME, Kind::Stream, 0) != Pushed::Full {}
    }

    #[test]
    fn at_its_bound_it_is_full_until_it_has_drained_to_half() {
        let mut outbox = Outbox::default();
        fill(&mut outbox);
        assert!(outbox.is_full());
        assert!(!outbox.wrote(QUEUE_BYTES / 4), "not yet");
        assert!(outbox.is_full());
        assert!(outbox.wrote(QUEUE_BYTES / 2), "now");
        assert!(!outbox.is_full());
        outbox.wrote(outbox.unwritten().len());
        assert!(outbox.is_empty());
    }

    #[test]
    fn one_that_makes_no_room_in_time_is_slow() {
        let mut outbox = Outbox::default();
        fill(&mut outbox);
        let pushed = outbox.push(&FRAME, Kind::Stream, PATIENCE_MICROS - 1);
        assert_eq!(pushed, Pushed::Full);
        let pushed = outbox.push(&FRAME, Kind::Stream, PATIENCE_MICROS);
        assert_eq!(pushed, Pushed::Taken);
        assert!(outbox.is_slow() && !outbox.is_full());
        read(&mut outbox);
        assert!(!outbox.is_slow());
    }

    #[test]
    fn the_params_of_a_slow_one_coalesce_and_its_events_stay_in_order() {
        let mut outbox = Outbox::default();
        fill(&mut outbox);
        outbox.make_slow();
        for i in 0..100_u8 {
            outbox.push(&[b'a', i], Kind::Param("/a"), 0);
            outbox.push(&[b'e', i], Kind::Keep, 0);
        }
        let frames = read(&mut outbox);
        let events: Vec<u8> = frames
            .iter()
            .filter(|f| f[0] == b'e')
            .map(|f| f[1])
            .collect();
        assert_eq!(events, (0..100).collect::<Vec<_>>());
        let params: Vec<u8> = frames
            .iter()
            .filter(|f| f[0] == b'a')
            .map(|f| f[1])
            .collect();
        assert_eq!(params, [99], "the latest and no other");
    }

    #[test]
    fn the_streams_of_a_slow_one_drop_their_oldest() {
        let mut outbox = Outbox::default();
        fill(&mut outbox);
        outbox.make_slow();
        let count = 3 * BACKLOG_BYTES / FRAME.len();
        for i in 0..count {
            let mut frame = FRAME;
            frame[..8].copy_from_slice(&i.to_be_bytes());
            assert_eq!(outbox.push(&frame, Kind::Stream, 0), Pushed::Taken);
        }
        let backlog = outbox.backlog.as_ref().expect("slow");
        assert!(backlog.bytes <= BACKLOG_BYTES);
        let live = backlog.streams.len();
        assert!(backlog.held.len() <= 2 * live + DROPPED_MOST);
        let frames = read(&mut outbox);
        let last = frames.last().expect("something");
        assert_eq!(last[..8], (count - 1).to_be_bytes());
    }

    #[test]
    fn an_event_that_would_be_lost_ends_it() {
        let mut outbox = Outbox::default();
        fill(&mut outbox);
        outbox.make_slow();
        while outbox.push(&FRAME, Kind::Keep, 0) == Pushed::Taken {}
        outbox.give_up(b"sorry", 1013, "too slow");
        assert!(outbox.is_closed() && !outbox.is_slow());
        let frames = read(&mut outbox);
        assert_eq!(frames[frames.len() - 2], b"sorry");
        outbox.push(&FRAME, Kind::Keep, 0);
        assert!(outbox.is_empty(), "after the goodbye nothing is said");
    }
}
