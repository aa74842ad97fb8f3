//! `health`: asks the service for its health.

use serde_json::Value;

use super::connection::{ConnectionArgs, LimitArgs, ask};
use crate::error::{Failure, Kind};
use crate::forge::api::reply::Body;
use crate::forge::api::route::Route;
use crate::term::{Terminal, Words};

const EXAMPLES: &str = "\
Examples:
  trefoil forge health
  trefoil forge health --jq .claude_version -r
  trefoil forge health --connect-retry 30s      wait for one that is starting";

/// What may be typed after `health`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct HealthArgs {
    #[command(flatten)]
    limit: LimitArgs,

    #[command(flatten)]
    connection: ConnectionArgs,
}

impl HealthArgs {
    /// Asks the service and prints its reply.
    ///
    /// # Errors
    /// [`Kind::Service`] when the service is not healthy, or is not a forge service.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let client = self.connection.anonymous(&terminal.console)?;
        let reply = ask(client.ask(&Route::Health, Some(self.limit.timeout)))?;
        let base = client.base();
        if reply.body.object().is_none() {
            terminal.printer.value(&reply.body)?;
            terminal.printer.flush()?;
            return Err(Failure::new(
                Kind::Service,
                format!("{base} does not answer as a forge service does"),
            ));
        }
        terminal
            .printer
            .document(&reply.body, |words| describe(&reply.body, base, words))?;
        if let Some(why) = illness(&reply.body) {
            terminal.printer.flush()?;
            return Err(Failure::new(Kind::Service, format!("{base}: {why}")));
        }
        terminal.printer.finish()
    }
}

/// What is wrong with a service that sent this reply, if anything.
pub fn illness(body: &Body) -> Option<&'static str> {
    let is_false = |name| body.field(name) == Some(&Value::Bool(false));
    if body.field("ok") != Some(&Value::Bool(true)) {
        Some("the service says that it is not ok")
    } else if is_false("claude_present") {
        Some("the model's CLI (claude) is missing there")
    } else {
        None
    }
}

/// Writes one line for each fact.
fn describe(body: &Body, base: &impl std::fmt::Display, words: &mut Words) {
    let mut fact = |name: &str, value: &dyn std::fmt::Display, bad: bool| {
        words.dim(format_args!("{name:<10}"));
        if bad {
            words.bad(value)
        } else {
            words.plain(value)
        };
        words.end_line();
    };
    let ok = body.field("ok") == Some(&Value::Bool(true));
    fact("service", base, false);
    fact("health", &if ok { "ok" } else { "not ok" }, !ok);
    for (tool, present, version) in [
        ("claude", "claude_present", "claude_version"),
        ("acpx", "acpx_present", "acpx_version"),
    ] {
        match (body.field(present), body.text(version)) {
            (Some(Value::Bool(false)), _) => fact(tool, &"missing", true),
            (_, Some(version)) => fact(tool, &version, false),
            (Some(_), None) => fact(tool, &"present", false),
            (None, None) => {}
        }
    }
    if let Some(open) = body.field("open_sessions") {
        fact("sessions", &format_args!("{open} open"), false);
    }
}
