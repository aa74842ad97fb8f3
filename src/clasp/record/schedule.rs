//! Decides when the records of a recording are played. Takes the time at which each was received,
//! gives what to do with it. Pure.
//!
//! ```text
//!   first record     start           last record
//!   ├────────────────┼────────────────────┤   times of receipt
//!     initial values  └─ offset / speed ──▶       times of playback, from 0
//! ```
//!
//! Only the times of receipt count, never a timestamp of the router or a sender, because those come
//! from other clocks. If the recorder's clock was set back, the intervals before and after that are
//! kept. A clock that was set forward looks like a pause, and pauses can be shortened.

use std::collections::HashMap;
use std::time::Duration;

use serde::Deserialize;

use super::RecordError;
use crate::clasp::wire::Ttl;

/// The part of a record that says when it was received; the rest is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Stamp {
    /// When it was received by the recorder, in µs since the epoch.
    received: Option<u64>,
    /// Whether the value existed before the recording.
    #[serde(default)]
    pub snapshot: bool,
}

impl Stamp {
    /// Reads it from a line.
    ///
    /// # Errors
    /// [`RecordError`] if the line is not a record.
    pub fn read(line: &[u8]) -> Result<Stamp, RecordError> {
        serde_json::from_slice(line).map_err(|error| RecordError::of_json(&error))
    }

    /// When the record was received.
    ///
    /// # Errors
    /// [`RecordError::Shape`] when the line does not tell.
    pub fn received(&self) -> Result<u64, RecordError> {
        self.received.ok_or_else(|| {
            RecordError::Shape(
                "it does not say when it was received: clasp record and subscribe --stamp do"
                    .to_owned(),
            )
        })
    }
}

/// Where in a recording to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// This long after the first record.
    After(Duration),
    /// At this time, in µs since the epoch.
    At(u64),
}

/// How fast to play.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    /// A positive factor: 2 plays twice as fast as it was recorded.
    Times(f64),
    /// Without pauses.
    Max,
}

/// What to do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduled {
    /// It is an initial value, which is written before the clock starts unless a later one replaces
    /// it.
    Initial,
    /// It is left out: it happened before the start and is not a param.
    Skip,
    /// It is played this long after the start.
    At(Duration),
}

/// Schedules the records of one recording, in order.
#[derive(Debug, Clone)]
pub struct Schedule {
    start: Option<Start>,
    speed: Speed,
    /// When the first record was received, and the time of receipt at which playing begins.
    base: Option<(u64, u64)>,
    /// Whether a record other than an initial value has been seen.
    live: bool,
    last: Duration,
    /// The longest pause that is kept, in µs.
    pause_max: u64,
    /// When the last record was received, by the recorder's clock.
    previous: Option<u64>,
    /// What is added to the times of later records, in µs, because the recorder's clock was set
    /// back or a pause was shortened.
    shift: i128,
    /// How often the recorder's clock was set back.
    clock_steps: u64,
    /// The length of the recording, in µs since its first record.
    reached: u64,
}

impl Schedule {
    /// A schedule without records.
    pub fn new(start: Option<Start>, speed: Speed) -> Schedule {
        Schedule {
            start,
            speed,
            pause_max: u64::MAX,
            previous: None,
            shift: 0,
            clock_steps: 0,
            base: None,
            live: false,
            last: Duration::ZERO,
            reached: 0,
        }
    }

    /// Shortens every longer pause to this length.
    pub fn with_pauses_of_at_most(mut self, pause: Duration) -> Schedule {
        self.pause_max = u64::try_from(pause.as_micros()).unwrap_or(u64::MAX);
        self
    }

    /// Converts a time of receipt to a clock that never goes back and has no pause longer than
    /// allowed. When the recorder's clock was set back, the true interval is not known: the next
    /// record follows at once, and the ones after it at their intervals.
    fn monotonic(&mut self, received: u64) -> u64 {
        let previous = self.previous.replace(received).unwrap_or(received);
        let pause = received.checked_sub(previous);
        self.clock_steps += u64::from(pause.is_none());
        let kept = pause.unwrap_or(0).min(self.pause_max);
        self.shift += i128::from(previous) + i128::from(kept) - i128::from(received);
        u64::try_from(i128::from(received) + self.shift).unwrap_or(u64::MAX)
    }

