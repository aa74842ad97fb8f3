//! trefoil: CLASP, forge and Vuer from the command line.
//!
//! The journey of `trefoil clasp set /a 1`, down once and up once:
//!
//! ```text
//! main             argv
//!   cli            Cli                      what was typed
//!     clasp        Group                    the service's verbs
//!       cmd/set    SetArgs ─▶ wire::Set     what it means
//!         client   Target, Session          the conversation
//!           wire   Message ─▶ bytes         as the protocol has it
//!             net  Socket                   to the router and back
//!       term       Printer                  the answer, for people or programs
//!   exit           error::Kind ─▶ u8        what became of it
//! ```
//!
//! Service first, then layer: [`clasp`], [`forge`] and [`vuer`] never know each other. A service's rooms:
//! `wire`, `event`, `api` and other pure cores, which do no I/O; `client`, `router` and `ledger`,
//! which do little else; `cmd`, one verb a file. Shared rooms: [`net`] for sockets, [`term`] for everything a
//! user sees, [`text`] for what a user types, [`config`] for settings and secrets. [`outcome`] says
//! what became of what was asked for, [`error`] what a failure means, and [`exit`] turns that into a
//! number; [`trace`] is what a conversation
//! shows to whoever watches it; [`cmd`] holds the commands of no service. Which room may use which is
//! tested in `tests/it/layers.rs`.

#![forbid(unsafe_code)]

pub mod clasp;
pub mod cli;
pub mod cmd;
pub mod config;
pub mod error;
pub mod exit;
pub mod forge;
mod home;
pub mod net;
pub mod outcome;
pub mod term;
pub mod text;
pub mod trace;
pub mod vuer;

use std::ffi::OsString;

use clap::ValueEnum;
use clap::error::ErrorKind;

use error::Failure;
use term::{Color, Console, Environment, Errors, OutputArgs, Printer, Terminal};

/// Runs a command line and returns its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    term::end_as_first_process();
    let args: Vec<OsString> = args.into_iter().collect();
    let environment = Environment::read();
    let (console, result) = match cli::parse(&args) {
        Ok(mut cli) => {
            let settled = cli.settle();
            let output = cli.output.clone();
            match settled.and_then(|()| Terminal::new(&output, &environment)) {
                // The console of the command, because it knows which secrets not to show.
                Ok(terminal) => (terminal.console.clone(), cli.run(terminal)),
                Err(failure) => (Console::new(&output, &environment), Err(failure)),
            }
        }
        Err(error) => {
            let output = unparsed(&args);
            let result = explain(&error, &output, &environment);
            (Console::new(&output, &environment), result)
        }
    };
    match result {
        Ok(()) => exit::DONE,
        Err(failure) => {
            let code = exit::code(failure.kind());
            console.error(&failure, code);
            code
        }
    }
}

/// The options that decide how an error looks, of a command line that could not be parsed.
fn unparsed(args: &[OsString]) -> OutputArgs {
    let typed = |long| {
        let words = args.iter().map(|arg| arg.to_string_lossy().into_owned());
        text::command_line::option(words, long).unwrap_or_default()
    };
    let usual = OutputArgs::default();
    OutputArgs {
        errors: Errors::from_str(&typed("--errors"), false).unwrap_or(usual.errors),
        color: Color::from_str(&typed("--color"), false).unwrap_or(usual.color),
        ..usual
    }
}

/// What clap has to say: help and version are answers, the rest are mistakes.
fn explain(
    error: &clap::Error,
    output: &OutputArgs,
    environment: &Environment,
) -> Result<(), Failure> {
    let text = error.render().to_string();
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        let mut printer = Printer::new(output, environment)?;
        printer.text(text.as_bytes())?;
        return printer.finish();
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Err(Failure::usage("a command is needed").with_hint(text.trim_end()));
    }
    let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
    let (message, hint) = text.split_once("\n\n").unwrap_or((text, ""));
    let hint: Vec<&str> = hint
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(Failure::usage(message).with_hint(hint.join("\n")))
}
