//! `bundle`: sends several operations in one message, now or at a given time.
//!
//! It works around two properties of routers. They ignore a bundle's timestamp (quirk 6), so a
//! bundle with a time is held until then, by the router's clock. They acknowledge a bundle although
//! they dropped a SET in it (quirk 15), so the values are read again.

pub mod operations;

use serde::Serialize;

use super::bulk::{Verified, dropped};
use super::connection::ConnectionArgs;
use super::hold::{answered, future, held};
use crate::clasp::client::bulk::verify::LastValues;
use crate::clasp::client::timed::{self, Executed, TimedConnection};
use crate::clasp::client::{Target, block_on};
use crate::clasp::wire::{self, Bundle, Capability, Message};
use crate::config::guard::Intent;
use crate::error::{Failure, Kind};
use crate::outcome::Outcome;
use crate::term::{Console, Interrupt, Terminal, Words};
use crate::text::count::Count;
use crate::text::duration::Signed;
use crate::text::time::{Clock, When};

use operations::Typed;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp bundle --set /lights/1=0.8 --set /lights/2=0.6 \\
    --emit '/cues/scene-change={\"scene\":\"Act 2\"}'
  trefoil clasp bundle --set /lights/1=1.0 --emit /cues/go --at +2s
  trefoil clasp bundle - < bundle.json
  echo '[{\"set\":[\"/a\",1]},{\"emit\":[\"/go\"]}]' | trefoil clasp bundle -

Stdin is a JSON array, or one object a line: {\"set\":[address,value]}, the same
with emit and stream, or records as subscribe prints them. A router executes
the SETs first, then the rest.";

/// The arguments of `bundle`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct BundleArgs {
    /// - to read the operations from stdin
    #[arg(value_name = "-", value_parser = ["-"])]
    stdin: Option<String>,

    #[command(flatten)]
    typed: Typed,

    /// Execute it at this time by the router's clock: +2s, RFC 3339, or µs since the epoch. trefoil
    /// holds it until then, unless the router can
    #[arg(long, value_name = "TIME")]
    at: Option<When>,

    /// With --at: let the router hold it, even if it does not say that it can; many routers then
    /// execute it at once
    #[arg(long, requires = "at")]
    at_router: bool,

    /// Read the values again, and exit with 7 if one is missing [default: unless the router says
    /// that it applies a bundle as a whole or not at all]
    #[arg(long)]
    verify: bool,

    /// Do not read the values again
    #[arg(long, conflicts_with = "verify")]
    no_verify: bool,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// The output of `bundle`.
#[derive(Debug, Serialize)]
struct Done {
    operations: usize,
    /// The revision of the last SET, if the router told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<u64>,
    /// The requested time, in µs by the router's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<u64>,
    /// When the router received it.
    #[serde(skip_serializing_if = "Option::is_none")]
    executed: Option<u64>,
    /// The difference of these times.
    #[serde(skip_serializing_if = "Option::is_none")]
    off_us: Option<i64>,
    /// How many addresses hold their value; false if that was not checked, null without a SET.
    verified: Option<Verified>,
}

impl Done {
    fn describe(&self, words: &mut Words) {
        let clock = Clock::local();
        match (self.executed, self.at, self.off_us) {
            (Some(_), Some(at), Some(off)) => {
                words.plain("done at ").plain(clock.time_of_day(at));
                words.dim(format_args!(" ({})", Signed(off)))
            }
            (None, Some(at), _) => words
                .plain("with the router, for ")
                .plain(clock.time_of_day(at)),
            _ => words.plain(format_args!("{} done", Count(self.operations as u64))),
        };
        if let Some(verified) = self.verified {
            verified.describe(words);
        }
    }
}

/// When to send it, and who holds it until its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    Now,
    Hold(u64),
    Router(u64),
}

