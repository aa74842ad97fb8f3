//! `publish`: sends records of any type, as `subscribe` prints them.

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

/// What may be typed after `publish`.
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
    /// Sends.
    ///
    /// # Errors
    /// A bad line, a refusal, a lost connection; what was done is reported first.
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
