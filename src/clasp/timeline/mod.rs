//! Keyframes over time. Takes keyframes and a time, gives the value at that time. Pure.
//!
//! - [`easing`]: the curve from one keyframe to the next
//! - [`read`]: reads keyframes from JSON
//! - [`draw`]: draws the curve as text
//!
//! A keyframe's easing applies to the segment after it. Numbers are interpolated, arrays of the
//! same length item by item, and every other value changes at the next keyframe. At a keyframe the
//! value is exactly the given one (an integer stays an integer); in between it is a float.

pub mod draw;
pub mod easing;
pub mod read;

use crate::clasp::wire::Value;
use crate::error::{Failing, Kind};

pub use easing::Easing;

/// A value at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyframe {
    /// When, in µs since the start.
    pub at: u64,
    /// The value at that time.
    pub value: Value<'static>,
    /// The easing of the segment that begins here.
    pub easing: Easing,
}

/// Why keyframes are not a timeline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimelineError {
    /// There are none.
    #[error("a timeline needs a keyframe")]
    Empty,
    /// One is earlier than the one before it.
    #[error("keyframe {0} is earlier than the one before it")]
    OutOfOrder(usize),
    /// A keyframe is invalid.
    #[error("keyframe {number}: {why}")]
    Keyframe {
        /// Its number, from 1.
        number: usize,
        /// What is wrong.
        why: String,
    },
    /// The text is not JSON.
    #[error("{0}")]
    Json(String),
}

impl Failing for TimelineError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            TimelineError::Empty => Some("such as: 0s:0 1s:1 4s:0".into()),
            _ => None,
        }
    }
}

/// Keyframes in order; at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    keyframes: Vec<Keyframe>,
}

impl Timeline {
    /// Checks that time runs forwards. Two keyframes at the same time make a jump.
    ///
    /// # Errors
    /// [`TimelineError::Empty`], [`TimelineError::OutOfOrder`].
    pub fn new(keyframes: Vec<Keyframe>) -> Result<Timeline, TimelineError> {
        if keyframes.is_empty() {
            return Err(TimelineError::Empty);
        }
        let backwards = keyframes
            .windows(2)
            .position(|pair| pair[1].at < pair[0].at);
        match backwards {
            Some(index) => Err(TimelineError::OutOfOrder(index + 2)),
            None => Ok(Timeline { keyframes }),
        }
    }

    /// The duration in µs: the time of the last keyframe.
    pub fn duration(&self) -> u64 {
        self.last().at
    }

    /// The number of keyframes.
    pub fn count(&self) -> usize {
        self.keyframes.len()
    }

    fn last(&self) -> &Keyframe {
        self.keyframes.last().expect("new refuses an empty one")
    }

    /// The value at a time. Before the first keyframe it is the first value, after the last
    /// keyframe the last.
    pub fn sample(&self, at: u64) -> Value<'static> {
        let next = self.keyframes.partition_point(|keyframe| keyframe.at <= at);
        let Some(from) = next.checked_sub(1).map(|index| &self.keyframes[index]) else {
            return self.keyframes[0].value.clone();
        };
        let Some(to) = self.keyframes.get(next) else {
            return from.value.clone();
        };
        if at == from.at {
            return from.value.clone();
        }
        let time = (at - from.at) as f64 / (to.at - from.at) as f64;
        between(&from.value, &to.value, from.easing.at(time))
    }

    /// The value of a timeline signal, for a router that plays timelines.
    pub fn signal(&self, looped: bool, start: u64) -> Value<'static> {
        let int = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
        let keyframes = self.keyframes.iter().map(|keyframe| {
            let mut entries = vec![
                ("time".into(), int(keyframe.at)),
                ("value".into(), keyframe.value.clone()),
                (
                    "easing".into(),
                    Value::String(keyframe.easing.name().into()),
                ),
            ];
            if let Easing::CubicBezier(points) = keyframe.easing {
                let points = points.into_iter().map(Value::Float).collect();
                entries.push(("bezier".into(), Value::Array(points)));
            }
            Value::Map(entries)
        });
        Value::Map(vec![
            ("keyframes".into(), Value::Array(keyframes.collect())),
            ("loop".into(), Value::Bool(looped)),
            ("start_time".into(), int(start)),
        ])
    }
}

