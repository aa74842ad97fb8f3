//! Round trip and clock offset: a number of samples enters as wish, and leaves measured.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::session::{Load, Session};
use super::{Error, Target};
use crate::clasp::wire::{self, Message, Sync, Welcome};

pub use crate::net::now_micros;

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
    let mut session = Session::connect(target, Load::Conversation).await?;
    let welcome = settle(&mut session).await?;
    let mut samples = Vec::with_capacity(count as usize);
    for n in 0..count {
        if n > 0 {
            sleep(interval).await;
        }
        samples.push(sample(&mut session).await?);
    }
    session.close().await;
    Ok((welcome, samples))
}

pub(super) async fn sample(session: &mut Session) -> Result<Sample, Error> {
    let asked = Instant::now();
    // The PING behind it tells that a router does not answer SYNC, without waiting for ever.
    session.send(&Message::Sync(Sync {
        t1: now_micros(),
        t2: None,
        t3: None,
    }))?;
    session.send(&Message::Ping)?;
    let mut answer = None;
    loop {
        let frame = session.next().await?;
        match wire::decode(&frame)?.message {
            Message::Sync(sync) => {
                answer = Some((asked.elapsed(), offset(&sync, now_micros())));
            }
            Message::Pong => {
                let (round_trip, offset) = answer.unwrap_or((asked.elapsed(), None));
                return Ok(Sample { round_trip, offset });
            }
            Message::Error(error) => return Err(Error::Refused(error.into())),
            _ => {}
        }
    }
}

/// Waits until the snapshot of all state that follows WELCOME (fact 1) is through: it must count
/// neither as round trip nor as an answer.
pub(super) async fn settle(session: &mut Session) -> Result<Welcome<'static>, Error> {
    session.send(&Message::Ping)?;
    let welcome = session.welcomed().await?.clone();
    loop {
        let frame = session.next().await?;
        match wire::decode(&frame)?.message {
            Message::Pong => return Ok(welcome),
            Message::Error(error) => return Err(Error::Refused(error.into())),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
