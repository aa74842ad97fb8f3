//! `clasp subscribe`: which records are printed, and their fields.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::now_micros;
use crate::support::{Driver, Router, Val, trefoil, wire};

#[test]
fn the_snapshot_is_marked_and_then_it_is_live() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/a/x", 1.0);
    driver.set("/b/x", 1.0);
    let mut sub = router.clasp(&["subscribe", "/a/**"]).live();
    let first = sub.record();
    assert_eq!(first["type"], "param", "{first}");
    assert_eq!(first["address"], "/a/x", "{first}");
    assert_eq!(first["value"], 1.0, "{first}");
    assert_eq!(first["revision"], 1, "{first}");
    assert_eq!(first["snapshot"], true, "{first}");
    driver.set("/b/x", 2.0);
    driver.set("/a/x", 2.0);
    let second = sub.record();
    assert_eq!(second["address"], "/a/x", "{second}");
    assert_eq!(second["revision"], 2, "{second}");
    assert_eq!(second.get("snapshot"), None, "{second}");
}

#[test]
fn every_kind_of_signal_has_its_record() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let mut sub = router.clasp(&["sub", "/s/**"]).live();
    driver.set("/s/param", -1_i64);
    driver.emit("/s/event", "go");
    driver.publish(&wire::event("/s/bare", None));
    driver.publish(&wire::stream("/s/stream", &Val::Float(0.25)));
    driver.publish(&wire::samples("/s/samples", &[0.5, 0.75], 60));
    driver.publish(&wire::gesture("/s/gesture", 7, 0, &Val::Float(0.1)));
    driver.publish(&wire::gesture("/s/gesture", 7, 2, &Val::Float(0.9)));
    let expected = [
        json!({"type": "param", "address": "/s/param", "value": -1, "revision": 1}),
        json!({"type": "event", "address": "/s/event", "value": "go"}),
        json!({"type": "event", "address": "/s/bare"}),
        json!({"type": "stream", "address": "/s/stream", "value": 0.25}),
        json!({"type": "stream", "address": "/s/samples", "samples": [0.5, 0.75], "rate": 60}),
        json!({"type": "gesture", "address": "/s/gesture", "id": 7, "phase": "start", "value": 0.1}),
        json!({"type": "gesture", "address": "/s/gesture", "id": 7, "phase": "end", "value": 0.9}),
    ];
    for expected in expected {
        let record = sub.record();
        let Value::Object(fields) = &expected else {
            unreachable!("written above")
        };
        for (key, value) in fields {
            assert_eq!(record.get(key), Some(value), "{key} in {record}");
        }
        let missing = [
            "revision", "samples", "rate", "id", "phase", "snapshot", "received",
        ];
        for absent in missing.iter().filter(|key| !fields.contains_key(**key)) {
            assert_eq!(record.get(absent), None, "{absent} in {record}");
        }
    }
}

#[test]
fn keys_stand_in_the_order_that_people_read() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let mut sub = router.clasp(&["sub", "/a"]).live();
    driver.set("/a", 1.0);
    let line = sub.next_line();
    let expected = r#"{"type":"param","address":"/a","value":1.0,"revision":1"#;
    assert!(line.starts_with(expected), "{line}");
}

#[test]
fn type_and_new_thin_out_what_comes() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/a", 1.0);
    let mut events = router.clasp(&["sub", "/**", "--type", "event"]).live();
    let mut new = router.clasp(&["sub", "/**", "--new"]).live();
    driver.set("/a", 2.0);
    driver.emit("/go", 1_i64);
    assert_eq!(events.record()["type"], "event");
    assert_eq!(new.record()["value"], 2.0);
    assert_eq!(new.record()["type"], "event");
}

