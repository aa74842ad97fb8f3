//! `stream`: sends one sample, or one per line of stdin.

use super::bulk::{self, BulkArgs, Input, Values};
use super::complete;
use super::connection::{ConnectionArgs, ReconnectArgs};
use super::signal::{self, signal};
use super::value::ValueForm;
use crate::clasp::wire::{SignalType, check_address};
use crate::error::Failure;
use crate::term::Terminal;
use crate::text::rate::{Rate, rate};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp stream /audio/level 0.42
  meter | trefoil clasp stream /audio/level -   a sample a line
  trefoil clasp stream /audio/level - --rate 60 < levels.txt

Exit 0 means that the router has handled every sample, not that a subscriber
received it.";

/// The arguments of `stream`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct StreamArgs {
    /// The address to send them to
    #[arg(add = complete::addresses())]
    address: String,

    /// A sample: JSON if it parses as JSON, else a string; - reads JSON values
    /// from stdin, one a line
    #[arg(allow_negative_numbers = true)]
    value: String,

    /// Send this many lines a second, instead of each as it comes
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<Rate>,

    #[command(flatten)]
    form: ValueForm,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    reconnect: ReconnectArgs,
}

impl StreamArgs {
    /// Sends the samples.
    ///
    /// # Errors
    /// A refusal, a bad line, no connection.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        check_address(&self.address)?;
        if self.value != "-" {
            if self.rate.is_some() {
                return Err(Failure::usage("--rate goes with '-', which reads lines"));
            }
            let value = self.form.argument(&self.value, &terminal.console)?;
            let sample = signal(SignalType::Stream, &self.address, Some(value));
            return signal::send(terminal, &self.connection, sample);
        }
        if self.form.is_given() {
            return Err(Failure::usage("--string and --json go with one VALUE"));
        }
        bulk::run(
            terminal,
            Input::Values(Values::stream(self.address, self.rate)),
            &BulkArgs::default(),
            &self.connection,
            &self.reconnect,
        )
    }
}
