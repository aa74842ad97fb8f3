//! What addresses should hold. Takes a file, gives where the router differs from it.

use std::fs::File;
use std::io::stdin;
use std::path::PathBuf;

use serde::Serialize;

use super::connection::ConnectionArgs;
use crate::clasp::client::Target;
use crate::clasp::client::request::{self, Wanted};
use crate::clasp::record::State;
use crate::clasp::wire::Value;
use crate::error::Failure;
use crate::term::{Cells, Column, Row};
use crate::text::whole::read_text;

/// The largest state that is read, in bytes: a router of some million params has less.
const LONGEST: u64 = 1 << 30;

/// Which file.
#[derive(Debug, Clone, clap::Args)]
pub struct DesiredArgs {
    /// One JSON object of address to value, as dump prints it; - reads stdin
    file: PathBuf,
}

impl DesiredArgs {
    /// Reads it.
    ///
    /// # Errors
    /// A file that cannot be read, or is no such object: with the line, or the address.
    pub fn read(&self) -> Result<State, Failure> {
        let (name, text) = match self.file.to_str() {
            Some("-") => ("stdin".to_owned(), read_text(stdin().lock(), LONGEST)),
            _ => (
                self.file.display().to_string(),
                File::open(&self.file).and_then(|file| read_text(file, LONGEST)),
            ),
        };
        let text = text.map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))?;
        State::parse(&text).map_err(|error| Failure::from(error).context(name))
    }
}

/// What the router holds at the addresses of a state, where it holds anything.
///
/// # Errors
/// The router's refusal; no connection; the deadline, which grows with the number of addresses.
pub fn held(connection: &ConnectionArgs, target: &Target, state: &State) -> Result<State, Failure> {
    let wanted: Vec<Wanted> = state.0.keys().cloned().map(Wanted::Address).collect();
    let by_itself = request::time_at_rate_limit(wanted.len());
    let found = connection.ask_within(target, by_itself, request::get(target, &wanted))?;
    let params = found.into_iter().flat_map(|found| found.params);
    Ok(State::new(params))
}

/// An address, what it should hold, and what it does.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Change<'a> {
    /// Where.
    pub address: &'a str,
    /// What it should hold.
    pub wanted: &'a Value<'static>,
    /// What it holds, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<&'a Value<'static>>,
}

impl<'a> Change<'a> {
    /// Every address of a state, beside what is held there.
    pub fn all(wanted: &'a State, held: &'a State) -> impl Iterator<Item = Change<'a>> {
        wanted.0.iter().map(|(address, wanted)| Change {
            address,
            wanted,
            found: held.0.get(address),
        })
    }

    /// Whether the address holds anything else than it should.
    pub fn differs(&self) -> bool {
        self.found != Some(self.wanted)
    }
}

impl Row for Change<'_> {
    const COLUMNS: &'static [Column] = &[
        Column::left("ADDRESS"),
        Column::left("WANTED"),
        Column::left("FOUND"),
    ];

    fn cells(&self, cells: &mut Cells) {
        let json = |value| serde_json::to_string(value).unwrap_or_default();
        cells.address(self.address).plain(json(self.wanted));
        match self.found {
            Some(found) if self.differs() => cells.bad(json(found)),
            Some(found) => cells.plain(json(found)),
            None => cells.dim("no value"),
        };
    }
}
