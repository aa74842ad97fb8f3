//! `batch`: sends a file of prompts and prints one result for each line. With its journal it can be
//! killed at any point and continued: nothing is paid for twice.

mod input;
mod journal;
mod tally;
mod work;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde::Serialize;

use super::connection::AppArgs;
use super::paid::run_timeout;
use super::prompt::text;
use super::transfer::unique;
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::forge::client::block_on;
use crate::term::{Console, Interrupt, Printer, Progress, Report, Terminal};
use crate::text::duration::whole_seconds;

use input::{Defaults, EFFORTS, Input, Jobs};
use journal::{End, Journal};
use tally::Tally;
use work::{Worked, Worker};

const EXAMPLES: &str = "\
Examples:
  trefoil forge batch prompts.ndjson --journal run.journal > results.ndjson
  trefoil forge batch prompts.ndjson --journal night.journal --resume
  cat prompts.ndjson | trefoil forge batch - --journal run.journal
  trefoil forge batch prompts.ndjson --journal try.journal --max-runs 3
  trefoil forge batch prompts.ndjson --journal b.journal --jq .reply.result

A line is a prompt as a JSON string, or an object with \"prompt\" and perhaps
\"model\", \"system\", \"system_mode\", \"effort\", \"files\" (tokens: ff_…) and
\"timeout_secs\". A result is {\"line\",\"outcome\",\"status\",\"error\",\"reply\"}, in
input order.

Each line is in the journal, on disk, before it is sent, with a key by which
the service knows it again. --resume asks what became of those that were cut
off, sends what was not sent, and prints all results. A service that keeps no
answers by their key cannot be asked: such a line stays unknown, and only
--retry-unknown sends it again, which may be charged twice.";

/// How many lines may be processed ahead of one that has not ended: their results wait in memory.
const AHEAD: usize = 1_000;

/// What may be typed after `batch`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct BatchArgs {
    /// The prompts, one JSON string or object a line; - is stdin
    #[arg(value_name = "FILE")]
    input: PathBuf,

    /// Record in this file what was sent, and its outcome
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,

    /// Continue the batch of an existing journal
    #[arg(long)]
    resume: bool,

    /// Run this many at once, 1 to 64
    #[arg(
        long,
        value_name = "K",
        default_value_t = 4,
        value_parser = clap::value_parser!(u16).range(1..=64)
    )]
    concurrency: u16,

    /// Start at most this many runs, and leave the rest
    #[arg(long, value_name = "N")]
    max_runs: Option<u64>,

    /// Send lines of unknown outcome again; they may be charged twice
    #[arg(long, requires = "resume")]
    retry_unknown: bool,

    /// Print results as they arrive, not in input order
    #[arg(long)]
    unordered: bool,

    /// The model of lines without one
    #[arg(long, value_name = "NAME", default_value = "sonnet")]
    model: String,

    /// The system prompt of lines without one: a text, or @FILE
    #[arg(long, value_name = "TEXT")]
    system: Option<String>,

    /// Append --system to the model's own system prompt, or replace that
    #[arg(long, value_name = "MODE", requires = "system", value_parser = ["append", "replace"])]
    system_mode: Option<String>,

    /// The effort of lines without one: low, medium, high, xhigh or max
    #[arg(long, value_name = "LEVEL", hide_possible_values = true, value_parser = EFFORTS)]
    effort: Option<String>,

    /// The time limit of lines without one, 5s to 30m, a bare number is seconds; the
    /// reply may come 30 s later [default: 120s, or what the token may use]
    #[arg(long, value_name = "DURATION", value_parser = run_timeout)]
    timeout: Option<Duration>,

    #[command(flatten)]
    app: AppArgs,
}

/// The result of a line, as it is printed.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    line: u64,
    #[serde(flatten)]
    end: &'a End,
}

