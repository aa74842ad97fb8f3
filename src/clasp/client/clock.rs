//! Measures round trip and clock offset. Takes how often to measure, and gives the samples.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::connection::Load;
use super::pipeline::{Incoming, Pipeline, Wait};
use super::{Error, Target};
use crate::clasp::wire::{Message, Sync, Welcome};

pub use crate::net::now_micros;

/// Gives the records of one subscription their time of receipt: the wall clock when it began, plus
/// what the monotonic clock has counted since. Setting the wall clock meanwhile does not move these
/// times.
#[derive(Debug, Clone, Copy)]
pub struct ReceiveClock {
    /// The wall clock's time at `since`, in µs since the epoch.
    began: u64,
    since: Instant,
}

impl ReceiveClock {
    /// Begins now.
    pub fn begin() -> ReceiveClock {
        ReceiveClock::by(now_micros)
    }

    /// Begins now, by this wall clock, which is read only once.
    fn by(wall_clock: impl FnOnce() -> u64) -> ReceiveClock {
        ReceiveClock {
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
    /// From the request to the reply, on this machine's monotonic clock.
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

/// The most reliable sample: of those with an offset, the one with the shortest round trip.
pub fn fastest(samples: &[Sample]) -> Option<Sample> {
    samples
        .iter()
        .filter(|sample| sample.offset.is_some())
        .min_by_key(|sample| sample.round_trip)
        .copied()
}

/// An estimate of the router's clock. It runs on this machine's monotonic clock, so that setting
/// the wall clock does not move it.
#[derive(Debug, Clone, Copy)]
pub struct RouterClock {
    base: Instant,
    /// The router's time at the base, in µs.
    time: u64,
    /// The router's clock minus this machine's wall clock, in µs.
    pub offset: i64,
    /// The round trip to the router.
    pub round_trip: Duration,
}

impl RouterClock {
    /// Built from the fastest of these samples.
    ///
    /// # Errors
    /// [`Error::NoClock`] when no sample has an offset.
    pub fn of(samples: &[Sample]) -> Result<RouterClock, Error> {
        let known = fastest(samples).and_then(|sample| Some((sample.round_trip, sample.offset?)));
        let (round_trip, offset) = known.ok_or(Error::NoClock)?;
        Ok(RouterClock {
            base: Instant::now(),
            time: now_micros().saturating_add_signed(offset),
            offset,
            round_trip,
        })
    }

    /// Corrects the estimate by a SYNC that has just come. A reply with a long round trip is
    /// ignored: it is less exact than the present estimate.
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

    /// The instant at which the router's clock shows this time; for a past time, the base.
    pub fn instant(&self, time: u64) -> Instant {
        self.base + Duration::from_micros(time.saturating_sub(self.time))
    }
}

/// Measures this many times, with a pause in between. Also gives the router's WELCOME.
///
/// # Errors
/// [`Error::Refused`], [`Error::Lost`].
pub async fn measure(
    target: &Target,
    count: u32,
    interval: Duration,
) -> Result<(Welcome<'static>, Vec<Sample>), Error> {
    let mut pipeline = Pipeline::connect(target, Load::OneShot).await?;
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

/// Measures once. The fence behind the SYNC detects a router that does not answer SYNC.
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

/// Waits until the snapshot of all state that follows WELCOME (quirk 1) has been received, so that
/// it counts neither for a round trip nor as a reply.
pub(super) async fn settle(pipeline: &mut Pipeline) -> Result<Welcome<'static>, Error> {
    pipeline.exchange([], or_refused).await?;
    Ok(pipeline.welcomed().await?.clone())
}

/// Turns every ERROR into an error of ours: a router has no reason to refuse these requests.
fn or_refused(incoming: Incoming<'_>) -> Result<Wait, Error> {
    match incoming {
        Incoming::Refused(_, refusal) | Incoming::RateLimited(_, refusal) => {
            Err(Error::Refused(refusal))
        }
        Incoming::Unsolicited(Message::Error(error)) => Err(Error::Refused(error.into())),
        _ => Ok(Wait::More),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_that_is_set_does_not_move_the_stamps() {
        const HOUR: u64 = 3_600_000_000;
        let wall_clock = std::cell::Cell::new(1_000 * HOUR);
        let stamps = ReceiveClock::by(|| wall_clock.get());
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
            let stamps = ReceiveClock { began, since };
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
