//! The data of the table. Takes records and the time, gives a row per address. Pure.
//!
//! Memory is bounded: a limited number of addresses, each with limited text and a limited number of
//! values.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use super::meter::Meter;
use super::spark::Trail;
use crate::clasp::record::Record;
use crate::clasp::wire::Value;
use crate::term::screen::width;

/// How many addresses are kept. Beyond that, the longest silent ones are dropped.
pub const ADDRESSES: usize = 10_000;

/// How many addresses are dropped at once, because sorting for every new address would be too slow.
const DROPPED_AT_ONCE: usize = ADDRESSES / 10;

/// How many bytes of a value's text are kept: more than fits on a line.
const TEXT: usize = 512;

/// The row of an address.
#[derive(Debug, Clone)]
pub struct Row {
    /// The type of signal, such as `event` or `gesture 3 move`; empty for a param.
    pub kind: String,
    /// The value as JSON, truncated if it is long.
    pub value: String,
    /// When it was last written or sent, in µs since the epoch.
    pub at: u64,
    /// Whether `at` is by the router's clock.
    by_router: bool,
    /// The rate of its messages.
    pub meter: Meter,
    /// The data of its bars.
    pub trail: Trail,
}

/// All rows, and the totals.
#[derive(Debug, Clone, Default)]
pub struct Model {
    rows: BTreeMap<Box<str>, Row>,
    meter: Meter,
    messages: u64,
    gone: u64,
    widest: usize,
    /// The router's clock minus ours, in µs.
    offset: i64,
}

impl Model {
    /// Adds a record that was received at this time, in µs since the epoch.
    pub fn take(&mut self, record: &Record<'_>, now: u64) {
        if !record.snapshot {
            self.meter.hit(now);
            self.messages += 1;
        }
        if !self.rows.contains_key(record.address) {
            self.add(record.address, now);
        }
        let Some(row) = self.rows.get_mut(record.address) else {
            return;
        };
        row.by_router = record.snapshot && record.timestamp.is_some();
        row.at = match record.timestamp {
            Some(written) if record.snapshot => written,
            _ => now,
        };
        let number = match (record.value, record.samples) {
            (Some(Value::Bool(on)), _) => Some(f64::from(u8::from(*on))),
            (Some(value), _) => value.as_f64(),
            (None, samples) => samples.and_then(|samples| samples.last().copied()),
        };
        if record.snapshot {
            row.trail.know(number, now);
        } else {
            row.trail.take(number, now);
            row.meter.hit(now);
        }
        row.kind.clear();
        if record.kind != "param" {
            row.kind.push_str(record.kind);
        }
        if let (Some(id), Some(phase)) = (record.id, record.phase) {
            row.kind.push_str(&format!(" {id} {phase}"));
        }
        row.value.clear();
        show(&mut row.value, record);
    }

    fn add(&mut self, address: &str, now: u64) {
        if self.rows.len() >= ADDRESSES {
            self.make_room(now);
        }
        self.widest = self.widest.max(width(address));
        let row = Row {
            kind: String::new(),
            value: String::new(),
            at: now,
            by_router: false,
            meter: Meter::default(),
            trail: Trail::default(),
        };
        self.rows.insert(address.into(), row);
    }

    fn make_room(&mut self, now: u64) {
        let mut ages: Vec<u64> = self.rows.values().map(|row| self.age(row, now)).collect();
        let (_, limit, _) = ages.select_nth_unstable_by(DROPPED_AT_ONCE - 1, |a, b| b.cmp(a));
        let (limit, offset, mut left) = (*limit, self.offset, DROPPED_AT_ONCE);
        let before = self.rows.len();
        self.rows.retain(|_, row| {
            let goes = left > 0 && age(row, now, offset) >= limit;
            left -= usize::from(goes);
            !goes
        });
        self.gone += (before - self.rows.len()) as u64;
        self.widest = self
            .rows
            .keys()
            .map(|address| width(address))
            .max()
            .unwrap_or(0);
    }

