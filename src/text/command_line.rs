//! Parses a command line that is still being typed. Takes its words; gives the options that a
//! command has, with their values.

use std::sync::OnceLock;

use clap::{ArgAction, Args, Command};

/// The arguments of an empty command line: every option has its default.
///
/// # Errors
/// When one of the arguments is required.
pub fn untyped<A: Args>() -> Result<A, clap::Error> {
    let command = A::augment_args(Command::new("trefoil"));
    A::from_arg_matches(&command.try_get_matches_from(["trefoil"])?)
}

/// The line that a shell wants completed.
static COMPLETED: OnceLock<Vec<String>> = OnceLock::new();

/// Stores the words of the line that a shell wants completed, for the functions that look for
/// candidates. Only the first call has an effect.
pub fn complete(line: Vec<String>) {
    let _ = COMPLETED.set(line);
}

/// The arguments that are already typed in the line that a shell wants completed.
///
/// # Errors
/// An error of clap for values that it does not accept.
pub fn typed_so_far<A: Args>() -> Result<A, clap::Error> {
    let mut command = A::augment_args(Command::new("trefoil"));
    let line = COMPLETED.get().cloned().unwrap_or_default();
    let words = options_of(&mut command, line);
    A::from_arg_matches(&command.try_get_matches_from(words)?)
}

/// Options that are ignored here, because they would print help or run a command before Enter is
/// pressed.
const UNASKED: [&str; 2] = ["help", "token-command"];

/// The value of an option such as `--errors` in a list of words: the last one, if it is repeated.
/// Words after `--` are not options.
pub fn option(words: impl IntoIterator<Item = String>, long: &str) -> Option<String> {
    let mut words = words.into_iter().take_while(|word| word != "--");
    let mut value = None;
    while let Some(word) = words.next() {
        match word.split_once('=') {
            Some((name, given)) if name == long => value = Some(given.to_owned()),
            _ if word == long => value = words.next(),
            _ => {}
        }
    }
    value
}

/// The options in a line that this command knows, after a first word that stands for the program.
/// Words after `--` belong to another program and are left out.
fn options_of(command: &mut Command, words: impl IntoIterator<Item = String>) -> Vec<String> {
    command.build();
    let mut words = words.into_iter().skip(1);
    let mut kept = vec!["trefoil".to_owned()];
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word.as_str(), None),
        };
        let Some(long) = name
            .strip_prefix("--")
            .filter(|long| !UNASKED.contains(long))
        else {
            continue;
        };
        let known = command
            .get_arguments()
            .find(|argument| argument.get_long() == Some(long));
        let Some(known) = known else { continue };
        let flag = matches!(known.get_action(), ArgAction::SetTrue | ArgAction::SetFalse);
        match (flag, value) {
            (true, _) | (false, Some(_)) => kept.push(word),
            (false, None) => {
                // The last word may be an option whose value is not typed yet.
                if let Some(value) = words.next() {
                    kept.extend([word, value]);
                }
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use clap::Arg;

    use super::*;

    #[test]
    fn the_value_of_an_option_is_found_wherever_it_stands() {
        let found = |line: &str| option(line.split(' ').map(str::to_owned), "--errors");
        for (line, expected) in [
            ("t get --errors json /a", Some("json")),
            ("t --errors=text get", Some("text")),
            ("t --errors text --errors=json", Some("json")),
            ("t serve -- sh --errors json", None),
            ("t get --errors", None),
            ("t get --error json", None),
        ] {
            assert_eq!(found(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn only_what_the_command_knows_is_kept() {
        let command = || {
            Command::new("x").arg(Arg::new("url").long("url")).arg(
                Arg::new("insecure")
                    .long("insecure")
                    .action(ArgAction::SetTrue),
            )
        };
        let kept = |line: &str| {
            let words = line.split(' ').map(str::to_owned);
            options_of(&mut command(), words)[1..].join(" ")
        };
        for (line, expected) in [
            ("t clasp get --url ws://h /a --raw", "--url ws://h"),
            (
                "t get --url=ws://h --insecure --max 3 /a",
                "--url=ws://h --insecure",
            ),
            ("t get --help --url", ""),
            ("t serve --insecure -- sh --url x", "--insecure"),
        ] {
            assert_eq!(kept(line), expected, "{line}");
        }
    }
}