#[test]
fn several_patterns_print_each_record_once() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/a/x", 1.0);
    let mut sub = router.clasp(&["sub", "/a/**", "/a/x", "/b"]).live();
    driver.set("/a/x", 2.0);
    driver.set("/b", 3.0);
    let seen: Vec<_> = (0..3).map(|_| sub.record()["value"].clone()).collect();
    assert_eq!(seen, [1.0, 2.0, 3.0]);
}

#[test]
fn retained_only_is_the_snapshot_and_then_the_end() {
    let router = Router::start();
    Driver::connect(&router).set_numbered("/p", 2_000);
    let all = router
        .clasp(&["sub", "/p/*", "--retained-only"])
        .run()
        .done();
    let records = all.records();
    assert_eq!(records.len(), 2_000);
    assert!(records.iter().all(|record| record["snapshot"] == true));
}

#[test]
fn a_snapshot_of_a_hundred_thousand_params_is_whole() {
    let router = Router::with().unlimited().start();
    Driver::connect(&router).set_numbered("/p", 100_000);
    let all = router
        .clasp(&["sub", "/**", "--retained-only"])
        .run()
        .done();
    let mut values: Vec<_> = all
        .records()
        .iter()
        .map(|record| record["value"].as_u64())
        .collect();
    values.sort();
    assert!(values.into_iter().eq((0..100_000).map(Some)), "{all}");
}

#[test]
fn count_for_and_idle_end_it() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set_numbered("/p", 3);
    let count = router.clasp(&["sub", "/p/*", "--count", "2"]).run().done();
    assert_eq!(count.records().len(), 2, "{count}");
    router
        .clasp(&["sub", "/p/*", "--for", "200ms"])
        .run()
        .done();
    let idle = router
        .clasp(&["sub", "/p/*", "--idle", "200ms"])
        .run()
        .done();
    assert_eq!(idle.records().len(), 3, "{idle}");
    let fewer = router
        .clasp(&["sub", "/p/*", "--count", "4", "--for", "300ms"])
        .run();
    let fewer = fewer.exits(124);
    assert_eq!(fewer.records().len(), 3, "{fewer}");
    assert!(fewer.took >= Duration::from_millis(300), "{fewer}");
}

#[test]
fn max_rate_thins_params_and_brings_the_last_value() {
    let router = Router::with().no_rate_limit().start();
    let mut driver = Driver::connect(&router);
    let mut sub = router.clasp(&["sub", "/a", "/b", "--max-rate", "5"]).live();
    for i in 0..500_i64 {
        driver.set("/a", i);
        driver.set("/b", i);
    }
    let started = std::time::Instant::now();
    let (mut printed, mut ended) = (0, 0);
    while ended < 2 {
        printed += 1;
        ended += usize::from(sub.record()["value"] == 499);
    }
    // The first of each, then five a second of each, for as long as it took.
    let seconds = started.elapsed().as_secs_f64() + 1.0;
    assert!(
        f64::from(printed) <= 2.0 * (1.0 + 5.0 * seconds),
        "{printed} in {seconds} s"
    );
}

#[test]
fn max_rate_never_thins_events_or_the_ends_of_gestures() {
    let router = Router::with().no_rate_limit().start();
    let mut driver = Driver::connect(&router);
    let mut sub = router.clasp(&["sub", "/e/**", "--max-rate", "1"]).live();
    for i in 0..50_i64 {
        driver.emit("/e/event", i);
        driver.publish(&wire::gesture("/e/gesture", 1, 0, &Val::Int(i)));
        driver.publish(&wire::gesture("/e/gesture", 1, 2, &Val::Int(i)));
    }
    for i in 0..50 {
        for (kind, phase) in [
            ("event", None),
            ("gesture", Some("start")),
            ("gesture", Some("end")),
        ] {
            let record = sub.record();
            assert_eq!(record["type"], kind, "{i}: {record}");
            assert_eq!(record["value"], i, "{record}");
            assert_eq!(
                record.get("phase").and_then(Value::as_str),
                phase,
                "{record}"
            );
        }
    }
}

