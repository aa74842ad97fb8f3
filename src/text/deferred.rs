//! A command whose options are set up only when it is the one that was typed.
//!
//! Setting up the options of every command took a fifth of a one-shot's time, for all but one of
//! them in vain. What the list of commands needs, the name and the first line of the help, stands
//! at the subcommand itself.
//!
//! Even so, clap copies every global option to every subcommand, chosen or not: three hundred
//! copies for `clasp set`, a quarter of the instructions of a one-shot. [`narrowed`] leaves out the
//! subcommands that were not typed; help and errors, which tell of all, are for the whole tree.

use std::cell::RefCell;

use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

/// The arguments of a subcommand, set up late.
#[derive(Debug, PartialEq)]
pub struct Deferred<A>(pub A);

impl<A: FromArgMatches> FromArgMatches for Deferred<A> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        A::from_arg_matches(matches).map(Deferred)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<A: Args> Args for Deferred<A> {
    fn augment_args(command: Command) -> Command {
        command.defer(set_up::<A>)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn set_up<A: Args>(command: Command) -> Command {
    // The doc comment of the arguments speaks to who reads the code, not to who types.
    let about = command.get_about().cloned().unwrap_or_default();
    let whole = A::augment_args(command).about(about).long_about(None);
    match ONLY.with_borrow_mut(Option::take) {
        Some(name) => only(&whole, &name).unwrap_or(whole),
        None => whole,
    }
}

thread_local! {
    /// The one subcommand that the next deferred command is set up with.
    static ONLY: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Does something while a command and the one below it have no other subcommands than these two.
/// Nothing, if there are no such two.
pub fn narrowed<T>(
    root: &Command,
    names: [&str; 2],
    parse: impl FnOnce(Command) -> T,
) -> Option<T> {
    let root = only(root, names[0])?;
    ONLY.set(Some(names[1].to_owned()));
    let parsed = parse(root);
    ONLY.set(None);
    Some(parsed)
}

/// The command with one subcommand, if it has that. Good for parsing; what makes its help is lost.
fn only(whole: &Command, name: &str) -> Option<Command> {
    let chosen = whole.find_subcommand(name)?;
    Some(
        Command::new(whole.get_name().to_owned())
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

    fn narrow(line: &str) -> Option<Root> {
        let words: Vec<&str> = line.split(' ').collect();
        let parse = |command: Command| command.try_get_matches_from(&words).ok();
        let mut matches = narrowed(&Root::command(), [words[1], words[2]], parse)??;
        Some(Root::from_arg_matches_mut(&mut matches).expect("the same arguments"))
    }

    #[test]
    fn what_is_typed_means_the_same_with_less_beside_it() {
        for line in [
            "x a write t",
            "x a wr t --loud",
            "x a --loud",
            "x a read",
            "x a write",
            "x b c",
        ] {
            let whole = Root::try_parse_from(line.split(' ')).ok();
            assert_eq!(narrow(line), whole, "{line}");
        }
        let parsed = narrow("x a wr t --loud").expect("it is sound");
        assert!(parsed.loud);
    }

    #[test]
    fn what_is_not_typed_is_not_there() {
        let root = Root::command();
        let seen = narrowed(&root, ["a", "read"], |mut command| {
            command.build();
            let group = command.find_subcommand("a").cloned().expect("it was typed");
            let names = |c: &Command| {
                c.get_subcommands()
                    .map(|s| s.get_name().to_owned())
                    .collect()
            };
            let (all, verbs): (Vec<String>, Vec<String>) = (names(&command), names(&group));
            (all, verbs)
        });
        let (all, verbs) = seen.expect("there are such two");
        assert!(!all.contains(&"b".to_owned()) && !verbs.contains(&"write".to_owned()));
        assert!(narrowed(&root, ["c", "read"], |_| ()).is_none());
    }
}
