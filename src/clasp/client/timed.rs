//! Sends a bundle at a given time. Takes the time by the router's clock, and gives the time at
//! which the router received it.
//!
//! Routers ignore a bundle's timestamp and execute it at once (quirk 6), so the client holds the
//! bundle back. It connects and compares the clocks only shortly before: the router may forget a
//! session that waits for hours, and clocks drift.
//!
//! ```text
//!   now ─── hold ───▶ LEAD before ── connect, SYNC ×5 ── wait ──▶ time: BUNDLE ──▶ ACK
//! ```

use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::clock::{self, RouterClock, now_micros};
use super::connection::Load;
use super::pipeline::{Pipeline, Sent};
use super::request::acknowledged;
use super::{Error, Target};
use crate::clasp::wire::{Bundle, Message, Welcome};

/// The name of the bundle in errors.
const WHAT: &str = "the bundle";

/// How long before the time of the bundle the connection is made.
const LEAD: Duration = Duration::from_secs(3);

/// How often the wall clock is read again: it may be set, and the machine may be suspended.
const LOOK: Duration = Duration::from_secs(1);

/// The runtime's timer has a resolution of one millisecond: for the rest the thread sleeps, which
/// has nothing else to do.
const COARSE: Duration = Duration::from_millis(2);

/// Subtracted from the one-way delay: to arrive a little late is better than early.
const MARGIN: Duration = Duration::from_micros(500);

/// How many clock samples are taken; the fastest counts.
const EXCHANGES: u32 = 5;

/// How long it is until [`LEAD`] before a time, by a router's clock that is `offset` µs ahead of
/// ours.
fn left(at: u64, offset: i64) -> Duration {
    let now = now_micros().saturating_add_signed(offset);
    Duration::from_micros(at.saturating_sub(now)).saturating_sub(LEAD)
}

/// The result of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Executed {
    /// The revision of its last SET, if the router told it.
    pub revision: Option<u64>,
    /// When the router received it, by its own clock: the middle between sending and the reply.
    /// `None` for a bundle without a time: the clocks were not compared.
    pub at: Option<u64>,
}

/// Sends a bundle now, in one write with HELLO. Gives the router's answer to HELLO and the revision
/// of the bundle's last SET, if the router tells it. `sent` is as for [`super::request::set`].
///
/// # Errors
/// [`Error::Refused`]; [`Error::Unacknowledged`] and [`Error::Unknown`].
pub async fn at_once(
    target: &Target,
    bundle: Bundle<'_>,
    sent: &Sent,
) -> Result<(Welcome<'static>, Option<u64>), Error> {
    let mut pipeline = Pipeline::connect(target, Load::OneShot).await?;
    let revision = acknowledged(&mut pipeline, WHAT, sent, Message::Bundle(bundle)).await?;
    let welcome = pipeline.welcomed().await?.clone();
    pipeline.close().await;
    Ok((welcome, revision))
}

/// A connection to a router whose clock is known.
pub struct TimedConnection {
    pub(super) pipeline: Pipeline,
    /// The router's answer to HELLO.
    pub welcome: Welcome<'static>,
    /// The router's clock.
    pub clock: RouterClock,
}

impl TimedConnection {
    /// Connects and compares the clocks.
    ///
    /// # Errors
    /// [`Error::NoClock`] when the router does not tell its time.
    pub async fn connect(target: &Target) -> Result<TimedConnection, Error> {
        let mut pipeline = Pipeline::connect(target, Load::OneShot).await?;
        let welcome = clock::settle(&mut pipeline).await?;
        let mut samples = Vec::new();
        for _ in 0..EXCHANGES {
            samples.push(clock::sample(&mut pipeline).await?);
        }
        Ok(TimedConnection {
            pipeline,
            welcome,
            clock: RouterClock::of(&samples)?,
        })
    }

    /// Waits until that time. For a long wait the connection is closed and another is made shortly
    /// before the time; that is tried again while there is time.
    ///
    /// # Errors
    /// When there is no connection at that time.
    pub async fn arrive(self, target: &Target, at: u64) -> Result<TimedConnection, Error> {
        let mut timed = self;
        let offset = timed.clock.offset;
        if !left(at, offset).is_zero() {
            timed.pipeline.close().await;
            loop {
                match left(at, offset) {
                    Duration::ZERO => break,
                    left => sleep(left.min(LOOK)).await,
                }
            }
            let target = Target {
                connect_retry: target.connect_retry.max(LEAD),
                ..target.clone()
            };
            timed = TimedConnection::connect(&target).await?;
        }
        timed.until(at).await;
        Ok(timed)
    }

    /// Waits until a message that is sent now arrives at this time or a little later.
    async fn until(&self, at: u64) {
        let way = (self.clock.round_trip / 2).saturating_sub(MARGIN);
        let due = self.clock.instant(at) - way;
        if let Some(coarse) = due.checked_sub(COARSE) {
            sleep_until(coarse).await;
        }
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }

    /// Sends a bundle and waits for its reply.
    ///
    /// # Errors
    /// [`Error::Refused`]; [`Error::Unacknowledged`] and [`Error::Unknown`].
    pub async fn execute(mut self, bundle: Bundle<'_>) -> Result<Executed, Error> {
        let sent = self.clock.now();
        let request = Message::Bundle(bundle);
        let revision = acknowledged(&mut self.pipeline, WHAT, &Sent::default(), request).await?;
        let at = sent + self.clock.now().saturating_sub(sent) / 2;
        self.pipeline.close().await;
        Ok(Executed {
            revision,
            at: Some(at),
        })
    }
}
