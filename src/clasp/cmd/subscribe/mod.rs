//! `subscribe`: prints what happens, as it happens.
//!
//! ```text
//!   router ──▶ Subscription ──▶ Backlog ──▶ Print ──▶ stdout
//!            (this thread)                (its own thread)
//! ```

mod backlog;
pub(super) mod life;
mod print;
pub(super) mod ready;
mod template;

use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout};

use super::connection::{ConnectionArgs, ReconnectArgs};
use crate::clasp::client::clock::now_micros;
use crate::clasp::client::subscription::{Event, Request, Subscription};
use crate::clasp::client::{Endpoint, Error, Target, block_on};
use crate::clasp::cmd::complete;
use crate::clasp::record::type_named;
use crate::clasp::thin::Limits;
use crate::clasp::wire::{Pattern, SignalType, TypeMask};
use crate::error::{Failure, Kind};
use crate::term::{Console, Form, Interrupt, OutputError, Terminal, reader_gone};
use crate::text::count::Count;
use crate::text::duration::{InWords, duration};

use backlog::{Backlog, Entry};
use life::Life;
use print::{Print, Printed};
use ready::ReadyFd;
use template::Template;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp subscribe '/lights/**'
  trefoil clasp sub /sensors/temp --max-rate 10 --epsilon 0.1
  trefoil clasp sub '/**' --type event --jq .address
  trefoil clasp sub /door --new --count 1       wait for the next change
  trefoil clasp sub '/**' --retained-only       what is there, then exit
  trefoil clasp sub '/a/*' --format '{address} {value}'
  trefoil clasp sub '/**' --for 10s --stamp > ten-seconds.ndjson

A lost connection is made anew, and stderr says what may have been missed.";

/// How long what is printed already may take to leave, once the user wants to go.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// What may be typed after `subscribe`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct SubscribeArgs {
    /// Patterns: * is one segment or a part of one, ** any number of segments
    #[arg(
        required = true,
        value_name = "PATTERN",
        add = complete::addresses()
    )]
    patterns: Vec<String>,

    /// Only signals of these types: param, event, stream, gesture, timeline
    #[arg(long = "type", value_name = "TYPES", value_delimiter = ',', value_parser = signal_type)]
    types: Vec<SignalType>,

    /// At most so many messages a second for each address; the last of a burst
    /// always comes (params and streams)
    #[arg(long, value_name = "N")]
    max_rate: Option<u32>,

    /// Only numbers that changed by as much as this (params and streams)
    #[arg(long, value_name = "X", value_parser = epsilon)]
    epsilon: Option<f64>,

    /// Exit after so many records
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,

    /// Exit after so long
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    span: Option<Duration>,

    /// Exit when nothing came for so long
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    idle: Option<Duration>,

    /// Leave out the values that are there already
    #[arg(long)]
    new: bool,

    /// Print the values that are there already, and exit
    #[arg(long, conflicts_with = "new")]
    retained_only: bool,

    /// Print by this template, such as '{address} {value}'; \t is a tab
    #[arg(long, value_name = "TEMPLATE", value_parser = Template::parse, conflicts_with = "jq")]
    format: Option<Template>,

    /// Add when a record arrived here: received, in µs since the epoch
    #[arg(long)]
    stamp: bool,

    /// Print records of type connected, disconnected and error, too
    #[arg(long)]
    lifecycle: bool,

    /// Write a line to this file descriptor when the subscription is live
    #[arg(long, value_name = "FD")]
    ready_fd: Option<u32>,

    /// Ask the router for a sign of life after so long a silence
    #[arg(long, value_name = "DURATION", value_parser = probe_interval, default_value = "80s")]
    probe_interval: Duration,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    reconnect: ReconnectArgs,
}

fn signal_type(name: &str) -> Result<SignalType, String> {
    type_named(name)
        .ok_or_else(|| "a type is one of param, event, stream, gesture, timeline".to_owned())
}

fn epsilon(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err("it is the least change that matters, such as 0.1".to_owned()),
    }
}

fn probe_interval(text: &str) -> Result<Duration, String> {
    match duration(text).map_err(|error| error.to_string())? {
        Duration::ZERO => Err("a probe needs some silence, such as 80s".to_owned()),
        interval => Ok(interval),
    }
}

