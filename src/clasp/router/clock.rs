//! The router's clock: follows the system clock, but never goes back and avoids jumps.
//!
//! It is computed from the monotonic clock, and compared with the system clock every second
//! ([`Clock::follow`]). A small difference is corrected by running a little faster or slower
//! ([`SLEW`]), so that the intervals between cues are kept while NTP corrects the system. After a
//! step forward (for example after a suspend) the clock jumps at once; after a step backward it
//! runs slower ([`STEP_SLEW`]), because a past time must not become a future one.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::hub::Now;
use crate::net::now_micros;

/// How much faster or slower the clock runs to correct a difference, in millionths. NTP corrects a
/// system clock by up to 500.
const SLEW: i64 = 1_000;

/// … and how much slower after a step backward: an interval of a second takes 5 ms longer.
const STEP_SLEW: i64 = 5_000;

/// A difference larger than this is a step, in µs.
const STEP: i64 = 500_000;

/// How often the clock has to be compared with the system clock.
pub const FOLLOW_EVERY: Duration = Duration::from_secs(1);

/// A step of the system clock, in µs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step(pub i64);

/// A clock; clones share their state.
#[derive(Debug, Clone)]
pub struct Clock(Rc<Cell<ClockState>>);

#[derive(Debug, Clone, Copy)]
struct ClockState {
    /// When the present rate began, by both clocks.
    since: Instant,
    micros: u64,
    /// How much faster it runs than the monotonic clock, in millionths; negative is slower.
    rate: i64,
    /// Whether a step backward is being corrected, which was already reported.
    stepped: bool,
}

impl ClockState {
    fn at(&self, instant: Instant) -> u64 {
        let passed = instant.saturating_duration_since(self.since).as_micros() as i128;
        let more = passed + passed * i128::from(self.rate) / 1_000_000;
        self.micros.saturating_add(more as u64)
    }
}

impl Clock {
    /// A clock that starts with the system time.
    pub fn start() -> Clock {
        Clock::at(now_micros(), Instant::now())
    }

    fn at(micros: u64, since: Instant) -> Clock {
        Clock(Rc::new(Cell::new(ClockState {
            since,
            micros,
            rate: 0,
            stepped: false,
        })))
    }

    /// Now, in µs since the epoch.
    pub fn micros(&self) -> u64 {
        self.0.get().at(Instant::now())
    }

    pub(super) fn now(&self) -> Now {
        let instant = Instant::now();
        Now {
            micros: self.0.get().at(instant),
            instant,
        }
    }

    /// The instant of this time at the present rate; for a past time, the base.
    pub(super) fn instant(&self, micros: u64) -> Instant {
        let ClockState {
            since,
            micros: begin,
            rate,
            ..
        } = self.0.get();
        let wait = u128::from(micros.saturating_sub(begin));
        // Rounded up: a timer that fires a µs too early would find nothing due.
        let wait = (wait * 1_000_000).div_ceil((1_000_000 + rate) as u128);
        since + Duration::from_micros(u64::try_from(wait).unwrap_or(u64::MAX / 2))
    }

    /// Compares with the system clock; gives a step, once.
    pub(super) fn follow(&self) -> Option<Step> {
        self.compare(now_micros(), Instant::now())
    }

    fn compare(&self, system: u64, instant: Instant) -> Option<Step> {
        let before = self.0.get();
        let own = before.at(instant);
        let ahead = i64::try_from(i128::from(system) - i128::from(own)).unwrap_or(i64::MAX);
        let mut state = ClockState {
            since: instant,
            micros: own,
            rate: 0,
            stepped: false,
        };
        let mut step = None;
        if ahead > STEP {
            state.micros = system;
            step = Some(Step(ahead));
        } else if ahead < -STEP {
            state.rate = -STEP_SLEW;
            state.stepped = true;
            step = (!before.stepped).then_some(Step(ahead));
        } else {
            // At most what can be corrected until the next comparison.
            state.rate = ahead.clamp(-SLEW, SLEW);
        }
        self.0.set(state);
        step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    /// Lets a second pass; where the system's clock is then.
    fn second(clock: &Clock, at: &mut Instant, system: &mut u64) -> Option<Step> {
        *at += Duration::from_secs(1);
        *system += SECOND;
        clock.compare(*system, *at)
    }

    fn setup(begin: u64) -> (Clock, Instant, u64) {
        let at = Instant::now();
        (Clock::at(begin, at), at, begin)
    }

    #[test]
    fn a_small_difference_is_made_up_for_without_a_leap() {
        for difference in [-20_000_i64, 20_000] {
            let (clock, mut at, mut system) = setup(1_000 * SECOND);
            system = system.checked_add_signed(difference).expect("small");
            let mut last = clock.0.get().at(at);
            for _ in 0..60 {
                assert_eq!(second(&clock, &mut at, &mut system), None);
                let now = clock.0.get().at(at);
                let passed = now - last;
                assert!((998_900..=1_001_100).contains(&passed), "{passed}");
                last = now;
            }
            assert!(last.abs_diff(system) < 10, "{last} {system}");
        }
    }

    #[test]
    fn a_step_forward_is_taken_and_told() {
        let (clock, mut at, mut system) = setup(1_000 * SECOND);
        system += 3_600 * SECOND;
        let step = second(&clock, &mut at, &mut system);
        assert_eq!(step, Some(Step(3_600 * 1_000_000)));
        assert_eq!(clock.0.get().at(at), system);
        assert_eq!(second(&clock, &mut at, &mut system), None);
    }

    #[test]
    fn a_step_back_never_makes_it_go_back_and_is_told_once() {
        let (clock, mut at, mut system) = setup(10_000 * SECOND);
        system -= 10 * SECOND;
        assert!(second(&clock, &mut at, &mut system).is_some());
        let mut last = clock.0.get().at(at);
        let mut seconds = 0;
        while last.abs_diff(system) > 10 {
            assert_eq!(second(&clock, &mut at, &mut system), None);
            let now = clock.0.get().at(at);
            assert!(now - last >= 994_900, "{}", now - last);
            last = now;
            seconds += 1;
        }
        assert!((1_900..2_600).contains(&seconds), "{seconds}");
    }

    #[test]
    fn an_instant_is_when_it_will_be() {
        for rate in [-STEP_SLEW, 0, SLEW] {
            let (clock, at, begin) = setup(1_000 * SECOND);
            clock.0.set(ClockState {
                rate,
                ..clock.0.get()
            });
            let due = begin + 7 * SECOND;
            let instant = clock.instant(due);
            let reads = clock.0.get().at(instant);
            assert!(reads >= due && reads <= due + 2, "{reads} {due}");
            assert_eq!(clock.instant(begin - 5), at);
        }
    }
}
