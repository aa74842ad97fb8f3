//! `clasp stream` and `clasp gesture`: samples and phases, a single one or one for each line.

use serde_json::Value;

use crate::support::msg::Publish;
use crate::support::python::SdkListener;
use crate::support::{Driver, Fake, Msg, Router, Val, python};

fn publish(message: Msg) -> Publish {
    match message {
        Msg::Publish(publish) => publish,
        other => panic!("expected a PUBLISH, not {other:?}"),
    }
}

#[test]
fn no_rate_is_too_slow_or_too_fast_for_the_clock() {
    let fake = Fake::router(|_, _| false);
    for rate in ["1e-30", "5e-324", "0", "-1", "NaN", "inf"] {
        let rate = format!("--rate={rate}");
        for verb in [&["stream", "/a", "-"][..], &["gesture", "/a", "7", "-"]] {
            let args = [verb, &[&rate]].concat();
            fake.clasp(&args).stdin("1\n2\n").run().exits(2);
        }
    }
    fake.clasp(&["stream", "/a", "-", "--rate", "1e300"])
        .stdin("1\n2\n")
        .run()
        .done();
    // The second is due in 31 years.
    fake.clasp(&["stream", "/a", "-", "--rate", "1e-9", "--timeout", "1s"])
        .stdin("1\n2\n")
        .run()
        .exits(124);
}

#[test]
fn one_sample_and_one_a_line() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/audio/**");
    router
        .clasp(&["stream", "/audio/level", "-0.5"])
        .run()
        .done()
        .prints("{\"type\":\"stream\",\"address\":\"/audio/level\",\"value\":-0.5}\n");
    let lines = router
        .clasp(&["stream", "/audio/level", "-"])
        .stdin("0.1\n{\"l\":1}\n\"x\"")
        .run()
        .done();
    assert_eq!(lines.json()["acknowledged"], 3, "{lines}");
    let map = Val::Map(vec![("l".into(), Val::Int(1))]);
    for expected in [Val::Float(-0.5), Val::Float(0.1), map, Val::from("x")] {
        let heard = publish(listener.hear());
        assert_eq!((heard.signal, heard.value), (2, Some(expected)));
    }
}

#[test]
fn a_sample_goes_out_while_the_next_is_awaited() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/audio/**");
    let mut live = router
        .clasp(&["stream", "/audio/level", "-", "--rate", "1000"])
        .start();
    for n in 0..3 {
        live.write(&format!("{n}\n"));
        assert_eq!(publish(listener.hear()).value, Some(Val::Int(n)));
    }
    live.finish().done();
}

#[test]
fn a_rate_is_kept_from_the_first_line_on() {
    let router = Router::start();
    let run = router
        .clasp(&["stream", "/a", "-", "--rate", "100"])
        .stdin("1\n".repeat(31))
        .run()
        .done();
    assert!(run.took.as_millis() >= 300, "{run}");
    assert_eq!(run.json()["acknowledged"], 31, "{run}");
    for rate in ["0", "-1", "x", "inf"] {
        router
            .clasp(&["stream", "/a", "-"])
            .arg(format!("--rate={rate}"))
            .run()
            .exits(2);
    }
    router
        .clasp(&["stream", "/a", "1", "--rate", "5"])
        .run()
        .exits(2);
}

#[test]
fn a_bad_sample_is_named() {
    let router = Router::start();
    router
        .clasp(&["stream", "/a", "-"])
        .stdin("1\nnonsense\n")
        .run()
        .exits(7)
        .says(&["line 2"]);
}

#[test]
fn one_process_a_phase_and_a_name_is_a_number() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/input/**");
    for (phase, payload) in [
        ("begin", Some("{\"value\":0.0}")),
        ("end", None),
        ("cancel", None),
    ] {
        let mut args = vec!["gesture", "/input/fader", "fader-1", phase];
        args.extend(payload);
        router.clasp(&args).run().done();
    }
    // FNV-1a of "fader-1", 32 bits.
    let id = Some(0x6e97_46d1);
    let heard: Vec<_> = (0..3).map(|_| publish(listener.hear())).collect();
    assert!(
        heard.iter().all(|p| p.signal == 3 && p.id == id),
        "{heard:?}"
    );
    assert_eq!(heard.iter().map(|p| p.phase).collect::<Vec<_>>(), [0, 2, 3]);
    router
        .clasp(&["gesture", "/a", "1", "middle"])
        .run()
        .exits(2)
        .says(&["middle", "begin"]);
}

#[test]
fn a_whole_gesture_begins_moves_and_ends_with_the_last_payload() {
    // What is sent is looked at, because the reference router leaves out moves (quirk 9).
    let (fake, told) = Fake::telling();
    fake.clasp(&["gesture", "/input/fader", "7", "-"])
        .stdin("0.0\n0.5\n1.0\n")
        .run()
        .done();
    let sent: Vec<_> = told
        .try_iter()
        .map(publish)
        .map(|p| (p.phase, p.value))
        .collect();
    let float = |x| Some(Val::Float(x));
    assert_eq!(
        sent,
        [
            (0, float(0.0)),
            (1, float(0.5)),
            (1, float(1.0)),
            (2, float(1.0))
        ]
    );
}

#[test]
fn ctrl_c_cancels_the_gesture() {
    let router = Router::start();
    let mut listener = Driver::connect(&router);
    listener.subscribe("/input/**");
    let mut live = router.clasp(&["gesture", "/input/fader", "7", "-"]).start();
    live.write("0.5\n");
    assert_eq!(publish(listener.hear()).phase, 0);
    live.interrupt();
    assert_eq!(publish(listener.hear()).phase, 3);
    live.finish().exits(130).says(&["cancelled"]);
}

#[test]
fn the_documented_gesture_arrives_at_an_sdk_listener() {
    let Some(python) = python::python_or_skip("the documented gesture") else {
        return;
    };
    let router = Router::start();
    let mut sdk = SdkListener::start(python, &router, "/input/**", 3);
    for (phase, payload) in [
        ("begin", "{\"value\":0.0}"),
        ("update", "{\"value\":0.5}"),
        ("end", "{\"value\":0.5}"),
    ] {
        let args = ["gesture", "/input/fader", "fader-1", phase, payload];
        router.clasp(&args).run().done();
    }
    let heard = [(); 3].map(|()| serde_json::from_str::<Value>(&sdk.line()).expect("JSON"));
    let values = heard.each_ref().map(|heard| &heard["value"]["value"]);
    assert_eq!(
        values,
        [0.0, 0.5, 0.5].map(Value::from).each_ref(),
        "{heard:?}"
    );
    sdk.finish();
}

#[test]
fn an_id_that_does_not_fit_is_not_another_one() {
    let router = Router::start();
    for id in ["4294967296", ""] {
        let line = ["gesture", "/g", id, "end"];
        router
            .clasp(&line)
            .run()
            .exits(2)
            .says(&["is no id of a gesture"]);
    }
    router
        .clasp(&["gesture", "/g", "4294967295", "end"])
        .run()
        .done();
}