    /// Sets the router's clock and ours, both in µs since the epoch: the times of retained values
    /// are by the router's clock.
    pub fn synchronise(&mut self, router: u64, now: u64) {
        self.offset = router.wrapping_sub(now) as i64;
    }

    /// How long ago the value was written or sent, in µs.
    pub fn age(&self, row: &Row, now: u64) -> u64 {
        age(row, now, self.offset)
    }

    /// Addresses and their rows, sorted by address.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &Row)> {
        self.rows.iter().map(|(address, row)| (&**address, row))
    }

    /// How many addresses are kept.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many addresses were dropped because there were too many.
    pub fn gone(&self) -> u64 {
        self.gone
    }

    /// The width of the widest address, in columns.
    pub fn widest(&self) -> usize {
        self.widest
    }

    /// Messages a second, for all addresses together.
    pub fn per_second(&self, now: u64) -> f64 {
        self.meter.per_second(now)
    }

    /// How many messages have come, without retained values.
    pub fn messages(&self) -> u64 {
        self.messages
    }
}

fn age(row: &Row, now: u64, offset: i64) -> u64 {
    let now = if row.by_router {
        now.saturating_add_signed(offset)
    } else {
        now
    };
    now.saturating_sub(row.at)
}

/// Writes the value of a record: a float with six digits, because more cannot be read in a changing
/// table; anything else as JSON, up to the limit.
fn show(text: &mut String, record: &Record<'_>) {
    match (record.value, record.samples) {
        (Some(Value::Float(number)), _) if number.is_finite() => text.push_str(&six(*number)),
        (Some(value), _) => json(text, value),
        (None, Some(samples)) => json(text, &samples),
        (None, None) => {}
    }
}

fn json(text: &mut String, value: &impl serde::Serialize) {
    let mut bytes = Bounded(std::mem::take(text).into_bytes());
    // An error means that the limit was reached.
    let cut = serde_json::to_writer(&mut bytes, value).is_err();
    let whole = String::from_utf8(bytes.0).unwrap_or_else(|error| {
        // The limit was within a character.
        let valid = error.utf8_error().valid_up_to();
        let mut bytes = error.into_bytes();
        bytes.truncate(valid);
        String::from_utf8(bytes).unwrap_or_default()
    });
    *text = whole;
    if cut {
        text.push('…');
    }
}

fn six(number: f64) -> Cow<'static, str> {
    let whole = serde_json::to_string(&number).unwrap_or_default();
    let digits = whole.bytes().filter(u8::is_ascii_digit).count();
    if digits <= 7 || whole.contains('e') {
        return whole.into();
    }
    let decimals = (5.0 - number.abs().log10().floor()).clamp(1.0, 12.0) as usize;
    let rounded = format!("{number:.decimals$}");
    let (integer, fraction) = rounded.split_once('.').unwrap_or((&rounded, "0"));
    match fraction.trim_end_matches('0') {
        "" => format!("{integer}.0").into(),
        fraction => format!("{integer}.{fraction}").into(),
    }
}

