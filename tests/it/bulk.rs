//! `clasp set -`: many lines; each one is written, or named in an error.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::fake::Fake;
use crate::support::{Driver, Msg, Output, Router, Val, trefoil, wire};

/// `{"address":…,"value":…}` lines.
pub fn lines<'a>(params: impl IntoIterator<Item = (&'a str, Value)>) -> String {
    let line = |(address, value)| json!({"address": address, "value": value}).to_string() + "\n";
    params.into_iter().map(line).collect()
}

/// `/p/0` … with the values 0, 1, …
pub fn numbered(count: usize) -> String {
    (0..count)
        .map(|i| format!("{{\"address\":\"/p/{i}\",\"value\":{i}}}\n"))
        .collect()
}

/// The one summary on stdout: sent, acknowledged, refused.
#[track_caller]
pub fn counts(output: &Output) -> [u64; 3] {
    let summary = output.json();
    ["sent", "acknowledged", "refused"].map(|key| {
        summary[key]
            .as_u64()
            .unwrap_or_else(|| panic!("no count called {key:?}\n{output}"))
    })
}

#[test]
fn every_line_arrives_and_is_counted() {
    let router = Router::start();
    let done = router
        .clasp(&["set", "-"])
        .stdin(numbered(900))
        .run()
        .done();
    let expected =
        json!({"sent": 900, "acknowledged": 900, "refused": 0, "retried": 0, "verified": 900});
    assert_eq!(done.json(), expected, "{done}");
    let mut driver = Driver::connect(&router);
    assert_eq!(driver.snapshot.len(), 900);
    assert_eq!(driver.value("/p/899"), Val::Int(899));
}

#[test]
fn more_addresses_than_are_cheap_to_verify_are_said_not_to_be() {
    let router = Router::start();
    let done = router
        .clasp(&["set", "-"])
        .stdin(numbered(2_000))
        .run()
        .done();
    assert_eq!(counts(&done), [2_000, 2_000, 0], "{done}");
    assert_eq!(done.json()["verified"], false, "{done}");
    let done = done.says(&["--verify", "--single"]);
    assert_eq!(Driver::connect(&router).snapshot.len(), 2_000, "{done}");
    router
        .clasp(&["set", "-", "-q"])
        .stdin(numbered(2_000))
        .run()
        .done()
        .quietly();
    let verified = router
        .clasp(&["set", "-", "--verify"])
        .stdin(numbered(2_000))
        .run()
        .done();
    assert_eq!(verified.json()["verified"], 2_000, "{verified}");
}

#[test]
fn the_last_of_many_values_for_an_address_wins() {
    let router = Router::start();
    let input: String = (0..20_000)
        .map(|i| format!("{{\"address\":\"/a/{}\",\"value\":{i}}}\n", i % 7))
        .collect();
    let done = router.clasp(&["set", "-"]).stdin(input).run().done();
    assert_eq!(counts(&done), [20_000, 20_000, 0], "{done}");
    assert_eq!(done.json()["verified"], 7, "{done}");
    let mut driver = Driver::connect(&router);
    for i in 19_993..20_000_i64 {
        assert_eq!(driver.value(&format!("/a/{}", i % 7)), Val::Int(i));
    }
}

#[test]
fn singly_past_the_rate_limit_loses_nothing() {
    let router = Router::start();
    let input: String = (0..2_500)
        .map(|i| format!("{{\"address\":\"/a\",\"value\":{i}}}\n"))
        .collect();
    let done = router
        .clasp(&["set", "-", "--single"])
        .stdin(input)
        .run()
        .done();
    assert_eq!(counts(&done), [2_500, 2_500, 0], "{done}");
    let mut driver = Driver::connect(&router);
    assert_eq!(driver.value("/a"), Val::Int(2_499));
}

/// The promise bit of a router of a cluster.
const SHARED_REVISIONS: u8 = 0x08;

/// In a cluster a bundle is one batch of the engine, which takes longer than its SETs.
#[test]
fn a_router_of_a_cluster_is_sent_single_values_many_at_a_time() {
    let waiting = Mutex::new(Vec::new());
    let fake = Fake::router(move |peer, message| {
        match message {
            Msg::Hello { .. } => peer.greet_promising(SHARED_REVISIONS),
            Msg::Set { address, .. } => {
                let mut waiting = waiting.lock().expect("one connection");
                waiting.push(address.clone());
                // Nothing is acknowledged before the 500th has arrived.
                if waiting.len() >= 500 {
                    for (address, revision) in waiting.drain(..).zip(1..) {
                        peer.send(&wire::ack(&address, revision));
                    }
                }
            }
            Msg::Bundle { .. } => panic!("a bundle"),
            _ => return false,
        }
        true
    });
    let input = numbered(1_500);
    let done = fake.clasp(&["set", "-"]).stdin(input);
    assert_eq!(counts(&done.run().done()), [1_500, 1_500, 0]);
}

#[test]
fn a_line_is_a_line_with_or_without_its_newline() {
    let router = Router::start();
    let unended = numbered(3).trim_end().to_owned();
    for (input, count) in [("", 0), ("\n", 0), (unended.as_str(), 3), (&numbered(3), 3)] {
        let done = router.clasp(&["set", "-"]).stdin(input).run().done();
        assert_eq!(counts(&done), [count, count, 0], "{input:?}\n{done}");
    }
    let windows = numbered(3).replace('\n', "\r\n");
    let done = router.clasp(&["set", "-"]).stdin(windows).run().done();
    assert_eq!(counts(&done), [3, 3, 0], "{done}");
}

