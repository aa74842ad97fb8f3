//! Timelines: keyframes enter, the value at a time leaves, 60 times a second.
//!
//! The form is that of a PUBLISH of type timeline whose value is
//!
//! ```text
//! {"keyframes": [{"time": µs, "value": …, "easing": "linear", "bezier": [x1, y1, x2, y2]}, …],
//!  "loop": false, "start_time": µs}
//! ```
//!
//! Times count from `start_time`, which is now if it is left out. What lies between the keyframes
//! is the business of [`crate::clasp::timeline`], so that a timeline is the same whether the client
//! plays it or the router.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::grants::Share;
use super::super::limits;
use super::next_frame;
use crate::clasp::timeline::{Easing, Keyframe, Timeline as Curve};
use crate::clasp::wire::Value;

/// What a timeline plays, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    curve: Curve,
    repeats: bool,
    start: u64,
}

impl Timeline {
    /// Reads the value of a PUBLISH. None when it has no keyframes at all: then it is a message
    /// among clients, as the SDKs send it, and nothing to be played.
    ///
    /// # Errors
    /// What is wrong with its keyframes.
    pub fn read(value: &Value<'_>, now: u64) -> Option<Result<Timeline, String>> {
        let keyframes = field(value, "keyframes")?;
        Some(Timeline::read_keyframes(value, keyframes, now))
    }

    /// When it begins, in µs since the epoch.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// How many bytes it takes: a keyframe's own, and those of its value, which are no more than
    /// the message had.
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
        // Stable: of two at the same time the later one counts from then on.
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

/// A century is the end of time, so that no sum of two times overflows.
fn micros(value: &Value<'_>) -> Option<u64> {
    const CENTURIES: f64 = 1e17;
    let number = value.as_f64().filter(|t| (0.0..CENTURIES).contains(t))?;
    match value {
        Value::Int(whole) => u64::try_from(*whole).ok(),
        _ => Some(number.round() as u64),
    }
}

/// The timelines that run, by address.
#[derive(Debug, Default)]
pub struct Timelines {
    running: HashMap<Box<str>, Running>,
    next: Option<u64>,
}

#[derive(Debug)]
struct Running {
    timeline: Timeline,
    writer: Rc<str>,
    /// What it counts for.
    share: Share,
    due: u64,
    shown: Option<Value<'static>>,
}

/// One value that a timeline has reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Where.
    pub address: Box<str>,
    /// What.
    pub value: Value<'static>,
    /// The session that sent the timeline, which may be gone.
    pub writer: Rc<str>,
    /// The timeline has come to its end with this.
    pub is_last: bool,
}

impl Timelines {
    /// Begins a timeline; the one that ran at its address ends where it is.
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

    /// How many run.
    pub fn len(&self) -> usize {
        self.running.len()
    }

    /// Whether none runs.
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Ends the timelines whose right to run has ended; their addresses.
    pub fn end_revoked(&mut self) -> Vec<Box<str>> {
        let ended = self
            .running
            .extract_if(|_, running| running.share.is_revoked());
        ended.map(|(address, _)| address).collect()
    }

    /// Ends the timeline of an address, if one runs: somebody has set the value.
    #[inline]
    pub fn cancel(&mut self, address: &str) {
        if !self.running.is_empty() {
            self.running.remove(address);
        }
    }

    /// When [`step`](Self::step) may have something to give.
    pub fn due(&self) -> Option<u64> {
        self.next
    }

    /// The values that have changed by now. A timeline that has come to its end gives its last
    /// value as it was written, and is gone.
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
