//! `session`: sessions of the service, which remember earlier turns.
//!
//! - [`open`]: opens a session, and closes it in every case
//! - the verbs, one file each

mod chat;
mod close;
mod events;
mod exec;
mod list;
mod new;
mod open;
mod show;
mod turn;

use crate::error::Failure;
use crate::term::Terminal;
use crate::text::deferred::Deferred;

const EXAMPLES: &str = "\
Examples:
  trefoil forge session chat                    talk to it
  trefoil forge session new --jq .session_id -r
  trefoil forge session turn sess_abc 'Read README.md and summarize it'
  trefoil forge session close sess_abc
  trefoil forge session exec -- sh review.sh    one for as long as that runs";

/// What may be typed after `session`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct SessionGroup {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Open a session
    New(Deferred<new::NewArgs>),
    /// Send a prompt in a session; costs money and is never repeated
    Turn(Deferred<turn::TurnArgs>),
    /// List the token's sessions, the newest first
    List(Deferred<list::ListArgs>),
    /// Show a session's state
    Show(Deferred<show::ShowArgs>),
    /// Close sessions
    Close(Deferred<close::CloseArgs>),
    /// Run a command with a session of its own, closed when it ends
    Exec(Deferred<exec::ExecArgs>),
    /// Chat in a session, line by line
    Chat(Deferred<chat::ChatArgs>),
}

impl SessionGroup {
    /// Runs the verb.
    ///
    /// # Errors
    /// The failure of the verb.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        match self.verb {
            Verb::New(Deferred(args)) => args.run(terminal),
            Verb::Turn(Deferred(args)) => args.run(terminal),
            Verb::List(Deferred(args)) => args.run(terminal),
            Verb::Show(Deferred(args)) => args.run(terminal),
            Verb::Close(Deferred(args)) => args.run(terminal),
            Verb::Exec(Deferred(args)) => args.run(terminal),
            Verb::Chat(Deferred(args)) => args.run(terminal),
        }
    }
}
