//! `dump`: prints state as one JSON object of address to value.
//!
//! Takes patterns. Prints a complete object or none, because a reader of the file could not see
//! that something is missing.

use std::fs;
use std::path::PathBuf;

use super::connection::ConnectionArgs;
use super::get::wanted;
use crate::clasp::client::Error;
use crate::clasp::client::request::{self, Selector};
use crate::clasp::note_wildcards;
use crate::clasp::record::{StateDocument, WriteOnce};
use crate::error::{Failure, Kind};
use crate::term::{Terminal, Words};
use crate::text::count::Count;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp dump                            all params
  trefoil clasp dump '/lights/**' /cue/next > show.json
  trefoil clasp dump --out show.json            one address a line, for git
  trefoil clasp dump | trefoil clasp apply - --url ws://spare:7330

It holds the values of params: no events, no revisions, no TTLs. It is printed
completely or not at all.";

/// The arguments of `dump`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct DumpArgs {
    /// Addresses, or patterns: * is one segment, ** any number of them
    #[arg(value_name = "PATTERN", default_value = "/**")]
    patterns: Vec<String>,

    /// Write it to this file, which stays as it is if there is nothing to write
    #[arg(long, value_name = "FILE", conflicts_with = "jq")]
    out: Option<PathBuf>,

    #[command(flatten)]
    connection: ConnectionArgs,
}

impl DumpArgs {
    /// Reads and prints.
    ///
    /// # Errors
    /// [`Kind::Negative`] when a pattern matches nothing, after the rest was printed;
    /// [`Kind::Partial`], and nothing is printed, when the router left out params or a value cannot
    /// be written as JSON.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        note_wildcards(&terminal.console, self.patterns.iter().map(String::as_str));
        let wanted = self
            .patterns
            .iter()
            .map(|text| wanted(text))
            .collect::<Result<Vec<_>, _>>()?;
        let target = self.connection.target(&terminal.console)?;
        let found = self
            .connection
            .ask(&target, request::get(&target, &wanted))?;
        ConnectionArgs::warn_if_stale(&target, &terminal.console);
        if found.iter().any(|found| found.cut) {
            let endpoint = target.endpoint.clone();
            return Err(Error::Truncated { endpoint }.into());
        }
        let missing: Vec<String> = wanted
            .iter()
            .zip(&found)
            .filter(|(_, found)| found.params.is_empty())
            .map(|(wanted, _)| match wanted {
                Selector::Address(address) => format!("no value at {address}"),
                Selector::Pattern(pattern) => format!("nothing matches {}", pattern.as_str()),
            })
            .collect();
        let state = StateDocument::new(found.into_iter().flat_map(|found| found.params));
        check(&state)?;
        match &self.out {
            _ if state.0.is_empty() => {}
            Some(file) => {
                fs::write(file, lines(&state)).map_err(|error| {
                    Failure::usage(format!("cannot write {}: {error}", file.display()))
                })?;
                terminal.console.note(format_args!(
                    "{} addresses in {}",
                    Count(state.0.len() as u64),
                    file.display()
                ));
            }
            None if terminal.printer.is_filtered() => {
                terminal.printer.value(&WriteOnce::from(state))?;
            }
            None => terminal
                .printer
                .document(&state, |words| draw(&state, words))?,
        }
        match missing.as_slice() {
            [] => terminal.printer.finish(),
            missing => {
                terminal.printer.flush()?;
                Err(Failure::new(Kind::Negative, missing.join("\n")))
            }
        }
    }
}

/// Refuses values that could not be read back.
fn check(state: &StateDocument) -> Result<(), Failure> {
    match state.unwritable().as_slice() {
        [] => Ok(()),
        lost => Err(Failure::new(
            Kind::Partial,
            format!(
                "the values of these addresses cannot be written as JSON and read back: {}",
                lost.join(", ")
            ),
        )
        .with_hint("Name other addresses or patterns; get prints these as they are")),
    }
}

/// Draws the object with one address per line, for a terminal.
fn draw(state: &StateDocument, words: &mut Words) {
    words.plain("{");
    for (n, (address, value)) in state.0.iter().enumerate() {
        words.plain(if n > 0 { "," } else { "" }).end_line();
        words
            .plain("  ")
            .address(json(address))
            .plain(": ")
            .plain(json(value));
    }
    words.end_line().plain("}");
}

/// The object with one address per line, for a file.
fn lines(state: &StateDocument) -> String {
    let entries: Vec<String> = state
        .0
        .iter()
        .map(|(address, value)| format!("  {}: {}", json(address), json(value)))
        .collect();
    format!("{{\n{}\n}}\n", entries.join(",\n"))
}

fn json(data: &impl serde::Serialize) -> String {
    serde_json::to_string(data).unwrap_or_default()
}
