//! A timeline played by SETs, because routers do not play any (fact 8): a [`Score`] enters, the
//! values arrive in time, what came of it leaves.
//!
//! Frame n is due at start + n / fps, whatever became of the one before: nothing adds up. A frame
//! that is late is left out for the current one, one that changes nothing is not sent, and the last
//! value is sent exactly, at the end. Time is the router's, compared again every few seconds.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, sleep_until};

use super::clock::{RouterClock, now_micros};
use super::pace::RATE_WINDOW;
use super::session::Session;
use super::timed::Timed;
use super::{Error, Refusal};
use crate::clasp::timeline::Timeline;
use crate::clasp::wire::{self, Message, Set, Sync, Value};

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

/// What waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Set,
    Sync,
    Ping,
}

/// Plays a score.
pub struct Player<'a> {
    session: Session,
    clock: RouterClock,
    score: Score<'a>,
    asked: VecDeque<Asked>,
    compare: Instant,
    /// The router may not hold the value sent last: one was dropped since.
    missing: bool,
    played: Played,
}

impl<'a> Player<'a> {
    /// Ready to play on this connection.
    pub fn new(timed: Timed, score: Score<'a>) -> Player<'a> {
        Player {
            session: timed.session,
            clock: timed.clock,
            score,
            asked: VecDeque::new(),
            compare: Instant::now() + COMPARE,
            missing: false,
            played: Played {
                frames: 0,
                acknowledged: 0,
                dropped: 0,
                position_us: 0,
                drift_us: None,
                value: None,
            },
        }
    }

    /// What was played so far.
    pub fn played(&self) -> &Played {
        &self.played
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
            self.listen_until(start + due).await?;
            self.show(due)?;
            if over {
                self.session.flush().await?;
                self.played.drift_us = Some(self.clock.now() as i64 - (start + duration) as i64);
                return Ok(());
            }
            let current = self.clock.now().saturating_sub(start) * fps / 1_000_000;
            frame = current.max(frame + 1);
        }
    }

    /// Waits until all is answered; what was dropped for rate since the last value is made good.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Unacknowledged`], [`Error::Unknown`].
    pub async fn finish(mut self) -> Result<Played, Error> {
        let address = self.score.address;
        let what = move || format!("the last write to {address}");
        loop {
            self.ask(Asked::Ping, &Message::Ping)?;
            while !self.asked.is_empty() {
                let frame = self.session.next().await.map_err(|cut| cut.unknown(what))?;
                if !self.hear(&frame)? {
                    return Err(Error::Unacknowledged { what: what() });
                }
            }
            let Some(value) = self.played.value.clone().filter(|_| self.missing) else {
                break;
            };
            sleep_until(Instant::now() + RATE_WINDOW).await;
            self.missing = false;
            self.set(value)?;
        }
        self.session.close().await;
        Ok(self.played)
    }

    /// Sends the value of a time since the start, if it is another than the one before.
    fn show(&mut self, due: u64) -> Result<(), Error> {
        self.played.position_us = due;
        let at = match self.score.looped {
            true => due % self.score.timeline.duration().max(1),
            false => due,
        };
        let value = self.score.timeline.sample(at);
        let news = self.missing || self.played.value.as_ref() != Some(&value);
        if news && self.asked.len() < UNANSWERED {
            self.missing = false;
            self.set(value)?;
        }
        if Instant::now() >= self.compare {
            self.compare = Instant::now() + COMPARE;
            let sync = Sync {
                t1: now_micros(),
                t2: None,
                t3: None,
            };
            self.ask(Asked::Sync, &Message::Sync(sync))?;
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
        self.ask(Asked::Set, &Message::Set(set))?;
        self.played.frames += 1;
        self.played.value = Some(value);
        Ok(())
    }

    fn ask(&mut self, asked: Asked, message: &Message<'_>) -> Result<(), Error> {
        self.asked.push_back(asked);
        self.session.send(message)
    }

    /// Writes what is queued and reads what comes, until it is that time at the router.
    async fn listen_until(&mut self, at: u64) -> Result<(), Error> {
        let due = self.clock.instant(at);
        loop {
            let frame = tokio::select! {
                biased;
                frame = self.session.next() => frame?,
                () = sleep_until(due) => return Ok(()),
            };
            self.hear(&frame)?;
        }
    }

    /// An answer. Whether all is well: a fence must not overtake an acknowledgement.
    fn hear(&mut self, frame: &[u8]) -> Result<bool, Error> {
        match wire::decode(frame)?.message {
            Message::Ack(_) => {
                self.played.acknowledged += 1;
                self.answered(Asked::Set);
            }
            Message::Sync(sync) => {
                self.clock.compare(&sync);
                self.answered(Asked::Sync);
            }
            Message::Pong => {
                self.answered(Asked::Ping);
                return Ok(!self.asked.contains(&Asked::Set));
            }
            // It names nothing; answers come in order, so it is about the oldest.
            Message::Error(error) if error.code == Refusal::TOO_FAST => {
                let dropped = self.asked.pop_front() == Some(Asked::Set);
                self.played.dropped += u64::from(dropped);
                self.missing |= dropped;
            }
            Message::Error(error) => return Err(Error::Refused(error.into())),
            _ => {}
        }
        Ok(true)
    }

    fn answered(&mut self, what: Asked) {
        if let Some(index) = self.asked.iter().position(|asked| *asked == what) {
            self.asked.remove(index);
        }
    }
}
