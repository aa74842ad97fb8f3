//! `on`: takes patterns and a command, and runs the command for each message.
//!
//! ```text
//!   router ──▶ Subscription ──▶ Queue ──▶ runs: the record on stdin, its parts in the environment
//! ```

mod queue;
mod run;

use std::ffi::OsString;
use std::future::pending;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

use super::connection::{ConnectionArgs, ReconnectArgs};
use super::listen::{ReadyFd, SourceArgs, life};
use crate::clasp::client::subscription::{Event, Request, Subscription};
use crate::clasp::client::{Endpoint, Error, Target, block_on};
use crate::clasp::record::Record;
use crate::clasp::wire;
use crate::config::child::{Environment, environment as child_environment};
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::term::{Console, Interrupt, Terminal};
use crate::term::{TimeLimits, TimeUp, child};
use crate::text::count::Count;
use crate::text::duration::duration;

use queue::{Job, Queue, QueueOptions};
use run::{RunOutcome, RunResult, Signals};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp on /cues/go -- ./next-scene
  trefoil clasp on '/lights/**' --retained -- tee -a lights.ndjson
  trefoil clasp on /temp --type param -- sh -c 'echo \"now $TREFOIL_VALUE\"'
  trefoil clasp on /config --debounce 2s -- ./reload
  trefoil clasp on '/jobs/*' --parallel 4 -- ./job
  trefoil clasp on /camera/pan --latest -- ./move-camera
  trefoil clasp on /door --count 1 -- ./greet

The command gets the record as one line of JSON on stdin, as subscribe prints
it, and TREFOIL_ADDRESS, TREFOIL_TYPE and TREFOIL_VALUE: the value as JSON, not
set where there is none or where it is too long for an environment (96 kB).
It is not run by a shell: use sh -c for one.

Messages queue in order while the command runs. When 4 MB wait, no more are
read until some have been run; a router may then drop messages, which is
reported. With --latest only the newest message of each address waits.

A failed run is a warning, and the final exit status is 7. On Ctrl-C running
commands get the signal and are waited for; waiting messages are not run. A
second Ctrl-C kills.";

/// How long messages are handled before finished runs are handled again.
const TURN: Duration = Duration::from_millis(5);

/// The arguments of `on`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct OnArgs {
    /// Run it also for the present values
    #[arg(long)]
    retained: bool,

    /// Wait until an address has been quiet for this long, and run once, with its last message
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    debounce: Option<Duration>,

    /// Run up to this many at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = parallel)]
    parallel: usize,

    /// Queue only the newest message of each address, and never run two for the same address at
    /// once
    #[arg(long)]
    latest: bool,

    /// Exit after this many runs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,

    #[command(flatten)]
    source: SourceArgs,

    /// The command to run, with the same CLASP_URL, profile and guards
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    reconnect: ReconnectArgs,
}

fn parallel(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=1000) => Ok(count),
        _ => Err("it is a number from 1 to 1000".to_owned()),
    }
}

impl OnArgs {
    /// Subscribes and runs the command.
    ///
    /// # Errors
    /// [`Kind::Partial`] when a run has failed; [`Kind::Deadline`] when there were fewer runs than
    /// `--count`; a refusal; a connection lost for good.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        child::command(&self.command)?;
        let request =
            self.source
                .request(self.retained, self.reconnect.policy(), &terminal.console)?;
        let access = self.connection.access()?;
        let environment = child_environment(&access)?;
        let target = self
            .connection
            .target_at(&access, &terminal.console, Intent::Read)?;
        let ready = self.source.ready()?;
        let on = On {
            args: &self,
            environment,
            endpoint: target.endpoint.clone(),
            console: &terminal.console,
            queue: Queue::new(QueueOptions {
                debounce: self.debounce,
                parallel: self.parallel,
                latest: self.latest,
            }),
            runs: FuturesUnordered::new(),
            signals: Signals::new(),
            started: 0,
            failed: 0,
            overflowed: false,
        };
        block_on(on.run(target, request, ready))?
    }
}

