//! `clasp replay`: sends each record at its time, can begin at any point and move the addresses,
//! and reports what was done.

use std::time::Duration;

use serde_json::{Value, json};

use crate::bulk::counts;
use crate::record::records;
use crate::support::dir::Dir;
use crate::support::{Driver, Msg, Output, Router, Val, eventually, trefoil};

/// When the recordings of these tests begin.
const T0: u64 = 1_795_166_091_829_000;

/// A recording: so many ms after its first record, this type of signal, there, this value.
fn recording<'a>(lines: impl IntoIterator<Item = (u64, &'a str, &'a str, Value)>) -> String {
    lines
        .into_iter()
        .map(|(at, kind, address, value)| {
            let received = T0 + at * 1_000;
            let record = json!({
                "type": kind, "address": address, "value": value, "received": received,
            });
            format!("{record}\n")
        })
        .collect()
}

/// Events numbered from 0, so many ms apart.
fn events(count: u64, apart: u64) -> String {
    recording((0..count).map(|n| (n * apart, "event", "/e", json!(n))))
}

/// Plays what is piped in.
fn play(router: &Router, input: &str, args: &[&str]) -> Output {
    let all = [&["replay", "-"], args].concat();
    router.clasp(&all).stdin(input).run()
}

/// What a listener hears, as `address=value`.
fn hear(listener: &mut Driver, count: usize) -> Vec<String> {
    (0..count)
        .map(|_| match listener.hear() {
            Msg::Set { address, value, .. } => format!("{address}={value:?}"),
            Msg::Publish(publish) => format!("{} {:?}", publish.address, publish.value),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn the_time_between_records_is_kept() {
    /// A busy machine makes single records late, but not most of them in every run.
    const TRIES: usize = 6;
    let router = Router::start();
    for (speed, count, apart) in [("1", 100_u64, 8_u64), ("0.5", 30, 10), ("4", 100, 20)] {
        let mut tried = Vec::new();
        let kept = (0..TRIES).any(|_| {
            let near = near_their_time(&router, speed, count, apart);
            tried.push(near);
            near * 2 > count as usize
        });
        assert!(kept, "within 5 ms, of {count}: {tried:?}");
    }
}

/// Plays so many events and counts those that came within 5 ms of their time, which is measured
/// from the one in the middle of all.
fn near_their_time(router: &Router, speed: &str, count: u64, apart: u64) -> usize {
    let dir = Dir::new();
    let path = dir.path().join("again");
    let limit = count.to_string();
    let args = ["record", "/e", "--count", &limit];
    let again = router.clasp(&args).arg("-O").arg(&path).live();
    let played = play(router, &events(count, apart), &["--speed", speed]).done();
    assert_eq!(counts(&played), [count, count, 0], "{played}");
    again.finish().done();
    let times: Vec<i64> = records(&path)
        .iter()
        .enumerate()
        .map(|(n, record)| {
            assert_eq!(record["value"], n, "in order");
            record["received"].as_i64().expect("a time")
        })
        .collect();
    let pause = apart as f64 * 1_000.0 / speed.parse::<f64>().expect("a number");
    let mut off: Vec<i64> = times
        .iter()
        .enumerate()
        .map(|(n, at)| at - times[0] - (n as f64 * pause) as i64)
        .collect();
    off.sort_unstable();
    // Delays do not add up: the last record is as punctual as the first.
    let (first, last) = (off[0], off[off.len() - 1]);
    assert!(last - first < 500_000, "{off:?}");
    let drift = &played.json()["drift_ms"];
    assert!(
        drift["median"].as_f64() <= drift["max"].as_f64(),
        "{played}"
    );
    let middle = off[off.len() / 2];
    off.iter()
        .filter(|at| (*at - middle).abs() <= 5_000)
        .count()
}

#[test]
fn it_starts_with_what_the_start_needs() {
    let router = Router::start();
    let input = recording([
        (0, "param", "/a", json!(1)),
        (10, "event", "/e", json!("over")),
        (20, "param", "/b", json!(1)),
        (30, "param", "/a", json!(2)),
        (60_000, "event", "/e", json!("now")),
        (60_010, "param", "/a", json!(3)),
    ]);
    let absolute = (T0 + 60_000_000).to_string();
    for start in ["+1m", "59s", &absolute] {
        let mut listener = Driver::connect(&router);
        listener.subscribe("/**");
        // What state there is comes as a snapshot, which is not what was played.
        listener.fence();
        let played = play(&router, &input, &["--start", start, "--speed", "10"]).done();
        assert_eq!(counts(&played), [4, 4, 0], "{played}");
        assert_eq!(played.json()["seeded"], 2, "{played}");
        let heard: Vec<String> = hear_beside_snapshots(&mut listener, 4);
        let expected = [
            "/b=Int(1)",
            "/a=Int(2)",
            "/e Some(Str(\"now\"))",
            "/a=Int(3)",
        ];
        assert_eq!(heard, expected, "{start}");
    }
    let late = play(&router, &input, &["--start", "2m"]).exits(2);
    late.says(&["--start", "1 min"]);
}

fn hear_beside_snapshots(listener: &mut Driver, count: usize) -> Vec<String> {
    let mut heard = vec![];
    while heard.len() < count {
        match listener.hear() {
            Msg::Snapshot(_) => {}
            Msg::Set { address, value, .. } => heard.push(format!("{address}={value:?}")),
            Msg::Publish(publish) => {
                heard.push(format!("{} {:?}", publish.address, publish.value));
            }
            other => panic!("{other:?}"),
        }
    }
    heard
}

#[test]
fn addresses_are_mapped_by_whole_segments_the_longest_first() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/**");
    let input = recording([
        (0, "event", "/a/x", json!(1)),
        (0, "event", "/ab", json!(2)),
        (0, "event", "/a/b/x", json!(3)),
        (0, "event", "/a", json!(4)),
    ]);
    play(&router, &input, &["--remap", "/a=/q", "--remap", "/a/b=/z"]).done();
    let expected = [
        "/q/x Some(Int(1))",
        "/ab Some(Int(2))",
        "/z/x Some(Int(3))",
        "/q Some(Int(4))",
    ];
    assert_eq!(hear(&mut listener, 4), expected);
    play(&router, &input, &["--remap", "/a=b"]).exits(2);
    let gone = play(&router, &input, &["--remap", "/a=/"]).exits(7);
    gone.says(&["line 4"]);
}

/// A typing error must not play on the lights that were recorded.
#[test]
fn rules_that_change_nothing_are_refused() {
    let router = Router::start();
    let dir = Dir::new();
    let path = dir.file("r.ndjson", recording([(0, "event", "/lights/1", json!(1))]));
    let replay = |rules: &[&str]| {
        let line = [&["replay"], rules].concat();
        router.clasp(&line).arg(&path).run()
    };
    for dry_run in [&["--dry-run"][..], &[]] {
        let rules = [&["--remap", "/light=/rehearsal"], dry_run].concat();
        let said = "--remap /light=/rehearsal: it changes no address of";
        replay(&rules).exits(2).says(&[said]).prints("");
    }
    let both = ["--remap", "/lights=/rehearsal", "--remap", "/cues=/x"];
    replay(&both)
        .done()
        .says(&["warning: --remap /cues=/x changes no address of"]);
}

#[test]
fn a_loop_goes_on_until_it_is_enough() {
    let router = Router::start();
    let dir = Dir::new();
    let path = dir.file("r.ndjson", events(3, 10));
    let three = router.clasp(&["replay", "--loop=3"]).arg(&path).run();
    let three = three.done();
    assert_eq!(counts(&three), [9, 9, 0], "{three}");
    assert_eq!(three.json()["rounds"], 3, "{three}");
    assert!(three.took > Duration::from_millis(60), "{three}");

    let mut listener = Driver::connect(&router);
    listener.subscribe("/e");
    let endless = router.clasp(&["replay", "--loop"]).arg(&path).start();
    let heard = hear(&mut listener, 10);
    assert_eq!(heard[9], "/e Some(Int(0))", "the fourth time: {heard:?}");
    endless.interrupt();
    let stopped = endless.finish().exits(130);
    assert!(stopped.json()["sent"].as_u64() >= Some(10), "{stopped}");

    trefoil(&["clasp", "replay", "-", "--loop"])
        .run()
        .exits(2)
        .says(&["stdin"]);
    let at_once = dir.file("at-once.ndjson", events(1, 0));
    router
        .clasp(&["replay", "--loop"])
        .arg(at_once)
        .run()
        .exits(7)
        .says(&["over at once"]);
}

#[test]
fn a_bad_line_is_named_and_what_stood_before_it_is_played() {
    let router = Router::start();
    let good = events(2, 10);
    for (bad, says) in [
        ("nonsense\n", "line 3"),
        ("{\"address\":\"/a\",\"value\":1}\n", "received"),
        ("{\"address\":\"a\",\"value\":1,\"received\":1}\n", "line 3"),
    ] {
        let input = format!("{good}{bad}{good}");
        let stopped = play(&router, &input, &[]).exits(7).says(&["line 3", says]);
        assert_eq!(counts(&stopped), [2, 2, 0], "{stopped}");
        play(&router, bad, &[]).exits(2).says(&["line 1"]);
    }
    let done = play(&router, "", &[]).done();
    assert_eq!(counts(&done), [0, 0, 0]);
    router
        .clasp(&["replay", "none.ndjson"])
        .run()
        .exits(2)
        .says(&["none.ndjson"]);
}

#[test]
fn a_dry_run_finds_a_bad_line_and_sends_nothing() {
    let good = recording([
        (0, "param", "/a/x", json!(1)),
        (10, "event", "/e", json!("over")),
        (20, "param", "/a/x", json!(2)),
        (3_600_000, "event", "/e", json!("now")),
    ]);
    let dry = |input: &str, args: &[&str]| {
        let all = [&["clasp", "replay", "-", "--dry-run"], args].concat();
        trefoil(&all).stdin(input).run()
    };
    // There is no router, and the command does not wait for an hour.
    let args = ["--start", "1m", "--speed", "2", "--remap", "/a=/b"];
    let shown = dry(&good, &args).done().says(&["nothing was sent"]);
    let expected = [
        json!({"at_ms": 0.0, "type": "param", "address": "/b/x", "value": 2, "snapshot": true}),
        json!({"at_ms": 1_770_000.0, "type": "event", "address": "/e", "value": "now"}),
    ];
    assert_eq!(shown.records(), expected);
    let bad = dry(&format!("{good}nonsense\n"), &[]).exits(2);
    assert_eq!(bad.says(&["line 5"]).records().len(), 4);
}

#[test]
fn what_the_router_refuses_is_counted() {
    let router = Router::with()
        .tokens("cpsk_w=read:/**,write:/ok/**")
        .start();
    let input = recording([
        (0, "param", "/no/a", json!(1)),
        (5, "param", "/ok/a", json!(2)),
        (10, "event", "/no/e", json!(3)),
        (15, "event", "/ok/e", json!(4)),
    ]);
    let play = |input: &str| {
        let command = router.clasp(&["replay", "-"]).token("cpsk_w");
        command.stdin(input).run()
    };
    let some = play(&input).exits(7);
    let some = some.says(&["line 1", "line 3", "2 lines refused"]);
    let summary = some.json();
    assert_eq!(summary["refused"], 2, "{some}");
    assert_eq!(summary["acknowledged"], 2, "{some}");
    assert_eq!(summary["retried"], 0, "{some}");
    let all = recording([(0, "param", "/no/a", json!(1))]);
    play(&all).exits(7);
}

#[test]
fn faster_than_a_router_takes_messages_nothing_is_lost() {
    // Of the default 1,000 a second.
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/fast/**");
    let input: String = (0..3_000_u64)
        .map(|n| {
            let received = T0 + n * 500;
            format!("{{\"address\":\"/fast/{n}\",\"value\":{n},\"received\":{received}}}\n")
        })
        .collect();
    let played = play(&router, &input, &[]).done();
    let summary = played.json();
    assert_eq!(summary["acknowledged"], 3_000, "{played}");
    assert_eq!(summary["retried"], 0, "{played}");
    let bundled = summary["bundled"].as_u64().expect("some are");
    assert!((1_000..3_000).contains(&bundled), "{played}");
    let state = Driver::connect(&router).snapshot;
    assert_eq!(state.len(), 3_000);
}

#[test]
fn max_is_as_fast_as_it_goes_and_a_long_recording_needs_no_memory() {
    let router = Router::with().no_rate_limit().start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/last");
    let text = "x".repeat(200);
    let mut input: String = (0..100_000_u64)
        .map(|n| {
            let received = T0 + n * 1_000;
            format!("{{\"address\":\"/a\",\"value\":\"{n} {text}\",\"received\":{received}}}\n")
        })
        .collect();
    let dir = Dir::new();
    let path = dir.file("long.ndjson", &input);
    let patience = Duration::from_secs(60);
    let max = router.clasp(&["replay", "--speed", "max"]).arg(&path);
    let max = max.patience(patience).run().done();
    assert_eq!(counts(&max), [100_000, 100_000, 0], "{max}");
    assert_eq!(max.json()["drift_ms"], Value::Null);

    // The same as what is before the start, and then a pause to weigh it in.
    input.push_str(&recording([
        (200_000, "event", "/last", json!(1)),
        (900_000, "event", "/last", json!(2)),
    ]));
    let path = dir.file("longer.ndjson", &input);
    let command = router.clasp(&["replay", "--start", "200s"]).arg(&path);
    let waiting = command.patience(patience).start();
    eventually("the start", || listener.hear_within(Duration::from_secs(1)));
    let peak = waiting.peak_memory();
    assert!(peak < 8 * 1024, "{peak} KiB for {} bytes", input.len());
    assert_eq!(
        Driver::connect(&router).value("/a"),
        Val::from(format!("99999 {text}").as_str())
    );
    waiting.interrupt();
    waiting.finish().exits(130);
}

#[test]
fn what_subscribe_stamps_is_played_while_it_comes() {
    let (a, b) = (Router::start(), Router::start());
    let mut driver = Driver::connect(&a);
    let mut listener = Driver::connect(&b);
    listener.subscribe("/**");
    let mut sub = a.clasp(&["sub", "/**", "--stamp"]).live();
    let _mirror = b.clasp(&["replay", "-"]).stdin_from(&mut sub).start_piped();
    driver.set("/m/a", 1);
    assert_eq!(hear(&mut listener, 1), ["/m/a=Int(1)"]);
    driver.emit("/m/e", 2);
    assert_eq!(hear(&mut listener, 1), ["/m/e Some(Int(2))"]);
}

#[test]
fn a_restarted_router_is_played_to_again() {
    let mut router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/a");
    let dir = Dir::new();
    let lines = (0..200_u64).map(|n| (n * 10, "param", "/a", json!(n)));
    let path = dir.file("r.ndjson", recording(lines));
    let args = ["replay", "--reconnect-interval", "20ms"];
    let playing = router.clasp(&args).arg(&path).start();
    hear(&mut listener, 1);
    router.kill();
    router.restart();
    let done = playing.finish().done().says(&["router gone"]);
    assert_eq!(counts(&done)[..2], [200, 200], "{done}");
    assert_eq!(Driver::connect(&router).value("/a"), Val::Int(199));
    let gone = "ws://127.0.0.1:1";
    crate::support::trefoil::clasp(gone, &["replay"])
        .arg(&path)
        .run()
        .exits(1);
}

/// When events numbered from 0 arrived, in ms after the first.
fn arrivals(router: &Router, input: &str, args: &[&str], count: u64) -> Vec<u64> {
    let dir = Dir::new();
    let path = dir.path().join("again");
    let limit = count.to_string();
    let again = router
        .clasp(&["record", "/e", "--count", &limit])
        .arg("-O")
        .arg(&path)
        .live();
    play(router, input, args).done();
    again.finish().done();
    let times: Vec<u64> = records(&path)
        .iter()
        .map(|record| record["received"].as_u64().expect("a stamp"))
        .collect();
    times.iter().map(|time| (time - times[0]) / 1_000).collect()
}

#[test]
fn a_clock_that_was_set_back_during_a_recording_neither_bunches_nor_delays() {
    let router = Router::start();
    let hour = 3_600_000;
    let at = [0, 100, 200].map(|ms| ms + hour);
    let later = [50, 150, 250, 350];
    let stepped = recording(
        at.iter()
            .chain(&later)
            .zip(0..)
            .map(|(at, n)| (*at, "event", "/e", json!(n))),
    );
    let times = arrivals(&router, &stepped, &[], 7);
    // The three cues after the step used to fire at once.
    assert!(times[6] - times[3] >= 250, "{times:?}");
    assert!(times[6] < 2_000, "{times:?}");
    play(&router, &stepped, &[])
        .done()
        .says(&["clock was set back once"]);
}

#[test]
fn a_pause_of_an_hour_is_announced_and_can_be_shortened() {
    let router = Router::start();
    let hour = 3_600_000;
    let stepped = recording(
        [0, 50, hour, hour + 100]
            .iter()
            .zip(0..)
            .map(|(at, n)| (*at, "event", "/e", json!(n))),
    );
    let times = arrivals(&router, &stepped, &["--max-pause", "200ms"], 4);
    assert!(times[3] >= 340 && times[3] < 3_000, "{times:?}");
    let plan = play(&router, &stepped, &["--dry-run", "--max-pause", "1s"]).done();
    let at: Vec<f64> = plan
        .records()
        .iter()
        .map(|record| record["at_ms"].as_f64().expect("a time"))
        .collect();
    assert_eq!(at, [0.0, 50.0, 1_050.0, 1_150.0]);
    let dir = Dir::new();
    let file = dir.file("stepped.ndjson", stepped);
    let waiting = router.clasp(&["replay"]).arg(file).start();
    waiting.wait_says("--max-pause");
    waiting.interrupt();
    waiting.finish().exits(130);
}
