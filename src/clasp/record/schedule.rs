//! When the records of a recording are played, pure: when each was received enters, what to do with
//! it leaves.
//!
//! ```text
//!   first record     start             the last
//!   ├────────────────┼────────────────────┤   as it was received
//!     params: seeds  └─ offset / speed ─▶     as it is played, from 0
//! ```
//!
//! Only the times at which records were received decide, never a timestamp of the router's or of a
//! sender's: those are other clocks. Where the recorder's own clock was set back, the distances
//! before and after count. Where it was set forward, that looks like a pause, and pauses can be
//! shortened.

use std::collections::HashMap;
use std::time::Duration;

use serde::Deserialize;

use super::RecordError;
use crate::clasp::wire::Ttl;

/// What a record says of when it came; the rest of it is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Stamp {
    /// When it arrived at whoever recorded it, in µs since the epoch.
    received: Option<u64>,
    /// The value was there already.
    #[serde(default)]
    pub snapshot: bool,
}

impl Stamp {
    /// Reads it off a line.
    ///
    /// # Errors
    /// [`RecordError`] for what is no record.
    pub fn read(line: &[u8]) -> Result<Stamp, RecordError> {
        serde_json::from_slice(line).map_err(|error| RecordError::of_json(&error))
    }

    /// When it arrived.
    ///
    /// # Errors
    /// [`RecordError::Shape`] when the line does not say.
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
    /// So long after its first record.
    After(Duration),
    /// At this time, in µs since the epoch.
    At(u64),
}

/// How fast to play.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    /// So many times as fast as it was recorded; a positive number.
    Times(f64),
    /// Without a pause.
    Max,
}

/// What to do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is played before the clock starts, if nothing later takes its place: what the start
    /// needs to find.
    Seed,
    /// It is left out: over before the start, and nothing stays of it.
    Skip,
    /// It is played so long after the start.
    At(Duration),
}

/// Places the records of one recording, in their order.
#[derive(Debug, Clone)]
pub struct Schedule {
    start: Option<Start>,
    speed: Speed,
    /// When the first record was received, and when what is to be played begins.
    base: Option<(u64, u64)>,
    /// Whether anything but seeds has been seen since the start.
    live: bool,
    last: Duration,
    /// The longest pause that is kept, in µs.
    pause_max: u64,
    /// When the last record was received, by its own clock.
    previous: Option<u64>,
    /// What is added to the times of later records, in µs: the recorder's clock was set back
    /// before them, or a pause was shortened.
    shift: i128,
    /// How often the recorder's clock was set back.
    steps: u64,
    /// How far the recording reached, in µs since its first record.
    reached: u64,
}

impl Schedule {
    /// A schedule that knows no record yet.
    pub fn new(start: Option<Start>, speed: Speed) -> Schedule {
        Schedule {
            start,
            speed,
            pause_max: u64::MAX,
            previous: None,
            shift: 0,
            steps: 0,
            base: None,
            live: false,
            last: Duration::ZERO,
            reached: 0,
        }
    }

    /// The same, with every pause cut down to this one.
    pub fn with_pauses_of_at_most(mut self, pause: Duration) -> Schedule {
        self.pause_max = u64::try_from(pause.as_micros()).unwrap_or(u64::MAX);
        self
    }

    /// When a record was received on a clock that is never set back and makes no longer pauses
    /// than are kept. How long the recorder's clock stood still while it was set back is not known:
    /// the next record follows at once, and those after it at their distances.
    fn steadied(&mut self, received: u64) -> u64 {
        let previous = self.previous.replace(received).unwrap_or(received);
        let pause = received.checked_sub(previous);
        self.steps += u64::from(pause.is_none());
        let kept = pause.unwrap_or(0).min(self.pause_max);
        self.shift += i128::from(previous) + i128::from(kept) - i128::from(received);
        u64::try_from(i128::from(received) + self.shift).unwrap_or(u64::MAX)
    }

