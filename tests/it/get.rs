//! `clasp get`: prints the value, or says that there is none.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::fake::Peer;
use crate::support::now_micros;
use crate::support::{Counter, Driver, Fake, Msg, Router, Val, wire};

#[test]
fn one_address_prints_the_bare_value() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/front", 0.8);
    driver.set("/text", "two\nlines");
    driver.set("/null", Val::Null);
    router
        .clasp(&["get", "/front"])
        .run()
        .done()
        .prints("0.8\n")
        .quietly();
    router
        .clasp(&["get", "/text"])
        .run()
        .done()
        .prints("\"two\\nlines\"\n");
    router
        .clasp(&["get", "/text", "-r"])
        .run()
        .done()
        .prints("two\nlines\n");
    router
        .clasp(&["get", "/null"])
        .run()
        .done()
        .prints("null\n");
}

#[test]
fn several_addresses_and_patterns_print_records() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set_many([
        ("/a/1", 1.into()),
        ("/a/2", 2.into()),
        ("/b/1", Val::from("x")),
    ]);
    let several = router.clasp(&["get", "/b/1", "/a/1"]).run().done();
    let kept = |r: &Value| json!([r["address"], r["value"], r["revision"]]);
    let records: Vec<_> = several.records().iter().map(kept).collect();
    assert_eq!(
        records,
        [json!(["/b/1", "x", 1]), json!(["/a/1", 1, 1])],
        "{several}"
    );
    let pattern = router.clasp(&["get", "/a/*"]).run().done();
    let mut records: Vec<_> = pattern.records().iter().map(kept).collect();
    records.sort_by_key(ToString::to_string);
    assert_eq!(
        records,
        [json!(["/a/1", 1, 1]), json!(["/a/2", 2, 1])],
        "{pattern}"
    );
}

#[test]
fn meta_prints_the_whole_record_of_one_address() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 0.5);
    let record = router.clasp(&["get", "/a", "--meta"]).run().done().json();
    assert_eq!(record["address"], "/a", "{record}");
    assert_eq!(record["value"], 0.5, "{record}");
    assert_eq!(record["revision"], 1, "{record}");
    assert!(
        record["timestamp"].as_u64() > Some(1_700_000_000_000_000),
        "{record}"
    );
}

#[test]
fn no_value_is_exit_6_in_one_round_trip() {
    let router = Router::start();
    // The SDKs wait 5 s here.
    let limit = Duration::from_secs(2);
    let none = router
        .clasp(&["get", "/none"])
        .run()
        .exits(6)
        .prints("")
        .within(limit);
    none.says(&["no value", "/none"]);
    router
        .clasp(&["get", "/none/**"])
        .run()
        .exits(6)
        .prints("")
        .within(limit);
}

#[test]
fn the_fence_is_pipelined_behind_the_request() {
    // No answer to anything before HELLO, GET and the PING behind it are all there.
    let fake = Fake::websocket(|_, peer| {
        let mut asked = vec![];
        while !matches!(asked[..], [.., Msg::Get(_), Msg::Ping]) {
            asked.push(peer.receive().expect("GET and PING"));
        }
        asked.iter().for_each(|message| peer.answer(message));
        while peer.receive().is_some() {}
    });
    fake.clasp(&["get", "/none"]).run().exits(6);
}

#[test]
fn any_of_several_without_a_value_is_exit_6_and_the_others_are_printed() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 1.0);
    let some = router.clasp(&["get", "/a", "/none"]).run().exits(6);
    assert_eq!(some.json()["address"], "/a");
    some.says(&["/none"]);
}

#[test]
fn a_default_stands_in_for_what_is_not_there() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 1.0);
    router
        .clasp(&["get", "/none", "--default", "-5"])
        .run()
        .done()
        .prints("-5\n");
    router
        .clasp(&["get", "/a", "--default", "-5"])
        .run()
        .done()
        .prints("1.0\n");
}

