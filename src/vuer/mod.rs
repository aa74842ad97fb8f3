//! Vuer: 3D scenes for robots, MessagePack over WebSocket.
//!
//! - [`event`]: MessagePack to JSON and back, without I/O
//! - [`scene`]: the scene graph as its events make it, without I/O
//! - [`client`]: a conversation with a server
//! - [`cmd`]: the verbs

pub mod client;
pub mod cmd;
pub mod event;
pub mod scene;

use crate::error::Failure;
use crate::term::Terminal;

/// Talk to a Vuer server: events of a 3D scene
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Group {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Send(cmd::send::SendArgs),
    Recv(cmd::recv::RecvArgs),
    Call(cmd::call::CallArgs),
    Scene(cmd::scene::SceneArgs),
}

impl Group {
    /// Does what was asked.
    ///
    /// # Errors
    /// The verb's own.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        match self.verb {
            Verb::Send(args) => args.run(terminal),
            Verb::Recv(args) => args.run(terminal),
            Verb::Call(args) => args.run(terminal),
            Verb::Scene(args) => args.run(terminal),
        }
    }
}
