//! trefoil: CLASP, forge and Vuer from the command line.
//!
//! How `trefoil clasp set /a 1` passes through the modules, down to the network and back:
//!
//! ```text
//! main             argv
//!   cli            Cli                      what was typed
//!     clasp        Group                    the service's verbs
//!       cmd/set    SetArgs ─▶ wire::Set     what it means
//!         client   Target, Session          the request and its reply
//!           wire   Message ─▶ bytes         the protocol's encoding
//!             net  Socket                   to the router and back
//!       term       Printer                  the output, for people or programs
//!   exit           error::Kind ─▶ u8        the exit code
//! ```
//!
//! Each service is one module: [`clasp`], [`forge`] and [`vuer`] never use each other. A service's
//! modules: `wire`, `event`, `api` and other pure cores, which do no I/O; `client`, `router`,
//! `hub`, `server` and `ledger`, which do the I/O; `cmd` with one file for each verb. Shared
//! modules: [`net`] for sockets, [`term`] for everything that a user sees, [`text`] for what a user
//! types, [`config`] for settings and secrets. [`outcome`] is the outcome of a request, [`error`]
//! the kind of a failure, and [`exit`] its exit code; `processes` finds those below one; `ids` gives random ids and digests; [`trace`] reports the traffic for `-v`;
//! [`cmd`] has the commands that belong to no service. `tests/it/layers.rs` tests which module may
//! use which.

#![forbid(unsafe_code)]

pub mod clasp;
pub mod cli;
pub mod cmd;
pub mod config;
pub mod error;
pub mod exit;
mod file_lock;
pub mod forge;
mod home;
mod ids;
pub mod net;
pub mod outcome;
mod processes;
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
            let applied = cli.apply_profile();
            let output = cli.output().clone();
            match applied.and_then(|()| Terminal::new(&output, &environment)) {
                // The console of the command, because it knows the secrets to hide.
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
