//! Events between routers, pure. Takes events to send and events received; gives them in order, not before
//! the params that their senders knew, and detects lost ones.
//!
//! Events, samples and gestures are not stored in the stream, and could overtake it. So each carries the
//! stream position of its sender, and waits here until this router has reached that position.
//! Events and gestures are also numbered, in each [partition](super::partition) by itself: a missing number is
//! a lost event.
//!
//! ```text
//! event  ┌ u64 router ┬ u64 number ┬ u64 position in the stream ┬ the PUBLISH, a frame of CLASP ┐
//! counts ┌ u64 router ┬ u16 partition, u64 number of the last event ┬ … ┐
//! ```
//!
//! A sample has the number of the event before it; a message to one session has no number. Every second each router
//! sends its counts, so that the loss of the last event is detected too.

use std::collections::{HashMap, VecDeque};

use super::super::bytes::{half, number};
use super::partition::{self, Partitions};

/// How much later than the counts that include it an event may arrive, in µs: their routes differ.
const LATE: u64 = 1_000_000;

/// Set in the number of a sample.
const SAMPLE: u64 = 1 << 63;

/// The limit for the bytes of waiting events.
const DELAYED_BYTES: usize = 64 * 1024 * 1024;

/// The counters of sent and received events, and the waiting ones.
#[derive(Debug)]
pub struct Events {
    /// The number of the last event sent, by partition.
    sent: Box<[u64]>,
    origins: HashMap<u64, Origin>,
    delayed_bytes: usize,
}

/// What is known of the events of another router.
#[derive(Debug, Default)]
struct Origin {
    /// By partition.
    received: HashMap<u16, Received>,
    /// The waiting events: the position they wait for, and the frame.
    delayed: VecDeque<(u64, Box<[u8]>)>,
}

#[derive(Debug)]
struct Received {
    /// The number of the last event received.
    last: u64,
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

impl Default for Events {
    fn default() -> Events {
        Events {
            sent: vec![0; usize::from(partition::COUNT)].into(),
            origins: HashMap::new(),
            delayed_bytes: 0,
        }
    }
}

impl Events {
    /// The number of events and gestures sent.
    pub fn sent(&self) -> u64 {
        self.sent.iter().sum()
    }

    /// The body of the message for an event of this router in this partition. `counts`: it is numbered.
    pub fn put(
        &mut self,
        router: u64,
        partition: u16,
        position: u64,
        counts: bool,
        frame: &[u8],
    ) -> Vec<u8> {
        let sent = &mut self.sent[usize::from(partition)];
        *sent += u64::from(counts);
        let number = if counts { *sent } else { *sent | SAMPLE };
        body(router, number, position, frame)
    }

    /// The body of a message to one session.
    pub fn put_signal(router: u64, position: u64, frame: &[u8]) -> Vec<u8> {
        body(router, 0, position, frame)
    }

    /// The body of the message with the counts of this router.
    pub fn put_counts(&self, router: u64) -> Vec<u8> {
        let mut body = router.to_be_bytes().to_vec();
        for (partition, sent) in (0_u16..).zip(&self.sent) {
            if *sent > 0 {
                body.extend_from_slice(&partition.to_be_bytes());
                body.extend_from_slice(&sent.to_be_bytes());
            }
        }
        body
    }

    /// Handles a received event of a partition, or a message to one session. Gives what to do with it, and
    /// whether events before it were lost.
    pub fn take<'a>(
        &mut self,
        mut body: &'a [u8],
        partition: Option<u16>,
        position: u64,
    ) -> (Came<'a>, bool) {
        let numbers = [(); 3].map(|()| number(&mut body));
        let [Some(router), Some(number), Some(after)] = numbers else {
            return (Came::Bad, false);
        };
        let origin = self.origins.entry(router).or_default();
        let is_gap = partition.is_some_and(|partition| origin.received(partition, number));
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

    /// Handles the counts of another router, of the partitions that it sends here for certain. Gives the router.
    pub fn told(&mut self, mut body: &[u8], received: &Partitions, now: u64) -> Option<u64> {
        let router = number(&mut body)?;
        let mut counts = HashMap::new();
        while let (Some(partition), Some(sent)) = (half(&mut body), number(&mut body)) {
            counts.insert(partition, sent);
        }
        let origin = self.origins.entry(router).or_default();
        for partition in received.iter() {
            let sent = counts.get(&partition).copied().unwrap_or_default();
            // What it sent before this router was there is nobody's here.
            let known = origin.received.entry(partition);
            let known = known.or_insert(Received {
                last: sent,
                missing: None,
            });
            if sent > known.last && known.missing.is_none() {
                known.missing = Some((sent, now));
            }
        }
        Some(router)
    }

    /// Whether an event was lost: it was sent, and has not been received in time.
    pub fn is_lost(&mut self, now: u64) -> bool {
        let mut is_lost = false;
        let origins = self.origins.values_mut();
        for received in origins.flat_map(|origin| origin.received.values_mut()) {
            if let Some((sent, since)) = received.missing
                && now.saturating_sub(since) > LATE
            {
                received.missing = None;
                is_lost |= received.last < sent;
                received.last = received.last.max(sent);
            }
        }
        is_lost
    }

    /// Forgets what was received of all partitions but these, because the others are not received any more.
    pub fn keep(&mut self, received: &Partitions) {
        for origin in self.origins.values_mut() {
            origin
                .received
                .retain(|partition, _| received.has(*partition));
        }
    }

    /// Removes a router that is gone.
    pub fn forget(&mut self, router: u64) {
        let idle = self.origins.get(&router);
        if idle.is_some_and(|origin| origin.delayed.is_empty()) {
            self.origins.remove(&router);
        }
    }
}

impl Origin {
    /// Handles the number of a received event. Gives whether events before it were lost.
    fn received(&mut self, partition: u16, number: u64) -> bool {
        let is_counted = number & SAMPLE == 0;
        let number = number & !SAMPLE;
        let before = number - u64::from(is_counted && number > 0);
        let known = self.received.entry(partition);
        let known = known.or_insert(Received {
            last: before,
            missing: None,
        });
        let is_gap = before > known.last;
        known.last = known.last.max(number);
        if known.missing.is_some_and(|(sent, _)| number >= sent) {
            known.missing = None;
        }
        is_gap
    }
}

fn body(router: u64, number: u64, position: u64, frame: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(24 + frame.len());
    for number in [router, number, position] {
        body.extend_from_slice(&number.to_be_bytes());
    }
    body.extend_from_slice(frame);
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME: u16 = 3;

    fn take<'a>(there: &mut Events, body: &'a [u8], position: u64) -> (Came<'a>, bool) {
        there.take(body, Some(SOME), position)
    }