impl BundleArgs {
    /// Sends the bundle.
    ///
    /// # Errors
    /// A refusal; [`Kind::Partial`] for a SET that the router dropped; a time in the past.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        let messages = match (&self.stdin, self.typed.is_empty()) {
            (Some(_), true) => operations::from_stdin()?,
            (None, false) => self.typed.messages()?,
            (Some(_), false) => {
                return Err(Failure::usage(
                    "either '-', or --set, --emit and --stream: not both",
                ));
            }
            (None, true) => Vec::new(),
        };
        if messages.is_empty() {
            return Err(Failure::usage("a bundle needs an operation")
                .with_hint("trefoil clasp bundle --set /a=1 --emit /go"));
        }
        let operations = messages.len();
        let mut bundle = Bundle {
            timestamp: None,
            messages,
        };
        // Checked before any wait: it may not fit a frame.
        wire::encode(&Message::Bundle(bundle.clone()), &mut Vec::new())?;
        let addresses: Vec<&str> = bundle.messages.iter().filter_map(written).collect();
        let target = self
            .connection
            .target_for(&terminal.console, Intent::Write(&addresses))?;
        let last_values = last_values(&bundle.messages)?;

        let (plan, atomic, executed) = self.execute(&target, &mut bundle, &terminal.console)?;
        let mut done = Done {
            operations,
            revision: executed.revision,
            at: match plan {
                Plan::Now => None,
                Plan::Hold(at) | Plan::Router(at) => Some(at),
            },
            executed: match plan {
                Plan::Router(_) => None,
                _ => executed.at,
            },
            off_us: match plan {
                Plan::Hold(at) => executed.at.map(|executed| executed as i64 - at as i64),
                _ => None,
            },
            verified: None,
        };
        let failure = match last_values.count() {
            None | Some(0) => None,
            // A bundle that the router executes later cannot be verified now.
            Some(_) if matches!(plan, Plan::Router(_)) || !self.verifies(atomic) => {
                done.verified = Some(Verified::NO);
                None
            }
            Some(count) => match block_on(last_values.verify(&target))? {
                Ok(differences) => {
                    done.verified = Some(Verified::Addresses(count - differences.len()));
                    dropped(
                        &differences,
                        Some("operation"),
                        "It is locked, its revision is another, or somebody else has written it \
                         since: the router acknowledges the bundle all the same",
                    )
                }
                Err(error) => {
                    done.verified = Some(Verified::NO);
                    let mut failure = Failure::from(error).context("cannot read the values again");
                    failure.kind = Kind::Partial;
                    Some(failure)
                }
            },
        };
        let mut report = terminal.report("the bundle is sent");
        report.print(|printer| printer.document(&done, |words| done.describe(words)));
        report.finish(failure.map_or(Ok(()), Err))
    }

    fn verifies(&self, atomic: bool) -> bool {
        self.verify || (!self.no_verify && !atomic)
    }

    /// Sends the bundle at its time.
    fn execute(
        &self,
        target: &Target,
        bundle: &mut Bundle<'static>,
        console: &Console,
    ) -> Result<(Plan, bool, Executed), Failure> {
        let Some(at) = self.at else {
            let (welcome, revision) =
                (self.connection).effect(target, "the bundle", async |sent| {
                    timed::at_once(target, bundle.clone(), sent).await
                })?;
            let atomic = welcome.has(Capability::HonestBundles);
            return Ok((Plan::Now, atomic, Executed { revision, at: None }));
        };
        block_on(async {
            let mut interrupt = Interrupt::listen()?;
            let ready = held(&self.connection, &mut interrupt, async {
                let mut timed = TimedConnection::connect(target).await?;
                let plan = self.plan(at, &timed, console)?;
                if let Plan::Hold(at) = plan {
                    timed = timed.arrive(target, at).await.map_err(|error| {
                        Failure::from(error).context("at the time of the bundle")
                    })?;
                }
                Ok((plan, timed))
            });
            let (plan, timed) = ready.await?;
            let atomic = timed.welcome.has(Capability::HonestBundles);
            if let Plan::Router(at) = plan {
                bundle.timestamp = Some(at);
            }
            tokio::select! {
                executed = answered(timed.execute(bundle.clone())) => Ok((plan, atomic, executed?)),
                kind = interrupt.wait() => Err(Failure::new(
                    kind,
                    "interrupted before the router answered: whether it was done is unknown",
                )
                .with_outcome(Outcome::Unknown)),
            }
        })?
    }

    fn plan(&self, at: When, timed: &TimedConnection, console: &Console) -> Result<Plan, Failure> {
        let at = future(at, timed)?;
        let keeps_time = timed.welcome.has(Capability::KeepsTime);
        if keeps_time || self.at_router {
            if !keeps_time {
                console.warn(format_args!(
                    "\"{}\" does not say that it holds timed bundles: it may execute this one at once",
                    timed.welcome.name
                ));
            }
            return Ok(Plan::Router(at));
        }
        console.note(format_args!(
            "held here until {} (\"{}\" does not hold timed bundles)",
            Clock::local().time_of_day(at),
            timed.welcome.name
        ));
        Ok(Plan::Hold(at))
    }
}

/// The address that an operation writes to.
fn written<'m>(message: &'m Message<'_>) -> Option<&'m str> {
    match message {
        Message::Set(set) => Some(&set.address),
        Message::Publish(publish) => Some(&publish.address),
        _ => None,
    }
}

/// The value that each address should hold afterwards.
pub(super) fn last_values(messages: &[Message<'_>]) -> Result<LastValues, Failure> {
    let mut last_values = LastValues::new(usize::MAX);
    let mut data = Vec::new();
    for (n, message) in messages.iter().enumerate() {
        let Message::Set(set) = message else {
            continue;
        };
        data.clear();
        let code = wire::encode_value(&set.value, &mut data)?;
        last_values.sent(n as u64 + 1, &set.address, (code, &data), set.ttl);
    }
    Ok(last_values)
}
