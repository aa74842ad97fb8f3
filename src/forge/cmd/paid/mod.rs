//! Requests that cost money. Records a request in the ledger, sends it once and waits for the
//! reply; gives the answer, or a failure that says whether it may be charged.

mod end;
mod live;

use std::cell::RefCell;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Fuse, FutureExt};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::error::{Failure, Kind};
use crate::forge::api::event_stream::Event;
use crate::forge::api::large::Field;
use crate::forge::api::names::{FileToken, RunId};
use crate::forge::api::reply::{Body, Verdict};
use crate::forge::api::route::{DEFAULT_LIMIT, MARGIN, RUN_LIMITS, Route};
use crate::forge::client::{Client, Exchange, Listener, Payload};
use crate::forge::cmd::checks::Checks;
use crate::forge::cmd::connection::{Auth, ConnectionArgs};
use crate::forge::cmd::curl;
use crate::forge::cmd::files::Files;
use crate::forge::cmd::transfer::unique;
use crate::forge::ledger::{Begin, Ledger, LedgerError, now_micros};
use crate::outcome::Outcome;
use crate::term::{Console, Form, Interrupt, Printer, Progress, Report, Terminal, Words};
use crate::text::duration::{InWords, seconds, whole_seconds};

use end::Ended;
use live::{Live, wants_events};

/// How long a service may take to stop a run: ours interrupts it, and kills it after some seconds.
const STOP_TIME: Duration = Duration::from_secs(15);

/// Options of requests that cost money.
#[derive(Debug, Clone, clap::Args)]
pub struct PaidArgs {
    /// Limit the run to this time, 5s to 30m, a bare number is seconds; the reply
    /// may come 30 s later [default: 120s, or what the token may use]
    #[arg(long, value_name = "DURATION", value_parser = run_timeout)]
    pub timeout: Option<Duration>,

    /// Print the text as it arrives, if the service streams it
    #[arg(long)]
    pub stream: bool,

    /// Print the request as a curl command, and send nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Record no entry in the ledger
    #[arg(long)]
    pub no_ledger: bool,
}

/// Parses the time limit of a run or a turn.
///
/// # Errors
/// If it is not a duration, or outside the range that services accept.
pub fn run_timeout(text: &str) -> Result<Duration, String> {
    let limit = seconds(text).map_err(|error| error.to_string())?;
    if !RUN_LIMITS.contains(&limit) {
        let (least, most) = (InWords(*RUN_LIMITS.start()), InWords(*RUN_LIMITS.end()));
        return Err(format!(
            "the timeout of a run must be between {least} and {most}"
        ));
    }
    Ok(limit)
}

impl PaidArgs {
    /// The time limit that the service is asked for, in whole seconds, rounded up. Only one that was
    /// typed is sent: a token may be granted less than the default, and the service knows how much.
    pub fn timeout_secs(&self) -> Option<u64> {
        self.timeout.map(whole_seconds)
    }

    /// The longest that the service may let it run, in seconds.
    pub fn longest_secs(&self) -> u64 {
        self.timeout_secs().unwrap_or(DEFAULT_LIMIT.as_secs())
    }

    /// The limit of the HTTP request.
    pub fn http_limit(&self) -> Duration {
        Duration::from_secs(self.longest_secs()) + MARGIN
    }

    /// Prints the curl commands for `--dry-run`: those that upload the files, and the one that
    /// sends the request with their tokens.
    ///
    /// # Errors
    /// A usage failure for an invalid URL; the errors of the printer.
    pub fn print_dry_run(
        &self,
        mut terminal: Terminal,
        connection: &ConnectionArgs,
        files: &Files,
        route: &Route,
        body: impl FnOnce(&[FileToken]) -> String,
    ) -> Result<(), Failure> {
        let dry_run = files.dry_run(connection)?;
        let last = curl::command(
            connection,
            Auth::App,
            route,
            Some(&body(&dry_run.tokens)),
            &dry_run.variables,
            Some(self.http_limit()),
        )?;
        let last = if self.stream {
            last.replacen("curl ", "curl -N -H 'Accept: text/event-stream' ", 1)
        } else {
            last
        };
        for line in dry_run.commands.iter().chain([&last]) {
            terminal.printer.line(line.as_bytes())?;
        }
        terminal.printer.finish()
    }

    /// The user's ledger; None with `--no-ledger`.
    ///
    /// # Errors
    /// When the directory for state is not known.
    pub fn ledger(&self) -> Result<Option<Ledger>, Failure> {
        if self.no_ledger {
            Ok(None)
        } else {
            Ok(Some(Ledger::of_user()?))
        }
    }
}

/// A request that costs money, ready to be sent.
#[derive(Debug)]
pub struct Paid<'a> {
    /// The service.
    pub client: &'a Client,
    /// The action: a run or a turn.
    pub route: Route,
    /// The request.
    pub request: Vec<u8>,
    /// The name in the progress line, as in "waiting for claude (sonnet)".
    pub who: String,
    /// The time limit for the reply.
    pub limit: Duration,
    /// The ledger, and the first line of the entry.
    pub ledger: Option<(Ledger, Begin)>,
    /// Decides the outcome of a reply with status 200.
    pub judge: fn(&Body) -> Verdict,
    /// Whether the answer is printed while it arrives.
    pub stream: bool,
}