    fn told(here: &Events, there: &mut Events, now: u64) {
        assert_eq!(
            there.told(&here.put_counts(1), &Partitions::all(), now),
            Some(1)
        );
    }

    #[test]
    fn an_event_waits_for_the_stream_and_those_behind_it_too() {
        let (mut here, mut there) = (Events::default(), Events::default());
        let first = here.put(1, SOME, 5, true, b"a");
        let second = here.put(1, SOME, 4, true, b"b");
        assert_eq!(take(&mut there, &first, 4), (Came::Later, false));
        assert_eq!(take(&mut there, &second, 4), (Came::Later, false));
        assert!(there.due(4).is_empty());
        assert_eq!(there.due(5), [Box::from(&b"a"[..]), Box::from(&b"b"[..])]);
        let third = here.put(1, SOME, 5, true, b"c");
        assert_eq!(take(&mut there, &third, 5), (Came::Now(b"c"), false));
        assert_eq!(take(&mut there, b"short", 5), (Came::Bad, false));
    }

    #[test]
    fn what_is_lost_is_noticed_samples_aside() {
        let (mut here, mut there) = (Events::default(), Events::default());
        let first = here.put(1, SOME, 0, true, b"a");
        assert!(!take(&mut there, &first, 0).1);
        here.put(1, SOME, 0, false, b"a sample that is lost");
        let second = here.put(1, SOME, 0, true, b"b");
        assert!(!take(&mut there, &second, 0).1);
        here.put(1, SOME, 0, true, b"lost");
        let sample = here.put(1, SOME, 0, false, b"a sample");
        assert!(take(&mut there, &sample, 0).1);
        here.put(1, SOME, 0, true, b"lost, and nothing comes after it");
        told(&here, &mut there, 10);
        assert!(!there.is_lost(10 + LATE));
        assert!(there.is_lost(11 + LATE));
        assert!(!there.is_lost(12 + LATE), "once");
    }

    #[test]
    fn what_is_sent_in_other_partitions_or_to_one_session_is_no_loss() {
        let (mut here, mut there) = (Events::default(), Events::default());
        let first = here.put(1, SOME, 0, true, b"a");
        assert!(!take(&mut there, &first, 0).1);
        here.put(1, SOME + 1, 0, true, b"not for there");
        let signal = Events::put_signal(1, 0, b"s");
        assert_eq!(there.take(&signal, None, 0), (Came::Now(b"s"), false));
        let second = here.put(1, SOME, 0, true, b"b");
        assert!(!take(&mut there, &second, 0).1);
        let mut received = Partitions::default();
        received.insert(SOME);
        assert_eq!(there.told(&here.put_counts(1), &received, 0), Some(1));
        assert!(!there.is_lost(u64::MAX));
        // A partition that is received again begins anew.
        there.keep(&Partitions::default());
        here.put(1, SOME, 0, true, b"nobody has subscribed");
        let fourth = here.put(1, SOME, 0, true, b"d");
        assert!(!take(&mut there, &fourth, 0).1);
        assert_eq!(here.sent(), 5);
    }

    #[test]
    fn the_loss_of_the_first_event_is_noticed() {
        let (mut here, mut there) = (Events::default(), Events::default());
        told(&here, &mut there, 0);
        here.put(1, SOME, 0, true, b"lost");
        let second = here.put(1, SOME, 0, true, b"b");
        assert!(take(&mut there, &second, 0).1);
    }

    #[test]
    fn a_router_that_comes_later_has_lost_nothing() {
        let (mut here, mut there) = (Events::default(), Events::default());
        here.put(1, SOME, 0, true, b"before");
        told(&here, &mut there, 0);
        let first = here.put(1, SOME, 0, true, b"a");
        assert_eq!(take(&mut there, &first, 0), (Came::Now(&b"a"[..]), false));
        assert!(!there.is_lost(u64::MAX));
        let late = here.put(1, SOME, 0, true, b"b");
        told(&here, &mut there, 0);
        assert!(!take(&mut there, &late, 0).1);
        assert!(!there.is_lost(u64::MAX));
    }
}
