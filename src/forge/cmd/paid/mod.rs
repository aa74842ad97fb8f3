//! What costs money. Takes a request; enters it into the ledger, sends it once and waits for it;
//! gives the answer, or a failure that says whether it may be charged.

mod end;
mod live;

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use ring::digest::{SHA256, digest};
use serde_json::Value;
use tokio::time::Instant;

use crate::error::{Failure, Kind};
use crate::forge::api::event_stream::Event;
use crate::forge::api::large::Field;
use crate::forge::api::names::FileToken;
use crate::forge::api::reply::{Body, Verdict};
use crate::forge::api::request::{MARGIN, RUN_LIMITS};
use crate::forge::api::route::Route;
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

/// Options of what costs money.
#[derive(Debug, Clone, clap::Args)]
pub struct PaidArgs {
    /// Let it take this long, 5s to 30m; a bare number is seconds
    #[arg(long, value_name = "DURATION", value_parser = run_timeout, default_value = "120s")]
    pub timeout: Duration,

    /// Print the text as it comes, if the service streams it
    #[arg(long)]
    pub stream: bool,

    /// Print the request as a curl command, and send nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Keep no entry in the ledger
    #[arg(long)]
    pub no_ledger: bool,
}

/// Reads the limit of a run or a turn.
///
/// # Errors
/// For what is no duration, or one that no service takes.
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
    /// The limit as the service wants it: whole seconds, none of them taken away.
    pub fn timeout_secs(&self) -> u64 {
        whole_seconds(self.timeout)
    }

    /// The limit of the HTTP request.
    pub fn http_limit(&self) -> Duration {
        Duration::from_secs(self.timeout_secs()) + MARGIN
    }

    /// Prints the curl commands that would do it: those that upload its files, and the one whose
    /// body has their tokens.
    ///
    /// # Errors
    /// A usage failure for a URL that is none; the printer's.
    pub fn rehearse(
        &self,
        mut terminal: Terminal,
        connection: &ConnectionArgs,
        files: &Files,
        route: &Route,
        body: impl FnOnce(&[FileToken]) -> String,
    ) -> Result<(), Failure> {
        let rehearsal = files.rehearse(connection)?;
        let last = curl::command(
            connection,
            Auth::App,
            route,
            Some(&body(&rehearsal.tokens)),
            &rehearsal.variables,
            Some(self.http_limit()),
        )?;
        let last = if self.stream {
            last.replacen("curl ", "curl -N -H 'Accept: text/event-stream' ", 1)
        } else {
            last
        };
        for line in rehearsal.commands.iter().chain([&last]) {
            terminal.printer.line(line.as_bytes())?;
        }
        terminal.printer.finish()
    }

    /// The user's ledger, unless there is to be none.
    ///
    /// # Errors
    /// When there is no place for it.
    pub fn ledger(&self) -> Result<Option<Ledger>, Failure> {
        if self.no_ledger {
            Ok(None)
        } else {
            Ok(Some(Ledger::of_user()?))
        }
    }
}

/// SHA-256 in hexadecimal.
pub fn sha256(text: &str) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A request that costs money, about to be sent.
#[derive(Debug)]
pub struct Paid<'a> {
    /// To whom.
    pub client: &'a Client,
    /// What: a run or a turn.
    pub route: Route,
    /// The request.
    pub request: Vec<u8>,
    /// Who is waited for, as in "waiting for claude (sonnet)".
    pub who: String,
    /// How long the reply may take.
    pub limit: Duration,
    /// Where it is entered, and what is known before.
    pub ledger: Option<(Ledger, Begin)>,
    /// What a 200 is worth.
    pub judge: fn(&Body) -> Verdict,
    /// Whether it is shown as it comes.
    pub stream: bool,
}

/// What was paid for.
#[derive(Debug)]
pub struct Answer {
    /// The reply.
    pub body: Body,
    /// The reply as it came.
    raw: Bytes,
    /// "run" or "turn".
    noun: &'static str,
    /// How long it took as seen from here.
    pub elapsed: Duration,
    /// The ledger's entry.
    pub entry: Option<u64>,
    /// Where the reply is kept.
    kept: Option<PathBuf>,
    /// What was shown of it while it came.
    live: Option<Live>,
}

