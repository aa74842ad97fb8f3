//! Converts universes and channels to CLASP addresses and back, and levels to values and back:
//! `/sacn/1/5` is channel 5 of universe 1. No I/O.

use std::fmt;
use std::ops::RangeInclusive;

use super::CHANNELS;
use crate::clasp::wire::{ADDRESS_MAX, Value};

/// The longest namespace. With it a frame of 512 channels fits one CLASP bundle.
pub const NAMESPACE_MAX: usize = 80;

/// The most universes of one bridge.
pub const UNIVERSES_MAX: usize = 4_096;

/// Which universes are bridged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Universes(Vec<RangeInclusive<u16>>);

impl Universes {
    /// Reads `1`, `1-16`, `1,3-5`; each must be within `range`.
    ///
    /// # Errors
    /// Why the text is not such a list.
    pub fn parse(text: &str, range: &RangeInclusive<u16>) -> Result<Universes, String> {
        let number = |text: &str| {
            let number = text.trim().parse::<u16>().ok();
            number
                .filter(|number| range.contains(number))
                .ok_or_else(|| {
                    let (first, last) = (range.start(), range.end());
                    format!("'{text}' is not a universe: they are {first} to {last}")
                })
        };
        let mut ranges: Vec<RangeInclusive<u16>> = Vec::new();
        for part in text.split(',') {
            let range = match part.split_once('-') {
                Some((first, last)) => {
                    let (first, last) = (number(first)?, number(last)?);
                    if last < first {
                        return Err(format!("'{part}': the first universe is after the last"));
                    }
                    first..=last
                }
                None => number(part)?..=number(part)?,
            };
            let mut earlier = ranges.iter();
            if let Some(both) =
                earlier.find(|it| it.start() <= range.end() && range.start() <= it.end())
            {
                let twice = both.start().max(range.start());
                return Err(format!("universe {twice} is named twice"));
            }
            ranges.push(range);
        }
        let universes = Universes(ranges);
        let count = universes.iter().count();
        if count > UNIVERSES_MAX {
            return Err(format!("{count} universes are more than {UNIVERSES_MAX}"));
        }
        Ok(universes)
    }

    /// Whether this universe is in the list.
    pub fn contains(&self, universe: u16) -> bool {
        self.0.iter().any(|range| range.contains(&universe))
    }

    /// All universes, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = u16> {
        self.0.iter().cloned().flatten()
    }
}

impl fmt::Display for Universes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, range) in self.0.iter().enumerate() {
            let comma = if position > 0 { "," } else { "" };
            write!(f, "{comma}{}", range.start())?;
            if range.start() != range.end() {
                write!(f, "-{}", range.end())?;
            }
        }
        Ok(())
    }
}

/// The meaning of an address below the namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// One channel, counted from 0.
    Channel(u16, usize),
    /// All channels of a universe.
    Universe(u16),
}

impl Place {
    /// The universe, and the first channel, counted from 0.
    pub fn first(self) -> (u16, usize) {
        match self {
            Place::Channel(universe, channel) => (universe, channel),
            Place::Universe(universe) => (universe, 0),
        }
    }
}

/// How levels are written as values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Integers, 0 to 255.
    Steps,
    /// Floats, 0.0 to 1.0.
    Normalized,
}

impl Scale {
    /// A level as a value.
    pub fn value(self, level: u8) -> Value<'static> {
        match self {
            Scale::Steps => Value::Int(level.into()),
            Scale::Normalized => Value::Float(f64::from(level) / 255.0),
        }
    }

    /// A value as the nearest level. True is full, false and null are 0.
    ///
    /// # Errors
    /// A value that is not a number, or is out of range.
    pub fn level(self, value: &Value<'_>) -> Result<u8, String> {
        let number = match value {
            Value::Null | Value::Bool(false) => return Ok(0),
            Value::Bool(true) => return Ok(255),
            value => value.as_f64(),
        };
        let number = number.ok_or_else(|| format!("a {} is not a level", value.type_name()))?;
        let (steps, range) = match self {
            Scale::Steps => (number, "0 to 255"),
            Scale::Normalized => (number * 255.0, "0.0 to 1.0"),
        };
        let nearest = steps.round();
        if (0.0..=255.0).contains(&nearest) {
            // The range was checked above; -0.0 becomes 0.
            Ok(nearest as u8)
        } else {
            Err(format!("{number} is not a level: they are {range}"))
        }
    }
}

