//! `clasp record`: everything that arrived is in the file, however the command ended.
//! [`crate::replay`] tests how it is played.

use std::path::Path;

use serde_json::Value;

use crate::bulk::counts;
use crate::support::dir::Dir;
use crate::support::trefoil::clasp;
use crate::support::{Driver, Msg, Router, Running, Val, eventually, wire};

/// The records of a file, every line of which must be one.
#[track_caller]
pub fn records(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("a recording");
    assert!(
        text.is_empty() || text.ends_with('\n'),
        "half a line: {text}"
    );
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")))
        .collect()
}

/// Waits until a recording has so many lines.
#[track_caller]
fn wait_lines(path: &Path, count: usize) {
    eventually(&format!("{count} lines in {}", path.display()), || {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        (text.lines().count() >= count).then_some(())
    });
}

fn start(router: &Router, path: &Path, args: &[&str]) -> Running {
    let all = [&["record", "/**"], args].concat();
    router.clasp(&all).arg("-O").arg(path).live()
}

#[test]
fn ctrl_c_leaves_a_whole_file_with_everything_in_it() {
    let router = Router::start();
    let dir = Dir::new();
    let path = dir.path().join("r.ndjson");
    let mut driver = Driver::connect(&router);
    driver.set("/r/before", i64::MAX);
    let recording = start(&router, &path, &[]);
    driver.set("/r/param", Val::Bytes(vec![1, 2, 255]));
    driver.emit("/r/event", "go");
    driver.publish(&wire::samples("/r/stream", &[0.5, 0.75], 60));
    driver.publish(&wire::gesture("/r/gesture", 7, 0, &Val::Float(0.1)));
    // Not one that a router can play: ours would, and its values were recorded, too.
    let timeline = r#"{"type":"timeline","address":"/r/timeline","value":{"far":1}}"#;
    router.clasp(&["publish", timeline]).run().done();
    // Lines are not buffered: everything is in the file while the recording continues.
    wait_lines(&path, 6);
    recording.interrupt();
    let done = recording.finish().done().prints("");
    let done = done.says(&["6 records of 6 addresses", "r.ndjson"]);
    let found = records(&path);
    let shown: Vec<String> = found
        .iter()
        .map(|r| format!("{} {}", r["type"], r["address"]).replace('"', ""))
        .collect();
    let expected = [
        "param /r/before",
        "param /r/param",
        "event /r/event",
        "stream /r/stream",
        "gesture /r/gesture",
        "timeline /r/timeline",
    ];
    assert_eq!(shown, expected, "{done}");
    assert_eq!(found[0]["snapshot"], true);
    assert_eq!(found[0]["value"], i64::MAX);
    assert_eq!(found[1]["value"]["$bytes"], "AQL/");
    assert_eq!(found[3]["samples"], serde_json::json!([0.5, 0.75]));
    assert_eq!(found[4]["id"], 7);
    let received: Vec<u64> = found
        .iter()
        .map(|record| record["received"].as_u64().expect("each has its time"))
        .collect();
    assert!(received.is_sorted(), "{received:?}");
}

#[test]
fn killed_without_warning_it_has_lost_nothing_that_had_come() {
    let router = Router::start();
    let dir = Dir::new();
    let path = dir.path().join("r.ndjson");
    let recording = start(&router, &path, &["--new"]);
    let mut driver = Driver::connect(&router);
    for n in 0..100 {
        driver.set("/a", n);
    }
    wait_lines(&path, 100);
    // SIGKILL.
    drop(recording);
    let values: Vec<i64> = records(&path)
        .iter()
        .map(|record| record["value"].as_i64().expect("a number"))
        .collect();
    assert_eq!(values, (0..100).collect::<Vec<_>>());
}

#[test]
fn it_ends_when_it_is_enough() {
    let router = Router::start();
    Driver::connect(&router).set_many([("/a", Val::Int(1)), ("/b", Val::Int(2))]);
    let dir = Dir::new();
    let run = |name: &str, args: &[&str]| {
        let path = dir.path().join(name);
        let all = [&["record", "/**"], args].concat();
        let done = router.clasp(&all).arg("--out").arg(&path).run();
        (done, records(&path).len())
    };
    let (done, lines) = run("count", &["--count", "1"]);
    assert_eq!((lines, done.done().code), (1, 0));
    let (done, lines) = run("for", &["--for", "50ms"]);
    assert_eq!((lines, done.done().code), (2, 0));
    let (done, lines) = run("idle", &["--idle", "50ms", "-o", "json"]);
    let summary = done.done().json();
    assert_eq!((lines, &summary["records"]), (2, &Value::from(2)));
    assert_eq!(summary["addresses"], 2);
    // Fewer than were asked for: said, and the file has what came.
    let (done, lines) = run("short", &["--count", "3", "--for", "50ms"]);
    done.exits(124).says(&["2 of 3 records"]);
    assert_eq!(lines, 2);
    let (done, lines) = run("quiet", &["--for", "50ms", "-q"]);
    done.done().quietly();
    assert_eq!(lines, 2);
}

