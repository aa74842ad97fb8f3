//! The root command: arguments enter, the command to run and the options of all commands leave.

use clap::{CommandFactory, Parser, Subcommand};

use crate::clasp;
use crate::cmd::completions::CompletionsArgs;
use crate::cmd::man::ManArgs;
use crate::error::Failure;
use crate::forge;
use crate::term::{OutputArgs, Terminal};
use crate::text::deferred::Deferred;
use crate::vuer;

const AFTER_HELP: &str = "\
Exit codes: 0 done; 1 no connection; 2 usage; 3 token missing; 4 refused; 5 the
service failed; 6 a negative answer; 7 partly done, or unknown; 124 out of time";

/// CLASP, forge and Vuer from the command line
#[derive(Debug, Parser)]
#[command(name = "trefoil", version, after_help = AFTER_HELP, max_term_width = 79)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    /// Options of every command.
    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Talk to a CLASP router: shared state and signals
    Clasp(Deferred<Box<clasp::Group>>),
    /// Talk to a forge service: prompts, sessions, files, tokens
    Forge(Deferred<Box<forge::Group>>),
    /// Talk to a Vuer server: events of a 3D scene
    Vuer(Deferred<Box<vuer::Group>>),
    /// Print the completion script of a shell
    Completions(Deferred<CompletionsArgs>),
    /// Print the manual page of a command
    Man(Deferred<ManArgs>),
}

impl Cli {
    /// Does what was asked; nothing asked, it says hello.
    ///
    /// # Errors
    /// The command's own.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        match self.command {
            Some(Command::Clasp(Deferred(group))) => group.run(terminal),
            Some(Command::Forge(Deferred(group))) => group.run(terminal),
            Some(Command::Vuer(Deferred(group))) => group.run(terminal),
            Some(Command::Completions(Deferred(args))) => args.run(terminal),
            Some(Command::Man(Deferred(args))) => args.run(terminal),
            None => {
                terminal.printer.text(welcome().as_bytes())?;
                terminal.printer.finish()
            }
        }
    }
}

/// The tree of all commands.
pub fn command() -> clap::Command {
    Cli::command()
}

fn welcome() -> String {
    format!(
        "\
trefoil {}: CLASP and Vuer from the command line

  trefoil clasp set /lights/front 0.8        write a value
  trefoil clasp get /lights/front            read it
  trefoil clasp subscribe '/lights/**'       watch values live
  trefoil clasp emit /cues/go                send an event
  trefoil vuer send MOVE_BOX '{{\"position\":[1,0.5,0]}}'
  trefoil vuer recv                          watch a scene's events

No CLASP router yet?  trefoil clasp serve
All commands: trefoil --help
",
        env!("CARGO_PKG_VERSION")
    )
}
