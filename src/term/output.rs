//! The options about output, what they mean for this stdout and stderr, and why output could not be
//! written.
//!
//! Takes the global options and the environment; gives the [`Form`] of the data and the style of
//! each stream.

use std::env;
use std::io::{self, IsTerminal, stderr, stdout};
use std::path::PathBuf;

use clap::ArgAction;

use super::styled::Style;
use crate::error::{Failing, Kind};

/// The form that was typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// Words and tables on a terminal, JSON in a pipe
    #[default]
    Auto,
    /// Tables with a header
    Table,
    /// Compact JSON, one document a line
    Json,
    /// JSON, and lists as one line an item
    Ndjson,
    /// Words, and lists as tab-separated lines
    Text,
}

/// Whether to colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// In a pipe as well
    Always,
    /// Nowhere
    Never,
}

/// The form of errors on stderr.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Errors {
    /// A line for people, and what to type next
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// The options that every command has.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct OutputArgs {
    /// Print as auto, table, json, ndjson or text; auto is words and tables on
    /// a terminal and JSON in a pipe
    #[arg(
        short,
        long,
        global = true,
        display_order = 901,
        value_enum,
        value_name = "FORM",
        hide_possible_values = true
    )]
    pub output: Option<Output>,

    /// The form that the profile sets; used if none was typed.
    #[arg(skip)]
    pub usual: Option<Output>,

    /// Print strings without their quotes
    #[arg(short, long, global = true, display_order = 902)]
    pub raw: bool,

    /// Pass every JSON document through this jq filter
    #[arg(
        long,
        global = true,
        display_order = 903,
        value_name = "FILTER",
        allow_hyphen_values = true
    )]
    pub jq: Option<String>,

    /// Exit with 6 when the last output of --jq is false or null, or there is none
    #[arg(short, long, global = true, display_order = 904)]
    pub exit_status: bool,

    /// Silence progress and notes, but not warnings and errors
    #[arg(short, long, global = true, display_order = 905)]
    pub quiet: bool,

    /// Colour auto, always or never
    #[arg(
        long,
        global = true,
        display_order = 906,
        value_enum,
        value_name = "WHEN",
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        hide_short_help = true
    )]
    pub color: Color,

    /// Print errors as text or json
    #[arg(
        long,
        global = true,
        display_order = 907,
        value_enum,
        value_name = "FORM",
        default_value_t,
        hide_default_value = true,
        hide_possible_values = true,
        hide_short_help = true
    )]
    pub errors: Errors,

    /// Show on stderr what is sent and received; -vv shows all of it. Secrets are
    /// hidden; -q does not silence it
    #[arg(short, long, global = true, display_order = 908, action = ArgAction::Count)]
    pub verbose: u8,

    /// Write what is sent and received to this file, as one JSON object a line
    #[arg(
        long,
        global = true,
        display_order = 909,
        value_name = "FILE",
        hide_short_help = true
    )]
    pub trace: Option<PathBuf>,

    /// Answer every question with yes
    #[arg(
        short,
        long,
        global = true,
        display_order = 910,
        hide_short_help = true
    )]
    pub yes: bool,

    /// Print help: -h the most used options, --help all of them
    #[arg(short, long, global = true, display_order = 911, action = ArgAction::Help)]
    pub help: Option<bool>,
}

/// The form of the data, once `auto` is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Words, and lists as tables.
    Table,
    /// One JSON document a line.
    Json,
    /// One JSON document a line; each item of a list is one document.
    Ndjson,
    /// Words, and lists as tab-separated lines.
    Text,
}

/// What the terminal and the environment variables say about output. The default is a pipe and no
/// variables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Environment {
    /// Whether stdout is a terminal.
    pub stdout_is_terminal: bool,
    /// Whether stderr is a terminal.
    pub stderr_is_terminal: bool,
    /// How many columns stdout has, if it is a terminal that reports them.
    pub columns: Option<usize>,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set to anything but `0`.
    pub force_color: bool,
    /// `TERM` is `dumb`: a terminal that cannot colour or move its cursor.
    pub dumb: bool,
}

impl Environment {
    /// Reads the environment variables and asks for the size of the terminal.
    pub fn read() -> Self {
        let set = |name| env::var_os(name).filter(|value| !value.is_empty());
        Environment {
            stdout_is_terminal: stdout().is_terminal(),
            stderr_is_terminal: stderr().is_terminal(),
            columns: rustix::termios::tcgetwinsize(stdout())
                .ok()
                .map(|size| usize::from(size.ws_col))
                .filter(|columns| *columns > 0),
            no_color: set("NO_COLOR").is_some(),
            force_color: set("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            dumb: set("TERM").is_some_and(|value| value == "dumb"),
        }
    }

    fn style(&self, color: Color, is_terminal: bool) -> Style {
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            // NO_COLOR is what a person wants everywhere; CLICOLOR_FORCE is often set for a whole
            // CI machine. So NO_COLOR wins.
            Color::Auto if self.no_color => false,
            Color::Auto => self.force_color || (is_terminal && !self.dumb),
        };
        Style {
            color,
            sanitize: is_terminal,
        }
    }
}

impl OutputArgs {
    /// The form that was typed, or else the one of the profile.
    pub(super) fn asked(&self) -> Output {
        self.output.or(self.usual).unwrap_or_default()
    }

