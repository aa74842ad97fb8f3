//! `subscribe`: prints what happens, as it happens.
//!
//! ```text
//!   router ──▶ Subscription ──▶ Backlog ──▶ Print ──▶ stdout
//!            (this thread)                (its own thread)
//! ```

mod backlog;
pub mod life;
pub mod options;
mod print;
mod template;

use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::clasp::client::clock::now_micros;
use crate::clasp::client::subscription::{Event, Request, Subscription};
use crate::clasp::client::{Endpoint, Error, Target, block_on};
use crate::error::{Failure, Kind};
use crate::term::{Console, Form, Interrupt, OutputError, Terminal, reader_gone};
use crate::text::count::Count;

use backlog::{Backlog, Entry};
use life::Life;
use options::{ListenArgs, ReadyFd, TimeUp};
use print::{Print, Printed};
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
    /// Exit after so many records
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,

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

    #[command(flatten)]
    listen: ListenArgs,
}

impl SubscribeArgs {
    /// Listens and prints.
    ///
    /// # Errors
    /// [`Kind::Deadline`] when fewer records came than `--count` asked for; a refusal; a connection
    /// lost for good.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let request = self.listen.request(!self.new)?;
        let target = self.listen.connection.target(&terminal.console)?;
        let ready = self.listen.ready()?;
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
    TimeUp(TimeUp),
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
            End::TimeUp(time_up) => Some(time_up),
        };
        tokio::select! {
            printed = printed => match printed {
                Ok(printed) => self.verdict(time_up, printed),
                Err(_) => Err(Failure::new(Kind::Partial, "printing failed")),
            },
            kind = interrupt.wait() => Err(Failure::signal(kind)),
        }
    }

    fn verdict(&self, time_up: Option<TimeUp>, printed: Printed) -> Result<(), Failure> {
        let superseded = self.backlog.superseded();
        if superseded > 0 {
            self.console.warn(format_args!(
                "the output was read too slowly: {} values were replaced by later ones",
                Count(superseded)
            ));
        }
        printed.result?;
        match (self.args.count, time_up) {
            (Some(count), Some(time_up)) if printed.count < count => {
                Err(time_up.too_few(printed.count, count, "records came"))
            }
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
        let mut term = self.args.listen.term();
        let mut gone = pin!(reader_gone());
        loop {
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
                time_up = term.over() => return End::TimeUp(time_up),
            }
            term.heard();
        }
    }

    /// Takes one event to the printer. True when no more are wanted.
    async fn step(
        &self,
        subscription: &mut Subscription,
        ready: &mut Option<ReadyFd>,
    ) -> Result<bool, Failure> {
        let event = subscription.next().await?;
        // Where nothing else was asked for, that is no success.
        if self.args.retained_only && matches!(event, Event::Cut) {
            let endpoint = self.endpoint.clone();
            return Err(Error::Cut { endpoint }.into());
        }
        life::say(&event, &self.endpoint, self.console);
        match event {
            Event::Message(frame) | Event::Retained(frame) => {
                self.backlog.push(self.entry(frame)).await;
            }
            Event::Live { welcome, back } => {
                self.tell(Life::connected(welcome, back.as_ref())).await;
                if let Some(ready) = ready.take() {
                    ready.say();
                }
                return Ok(self.args.retained_only);
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
        Entry::Frame(frame, if self.clocked { now_micros() } else { 0 })
    }

    async fn tell(&self, life: Life) {
        if self.args.lifecycle {
            self.backlog.push(Entry::Life(life)).await;
        }
    }
}
