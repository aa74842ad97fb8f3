//! forge: an HTTP service that runs `claude -p` for a team. Every run costs money.
//!
//! - [`api`]: the contract as types, without I/O
//! - [`client`]: sends one request and reads its reply; it never sends a request twice
//! - [`ledger`]: the record on disk of everything that was paid for
//! - [`server`]: the service itself, which runs the real `claude`
//! - [`cmd`]: the verbs

pub mod api;
pub mod client;
pub mod cmd;
pub mod ledger;
pub mod server;

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
    /// Run a prompt and print the answer; costs money and is never repeated
    Run(Deferred<cmd::run::RunArgs>),
    /// Run a file of prompts with a journal, so that nothing is paid for twice
    Batch(Deferred<cmd::batch::BatchArgs>),
    /// Stop a run or a turn that is under way
    Cancel(Deferred<cmd::cancel::CancelArgs>),
    /// Upload files and print their tokens
    Upload(Deferred<cmd::upload::UploadArgs>),
    /// Work in sessions, which remember earlier turns
    Session(Deferred<cmd::session::SessionGroup>),
    /// Create, list and revoke app tokens
    Token(Deferred<cmd::token::TokenGroup>),
    /// Show the recorded runs and turns
    Ledger(Deferred<cmd::ledger::LedgerGroup>),
    /// Ask the service for its health; exit with 5 if it is not healthy
    Health(Deferred<cmd::health::HealthArgs>),
    /// Show what runs and turns have cost, day by day
    Usage(Deferred<cmd::usage::UsageArgs>),
    /// Run a service: claude for a team, with tokens, a queue and budgets
    Serve(Deferred<cmd::serve::ServeArgs>),
    /// Run an agent for a service
    #[command(hide = true)]
    Guard(Deferred<cmd::guard::GuardArgs>),
}

impl Group {
    /// Whether it is a verb that trefoil starts itself, and no user types.
    pub fn is_internal(&self) -> bool {
        matches!(self.verb, Verb::Guard(_))
    }

    /// Runs the verb.
    ///
    /// # Errors
    /// The failure of the verb.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        match self.verb {
            Verb::Run(Deferred(args)) => args.run(terminal),
            Verb::Batch(Deferred(args)) => args.run(terminal),
            Verb::Cancel(Deferred(args)) => args.run(terminal),
            Verb::Upload(Deferred(args)) => args.run(terminal),
            Verb::Session(Deferred(group)) => group.run(terminal),
            Verb::Token(Deferred(group)) => group.run(terminal),
            Verb::Ledger(Deferred(group)) => group.run(terminal),
            Verb::Health(Deferred(args)) => args.run(terminal),
            Verb::Usage(Deferred(args)) => args.run(terminal),
            Verb::Serve(Deferred(args)) => args.run(terminal),
            Verb::Guard(Deferred(args)) => args.run(),
        }
    }
}
