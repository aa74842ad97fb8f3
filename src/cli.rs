//! The root command. Takes the arguments; gives the command to run and the options of all commands.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::clasp;
use crate::cmd::completions::CompletionsArgs;
use crate::cmd::doctor::DoctorArgs;
use crate::cmd::man::ManArgs;
use crate::cmd::profile::{self, ProfileGroup};
use crate::config::chosen::choose;
use crate::config::keys;
use crate::config::profile::ChosenBy;
use crate::config::settings::found;
use crate::error::Failure;
use crate::forge;
use crate::term::{Output, OutputArgs, Terminal};
use crate::text::deferred::{Deferred, parse_late, parse_lean};
use crate::vuer;

const AFTER_HELP: &str = "\
Exit codes: 0 done; 1 no connection; 2 usage; 3 token missing; 4 refused; 5 the
service failed; 6 a negative answer; 7 partly done, or unknown; 124 out of time";

/// CLASP, forge and Vuer from the command line
#[derive(Debug, Parser)]
#[command(name = "trefoil", version, after_help = AFTER_HELP, max_term_width = 79)]
#[command(disable_help_flag = true)] // a global option, so that it is in their heading
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    options: GlobalArgs,
}

/// The options of every command.
#[derive(Debug, Args)]
struct GlobalArgs {
    /// Take the settings of this profile; none for no profile [env:
    /// TREFOIL_PROFILE]
    #[arg(
        long,
        global = true,
        display_order = 900,
        help_heading = "Global options",
        value_name = "NAME",
        add = profile::profiles()
    )]
    profile: Option<String>,

    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Talk to a CLASP router: shared state and signals
    Clasp(Deferred<clasp::Group>),
    /// Talk to a forge service: prompts, sessions, files, tokens
    Forge(Deferred<forge::Group>),
    /// Talk to a Vuer server: events of a 3D scene
    Vuer(Deferred<vuer::Group>),
    /// Keep settings under a name: URLs, tokens, guards
    Profile(Deferred<ProfileGroup>),
    /// Probe every service, and show what is configured
    Doctor(Deferred<DoctorArgs>),
    /// Print the completion script of a shell
    Completions(Deferred<CompletionsArgs>),
    /// Print the manual page of a command
    Man(Deferred<ManArgs>),
}

impl Cli {
    /// How to print.
    pub fn output(&self) -> &OutputArgs {
        &self.options.output
    }

    /// Sets the profile that applies, and the output form that it sets. To be called once, before
    /// any setting is read.
    ///
    /// # Errors
    /// A configuration that cannot be used; ignored for commands that may repair it or do not need
    /// it.
    pub fn apply_profile(&mut self) -> Result<(), Failure> {
        let shown = match &self.command {
            Some(Command::Profile(Deferred(group))) => group.shown(),
            _ => None,
        };
        if let Some(name) = shown {
            choose(name.to_owned(), ChosenBy::Argument);
        } else if let Some(name) = &self.options.profile {
            choose(name.clone(), ChosenBy::Flag);
        }
        if matches!(&self.command, Some(Command::Forge(Deferred(group))) if group.is_internal()) {
            // It is run by trefoil itself, and no setting applies to it.
            return Ok(());
        }
        let usual = usual_output();
        match self.command {
            Some(Command::Clasp(_) | Command::Forge(_) | Command::Vuer(_)) => {
                self.options.output.usual = usual?
            }
            _ => self.options.output.usual = usual.unwrap_or_default(),
        }
        Ok(())
    }

    /// Runs the command; without one, prints the welcome text.
    ///
    /// # Errors
    /// The failure of the command.
    pub fn run(self, mut terminal: Terminal) -> Result<(), Failure> {
        match self.command {
            Some(Command::Clasp(Deferred(group))) => group.run(terminal),
            Some(Command::Forge(Deferred(group))) => group.run(terminal),
            Some(Command::Vuer(Deferred(group))) => group.run(terminal),
            Some(Command::Profile(Deferred(group))) => group.run(terminal, &self.options.output),
            Some(Command::Doctor(Deferred(args))) => args.run(terminal),
            Some(Command::Completions(Deferred(args))) => args.run(command(), terminal),
            Some(Command::Man(Deferred(args))) => args.run(command(), terminal),
            None => {
                terminal.printer.text(welcome().as_bytes())?;
                terminal.printer.finish()
            }
        }
    }
}

/// The output form that the profile sets.
fn usual_output() -> Result<Option<Output>, Failure> {
    let said = found(&keys::OUTPUT)?
        .map(|said| said.parse("a form of output", |text| Output::from_str(text, false)));
    Ok(said.transpose()?.map(|said| said.value))
}

/// Whether a command line asks only for the version. It is printed without the tree of commands:
/// building that tree and parsing with it takes half of the time of such a process.
pub fn is_version(args: &[OsString]) -> bool {
    matches!(args, [_, only] if only == "--version" || only == "-V")
}

/// The text of `--version`.
pub fn version() -> String {
    format!("trefoil {}\n", env!("CARGO_PKG_VERSION"))
}

/// Parses a command line.
///
/// # Errors
/// An error of clap: what is wrong with the line, or the help that it asks for.
pub fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    if let Some((command, options)) = parse_lean(args) {
        let command = Some(command);
        return Ok(Cli { command, options });
    }
    match parse_late::<Cli>(args) {
        Ok(mut matches) => Cli::from_arg_matches_mut(&mut matches),
        Err(version) if version.kind() == ErrorKind::DisplayVersion => Err(version),
        Err(_) => Cli::try_parse_from(args),
    }
}

/// The tree of all commands.
pub fn command() -> clap::Command {
    Cli::command()
}

fn welcome() -> String {
    format!(
        "\
trefoil {}: CLASP, forge and Vuer from the command line

  trefoil clasp set /lights/front 0.8        write a value
  trefoil clasp watch '/lights/**'           see values live
  trefoil forge run 'name this colour' -f a.png
  trefoil vuer send MOVE_BOX '{{\"position\":[1,0.5,0]}}'

No CLASP router yet?  trefoil clasp serve
What is there?        trefoil doctor
All commands:         trefoil --help
",
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys::Shape;

    #[test]
    fn a_profile_knows_every_form_of_output() {
        let Shape::OneOf(known) = keys::OUTPUT.shape else {
            panic!("it is one of several words");
        };
        let forms = Output::value_variants().iter();
        let forms = forms.filter_map(ValueEnum::to_possible_value);
        let forms: Vec<String> = forms.map(|form| form.get_name().to_owned()).collect();
        assert_eq!(known, forms);
    }

    #[test]
    fn the_short_way_to_the_version_says_what_clap_says() {
        for option in ["--version", "-V"] {
            let args = ["trefoil", option].map(OsString::from);
            assert!(is_version(&args));
            let clap = parse(&args).expect_err("clap reports a version as an error");
            assert_eq!(clap.render().to_string(), version());
        }
        for other in ["--help", "--versions", "clasp"] {
            assert!(!is_version(&["trefoil", other].map(OsString::from)));
        }
    }
}
