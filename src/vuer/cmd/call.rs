//! `call`: sends a request and prints the reply with the same id.

use std::cell::Cell;
use std::hash::{BuildHasher, Hasher, RandomState};

use super::connection::ConnectionArgs;
use super::send::{Proof, Question, print};
use super::value::EventArgs;
use crate::config::guard::Intent;
use crate::error::Failure;
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
        let uuid = uuid();
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

/// A random UUID. It must be unique but may be guessable, so the random seeds of the standard
/// library's hash maps are good enough.
fn uuid() -> String {
    let random = || RandomState::new().build_hasher().finish();
    let (high, low) = (random(), random());
    // Version 4, variant 1.
    let (high, low) = (high & !0xf000 | 0x4000, low & !(3 << 62) | 2 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_random_and_looks_like_one() {
        let (a, b) = (uuid(), uuid());
        assert_ne!(a, b);
        let lengths: Vec<_> = a.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{a}");
        assert_eq!(&a[14..15], "4", "{a}");
        assert!("89ab".contains(&a[19..20]), "{a}");
    }
}
