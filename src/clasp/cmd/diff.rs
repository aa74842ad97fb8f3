//! `diff`: compares a file of wanted values with what the router holds, also for `apply`.

use std::io::stdin;
use std::path::PathBuf;

use serde::Serialize;

use super::connection::ConnectionArgs;
use crate::clasp::client::Target;
use crate::clasp::client::request::{self, Selector};
use crate::clasp::record::StateDocument;
use crate::clasp::wire::Value;
use crate::error::{Failure, Kind};
use crate::term::{Cells, Column, Console, Row, Terminal};
use crate::text::count::Count;
use crate::text::whole::{file_text, read_text};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp diff show.json
  trefoil clasp diff show.json --jq .address -r
  trefoil clasp diff - < show.json && echo 'as it should be'

Only the addresses in FILE are compared. Values are equal if they are the same
to the last bit: 1 and 1.0 are an integer and a float, and differ; NaN equals
NaN, and an object equals one in another order. Nothing is printed if none
differs.";

/// The arguments of `diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct DiffArgs {
    #[command(flatten)]
    desired: DesiredArgs,

    #[command(flatten)]
    connection: ConnectionArgs,
}

impl DiffArgs {
    /// Compares and prints.
    ///
    /// # Errors
    /// [`Kind::Negative`] when anything differs.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let wanted = self.desired.read()?;
        let target = self.connection.target(&terminal.console)?;
        let held = held(&self.connection, &target, &terminal.console, &wanted)?;
        let changes: Vec<Change<'_>> = Change::all(&wanted, &held)
            .filter(Change::differs)
            .collect();
        if changes.is_empty() {
            return terminal.printer.finish();
        }
        terminal.printer.records(&changes)?;
        terminal.printer.flush()?;
        Err(Failure::new(
            Kind::Negative,
            format!(
                "{} of {} addresses differ",
                Count(changes.len() as u64),
                Count(wanted.0.len() as u64)
            ),
        ))
    }
}

/// The largest file, in bytes: the state of a router with some million params is smaller.
const LONGEST: u64 = 1 << 30;

/// The file argument of `diff` and `apply`.
#[derive(Debug, Clone, clap::Args)]
pub struct DesiredArgs {
    /// One JSON object of address to value, as dump prints it; - reads stdin
    file: PathBuf,
}

impl DesiredArgs {
    /// Reads the file.
    ///
    /// # Errors
    /// When the file cannot be read or is not such an object; the error names the line or the
    /// address.
    pub fn read(&self) -> Result<StateDocument, Failure> {
        let (name, text) = match self.file.to_str() {
            Some("-") => ("stdin".to_owned(), read_text(stdin().lock(), LONGEST)),
            _ => (
                self.file.display().to_string(),
                file_text(&self.file, LONGEST),
            ),
        };
        let text = text.map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))?;
        StateDocument::parse(&text).map_err(|error| Failure::from(error).context(name))
    }
}

/// Reads the present values of the addresses in a document.
///
/// # Errors
/// The router's refusal; no connection; the deadline, which grows with the number of addresses.
pub fn held(
    connection: &ConnectionArgs,
    target: &Target,
    console: &Console,
    state: &StateDocument,
) -> Result<StateDocument, Failure> {
    let wanted: Vec<Selector> = state.0.keys().cloned().map(Selector::Address).collect();
    let expected = request::time_at_rate_limit(wanted.len());
    let found = connection.ask_within(target, expected, request::get(target, &wanted))?;
    ConnectionArgs::warn_if_stale(target, console);
    let params = found.into_iter().flat_map(|found| found.params);
    Ok(StateDocument::new(params))
}

/// An address with its wanted and its present value.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Change<'a> {
    /// The address.
    pub address: &'a str,
    /// The value in the file.
    pub wanted: &'a Value<'static>,
    /// The value on the router, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<&'a Value<'static>>,
}

impl<'a> Change<'a> {
    /// One item for every address in the file.
    pub fn all(
        wanted: &'a StateDocument,
        held: &'a StateDocument,
    ) -> impl Iterator<Item = Change<'a>> {
        wanted.0.iter().map(|(address, wanted)| Change {
            address,
            wanted,
            found: held.0.get(address),
        })
    }

    /// Whether the address does not hold the wanted value.
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