impl SubscribeArgs {
    /// Listens and prints.
    ///
    /// # Errors
    /// [`Kind::Deadline`] when fewer records came than `--count` asked for; a refusal; a connection
    /// lost for good.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let request = self.request()?;
        let target = self.connection.target(&terminal.console)?;
        let ready = self.ready()?;
        let template = self.format.clone();
        let stamp = self.stamp || template.as_ref().is_some_and(|t| t.names("received"));
        let form = terminal.printer.form();
        let clocked = stamp || matches!(form, Form::Table | Form::Text);
        let print = Print {
            printer: terminal.printer,
            template,
            stamp,
            count: self.count,
        };
        let backlog = Arc::new(Backlog::default());
        let listen = Listen {
            args: &self,
            endpoint: target.endpoint.clone(),
            console: &terminal.console,
            backlog: &backlog,
            clocked,
        };
        block_on(listen.run(target, request, print, ready))?
    }

    /// Whether an option was typed that is about printed records, and has no meaning for a table.
    pub(super) fn is_about_records(&self) -> bool {
        self.count.is_some()
            || self.retained_only
            || self.format.is_some()
            || self.stamp
            || self.lifecycle
    }

    /// Where to connect, and as whom.
    ///
    /// # Errors
    /// As [`ConnectionArgs::target`].
    pub(super) fn target(&self, console: &Console) -> Result<Target, Failure> {
        self.connection.target(console)
    }

    /// Whom to tell that the subscription is live.
    ///
    /// # Errors
    /// A usage failure for a descriptor that is not open.
    pub(super) fn ready(&self) -> Result<Option<ReadyFd>, Failure> {
        self.ready_fd.map(ReadyFd::open).transpose()
    }

    /// How long it goes on, and the option that says so.
    pub(super) fn span(&self) -> Option<(Duration, &'static str)> {
        let timeout = self.connection.timeout().map(|limit| (limit, "--timeout"));
        self.span.map(|span| (span, "--for")).or(timeout)
    }

    /// How long a silence may last.
    pub(super) fn idle(&self) -> Option<Duration> {
        self.idle
    }

    /// What to subscribe to.
    ///
    /// # Errors
    /// A usage failure for a pattern that is none.
    pub(super) fn request(&self) -> Result<Request, Failure> {
        let patterns = self
            .patterns
            .iter()
            .map(|text| Pattern::new(text))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Request {
            patterns,
            types: match self.types.as_slice() {
                [] => TypeMask::ALL,
                types => TypeMask::of(types.iter().copied()),
            },
            limits: Limits {
                max_rate: self.max_rate,
                epsilon: self.epsilon,
            },
            retained: !self.new,
            probe_interval: self.probe_interval,
            reconnect: self.reconnect.policy(),
        })
    }
}

/// The thread that listens.
struct Listen<'a> {
    args: &'a SubscribeArgs,
    endpoint: Endpoint,
    console: &'a Console,
    backlog: &'a Arc<Backlog>,
    /// Whether anybody wants to know when a message arrived.
    clocked: bool,
}

/// Why the listening ended.
enum End {
    /// All that was asked for has come, as far as listening can tell.
    Done,
    /// A span or a silence was over.
    TimeUp(&'static str, Duration),
    /// The printer has printed enough, or cannot print.
    Printed(Printed),
    Failed(Failure),
}

impl Listen<'_> {
    async fn run(
        &self,
        target: Target,
        request: Request,
        print: Print,
        ready: Option<ReadyFd>,
    ) -> Result<(), Failure> {
        let mut interrupt = Interrupt::listen()?;
        let mut subscription = tokio::select! {
            opened = Subscription::open(target, request) => opened?,
            kind = interrupt.wait() => return Err(Failure::signal(kind)),
        };
        let (tell, mut printed) = oneshot::channel();
        let backlog = Arc::clone(self.backlog);
        thread::spawn(move || tell.send(print.run(&backlog)));

        let end = self
            .listen(&mut subscription, &mut interrupt, &mut printed, ready)
            .await;
        for frame in subscription.drain() {
            self.backlog.push(self.entry(frame)).await;
        }
        self.backlog.close();
        let time_up = match end {
            End::Printed(printed) => return self.verdict(None, printed),
            End::Failed(failure) if failure.is_departure() => {
                // A stalled pipe must not keep anybody here.
                let _ = timeout(LAST_WORDS, printed).await;
                return Err(failure);
            }
            End::Failed(failure) => {
                let _ = printed.await;
                return Err(failure);
            }
            End::Done => None,
            End::TimeUp(what, span) => Some((what, span)),
        };
        tokio::select! {
            printed = printed => match printed {
                Ok(printed) => self.verdict(time_up, printed),
                Err(_) => Err(Failure::new(Kind::Partial, "printing failed")),
            },
            kind = interrupt.wait() => Err(Failure::signal(kind)),
        }
    }

