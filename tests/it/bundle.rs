//! `clasp bundle`: several operations as one, in order, on time, and with an error when the router
//! drops them.

use serde_json::Value;

use crate::support::msg::Publish;
use crate::support::now_micros;
use crate::support::{Counter, Driver, Fake, Msg, Router, Val, trefoil};

/// What a listener hears, in short.
fn heard(message: Msg) -> String {
    match message {
        Msg::Set { address, value, .. } => format!("{address}={value:?}"),
        Msg::Publish(Publish {
            signal,
            address,
            value,
            ..
        }) => {
            format!("{signal} {address} {value:?}")
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_documented_bundle_in_the_order_given() {
    let (fake, told) = Fake::telling();
    fake.clasp(&[
        "bundle",
        "--no-verify",
        "--stream",
        "/s=1",
        "--set",
        "/lights/1/brightness=0.8",
    ])
    .arg("--emit=/cues/scene-change={\"scene\":\"Act 2\"}")
    .arg("--set=/text=a=b")
    .arg("--emit=/cues/go")
    .run()
    .done();
    let sent: Vec<_> = told.try_iter().map(heard).collect();
    assert_eq!(
        sent,
        [
            "2 /s Some(Int(1))",
            "/lights/1/brightness=Float(0.8)",
            "1 /cues/scene-change Some(Map([(\"scene\", Str(\"Act 2\"))]))",
            "/text=Str(\"a=b\")",
            "1 /cues/go None",
        ]
    );
}

#[test]
fn stdin_is_an_array_or_lines_of_records_or_the_sdks_form() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/**");
    let array =
        "[{\"set\":[\"/a\",1]},{\"emit\":[\"/go\",null]},\n{\"address\":\"/b\",\"value\":2}]";
    let done = router.clasp(&["bundle", "-"]).stdin(array).run().done();
    assert_eq!(done.json()["verified"], 2, "{done}");
    assert_eq!(done.json()["operations"], 3, "{done}");
    let lines = "{\"set\":[\"/a\",3]}\n\n{\"type\":\"event\",\"address\":\"/go\"}\n";
    router.clasp(&["bundle", "-"]).stdin(lines).run().done();
    let all: Vec<_> = (0..5).map(|_| heard(listener.hear())).collect();
    assert_eq!(
        all,
        [
            "/a=Int(1)",
            "/b=Int(2)",
            "1 /go Some(Null)",
            "/a=Int(3)",
            "1 /go None"
        ]
    );
}

#[test]
fn a_set_that_the_router_dropped_is_found_out() {
    let router = Router::start();
    let mut driver = Driver::connect(&router);
    driver.lock("/locked", 1.0);
    driver.set("/a", 1.0);
    router
        .clasp(&["bundle", "--set", "/locked=2", "--set", "/free=2"])
        .run()
        .exits(7)
        .says(&["operation 1", "/locked", "holds 1.0"]);
    router
        .clasp(&["bundle", "-"])
        .stdin("[{\"address\":\"/a\",\"value\":5,\"if_revision\":9},{\"set\":[\"/b\",1]}]")
        .run()
        .exits(7)
        .says(&["operation 1", "/a"]);
    assert_eq!(
        driver.get("/a").map(|(value, _)| value),
        Some(Val::Float(1.0))
    );
    let unasked = router
        .clasp(&["bundle", "--set", "/locked=2", "--no-verify"])
        .run()
        .done();
    assert_eq!(unasked.json()["verified"], false);
}

#[test]
fn held_until_its_time_and_never_early() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/**");
    let at = now_micros() + 400_000;
    let (text, started) = (at.to_string(), now_micros());
    let emits = router
        .clasp(&["bundle", "--emit", "/cues/go", "--at", &text])
        .start();
    emits.wait_says("does not hold timed bundles");
    assert_eq!(heard(listener.hear()), "1 /cues/go None");
    let arrived = now_micros();
    assert!(arrived >= at, "{} µs early", at - arrived);
    assert!(started < at, "the machine is too slow for this test");
    let done = emits.finish().done();
    let done: Value = done.json();
    assert_eq!(done["at"], at, "{done}");
    assert!(done["off_us"].as_i64().expect("a number") > -500, "{done}");
    assert_eq!(done["verified"], Value::Null, "{done}");

    let sets = [
        "bundle",
        "--set",
        "/lights/1=1.0",
        "--set",
        "/lights/2=1.0",
        "--at",
        "+100ms",
    ];
    let done = router.clasp(&sets).run().done();
    done.says(&["held here until"]);
}

#[test]
fn ctrl_c_while_held_sends_nothing() {
    let sent = Counter::default();
    let seen = sent.clone();
    let fake = Fake::router(move |_, message| {
        if matches!(message, Msg::Bundle { .. }) {
            seen.next();
        }
        false
    });
    for at in ["+1h", "+2s"] {
        let held = fake
            .clasp(&["bundle", "--emit", "/cues/go", "--at", at])
            .start();
        held.wait_says("held here until");
        held.interrupt();
        held.finish()
            .exits(130)
            .prints("")
            .says(&["nothing was sent"]);
    }
    fake.clasp(&[
        "bundle",
        "--emit",
        "/cues/go",
        "--at",
        "+1h",
        "--timeout",
        "100ms",
    ])
    .run()
    .exits(124)
    .says(&["nothing was sent"]);
    assert_eq!(sent.get(), 0);
}

#[test]
fn a_router_that_keeps_time_gets_the_time() {
    let stamps = std::sync::Arc::new(std::sync::Mutex::new(vec![]));
    let seen = stamps.clone();
    let fake = Fake::router(move |peer, message| match message {
        Msg::Hello { .. } => {
            peer.greet_as("s", "Ours", 0xfa);
            true
        }
        Msg::Bundle { timestamp, .. } => {
            seen.lock().expect("no panic").push(*timestamp);
            false
        }
        _ => false,
    });
    let run = fake
        .clasp(&["bundle", "--emit", "/cues/go", "--at", "+1h"])
        .run()
        .done()
        .quietly();
    let at = run.json()["at"].as_u64();
    assert_eq!(*stamps.lock().expect("no panic"), [at], "{run}");

    let router = Router::start();
    let forced = ["bundle", "--emit", "/cues/go", "--at", "+1h", "--at-router"];
    router
        .clasp(&forced)
        .run()
        .done()
        .says(&["warning", "may execute this one at once"]);
}

#[test]
fn only_a_router_that_promises_honest_bundles_is_believed_without_reading_again() {
    // It acknowledges every bundle and stores nothing.
    let dropping = |promises: u8| {
        Fake::router(move |peer, message| match message {
            Msg::Hello { .. } => {
                peer.greet_promising(promises);
                true
            }
            _ => false,
        })
    };
    let keeps_time_alone = dropping(0x01);
    keeps_time_alone
        .clasp(&["bundle", "--set", "/a=1"])
        .run()
        .exits(7)
        .says(&["/a has no value"]);
    let honest = dropping(0x02);
    let run = honest.clasp(&["bundle", "--set", "/a=1"]).run().done();
    assert_eq!(run.json()["verified"].as_bool(), Some(false), "{run}");
}

#[test]
fn what_makes_no_bundle_is_usage() {
    let router = Router::start();
    for (args, says) in [
        (&["bundle"][..], "needs an operation"),
        (&["bundle", "--set", "/a"], "--set /a: it needs a value"),
        (&["bundle", "--emit", "go"], "'go' is not an address"),
        (&["bundle", "-", "--emit", "/go"], "not both"),
        (
            &["bundle", "--emit", "/go", "--at", "2001-01-01T00:00:00Z"],
            "--at is past",
        ),
        (&["bundle", "--emit", "/go", "--at", "soon"], "not a time"),
        (&["bundle", "--emit", "/go", "--at-router"], "--at"),
    ] {
        router.clasp(args).run().exits(2).says(&[says]);
    }
    trefoil(&["clasp", "bundle", "-"])
        .stdin("[]")
        .run()
        .exits(2);
    let long = format!("--set=/a={}", "x".repeat(40_000));
    router.clasp(&["bundle", &long, &long]).run().exits(2);
}