/// The state of the verb.
struct On<'a> {
    args: &'a OnArgs,
    /// The environment of each run, without the variables of its record.
    environment: Environment,
    endpoint: Endpoint,
    console: &'a Console,
    queue: Queue,
    runs: FuturesUnordered<Pin<Box<dyn Future<Output = RunResult>>>>,
    signals: Signals,
    started: u64,
    failed: u64,
    /// Whether the warning about a full queue was printed.
    overflowed: bool,
}

/// Why no more messages are received.
enum End {
    /// `--count` is reached.
    Enough,
    /// The time of `--for`, `--timeout` or `--idle` is over.
    TimeUp(TimeUp),
    /// A signal was received.
    Signal(Kind),
    /// The connection is lost for good.
    Lost(Failure),
    /// The command cannot be run.
    CannotRun(Failure),
}

impl End {
    /// Whether the waiting messages are still run.
    fn runs_what_waits(&self) -> bool {
        matches!(self, End::TimeUp(_) | End::Lost(_))
    }
}

impl On<'_> {
    async fn run(
        mut self,
        target: Target,
        request: Request,
        mut ready: Option<ReadyFd>,
    ) -> Result<(), Failure> {
        let mut interrupt = Interrupt::listen()?;
        let mut subscription = tokio::select! {
            opened = Subscription::open(target, request) => Some(opened?),
            kind = interrupt.wait() => return Err(Failure::signal(kind)),
        };
        let ends = self.args.source.ends(self.args.connection.timeout());
        let mut limits = TimeLimits::new(ends.span, ends.idle);
        let mut end = None;
        let mut turn = Instant::now();
        loop {
            // With a high message rate, the `select!` below never reaches the runs, and the runtime
            // never polls the subprocesses.
            if turn.elapsed() > TURN {
                yield_now().await;
                while let Some(Some(ran)) = self.runs.next().now_or_never() {
                    self.ended(ran, &mut end);
                }
                turn = Instant::now();
            }
            if end.is_some() {
                self.finish(&mut subscription);
            }
            if end.as_ref().is_none_or(End::runs_what_waits) {
                self.start_all();
            }
            if end.is_none() && self.is_enough() {
                end = Some(End::Enough);
                continue;
            }
            if end.is_some() && self.runs.is_empty() {
                break;
            }
            let listens = subscription.is_some();
            let has_room = !self.queue.is_full();
            let due = self.queue.due().filter(|_| listens);
            tokio::select! {
                biased;
                kind = interrupt.wait() => {
                    // The second signal: running commands are killed.
                    if matches!(end, Some(End::Signal(_))) {
                        return Err(Failure::signal(kind));
                    }
                    self.signals.send(kind);
                    end = Some(End::Signal(kind));
                }
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
                time_up = limits.over(), if listens => end = Some(End::TimeUp(time_up)),
                event = next(&mut subscription), if listens && has_room => match event {
                    Ok(event) => {
                        limits.heard();
                        self.handle_event(event, &mut ready);
                    }
                    Err(error) => end = Some(End::Lost(error.into())),
                },
                // Last, so that messages that have come by now are considered for the next run.
                Some(ran) = self.runs.next(), if !self.runs.is_empty() => self.ended(ran, &mut end),
            }
        }
        self.result(end)
    }

    fn is_enough(&self) -> bool {
        self.args.count.is_some_and(|count| self.started >= count)
    }

    /// Starts all runs that can be started now.
    fn start_all(&mut self) {
        while !self.is_enough()
            && let Some(job) = self.queue.start(Instant::now())
        {
            // The subscription has already decoded it.
            if let Ok(frame) = wire::decode(&job.frame)
                && let Some(record) = Record::of(&frame)
            {
                let run = run::run(
                    &self.args.command,
                    &self.environment,
                    &record,
                    &self.signals,
                );
                self.runs.push(run);
                self.started += 1;
            }
        }
    }

    /// Ends the subscription. Messages that max rate still holds back are queued.
    fn finish(&mut self, subscription: &mut Option<Subscription>) {
        let Some(mut subscription) = subscription.take() else {
            return;
        };
        for frame in subscription.drain() {
            self.push(&frame);
        }
        self.queue.finish();
    }

    fn handle_event(&mut self, event: Event, ready: &mut Option<ReadyFd>) {
        life::say(&event, &self.endpoint, self.console);
        match event {
            Event::Message(frame) | Event::Retained(frame) => self.push(&frame),
            Event::Live { .. } => {
                if let Some(ready) = ready.take() {
                    ready.say();
                }
            }
            Event::Disconnected { .. }
            | Event::Dropped(_)
            | Event::RouterError(_)
            | Event::Truncated => {}
        }
    }

    fn push(&mut self, frame: &Bytes) {
        let Ok(decoded) = wire::decode(frame) else {
            return;
        };
        let Some(record) = Record::of(&decoded) else {
            return;
        };
        let job = Job {
            address: record.address.into(),
            // Copied, because the frame is a slice of a larger read buffer.
            frame: Bytes::copy_from_slice(frame),
        };
        self.queue.push(job, Instant::now());
        if self.queue.is_full() && !std::mem::replace(&mut self.overflowed, true) {
            self.console.warn(format_args!(
                "{} messages wait for the command: no more are read until some have been run",
                Count(self.queue.len() as u64)
            ));
        }
    }

    /// Handles the end of a run. If the command cannot be run at all, everything ends.
    fn ended(&mut self, ran: RunResult, end: &mut Option<End>) {
        let stopping = matches!(end, Some(End::Signal(_)));
        if let Some(useless) = self.failure_of(ran, stopping) {
            end.get_or_insert(End::CannotRun(useless));
        }
    }

    /// Gives the failure if the command cannot be run at all; warns about any other failure.
    fn failure_of(&mut self, ran: RunResult, stopping: bool) -> Option<Failure> {
        let RunResult { address, outcome } = ran;
        self.queue.ended(&address);
        let trouble = match outcome {
            RunOutcome::Ended(0) => return None,
            RunOutcome::Ended(status) => format!("the command ended with {status}"),
            RunOutcome::NotRun(error) if error.is_final() => return Some(error.into()),
            RunOutcome::NotRun(error) => error.to_string(),
            RunOutcome::Unknown(failure) => failure.message(),
        };
        self.failed += 1;
        // After a signal, the user knows why it ended.
        if !stopping {
            self.console.warn(format_args!("{address}: {trouble}"));
        }
        None
    }

    fn result(&mut self, end: Option<End>) -> Result<(), Failure> {
        let left = self.queue.len() as u64;
        let time_up = match end {
            Some(End::Signal(kind)) => {
                match left {
                    0 => {}
                    1 => self.console.note("1 message was not run"),
                    left => self
                        .console
                        .note(format_args!("{} messages were not run", Count(left))),
                }
                return Err(Failure::signal(kind));
            }
            Some(End::Lost(failure) | End::CannotRun(failure)) => return Err(failure),
            Some(End::TimeUp(time_up)) => Some(time_up),
            Some(End::Enough) | None => None,
        };
        if self.failed > 0 {
            return Err(Failure::new(
                Kind::Partial,
                format!(
                    "{} of {} runs failed",
                    Count(self.failed),
                    Count(self.started)
                ),
            ));
        }
        match (self.args.count, time_up) {
            (Some(count), Some(time_up)) if self.started < count => {
                Err(time_up.too_few(self.started, count, "runs"))
            }
            _ => Ok(()),
        }
    }
}

/// The next event of the subscription; pending for ever if it has ended.
async fn next(subscription: &mut Option<Subscription>) -> Result<Event, Error> {
    match subscription {
        Some(subscription) => subscription.next().await,
        None => pending().await,
    }
}
