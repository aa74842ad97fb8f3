//! Sets up the options of a command only if it was typed. Takes the derived arguments of every
//! command; gives clap a tree that is cheap to parse with.
//!
//! What makes clap slow is the number of its options: it copies the global ones to every command,
//! and their values to every level of the result. `clasp set` took 930,000 instructions with the
//! deferred options of the other commands, and three quarters of them were clap's. So
//! [`parse_lean`] sets up one command: it has its own options and the global ones, and the levels
//! above it have none.
//!
//! For help and errors everything is set up at once, because they need all commands, and deferred
//! options would come after the global ones in the help.

use std::cell::RefCell;
use std::ffi::OsString;
use std::mem::ManuallyDrop;

use clap::{Arg, ArgMatches, Args, Command, CommandFactory, Error, FromArgMatches, Subcommand};

/// The arguments of a command; in [`parse_lean`] and [`parse_late`] they are set up only if it was
/// typed.
#[derive(Debug, PartialEq)]
pub struct Deferred<A>(pub Box<A>);

impl<A: FromArgMatches> FromArgMatches for Deferred<A> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        A::from_arg_matches(matches).map(|args| Deferred(Box::new(args)))
    }

    /// Without this, and with clap's own `Box<A>`, clap copies all matches at each level, which
    /// takes a tenth of the instructions of `clasp set`.
    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        A::from_arg_matches_mut(matches).map(|args| Deferred(Box::new(args)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<A: Args> Args for Deferred<A> {
    fn augment_args(command: Command) -> Command {
        if STAGE.with_borrow(|stage| matches!(stage, Stage::Whole)) {
            set_up::<A>(command)
        } else {
            command.defer(set_up::<A>)
        }
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// What the next call of [`set_up`] is for.
#[derive(Default)]
enum Stage {
    /// Any command of the whole tree.
    #[default]
    Whole,
    /// Any command that was typed.
    Late,
    /// A service, of which only one verb is needed; that verb gets the global options.
    Service {
        verb: String,
        options: fn(Command) -> Command,
    },
    /// The verb, which gets the global options.
    Verb { options: fn(Command) -> Command },
    /// A command below the verb.
    Below,
}

thread_local! {
    /// clap calls plain functions to set up what is deferred: this tells them for what.
    static STAGE: RefCell<Stage> = const { RefCell::new(Stage::Whole) };
}

fn set_up<A: Args>(command: Command) -> Command {
    // The doc comment of the arguments is for readers of the code, not for users.
    let about = command.get_about().cloned().unwrap_or_default();
    let whole = A::augment_args(command).about(about).long_about(None);
    match STAGE.take() {
        Stage::Service { verb, options } => match only(&whole, &verb) {
            Some(narrow) => {
                STAGE.set(Stage::Verb { options });
                narrow
            }
            // The line has options before the verb, or is wrong. It is parsed again with all
            // commands: here clap must not search these for a name to suggest.
            None => {
                STAGE.set(Stage::Late);
                anything(whole.get_name())
            }
        },
        Stage::Verb { options } => {
            STAGE.set(Stage::Below);
            let whole = options(whole);
            if whole.has_subcommands() {
                whole
            } else {
                // clap would copy their values to the levels above.
                whole.mut_args(|arg| arg.global(false))
            }
        }
        other => {
            STAGE.set(other);
            whole
        }
    }
}

/// A command that takes any arguments.
fn anything(name: &str) -> Command {
    let all = Arg::new("all")
        .num_args(..)
        .trailing_var_arg(true)
        .allow_hyphen_values(true);
    Command::new(name.to_owned()).arg(all)
}

/// Parses a line whose second and third word name a service and a verb, such as `trefoil clasp set
/// /a 1`: nearly every line of a script. Gives the command, and the options that every command has.
///
/// None for any other line, and for one that asks for help or is wrong: parse that one with the
/// whole tree, which has the texts.
pub fn parse_lean<S: Subcommand, O: Args>(args: &[OsString]) -> Option<(S, O)> {
    let [_, service, verb, ..] = args else {
        return None;
    };
    let (service, verb) = (service.to_str()?, verb.to_str()?.to_owned());
    STAGE.set(Stage::Service {
        verb,
        options: O::augment_args,
    });
    let matches = matches_of::<S>(service, args);
    // If the stage is another one, the service has no such verb, and the options have no place.
    let Stage::Below = STAGE.take() else {
        return None;
    };
    let mut matches = matches?;
    let (_, of_service) = matches.subcommand()?;
    let (_, of_verb) = of_service.subcommand()?;
    let options = O::from_arg_matches(of_verb).ok()?;
    let command = S::from_arg_matches_mut(&mut matches).ok()?;
    Some((command, options))
}

fn matches_of<S: Subcommand>(service: &str, args: &[OsString]) -> Option<ArgMatches> {
    let services = S::augment_subcommands(Command::new("trefoil"));
    // Freeing a tree takes a tenth of the instructions of `clasp set`, and nothing needs the memory.
    let services = ManuallyDrop::new(services);
    let mut root = ManuallyDrop::new(only(&services, service)?);
    root.try_get_matches_from_mut(args).ok()
}

/// Parses with a tree in which commands are deferred. Use it for matches, not for help and errors.
///
/// # Errors
/// An error of clap; its text may be wrong.
pub fn parse_late<R: CommandFactory>(args: &[OsString]) -> Result<ArgMatches, Error> {
    STAGE.set(Stage::Late);
    let parsed = R::command().try_get_matches_from(args);
    STAGE.set(Stage::Whole);
    parsed
}

/// The command with only this subcommand, if it has it. Use it for parsing; the texts of its help
/// are lost.
fn only(whole: &Command, name: &str) -> Option<Command> {
    let chosen = whole.find_subcommand(name)?;
    Some(
        Command::new(whole.get_name().to_owned())
            .disable_help_flag(true) // it is one of the global options
            .disable_version_flag(true)
            .disable_help_subcommand(true)
            .args(whole.get_arguments())
            .groups(whole.get_groups())
            .subcommand(chosen),
    )
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser, PartialEq)]
    struct Root {
        #[command(flatten)]
        options: Options,
        #[command(subcommand)]
        service: Service,
    }

    #[derive(Debug, Args, PartialEq)]
    struct Options {
        #[arg(long, global = true)]
        loud: bool,
        #[arg(long, global = true)]
        form: Option<String>,
    }

    #[derive(Debug, Subcommand, PartialEq)]
    enum Service {
        A(Deferred<Group>),
        B,
    }

    #[derive(Debug, Args, PartialEq)]
    struct Group {
        #[command(subcommand)]
        verb: Verb,
    }

    #[derive(Debug, Subcommand, PartialEq)]
    enum Verb {
        #[command(visible_alias = "wr")]
        Write(Deferred<Text>),
        Token(Deferred<TokenGroup>),
        Read,
    }

    #[derive(Debug, Args, PartialEq)]
    struct Text {
        text: String,
        /// It refers to a global option, which clap wants to find wherever it builds this command.
        #[arg(long, conflicts_with = "loud")]
        soft: bool,
    }

    #[derive(Debug, Args, PartialEq)]
    struct TokenGroup {
        #[command(subcommand)]
        verb: TokenVerb,
    }

    #[derive(Debug, Subcommand, PartialEq)]
    enum TokenVerb {
        List(Deferred<Text>),
    }

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    fn lean(line: &str) -> Option<Root> {
        let (service, options) = parse_lean(&words(line))?;
        Some(Root { options, service })
    }

    fn late(line: &str) -> Option<Root> {
        let mut matches = parse_late::<Root>(&words(line)).ok()?;
        Some(Root::from_arg_matches_mut(&mut matches).expect("the same arguments"))
    }

    #[test]
    fn every_tree_parses_as_the_whole_one() {
        for (line, is_lean) in [
            ("x a write t", true),
            ("x a wr t --loud", true),
            ("x a wr --form f t", true),
            ("x a token list t", true),
            ("x a token --loud list t --form=f", true),
            ("x a token --form a list t --form b", true),
            ("x a --loud wr t", false),
            ("x a --help", false),
            ("x a write --help", false),
            ("x a wirte", false),
            ("x a --loud", false),
            ("x a", false),
            ("x --form f a write t", false),
            ("x a read", false),
            ("x a write", false),
            ("x a write t --softly", false),
            ("x a write t --soft --loud", false),
            ("x a write t --soft", true),
            ("x a token", false),
            ("x a token --loud --loud list t", false),
            ("x b c", false),
            ("x b", false),
            ("x c read", false),
            ("x", false),
        ] {
            let whole = Root::try_parse_from(line.split(' ')).ok();
            assert_eq!(late(line), whole, "{line}");
            let lean = lean(line);
            assert_eq!(lean.is_some(), is_lean, "{line}");
            assert!(lean.is_none() || lean == whole, "{line}");
        }
        let parsed = lean("x a wr t --loud").expect("it is correct");
        assert!(parsed.options.loud);
    }

    #[test]
    fn global_options_come_last_in_the_whole_tree() {
        let mut root = Root::command();
        root.build();
        let write = root
            .find_subcommand("a")
            .and_then(|a| a.find_subcommand("write"));
        let ids = write
            .expect("it is there")
            .get_arguments()
            .map(|arg| arg.get_id().as_str());
        assert_eq!(
            ids.collect::<Vec<_>>(),
            ["text", "soft", "loud", "form", "help"]
        );
    }
}