/// An answer that was paid for.
#[derive(Debug)]
pub struct Answer {
    /// The reply.
    pub body: Body,
    /// The reply as bytes.
    raw: Bytes,
    /// "run" or "turn".
    noun: &'static str,
    /// How long it took, measured here.
    pub elapsed: Duration,
    /// The ledger's entry.
    pub entry: Option<u64>,
    /// The file with the reply.
    kept: Option<PathBuf>,
    /// What was printed while it arrived.
    live: Option<Live>,
}

impl Paid<'_> {
    /// Sends the request once and waits for the reply.
    ///
    /// # Errors
    /// [`Kind::Partial`] when it may be charged and its outcome is unknown (also after a reply that
    /// breaks the contract, which is printed); [`Kind::Service`] for a run that failed; errors of
    /// the ledger before anything is sent.
    pub async fn send(self, terminal: &mut Terminal) -> Result<Answer, Failure> {
        // SIGHUP and SIGQUIT, too: an answer that was paid for must not be lost because the
        // terminal is closed.
        let mut interrupt = Interrupt::listen_to_all()?;
        self.send_until(terminal, async || interrupt.wait().await)
            .await
    }

    /// Sends the request for a caller that handles signals itself: `signal` waits for one.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send).
    pub async fn send_until(
        mut self,
        terminal: &mut Terminal,
        mut signal: impl AsyncFnMut() -> Kind,
    ) -> Result<Answer, Failure> {
        let key = format!("trefoil-{:032x}", unique()?);
        let entry = match &mut self.ledger {
            Some((ledger, begin)) => {
                begin.key = Some(key.clone());
                Some(ledger.begin(begin)?)
            }
            None => None,
        };
        let exchange = Exchange::keyed(key);
        let started = Instant::now();
        let progress = Some(Progress::waiting(&terminal.console, &self.who));
        let live = self.stream.then(Live::default);
        if self.stream {
            terminal.printer.be_lenient(&terminal.console);
        }
        let payload = Payload::Json(self.request);
        let (printer, console) = (&mut terminal.printer, &terminal.console);
        // The events and a signal both print.
        let shown = RefCell::new((live, progress, printer));
        let mut is_stopped = false;
        let reply = {
            let mut hear = self.stream.then_some(|event: &Event| {
                let (live, progress, printer) = &mut *shown.borrow_mut();
                // The progress line is removed before text is printed on the same terminal.
                if event.name != "start" {
                    *progress = None;
                }
                if let Some(live) = live {
                    live.hear(event, printer);
                }
            });
            let listener = hear.as_mut().map(|hear| hear as Listener<'_>);
            let (route, limit) = (&self.route, Some(self.limit));
            let client = self.client;
            let sent = client.send_heard(route, payload, limit, &exchange, listener);
            let mut sent = pin!(sent);
            let mut stopping = pin!(Fuse::terminated());
            loop {
                tokio::select! {
                    biased;
                    reply = &mut sent => break Ok(reply),
                    kind = signal() => match exchange.run() {
                        Some(id) if kind == Kind::Interrupted && !is_stopped => {
                            is_stopped = true;
                            let (live, progress, printer) = &mut *shown.borrow_mut();
                            *progress = None;
                            if let Some(live) = live {
                                live.end_line(printer);
                            }
                            console.note("it is being stopped; Ctrl-C again waits no longer");
                            stopping.set(stop(client, id).fuse());
                        }
                        _ => break Err(kind),
                    },
                    // It was not stopped, or says nothing of its end.
                    () = &mut stopping => break Err(Kind::Interrupted),
                }
            }
        };
        let (mut live, progress, printer) = shown.into_inner();
        drop(progress);
        if let Some(live) = &mut live {
            live.end_line(printer);
        }
        let ended = Ended {
            ledger: self.ledger.as_ref().map(|(ledger, _)| ledger),
            entry,
            elapsed: started.elapsed(),
            noun: self.route.noun(),
            exchange,
            is_streamed: self.stream,
        };
        match reply {
            Ok(Ok(reply)) => ended.by_reply(self.judge, reply, live, terminal),
            Ok(Err(error)) => Err(ended.by_error(error, is_stopped, terminal)),
            Err(kind) => Err(ended.by_signal(kind, &terminal.console)),
        }
    }
}

/// Asks the service to stop a run, and waits for as long as its end may take.
async fn stop(client: &Client, id: RunId) {
    let asked = client.ask(&Route::CancelRun(id), Some(STOP_TIME)).await;
    if asked.is_ok() {
        sleep(STOP_TIME).await;
    }
}

impl Answer {
    /// Begins a report. An answer that cannot be printed is stored, and the hint says where.
    pub fn report<'t>(&'t self, terminal: &'t mut Terminal) -> Report<'t> {
        terminal
            .report(format_args!("the {} is done", self.noun))
            .or_else(|| self.whereabouts())
    }

