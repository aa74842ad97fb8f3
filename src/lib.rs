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
mod usage;
pub mod vuer;

use std::ffi::OsString;

use error::Failure;
use term::{Console, Environment, OutputArgs, Terminal};

/// Runs a command line and returns its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    term::end_as_first_process();
    let args: Vec<OsString> = args.into_iter().collect();
    let environment = Environment::read();
    if cli::is_version(&args) {
        let output = OutputArgs::default();
        let result = usage::answer(&cli::version(), &output, &environment);
        return code_of(result, &Console::new(&output, &environment));
    }
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
            let output = usage::output_options(&args);
            let result = usage::explain(&error, &args, &output, &environment);
            (Console::new(&output, &environment), result)
        }
    };
    code_of(result, &console)
}

/// The exit code of a result; a failure is printed.
fn code_of(result: Result<(), Failure>, console: &Console) -> u8 {
    let Err(failure) = result else {
        return exit::DONE;
    };
    let code = exit::code(failure.kind());
    console.error(&failure, code);
    code
}
