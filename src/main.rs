//! Takes argv; gives the exit status.

use std::process::ExitCode;

use clap_complete::CompleteEnv;
use trefoil::cmd::complete;

ctor::declarative::ctor! {
    /// Rust's runtime replaces a closed stdout with /dev/null before `main`, and afterwards this
    /// cannot be detected. `unsafe` promises that the function works before the runtime starts: it
    /// makes one system call.
    #[ctor(unsafe)]
    fn before_the_runtime() {
        trefoil::term::stdio::check_before_runtime();
    }
}

fn main() -> ExitCode {
    // Answers a shell that asks for completions; it then exits. It does nothing unless
    // TREFOIL_COMPLETE is set.
    CompleteEnv::with_factory(trefoil::cli::command)
        .var(complete::VARIABLE)
        .shells(complete::SHELLS)
        .complete();
    ExitCode::from(trefoil::run(std::env::args_os()))
}