impl BatchArgs {
    /// Sends the lines and prints their results.
    ///
    /// # Errors
    /// A usage failure before anything is sent if lines or the journal cannot be used. Afterwards
    /// [`Kind::Partial`] if some lines are done and others are not, or an outcome is unknown;
    /// otherwise the kind of the lines' failures.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let input = self.input()?;
        let client = self.app.client(&terminal.console, Intent::Write(&[]))?;
        let (url, token) = (
            client.base().to_string(),
            client.token().unwrap_or_default(),
        );
        let named = |failure: Failure| match self.input.to_str() {
            Some("-") => failure,
            _ => failure.context(self.input.display().to_string()),
        };
        let batch = unique()?;
        let (journal, lines) = if self.resume {
            let journal = Journal::resume(&self.journal, batch, &url, token)?;
            let mut check = journal.check();
            let lines = input.look(|job| check.see(job)).map_err(named)?;
            check.end()?;
            (journal, lines)
        } else {
            // The journal is created only when all lines are valid.
            let lines = input.look(|_| Ok(())).map_err(named)?;
            (Journal::begin(&self.journal, batch, &url, token)?, lines)
        };
        if !journal.is_same_token() {
            terminal.console.warn(
                "the journal was begun with another token: what was cut off under that one cannot \
                 be asked about, and stays unknown",
            );
        }
        let console = terminal.console.clone();
        let worker = Worker::new(
            &client,
            &console,
            journal,
            self.retry_unknown,
            self.max_runs,
        );
        // The result is paid for and in the journal, so a failing filter must not end the batch.
        terminal.printer.be_lenient(&console);
        let mut batch = Batch {
            worker,
            results: Results::new(&mut terminal.printer, &console, self.unordered),
            tally: Tally::new(lines),
        };
        let signal = block_on(batch.run(input.jobs()?, lines, usize::from(self.concurrency)))??;
        let Batch {
            worker,
            results,
            tally,
            ..
        } = batch;
        let trouble = results.finish();
        let journal = self.journal.display();
        let input = self.input.display();
        let again = format!("Go on with: trefoil forge batch {input} --journal {journal} --resume");
        let result = tally.result(worker.take_stopped(), signal, &again);
        if result.is_ok() && !tally.is_empty() {
            console.note(format_args!("{tally} · journal {journal}"));
        }
        let done = format!("{} of {lines} lines are done", tally.done);
        let mut report = Report::new(&mut terminal.printer, &console, done)
            .or_else(|| format!("The results are in the journal: {journal}"));
        if let Some(trouble) = trouble {
            report.print(|_| Err(trouble));
        }
        report.finish(result)
    }

    fn input(&self) -> Result<Input, Failure> {
        let system = match &self.system {
            Some(given) if given == "-" => {
                return Err(Failure::usage("--system is a text or @FILE in a batch"));
            }
            Some(given) => Some(text("system prompt", given)?.into_owned()),
            None => None,
        };
        let defaults = Defaults {
            model: self.model.clone(),
            system,
            system_mode: self.system_mode.clone(),
            effort: self.effort.clone(),
            timeout_secs: self.timeout.map(whole_seconds),
        };
        Input::open(&self.input, defaults)
    }
}

/// A running batch.
struct Batch<'a> {
    worker: Worker<'a>,
    results: Results<'a>,
    tally: Tally,
}

impl Batch<'_> {
    /// Processes this many lines at once; returns the signal that ended it, if one did. Lines that
    /// are running then are continued from the journal later.
    async fn run(
        &mut self,
        jobs: Jobs<'_>,
        lines: u64,
        at_once: usize,
    ) -> Result<Option<Kind>, Failure> {
        let mut interrupt = Interrupt::listen_to_all()?;
        let progress = Progress::items(self.results.console, lines);
        let worker = &self.worker;
        let mut waiting = jobs.enumerate().peekable();
        let mut running = FuturesUnordered::new();
        let mut is_sound = true;
        let signal = loop {
            // Results of earlier lines are printed even when nothing more is sent.
            while is_sound && running.len() < at_once {
                let ahead = self.results.next + AHEAD;
                let Some((place, job)) = waiting.next_if(|(place, _)| *place < ahead) else {
                    break;
                };
                match job {
                    Ok(job) => running.push(async move {
                        let worked = worker.work(&job).await;
                        (place, job.line, worked)
                    }),
                    // It was valid when it was checked.
                    Err(why) => {
                        worker.stop(Failure::usage(format!("the input has changed: {why}")));
                        is_sound = false;
                    }
                }
            }
            let ended = tokio::select! {
                ended = running.next() => ended,
                kind = interrupt.wait() => break Some(kind),
            };
            let Some((place, line, worked)) = ended else {
                break None;
            };
            match worked {
                Worked::Left => self.results.left(place),
                Worked::Ended(end) => {
                    self.tally.add(line, &end, self.results.console);
                    self.results.add(place, line, end);
                }
                Worked::Stopped(end) => {
                    self.tally.count(&end);
                    self.results.add_stopped(place, line, end);
                }
            }
            if let Some(why) = self.results.is_broken() {
                worker.stop(Failure::new(Kind::Partial, why));
            }
            progress.moved(self.tally.ended());
            progress.say(&self.tally.to_string());
        };
        self.tally.cut_off(running.len());
        Ok(signal)
    }
}

