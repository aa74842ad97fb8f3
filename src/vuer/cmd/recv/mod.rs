//! `recv`: prints the events of the server as they arrive.
//!
//! ```text
//!   server ──▶ Session ──▶ backlog ──▶ Print ──▶ stdout, files
//! (this thread)           (a second thread, because a pipe that nobody reads blocks)
//! ```

pub(super) mod extract;

use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};

use super::connection::ConnectionArgs;
use super::event_line;
use crate::error::{Failure, Kind};
use crate::term::{
    Console, Interrupt, OutputError, Printer, Terminal, TimeLimits, TimeUp, reader_gone,
};
use crate::text::duration::{InWords, duration};
use crate::text::glob::Glob;
use crate::text::time::Clock;
use crate::vuer::client::session::{Load, Session};
use crate::vuer::client::{Backoff, Error, Target, block_on, now_millis};
use crate::vuer::event::Event;
use extract::Extract;

const EXAMPLES: &str = "\
Examples:
  trefoil vuer recv
  trefoil vuer recv --etype 'UP*' --count 1
  trefoil vuer recv --for 10s > ten-seconds.ndjson
  trefoil vuer recv --jq '.data.nodes[]?.key'
  trefoil vuer recv --etype SET --etype UPSERT --idle 2s
  trefoil vuer recv --extract data.nodes.0.image --to 'frame-%06d.jpg'
  trefoil vuer recv --reconnect | trefoil vuer send - --url ws://b:8012

The output can be sent again with send -. A server keeps at most 100 events for
a client that reads slowly, and drops the oldest.";

/// How long to wait for the printer to finish after the user has interrupted the command.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// The first wait before reconnecting. Later waits are longer.
const RECONNECT: Duration = Duration::from_secs(1);

/// The arguments of `recv`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct RecvArgs {
    /// Print only events of this type; * matches any characters; may be repeated
    #[arg(long = "etype", value_name = "GLOB")]
    etypes: Vec<String>,

    /// Exit after this many events
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,

    /// Exit after this much time
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    span: Option<Duration>,

    /// Exit when no event has arrived for this long
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    idle: Option<Duration>,

    /// Write the binary value at this path of each event to a file, and print the file's name;
    /// events without one are skipped
    #[arg(long, value_name = "PATH", requires = "to")]
    extract: Option<String>,

    /// The files to write; %d is the file's number, starting at 1; %06d adds zeros
    #[arg(long, value_name = "FILE", requires = "extract")]
    to: Option<PathBuf>,

    /// Overwrite files of --to that exist
    #[arg(long, requires = "to")]
    force: bool,

    /// Reconnect when the connection is lost, with increasing waits
    #[arg(long)]
    reconnect: bool,

    #[command(flatten)]
    connection: ConnectionArgs,
}

