//! `clasp on`: a command for each message.

use std::time::{Duration, Instant};

use crate::support::dir::Dir;
use crate::support::trefoil::clasp;
use crate::support::{Driver, Fake, Msg, Router, Running, Val, eventually, trefoil, wire};

const TREFOIL: &str = env!("CARGO_BIN_EXE_trefoil");

/// A command that prints that it runs, runs until `/release` has a value, and prints its message.
const HOLD: &[&str] = &[
    "sh",
    "-c",
    "echo up; $0 clasp wait /release >/dev/null; cat",
    TREFOIL,
];

/// `clasp on ARGS -- COMMAND`, live.
fn on(router: &Router, args: &[&str], command: &[&str]) -> Running {
    let args = [&["on"], args].concat();
    router.clasp(&args).around(command).live()
}

#[test]
fn the_record_is_on_stdin_and_its_parts_are_in_the_environment() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.set("/old", 1.0);
    let script = "echo $TREFOIL_ADDRESS $TREFOIL_TYPE ${TREFOIL_VALUE-unset}; cat";
    let mut live = router
        .clasp(&["on", "/**", "--count", "3"])
        .env("TREFOIL_VALUE", "that of a run around this one")
        .around(&["sh", "-c", script])
        .live();
    driver.set("/a", "x y");
    driver.emit("/go", 1.5);
    router.clasp(&["emit", "/bare"]).run().done();
    assert_eq!(live.next_line(), "/a param \"x y\"");
    let record = live.record();
    assert_eq!(record["type"], "param");
    assert_eq!(record["value"], "x y");
    assert_eq!(record["revision"], 1);
    assert_eq!(live.next_line(), "/go event 1.5");
    assert_eq!(live.record()["value"], 1.5);
    assert_eq!(live.next_line(), "/bare event unset");
    assert_eq!(live.record()["address"], "/bare");
    live.finish().done().quietly();
}

#[test]
fn what_was_there_already_counts_only_if_it_is_asked_for() {
    let router = Router::start();
    Driver::connect(&router).set("/a", 1_i64);
    router
        .clasp(&["on", "/**", "--idle", "200ms"])
        .around(&["cat"])
        .run()
        .done()
        .prints("");
    let run = router
        .clasp(&["on", "/**", "--idle", "200ms", "--retained"])
        .around(&["cat"])
        .run()
        .done();
    assert_eq!(run.json()["snapshot"], true, "{run}");
}

#[test]
fn a_run_that_fails_is_said_and_the_next_comes_all_the_same() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let script = "test \"$TREFOIL_VALUE\" != 2 || exit 9; cat";
    let live = on(&router, &["/a", "--count", "3"], &["sh", "-c", script]);
    for n in 1_i64..=3 {
        driver.set("/a", n);
    }
    let ended = live
        .finish()
        .exits(7)
        .says(&["/a: the command ended with 9", "1 of 3 runs failed"]);
    assert_eq!(ended.records().len(), 2, "{ended}");
}

#[test]
fn nobody_has_to_read_what_is_piped_in() {
    let router = Router::start();
    let live = on(&router, &["/a", "--count", "1"], &["true"]);
    // More than a pipe holds.
    let long = "\u{1}".repeat(60_000);
    Driver::connect(&router).set("/a", long.as_str());
    live.finish().done().quietly();
}

#[test]
fn a_value_that_is_too_long_for_the_environment_is_on_stdin_only() {
    let router = Router::start();
    let script = "echo ${TREFOIL_VALUE-unset}; wc -c";
    let mut live = on(&router, &["/a", "--count", "1"], &["sh", "-c", script]);
    // Six bytes each, in JSON.
    Driver::connect(&router).set("/a", "\u{1}".repeat(60_000).as_str());
    assert_eq!(live.next_line(), "unset");
    let length: usize = live.next_line().trim().parse().expect("a number");
    assert!(length > 360_000, "{length}");
    live.finish().done();
}

#[test]
fn messages_queue_in_their_order() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let mut live = on(&router, &["/a", "--count", "3"], HOLD);
    driver.set("/a", 1_i64);
    assert_eq!(live.next_line(), "up");
    driver.set("/a", 2_i64);
    driver.set("/a", 3_i64);
    driver.set("/release", 1_i64);
    for value in 1..=3 {
        if value > 1 {
            assert_eq!(live.next_line(), "up", "one at a time");
        }
        assert_eq!(live.record()["value"], value);
    }
    live.finish().done();
}

