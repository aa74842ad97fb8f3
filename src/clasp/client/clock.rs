//! Round trip and clock offset. Takes how often to ask, and gives the measured samples.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::connection::Load;
use super::pipeline::{Incoming, Pipeline, Wait};
use super::{Error, Target};
use crate::clasp::wire::{Message, Sync, Welcome};

pub use crate::net::now_micros;

/// Times for the records of one listening: the wall clock when it began, plus what the steady clock
/// has counted since. A wall clock that is set meanwhile does not move them.
#[derive(Debug, Clone, Copy)]
pub struct Stamps {
    /// The wall clock's time at `since`, in µs since the epoch.
    began: u64,
    since: Instant,
}

impl Stamps {
    /// Begins now.
    pub fn begin() -> Stamps {
        Stamps::by(now_micros)
    }

    /// Begins now by this wall clock, which is read once and never again.
    fn by(wall_clock: impl FnOnce() -> u64) -> Stamps {
        Stamps {
            began: wall_clock(),
            since: Instant::now(),
        }
    }

    /// The time of this instant, in µs since the epoch.
    pub fn at(&self, instant: Instant) -> u64 {
        let passed = instant.saturating_duration_since(self.since).as_micros();
        self.began
            .saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
    }
}

/// One exchange with the router.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// From the question to the answer, on this machine's steady clock.
    pub round_trip: Duration,
    /// The router's clock minus this machine's, in µs, if the router answers SYNC.
    pub offset: Option<i64>,
}

/// The router's clock minus ours, in µs, from the four times of a SYNC.
pub fn offset(sync: &Sync, t4: u64) -> Option<i64> {
    let (t1, t2, t3, t4) = (
        sync.t1 as i128,
        sync.t2? as i128,
        sync.t3? as i128,
        t4 as i128,
    );
    i64::try_from(((t2 - t1) + (t3 - t4)) / 2).ok()
}

/// The exchange to trust: of those that tell the time, the one with the shortest way.
pub fn fastest(samples: &[Sample]) -> Option<Sample> {
    samples
        .iter()
        .filter(|sample| sample.offset.is_some())
        .min_by_key(|sample| sample.round_trip)
        .copied()
}

/// The router's clock, as far as it is known here: kept on this machine's steady clock, so that
/// setting the wall clock does not move it.
#[derive(Debug, Clone, Copy)]
pub struct RouterClock {
    base: Instant,
    /// The router's time at the base, in µs.
    time: u64,
    /// The router's clock minus this machine's wall clock, in µs.
    pub offset: i64,
    /// How far away the router is.
    pub round_trip: Duration,
}

impl RouterClock {
    /// From the fastest of some exchanges.
    ///
    /// # Errors
    /// [`Error::Timeless`] when none of them tells the time.
    pub fn of(samples: &[Sample]) -> Result<RouterClock, Error> {
        let known = fastest(samples).and_then(|sample| Some((sample.round_trip, sample.offset?)));
        let (round_trip, offset) = known.ok_or(Error::Timeless)?;
        Ok(RouterClock {
            base: Instant::now(),
            time: now_micros().saturating_add_signed(offset),
            offset,
            round_trip,
        })
    }

    /// Compares again, by an answer that has just come; one that was long on its way tells less
    /// than what is known already.
    pub fn compare(&mut self, sync: &Sync) {
        let now = now_micros();
        let (Some(offset), Some(t2), Some(t3)) = (offset(sync, now), sync.t2, sync.t3) else {
            return;
        };
        let trip = now
            .saturating_sub(sync.t1)
            .saturating_sub(t3.saturating_sub(t2));
        if Duration::from_micros(trip) <= self.round_trip * 2 {
            self.base = Instant::now();
            self.time = now.saturating_add_signed(offset);
            self.offset = offset;
        }
    }

    /// The router's time now, in µs since the epoch.
    pub fn now(&self) -> u64 {
        self.time + self.base.elapsed().as_micros() as u64
    }

    /// When it is that time at the router; a time past is now.
    pub fn instant(&self, time: u64) -> Instant {
        self.base + Duration::from_micros(time.saturating_sub(self.time))
    }
}

