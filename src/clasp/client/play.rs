//! Plays a timeline as a series of SETs, because routers do not play timelines (quirk 8). Takes a
//! [`Playback`], writes each value at its time, and gives a summary as [`Played`].
//!
//! Frame n is due at start + n / fps, whenever the one before was sent, so that delays do not add
//! up. Late frames are skipped in favour of the current one, a frame that changes nothing is not
//! sent, and the end value is always sent. All times are by the router's clock, which is compared
//! again every few seconds.

use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, sleep_until};

use super::clock::{RouterClock, now_micros};
use super::pace::RATE_WINDOW;
use super::pipeline::{Expects, Incoming, Pipeline, Sent, Wait};
use super::timed::TimedConnection;
use super::{Error, is_zero};
use crate::clasp::timeline::Timeline;
use crate::clasp::wire::{Message, Set, Sync, Value};

/// How often the clocks are compared while playing.
const COMPARE: Duration = Duration::from_secs(5);

/// While this many SETs are unanswered, no more are sent: the router is too far behind.
const UNANSWERED: usize = 500;

/// What to play.
#[derive(Debug, Clone)]
pub struct Playback<'a> {
    /// The address to write to.
    pub address: &'a str,
    /// The curve.
    pub timeline: &'a Timeline,
    /// Frames per second.
    pub fps: u32,
    /// Whether to start again at the end, for ever.
    pub looped: bool,
    /// When it begins, by the router's clock, in µs.
    pub start: u64,
}

/// What was played.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Played {
    /// SETs sent.
    pub frames: u64,
    /// SETs acknowledged.
    pub acknowledged: u64,
    /// SETs dropped by the router's rate limit.
    #[serde(skip_serializing_if = "is_zero")]
    pub dropped: u64,
    /// The position reached, in µs since the start.
    pub position_us: u64,
    /// How late the end value was sent, in µs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift_us: Option<i64>,
    /// The value sent last.
    pub value: Option<Value<'static>>,
}

/// Plays one [`Playback`].
pub struct Player<'a> {
    pipeline: Pipeline,
    score: Playback<'a>,
    compare: Instant,
    state: PlayState,
}

/// What is known from the router's messages.
struct PlayState {
    clock: RouterClock,
    /// A SET was dropped: the router may not have the value that was sent last.
    missing: bool,
    played: Played,
}

impl PlayState {
    /// Updates the state by a message.
    fn note(&mut self, incoming: Incoming<'_>) -> Result<(), Error> {
        match incoming {
            Incoming::Acknowledged(..) => self.played.acknowledged += 1,
            Incoming::Time(_, sync) => self.clock.compare(&sync),
            Incoming::RateLimited(Some((_, Expects::Ack)), _) => {
                self.played.dropped += 1;
                self.missing = true;
            }
            Incoming::Refused(_, refusal) => return Err(Error::Refused(refusal)),
            Incoming::Unsolicited(Message::Error(error)) => {
                return Err(Error::Refused(error.into()));
            }
            _ => {}
        }
        Ok(())
    }
}

impl<'a> Player<'a> {
    /// A player on this connection.
    pub fn new(timed: TimedConnection, score: Playback<'a>) -> Player<'a> {
        Player {
            pipeline: timed.pipeline,
            score,
            compare: Instant::now() + COMPARE,
            state: PlayState {
                clock: timed.clock,
                missing: false,
                played: Played {
                    frames: 0,
                    acknowledged: 0,
                    dropped: 0,
                    position_us: 0,
                    drift_us: None,
                    value: None,
                },
            },
        }
    }

    /// What has been played so far.
    pub fn played(&self) -> &Played {
        &self.state.played
    }

    /// Plays to the end, or for ever if it loops. Dropping the future stops it where it is.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Lost`].
    pub async fn run(&mut self) -> Result<(), Error> {
        let (start, duration) = (self.score.start, self.score.timeline.duration());
        let fps = u64::from(self.score.fps);
        let mut frame = 0;
        loop {
            let due = frame * 1_000_000 / fps;
            let over = !self.score.looped && due >= duration;
            let due = if over { duration } else { due };
            self.listen_until(start.saturating_add(due)).await?;
            self.show(due)?;
            if over {
                self.pipeline.flush().await?;
                self.state.played.drift_us =
                    Some(self.state.clock.now() as i64 - start.saturating_add(duration) as i64);
                return Ok(());
            }
            let current = self.state.clock.now().saturating_sub(start) * fps / 1_000_000;
            frame = current.max(frame + 1);
        }
    }

    /// Waits until everything is answered. If the rate limit may have dropped the last value, it is
    /// sent again.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Unacknowledged`], [`Error::Unknown`].
    pub async fn finish(mut self) -> Result<Played, Error> {
        let what = format!("the last write to {}", self.score.address);
        loop {
            let state = &mut self.state;
            let sent = Sent::default();
            let answered = self.pipeline.effect(&what, &sent, [], |incoming| {
                state.note(incoming)?;
                Ok(Wait::More)
            });
            if answered.await?.unacknowledged.is_some() {
                return Err(Error::Unacknowledged { what });
            }
            let missing = std::mem::take(&mut self.state.missing);
            let Some(value) = self.state.played.value.clone().filter(|_| missing) else {
                break;
            };
            sleep_until(Instant::now() + RATE_WINDOW).await;
            self.set(value)?;
        }
        self.pipeline.close().await;
        Ok(self.state.played)
    }

    /// Sends the value at this time since the start, if it differs from the one before.
    fn show(&mut self, due: u64) -> Result<(), Error> {
        self.state.played.position_us = due;
        let at = if self.score.looped {
            due % self.score.timeline.duration().max(1)
        } else {
            due
        };
        let value = self.score.timeline.sample(at);
        let changed = self.state.missing || self.state.played.value.as_ref() != Some(&value);
        if changed && self.pipeline.waiting() < UNANSWERED {
            self.state.missing = false;
            self.set(value)?;
        }
        if Instant::now() >= self.compare {
            self.compare = Instant::now() + COMPARE;
            self.pipeline.send(&Message::Sync(Sync {
                t1: now_micros(),
                t2: None,
                t3: None,
            }))?;
        }
        Ok(())
    }

    fn set(&mut self, value: Value<'static>) -> Result<(), Error> {
        let set = Set {
            address: self.score.address.into(),
            value: value.clone(),
            revision: None,
            lock: false,
            unlock: false,
            ttl: None,
        };
        self.pipeline.send(&Message::Set(set))?;
        self.state.played.frames += 1;
        self.state.played.value = Some(value);
        Ok(())
    }

    /// Writes queued messages and reads incoming ones until the router's clock shows this time.
    async fn listen_until(&mut self, at: u64) -> Result<(), Error> {
        let due = self.state.clock.instant(at);
        loop {
            let frame = tokio::select! {
                biased;
                frame = self.pipeline.next() => frame?,
                () = sleep_until(due) => return Ok(()),
            };
            self.state.note(self.pipeline.incoming(&frame)?)?;
        }
    }
}
