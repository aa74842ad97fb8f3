//! `man`: prints the manual page of a command.

use clap::Command;

use crate::error::{Failure, Kind};
use crate::term::Terminal;
use crate::text::nearest;

const EXAMPLES: &str = "\
Examples:
  trefoil man | man -l -
  trefoil man clasp set | man -l -";

/// What may be typed after `man`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ManArgs {
    /// The command, such as: clasp set
    command: Vec<String>,
}

impl ManArgs {
    /// Prints the page of one of the commands below `root`.
    ///
    /// # Errors
    /// A command that does not exist.
    pub fn run(self, mut root: Command, mut terminal: Terminal) -> Result<(), Failure> {
        root.build();
        let mut found = &root;
        for name in &self.command {
            found = found
                .get_subcommands()
                .find(|sub| sub.get_name() == name || sub.get_all_aliases().any(|a| a == name))
                .ok_or_else(|| unknown(found, name))?;
        }
        terminal.printer.text(&page(found)?)?;
        terminal.printer.finish()
    }
}

fn unknown(parent: &Command, name: &str) -> Failure {
    let known: Vec<&str> = parent.get_subcommands().map(Command::get_name).collect();
    let failure = Failure::usage(format!(
        "there is no command '{name}' to have a manual page"
    ));
    match nearest(name, &known) {
        Some(meant) => failure.with_hint(format!("did you mean {meant}?")),
        None => failure.with_hint(format!("There are: {}", known.join(", "))),
    }
}

/// The name of a command's page, such as `trefoil-clasp-set`.
pub fn page_name(command: &Command) -> String {
    command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .replace(' ', "-")
}

/// The manual page of a command that has been built, as it is committed under `man/`.
///
/// # Errors
/// None in practice: it is written to memory.
pub fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    // For an option that -h leaves out, clap_mangen prints the long help only.
    let command = command
        .clone()
        .mut_args(|arg| match arg.get_help().cloned() {
            Some(help) if arg.get_long_help().is_none() => arg.long_help(help),
            _ => arg,
        });
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .title(page_name(&command))
        .source(concat!("trefoil ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)
        .map_err(|error| Failure::new(Kind::Service, error.to_string()))?;
    let page = String::from_utf8_lossy(&page);
    Ok(page
        .replace(".SH EXTRA\nExamples:\n", ".SH EXAMPLES\n")
        .replace(".SH EXTRA\n", ".SH NOTES\n")
        .into_bytes())
}
