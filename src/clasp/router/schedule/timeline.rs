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
mod tests;