#[test]
fn a_recording_that_is_there_is_not_lost() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 1.0);
    let dir = Dir::new();
    let path = dir.file("old.ndjson", "precious\n");
    let content = || std::fs::read_to_string(&path).expect("it is there");
    let record = |url: &str, args: &[&str]| {
        let all = [&["record", "/a", "--count", "1"], args].concat();
        clasp(url, &all).arg("-O").arg(&path).run()
    };
    let refused = record(&router.url(), &[]).exits(2);
    refused.says(&["old.ndjson", "--force"]);
    assert_eq!(content(), "precious\n");
    // Nor is it when nothing can be recorded.
    record("ws://127.0.0.1:1", &["--force"]).exits(1);
    assert_eq!(content(), "precious\n");
    record(&router.url(), &["--force"]).done();
    assert_eq!(records(&path).len(), 1);
    let nowhere = router.clasp(&["record", "/a", "--count", "1", "-O", "no/such/dir"]);
    nowhere.run().exits(2).says(&["no/such/dir"]);
    let device = router.clasp(&["record", "/a", "--count", "1", "-O", "/dev/null"]);
    device.run().done();
}

#[test]
fn a_full_disk_is_no_success() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 1.0);
    let full = router.clasp(&["record", "/a", "--for", "5s", "-O", "/dev/full"]);
    full.run().exits(7).says(&["cannot write /dev/full"]);
}

#[test]
fn without_a_file_the_records_are_on_stdout_alone() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 1.0);
    for args in [&["record", "/a"][..], &["record", "/a", "-O", "-"]] {
        let mut recording = router.clasp(args).live();
        let record = recording.record();
        assert_eq!(record["value"], 1.0);
        assert!(record["received"].is_u64(), "{record}");
        recording.terminate();
        let done = recording.finish().done().says(&["1 record of 1 address"]);
        assert_eq!(done.records().len(), 1);
    }
    let mut head = router.clasp(&["record", "/a"]).live();
    head.head();
    head.finish().done();
}

#[test]
fn a_gap_is_in_the_file_and_publish_reads_it_all_the_same() {
    let mut router = Router::start();
    let dir = Dir::new();
    let path = dir.path().join("r.ndjson");
    Driver::connect(&router).set("/a", 1.0);
    let recording = start(&router, &path, &["--reconnect-interval", "20ms"]);
    wait_lines(&path, 1);
    router.kill();
    router.restart();
    recording.wait_says("missed");
    Driver::connect(&router).set("/a", 2.0);
    wait_lines(&path, 4);
    recording.interrupt();
    let done = recording.finish().done();
    done.says(&["router gone", "2 records of 1 address", "1 gap"]);
    let types: Vec<Value> = records(&path).iter().map(|r| r["type"].clone()).collect();
    assert_eq!(types, ["param", "disconnected", "connected", "param"]);
    let other = Router::start();
    let text = std::fs::read(&path).expect("the recording");
    let published = other.clasp(&["publish", "-"]).stdin(text).run().done();
    assert_eq!(counts(&published), [2, 2, 0]);
    assert_eq!(Driver::connect(&other).value("/a"), Val::Float(2.0));
}

#[test]
fn a_connection_lost_for_good_leaves_what_came() {
    let mut router = Router::start();
    let dir = Dir::new();
    let path = dir.path().join("r.ndjson");
    Driver::connect(&router).set("/a", 1.0);
    let recording = start(&router, &path, &["--no-reconnect"]);
    wait_lines(&path, 1);
    router.kill();
    recording.finish().exits(1).says(&["1 record of 1 address"]);
    assert_eq!(records(&path).len(), 1);
}

#[test]
fn what_was_recorded_is_played_to_another_router_exactly() {
    let (a, b) = (Router::start(), Router::start());
    let dir = Dir::new();
    let path = dir.path().join("r.ndjson");
    let mut driver = Driver::connect(&a);
    driver.set("/m/nan", f64::NAN);
    let recording = start(&a, &path, &[]);
    driver.set("/m/int", i64::MIN);
    driver.set("/m/float", 1.0);
    driver.emit("/m/event", Val::Map(vec![("r".into(), Val::Null)]));
    driver.publish(&wire::gesture("/m/gesture", 7, 2, &Val::Float(0.5)));
    driver.publish(&wire::samples("/m/samples", &[0.5], 48_000));
    wait_lines(&path, 6);
    recording.interrupt();
    recording.finish().done();
    let mut listener = Driver::connect(&b);
    listener.subscribe("/m/**");
    let played = b.clasp(&["replay"]).arg(&path).run().done();
    assert_eq!(counts(&played), [6, 6, 0], "{played}");
    assert_eq!(played.json()["seeded"], 1, "{played}");
    let mut original = Driver::connect(&a);
    for name in ["/m/nan", "/m/int", "/m/float"] {
        let (one, other) = (original.value(name), listener.value(name));
        assert_eq!(format!("{one:?}"), format!("{other:?}"), "{name}");
    }
    let heard: Vec<Msg> = (0..6).map(|_| listener.hear()).collect();
    let publishes = heard.iter().filter(|m| matches!(m, Msg::Publish(_)));
    let shown = format!("{:?}", publishes.collect::<Vec<_>>());
    for part in ["/m/event", "phase: 2", "Some(48000)", "[0.5]"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
}

#[test]
fn a_filter_that_would_do_nothing_is_refused() {
    let router = Router::start();
    let dir = Dir::new();
    let path = dir.path().join("r.ndjson");
    let out = path.to_str().expect("UTF-8");
    let line = ["record", "/a", "--count", "1", "-O", out, "--jq", ".value"];
    router
        .clasp(&line)
        .run()
        .exits(2)
        .says(&["--out writes the records"]);
    assert!(!path.exists());
}