#[test]
fn more_addresses_than_the_rate_limit_lets_through_at_once() {
    let router = Router::start();
    Driver::connect(&router).set_numbered("/p", 1_500);
    let addresses: Vec<_> = (0..1_500).map(|i| format!("/p/{i}")).collect();
    let mut args = vec!["get"];
    args.extend(addresses.iter().map(String::as_str));
    let all = router.clasp(&args).run().done();
    let records = all.records();
    assert_eq!(records.len(), 1_500, "{all}");
    assert!(
        records
            .iter()
            .enumerate()
            .all(|(i, record)| record["value"] == i),
        "{all}"
    );
}

#[test]
fn a_fence_that_falls_to_the_rate_limit_is_set_again() {
    // The GET was answered and its PING dropped: a value, one 429, no PONG.
    let fences = Counter::default();
    let fake = Fake::router(move |peer, message| match message {
        Msg::Get(_) => {
            peer.send(&wire::snapshot(&[("/a", Val::Int(5), 1)]));
            true
        }
        Msg::Ping if fences.next() == 1 => {
            peer.send(&wire::error(429, "Rate limit exceeded"));
            true
        }
        _ => false,
    });
    fake.clasp(&["get", "/a"]).run().done().prints("5\n");
}

#[test]
fn a_get_that_falls_to_the_rate_limit_is_not_taken_for_no_value() {
    let asked = Counter::default();
    let fake = Fake::router(move |peer, message| {
        let get = matches!(message, Msg::Get(_));
        match get.then(|| asked.next()) {
            Some(1) => peer.send(&wire::error(429, "Rate limit exceeded")),
            Some(_) => peer.send(&wire::snapshot(&[("/a", Val::Int(5), 1)])),
            None => {}
        }
        get
    });
    fake.clasp(&["get", "/a"]).run().done().prints("5\n");
}

#[test]
fn a_hundred_thousand_params_come_whole() {
    let router = Router::with().unlimited().start();
    Driver::connect(&router).set_numbered("/p", 100_000);
    let all = router.clasp(&["get", "/p/*"]).run().done();
    assert_eq!(all.stdout.lines().count(), 100_000);
    let last = router.clasp(&["get", "/p/99999"]).run().done();
    last.prints("99999\n");
}

#[test]
fn state_that_was_not_asked_for_is_not_printed() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set_many([("/a/b", 1.into()), ("/ab", 2.into()), ("/a", 3.into())]);
    let addresses = |pattern: &str| {
        let found = router.clasp(&["get", pattern, "-o", "ndjson"]).run().done();
        let mut addresses: Vec<_> = found
            .records()
            .iter()
            .map(|r| r["address"].as_str().unwrap_or_default().to_owned())
            .collect();
        addresses.sort();
        addresses
    };
    assert_eq!(addresses("/a/**"), ["/a", "/a/b"]);
    assert_eq!(addresses("/a*"), ["/a", "/ab"]);
    assert_eq!(addresses("/*/b"), ["/a/b"]);
    assert_eq!(addresses("/**/b"), ["/a/b"]);
}

#[test]
fn a_snapshot_that_the_router_has_cut_is_not_taken_for_all() {
    let router = Router::with().unlimited().start();
    let rooms: Vec<_> = (0..1_000)
        .map(|n| format!("/sensors/room/{n}/temperature"))
        .collect();
    let mut driver = Driver::connect(&router);
    driver.set_many(rooms.iter().map(|address| (address.as_str(), 0.5.into())));
    for cut in [
        vec!["get", "/sensors/**"],
        vec!["sub", "/sensors/**", "--retained-only"],
    ] {
        let run = router.clasp(&cut).run().exits(7);
        run.says(&["leaves out part", "narrower patterns"]);
    }
    // Fewer fit, and are not doubted.
    let few = router.clasp(&["get", "/sensors/room/1*/*"]).run().done();
    assert_eq!(few.stdout.lines().count(), 111);
}

