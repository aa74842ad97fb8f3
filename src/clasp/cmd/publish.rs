//! `publish`: sends records of any type, in the form that `subscribe` prints.

use super::bulk::{self, BulkArgs, Input};
use super::connection::{ConnectionArgs, ReconnectArgs};
use crate::error::Failure;
use crate::term::Terminal;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp publish '{\"type\":\"event\",\"address\":\"/cues/go\"}'
  trefoil clasp publish - < recorded.ndjson
  trefoil clasp sub '/**' --url ws://a:7330 |
    trefoil clasp pub - --url ws://b:7330

A record has type (param, event, stream, gesture, timeline), address and value,
and samples, rate, id, phase where they apply; ttl and if_revision for params.
Its revision, timestamp, snapshot and received are ignored.";

/// The arguments of `publish`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct PublishArgs {
    /// A record, or - to read them from stdin
    record: String,

    #[command(flatten)]
    bulk: BulkArgs,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    reconnect: ReconnectArgs,
}

impl PublishArgs {
    /// Sends the records.
    ///
    /// # Errors
    /// A bad line, a refusal, a lost connection; a summary of what was sent is printed first.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        let input = match self.record.as_str() {
            "-" => Input::Records,
            _ => Input::Record(self.record),
        };
        bulk::run(
            terminal,
            input,
            &self.bulk,
            &self.connection,
            &self.reconnect,
        )
    }
}
