//! A command whose options are set up only when it is the one that was typed.
//!
//! Setting up the options of every command took a fifth of a one-shot's time, for all but one of
//! them in vain. What the list of commands needs, the name and the first line of the help, stands
//! at the subcommand itself.

use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

/// The arguments of a subcommand, set up late.
#[derive(Debug)]
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
    A::augment_args(command).about(about).long_about(None)
}
