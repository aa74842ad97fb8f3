//! `ledger`: shows the recorded runs and turns.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::settle::SettleArgs;
use crate::error::{Failure, Kind};
use crate::forge::api::large::Field;
use crate::forge::api::reply::{Body, text_of};
use crate::forge::ledger::{Entry, Ledger, now_micros};
use crate::term::{Cells, Column, Row, Terminal, Words};
use crate::text::time::Age;

const EXAMPLES: &str = "\
Examples:
  trefoil forge ledger list
  trefoil forge ledger show 1182
  trefoil forge ledger last -r                  the last result again";

const LIST_EXAMPLES: &str = "\
Examples:
  trefoil forge ledger list --limit 100
  trefoil forge ledger list --jq '.[] | select(.outcome != \"done\")'
  trefoil forge ledger list --jq 'map(.cost_usd) | add'";

const SHOW_EXAMPLES: &str = "\
Examples:
  trefoil forge ledger show 1182
  trefoil forge ledger show 1182 --jq .reply.result";

const LAST_EXAMPLES: &str = "\
Examples:
  trefoil forge ledger last
  trefoil forge ledger last -r > answer.txt";

/// How many entries are listed if nothing else is said.
const DEFAULT_LIMIT: usize = 20;

/// What may be typed after `ledger`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct LedgerGroup {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List runs and turns, the newest last
    #[command(after_help = LIST_EXAMPLES)]
    List(ListArgs),
    /// Show one, with the service's reply
    #[command(after_help = SHOW_EXAMPLES)]
    Show(ShowArgs),
    /// Show the newest
    #[command(after_help = LAST_EXAMPLES)]
    Last(LastArgs),
    /// Ask the service for the outcome of entries without a known one
    Settle(Box<SettleArgs>),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// List this many of the newest [default: 20]
    #[arg(long, short = 'n', value_name = "N")]
    limit: Option<usize>,
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// The entry's number
    #[arg(add = super::complete::entries())]
    id: u64,
}

#[derive(Debug, clap::Args)]
struct LastArgs {}

/// An entry as it is listed.
#[derive(Debug, Serialize)]
struct Listed {
    #[serde(flatten)]
    entry: Entry,
    /// An entry with an end has its outcome there.
    #[serde(rename = "outcome", skip_serializing_if = "Option::is_none")]
    without_end: Option<&'static str>,
    #[serde(skip)]
    now: u64,
}

/// An entry as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    listed: Listed,
    /// The service's reply; null if it was not stored.
    reply: Option<Body>,
}

impl Row for Listed {
    const COLUMNS: &'static [Column] = &[
        Column::right("ID"),
        Column::left("WHEN"),
        Column::left("WHAT"),
        Column::right("TOOK"),
        Column::right("USD"),
        Column::left("OUTCOME"),
    ];

    fn cells(&self, cells: &mut Cells) {
        let begin = &self.entry.begin;
        cells.plain(self.entry.id).dim(Age {
            at: begin.started,
            now: self.now,
        });
        match (&begin.session, &begin.model) {
            (Some(session), _) => cells.plain(format_args!("turn {session}")),
            (None, Some(model)) => cells.plain(format_args!("run {model}")),
            (None, None) => cells.plain(&begin.kind),
        };
        match &self.entry.end {
            Some(end) => cells.plain(format_args!("{:.1} s", end.elapsed_ms as f64 / 1e3)),
            None => cells.plain(""),
        };
        match self.entry.end.as_ref().and_then(|end| end.cost_usd) {
            Some(usd) => cells.plain(format_args!("{usd:.4}")),
            None => cells.plain(""),
        };
        match self.entry.outcome() {
            "done" => cells.plain("done"),
            other => cells.bad(other.replace('_', " ")),
        };
    }
}

impl LedgerGroup {
    /// Runs the verb.
    ///
    /// # Errors
    /// [`Kind::Negative`] when there is no such entry; the errors of the ledger.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let ledger = Ledger::of_user()?;
        let entries = ledger.entries()?;
        match self.verb {
            Verb::List(args) => args.run(entries, terminal),
            Verb::Settle(args) => args.run(&ledger, entries, terminal),
            Verb::Show(args) => {
                let found = entries.into_iter().find(|entry| entry.id == args.id);
                let found = found.ok_or_else(|| {
                    Failure::new(
                        Kind::Negative,
                        format!("no entry {} in the ledger", args.id),
                    )
                    .with_hint("What there is: trefoil forge ledger list")
                })?;
                show(&ledger, found, terminal)
            }
            Verb::Last(LastArgs {}) => match entries.into_iter().next_back() {
                Some(entry) => show(&ledger, entry, terminal),
                None => Err(Failure::new(Kind::Negative, "the ledger is empty")),
            },
        }
    }
}

