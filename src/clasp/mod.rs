//! CLASP: shared state and signals, over a binary WebSocket protocol.
//!
//! - [`wire`]: bytes to messages and back, without I/O
//! - [`record`]: the JSON records that people and scripts see, without I/O
//! - [`thin`]: max rate and epsilon, without I/O
//! - [`client`]: a conversation with a router
//! - [`router`]: the router itself
//! - [`cmd`]: the verbs

pub mod client;
pub mod cmd;
pub mod record;
pub mod router;
pub mod thin;
pub mod wire;

use crate::error::Failure;
use crate::term::Terminal;

/// Talk to a CLASP router: shared state and signals
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Group {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Set(cmd::set::SetArgs),
    Get(cmd::get::GetArgs),
    #[command(visible_alias = "sub")]
    Subscribe(cmd::subscribe::SubscribeArgs),
    Emit(cmd::emit::EmitArgs),
    #[command(visible_alias = "pub")]
    Publish(cmd::publish::PublishArgs),
    Ping(cmd::ping::PingArgs),
    Serve(cmd::serve::ServeArgs),
    Token(cmd::token::TokenGroup),
}

impl Group {
    /// Does what was asked.
    ///
    /// # Errors
    /// The verb's own.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        match self.verb {
            Verb::Set(args) => args.run(terminal),
            Verb::Get(args) => args.run(terminal),
            Verb::Subscribe(args) => args.run(terminal),
            Verb::Emit(args) => args.run(terminal),
            Verb::Publish(args) => args.run(terminal),
            Verb::Ping(args) => args.run(terminal),
            Verb::Serve(args) => args.run(terminal),
            Verb::Token(group) => group.run(terminal),
        }
    }
}