impl RecvArgs {
    /// Receives and prints events.
    ///
    /// # Errors
    /// [`Kind::Deadline`] when fewer events arrived than `--count` requires; a lost connection.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let target = self.connection.target(&terminal.console)?;
        let extract = match (&self.extract, &self.to) {
            (Some(path), Some(to)) => Some(Extract::new(path, to, self.count, self.force)?),
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

/// The receiving side.
struct Listen<'a> {
    args: &'a RecvArgs,
    console: &'a Console,
    target: Target,
    globs: Vec<Glob>,
}

/// Why receiving ended.
enum End {
    /// A time limit was reached.
    TimeUp(TimeUp),
    /// The printer has printed enough events, or cannot print any more.
    Printed(Printed),
    Failed(Failure),
}

impl Listen<'_> {
    async fn run(self, print: Print) -> Result<(), Failure> {
        let mut interrupt = Interrupt::listen()?;
        let mut session = tokio::select! {
            session = Session::connect(&self.target, Load::Bulk) => session?,
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
                return self.outcome(None, printed);
            }
            End::Failed(failure) if failure.ends_for_user() => {
                // A blocked pipe must not delay the exit.
                let _ = timeout(LAST_WORDS, printed).await;
                return Err(failure);
            }
            End::Failed(failure) => {
                let _ = printed.await;
                return Err(failure);
            }
            End::TimeUp(time_up) => time_up,
        };
        session.leave().await;
        tokio::select! {
            printed = printed => match printed {
                Ok(printed) => self.outcome(Some(end), printed),
                Err(_) => Err(Failure::new(Kind::Partial, "printing failed")),
            },
            kind = interrupt.wait() => Err(Failure::signal(kind)),
        }
    }

    fn outcome(&self, time_up: Option<TimeUp>, printed: Printed) -> Result<(), Failure> {
        printed.result?;
        match (self.args.count, time_up) {
            (Some(count), Some(time_up)) if printed.count < count => {
                Err(time_up.too_few(printed.count, count, "events arrived"))
            }
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
        let span = self.args.span.map(|span| ("--for", span));
        let timeout = self.args.connection.timeout();
        let deadline = span.or(timeout.map(|limit| ("--timeout", limit)));
        let mut limits = TimeLimits::new(deadline, self.args.idle);
        let mut gone = pin!(reader_gone());
        loop {
            tokio::select! {
                biased;
                // This is first, because events may arrive so fast that the branches after them are
                // never polled.
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
                time_up = limits.over() => return End::TimeUp(time_up),
            }
            limits.heard();
        }
    }

    /// Receives the next event that matches the globs, and hands it to the printer.
    async fn step(&self, session: &mut Session, backlog: &Backlog) -> Result<(), Failure> {
        loop {
            let message = match session.next().await {
                Ok(message) => message,
                Err(error) if self.args.reconnect && error.is_temporary() => {
                    *session = self.reconnect(error).await?;
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

    /// Tries to connect again until it succeeds or fails permanently.
    async fn reconnect(&self, mut error: Error) -> Result<Session, Error> {
        let since = Instant::now();
        let seed = now_millis() ^ u64::from(std::process::id()) << 32;
        let mut backoff = Backoff::new(RECONNECT, seed);
        self.console.note(format_args!("{error}; reconnecting"));
        while error.is_temporary() {
            sleep(backoff.wait()).await;
            match Session::connect(&self.target, Load::Bulk).await {
                Ok(session) => {
                    self.console.warn(format_args!(
                        "reconnected after {}; events that the server sent in between are lost",
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

/// How many bytes may wait to be printed. When the queue is full, the receiver stops reading, and
/// in the end the server drops its oldest events. A larger message still fits when it is alone.
const LIMIT: usize = 4 * 1024 * 1024;

/// What a message takes in addition to its bytes.
const OVERHEAD: usize = 64;

/// A message, the time when it arrived, and its share of the limit.
struct Entry(
    Bytes,
    u64,
    #[expect(dead_code, reason = "held")] OwnedSemaphorePermit,
);

/// The receiver's end of the queue between the two threads.
pub struct Backlog {
    entries: mpsc::UnboundedSender<Entry>,
    room: Arc<Semaphore>,
}

/// The printer's end.
pub struct Waiting(mpsc::UnboundedReceiver<Entry>);

/// Makes a queue of at most [`LIMIT`] bytes.
pub fn backlog() -> (Backlog, Waiting) {
    let (entries, waiting) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(LIMIT));
    (Backlog { entries, room }, Waiting(waiting))
}

impl Backlog {
    /// Adds a message, and waits while the queue is full. If the printer is gone, the message is
    /// dropped.
    pub async fn push(&self, message: Bytes) {
        let size = (message.len() + OVERHEAD).min(LIMIT) as u32;
        let room = Arc::clone(&self.room).acquire_many_owned(size);
        if let Ok(permit) = room.await {
            let _ = self.entries.send(Entry(message, now_millis(), permit));
        }
    }
}

/// How events are printed.
pub struct Print {
    /// Writes to stdout.
    pub printer: Printer,
    /// The time zone in which times are shown.
    pub clock: Clock,
    /// The part of events that is written to files, with `--extract`.
    pub extract: Option<Extract>,
    /// Stop after this many events.
    pub count: Option<u64>,
}

/// How printing ended.
pub struct Printed {
    /// How many events were printed.
    pub count: u64,
    /// An error if printing failed.
    pub result: Result<(), Failure>,
}

impl Print {
    /// Prints events until there are enough of them or the queue is closed.
    pub fn run(mut self, mut waiting: Waiting) -> Printed {
        let mut count = 0;
        let result = self
            .drain(&mut waiting.0, &mut count)
            .and_then(|()| self.printer.finish());
        Printed { count, result }
    }

    fn drain(
        &mut self,
        waiting: &mut mpsc::UnboundedReceiver<Entry>,
        count: &mut u64,
    ) -> Result<(), Failure> {
        loop {
            // Flush after each line, unless more messages are already waiting.
            let entry = match waiting.try_recv() {
                Ok(entry) => entry,
                Err(TryRecvError::Disconnected) => return Ok(()),
                Err(TryRecvError::Empty) => {
                    self.printer.flush()?;
                    match waiting.blocking_recv() {
                        Some(entry) => entry,
                        None => return Ok(()),
                    }
                }
            };
            if self.print_message(&entry.0, entry.1)? {
                *count += 1;
                if self.count == Some(*count) {
                    return Ok(());
                }
            }
        }
    }

    /// Prints one message. Returns false if there was nothing to print.
    fn print_message(&mut self, message: &[u8], received: u64) -> Result<bool, Failure> {
        // The receiver has already checked that the message is an event.
        let Ok(event) = Event::read(message) else {
            return Ok(false);
        };
        if let Some(extract) = &mut self.extract {
            let Some(saved) = extract.save(&event)? else {
                return Ok(false);
            };
            self.printer
                .document(&saved, |words| saved.describe(words))?;
            return Ok(true);
        }
        self.printer.document(&event, |words| {
            event_line(words, &self.clock, received, &event);
        })?;
        Ok(true)
    }
}