impl ListArgs {
    fn run(self, entries: Vec<Entry>, mut terminal: Terminal) -> Result<(), Failure> {
        let count = entries.len();
        let skipped = count.saturating_sub(self.limit.unwrap_or(DEFAULT_LIMIT));
        if skipped > 0 && self.limit.is_none() {
            terminal.console.note(format_args!(
                "the newest {DEFAULT_LIMIT} of {count}; all: --limit {count}"
            ));
        }
        let now = now_micros();
        let rows: Vec<Listed> = entries
            .into_iter()
            .skip(skipped)
            .map(|entry| Listed::of(entry, now))
            .collect();
        terminal.printer.list(&rows)?;
        terminal.printer.finish()
    }
}

impl Listed {
    fn of(entry: Entry, now: u64) -> Listed {
        Listed {
            without_end: entry.end.is_none().then(|| entry.outcome()),
            entry,
            now,
        }
    }
}

fn show(ledger: &Ledger, entry: Entry, mut terminal: Terminal) -> Result<(), Failure> {
    let reply = ledger.answer(entry.id)?;
    let reply = reply.map(|bytes| Body::read_paid(&bytes.into()));
    let listed = Listed::of(entry, now_micros());
    let shown = Shown { listed, reply };
    let printer = &mut terminal.printer;
    if printer.is_raw() && !printer.is_filtered() {
        let Some(reply) = &shown.reply else {
            let id = shown.listed.entry.id;
            return Err(Failure::new(
                Kind::Negative,
                format!("entry {id} has no reply"),
            ));
        };
        match result(reply) {
            Part::Said(text) => printer.line(text.as_bytes())?,
            Part::Value(value) => printer.value(value)?,
            Part::Text(text) => printer.json(text, |words| _ = words.plain(text))?,
        }
    } else {
        printer.document(&shown, |words| shown.describe(words))?;
    }
    printer.finish()
}

/// The part of a reply that people want to see.
enum Part<'a> {
    /// A text.
    Said(Cow<'a, str>),
    /// A value.
    Value(&'a Value),
    /// The JSON text of a large value.
    Text(&'a str),
}

/// A run's result, a turn's text, or else the whole reply.
fn result(reply: &Body) -> Part<'_> {
    match (reply.part("result"), reply.part("events"), reply) {
        (Some(Field::Value(Value::String(text))), ..) => Part::Said(text.into()),
        (Some(Field::Text(text)), ..) => Part::Text(text),
        (Some(Field::Value(value)), ..) if !value.is_null() => Part::Value(value),
        (_, Some(Field::Text(_)), _) => Part::Said(text_of(reply).into()),
        (_, Some(Field::Value(events)), _) if !events.is_null() => {
            Part::Said(text_of(reply).into())
        }
        (.., Body::Json(Value::String(text)) | Body::Text(text)) => Part::Said(text.into()),
        (.., Body::Json(value)) => Part::Value(value),
        (.., Body::Large(large)) => Part::Text(large.text()),
    }
}

impl Shown {
    fn describe(&self, words: &mut Words) {
        let entry = &self.listed.entry;
        let mut fact = |name: &str, value: &dyn std::fmt::Display| {
            words.dim(format_args!("{name:<9}")).plain(value).end_line();
        };
        fact("entry", &entry.id);
        let now = self.listed.now;
        let at = entry.begin.started;
        fact("when", &Age { at, now });
        fact("service", &entry.begin.url);
        for (name, value) in [
            ("session", &entry.begin.session),
            ("model", &entry.begin.model),
        ] {
            if let Some(value) = value {
                fact(name, value);
            }
        }
        let (bytes, hash) = (entry.begin.prompt_bytes, &entry.begin.prompt_sha256);
        fact(
            "prompt",
            &format_args!(
                "{bytes} {}, sha256 {}…",
                if bytes == 1 { "byte" } else { "bytes" },
                &hash[..hash.len().min(12)]
            ),
        );
        fact("outcome", &entry.outcome().replace('_', " "));
        if let Some(end) = &entry.end {
            fact(
                "took",
                &format_args!("{:.1} s", end.elapsed_ms as f64 / 1e3),
            );
            if let Some(usd) = end.cost_usd {
                fact("cost", &format_args!("{usd:.4} USD"));
            }
            if let Some(reason) = &end.stop_reason {
                fact("stopped", reason);
            }
            if let Some(error) = &end.error {
                fact("error", error);
            }
        }
        if let Some(reply) = &self.reply {
            words.end_line();
            match result(reply) {
                Part::Said(text) => words.lines(text),
                Part::Value(value) => words.plain(value),
                Part::Text(text) => words.plain(text),
            };
        }
    }
}