impl Paid<'_> {
    /// Sends it, once, and waits.
    ///
    /// # Errors
    /// [`Kind::Partial`] when it may be charged and nobody knows what became of it, a reply that
    /// breaks the contract among them, which is printed; [`Kind::Service`] for a run that failed;
    /// the ledger's own before anything is sent.
    pub async fn send(self, terminal: &mut Terminal) -> Result<Answer, Failure> {
        // SIGHUP and SIGQUIT, too: a terminal that is closed must not cost what was paid for.
        let mut interrupt = Interrupt::listen_to_all()?;
        self.send_until(terminal, async || interrupt.wait().await)
            .await
    }

    /// The same for who listens for signals anyway: `signal` waits for one.
    ///
    /// # Errors
    /// As [`send`](Self::send).
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
        let mut progress = Some(Progress::waiting(&terminal.console, &self.who));
        let mut live = self.stream.then(Live::default);
        if self.stream {
            terminal.printer.be_lenient(&terminal.console);
        }
        let payload = Payload::Json(self.request);
        let reply = {
            let mut hear = live.as_mut().map(|live| {
                let (printer, progress) = (&mut terminal.printer, &mut progress);
                move |event: &Event| {
                    // Both are the same screen, if they are on one.
                    if event.name != "start" {
                        *progress = None;
                    }
                    live.hear(event, printer);
                }
            });
            let listener = hear.as_mut().map(|hear| hear as Listener<'_>);
            let (route, limit) = (&self.route, Some(self.limit));
            tokio::select! {
                reply = self.client.send_heard(route, payload, limit, &exchange, listener) => Ok(reply),
                kind = signal() => Err(kind),
            }
        };
        drop(progress);
        if let Some(live) = &mut live {
            live.end_line(&mut terminal.printer);
        }
        let ended = Ended {
            ledger: self.ledger.as_ref().map(|(ledger, _)| ledger),
            entry,
            elapsed: started.elapsed(),
            noun: self.route.noun(),
            exchange,
        };
        match reply {
            Ok(Ok(reply)) => ended.by_reply(self.judge, reply, live, terminal),
            Ok(Err(error)) => Err(ended.by_error(error, &terminal.console)),
            Err(kind) => Err(ended.by_signal(kind, &terminal.console)),
        }
    }
}

impl Answer {
    /// Begins to report it. What cannot be printed is kept, and the user is told where.
    pub fn report<'t>(&'t self, terminal: &'t mut Terminal) -> Report<'t> {
        terminal
            .report(format_args!("the {} is done", self.noun))
            .or_else(|| self.whereabouts())
    }

    /// Prints what is still to be printed of an answer that was shown as it came.
    fn print_rest(&self, live: &Live, report: &mut Report<'_>, result: Field<'_>) {
        if let Some(trouble) = live.trouble() {
            report.print(|_| Err(trouble));
        } else if wants_events(report.printer()) {
            report.print(|printer| self.print_reply(printer, |_| {}));
        } else if !live.has_shown(result) {
            report.print(|printer| print_alone(printer, result));
        }
    }

    /// Prints the answer, of which `result` is what people want to see: alone on a terminal and
    /// with `--raw`, else within the whole reply.
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

    /// Where the answer can be had again.
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

    /// Keeps an answer that has no entry, or whose entry could not keep it.
    fn keep(&self) -> Result<PathBuf, LedgerError> {
        let name = format!("unrecorded-{}-{}", now_micros(), std::process::id());
        Ledger::of_user()?.keep(&name, &self.raw)
    }

    /// In a line: `7.4 s · end_turn · ledger 1182`.
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

    /// Holds it against what it must be; an answer that is not so is kept, and the failure says
    /// where.
    ///
    /// # Errors
    /// [`Kind::Negative`].
    pub fn check(
        &self,
        checks: &mut Checks,
        result: Field<'_>,
        console: &Console,
    ) -> Result<(), Failure> {
        let findings = checks.look(result);
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

/// Prints a result without the reply that it is in.
fn print_alone(printer: &mut Printer, result: Field<'_>) -> Result<(), Failure> {
    match result {
        Field::Value(Value::String(text)) => printer.line(text.as_bytes()),
        Field::Value(other) => printer.value(other),
        Field::Text(text) => printer.json(text, |words| _ = words.plain(text)),
    }
}
