//! `serve`: a scene in browsers. Operations enter on stdin, events of clients leave on stdout.
//!
//! ```text
//!   stdin ──▶ input ──▶ hub ──▶ pages
//!          (a thread)    │
//!  stdout ◀── print ◀────┘
//!          (a thread)
//! ```

pub mod input;
pub mod print;
pub mod stand;

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
use crate::vuer::hub::core::Counts;
use crate::vuer::hub::run::{Handle, block_on};
use crate::vuer::hub::sd_notify::{self, Notifier};

use input::{Fed, Form, Source, feed, read};
use print::Events;
use stand::{Stand, StandArgs};

const EXAMPLES: &str = r#"Examples:
  robot-log | trefoil vuer serve
  trefoil vuer serve scene.ndjson --open
  trefoil vuer serve --jq 'select(.etype == "ON_CLICK").value.key'
  trefoil vuer serve --script -- ./walk      its stdout is the operations
  trefoil vuer serve --relay -- ./robots     it writes with VUER_CLIENT_URI
  trefoil vuer recv --url ws://a:8012 | trefoil vuer serve
  trefoil vuer serve --bind 0.0.0.0:8012 --token-file token

A line is an operation as trefoil vuer recv prints it, or shorter:
  {"tag":"Box","key":"box","position":[0,1,0]}    put or change an element
  {"key":"box","material":{"color":"red"}}        change some of it
  {"update":{"key":"box","position":[1,1,0]}}     change it if it is there
  {"remove":["box"]}                              take it out
  {"joints":{"arm":0.7},"key":"robot"}            turn the joints of a Urdf

A line that cannot be used is named and passed over; the exit status is then 7.
The end of stdin does not end serving; --exit-on-eof does."#;

/// How often the status line is drawn anew.
const STATUS_EVERY: Duration = Duration::from_millis(500);

/// How long what is said already may take to arrive, once it ends.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What may be typed after `serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ServeArgs {
    /// Read operations from this file or FIFO; - is stdin [default: - unless
    /// stdin is a terminal]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// Serve the files of this folder below /workspace/, for meshes and robots
    #[arg(long, value_name = "DIR")]
    assets: Option<PathBuf>,

    /// Open the page in the browser
    #[arg(long)]
    open: bool,

    /// End when the input has ended and every client has been sent the scene
    #[arg(long)]
    exit_on_eof: bool,

    /// Take the COMMAND's stdout as the operations
    #[arg(long, requires = "command")]
    script: bool,

    /// Run this with VUER_CLIENT_URI set, and end with it and its exit status
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,

    #[command(flatten)]
    stand: StandArgs,
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
    /// An address that cannot be had, a file that cannot be used; [`Kind::Partial`] when lines were
    /// passed over; the command's own status.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        if self.script && self.file.is_some() {
            return Err(Failure::usage(
                "--script takes the operations from the command: leave the FILE out",
            ));
        }
        block_on(self.serve(terminal))?
    }

    async fn serve(self, terminal: Terminal) -> Result<(), Failure> {
        let stand = self
            .stand
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
            command.env("VUER_CLIENT_URI", &stand.url);
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
            open(&stand.link, &terminal.console);
        }
        serving.run(stand, terminal).await
    }

    /// Where operations come from, when not from a command.
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
            // A command that is run has stdin to itself.
            None if stdin().is_terminal() || !self.command.is_empty() => Ok(None),
            None => Ok(Some(Source::Stdin)),
        }
    }
}

/// Gives a command a pipe for its stdout, and takes the other end of it.
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
        console.warn(format_args!("{error}; open the link by hand"));
    }
}

/// A hub that serves, and what it lives on.
pub struct Serving {
    /// Whether it ends with its inputs.
    pub exit_on_eof: bool,
    /// Whether events are printed.
    pub prints: bool,
    /// Where operations come from.
    pub inputs: Vec<(Source, Form)>,
    /// A command that it ends with.
    pub child: Option<Child>,
}

/// Why serving ends.
enum End {
    /// The input has ended, or the command with this status.
    Done(u8),
    /// The user wants to go.
    Signal,
    /// The events cannot be printed any more.
    Printed(Result<(), Failure>),
    Failed(Failure),
}