/// Prints the results on stdout.
struct Results<'a> {
    printer: &'a mut Printer,
    console: &'a Console,
    unordered: bool,
    /// The index of the next line to print (unordered: how many have ended), and the results that are
    /// waiting for earlier lines. `None` is a line without a result.
    next: usize,
    early: BTreeMap<usize, Option<Ended>>,
    trouble: Option<Failure>,
}

/// A result that is to be printed.
struct Ended {
    line: u64,
    end: End,
    /// Whether its error is printed at the end of the command: people then see it only there.
    is_told_at_end: bool,
}

impl<'a> Results<'a> {
    fn new(printer: &'a mut Printer, console: &'a Console, unordered: bool) -> Results<'a> {
        Results {
            printer,
            console,
            unordered,
            next: 0,
            early: BTreeMap::new(),
            trouble: None,
        }
    }

    /// Adds the result of a line.
    fn add(&mut self, place: usize, line: u64, end: End) {
        self.take(
            place,
            Some(Ended {
                line,
                end,
                is_told_at_end: false,
            }),
        );
    }

    /// Adds the result of a line whose error is printed at the end of the command.
    fn add_stopped(&mut self, place: usize, line: u64, end: End) {
        self.take(
            place,
            Some(Ended {
                line,
                end,
                is_told_at_end: true,
            }),
        );
    }

    /// Marks that a line has no result in this run.
    fn left(&mut self, place: usize) {
        self.take(place, None);
    }

    fn take(&mut self, place: usize, result: Option<Ended>) {
        let place = if self.unordered { self.next } else { place };
        self.early.insert(place, result);
        while let Some(result) = self.early.remove(&self.next) {
            if let Some(ended) = result {
                self.print(&ended);
            }
            self.next += 1;
        }
        self.flush();
    }

    fn print(&mut self, ended: &Ended) {
        let Ended { line, end, .. } = ended;
        let shown = Shown { line: *line, end };
        let printed = self.printer.document(&shown, |words| {
            words.dim(format_args!("line {line}  "));
            match (&end.error, &end.reply["result"]) {
                (Some(_), _) if ended.is_told_at_end => words.bad(end.outcome),
                (Some(error), _) => words.bad(end.outcome).plain(format_args!("  {error}")),
                (None, serde_json::Value::String(text)) => words.lines(text.trim_end()),
                (None, result) => words.plain(result),
            };
        });
        self.keep(printed);
    }

    /// Flushes the output; the progress bar is removed meanwhile.
    fn flush(&mut self) {
        let printer = &mut *self.printer;
        let flushed = self.console.beside_bar(|| printer.flush());
        self.keep(flushed);
    }

    fn keep(&mut self, printed: Result<(), Failure>) {
        if let Err(trouble) = printed {
            self.trouble.get_or_insert(trouble);
        }
    }

    /// Why results cannot be printed, so that no more should be paid for.
    fn is_broken(&self) -> Option<String> {
        self.trouble.as_ref().map(Failure::message)
    }

    /// Prints the results that are still waiting for earlier lines; returns the first failure.
    fn finish(mut self) -> Option<Failure> {
        for ended in std::mem::take(&mut self.early).into_values().flatten() {
            self.print(&ended);
        }
        self.flush();
        self.trouble
    }
}