fn between(from: &Value<'static>, to: &Value<'static>, way: f64) -> Value<'static> {
    match (from, to) {
        // A value that does not change keeps its type.
        _ if way == 0.0 || from == to => from.clone(),
        (Value::Array(from), Value::Array(to)) if from.len() == to.len() => {
            let items = from.iter().zip(to);
            Value::Array(items.map(|(from, to)| between(from, to, way)).collect())
        }
        _ => match (from.as_f64(), to.as_f64()) {
            (Some(a), Some(b)) => Value::Float(a + (b - a) * way),
            _ => from.clone(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clasp::wire::from_json;

    fn timeline(keyframes: &[(u64, &str, Easing)]) -> Timeline {
        let keyframe = |(at, json, easing): &(u64, &str, Easing)| Keyframe {
            at: *at,
            value: from_json(json).expect(json),
            easing: *easing,
        };
        Timeline::new(keyframes.iter().map(keyframe).collect()).expect("in order")
    }

    fn sampled(timeline: &Timeline, at: u64) -> String {
        serde_json::to_string(&timeline.sample(at)).unwrap()
    }

    #[test]
    fn numbers_run_arrays_item_by_item_and_the_rest_steps() {
        let linear = Easing::Linear;
        for (from, to, half) in [
            ("0", "1", "0.5"),
            ("10", "-10.0", "0.0"),
            ("[0,10,\"x\"]", "[1,20,\"y\"]", "[0.5,15.0,\"x\"]"),
            ("[0]", "[1,2]", "[0]"),
            ("[[0],[1]]", "[[2],[3]]", "[[1.0],[2.0]]"),
            ("\"dark\"", "\"light\"", "\"dark\""),
            ("{\"r\":0}", "{\"r\":2}", "{\"r\":0}"),
            ("0", "\"off\"", "0"),
            ("false", "true", "false"),
        ] {
            let timeline = timeline(&[(0, from, linear), (100, to, linear)]);
            assert_eq!(sampled(&timeline, 50), half, "{from} to {to}");
        }
    }

    #[test]
    fn keyframes_are_exact_and_beyond_them_it_stays() {
        let timeline = timeline(&[
            (100, "0", Easing::Linear),
            (200, "255", Easing::Step),
            (300, "7", Easing::Linear),
            (300, "8", Easing::Linear),
        ]);
        for (at, value) in [
            (0, "0"),
            (100, "0"),
            (150, "127.5"),
            (200, "255"),
            (299, "255"),
            (300, "8"),
            (u64::MAX, "8"),
        ] {
            assert_eq!(sampled(&timeline, at), value, "at {at}");
        }
        assert_eq!(timeline.duration(), 300);
    }

    #[test]
    fn time_runs_forwards() {
        let keyframe = |at| Keyframe {
            at,
            value: Value::Null,
            easing: Easing::Linear,
        };
        assert_eq!(Timeline::new(vec![]), Err(TimelineError::Empty));
        assert_eq!(
            Timeline::new(vec![keyframe(0), keyframe(2), keyframe(1)]),
            Err(TimelineError::OutOfOrder(3))
        );
    }

    #[test]
    fn the_signal_says_all_of_it() {
        let bezier = Easing::CubicBezier([0.4, 0.0, 0.2, 1.0]);
        let timeline = timeline(&[(0, "0", bezier), (1_000_000, "1", Easing::Linear)]);
        assert_eq!(
            serde_json::to_string(&timeline.signal(true, 5)).unwrap(),
            "{\"keyframes\":[{\"time\":0,\"value\":0,\"easing\":\"cubic-bezier\",\
             \"bezier\":[0.4,0.0,0.2,1.0]},{\"time\":1000000,\"value\":1,\"easing\":\"linear\"}],\
             \"loop\":true,\"start_time\":5}"
        );
    }

    #[test]
    fn arrays_go_item_by_item_and_the_rest_holds() {
        let array = |a, b| Value::Array(vec![Value::Int(a), Value::Int(b)]);
        let text = |text: &'static str| Value::String(text.into());
        for (from, to, middle) in [
            (
                array(0, 10),
                array(10, 0),
                Value::Array(vec![Value::Float(5.0), Value::Float(5.0)]),
            ),
            (text("a"), text("b"), text("a")),
            (array(0, 1), text("b"), array(0, 1)),
            (Value::Bool(false), Value::Bool(true), Value::Bool(false)),
            (Value::Int(1), Value::Int(2), Value::Float(1.5)),
        ] {
            assert_eq!(between(&from, &to, 0.5), middle);
        }
    }
}