    /// Places the next record: when it was received, whether it was there already, and whether it
    /// is a param, of which something stays.
    pub fn place(&mut self, received: u64, snapshot: bool, param: bool) -> Place {
        let received = self.steadied(received);
        let (base, begin) = *self.base.get_or_insert_with(|| {
            let begin = match self.start {
                None => received,
                Some(Start::After(after)) => {
                    received.saturating_add(u64::try_from(after.as_micros()).unwrap_or(u64::MAX))
                }
                // What comes before the recording is not waited for.
                Some(Start::At(at)) => at.max(received),
            };
            (received, begin)
        });
        self.reached = self.reached.max(received.saturating_sub(base));
        let before = received < begin && !self.live;
        if param && (before || (snapshot && !self.live)) {
            return Place::Seed;
        }
        if before {
            return Place::Skip;
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
        Place::At(offset)
    }

    /// Whether there were records, and all of them before the start that was asked for.
    pub fn is_past_end(&self) -> bool {
        (self.base).is_some_and(|(base, begin)| begin.saturating_sub(base) > self.reached)
    }

    /// How often the recorder's clock was set back, as far as was read.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// How long it plays, up to its last record so far.
    pub fn length(&self) -> Duration {
        self.last
    }

    /// How long the recording is, from its first record to its last so far, whatever the speed.
    pub fn reached(&self) -> Duration {
        Duration::from_micros(self.reached)
    }
}

/// A param as it was when the start came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// The line it came from.
    pub line: u64,
    /// Where.
    pub address: Box<str>,
    /// The wire's type code and bytes.
    pub value: (u8, Box<[u8]>),
    /// How long it lives.
    pub ttl: Option<Ttl>,
}

/// The last value of each param before the start.
#[derive(Debug, Default)]
pub struct Seeds(HashMap<Box<str>, Seed>);

impl Seeds {
    /// A later value takes the place of an earlier one.
    pub fn put(&mut self, seed: Seed) {
        self.0.insert(seed.address.clone(), seed);
    }

    /// All of them, in the order of their lines; none remain.
    pub fn take(&mut self) -> Vec<Seed> {
        let mut seeds: Vec<Seed> = std::mem::take(&mut self.0).into_values().collect();
        seeds.sort_unstable_by_key(|seed| seed.line);
        seeds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: u64 = 1_795_166_091_829_000;

    fn ms(ms: u64) -> Place {
        Place::At(Duration::from_millis(ms))
    }

    /// Places params that were not there already, so many ms after the first.
    fn placed(schedule: &mut Schedule, at: &[u64]) -> Vec<Place> {
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
        assert_eq!(schedule.place(T0, true, true), Place::Seed);
        assert!(!schedule.is_past_end(), "no start was asked for");
        assert_eq!(schedule.place(T0 + 2_000, false, false), ms(2));
        // After a gap, a value that is read anew is a change like any other.
        assert_eq!(schedule.place(T0 + 5_000, true, true), ms(5));
    }

    #[test]
    fn before_the_start_params_are_seeds_and_the_rest_is_over() {
        for start in [
            Start::After(Duration::from_millis(10)),
            Start::At(T0 + 10_000),
        ] {
            let mut schedule = Schedule::new(Some(start), Speed::Times(2.0));
            assert_eq!(schedule.place(T0, false, true), Place::Seed);
            assert_eq!(schedule.place(T0 + 9_999, false, false), Place::Skip);
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
        assert_eq!(schedule.steps(), 1);
        let mut later = Schedule::new(
            Some(Start::After(Duration::from_millis(2))),
            Speed::Times(1.0),
        );
        assert_eq!(
            placed(&mut later, &[0, 3, 1, 4]),
            [Place::Seed, ms(1), ms(1), ms(4)],
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
        assert_eq!(schedule.steps(), 1);
    }

    #[test]
    fn no_number_is_too_large() {
        let mut schedule = Schedule::new(Some(Start::After(Duration::MAX)), Speed::Times(1e-300));
        assert_eq!(schedule.place(T0, false, true), Place::Seed);
        let mut schedule = Schedule::new(None, Speed::Times(1e-300));
        schedule.place(0, false, true);
        assert_eq!(
            schedule.place(u64::MAX, false, true),
            Place::At(Duration::MAX)
        );
    }

    #[test]
    fn the_last_seed_of_an_address_counts_and_lines_keep_their_order() {
        let seed = |line, address: &str, byte| Seed {
            line,
            address: address.into(),
            value: (1, Box::new([byte])),
            ttl: None,
        };
        let mut seeds = Seeds::default();
        seeds.put(seed(1, "/a", 1));
        seeds.put(seed(2, "/b", 2));
        seeds.put(seed(3, "/a", 3));
        assert_eq!(seeds.take(), [seed(2, "/b", 2), seed(3, "/a", 3)]);
        assert_eq!(seeds.take(), []);
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
