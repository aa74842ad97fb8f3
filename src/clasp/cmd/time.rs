//! `time`: prints the router's time, for `--at`.

use std::time::Duration;

use super::connection::ConnectionArgs;
use crate::clasp::client::clock::{self, RouterClock};
use crate::error::Failure;
use crate::term::Terminal;
use crate::text::duration::{InWords, Signed};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp time                          1795166091829000
  trefoil clasp time -o table                 with offset and round trip
  trefoil clasp bundle --emit /go --at $(($(trefoil clasp time) + 2000000))";

/// How many clock samples are taken; the fastest counts.
const EXCHANGES: u32 = 5;

/// The arguments of `time`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct TimeArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
}

impl TimeArgs {
    /// Measures and prints.
    ///
    /// # Errors
    /// No connection; a router that does not answer SYNC.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let target = self.connection.target(&terminal.console)?;
        let question = clock::measure(&target, EXCHANGES, Duration::ZERO);
        let (_, samples) = self.connection.ask(&target, question)?;
        let clock = RouterClock::of(&samples)?;
        let time = clock.now();
        terminal.printer.document(&time, |words| {
            words.plain(time).dim(format_args!(
                "  (offset {}, round trip {})",
                Signed(clock.offset),
                InWords(clock.round_trip)
            ));
        })?;
        terminal.printer.finish()
    }
}