impl Serving {
    /// Serves to the end.
    ///
    /// # Errors
    /// [`Kind::Partial`] when lines were passed over; the command's own status.
    pub async fn run(self, stand: Stand, terminal: Terminal) -> Result<(), Failure> {
        let mut interrupt = Interrupt::listen()?;
        let notifier = Notifier::from_environment()?;
        let Terminal {
            mut printer,
            console,
        } = terminal;
        console.note(format_args!("open {}", stand.link));
        if let Some(notifier) = &notifier {
            notifier.ready(&format!("ready at {}", stand.url));
        }
        if printer.is_json_requested() && !printer.is_filtered() {
            printer.value(&Ready {
                url: &stand.url,
                link: &stand.link,
                pid: std::process::id(),
            })?;
            printer.flush()?;
        }
        printer.be_lenient(&console);
        let hub = stand.hub.clone();
        let fed = Rc::new(Cell::new(Fed::default()));
        let inputs: Vec<_> = self
            .inputs
            .into_iter()
            .map(|(source, form)| {
                let (hub, console, fed) = (hub.clone(), console.clone(), fed.clone());
                let batches = read(source, form);
                spawn_local(async move { feed(&hub, batches, &console, &fed).await })
            })
            .collect();
        let mut events = self.prints.then(|| Events::print(printer, console.clone()));
        let last = RefCell::new(String::new());
        let ended = async {
            let fed_all = async {
                for input in inputs {
                    let _ = input.await;
                }
            };
            let end = tokio::select! {
                end = until(fed_all, self.child, self.exit_on_eof, &mut interrupt) => end,
                end = follow(&hub, events.as_mut(), &last) => end,
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
            () = stand.serve() => (End::Signal, 0),
            ended = ended => ended,
        };
        if unread > 0 {
            console.warn(format_args!(
                "{unread} clients did not read what was left for them"
            ));
        }
        let printed = match events {
            None => Ok(()),
            Some(mut events) => {
                let said = hub.with(|hub| hub.said(Waker::noop()));
                said.into_iter().for_each(|said| events.push(said));
                events.close();
                if events.dropped() > 0 {
                    console.warn(format_args!(
                        "{} events were dropped: nobody read them",
                        Count(events.dropped())
                    ));
                }
                let printed = tokio::time::timeout(LAST_WORDS, events.ended()).await;
                printed.unwrap_or(Ok(()))
            }
        };
        verdict(end, fed.get(), printed)
    }
}

/// Tells the service manager that the server lives, if it asks for that; never ends.
async fn alive(notifier: Option<&Notifier>) {
    match notifier {
        Some(notifier) => notifier.keep_alive().await,
        None => std::future::pending().await,
    }
}

/// What the end means for the exit status.
fn verdict(end: End, fed: Fed, printed: Result<(), Failure>) -> Result<(), Failure> {
    match end {
        End::Failed(failure) => return Err(failure),
        End::Printed(result) => result?,
        End::Done(status) => {
            printed?;
            child::check_status(status)?;
        }
        End::Signal => printed?,
    }
    match fed.bad {
        0 => Ok(()),
        bad => {
            let message = format!(
                "{} of {} lines could not be used",
                Count(bad),
                Count(bad + fed.done)
            );
            Err(Failure::new(Kind::Partial, message))
        }
    }
}

/// Waits for what ends serving: a signal, the command, or the inputs if that was asked for.
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
    let mut is_fed = false;
    let status = {
        let mut command = pin!(command);
        tokio::select! {
            status = &mut command => status,
            () = &mut inputs => {
                is_fed = true;
                command.await
            }
        }
    };
    match status {
        Ok(status) => {
            // What it said last is still on its way; what a child of its own may say is not waited
            // for.
            if !is_fed {
                let _ = tokio::time::timeout(LAST_WORDS, inputs).await;
            }
            End::Done(status)
        }
        Err(failure) => End::Failed(failure),
    }
}

/// Hands events on to be printed, until that cannot be done any more.
async fn follow(hub: &Handle, events: Option<&mut Events>, last: &RefCell<String>) -> End {
    let Some(events) = events else {
        loop {
            hub.said().await;
        }
    };
    let mut gone = pin!(reader_gone());
    loop {
        let said = tokio::select! {
            said = hub.said() => said,
            result = events.ended() => return End::Printed(result),
            () = &mut gone => return End::Printed(Err(OutputError::Closed.into())),
        };
        for said in said {
            if let Ok(event) = Event::read(&said.message) {
                *last.borrow_mut() = format!("{} of {}", event.etype(), said.client);
            }
            events.push(said);
        }
    }
}

/// Shows how things stand, where somebody sees it.
async fn status(hub: &Handle, console: &Console, last: &RefCell<String>) {
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
            "  {}  {}  {}  {}",
            counted(counts.pages as u64, "page", "pages"),
            counted(counts.programs as u64, "program", "programs"),
            counted(counts.nodes as u64, "node", "nodes"),
            Throughput::of(done, now - before.1),
        );
        let last = last.borrow().clone();
        if !last.is_empty() {
            text.push_str(&format!("  last {last}"));
        }
        if text != shown {
            line.say(&text);
            shown = text;
        }
        before = (counts, now);
        tokio::time::sleep(STATUS_EVERY).await;
    }
}
