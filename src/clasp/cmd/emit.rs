//! `emit`: sends an event.

use serde::Serialize;

use super::connection::ConnectionArgs;
use super::value::ValueForm;
use crate::clasp::client::request;
use crate::clasp::wire::{Publish, SignalType, Value, check_address};
use crate::error::Failure;
use crate::term::Terminal;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp emit /cues/go
  trefoil clasp emit /alerts/motion '{\"zone\":\"lobby\",\"confidence\":0.95}'
  trefoil clasp emit /say 'good evening'

Nobody acknowledges an event: exit 0 says that the router has handled it, not
that anybody listened.";

/// What may be typed after `emit`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct EmitArgs {
    /// The address to send it to
    address: String,

    /// What it carries: JSON if it parses as JSON, else a string; - reads stdin
    #[arg(allow_negative_numbers = true)]
    payload: Option<String>,

    #[command(flatten)]
    form: ValueForm,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// What `emit` prints.
#[derive(Debug, Serialize)]
struct Emitted<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a Value<'a>>,
}

impl EmitArgs {
    /// Sends.
    ///
    /// # Errors
    /// A refusal, no connection.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        check_address(&self.address)?;
        let value = match &self.payload {
            Some(text) => Some(self.form.read(text)?),
            None => None,
        };
        let target = self.connection.target(&terminal.console)?;
        let event = Publish {
            value: value.clone(),
            ..Publish::new(SignalType::Event, self.address.as_str())
        };
        self.connection
            .ask(&target, request::publish(&target, event))?;
        let emitted = Emitted {
            kind: "event",
            address: &self.address,
            value: value.as_ref(),
        };
        terminal.printer.document(&emitted, |words| {
            words.address(emitted.address).plain("  event");
            if let Some(value) = emitted.value {
                words.plain("  ");
                words.plain(serde_json::to_string(value).unwrap_or_default());
            }
        })?;
        terminal.printer.finish()
    }
}
