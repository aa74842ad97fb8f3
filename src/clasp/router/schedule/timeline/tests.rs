//! Curves and their ends.

use super::*;
use crate::clasp::router::grants::Resource;

const SECOND: u64 = 1_000_000;

fn map(entries: Vec<(&'static str, Value<'static>)>) -> Value<'static> {
    Value::Map(entries.into_iter().map(|(k, v)| (k.into(), v)).collect())
}

fn keyframe(time: i64, value: Value<'static>, easing: &'static str) -> Value<'static> {
    map(vec![
        ("time", Value::Int(time)),
        ("value", value),
        ("easing", Value::String(easing.into())),
        (
            "bezier",
            Value::Array([0.0, 0.5, 1.0, 0.5].map(Value::Float).into()),
        ),
    ])
}

fn written(keyframes: Vec<Value<'static>>, repeats: bool) -> Value<'static> {
    map(vec![
        ("keyframes", Value::Array(keyframes)),
        ("loop", Value::Bool(repeats)),
        ("start_time", Value::Int(10 * SECOND as i64)),
    ])
}

fn fade(easing: &'static str, repeats: bool) -> Timeline {
    let keyframes = vec![
        keyframe(0, Value::Float(0.0), easing),
        keyframe(SECOND as i64, Value::Float(1.0), "linear"),
    ];
    Timeline::read(&written(keyframes, repeats), 0)
        .expect("keyframes")
        .expect("good ones")
}

fn number(value: &Value<'_>) -> f64 {
    value.as_f64().expect("a number")
}

fn share() -> Share {
    Share::take(&Rc::default(), &Rc::default(), Resource::Timeline, 1).expect("room")
}

#[test]
fn easings_begin_and_end_where_they_should() {
    for (easing, middle) in [
        ("linear", 0.5),
        ("ease-in", 0.315),
        ("ease-out", 0.685),
        ("ease-in-out", 0.5),
        ("step", 0.0),
        ("cubic-bezier", 0.5),
    ] {
        let timeline = fade(easing, false);
        assert_eq!(timeline.curve.sample(0), Value::Float(0.0), "{easing}");
        let half = number(&timeline.curve.sample(SECOND / 2));
        assert!((half - middle).abs() < 0.001, "{easing}: {half}");
        assert_eq!(timeline.curve.sample(SECOND), Value::Float(1.0), "{easing}");
    }
}

#[test]
fn it_plays_sixty_a_second_and_ends_on_the_exact_last_value() {
    let mut timelines = Timelines::default();
    timelines.play("/a", fade("linear", false), "s".into(), share(), 0);
    assert_eq!(timelines.due(), Some(10 * SECOND), "not before its start");
    let mut values = Vec::new();
    while let Some(due) = timelines.due() {
        values.extend(timelines.step(due).iter().map(|step| number(&step.value)));
    }
    assert_eq!(values.len(), 61);
    assert!(values.is_sorted());
    assert_eq!(values.last(), Some(&1.0));
}

#[test]
fn a_step_that_comes_late_shows_the_value_of_its_time() {
    let mut timelines = Timelines::default();
    timelines.play("/a", fade("linear", false), "s".into(), share(), 0);
    let steps = timelines.step(10 * SECOND + SECOND / 4);
    assert_eq!(number(&steps[0].value), 0.25);
    let steps = timelines.step(50 * SECOND);
    assert_eq!(steps[0].value, Value::Float(1.0));
    assert_eq!(timelines.due(), None);
}

#[test]
fn a_loop_begins_again_until_it_is_cancelled() {
    let mut timelines = Timelines::default();
    timelines.play("/a", fade("linear", true), "s".into(), share(), 0);
    let steps = timelines.step(12 * SECOND + SECOND / 2);
    assert_eq!(number(&steps[0].value), 0.5);
    timelines.cancel("/b");
    assert_eq!(timelines.running.len(), 1);
    timelines.cancel("/a");
    assert!(timelines.step(20 * SECOND).is_empty());
    assert_eq!(timelines.due(), None);
}

#[test]
fn the_next_one_on_an_address_replaces() {
    let mut timelines = Timelines::default();
    timelines.play("/a", fade("linear", true), "s".into(), share(), 0);
    let still = written(vec![keyframe(0, Value::Int(7), "linear")], true);
    let still = Timeline::read(&still, 0).expect("keyframes").expect("one");
    timelines.play("/a", still, "s".into(), share(), 0);
    let steps = timelines.step(30 * SECOND);
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0].value, Value::Int(7), "as it was written");
    assert_eq!(timelines.due(), None, "a loop of no length ends");
}

#[test]
fn a_value_that_stays_is_not_repeated() {
    let mut timelines = Timelines::default();
    let hold = vec![
        keyframe(0, Value::Int(7), "step"),
        keyframe(SECOND as i64, Value::Int(8), "linear"),
    ];
    let hold = Timeline::read(&written(hold, false), 0);
    timelines.play(
        "/a",
        hold.expect("keyframes").expect("two"),
        "s".into(),
        share(),
        0,
    );
    let mut count = 0;
    while let Some(due) = timelines.due() {
        count += timelines.step(due).len();
    }
    assert_eq!(count, 2);
}

#[test]
fn what_is_no_timeline_says_why() {
    assert!(Timeline::read(&Value::Null, 0).is_none());
    assert!(Timeline::read(&map(vec![("loop", Value::Bool(true))]), 0).is_none());
    let why = |keyframes: Vec<Value<'static>>| {
        Timeline::read(&written(keyframes, false), 0)
            .expect("keyframes")
            .expect_err("bad ones")
    };
    assert_eq!(why(vec![]), "a timeline has 1 to 10000 keyframes");
    assert_eq!(why(vec![Value::Int(1)]), "keyframe 0: it has no time");
    assert_eq!(
        why(vec![keyframe(-1, Value::Null, "linear")]),
        "keyframe 0: its time is in µs, from 0"
    );
    assert_eq!(
        why(vec![keyframe(0, Value::Null, "bounce")]),
        "keyframe 0: no easing is called \"bounce\""
    );
}

#[test]
fn what_the_client_publishes_plays_as_the_client_would_play_it() {
    let keyframe = |at, value, easing| Keyframe {
        at,
        value: Value::Float(value),
        easing,
    };
    let curve = Curve::new(vec![
        keyframe(0, 0.0, Easing::EaseIn),
        keyframe(SECOND, 1.0, Easing::Step),
        keyframe(2 * SECOND, 0.5, Easing::CubicBezier([0.1, 0.7, 1.0, 0.1])),
        keyframe(3 * SECOND, 0.0, Easing::Linear),
    ])
    .expect("in order");
    let signal = curve.signal(false, 10 * SECOND);
    let read = Timeline::read(&signal, 0)
        .expect("keyframes")
        .expect("ours");
    assert_eq!(read.start, 10 * SECOND);
    for at in (0..=3 * SECOND).step_by(50_000) {
        assert_eq!(read.curve.sample(at), curve.sample(at), "after {at} µs");
    }
}
