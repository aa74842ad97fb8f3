//! The time limits of a verb that receives messages. Takes `--for` and `--idle`, and waits until the
//! first of them is over.

use std::future::pending;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::error::{Failure, Kind};
use crate::text::count::Count;
use crate::text::duration::InWords;

/// The limits, and the time of the last message.
#[derive(Debug)]
pub struct TimeLimits {
    deadline: Option<(Instant, TimeUp)>,
    idle: Option<Duration>,
    heard: Instant,
}

/// A limit that is over.
#[derive(Debug, Clone, Copy)]
pub struct TimeUp {
    /// The option that set it.
    what: &'static str,
    span: Duration,
}

impl TimeLimits {
    /// Begins now; `span` comes with the option that set it.
    pub fn new(span: Option<(&'static str, Duration)>, idle: Option<Duration>) -> TimeLimits {
        let now = Instant::now();
        TimeLimits {
            deadline: span.map(|(what, span)| (now + span, TimeUp { what, span })),
            idle,
            heard: now,
        }
    }

    /// Records that a message came.
    pub fn heard(&mut self) {
        if self.idle.is_some() {
            self.heard = Instant::now();
        }
    }

    /// Waits until the first limit is over; for ever if there is none.
    pub async fn over(&self) -> TimeUp {
        let silence = self.idle.map(|span| {
            let what = "--idle";
            (self.heard + span, TimeUp { what, span })
        });
        let ends = [self.deadline, silence];
        let Some((at, end)) = ends.into_iter().flatten().min_by_key(|(at, _)| *at) else {
            return pending().await;
        };
        sleep_until(at).await;
        end
    }
}

impl TimeUp {
    /// The failure when the limit ended a wait for `wanted` things.
    pub fn too_few(self, count: u64, wanted: u64, things: &str) -> Failure {
        let (count, wanted) = (Count(count), Count(wanted));
        let TimeUp { what, span } = self;
        Failure::new(
            Kind::Deadline,
            format!(
                "{count} of {wanted} {things} within {what} {}",
                InWords(span)
            ),
        )
    }
}
