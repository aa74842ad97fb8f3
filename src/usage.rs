//! Handles a command line that clap did not accept. Takes clap's error; prints the requested help
//! or version, or gives a usage error that says what to type instead.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, ValueEnum};

use crate::cli;
use crate::error::Failure;
use crate::term::{Color, Environment, Errors, OutputArgs, Printer};
use crate::text::{command_line, nearest};

/// The options for the form of errors, from a command line that could not be parsed.
pub fn output_options(args: &[OsString]) -> OutputArgs {
    let typed = |long| {
        let words = args.iter().map(|arg| arg.to_string_lossy().into_owned());
        command_line::option(words, long).unwrap_or_default()
    };
    let usual = OutputArgs::default();
    OutputArgs {
        errors: Errors::from_str(&typed("--errors"), false).unwrap_or(usual.errors),
        color: Color::from_str(&typed("--color"), false).unwrap_or(usual.color),
        ..usual
    }
}

/// Prints the requested help, or returns what is wrong with the command line.
///
/// # Errors
/// A usage failure; when the help cannot be printed.
pub fn explain(
    error: &clap::Error,
    args: &[OsString],
    output: &OutputArgs,
    environment: &Environment,
) -> Result<(), Failure> {
    let text = error.render().to_string();
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return answer(&text, output, environment);
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Err(Failure::usage("a command is needed").with_hint(text.trim_end()));
    }
    let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
    let (message, hint) = text.split_once("\n\n").unwrap_or((text, ""));
    let hint = hint.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut hint: Vec<String> = hint.map(str::to_owned).collect();
    if let Some(value) = negative_value(error, args) {
        hint.retain(|line| !line.starts_with("tip: to pass"));
        hint.insert(0, format!("Negative values are written with =: {value}"));
    }
    hint.splice(0..0, advice(error, text, args));
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(Failure::usage(message).with_hint(hint.join("\n")))
}

/// Prints a requested text: the version or a help.
///
/// # Errors
/// When it cannot be printed.
pub fn answer(text: &str, output: &OutputArgs, environment: &Environment) -> Result<(), Failure> {
    let mut printer = Printer::new(output, environment)?;
    printer.text(text.as_bytes())?;
    printer.finish()
}

/// Hints that clap does not give.
fn advice(error: &clap::Error, rendered: &str, args: &[OsString]) -> Vec<String> {
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand)
            else {
                return Vec::new();
            };
            let root = cli::command();
            let is_root = |word: &OsString| root.find_subcommand(word).is_some();
            let mut before = args
                .iter()
                .skip(1)
                .take_while(|word| *word != typed.as_str());
            if before.any(is_root) {
                return Vec::new(); // The service was named: clap has looked among its verbs.
            }
            let meant = verbs(&root, typed);
            meant
                .iter()
                .map(|line| format!("Did you mean: {line}"))
                .collect()
        }
        ErrorKind::MissingRequiredArgument
            if rendered.contains(" -- <COMMAND>") && !args.iter().any(|word| word == "--") =>
        {
            vec!["Write -- before the command that is to be run.".to_owned()]
        }
        _ => Vec::new(),
    }
}

/// The option and its value, if what clap takes for an option is a negative number behind one.
fn negative_value(error: &clap::Error, args: &[OsString]) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let is_number =
        |text: &str| text.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    // clap names the first letter only.
    let words: Vec<_> = args.iter().map(|word| word.to_string_lossy()).collect();
    words.windows(2).find_map(|pair| {
        let [option, value] = pair else { return None };
        let fits =
            value.starts_with(typed.as_str()) && value.strip_prefix('-').is_some_and(is_number);
        (fits && option.starts_with("--") && option.len() > 2).then(|| format!("{option}={value}"))
    })
}

/// The commands of all services with this verb; if there are none, those with the nearest verb.
fn verbs(root: &Command, typed: &str) -> Vec<String> {
    let all: Vec<(&str, &str, &str)> = root
        .get_subcommands()
        .flat_map(|group| {
            group.get_subcommands().flat_map(move |verb| {
                let names = std::iter::once(verb.get_name()).chain(verb.get_visible_aliases());
                names.map(move |name| (name, group.get_name(), verb.get_name()))
            })
        })
        .collect();
    let names: Vec<&str> = all.iter().map(|(name, ..)| *name).collect();
    let Some(meant) = nearest(typed, &names) else {
        return Vec::new();
    };
    let same = all.iter().filter(|(name, ..)| *name == meant);
    same.map(|(_, group, verb)| format!("trefoil {group} {verb}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_without_its_service_is_found() {
        let root = cli::command();
        assert_eq!(verbs(&root, "set"), ["trefoil clasp set"]);
        assert_eq!(verbs(&root, "sub"), ["trefoil clasp subscribe"]);
        assert_eq!(verbs(&root, "grap"), ["trefoil vuer grab"]);
        let served = verbs(&root, "serve");
        assert_eq!(
            served,
            [
                "trefoil clasp serve",
                "trefoil forge serve",
                "trefoil vuer serve"
            ]
        );
        assert!(verbs(&root, "xyzzy").is_empty());
    }

    #[test]
    fn a_negative_number_is_not_taken_for_an_argument() {
        let value = |line: &str| {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let error = cli::parse(&args).expect_err(line);
            negative_value(&error, &args)
        };
        let line = "trefoil clasp wait /a --stable -1s";
        assert_eq!(value(line).as_deref(), Some("--stable=-1s"));
        assert_eq!(value("trefoil clasp wait /a --stable -x"), None);
        assert_eq!(value("trefoil clasp wait /a -5 --stable 1s"), None);
    }

    #[test]
    fn advice_is_for_what_clap_does_not_know() {
        let advised = |line: &str| {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let error = cli::parse(&args).expect_err(line);
            advice(&error, &error.render().to_string(), &args)
        };
        assert_eq!(
            advised("trefoil -v set /a 1"),
            ["Did you mean: trefoil clasp set"]
        );
        assert!(advised("trefoil clasp sett /a 1").is_empty());
        assert_eq!(
            advised("trefoil clasp lock /a true"),
            ["Write -- before the command that is to be run."]
        );
        assert!(advised("trefoil clasp lock /a --").is_empty());
    }
}
