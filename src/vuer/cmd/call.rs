//! `call`: sends a request and prints the reply with the same id.

use std::cell::Cell;

use super::connection::ConnectionArgs;
use super::send::{Proof, Question, print};
use super::value::EventArgs;
use crate::config::guard::Intent;
use crate::error::Failure;
use crate::ids::uuid;
use crate::term::Terminal;
use crate::vuer::client::now_millis;
use crate::vuer::event::{Event, Value};

const EXAMPLES: &str = "\
Examples:
  trefoil vuer call GET_POSE '{\"joint\":3}' --reply POSE
  trefoil vuer call PLAN - --reply PLAN_RESPONSE --timeout 30s < goal.json
  trefoil vuer call ASK --reply ANSWER --jq .data

The request carries uuid and rtype, REPLY@uuid, as the requests of a server do.
Its handler replies with an event whose etype is that rtype, or with one of type
REPLY that has the uuid, beside the data or in it. To wait for a reply without
either: trefoil vuer send ETYPE --await REPLY";

/// What may be typed after `call`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct CallArgs {
    /// The request's etype
    etype: String,

    /// The request's value: JSON if it is JSON, else a string; - reads it from
    /// stdin [default: null]
    #[arg(allow_negative_numbers = true)]
    value: Option<String>,

    /// The etype of the answer
    #[arg(long, value_name = "ETYPE")]
    reply: String,

    #[command(flatten)]
    event: EventArgs,

    #[command(flatten)]
    connection: ConnectionArgs,
}

impl CallArgs {
    /// Sends the request and prints the reply.
    ///
    /// # Errors
    /// [`Kind::Deadline`](crate::error::Kind::Deadline) when none came in time.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let target = self
            .connection
            .target_for(&terminal.console, Intent::Write(&[]))?;
        let uuid = uuid()?;
        let rtype = format!("{}@{uuid}", self.reply);
        let request = self
            .event
            .draft(&self.etype, self.value.as_deref(), now_millis())?
            .text("uuid", &uuid)
            .text("rtype", &rtype)
            .finish();
        let late = || format!("no {} came from {}", self.reply, target.endpoint);
        let fits = |event: &Event<'_>| {
            event.etype() == rtype || (event.etype() == self.reply && carries(event, &uuid))
        };
        let question = Question {
            message: request.into(),
            etype: &self.etype,
            proof: Proof::Read,
            has_left: Cell::new(false),
        };
        let conversation = question.ask(&target, fits);
        let answer =
            (self.connection).one_shot(&target, late, Some(&question.has_left), conversation)?;
        print(&mut terminal, &target, &answer)
    }
}

fn carries(event: &Event<'_>, uuid: &str) -> bool {
    let message = event.message();
    let is_ours = |value: Option<Value<'_>>| value.and_then(Value::as_str) == Some(uuid);
    is_ours(message.get("uuid")) || is_ours(message.get("data").and_then(|d| d.get("uuid")))
}
