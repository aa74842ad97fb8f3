//! `get`: prints values.

use serde::Serialize;

use super::complete;
use super::connection::ConnectionArgs;
use super::history::past;
use super::value::ValueForm;
use crate::clasp::client::Error;
use crate::clasp::client::clock::now_micros;
use crate::clasp::client::history;
use crate::clasp::client::request::{self, Selector};
use crate::clasp::note_wildcards;
use crate::clasp::wire::{Param, Pattern, Value, check_address};
use crate::error::{Failure, Kind};
use crate::term::{Cells, Column, Row, Terminal, Words};
use crate::text::time::Age;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp get /lights/front               prints 0.8
  trefoil clasp get /lights/front --meta        with revision, writer and time
  trefoil clasp get /title -r                   a string without its quotes
  trefoil clasp get /volume --default 0.5       if there is none
  trefoil clasp get /lights/front --at 10m      what it was ten minutes ago
  trefoil clasp get '/lights/**' /cue/next      one record a line
  trefoil clasp get '/lights/**' --jq .address";

/// The arguments of `get`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct GetArgs {
    /// Addresses, or patterns: * is one segment, ** any number of them
    #[arg(
        required = true,
        value_name = "ADDRESS",
        add = complete::addresses()
    )]
    addresses: Vec<String>,

    /// Print the whole record: address, value, revision, writer, timestamp
    #[arg(long)]
    meta: bool,

    /// Print the values of this time, from the router's history: a duration ago (10m), RFC 3339, or
    /// µs since the epoch
    #[arg(long, value_name = "TIME", value_parser = past)]
    at: Option<u64>,

    /// Print this for an address that has no value
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    default: Option<String>,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// One param, as `get` prints it.
#[derive(Debug, Serialize)]
struct Found<'a> {
    address: &'a str,
    value: &'a Value<'a>,
    /// None for a value of `--default`.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    writer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<u64>,
    #[serde(skip)]
    now: u64,
}

impl Row for Found<'_> {
    const COLUMNS: &'static [Column] = &[
        Column::left("ADDRESS"),
        Column::left("VALUE"),
        Column::right("REVISION"),
        Column::left("WRITTEN"),
    ];

    fn cells(&self, cells: &mut Cells) {
        cells
            .address(self.address)
            .plain(serde_json::to_string(self.value).unwrap_or_default());
        match self.revision {
            Some(revision) => cells.plain(revision),
            None => cells.dim("default"),
        };
        match self.timestamp {
            Some(at) => cells.dim(Age { at, now: self.now }),
            None => cells.plain(""),
        };
    }
}

impl<'a> Found<'a> {
    fn param(param: &'a Param<'a>, now: u64) -> Found<'a> {
        Found {
            address: &param.address,
            value: &param.value,
            revision: Some(param.revision),
            writer: param.writer.as_deref(),
            timestamp: param.timestamp,
            now,
        }
    }

    fn default(address: &'a str, value: &'a Value<'a>, now: u64) -> Found<'a> {
        Found {
            address,
            value,
            revision: None,
            writer: None,
            timestamp: None,
            now,
        }
    }

    fn describe(&self, words: &mut Words) {
        words.address(self.address).plain(" = ");
        words.plain(serde_json::to_string(self.value).unwrap_or_default());
        if let Some(revision) = self.revision {
            words.dim(format_args!("  (revision {revision}"));
            if let Some(at) = self.timestamp {
                words.dim(format_args!(", {}", Age { at, now: self.now }));
            }
            if let Some(writer) = self.writer {
                words.dim(format_args!(", by {writer}"));
            }
            words.dim(")");
        }
    }
}

impl GetArgs {
    /// Reads and prints.
    ///
    /// # Errors
    /// [`Kind::Negative`] when an address has no value, or a pattern matches none;
    /// [`Kind::Partial`] when the router left out params.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        note_wildcards(&terminal.console, self.addresses.iter().map(String::as_str));
        let wanted = self
            .addresses
            .iter()
            .map(|text| wanted(text))
            .collect::<Result<Vec<_>, _>>()?;
        let default = match &self.default {
            Some(text) => Some(ValueForm::default().argument(text, &terminal.console)?),
            None => None,
        };
        let target = self.connection.target(&terminal.console)?;
        let found = match self.at {
            Some(time) => {
                let request = history::at(&target, &wanted, time);
                self.connection.ask(&target, request)?
            }
            None => {
                let request = request::get(&target, &wanted);
                self.connection.ask(&target, request)?
            }
        };
        ConnectionArgs::warn_if_stale(&target, &terminal.console);
        let scope = match self.at {
            Some(_) => " at that time, as far as the router's history goes",
            None => "",
        };
        let now = now_micros();
        let mut missing = Vec::new();
        let mut rows = Vec::new();
        for (wanted, found) in wanted.iter().zip(&found) {
            match (wanted, found.params.as_slice(), &default) {
                (Selector::Address(address), [], Some(value)) => {
                    rows.push(Found::default(address, value, now));
                }
                (Selector::Address(address), [], None) => {
                    missing.push(format!("no value at {address}{scope}"));
                }
                (Selector::Pattern(pattern), [], _) => {
                    missing.push(format!("nothing matches {}{scope}", pattern.as_str()));
                }
                (_, params, _) => rows.extend(params.iter().map(|p| Found::param(p, now))),
            }
        }
        let one = matches!(wanted.as_slice(), [Selector::Address(_)]);
        match rows.as_slice() {
            [] => {}
            [row] if one && !self.meta => {
                let printed = terminal.printer.value(row.value);
                printed.map_err(|failure| match failure.kind {
                    Kind::Usage => failure.with_hint(
                        "The value of one address is the whole document; --meta makes it a record",
                    ),
                    _ => failure,
                })?;
            }
            [row] if one => terminal
                .printer
                .document(row, |words| row.describe(words))?,
            rows => terminal.printer.records(rows)?,
        }
        let failure = if found.iter().any(|found| found.cut) {
            let endpoint = target.endpoint.clone();
            Some(Failure::from(Error::Truncated { endpoint }))
        } else if !missing.is_empty() {
            Some(Failure::new(Kind::Negative, missing.join("\n")))
        } else {
            None
        };
        if let Some(failure) = failure {
            terminal.printer.flush()?;
            return Err(failure);
        }
        terminal.printer.finish()
    }
}

/// An address, or a pattern if there is a `*` in it.
///
/// # Errors
/// When the text is neither.
pub(super) fn wanted(text: &str) -> Result<Selector, Failure> {
    if text.contains('*') {
        return Ok(Selector::Pattern(Pattern::new(text)?));
    }
    check_address(text)?;
    Ok(Selector::Address(text.to_owned()))
}
