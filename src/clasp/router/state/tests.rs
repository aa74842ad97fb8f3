//! The rules of state, a time at a time.

use super::*;

const SECOND: u64 = 1_000_000;

fn set(address: &'static str, value: i64) -> Set<'static> {
    Set {
        address: address.into(),
        value: Value::Int(value),
        revision: None,
        lock: false,
        unlock: false,
        ttl: None,
    }
}

fn session(name: &str) -> Rc<str> {
    name.into()
}

fn revision(state: &mut State, set: &Set<'_>, writer: &str, now: u64) -> Result<u64, Refusal> {
    state
        .apply(set, &session(writer), now)
        .map(|written| written.revision)
}

#[test]
fn a_write_counts_and_is_signed() {
    let mut state = State::default();
    assert_eq!(state.param("/a", 0), None);
    assert_eq!(revision(&mut state, &set("/a", 1), "s1", 5), Ok(1));
    assert_eq!(revision(&mut state, &set("/a", 2), "s2", 6), Ok(2));
    let param = state.param("/a", 7).expect("written");
    assert_eq!(param.value, Value::Int(2));
    assert_eq!(param.revision, 2);
    assert_eq!(param.writer.as_deref(), Some("s2"));
    assert_eq!(param.timestamp, Some(6));
}

#[test]
fn a_stale_revision_changes_nothing() {
    let mut state = State::default();
    let first = Set {
        revision: Some(0),
        ..set("/a", 1)
    };
    assert_eq!(revision(&mut state, &first, "s1", 0), Ok(1));
    let conflict = Refusal::Conflict {
        expected: 0,
        actual: 1,
    };
    assert_eq!(conflict.code(), 400);
    assert_eq!(revision(&mut state, &first, "s1", 0), Err(conflict));
    assert_eq!(state.param("/a", 0).map(|p| p.revision), Some(1));
}

#[test]
fn a_lock_keeps_others_out_until_it_is_given_back() {
    let mut state = State::default();
    let lock = Set {
        lock: true,
        ..set("/a", 1)
    };
    let unlock = Set {
        unlock: true,
        ..set("/a", 4)
    };
    let written = state.apply(&lock, &session("s1"), 0);
    assert_eq!(written.map(|w| w.locked), Ok(Some(true)));
    let refused = revision(&mut state, &set("/a", 2), "s2", 0).expect_err("it is locked");
    assert_eq!(refused.code(), 401);
    assert_eq!(refused.to_string(), "LockHeld: locked by session s1");
    assert!(revision(&mut state, &unlock, "s2", 0).is_err());
    assert_eq!(revision(&mut state, &set("/a", 3), "s1", 0), Ok(2));
    let written = state.apply(&unlock, &session("s1"), 0);
    assert_eq!(written.map(|w| w.locked), Ok(Some(false)));
    assert_eq!(revision(&mut state, &set("/a", 5), "s2", 0), Ok(4));
}

#[test]
fn a_session_that_ends_gives_back_its_locks_and_only_those() {
    let mut state = State::default();
    for (address, writer) in [("/a", "s1"), ("/b", "s1"), ("/c", "s2")] {
        let lock = Set {
            lock: true,
            ..set(address, 1)
        };
        state.apply(&lock, &session(writer), 0).expect("free");
    }
    state.release("s1");
    assert_eq!(revision(&mut state, &set("/a", 2), "s3", 0), Ok(2));
    assert_eq!(revision(&mut state, &set("/b", 2), "s3", 0), Ok(2));
    assert!(revision(&mut state, &set("/c", 2), "s3", 0).is_err());
}

#[test]
fn an_absolute_time_to_live_counts_from_the_write() {
    let mut state = State::default();
    let brief = Set {
        ttl: Some(Ttl::Absolute(2)),
        ..set("/a", 1)
    };
    revision(&mut state, &brief, "s", 0).expect("written");
    assert!(state.read("/a", 2 * SECOND - 1).is_some());
    assert!(state.read("/a", 2 * SECOND).is_none(), "reading is no help");
    assert_eq!(state.next_expiry(), Some(2 * SECOND));
    state.expire(2 * SECOND, &mut Slice::endless());
    assert!(state.is_empty());
    assert_eq!(revision(&mut state, &brief, "s", 3 * SECOND), Ok(1));
}

#[test]
fn what_is_left_of_a_time_to_live_is_known() {
    let mut state = State::default();
    for (address, given, later) in [
        ("/absolute", Ttl::Absolute(10), Some(Ttl::Absolute(7))),
        ("/sliding", Ttl::Sliding(10), Some(Ttl::Sliding(10))),
        ("/never", Ttl::Never, None),
    ] {
        let write = Set {
            ttl: Some(given),
            ..set(address, 1)
        };
        revision(&mut state, &write, "s", 0).expect("written");
        assert_eq!(state.ttl(address, 3 * SECOND + 1), later, "{address}");
    }
    revision(&mut state, &set("/plain", 1), "s", 0).expect("written");
    assert_eq!(state.ttl("/plain", 0), None);
}

#[test]
fn a_sliding_one_counts_from_its_last_use() {
    let mut state = State::default();
    let sliding = Set {
        ttl: Some(Ttl::Sliding(2)),
        ..set("/a", 1)
    };
    revision(&mut state, &sliding, "s", 0).expect("written");
    assert!(state.read("/a", SECOND).is_some());
    state.expire(2 * SECOND, &mut Slice::endless());
    assert!(state.param("/a", 3 * SECOND - 1).is_some());
    assert!(state.param("/a", 3 * SECOND).is_none());
    state.expire(3 * SECOND, &mut Slice::endless());
    assert!(state.is_empty());
}

#[test]
fn never_overrides_the_default_and_a_shorter_time_comes_first() {
    let mut state = State::new(Ttl::Sliding(10), Room::default());
    revision(&mut state, &set("/a", 1), "s", 0).expect("written");
    let never = Set {
        ttl: Some(Ttl::Never),
        ..set("/b", 1)
    };
    revision(&mut state, &never, "s", 0).expect("written");
    let brief = Set {
        ttl: Some(Ttl::Absolute(1)),
        ..set("/a", 1)
    };
    revision(&mut state, &brief, "s", 0).expect("written");
    state.expire(SECOND, &mut Slice::endless());
    assert!(state.param("/a", SECOND).is_none());
    state.expire(100 * SECOND, &mut Slice::endless());
    assert_eq!(state.len(), 1, "/b stays for ever");
}

#[test]
fn a_param_that_expired_leaves_no_lock_behind() {
    let mut state = State::default();
    let brief = Set {
        ttl: Some(Ttl::Absolute(1)),
        lock: true,
        ..set("/a", 1)
    };
    revision(&mut state, &brief, "s1", 0).expect("written");
    assert_eq!(revision(&mut state, &set("/a", 2), "s2", SECOND), Ok(1));
    assert!(state.locks.is_empty());
}

#[test]
fn bundles_are_checked_as_they_would_be_done() {
    let state = State::default();
    let twice = [
        Set {
            revision: Some(0),
            ..set("/a", 1)
        },
        Set {
            revision: Some(1),
            ..set("/a", 2)
        },
    ];
    assert_eq!(state.check_all(twice.iter(), "s", 0), Ok(()));
    let stale = [twice[0].clone(), twice[0].clone()];
    let refused = state.check_all(stale.iter(), "s", 0).expect_err("stale");
    assert_eq!(refused.0, 1, "the second of them");
}

#[test]
fn there_is_room_for_so_many_and_no_more() {
    let room = Room {
        params: 2,
        ..Room::default()
    };
    let mut state = State::new(Ttl::Never, room);
    let three = [set("/a", 1), set("/b", 1), set("/c", 1)];
    let refused = state.check_all(three.iter(), "s", 0);
    assert_eq!(refused, Err((2, Refusal::Full(2))));
    for one in &three[..2] {
        revision(&mut state, one, "s", 0).expect("room");
    }
    assert_eq!(
        revision(&mut state, &three[2], "s", 0),
        Err(Refusal::Full(2))
    );
    assert_eq!(revision(&mut state, &set("/b", 2), "s", 0), Ok(2));
}

#[test]
fn the_bytes_of_all_params_have_a_limit_and_come_back() {
    let room = Room {
        bytes: 2 * (ENTRY_BYTES + 2 + 9),
        ..Room::default()
    };
    let mut state = State::new(Ttl::Never, room);
    let text = |address: &'static str, length: usize| Set {
        value: Value::String("x".repeat(length).into()),
        ..set(address, 0)
    };
    assert_eq!(revision(&mut state, &set("/a", 1), "s", 0), Ok(1));
    let brief = Set {
        ttl: Some(Ttl::Absolute(1)),
        ..set("/b", 1)
    };
    assert_eq!(revision(&mut state, &brief, "s", 0), Ok(1));
    let full = Err(Refusal::NoMemory(room.bytes));
    assert_eq!(revision(&mut state, &text("/a", 100), "s", 0), full);
    assert_eq!(revision(&mut state, &set("/c", 1), "s", 0), full);
    let both = [set("/a", 1), set("/c", 1)];
    let refused = state.check_all(both.iter(), "s", 0);
    assert_eq!(refused, Err((1, Refusal::NoMemory(room.bytes))));
    let known = [set("/a", 1), set("/b", 1), set("/a", 2)];
    assert_eq!(state.check_all(known.iter(), "s", 0), Ok(()));
    assert_eq!(revision(&mut state, &set("/a", 2), "s", 0), Ok(2));
    state.expire(2 * SECOND, &mut Slice::endless());
    assert_eq!(revision(&mut state, &set("/c", 1), "s", 2 * SECOND), Ok(1));
}

