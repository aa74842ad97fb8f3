//! A timeline played by SETs, because routers do not play any (quirk 8). Takes a [`Score`], writes
//! its values in time, and gives what became of them.
//!
//! Frame n is due at start + n / fps, whatever became of the one before: nothing adds up. A frame
//! that is late is left out for the current one, one that changes nothing is not sent, and the last
//! value is sent exactly, at the end. Time is the router's, compared again every few seconds.

use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, sleep_until};

use super::Error;
use super::clock::{RouterClock, now_micros};
use super::pace::RATE_WINDOW;
use super::pipeline::{Expects, Incoming, Pipeline, Sent, Wait};
use super::timed::Timed;
use crate::clasp::timeline::Timeline;
use crate::clasp::wire::{Message, Set, Sync, Value};

/// How often the clocks are compared while playing.
const COMPARE: Duration = Duration::from_secs(5);

/// So many unanswered frames are enough: a router that far behind gets no more for the moment.
const UNANSWERED: usize = 500;

/// What is to be played.
#[derive(Debug, Clone)]
pub struct Score<'a> {
    /// Where.
    pub address: &'a str,
    /// The curve.
    pub timeline: &'a Timeline,
    /// How many frames a second.
    pub fps: u32,
    /// Again and again.
    pub looped: bool,
    /// When it begins, by the router's clock, in µs.
    pub start: u64,
}

/// What was played.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Played {
    /// SETs sent.
    pub frames: u64,
    /// Of these, acknowledged.
    pub acknowledged: u64,
    /// Of these, dropped by the router for rate.
    #[serde(skip_serializing_if = "is_zero")]
    pub dropped: u64,
    /// How far it came, in µs since the start.
    pub position_us: u64,
    /// How late the last value was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift_us: Option<i64>,
    /// The value sent last.
    pub value: Option<Value<'static>>,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// Plays a score.
pub struct Player<'a> {
    pipeline: Pipeline,
    score: Score<'a>,
    compare: Instant,
    state: PlayState,
}

/// What the router's messages have told.
struct PlayState {
    clock: RouterClock,
    /// The router may not hold the value sent last: one was dropped since.
    missing: bool,
    played: Played,
}

impl PlayState {
    /// Takes note of a message.
    fn note(&mut self, incoming: Incoming<'_>) -> Result<(), Error> {
        match incoming {
            Incoming::Acknowledged(..) => self.played.acknowledged += 1,
            Incoming::Time(_, sync) => self.clock.compare(&sync),
            Incoming::TooFast(Some((_, Expects::Ack)), _) => {
                self.played.dropped += 1;
                self.missing = true;
            }
            Incoming::Refused(_, refusal) => return Err(Error::Refused(refusal)),
            Incoming::Unasked(Message::Error(error)) => return Err(Error::Refused(error.into())),
            _ => {}
        }
        Ok(())
    }
}

impl<'a> Player<'a> {
    /// Ready to play on this connection.
    pub fn new(timed: Timed, score: Score<'a>) -> Player<'a> {
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

    /// What was played so far.
    pub fn played(&self) -> &Played {
        &self.state.played
    }

    /// Plays to the end; for ever, if it loops. May be dropped to stop it where it is.
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

    /// Waits until all is answered; what was dropped for rate since the last value is made good.
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
                Ok(Wait::On)
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

    /// Sends the value of a time since the start, if it is another than the one before.
    fn show(&mut self, due: u64) -> Result<(), Error> {
        self.state.played.position_us = due;
        let at = if self.score.looped {
            due % self.score.timeline.duration().max(1)
        } else {
            due
        };
        let value = self.score.timeline.sample(at);
        let news = self.state.missing || self.state.played.value.as_ref() != Some(&value);
        if news && self.pipeline.waiting() < UNANSWERED {
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

    /// Writes what is queued and reads what comes, until it is that time at the router.
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
