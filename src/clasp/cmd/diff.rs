//! `diff`: compares a file with what the router holds.

use super::connection::ConnectionArgs;
use super::desired::{Change, DesiredArgs, held};
use crate::error::{Failure, Kind};
use crate::term::Terminal;
use crate::text::count::Count;

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
