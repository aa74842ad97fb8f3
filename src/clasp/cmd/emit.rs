//! `emit`: sends an event.

use super::complete;
use super::connection::ConnectionArgs;
use super::signal::{self, signal};
use super::value::ValueForm;
use crate::clasp::wire::{SignalType, check_address};
use crate::error::Failure;
use crate::term::Terminal;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp emit /cues/go
  trefoil clasp emit /alerts/motion '{\"zone\":\"lobby\",\"confidence\":0.95}'
  trefoil clasp emit /say 'good evening'

Events are not acknowledged: exit 0 means that the router has handled it, not
that a subscriber received it.";

/// The arguments of `emit`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct EmitArgs {
    /// The address to send it to
    #[arg(add = complete::addresses())]
    address: String,

    /// What it carries: JSON if it parses as JSON, else a string; - reads stdin
    #[arg(allow_negative_numbers = true)]
    payload: Option<String>,

    #[command(flatten)]
    form: ValueForm,

    #[command(flatten)]
    connection: ConnectionArgs,
}

impl EmitArgs {
    /// Sends the event.
    ///
    /// # Errors
    /// A refusal, no connection.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        check_address(&self.address)?;
        let value = match &self.payload {
            Some(text) => Some(self.form.read(text, &terminal.console)?),
            None => None,
        };
        let event = signal(SignalType::Event, &self.address, value);
        signal::send(terminal, &self.connection, event)
    }
}
