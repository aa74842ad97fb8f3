//! `query`: lists the params that exist and the signals that were announced.
//!
//! Routers reply to QUERY with announcements only (quirk 14), so params are read separately, and
//! both lists are merged by address.

use std::collections::BTreeMap;

use serde::Serialize;

use super::complete;
use super::connection::ConnectionArgs;
use crate::clasp::client::clock::now_micros;
use crate::clasp::client::{Error, request};
use crate::clasp::note_wildcards;
use crate::clasp::record::type_name;
use crate::clasp::wire::{Param, Pattern, Signal, Value};
use crate::error::{Failure, Kind};
use crate::term::{Cells, Column, Row, Terminal, Words};
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
            terminal.printer.words(|words| draw(&found, words))?
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

/// Deeper segments are shown as one name: an address of another router may have 32,000 segments,
/// and the length of a line grows with the depth.
const DEEPEST: usize = 32;

/// One line: a segment, with the signal at it, if there is one.
struct Node<'a> {
    depth: usize,
    name: &'a str,
    found: Option<&'a Found<'a>>,
    /// Whether it is the last child of its parent.
    last: bool,
}

/// Draws the tree.
fn draw(found: &[Found<'_>], words: &mut Words) {
    let nodes = nodes(found);
    // For each depth, whether its branch continues below this line.
    let mut open: Vec<bool> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        if index > 0 {
            words.end_line();
        }
        open.truncate(node.depth);
        for open in open.iter().skip(1) {
            words.dim(if *open { "│  " } else { "   " });
        }
        match (node.depth, node.last) {
            (0, _) => words.address(format_args!("/{}", node.name)),
            (_, true) => words.dim("└─ ").address(node.name),
            (_, false) => words.dim("├─ ").address(node.name),
        };
        open.push(!node.last);
        if let Some(found) = node.found {
            describe(found, words);
        }
    }
}

fn describe(found: &Found<'_>, words: &mut Words) {
    match found.value {
        Some(value) => {
            words.plain("   ");
            words.plain(serde_json::to_string(value).unwrap_or_default());
            words.dim(format_args!("   {}", value.type_name()));
        }
        None => _ = words.plain("   ").plain(found.kind),
    }
    if found.announced {
        words.dim("   (announced)");
    }
}

/// Every segment once, each parent before its children.
fn nodes<'a>(found: &'a [Found<'a>]) -> Vec<Node<'a>> {
    let mut split: Vec<(Vec<&str>, &Found<'_>)> = found
        .iter()
        .map(|found| {
            let path = found.address.trim_start_matches('/');
            (path.splitn(DEEPEST, '/').collect(), found)
        })
        .collect();
    // Sorted by segments, not by text: `/a/b` belongs below `/a`, before `/a-b`.
    split.sort_by(|a, b| a.0.cmp(&b.0));
    let mut nodes: Vec<Node<'_>> = Vec::new();
    let mut path: &[&str] = &[];
    for (segments, found) in &split {
        let common = path
            .iter()
            .zip(segments)
            .take_while(|(a, b)| a == b)
            .count();
        for (depth, name) in segments.iter().enumerate().skip(common) {
            nodes.push(Node {
                depth,
                name,
                found: (depth + 1 == segments.len()).then_some(found),
                last: true,
            });
        }
        path = segments;
    }
    // From the bottom up: a node is the last child unless its depth was seen since the last
    // shallower node.
    let mut seen: Vec<bool> = Vec::new();
    for node in nodes.iter_mut().rev() {
        seen.resize(node.depth + 1, false);
        node.last = !std::mem::replace(&mut seen[node.depth], true);
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(addresses: &[&'static str]) -> Vec<String> {
        let found: Vec<Found<'_>> = addresses
            .iter()
            .map(|address| Found::announced(address))
            .collect();
        let mut open: Vec<bool> = Vec::new();
        nodes(&found)
            .iter()
            .map(|node| {
                open.truncate(node.depth);
                open.push(!node.last);
                let there = if node.found.is_some() { "*" } else { "" };
                let last = if node.last { "└" } else { "├" };
                format!("{} {last} {}{there}", node.depth, node.name)
            })
            .collect()
    }

    #[test]
    fn children_follow_their_parent_and_the_last_one_ends_the_branch() {
        assert_eq!(
            lines(&[
                "/lights/front",
                "/lights",
                "/lights-b",
                "/lights/color/r",
                "/cues/go"
            ]),
            [
                "0 ├ cues",
                "1 └ go*",
                "0 ├ lights*",
                "1 ├ color",
                "2 └ r*",
                "1 └ front*",
                "0 └ lights-b*",
            ]
        );
    }

    #[test]
    fn an_address_of_a_thousand_segments_is_not_a_thousand_deep() {
        let deep: &'static str = "/a".repeat(10_000).leak();
        assert_eq!(lines(&[deep]).len(), DEEPEST);
    }
}
