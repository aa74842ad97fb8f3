//! `serve --data` when the disk is full or fails (strace makes a call of the system fail): what was acknowledged is
//! there afterwards, and what cannot be known is said.

use std::fs;
use std::time::Duration;

use crate::support::dir::Dir;
use crate::support::fault::strace_or_skip;
use crate::support::namespace::unshare_or_skip;
use crate::support::trefoil::clasp;
use crate::support::{Driver, Msg, Router, Running, Trefoil, Val, eventually, trefoil, wire};

/// What is said of a failed call to the disk.
const FAILED: &str = "Input/output error";

/// `serve --data` in this folder.
fn serve(dir: &Dir, sync: &str) -> Trefoil {
    let args = ["clasp", "serve", "--bind", "127.0.0.1:0", "-o", "json"];
    trefoil(&args)
        .args(&["--sync", sync, "--data"])
        .arg(dir.path().join("data"))
}

/// Its URL, when it listens.
fn url(serving: &mut Running) -> String {
    serving.record()["url"].as_str().expect("a URL").to_owned()
}

fn connect(url: &str) -> Driver {
    Driver::connect_to(url.trim_start_matches("ws://"), "")
}

/// Writes `/0`, `/1` … until a write is not acknowledged. Gives how many were.
fn write_until_it_fails(url: &str, value: &Val, most: usize) -> usize {
    let mut writer = connect(url);
    for number in 0..most {
        let sent = writer.try_send(&wire::set(&format!("/{number}"), value));
        match writer.try_receive().filter(|_| sent) {
            Some(Msg::Ack { .. }) => {}
            // The session has ended; or the disk had failed before the write came.
            None | Some(Msg::Error { code: 503, .. }) => return number,
            other => panic!("an ACK or the end of the session, not {other:?}"),
        }
    }
    panic!("the disk does not fail");
}

/// Writes are refused from now on, however often the disk succeeds; reads go on.
#[track_caller]
fn is_refused_for_good(serving: &Running, url: &str) {
    serving.wait_says("writes are refused");
    serving.wait_says("restart the router when the disk is repaired");
    // Longer than a write waits that is tried again.
    std::thread::sleep(Duration::from_millis(2_500));
    clasp(url, &["set", "/more", "1"])
        .run()
        .exits(5)
        .says(&["not written", FAILED]);
    clasp(url, &["get", "/0"]).run().done();
    let said = serving.stderr();
    assert!(!said.contains("can be written again"), "{said}");
}

/// Another router finds what was acknowledged.
#[track_caller]
fn holds_all(dir: &Dir, sync: &str, acknowledged: usize, value: &Val) -> (Router, Driver) {
    let data = dir.path().join("data");
    let router = Router::own(&["--data", data.to_str().expect("UTF-8"), "--sync", sync]);
    let mut reader = Driver::connect(&router);
    for number in 0..acknowledged {
        assert_eq!(
            reader.value(&format!("/{number}")),
            *value,
            "{sync} {number}"
        );
    }
    assert_eq!(reader.set("/more", 1_i64), 1);
    (router, reader)
}

/// The root of the file system that a router on a small disk sees.
fn small_disk(serving: &Running, dir: &Dir) -> String {
    format!("/proc/{}/root{}", serving.id(), dir.path().display())
}

/// A copy of the data of a router on a small disk, as a kill would leave it.
fn copied(root: &str) -> Dir {
    let copy = Dir::new();
    fs::create_dir(copy.path().join("data")).expect("room");
    for entry in fs::read_dir(format!("{root}/data")).expect("it is there") {
        let entry = entry.expect("it is there");
        let to = copy.path().join("data").join(entry.file_name());
        fs::copy(entry.path(), to).expect("room");
    }
    copy
}

/// Writes are refused and nothing that was acknowledged is lost; once there is room, it goes on.
#[test]
fn a_full_disk_is_said_and_what_was_acknowledged_is_there() {
    if !unshare_or_skip("a disk that is full") {
        return;
    }
    for sync in ["100ms", "always"] {
        let dir = Dir::new();
        let mut serving = serve(&dir, sync).on_a_small_disk(dir.path()).start();
        let url = url(&mut serving);
        let large = Val::Str("x".repeat(30_000));
        let acknowledged = write_until_it_fails(&url, &large, 100);
        assert!(acknowledged > 3);
        serving.wait_says("writes are refused");
        clasp(&url, &["set", "/more", "1"])
            .run()
            .exits(5)
            .says(&["not written", "No space left on device"]);
        clasp(&url, &["get", "/0", "-r"]).run().done();
        let root = small_disk(&serving, &dir);
        holds_all(&copied(&root), sync, acknowledged, &large);
        fs::remove_file(format!("{root}/filler")).expect("it is there");
        serving.wait_says("can be written again");
        clasp(&url, &["set", "/more", "1"]).run().done();
        serving.terminate();
        serving.finish().done();
    }
}

