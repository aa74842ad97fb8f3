//! `recv`: prints what the server sends, as it comes.
//!
//! ```text
//!   server ──▶ Session ──▶ backlog ──▶ Print ──▶ stdout, files
//!          (this thread)           (its own thread)
//! ```

pub(super) mod extract;
mod print;

use std::path::PathBuf;
use std::pin::pin;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::connection::ConnectionArgs;
use crate::error::{Failure, Kind};
use crate::term::{Console, Interrupt, OutputError, Terminal, reader_gone};
use crate::text::count::Count;
use crate::text::duration::{InWords, duration};
use crate::text::glob::Glob;
use crate::text::time::Clock;
use crate::vuer::client::session::{Load, Session};
use crate::vuer::client::{Backoff, Error, Target, block_on, now_millis};
use crate::vuer::event::Event;

use extract::Extract;
use print::{Backlog, Print, Printed, backlog};

const EXAMPLES: &str = "\
Examples:
  trefoil vuer recv
  trefoil vuer recv --etype 'UP*' --count 1
  trefoil vuer recv --for 10s > ten-seconds.ndjson
  trefoil vuer recv --jq '.data.nodes[]?.key'
  trefoil vuer recv --etype SET --etype UPSERT --idle 2s
  trefoil vuer recv --extract data.nodes.0.image --to 'frame-%06d.jpg'
  trefoil vuer recv --reconnect | trefoil vuer send - --url ws://b:8012

What it prints, send - takes. A server keeps at most 100 events for a client
that reads slowly, and drops the oldest.";

/// How long what is printed already may take to leave, once the user wants to go.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// The first wait before reconnecting; later ones grow.
const RECONNECT: Duration = Duration::from_secs(1);

/// What may be typed after `recv`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct RecvArgs {
    /// Only events of this type; * is any run of characters; may be repeated
    #[arg(long = "etype", value_name = "GLOB")]
    etypes: Vec<String>,

    /// Exit after so many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,

    /// Exit after so long
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    span: Option<Duration>,

    /// Exit when nothing came for so long
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    idle: Option<Duration>,

    /// Write what is binary at this path of an event to a file, and print which;
    /// other events are left out
    #[arg(long, value_name = "PATH", requires = "to")]
    extract: Option<String>,

    /// The files to write; %d is the number of the file from 1, %06d with zeros
    #[arg(long, value_name = "FILE", requires = "extract")]
    to: Option<PathBuf>,

    /// Reconnect when the connection is lost, at growing intervals
    #[arg(long)]
    reconnect: bool,

    #[command(flatten)]
    connection: ConnectionArgs,
}

impl RecvArgs {
    /// Listens and prints.
    ///
    /// # Errors
    /// [`Kind::Deadline`] when fewer events came than `--count` asked for; a lost connection.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let target = self.connection.target(&terminal.console)?;
        let extract = match (&self.extract, &self.to) {
            (Some(path), Some(to)) => Some(Extract::new(path, to, self.count)?),
            _ => None,
        };
        let globs = self.etypes.iter().map(|glob| Glob::from(glob.as_str()));
        let listen = Listen {
            globs: globs.collect(),
            args: &self,
            console: &terminal.console,
            target,
        };
        terminal.printer.be_lenient(&terminal.console);
        let print = Print {
            printer: terminal.printer,
            clock: Clock::local(),
            extract,
            count: self.count,
        };
        block_on(listen.run(print))?
    }
}

/// The thread that listens.
struct Listen<'a> {
    args: &'a RecvArgs,
    console: &'a Console,
    target: Target,
    globs: Vec<Glob>,
}