#[test]
fn of_what_waits_only_the_latest_of_an_address_is_kept() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let mut live = on(&router, &["/a", "--latest", "--count", "2"], HOLD);
    driver.set("/a", 1_i64);
    assert_eq!(live.next_line(), "up");
    for n in 2_i64..=9 {
        driver.set("/a", n);
    }
    driver.set("/release", 1_i64);
    assert_eq!(live.record()["value"], 1);
    assert_eq!(live.next_line(), "up");
    assert_eq!(live.record()["value"], 9);
    live.finish().done();
}

#[test]
fn under_a_flood_the_latest_is_run_again_and_again() {
    const FLOOD: Duration = Duration::from_secs(3);
    let fake = Fake::websocket(|_, peer| {
        let mut subscribed = false;
        while let Some(message) = peer.receive() {
            peer.answer(&message);
            if matches!(message, Msg::Subscribe { .. }) {
                subscribed = true;
            } else if subscribed && matches!(message, Msg::Ping) {
                break;
            }
        }
        let begun = Instant::now();
        let mut n = 0;
        while begun.elapsed() < FLOOD {
            n += 1;
            peer.send(&wire::set("/a", &Val::Int(n)));
        }
        while peer.receive().is_some() {}
    });
    let args = ["on", "/a", "--latest", "--for", "2500ms"];
    let command = ["sh", "-c", "echo $TREFOIL_VALUE"];
    let run = fake.clasp(&args).around(&command).run().done();
    let values: Vec<i64> = run
        .stdout
        .lines()
        .map(|line| line.parse().expect("a value"))
        .collect();
    // At least every 100 ms on a quiet machine; a busy one is given five times as long.
    assert!(values.len() >= 5, "{} runs in 2.5 s", values.len());
    assert!(values.is_sorted(), "{values:?}");
}

#[test]
fn several_run_at_once() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let mut live = on(&router, &["/a", "--parallel", "2", "--count", "3"], HOLD);
    for n in 1_i64..=3 {
        driver.set("/a", n);
    }
    assert_eq!([live.next_line(), live.next_line()], ["up", "up"]);
    driver.set("/release", 1_i64);
    let ended = live.finish().done();
    assert_eq!(ended.stdout.matches("\"value\"").count(), 3, "{ended}");
}

#[test]
fn an_address_that_is_quiet_again_is_run_for_once() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    let args = ["/*", "--debounce", "400ms", "--count", "2"];
    let mut live = on(&router, &args, &["cat"]);
    driver.set("/b", 1_i64);
    for n in 1_i64..=20 {
        driver.set("/a", n);
    }
    let ran = [live.record(), live.record()].map(|record| record["value"].clone());
    assert_eq!(ran, [1, 20]);
    live.finish().done();
}

#[test]
fn what_is_not_quiet_yet_is_run_when_the_time_is_up() {
    let router = Router::start();
    let args = ["/a", "--debounce", "1h", "--for", "1s"];
    let mut live = on(&router, &args, &["cat"]);
    Driver::connect(&router).set("/a", 5_i64);
    assert_eq!(live.record()["value"], 5);
    live.finish().done();
}

#[test]
fn ctrl_c_lets_end_what_runs_and_runs_no_more() {
    type Send = fn(&Running);
    let ends: [(Send, i32); 3] = [
        (Running::interrupt, 130),
        (Running::terminate, 143),
        (Running::hang_up, 143),
    ];
    for (send, code) in ends {
        let router = Router::start();
        let mut driver = Driver::connect(&router);
        let script = "trap 'echo bye; exit 1' INT TERM; echo up; while :; do sleep 0.05; done";
        let folder = Dir::new();
        let trace = folder.path().join("trace.ndjson");
        let args = ["--trace", trace.to_str().expect("UTF-8"), "/**"];
        let mut live = on(&router, &args, &["sh", "-c", script]);
        driver.set("/a", 1_i64);
        driver.set("/a", 2_i64);
        assert_eq!(live.next_line(), "up");
        // The second waits for the first when it has arrived, and not before.
        eventually("the second message to arrive", || {
            let trace = std::fs::read_to_string(&trace).ok()?;
            (trace.matches("\"/a\"").count() >= 2).then_some(())
        });
        send(&live);
        live.finish()
            .exits(code)
            .prints("up\nbye\n")
            .says(&["1 message was not run"]);
    }
}

