//! One session's queue, read in pieces as a socket would.

use std::collections::BTreeSet;

use super::*;
use crate::net::peer::close;

const FRAME: [u8; 1_000] = [7; 1_000];

#[derive(Default)]
struct Reader {
    log: Log,
    outbox: Outbox,
    /// As the state keeps them.
    addresses: BTreeSet<Rc<str>>,
}

impl Reader {
    fn push(&mut self, frame: &[u8], kind: Kind<'_>) -> Pushed {
        let place = self.log.append(frame);
        let addresses = &mut self.addresses;
        self.outbox.push(place, &mut self.log, 1, kind, |text| {
            if !addresses.contains(text) {
                addresses.insert(text.into());
            }
            addresses.get(text).expect("it is there").clone()
        })
    }

    /// Until it is behind.
    fn fill(&mut self) {
        while self.outbox.unsent <= LAG_BYTES {
            self.push(&FRAME, Kind::Stream("/s"));
        }
    }

    /// Everything, in pieces of this size, as frames. A param reads as its address.
    fn read(&mut self, piece: usize) -> Vec<Vec<u8>> {
        let (mut bytes, mut scratch) = (Vec::new(), Vec::new());
        loop {
            self.outbox
                .resolve(&mut self.log, 1, |address| Some(address.as_bytes().into()));
            self.outbox.prepare(&self.log);
            let some = self.outbox.unwritten(&self.log, &mut scratch);
            let some = &some[..some.len().min(piece)];
            if some.is_empty() {
                break;
            }
            bytes.extend_from_slice(some);
            let count = some.len();
            self.outbox.wrote(count, &mut self.log);
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
}

#[test]
fn frames_come_in_their_order_whatever_they_are_and_however_they_are_cut() {
    for piece in [1, 7, 100, 100_000] {
        let mut reader = Reader::default();
        let mut expected = Vec::new();
        for i in 0..200_u8 {
            let frame = vec![i; 1 + usize::from(i)];
            match i % 3 {
                0 => reader.outbox.push_own(&frame),
                _ => assert_eq!(reader.push(&frame, Kind::Keep), Pushed::Taken),
            }
            expected.push(frame);
        }
        assert!(reader.read(piece) == expected, "in pieces of {piece}");
        assert!(reader.outbox.is_empty() && reader.outbox.unsent == 0);
    }
}

#[test]
fn a_reader_that_keeps_up_has_one_range_and_a_burst_leaves_no_memory() {
    let mut reader = Reader::default();
    for _ in 0..10 {
        reader.push(&FRAME, Kind::Keep);
    }
    assert_eq!(reader.outbox.items.len(), 1);
    for _ in 0..1_000 {
        reader.outbox.push_own(&FRAME);
        reader.push(&FRAME, Kind::Keep);
    }
    reader.read(10_000);
    assert!(reader.outbox.own_bytes() <= 2 * KEPT_BYTES);
    assert!(reader.log.size() <= 64 * 1024);
}

#[test]
fn the_params_of_one_that_is_behind_coalesce_and_its_events_stay_in_order() {
    let mut reader = Reader::default();
    reader.fill();
    for i in 0..100_u8 {
        reader.push(&[b'a', i], Kind::Param("/a"));
        reader.push(&[b'e', i], Kind::Keep);
    }
    let frames = reader.read(10_000);
    let events: Vec<u8> = frames
        .iter()
        .filter(|f| f[0] == b'e')
        .map(|f| f[1])
        .collect();
    assert_eq!(events, (0..100).collect::<Vec<_>>());
    assert_eq!(frames.iter().filter(|f| *f == b"/a").count(), 1);
    assert_eq!(frames.iter().filter(|f| f[0] == b'a').count(), 0);
    assert!(reader.outbox.lag.is_none(), "it has caught up");
    reader.push(b"a", Kind::Param("/a"));
    assert_eq!(reader.read(10), [b"a"]);
}

#[test]
fn of_the_streams_of_one_that_is_behind_the_last_of_each_address_comes() {
    let mut reader = Reader::default();
    reader.fill();
    for i in 0..100_000_u32 {
        let address = ["/x", "/y"][i as usize % 2];
        let pushed = reader.push(&i.to_be_bytes(), Kind::Stream(address));
        assert_eq!(pushed, Pushed::Taken);
    }
    let frames = reader.read(10_000);
    let last: Vec<&Vec<u8>> = frames.iter().filter(|f| f.len() == 4).collect();
    assert_eq!(last, [&99_998_u32.to_be_bytes(), &99_999_u32.to_be_bytes()]);
}

#[test]
fn an_event_that_has_no_room_ends_it_and_close_is_the_last() {
    let mut reader = Reader::default();
    reader.outbox.push_own(b"answer");
    let mut scratch = Vec::new();
    reader.push(b"half", Kind::Keep);
    reader.outbox.unwritten(&reader.log, &mut scratch);
    reader.outbox.wrote(8 + 3, &mut reader.log);
    while reader.push(&FRAME, Kind::Keep) == Pushed::Taken {}
    assert!(reader.outbox.held_bytes() < UNSENT_BYTES + 2_000);
    let log = &mut reader.log;
    reader
        .outbox
        .give_up(b"sorry", close::OVERLOADED, "too slow", log);
    reader.push(&FRAME, Kind::Keep);
    reader.outbox.push_own(b"no more");
    let mut bytes = Vec::new();
    loop {
        reader.outbox.prepare(&reader.log);
        let some = reader.outbox.unwritten(&reader.log, &mut scratch).to_vec();
        if some.is_empty() {
            break;
        }
        reader.outbox.wrote(some.len(), &mut reader.log);
        bytes.extend(some);
    }
    assert_eq!(bytes, b"alf\x82\x05sorry\x88\x0a\x03\xf5too slow");
    assert!(reader.log.size() <= 64 * 1024, "nothing is kept for it");
}

#[test]
fn close_comes_after_everything_that_was_queued() {
    let mut reader = Reader::default();
    reader.fill();
    reader.push(b"v", Kind::Param("/a"));
    reader.outbox.close(close::AWAY, "");
    reader.push(b"late", Kind::Keep);
    let frames = reader.read(50_000);
    let end = &frames[frames.len() - 2..];
    assert_eq!(end, [b"/a".to_vec(), close::AWAY.to_be_bytes().to_vec()]);
    assert!(reader.outbox.is_empty());
}

#[test]
fn what_is_needed_of_a_segment_that_goes_is_copied() {
    let mut reader = Reader::default();
    reader.push(b"one", Kind::Keep);
    let gone = reader.log.append(b"others").segment;
    reader.push(b"two", Kind::Keep);
    let mut scratch = Vec::new();
    reader.outbox.unwritten(&reader.log, &mut scratch);
    reader.outbox.wrote(2, &mut reader.log);
    reader.outbox.leave_segment(gone, &mut reader.log);
    assert!(
        reader
            .outbox
            .items
            .iter()
            .all(|item| matches!(item, Item::Copy(_)))
    );
    let mut rest = Vec::new();
    while let some @ [_, ..] = reader.outbox.unwritten(&reader.log, &mut scratch) {
        rest.extend_from_slice(some);
        let count = some.len();
        reader.outbox.wrote(count, &mut reader.log);
    }
    assert_eq!(rest, b"one\x82\x03two");
}

/// What tells of something that a crash could still take back waits, and all that follows it.
#[test]
fn what_the_store_does_not_have_yet_waits_in_its_place() {
    let (mut outbox, mut log, mut scratch) = (Outbox::default(), Log::default(), Vec::new());
    let mut waiting = |outbox: &mut Outbox, log: &mut Log| {
        outbox.prepare(log);
        let bytes = outbox.unwritten(log, &mut scratch).to_vec();
        outbox.wrote(bytes.len(), log);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let push = |outbox: &mut Outbox, log: &mut Log, frame: &[u8]| {
        outbox.hold_back(log, 7);
        outbox.push_own(frame);
    };
    push(&mut outbox, &mut log, b"before");
    log.set_batch(1);
    push(&mut outbox, &mut log, b"first");
    let place = log.append(b"shared");
    let pushed = outbox.push(place, &mut log, 7, Kind::Keep, |text| text.into());
    assert_eq!(pushed, Pushed::Taken);
    log.set_batch(2);
    push(&mut outbox, &mut log, b"second");
    push(&mut outbox, &mut log, b"third");
    assert!(waiting(&mut outbox, &mut log).ends_with("before"));
    assert_eq!(waiting(&mut outbox, &mut log), "");
    assert!(outbox.is_held_back(&log));
    assert_eq!(log.set_safe(1), [7]);
    let bytes = waiting(&mut outbox, &mut log);
    assert!(
        bytes.contains("first") && bytes.ends_with("shared"),
        "{bytes:?}"
    );
    assert_eq!(waiting(&mut outbox, &mut log), "");
    log.set_safe(2);
    let bytes = waiting(&mut outbox, &mut log);
    assert!(
        bytes.contains("second") && bytes.ends_with("third"),
        "{bytes:?}"
    );
    assert!(!outbox.is_held_back(&log));
    // The disk fails: what it does not have is never said.
    push(&mut outbox, &mut log, b"true");
    log.set_batch(3);
    push(&mut outbox, &mut log, b"false");
    outbox.forget_unsafe(&mut log);
    outbox.close(1011, "why");
    let bytes = waiting(&mut outbox, &mut log);
    assert!(
        bytes.contains("true") && !bytes.contains("false"),
        "{bytes:?}"
    );
    assert!(waiting(&mut outbox, &mut log).ends_with("why"));
    assert_eq!(log.set_safe(3), [7]);
}