/// A writer with the limit [`TEXT`].
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = TEXT - self.0.len().min(TEXT);
        if room == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        let count = bytes.len().min(room);
        self.0.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub const START: u64 = 1_795_166_091_829_000;

    /// A record, with what tests care about.
    pub fn record<'a>(
        kind: &'static str,
        address: &'a str,
        value: Option<&'a Value<'a>>,
    ) -> Record<'a> {
        Record {
            value,
            ..Record::blank(kind, address)
        }
    }

    fn row<'m>(model: &'m Model, address: &str) -> &'m Row {
        let mut rows = model.rows();
        rows.find(|(name, _)| *name == address).expect(address).1
    }

    #[test]
    fn a_row_is_what_came_last() {
        let mut model = Model::default();
        let (first, second) = (Value::Int(1), Value::String("two".into()));
        model.take(&record("param", "/a", Some(&first)), START);
        model.take(&record("param", "/a", Some(&second)), START + 5);
        assert_eq!((model.len(), model.messages()), (1, 2));
        let row = row(&model, "/a");
        assert_eq!((row.kind.as_str(), row.value.as_str()), ("", "\"two\""));
        assert_eq!(model.age(row, START + 7), 2);
    }

    #[test]
    fn signals_say_what_they_are() {
        let mut model = Model::default();
        let on = Value::Bool(true);
        model.take(&record("event", "/e", None), START);
        let gesture = Record {
            id: Some(3),
            phase: Some("move"),
            ..record("gesture", "/g", Some(&on))
        };
        model.take(&gesture, START);
        let samples = [0.5, 0.25];
        let stream = Record {
            samples: Some(&samples),
            ..record("stream", "/s", None)
        };
        model.take(&stream, START);
        let shown: Vec<_> = model
            .rows()
            .map(|(address, row)| format!("{address} {} {}", row.kind, row.value))
            .collect();
        assert_eq!(
            shown,
            [
                "/e event ",
                "/g gesture 3 move true",
                "/s stream [0.5,0.25]"
            ]
        );
    }

    #[test]
    fn a_retained_value_is_as_old_as_the_router_says_and_no_message() {
        let mut model = Model::default();
        let value = Value::Int(1);
        let retained = Record {
            snapshot: true,
            // The router's clock is an hour ahead.
            timestamp: Some(START + 3_600_000_000 - 120_000_000),
            ..record("param", "/a", Some(&value))
        };
        model.take(&retained, START);
        model.synchronise(START + 3_600_000_000, START);
        assert_eq!(model.age(row(&model, "/a"), START), 120_000_000);
        assert_eq!((model.messages(), model.per_second(START)), (0, 0.0));
    }

    #[test]
    fn floats_are_shown_to_six_digits() {
        for (number, shown) in [
            (0.5, "0.5"),
            (1.0, "1.0"),
            (0.1 + 0.2, "0.3"),
            (std::f64::consts::PI, "3.14159"),
            (-1234.567891, "-1234.57"),
            (123456789.123, "123456789.1"),
            (0.000123456789, "0.000123457"),
            (1e300, "1e+300"),
            (1e-9, "1e-9"),
            (-0.0, "-0.0"),
        ] {
            assert_eq!(six(number), shown);
        }
    }

    #[test]
    fn a_long_value_is_kept_in_part_and_at_a_character() {
        let mut model = Model::default();
        for text in [
            "x".repeat(60_000),
            "é".repeat(30_000),
            "\u{1}光".repeat(10_000),
        ] {
            let value = Value::String(text.into());
            model.take(&record("param", "/a", Some(&value)), START);
            let kept = &row(&model, "/a").value;
            assert!(
                kept.len() <= TEXT + 3 && kept.len() > TEXT - 4,
                "{}",
                kept.len()
            );
            assert!(kept.ends_with('…'));
        }
    }

    #[test]
    fn of_too_many_addresses_the_longest_silent_go() {
        let mut model = Model::default();
        let value = Value::Int(1);
        let late = START + 1_000_000_000;
        for n in 0..ADDRESSES as u64 {
            let address = format!("/a/{n:06}");
            model.take(&record("param", &address, Some(&value)), START + n);
        }
        model.take(&record("param", "/a/000000", Some(&value)), late);
        for n in 0..3 * ADDRESSES {
            let address = format!("/flood/of/addresses/{n}");
            model.take(&record("event", &address, None), late + 1 + n as u64);
            assert!(model.len() <= ADDRESSES);
        }
        assert_eq!(model.len() as u64 + model.gone(), 4 * ADDRESSES as u64);
        assert!(
            model
                .rows()
                .all(|(address, _)| address.starts_with("/flood/of/addresses/"))
        );
    }

    #[test]
    fn what_speaks_is_kept_among_what_is_silent() {
        let mut model = Model::default();
        for n in 0..2 * ADDRESSES as u64 {
            model.take(&record("event", "/alive", None), START + 2 * n);
            model.take(&record("event", &format!("/once/{n}"), None), START + 2 * n);
        }
        assert!(model.gone() > 0);
        assert!(model.rows().any(|(address, _)| address == "/alive"));
    }
}
