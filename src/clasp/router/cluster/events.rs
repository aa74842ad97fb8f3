//! Events between routers, pure. Takes events to send and events received; gives them in order, not before
//! the params that their senders knew, and detects lost ones.
//!
//! Events, samples and gestures are not stored in the stream, and could overtake it. So each carries the
//! stream position of its sender, and waits here until this router has reached that position.
//! Events and gestures are also numbered: a missing number is a lost event.
//!
//! ```text
//! ┌ u64 router ┬ u64 number ┬ u64 position in the stream ┬ the PUBLISH, a frame of CLASP ┐
//! ```
//!
//! A sample has the number of the event before it. Each lease says how many events its router has sent,
//! so that the loss of the last one is detected too.

use std::collections::{HashMap, VecDeque};

use super::super::bytes::number;

/// How much later than the lease that counts it an event may arrive, in µs: their routes differ.
const LATE: u64 = 1_000_000;

/// Set in the number of a sample.
const SAMPLE: u64 = 1 << 63;

/// The limit for the bytes of waiting events.
const DELAYED_BYTES: usize = 64 * 1024 * 1024;

/// The counters of sent and received events, and the waiting ones.
#[derive(Debug, Default)]
pub struct Events {
    sent: u64,
    origins: HashMap<u64, Origin>,
    delayed_bytes: usize,
}

#[derive(Debug, Default)]
struct Origin {
    /// The number of the last event received.
    last: Option<u64>,
    /// The waiting events: the position they wait for, and the frame.
    delayed: VecDeque<(u64, Box<[u8]>)>,
    /// If fewer were received than were sent: how many were sent, and since when that is known.
    missing: Option<(u64, u64)>,
}

/// What to do with a received event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came<'a> {
    /// Deliver it now.
    Now(&'a [u8]),
    /// It waits for the stream.
    Later,
    /// It is not a valid event.
    Bad,
}

impl Events {
    /// The number of events and gestures sent.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// The body of the message for an event of this router. `counts`: it is numbered.
    pub fn put(&mut self, router: u64, position: u64, counts: bool, frame: &[u8]) -> Vec<u8> {
        self.sent += u64::from(counts);
        let mut body = Vec::with_capacity(24 + frame.len());
        let number = if counts {
            self.sent
        } else {
            self.sent | SAMPLE
        };
        for number in [router, number, position] {
            body.extend_from_slice(&number.to_be_bytes());
        }
        body.extend_from_slice(frame);
        body
    }

    /// Handles a received event. Gives what to do with it, and whether events before it were lost.
    pub fn take<'a>(&mut self, mut body: &'a [u8], position: u64) -> (Came<'a>, bool) {
        let numbers = [(); 3].map(|()| number(&mut body));
        let [Some(router), Some(number), Some(after)] = numbers else {
            return (Came::Bad, false);
        };
        let origin = self.origins.entry(router).or_default();
        let before = u64::from(number & SAMPLE == 0);
        let number = number & !SAMPLE;
        let is_gap = origin.last.is_some_and(|last| number > last + before);
        origin.last = origin.last.max(Some(number));
        if origin.missing.is_some_and(|(sent, _)| number >= sent) {
            origin.missing = None;
        }
        if after <= position && origin.delayed.is_empty() {
            return (Came::Now(body), is_gap);
        }
        if self.delayed_bytes + body.len() > DELAYED_BYTES {
            return (Came::Later, true);
        }
        self.delayed_bytes += body.len();
        origin.delayed.push_back((after, body.into()));
        (Came::Later, is_gap)
    }

    /// Takes the events that waited for this position.
    pub fn due(&mut self, position: u64) -> Vec<Box<[u8]>> {
        let mut due = Vec::new();
        if self.delayed_bytes == 0 {
            return due;
        }
        for origin in self.origins.values_mut() {
            while let Some((after, _)) = origin.delayed.front()
                && *after <= position
                && let Some((_, frame)) = origin.delayed.pop_front()
            {
                self.delayed_bytes -= frame.len();
                due.push(frame);
            }
        }
        due
    }

    /// Handles the number of sent events in a lease.
    pub fn told(&mut self, router: u64, sent: u64, now: u64) {
        let origin = self.origins.entry(router).or_default();
        match origin.last {
            // What it sent before this router was there is nobody's here.
            None => origin.last = Some(sent),
            Some(last) if sent > last && origin.missing.is_none() => {
                origin.missing = Some((sent, now));
            }
            Some(_) => {}
        }
    }

    /// Whether an event was lost: it was sent, and has not been received in time.
    pub fn is_lost(&mut self, now: u64) -> bool {
        let mut is_lost = false;
        for origin in self.origins.values_mut() {
            if let Some((sent, since)) = origin.missing
                && now.saturating_sub(since) > LATE
            {
                origin.missing = None;
                is_lost |= origin.last < Some(sent);
                origin.last = origin.last.max(Some(sent));
            }
        }
        is_lost
    }

    /// Removes a router that is gone.
    pub fn forget(&mut self, router: u64) {
        let idle = self.origins.get(&router);
        if idle.is_some_and(|origin| origin.delayed.is_empty()) {
            self.origins.remove(&router);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_waits_for_the_stream_and_those_behind_it_too() {
        let (mut here, mut there) = (Events::default(), Events::default());
        let first = here.put(1, 5, true, b"a");
        let second = here.put(1, 4, true, b"b");
        assert_eq!(there.take(&first, 4), (Came::Later, false));
        assert_eq!(there.take(&second, 4), (Came::Later, false));
        assert!(there.due(4).is_empty());
        assert_eq!(there.due(5), [Box::from(&b"a"[..]), Box::from(&b"b"[..])]);
        let third = here.put(1, 5, true, b"c");
        assert_eq!(there.take(&third, 5), (Came::Now(b"c"), false));
        assert_eq!(there.take(b"short", 5), (Came::Bad, false));
    }

    #[test]
    fn what_is_lost_is_noticed_samples_aside() {
        let (mut here, mut there) = (Events::default(), Events::default());
        let first = here.put(1, 0, true, b"a");
        assert!(!there.take(&first, 0).1);
        here.put(1, 0, false, b"a sample that is lost");
        let second = here.put(1, 0, true, b"b");
        assert!(!there.take(&second, 0).1);
        here.put(1, 0, true, b"lost");
        let sample = here.put(1, 0, false, b"a sample");
        assert!(there.take(&sample, 0).1);
        here.put(1, 0, true, b"lost, and nothing comes after it");
        there.told(1, here.sent(), 10);
        assert!(!there.is_lost(10 + LATE));
        assert!(there.is_lost(11 + LATE));
        assert!(!there.is_lost(12 + LATE), "once");
    }

    #[test]
    fn a_router_that_comes_later_has_lost_nothing() {
        let (mut here, mut there) = (Events::default(), Events::default());
        here.put(1, 0, true, b"before");
        there.told(1, here.sent(), 0);
        let first = here.put(1, 0, true, b"a");
        assert_eq!(there.take(&first, 0), (Came::Now(b"a"), false));
        assert!(!there.is_lost(u64::MAX));
        let late = here.put(1, 0, true, b"b");
        there.told(1, here.sent(), 0);
        assert!(!there.take(&late, 0).1);
        assert!(!there.is_lost(u64::MAX));
    }
}
