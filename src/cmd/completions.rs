//! `completions`: prints the completion script of a shell.

use clap::Command;
use clap_complete::Shell;

use crate::error::Failure;
use crate::term::Terminal;

const EXAMPLES: &str = "\
Examples:
  trefoil completions bash > ~/.local/share/bash-completion/completions/trefoil
  trefoil completions zsh > ~/.zfunc/_trefoil
  trefoil completions fish > ~/.config/fish/completions/trefoil.fish";

/// What may be typed after `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl CompletionsArgs {
    /// Prints the script for the tree of commands below `root`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn run(self, root: Command, mut terminal: Terminal) -> Result<(), Failure> {
        terminal.printer.text(&script(root, self.shell))?;
        terminal.printer.finish()
    }
}

/// The completion script of a shell, as it is committed under `completions/`.
pub fn script(mut root: Command, shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut root, "trefoil", &mut script);
    script
}