    fn verdict(
        &self,
        time_up: Option<(&'static str, Duration)>,
        printed: Printed,
    ) -> Result<(), Failure> {
        let superseded = self.backlog.superseded();
        if superseded > 0 {
            self.console.warn(format_args!(
                "the output was read too slowly: {} values were replaced by later ones",
                Count(superseded)
            ));
        }
        printed.result?;
        match (self.args.count, time_up) {
            (Some(count), Some((what, span))) if printed.count < count => Err(Failure::new(
                Kind::Deadline,
                format!(
                    "{} of {} records came within {what} {}",
                    Count(printed.count),
                    Count(count),
                    InWords(span)
                ),
            )),
            (Some(count), None) if printed.count < count => Err(Failure::new(
                Kind::Deadline,
                format!(
                    "{} of {} records are there",
                    Count(printed.count),
                    Count(count)
                ),
            )),
            _ => Ok(()),
        }
    }

    async fn listen(
        &self,
        subscription: &mut Subscription,
        interrupt: &mut Interrupt,
        printed: &mut oneshot::Receiver<Printed>,
        mut ready: Option<ReadyFd>,
    ) -> End {
        let begun = Instant::now();
        let deadline = self
            .args
            .span()
            .map(|(span, what)| (begun + span, what, span));
        let mut heard = begun;
        let mut gone = pin!(reader_gone());
        loop {
            let silence = self.args.idle.map(|idle| (heard + idle, "--idle", idle));
            let (wake, what, span) = match (deadline, silence) {
                (Some(a), Some(b)) if b.0 < a.0 => b,
                (Some(a), _) => a,
                (None, Some(b)) => b,
                (None, None) => (begun, "", Duration::MAX),
            };
            tokio::select! {
                biased;
                step = self.step(subscription, &mut ready) => match step {
                    Ok(false) => {}
                    Ok(true) => return End::Done,
                    Err(failure) => return End::Failed(failure),
                },
                kind = interrupt.wait() => {
                    return End::Failed(Failure::signal(kind));
                }
                printed = &mut *printed => return match printed {
                    Ok(printed) => End::Printed(printed),
                    Err(_) => End::Failed(Failure::new(Kind::Partial, "printing failed")),
                },
                () = &mut gone => return End::Failed(OutputError::Closed.into()),
                () = sleep_until(wake), if span != Duration::MAX => {
                    return End::TimeUp(what, span);
                }
            }
            if self.args.idle.is_some() {
                heard = Instant::now();
            }
        }
    }

    /// Takes one event to the printer. True when no more are wanted.
    async fn step(
        &self,
        subscription: &mut Subscription,
        ready: &mut Option<ReadyFd>,
    ) -> Result<bool, Failure> {
        match subscription.next().await? {
            Event::Message(frame) | Event::Retained(frame) => {
                self.backlog.push(self.entry(frame)).await;
            }
            Event::Live { welcome, back } => {
                if let Some(back) = &back {
                    match life::back(back) {
                        (text, true) => self.console.warn(text),
                        (text, false) => self.console.note(text),
                    }
                }
                self.tell(Life::connected(welcome, back.as_ref())).await;
                if let Some(ready) = ready.take() {
                    ready.say();
                }
                return Ok(self.args.retained_only);
            }
            Event::Gone { cause } => {
                self.console
                    .note(format_args!("router gone ({cause}); reconnecting"));
                self.tell(Life::Disconnected { reason: cause }).await;
            }
            Event::Dropped(refusal) => {
                self.console.warn(format_args!(
                    "the router dropped messages, because they were read too slowly: {refusal}"
                ));
                self.tell(Life::error(refusal)).await;
            }
            Event::Cut => {
                let endpoint = self.endpoint.clone();
                let failure = Failure::from(Error::Cut { endpoint });
                // Where nothing else was asked for, that is no success.
                if self.args.retained_only {
                    return Err(failure);
                }
                self.console.warn(failure.message());
            }
            Event::Complaint(refusal) => {
                self.console
                    .warn(format_args!("the router says: {refusal}"));
                self.tell(Life::error(refusal)).await;
            }
        }
        Ok(false)
    }

    fn entry(&self, frame: bytes::Bytes) -> Entry {
        Entry::Frame(frame, if self.clocked { now_micros() } else { 0 })
    }

    async fn tell(&self, life: Life) {
        if self.args.lifecycle {
            self.backlog.push(Entry::Life(life)).await;
        }
    }
}
