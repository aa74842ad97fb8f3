//! `clasp timeline`: plays keyframes exactly to the end, sends a timeline once, and draws it.

use serde_json::{Value, json};

use crate::support::msg::Publish;
use crate::support::{Driver, Msg, Router, Val, trefoil};

#[test]
fn it_plays_to_the_exact_last_value() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/lights/**");
    let played = router
        .clasp(&[
            "timeline",
            "/lights/front",
            "0s:0",
            "200ms:1",
            "250ms:1",
            "400ms:0.25",
        ])
        .run()
        .done()
        .quietly();
    let summary = played.json();
    assert_eq!(summary["value"], 0.25, "{summary}");
    assert_eq!(summary["frames"], summary["acknowledged"], "{summary}");
    let frames = summary["frames"].as_u64().expect("a number");
    let mut values = vec![];
    for _ in 0..frames {
        match listener.hear() {
            Msg::Set { value, .. } => values.push(value),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(values.first(), Some(&Val::Int(0)));
    assert_eq!(values.last(), Some(&Val::Float(0.25)));
    let floats: Vec<f64> = values
        .iter()
        .map(|value| match value {
            Val::Int(n) => f64::from(i32::try_from(*n).expect("small")),
            Val::Float(x) => *x,
            other => panic!("{other:?}"),
        })
        .collect();
    let top = floats
        .iter()
        .position(|x| *x >= 1.0)
        .expect("it comes to 1");
    assert!(floats[..=top].is_sorted(), "up: {floats:?}");
    assert!(floats[top..].iter().rev().is_sorted(), "down: {floats:?}");
    assert!(frames > 5, "{floats:?}");
}

#[test]
fn the_documented_keyframes_from_a_file_and_stdin() {
    let router = Router::start();
    let documented = "[{\"time\": 0, \"value\": 0.0}, {\"time\": 10, \"value\": 1.0},\
                      {\"time\": 30, \"value\": 1.0}, {\"time\": 40, \"value\": 0.0}]";
    let args = ["timeline", "/lights/brightness", "-", "--time-unit", "ms"];
    let played = router.clasp(&args).stdin(documented).run().done();
    assert_eq!(played.json()["duration_us"], 40_000, "{played}");
    router
        .clasp(&[
            "timeline",
            "/lights/brightness",
            "@scene.json",
            "--time-unit=us",
        ])
        .file("scene.json", documented)
        .run()
        .done();
    let untold = router.clasp(&args[..3]).stdin(documented).run().exits(2);
    untold.says(&["keyframe 1", "--time-unit"]);
    let mut driver = Driver::connect(&router);
    assert_eq!(
        driver.get("/lights/brightness").map(|(v, _)| v),
        Some(Val::Float(0.0))
    );
}

#[test]
fn ctrl_c_stops_where_it_is_and_says_so() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/pan");
    let playing = router
        .clasp(&["timeline", "/pan", "0s:0", "100ms:1", "200ms:0", "--loop"])
        .start();
    // Into the second round: a loop goes on.
    let mut zeros = 0;
    while zeros < 2 {
        if let Msg::Set {
            value: Val::Int(0), ..
        } = listener.hear()
        {
            zeros += 1;
        }
    }
    playing.interrupt();
    let stopped = playing
        .finish()
        .exits(130)
        .says(&["stopped after", "looping over 200 ms"]);
    let summary = stopped.json();
    assert_eq!(summary["frames"], summary["acknowledged"], "{stopped}");
}

#[test]
fn held_until_its_time() {
    let router = Router::start();
    let args = ["timeline", "/a", "0s:0", "50ms:1", "--at", "+300ms"];
    let run = router.clasp(&args).run().done().says(&["begins at"]);
    assert!(run.took.as_millis() >= 350, "{run}");
    let waiting = router
        .clasp(&["timeline", "/b", "0s:0", "--at", "+1h"])
        .start();
    waiting.wait_says("begins at");
    waiting.interrupt();
    waiting.finish().exits(130).says(&["nothing was sent"]);
    assert_eq!(Driver::connect(&router).get("/b"), None);
}

#[test]
fn a_lock_stops_it() {
    let router = Router::start();
    Driver::connect(&router).lock("/locked", 1.0);
    router
        .clasp(&["timeline", "/locked", "0s:0", "10s:1"])
        .run()
        .exits(4)
        .says(&["stopped at", "of 10 s"]);
}

#[test]
fn published_it_is_one_signal_and_the_router_is_said_not_to_play_it() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/lights/**");
    let args = [
        "timeline",
        "/lights/front",
        "0s:0:ease-in",
        "1s:1",
        "--publish",
        "--loop",
    ];
    let run = router
        .clasp(&args)
        .run()
        .done()
        .says(&["does not play timelines"]);
    let record = run.json();
    assert_eq!(record["type"], "timeline");
    assert_eq!(
        record["value"]["keyframes"],
        json!([{"time": 0, "value": 0, "easing": "ease-in"},
            {"time": 1_000_000, "value": 1, "easing": "linear"}])
    );
    assert_eq!(record["value"]["loop"], true);
    assert!(record["value"]["start_time"].as_u64() > Some(1_700_000_000_000_000));
    match listener.hear() {
        Msg::Publish(Publish {
            signal: 4,
            value: Some(Val::Map(entries)),
            ..
        }) => {
            assert_eq!(entries.len(), 3, "{entries:?}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_preview_needs_no_router() {
    let drawn = trefoil(&[
        "clasp",
        "timeline",
        "/a",
        "0s:0",
        "1s:1",
        "3s:1",
        "4s:0",
        "--preview",
    ])
    .run()
    .done()
    .quietly();
    let lines: Vec<&str> = drawn.stdout.lines().collect();
    assert_eq!(lines.len(), 10, "{drawn}");
    assert!(
        lines[0].starts_with("1.000 ┤") && lines[0].contains("╭──"),
        "{drawn}"
    );
    assert!(lines[9].ends_with("4 s"), "{drawn}");
    for (keyframe, says) in [
        ("0s:\"x\"", "numbers only"),
        ("1:0", "did you mean 1s?"),
        ("0s:1:ease-inn", "did you mean ease-in?"),
    ] {
        let run = trefoil(&["clasp", "timeline", "/a", keyframe, "--preview"]).run();
        run.exits(2).says(&[says]);
    }
    let none: Value = trefoil(&[
        "clasp", "timeline", "/a", "1s:0", "0s:1", "--errors", "json",
    ])
    .run()
    .exits(2)
    .error();
    assert_eq!(
        none["message"],
        "keyframe 2 is earlier than the one before it"
    );
}

#[test]
fn no_time_is_too_late_for_the_clock() {
    for unit in ["ms", "us"] {
        trefoil(&[
            "clasp",
            "timeline",
            "/a",
            "-",
            "--time-unit",
            unit,
            "--preview",
        ])
        .stdin("[{\"time\":0,\"value\":0},{\"time\":1e300,\"value\":1}]")
        .run()
        .exits(2)
        .says(&["keyframe 2", "longer than a century"]);
    }
    trefoil(&[
        "clasp",
        "timeline",
        "/a",
        "0s:-1e308",
        "36525d:1e308",
        "--preview",
    ])
    .run()
    .done();
}
