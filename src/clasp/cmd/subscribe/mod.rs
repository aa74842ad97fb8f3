//! `subscribe`: prints messages as they arrive; [`super::listen`] receives them.

mod print;
mod template;

use std::sync::Arc;
use std::time::Duration;

use super::connection::{ConnectionArgs, ReconnectArgs};
use super::listen::{Backlog, End, Ends, Lifecycle, Listen, ListenArgs, ReadyFd, Received, Stamp};
use crate::clasp::client::clock::ReceiveClock;
use crate::clasp::client::subscription::Request;
use crate::clasp::client::{Target, block_on};
use crate::error::Failure;
use crate::term::{Console, Form, Terminal};
use crate::text::count::Count;

use print::{Print, Printed};
use template::Template;

/// How long the output that is already printed may take to be written after the user interrupts.
const OUTPUT_GRACE: Duration = Duration::from_millis(200);

const EXAMPLES: &str = "\
Examples:
  trefoil clasp subscribe '/lights/**'
  trefoil clasp sub /sensors/temp --max-rate 10 --epsilon 0.1
  trefoil clasp sub '/**' --type event --jq .address
  trefoil clasp sub /door --new --count 1       wait for the next change
  trefoil clasp sub '/**' --retained-only       the present values, then exit
  trefoil clasp sub '/a/*' --format '{address} {value}'
  trefoil clasp sub '/**' --for 10s --stamp > ten-seconds.ndjson

A lost connection is made again, and stderr says what may have been missed.";

/// The arguments of `subscribe`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct SubscribeArgs {
    #[command(flatten)]
    listen: ListenArgs,

    /// Print the present values, and exit
    #[arg(long, conflicts_with = "new")]
    retained_only: bool,

    /// Print by this template, such as '{address} {value}'; \t is a tab
    #[arg(long, value_name = "TEMPLATE", value_parser = Template::parse, conflicts_with = "jq")]
    format: Option<Template>,

    /// Add the time of receipt to each record: received, in µs since the epoch
    #[arg(long)]
    stamp: bool,

    /// Print records of type connected, disconnected and error, too
    #[arg(long)]
    lifecycle: bool,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    reconnect: ReconnectArgs,
}

impl SubscribeArgs {
    /// Whether an option was typed that is about printed records and has no meaning for a table.
    pub(super) fn is_about_records(&self) -> bool {
        self.ends().count.is_some()
            || self.retained_only
            || self.format.is_some()
            || self.stamp
            || self.lifecycle
    }

    /// Where to connect, and with which token.
    ///
    /// # Errors
    /// The errors of [`ConnectionArgs::target`].
    pub(super) fn target(&self, console: &Console) -> Result<Target, Failure> {
        self.connection.target(console)
    }

    /// The file descriptor of `--ready-fd`, if given.
    ///
    /// # Errors
    /// A usage failure for a descriptor that is not open.
    pub(super) fn ready(&self) -> Result<Option<ReadyFd>, Failure> {
        self.listen.ready()
    }

    /// When to end.
    pub(super) fn ends(&self) -> Ends {
        self.listen.ends(self.connection.timeout())
    }

    /// What to subscribe to.
    ///
    /// # Errors
    /// A usage failure for an invalid pattern.
    pub(super) fn request(&self, console: &Console) -> Result<Request, Failure> {
        self.listen.request(self.reconnect.policy(), console)
    }

    /// Subscribes and prints.
    ///
    /// # Errors
    /// [`Kind::Deadline`](crate::error::Kind::Deadline) when fewer records came than `--count`
    /// asked for; a refusal; a connection lost for good.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        terminal.printer.be_lenient(&terminal.console);
        let request = self.request(&terminal.console)?;
        let target = self.connection.target(&terminal.console)?;
        let ready = self.ready()?;
        let template = self.format.clone();
        let stamp = self.stamp || template.as_ref().is_some_and(|t| t.names("received"));
        let form = terminal.printer.form();
        let ends = Ends {
            live: self.retained_only,
            ..self.ends()
        };
        let print = Print {
            printer: terminal.printer,
            template,
            stamp,
            count: ends.count,
        };
        let listen = Listen {
            ends,
            console: &terminal.console,
            backlog: Arc::new(Backlog::default()),
            stamp: if stamp {
                Stamp::Steady(ReceiveClock::begin())
            } else if matches!(form, Form::Table | Form::Text) {
                Stamp::Wall
            } else {
                Stamp::None
            },
            lifecycle_entries: if self.lifecycle {
                Lifecycle::All
            } else {
                Lifecycle::None
            },
            for_stdout: true,
            output_grace: Some(OUTPUT_GRACE),
        };
        let heard =
            block_on(listen.run(target, request, ready, move |backlog| print.run(backlog)))??;
        let superseded = listen.backlog.superseded();
        if superseded > 0 && !heard.end.ends_for_user() {
            terminal.console.warn(format_args!(
                "the output was read too slowly: {} values were replaced by later ones",
                Count(superseded)
            ));
        }
        result(&ends, heard)
    }
}

/// The result of the command.
fn result(ends: &Ends, heard: Received<Printed>) -> Result<(), Failure> {
    match (heard.end, heard.taken) {
        (End::Failed(failure), _) => Err(failure),
        (_, None) => Ok(()),
        (end, Some(printed)) => {
            printed.result?;
            match ends.shortfall(&end, printed.count) {
                Some(failure) => Err(failure),
                None => Ok(()),
            }
        }
    }
}