#[test]
fn epsilon_leaves_out_small_changes() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let mut sub = router.clasp(&["sub", "/e/**", "--epsilon", "0.5"]).live();
    for value in [0.0, 0.125, 0.375, 0.625, 0.75, 1.25] {
        driver.set("/e/a", value);
    }
    driver.emit("/e/end", "end");
    let mut values = vec![];
    loop {
        let record = sub.record();
        if record["type"] == "event" {
            break;
        }
        values.push(record["value"].as_f64().unwrap_or(f64::NAN));
    }
    assert_eq!(values, [0.0, 0.625, 1.25]);
}

#[test]
fn format_and_stamp() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/a", "two words");
    let format = router.clasp(&["sub", "/a", "--count", "1", "--format", "{address} {value}"]);
    let line = format.run().done().stdout;
    assert!(
        line == "/a two words\n" || line == "/a \"two words\"\n",
        "{line:?}"
    );

    let mut sub = router.clasp(&["sub", "/a", "--new", "--stamp"]).live();
    let before = now_micros();
    driver.set("/a", 2.0);
    let received = sub.record()["received"]
        .as_u64()
        .expect("--stamp adds `received` in µs");
    assert!(
        (before..=now_micros()).contains(&received),
        "{before} {received}"
    );
}

#[test]
fn a_format_that_names_no_field_is_a_usage_error() {
    trefoil(&["clasp", "sub", "/a", "--format", "{adress}"])
        .run()
        .exits(2)
        .says(&["adress"]);
}

#[test]
fn a_filter_sees_every_record() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set_numbered("/p", 3);
    let args = [
        "sub",
        "/p/*",
        "--retained-only",
        "--jq",
        "select(.value > 0) | .address",
        "-r",
    ];
    let filtered = router.clasp(&args).run().done();
    let mut lines: Vec<_> = filtered.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["/p/1", "/p/2"]);
}

#[test]
fn a_bad_pattern_is_said_before_anything_is_sent() {
    for pattern in ["sensors", "/sensors//x", ""] {
        trefoil(&["clasp", "sub", pattern]).run().exits(2);
    }
}

#[test]
fn a_record_is_printed_at_once_into_a_pipe() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let mut sub = router.clasp(&["sub", "/a"]).live();
    // Each is only set once the one before it was printed: no buffer may hold it back.
    for i in 0..20_i64 {
        driver.set("/a", i);
        assert_eq!(sub.record()["value"], i);
    }
}

#[test]
fn wildcards_of_mqtt_are_pointed_out_wherever_a_pattern_is_typed() {
    let router = Router::start();
    let meant = "did you mean '/lights/**'?";
    for verb in [
        &["sub", "/lights/#", "--for", "50ms"][..],
        &["record", "/lights/#", "--for", "50ms"],
        &["on", "/lights/#", "--for", "50ms", "--", "true"],
        &["get", "/lights/#"],
        &["dump", "/lights/#"],
        &["query", "/lights/#"],
    ] {
        router.clasp(verb).run().says(&[meant]);
        router.clasp(&[verb, &["-q"]].concat()).run();
    }
    router
        .clasp(&["get", "/a/+/b"])
        .run()
        .exits(6)
        .says(&["did you mean '/a/*/b'?"]);
    let dir = crate::support::dir::Dir::new();
    let tokens = dir.path().join("tokens.json");
    crate::support::trefoil(&["clasp", "token", "create", "--scope", "read:/lights/#"])
        .arg("--tokens")
        .arg(&tokens)
        .run()
        .done()
        .says(&[meant]);
    crate::support::trefoil(&["profile", "add", "p", "--allow", "/lights/#"])
        .run()
        .says(&[meant]);
    // They are ordinary characters: an address with them is written and read as it stands.
    router.clasp(&["set", "/c#", "1"]).run().done();
    router
        .clasp(&["get", "/c#"])
        .run()
        .done()
        .prints("1\n")
        .quietly();
}
