//! Timelines: keyframes enter, the value at a time leaves, 60 times a second.
//!
//! The form is that of a PUBLISH of type timeline whose value is
//!
//! ```text
//! {"keyframes": [{"time": µs, "value": …, "easing": "linear", "bezier": [x1, y1, x2, y2]}, …],
//!  "loop": false, "start_time": µs}
//! ```
//!
//! Times count from `start_time`, which is now if it is left out. A keyframe's easing is that of
//! the way to it. Numbers are interpolated, and arrays of as many numbers, item by item; any other
//! value holds until the next keyframe's time.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::limits;
use super::next_frame;
use crate::clasp::wire::Value;

/// What a timeline plays.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    frames: Vec<Keyframe>,
    repeats: bool,
    start: u64,
}

#[derive(Debug, Clone, PartialEq)]
struct Keyframe {
    time: u64,
    value: Value<'static>,
    easing: Easing,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Easing {
    Linear,
    Step,
    Bezier([f64; 4]),
}

/// CSS's own curves of these names.
const EASE_IN: Easing = Easing::Bezier([0.42, 0.0, 1.0, 1.0]);
const EASE_OUT: Easing = Easing::Bezier([0.0, 0.0, 0.58, 1.0]);
const EASE_IN_OUT: Easing = Easing::Bezier([0.42, 0.0, 0.58, 1.0]);

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
        let mut frames = Vec::with_capacity(items.len());
        for (number, item) in items.iter().enumerate() {
            let frame = Keyframe::read(item).map_err(|why| format!("keyframe {number}: {why}"))?;
            frames.push(frame);
        }
        // Stable: of two at the same time the later one counts from then on.
        frames.sort_by_key(|frame| frame.time);
        let start = match field(value, "start_time") {
            None | Some(Value::Null) => now,
            Some(time) => micros(time).ok_or("start_time is in µs since the epoch")?,
        };
        Ok(Timeline {
            repeats: field(value, "loop") == Some(&Value::Bool(true)),
            start,
            frames,
        })
    }

    fn length(&self) -> u64 {
        self.frames.last().map_or(0, |frame| frame.time)
    }

    /// The value so long after the start; the first one's before that.
    fn value_at(&self, passed: u64) -> Value<'static> {
        let next = self.frames.partition_point(|frame| frame.time <= passed);
        match (next.checked_sub(1), self.frames.get(next)) {
            (None, Some(first)) => first.value.clone(),
            (Some(last), None) => self.frames[last].value.clone(),
            (Some(from), Some(to)) => {
                let from = &self.frames[from];
                let part = (passed - from.time) as f64 / (to.time - from.time) as f64;
                between(&from.value, &to.value, to.easing, part)
            }
            (None, None) => Value::Null,
        }
    }
}

impl Keyframe {
    fn read(item: &Value<'_>) -> Result<Keyframe, String> {
        let time = field(item, "time").ok_or("it has no time")?;
        let easing = match field(item, "easing") {
            None | Some(Value::Null) => Easing::Linear,
            Some(Value::String(name)) => match &**name {
                "linear" => Easing::Linear,
                "ease-in" => EASE_IN,
                "ease-out" => EASE_OUT,
                "ease-in-out" => EASE_IN_OUT,
                "step" => Easing::Step,
                "cubic-bezier" => bezier(item)?,
                name => return Err(format!("no easing is called {name:?}")),
            },
            Some(_) => return Err("an easing is a name".into()),
        };
        Ok(Keyframe {
            time: micros(time).ok_or("its time is in µs, from 0")?,
            value: field(item, "value")
                .ok_or("it has no value")?
                .clone()
                .into_owned(),
            easing,
        })
    }
}

fn bezier(item: &Value<'_>) -> Result<Easing, String> {
    let numbers: Option<Vec<f64>> = match field(item, "bezier") {
        Some(Value::Array(items)) => items.iter().map(Value::as_f64).collect(),
        _ => None,
    };
    match numbers.as_deref() {
        Some(&[x1, y1, x2, y2])
            if (0.0..=1.0).contains(&x1)
                && (0.0..=1.0).contains(&x2)
                && y1.is_finite()
                && y2.is_finite() =>
        {
            Ok(Easing::Bezier([x1, y1, x2, y2]))
        }
        _ => Err("bezier is [x1, y1, x2, y2] with x from 0 to 1".into()),
    }
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

fn between(
    from: &Value<'static>,
    to: &Value<'static>,
    easing: Easing,
    part: f64,
) -> Value<'static> {
    let eased = match easing {
        Easing::Step => return from.clone(),
        Easing::Linear => part,
        Easing::Bezier(points) => eased(points, part),
    };
    let mix = |a: f64, b: f64| Value::Float(a + (b - a) * eased);
    if let (Some(a), Some(b)) = (from.as_f64(), to.as_f64()) {
        return mix(a, b);
    }
    if let (Value::Array(a), Value::Array(b)) = (from, to)
        && a.len() == b.len()
    {
        let pairs = a.iter().zip(b);
        let mixed: Option<Vec<_>> = pairs
            .map(|(a, b)| Some(mix(a.as_f64()?, b.as_f64()?)))
            .collect();
        return mixed.map_or_else(|| from.clone(), Value::Array);
    }
    from.clone()
}

/// The y of the curve where its x is `x`. x grows with t, so halving finds t.
fn eased([x1, y1, x2, y2]: [f64; 4], x: f64) -> f64 {
    let at = |t: f64, a: f64, b: f64| {
        let rest = 1.0 - t;
        3.0 * rest * rest * t * a + 3.0 * rest * t * t * b + t * t * t
    };
    let (mut low, mut high) = (0.0, 1.0);
    // 2^-40 is far below what 60 frames a second can show.
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if at(middle, x1, x2) < x {
            low = middle;
        } else {
            high = middle;
        }
    }
    at(low, y1, y2)
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
}

impl Timelines {
    /// Begins a timeline; the one that ran at its address ends where it is. False when there are
    /// too many.
    pub fn play(&mut self, address: &str, timeline: Timeline, writer: Rc<str>, now: u64) -> bool {
        if self.running.len() >= limits::TIMELINES && !self.running.contains_key(address) {
            return false;
        }
        let due = timeline.start.max(now);
        self.next = Some(self.next.map_or(due, |next| next.min(due)));
        let running = Running {
            timeline,
            writer,
            due,
            shown: None,
        };
        self.running.insert(address.into(), running);
        true
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
            let length = running.timeline.length();
            let passed = now - start;
            let over = passed >= length && !(repeats && length > 0);
            let at = if over { length } else { passed % length };
            let value = running.timeline.value_at(at);
            if over || running.shown.as_ref() != Some(&value) {
                steps.push(Step {
                    address: address.clone(),
                    value: value.clone(),
                    writer: running.writer.clone(),
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
