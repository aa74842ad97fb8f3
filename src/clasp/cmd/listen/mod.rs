//! Listening, for the verbs that stay connected. Takes patterns, gives entries to whatever prints or
//! writes them, and in the end why it ended.
//!
//! ```text
//!   router ──▶ Subscription ──▶ Backlog ──▶ the taker: prints, or writes a file
//!            (this thread)                (its own thread, because both block)
//! ```

mod args;
mod backlog;
pub mod life;
mod ready;
mod term;

use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use crate::clasp::client::clock::{Stamps, now_micros};
use crate::clasp::client::subscription::{Event, Request, Subscription};
use crate::clasp::client::{Error, Target};
use crate::error::{Failure, Kind};
use crate::term::{Console, Interrupt, OutputError, reader_gone};
use crate::text::count::Count;

pub use args::{ListenArgs, SourceArgs, probe_interval};
pub use backlog::{Backlog, Entry};
pub use life::Life;
pub use ready::ReadyFd;
pub use term::{Term, TimeUp};

/// When it is enough.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ends {
    /// So many records.
    pub count: Option<u64>,
    /// After so long, and which option said so.
    pub span: Option<(&'static str, Duration)>,
    /// After so long a silence.
    pub idle: Option<Duration>,
    /// As soon as it is live: the values that are there already are all that is wanted.
    pub live: bool,
}

impl Ends {
    /// The failure that fewer records than asked for amount to, if they are fewer.
    pub fn shortfall(&self, end: &End, taken: u64) -> Option<Failure> {
        let count = self.count.filter(|count| taken < *count)?;
        match end {
            End::TimeUp(time_up) => Some(time_up.too_few(taken, count, "records came")),
            End::Done => Some(Failure::new(
                Kind::Deadline,
                format!("{} of {} records are there", Count(taken), Count(count)),
            )),
            End::Taken | End::Failed(_) => None,
        }
    }
}

/// Which clock tells when a message arrived.
#[derive(Debug, Clone, Copy)]
pub enum Stamp {
    /// Nobody wants to know.
    None,
    /// The wall clock, for people who look on.
    Wall,
    /// One that goes on steadily when the wall clock is set, for what is played again.
    Steady(Stamps),
}

/// Which of the connection's troubles become entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lives {
    /// None.
    None,
    /// Those after which something may be missing: all but the first connection.
    Gaps,
    /// All.
    All,
}

/// Why the listening ended.
#[derive(Debug)]
pub enum End {
    /// All that was asked for has come, as far as listening can tell.
    Done,
    /// A span or a silence was over.
    TimeUp(TimeUp),
    /// The taker has enough, or cannot take any more.
    Taken,
    /// A signal, a connection lost for good.
    Failed(Failure),
}

impl End {
    /// Whether the user wants to go.
    pub fn ends_for_user(&self) -> bool {
        matches!(self, End::Failed(failure) if failure.ends_for_user())
    }
}

/// What came of listening.
pub struct Heard<T> {
    /// Why it ended.
    pub end: End,
    /// What the taker gave back; none when it was not waited for.
    pub taken: Option<T>,
}

/// The thread that listens.
pub struct Listen<'a> {
    /// When it is enough.
    pub ends: Ends,
    /// Where notes and warnings go.
    pub console: &'a Console,
    /// What has come and is not yet taken.
    pub backlog: Arc<Backlog>,
    /// Which clock tells when a message arrived.
    pub stamp: Stamp,
    /// Which of the connection's troubles become entries.
    pub lives: Lives,
    /// Whether it is over when nobody reads stdout any more.
    pub for_stdout: bool,
    /// How long the taker may go on once the user wants to go: a stalled pipe must not keep
    /// anybody. None for as long as it takes, or until a second signal.
    pub last_words: Option<Duration>,
}

