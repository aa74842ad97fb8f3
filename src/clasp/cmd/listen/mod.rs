//! Receives messages, for the verbs that stay connected. Takes patterns, passes entries to a thread
//! that prints or writes them, and gives the reason why it ended.
//!
//! ```text
//!   router ──▶ Subscription ──▶ Backlog ──▶ taker: prints, or writes a file
//!            (this thread)                (its own thread, because it blocks)
//! ```

mod args;
mod backlog;
pub mod life;

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use crate::clasp::client::clock::{ReceiveClock, now_micros};
use crate::clasp::client::subscription::{Event, Request, Subscription};
use crate::clasp::client::{Error, Target};
use crate::error::{Failure, Kind};
use crate::term::{Console, Interrupt, OutputError, TimeLimits, TimeUp, reader_gone};
use crate::text::count::Count;

pub use args::{ListenArgs, PROBE_INTERVAL, SourceArgs, probe_interval};
pub use backlog::{Backlog, Entry};
pub use life::LifecycleRecord;

/// When to end.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ends {
    /// After this many records.
    pub count: Option<u64>,
    /// After this long, with the option that set it.
    pub span: Option<(&'static str, Duration)>,
    /// After this long without a message.
    pub idle: Option<Duration>,
    /// As soon as it is live: only the present values are wanted.
    pub live: bool,
}

impl Ends {
    /// The failure if fewer records came than `count`.
    pub fn shortfall(&self, end: &End, taken: u64) -> Option<Failure> {
        let count = self.count.filter(|count| taken < *count)?;
        match end {
            End::TimeUp(time_up) => Some(time_up.too_few(taken, count, "records came")),
            End::Done => Some(Failure::new(
                Kind::Deadline,
                format!("only {} of {} records exist", Count(taken), Count(count)),
            )),
            End::Taken | End::Failed(_) => None,
        }
    }
}

/// The most messages that are taken at once, before signals and time limits have their turn.
const AT_ONCE: usize = 256;

/// Which clock gives the time of receipt.
#[derive(Debug, Clone, Copy)]
pub enum Stamp {
    /// No time is needed.
    None,
    /// The wall clock, for display.
    Wall,
    /// A clock that does not jump when the wall clock is set, for recordings.
    Steady(ReceiveClock),
}

/// Which events of the connection become entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifecycle {
    /// None.
    None,
    /// Those after which something may be missing: all except the first connection.
    Gaps,
    /// All.
    All,
}

/// Why receiving ended.
#[derive(Debug)]
pub enum End {
    /// Everything requested has been received.
    Done,
    /// The time of `--for`, `--timeout` or `--idle` is over.
    TimeUp(TimeUp),
    /// The taker has enough, or failed.
    Taken,
    /// A signal, or a connection lost for good.
    Failed(Failure),
}

impl End {
    /// Whether the user interrupted it.
    pub fn ends_for_user(&self) -> bool {
        matches!(self, End::Failed(failure) if failure.ends_for_user())
    }
}

/// The result of [`Listen::run`].
pub struct Received<T> {
    /// Why it ended.
    pub end: End,
    /// The result of the taker; `None` when it was not waited for.
    pub taken: Option<T>,
}

/// Receives messages into the backlog.
pub struct Listen<'a> {
    /// When to end.
    pub ends: Ends,
    /// Where notes and warnings go.
    pub console: &'a Console,
    /// The queue to the taker.
    pub backlog: Arc<Backlog>,
    /// Which clock gives the time of receipt.
    pub stamp: Stamp,
    /// Which events of the connection become entries.
    pub lifecycle_entries: Lifecycle,
    /// Whether to end when the reader of stdout has closed the pipe.
    pub for_stdout: bool,
    /// How long the taker may continue after the user interrupts, so that a stalled pipe does not
    /// block the exit. `None` waits until it is done, or until a second signal.
    pub output_grace: Option<Duration>,
}

