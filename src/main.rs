//! argv in, exit status out.

use std::process::ExitCode;

use clap_complete::CompleteEnv;
use trefoil::cmd::complete;

ctor::declarative::ctor! {
    /// Rust's runtime replaces a closed stdout by /dev/null before `main`, and nothing tells
    /// afterwards. The promise of `unsafe` is that this needs no runtime: it makes one system call.
    #[ctor(unsafe)]
    fn before_the_runtime() {
        trefoil::term::stdout::check_before_runtime();
    }
}

fn main() -> ExitCode {
    // A shell that asks what may come next. It never returns from there, and does nothing at all
    // unless TREFOIL_COMPLETE is set.
    CompleteEnv::with_factory(trefoil::cli::command)
        .var(complete::VARIABLE)
        .shells(complete::SHELLS)
        .complete();
    ExitCode::from(trefoil::run(std::env::args_os()))
}