impl Listen<'_> {
    /// Listens until it is enough. `take` runs on a thread of its own, once there is a connection,
    /// and is to drain the backlog.
    ///
    /// # Errors
    /// No connection in the first place, or a signal before there was one; a second signal while
    /// the taker still works. Anything later is [`Heard::end`].
    pub async fn run<T: Send + 'static>(
        &self,
        target: Target,
        request: Request,
        ready: Option<ReadyFd>,
        take: impl FnOnce(&Backlog) -> T + Send + 'static,
    ) -> Result<Heard<T>, Failure> {
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

        let mut state = Hearing {
            subscription: &mut subscription,
            target: &target,
            ready,
        };
        let stopped = || {
            End::Failed(Failure::new(
                Kind::Partial,
                "the output could not be written",
            ))
        };
        let end = tokio::select! {
            biased;
            // First, or a flood would keep what has enough from saying so.
            result = &mut taken => return Ok(match result {
                Ok(taken) => Heard { end: End::Taken, taken: Some(taken) },
                Err(_) => Heard { end: stopped(), taken: None },
            }),
            end = self.listen(&mut state, &mut interrupt) => end,
        };
        let rest = async {
            for frame in subscription.drain() {
                self.backlog.push(self.entry(frame)).await;
            }
            self.backlog.close();
            taken.await
        };
        let limit = self.last_words.filter(|_| end.ends_for_user());
        tokio::select! {
            rest = rest => Ok(match rest {
                Ok(taken) => Heard { end, taken: Some(taken) },
                Err(_) => Heard { end: stopped(), taken: None },
            }),
            kind = interrupt.wait() => Err(Failure::signal(kind)),
            () = sleep(limit.unwrap_or_default()), if limit.is_some() => {
                Ok(Heard { end, taken: None })
            }
        }
    }

    async fn listen(&self, hearing: &mut Hearing<'_>, interrupt: &mut Interrupt) -> End {
        let mut term = Term::new(self.ends.span, self.ends.idle);
        let mut gone = pin!(reader_gone());
        loop {
            tokio::select! {
                biased;
                // First, because messages may come so fast that nothing behind them is ever polled.
                kind = interrupt.wait() => {
                    return End::Failed(Failure::signal(kind));
                }
                step = self.step(hearing) => match step {
                    Ok(false) => {}
                    Ok(true) => return End::Done,
                    Err(failure) => return End::Failed(failure),
                },
                () = &mut gone, if self.for_stdout => {
                    return End::Failed(OutputError::Closed.into());
                }
                time_up = term.over() => return End::TimeUp(time_up),
            }
            term.heard();
        }
    }

    /// Takes one event to the backlog. True when no more are wanted.
    async fn step(&self, hearing: &mut Hearing<'_>) -> Result<bool, Failure> {
        let event = hearing.subscription.next().await?;
        // Where nothing else was asked for, that is no success.
        if self.ends.live && matches!(event, Event::Cut) {
            let endpoint = hearing.target.endpoint.clone();
            return Err(Error::Cut { endpoint }.into());
        }
        life::say(&event, &hearing.target.endpoint, self.console);
        match event {
            Event::Message(frame) | Event::Retained(frame) => {
                self.backlog.push(self.entry(frame)).await;
            }
            Event::Live { welcome, back } => {
                if back.is_some() || self.lives == Lives::All {
                    self.tell(Life::connected(welcome, back.as_ref())).await;
                }
                if let Some(ready) = hearing.ready.take() {
                    ready.say();
                }
                return Ok(self.ends.live);
            }
            Event::Gone { cause } => self.tell(Life::Disconnected { reason: cause }).await,
            Event::Dropped(refusal) | Event::Complaint(refusal) => {
                self.tell(Life::error(refusal)).await;
            }
            Event::Cut => {}
        }
        Ok(false)
    }

    fn entry(&self, frame: bytes::Bytes) -> Entry {
        let arrived = match self.stamp {
            Stamp::None => 0,
            Stamp::Wall => now_micros(),
            Stamp::Steady(stamps) => stamps.at(Instant::now()),
        };
        Entry::Frame(frame, arrived)
    }

    async fn tell(&self, life: Life) {
        if self.lives != Lives::None {
            self.backlog.push(Entry::Life(life)).await;
        }
    }
}

/// What a step works on.
struct Hearing<'a> {
    subscription: &'a mut Subscription,
    target: &'a Target,
    ready: Option<ReadyFd>,
}