#[test]
fn asked_twice_it_kills() {
    let router = Router::start();
    let script = "trap 'echo no' INT; echo up; while :; do sleep 0.05; done";
    let mut live = on(&router, &["/**"], &["sh", "-c", script]);
    Driver::connect(&router).set("/a", 1_i64);
    assert_eq!(live.next_line(), "up");
    live.interrupt();
    assert_eq!(live.next_line(), "no");
    live.interrupt();
    live.finish().exits(130);
}

#[test]
fn fewer_than_were_asked_for_is_a_missed_deadline() {
    let router = Router::start();
    router
        .clasp(&["on", "/a", "--count", "2", "--for", "200ms"])
        .around(&["true"])
        .run()
        .exits(124)
        .says(&["0 of 2 runs", "200 ms"]);
}

#[test]
fn it_comes_back_and_says_what_may_have_been_missed() {
    let mut router = Router::start();
    let args = ["/a", "--count", "1", "--reconnect-interval", "100ms"];
    let mut live = on(&router, &args, &["cat"]);
    router.kill();
    live.wait_says("router gone");
    router.restart();
    live.wait_says("events, streams and gestures in between may have been missed");
    Driver::connect(&router).set("/a", 3_i64);
    assert_eq!(live.record()["value"], 3);
    live.finish().done();
}

#[test]
fn what_came_before_a_connection_was_lost_is_run() {
    let mut router = Router::start();
    let mut driver = Driver::connect(&router);
    let script = "echo up; read line; sleep 0.3; echo $TREFOIL_VALUE";
    let mut live = on(&router, &["/a", "--no-reconnect"], &["sh", "-c", script]);
    driver.set("/a", 1_i64);
    driver.set("/a", 2_i64);
    assert_eq!(live.next_line(), "up");
    router.kill();
    live.finish()
        .exits(1)
        .prints("up\n1\nup\n2\n")
        .says(&["lost the connection"]);
}

#[test]
fn a_command_that_cannot_be_run_ends_it() {
    // Before anything is connected.
    for (command, code) in [("no-such-command", 127), ("/etc", 126)] {
        let on = clasp("ws://127.0.0.1:1", &["on", "/a"]);
        on.around(&[command]).run().exits(code).says(&[command]);
    }
    // And when it is there no more.
    let router = Router::start();
    let dir = Dir::new();
    let command = dir.path().join("hello");
    std::fs::copy("/bin/echo", &command).expect("a copy");
    let command = command.to_str().expect("UTF-8");
    let mut live = on(&router, &["/a"], &[command, "hello"]);
    let mut driver = Driver::connect(&router);
    driver.set("/a", 1_i64);
    assert_eq!(live.next_line(), "hello");
    std::fs::remove_file(command).expect("it was there");
    driver.set("/a", 2_i64);
    live.finish().exits(127).says(&[command]);
}

#[test]
fn a_flood_is_run_from_memory_that_does_not_grow() {
    let router = Router::own(&[]);
    let mut driver = Driver::connect(&router);
    let mut live = on(&router, &["/**"], HOLD);
    let long = Val::Str("x".repeat(100));
    let addresses: Vec<String> = (0..500).map(|n| format!("/flood/{n}")).collect();
    driver.set("/a", 1_i64);
    assert_eq!(live.next_line(), "up");
    for _ in 0..100 {
        driver.set_many(addresses.iter().map(|at| (at.as_str(), long.clone())));
    }
    live.wait_says("messages wait for the command");
    let memory = live.peak_memory();
    assert!(memory < 24 * 1024, "{memory} KiB");
    live.interrupt();
    driver.set("/release", 1_i64);
    live.finish().exits(130).says(&["messages were not run"]);
}

#[test]
fn what_makes_no_sense_is_usage() {
    let usage = |args: &[&str]| trefoil(&[&["clasp", "on"], args].concat()).run().exits(2);
    usage(&["/a"]);
    usage(&["--", "true"]);
    usage(&["/a", "--parallel", "0", "--", "true"]);
    usage(&["/a", "--count", "0", "--", "true"]);
    usage(&["a", "--", "true"]).says(&["'a' is not a pattern"]);
}