    pub(super) fn form(&self, environment: &Environment) -> Form {
        match self.asked() {
            Output::Auto if environment.stdout_is_terminal => Form::Table,
            Output::Auto | Output::Json => Form::Json,
            Output::Table => Form::Table,
            Output::Ndjson => Form::Ndjson,
            Output::Text => Form::Text,
        }
    }

    pub(super) fn stdout_style(&self, environment: &Environment) -> Style {
        environment.style(self.color, environment.stdout_is_terminal)
    }

    pub(super) fn stderr_style(&self, environment: &Environment) -> Style {
        environment.style(self.color, environment.stderr_is_terminal)
    }
}

/// Why the output is not what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The reader of the output has closed its end.
    #[error("the reader of the output has gone")]
    Closed,
    /// The filter of `--jq` called `halt`: no more output is wanted.
    #[error("the filter has called halt")]
    Halted,
    /// The output cannot be written, for example because the disk is full. The command has done its
    /// work, but not all of its output was printed; so it is [`Kind::Partial`].
    #[error("cannot write the output: {0}")]
    Write(#[source] io::Error),
    /// The filter failed on some documents of many.
    #[error("--jq failed on {failed} of {} documents", .failed + .passed)]
    Filter {
        /// How many it failed on.
        failed: u64,
        /// How many it succeeded on.
        passed: u64,
    },
    /// A document has no JSON form. That is a bug in trefoil.
    #[error("a document cannot be written as JSON: {0}")]
    NotJson(#[source] serde_json::Error),
    /// With `--exit-status`, the last output of the filter was not true. It is not printed as text,
    /// because scripts ask this in an `if`.
    #[error("--jq gave {0}")]
    NotTrue(&'static str),
}

impl Failing for OutputError {
    fn kind(&self) -> Kind {
        match self {
            OutputError::Closed | OutputError::Halted => Kind::PipeClosed,
            OutputError::Write(_) => Kind::Partial,
            OutputError::Filter { passed: 0, .. } => Kind::Usage,
            OutputError::Filter { .. } => Kind::Partial,
            OutputError::NotJson(_) => Kind::Service,
            OutputError::NotTrue(_) => Kind::Negative,
        }
    }
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => OutputError::Closed,
            _ => OutputError::Write(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory, Parser};

    /// Do something
    #[derive(Debug, Parser)]
    #[command(disable_help_flag = true)] // `--help` is one of the options
    struct Cli {
        #[command(flatten)]
        output: OutputArgs,
    }

    #[test]
    fn auto_looks_at_stdout() {
        let pipe = Environment::default();
        let terminal = Environment {
            stdout_is_terminal: true,
            ..pipe
        };
        for (typed, environment, form) in [
            (Output::Auto, terminal, Form::Table),
            (Output::Auto, pipe, Form::Json),
            (Output::Table, pipe, Form::Table),
            (Output::Json, terminal, Form::Json),
            (Output::Ndjson, terminal, Form::Ndjson),
            (Output::Text, pipe, Form::Text),
        ] {
            let args = OutputArgs {
                output: Some(typed),
                ..OutputArgs::default()
            };
            assert_eq!(args.form(&environment), form, "{typed:?}");
        }
    }

    #[test]
    fn colour_is_decided_by_flag_then_environment_then_terminal() {
        let pipe = Environment::default();
        let no_color = Environment {
            no_color: true,
            ..pipe
        };
        let force = Environment {
            force_color: true,
            ..pipe
        };
        let both = Environment {
            no_color: true,
            force_color: true,
            ..pipe
        };
        let dumb = Environment { dumb: true, ..pipe };
        for (color, environment, is_terminal, expected) in [
            (Color::Auto, pipe, true, true),
            (Color::Auto, pipe, false, false),
            (Color::Auto, no_color, true, false),
            (Color::Auto, force, false, true),
            (Color::Auto, both, true, false),
            (Color::Auto, dumb, true, false),
            (Color::Always, both, false, true),
            (Color::Never, force, true, false),
        ] {
            let style = environment.style(color, is_terminal);
            assert_eq!(style.color, expected, "{color:?} {environment:?}");
            assert_eq!(style.sanitize, is_terminal);
        }
    }

    #[test]
    fn each_stream_is_judged_by_itself() {
        let environment = Environment {
            stderr_is_terminal: true,
            ..Environment::default()
        };
        let args = OutputArgs::default();
        assert!(!args.stdout_style(&environment).color);
        assert!(args.stderr_style(&environment).color);
    }

    #[test]
    fn the_options_parse_and_their_help_fits() {
        let cli = Cli::parse_from(["x", "-o", "ndjson", "-req", "--jq", "-.a", "--color=never"]);
        assert_eq!(cli.output.output, Some(Output::Ndjson));
        assert!(cli.output.raw && cli.output.exit_status && cli.output.quiet);
        assert_eq!(cli.output.jq.as_deref(), Some("-.a"));
        let cli = Cli::parse_from(["x", "-vv", "-q", "--trace", "t.ndjson"]);
        assert_eq!((cli.output.verbose, cli.output.quiet), (2, true));

        let mut command = Cli::command();
        command.build();
        for arg in command.get_arguments() {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.chars().next().is_some_and(char::is_uppercase), "{arg}");
        }
        let help = command.term_width(79).render_help().to_string();
        assert!(help.starts_with("Do something\n"), "{help}");
        assert!(
            help.lines().all(|line| line.chars().count() <= 79),
            "{help}"
        );
    }
}