/// Why the listening ended.
enum End {
    /// A span or a silence was over.
    TimeUp(&'static str, Duration),
    /// The printer has printed enough, or cannot print.
    Printed(Printed),
    Failed(Failure),
}

impl Listen<'_> {
    async fn run(self, print: Print) -> Result<(), Failure> {
        let mut interrupt = Interrupt::listen()?;
        let mut session = tokio::select! {
            session = Session::connect(&self.target, Load::Flood) => session?,
            kind = interrupt.wait() => return Err(Failure::signal(kind)),
        };
        let (backlog, waiting) = backlog();
        let (tell, mut printed) = oneshot::channel();
        thread::spawn(move || tell.send(print.run(waiting)));
        let end = self
            .listen(&mut session, &backlog, &mut interrupt, &mut printed)
            .await;
        drop(backlog);
        let end = match end {
            End::Printed(printed) => {
                session.leave().await;
                return self.verdict(None, printed);
            }
            End::Failed(failure) if failure.ends_for_user() => {
                // A stalled pipe must not keep anybody here.
                let _ = timeout(LAST_WORDS, printed).await;
                return Err(failure);
            }
            End::Failed(failure) => {
                let _ = printed.await;
                return Err(failure);
            }
            End::TimeUp(what, span) => (what, span),
        };
        session.leave().await;
        tokio::select! {
            printed = printed => match printed {
                Ok(printed) => self.verdict(Some(end), printed),
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
        printed.result?;
        match (self.args.count, time_up) {
            (Some(count), Some((what, span))) if printed.count < count => Err(Failure::new(
                Kind::Deadline,
                format!(
                    "{} of {} events came within {what} {}",
                    Count(printed.count),
                    Count(count),
                    InWords(span)
                ),
            )),
            _ => Ok(()),
        }
    }

    async fn listen(
        &self,
        session: &mut Session,
        backlog: &Backlog,
        interrupt: &mut Interrupt,
        printed: &mut oneshot::Receiver<Printed>,
    ) -> End {
        let begun = Instant::now();
        let deadline = match (self.args.span, self.args.connection.timeout()) {
            (Some(span), _) => Some((begun + span, "--for", span)),
            (None, Some(limit)) => Some((begun + limit, "--timeout", limit)),
            (None, None) => None,
        };
        let mut heard = begun;
        let mut gone = pin!(reader_gone());
        loop {
            let silence = self.args.idle.map(|idle| (heard + idle, "--idle", idle));
            let end = [deadline, silence]
                .into_iter()
                .flatten()
                .min_by_key(|end| end.0);
            let (wake, what, span) = end.unwrap_or((begun, "", Duration::MAX));
            tokio::select! {
                biased;
                // First, because events may come so fast that nothing behind them is ever polled.
                kind = interrupt.wait() => {
                    return End::Failed(Failure::signal(kind));
                }
                step = self.step(session, backlog) => if let Err(failure) = step {
                    return End::Failed(failure);
                },
                printed = &mut *printed => return match printed {
                    Ok(printed) => End::Printed(printed),
                    Err(_) => End::Failed(Failure::new(Kind::Partial, "printing failed")),
                },
                () = &mut gone => return End::Failed(OutputError::Closed.into()),
                () = sleep_until(wake), if span != Duration::MAX => {
                    return End::TimeUp(what, span);
                }
            }
            heard = Instant::now();
        }
    }

    /// Takes one event that is wanted to the printer.
    async fn step(&self, session: &mut Session, backlog: &Backlog) -> Result<(), Failure> {
        loop {
            let message = match session.next().await {
                Ok(message) => message,
                Err(error) if self.args.reconnect && error.is_temporary() => {
                    *session = self.come_back(error).await?;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let event = Event::read(&message)
                .map_err(|error| Error::garbled(&self.target.endpoint, error))?;
            let etype = event.etype();
            if self.globs.is_empty() || self.globs.iter().any(|glob| glob.matches(etype)) {
                backlog.push(message).await;
                return Ok(());
            }
        }
    }

    /// Connects again, as often as it takes.
    async fn come_back(&self, mut error: Error) -> Result<Session, Error> {
        let since = Instant::now();
        let seed = now_millis() ^ u64::from(std::process::id()) << 32;
        let mut backoff = Backoff::new(RECONNECT, seed);
        self.console.note(format_args!("{error}; reconnecting"));
        while error.is_temporary() {
            sleep(backoff.wait()).await;
            match Session::connect(&self.target, Load::Flood).await {
                Ok(session) => {
                    self.console.warn(format_args!(
                        "back after {}; what the server sent meanwhile was missed",
                        InWords(since.elapsed())
                    ));
                    return Ok(session);
                }
                Err(again) => error = again,
            }
        }
        Err(error)
    }
}