#[test]
fn a_value_that_has_no_room_once_widened_is_refused_alone_and_in_a_bundle() {
    let state = State::default();
    let wide = Set {
        value: Value::Array(vec![Value::Int(1); 10_000]),
        ..set("/a", 0)
    };
    let refused = state.check_all([set("/b", 1), wide].iter(), "s", 0);
    assert!(
        matches!(refused, Err((1, Refusal::TooLarge { .. }))),
        "{refused:?}"
    );
}

#[test]
fn a_time_to_live_that_shrinks_and_shrinks_leaves_one_expiry() {
    let mut state = State::default();
    for seconds in (1..1_000).rev() {
        let shorter = Set {
            ttl: Some(Ttl::Absolute(seconds)),
            ..set("/a", 1)
        };
        revision(&mut state, &shorter, "s", 0).expect("written");
    }
    assert_eq!(state.expiries.len(), 1);
    state.expire(SECOND, &mut Slice::endless());
    assert!(state.is_empty() && state.addresses.is_empty() && state.bytes == 0);
}

#[test]
fn patterns_find_what_lives() {
    let mut state = State::default();
    for address in ["/a/2", "/a-b", "/a/1", "/a", "/b"] {
        revision(&mut state, &set(address, 1), "s", 0).expect("written");
    }
    // However often it is stopped.
    for steps in [0, 1, 100] {
        let found = |pattern: &str| {
            let mut scan = Scan::new(Pattern::new(pattern).expect("a pattern"));
            let mut found = Vec::new();
            while !scan.is_done() {
                let mut slice = Slice::of_steps(steps);
                state.scan(&mut scan, 0, &mut slice, |param, _| {
                    found.push(param.address.to_string());
                    true
                });
                if steps == 0 {
                    break;
                }
            }
            found
        };
        if steps > 0 {
            assert_eq!(found("/a/*"), ["/a/1", "/a/2"]);
            assert_eq!(found("/a/**"), ["/a", "/a/1", "/a/2"]);
            assert_eq!(found("/**"), ["/a", "/a-b", "/a/1", "/a/2", "/b"]);
            assert!(found("/c/**").is_empty());
        }
        assert_eq!(found("/b"), ["/b"]);
        assert!(found("/c").is_empty());
    }
}

#[test]
fn a_scan_waits_for_room_and_sees_what_has_come() {
    let mut state = State::default();
    for address in ["/a/1", "/a/2"] {
        revision(&mut state, &set(address, 1), "s", 0).expect("written");
    }
    let mut scan = Scan::new(Pattern::new("/a/*").expect("a pattern"));
    let mut slice = Slice::endless();
    let mut first = Vec::new();
    state.scan(&mut scan, 0, &mut slice, |param, _| {
        first.push(param.address.to_string());
        first.len() < 2
    });
    assert!(!scan.is_done());
    revision(&mut state, &set("/a/3", 1), "s", 0).expect("written");
    let mut rest = Vec::new();
    state.scan(&mut scan, 0, &mut slice, |param, _| {
        rest.push(param.address.to_string());
        true
    });
    assert_eq!(rest, ["/a/2", "/a/3"]);
    assert!(scan.is_done());
}