    /// Schedules the next record. `snapshot`: the value existed before the recording. `param`: the
    /// signal is a param, whose value remains.
    pub fn place(&mut self, received: u64, snapshot: bool, param: bool) -> Scheduled {
        let received = self.monotonic(received);
        let (base, begin) = *self.base.get_or_insert_with(|| {
            let begin = match self.start {
                None => received,
                Some(Start::After(after)) => {
                    received.saturating_add(u64::try_from(after.as_micros()).unwrap_or(u64::MAX))
                }
                // The time before the recording is not waited for.
                Some(Start::At(at)) => at.max(received),
            };
            (received, begin)
        });
        self.reached = self.reached.max(received.saturating_sub(base));
        let before = received < begin && !self.live;
        if param && (before || (snapshot && !self.live)) {
            return Scheduled::Initial;
        }
        if before {
            return Scheduled::Skip;
        }
        self.live = true;
        let micros = received.saturating_sub(begin);
        let offset = match self.speed {
            Speed::Max => Duration::ZERO,
            Speed::Times(times) => {
                Duration::try_from_secs_f64(micros as f64 / 1e6 / times).unwrap_or(Duration::MAX)
            }
        };
        self.last = offset;
        Scheduled::At(offset)
    }

    /// Whether all records, and there were some, came before the requested start.
    pub fn is_past_end(&self) -> bool {
        (self.base).is_some_and(|(base, begin)| begin.saturating_sub(base) > self.reached)
    }

    /// How often the recorder's clock was set back, in the records so far.
    pub fn clock_steps(&self) -> u64 {
        self.clock_steps
    }

    /// The playing time up to the last record so far.
    pub fn length(&self) -> Duration {
        self.last
    }

    /// The length of the recording from its first record to the last so far, independent of the
    /// speed.
    pub fn reached(&self) -> Duration {
        Duration::from_micros(self.reached)
    }
}

/// The value of a param at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitialValue {
    /// The line of the input.
    pub line: u64,
    /// The address.
    pub address: Box<str>,
    /// The type code and the encoded data.
    pub value: (u8, Box<[u8]>),
    /// Its TTL.
    pub ttl: Option<Ttl>,
}

/// The last value of each param before the start.
#[derive(Debug, Default)]
pub struct InitialValues(HashMap<Box<str>, InitialValue>);

impl InitialValues {
    /// Adds a value, which replaces an earlier one for its address.
    pub fn put(&mut self, initial: InitialValue) {
        self.0.insert(initial.address.clone(), initial);
    }

