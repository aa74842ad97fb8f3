//! `gesture`: one phase of an interaction, or a whole one from stdin.

use super::bulk::{self, BulkArgs, Input, Values, gesture};
use super::complete;
use super::connection::{ConnectionArgs, ReconnectArgs};
use super::signal;
use super::value::ValueForm;
use crate::clasp::client::request;
use crate::clasp::record::{gesture_id, phase_named};
use crate::clasp::wire::{Phase, check_address};
use crate::error::{Failure, Kind};
use crate::term::Terminal;
use crate::text::rate::{Rate, rate};

const EXAMPLES: &str = "\
Examples:
  trefoil clasp gesture /input/fader fader-1 begin '{\"value\":0.0}'
  trefoil clasp gesture /input/fader fader-1 update '{\"value\":0.5}'
  trefoil clasp gesture /input/fader fader-1 end
  trefoil clasp gesture /input/fader 7 - --rate 60 < drag.ndjson

With - the first line begins the gesture, each further line updates it, and the
end of the input ends it, with the last payload again (a router may leave out
updates). Ctrl-C cancels it.";

/// The arguments of `gesture`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct GestureArgs {
    /// The address to send it to
    #[arg(add = complete::addresses())]
    address: String,

    /// The id of the gesture: a number, or a name, whose 32-bit FNV-1a hash is sent
    id: String,

    /// begin (or start), update (or move), end, cancel; or - to read payloads
    /// (JSON) from stdin, one a line
    phase: String,

    /// What it carries: JSON if it parses as JSON, else a string
    #[arg(allow_negative_numbers = true)]
    payload: Option<String>,

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

impl GestureArgs {
    /// Sends the phase, or the whole gesture.
    ///
    /// # Errors
    /// A refusal, a bad line, no connection.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        check_address(&self.address)?;
        let is_number = self.id.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && self.id.parse::<u32>().is_err() {
            return Err(Failure::usage(format!(
                "'{}' is no id of a gesture: a number is at most {}, and a name has a letter",
                self.id,
                u32::MAX
            )));
        }
        let id = gesture_id(&self.id);
        if self.phase == "-" {
            return self.play(id, terminal);
        }
        let Some(phase) = phase_named(&self.phase) else {
            return Err(Failure::usage(format!(
                "'{}' is no phase: begin, update, end or cancel",
                self.phase
            )));
        };
        if self.rate.is_some() {
            return Err(Failure::usage("--rate goes with '-', which reads lines"));
        }
        let payload = match &self.payload {
            Some(text) => Some(self.form.argument(text, &terminal.console)?),
            None => None,
        };
        let publish = gesture(&self.address, id, phase, payload);
        signal::send(terminal, &self.connection, publish)
    }

    fn play(self, id: u32, terminal: Terminal) -> Result<(), Failure> {
        if self.payload.is_some() || self.form.is_given() {
            return Err(Failure::usage("'-' reads the payloads from stdin"));
        }
        let console = terminal.console.clone();
        let played = bulk::run(
            terminal,
            Input::Values(Values::gesture(self.address.clone(), id, self.rate)),
            &BulkArgs::default(),
            &self.connection,
            &self.reconnect,
        );
        let Err(failure) = played else {
            return Ok(());
        };
        // Without a cancel the gesture would never end for its subscribers.
        if matches!(
            failure.kind,
            Kind::Interrupted | Kind::Terminated | Kind::Deadline
        ) {
            let target = self.connection.target(&console)?;
            let cancel = gesture(&self.address, id, Phase::Cancel, None);
            let cancelled = (self.connection).effect(&target, "the cancelling", async |sent| {
                request::publish(&target, cancel, sent).await
            });
            match cancelled {
                Ok(()) => console.note("the gesture was cancelled"),
                Err(error) => console.warn(format_args!(
                    "the gesture could not be cancelled: {}",
                    error.message()
                )),
            }
        }
        Err(failure)
    }
}
