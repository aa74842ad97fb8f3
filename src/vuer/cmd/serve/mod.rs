//! `serve`: shows a scene in browsers. It reads operations on stdin and prints the events of
//! clients on stdout.
//!
//! ```text
//!   stdin ──▶ input ──▶ hub ──▶ pages
//!          (a thread)    │
//!  stdout ◀── print ◀────┘
//!          (a thread)
//! ```

pub mod input;
pub mod print;
pub mod server;

use std::cell::{Cell, RefCell};
use std::ffi::OsString;
use std::future::Future;
use std::io::{IsTerminal, pipe, stdin};
use std::path::PathBuf;
use std::pin::pin;
use std::rc::Rc;
use std::task::Waker;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::process::{Child, Command};
use tokio::task::spawn_local;

use crate::config::child::environment_without;
use crate::config::keys;
use crate::error::{Failure, Kind};
use crate::term::child;
use crate::term::{Console, Interrupt, OutputError, Progress, Terminal, reader_gone};
use crate::text::count::{Count, Counted, Throughput};
use crate::vuer::event::Event;
use crate::vuer::hub::core::{ClientEvent, Counts};
use crate::vuer::hub::run::{Handle, block_on};
use crate::vuer::hub::sd_notify::{self, Notifier};

use input::{Form, InputCounts, Source, feed, read};
use print::Events;
use server::{HubServer, HubServerArgs};

const EXAMPLES: &str = r#"Examples:
  robot-log | trefoil vuer serve
  trefoil vuer serve scene.ndjson --open
  trefoil vuer serve --jq 'select(.etype == "ON_CLICK").value.key'
  trefoil vuer serve --script -- ./walk      read operations from its stdout
  trefoil vuer serve --relay -- ./robots     it connects to VUER_CLIENT_URI
  trefoil vuer recv --url ws://a:8012 | trefoil vuer serve
  trefoil vuer serve --bind 0.0.0.0:8012 --token-file token

A line is an operation as trefoil vuer recv prints it, or shorter:
  {"tag":"Box","key":"box","position":[0,1,0]}    add or change an element
  {"key":"box","material":{"color":"red"}}        change some of its fields
  {"update":{"key":"box","position":[1,1,0]}}     change it only if it exists
  {"remove":["box"]}                              remove it
  {"joints":{"arm":0.7},"key":"robot"}            turn the joints of a Urdf

A line that cannot be used is reported and skipped; the exit status is then 7.
So it is when events of clients were not printed: at most 4,096 of them, or
64 MiB, wait for a slow reader of stdout. With COMMAND, they are printed only
with --script, because stdout is the command's. Serving goes on after the end of stdin, unless --exit-on-eof is given."#;

/// How often the status line is updated.
const STATUS_EVERY: Duration = Duration::from_millis(500);

/// How long to wait, at the end, for output that is still on its way.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The arguments of `serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ServeArgs {
    /// Read operations from this file or FIFO; - is stdin [default: - unless
    /// stdin is a terminal]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// Serve the files in this folder under /workspace/, for meshes and robots
    #[arg(long, value_name = "DIR")]
    assets: Option<PathBuf>,

    /// Open the page in the browser
    #[arg(long)]
    open: bool,

    /// Exit when the input has ended and every client has received the scene
    #[arg(long)]
    exit_on_eof: bool,

    /// Read operations from the COMMAND's stdout
    #[arg(long, requires = "command")]
    script: bool,

    /// Run this with VUER_CLIENT_URI set, and exit when it does, with its status
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,

    #[command(flatten)]
    server: HubServerArgs,
}

/// What `-o json` prints when the server is ready.
#[derive(Debug, Serialize)]
struct Ready<'a> {
    url: &'a str,
    link: &'a str,
    pid: u32,
}