/// Asks so many times, with a pause in between; tells who answered.
///
/// # Errors
/// [`Error::Refused`], [`Error::Lost`].
pub async fn measure(
    target: &Target,
    count: u32,
    interval: Duration,
) -> Result<(Welcome<'static>, Vec<Sample>), Error> {
    let mut pipeline = Pipeline::connect(target, Load::Conversation).await?;
    let welcome = settle(&mut pipeline).await?;
    let mut samples = Vec::new();
    for n in 0..count {
        if n > 0 {
            sleep(interval).await;
        }
        samples.push(sample(&mut pipeline).await?);
    }
    pipeline.close().await;
    Ok((welcome, samples))
}

/// One exchange. The fence behind the SYNC tells that a router does not answer it.
pub(super) async fn sample(pipeline: &mut Pipeline) -> Result<Sample, Error> {
    let asked = Instant::now();
    let request = Message::Sync(Sync {
        t1: now_micros(),
        t2: None,
        t3: None,
    });
    let mut answer = None;
    let exchange = pipeline.exchange([request], |incoming| {
        if let Incoming::Time(_, sync) = &incoming {
            answer = Some((asked.elapsed(), offset(sync, now_micros())));
        }
        or_refused(incoming)
    });
    exchange.await?;
    let (round_trip, offset) = answer.unwrap_or((asked.elapsed(), None));
    Ok(Sample { round_trip, offset })
}

/// Waits until the snapshot of all state that follows WELCOME (quirk 1) is through: it must count
/// neither as round trip nor as an answer.
pub(super) async fn settle(pipeline: &mut Pipeline) -> Result<Welcome<'static>, Error> {
    pipeline.exchange([], or_refused).await?;
    Ok(pipeline.welcomed().await?.clone())
}

/// Nothing is asked here that a router may refuse.
fn or_refused(incoming: Incoming<'_>) -> Result<Wait, Error> {
    match incoming {
        Incoming::Refused(_, refusal) | Incoming::TooFast(_, refusal) => {
            Err(Error::Refused(refusal))
        }
        Incoming::Unasked(Message::Error(error)) => Err(Error::Refused(error.into())),
        _ => Ok(Wait::On),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_that_is_set_does_not_move_the_stamps() {
        const HOUR: u64 = 3_600_000_000;
        let wall_clock = std::cell::Cell::new(1_000 * HOUR);
        let stamps = Stamps::by(|| wall_clock.get());
        let began = stamps.since;
        let received = [0, 1_000, 2_000].map(|passed| {
            // An hour forward, then two back.
            wall_clock.set(if passed < 2_000 {
                1_001 * HOUR
            } else {
                999 * HOUR
            });
            stamps.at(began + Duration::from_micros(passed))
        });
        let start = 1_000 * HOUR;
        assert_eq!(received, [start, start + 1_000, start + 2_000]);
    }

    #[test]
    fn stamps_do_not_follow_a_wall_clock_that_is_set() {
        let since = Instant::now();
        // As if the wall clock had been set by an hour after this listening began.
        for began in [now_micros() - 3_600_000_000, now_micros() + 3_600_000_000] {
            let stamps = Stamps { began, since };
            let at = |ms| stamps.at(since + Duration::from_millis(ms));
            assert_eq!((at(0), at(250)), (began, began + 250_000));
        }
    }

    #[test]
    fn the_offset_halves_what_the_way_there_and_back_disagree_on() {
        let sync = |t1, t2, t3| Sync {
            t1,
            t2: Some(t2),
            t3: Some(t3),
        };
        // The router is 1,000 µs ahead and the way takes 50 µs each way.
        assert_eq!(offset(&sync(0, 1_050, 1_060), 110), Some(1_000));
        // Behind.
        assert_eq!(offset(&sync(5_000, 4_050, 4_060), 5_110), Some(-1_000));
        assert_eq!(
            offset(
                &Sync {
                    t1: 1,
                    t2: None,
                    t3: None
                },
                2
            ),
            None
        );
    }
}