    /// Prints the rest of an answer that was printed while it arrived.
    fn print_rest(&self, live: &Live, report: &mut Report<'_>, result: Field<'_>) {
        if let Some(trouble) = live.trouble() {
            report.print(|_| Err(trouble));
        } else if wants_events(report.printer()) {
            report.print(|printer| print_last(printer, "reply", None, &self.body));
        } else if !live.has_shown(result) {
            report.print(|printer| print_alone(printer, result));
        }
    }

    /// Prints the answer: on a terminal and with `--raw` only `result`, otherwise the whole reply.
    pub fn print(&self, report: &mut Report<'_>, result: Field<'_>) {
        match &self.live {
            Some(live) => self.print_rest(live, report, result),
            None => report.print(|printer| self.print_whole(printer, result)),
        }
        if report.printer().form() == Form::Table {
            report.print(|printer| printer.flush());
            report.console().note(self.summary());
        }
    }

    fn print_whole(&self, printer: &mut Printer, result: Field<'_>) -> Result<(), Failure> {
        if printer.is_raw() && !printer.is_filtered() {
            return print_alone(printer, result);
        }
        self.print_reply(printer, |words| match result {
            Field::Value(Value::String(text)) => _ = words.lines(text),
            Field::Value(other) => _ = words.plain(other),
            Field::Text(text) => _ = words.plain(text),
        })
    }

    fn print_reply(
        &self,
        printer: &mut Printer,
        human: impl FnOnce(&mut Words),
    ) -> Result<(), Failure> {
        match &self.body {
            Body::Large(large) => printer.json(large.text(), human),
            body => printer.document(body, human),
        }
    }

    /// The hint where the answer is stored.
    fn whereabouts(&self) -> String {
        if let (Some(id), Some(_)) = (self.entry, &self.kept) {
            return format!("The answer is kept: trefoil forge ledger show {id}");
        }
        match self.keep() {
            Ok(path) => format!("The answer is kept: {}", path.display()),
            Err(error) => {
                let raw = String::from_utf8_lossy(&self.raw);
                format!("The answer could not be kept ({error}); it is:\n{raw}")
            }
        }
    }

    /// Stores an answer that has no ledger entry, or whose entry could not be written.
    fn keep(&self) -> Result<PathBuf, LedgerError> {
        let name = format!("unrecorded-{}-{}", now_micros(), std::process::id());
        Ledger::of_user()?.keep(&name, &self.raw)
    }

    /// A summary in one line: `7.4 s · end_turn · ledger 1182`.
    pub fn summary(&self) -> String {
        let tenths = (self.elapsed.as_millis() + 50) / 100;
        let mut line = format!("{}.{} s", tenths / 10, tenths % 10);
        if let Some(reason) = self.body.text("stop_reason") {
            line.push_str(&format!(" · {reason}"));
        }
        if let Some(usd) = self.body.field("cost_usd").and_then(Value::as_f64) {
            line.push_str(&format!(" · {usd:.4} USD"));
        }
        if let Some(id) = self.entry {
            line.push_str(&format!(" · ledger {id}"));
        }
        line
    }

    /// Checks the answer. If a check fails, the failure says where the answer is stored.
    ///
    /// # Errors
    /// [`Kind::Negative`].
    pub fn check(
        &self,
        checks: &mut Checks,
        result: Field<'_>,
        console: &Console,
    ) -> Result<(), Failure> {
        let findings = checks.check(result);
        if let Some(warning) = findings.warning {
            console.warn(warning);
        }
        if findings.complaints.is_empty() {
            return Ok(());
        }
        let failure = Failure::new(Kind::Negative, findings.complaints.join("\n"));
        let failure = failure.with_outcome(Outcome::Done);
        Err(failure.with_hint(match &self.kept {
            Some(path) => format!("The answer is kept: {}", path.display()),
            None => self.whereabouts(),
        }))
    }
}

/// Prints the last document of a stream: `{"type": "reply" or "error", …}` with the fields of the body,
/// as the earlier events have a type.
fn print_last(
    printer: &mut Printer,
    kind: &str,
    status: Option<u16>,
    body: &Body,
) -> Result<(), Failure> {
    let mut head = json!({ "type": kind });
    if let Some(status) = status {
        head["status"] = json!(status);
    }
    if let Body::Large(large) = body {
        // Not read into values again: it is an object that has fields.
        let (head, text) = (head.to_string(), large.text().trim_start());
        let whole = format!(
            "{},{}",
            head.trim_end_matches('}'),
            text.trim_start_matches('{')
        );
        return printer.json(&whole, |_| {});
    }
    match (&mut head, body.to_json()) {
        (Value::Object(head), Value::Object(fields)) => head.extend(fields),
        (_, Value::String(text)) if text.trim().is_empty() => {}
        (head, other) => head["body"] = other,
    }
    printer.value(&head)
}

/// Prints a result without the rest of the reply.
fn print_alone(printer: &mut Printer, result: Field<'_>) -> Result<(), Failure> {
    match result {
        Field::Value(Value::String(text)) => printer.line(text.as_bytes()),
        Field::Value(other) => printer.value(other),
        Field::Text(text) => printer.json(text, |words| _ = words.plain(text)),
    }
}