/// A session that is ended because the disk is full makes room for another.
#[test]
fn a_full_disk_leaves_no_sessions_behind() {
    if !unshare_or_skip("a disk that is full") {
        return;
    }
    let dir = Dir::new();
    let mut serving = serve(&dir, "100ms")
        .args(&["--max-sessions", "1"])
        .on_a_small_disk(dir.path())
        .start();
    let url = url(&mut serving);
    let line = |n| {
        format!(
            "{{\"address\":\"/{n}\",\"value\":\"{}\"}}\n",
            "x".repeat(200)
        )
    };
    let lines: String = (0..4_000).map(line).collect();
    let set = clasp(&url, &["set", "-", "--no-reconnect"])
        .stdin(lines)
        .run();
    assert_ne!(set.code, 0, "{set}");
    serving.wait_says("writes are refused");
    eventually("room for a session", || {
        let get = clasp(&url, &["get", "/0", "-r"]).run();
        (get.code == 0).then_some(())
    });
    serving.terminate();
    serving.finish().done();
}

/// A write is acknowledged when it is on disk. One fdatasync fails: what it should have brought there is
/// not acknowledged, nor is anything else, although the next one would succeed.
#[test]
fn nothing_is_acknowledged_that_an_fdatasync_has_failed_for() {
    if !strace_or_skip("a failing fdatasync") {
        return;
    }
    let dir = Dir::new();
    let value = Val::Int(7);
    let mut serving = serve(&dir, "always")
        .failing("fdatasync", "4", None)
        .start();
    let url = url(&mut serving);
    let acknowledged = write_until_it_fails(&url, &value, 4);
    // Each has an fdatasync of its own.
    assert!((1..4).contains(&acknowledged), "{acknowledged}");
    is_refused_for_good(&serving, &url);
    serving.terminate();
    serving.finish();
    holds_all(&dir, "always", acknowledged, &value);
}

/// With an interval, a write is acknowledged before; when its fdatasync fails, that is said.
#[test]
fn an_fdatasync_that_fails_later_is_told() {
    if !strace_or_skip("a failing fdatasync") {
        return;
    }
    let dir = Dir::new();
    let mut serving = serve(&dir, "100ms").failing("fdatasync", "2", None).start();
    let url = url(&mut serving);
    let mut writer = connect(&url);
    assert_eq!(writer.set("/0", 1_i64), 1);
    // It is on disk before the second is written.
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(writer.set("/0", 2_i64), 2);
    is_refused_for_good(&serving, &url);
    serving.terminate();
    serving.finish();
}

/// The log is continued in a new file: what the old one has not yet on disk cannot be known when its
/// fdatasync fails.
#[test]
fn an_fdatasync_that_fails_between_two_files_is_not_tried_again() {
    if !strace_or_skip("a failing fdatasync") {
        return;
    }
    let dir = Dir::new();
    // The first one is that of the old file: until then, the interval has not passed.
    let mut serving = serve(&dir, "10s").failing("fdatasync", "1", None).start();
    let url = url(&mut serving);
    // 32 MiB begin a new file.
    let large = Val::Str("x".repeat(60_000));
    write_until_it_fails(&url, &large, 2_000);
    is_refused_for_good(&serving, &url);
    serving.terminate();
    serving.finish();
}

/// A full disk leaves half a record, and it cannot be cut off either: it is cut off before anything is
/// written behind it.
#[test]
fn half_a_record_is_cut_off_before_the_next() {
    if !strace_or_skip("a failing ftruncate") || !unshare_or_skip("a disk that is full") {
        return;
    }
    let dir = Dir::new();
    let large = Val::Str("x".repeat(30_000));
    let log = dir.path().join("data/state-00000001.log");
    let serve = serve(&dir, "always").failing("ftruncate", "1", Some(&log));
    let mut serving = serve.on_a_small_disk(dir.path()).start();
    let url = url(&mut serving);
    let acknowledged = write_until_it_fails(&url, &large, 100);
    assert!(acknowledged > 3);
    let root = small_disk(&serving, &dir);
    fs::remove_file(format!("{root}/filler")).expect("it is there");
    serving.wait_says("can be written again");
    clasp(&url, &["set", "/after", "1"]).run().done();
    let copy = copied(&root);
    serving.terminate();
    serving.finish();
    let (_router, mut reader) = holds_all(&copy, "always", acknowledged, &large);
    assert_eq!(reader.value("/after"), Val::Int(1));
}