/// The address of a channel, which is counted from 0.
pub fn channel(namespace: &str, universe: u16, channel: usize) -> String {
    format!("{namespace}/{universe}/{}", channel + 1)
}

/// The address of a whole universe.
pub fn universe(namespace: &str, universe: u16) -> String {
    format!("{namespace}/{universe}")
}

/// The meaning of an address; `None` if it is not below the namespace.
///
/// # Errors
/// An address below the namespace that is neither a universe nor a channel.
pub fn place(namespace: &str, address: &str) -> Result<Option<Place>, String> {
    let Some(rest) = address
        .strip_prefix(namespace)
        .and_then(|rest| rest.strip_prefix('/'))
    else {
        return Ok(None);
    };
    let (first, second) = match rest.split_once('/') {
        Some((first, second)) => (first, Some(second)),
        None => (rest, None),
    };
    let universe = number(first).ok_or_else(|| format!("'{first}' is not a universe"))?;
    let Some(second) = second else {
        return Ok(Some(Place::Universe(universe)));
    };
    let channel = number(second).map(usize::from);
    match channel {
        Some(channel @ 1..=CHANNELS) => Ok(Some(Place::Channel(universe, channel - 1))),
        _ => Err(format!(
            "'{second}' is not a channel: they are 1 to {CHANNELS}"
        )),
    }
}

/// Parses a number. Another spelling, such as `01`, is refused: it would be a second address of the
/// same channel.
fn number(text: &str) -> Option<u16> {
    let number: u16 = text.parse().ok()?;
    (text == "0" || !text.starts_with(['0', '+'])).then_some(number)
}

