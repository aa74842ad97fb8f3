//! `send`: sends one event, or one per line of stdin; exit 0 means that the server has read it.

use std::cell::Cell;
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::mpsc;

use super::connection::ConnectionArgs;
use super::event_line;
use super::feed::{EventFeed, STACK, WAITING};
use super::value::EventArgs;
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::outcome::Outcome;
use crate::term::{Interrupt, Progress, Terminal, Words};
use crate::text::count::{Count, Throughput};
use crate::text::duration::InWords;
use crate::text::glob::Glob;
use crate::text::rate;
use crate::text::time::Clock;
use crate::vuer::client::pump::{Tally, pump};
use crate::vuer::client::session::{Load, Session, serves_vuer_page};
use crate::vuer::client::{Error, Target, block_on, now_millis};
use crate::vuer::event::Event;

const EXAMPLES: &str = "\
Examples:
  trefoil vuer send HELLO '{\"message\":\"Hi!\"}'
  trefoil vuer send MOVE_BOX '{\"position\":[1,0.5,0]}' --f32
  trefoil vuer send SNAP '{\"$bytes\":\"iVBORw0KGgo=\"}' --field camera=left
  trefoil vuer send HELLO --await UPSERT       print the reply
  trefoil vuer send MESH - < mesh.json         a value too long to be typed
  trefoil vuer send - --rate 60 < events.ndjson
  trefoil vuer recv --url ws://a:8012 | trefoil vuer send - --url ws://b:8012

Exit status 0 means that a Vuer server has read it: it sent events or serves
Vuer's page, and closed with the full handshake. Whether its handlers used the
event is not known.";

/// What may be typed after `send`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct SendArgs {
    /// The event's etype, such as HELLO; or - to read events from stdin, one a
    /// line
    etype: String,

    /// The event's value: JSON if it is JSON, else a string; - reads it from stdin
    /// [default: null]
    #[arg(allow_negative_numbers = true)]
    value: Option<String>,

    /// Wait for an event of this type, and print it; * matches any characters
    #[arg(long = "await", value_name = "ETYPE")]
    awaited: Option<String>,

    /// From stdin: send this many events a second [default: as fast as they are read]
    #[arg(long, value_name = "N", value_parser = rate::rate)]
    rate: Option<rate::Rate>,

    #[command(flatten)]
    event: EventArgs,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// The output for one event.
#[derive(Debug, Serialize)]
struct Sent<'a> {
    etype: &'a str,
    read: bool,
}

/// The output for many events.
#[derive(Debug, Serialize)]
struct Summary {
    #[serde(flatten)]
    tally: Tally,
    #[serde(skip)]
    took: Duration,
}

impl Summary {
    fn describe(&self, words: &mut Words) {
        let Tally {
            sent,
            read,
            received,
        } = self.tally;
        words.plain(Count(sent)).plain(" sent, ");
        if read == sent {
            words.plain("all read");
        } else {
            words.bad(format_args!("{} known to be read", Count(read)));
        }
        if received > 0 {
            words.plain(format_args!(", {} came back", Count(received)));
        }
        words.dim(format_args!(
            " ({}, {})",
            InWords(self.took),
            Throughput::of(read, self.took)
        ));
    }
}

impl SendArgs {
    /// Sends the event, or the events from stdin.
    ///
    /// # Errors
    /// No connection; [`Kind::Partial`] when it was lost before the server had read everything;
    /// [`Kind::Deadline`].
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        if self.etype != "-" {
            return self.one(terminal);
        }
        let for_one = self.event.is_for_one() || self.awaited.is_some() || self.value.is_some();
        if for_one {
            return Err(Failure::usage(
                "a value, --field, --ts, --string, --json and --await go with one event; \
                 'send -' reads whole events, one a line",
            ));
        }
        self.many(terminal)
    }

    fn one(self, mut terminal: Terminal) -> Result<(), Failure> {
        if self.rate.is_some() {
            return Err(Failure::usage("--rate goes with 'send -'"));
        }
        let target = self
            .connection
            .target_for(&terminal.console, Intent::Write(&[]))?;
        let draft = self
            .event
            .draft(&self.etype, self.value.as_deref(), now_millis())?;
        let message = draft.finish();
        let Some(awaited) = &self.awaited else {
            let late = || {
                format!(
                    "{} did not say that it read {}",
                    target.endpoint, self.etype
                )
            };
            let has_left = Cell::new(false);
            let conversation = send(&target, message.into(), &self.etype, &has_left);
            (self.connection).one_shot(&target, late, Some(&has_left), conversation)?;
            let sent = Sent {
                etype: &self.etype,
                read: true,
            };
            let mut report = terminal.report(format_args!("{} is read", sent.etype));
            report.print(|printer| {
                printer.document(&sent, |words| {
                    words.address(sent.etype).plain("  read by ");
                    words.plain(&target.endpoint);
                })
            });
            return report.finish(Ok(()));
        };
        let glob = Glob::from(awaited.as_str());
        let others = Cell::new(0_u64);
        let late = || {
            let others = match others.get() {
                0 => String::new(),
                1 => ", but 1 other event,".to_owned(),
                n => format!(", but {} other events,", Count(n)),
            };
            format!("no {awaited}{others} came from {}", target.endpoint)
        };
        let fits = |event: &Event<'_>| {
            let fits = glob.matches(event.etype());
            others.set(others.get() + u64::from(!fits));
            fits
        };
        let question = Question {
            message: message.into(),
            etype: &self.etype,
            proof: Proof::None,
            has_left: Cell::new(false),
        };
        let conversation = question.ask(&target, fits);
        let answer =
            (self.connection).one_shot(&target, late, Some(&question.has_left), conversation)?;
        print(&mut terminal, &target, &answer)
    }

    fn many(self, mut terminal: Terminal) -> Result<(), Failure> {
        let target = self
            .connection
            .target_for(&terminal.console, Intent::Write(&[]))?;
        let since = Instant::now();
        let (batches, taken) = mpsc::channel(WAITING);
        let feed = EventFeed {
            floats: self.event.floats(),
            max_message: target.max_message,
            rate: self.rate,
            batches,
        };
        let tally = Cell::new(Tally::default());
        let mut progress = Progress::counting(&terminal.console, "read");
        let limit = self.connection.timeout();
        let ended = block_on(async {
            let mut interrupt = Interrupt::listen()?;
            let conversation = async {
                let mut session = Session::connect(&target, Load::Bulk).await?;
                // stdin is read only after the connection is made.
                let feeder = thread::Builder::new()
                    .stack_size(STACK)
                    .spawn(move || feed.run())
                    .map_err(|error| {
                        Failure::new(Kind::Connection, format!("cannot begin to read: {error}"))
                    })?;
                pump(&target, &mut session, taken, |now| {
                    tally.set(now);
                    progress.update(now.sent, now.read);
                })
                .await?;
                // The channel is closed, so the thread has ended.
                let fed = feeder.join();
                fed.unwrap_or_else(|_| Err(Failure::new(Kind::Partial, "reading the input failed")))
            };
            tokio::select! {
                result = conversation => result,
                kind = interrupt.wait() => Err(Failure::signal(kind)),
                () = expiry(limit) => Err(Failure::new(
                    Kind::Deadline,
                    format!("not done within {}", InWords(limit.unwrap_or_default())),
                )),
            }
        })?;
        progress.finish();
        let summary = Summary {
            tally: tally.get(),
            took: since.elapsed(),
        };
        if ended.is_err() && summary.tally.sent == 0 {
            return ended;
        }
        let Tally { sent, read, .. } = summary.tally;
        let (sent, read) = (Count(sent), Count(read));
        let mut report = terminal.report(format_args!("{read} of {sent} events are read"));
        report.print(|printer| printer.document(&summary, |words| summary.describe(words)));
        report.finish(ended.map_err(|failure| partial(failure, summary.tally)))
    }
}