impl ServeArgs {
    /// Serves.
    ///
    /// # Errors
    /// An address that is not available, or a file that cannot be used; [`Kind::Partial`] when
    /// lines were skipped; the exit status of the command.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        if self.script && self.file.is_some() {
            return Err(Failure::usage(
                "--script reads the operations from the command, so it cannot be used with FILE",
            ));
        }
        block_on(self.serve(terminal))?
    }

    async fn serve(self, terminal: Terminal) -> Result<(), Failure> {
        let server = self
            .server
            .listen(self.assets.clone(), &terminal.console)
            .await?;
        let source = self.source()?;
        let mut serving = Serving {
            exit_on_eof: self.exit_on_eof,
            prints: self.command.is_empty() || self.script,
            inputs: Vec::new(),
            child: None,
        };
        if self.command.is_empty() {
            serving
                .inputs
                .extend(source.map(|source| (source, Form::Operation)));
        } else {
            let mut command = child::command(&self.command)?;
            child::set(&mut command, &environment_without(&keys::VUER)?);
            for name in sd_notify::VARIABLES {
                command.env_remove(name);
            }
            command.env("VUER_CLIENT_URI", &server.url);
            if self.script {
                serving.inputs.push((piped(&mut command)?, Form::Operation));
            } else {
                serving
                    .inputs
                    .extend(source.map(|source| (source, Form::Operation)));
            }
            serving.child = Some(child::start(&mut command)?);
        }
        if self.open {
            open(&server.link, &terminal.console);
        }
        serving.run(server, terminal).await
    }

    /// Where operations come from, if not from a command.
    fn source(&self) -> Result<Option<Source>, Failure> {
        match &self.file {
            Some(path) if path.as_os_str() == "-" => Ok(Some(Source::Stdin)),
            Some(path) => match std::fs::metadata(path) {
                Ok(_) => Ok(Some(Source::File(path.clone()))),
                Err(error) => Err(Failure::usage(format!(
                    "cannot read {}: {error}",
                    path.display()
                ))),
            },
            // A command that we run reads stdin itself.
            None if stdin().is_terminal() || !self.command.is_empty() => Ok(None),
            None => Ok(Some(Source::Stdin)),
        }
    }
}

/// Connects a command's stdout to a pipe, and returns the reading end.
fn piped(command: &mut Command) -> Result<Source, Failure> {
    let (reader, writer) = pipe()
        .map_err(|error| Failure::new(Kind::Service, format!("cannot make a pipe: {error}")))?;
    command.stdout(writer);
    Ok(Source::Pipe(reader))
}

/// Shows a link in the user's browser.
pub fn open(link: &str, console: &Console) {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let command = child::command(&[opener.into(), link.into()]);
    let started = command.and_then(|mut command| child::start(command.kill_on_drop(false)));
    if let Err(error) = started {
        console.warn(format_args!("{error}; open the link yourself"));
    }
}

/// What a serving hub reads, prints and depends on.
pub struct Serving {
    /// Whether to stop when all inputs have ended.
    pub exit_on_eof: bool,
    /// Whether events are printed.
    pub prints: bool,
    /// Where operations come from.
    pub inputs: Vec<(Source, Form)>,
    /// A command; serving stops when it exits.
    pub child: Option<Child>,
}

/// Why serving ended.
enum End {
    /// The input has ended, or the command has, with this exit status.
    Done(u8),
    /// The user asked to stop.
    Signal,
    /// Printing has ended or failed.
    Printed(Result<(), Failure>),
    Failed(Failure),
}