/// Checks a namespace.
///
/// # Errors
/// A namespace that is too long for a frame to fit one bundle.
pub fn check_namespace(namespace: &str) -> Result<(), String> {
    const { assert!(NAMESPACE_MAX < ADDRESS_MAX) };
    if namespace.len() > NAMESPACE_MAX {
        return Err(format!(
            "it has {} bytes; with more than {NAMESPACE_MAX} a frame does not fit one bundle",
            namespace.len()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clasp::bridge::unit::{frames, set};

    #[test]
    fn universes_as_they_are_typed() {
        let read = |text: &str| {
            let universes = Universes::parse(text, &(1..=63_999));
            universes.map(|universes| (universes.to_string(), universes.iter().count()))
        };
        let not = |text: &str| Err(format!("'{text}' is not a universe: they are 1 to 63999"));
        for twice in ["2,2", "1-3,2", "2,1-4"] {
            let parsed = Universes::parse(twice, &(1..=63_999));
            assert_eq!(parsed, Err("universe 2 is named twice".into()), "{twice}");
        }
        for (text, expected) in [
            ("1", Ok(("1".into(), 1))),
            ("1,3-5", Ok(("1,3-5".into(), 4))),
            (" 7 , 9-9", Ok(("7,9".into(), 2))),
            ("0", not("0")),
            ("64000", not("64000")),
            ("a", not("a")),
            ("", not("")),
            ("1,", not("")),
            (
                "5-3",
                Err("'5-3': the first universe is after the last".into()),
            ),
            (
                "1-5000",
                Err("5000 universes are more than 4096".to_owned()),
            ),
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_addresses_stand_for() {
        let read = |address| place("/sacn", address);
        for (address, expected) in [
            ("/sacn/1/1", Ok(Some(Place::Channel(1, 0)))),
            ("/sacn/63999/512", Ok(Some(Place::Channel(63_999, 511)))),
            ("/sacn/0/2", Ok(Some(Place::Channel(0, 1)))),
            ("/sacn/7", Ok(Some(Place::Universe(7)))),
            ("/other/1/1", Ok(None)),
            ("/sacnx/1/1", Ok(None)),
            (
                "/sacn/1/0",
                Err("'0' is not a channel: they are 1 to 512".into()),
            ),
            (
                "/sacn/1/513",
                Err("'513' is not a channel: they are 1 to 512".into()),
            ),
            (
                "/sacn/1/1/1",
                Err("'1/1' is not a channel: they are 1 to 512".into()),
            ),
            (
                "/sacn/1/01",
                Err("'01' is not a channel: they are 1 to 512".into()),
            ),
            ("/sacn/+1/1", Err("'+1' is not a universe".into())),
            ("/sacn/70000/1", Err("'70000' is not a universe".to_owned())),
        ] {
            assert_eq!(read(address), expected, "{address}");
        }
        assert_eq!(place("", "/3/4"), Ok(Some(Place::Channel(3, 3))));
    }

    #[test]
    fn values_as_levels() {
        use Scale::{Normalized, Steps};
        let refused = |text: &str| Err(text.to_owned());
        for (scale, value, expected) in [
            (Steps, Value::Int(255), Ok(255)),
            (Steps, Value::Float(127.5), Ok(128)),
            (Steps, Value::Float(-0.4), Ok(0)),
            (Steps, Value::Bool(true), Ok(255)),
            (Steps, Value::Null, Ok(0)),
            (Normalized, Value::Float(0.5), Ok(128)),
            (Normalized, Value::Int(1), Ok(255)),
            (Normalized, Value::Float(1.000_000_1), Ok(255)),
            (
                Steps,
                Value::Int(256),
                refused("256 is not a level: they are 0 to 255"),
            ),
            (
                Steps,
                Value::Int(-1),
                refused("-1 is not a level: they are 0 to 255"),
            ),
            (
                Normalized,
                Value::Int(255),
                refused("255 is not a level: they are 0.0 to 1.0"),
            ),
            (
                Steps,
                Value::Float(f64::NAN),
                refused("NaN is not a level: they are 0 to 255"),
            ),
            (
                Steps,
                Value::String("on".into()),
                refused("a string is not a level"),
            ),
        ] {
            assert_eq!(scale.level(&value), expected, "{value:?}");
        }
    }

    #[test]
    fn a_frame_fits_one_bundle_below_the_longest_namespace() {
        let namespace = format!("/{}", "x".repeat(NAMESPACE_MAX - 1));
        assert_eq!(check_namespace(&namespace), Ok(()));
        assert!(check_namespace(&format!("{namespace}x")).is_err());
        let frame: Vec<_> = (0..CHANNELS)
            .map(|at| {
                let value = Scale::Normalized.value(at as u8);
                set(channel(&namespace, 63_999, at), value)
            })
            .collect();
        let sent = frames(&frame, None, None, usize::MAX, |_, error| panic!("{error}"));
        assert_eq!(sent.len(), 1);
    }

    proptest! {
        #[test]
        fn every_level_and_channel_comes_back(universe: u16, at in 0..CHANNELS, level: u8) {
            let address = channel("/artnet", universe, at);
            prop_assert_eq!(place("/artnet", &address), Ok(Some(Place::Channel(universe, at))));
            for scale in [Scale::Steps, Scale::Normalized] {
                prop_assert_eq!(scale.level(&scale.value(level)), Ok(level));
            }
        }

        #[test]
        fn no_address_panics(address in ".{0,40}") {
            let _ = place("/sacn", &address);
            let _ = place("", &address);
            let _ = Universes::parse(&address, &(0..=u16::MAX));
        }
    }
}