#[test]
fn values_of_every_kind_and_size() {
    let router = Router::start();
    let big = "x".repeat(60_000);
    let input = lines([
        ("/v/int", json!(i64::MAX)),
        ("/v/negative", json!(-1)),
        ("/v/nan", json!({"$float": "NaN"})),
        ("/v/bytes", json!({"$bytes": "AQL/"})),
        ("/v/text", json!("héllo \"quoted\" \u{1f600}")),
        ("/v/big", json!(big)),
        ("/v/null", Value::Null),
    ]);
    let done = router.clasp(&["set", "-"]).stdin(input).run().done();
    // NaN is not equal to itself, and is verified all the same.
    assert_eq!(done.json()["verified"], 7, "{done}");
    let mut driver = Driver::connect(&router);
    assert_eq!(driver.value("/v/int"), Val::Int(i64::MAX));
    assert_eq!(driver.value("/v/negative"), Val::Int(-1));
    assert!(matches!(driver.value("/v/nan"), Val::Float(nan) if nan.is_nan()));
    assert_eq!(driver.value("/v/bytes"), Val::Bytes(vec![1, 2, 255]));
    assert_eq!(
        driver.value("/v/text"),
        Val::from("héllo \"quoted\" \u{1f600}")
    );
    assert_eq!(driver.value("/v/big"), Val::Str(big));
    assert_eq!(driver.value("/v/null"), Val::Null);
}

#[test]
fn what_belongs_to_a_record_and_not_to_a_write_is_ignored() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/a", 1.0);
    driver.set("/a", 2.0);
    let line = r#"{"type":"param","address":"/a","value":3.5,"revision":1,"timestamp":5,"snapshot":true,"received":6}"#;
    router.clasp(&["set", "-"]).stdin(line).run().done();
    assert_eq!(driver.get("/a"), Some((Val::Float(3.5), 3)));
}

#[test]
fn a_bad_line_is_named_and_stops_what_comes_after_it() {
    let router = Router::start();
    for bad in [
        "nonsense",
        r#"{"address":"/b"}"#,
        r#"{"value":1}"#,
        r#"{"address":"b","value":1}"#,
        r#"{"address":"/b","value":1,"if_revisoin":1}"#,
        r#"["/b",1]"#,
    ] {
        let first = router.clasp(&["set", "-"]).stdin(format!("{bad}\n")).run();
        first.exits(2).says(&["line 1"]);
        let input = format!("{}{bad}\n{}", numbered(2), lines([("/after", json!(1))]));
        let third = router
            .clasp(&["set", "-"])
            .stdin(input)
            .run()
            .exits(7)
            .says(&["line 3", "was not read", "--on-error skip"]);
        assert_eq!(counts(&third)[..2], [2, 2], "{third}");
        assert_eq!(Driver::connect(&router).get("/after"), None, "{third}");
    }
}

#[test]
fn skipping_goes_on_after_a_bad_line_and_still_is_not_success() {
    let router = Router::start();
    let input = format!("{}nonsense\n{}", numbered(2), lines([("/after", json!(1))]));
    let skipped = router
        .clasp(&["set", "-", "--on-error", "skip"])
        .stdin(input)
        .run();
    let skipped = skipped.exits(7).says(&["line 3"]);
    assert_eq!(counts(&skipped)[..2], [3, 3], "{skipped}");
    assert_eq!(Driver::connect(&router).value("/after"), Val::Int(1));
}

#[test]
fn an_over_long_value_is_named_with_its_line_and_the_limit() {
    let router = Router::start();
    let input = numbered(1) + &lines([("/big", json!("x".repeat(70_000)))]);
    let refused = router
        .clasp(&["set", "-"])
        .stdin(input)
        .run()
        .exits(7)
        .says(&["line 2"]);
    assert!(
        refused
            .stderr
            .replace([',', '_', ' '], "")
            .contains("65535"),
        "{refused}"
    );
}

#[test]
fn lines_go_out_while_more_are_awaited() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/**");
    let mut set = router.clasp(&["set", "-"]).start();
    // Nothing may wait in a half-full bundle while the writer pauses.
    for i in 0..3 {
        set.write(&format!("{{\"address\":\"/slow\",\"value\":{i}}}\n"));
        assert!(format!("{:?}", listener.hear()).contains(&format!("Int({i})")));
    }
    assert_eq!(counts(&set.finish().done()), [3, 3, 0]);
}

#[test]
fn an_interrupt_reports_what_was_done() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/**");
    let mut set = router.clasp(&["set", "-"]).start();
    set.write(&numbered(3));
    (0..3).for_each(|_| drop(listener.hear()));
    // stdin stays open, because the end of the input would also end the command.
    let _stdin = set.take_stdin();
    set.interrupt();
    let stopped = set.finish().exits(130);
    assert!(
        stopped.stdout.contains("\"sent\":3") || stopped.stderr.contains('3'),
        "{stopped}"
    );
}

#[test]
fn memory_does_not_grow_with_the_input() {
    let router = Router::with().no_rate_limit().start();
    let mut set = router
        .clasp(&["set", "-"])
        .patience(Duration::from_secs(120))
        .start();
    let batch: String = (0..1_000)
        .map(|i| format!("{{\"address\":\"/p/{i}\",\"value\":{i}}}\n"))
        .collect();
    (0..100).for_each(|_| set.write(&batch));
    let early = set.peak_memory();
    (0..300).for_each(|_| set.write(&batch));
    let late = set.peak_memory();
    assert_eq!(counts(&set.finish().done()), [400_000, 400_000, 0]);
    assert!(
        late < early + 4 * 1024 && late < 8 * 1024,
        "{early} KiB, then {late} KiB"
    );
}

#[test]
fn stdin_is_not_read_unless_asked_for() {
    trefoil(&["clasp", "set"])
        .stdin(numbered(1))
        .run()
        .exits(2)
        .prints("");
}
