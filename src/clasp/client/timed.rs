//! A bundle at its time. Takes a time by the router's clock, and gives when the router had it.
//!
//! Routers ignore a bundle's timestamp and execute it at once (quirk 6), so what has a time is held
//! on this side. The connection is made only shortly before, and the clocks compared then: a
//! session that waits for hours may have been forgotten, and clocks drift.
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

/// What a bundle is called in errors.
const WHAT: &str = "the bundle";

/// How long before its time a held message gets its connection.
const LEAD: Duration = Duration::from_secs(3);

/// The wall clock is looked at again at least so often: it may be set, and a machine may sleep.
const LOOK: Duration = Duration::from_secs(1);

/// The timer is a millisecond coarse: the rest is slept off on the thread, which has nothing else
/// to do then.
const COARSE: Duration = Duration::from_millis(2);

/// What is taken off the way there: arriving this much late is better than early.
const MARGIN: Duration = Duration::from_micros(500);

/// So many exchanges, of which the fastest counts.
const EXCHANGES: u32 = 5;

/// How long it is until shortly before a time, by a router's clock that is so many µs ahead of ours.
fn left(at: u64, offset: i64) -> Duration {
    let now = now_micros().saturating_add_signed(offset);
    Duration::from_micros(at.saturating_sub(now)).saturating_sub(LEAD)
}

/// What a bundle came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Executed {
    /// The revision of its last SET, if the router said.
    pub revision: Option<u64>,
    /// When the router had it, by its own clock: the middle between sent and answered. Nobody
    /// knows for what has no time.
    pub at: Option<u64>,
}

/// Sends a bundle now, in one write with HELLO; gives the router's answer to HELLO and the revision
/// of the bundle's last SET, if the router says. `sent` is as for [`super::request::set`].
///
/// # Errors
/// [`Error::Refused`]; [`Error::Unacknowledged`] and [`Error::Unknown`].
pub async fn at_once(
    target: &Target,
    bundle: Bundle<'_>,
    sent: &Sent,
) -> Result<(Welcome<'static>, Option<u64>), Error> {
    let mut pipeline = Pipeline::connect(target, Load::Conversation).await?;
    let revision = acknowledged(&mut pipeline, WHAT, sent, Message::Bundle(bundle)).await?;
    let welcome = pipeline.welcomed().await?.clone();
    pipeline.close().await;
    Ok((welcome, revision))
}

/// A connection whose clock is known.
pub struct Timed {
    pub(super) pipeline: Pipeline,
    /// The router's answer to HELLO.
    pub welcome: Welcome<'static>,
    /// Its clock.
    pub clock: RouterClock,
}

impl Timed {
    /// Connects and compares the clocks.
    ///
    /// # Errors
    /// [`Error::Timeless`] when the router does not tell its time.
    pub async fn connect(target: &Target) -> Result<Timed, Error> {
        let mut pipeline = Pipeline::connect(target, Load::Conversation).await?;
        let welcome = clock::settle(&mut pipeline).await?;
        let mut samples = Vec::new();
        for _ in 0..EXCHANGES {
            samples.push(clock::sample(&mut pipeline).await?);
        }
        Ok(Timed {
            pipeline,
            welcome,
            clock: RouterClock::of(&samples)?,
        })
    }

    /// Waits until it is that time. If that is long, the connection is not kept: another is made
    /// shortly before, and tried again while there is time.
    ///
    /// # Errors
    /// No connection when it is time.
    pub async fn arrive(self, target: &Target, at: u64) -> Result<Timed, Error> {
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
            timed = Timed::connect(&target).await?;
        }
        timed.until(at).await;
        Ok(timed)
    }

    /// Waits until what is sent now arrives at this time, or hardly later.
    async fn until(&self, at: u64) {
        let way = (self.clock.round_trip / 2).saturating_sub(MARGIN);
        let due = self.clock.instant(at) - way;
        if let Some(coarse) = due.checked_sub(COARSE) {
            sleep_until(coarse).await;
        }
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }

    /// Sends a bundle and waits for its one answer.
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
