//! `query`: lists the params that exist and the signals that were announced.
//!
//! Routers reply to QUERY with announcements only (quirk 14), so params are read separately, and
//! both lists are merged by address.

mod tree;

use std::collections::BTreeMap;

use serde::Serialize;

use super::connection::ConnectionArgs;
use crate::clasp::client::Error;
use crate::clasp::client::clock::now_micros;
use crate::clasp::client::request;
use crate::clasp::cmd::complete;
use crate::clasp::cmd::wildcards::note_wildcards;
use crate::clasp::record::type_name;
use crate::clasp::wire::{Param, Pattern, Signal, Value};
use crate::error::{Failure, Kind};
use crate::term::{Cells, Column, Row, Terminal};
use crate::text::time::Age;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp query                           everything
  trefoil clasp query '/sensors/**'
  trefoil clasp query --tree
  trefoil clasp query --jq 'select(.announced) | .address' -r";

/// The arguments of `query`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct QueryArgs {
    /// What to match: * is one segment, ** any number of them
    #[arg(default_value = "/**", add = complete::addresses())]
    pattern: String,

    /// Draw the addresses as a tree
    #[arg(long, conflicts_with = "jq")]
    tree: bool,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// One signal, as `query` prints it.
#[derive(Debug, Serialize)]
struct Found<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    writer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<u64>,
    /// Whether it was announced.
    announced: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    datatype: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<&'a str>,
    #[serde(skip)]
    now: u64,
}

impl<'a> Found<'a> {
    fn announced(address: &'a str) -> Found<'a> {
        Found {
            kind: "event",
            address,
            value: None,
            revision: None,
            writer: None,
            timestamp: None,
            announced: true,
            datatype: None,
            access: None,
            now: 0,
        }
    }

    fn signal(signal: &'a Signal<'a>, now: u64) -> Found<'a> {
        Found {
            kind: type_name(signal.signal),
            datatype: signal.datatype.as_deref(),
            access: signal.access.as_deref(),
            now,
            ..Found::announced(&signal.address)
        }
    }

    /// Adds the param's value.
    fn holds(&mut self, param: &'a Param<'a>) {
        self.value = Some(&param.value);
        self.revision = Some(param.revision);
        self.writer = param.writer.as_deref();
        self.timestamp = param.timestamp;
    }
}

impl Row for Found<'_> {
    const COLUMNS: &'static [Column] = &[
        Column::left("ADDRESS"),
        Column::left("TYPE"),
        Column::left("VALUE"),
        Column::right("REVISION"),
        Column::left("WRITTEN"),
        Column::left("ANNOUNCED"),
    ];

    fn cells(&self, cells: &mut Cells) {
        cells.address(self.address).plain(self.kind);
        match self.value {
            Some(value) => cells.plain(serde_json::to_string(value).unwrap_or_default()),
            None => cells.plain(""),
        };
        cells.plain(self.revision.map(|n| n.to_string()).unwrap_or_default());
        match self.timestamp {
            Some(at) => cells.dim(Age { at, now: self.now }),
            None => cells.plain(""),
        };
        match (self.announced, self.datatype) {
            (true, Some(datatype)) => cells.dim(datatype),
            (true, None) => cells.dim("yes"),
            (false, _) => cells.plain(""),
        };
    }
}

/// Merges both lists by address.
fn merge<'a>(params: &'a [Param<'a>], signals: &'a [Signal<'a>], now: u64) -> Vec<Found<'a>> {
    let mut found: BTreeMap<&str, Found<'_>> = signals
        .iter()
        .map(|signal| (&*signal.address, Found::signal(signal, now)))
        .collect();
    for param in params {
        found
            .entry(&param.address)
            .or_insert_with(|| Found {
                kind: "param",
                announced: false,
                now,
                ..Found::announced(&param.address)
            })
            .holds(param);
    }
    found.into_values().collect()
}

impl QueryArgs {
    /// Requests both lists and prints them.
    ///
    /// # Errors
    /// [`Kind::Negative`] when nothing matches.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        note_wildcards(&terminal.console, [self.pattern.as_str()]);
        let pattern = Pattern::new(&self.pattern)?;
        let target = self.connection.target(&terminal.console)?;
        let (params, signals) = self
            .connection
            .ask(&target, request::query(&target, &pattern))?;
        ConnectionArgs::warn_if_stale(&target, &terminal.console);
        let found = merge(&params.params, &signals, now_micros());
        if found.is_empty() {
            return Err(Failure::new(
                Kind::Negative,
                format!("nothing matches {}", pattern.as_str()),
            ));
        }
        if self.tree {
            terminal.printer.words(|words| tree::draw(&found, words))?
        } else {
            terminal.printer.records(&found)?
        }
        if params.cut {
            terminal.printer.flush()?;
            let endpoint = target.endpoint.clone();
            return Err(Error::Truncated { endpoint }.into());
        }
        terminal.printer.finish()
    }
}