impl Serving {
    /// Serves until one of the reasons in [`End`] occurs.
    ///
    /// # Errors
    /// [`Kind::Partial`] when lines were skipped; the exit status of the command.
    pub async fn run(self, server: HubServer, terminal: Terminal) -> Result<(), Failure> {
        let mut interrupt = Interrupt::listen()?;
        let notifier = Notifier::from_environment()?;
        let Terminal {
            mut printer,
            console,
        } = terminal;
        console.note(format_args!("open {}", server.link));
        if let Some(notifier) = &notifier {
            notifier.ready(&format!("ready at {}", server.url));
        }
        if printer.is_json_requested() && !printer.is_filtered() {
            printer.value(&Ready {
                url: &server.url,
                link: &server.link,
                pid: std::process::id(),
            })?;
            printer.flush()?;
        }
        printer.be_lenient(&console);
        let hub = server.hub.clone();
        let counts = Rc::new(Cell::new(InputCounts::default()));
        let inputs: Vec<_> = self
            .inputs
            .into_iter()
            .map(|(source, form)| {
                let (hub, console, counts) = (hub.clone(), console.clone(), counts.clone());
                let batches = read(source, form);
                spawn_local(async move { feed(&hub, batches, &console, &counts).await })
            })
            .collect();
        let mut events = self.prints.then(|| Events::print(printer, console.clone()));
        let has_command = self.child.is_some();
        let last = RefCell::new(None);
        let ended = async {
            let inputs_ended = async {
                for input in inputs {
                    let _ = input.await;
                }
            };
            let end = tokio::select! {
                end = until(inputs_ended, self.child, self.exit_on_eof, &mut interrupt) => end,
                end = follow(&hub, events.as_mut(), has_command, &last) => end,
                () = status(&hub, &console, &last) => End::Signal,
                () = alive(notifier.as_ref()) => End::Signal,
            };
            if let Some(notifier) = &notifier {
                notifier.stopping();
            }
            let unread = match &end {
                End::Done(_) => hub.drain().await,
                _ => hub.stop().await,
            };
            (end, unread)
        };
        let (end, unread) = tokio::select! {
            () = server.serve() => (End::Signal, 0),
            ended = ended => ended,
        };
        let mut losses = Losses {
            lines: counts.get(),
            ..Losses::default()
        };
        match end {
            // They had to be sent the whole scene.
            End::Done(_) => losses.unread = unread,
            _ if unread > 0 => console.warn(Losses::unread(unread)),
            _ => {}
        }
        let mut printed = Ok(());
        if let Some(mut events) = events {
            let rest = hub.with(|hub| hub.client_events(Waker::noop()));
            rest.into_iter().for_each(|event| events.push(event));
            losses.dropped = events.close(LAST_WORDS).await;
            printed = events.take_result();
        }
        if let End::Printed(Err(failure)) = &end
            && failure.kind() == Kind::PipeClosed
        {
            console.note("the reader of the output has gone, so serving has ended");
        }
        outcome(end, &losses, printed)
    }
}

/// What did not arrive, and makes the exit status 7.
#[derive(Debug, Default)]
struct Losses {
    lines: InputCounts,
    /// How many clients did not read the scene to its end.
    unread: usize,
    /// How many events were not printed.
    dropped: u64,
}

impl Losses {
    fn unread(count: usize) -> String {
        let clients = Counted {
            count: count as u64,
            one: "client did not read its last messages",
            more: "clients did not read their last messages",
        };
        clients.to_string()
    }

    /// # Errors
    /// [`Kind::Partial`] if anything is lost.
    fn check(&self) -> Result<(), Failure> {
        let mut all = Vec::new();
        if self.lines.bad > 0 {
            let (bad, done) = (self.lines.bad, self.lines.done);
            all.push(format!(
                "{} of {} lines could not be used",
                Count(bad),
                Count(bad + done)
            ));
        }
        if self.unread > 0 {
            all.push(Losses::unread(self.unread));
        }
        if self.dropped > 0 {
            let events = Counted {
                count: self.dropped,
                one: "event was dropped",
                more: "events were dropped",
            };
            all.push(format!("{events} because stdout was read too slowly"));
        }
        if all.is_empty() {
            return Ok(());
        }
        Err(Failure::new(Kind::Partial, all.join("; ")))
    }
}

/// Tells the service manager at regular intervals that the server is alive, if it asks for that.
/// Never ends.
async fn alive(notifier: Option<&Notifier>) {
    match notifier {
        Some(notifier) => notifier.keep_alive().await,
        None => std::future::pending().await,
    }
}

