//! CLASP: shared state and signals, over a binary WebSocket protocol.
//!
//! - [`wire`]: bytes to messages and back, without I/O
//! - [`record`]: the JSON records that people and scripts see, without I/O
//! - [`timeline`]: keyframes over time, without I/O or a clock
//! - [`client`]: a conversation with a router
//! - [`cmd`]: the verbs

pub mod client;
pub mod cmd;
pub mod record;
pub mod timeline;
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
    Stream(cmd::stream::StreamArgs),
    Gesture(cmd::gesture::GestureArgs),
    Timeline(cmd::timeline::TimelineArgs),
    Bundle(cmd::bundle::BundleArgs),
    #[command(visible_alias = "pub")]
    Publish(cmd::publish::PublishArgs),
    Wait(cmd::wait::WaitArgs),
    Query(cmd::query::QueryArgs),
    Time(cmd::time::TimeArgs),
    Ping(cmd::ping::PingArgs),
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
            Verb::Stream(args) => args.run(terminal),
            Verb::Gesture(args) => args.run(terminal),
            Verb::Timeline(args) => args.run(terminal),
            Verb::Bundle(args) => args.run(terminal),
            Verb::Publish(args) => args.run(terminal),
            Verb::Wait(args) => args.run(terminal),
            Verb::Query(args) => args.run(terminal),
            Verb::Time(args) => args.run(terminal),
            Verb::Ping(args) => args.run(terminal),
        }
    }
}