    /// Takes all values out, in the order of their lines.
    pub fn take(&mut self) -> Vec<InitialValue> {
        let mut initial_values: Vec<InitialValue> =
            std::mem::take(&mut self.0).into_values().collect();
        initial_values.sort_unstable_by_key(|initial| initial.line);
        initial_values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: u64 = 1_795_166_091_829_000;

    fn ms(ms: u64) -> Scheduled {
        Scheduled::At(Duration::from_millis(ms))
    }

    /// Places params that were not there already, so many ms after the first.
    fn placed(schedule: &mut Schedule, at: &[u64]) -> Vec<Scheduled> {
        at.iter()
            .map(|at| schedule.place(T0 + at * 1_000, false, true))
            .collect()
    }

    #[test]
    fn offsets_count_from_the_first_record_at_any_speed() {
        for (speed, expected) in [
            (Speed::Times(1.0), [0, 10, 1_000]),
            (Speed::Times(2.0), [0, 5, 500]),
            (Speed::Times(0.5), [0, 20, 2_000]),
            (Speed::Max, [0, 0, 0]),
        ] {
            let mut schedule = Schedule::new(None, speed);
            assert_eq!(
                placed(&mut schedule, &[0, 10, 1_000]),
                expected.map(ms),
                "{speed:?}"
            );
            assert_eq!(schedule.length(), Duration::from_millis(expected[2]));
            assert_eq!(schedule.reached(), Duration::from_secs(1));
        }
    }

    #[test]
    fn what_was_there_already_is_a_seed_until_something_happens() {
        let mut schedule = Schedule::new(None, Speed::Times(1.0));
        assert_eq!(schedule.place(T0, true, true), Scheduled::Initial);
        assert!(!schedule.is_past_end(), "no start was asked for");
        assert_eq!(schedule.place(T0 + 2_000, false, false), ms(2));
        // After a lost connection, a value that is read again is a change like any other.
        assert_eq!(schedule.place(T0 + 5_000, true, true), ms(5));
    }

    #[test]
    fn before_the_start_params_are_seeds_and_the_rest_is_over() {
        for start in [
            Start::After(Duration::from_millis(10)),
            Start::At(T0 + 10_000),
        ] {
            let mut schedule = Schedule::new(Some(start), Speed::Times(2.0));
            assert_eq!(schedule.place(T0, false, true), Scheduled::Initial);
            assert_eq!(schedule.place(T0 + 9_999, false, false), Scheduled::Skip);
            assert!(schedule.is_past_end());
            assert_eq!(schedule.place(T0 + 10_000, false, false), ms(0));
            assert_eq!(schedule.place(T0 + 30_000, false, true), ms(10));
            assert!(!schedule.is_past_end());
        }
        let mut early = Schedule::new(Some(Start::At(1)), Speed::Times(1.0));
        assert_eq!(placed(&mut early, &[0, 3]), [ms(0), ms(3)]);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_change_the_order() {
        let mut schedule = Schedule::new(None, Speed::Times(1.0));
        let places = placed(&mut schedule, &[5, 9, 0, 7, 10]);
        assert_eq!(places, [ms(0), ms(4), ms(4), ms(11), ms(14)]);
        assert_eq!(schedule.clock_steps(), 1);
        let mut later = Schedule::new(
            Some(Start::After(Duration::from_millis(2))),
            Speed::Times(1.0),
        );
        assert_eq!(
            placed(&mut later, &[0, 3, 1, 4]),
            [Scheduled::Initial, ms(1), ms(1), ms(4)],
            "what has begun is not taken back"
        );
    }

    #[test]
    fn pauses_are_shortened_where_that_is_asked_for() {
        let hour = 3_600_000;
        let ten = Duration::from_millis(10);
        let mut schedule = Schedule::new(None, Speed::Times(2.0)).with_pauses_of_at_most(ten);
        let places = placed(&mut schedule, &[0, 4, hour, hour + 4, 4 * hour, 2, 8]);
        assert_eq!(places, [ms(0), ms(2), ms(7), ms(9), ms(14), ms(14), ms(17)]);
        assert_eq!(schedule.clock_steps(), 1);
    }

    #[test]
    fn no_number_is_too_large() {
        let mut schedule = Schedule::new(Some(Start::After(Duration::MAX)), Speed::Times(1e-300));
        assert_eq!(schedule.place(T0, false, true), Scheduled::Initial);
        let mut schedule = Schedule::new(None, Speed::Times(1e-300));
        schedule.place(0, false, true);
        assert_eq!(
            schedule.place(u64::MAX, false, true),
            Scheduled::At(Duration::MAX)
        );
    }

    #[test]
    fn the_last_seed_of_an_address_counts_and_lines_keep_their_order() {
        let initial = |line, address: &str, byte| InitialValue {
            line,
            address: address.into(),
            value: (1, Box::new([byte])),
            ttl: None,
        };
        let mut initial_values = InitialValues::default();
        initial_values.put(initial(1, "/a", 1));
        initial_values.put(initial(2, "/b", 2));
        initial_values.put(initial(3, "/a", 3));
        assert_eq!(
            initial_values.take(),
            [initial(2, "/b", 2), initial(3, "/a", 3)]
        );
        assert_eq!(initial_values.take(), []);
    }

    #[test]
    fn a_stamp_is_read_off_any_record() {
        let line = br#"{"type":"event","address":"/a","value":{"received":1},"received":7}"#;
        let stamp = Stamp::read(line).unwrap();
        assert_eq!((stamp.received().unwrap(), stamp.snapshot), (7, false));
        let unstamped = Stamp::read(br#"{"address":"/a","snapshot":true}"#).unwrap();
        assert!(unstamped.snapshot);
        let why = unstamped.received().unwrap_err().to_string();
        assert!(why.contains("subscribe --stamp"), "{why}");
        for line in [&b"{"[..], b"[]", br#"{"received":"now"}"#] {
            assert!(Stamp::read(line).is_err());
        }
    }
}