impl Listen<'_> {
    /// Receives until the end. Once there is a connection, `take` runs on its own thread, and has
    /// to drain the backlog.
    ///
    /// # Errors
    /// No first connection, or a signal before it; a second signal while the taker still works. Any
    /// later error is in [`Received::end`].
    pub async fn run<T: Send + 'static>(
        &self,
        target: Target,
        request: Request,
        ready: Option<ReadyFd>,
        take: impl FnOnce(&Backlog) -> T + Send + 'static,
    ) -> Result<Received<T>, Failure> {
        let mut interrupt = Interrupt::listen()?;
        let mut subscription = tokio::select! {
            opened = Subscription::open(target.clone(), request) => opened?,
            kind = interrupt.wait() => return Err(Failure::signal(kind)),
        };
        let (tell, mut taken) = oneshot::channel();
        let backlog = Arc::clone(&self.backlog);
        thread::spawn(move || {
            let taken = take(&backlog);
            backlog.close();
            tell.send(taken)
        });

        let mut state = Receiving {
            subscription: &mut subscription,
            target: &target,
            ready,
            entries: Vec::new(),
        };
        let stopped = || {
            End::Failed(Failure::new(
                Kind::Partial,
                "the output could not be written",
            ))
        };
        let end = tokio::select! {
            biased;
            // First, because with a high message rate the other branch is always ready.
            result = &mut taken => return Ok(match result {
                Ok(taken) => Received { end: End::Taken, taken: Some(taken) },
                Err(_) => Received { end: stopped(), taken: None },
            }),
            end = self.listen(&mut state, &mut interrupt) => end,
        };
        let mut entries = state.entries;
        let rest = async {
            entries.extend(
                subscription
                    .drain()
                    .into_iter()
                    .map(|frame| self.entry(frame)),
            );
            self.backlog.push(&mut entries).await;
            self.backlog.close();
            taken.await
        };
        let limit = self.output_grace.filter(|_| end.ends_for_user());
        tokio::select! {
            rest = rest => Ok(match rest {
                Ok(taken) => Received { end, taken: Some(taken) },
                Err(_) => Received { end: stopped(), taken: None },
            }),
            kind = interrupt.wait() => Err(Failure::signal(kind)),
            () = sleep(limit.unwrap_or_default()), if limit.is_some() => {
                Ok(Received { end, taken: None })
            }
        }
    }

    async fn listen(&self, receiving: &mut Receiving<'_>, interrupt: &mut Interrupt) -> End {
        let mut limits = TimeLimits::new(self.ends.span, self.ends.idle);
        let mut gone = pin!(reader_gone());
        loop {
            tokio::select! {
                biased;
                // First, because with a high message rate later branches would never be polled.
                kind = interrupt.wait() => {
                    return End::Failed(Failure::signal(kind));
                }
                step = self.step(receiving) => match step {
                    Ok(false) => {}
                    Ok(true) => return End::Done,
                    Err(failure) => return End::Failed(failure),
                },
                () = &mut gone, if self.for_stdout => {
                    return End::Failed(OutputError::Closed.into());
                }
                time_up = limits.over() => return End::TimeUp(time_up),
            }
            limits.heard();
        }
    }

    /// Handles one event. Gives true when no more are needed.
    async fn step(&self, receiving: &mut Receiving<'_>) -> Result<bool, Failure> {
        let event = receiving.subscription.next().await?;
        // If only the present values are wanted, an incomplete snapshot is a failure.
        if self.ends.live && matches!(event, Event::Truncated) {
            let endpoint = receiving.target.endpoint.clone();
            return Err(Error::Truncated { endpoint }.into());
        }
        life::say(&event, &receiving.target.endpoint, self.console);
        match event {
            Event::Message(frame) | Event::Retained(frame) => {
                let entries = &mut receiving.entries;
                entries.push(self.entry(frame));
                while entries.len() < AT_ONCE
                    && let Some(frame) = receiving.subscription.next_message()
                {
                    entries.push(self.entry(frame));
                }
                self.backlog.push(entries).await;
            }
            Event::Live { welcome, back } => {
                if back.is_some() || self.lifecycle_entries == Lifecycle::All {
                    self.tell(LifecycleRecord::connected(welcome, back.as_ref()))
                        .await;
                }
                if let Some(ready) = receiving.ready.take() {
                    ready.say();
                }
                return Ok(self.ends.live);
            }
            Event::Disconnected { cause } => {
                self.tell(LifecycleRecord::Disconnected { reason: cause })
                    .await
            }
            Event::Dropped(refusal) | Event::RouterError(refusal) => {
                self.tell(LifecycleRecord::error(refusal)).await;
            }
            Event::Truncated => {}
        }
        Ok(false)
    }

    fn entry(&self, frame: bytes::Bytes) -> Entry {
        let arrived = match self.stamp {
            Stamp::None => 0,
            Stamp::Wall => now_micros(),
            Stamp::Steady(clock) => clock.at(Instant::now()),
        };
        Entry::Frame(frame, arrived)
    }

    async fn tell(&self, life: LifecycleRecord) {
        if self.lifecycle_entries != Lifecycle::None {
            self.backlog.push(&mut vec![Entry::Lifecycle(life)]).await;
        }
    }
}

/// The state of receiving.
struct Receiving<'a> {
    subscription: &'a mut Subscription,
    target: &'a Target,
    ready: Option<ReadyFd>,
    /// A buffer for what has arrived.
    entries: Vec<Entry>,
}

/// A file descriptor that the calling process has opened for this.
#[derive(Debug)]
pub struct ReadyFd(File);

impl ReadyFd {
    /// Opens it.
    ///
    /// # Errors
    /// A usage failure when it is not open.
    pub fn open(fd: u32) -> Result<ReadyFd, Failure> {
        // By its name in /dev/fd: to make a file from the bare number needs unsafe code.
        OpenOptions::new()
            .write(true)
            .open(format!("/dev/fd/{fd}"))
            .map(ReadyFd)
            .map_err(|error| {
                Failure::usage(format!("--ready-fd {fd}: {error}"))
                    .with_hint(format!("Open it first, such as {fd}>ready.pipe"))
            })
    }

    /// Writes the line, and closes the descriptor.
    pub fn say(mut self) {
        // An error means that the reader is gone, which does not matter.
        let _ = self.0.write_all(b"ready\n");
    }
}