/// A router that may cut snapshots and always shows these two params; at the second look, whatever
/// `second` has it say.
fn looked_at_twice(second: impl Fn(&mut Peer) + Send + Sync + 'static) -> Fake {
    // Short of what fits a frame 800 times, a snapshot is not doubted.
    let heavy = || Val::from("x".repeat(100).as_str());
    let subscribed = Counter::default();
    Fake::router(move |peer, message| match message {
        Msg::Hello { .. } => {
            peer.greet();
            true
        }
        Msg::Subscribe { .. } => {
            match subscribed.next() {
                1 => peer.send(&wire::snapshot(&[
                    ("/a/1", heavy(), 1),
                    ("/a/2", heavy(), 1),
                ])),
                // `/a` itself, which `/a/**` leaves out.
                2 => {}
                3 => second(peer),
                _ => {}
            }
            true
        }
        _ => false,
    })
}

/// A SNAPSHOT of one param that says when it was written.
fn snapshot_at(address: &str, value: i64, revision: u64, at: u64) -> Vec<u8> {
    let mut snapshot = wire::snapshot(&[(address, Val::Int(value), revision)]);
    *snapshot.last_mut().expect("flags") = 2;
    snapshot.extend(at.to_be_bytes());
    snapshot
}

/// A SET as a router passes it on.
fn set_at_revision(address: &str, value: i64, revision: u64) -> Vec<u8> {
    let mut set = wire::set(address, &Val::Int(value));
    set[1] |= 0x80;
    set.extend(revision.to_be_bytes());
    set
}

#[test]
fn a_param_that_is_created_while_we_look_is_no_sign_of_a_cut() {
    let heard = looked_at_twice(|peer| {
        peer.send(&set_at_revision("/a/new", 1, 1));
        peer.send(&set_at_revision("/a/new", 2, 2));
        peer.send(&wire::snapshot(&[("/a/new", Val::Int(2), 2)]));
    });
    // Its snapshot may be faster than its SET.
    let seen = looked_at_twice(|peer| peer.send(&snapshot_at("/a/new", 2, 1, now_micros() + 1)));
    for router in [heard, seen] {
        let all = router.clasp(&["get", "/a/**", "--jq", ".value|tostring|length"]);
        all.run().done().prints("100\n100\n1\n").quietly();
    }
}

#[test]
fn a_param_that_was_there_before_we_looked_is_a_sign_of_a_cut() {
    let old = looked_at_twice(|peer| peer.send(&snapshot_at("/a/old", 2, 1, 1)));
    let timeless = looked_at_twice(|peer| peer.send(&wire::snapshot(&[("/a/old", Val::Null, 1)])));
    let rewritten = looked_at_twice(|peer| {
        peer.send(&set_at_revision("/a/old", 2, 7));
        peer.send(&snapshot_at("/a/old", 2, 7, now_micros() + 1));
    });
    for router in [old, timeless, rewritten] {
        let some = router.clasp(&["get", "/a/**"]).run().exits(7);
        some.says(&["leaves out part"]);
    }
}

#[test]
fn a_long_value_does_not_break_the_table_on_a_terminal() {
    if !crate::support::python::python3_or_skip("a table on a terminal") {
        return;
    }
    let router = Router::start();
    let long = format!("begin{}end", "x".repeat(500));
    router.clasp(&["set", "/t/long", &long]).run().done();
    router.clasp(&["set", "/t/short", "1"]).run().done();
    for verb in ["get", "query"] {
        let shown = router
            .clasp(&[verb, "/t/**"])
            .env("NO_COLOR", "1")
            .on_terminal()
            .run()
            .done();
        let lines: Vec<&str> = shown.stdout.lines().collect();
        assert_eq!(lines.len(), 3, "{shown}");
        assert!(
            lines
                .iter()
                .all(|line| line.trim_end().chars().count() <= 80),
            "{shown}"
        );
        // Cut in the middle of the cell: both ends tell what it is.
        assert!(lines[1].contains("begin"), "{shown}");
        assert!(lines[1].contains("x…x"), "{shown}");
        assert!(lines[1].contains("end"), "{shown}");
        // Whole for programs.
        for form in ["json", "text", "table"] {
            let whole = router.clasp(&[verb, "/t/**", "-o", form]).run().done();
            assert!(whole.stdout.contains(&long), "{form}: {whole}");
        }
    }
}
