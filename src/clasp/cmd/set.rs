//! `set`: writes a param and waits for its acknowledgement; `set -` writes many from stdin.

use serde::Serialize;

use super::bulk::{self, BulkArgs, Input};
use super::complete;
use super::connection::{ConnectionArgs, ReconnectArgs};
use super::value::ValueForm;
use crate::clasp::client::request;
use crate::clasp::record;
use crate::clasp::wire::{Set, Ttl, check_address};
use crate::config::guard::Intent;
use crate::error::Failure;
use crate::term::Terminal;

const EXAMPLES: &str = "\
Examples:
  trefoil clasp set /lights/front 0.8
  trefoil clasp set /lights/color '{\"r\":255,\"g\":100,\"b\":0}'
  trefoil clasp set /cue/next -1                negative numbers are values
  trefoil clasp set /title --string 42          the string \"42\"
  trefoil clasp set /door open --ttl 30s        forgotten 30 s after last use
  trefoil clasp set /count 8 --if-revision 12   only if nobody wrote since
  date | trefoil clasp set /now -               the value from stdin
  trefoil clasp set - < values.ndjson           one record a line";

/// The arguments of `set`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct SetArgs {
    /// The address to write, or - to read lines of {"address","value","ttl"?,
    /// "ttl_absolute"?,"if_revision"?} from stdin
    #[arg(add = complete::addresses())]
    address: String,

    /// The value: JSON if it parses as JSON, else a string; - reads it from stdin
    #[arg(allow_negative_numbers = true)]
    value: Option<String>,

    #[command(flatten)]
    form: ValueForm,

    /// Expire the value this long after its last use: whole seconds, or never
    #[arg(long, value_name = "DURATION", value_parser = record::parse::ttl)]
    ttl: Option<Ttl>,

    /// Count the TTL from the write, not from the last use
    #[arg(long, requires = "ttl")]
    ttl_absolute: bool,

    /// Write only if this is the current revision
    #[arg(long, value_name = "N")]
    if_revision: Option<u64>,

    #[command(flatten)]
    bulk: BulkArgs,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    reconnect: ReconnectArgs,
}

/// The output of `set`.
#[derive(Debug, Serialize)]
struct Written {
    address: String,
    revision: Option<u64>,
}

impl SetArgs {
    /// Writes the value, or the values from stdin.
    ///
    /// # Errors
    /// A refusal, a missing acknowledgement, no connection.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        match (self.address.as_str(), &self.value) {
            ("-", None) => self.bulk(terminal),
            ("-", Some(_)) => Err(Failure::usage("'-' reads addresses and values from stdin")
                .with_hint("Leave the VALUE out, or name the ADDRESS")),
            (_, None) => Err(Failure::usage(format!("{} needs a value", self.address))
                .with_hint(format!("trefoil clasp set {} VALUE", self.address))),
            (_, Some(_)) => self.one(terminal),
        }
    }

    fn bulk(self, terminal: Terminal) -> Result<(), Failure> {
        if self.form.is_given() || self.ttl.is_some() || self.if_revision.is_some() {
            return Err(Failure::usage(
                "--string, --json, --ttl and --if-revision go with one VALUE",
            )
            .with_hint(
                "In bulk each line says it: \
                 {\"address\":\"/a\",\"value\":1,\"ttl\":\"30s\",\"if_revision\":7}",
            ));
        }
        bulk::run(
            terminal,
            Input::Params,
            &self.bulk,
            &self.connection,
            &self.reconnect,
        )
    }

    fn one(self, mut terminal: Terminal) -> Result<(), Failure> {
        self.bulk.refuse_for_one()?;
        check_address(&self.address)?;
        let value = self
            .form
            .read(self.value.as_deref().unwrap_or_default(), &terminal.console)?;
        let ttl = match self.ttl {
            Some(Ttl::Sliding(seconds)) if self.ttl_absolute => Some(Ttl::Absolute(seconds)),
            ttl => ttl,
        };
        let target = self
            .connection
            .target_for(&terminal.console, Intent::Write(&[&self.address]))?;
        let set = Set {
            address: self.address.as_str().into(),
            value: value.clone(),
            revision: self.if_revision,
            lock: false,
            unlock: false,
            ttl,
        };
        let what = format!("the write to {}", self.address);
        let written = (self.connection).effect(&target, &what, async |sent| {
            request::set(&target, set, sent).await
        })?;
        let written = Written {
            address: written.address,
            revision: written.revision,
        };
        let mut report = terminal.report(format_args!("{} is set", written.address));
        report.print(|printer| {
            printer.document(&written, |words| {
                words.address(&written.address).plain(" = ");
                words.plain(serde_json::to_string(&value).unwrap_or_default());
                if let Some(revision) = written.revision {
                    words.dim(format_args!("  (revision {revision})"));
                }
            })
        });
        report.finish(Ok(()))
    }
}