/// Turns a failure after something was sent into a partial one, with the number of events confirmed
/// as read; a signal or deadline keeps its kind.
fn partial(failure: Failure, tally: Tally) -> Failure {
    let failure = failure.with_outcome(Outcome::Unknown);
    let Tally { sent, read, .. } = tally;
    failure.context(match (sent, read) {
        (1, 1) => "the event before it was read".to_owned(),
        (sent, read) if sent == read => format!("the {} events before it were read", Count(sent)),
        (sent, read) => format!(
            "{} of {} events are known to have been read",
            Count(read),
            Count(sent)
        ),
    })
}

/// Waits for the limit; for ever if there is none.
async fn expiry(limit: Option<Duration>) {
    match limit {
        None => std::future::pending().await,
        Some(limit) => tokio::time::sleep(limit).await,
    }
}

async fn send(
    target: &Target,
    message: bytes::Bytes,
    etype: &str,
    has_left: &Cell<bool>,
) -> Result<(), Error> {
    let mut session = Session::connect(target, Load::OneShot).await?;
    let size = message.len();
    has_left.set(true);
    let sent = async {
        session.send(message)?;
        if session.close_checked().await? || serves_vuer_page(target).await {
            return Ok(());
        }
        Err(Error::Unproven {
            endpoint: target.endpoint.clone(),
            what: etype.to_owned(),
        })
    };
    sent.await.map_err(|error| error.unread(etype, size))
}

/// What a reply proves about the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing: the server may have sent it unsolicited.
    None,
    /// The server has read the event.
    Read,
}

/// An event that expects a reply.
pub(super) struct Question<'a> {
    /// The event.
    pub message: bytes::Bytes,
    /// Its type, for errors.
    pub etype: &'a str,
    /// What a reply proves.
    pub proof: Proof,
    /// Whether it may have left.
    pub has_left: Cell<bool>,
}

impl Question<'_> {
    /// Sends the event and waits for the first event that `fits`; gives its message.
    pub(super) async fn ask(
        &self,
        target: &Target,
        fits: impl Fn(&Event<'_>) -> bool,
    ) -> Result<bytes::Bytes, Error> {
        let mut session = Session::connect(target, Load::OneShot).await?;
        self.has_left.set(true);
        let asked = async {
            session.send(self.message.clone())?;
            loop {
                let message = session.next().await?;
                let event = Event::read(&message)
                    .map_err(|error| Error::garbled(&target.endpoint, error))?;
                if fits(&event) {
                    if self.proof == Proof::None {
                        session.close(drop).await?;
                    }
                    return Ok(message);
                }
            }
        };
        let answer = asked
            .await
            .map_err(|error: Error| error.unread(self.etype, self.message.len()))?;
        if self.proof == Proof::Read {
            // Nothing is left to wait for.
            session.leave().await;
        }
        Ok(answer)
    }
}

/// Prints a reply.
pub(super) fn print(
    terminal: &mut Terminal,
    target: &Target,
    message: &[u8],
) -> Result<(), Failure> {
    let event = Event::read(message).map_err(|error| Error::garbled(&target.endpoint, error))?;
    let mut report = terminal.report("the event is sent and answered");
    report.print(|printer| {
        printer.document(&event, |words| {
            event_line(words, &Clock::local(), now_millis(), &event);
        })
    });
    report.finish(Ok(()))
}
