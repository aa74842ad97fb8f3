//! Reads keyframes. Takes JSON text, gives keyframes. Pure.
//!
//! The input is an array, or one object per line: `{"time":"1.5s","value":0.5,"easing":"ease-in"}`.
//! For a time that is a number the caller must give the unit, because the SDK's documentation uses
//! milliseconds and the rest of the protocol microseconds.

use super::{Easing, Keyframe, TimelineError};
use crate::clasp::wire::{Value, from_json};
use crate::text::duration::{LONGEST, duration};

/// The unit of a time that is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TimeUnit {
    /// Milliseconds
    Ms,
    /// Microseconds
    Us,
}

/// Reads keyframes.
///
/// # Errors
/// The number of the invalid keyframe, and what is wrong.
pub fn keyframes(text: &str, unit: Option<TimeUnit>) -> Result<Vec<Keyframe>, TimelineError> {
    let json = |text: &str| from_json(text).map_err(|error| TimelineError::Json(error.to_string()));
    let items = if text.trim_start().starts_with('[') {
        match json(text)? {
            Value::Array(items) => items,
            _ => Vec::new(),
        }
    } else {
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .map(json)
            .collect::<Result<_, _>>()?
    };
    items
        .into_iter()
        .enumerate()
        .map(|(n, item)| {
            keyframe(item, unit).map_err(|why| TimelineError::Keyframe { number: n + 1, why })
        })
        .collect()
}

fn keyframe(item: Value<'static>, unit: Option<TimeUnit>) -> Result<Keyframe, String> {
    let Value::Map(entries) = item else {
        return Err("it should be an object, such as {\"time\":\"1s\",\"value\":0.5}".into());
    };
    let (mut time, mut value, mut name, mut bezier) = (None, None, None, None);
    for (key, entry) in entries {
        match &*key {
            "time" => time = Some(micros(&entry, unit)?),
            "value" => value = Some(entry),
            "easing" => match entry {
                Value::String(text) => name = Some(text),
                _ => return Err("its easing should be a string".into()),
            },
            "bezier" => bezier = Some(points(&entry)?),
            unknown => {
                return Err(format!(
                    "unknown key '{unknown}': it has time, value, easing and bezier"
                ));
            }
        }
    }
    let easing = match (name.as_deref(), bezier) {
        (None, None) => Easing::Linear,
        (None | Some(Easing::BEZIER), Some(points)) => {
            Easing::bezier(points).ok_or("its bezier should have x1 and x2 between 0 and 1")?
        }
        (Some(Easing::BEZIER), None) => return Err("cubic-bezier needs \"bezier\"".into()),
        (Some(name), None) => Easing::parse(name).ok_or_else(|| unknown_easing(name))?,
        (Some(_), Some(_)) => return Err("its bezier goes with cubic-bezier only".into()),
    };
    Ok(Keyframe {
        at: time.ok_or("it has no time")?,
        value: value.ok_or("it has no value")?,
        easing,
    })
}

/// The error text for an unknown easing.
pub fn unknown_easing(name: &str) -> String {
    let names = Easing::NAMED.map(|(name, _)| name);
    match crate::text::nearest(name, &names) {
        Some(nearest) => format!("'{name}' is no easing: did you mean {nearest}?"),
        None => format!(
            "'{name}' is no easing: {} or cubic-bezier(x1,y1,x2,y2)",
            names.join(", ")
        ),
    }
}

fn micros(time: &Value<'_>, unit: Option<TimeUnit>) -> Result<u64, String> {
    if let Value::String(text) = time {
        let duration = duration(text).map_err(|error| format!("time '{text}': {error}"))?;
        return u64::try_from(duration.as_micros()).map_err(|_| "its time is too long".into());
    }
    let Some(number) = time.as_f64().filter(|n| n.is_finite() && *n >= 0.0) else {
        return Err("its time should be a duration such as \"1.5s\", not before 0".into());
    };
    let factor = match unit {
        Some(TimeUnit::Ms) => 1_000.0,
        Some(TimeUnit::Us) => 1.0,
        None => {
            return Err("its time is a number: give its unit with --time-unit ms or us".into());
        }
    };
    let micros = (number * factor).round();
    if micros > LONGEST.as_micros() as f64 {
        return Err("its time is longer than a century".into());
    }
    Ok(micros as u64)
}

fn points(value: &Value<'_>) -> Result<[f64; 4], String> {
    let numbers: Option<Vec<f64>> = match value {
        Value::Array(items) => items.iter().map(Value::as_f64).collect(),
        _ => None,
    };
    numbers
        .and_then(|numbers| numbers.try_into().ok())
        .ok_or_else(|| "its bezier should be four numbers: [x1,y1,x2,y2]".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_or_lines_with_durations_or_numbers_of_a_unit() {
        let documented = "[{\"time\":0,\"value\":0.0},{\"time\":1000,\"value\":1.0}]";
        let read = keyframes(documented, Some(TimeUnit::Ms)).unwrap();
        assert_eq!(
            read.iter().map(|k| k.at).collect::<Vec<_>>(),
            [0, 1_000_000]
        );
        let lines = "{\"time\":\"0s\",\"value\":[1],\"easing\":\"step\"}\n\n\
                     {\"time\":\"1.5s\",\"value\":[2],\"bezier\":[0,0,1,1]}";
        let read = keyframes(lines, None).unwrap();
        assert_eq!(read[0].easing, Easing::Step);
        assert_eq!(read[1].at, 1_500_000);
        assert_eq!(read[1].easing, Easing::CubicBezier([0.0, 0.0, 1.0, 1.0]));
    }

    #[test]
    fn what_is_no_keyframe_is_named() {
        for (json, says) in [
            (
                "[{\"time\":0,\"value\":1}]",
                "keyframe 1: its time is a number",
            ),
            (
                "{\"time\":\"0s\",\"value\":1}\n{\"value\":1}",
                "keyframe 2: it has no time",
            ),
            ("[{\"time\":\"1\",\"value\":1}]", "did you mean 1s?"),
            ("[{\"time\":\"1s\"}]", "it has no value"),
            (
                "[{\"time\":\"1s\",\"value\":1,\"easing\":\"ease-inn\"}]",
                "did you mean ease-in",
            ),
            (
                "[{\"time\":\"1s\",\"value\":1,\"easing\":\"cubic-bezier\"}]",
                "needs \"bezier\"",
            ),
            (
                "[{\"time\":\"1s\",\"value\":1,\"bezier\":[1]}]",
                "four numbers",
            ),
            (
                "[{\"time\":\"1s\",\"value\":1,\"ease\":1}]",
                "unknown key 'ease'",
            ),
            ("[7]", "it should be an object"),
            ("[", "is not a value"),
        ] {
            let error = keyframes(json, None).expect_err(json).to_string();
            assert!(error.contains(says), "{json}: {error}");
        }
    }
}
