//! The log, without a router: written, cut off anywhere, read again.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::super::state::Room;
use super::*;
use crate::clasp::wire::{Set, Ttl, Value};

/// A folder of its own, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path =
            std::env::temp_dir().join(format!("trefoil-store-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Folder(path)
    }

    fn open(&self) -> Opened {
        self.try_open().expect("it can be opened")
    }

    fn try_open(&self) -> Result<Opened, StoreError> {
        let state = State::new(Ttl::Never, Room::default());
        Store::open(&self.0, Sync::Always, state)
    }

    fn files(&self) -> Vec<u64> {
        folder::numbers(&self.0).expect("it can be read")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn set(opened: &mut Opened, address: &str, value: i64) {
    let set = Set {
        address: address.into(),
        value: Value::Int(value),
        revision: None,
        lock: false,
        unlock: false,
        ttl: None,
    };
    let writer = "w".into();
    opened.state.apply(&set, &writer, 1).expect("there is room");
    let kept = opened.state.kept(address).expect("it was written");
    opened.store.param(&kept);
}

/// Waits until everything that was handed over is safe.
fn settle(store: &mut Store) {
    let reports = store.reports();
    let begin = Instant::now();
    while reports.borrow().safe < store.number() {
        assert!(begin.elapsed() < Duration::from_secs(10), "{reports:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
    let report = reports.borrow().clone();
    store.take_report(report);
}

/// Address and revision of every param.
fn params(opened: &Opened) -> Vec<(String, u64)> {
    let mut all = Vec::new();
    let done = opened
        .state
        .walk(&mut None, 2, &mut Slice::endless(), |kept| {
            all.push((kept.address.to_owned(), kept.revision));
            true
        });
    assert!(done);
    all
}

#[test]
fn what_was_kept_is_there_again() {
    let folder = Folder::new("again");
    let mut opened = folder.open();
    set(&mut opened, "/a", 1);
    set(&mut opened, "/b", 2);
    opened.store.commit();
    set(&mut opened, "/a", 3);
    let first = opened.store.hold(9, "s", "", b"one");
    let second = opened.store.hold(8, "s", "", b"two");
    opened.store.not_held(first);
    opened.store.commit();
    drop(opened);
    let opened = folder.open();
    assert_eq!(params(&opened), [("/a".into(), 2), ("/b".into(), 1)]);
    let found = opened.store.found();
    let [held] = &found[..] else {
        panic!("{found:?}");
    };
    let held = record::read(&mut &held[..]);
    assert!(matches!(held, Some(Record::Held(held)) if held.id == second && held.frame == b"two"));
    assert!(opened.torn.is_none());
    assert!(opened.store.next_held > second);
}

/// Wherever the last batch ends, what was whole before it is there, and writing goes on.
#[test]
fn a_torn_end_is_left_out_and_kept_aside() {
    let folder = Folder::new("torn");
    let mut opened = folder.open();
    set(&mut opened, "/a", 1);
    opened.store.commit();
    settle(&mut opened.store);
    let path = folder::path(&folder.0, 1);
    let good = fs::metadata(&path).expect("it is there").len();
    set(&mut opened, "/a", 2);
    set(&mut opened, "/b", 2);
    opened.store.commit();
    drop(opened);
    let whole = fs::read(&path).expect("it is there");
    for end in good + 1..whole.len() as u64 {
        fs::write(&path, &whole[..end as usize]).expect("room");
        let mut opened = folder.open();
        let (bytes, copy) = opened.torn.clone().expect("it is torn");
        assert_eq!(bytes as u64, end - good);
        assert_eq!(
            fs::read(copy).expect("a copy"),
            whole[good as usize..end as usize]
        );
        assert_eq!(params(&opened), [("/a".into(), 1)], "{end}");
        set(&mut opened, "/c", 3);
        opened.store.commit();
        drop(opened);
        let opened = folder.open();
        assert_eq!(
            params(&opened),
            [("/a".into(), 1), ("/c".into(), 1)],
            "{end}"
        );
    }
}

/// The state is written again while it changes: wherever that is cut off, nothing is missing.
#[test]
fn rewriting_the_state_loses_nothing_wherever_it_ends() {
    let mut steps = 0;
    let mut is_done = false;
    while !is_done {
        let folder = Folder::new("compact");
        let mut opened = folder.open();
        opened.store.compact_after = 1;
        let held = opened.store.hold(9, "s", "", b"frame");
        for number in 0..300 {
            set(&mut opened, &format!("/{number:03}"), number);
        }
        opened.store.commit();
        settle(&mut opened.store);
        for step in 0..steps {
            let mut slice = Slice::of_steps(40);
            let Opened { state, store, .. } = &mut opened;
            store.work(state, 2, &mut slice);
            is_done = store.compaction.is_none();
            store.compact_after = u64::MAX;
            // Some are before the place that it has come to, some behind it.
            for number in [step, 299 - step] {
                set(&mut opened, &format!("/{number:03}"), 0);
            }
            opened.store.commit();
            settle(&mut opened.store);
            if is_done {
                break;
            }
        }
        let (expected, found) = (params(&opened), opened.store.found());
        drop(opened);
        let opened = folder.open();
        assert_eq!(params(&opened), expected, "{steps}");
        assert_eq!(opened.store.found(), found, "{steps}");
        assert!(opened.store.next_held > held);
        assert_eq!(expected.len(), 300);
        steps += 1;
        if is_done {
            assert_eq!(folder.files(), [2], "the older file is gone");
            assert!(opened.store.base > 0);
        }
    }
    assert!(steps > 5, "it was done in slices: {steps}");
}

#[test]
fn a_folder_serves_one_at_a_time() {
    let folder = Folder::new("lock");
    let opened = folder.open();
    let error = folder.try_open().expect_err("it is in use");
    let text = error.to_string();
    assert!(matches!(error, StoreError::InUse { .. }), "{text}");
    assert!(
        text.contains(&format!("process {}", std::process::id())),
        "{text}"
    );
    drop(opened);
    folder.open();
}

#[test]
fn what_no_crash_does_is_refused_and_left_alone() {
    let folder = Folder::new("damaged");
    let mut opened = folder.open();
    set(&mut opened, "/a", 1);
    opened.store.begin_compaction();
    settle(&mut opened.store);
    drop(opened);
    assert_eq!(folder.files(), [1, 2]);
    let (first, second) = (folder::path(&folder.0, 1), folder::path(&folder.0, 2));
    let whole = fs::read(&first).expect("it is there");
    let mut bad = whole.clone();
    *bad.last_mut().expect("it is not empty") ^= 1;
    fs::write(&first, &bad).expect("room");
    let error = folder.try_open().expect_err("it is damaged");
    assert!(matches!(&error, StoreError::Damaged { path, .. } if *path == first));
    assert_eq!(fs::read(&first).expect("it is there"), bad);
    fs::remove_file(&first).expect("it is there");
    let error = folder.try_open().expect_err("one is missing");
    assert!(matches!(&error, StoreError::Missing(path) if *path == first));
    fs::write(&first, b"something else entirely").expect("room");
    let error = folder.try_open().expect_err("it is no log");
    assert!(matches!(&error, StoreError::Foreign(path) if *path == first));
    fs::write(&first, whole).expect("room");
    // The next one was being begun when the router was killed.
    fs::write(&second, b"tref").expect("room");
    let opened = folder.open();
    assert_eq!(params(&opened), [("/a".into(), 1)]);
    assert_eq!(folder.files(), [1]);
}
