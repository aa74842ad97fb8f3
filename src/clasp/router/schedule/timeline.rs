//! Plays timelines. Takes keyframes, gives the value of each step, 60 times a second.
//!
//! The form is that of a PUBLISH of type timeline whose value is
//!
//! ```text
//! {"keyframes": [{"time": µs, "value": …, "easing": "linear", "bezier": [x1, y1, x2, y2]}, …],
//!  "loop": false, "start_time": µs}
//! ```
//!
//! Times count from `start_time`, which defaults to now. The values between keyframes are computed
//! by [`crate::clasp::timeline`], so that a timeline is the same whether the client plays it or the
//! router.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::grants::Share;
use super::super::limits;
use super::next_frame;
use crate::clasp::timeline::{Easing, Keyframe, Timeline as Curve};
use crate::clasp::wire::Value;

/// A timeline to play.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    curve: Curve,
    repeats: bool,
    start: u64,
}

impl Timeline {
    /// Reads the value of a PUBLISH. `None` if it has no keyframes: then it is a message between
    /// clients, as the SDKs send it, and is not played.
    ///
    /// # Errors
    /// A text that says what is wrong with the keyframes.
    pub fn read(value: &Value<'_>, now: u64) -> Option<Result<Timeline, String>> {
        let keyframes = field(value, "keyframes")?;
        Some(Timeline::read_keyframes(value, keyframes, now))
    }

    /// When it begins, in µs since the epoch.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// The estimated memory in bytes: the keyframes, and their values, which are at most as large
    /// as the message.
    pub fn bytes(&self, message: usize) -> usize {
        self.curve.count() * size_of::<Keyframe>() + message
    }

    fn read_keyframes(
        value: &Value<'_>,
        keyframes: &Value<'_>,
        now: u64,
    ) -> Result<Timeline, String> {
        let Value::Array(items) = keyframes else {
            return Err("keyframes are a list".into());
        };
        if items.is_empty() || items.len() > limits::KEYFRAMES {
            return Err(format!(
                "a timeline has 1 to {} keyframes",
                limits::KEYFRAMES
            ));
        }
        let mut keyframes = Vec::with_capacity(items.len());
        for (number, item) in items.iter().enumerate() {
            keyframes.push(keyframe(item).map_err(|why| format!("keyframe {number}: {why}"))?);
        }
        // A stable sort: of two keyframes at the same time, the later one counts from then on.
        keyframes.sort_by_key(|keyframe| keyframe.at);
        let start = match field(value, "start_time") {
            None | Some(Value::Null) => now,
            Some(time) => micros(time).ok_or("start_time is in µs since the epoch")?,
        };
        Ok(Timeline {
            repeats: field(value, "loop") == Some(&Value::Bool(true)),
            start,
            curve: Curve::new(keyframes).map_err(|error| error.to_string())?,
        })
    }
}

fn keyframe(item: &Value<'_>) -> Result<Keyframe, String> {
    let time = field(item, "time").ok_or("it has no time")?;
    let easing = match field(item, "easing") {
        None | Some(Value::Null) => Easing::Linear,
        Some(Value::String(name)) if name == Easing::BEZIER => bezier(item)?,
        Some(Value::String(name)) => {
            Easing::parse(name).ok_or_else(|| format!("no easing is called {name:?}"))?
        }
        Some(_) => return Err("an easing is a name".into()),
    };
    Ok(Keyframe {
        at: micros(time).ok_or("its time is in µs, from 0")?,
        value: field(item, "value")
            .ok_or("it has no value")?
            .clone()
            .into_owned(),
        easing,
    })
}

fn bezier(item: &Value<'_>) -> Result<Easing, String> {
    let numbers: Option<Vec<f64>> = match field(item, "bezier") {
        Some(Value::Array(items)) => items.iter().map(Value::as_f64).collect(),
        _ => None,
    };
    numbers
        .and_then(|numbers| Easing::bezier(numbers.try_into().ok()?))
        .ok_or_else(|| "bezier is [x1, y1, x2, y2] with x from 0 to 1".into())
}

fn field<'v>(value: &'v Value<'_>, name: &str) -> Option<&'v Value<'v>> {
    match value {
        Value::Map(entries) => entries
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value),
        _ => None,
    }
}

/// Limited, so that no sum of two times overflows.
fn micros(value: &Value<'_>) -> Option<u64> {
    const LATEST: f64 = 1e17;
    let number = value.as_f64().filter(|t| (0.0..LATEST).contains(t))?;
    match value {
        Value::Int(whole) => u64::try_from(*whole).ok(),
        _ => Some(number.round() as u64),
    }
}

/// The running timelines, by address.
#[derive(Debug, Default)]
pub struct Timelines {
    running: HashMap<Box<str>, Running>,
    next: Option<u64>,
}

#[derive(Debug)]
struct Running {
    timeline: Timeline,
    writer: Rc<str>,
    /// Its share of the quotas.
    share: Share,
    due: u64,
    shown: Option<Value<'static>>,
}

/// A value that a timeline has reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The address.
    pub address: Box<str>,
    /// The value.
    pub value: Value<'static>,
    /// The session that sent the timeline; it may have ended.
    pub writer: Rc<str>,
    /// Whether this is the end of the timeline.
    pub is_last: bool,
}

impl Timelines {
    /// Starts a timeline. A timeline that runs at the same address ends at its present value.
    pub fn play(
        &mut self,
        address: &str,
        timeline: Timeline,
        writer: Rc<str>,
        share: Share,
        now: u64,
    ) {
        let due = timeline.start.max(now);
        self.next = Some(self.next.map_or(due, |next| next.min(due)));
        let running = Running {
            timeline,
            writer,
            share,
            due,
            shown: None,
        };
        self.running.insert(address.into(), running);
    }

    /// The number of running timelines.
    pub fn len(&self) -> usize {
        self.running.len()
    }

    /// Whether none runs.
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Ends the timelines whose grant was revoked, and gives their addresses.
    pub fn end_revoked(&mut self) -> Vec<Box<str>> {
        let ended = self
            .running
            .extract_if(|_, running| running.share.is_revoked());
        ended.map(|(address, _)| address).collect()
    }

    /// Ends the timeline of an address, if one runs, because the value was set.
    #[inline]
    pub fn cancel(&mut self, address: &str) {
        if !self.running.is_empty() {
            self.running.remove(address);
        }
    }

    /// When to call [`step`](Self::step) next.
    pub fn due(&self) -> Option<u64> {
        self.next
    }

    /// The values that have changed by now. A timeline at its end gives its exact last value, and
    /// is removed.
    pub fn step(&mut self, now: u64) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.next.is_none_or(|next| now < next) {
            return steps;
        }
        self.running.retain(|address, running| {
            if running.due > now {
                return true;
            }
            let Timeline { start, repeats, .. } = running.timeline;
            let length = running.timeline.curve.duration();
            let passed = now - start;
            let over = passed >= length && !(repeats && length > 0);
            let at = if over { length } else { passed % length };
            let value = running.timeline.curve.sample(at);
            if over || running.shown.as_ref() != Some(&value) {
                steps.push(Step {
                    address: address.clone(),
                    value: value.clone(),
                    writer: running.writer.clone(),
                    is_last: over,
                });
            }
            running.shown = Some(value);
            running.due = next_frame(start, now);
            if !repeats {
                running.due = running.due.min(start + length);
            }
            !over
        });
        self.next = self.running.values().map(|running| running.due).min();
        steps
    }
}

#[cfg(test)]
mod tests {
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
}