/// The result of the command, which decides the exit status: a command's own failure first.
fn outcome(end: End, losses: &Losses, printed: Result<(), Failure>) -> Result<(), Failure> {
    match end {
        End::Failed(failure) => return Err(failure),
        End::Printed(result) => result?,
        End::Done(status) => child::check_status(status)?,
        End::Signal => {}
    }
    printed?;
    losses.check()
}

/// Waits until serving should end: after a signal, at the end of the command, or, with
/// `--exit-on-eof`, at the end of the inputs.
async fn until(
    inputs: impl Future<Output = ()>,
    child: Option<Child>,
    exit_on_eof: bool,
    interrupt: &mut Interrupt,
) -> End {
    let mut inputs = pin!(inputs);
    let Some(mut child) = child else {
        let eof = async {
            inputs.await;
            if !exit_on_eof {
                std::future::pending::<()>().await;
            }
        };
        return tokio::select! {
            _ = interrupt.wait() => End::Signal,
            () = eof => End::Done(0),
        };
    };
    let command = child::wait(&mut child, async || interrupt.wait().await);
    let mut inputs_have_ended = false;
    let status = {
        let mut command = pin!(command);
        tokio::select! {
            status = &mut command => status,
            () = &mut inputs => {
                inputs_have_ended = true;
                command.await
            }
        }
    };
    match status {
        Ok(status) => {
            // Its last output may still be on its way. We do not wait longer: a child process of
            // the command may keep the pipe open.
            if !inputs_have_ended {
                let _ = tokio::time::timeout(LAST_WORDS, inputs).await;
            }
            End::Done(status)
        }
        Err(failure) => End::Failed(failure),
    }
}

/// Hands events to the printer until printing ends. A command goes on when its output cannot be
/// written: what it does is more than that.
async fn follow(
    hub: &Handle,
    events: Option<&mut Events>,
    has_command: bool,
    last: &RefCell<Option<ClientEvent>>,
) -> End {
    // The message is shared, and read only when the status line is shown.
    let note = |received: &[ClientEvent]| {
        if let Some(latest) = received.last() {
            *last.borrow_mut() = Some(latest.clone());
        }
    };
    if let Some(events) = events {
        let mut gone = pin!(reader_gone());
        loop {
            let received = tokio::select! {
                received = hub.client_events() => received,
                () = events.ended() => break,
                () = &mut gone => return End::Printed(Err(OutputError::Closed.into())),
            };
            note(&received);
            received.into_iter().for_each(|event| events.push(event));
        }
        if !has_command || !events.warn_of_failure() {
            return End::Printed(events.take_result());
        }
    }
    loop {
        note(&hub.client_events().await);
    }
}

/// Shows a status line, if stderr is a terminal.
async fn status(hub: &Handle, console: &Console, last: &RefCell<Option<ClientEvent>>) {
    let line = Progress::status(console);
    if !line.is_shown() {
        return std::future::pending().await;
    }
    let counted = |count, one, more| Counted { count, one, more };
    let mut before = (Counts::default(), Instant::now());
    let mut shown = String::new();
    loop {
        let (counts, now) = (hub.with(|hub| hub.counts()), Instant::now());
        let done = counts.operations - before.0.operations;
        let mut text = format!(
            "  {}  {}  {}  operations {}",
            counted(counts.pages as u64, "page", "pages"),
            counted(counts.programs as u64, "program", "programs"),
            counted(counts.nodes as u64, "node", "nodes"),
            Throughput::of(done, now - before.1),
        );
        if let Some(client_event) = &*last.borrow()
            && let Ok(event) = Event::read(&client_event.message)
        {
            let (etype, client) = (event.etype(), client_event.client);
            text.push_str(&format!("  last {etype} of {client}"));
        }
        if text != shown {
            line.say(&text);
            shown = text;
        }
        before = (counts, now);
        tokio::time::sleep(STATUS_EVERY).await;
    }
}
