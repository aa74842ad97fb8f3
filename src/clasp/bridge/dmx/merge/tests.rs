use proptest::prelude::*;

use super::*;

const TIMEOUT: Duration = Duration::from_millis(2_500);

fn levels(priority: u8, slots: &[u8]) -> Packet<'_> {
    Packet {
        kind: Kind::Levels,
        priority,
        sequence: None,
        may_repeat: false,
        slots,
        hold: None,
    }
}

fn give(merge: &mut Merge<u16>, id: u16, packet: &Packet<'_>, now: Instant) {
    merge.packet(&id, packet, now).expect("it is used");
}

/// The first three channels.
fn first(merge: &Merge<u16>) -> [Option<u8>; 3] {
    let merged = merge.merged();
    [merged[0], merged[1], merged[2]]
}

#[test]
fn the_highest_priority_wins_then_the_rule() {
    let now = Instant::now();
    for (rule, expected) in [
        (Rule::Htp, [Some(30), Some(20), None]),
        (Rule::Ltp, [Some(30), Some(5), None]),
    ] {
        let mut merge = Merge::new(rule, TIMEOUT);
        give(&mut merge, 1, &levels(100, &[10, 20]), now);
        give(&mut merge, 2, &levels(100, &[30, 5]), now);
        give(&mut merge, 3, &levels(99, &[255, 255]), now);
        assert_eq!(first(&merge), expected, "{rule:?}");
        // What does not change is not the latest.
        give(&mut merge, 1, &levels(100, &[10, 20]), now);
        assert_eq!(first(&merge), expected, "{rule:?}");
    }
    let mut merge = Merge::new(Rule::Ltp, TIMEOUT);
    give(&mut merge, 1, &levels(100, &[10, 20]), now);
    give(&mut merge, 2, &levels(100, &[30, 5]), now);
    give(&mut merge, 1, &levels(100, &[11, 20]), now);
    assert_eq!(first(&merge), [Some(11), Some(5), None]);
}

#[test]
fn each_channel_may_have_its_priority() {
    let now = Instant::now();
    let mut merge = Merge::new(Rule::Htp, TIMEOUT);
    give(&mut merge, 1, &levels(100, &[1, 2, 3]), now);
    let priorities = Packet {
        kind: Kind::Priorities,
        ..levels(100, &[150, 0, 50])
    };
    give(&mut merge, 2, &priorities, now);
    assert_eq!(first(&merge), [Some(1), Some(2), Some(3)], "no levels yet");
    give(&mut merge, 2, &levels(100, &[0, 9, 9]), now);
    assert_eq!(first(&merge), [Some(0), Some(2), Some(3)]);
    // Told no more, the packet's priority counts again.
    let later = now + Duration::from_secs(2);
    give(&mut merge, 1, &levels(100, &[1, 2, 3]), later);
    give(&mut merge, 2, &levels(100, &[0, 9, 9]), later);
    assert_eq!(merge.expire(now + TIMEOUT), [0u16; 0]);
    assert_eq!(first(&merge), [Some(1), Some(9), Some(9)]);
}

#[test]
fn a_silent_source_is_dropped_and_the_next_takes_over() {
    let now = Instant::now();
    let mut merge = Merge::new(Rule::Htp, TIMEOUT);
    give(&mut merge, 1, &levels(150, &[10]), now);
    let later = now + Duration::from_secs(1);
    give(&mut merge, 2, &levels(100, &[20]), later);
    assert_eq!(merge.due(), Some(now + TIMEOUT));
    assert_eq!(merge.expire(now + TIMEOUT), [1]);
    assert_eq!(first(&merge)[0], Some(20));
    assert_eq!(merge.due(), Some(later + TIMEOUT));
    assert!(merge.remove(&2));
    assert_eq!((first(&merge)[0], merge.due()), (None, None));
}

#[test]
fn old_packets_are_left_out_by_kind() {
    let now = Instant::now();
    let mut merge = Merge::new(Rule::Htp, TIMEOUT);
    let mut give = |kind, sequence| {
        let packet = Packet {
            kind,
            sequence: Some(sequence),
            ..levels(100, &[1])
        };
        merge.packet(&1, &packet, now).is_ok()
    };
    for (kind, sequence, used) in [
        (Kind::Levels, 250, true),
        (Kind::Levels, 250, false),
        (Kind::Levels, 231, false),
        (Kind::Priorities, 240, true),
        (Kind::Levels, 3, true),
        (Kind::Levels, 250, false),
        (Kind::Levels, 239, true),
        (Kind::Levels, 240, true),
    ] {
        assert_eq!(give(kind, sequence), used, "{kind:?} {sequence}");
    }
}

#[test]
fn what_is_held_waits_for_its_release() {
    let now = Instant::now();
    let mut merge = Merge::new(Rule::Htp, TIMEOUT);
    let held = |slots| Packet {
        hold: Some(7),
        ..levels(100, slots)
    };
    give(&mut merge, 1, &levels(100, &[1]), now);
    give(&mut merge, 1, &held(&[2]), now);
    give(&mut merge, 1, &held(&[3]), now);
    assert_eq!(first(&merge)[0], Some(1));
    assert!(!merge.release(&1, 8) && !merge.release(&2, 7));
    assert!(merge.release(&1, 7));
    assert_eq!(first(&merge)[0], Some(3));
    assert!(!merge.release(&1, 7));
}

#[test]
fn ten_thousand_sources_have_no_more_room_than_a_few() {
    let now = Instant::now();
    let mut merge = Merge::new(Rule::Htp, TIMEOUT);
    let refused = (0..10_000).filter(|id| merge.packet(id, &levels(100, &[1]), now).is_err());
    assert_eq!(refused.count(), 10_000 - SOURCES_MAX);
    // They do not keep out what is more important.
    give(&mut merge, 20_000, &levels(101, &[2]), now);
    assert_eq!((merge.len(), first(&merge)[0]), (SOURCES_MAX, Some(2)));
}

/// What it should be, said in the plainest way.
fn model(frames: &[(u8, Vec<u8>)], channel: usize) -> Option<u8> {
    let has = |frame: &&(u8, Vec<u8>)| channel < frame.1.len();
    let top = frames
        .iter()
        .filter(has)
        .map(|(priority, _)| *priority)
        .max()?;
    let of_top = frames
        .iter()
        .filter(has)
        .filter(|(priority, _)| *priority == top);
    of_top.map(|(_, slots)| slots[channel]).max()
}

proptest! {
    #[test]
    fn htp_is_the_highest_level_of_the_highest_priority(
        frames in prop::collection::vec((0u8..4, prop::collection::vec(any::<u8>(), 0..6)), 0..6)
    ) {
        let now = Instant::now();
        let mut merge = Merge::new(Rule::Htp, TIMEOUT);
        for (id, (priority, slots)) in frames.iter().enumerate() {
            give(&mut merge, id as u16, &levels(*priority, slots), now);
        }
        let merged = merge.merged();
        for (channel, level) in merged.iter().enumerate().take(7) {
            prop_assert_eq!(*level, model(&frames, channel));
        }
    }
}
