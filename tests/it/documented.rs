//! The examples of the SDK's documentation, run from a shell in the same order, where trefoil has
//! an equivalent.

use serde_json::{Value, json};

use crate::support::{Driver, Msg, Router, Val};

#[test]
fn every_example_of_the_sdks_documentation() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/**");
    let done = |args: &[&str]| router.clasp(args).run().done();

    // Setting and getting state.
    done(&["set", "/lights/brightness", "0.8"]);
    done(&["set", "/lights/color", "{\"r\": 255, \"g\": 100, \"b\": 0}"]);
    done(&["get", "/lights/brightness"]).prints("0.8\n");
    let color = done(&["get", "/lights/color", "--timeout", "10s"]).json();
    assert_eq!(color, json!({"r": 255, "g": 100, "b": 0}));

    // Subscriptions, with their options.
    for args in [
        &["sub", "/lights/brightness", "--retained-only"][..],
        &[
            "sub",
            "/lights/*",
            "--retained-only",
            "--max-rate",
            "10",
            "--epsilon",
            "0.1",
        ],
        &["sub", "/lights/**", "--retained-only"],
    ] {
        assert!(!done(args).records().is_empty(), "{args:?}");
    }

    // Events, streams, gestures.
    let motion = "{\"zone\": \"lobby\", \"confidence\": 0.95}";
    done(&["emit", "/alerts/motion-detected", motion]);
    done(&["emit", "/cues/go"]);
    done(&["stream", "/audio/level", "0.42"]);
    done(&[
        "gesture",
        "/input/fader",
        "fader-1",
        "begin",
        "{\"value\": 0.0}",
    ]);
    done(&[
        "gesture",
        "/input/fader",
        "fader-1",
        "update",
        "{\"value\": 0.5}",
    ]);
    done(&["gesture", "/input/fader", "fader-1", "end"]);

    // A timeline of milliseconds; of four seconds there, of forty milliseconds here.
    let keyframes = "[{\"time\": 0, \"value\": 0.0}, {\"time\": 10, \"value\": 1.0},
        {\"time\": 30, \"value\": 1.0}, {\"time\": 40, \"value\": 0.0}]";
    router
        .clasp(&["timeline", "/lights/brightness", "-", "--time-unit", "ms"])
        .stdin(keyframes)
        .run()
        .done();

    // Bundles: at once, and at a time of the router's clock.
    let operations = "[
        {\"set\": [\"/lights/1/brightness\", 0.8]},
        {\"set\": [\"/lights/2/brightness\", 0.6]},
        {\"emit\": [\"/cues/scene-change\", {\"scene\": \"Act 2\"}]}
    ]";
    router
        .clasp(&["bundle", "-"])
        .stdin(operations)
        .run()
        .done();
    let soon = done(&["time"]).json().as_u64().expect("µs") + 300_000;
    let set = [
        "bundle",
        "--set",
        "/lights/1/brightness=1.0",
        "--set",
        "/lights/2/brightness=1.0",
    ];
    router.clasp(&set).arg(format!("--at={soon}")).run().done();

    // Queries.
    let found = done(&["query", "/lights/**"]).records();
    let addresses: Vec<&Value> = found.iter().map(|found| &found["address"]).collect();
    assert_eq!(
        addresses,
        [
            "/lights/1/brightness",
            "/lights/2/brightness",
            "/lights/brightness",
            "/lights/color"
        ]
    );

    // Value types.
    for value in [
        "null",
        "true",
        "42",
        "3.14",
        "\"hello\"",
        "[1,\"two\",3.0]",
        "{\"r\":255}",
    ] {
        done(&["set", "/type", value]);
        done(&["get", "/type"]).prints(&format!("{value}\n"));
    }

    // What was heard of it: the phases of the gesture among the rest, in the documented order.
    let mut phases = vec![];
    loop {
        match listener.hear() {
            Msg::Publish(publish) if publish.signal == 3 => phases.push(publish.phase),
            Msg::Set {
                address,
                value: Val::Map(_),
                ..
            } if address == "/type" => break,
            _ => {}
        }
    }
    assert_eq!(phases, [0, 1, 2]);
}
