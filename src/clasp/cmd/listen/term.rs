//! When listening ends by itself. Takes `--for` and `--idle`, and waits until the first of them is
//! over.

use std::future::pending;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::error::{Failure, Kind};
use crate::text::count::Count;
use crate::text::duration::InWords;

/// When listening is over by itself.
#[derive(Debug)]
pub struct Term {
    deadline: Option<(Instant, TimeUp)>,
    idle: Option<Duration>,
    heard: Instant,
}

/// A span or a silence that is over.
#[derive(Debug, Clone, Copy)]
pub struct TimeUp {
    /// The option that asked for it.
    what: &'static str,
    span: Duration,
}

impl Term {
    /// Begins now; a span is named by the option that asked for it.
    pub fn new(span: Option<(&'static str, Duration)>, idle: Option<Duration>) -> Term {
        let now = Instant::now();
        Term {
            deadline: span.map(|(what, span)| (now + span, TimeUp { what, span })),
            idle,
            heard: now,
        }
    }

    /// Something came.
    pub fn heard(&mut self) {
        if self.idle.is_some() {
            self.heard = Instant::now();
        }
    }

    /// Waits until it is over; for ever, if nobody asked for an end.
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
    /// The failure of what has seen fewer things than it was to wait for.
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
