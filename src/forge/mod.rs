//! forge: an HTTP service that runs `claude -p` for a team. Every run costs money.
//!
//! - [`api`]: the contract as types, without I/O
//! - [`client`]: one request, one reply, and nothing ever sent twice
//! - [`ledger`]: what was paid for, on disk
//! - [`cmd`]: the verbs

pub mod api;
pub mod client;
pub mod cmd;
pub mod ledger;

pub use cmd::probe::probe;

use crate::error::Failure;
use crate::term::Terminal;
use crate::text::deferred::Deferred;

/// What may be typed after `forge`.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Group {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Run a prompt and print what comes of it; costs money, is never repeated
    Run(Deferred<Box<cmd::run::RunArgs>>),
    /// Upload files and print what stands for them
    Upload(Deferred<Box<cmd::upload::UploadArgs>>),
    /// Make, list and revoke the tokens of apps
    Token(Deferred<cmd::token::TokenGroup>),
    /// Show what runs and turns came to
    Ledger(Deferred<cmd::ledger::LedgerGroup>),
    /// Ask the service how it is; exit with 5 if it is not well
    Health(Deferred<cmd::health::HealthArgs>),
}

impl Group {
    /// Does what was asked.
    ///
    /// # Errors
    /// The verb's own.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        match self.verb {
            Verb::Run(Deferred(args)) => args.run(terminal),
            Verb::Upload(Deferred(args)) => args.run(terminal),
            Verb::Token(Deferred(group)) => group.run(terminal),
            Verb::Ledger(Deferred(group)) => group.run(terminal),
            Verb::Health(Deferred(args)) => args.run(terminal),
        }
    }
}
