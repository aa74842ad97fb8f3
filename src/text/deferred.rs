//! Sets up the options of a subcommand only if it was typed. Takes the derived arguments of every
//! subcommand; gives clap a tree that is cheap to parse with.
//!
//! Setting up the options of all commands took a fifth of the time of a one-shot command (measured
//! before the program was linked statically). The list of commands needs only the name and the
//! first line of the help; both are at the subcommand itself.
//!
//! But clap also copies every global option to every subcommand, typed or not: three hundred copies
//! for `clasp set`. So [`parse_lean`] leaves out the subcommands that were not typed.
//!
//! Outside [`parse_lean`] everything is set up at once: deferred options would come after the
//! global ones in the help, and errors and help need all subcommands.

use std::cell::{Cell, RefCell};

use clap::{ArgMatches, Args, Command, CommandFactory, Error, FromArgMatches};

/// The arguments of a subcommand; in [`parse_lean`] they are set up only if it was typed.
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
        if LATE.get() {
            command.defer(set_up::<A>)
        } else {
            set_up::<A>(command)
        }
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn set_up<A: Args>(command: Command) -> Command {
    // The doc comment of the arguments is for readers of the code, not for users.
    let about = command.get_about().cloned().unwrap_or_default();
    let whole = A::augment_args(command).about(about).long_about(None);
    match ONLY.with_borrow_mut(Option::take) {
        Some(name) => only(&whole, &name).unwrap_or(whole),
        None => whole,
    }
}

thread_local! {
    /// Whether subcommands are deferred.
    static LATE: Cell<bool> = const { Cell::new(false) };
    /// The only subcommand that the next deferred command gets.
    static ONLY: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Parses with a tree in which subcommands are deferred, and which has only the two named
/// subcommands (service and verb), if they exist. Use it for matches and the version, not for help
/// and errors.
///
/// # Errors
/// The errors of `parse`.
pub fn parse_lean<R: CommandFactory>(
    names: Option<[&str; 2]>,
    parse: impl FnOnce(Command) -> Result<ArgMatches, Error>,
) -> Result<ArgMatches, Error> {
    LATE.set(true);
    let root = R::command();
    let narrow = names.and_then(|[service, verb]| Some((only(&root, service)?, verb)));
    let root = match narrow {
        Some((narrow, verb)) => {
            ONLY.set(Some(verb.to_owned()));
            narrow
        }
        None => root,
    };
    let parsed = parse(root);
    ONLY.set(None);
    LATE.set(false);
    parsed
}

/// The command with only this subcommand, if it has it. Use it for parsing; the texts of its help
/// are lost.
fn only(whole: &Command, name: &str) -> Option<Command> {
    let chosen = whole.find_subcommand(name)?;
    Some(
        Command::new(whole.get_name().to_owned())
            .disable_help_flag(true) // it is a global option
            .args(whole.get_arguments())
            .groups(whole.get_groups())
            .subcommand(chosen),
    )
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser, Subcommand};

    use super::*;

    #[derive(Debug, Parser, PartialEq)]
    struct Root {
        #[arg(long, global = true)]
        loud: bool,
        #[command(subcommand)]
        service: Service,
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
        Read,
    }

    #[derive(Debug, Args, PartialEq)]
    struct Text {
        text: String,
    }

    fn lean(line: &str) -> Option<Root> {
        let words: Vec<&str> = line.split(' ').collect();
        let parse = |command: Command| command.try_get_matches_from(&words);
        let mut matches = parse_lean::<Root>(Some([words[1], words[2]]), parse).ok()?;
        Some(Root::from_arg_matches_mut(&mut matches).expect("the same arguments"))
    }

    #[test]
    fn a_lean_tree_parses_as_the_whole_one() {
        for line in [
            "x a write t",
            "x a wr t --loud",
            "x a --loud",
            "x a read",
            "x a write",
            "x b c",
            "x c read",
        ] {
            let whole = Root::try_parse_from(line.split(' ')).ok();
            assert_eq!(lean(line), whole, "{line}");
        }
        let parsed = lean("x a wr t --loud").expect("it is sound");
        assert!(parsed.loud);
    }

    #[test]
    fn a_lean_tree_has_no_other_subcommands() {
        let mut seen = None;
        _ = parse_lean::<Root>(Some(["a", "read"]), |mut command| {
            command.build();
            let group = command.find_subcommand("a").cloned().expect("it was typed");
            let names = |c: &Command| -> Vec<String> {
                c.get_subcommands()
                    .map(|s| s.get_name().to_owned())
                    .collect()
            };
            seen = Some((names(&command), names(&group)));
            command.try_get_matches_from(["x"])
        });
        let (all, verbs) = seen.expect("it was called");
        assert!(!all.contains(&"b".to_owned()) && !verbs.contains(&"write".to_owned()));
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
        assert_eq!(ids.collect::<Vec<_>>(), ["text", "loud", "help"]);
    }
}
