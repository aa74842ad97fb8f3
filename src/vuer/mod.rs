//! Vuer: 3D scenes for robots, MessagePack over WebSocket.
//!
//! - [`event`]: converts MessagePack to JSON and back, without I/O
//! - [`scene`]: the scene graph, built from events, without I/O
//! - [`client`]: the client's side of a connection
//! - [`hub`]: the server
//! - [`cmd`]: the commands, one file per verb

pub mod client;
pub mod cmd;
pub mod event;
pub mod hub;
pub mod scene;

pub use cmd::probe::probe;

use crate::error::Failure;
use crate::term::Terminal;
use crate::text::count::{NotASize, Size};
use crate::text::deferred::Deferred;

/// Checks that a text is a size, such as `64MiB`, and returns it; for clap as a value parser.
///
/// # Errors
/// [`NotASize`].
pub fn size(text: &str) -> Result<String, NotASize> {
    text.parse::<Size>().map(|_| text.to_owned())
}

/// The arguments after `vuer`.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Group {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Send an event, or one a line from stdin
    Send(Deferred<cmd::send::SendArgs>),
    /// Print what the server sends, one event a line
    Recv(Deferred<cmd::recv::RecvArgs>),
    /// Send a request and print the answer to it
    Call(Deferred<cmd::call::CallArgs>),
    /// Print the scene graph as it stands: a tree, or JSON in a pipe
    Scene(Deferred<cmd::scene::SceneArgs>),
    /// Show a scene in browsers: operations from stdin, events to stdout
    Serve(Deferred<cmd::serve::ServeArgs>),
    /// Take a picture of a scene
    Grab(Deferred<cmd::grab::GrabArgs>),
    /// Show a robot, a mesh or a point cloud in browsers
    Load(Deferred<cmd::load::LoadArgs>),
    /// Install the web page of the Python package, or say which is used
    Page(Deferred<cmd::page::PageArgs>),
}

impl Group {
    /// Runs the verb.
    ///
    /// # Errors
    /// The errors of the verb.
    pub fn run(self, terminal: Terminal) -> Result<(), Failure> {
        match self.verb {
            Verb::Send(Deferred(args)) => args.run(terminal),
            Verb::Recv(Deferred(args)) => args.run(terminal),
            Verb::Call(Deferred(args)) => args.run(terminal),
            Verb::Scene(Deferred(args)) => args.run(terminal),
            Verb::Serve(Deferred(args)) => args.run(terminal),
            Verb::Grab(Deferred(args)) => args.run(terminal),
            Verb::Load(Deferred(args)) => args.run(terminal),
            Verb::Page(Deferred(args)) => args.run(terminal),
        }
    }
}
